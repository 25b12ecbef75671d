"""What an answer is worth, at the edge of each rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content.quiz import QuizItem, QuizOption
from kb.courseware.scoring import answers_to, is_passed, options_shown, pairs_shown, share_of, shuffled


def a_question(kind: str, *options: dict[str, object]) -> QuizItem:
    return QuizItem.model_validate({"id": "q", "kind": kind, "stem": "?", "options": options})


SINGLE = a_question("single", {"text": "锁", "correct": True}, {"text": "停"}, {"text": "等"})
MULTIPLE = a_question(
    "multiple", *({"text": text, "correct": text in "AB"} for text in "ABCDE"), {"text": "F"}, {"text": "G"}
)
NUMERIC = a_question("numeric", {"text": "5", "correct": True, "tolerance": 0.1})
SHORT = a_question("short", {"text": "铸件 Face", "correct": True}, {"text": "铸件面", "correct": True})
MATCH = a_question(
    "match", {"text": "电", "pair": "锁"}, {"text": "气", "pair": "排"}, {"text": "重", "pair": "垫"}
)


@pytest.mark.parametrize(
    ("question", "said", "worth"),
    [
        pytest.param(SINGLE, ("锁",), 1, id="right"),
        pytest.param(SINGLE, ("停",), 0, id="wrong"),
        pytest.param(SINGLE, ("锁", "停"), 0, id="two of one"),
        pytest.param(SINGLE, (), 0, id="none"),
        pytest.param(SINGLE, (" ",), 0, id="blank"),
        pytest.param(MULTIPLE, ("A", "B"), 1, id="all right"),
        pytest.param(MULTIPLE, ("A",), 0.5, id="half"),
        pytest.param(MULTIPLE, ("A", "C"), 0.3, id="half and a wrong one"),
        pytest.param(MULTIPLE, tuple("ABCDEFG"), 0, id="everything"),
        pytest.param(MULTIPLE, ("C",), 0, id="never below nothing"),
        pytest.param(NUMERIC, ("5.1",), 1, id="at the tolerance"),
        pytest.param(NUMERIC, ("5.11",), 0, id="past it"),
        pytest.param(NUMERIC, ("４，９",), 1, id="full width with a comma"),
        pytest.param(NUMERIC, ("五",), 0, id="no number"),
        pytest.param(NUMERIC, ("nan",), 0, id="not a number"),
        pytest.param(NUMERIC, ("inf",), 0, id="infinity"),
        pytest.param(SHORT, (" 铸件FACE。",), 1, id="case, spaces, stop"),
        pytest.param(SHORT, ("铸件",), 0, id="a part of it"),
        pytest.param(MATCH, ("锁", "排", "垫"), 1, id="pairs"),
        pytest.param(MATCH, ("锁", "垫", "排"), 1 / 3, id="one pair"),
        pytest.param(MATCH, ("", "排", ""), 1 / 3, id="one pair alone"),
    ],
)
def test_an_answer_is_worth_its_part(question: QuizItem, said: tuple[str, ...], worth: float) -> None:
    assert share_of(question, said) == pytest.approx(worth)


@given(said=st.lists(st.sampled_from("ABCDEFGH"), unique=True))
def test_no_answer_is_worth_less_than_nothing_or_more_than_the_whole(said: list[str]) -> None:
    assert 0 <= share_of(MULTIPLE, tuple(said)) <= 1


@pytest.mark.parametrize(
    ("score", "mark", "passed"), [(0.9, 90, True), (0.8999, 90, False), (0.0, 0, True), (0.7, 70, True)]
)
def test_reaching_the_mark_exactly_passes(score: float, mark: int, passed: bool) -> None:
    assert is_passed(score, mark) is passed


def test_right_answers_are_worth_the_whole() -> None:
    for question in (SINGLE, MULTIPLE, SHORT, NUMERIC):
        right = tuple(one.text for one in question.options if one.correct)
        assert share_of(question, right[:1] if question is SHORT else right) == 1
    assert answers_to(NUMERIC) == ("5 ± 0.1",)
    assert answers_to(MATCH)[0] == "电 → 锁"


@given(seed=st.text(max_size=8))
def test_an_order_has_everything_once_and_is_the_same_again(seed: str) -> None:
    names = [str(n) for n in range(12)]
    assert sorted(shuffled(names, seed, by=names)) == sorted(names)
    assert options_shown(MULTIPLE, seed) == options_shown(MULTIPLE, seed)
    assert sorted(pairs_shown(MATCH, seed)) == sorted(["锁", "排", "垫"])


def test_another_seed_is_another_order_and_true_or_false_keeps_its_own() -> None:
    orders = {options_shown(MULTIPLE, str(n)) for n in range(20)}
    assert len(orders) > 10
    either = a_question("true_false", {"text": "对", "correct": True}, {"text": "错"})
    assert {options_shown(either, str(n)) for n in range(9)} == {either.options}


def test_the_option_objects_are_those_of_the_question() -> None:
    assert all(isinstance(one, QuizOption) for one in options_shown(SINGLE, "s"))
