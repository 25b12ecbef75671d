"""Rows of unanswered queries and of votes, on SQLite and PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest

from kb.store import Store
from kb.store import search_log as rows

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def count(store: Store, id: str, *, at: datetime = NOON, **counts: int) -> None:
    with store.writing() as session:
        rows.counted(session, id=id, query=f"查询 {id}", at=at, **counts)


def ids(store: Store, state: str = "open", first: int = 0, size: int = 50) -> list[str]:
    with store.reading() as session:
        return [row.id for row in rows.unanswered_rows(session, state=state, first=first, size=size)]


def test_counts_add_up_and_the_first_and_last_time_stay(store: Store) -> None:
    count(store, "a", found_none=1)
    count(store, "a", at=NOON + timedelta(hours=1), found_near=1, not_helpful=2)
    count(store, "a", at=NOON - timedelta(hours=1), helpful=1)
    with store.reading() as session:
        row = rows.logged(session, "a")
        assert row is not None
        assert (row.found_none, row.found_near, row.not_helpful, row.helpful) == (1, 1, 2, 1)
        assert (row.first_at, row.last_at) == (NOON, NOON + timedelta(hours=1))
        assert (row.state, row.owner, row.due, row.revision) == ("open", "", None, 1)


def test_no_count_is_lost_when_many_count_at_once(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: count(store, "a", found_none=1), range(40)))
    with store.reading() as session:
        row = rows.logged(session, "a")
        assert row is not None
        assert row.found_none == 40


def test_the_most_asked_come_first_then_the_latest_then_by_id(store: Store) -> None:
    count(store, "b", found_none=1)
    count(store, "a", found_none=1)
    count(store, "late", at=NOON + timedelta(minutes=1), found_near=1)
    count(store, "much", not_helpful=3)
    count(store, "liked", helpful=9)
    assert ids(store) == ["much", "late", "a", "b"]
    assert ids(store, first=1, size=2) == ["late", "a"]
    assert ids(store, "answered") == []
    with store.reading() as session:
        assert rows.unanswered_counts(session) == {"open": 4}


def test_votes_are_counted_by_page_and_the_worst_comes_first(store: Store) -> None:
    count(store, "a", not_helpful=1)
    with store.writing() as session:
        for page, helpful in (("P1", True), ("P1", False), ("P2", False), ("P2", False), ("P3", True)):
            rows.voted(session, query_id="a", page_id=page, helpful=helpful)
    with store.reading() as session:
        found = [(one.page_id, one.helpful, one.not_helpful) for one in rows.votes_of(session, ["a", "x"])]
    assert found == [("P2", 0, 2), ("P1", 1, 1), ("P3", 1, 0)]


@pytest.mark.parametrize(
    ("age", "owner", "state", "stays"),
    [
        pytest.param(timedelta(0), "", "open", True, id="at the edge"),
        pytest.param(timedelta(seconds=1), "", "open", False, id="one past it"),
        pytest.param(timedelta(days=99), "王工", "open", True, id="somebody works on it"),
        pytest.param(timedelta(days=99), "王工", "declined", False, id="done with"),
    ],
)
def test_what_nobody_asks_or_works_on_is_forgotten_with_its_votes(
    store: Store, age: timedelta, owner: str, state: str, stays: bool
) -> None:
    count(store, "a", at=NOON - age, found_none=1)
    with store.writing() as session:
        rows.voted(session, query_id="a", page_id="P", helpful=False)
        row = rows.logged(session, "a")
        assert row is not None
        row.owner, row.state, row.due = owner, state, date(2026, 12, 1)
    with store.writing() as session:
        assert rows.forget_before(session, NOON) == (0 if stays else 1)
    with store.reading() as session:
        assert (rows.logged(session, "a") is not None) == stays
        assert len(rows.votes_of(session, ["a"])) == int(stays)


def test_the_migration_can_be_taken_on_a_database_with_rows(bare_store: Store) -> None:
    bare_store.migrate(to="0003")
    bare_store.migrate()
    count(bare_store, "a", found_none=1)
    assert ids(bare_store) == ["a"]
