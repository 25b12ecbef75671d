"""Making a plan that takes longer than a moment: the page that shows it, stops it, and tells how it ended."""

import re
from collections.abc import Iterator
from threading import Event

import pytest
from fastapi.testclient import TestClient

from kb.api.app import create_app
from kb.usecases import plan as planning
from kb.usecases.jobs import STALE, find_job
from kb.usecases.plan import latest_plan
from kb.web import plan_jobs
from kb.wiring import House, open_house
from planner.routing import FirstPlan, first_plan
from tests.kb.api.conftest import NOON, house
from tests.kb.usecases.plan_register import fill, small_register

__all__ = ["house"]

YEAR = {"first_day": "2026-01-01", "last_day": "2026-12-31"}
WAIT_S = 60


class Gate:
    """Holds planning after its first visit until it is opened."""

    def __init__(self) -> None:
        self.reached, self.opened = Event(), Event()

    def first_plan(self, work: object, **given: object) -> FirstPlan:
        told = given["progress"]

        def progress(done: int, total: int) -> None:
            if done == 1:
                self.reached.set()
                assert self.opened.wait(WAIT_S)
            told(done, total)  # type: ignore[operator]

        return first_plan(work, **{**given, "progress": progress})  # type: ignore[arg-type]


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch, house: House) -> Iterator[Gate]:
    """A house whose planning never ends within the moment that a request waits."""
    fill(house.store, small_register())
    gate = Gate()
    monkeypatch.setattr(planning, "first_plan", gate.first_plan)
    monkeypatch.setattr(plan_jobs, "AT_ONCE_S", 0.0)
    workers = []
    in_background = house.in_background
    monkeypatch.setattr(
        house, "in_background", lambda *given: workers.append(in_background(*given)) or workers[-1]
    )
    yield gate
    gate.opened.set()
    assert all(worker.has_ended(within_s=WAIT_S) for worker in workers)


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    headers = {"accept": "text/html", "accept-language": "zh-CN"}
    with TestClient(create_app(house), headers=headers, follow_redirects=False) as opened:
        yield opened


def post(client: TestClient, path: str, form: dict[str, str]) -> str:
    token = re.search(r'name="csrf_token" value="([^"]*)"', client.get("/plan").text)
    assert token is not None
    answer = client.post(path, data={**form, "csrf_token": token[1]})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def finish(house: House, gate: Gate, where: str) -> None:
    """Let planning end; wait until its job has."""
    gate.opened.set()
    worker_name = where.rpartition("/")[2]
    ended = Event()
    for _ in range(WAIT_S * 20):
        if find_job(house.store, worker_name, now=NOON).finished is not None:
            return
        ended.wait(0.05)
    raise AssertionError("planning did not end")


def test_a_long_plan_shows_its_progress_without_a_script_and_leads_to_the_plan(
    house: House, gate: Gate, client: TestClient
) -> None:
    where = post(client, "/plan", YEAR)
    assert gate.reached.wait(WAIT_S)
    page = client.get(where)
    assert page.status_code == 200
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page.text
    assert "正在生成计划" in page.text
    assert "<progress" in page.text
    assert re.search(r'<script src="/static/job\.js\?v=\w+" defer></script>', page.text)
    assert f'data-job="/api/v1{where.removeprefix("/plan")}"' in page.text
    finish(house, gate, where)
    assert client.get(where).headers["location"] == "/plan?made=true"
    assert "第 1 版计划已生成" in client.get("/plan?made=true").text


def test_a_second_click_leads_to_the_running_one(gate: Gate, client: TestClient) -> None:
    where = post(client, "/plan", YEAR)
    assert post(client, "/plan", YEAR) == where


def test_a_stopped_plan_says_that_nothing_was_written(house: House, gate: Gate, client: TestClient) -> None:
    where = post(client, "/plan", YEAR)
    assert gate.reached.wait(WAIT_S)
    assert post(client, f"{where}/stop", {}) == where
    assert "正在停止" in client.get(where).text
    finish(house, gate, where)
    page = client.get(where).text
    assert "已停止生成计划" in page
    assert "refresh" not in page
    assert latest_plan(house.store) is None


def test_a_plan_whose_process_has_died_is_told_as_the_form_tells_faults(
    house: House, gate: Gate, client: TestClient
) -> None:
    where = post(client, "/plan", YEAR)
    assert gate.reached.wait(WAIT_S)
    later = open_house(house.settings, clock=lambda: NOON + STALE * 2)
    headers = {"accept": "text/html", "accept-language": "zh-CN"}
    with TestClient(create_app(later), headers=headers) as after:
        page = after.get(where)
    assert "执行它的进程已经结束" in page.text
    assert 'value="2026-12-31"' in page.text


def test_a_job_that_is_not_there_is_not_found(client: TestClient) -> None:
    assert client.get("/plan/jobs/nothing").status_code == 404


def test_a_program_is_told_where_the_job_is_and_may_stop_it(
    house: House, gate: Gate, client: TestClient
) -> None:
    first = client.post("/api/v1/plans", json=YEAR)
    assert first.status_code == 202
    where = first.headers["location"]
    assert gate.reached.wait(WAIT_S)
    assert client.post("/api/v1/plans", json=YEAR).headers["location"] == where
    job = client.get(where).json()
    assert (job["state"], job["request"], job["created_by"]) == ("running", YEAR, "local")
    assert client.get(where).headers["cache-control"] == "no-store"
    stopped = client.delete(where)
    assert (stopped.status_code, stopped.json()["cancel_wanted"]) == (202, True)
    finish(house, gate, where)
    assert client.get(where).json()["state"] == "cancelled"
    assert latest_plan(house.store) is None


def test_a_program_finds_the_plan_of_a_job_that_ended(house: House, gate: Gate, client: TestClient) -> None:
    where = client.post("/api/v1/plans", json=YEAR).headers["location"]
    finish(house, gate, where)
    job = client.get(where).json()
    assert (job["state"], job["progress"], job["result"]) == ("done", 1, {"plan": 1})
    assert client.get("/api/v1/plans/1").json()["visit_count"] == 20
