"""Living with a plan over HTTP: who may do what, one way through each page and route, and the calendar without a login."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient

from kb.api.app import create_app
from kb.settings import Settings
from kb.store.jobs import job_row
from kb.usecases.accounts import Role
from kb.usecases.jobs import start_job
from kb.usecases.plan import plan_inspections
from kb.wiring import House, open_house
from tests.kb.api.conftest import ROOT, bearer
from tests.kb.usecases.plan_register import FIRST, LAST, NOW, fill, small_register

MORNING = datetime(2026, 1, 12, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
KUNSHAN = "kunshan/m3-quarterly/quarterly/0"
GANTRY = "wuxi/m4-quarterly/quarterly/0"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house on a Monday morning in January, with a plan of 2026."""
    settings = Settings(home=tmp_path / "var", content_dir=ROOT / "content")
    opened = open_house(settings, clock=lambda: MORNING)
    opened.store.migrate()
    fill(opened.store, small_register())
    plan_inspections(opened.store, first_day=FIRST, last_day=LAST, now=NOW)
    yield opened
    opened.store.close()


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house), headers={"accept-language": "en"}) as opened:
        yield opened


def test_a_disturbance_is_proposed_shown_and_written_once(client: TestClient) -> None:
    assert client.post("/api/v1/plan/versions", json={"note": "first"}).json()["number"] == 1
    asked = {"sick": ["t1"], "first": "2026-01-12", "last": "2026-02-06", "note": "flu"}
    answer = client.post("/api/v1/plan/proposals", json=asked)
    assert answer.status_code == 201
    here = answer.headers["location"]
    told = client.get(here).json()
    assert told == answer.json()
    assert (told["state"], told["figures"]["others_day"]) == ("open", 0)
    assert client.get("/api/v1/plan/versions/compare?before=1").json()["changes"] == []
    assert client.post(f"{here}/accept").json()["state"] == "accepted"
    changed = client.get("/api/v1/plan/versions/compare?before=1&after=now").json()
    assert len(changed["changes"]) == told["changed_count"] > 0
    assert client.post(f"{here}/accept").status_code == 200
    assert client.post(f"{here}/reject").json()["state"] == "accepted"
    wrong = client.post("/api/v1/plan/proposals", json={"sick": ["t9"], "urgent": "moon"})
    assert {one["where"] for one in wrong.json()["faults"]} == {"sick", "urgent"}
    assert client.get("/api/v1/plan/proposals/nobody").status_code == 404


def test_offers_consequences_swaps_load_dates_and_ways_are_data(client: TestClient) -> None:
    offers = client.get("/api/v1/plan/offers?site=wuxi&skill=gantry&by=2026-01-13").json()["items"]
    assert [one["technician"] for one in offers] == ["t2", "t2"]
    look = {"key": GANTRY, "technician": "t1"}
    told = client.post("/api/v1/plan/visits/consequences", json=look).json()
    assert [one["where"] for one in told["warnings"]] == ["technician"]
    swap = {"key": KUNSHAN, "other": GANTRY}
    looked = client.post("/api/v1/plan/visits/swap?dry_run=true", json=swap).json()
    assert len(looked["visits"]) == 2
    assert client.post("/api/v1/plan/visits/swap", json=swap).status_code == 422
    assert client.post("/api/v1/plan/visits/swap", json={**swap, "confirm": True}).status_code == 200
    assert [one["technician"] for one in client.get("/api/v1/plan/load").json()["technicians"]] == [
        "t1",
        "t2",
    ]
    assert set(client.get("/api/v1/plan/compliance").json()) == {"so_far", "as_planned"}
    assert client.get("/api/v1/plan/unserved").json() == {"items": []}
    assert (
        client.put("/api/v1/plan/travel", json={"one": "wuxi", "other": "t1", "minutes": 61}).status_code
        == 204
    )
    assert client.get("/api/v1/plan/travel").json()["ways"] == [
        {"one": "t1", "other": "wuxi", "minutes": 61, "metres": 0}
    ]
    assert client.post("/api/v1/plan/travel/roads").status_code == 422
    assert client.get("/api/v1/plan/weeks/t2?day=2026-01-14").json()["monday"] == "2026-01-12"


def test_only_a_planner_changes_the_plan_and_a_calendar_needs_no_login(guarded: House) -> None:
    with TestClient(create_app(guarded)) as client:
        engineer, planner = bearer(client, Role.ENGINEER), bearer(client, Role.PLANNER)
        for address, body in (
            ("/api/v1/plan/versions", {}),
            ("/api/v1/plan/proposals", {"sick": ["t1"]}),
            ("/api/v1/plan/feeds", {"technician": "t2"}),
        ):
            assert client.post(address, json=body).status_code == 401
            assert client.post(address, json=body, headers=engineer).status_code == 403
        feed = client.post("/api/v1/plan/feeds", json={"technician": "t2"}, headers=planner).json()
        path = "/" + feed["address"].split("/", 3)[3]
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/calendar")
        assert "BEGIN:VEVENT" in answer.text
        assert client.get(path, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
        assert client.get("/calendar/" + "x" * 43 + ".ics").status_code == 404
        assert client.get("/calendar/../plan", follow_redirects=False).status_code in (303, 404)
        assert client.delete(f"/api/v1/plan/feeds/{feed['id']}", headers=planner).status_code == 204
        assert client.get(path).status_code == 404


def test_the_pages_lead_through_a_mornings_work_without_a_script(client: TestClient) -> None:
    def post(address: str, **values: str) -> str:
        client.get("/plan")
        token = client.cookies["sb_csrf"]
        answer = client.post(address, data={"csrf_token": token, **values})
        assert answer.status_code == 200, answer.text
        return answer.text

    assert "No version has been published yet" in client.get("/plan/versions").text
    assert "Version 1 is published." in post("/plan/versions", note="<b>first</b>")
    page = post("/plan/replan", sick="t1", first="2026-01-12", last="2026-02-06", note="flu")
    here = re.search(r'action="(/plan/replan/[^"/]+)/accept"', page)
    assert here is not None
    assert "The proposal is accepted." in post(f"{here[1]}/accept")
    compared = client.get("/plan/versions/compare?before=1&after=now").text
    assert "&lt;b&gt;first" in compared
    assert "<svg" in compared
    look = client.get(f"/plan/move?key={quote(KUNSHAN)}&state=cancelled").text
    revision = re.search(r'name="revision" value="(\d+)"', look)
    assert revision is not None
    board = post("/plan/move", key=KUNSHAN, revision=revision[1], state="cancelled")
    assert "Done." in board
    assert KUNSHAN not in re.findall(r'data-key="([^"]+)"', board)
    for address in (
        "/plan/board?week=2026-01-14",
        "/plan/map?day=2026-01-14&days=7",
        "/plan/load",
        "/plan/unserved",
    ):
        assert client.get(address).status_code == 200
    kept = post("/plan/travel", one="wuxi", other="t2", minutes="99")
    assert "Ways kept: 1." in kept
    assert client.get("/plan/week/t2/2026-01-12.docx").content.startswith(b"PK")
    made = post("/plan/feeds", technician="t2")
    assert re.search(r"/calendar/[\w-]{43}\.ics", made)


def test_tiles_widen_the_policy_of_the_maps_page_alone(house: House, tmp_path: Path) -> None:
    assert "https:" not in _policy(house, "/plan/map")
    settings = house.settings.model_copy(update={"tile_url": "https://tiles.example/{z}/{x}/{y}.png"})
    tiled = open_house(settings, clock=lambda: MORNING)
    with TestClient(create_app(tiled)) as client:
        page = client.get("/plan/map")
        assert "https://tiles.example" in page.headers["content-security-policy"]
        assert re.search(r'href="https://tiles\.example/\d+/\d+/\d+\.png"', page.text)
        assert "tiles.example" not in client.get("/plan/board").headers["content-security-policy"]


def _policy(house: House, address: str) -> str:
    with TestClient(create_app(house)) as client:
        return client.get(address).headers["content-security-policy"]


def test_a_supposition_is_computed_on_a_copy(client: TestClient, house: House) -> None:
    client.get("/plan")
    before = client.get("/api/v1/plans/latest/visits?size=500").json()
    values = {"csrf_token": client.cookies["sb_csrf"], "first_day": "2026-01-12", "last_day": "2026-03-31"}
    wrong = client.post("/plan/what-if", data={**values, "add_at": "moon", "late_percent": "5"})
    assert wrong.status_code == 422
    answer = client.post("/plan/what-if", data={**values, "add_at": "wuxi", "add_skills": "gantry"})
    for _ in range(5000):
        job = client.get(f"/api/v1/jobs/{answer.url.path.rsplit('/', 1)[1]}").json()
        if job["state"] != "running":
            break
    assert job["state"] == "done", job
    as_is, supposed = job["result"]["as_is"], job["result"]["supposed"]
    assert (as_is["technicians"], supposed["technicians"]) == (2, 3)
    assert supposed["travel_minutes"] < as_is["travel_minutes"]
    assert "+1" in client.get(str(answer.url)).text
    assert client.get("/api/v1/plans/latest/visits?size=500").json() == before


def test_a_running_improvement_shows_its_falling_curve(client: TestClient, house: House) -> None:
    start_job(
        house.store,
        id="j1",
        kind="improving",
        request={"first_day": "2026-01-01", "last_day": "2026-12-31"},
        now=MORNING,
        by="x",
    )
    assert 'points=""' in client.get("/plan/jobs/j1").text
    with house.store.writing() as session:
        row = job_row(session, "j1")
        assert row is not None
        row.result = {"curve": [[0.0, 0, 1200.0], [5.0, 100, 900.4], [10.0, 220, 800.0]]}
    page = client.get("/plan/jobs/j1").text
    points = re.search(r'points="([^"]+)"', page)
    assert points is not None
    assert points[1].split() == ["0.0,10.0", "200.0,114.9", "400.0,150.0"]
    assert re.search(r'data-part="last">800<', page)
