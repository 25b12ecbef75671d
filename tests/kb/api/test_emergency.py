"""Emergency plans from register, contracts and library: as data, pages, documents; added to, looked through, drilled."""

import io
import re
from datetime import date

import docx
import pytest
from fastapi.testclient import TestClient

from kb.store import register as audit
from kb.wiring import House

DRILL = {
    "id": "d1",
    "day": "2026-11-20",
    "trigger": "current",
    "led_by": "孙工",
    "people": 6,
    "result": "断电 40 秒",
}


@pytest.fixture
def site(house: House) -> House:
    with house.store.writing() as session:
        audit.add(session, "customers", [{"id": "c1", "code": "KH1", "name": "苏州精密", "phone": "0512-1"}])
        place = {"customer_id": "c1", "latitude_deg": 31.3, "longitude_deg": 120.6}
        audit.add(
            session,
            "sites",
            [
                {"id": "s1", "code": "XC1", "name": "一厂", "contact": "孙 <b>工", "phone": "138", **place},
                {"id": "s2", "code": "XC2", "name": "空厂", **place},
            ],
        )
        same = {"brand": "示例", "model": "V8", "controller": "fanuc-0i", "equipment_class": "VMC"}
        audit.add(
            session,
            "equipment",
            [
                {"id": "m1", "tag": "立加-01", "site_id": "s1", **same},
                {"id": "m2", "tag": "数显-01", "site_id": "s1", "equipment_class": "DRO"},
            ],
        )
        audit.add(session, "equipment", [{"id": "m3", "tag": "立加-09", "site_id": "s2", **same}])
        home = {"latitude_deg": 31.3, "longitude_deg": 120.7}
        audit.add(
            session, "technicians", [{"id": "t1", "code": "G1", "name": "王工", "phone": "139", **home}]
        )
        spans = {"valid_from": date(2026, 1, 1), "valid_until": date(2027, 1, 1), "arrival_hours": 4.0}
        audit.add(
            session,
            "contracts",
            [{"id": "k1", "code": "HT1", "site_id": "s1", "level": "labour", "visits_per_year": 4, **spans}],
        )
    return house


def test_a_plan_is_made_of_what_is_known(site: House, client: TestClient) -> None:
    plan = client.get("/api/v1/emergency/machines/立加-01").json()
    assert [(one["role"], one["phone"]) for one in plan["callers"]] == [
        ("现场联系人", "138"),
        ("客户", "0512-1"),
        ("工程师", "139"),
    ]
    triggers = {one["code"]: one for one in plan["triggers"]}
    assert {"person", "current", "axis", "data"} <= set(triggers)
    assert "reading" not in triggers
    current = triggers["current"]
    assert current["measures"][0]["type"] == "danger"  # the gravest first
    library = site.library()
    for one in current["measures"]:
        page = library.pages[one["page"]]
        assert one["avoid"] in [hazard.avoid for hazard in page.hazards]  # nothing is invented
    backups = [
        one["page"] for one in triggers["data"]["recoveries"] if one["page"].startswith("GUIDE-BACKUP-")
    ]
    assert backups == ["GUIDE-BACKUP-FANUC"]
    assert all(one["steps"] for one in triggers["data"]["recoveries"])
    assert plan["twins"] == [{"tag": "立加-09", "site": "空厂"}]
    assert len(plan["missing"]) == 5
    readout = client.get("/api/v1/emergency/machines/数显-01").json()
    assert "axis" not in [one["code"] for one in readout["triggers"]]
    whole = client.get("/api/v1/emergency/sites/XC1").json()
    assert {"axis", "reading"} <= {one["code"] for one in whole["triggers"]}
    assert client.get("/api/v1/emergency/sites/无").status_code == 404
    assert client.get("/api/v1/emergency/machines/无").status_code == 404
    assert client.get("/api/v1/emergency/rooms/无").status_code == 422


def test_a_plan_is_added_to_looked_through_and_drilled(site: House, client: TestClient) -> None:
    path = "/api/v1/emergency/sites/XC1"
    assert client.get("/api/v1/emergency", params={"due": True}).json()["total"] == 2
    roles = [{"role": "停机负责人", "name": "赵工", "phone": "110"}]
    kept = client.patch(
        path, params={"revision": 0, "owner": "李工"}, json={"roles": roles, "spares": "伺服放大器 1 台"}
    )
    assert (kept.json()["callers"][0]["name"], kept.json()["revision"]) == ("赵工", 1)
    assert client.patch(path, params={"revision": 0}, json={"note": "x"}).status_code == 412
    bad = client.patch(path, json={"roles": [{"role": ""}], "gold": 1})
    assert (bad.status_code, {one["where"] for one in bad.json()["faults"]}) == (
        422,
        {"roles.0.role", "gold"},
    )
    past = client.patch(path, params={"reviewed": True, "review_due": "2026-11-23"}, json={})
    assert past.status_code == 422
    seen = client.patch(path, params={"reviewed": True}, json={"temporary": "改用 2 号机"}).json()
    assert (seen["reviewed_on"], seen["review_due"], seen["owner"]) == ("2026-11-23", "2027-11-23", "李工")
    assert seen["added"]["spares"] == "伺服放大器 1 台"
    for _ in range(2):
        drilled = client.post(f"{path}/drills", json=DRILL).json()
    assert [one["id"] for one in drilled["drills"]] == ["d1"]
    assert drilled["missing"] == []
    wrong = {"id": "d2", "day": "2026-11-24", "trigger": "x", "led_by": " ", "people": 0, "result": ""}
    faults = client.post(f"{path}/drills", json=wrong).json()["faults"]
    assert [one["where"] for one in faults] == ["trigger", "day", "led_by", "people", "result"]
    assert client.get("/api/v1/emergency", params={"due": True}).json()["total"] == 1
    of_machine = client.get("/api/v1/emergency/machines/立加-01").json()
    assert of_machine["callers"][0]["name"] == "赵工"  # roles of the site hold for its machines


def test_a_plan_is_read_and_changed_on_pages(site: House, client: TestClient) -> None:
    assert "从未复核" in client.get("/emergency").text
    page = client.get("/emergency/sites/XC1").text
    assert "孙 &lt;b&gt;工" in page
    assert 'href="tel:138"' in page
    assert "到场: 4 个工作小时" in page
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    form = {
        "csrf_token": token[1],
        "revision": "0",
        "roles": "停机负责人；赵工；110\n引导;;",
        "what": "review",
    }
    changed = client.post("/emergency/sites/XC1", data=form).text
    assert 'href="tel:110"' in changed
    assert "2026-11-23" in changed
    refused = client.post("/emergency/sites/XC1", data=form)
    assert (refused.status_code, "revision 0 is now 1" in refused.text) == (422, True)
    wrong = client.post("/emergency/sites/XC1", data={**form, "revision": "1", "roles": "a;b;c;d"})
    assert (wrong.status_code, "a;b;c;d" in wrong.text) == (422, True)
    told = {**{name: str(value) for name, value in DRILL.items()}, "csrf_token": token[1]}
    assert "断电 40 秒" in client.post("/emergency/machines/立加-01/drills", data=told).text
    assert client.post("/emergency/sites/XC1/drills", data={**told, "day": "soon"}).status_code == 422
    assert "断电 40 秒" in client.get("/emergency/sites/XC1").text
    assert "没有适用这些设备的应急内容" not in page


def test_a_plan_is_a_document(site: House, client: TestClient) -> None:
    pdf = client.get("/api/v1/emergency/sites/XC1", params={"format": "pdf"}).content
    assert pdf[:5] == b"%PDF-"
    assert pdf == client.get("/api/v1/emergency/sites/XC1", params={"format": "pdf"}).content
    answer = client.get("/api/v1/emergency/machines/立加-01", params={"format": "docx"})
    word = docx.Document(io.BytesIO(answer.content))
    text = "\n".join(one.text for one in word.paragraphs)
    cells = {cell.text for table in word.tables for row in table.rows for cell in row.cells}
    assert "触电、电柜冒烟或起火" in text
    assert {"王工", "139"} <= cells
