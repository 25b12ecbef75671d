"""Reliability over HTTP and as pages: real records brought in, figures, jobs behind them, lives, trends."""

from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from kb.store import register as audit
from kb.store import work_orders as rows
from kb.wiring import House
from tests.kb.api.conftest import NOON

ALL_YEARS = {"first": "2001-01-01", "last": "2012-12-31"}


@pytest.fixture
def machines(house: House) -> House:
    with house.store.writing() as session:
        audit.add(session, "customers", [{"id": "c1", "code": "KH1", "name": "矿业"}])
        audit.add(session, "sites", [{"id": "s1", "code": "XC1", "name": "一号矿", "customer_id": "c1"}])
        one = {"site_id": "s1", "equipment_class": "LAT"}
        audit.add(session, "equipment", [{"id": f"m{tag}", "tag": tag, **one} for tag in "ABCDE"])
    return house


def record_check(house: House, day: int, value: float, *, item: str = "T207", unit: str = "mm") -> None:
    with house.store.writing() as session:
        if session.get(rows.WorkOrderRow, "o1") is None:
            order = {
                "number": "GD2026-00001",
                "kind": "inspection",
                "title": "月检",
                "site_id": "s1",
                "state": "closed",
            }
            session.add(rows.WorkOrderRow(id="o1", opened_at=NOON, **order))
            session.flush()
        session.add(
            rows.CheckResultRow(
                id=f"{item}-{day}",
                work_order_id="o1",
                equipment_id="mA",
                checklist_id="CHK-LAT-MONTHLY",
                item_id=item,
                kind="measure",
                verdict="pass",
                value=value,
                unit=unit,
                checked_at=NOON + timedelta(days=day),
                checked_by="王工",
            )
        )


def test_real_records_are_brought_in_and_analysed(machines: House, client: TestClient, shared: Path) -> None:
    file = shared / "bench" / "work_orders" / "excavator_2015_cleaned_forpdl.csv"
    sent = {"document": (file.name, file.read_bytes(), "text/csv")}
    report = client.post("/api/v1/reliability/import", files=sent, data={"dry_run": "false"}).json()
    assert (report["added"], report["failures"], report["machines"], report["dates"]) == (
        5485,
        5332,
        5,
        "dmy",
    )
    told = client.get("/api/v1/reliability", params=ALL_YEARS).json()
    assert (told["failures"], told["machines"], told["availability"]) == (5332, 5, None)
    assert told["groups"]["machine"][0] | {"share": 0, "up_to": 0} == {
        "key": "D",
        "label": "D",
        "weight": 2352,
        "share": 0,
        "up_to": 0,
    }
    jobs = client.get(
        "/api/v1/reliability/jobs", params={**ALL_YEARS, "group": "machine", "key": "A", "size": 500}
    )
    assert jobs.json()["total"] == len(jobs.json()["items"]) == 150
    parts = client.get("/api/v1/reliability/parts", params=ALL_YEARS).json()["items"]
    assert parts[0]["weibull"]["wears_out"] is False
    page = client.get("/reliability", params={**ALL_YEARS, "group": "component"}).text
    assert "Grease System" in page
    assert "故障最多的" in page
    page = client.get("/reliability/parts", params=ALL_YEARS).text
    assert page.count('class="rel-curve"') == 24
    listed = client.get("/reliability/jobs", params={**ALL_YEARS, "key": "A", "page": 2}).text
    assert "150 次维修" in listed
    assert client.get("/api/v1/reliability/jobs", params={"group": "x"}).status_code == 400


def test_a_department_without_machines_or_repairs_is_told_so(house: House, client: TestClient) -> None:
    assert "台账中没有符合条件的设备" in client.get("/reliability").text
    assert "还没有换件记录" in client.get("/reliability/parts").text
    assert "还没有点检测量值" in client.get("/reliability/trends").text
    assert client.get("/api/v1/reliability").json()["hours"] is None
    assert client.get("/reliability", params={"first": "x"}).status_code == 400
    assert client.get("/reliability", params={"first": "2026-02-01", "last": "2026-01-01"}).status_code == 400


def test_a_reading_that_nears_its_limit_is_told_before_it_gets_there(
    machines: House, client: TestClient
) -> None:
    for day, value in ((-90, 0.01), (-60, 0.0145), (-30, 0.019), (0, 0.0235)):
        record_check(machines, day, value)
    for day in (-60, -30, 0):
        record_check(machines, day, 10.0, item="T209", unit="%")
    nears, few = client.get("/api/v1/reliability/trends").json()["items"]
    assert (nears["item"], nears["limit"], nears["standing"], nears["only_warns"]) == (
        "T207",
        0.03,
        "no_visit",
        True,
    )
    assert nears["crossing"] == (NOON + timedelta(days=43)).date().isoformat()
    assert (few["item"], few["standing"], few["crossing"]) == ("T209", "few", None)
    page = client.get("/reliability/trends").text
    assert "尚无巡检计划" in page
    assert "0.03 是点检表的预警值" in page
    record_check(machines, 1, 0.04)
    assert client.get("/api/v1/reliability/trends").json()["items"][0]["standing"] == "beyond"
    other = client.get("/api/v1/reliability/trends", params={"equipment": "mB"})
    assert other.json()["items"] == []


def test_old_jobs_are_looked_at_and_brought_in_by_a_page(machines: House, client: TestClient) -> None:
    token = client.get("/reliability/import").text.partition('name="csrf_token" value="')[2].partition('"')[0]
    text = "何时,设备,内容,类型\n2025-01-05,A,甲,Z9\n"
    sent = {"document": ("旧 & 记录.csv", text.encode(), "text/csv")}
    form = {"csrf_token": token, "what": "look"}
    refused = client.post("/reliability/import", files=sent, data=form)
    assert refused.status_code == 422
    assert "没有导入" in refused.text or "未导入" in refused.text
    digest = refused.text.partition('name="digest" value="')[2].partition('"')[0]
    kept = {**form, "digest": digest, "name": "旧 & 记录.csv", "column:何时": "failed", "kind:Z9": "planned"}
    looked = client.post("/reliability/import", data=kept)
    assert "导入 1 条" in looked.text
    done = client.post("/reliability/import", data={**kept, "what": "bring"})
    assert "已导入 1 条；0 条原已存在" in done.text
    again = client.post("/reliability/import", data={**kept, "what": "bring"})
    assert "已导入 0 条；1 条原已存在" in again.text
    gone = client.post("/reliability/import", data={**kept, "digest": "0" * 64})
    assert (gone.status_code, "is not kept any more" in gone.text) == (422, True)
    nothing = client.post("/reliability/import", data=form)
    assert (nothing.status_code, "没有填写" in nothing.text) == (422, True)


def test_only_a_planner_brings_old_jobs_in(guarded_client: TestClient) -> None:
    answer = guarded_client.post(
        "/api/v1/reliability/import",
        files={"document": ("a.csv", b"x", "text/csv")},
        data={"dry_run": "true"},
    )
    assert answer.status_code == 401
