"""Training over HTTP: planned, held, closed; files of certificates; what is wrong is a problem with every fault."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient

from kb.api.app import create_app
from kb.settings import Settings
from kb.web.pages.training_rows import MOST_LINES
from kb.wiring import House, open_house

NOW = datetime(2026, 5, 20, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
API = "/api/v1"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    home = tmp_path_factory.mktemp("training")
    made = open_house(Settings(home=home, content_dir=Path("content"), language="en"), clock=lambda: NOW)
    made.store.migrate()
    return made


@pytest.fixture(scope="module")
def client(house: House) -> TestClient:
    client = TestClient(create_app(house), base_url="http://localhost", follow_redirects=False)
    client.headers["accept-language"] = "en"
    person = {"code": "T1", "name": "张三", "latitude_deg": 31, "longitude_deg": 121, "skills": ["fanuc"]}
    assert client.post(f"{API}/register/technicians", json=person).status_code == 201
    skill = {"code": "fanuc", "name": "FANUC", "needs_certificate": True, "validity_months": 12}
    assert client.post(f"{API}/register/skills", json=skill).status_code == 201
    return client


def test_a_training_goes_from_its_plan_to_a_certificate(client: TestClient) -> None:
    line = {"title": "FANUC", "year": 2026, "month": 5, "hours": 4, "skill": "fanuc"}
    item = client.post(f"{API}/training/items", json=line).json()
    at = f"{API}/training/sessions"
    made = client.post(at, params={"item": item["id"]}, json={"day": "2026-05-20"}).json()
    here = f"{at}/{made['id']}"
    (person,) = client.post(f"{here}/people", json={"technicians": ["T1"], "operators": []}).json()["people"]
    marks = {person["id"]: {"attendance": "present", "score_percent": 95}}
    assert client.put(f"{here}/marks", json=marks).json()["state"] == "held"
    assert (
        client.get(f"{API}/training/certificates", params={"expiring": True}).json()["items"][0]["state"]
        == "missing"
    )
    closed = client.post(f"{here}/close").json()
    assert (closed["state"], closed["people"][0]["certificate"]) == ("closed", "PX2026-0001")
    (standing,) = client.get(f"{API}/training/certificates").json()["items"]
    assert (standing["state"], standing["until"]) == ("valid", "2027-05-19")
    assert client.get(f"{API}/training/years/2026").json()["attainment"]["percent"] == 100.0
    assert client.get(f"{API}/training/technicians/T1").json()["hours"] == 4
    assert client.get(f"{here}/attendance.docx").content[:2] == b"PK"
    assert client.get(f"{API}/training/years/2026/training.xlsx").content[:2] == b"PK"
    again = client.patch(here, json={"place": "x"})
    assert (again.status_code, again.json()["status"]) == (412, 412)


def test_a_scan_goes_in_and_comes_out_as_a_download(client: TestClient) -> None:
    paper = {"code": "Z1", "technician": "T1", "skill": "dro", "first_day": "2026-01-01"}
    assert client.post(f"{API}/register/certificates", json=paper).status_code == 201
    at = f"{API}/training/certificates/Z1/files"
    (kept,) = client.post(at, files={"file": ("证书.pdf", b"%PDF-1.4 x")}).json()["items"]
    got = client.get(f"{at}/{kept['id']}")
    assert (got.content, got.headers["content-type"]) == (b"%PDF-1.4 x", "application/pdf")
    assert got.headers["content-disposition"].startswith("attachment")
    assert client.post(at, files={"file": ("a.pdf", b"<html>")}).status_code == 422
    assert client.delete(f"{at}/{kept['id']}").status_code == 204
    assert client.get(at).json()["items"] == []


def test_every_fault_of_a_line_comes_back_by_field(client: TestClient) -> None:
    refused = client.post(f"{API}/training/items", json={"year": 1, "month": 0, "hours": -1})
    assert refused.status_code == 422
    assert {"year", "month", "hours", "title"} == {one["where"] for one in refused.json()["faults"]}
    assert client.get(f"{API}/training/items/none").status_code == 404
    assert client.get(f"{API}/training/topics").json() == {"items": []}


@pytest.mark.parametrize(
    "address", ["", "/topics", "/certificates", "/items/new", "/sessions/new", "/technicians/T1"]
)
def test_every_page_stands_in_both_languages(client: TestClient, address: str) -> None:
    for language, word in (("zh", "培训"), ("en", "raining")):
        page = client.get(f"/training{address}", headers={"accept-language": language})
        assert page.status_code == 200
        assert word in page.text
        assert "style=" not in page.text


def test_a_year_of_many_lines_is_shown_a_month_at_a_time_and_one_of_few_whole(client: TestClient) -> None:
    for number in range(MOST_LINES):
        line = {"title": f"L{number}.", "year": 2031, "month": 3 + 4 * (number % 2), "hours": 1}
        assert client.post(f"{API}/training/items", json=line).status_code == 201
    whole = client.get("/training", params={"year": 2031}).text
    assert (whole.count('<td class="lead">'), "month=7" in whole) == (MOST_LINES, False)
    assert client.post(f"{API}/training/items", json={**line, "month": 12}).status_code == 201
    first = client.get("/training", params={"year": 2031}).text
    assert (">L0.<" in first, ">L1.<" in first) == (True, False), "the first month that has lines"
    other = client.get("/training", params={"year": 2031, "month": 7}).text
    assert (">L0.<" in other, ">L1.<" in other) == (False, True)
    assert 'aria-current="page">month 7 (30)<' in other
    assert client.get("/training", params={"year": 2031, "month": 1}).status_code == 200
