"""Sentences: every reason has one in both languages, with names in it and nothing left open."""

import gc
from datetime import UTC, date, datetime, timedelta

import pytest

from kb.i18n import Language
from kb.usecases import plan_trace
from kb.usecases.plan_book import PlanBook, Shortfall
from kb.usecases.plan_memory import collector_paused
from kb.usecases.plan_trace import shortfall_sentence, unplaced_sentence, visit_sentences
from planner.model import (
    Level,
    Occurrence,
    Position,
    Reason,
    ReasonKind,
    Site,
    Technician,
    Unplaced,
    Visit,
    VisitState,
)
from planner.routing import Why

DAY = date(2026, 3, 2)
BOOK = PlanBook(
    number=1,
    created=datetime(2026, 1, 1, tzinfo=UTC),
    first_day=date(2026, 1, 1),
    last_day=date(2026, 12, 31),
    visits=(),
    unplaced=(),
    customers={},
    sites={
        "s1": Site(id="s1", customer_id="c1", name="苏州一厂"),
        "s2": Site(id="s2", customer_id="c1", name="昆山"),
    },
    equipment={},
    technicians={"t1": Technician(id="t1", name="王工", home=Position(latitude_deg=31, longitude_deg=121))},
    plans={},
)
OCCURRENCE = Occurrence(
    key="p/monthly/0",
    plan_id="p",
    equipment_id="m",
    level=Level.MONTHLY,
    k=0,
    nominal=DAY,
    due=DAY,
    earliest=DAY,
    latest=DAY,
    reasons=(
        Reason(
            kind=ReasonKind.NOMINAL,
            values=(
                ("nominal", "2026-03-02"),
                ("anchor", "2026-03-02"),
                ("k", "0"),
                ("count", "1"),
                ("unit", "months"),
            ),
        ),
    ),
)
AMOUNTS = {
    "technician": "t1",
    "day": "2026-03-03",
    "minutes": "30",
    "days": "2",
    "skills": "laser gantry",
    "parts": "2",
    "longest_minutes": "300",
    "dates": "6",
}
LANGUAGES: tuple[Language, ...] = ("zh_CN", "en")


def a_visit(*reasons: Reason, state: VisitState = VisitState.FORECAST, locked: bool = False) -> Visit:
    return Visit(
        key="v",
        site_id="s1",
        day=DAY,
        earliest=DAY,
        latest=DAY,
        occurrences=(OCCURRENCE,),
        duration=timedelta(hours=1),
        state=state,
        locked=locked,
        reasons=reasons,
    )


def a_choice(**more: str) -> Reason:
    values = {
        "technician": "t1",
        "day": "2026-03-02",
        "able": "3",
        "from": "site",
        "from_site": "s2",
        "travel_minutes": "42",
        "travel_m": "23456",
        "added_minutes": "17",
        "position": "known",
        "ideal": "2026-03-01",
        "ideal_why": "",
        **more,
    }
    return Reason(kind=ReasonKind.TECHNICIAN, values=tuple(values.items()))


def unplaced(**values: str) -> Unplaced:
    return Unplaced(
        site_id="s1",
        earliest=DAY,
        latest=DAY,
        occurrences=(OCCURRENCE,),
        duration=timedelta(hours=1),
        reason=Reason(kind=ReasonKind.UNPLACED, values=tuple({**AMOUNTS, **values}.items())),
    )


def is_whole(sentence: str, language: Language) -> bool:
    has_chinese = any(
        "一" <= letter <= "鿿"
        for letter in sentence.replace("王工", "").replace("昆山", "").replace("苏州一厂", "")
    )
    return "{" not in sentence and sentence.endswith((".", "。")) and has_chinese == (language == "zh_CN")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("why", list(Why))
def test_every_rule_that_keeps_work_out_has_its_sentence(why: Why, language: Language) -> None:
    assert is_whole(unplaced_sentence(BOOK, unplaced(why=why, relax="none"), language), language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("relax", list(plan_trace._RELAX))
def test_every_concession_has_its_sentence(relax: str, language: Language) -> None:
    sentence = unplaced_sentence(BOOK, unplaced(why=Why.WORKING_TIME, relax=relax), language)
    assert is_whole(sentence, language)


def test_the_sentence_of_a_concession_names_people_and_amounts() -> None:
    work = unplaced(why=Why.SKILL, relax="skill")
    assert unplaced_sentence(BOOK, work, "zh_CN") == (
        "没有工程师具备所需的全部技能。若王工具备技能 laser、gantry，可在 2026-03-03 完成。"
    )
    assert unplaced_sentence(BOOK, work, "en") == (
        "No technician has all the skills that it needs. It would fit on 2026-03-03 if 王工 had: laser, gantry."
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "why", [Why.SITE_CLOSED, Why.TECHNICIAN_AWAY, Why.WORKING_TIME, Why.SPACING, Why.WINDOW]
)
def test_a_day_that_is_not_the_best_says_why(why: Why, language: Language) -> None:
    sentences = visit_sentences(BOOK, a_visit(a_choice(ideal_why=why)), language)
    assert all(is_whole(sentence, language) for sentence in sentences)
    assert "2026-03-01" in sentences[-1]


def test_the_choice_of_the_technician_is_told_with_its_figures() -> None:
    nominal, choice = visit_sentences(BOOK, a_visit(a_choice()), "zh_CN")
    assert nominal.startswith("名义日期 2026-03-02")
    assert choice == (
        "由王工前往：3 名工程师具备所需技能，2026-03-02 由其前往增加的路程最少（17 分钟）；从昆山出发 23 公里，约 42 分钟。"
    )
    assert "昆山" not in visit_sentences(BOOK, a_visit(a_choice(**{"from": "home"})), "zh_CN")[1]
    unknown = visit_sentences(BOOK, a_visit(a_choice(position="unknown")), "en")
    assert unknown[-1] == "The position of the site is not known; the way to it is assumed."


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "state",
    [VisitState.BOOKED, VisitState.DONE, VisitState.PARTLY_DONE, VisitState.MISSED, VisitState.CANCELLED],
)
def test_a_visit_that_stands_says_so(state: VisitState, language: Language) -> None:
    sentences = visit_sentences(BOOK, a_visit(state=state), language)
    assert len(sentences) == 2
    assert is_whole(sentences[-1], language)


def test_a_locked_visit_says_so() -> None:
    assert visit_sentences(BOOK, a_visit(locked=True), "zh_CN")[-1] == "已锁定，重新排计划时不移动。"
    assert len(visit_sentences(BOOK, a_visit(), "zh_CN")) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_choice_that_others_noted_is_told_with_the_name(language: Language) -> None:
    noted = Reason(kind=ReasonKind.TECHNICIAN, values=(("technician", "t1"), ("day", "2026-03-02")))
    sentence = visit_sentences(BOOK, a_visit(noted), language)[-1]
    assert "王工" in sentence
    assert is_whole(sentence, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_shortfall_is_told(language: Language) -> None:
    one = Shortfall(
        contract_id="c", site_id="s1", first_day=BOOK.first_day, last_day=BOOK.last_day, sold=4, planned=1
    )
    sentence = shortfall_sentence(BOOK, one, language)
    assert is_whole(sentence, language)
    assert "3" in sentence


def test_the_collector_pauses_inside_nested_blocks_and_runs_again_after_the_last() -> None:
    with collector_paused():
        with collector_paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        with collector_paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_the_collector_runs_again_after_an_error() -> None:
    with pytest.raises(ValueError, match="no"), collector_paused():
        raise ValueError("no")
    assert gc.isenabled()
