"""Improving from the page and the API: the button, the job, ended early; the search itself is stood in for."""

import re
from collections.abc import Callable, Iterator
from threading import Event

import pytest
from fastapi.testclient import TestClient

from kb.api.app import create_app
from kb.usecases import plan_improve
from kb.usecases.plan_job import make_plan, start_planning
from kb.usecases.plan_period import Period
from kb.usecases.plan_solve import Solved, SolveTask
from kb.wiring import House
from planner.routing import CurvePoint, Snapshot
from planner.scheduling import Overdue
from tests.kb.api.conftest import house
from tests.kb.usecases.plan_register import FIRST, LAST, fill, small_register

__all__ = ["house"]


@pytest.fixture
def workers(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """A plan, and a search that goes on until somebody has enough."""
    fill(house.store, small_register())
    job = start_planning(
        house.store, Period(first_day=FIRST, last_day=LAST), id="p", now=house.now(), by=""
    ).job
    make_plan(house.store, job, clock=house.now, overdue=Overdue.MERGE)

    pause = Event()

    def solved(task: SolveTask, *, told: Callable[[Snapshot], None], keep: Callable[[], bool]) -> Solved:
        point = CurvePoint(seconds=1, iterations=7, cost=99.5)
        told(Snapshot(point=point, unplaced=0, visits=task.visits))
        for _ in range(1_200):
            if keep():
                break
            pause.wait(0.05)
        return Solved(visits=task.visits, curve=(point,), improved=None)

    monkeypatch.setattr(plan_improve, "solved", solved)
    started = []
    in_background = house.in_background
    monkeypatch.setattr(
        house, "in_background", lambda *given: started.append(in_background(*given)) or started[-1]
    )
    yield started
    assert all(worker.has_ended(within_s=60) for worker in started)


def test_the_api_starts_tells_and_ends_an_improvement(house: House, workers: list[object]) -> None:
    with TestClient(create_app(house)) as client:
        asked = client.post("/api/v1/plans/improvements", json={"seconds": 3600})
        assert asked.status_code == 202, asked.text
        where = asked.headers["location"]
        assert asked.json()["request"]["seconds"] == 3600
        again = client.post("/api/v1/plans/improvements", json={})
        assert again.headers["location"] == where
        ended = client.post(f"/api/v1/plans/improvements/{asked.json()['id']}/end")
        assert ended.status_code == 202
        assert all(worker.has_ended(within_s=60) for worker in workers)  # type: ignore[attr-defined]
        job = client.get(where).json()
        assert (job["state"], job["result"]["plan"]) == ("done", 2)
        assert job["result"]["curve"] == [[1, 7, 99.5]]
        assert "checkpoint" not in job["result"]
        assert client.post("/api/v1/plans/improvements", json={"seconds": 0}).status_code == 422


def test_the_button_leads_to_a_page_from_which_the_search_is_ended(
    house: House, workers: list[object]
) -> None:
    headers = {"accept": "text/html", "accept-language": "zh-CN"}
    with TestClient(create_app(house), headers=headers, follow_redirects=False) as client:
        token = re.search(r'name="csrf_token" value="([^"]*)"', client.get("/plan").text)
        assert token is not None
        form = {"csrf_token": token[1]}
        asked = client.post("/plan/improve", data={**form, "seconds": "3600"})
        assert asked.status_code == 303, asked.text
        where = asked.headers["location"]
        assert "立即结束并保留最优" in client.get(where).text
        assert client.post(f"{where}/keep", data=form).status_code == 303
        assert all(worker.has_ended(within_s=60) for worker in workers)  # type: ignore[attr-defined]
        assert client.get(where).headers["location"] == "/plan?made=true"
