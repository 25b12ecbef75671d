"""Rows of votes, of work on pages and of uses, on SQLite and PostgreSQL."""

from datetime import UTC, date, datetime, timedelta

from kb.store import Store
from kb.store import feedback as rows

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def a_vote(
    page_id: str, voter: str, *, helpful: bool = True, reason: str = "", hours: int = 0
) -> rows.PageVoteRow:
    return rows.PageVoteRow(
        page_id=page_id,
        voter=voter,
        helpful=helpful,
        reason=reason,
        page_revision=1,
        cast_at=NOON + timedelta(hours=hours),
        kept_at=NOON + timedelta(hours=hours),
    )


def a_use(page_id: str, key: str, *, solved: bool, hours: int = 0) -> rows.PageUseRow:
    return rows.PageUseRow(
        page_id=page_id,
        job_kind="visit",
        job_key=key,
        solved=solved,
        who="张工",
        used_at=NOON + timedelta(hours=hours),
    )


def a_work(page_id: str, due: date | None, state: str = "open") -> rows.PageWorkRow:
    return rows.PageWorkRow(page_id=page_id, due=due, state=state, first_at=NOON, last_at=NOON)


def keep(store: Store, *found: rows.PageVoteRow | rows.PageUseRow | rows.PageWorkRow) -> None:
    with store.writing() as session:
        for row in found:
            rows.add_row(session, row)


def test_votes_are_counted_by_page_revision_verdict_and_reason(store: Store) -> None:
    keep(
        store,
        a_vote("A", "1"),
        a_vote("A", "2"),
        a_vote("A", "3", helpful=False, reason="wrong"),
        a_vote("B", "1"),
    )
    with store.reading() as session:
        found = {(one.page_id, one.helpful, one.reason): one.count for one in rows.vote_counts(session)}
        assert found == {("A", True, ""): 2, ("A", False, "wrong"): 1, ("B", True, ""): 1}
        assert [row.voter for row in rows.votes_on(session, ["A"])] == ["1", "2", "3"]


def test_the_votes_of_a_voter_are_counted_from_a_time_on(store: Store) -> None:
    keep(store, a_vote("A", "1"), a_vote("B", "1", hours=1), a_vote("C", "2", hours=1))
    with store.reading() as session:
        assert rows.votes_of_voter(session, "1", since=NOON + timedelta(hours=1)) == 1
        assert rows.votes_of_voter(session, "1", since=NOON) == 2


def test_uses_are_counted_with_those_that_cured_and_the_last_time(store: Store) -> None:
    keep(
        store,
        a_use("A", "v1", solved=True),
        a_use("A", "v2", solved=False, hours=2),
        a_use("B", "v2", solved=True),
    )
    with store.reading() as session:
        found = {one.page_id: (one.jobs, one.solved, one.last_at) for one in rows.use_counts(session)}
        assert found == {"A": (2, 1, NOON + timedelta(hours=2)), "B": (1, 1, NOON)}
        assert [row.page_id for row in rows.uses_in_job(session, "visit", "v2")] == ["B", "A"]
        assert [row.job_key for row in rows.uses_of_page(session, "A", most=1)] == ["v2"]


def test_work_comes_by_its_day_and_last_what_has_none(store: Store) -> None:
    keep(
        store,
        a_work("NONE", None),
        a_work("LATE", date(2026, 12, 2)),
        a_work("SOON", date(2026, 12, 1)),
        a_work("DONE", None, "mended"),
    )
    with store.reading() as session:
        assert [row.page_id for row in rows.work_rows(session, state="open", first=0, size=9)] == [
            "SOON",
            "LATE",
            "NONE",
        ]
        assert [row.page_id for row in rows.work_rows(session, state="open", first=1, size=1)] == ["LATE"]
        assert rows.work_counts(session) == {"open": 3, "mended": 1}
