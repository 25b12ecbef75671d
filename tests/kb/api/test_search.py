"""/api/v1/search and the page /search over a small library."""

from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from kb.api.app import create_app
from kb.settings import Settings
from kb.wiring import open_house
from tests.kb.api.conftest import NOON
from tests.kb.search.pages import a_case, a_library


@pytest.fixture(scope="module")
def searching(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder: Path = tmp_path_factory.mktemp("api")
    library = a_library(
        folder, cases__evil=a_case(id="CASE-EVIL", title="<script>alert(1)</script> 蜂鸣器 & <b>")
    )
    house = open_house(Settings(home=folder / "var", content_dir=library.folder), clock=lambda: NOON)
    house.store.migrate()
    with TestClient(create_app(house)) as client:
        yield client


def test_hits_come_with_facets_marks_and_what_was_understood(searching: TestClient) -> None:
    answer = searching.get("/api/v1/search", params={"q": "主轴过热"})
    assert answer.status_code == 200
    body = answer.json()
    hit = body["hits"][0]
    assert hit["id"] == "CASE-HOT"
    assert hit["marked_title"] == [{"text": "主轴过热", "marked": True}, {"text": "停机", "marked": False}]
    assert hit["hazard"] == "danger"
    assert body["facets"]["type"]["case"] >= 1
    assert [unit["text"] for unit in body["understood"]["units"]] == ["主轴", "过热"]
    assert body["page"] == 1


def test_filters_and_pages(searching: TestClient) -> None:
    one = searching.get("/api/v1/search", params={"type": ["case", "guide"], "size": 4, "page": 2}).json()
    assert {hit["type"] for hit in one["hits"]} <= {"case", "guide"}
    assert one["total"] == one["facets"]["type"]["case"] + one["facets"]["type"]["guide"]
    assert len(one["hits"]) == 4


@pytest.mark.parametrize("asked", ["size=0", "size=101", "page=0", "page=x", "q=" + "a" * 2001])
def test_what_is_out_of_bounds_is_a_problem(searching: TestClient, asked: str) -> None:
    answer = searching.get(f"/api/v1/search?{asked}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_page_past_the_depth_is_a_problem(searching: TestClient) -> None:
    answer = searching.get("/api/v1/search?q=x&page=10000&size=100")
    assert 400 <= answer.status_code < 500
    assert "within the first" in answer.json()["detail"]


def test_an_unknown_code_is_said(searching: TestClient) -> None:
    body = searching.get("/api/v1/search", params={"q": "SV0402"}).json()
    assert body["unknown_codes"] == ["SV0402"]
    assert body["nearest"]


def test_similar_pages(searching: TestClient) -> None:
    hits = searching.get("/api/v1/search/similar/CASE-READY").json()
    assert hits[0]["id"] == "ALM-SV0401"
    assert searching.get("/api/v1/search/similar/CASE-NONE").status_code == 404


def test_the_page_shows_results_without_a_script(searching: TestClient) -> None:
    page = searching.get("/search", params={"q": "数显表乱跳"})
    assert page.status_code == 200
    text = page.text
    assert 'action="/search"' in text
    assert 'value="数显表乱跳"' in text
    assert 'href="/pages/CASE-JUMP"' in text
    assert "<mark>" in text
    assert "原词：" in text


def test_the_list_alone_is_what_the_page_holds(searching: TestClient) -> None:
    whole = searching.get("/search", params={"q": "报警401"}).text
    part = searching.get("/search", params={"q": "报警401", "part": "results"}).text
    assert "<html" not in part
    assert part.strip() in whole


def test_nothing_a_page_or_a_query_says_becomes_markup(searching: TestClient) -> None:
    text = searching.get("/search", params={"q": "<img src=x onerror=y>"}).text
    assert "<img src=x" not in text
    text = searching.get("/search", params={"q": "蜂鸣器"}).text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_the_page_has_no_script_or_style_of_its_own(searching: TestClient) -> None:
    text = searching.get("/search", params={"q": "主轴"}).text
    assert text.count("<script") == 1
    assert "<style" not in text
    assert " style=" not in text
    assert " onclick=" not in text


def test_chips_keep_the_query_and_toggle_their_value(searching: TestClient) -> None:
    text = unescape(searching.get("/search", params={"q": "主轴", "type": "case"}).text)
    assert 'href="/search?q=%E4%B8%BB%E8%BD%B4"' in text
    assert "type=case&type=" in text


def test_a_shared_number_offers_its_families(searching: TestClient) -> None:
    text = searching.get("/search", params={"q": "116"}).text
    assert "116 在几个系统里都有" in text
    assert "family=haas" in text


def test_an_empty_page_invites_and_a_failed_search_helps(searching: TestClient) -> None:
    assert "search-start" in searching.get("/search").text
    text = searching.get("/search", params={"q": "qqqqqqzz"}).text
    assert "没有找到" in text


def test_the_page_speaks_english(searching: TestClient) -> None:
    text = searching.get("/search", params={"q": "401"}, headers={"accept-language": "en"}).text
    assert "code 401: this alarm" in text
    assert "Alarm" in text


@pytest.mark.parametrize("query", ["%00", "%ff%fe", "a" * 1999, "%F0%9F%98%80", "..%2f..%2f"])
def test_no_query_is_a_server_error(searching: TestClient, query: str) -> None:
    for address in (f"/search?q={query}", f"/search?q={query}&part=results", f"/api/v1/search?q={query}"):
        assert searching.get(address).status_code == 200
