"""Courses over the API and on their pages."""

from fastapi.testclient import TestClient

from kb.usecases.accounts import Role
from tests.kb.api.conftest import bearer

SAFETY = "COURSE-SAFETY"


def test_courses_are_read_and_fetched_over_the_api_and_on_pages(client: TestClient) -> None:
    items = client.get("/api/v1/courses").json()["items"]
    (safety,) = (one for one in items if one["id"] == SAFETY)
    assert (safety["questions"], safety["stale"]) == (12, False)
    answer = client.get(f"/api/v1/courses/{SAFETY}/file?format=moodle")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/xml")
    assert f"{SAFETY}-moodle.xml" in answer.headers["content-disposition"]
    assert client.get("/api/v1/courses/NONE/file").status_code == 404
    assert client.get(f"/api/v1/courses/{SAFETY}/file?format=exe").status_code == 422
    page = client.get("/courses", headers={"accept-language": "zh-CN"}).text
    assert "断能上锁" in page
    shown = client.get(f"/courses/{SAFETY}", headers={"accept-language": "zh-CN"}).text
    assert "单手测母线" in shown
    assert "format=pptx" in shown


def test_who_is_asked_does_not_fetch_the_right_answers(guarded_client: TestClient) -> None:
    path = "/api/v1/courses/COURSE-SAFETY/file"
    asked, asks = bearer(guarded_client, Role.ENGINEER), bearer(guarded_client, Role.EDITOR)
    for format in ("gift", "key-docx"):
        assert guarded_client.get(path, params={"format": format}, headers=asked).status_code == 403
        assert guarded_client.get(path, params={"format": format}, headers=asks).status_code == 200
    assert guarded_client.get(path, params={"format": "paper-docx"}, headers=asked).status_code == 200
