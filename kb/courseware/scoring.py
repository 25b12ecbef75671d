"""Right or wrong? One rule for the service, for papers and for the files that other systems read.

A question is worth one point. Of several right answers each is worth its part and a wrong one takes its part away,
never below nothing, as the GIFT and Moodle files say; of pairs each is worth its part.
"""

import hashlib
import math
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TypeVar

from kb.content.quiz import QuizItem, QuizOption

Given = tuple[str, ...]
"""An answer: the texts of the options that were chosen, what was typed, or for each option what was put beside it."""
Thing = TypeVar("Thing")
_NEAR = 1e-9
"""A number at the very edge of its tolerance is right, whatever binary fractions make of it."""


def share_of(question: QuizItem, given: Given) -> float:
    """Return how much of a question an answer is worth, from 0 to 1; no answer is worth nothing."""
    right = {option.text for option in question.options if option.correct}
    said = [text for text in given if text.strip()]
    if not said:
        return 0.0
    if question.kind == "match":
        pairs = zip(question.options, given, strict=False)
        return sum(option.pair == text for option, text in pairs) / len(question.options)
    if question.kind == "multiple":
        wrong = len(question.options) - len(right)
        chosen = set(said)
        part = len(chosen & right) / len(right) - len(chosen - right) / wrong
        return min(max(part, 0.0), 1.0)
    if question.kind == "short":
        return float(folded(said[0]) in {folded(text) for text in right})
    if question.kind == "numeric":
        return float(_is_near(question.options[0], said[0]))
    return float(len(said) == 1 and said[0] in right)


def folded(text: str) -> str:
    """Return a typed answer without what does not matter: width, case, spaces, a full stop at its end."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(plain.split()).rstrip(".。")


def number_of(text: str) -> float | None:
    """Return the number that was typed, with a comma or a point for decimals, full-width or not; None for none."""
    plain = unicodedata.normalize("NFKC", text).strip().replace(",", ".").replace("−", "-")
    try:
        value = float(plain)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _is_near(option: QuizOption, text: str) -> bool:
    value, wanted = number_of(text), float(option.text)
    return value is not None and abs(value - wanted) <= (option.tolerance or 0.0) + _NEAR * max(
        1.0, abs(wanted)
    )


def is_passed(score: float, pass_mark: int) -> bool:
    """Return whether a score from 0 to 1 reaches a mark in percent; reaching it exactly is enough."""
    return score * 100 >= pass_mark - _NEAR


def answers_to(question: QuizItem) -> tuple[str, ...]:
    """Return the right answer as it is read: texts, `left → right` for pairs, a number with its tolerance."""
    if question.kind == "match":
        return tuple(f"{option.text} → {option.pair}" for option in question.options)
    if question.kind == "numeric":
        (option,) = question.options
        return (f"{option.text} ± {option.tolerance:g}" if option.tolerance else option.text,)
    return tuple(option.text for option in question.options if option.correct)


def shuffled(things: Iterable[Thing], seed: str, *, by: Sequence[str]) -> tuple[Thing, ...]:
    """Return things in an order that a seed decides, the same on every machine and in every version.

    Args:
        things: What to put in order.
        seed: Another one, another order.
        by: A name of each thing, in their order; equal names keep their order.
    """
    keyed = zip((hashlib.sha256(f"{seed}\0{name}".encode()).digest() for name in by), things, strict=True)
    return tuple(thing for _, thing in sorted(keyed, key=lambda pair: pair[0]))


def options_shown(question: QuizItem, seed: str) -> tuple[QuizOption, ...]:
    """Return the options in the order of a seed; of *true or false* and of pairs (their left side) in their own."""
    if question.kind in {"true_false", "match"}:
        return question.options
    names = [option.text for option in question.options]
    return shuffled(question.options, f"{seed}\0{question.id}", by=names)


def pairs_shown(question: QuizItem, seed: str) -> tuple[str, ...]:
    """Return the right sides of pairs in the order of a seed."""
    names = [option.pair or "" for option in question.options]
    return shuffled(names, f"{seed}\0{question.id}", by=names)
