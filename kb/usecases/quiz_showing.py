"""An attempt as it is shown: nothing of what is right while it is open, and afterwards every option with why."""

from dataclasses import dataclass
from typing import Any

from kb.content.quiz import QuizItem
from kb.courseware.scoring import answers_to, folded, options_shown, pairs_shown
from kb.usecases.quizzes import Answered, Attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as it is put to somebody.

    Args:
        number: From 1.
        options: Texts to choose from, in this attempt's order; left sides of pairs in their own.
        pairs: Right sides of pairs, in this attempt's order.
        answered: The question with what was answered so far.
    """

    number: int
    options: tuple[str, ...]
    pairs: tuple[str, ...]
    answered: Answered

    @property
    def question(self) -> QuizItem:
        """The question."""
        return self.answered.question


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """An option, or what was typed, after the end.

    Args:
        text: What it says; of pairs both sides as they were put together.
        chosen: Whether it was chosen.
        is_right: Whether it is right.
        why: What is told of it; empty where nothing is.
    """

    text: str
    chosen: bool
    is_right: bool
    why: str = ""


def asked(attempt: Attempt) -> tuple[Asked, ...]:
    """Return the questions of an attempt as they are put."""
    return tuple(_asked(attempt, number, one) for number, one in enumerate(attempt.answers, 1))


def verdicts(answered: Answered) -> tuple[Verdict, ...]:
    """Return every option of a question with what was chosen, what is right, and why."""
    question, given = answered.question, answered.given
    if question.kind == "match":
        beside = [*given, *[""] * len(question.options)]
        return tuple(
            Verdict(
                text=f"{option.text} → {said or '–'}",
                chosen=bool(said),
                is_right=said == option.pair,
                why=option.why or "",
            )
            for option, said in zip(question.options, beside, strict=False)
        )
    if question.kind in {"short", "numeric"}:
        told = {folded(option.text): option.why or "" for option in question.options}
        return tuple(
            Verdict(text=said, chosen=True, is_right=answered.is_right, why=told.get(folded(said), ""))
            for said in given
            if said.strip()
        )
    return tuple(
        Verdict(text=one.text, chosen=one.text in given, is_right=one.correct, why=one.why or "")
        for one in question.options
    )


def attempt_json(attempt: Attempt) -> dict[str, Any]:
    """Return an attempt as an object of JSON; what is right stands in it only after the end."""
    value: dict[str, Any] = {
        "id": attempt.id,
        "course": attempt.course_id,
        "revision": attempt.revision,
        "person": attempt.person,
        "started": attempt.started.isoformat(),
        "finished": attempt.finished.isoformat() if attempt.finished else None,
        "pass_mark": attempt.pass_mark,
        "questions": [_asked_json(one) for one in asked(attempt)],
    }
    if attempt.finished is None:
        return value
    for told, one in zip(value["questions"], attempt.answers, strict=True):
        told["share"] = round(one.share, 4)
        told["right"] = list(answers_to(one.question))
        told["why"] = one.question.why or ""
        told["source"] = one.question.source
        told["verdicts"] = [
            {"text": v.text, "chosen": v.chosen, "right": v.is_right, "why": v.why} for v in verdicts(one)
        ]
    return {**value, "score": round(attempt.score, 4), "passed": attempt.passed}


def _asked(attempt: Attempt, number: int, one: Answered) -> Asked:
    question = one.question
    texts = () if question.kind in {"short", "numeric"} else options_shown(question, attempt.id)
    return Asked(
        number=number,
        options=tuple(option.text for option in texts),
        pairs=pairs_shown(question, attempt.id) if question.kind == "match" else (),
        answered=one,
    )


def _asked_json(one: Asked) -> dict[str, Any]:
    return {
        "id": one.question.id,
        "kind": one.question.kind,
        "stem": one.question.stem,
        "options": list(one.options),
        "pairs": list(one.pairs),
        "given": list(one.answered.given),
    }
