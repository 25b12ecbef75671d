"""Attempts on both databases: instants keep their moment, an open one is none, and conditions leave out the others."""

from datetime import UTC, datetime, timedelta, timezone

from kb.store import Store
from kb.store.quizzes import QuizAttemptRow, add_attempt, attempt_row, attempt_rows

EAST = timezone(timedelta(hours=8))
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=EAST)


def a_row(
    id: str, *, course: str = "COURSE-A", person: str = "李工", hours: int = 0, done: bool = True
) -> QuizAttemptRow:
    return QuizAttemptRow(
        id=id,
        course_id=course,
        revision=1,
        person=person,
        started_at=NOON + timedelta(hours=hours),
        finished_at=NOON + timedelta(hours=hours + 1) if done else None,
        score=0.75 if done else None,
        passed=False if done else None,
        body={"questions": [{"stem": "急停？"}], "answers": {"Q1": ["停"]}},
    )


def test_attempts_come_back_as_they_went_the_last_begun_first(store: Store) -> None:
    with store.writing() as session:
        for row in (
            a_row("one"),
            a_row("two", hours=2),
            a_row("open", hours=3, done=False),
            a_row("other", course="COURSE-B"),
            a_row("wang", person="王工"),
        ):
            add_attempt(session, row)
    with store.reading() as session:
        one = attempt_row(session, "one")
        assert one is not None
        assert (one.started_at, one.finished_at) == (NOON.astimezone(UTC), NOON + timedelta(hours=1))
        assert (one.score, one.passed, one.body["answers"]) == (0.75, False, {"Q1": ["停"]})
        assert attempt_row(session, "none") is None

        def ids(course: str | None = None, person: str | None = None, *, finished: bool = False) -> list[str]:
            rows = attempt_rows(session, course_id=course, person=person, finished_only=finished)
            return [row.id for row in rows]

        assert ids("COURSE-A", "李工") == ["open", "two", "one"]
        assert ids("COURSE-A", "李工", finished=True) == ["two", "one"]
        assert ids(person="王工") == ["wang"]
        assert sorted(ids()) == ["one", "open", "other", "two", "wang"]
        newest = attempt_rows(session, course_id=None, person=None, finished_only=False, most=1)
        assert [row.id for row in newest] == ["open"]
