"""One machine, one file: as data, page, PDF and Word; labels to print."""

import io
from datetime import date, timedelta

import docx
import pytest
from fastapi.testclient import TestClient

from kb.store import register as audit
from kb.store import work_orders as rows
from kb.wiring import House
from tests.kb.api.conftest import NOON


@pytest.fixture
def machine(house: House) -> House:
    with house.store.writing() as session:
        audit.add(session, "customers", [{"id": "c1", "code": "KH1", "name": "苏州精密"}])
        audit.add(session, "sites", [{"id": "s1", "code": "XC1", "name": "一厂 <i>", "customer_id": "c1"}])
        one = {"site_id": "s1", "equipment_class": "VMC"}
        first = {
            "brand": "示例",
            "model": "V8",
            "serial": "SN77",
            "commissioned": date(2020, 5, 6),
            "software": [["PMC", "3.1"]],
        }
        audit.add(session, "equipment", [{"id": "m1", "tag": "立加-01", **one, **first}])
        audit.add(session, "equipment", [{"id": "m2", "tag": "数显-01", "parent_id": "m1", **one}])
        spans = {"valid_from": date(2026, 1, 1), "valid_until": date(2027, 1, 1)}
        audit.add(
            session,
            "contracts",
            [{"id": "k1", "code": "HT1", "site_id": "s1", "level": "labour", "visits_per_year": 4, **spans}],
        )
        order = {
            "kind": "repair",
            "title": "主轴异响",
            "site_id": "s1",
            "equipment_id": "m1",
            "state": "closed",
        }
        at = NOON - timedelta(days=100)
        session.add(
            rows.WorkOrderRow(id="o1", number="GD2026-00001", opened_at=at, closed_at=at, cause="W1", **order)
        )
        session.flush()
        session.add(
            rows.WorkOrderPartRow(
                id="p1",
                work_order_id="o1",
                equipment_id="m1",
                part_number="A-1",
                name="轴承",
                used_on=at.date(),
            )
        )
        check = {"checklist_id": "CHK-LAT-MONTHLY", "item_id": "T207", "kind": "measure", "verdict": "pass"}
        for number, value in enumerate((0.01, 0.02)):
            session.add(
                rows.CheckResultRow(
                    id=f"c{number}",
                    work_order_id="o1",
                    equipment_id="m1",
                    value=value,
                    unit="mm",
                    checked_at=at + timedelta(days=number),
                    checked_by="王工",
                    **check,
                )
            )
    return house


def test_a_machine_tells_everything_at_once(machine: House, client: TestClient) -> None:
    told = client.get("/api/v1/machine-files/SN77").json()  # by its serial number too
    assert (told["machine"]["tag"], told["kits"], told["site"]["name"]) == (
        "立加-01",
        ["数显-01"],
        "一厂 <i>",
    )
    assert told["contracts"][0] | {"level": ""} == {
        "code": "HT1",
        "level": "",
        "first": "2026-01-01",
        "last": "2026-12-31",
        "in_force": True,
    }
    assert [(one["kind"], one["day"]) for one in told["moments"]] == [
        ("commissioned", "2020-05-06"),
        ("fault", (NOON - timedelta(days=100)).date().isoformat()),
        ("part", (NOON - timedelta(days=100)).date().isoformat()),
    ]
    assert [(one["value"], one["count"]) for one in told["values"]] == [(0.02, 2)]
    page = client.get("/machine-files/立加-01").text
    for text in ("主轴异响", "A-1 轴承", "0.02 mm", "PMC 3.1", "一厂 &lt;i&gt;", 'class="mark-fault"'):
        assert text in page
    bare = client.get("/machine-files/数显-01").text
    assert "没有工单" in bare
    assert 'href="/machine-files/' in bare
    assert client.get("/machine-files/无").status_code == 404


def test_a_machine_is_a_document(machine: House, client: TestClient) -> None:
    path = "/api/v1/machine-files/立加-01"
    pdf = client.get(path, params={"format": "pdf"}).content
    assert pdf[:5] == b"%PDF-"
    assert pdf == client.get(path, params={"format": "pdf"}).content
    word = docx.Document(io.BytesIO(client.get(path, params={"format": "docx"}).content))
    cells = {cell.text for table in word.tables for row in table.rows for cell in row.cells}
    assert {"GD2026-00001", "A-1 轴承", "0.02 mm", "HT1"} <= cells


def test_labels_lead_to_the_machine(machine: House, client: TestClient) -> None:
    assert "请选择要打印标签的现场" in client.get("/machine-files/labels").text
    page = client.get("/machine-files/labels", params={"site": "XC1"}).text
    assert page.count("<svg") == 2
    assert "S/N SN77" in page
    assert client.get("/machine-files/labels", params={"tag": "立加-01"}).text.count("<svg") == 1
    assert client.get("/machine-files/labels", params={"site": "无"}).status_code == 404
