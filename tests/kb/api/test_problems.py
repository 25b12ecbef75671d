"""One table from error to status, one shape of problem."""

import re
from html import unescape

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient

from kb.api.app import create_app, routes
from kb.api.problems import STATUS
from kb.errors import BadInput, Conflict, Fault, KbError, NotAllowed, NotFound, StoreFailure
from kb.settings import Settings
from kb.wiring import House, open_house
from planner.errors import InvalidInput, NoFeasiblePlan, PlannerError

ERRORS: dict[str, Exception] = {
    "missing": NotFound("site", "S-1"),
    "conflict": Conflict("changed", yours={"name": "a"}, theirs={"name": "b"}),
    "input": BadInput(
        "2 faults", [Fault(where="name", what="is empty"), Fault(where="city", what="is empty")]
    ),
    "denied": NotAllowed("planner may"),
    "planner": InvalidInput(["first", "second"]),
    "stuck": NoFeasiblePlan("no day"),
    "locked": StoreFailure("the database cannot be used: locked"),
    "bug": ZeroDivisionError("secret detail"),
}


@pytest.fixture
def failing(house: House, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    monkeypatch.setattr("kb.api.app._routes", routes)  # our failing routes are for this app alone
    app = create_app(house)
    router = APIRouter()

    @router.get("/api/v1/fail/{name}")
    @router.get("/fail/{name}")
    def fail(name: str) -> None:
        raise ERRORS[name]

    app.include_router(router)
    return app


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("missing", 404),
        ("conflict", 412),
        ("input", 422),
        ("denied", 403),
        ("planner", 422),
        ("stuck", 409),
        ("locked", 503),
    ],
)
def test_an_error_becomes_a_problem(failing: FastAPI, name: str, status: int) -> None:
    with TestClient(failing) as client:
        answer = client.get(f"/api/v1/fail/{name}")
    body = answer.json()
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["status"] == status
    assert body["instance"] == f"/api/v1/fail/{name}"
    assert body["detail"]


def test_all_faults_of_an_input_are_listed(failing: FastAPI) -> None:
    with TestClient(failing) as client:
        assert [f["where"] for f in client.get("/api/v1/fail/input").json()["faults"]] == ["name", "city"]
        assert [f["what"] for f in client.get("/api/v1/fail/planner").json()["faults"]] == ["first", "second"]


def test_a_conflict_shows_both_versions(failing: FastAPI) -> None:
    with TestClient(failing) as client:
        body = client.get("/api/v1/fail/conflict").json()
    assert (body["yours"], body["theirs"]) == ({"name": "a"}, {"name": "b"})


def test_a_person_gets_the_same_facts_as_a_page(failing: FastAPI) -> None:
    with TestClient(failing) as client:
        page = client.get("/fail/input", headers={"accept": "text/html"})
    assert page.status_code == 422
    assert page.headers["content-type"].startswith("text/html")
    text = " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())
    assert "名称 : 是空的" in text
    assert "city : 是空的" in text


def test_a_program_that_names_a_language_is_answered_in_it_and_any_other_in_english(failing: FastAPI) -> None:
    with TestClient(failing) as client:
        plain = client.get("/api/v1/fail/missing").json()
        chinese = client.get("/api/v1/fail/missing", headers={"accept-language": "zh-CN"}).json()
        faults = client.get("/api/v1/fail/input", headers={"accept-language": "zh-CN"}).json()["faults"]
    assert plain["detail"] == "no site has the id 'S-1'"
    assert chinese["detail"] == "没有编号为 'S-1' 的现场"
    assert [(one["where"], one["what"]) for one in faults] == [("name", "是空的"), ("city", "是空的")]


def test_every_class_of_both_trees_has_a_status() -> None:
    def tree(kind: type[Exception]) -> list[type[Exception]]:
        return [kind, *(found for child in kind.__subclasses__() for found in tree(child))]

    for kind in [*tree(KbError), *tree(PlannerError)]:
        assert any(parent in STATUS for parent in kind.__mro__), kind


def test_a_fault_of_our_own_tells_nothing_and_is_a_problem_too(failing: FastAPI) -> None:
    with TestClient(failing, raise_server_exceptions=False) as client:
        for_program = client.get("/api/v1/fail/bug")
        for_person = client.get("/fail/bug", headers={"accept": "text/html"})
    assert for_program.status_code == for_person.status_code == 500
    assert for_program.headers["content-type"] == "application/problem+json"
    assert "程序的错" in for_person.text
    assert "secret detail" not in for_program.text + for_person.text


def test_a_database_that_cannot_be_used_is_told_before_any_route_runs(house: House) -> None:
    house.store.close()
    nowhere = house.settings.home / "is-a-file"
    nowhere.write_text("no folder")
    broken = open_house(Settings(home=house.settings.home, database_url=f"sqlite:///{nowhere / 'no.db'}"))
    with TestClient(create_app(broken)) as client:
        answer = client.get("/api/v1/session")
    assert answer.status_code == 503
    assert answer.json()["detail"].startswith("the database's folder")
