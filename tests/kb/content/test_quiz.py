"""A question that nobody can answer is refused with what it needs."""

from typing import Any

import pytest
from pydantic import ValidationError

from kb.content.quiz import QuizItem


def asked(kind: str, *options: dict[str, Any]) -> QuizItem:
    return QuizItem.model_validate({"id": "q1", "kind": kind, "stem": "先查什么？", "options": list(options)})


def option(text: str, *, correct: bool = False, **more: object) -> dict[str, Any]:
    return {"text": text, "correct": correct, **more}


RIGHT, WRONG, OTHER = option("接触器", correct=True), option("驱动"), option("电机")


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("single", (RIGHT, WRONG, OTHER)),
        ("multiple", (RIGHT, WRONG)),
        ("true_false", (option("对", correct=True), option("错"))),
        ("short", (RIGHT, option("KM1", correct=True))),
        ("numeric", (option("24", tolerance=0.5),)),
        ("match", (option("SV", pair="伺服"), option("SP", pair="主轴"))),
    ],
)
def test_each_kind_can_be_asked(kind: str, options: tuple[dict[str, Any], ...]) -> None:
    assert asked(kind, *options).kind == kind


@pytest.mark.parametrize(
    ("kind", "options", "told"),
    [
        ("single", (RIGHT,), "has 1 answers, 1 of them right; it needs 2 or more, one of them right"),
        ("single", (WRONG, OTHER, option("线")), "has 3 answers, 0 of them right"),
        ("single", (RIGHT, option("线", correct=True), WRONG), "has 3 answers, 2 of them right"),
        ("single", (RIGHT, WRONG, WRONG), "has an answer twice"),
        ("multiple", (RIGHT, option("线", correct=True)), "has 2 of 2 answers right; some, not all"),
        ("multiple", (WRONG, OTHER), "has 0 of 2 answers right"),
        (
            "true_false",
            (RIGHT, WRONG, OTHER),
            "has 3 answers, 1 of them right; it needs 2, one of them right",
        ),
        ("short", (RIGHT, WRONG), "needs answers that are all right"),
        ("short", (), "needs answers that are all right"),
        ("numeric", (option("约 24"),), "needs one answer that is a number"),
        ("numeric", (option("24"), option("25")), "needs one answer that is a number"),
        ("numeric", (option("nan"),), "needs one answer that is a number"),
        ("match", (option("SV", pair="伺服"),), "has 1 pairs for 1 answers"),
        ("match", (option("SV", pair="伺服"), option("SP", pair="伺服")), "each needs its own"),
    ],
)
def test_what_nobody_can_answer_is_refused(kind: str, options: tuple[dict[str, Any], ...], told: str) -> None:
    with pytest.raises(ValidationError, match=f"question q1 \\({kind}\\) .*{told}"):
        asked(kind, *options)
