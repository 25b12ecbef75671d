"""The question files of every course, read by readers that share nothing with the writers: a scanner and an XML parser.

The scanner follows the description of the GIFT format: it walks sign by sign, so an escape that is missed anywhere
moves everything after it.
"""

import pytest
from defusedxml.ElementTree import fromstring

from kb.content.pages import CoursePage
from kb.content.quiz import QuizItem
from kb.usecases.courses import build_course, course
from tests.conftest import the_real_library

IDS = sorted(page.id for page in the_real_library().pages.values() if isinstance(page, CoursePage))


def scanned(text: str) -> list[tuple[str, str, list[tuple[str, str, str]]]]:
    """Return of each question its name, its text, and its answers as mark, text and remark."""
    found: list[tuple[str, str, list[tuple[str, str, str]]]] = []
    name = stem = ""
    answers: list[list[str]] = []
    place, inside = "stem", False
    position = 0
    while position < len(text):
        sign = text[position]
        if sign == "\\":
            piece = "\n" if text[position + 1] == "n" else text[position + 1]
            position += 2
        elif text.startswith("::", position) and not inside:
            place = "name" if place == "stem" and not stem.strip() and not name else "stem"
            position += 2
            continue
        elif sign == "{":
            inside, place, answers = True, "answer", []
            position += 1
            continue
        elif sign == "}":
            told = [(one[0], one[1].strip(), one[2].strip()) for one in answers]
            found.append((name, stem.strip(), told))
            name, stem, place, inside = "", "", "stem", False
            position += 1
            continue
        elif inside and text.startswith("####", position):
            answers.append(["####", "", ""])
            place = "answer"
            position += 4
            continue
        elif inside and sign in "=~":
            answers.append([sign, "", ""])
            place = "answer"
            position += 1
            continue
        elif inside and sign == "#" and answers:
            place = "remark"
            position += 1
            continue
        else:
            piece = sign
            position += 1
        if place == "name":
            name += piece
        elif place == "stem":
            stem += piece
        elif not answers:
            answers.append(["", piece, ""])
        else:
            answers[-1][1 if place == "answer" else 2] += piece
    return found


def shares(one: QuizItem) -> list[float]:
    right = sum(option.correct for option in one.options)
    return [100 / right if option.correct else -100 / (len(one.options) - right) for option in one.options]


@pytest.mark.parametrize("id", IDS)
def test_another_reader_of_gift_finds_every_question_and_answer_of_a_course(id: str) -> None:
    page = course(the_real_library(), id)
    found = scanned(build_course(the_real_library(), id, "gift").content.decode())
    assert [(name, stem) for name, stem, _ in found] == [(one.id, one.stem) for one in page.quiz]
    for one, (_, _, told) in zip(page.quiz, found, strict=True):
        general = [text for mark, text, _ in told if mark == "####"]
        answers = [answer for answer in told if answer[0] in {"=", "~"}]
        assert general == ([one.why] if one.why else [])
        if one.kind in {"single", "short"}:
            assert [(mark == "=", text) for mark, text, _ in answers] == [
                (option.correct, option.text) for option in one.options
            ]
            assert [remark for _, _, remark in answers] == [option.why or "" for option in one.options]
        elif one.kind == "multiple":
            parts = [text.removeprefix("%").partition("%") for _, text, _ in answers]
            assert [text for _, _, text in parts] == [option.text for option in one.options]
            assert [float(share) for share, _, _ in parts] == pytest.approx(shares(one), abs=0.01)
        elif one.kind == "match":
            assert [tuple(text.split(" -> ")) for _, text, _ in answers] == [
                (option.text, option.pair) for option in one.options
            ]
        elif one.kind == "true_false":
            assert told[0][1].startswith("TRUE" if one.options[0].correct else "FALSE")
        else:
            value, _, tolerance = told[0][1].removeprefix("#").partition(":")
            assert float(value) == float(one.options[0].text)
            assert float(tolerance) == (one.options[0].tolerance or 0)


@pytest.mark.parametrize("id", IDS)
def test_another_reader_of_moodle_xml_finds_every_question_and_answer_of_a_course(id: str) -> None:
    page = course(the_real_library(), id)
    quiz = fromstring(build_course(the_real_library(), id, "moodle").content)
    category, *questions = quiz.findall("question")
    assert category.get("type") == "category"
    assert [one.findtext("name/text") for one in questions] == [one.id for one in page.quiz]
    for one, told in zip(page.quiz, questions, strict=True):
        assert told.findtext("questiontext/text") == one.stem
        assert (told.findtext("generalfeedback/text") or "") == (one.why or "")
        if one.kind == "match":
            pairs = [
                (sub.findtext("text"), sub.findtext("answer/text")) for sub in told.findall("subquestion")
            ]
            assert pairs == [(option.text, option.pair) for option in one.options]
            continue
        answers = told.findall("answer")
        assert [(answer.findtext("feedback/text") or "") for answer in answers] == [
            option.why or "" for option in one.options
        ]
        full = [float(str(answer.get("fraction"))) > 0 for answer in answers]
        assert full == [option.correct or one.kind == "numeric" for option in one.options]
        if one.kind == "multiple":
            assert [float(str(answer.get("fraction"))) for answer in answers] == pytest.approx(
                shares(one), abs=0.01
            )
        if one.kind != "true_false":
            assert [answer.findtext("text") for answer in answers] == [option.text for option in one.options]
