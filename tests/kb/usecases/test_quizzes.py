"""Questions are answered in the service: once, by one person, counted at the end, told in figures."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given as laws
from hypothesis import strategies as st

from kb.content import Library
from kb.content.quiz import QuizItem
from kb.errors import BadInput, Conflict, NotAllowed, NotFound
from kb.store import Store
from kb.usecases.courses import course
from kb.usecases.quiz_statistics import correlation, question_figures, quiz_figures
from kb.usecases.quizzes import (
    Answered,
    QuizResult,
    Taker,
    attempt,
    attempts,
    finish_attempt,
    give_answers,
    results_of,
    start_attempt,
)
from tests.conftest import the_real_library

SAFETY = "COURSE-SAFETY"
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
LI = Taker(name="李工")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'a.db'}")
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def library() -> Library:
    return the_real_library()


def right_answers(library: Library) -> dict[str, tuple[str, ...]]:
    found = {}
    for one in course(library, SAFETY).quiz:
        right = tuple(option.text for option in one.options if option.correct)
        if one.kind == "match":
            right = tuple(option.pair or "" for option in one.options)
        found[one.id] = right[:1] if one.kind == "short" else right
    return found


def begun(store: Store, library: Library, id: str = "attempt-1", taker: Taker = LI) -> str:
    return start_attempt(store, library, SAFETY, id=id, taker=taker, whole=False, now=NOON).id


def test_an_attempt_is_begun_once_answered_and_counted_once(store: Store, library: Library) -> None:
    id = begun(store, library)
    again = start_attempt(store, library, SAFETY, id=id, taker=LI, whole=True, now=NOON + timedelta(hours=1))
    assert (again.started, again.whole) == (NOON, False), "a second click begins nothing"
    assert again.open_numbers == tuple(range(1, 13))
    assert results_of(store) == ()
    give_answers(store, id, right_answers(library), taker=LI)
    give_answers(store, id, {"Q1": ("可以，钥匙在自己手里",)}, taker=LI)
    done = finish_attempt(store, id, taker=LI, now=NOON + timedelta(minutes=9))
    later = finish_attempt(store, id, taker=LI, now=NOON + timedelta(days=1))
    assert done == later
    assert (done.score, done.passed) == (pytest.approx(11 / 12), True)
    (result,) = results_of(store, course_id=SAFETY, person="李工")
    assert (result.finished, result.passed) == (NOON + timedelta(minutes=9), True)
    assert [one.question.id for one in result.answers if not one.is_right] == ["Q1"]
    assert results_of(store, person="王工") == results_of(store, course_id="COURSE-NONE") == ()


def test_after_the_end_no_answer_changes_and_the_same_again_is_no_fault(
    store: Store, library: Library
) -> None:
    id = begun(store, library)
    give_answers(store, id, {"Q3": ("错",)}, taker=LI)
    finish_attempt(store, id, taker=LI, now=NOON)
    assert give_answers(store, id, {"Q3": ("错",)}, taker=LI).finished is not None
    with pytest.raises(Conflict, match="answers stay as they were counted"):
        give_answers(store, id, {"Q3": ("对",)}, taker=LI)
    assert attempt(store, id, taker=LI).answers[2].given == ("错",)


def test_what_fits_no_question_is_told_at_once_and_nothing_is_kept(store: Store, library: Library) -> None:
    id = begun(store, library)
    bad = {
        "Q1": ("没有这个",),
        "Q2": ("液压站的蓄能器",) * 2,
        "Q9": ("a", "b"),
        "Q10": ("停泵",),
        "Q99": ("x",),
    }
    with pytest.raises(BadInput, match="nothing was kept") as refusal:
        give_answers(store, id, {**bad, "Q3": ("错",)}, taker=LI)
    assert {fault.where for fault in refusal.value.faults} == set(bad)
    assert attempt(store, id, taker=LI).open_numbers == tuple(range(1, 13))
    with pytest.raises(BadInput, match="characters"):
        give_answers(store, id, {"Q9": ("长" * 501,)}, taker=LI)
    with pytest.raises(BadInput, match="nothing was begun") as nobody:
        begun(store, library, id="!", taker=Taker(name=" \n"))
    assert {fault.where for fault in nobody.value.faults} == {"person", "id"}


def test_an_attempt_is_its_persons_own_and_trainers_read(store: Store, library: Library) -> None:
    ann, bob = Taker(name="ann", user_id="u1"), Taker(name="bob", user_id="u2")
    trainer = Taker(name="eve", user_id="u3", is_trainer=True)
    id = begun(store, library, taker=ann)
    with pytest.raises(NotAllowed, match="somebody else's"):
        attempt(store, id, taker=bob)
    with pytest.raises(NotAllowed, match="somebody else's"):
        finish_attempt(store, id, taker=trainer, now=NOON)
    with pytest.raises(Conflict, match="another attempt has this id"):
        begun(store, library, taker=bob)
    with pytest.raises(NotFound, match="no attempt has the id"):
        attempt(store, "attempt-9", taker=ann)
    assert attempt(store, id, taker=trainer).person == "ann"
    assert [one.id for one in attempts(store, SAFETY, taker=trainer)] == [id]
    assert attempts(store, SAFETY, taker=bob) == ()


def test_a_result_stays_true_after_the_course_has_changed(store: Store, library: Library) -> None:
    id = begun(store, library)
    give_answers(store, id, right_answers(library), taker=LI)
    finish_attempt(store, id, taker=LI, now=NOON)
    page = course(library, SAFETY)
    other = page.quiz[0].model_copy(update={"stem": "换了问法"})
    changed = page.model_copy(update={"quiz": (other, *page.quiz[1:]), "revision": 2})
    moved = replace(library, pages={**library.pages, SAFETY: changed})
    figures = quiz_figures(store, moved, SAFETY)
    assert (figures.results[0].revision, figures.results[0].score) == (1, 1.0)
    assert [(one.asked, one.earlier) for one in figures.questions[:2]] == [(0, 1), (1, 0)]


def test_a_course_that_has_a_question_twice_is_not_begun(store: Store, library: Library) -> None:
    page = course(library, SAFETY)
    twice = page.model_copy(update={"quiz": (page.quiz[0], page.quiz[0])})
    with pytest.raises(BadInput, match="the question Q1 twice"):
        begun(store, replace(library, pages={**library.pages, SAFETY: twice}))


def a_question(id: str) -> QuizItem:
    options = [{"text": "right", "correct": True}, {"text": "wrong"}, {"text": "other"}]
    return QuizItem.model_validate({"id": id, "kind": "single", "stem": id, "options": options})


def results(*rows: str) -> tuple[QuizResult, ...]:
    """Results of persons whose answers are letters: r, w, o, or - for none."""
    words = {"r": ("right",), "w": ("wrong",), "o": ("other",), "-": ()}
    return tuple(
        QuizResult(
            id=str(n),
            person=f"p{n}",
            user_id="",
            course_id=SAFETY,
            revision=1,
            started=NOON,
            finished=NOON,
            score=row.count("r") / len(row),
            passed=True,
            answers=tuple(
                Answered(question=a_question(f"Q{k}"), given=words[sign], share=float(sign == "r"))
                for k, sign in enumerate(row)
            ),
        )
        for n, row in enumerate(rows)
    )


@pytest.mark.parametrize(
    ("answers", "remarks"),
    [
        pytest.param("r" * 10, ("too_easy",), id="all right"),
        pytest.param("r" * 9, (), id="too few to say"),
        pytest.param("r" * 19 + "w", (), id="95 of 100"),
        pytest.param("r" * 20 + "w", ("too_easy",), id="more than 95"),
        pytest.param("rrr" + "wwwoooo", ("misleading",), id="30 of 100, a wrong one chosen more"),
        pytest.param("rr" + "w" + "-" * 7, ("too_hard",), id="below 30, no wrong one leads"),
        pytest.param("rrrrr" + "wwwww", (), id="as often is not more"),
        pytest.param("rrrr" + "wwwww" + "o", ("misleading",), id="one more"),
    ],
)
def test_a_question_is_called_easy_hard_or_misleading_from_ten_answers_on(
    answers: str, remarks: tuple[str, ...]
) -> None:
    figures = question_figures(a_question("Q0"), results(*answers))
    assert figures.remarks == remarks
    assert figures.asked == len(answers)
    assert figures.answered == len(answers.replace("-", ""))


def test_discrimination_tells_who_knows_and_is_none_where_nothing_varies() -> None:
    knows = results("rrr", "rrr", "wwr", "wrw", "www")
    told = question_figures(a_question("Q0"), knows).discrimination
    assert told is not None
    assert told > 0.7
    against = question_figures(a_question("Q0"), results("rww", "rww", "wrr", "wrr")).discrimination
    assert against == pytest.approx(-1)
    assert question_figures(a_question("Q0"), results("rr", "rw", "rr")).discrimination is None


@laws(pairs=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=3, max_size=30))
def test_a_correlation_lies_between_minus_one_and_one_and_has_no_order(
    pairs: list[tuple[float, float]],
) -> None:
    left, right = [one for one, _ in pairs], [one for _, one in pairs]
    found = correlation(left, right)
    assert found is None or -1.0001 <= found <= 1.0001
    other = correlation(right[::-1], left[::-1])
    assert (found is None) == (other is None)
    assert found is None or other is None or found == pytest.approx(other, abs=1e-6)


def test_only_the_first_attempt_of_a_person_counts_for_questions(store: Store, library: Library) -> None:
    for number, answers in enumerate(({}, right_answers(library))):
        id = begun(store, library, id=f"attempt-{number}")
        give_answers(store, id, answers, taker=LI)
        finish_attempt(store, id, taker=LI, now=NOON + timedelta(hours=number))
    figures = quiz_figures(store, library, SAFETY)
    assert (figures.persons, figures.passed, figures.mean, len(figures.results)) == (1, 1, 0.0, 2)
    assert {one.right for one in figures.questions} == {0.0}
