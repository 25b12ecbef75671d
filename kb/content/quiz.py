"""Questions of a course, and what keeps one from being answered."""

import math
from typing import Literal

from pydantic import Field, model_validator

from kb.content.parts import PageId, Part, Text


class QuizOption(Part):
    """One answer, whether it is right, and why."""

    text: Text
    correct: bool = False
    why: Text | None = None
    pair: Text | None = None
    """What belongs to it, in a question of the kind `match`."""
    tolerance: float | None = Field(default=None, ge=0)
    """How far off a number may be, in a question of the kind `numeric`."""


class QuizItem(Part):
    """One question of a course."""

    id: Text
    kind: Literal["single", "multiple", "true_false", "short", "numeric", "match"]
    stem: Text
    options: tuple[QuizOption, ...] = ()
    why: Text | None = None
    """What is told after any answer."""
    source: PageId | None = None

    @model_validator(mode="after")
    def _is_answerable(self) -> "QuizItem":
        wrong = quiz_fault(self.kind, self.options)
        if wrong:
            raise ValueError(f"question {self.id} ({self.kind}) {wrong}")
        return self


def quiz_fault(kind: str, options: tuple[QuizOption, ...]) -> str:
    """Return what keeps a question from being answered, or nothing."""
    right = sum(option.correct for option in options)
    if len({option.text for option in options}) < len(options):
        return "has an answer twice; each must differ"
    if kind == "match":
        pairs = [option.pair for option in options if option.pair]
        told = f"has {len(pairs)} pairs for {len(options)} answers; each needs its own, and there must be two"
        return "" if len(pairs) == len(options) >= 2 and len(set(pairs)) == len(pairs) else told
    if kind == "numeric":
        told = "needs one answer that is a number"
        return "" if len(options) == 1 and _is_number(options[0].text) else told
    if kind == "short":
        return "" if options and right == len(options) else "needs answers that are all right"
    if kind == "multiple":
        return (
            "" if 1 <= right < len(options) else f"has {right} of {len(options)} answers right; some, not all"
        )
    needs, fits = ("2 or more", len(options) >= 2) if kind == "single" else ("2", len(options) == 2)
    told = f"has {len(options)} answers, {right} of them right; it needs {needs}, one of them right"
    return "" if fits and right == 1 else told


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
