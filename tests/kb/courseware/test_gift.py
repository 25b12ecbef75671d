"""GIFT is written so that it reads back as it was, and so that another reader reads it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content.quiz import QuizItem, QuizOption
from kb.courseware.gift import gift_text, read_gift
from kb.errors import BadImport

TEXT = st.text(st.sampled_from("接触器 a=~#{}:\\断1->/"), min_size=1, max_size=12).map(str.strip).filter(bool)
SAFE = TEXT.filter(lambda text: "->" not in text)
WHY = st.none() | TEXT


def option(text: str, *, correct: bool = False, **more: object) -> QuizOption:
    return QuizOption(text=text, correct=correct, **more)  # type: ignore[arg-type]


@st.composite
def questions(draw: st.DrawFn) -> QuizItem:
    kind = draw(st.sampled_from(["single", "multiple", "true_false", "short", "numeric", "match"]))
    texts = draw(st.lists(SAFE, min_size=3, max_size=5, unique=True))
    if kind == "true_false":
        right = draw(st.booleans())
        made = [option("对", correct=right, why=draw(WHY)), option("错", correct=not right, why=draw(WHY))]
    elif kind == "numeric":
        number, margin = draw(st.integers(-999, 999)), draw(st.sampled_from([0.0, 0.5, 10.0]))
        made = [option(str(number), correct=True, tolerance=margin, why=draw(WHY))]
    elif kind == "match":
        pairs = draw(st.lists(SAFE, min_size=len(texts), max_size=len(texts), unique=True))
        made = [option(text, pair=pair) for text, pair in zip(texts, pairs, strict=True)]
    else:
        right_ones = {"single": 1, "multiple": len(texts) - 1, "short": len(texts)}[kind]
        made = [option(text, correct=n < right_ones, why=draw(WHY)) for n, text in enumerate(texts)]
    stem, id, why = draw(SAFE), draw(SAFE), draw(WHY)
    return QuizItem(id=id, kind=kind, stem=stem, options=tuple(made), why=why)  # type: ignore[arg-type]


@given(st.lists(questions(), max_size=4))
def test_what_is_written_reads_back_as_it_was(asked: list[QuizItem]) -> None:
    assert read_gift(gift_text(asked)) == tuple(asked)


def test_questions_of_others_are_read() -> None:
    text = (
        "\ufeff// a comment\n$CATEGORY: machines\n\n"
        "::Q1::Which is it?{=A#yes ~B#no\n~C}\n\n"
        "Is it on?{F}\n\n"
        "How many volts? {#23..25}\n\n"
        "Name it {=relay =contactor}\n\n"
        "Pair {=SV -> servo =SP -> spindle}\n\n"
        "Choose {~%50%a ~%50%b ~%-100%c}\n"
    )
    read = read_gift(text)
    assert [one.kind for one in read] == ["single", "true_false", "numeric", "short", "match", "multiple"]
    assert [one.id for one in read[:2]] == ["Q1", "q2"]
    assert (read[2].options[0].text, read[2].options[0].tolerance) == ("24", 1)
    assert [option.correct for option in read[1].options] == [False, True]
    assert read[0].options[0].why == "yes"


def test_every_question_that_cannot_be_read_is_told_with_its_line() -> None:
    text = "no braces\n\n::q::essay {}\n\n::gap::it is {=on} now\n\n::two::a {~x ~y}\n\n::n::how {#many}\n"
    with pytest.raises(BadImport, match="gift was not read") as refusal:
        read_gift(text)
    assert [(fault.where, fault.what.split(";")[0]) for fault in refusal.value.faults] == [
        ("gift:1", "is no question: stem { answers }"),
        ("gift:3", "question q (open) has no answers"),
        ("gift:5", "goes on after its answers"),
        ("gift:7", "question two (single) has 2 answers, 0 of them right"),
        ("gift:9", "question n (numeric) needs one answer that is a number"),
    ]


def test_a_text_that_is_made_to_be_searched_for_ever_is_refused_at_once() -> None:
    for text in ("::a" * 20_000, "::" + ":a" * 40_000 + "::x", "\\" * 60_000, "::x::" + "a" * 60_000 + "{"):
        with pytest.raises(BadImport, match="is no question"):
            read_gift(text)
