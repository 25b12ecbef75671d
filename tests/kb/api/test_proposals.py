"""Proposals and the price book over HTTP and as pages, from an empty department to an accepted contract."""

import re

import pytest
from fastapi.testclient import TestClient

from kb.store import register as audit
from kb.wiring import House

PRICES = {"labour_hour": 200, "travel_hour": 100, "kilometre": 2, "repair_hours": 5, "repair_parts": 1000}


@pytest.fixture
def site(house: House) -> House:
    with house.store.writing() as session:
        audit.add(session, "customers", [{"id": "c1", "code": "KH1", "name": "苏州 <b>精密</b>"}])
        audit.add(session, "sites", [{"id": "s1", "code": "XC1", "name": "一厂", "customer_id": "c1"}])
        audit.add(
            session, "equipment", [{"id": "m1", "tag": "立加-01", "site_id": "s1", "equipment_class": "VMC"}]
        )
    return house


def token(client: TestClient, where: str = "/proposals/prices") -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(where).text)
    assert found
    return found[1]


def test_a_proposal_goes_from_prices_to_a_contract_over_http(site: House, client: TestClient) -> None:
    assert client.get("/api/v1/price-book").status_code == 404
    assert client.put("/api/v1/price-book", json={"labour_hour": 1}).status_code == 422
    kept = client.put("/api/v1/price-book", params={"seen": 0}, json=PRICES).json()
    assert (kept["number"], client.get("/api/v1/price-book").json()["labour_hour"]) == (1, "200")
    assert (
        client.put("/api/v1/price-book", params={"seen": 0}, json={**PRICES, "kilometre": 3}).status_code
        == 412
    )
    wishes = {"start": "2027-01-01", "trip_minutes": 60, "trip_kilometres": 50, "failures_per_year": 2}
    made = client.post("/api/v1/proposals", params={"site": "s1", "id": "w1"}, json=wishes).json()
    again = client.post("/api/v1/proposals", params={"site": "s1", "id": "w1"}, json=wishes).json()
    assert (made["number"], again["number"], made["missing"]) == ("WB2026-0001", "WB2026-0001", [])
    prices = [float(one["price"]) for one in made["options"]]
    assert prices == sorted(prices)
    for line in made["options"][2]["lines"]:
        if line["unit"] != "percent":
            assert float(line["quantity"]) * float(line["price"]) == pytest.approx(
                float(line["amount"]), abs=0.01
            )
    path = "/api/v1/proposals/WB2026-0001"
    cheaper = client.patch(path, params={"revision": 1}, json={"note": "您好"}).json()
    assert (cheaper["wishes"]["note"], cheaper["revision"]) == ("您好", 2)
    assert client.patch(path, params={"revision": 1}, json={"note": "x"}).status_code == 412
    for state in ("approved", "sent"):
        assert client.post(f"{path}/state", json={"state": state}).json()["state"] == state
    assert client.post(f"{path}/state", json={"state": "accepted"}).status_code == 412
    done = client.post(f"{path}/acceptance", json={"level": "labour"}).json()
    assert (done["state"], bool(done["contract_id"])) == ("accepted", True)
    assert client.get(f"{path}/file", params={"format": "pdf"}).content[:5] == b"%PDF-"
    word = client.get(f"{path}/file", params={"document_language": "en"})
    assert (word.content[:2], "WB2026-0001.docx" in word.headers["content-disposition"]) == (b"PK", True)
    assert client.get("/api/v1/proposals/letterhead").content[:2] == b"PK"
    assert client.get("/api/v1/proposals", params={"state": "accepted"}).json()["total"] == 1
    assert client.get("/api/v1/proposals", params={"state": "gold"}).status_code == 400
    assert client.get("/api/v1/proposals/WB1").status_code == 404


def test_a_proposal_goes_from_prices_to_a_contract_on_pages(site: House, client: TestClient) -> None:
    assert "还没有价目" in client.get("/proposals").text
    csrf = token(client)
    form = {
        **{name: str(value) for name, value in PRICES.items()},
        "csrf_token": csrf,
        "seen": "0",
        "currency": "CNY",
    }
    refused = client.post(
        "/proposals/prices", data={**form, "labour_hour": "", "parts": "滤芯; ; ; 6; 1; 50"}
    )
    assert (refused.status_code, "滤芯; ; ; 6; 1; 50" in refused.text) == (422, True)
    assert "<strong>人工，每小时</strong>" in refused.text
    parts = "滤芯；保养件；VMC；6；1；50；T301"
    kept = client.post("/proposals/prices", data={**form, "parts": parts, "labour-exclusions": "零件\n耗材"})
    assert "滤芯; 保养件; VMC; 6; 1; 50; T301" in kept.text
    old = client.post("/proposals/prices", data={**form, "kilometre": "9"})  # seen is old
    assert (old.status_code, "第 0 版现在是第 1 版" in old.text) == (422, True)
    wrong = client.post("/proposals", data={"csrf_token": csrf, "site": "s1", "start": "soon"})
    assert (wrong.status_code, "<strong>服务年度起始日</strong>" in wrong.text) == (422, True)
    new = {"csrf_token": csrf, "site": "s1", "start": "2027-01-01", "visits_per_year": "2"}
    page = client.post("/proposals", data=new).text
    assert "苏州 &lt;b&gt;精密&lt;/b&gt;" in page
    assert page.count("notice-box warning") == 2  # no way, no record
    path = "/proposals/WB2026-0001"
    refused = client.post(f"{path}/state", data={"csrf_token": csrf, "revision": "1", "state": "approved"})
    assert (refused.status_code, "请填写往返分钟和公里" in refused.text) == (422, True)
    wish = {"visits_per_year": "2", "start": "2027-01-01", "desired": "labour", "contact": "", "note": ""}
    filled = {
        **wish,
        "failures_per_year": "3",
        "trip_minutes": "60",
        "trip_kilometres": "40",
        "downtime_hour": "",
    }
    sent = {**filled, "csrf_token": csrf, "revision": "1", "labour-amount": "-100", "labour-reason": "老客户"}
    page = client.post(path, data=sent).text
    assert "notice-box warning" not in page
    assert "人工调整：老客户" in page
    again = client.post(path, data=sent)  # a second click meets another revision
    assert (again.status_code, "第 1 版现在是第 2 版" in again.text) == (422, True)
    for revision, state in (("2", "approved"), ("3", "sent")):
        data = {"csrf_token": csrf, "revision": revision, "state": state}
        assert client.post(f"{path}/state", data=data).status_code == 200
    unknown = {"csrf_token": csrf, "revision": "4", "state": "accepted", "level": "gold"}
    assert client.post(f"{path}/state", data=unknown).status_code == 422
    done = client.post(f"{path}/state", data={**unknown, "level": "all_in"})
    assert "合同和保养计划已写入台账" in done.text
    assert "WB2026-0001" in client.get("/register/contracts").text
    assert "已接受" in client.get("/proposals").text


def test_who_only_reads_changes_nothing(guarded_client: TestClient) -> None:
    assert guarded_client.put("/api/v1/price-book", json=PRICES).status_code == 401
