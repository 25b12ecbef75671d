"""Moodle XML is read by another reader: what each question weighs, says and asks."""

import pytest
from defusedxml.ElementTree import fromstring

from kb.content.quiz import QuizItem, QuizOption
from kb.courseware.moodle_xml import moodle_xml


def asked(kind: str, *options: QuizOption, why: str = "") -> QuizItem:
    return QuizItem(id="q1", kind=kind, stem="先查 <什么> & 为什么？", options=options, why=why or None)  # type: ignore[arg-type]


def option(text: str, *, correct: bool = False, **more: object) -> QuizOption:
    return QuizOption(text=text, correct=correct, **more)  # type: ignore[arg-type]


ASKED = [
    asked("single", option("接触器", correct=True, why="对"), option("驱动"), option("线"), why="见案例"),
    asked(
        "multiple",
        option("a", correct=True),
        option("b", correct=True),
        option("c"),
        option("d"),
        option("e"),
    ),
    asked("true_false", option("对"), option("错", correct=True)),
    asked("short", option("KM1", correct=True), option("接触器", correct=True)),
    asked("numeric", option("24", tolerance=0.5)),
    asked("match", option("SV", pair="伺服"), option("SP", pair="主轴")),
]


def test_another_reader_finds_every_question_with_its_answers() -> None:
    quiz = fromstring(moodle_xml(ASKED, category="安全"))
    category, *questions = quiz.findall("question")
    assert category.findtext("category/text") == "$course$/安全"
    kinds = [one.get("type") for one in questions]
    assert kinds == ["multichoice", "multichoice", "truefalse", "shortanswer", "numerical", "matching"]
    assert {one.findtext("questiontext/text") for one in questions} == {"先查 <什么> & 为什么？"}
    single, multiple, true_false, _, numeric, match = questions
    assert [one.get("fraction") for one in single.findall("answer")] == ["100", "0", "0"]
    assert (single.findtext("single"), single.findtext("generalfeedback/text")) == ("true", "见案例")
    assert single.findtext("answer/feedback/text") == "对"
    shares = [float(str(one.get("fraction"))) for one in multiple.findall("answer")]
    assert shares[:2] == [50, 50]
    assert sum(shares) == pytest.approx(0, abs=0.01)
    assert [(one.findtext("text"), one.get("fraction")) for one in true_false.findall("answer")] == [
        ("true", "0"),
        ("false", "100"),
    ]
    assert (numeric.findtext("answer/text"), numeric.findtext("answer/tolerance")) == ("24", "0.5")
    assert [(one.findtext("text"), one.findtext("answer/text")) for one in match.findall("subquestion")] == [
        ("SV", "伺服"),
        ("SP", "主轴"),
    ]


def test_the_same_questions_are_the_same_bytes() -> None:
    assert moodle_xml(ASKED, category="安全") == moodle_xml(ASKED, category="安全")
