"""Unanswered queries over the API, the trainer's page, and the buttons beside a hit."""

import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from kb.api.app import create_app
from kb.settings import Settings
from kb.usecases.accounts import Role, add_user
from kb.wiring import House, open_house
from tests.kb.api.conftest import NOON, PASSWORD, bearer
from tests.kb.search.pages import a_library

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def small(tmp_path: Path) -> Iterator[House]:
    library = a_library(tmp_path)
    opened = open_house(
        Settings(home=tmp_path / "var", content_dir=library.folder, language="zh_CN"), clock=lambda: NOON
    )
    opened.store.migrate()
    yield opened
    opened.store.close()


@pytest.fixture
def searching(small: House) -> Iterator[TestClient]:
    with TestClient(create_app(small)) as client:
        yield client


def listed(client: TestClient, small: House, **asked: str) -> list[dict[str, object]]:
    assert small.search_notes.flush(seconds=10)
    answer = client.get("/api/v1/search/unanswered", params=asked)
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    assert isinstance(items, list)
    return items


def token(client: TestClient, address: str) -> str:
    found = TOKEN.search(client.get(address).text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("address", "noted"),
    [
        pytest.param("/search?q=qqxxzz", True, id="a page asked for"),
        pytest.param("/search?q=qqxxzz&part=results", False, id="while somebody types"),
        pytest.param("/search?q=qqxxzz&part=results&asked=1", True, id="left standing"),
        pytest.param("/search?q=qqxxzz&type=case", False, id="narrowed down"),
        pytest.param("/search?q=报警401", False, id="answered"),
        pytest.param("/search?q=%20", False, id="nothing asked"),
        pytest.param("/api/v1/search?q=qqxxzz", True, id="a program"),
        pytest.param("/api/v1/search?q=qqxxzz&type=case", False, id="a program that narrows down"),
    ],
)
def test_what_was_asked_and_not_answered_is_noted(
    searching: TestClient, small: House, address: str, noted: bool
) -> None:
    assert searching.get(address).status_code == 200
    assert [(one["query"], one["nothing"]) for one in listed(searching, small)] == (
        [("qqxxzz", 1)] if noted else []
    )


def test_a_query_that_finds_only_what_is_near_is_noted_as_such(searching: TestClient, small: House) -> None:
    searching.get("/search", params={"q": "SV0402"})
    (one,) = listed(searching, small)
    assert (one["nothing"], one["nearest"], one["state"], one["found_now"]) == (0, 1, "open", "")


def test_a_search_answers_at_once_while_the_database_is_locked(searching: TestClient, small: House) -> None:
    searching.get("/search", params={"q": "光栅尺"})
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        with small.store.writing():
            locked.set()
            done.wait(20)

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert locked.wait(10)
        start = time.perf_counter()
        for _ in range(20):
            assert searching.get("/search", params={"q": "qqxxzz"}).status_code == 200
        assert time.perf_counter() - start < 8
    finally:
        done.set()
        holder.join()
    assert [one["nothing"] for one in listed(searching, small)] == [20]


def test_a_database_without_the_table_costs_the_note_and_not_the_answer(tmp_path: Path) -> None:
    library = a_library(tmp_path)
    house = open_house(Settings(home=tmp_path / "var", content_dir=library.folder), clock=lambda: NOON)
    house.store.migrate(to="0003")
    with TestClient(create_app(house)) as client:
        assert client.get("/search", params={"q": "qqxxzz"}).status_code == 200
        assert house.search_notes.flush(seconds=10)
    assert house.search_notes.lost == 1


def test_a_query_is_taken_over_and_answered_over_the_api(searching: TestClient, small: House) -> None:
    searching.get("/search", params={"q": "qqxxzz"})
    (one,) = listed(searching, small)
    address = f"/api/v1/search/unanswered/{one['id']}"
    body = {"owner": "王工", "due": "2026-11-30", "state": "open", "revision": 1}
    changed = searching.put(address, json=body)
    assert changed.status_code == 200, changed.text
    assert (changed.json()["owner"], changed.json()["due"], changed.json()["revision"]) == (
        "王工",
        "2026-11-30",
        2,
    )
    stale = searching.put(address, json=body | {"owner": "李工"})
    assert stale.status_code == 412
    assert stale.json()["theirs"]["owner"] == "王工"
    wrong = searching.put(address, json={"due": "soon", "state": "declined"})
    assert wrong.status_code == 422
    assert [fault["where"] for fault in wrong.json()["faults"]] == ["due", "note"]
    assert searching.put("/api/v1/search/unanswered/none", json={}).status_code == 404
    searching.put(address, json={"state": "answered"})
    assert listed(searching, small) == []
    assert len(listed(searching, small, state="answered")) == 1
    assert searching.get("/api/v1/search/unanswered?state=gone").status_code == 422


def test_the_buttons_beside_a_hit_work_without_a_script(searching: TestClient, small: House) -> None:
    page = searching.get("/search", params={"q": "报警401", "type": "alarm"})
    assert page.text.count('action="/search/vote"') == 1
    form = {
        "csrf_token": TOKEN.findall(page.text)[0],
        "q": "报警401",
        "page_id": "ALM-SV0401",
        "helpful": "no",
        "back": "q=x&type=alarm&part=results&page=1&next=//evil.example",
    }
    answer = searching.post("/search/vote", data=form, follow_redirects=False)
    assert answer.status_code == 303
    target = answer.headers["location"]
    assert target.startswith("/search?q=")
    assert 'name="back" value="type=alarm&amp;page=1"' in page.text
    assert target.endswith("&type=alarm&page=1&voted=ALM-SV0401#hit-ALM-SV0401")
    assert "evil" not in target
    assert "谢谢，已经记下。" in searching.get(target).text
    (one,) = listed(searching, small)
    assert one["votes"] == [{"page_id": "ALM-SV0401", "helpful": 0, "not_helpful": 1}]


def test_a_vote_without_the_token_of_the_form_counts_nothing(searching: TestClient, small: House) -> None:
    searching.get("/search")
    form = {"q": "报警401", "page_id": "ALM-SV0401", "helpful": "no", "csrf_token": "guess"}
    assert searching.post("/search/vote", data=form).status_code == 403
    assert listed(searching, small) == []


@pytest.mark.parametrize(
    ("changes", "status"), [({"page_id": "NO-PAGE"}, 404), ({"q": "?"}, 422), ({"helpful": "maybe"}, 422)]
)
def test_a_vote_that_means_nothing_is_refused(
    searching: TestClient, changes: dict[str, str], status: int
) -> None:
    form = {
        "csrf_token": token(searching, "/search?q=401"),
        "q": "401",
        "page_id": "ALM-SV0401",
        "helpful": "yes",
    }
    assert searching.post("/search/vote", data=form | changes).status_code == status


def test_votes_come_over_the_api(searching: TestClient, small: House) -> None:
    body = {"query": "报警401", "page_id": "ALM-SV0401", "helpful": False}
    assert searching.post("/api/v1/search/votes", json=body).status_code == 204
    assert [one["not_helpful"] for one in listed(searching, small)] == [1]
    assert searching.post("/api/v1/search/votes", json=body | {"page_id": "NO"}).status_code == 404


def test_the_trainer_sets_owner_due_day_and_state_on_the_page(searching: TestClient, small: House) -> None:
    for _ in range(2):
        searching.get("/search", params={"q": "<b>液氮罐</b>"})
    (one,) = listed(searching, small)
    page = searching.get("/search/unanswered").text
    assert "&lt;b&gt;液氮罐&lt;/b&gt;" in page
    assert "没找到：2 次" in page or "只有相近：2 次" in page
    form = {
        "csrf_token": TOKEN.findall(page)[0],
        "owner": "王工",
        "due": "2026-11-22",
        "state": "open",
        "note": "",
        "revision": "1",
        "shown": "open",
    }
    saved = searching.post(f"/search/unanswered/{one['id']}", data=form)
    assert saved.status_code == 200
    assert 'value="王工"' in saved.text
    assert "已过期" in saved.text or "逾期" in saved.text
    refused = searching.post(
        f"/search/unanswered/{one['id']}", data=form | {"revision": "2", "state": "declined", "owner": "李工"}
    )
    assert refused.status_code == 422
    assert 'value="李工"' in refused.text
    stale = searching.post(f"/search/unanswered/{one['id']}", data=form | {"owner": "李工"})
    assert stale.status_code == 412
    assert "打开以后有人改过" in stale.text
    assert 'value="李工"' in stale.text


def test_who_may_not_edit_sees_the_list_without_forms(small: House) -> None:
    for role in (Role.ENGINEER, Role.EDITOR):
        add_user(
            small.store, name=f"{role.value}-user", password=PASSWORD, role=role, id=role.value, now=NOON
        )
    with TestClient(create_app(small)) as client:
        engineer, editor = bearer(client, Role.ENGINEER), bearer(client, Role.EDITOR)
        client.cookies.clear()
        client.get("/api/v1/search", params={"q": "qqxxzz"}, headers=engineer)
        assert small.search_notes.flush(seconds=10)
        page = client.get("/search/unanswered", headers=engineer).text
        assert "qqxxzz" in page
        assert 'name="owner"' not in page
        (one,) = client.get("/api/v1/search/unanswered", headers=engineer).json()["items"]
        address = f"/api/v1/search/unanswered/{one['id']}"
        assert client.put(address, json={}, headers=engineer).status_code == 403
        assert client.put(address, json={"owner": "王工"}, headers=editor).status_code == 200
        vote = {"query": "qqxxzz", "page_id": "ALM-SV0401", "helpful": False}
        assert client.post("/api/v1/search/votes", json=vote, headers=engineer).status_code == 204
        assert client.get("/search/unanswered", follow_redirects=False).status_code == 303
