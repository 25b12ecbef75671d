"""Questions as Moodle XML, which carries all that our questions hold. Format: Moodle docs, *Moodle XML format*."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from kb.content.quiz import QuizItem, QuizOption

_KINDS = {
    "single": "multichoice",
    "multiple": "multichoice",
    "true_false": "truefalse",
    "short": "shortanswer",
    "numeric": "numerical",
    "match": "matching",
}


def moodle_xml(questions: Sequence[QuizItem], *, category: str) -> bytes:
    """Return a quiz file in UTF-8; the same questions give the same bytes."""
    quiz = Element("quiz")
    _text(SubElement(quiz, "question", type="category"), "category", f"$course$/{category}")
    for one in questions:
        _question(SubElement(quiz, "question", type=_KINDS[one.kind]), one)
    indent(quiz)
    return bytes(tostring(quiz, encoding="utf-8", xml_declaration=True)) + b"\n"


def _text(parent: Element, tag: str, text: str, *, is_plain: bool = False) -> None:
    child = SubElement(parent, tag, {"format": "plain_text"} if is_plain else {})
    SubElement(child, "text").text = text


def _value(parent: Element, tag: str, value: str) -> None:
    SubElement(parent, tag).text = value


def _question(question: Element, one: QuizItem) -> None:
    _text(question, "name", one.id)
    _text(question, "questiontext", one.stem, is_plain=True)
    _text(question, "generalfeedback", one.why or "", is_plain=True)
    _value(question, "defaultgrade", "1.0")
    if one.kind == "match":
        _value(question, "shuffleanswers", "true")
        for option in one.options:
            part = SubElement(question, "subquestion", format="plain_text")
            _value(part, "text", option.text)
            _text(part, "answer", option.pair or "")
        return
    if one.kind in {"single", "multiple"}:
        _value(question, "single", str(one.kind == "single").lower())
        _value(question, "shuffleanswers", "true")
        _value(question, "answernumbering", "ABCD")
    if one.kind == "short":
        _value(question, "usecase", "0")
    for position, option in enumerate(one.options):
        _answer(question, one, option, is_first=position == 0)


def _answer(question: Element, one: QuizItem, option: QuizOption, *, is_first: bool) -> None:
    right = sum(other.correct for other in one.options)
    share = 100.0 if option.correct or one.kind == "numeric" else 0.0
    if one.kind == "multiple":
        share = 100 / right if option.correct else -100 / (len(one.options) - right)
    answer = SubElement(question, "answer", fraction=f"{share:.5g}", format="plain_text")
    text = option.text if one.kind != "true_false" else "true" if is_first else "false"
    _value(answer, "text", text)
    _text(answer, "feedback", option.why or "", is_plain=True)
    if one.kind == "numeric":
        _value(answer, "tolerance", f"{option.tolerance or 0:g}")
