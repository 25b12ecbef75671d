"""Questions of a course taken in the service: begun, answered, finished once, and told with why.

An attempt holds the questions as they were when it was begun, so a course may change meanwhile. Whatever is sent twice
- a second click, a page gone back to - changes nothing; after the end no answer changes.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from kb.content import Library
from kb.content.quiz import QuizItem
from kb.courseware.scoring import Given, is_passed, share_of
from kb.errors import BadInput, Conflict, Fault, NotAllowed, NotFound
from kb.store import Store
from kb.store import quizzes as rows
from kb.usecases.courses import course

LONGEST_NAME = 80
LONGEST_ANSWER = 500
MOST_TEXTS = 40
"""Of one answer: more options or pairs than any question has."""
MOST_SHOWN = 500
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taker:
    """Who answers or looks.

    Args:
        name: Of the person; typed where nobody logs in.
        user_id: Of the user; empty where no user exists.
        is_trainer: Whether others' attempts may be seen.
    """

    name: str
    user_id: str = ""
    is_trainer: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A question with its answer.

    Args:
        question: As it stood when the attempt was begun.
        given: The texts that were chosen or typed; none for no answer.
        share: What it is worth, from 0 to 1.
    """

    question: QuizItem
    given: Given
    share: float

    @property
    def is_given(self) -> bool:
        """Whether anything was answered."""
        return any(text.strip() for text in self.given)

    @property
    def is_right(self) -> bool:
        """Whether the whole answer is right."""
        return self.share >= 1.0

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            "id": self.question.id,
            "kind": self.question.kind,
            "stem": self.question.stem,
            "given": list(self.given),
            "share": round(self.share, 4),
            "right": self.is_right,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An attempt as it stands.

    Args:
        revision: Of the course when it was begun.
        person: Who answers.
        user_id: The user it belongs to; empty where none exists.
        finished: When it was ended; None while it is open.
        pass_mark: In percent, as the course had it.
        whole: Whether all questions are shown at once.
        answers: Every question in its order.
        counted: The score as it was counted at the end; None while it is open.
    """

    id: str
    course_id: str
    revision: int
    person: str
    user_id: str
    started: datetime
    finished: datetime | None
    pass_mark: int
    whole: bool
    answers: tuple[Answered, ...]
    counted: float | None = None

    @property
    def score(self) -> float:
        """As it was counted at the end; while it is open, the mean of what the answers are worth, from 0 to 1."""
        if self.counted is not None:
            return self.counted
        return sum(one.share for one in self.answers) / max(len(self.answers), 1)

    @property
    def passed(self) -> bool:
        """Whether it reaches the pass mark."""
        return is_passed(self.score, self.pass_mark)

    @property
    def open_numbers(self) -> tuple[int, ...]:
        """Numbers, from 1, of the questions without an answer."""
        return tuple(number for number, one in enumerate(self.answers, 1) if not one.is_given)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizResult:
    """A finished attempt, for who keeps records of training.

    Args:
        score: From 0 to 1.
        answers: Of every question.
    """

    id: str
    person: str
    user_id: str
    course_id: str
    revision: int
    started: datetime
    finished: datetime
    score: float
    passed: bool
    answers: tuple[Answered, ...]

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            "id": self.id,
            "person": self.person,
            "course": self.course_id,
            "revision": self.revision,
            "started": self.started.isoformat(),
            "finished": self.finished.isoformat(),
            "score": round(self.score, 4),
            "passed": self.passed,
            "answers": [one.json() for one in self.answers],
        }


def start_attempt(
    store: Store, library: Library, course_id: str, *, id: str, taker: Taker, whole: bool, now: datetime
) -> Attempt:
    """Begin an attempt, once however often it is asked, and return it.

    Args:
        store: The database.
        library: All pages.
        course_id: The course whose questions are answered.
        id: Made with the form, 8 to 64 letters, digits, `-` and `_`.
        taker: Who answers.
        whole: Whether all questions shall be shown at once.
        now: The present instant.

    Raises:
        NotFound: There is no such course.
        BadInput: Every fault, by field.
        Conflict: Another attempt has this id.
    """
    page = course(library, course_id)
    name = _clean(taker.name)
    faults = []
    if not name:
        faults.append(Fault(where="person", what="is empty", repair="say who answers"))
    if len(name) > LONGEST_NAME:
        repair = f"at most {LONGEST_NAME}"
        faults.append(Fault(where="person", what=f"has {len(name)} characters", repair=repair))
    if not _ID.fullmatch(id):
        repair = "8 to 64 letters, digits, - and _"
        faults.append(Fault(where="id", what="is no id of an attempt", repair=repair))
    if not page.quiz:
        faults.append(
            Fault(where="quiz", what=f"{course_id} has no questions", repair="choose another course")
        )
    ids = [one.id for one in page.quiz]
    faults += [
        Fault(where="quiz", what=f"{course_id} has the question {twice} twice", repair="give each its own id")
        for twice in sorted({id for id in ids if ids.count(id) > 1})
    ]
    if faults:
        raise BadInput("nothing was begun", faults)
    with store.writing() as session:
        known = rows.attempt_row(session, id)
        if known is not None:
            if (known.course_id, known.user_id, known.person) != (course_id, taker.user_id, name):
                raise Conflict("another attempt has this id; open the start page again")
            return _attempt(known)
        body = {
            "pass_mark": page.pass_mark,
            "whole": whole,
            "questions": [one.model_dump(mode="json", exclude_defaults=True) for one in page.quiz],
            "answers": {},
        }
        row = rows.QuizAttemptRow(
            id=id,
            course_id=course_id,
            revision=page.revision,
            person=name,
            user_id=taker.user_id,
            started_at=now,
            body=body,
        )
        rows.add_attempt(session, row)
        return _attempt(row)


def attempt(store: Store, id: str, *, taker: Taker) -> Attempt:
    """Return an attempt.

    Raises:
        NotFound: There is none with this id.
        NotAllowed: It is somebody else's.
    """
    with store.reading() as session:
        return _attempt(_owned(rows.attempt_row(session, id[:64]), id, taker, reads=True))


def give_answers(store: Store, id: str, given: Mapping[str, Given], *, taker: Taker) -> Attempt:
    """Keep answers by the id of their question; others stay. An answer may be changed until the end.

    Raises:
        NotFound: There is no such attempt.
        NotAllowed: It is somebody else's.
        BadInput: Every answer that fits no question, by the question's id.
        Conflict: The attempt is finished and an answer differs from the one that was counted.
    """
    with store.writing() as session:
        row = _owned(rows.attempt_row(session, id[:64]), id, taker)
        now = _attempt(row)
        questions = {one.question.id: one for one in now.answers}
        faults = [
            fault for name, texts in given.items() for fault in _misfit(questions.get(name), name, texts)
        ]
        if faults:
            raise BadInput("nothing was kept", faults)
        changed = {name: list(texts) for name, texts in given.items() if questions[name].given != texts}
        if changed and now.finished is not None:
            raise Conflict("this attempt is finished; its answers stay as they were counted")
        if changed:
            row.body = {**row.body, "answers": {**row.body["answers"], **changed}}
            session.flush()
        return _attempt(row)


def finish_attempt(store: Store, id: str, *, taker: Taker, now: datetime) -> Attempt:
    """End an attempt and count it, once; questions without an answer are worth nothing.

    Raises:
        NotFound: There is no such attempt.
        NotAllowed: It is somebody else's.
    """
    with store.writing() as session:
        row = _owned(rows.attempt_row(session, id[:64]), id, taker)
        if row.finished_at is None:
            counted = _attempt(row)
            row.finished_at, row.score, row.passed = now, counted.score, counted.passed
            session.flush()
        return _attempt(row)


def attempts(store: Store, course_id: str, *, taker: Taker) -> tuple[Attempt, ...]:
    """Return the attempts at a course that may be seen, those begun last first, at most `MOST_SHOWN`.

    Everybody sees their own; a trainer, and anybody while no user exists, sees all.
    """
    with store.reading() as session:
        found = rows.attempt_rows(session, course_id=course_id, person=None, finished_only=False)
        seen = [row for row in found if taker.is_trainer or row.user_id == taker.user_id]
        return tuple(_attempt(row) for row in seen[:MOST_SHOWN])


def results_of(
    store: Store, *, course_id: str | None = None, person: str | None = None
) -> tuple[QuizResult, ...]:
    """Return finished attempts, those begun last first.

    Args:
        store: The database.
        course_id: Only of this course; None takes all.
        person: Only of the person of this name; None takes all.
    """
    with store.reading() as session:
        found = rows.attempt_rows(session, course_id=course_id, person=person, finished_only=True)
        counted = [_attempt(row) for row in found]
    return tuple(
        QuizResult(
            id=one.id,
            person=one.person,
            user_id=one.user_id,
            course_id=one.course_id,
            revision=one.revision,
            started=one.started,
            finished=one.finished or one.started,
            score=one.score,
            passed=one.passed,
            answers=one.answers,
        )
        for one in counted
    )


def _owned(
    row: rows.QuizAttemptRow | None, id: str, taker: Taker, *, reads: bool = False
) -> rows.QuizAttemptRow:
    if row is None:
        raise NotFound("attempt", id[:64])
    if row.user_id != taker.user_id and not (reads and taker.is_trainer):
        raise NotAllowed("this attempt is somebody else's; only they may answer, and trainers may read it")
    return row


def _misfit(asked: Answered | None, name: str, texts: Given) -> list[Fault]:
    if asked is None:
        return [
            Fault(where=name[:80], what="is no question of this attempt", repair="open the attempt again")
        ]
    question = asked.question
    if len(texts) > MOST_TEXTS or any(len(text) > LONGEST_ANSWER for text in texts):
        return [Fault(where=name, what="is too long", repair=f"at most {LONGEST_ANSWER} characters")]
    said = [text for text in texts if text.strip()]
    if question.kind in {"short", "numeric"}:
        return [] if len(said) <= 1 else [Fault(where=name, what="has two answers", repair="give one")]
    if question.kind == "match":
        allowed = {option.pair for option in question.options}
        fits = len(texts) in {0, len(question.options)} and set(said) <= allowed
        return (
            [] if fits else [Fault(where=name, what="pairs what is not there", repair="choose from the list")]
        )
    allowed = {option.text for option in question.options}
    most = len(question.options) if question.kind == "multiple" else 1
    fits = set(said) <= allowed and len(said) == len(set(said)) <= most
    return [] if fits else [Fault(where=name, what="is no answer to choose", repair="choose from the list")]


def _clean(text: str) -> str:
    """Return a name on one line, without control characters."""
    return " ".join("".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in text).split())


def _attempt(row: rows.QuizAttemptRow) -> Attempt:
    body = row.body
    answers = []
    for value in body["questions"]:
        question = QuizItem.model_validate(value)
        given = tuple(str(text) for text in body["answers"].get(question.id, ()))
        answers.append(Answered(question=question, given=given, share=share_of(question, given)))
    return Attempt(
        id=row.id,
        course_id=row.course_id,
        revision=row.revision,
        person=row.person,
        user_id=row.user_id,
        started=row.started_at.astimezone(UTC),
        finished=row.finished_at.astimezone(UTC) if row.finished_at else None,
        pass_mark=int(body["pass_mark"]),
        whole=bool(body["whole"]),
        answers=tuple(answers),
        counted=row.score,
    )
