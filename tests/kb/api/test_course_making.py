"""Courses are proposed, told when stale and brought in step, over the API and on pages."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from kb.api.app import create_app
from kb.settings import Settings
from kb.usecases.accounts import Role
from kb.wiring import House, open_house
from tests.kb.api.conftest import NOON, bearer
from tests.kb.usecases.test_course_stale import a_folder, changed_guide

ZH = {"accept-language": "zh-CN"}


def token_in(html: str) -> str:
    found = re.search(r'name="_?csrf[^"]*" value="([^"]+)"', html)
    assert found is not None
    return found[1]


def name_of_token(html: str) -> str:
    found = re.search(r'name="(_?csrf[^"]*)"', html)
    assert found is not None
    return found[1]


@pytest.fixture
def own(tmp_path: Path) -> Iterator[House]:
    """A house with a small library that can be written."""
    opened = open_house(
        Settings(home=tmp_path / "var", content_dir=a_folder(tmp_path / "content")), clock=lambda: NOON
    )
    opened.store.migrate()
    yield opened
    opened.store.close()


def test_a_proposal_is_chosen_by_search_shown_and_opened_in_the_editor(client: TestClient) -> None:
    query = "from=CASE-MEA-07&from=CASE-AXS-02"
    data = client.get(f"/api/v1/courses/proposal?{query}").json()
    assert (data["id"], data["questions"], data["faults"]) == ("COURSE-MEA-07", 4, [])
    refused = client.get("/api/v1/courses/proposal?from=CASE-NONE&id=X")
    assert refused.status_code == 422
    assert "CASE-NONE" in refused.text
    found = client.get("/courses/new?q=数显只有一个方向准", headers=ZH).text
    assert 'value="CASE-MEA-07">' in found
    shown = client.get(f"/courses/new?{query}&propose=true&id=COURSE-TRY", headers=ZH).text
    assert "id: COURSE-TRY" in shown
    assert "照这样就能通过资料检查" in shown
    empty = client.get("/courses/new?propose=true", headers=ZH)
    assert (empty.status_code, "没有拟出课程" in empty.text) == (422, True)
    sent = {name_of_token(shown): token_in(shown), "_mode": "text", "_from": "text", "_do": "resume"}
    editor = client.post("/pages/new/course", data={**sent, "_text": data["text"]}, headers=ZH)
    assert editor.status_code == 200
    assert "id: COURSE-MEA-07" in editor.text


def test_who_may_not_edit_sees_the_proposal_without_the_way_into_the_editor(
    guarded_client: TestClient,
) -> None:
    engineer, editor = (bearer(guarded_client, role) for role in (Role.ENGINEER, Role.EDITOR))
    query = "/courses/new?from=CASE-MEA-07&propose=true"
    assert "/pages/new/course" in guarded_client.get(query, headers=editor).text
    page = guarded_client.get(query, headers=engineer).text
    assert "COURSE-MEA-07" in page
    assert 'name="_do" value="resume"' not in page
    body = {"looked_at": {"GUIDE-X": 2}, "why": "看过"}
    answer = guarded_client.post("/api/v1/courses/COURSE-SAFETY/refresh", json=body, headers=engineer)
    assert answer.status_code == 403


def test_a_stale_course_is_shown_as_work_and_brought_in_step_once_somebody_has_looked(own: House) -> None:
    with TestClient(create_app(own)) as client:
        assert client.get("/api/v1/courses/stale").json() == {"items": []}
        assert "每门课都和资料页一致" in client.get("/courses/stale", headers=ZH).text
        client.get("/pages/GUIDE-X/history")
        changed_guide(own.library().folder, revision=2)
        (item,) = client.get("/api/v1/courses/stale").json()["items"]
        (source,) = item["sources"]
        assert (source["built"], source["now"], source["slides"]) == (1, 2, ["先看"])
        assert client.get(source["changes"]).status_code == 200
        assert "COURSE-X" in client.get("/page-work").text
        assert "先看" in client.get("/courses/stale", headers=ZH).text
        page = client.get("/courses/COURSE-X/stale", headers=ZH).text
        assert "GUIDE-X@2" in page
        form = {name_of_token(page): token_in(page), "why": "第一张已改"}
        unseen = client.post("/courses/COURSE-X/stale", data=form, headers=ZH)
        assert (unseen.status_code, "GUIDE-X" in unseen.text) == (409, True)
        seen = {**form, "looked_at": "GUIDE-X@2"}
        done = client.post("/courses/COURSE-X/stale", data=seen, headers=ZH, follow_redirects=False)
        assert (done.status_code, done.headers["location"]) == (303, "/courses/COURSE-X")
        assert client.get("/api/v1/courses/stale").json() == {"items": []}
        again = client.post("/courses/COURSE-X/stale", data=seen, headers=ZH)
        assert again.status_code == 422, "a second click changes nothing"
        assert client.get("/courses/NONE/stale").status_code == 404
