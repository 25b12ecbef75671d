"""Questions of a file into a course: first shown as a difference, then written, and only what was shown.

What is written is the course's own page: through the same checks, the same history and the same roles as an edit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from pydantic import TypeAdapter, ValidationError

from kb.content import Library
from kb.content.pages import CoursePage
from kb.content.quiz import QuizItem
from kb.content.writing import edited_text
from kb.courseware.scoring import answers_to
from kb.errors import BadInput, Fault
from kb.store import Store
from kb.usecases.courses import course
from kb.usecases.editing import Saved, proposal, save_page
from kb.usecases.editing_difference import Line, difference
from kb.usecases.editing_opening import Editor, open_page
from kb.usecases.editing_text import Found

Mode = Literal["merge", "replace"]
MODES: tuple[Mode, ...] = get_args(Mode)
State = Literal["new", "changed", "same", "gone", "kept"]
LONGEST_JSON = 2_000_000
_QUESTIONS = TypeAdapter(tuple[QuizItem, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionChange:
    """What becomes of one question.

    Args:
        state: *gone*: it is taken out; *kept*: the file does not name it and it stays.
        before, after: None where it is not there.
        lines: What changes, line by line; none where nothing does.
    """

    id: str
    state: State
    before: QuizItem | None
    after: QuizItem | None
    lines: tuple[Line, ...]

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {"id": self.id, "state": self.state, "lines": [line.json() for line in self.lines]}


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizProposal:
    """What a file would change on a course.

    Args:
        based_on: Digest of the page as it stands; what is written rests on it.
        questions: All questions as they would be.
        changes: What becomes of each.
        faults: What the checks say against it; nothing is written with one.
        not_allowed: Why this editor may not write it; empty where it may be.
    """

    course_id: str
    mode: Mode
    based_on: str
    questions: tuple[QuizItem, ...]
    changes: tuple[QuestionChange, ...]
    faults: tuple[Found, ...]
    not_allowed: str

    @property
    def counts(self) -> dict[str, int]:
        """How many questions are in each state; states without one are left out."""
        states = [one.state for one in self.changes]
        return {state: states.count(state) for state in get_args(State) if state in states}

    @property
    def changes_anything(self) -> bool:
        """Whether the course would be another."""
        return any(one.state in {"new", "changed", "gone"} for one in self.changes)

    def as_json_text(self) -> str:
        """Return the questions as text, for a form that sends back exactly what it has shown."""
        return _QUESTIONS.dump_json(self.questions, exclude_defaults=True).decode()

    def json(self) -> dict[str, Any]:
        """Return it as an object of JSON."""
        return {
            "course": self.course_id,
            "mode": self.mode,
            "based_on": self.based_on,
            "counts": self.counts,
            "changes": [one.json() for one in self.changes],
            "faults": [{"where": f.field, "what": f.what, "repair": f.repair} for f in self.faults],
            "not_allowed": self.not_allowed,
        }


def quiz_proposal(
    store: Store,
    library: Library,
    course_id: str,
    came: Sequence[QuizItem],
    *,
    mode: Mode,
    editor: Editor,
    now: datetime,
) -> QuizProposal:
    """Return what questions of a file would change on a course; nothing is written.

    A question with a known id takes its place. What a file cannot hold - the source page in GIFT, the words of *true*
    and *false* - stays as the course has it.

    Args:
        store: The database.
        library: All pages.
        course_id: The course.
        came: The questions of the file.
        mode: *merge* keeps what the file does not name, *replace* takes it out.
        editor: Who asks.
        now: The present instant.

    Raises:
        NotFound: There is no such course.
    """
    page = course(library, course_id)
    opened = open_page(store, library, course_id, editor=editor, now=now)
    known = {one.id: one for one in page.quiz}
    fitted = {one.id: _with_what_files_lose(one, known.get(one.id)) for one in came}
    if mode == "merge":
        questions = (
            *(fitted.get(one.id, one) for one in page.quiz),
            *(one for id, one in fitted.items() if id not in known),
        )
    else:
        questions = tuple(fitted.values())
    after = {one.id: one for one in questions}
    ids = list(dict.fromkeys([*known, *after]))
    changes = tuple(_change(id, known.get(id), after.get(id), came=id in fitted) for id in ids)
    asked = proposal(library, opened, _text(opened.text, page, questions, opened.body), now=now)
    return QuizProposal(
        course_id=course_id,
        mode=mode,
        based_on=opened.digest,
        questions=questions,
        changes=changes,
        faults=asked.faults,
        not_allowed=opened.not_allowed,
    )


def write_quiz(
    store: Store,
    library: Library,
    course_id: str,
    questions: Sequence[QuizItem],
    *,
    based_on: str,
    why: str,
    editor: Editor,
    now: datetime,
) -> Saved:
    """Write the questions that were shown, once however often they are sent.

    Args:
        store: The database.
        library: All pages.
        course_id: The course.
        questions: All of them, as `QuizProposal.questions`.
        based_on: Digest of the page on which they were shown.
        why: The reason; a course that is not in preparation needs one.
        editor: Who writes.
        now: The present instant.

    Raises:
        NotFound, NotAllowed, BadInput, Conflict, Unwritable: As `kb.usecases.editing.save_page`.
    """
    page = course(library, course_id)
    opened = open_page(store, library, course_id, editor=editor, now=now)
    text = _text(opened.text, page, tuple(questions), opened.body)
    return save_page(
        store, library, course_id, text, based_on=based_on, why=why, editor=editor, now=now, kind="edit"
    )


def questions_from_text(text: str) -> tuple[QuizItem, ...]:
    """Return the questions that a form sends back.

    Raises:
        BadInput: They are none any more.
    """
    try:
        if len(text) > LONGEST_JSON:
            raise ValueError("too long")
        return _QUESTIONS.validate_json(text)
    except (ValidationError, ValueError) as error:
        fault = Fault(where="questions", what="are not as they were shown", repair="send the file again")
        raise BadInput("nothing was written", [fault]) from error


def told(one: QuizItem | None) -> str:
    """Return a question as lines that a person compares."""
    if one is None:
        return ""
    lines = [f"[{one.kind}] {one.stem}"]
    for option in one.options:
        sign = "✓" if option.correct else "–"
        pair = f" → {option.pair}" if option.pair else ""
        lines.append(f"{sign} {option.text}{pair}" + (f"  # {option.why}" if option.why else ""))
    if one.kind == "numeric":
        lines.append("= " + "; ".join(answers_to(one)))
    lines += [f"# {one.why}"] if one.why else []
    lines += [f"← {one.source}"] if one.source else []
    return "\n".join(lines) + "\n"


def _with_what_files_lose(came: QuizItem, known: QuizItem | None) -> QuizItem:
    if known is None:
        return came
    changes: dict[str, Any] = {}
    if came.source is None and known.source is not None:
        changes["source"] = known.source
    if came.kind == known.kind == "true_false":
        first, second = came.options
        mine = known.options
        if (first.correct, second.correct) == (mine[0].correct, mine[1].correct):
            changes["options"] = tuple(
                theirs.model_copy(update={"text": own.text})
                for theirs, own in zip(came.options, mine, strict=True)
            )
    return came.model_copy(update=changes) if changes else came


def _change(id: str, before: QuizItem | None, after: QuizItem | None, *, came: bool) -> QuestionChange:
    lines = tuple(
        line
        for line in difference(told(before), told(after))
        if line.side not in {"gone", "new"} or any(span.text for span in line.spans)
    )
    state: State = "same" if came else "kept"
    if before is None:
        state = "new"
    elif after is None:
        state = "gone"
    elif before != after:
        state = "changed"
    return QuestionChange(id=id, state=state, before=before, after=after, lines=lines)


def _text(text: str, page: CoursePage, questions: tuple[QuizItem, ...], body: str) -> str:
    """Return the course's file with these questions; the same file where they are the same."""
    return edited_text(text, page, page.model_copy(update={"quiz": questions}), body)
