"""The library as data."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from kb.api.app import create_app
from kb.api.routes.content import tags_of
from kb.settings import Settings
from kb.usecases.accounts import Role
from kb.wiring import open_house
from tests.kb.api.conftest import NOON, bearer
from tests.kb.site.samples import a_library, a_page


@pytest.fixture
def content_dir(tmp_path: Path) -> Path:
    return a_library(
        tmp_path / "content",
        draft=a_page("guide", id="GUIDE-DRAFT", status="in_preparation", confidence="wip"),
    )


@pytest.fixture
def library_client(tmp_path: Path, content_dir: Path) -> TestClient:
    house = open_house(Settings(home=tmp_path / "var", content_dir=content_dir), clock=lambda: NOON)
    house.store.migrate()
    return TestClient(create_app(house))


def test_pages_are_listed_by_id_with_their_address(library_client: TestClient) -> None:
    with library_client as client:
        body = client.get("/api/v1/pages").json()
    assert [item["id"] for item in body["items"]] == [
        "ALM-FANUC-SV0401", "CASE-X-01", "CHK-X", "COURSE-X", "GUIDE-DRAFT", "GUIDE-X", "TERM-scale",
    ]  # fmt: skip
    assert (body["page"], body["size"], body["total"]) == (1, 50, 7)
    address = {item["id"]: item["address"] for item in body["items"]}
    assert address["CASE-X-01"] == "/library/cases/spi/case-x-01.html"
    assert address["GUIDE-DRAFT"] == ""


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("type=case", ["CASE-X-01"]),
        ("confidence=wip", ["GUIDE-DRAFT"]),
        ("status=in_preparation", ["GUIDE-DRAFT"]),
        ("type=guide&status=released", ["GUIDE-X"]),
        ("type=case&subsystem=AXS", []),
        ("type=case&subsystem=SPI", ["CASE-X-01"]),
        ("size=2&page=2", ["CHK-X", "COURSE-X"]),
        ("size=2&page=9", []),
    ],
)
def test_filters_and_paging_narrow_the_list(library_client: TestClient, query: str, ids: list[str]) -> None:
    with library_client as client:
        assert [item["id"] for item in client.get(f"/api/v1/pages?{query}").json()["items"]] == ids


@pytest.mark.parametrize("query", ["type=novel", "confidence=sure", "size=0", "size=501", "page=0"])
def test_a_wrong_filter_is_a_problem_that_names_the_field(library_client: TestClient, query: str) -> None:
    with library_client as client:
        answer = client.get(f"/api/v1/pages?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["faults"][0]["where"] == f"query.{query.partition('=')[0]}"


def test_a_page_comes_with_every_field_its_body_and_its_etag(library_client: TestClient) -> None:
    with library_client as client:
        answer = client.get("/api/v1/pages/CASE-X-01")
    body = answer.json()
    assert body["symptom"] == "加工一小时后报警"
    assert body["solutions"][0]["cause"]["code"] == "E4"
    assert body["body"].startswith("## 现象")
    assert body["address"] == "/library/cases/spi/case-x-01.html"
    assert answer.headers["etag"].startswith('"')


def test_a_page_that_has_not_changed_is_not_sent_again_and_a_changed_one_is(
    library_client: TestClient, content_dir: Path
) -> None:
    with library_client as client:
        etag = client.get("/api/v1/pages/CASE-X-01").headers["etag"]
        same = client.get("/api/v1/pages/CASE-X-01", headers={"If-None-Match": f'"other", W/{etag}'})
        (content_dir / "case.md").write_text(a_page("case", title="另一个题目"), encoding="utf-8")
        changed = client.get("/api/v1/pages/CASE-X-01", headers={"If-None-Match": etag})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", etag)
    assert changed.status_code == 200
    assert changed.json()["title"] == "另一个题目"
    assert changed.headers["etag"] != etag


def test_a_page_that_is_not_there_is_a_problem(library_client: TestClient) -> None:
    with library_client as client:
        answer = client.get("/api/v1/pages/CASE-NO-99")
    assert answer.status_code == 404
    assert answer.json()["detail"] == "no page has the id 'CASE-NO-99'"


def test_the_check_tells_every_fault_with_file_line_and_repair(
    library_client: TestClient, content_dir: Path
) -> None:
    with library_client as client:
        sound = client.get("/api/v1/content/check").json()
        (content_dir / "case.md").write_text(
            a_page("case", related=["CASE-NO-99", "GUIDE-NO"]), encoding="utf-8"
        )
        faulty = client.get("/api/v1/content/check?size=1").json()
    assert (sound["total"], sound["items"]) == (0, [])
    assert sound["pages"] == {"alarm": 1, "case": 1, "checklist": 1, "course": 1, "guide": 2, "term": 1}
    assert faulty["total"] == 2
    assert len(faulty["items"]) == 1
    assert faulty["items"][0]["where"].startswith("case.md:")
    assert faulty["items"][0]["what"] == "names CASE-NO-99, which does not exist"
    assert faulty["items"][0]["repair"]


def test_with_users_the_library_asks_for_a_login(guarded_client: TestClient) -> None:
    assert guarded_client.get("/api/v1/pages").status_code == 401
    headers = bearer(guarded_client, Role.ENGINEER)
    assert guarded_client.get("/api/v1/pages?type=guide", headers=headers).json()["total"] >= 8


@pytest.mark.parametrize(
    ("header", "tags"),
    [('"a"', {'"a"'}), ('W/"a", "b"', {'"a"', '"b"'}), ("", set()), ("*", {"*"}), (" , ", set())],
)
def test_entity_tags_are_read_one_by_one(header: str, tags: set[str]) -> None:
    assert tags_of(header) == tags
