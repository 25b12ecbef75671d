"""Visits over HTTP: lists, tags, changes, both versions of a conflict, and who may do what."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from kb.api.app import create_app
from kb.usecases.accounts import Role
from kb.usecases.plan import plan_inspections
from kb.wiring import House
from tests.kb.api.conftest import bearer
from tests.kb.usecases.plan_register import FIRST, LAST, NOW, fill, small_register

KEY = "suzhou/m1-yearly/yearly/0"
HERE = f"/api/v1/visits/{quote(KEY, safe='')}"
DONE = {"state": "done", "done_on": "2026-01-16"}


@pytest.fixture
def house(house: House) -> House:
    """The house of these tests, with a plan of 2026; its clock shows 23 November 2026."""
    fill(house.store, small_register())
    plan_inspections(house.store, first_day=FIRST, last_day=LAST, now=NOW)
    return house


def patch(
    client: TestClient, values: object, *, tag: str | None = '"r1"', address: str = HERE, **headers: str
) -> Any:
    if tag is not None:
        headers["If-Match"] = tag
    return client.patch(address, json=values, headers={"accept-language": "en", **headers})


def test_a_visit_has_a_tag_and_is_not_sent_twice(client: TestClient) -> None:
    answer = client.get(HERE)
    assert answer.headers["etag"] == '"r1"'
    body = answer.json()
    assert (body["key"], body["site"], body["technician"], body["state"]) == (KEY, "suzhou", "t1", "called")
    assert [one["plan"] for one in body["work"]] == ["m1-yearly", "m2-quarterly"]
    assert client.get(HERE, headers={"If-None-Match": '"r1"'}).status_code == 304
    assert client.get(f"/api/v1/visits/{KEY}").json() == body
    assert client.get("/api/v1/visits/nowhere").status_code == 404
    assert client.get("/api/v1/visits/%00").status_code == 404


def test_a_list_is_paged_and_narrowed(client: TestClient) -> None:
    first = client.get("/api/v1/visits", params={"size": 15}).json()
    assert (first["total"], len(first["items"])) == (20, 15)
    second = client.get("/api/v1/visits", params={"size": 15, "page": 2}).json()["items"]
    assert len({one["key"] for one in [*first["items"], *second]}) == 20
    found = client.get(
        "/api/v1/visits", params={"site": "wuxi", "first_day": "2026-04-01", "state": "called"}
    ).json()
    assert [one["site"] for one in found["items"]] == ["wuxi"] * 3
    assert client.get("/api/v1/visits", params={"site": "nowhere"}).status_code == 404
    assert client.get("/api/v1/visits", params={"state": "lost"}).status_code == 422


def test_a_change_needs_the_tag_it_was_made_from(client: TestClient) -> None:
    assert patch(client, DONE, tag=None).status_code == 428
    answer = patch(client, DONE)
    assert answer.status_code == 200
    assert answer.headers["etag"] == '"r2"'
    assert answer.json()["passed"] == ["booked"]
    stale = patch(client, {"notes": "late"})
    assert stale.status_code == 412
    problem = stale.json()
    assert (problem["yours"]["notes"], problem["theirs"]["state"], problem["theirs"]["revision"]) == (
        "late",
        "done",
        2,
    )
    assert patch(client, {"notes": "late"}, tag="*").status_code == 200
    entries = client.get(f"{HERE}/history").json()["items"]
    assert [one["who"] for one in entries] == ["local", "local"]


def test_every_fault_is_told_by_field(client: TestClient) -> None:
    answer = patch(client, {"state": "lost", "day": 7, "colour": "red", "plans": ["x"]})
    assert answer.status_code == 422
    assert {one["where"] for one in answer.json()["faults"]} == {"state", "day", "colour", "plans"}
    assert patch(client, ["done"]).status_code == 422
    assert client.get(HERE).headers["etag"] == '"r1"'


def test_what_breaks_a_rule_is_told_until_it_is_confirmed(client: TestClient) -> None:
    later = "/api/v1/visits/suzhou%2Fm1-monthly%2Fmonthly%2F11"
    move = {"day": "2026-12-26", "technician": "t2"}
    answer = patch(client, move, address=later)
    assert answer.status_code == 422
    told = [one["what"] for one in answer.json()["faults"]]
    assert any("outside the window" in one for one in told)
    assert "the site is closed on 2026-12-26" in told
    assert "李工 does not work on 2026-12-26" in told
    confirmed = patch(client, {**move, "confirm": True}, address=later).json()
    assert (confirmed["day"], confirmed["locked"], confirmed["locked_by_move"]) == ("2026-12-26", True, True)
    assert [one["what"] for one in confirmed["confirmed"]] == told


@pytest.fixture
def guarded_client(guarded: House) -> Iterator[TestClient]:
    with TestClient(create_app(guarded)) as opened:
        yield opened


def test_an_engineer_reports_and_a_planner_moves(guarded_client: TestClient) -> None:
    engineer = bearer(guarded_client, Role.ENGINEER)
    planner = bearer(guarded_client, Role.PLANNER)
    assert guarded_client.patch(HERE, json=DONE, headers={"If-Match": '"r1"'}).status_code == 401
    assert patch(guarded_client, {"state": "booked"}, **engineer).status_code == 403
    assert patch(guarded_client, {"locked": True}, **engineer).status_code == 403
    assert patch(guarded_client, {"locked": True}, **planner).status_code == 200
    done = patch(guarded_client, {**DONE, "notes": "皮带磨损"}, tag='"r2"', **engineer)
    assert (done.status_code, done.json()["notes"]) == (200, "皮带磨损")
    assert guarded_client.get(f"{HERE}/history", headers=planner).json()["items"][0]["who"] == "engineer-user"
