"""Votes on pages, the work from them, and pages used on visits: over the API, and on the pages a phone shows."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from kb.api.app import create_app
from kb.settings import Settings
from kb.usecases.accounts import Role, add_user
from kb.wiring import House, open_house
from tests.kb.api.conftest import NOON, PASSWORD, bearer
from tests.kb.search.pages import a_library

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
PAGE = "CASE-HOT"
ADDRESS = f"/api/v1/pages/{PAGE}/feedback"


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
def client(small: House) -> Iterator[TestClient]:
    with TestClient(create_app(small)) as opened:
        yield opened


def token(client: TestClient, address: str) -> str:
    found = TOKEN.search(client.get(address).text)
    assert found is not None
    return found[1]


def counts(client: TestClient, **headers: str) -> tuple[int, int]:
    body = client.get(ADDRESS, headers=headers).json()
    return body["helpful"], body["not_helpful"]


def test_a_vote_is_kept_once_and_changed_by_the_next(client: TestClient) -> None:
    for _ in range(2):
        answer = client.put(ADDRESS, json={"helpful": True})
        assert (answer.status_code, answer.json()["helpful"]) == (200, 1)
    body = client.put(ADDRESS, json={"helpful": False, "reason": "outdated", "text": "旧版"}).json()
    assert (body["helpful"], body["not_helpful"], body["reasons"]) == (0, 1, {"outdated": 1})
    assert body["mine"]["text"] == "旧版"
    work = client.get("/api/v1/page-work").json()
    assert (work["counts"]["open"], work["items"][0]["owner"]) == (1, "技术资料组")


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        pytest.param({"helpful": False, "reason": "ugly"}, 422, "'ugly' is no reason", id="reason"),
        pytest.param({"helpful": False, "text": "字" * 1001}, 422, "1,001 characters", id="text"),
        pytest.param({"helpful": "perhaps"}, 422, "valid boolean", id="no verdict"),
        pytest.param(
            {"helpful": True, "cast": "2026-01-01T00:00:00"}, 422, "timezone", id="time without zone"
        ),
        pytest.param({"helpful": True, "who": "me"}, 422, "Extra inputs", id="unknown field"),
    ],
)
def test_a_vote_that_makes_no_sense_is_a_problem(
    client: TestClient, body: dict[str, Any], status: int, told: str
) -> None:
    answer = client.put(ADDRESS, json=body)
    assert answer.status_code == status
    assert told in answer.text
    assert counts(client) == (0, 0)


def test_an_unknown_page_is_not_judged(client: TestClient) -> None:
    assert client.get("/api/v1/pages/CASE-NO/feedback").status_code == 404
    assert client.put("/api/v1/pages/CASE-NO/feedback", json={"helpful": True}).status_code == 404


def test_too_many_votes_are_told_to_wait(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.usecases.page_feedback.MOST_VOTES", 1)
    client.put(ADDRESS, json={"helpful": True})
    answer = client.put("/api/v1/pages/CASE-NOISE/feedback", json={"helpful": True})
    assert (answer.status_code, answer.json()["title"]) == (429, "Too Many Requests")


def test_each_user_has_a_vote_and_a_browser_needs_its_token(small: House, client: TestClient) -> None:
    for role in Role:
        add_user(
            small.store, name=f"{role.value}-user", password=PASSWORD, role=role, id=role.value, now=NOON
        )
    assert client.put(ADDRESS, json={"helpful": True}).status_code == 401
    engineer, editor = bearer(client, Role.ENGINEER), bearer(client, Role.EDITOR)
    client.put(ADDRESS, json={"helpful": True}, headers=engineer)
    client.put(ADDRESS, json={"helpful": False, "reason": "wrong"}, headers=editor)
    assert counts(client, **engineer) == (1, 1)
    assert client.get(ADDRESS, headers=editor).json()["mine"]["reason"] == "wrong"
    cookie = {"Cookie": f"sb_session={engineer['Authorization'].split()[1]}"}
    assert client.put(ADDRESS, json={"helpful": False}, headers=cookie).status_code == 403
    asked = {"owner": "李工", "due": "2026-12-24"}
    assert client.put(f"/api/v1/page-work/{PAGE}", json=asked, headers=engineer).status_code == 403
    taken = client.put(f"/api/v1/page-work/{PAGE}", json={**asked, "revision": 1}, headers=editor)
    assert (taken.json()["owner"], taken.json()["due"], taken.json()["revision"]) == ("李工", "2026-12-24", 2)
    stale = client.put(f"/api/v1/page-work/{PAGE}", json={**asked, "revision": 1}, headers=editor)
    assert stale.status_code == 412


def test_the_form_works_without_a_script_and_leads_back(client: TestClient) -> None:
    address = f"/pages/{PAGE}/feedback"
    sent = {
        "csrf_token": token(client, address),
        "helpful": "no",
        "reason": "unclear",
        "text": "<b>哪个</b>",
        "back": "/search?q=x",
    }
    shown = client.post(address, data=sent).text
    assert "谢谢，已经记下。" in shown
    assert "&lt;b&gt;哪个&lt;/b&gt;" in shown
    assert 'href="/search?q=x"' in shown
    assert "看不明白 1" in shown
    again = client.post(address, data={**sent, "helpful": "yes", "back": "//elsewhere"}).text
    assert ("有帮助：1 次" in again, "elsewhere" in again.split("<form")[0]) == (True, False)
    refused = client.post(address, data={**sent, "text": "字" * 1001})
    assert refused.status_code == 422
    assert "字" * 1001 in refused.text


def test_work_is_taken_over_on_its_page_with_faults_and_conflicts_told(client: TestClient) -> None:
    client.put(ADDRESS, json={"helpful": False, "reason": "wrong", "text": "扭矩写错"})
    page = client.get("/page-work").text
    assert ("主轴过热停机" in page, "扭矩写错" in page, "有错: 1" in page) == (True, True, True)
    form = {
        "csrf_token": token(client, "/page-work"),
        "owner": "李工",
        "due": "2026-12-01",
        "state": "open",
        "revision": "1",
    }
    refused = client.post(f"/page-work/{PAGE}", data={**form, "state": "declined", "note": ""})
    assert refused.status_code == 422
    assert "请写明为什么不采纳" in refused.text
    saved = client.post(f"/page-work/{PAGE}", data=form)
    assert ("已保存" in saved.text, 'value="李工"' in saved.text) == (True, True)
    stale = client.post(f"/page-work/{PAGE}", data={**form, "owner": "王工"})
    assert stale.status_code == 412
    assert ("李工" in stale.text, 'value="王工"' in stale.text) == (True, True)
    assert "这里没有资料页" in client.get("/page-work?state=mended").text


def test_a_page_is_linked_to_a_visit_that_is_not_there_or_of_the_wrong_kind(client: TestClient) -> None:
    answer = client.put("/api/v1/page-uses", json={"page_id": PAGE, "visit": "no/visit"})
    assert answer.status_code == 404
    answer = client.put("/api/v1/page-uses", json={"page_id": "TERM-scale", "visit": "no/visit"})
    assert answer.status_code == 412
    assert client.get("/api/v1/page-uses?visit=no/visit").status_code == 404
    assert client.get(f"/api/v1/pages/{PAGE}/uses").json() == {"items": []}
