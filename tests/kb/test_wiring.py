"""What is open while the product runs: the use of pages is known to the search soon, and missed without harm."""

from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from kb.api.app import create_app
from kb.settings import Settings
from kb.usecases.page_feedback import LOCAL_VOTER, Verdict, judge_page
from kb.wiring import REUSE_FRESH, open_house
from tests.kb.api.conftest import NOON
from tests.kb.content.pages import a_case
from tests.kb.search.pages import a_library

SAME = {"title": "换刀臂卡住", "summary": "刀臂不动。", "alarms": []}


def test_what_readers_and_jobs_say_reaches_the_search_within_half_a_minute(tmp_path: Path) -> None:
    twins = {f"cases__{name}": a_case(id=f"CASE-{name.upper()}", **SAME) for name in ("first", "used")}
    library = a_library(tmp_path, **twins)
    now = [NOON]
    house = open_house(Settings(home=tmp_path / "var", content_dir=library.folder), clock=lambda: now[0])
    house.store.migrate()
    with TestClient(create_app(house)) as client:

        def first() -> str:
            hits = client.get("/api/v1/search", params={"q": "换刀臂卡住"}).json()["hits"]
            return str(hits[0]["id"])

        assert first() == "CASE-FIRST"
        judge_page(house.store, library, "CASE-USED", Verdict(helpful=True), voter=LOCAL_VOTER, now=NOON)
        now[0] = NOON + REUSE_FRESH - timedelta(seconds=1)
        assert first() == "CASE-FIRST"
        now[0] = NOON + REUSE_FRESH
        assert first() == "CASE-USED"
    house.store.close()


def test_without_a_database_the_search_goes_on_with_what_was_known(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    house = open_house(
        Settings(home=tmp_path / "var", content_dir=a_library(tmp_path).folder), clock=lambda: NOON
    )
    assert house.reuse() == {}
    assert "the search goes on without the use of pages in jobs" in caplog.text
    house.store.close()


def test_an_id_is_never_an_option_of_a_command(tmp_path: Path) -> None:
    house = open_house(Settings(home=tmp_path / "var"))
    house.token = lambda: "-_Az09" * 8
    assert house.new_id() == "huAz09huAz09huAz09huAz"
    house.store.close()
