"""Plans over HTTP: make one, read it by page and filter, fetch its files, and be refused well."""

import io

import docx
import pytest
from fastapi.testclient import TestClient
from icalendar import Calendar
from openpyxl import load_workbook

from kb.usecases.accounts import Role
from kb.wiring import House
from tests.kb.api.conftest import bearer
from tests.kb.usecases.plan_register import fill, small_register

YEAR = {"first_day": "2026-01-01", "last_day": "2026-12-31"}
PLANS = "/api/v1/plans"
YEARLY = "suzhou/m1-yearly/yearly/0"


@pytest.fixture
def planned(house: House, client: TestClient) -> TestClient:
    fill(house.store, small_register())
    assert client.post(PLANS, json=YEAR).status_code == 201
    return client


def test_making_a_plan_answers_where_it_is_and_what_it_changed(house: House, client: TestClient) -> None:
    fill(house.store, small_register())
    answer = client.post(PLANS, json=YEAR)
    assert answer.status_code == 201
    assert answer.headers["location"] == f"{PLANS}/1"
    body = answer.json()
    assert (body["number"], body["visit_count"], body["unplaced_count"]) == (1, 20, 0)
    assert body["difference_counts"] == {"added": 20, "moved": 0, "removed": 0, "unchanged": 0}
    assert body["created"] == "2026-11-23T12:00:00+08:00"
    again = client.post(PLANS, json=YEAR).json()
    assert again["difference_counts"] == {"added": 0, "moved": 0, "removed": 0, "unchanged": 20}
    assert client.get(answer.headers["location"]).json() == body


def test_a_plan_has_an_etag(planned: TestClient) -> None:
    first = planned.get(f"{PLANS}/latest")
    assert first.headers["etag"]
    assert planned.get(f"{PLANS}/1").headers["etag"] == first.headers["etag"]


def test_visits_come_by_page_in_order(planned: TestClient) -> None:
    pages = [
        planned.get(f"{PLANS}/latest/visits", params={"size": 8, "page": page}).json()
        for page in (1, 2, 3, 4)
    ]
    assert [len(page["items"]) for page in pages] == [8, 8, 4, 0]
    assert {page["total"] for page in pages} == {20}
    days = [visit["day"] for page in pages for visit in page["items"]]
    assert days == sorted(days)


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        pytest.param({"site": "kunshan"}, 4, id="site"),
        pytest.param({"technician": "t2"}, 4, id="technician"),
        pytest.param({"equipment": "m2"}, 4, id="equipment"),
        pytest.param({"level": "yearly"}, 1, id="level"),
        pytest.param({"from": "2026-01-15", "to": "2026-01-15"}, 2, id="days"),
        pytest.param({"state": "done"}, 0, id="state"),
        pytest.param({"site": "nowhere"}, 0, id="nothing"),
    ],
)
def test_visits_are_filtered(planned: TestClient, wanted: dict[str, str], count: int) -> None:
    assert planned.get(f"{PLANS}/latest/visits", params=wanted).json()["total"] == count


def test_a_visit_is_explained_in_both_languages(planned: TestClient) -> None:
    visit = planned.get(f"{PLANS}/latest/visits/{YEARLY}").json()
    assert visit["key"] == YEARLY
    assert (visit["day"], visit["technician"]) == ("2026-01-15", "t1")
    assert visit["hours"] == {"start": "08:35", "end": "15:05"}
    assert any("由王工前往" in sentence for sentence in visit["trace_zh"])
    assert any("王工 goes" in sentence for sentence in visit["trace_en"])
    assert visit["occurrences"][0]["absorbed"] == ["m1-monthly/monthly/0"]
    assert visit["occurrences"][0]["trace"]


def test_the_difference_and_the_unplaced_are_lists_with_reasons(house: House, planned: TestClient) -> None:
    difference = planned.get(f"{PLANS}/1/difference").json()
    assert (difference["counts"]["added"], difference["total"]) == (20, 20)
    assert planned.get(f"{PLANS}/latest/unplaced").json()["items"] == []
    with house.store.writing() as session:
        session.connection().exec_driver_sql("update technicians set skills='[]', revision=revision+1")
    planned.post(PLANS, json=YEAR)
    unplaced = planned.get(f"{PLANS}/latest/unplaced", headers={"accept-language": "en"}).json()
    assert unplaced["total"] == 20
    assert unplaced["items"][0]["sentence"].startswith("No technician has all the skills that it needs.")
    assert unplaced["items"][0]["reason"]["why"] == "skill"


def test_the_files_open(planned: TestClient) -> None:
    workbook = planned.get(f"{PLANS}/latest/documents/plan.xlsx")
    assert workbook.headers["content-disposition"].startswith("attachment;")
    assert "%E5%B7%A1%E6%A3%80" in workbook.headers["content-disposition"]
    assert load_workbook(io.BytesIO(workbook.content)).sheetnames[0] == "计划"
    calendar = planned.get(f"{PLANS}/latest/documents/technicians/t1.ics")
    assert calendar.headers["content-type"].startswith("text/calendar")
    assert len(Calendar.from_ical(calendar.content).walk("VEVENT")) == 16
    document = planned.get(f"{PLANS}/latest/documents/sites/suzhou.docx")
    assert docx.Document(io.BytesIO(document.content)).tables


@pytest.mark.parametrize(
    "path",
    [
        "latest",
        "7",
        "latest/visits",
        "latest/visits/no/such/key",
        "latest/difference",
        "latest/unplaced",
        "latest/documents/plan.xlsx",
        "latest/documents/technicians/t1.ics",
        "latest/documents/sites/suzhou.docx",
    ],
)
def test_before_the_first_plan_there_is_nothing_to_find(client: TestClient, path: str) -> None:
    answer = client.get(f"{PLANS}/{path}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert "no plan has the id" in answer.json()["detail"]


@pytest.mark.parametrize("path", ["0", "last", "1e3", "-1", "99999999999"])
def test_a_plan_is_named_by_a_number_or_latest(planned: TestClient, path: str) -> None:
    assert planned.get(f"{PLANS}/{path}").status_code == 422


@pytest.mark.parametrize(
    "path",
    [
        "99",
        "latest/visits/no/such",
        "latest/documents/technicians/nobody.ics",
        "latest/documents/sites/nowhere.docx",
    ],
)
def test_what_a_plan_does_not_have_is_not_found(planned: TestClient, path: str) -> None:
    assert planned.get(f"{PLANS}/{path}").status_code == 404


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param({"first_day": "2026-12-31", "last_day": "2026-01-01"}, "lies before", id="order"),
        pytest.param(
            {"first_day": "2026-01-01", "last_day": "2036-01-01"}, "longer than 10 years", id="length"
        ),
        pytest.param({"first_day": "1999-12-31", "last_day": "2000-01-01"}, "outside 2000", id="year"),
        pytest.param({"first_day": "2026-02-30", "last_day": "2026-03-01"}, "first_day", id="no date"),
        pytest.param({**YEAR, "more": 1}, "more", id="unknown field"),
        pytest.param({}, "last_day", id="empty"),
    ],
)
def test_a_wrong_period_is_refused_with_the_field(
    planned: TestClient, body: dict[str, str], said: str
) -> None:
    answer = planned.post(PLANS, json=body)
    assert answer.status_code == 422
    assert said in answer.text


def test_ten_years_are_the_longest_period(planned: TestClient) -> None:
    answer = planned.post(PLANS, json={"first_day": "2026-01-01", "last_day": "2035-12-31"})
    assert answer.status_code == 201


def test_an_empty_register_is_refused_with_what_to_do(client: TestClient) -> None:
    answer = client.post(PLANS, json=YEAR)
    assert answer.status_code == 422
    assert "bring in machines" in answer.text


@pytest.mark.parametrize(
    ("role", "status"),
    [
        pytest.param(Role.ENGINEER, 403, id="engineer"),
        pytest.param(Role.EDITOR, 403, id="editor"),
        pytest.param(Role.PLANNER, 201, id="planner"),
        pytest.param(Role.ADMIN, 201, id="admin"),
    ],
)
def test_planning_needs_a_planner(house: House, guarded_client: TestClient, role: Role, status: int) -> None:
    fill(house.store, small_register())
    assert guarded_client.post(PLANS, json=YEAR).status_code == 401
    answer = guarded_client.post(PLANS, json=YEAR, headers=bearer(guarded_client, role))
    assert answer.status_code == status


def test_the_run_carries_the_name_of_who_made_it(house: House, guarded_client: TestClient) -> None:
    fill(house.store, small_register())
    guarded_client.post(PLANS, json=YEAR, headers=bearer(guarded_client, Role.PLANNER))
    with house.store.reading() as session:
        found = session.connection().exec_driver_sql("select created_by from plan_runs").scalars().all()
    assert found == ["planner-user"]


def test_reading_is_for_everybody_who_is_logged_in(house: House, guarded_client: TestClient) -> None:
    fill(house.store, small_register())
    guarded_client.post(PLANS, json=YEAR, headers=bearer(guarded_client, Role.PLANNER))
    guarded_client.cookies.clear()
    assert guarded_client.get(f"{PLANS}/latest").status_code == 401
    engineer = bearer(guarded_client, Role.ENGINEER)
    assert guarded_client.get(f"{PLANS}/latest/documents/plan.xlsx", headers=engineer).status_code == 200
