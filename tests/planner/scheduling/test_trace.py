"""Sentences of a trace in Chinese and English."""

import itertools
from datetime import date
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.calendars import ClosedBy, WorkCalendar, public_year
from planner.model import CalendarMove, DateSpan, IntervalUnit, Level, Reason, ReasonKind
from planner.routing.constraints import Why
from planner.scheduling import due_occurrences, trace_sentence, trace_text, trace_texts
from planner.scheduling.trace_texts import Language
from tests.builders import a_plan

LANGUAGES: tuple[Language, ...] = get_args(Language)
TEXTS = st.text(max_size=12)
NAMES = (
    "nominal anchor k count unit basis days closed_by name weekday level due why relax side technician day "
    "travel_km travel_m travel_minutes able from position ideal ideal_why first_due"
)
VALUES = st.dictionaries(
    st.sampled_from(NAMES.split()),
    TEXTS | st.sampled_from([*Level, *IntervalUnit, *ClosedBy, "window", "split", "{", "{why}", "-"]),
)


def reason(kind: ReasonKind, **values: str) -> Reason:
    return Reason(kind=kind, values=tuple(values.items()))


def texts_of(plan_change: dict[str, object], day: date, calendar: WorkCalendar) -> list[str]:
    plan = a_plan(**plan_change)
    (found,) = due_occurrences(plan, start=day, end=date(day.year, day.month, day.day + 1), calendar=calendar)
    return [trace_text(found.reasons, language) for language in LANGUAGES]


def test_a_trace_reads_from_nominal_date_to_the_day_after_the_holiday() -> None:
    assert texts_of({"move": CalendarMove.FOLLOWING}, date(2026, 5, 6), WorkCalendar()) == [
        "名义日期 2026-05-01（起算 2026-01-01 + 4 × 1 个月）；逢劳动节，移至 2026-05-06",
        "nominal date 2026-05-01 (2026-01-01 + 4 × 1 month); moved for Labour Day to 2026-05-06",
    ]


def test_a_trace_names_the_weekday_and_the_closure() -> None:
    stop = DateSpan(start=date(2026, 7, 1), end=date(2026, 7, 7), note="年度检修")
    nameless = DateSpan(start=date(2026, 9, 1), end=date(2026, 9, 2))
    calendar = WorkCalendar(closures=(stop, nameless))
    following = {"move": CalendarMove.FOLLOWING}
    assert texts_of(following, date(2026, 7, 7), calendar)[0].endswith(
        "；逢停工（年度检修），移至 2026-07-07"
    )
    assert texts_of(following, date(2026, 9, 2), calendar)[0].endswith("；逢停工，移至 2026-09-02")
    assert texts_of(following, date(2026, 8, 3), calendar)[0].endswith("；逢周六休息，移至 2026-08-03")
    assert texts_of(following, date(2026, 8, 3), calendar)[1].endswith("; moved off Saturday to 2026-08-03")


@pytest.mark.parametrize(
    ("given_reason", "chinese", "english"),
    [
        pytest.param(
            reason(ReasonKind.BASIS_SHIFT, basis="shifted", done="1998-06-15", days="7", to="1998-09-08"),
            "上次 1998-06-15 完成，按偏差系数累计顺延 7 天，应为 1998-09-08",
            "last done on 1998-06-15; by the shift factors 7 days later in all: 1998-09-08",
            id="shifted later",
        ),
        pytest.param(
            reason(ReasonKind.BASIS_SHIFT, basis="shifted", done="1998-05-15", days="-7", to="1998-08-25"),
            "上次 1998-05-15 完成，按偏差系数累计提前 7 天，应为 1998-08-25",
            "last done on 1998-05-15; by the shift factors 7 days earlier in all: 1998-08-25",
            id="shifted earlier",
        ),
        pytest.param(
            reason(ReasonKind.ABSORBED, level="monthly", due="2026-03-01"),
            "并入月度保养（原定 2026-03-01）",
            "includes the monthly inspection due on 2026-03-01",
            id="absorbed",
        ),
        pytest.param(
            reason(ReasonKind.TECHNICIAN, technician="王工", day="2026-03-02", travel_km="23.4", travel_minutes="35"),
            "由 王工 于 2026-03-02 上门，路程 23.4 公里、35 分钟",
            "王工 goes on 2026-03-02, 23.4 km and 35 min on the road",
            id="technician with travel",
        ),
        pytest.param(
            Reason(
                kind=ReasonKind.TECHNICIAN,
                values=(
                    ("technician", "王工"),
                    ("day", "2026-03-03"),
                    ("able", "3"),
                    ("from", "home"),
                    ("travel_minutes", "35"),
                    ("travel_m", "23440"),
                    ("ideal", "2026-03-02"),
                    ("ideal_why", "site_closed"),
                ),
            ),
            "由 王工 于 2026-03-03 上门，从住处出发，路程 23.4 公里、35 分钟，能胜任者共 3 人；原宜 2026-03-02，但站点不开放",
            "王工 goes on 2026-03-03, from home, 23.4 km and 35 min on the road, one of 3 able to do it; "
            "2026-03-02 was best, but the site is closed",
            id="technician as routing tells it",
        ),
        pytest.param(
            reason(ReasonKind.OVERDUE, first_due="2026-01-15", due="2026-01-15", count="1", **{"from": "2026-03-01"}),
            "2026-01-15 到期未做，已逾期：自 2026-03-01 起安排在最早可行日",
            "due on 2026-01-15 and not done: made up for on the first possible day from 2026-03-01",
            id="overdue",
        ),
        pytest.param(
            reason(ReasonKind.OVERDUE, first_due="2026-01-15", due="2026-02-15", count="2", **{"from": "2026-03-01"}),
            "2026-01-15 至 2026-02-15 共 2 次到期未做，已逾期：自 2026-03-01 起一次补做，安排在最早可行日",
            "2 dates from 2026-01-15 to 2026-02-15 not done: made up for at once, on the first possible day from 2026-03-01",
            id="overdue more than once",
        ),
        pytest.param(
            reason(ReasonKind.CONTRACT, why="too_few", start="2026-01-01", last="2026-12-31", sold="4", planned="3", short="1"),
            "合同年 2026-01-01 至 2026-12-31 应上门 4 次，计划 3 次，少 1 次",
            "contract year 2026-01-01 to 2026-12-31: 4 visits sold, 3 planned, 1 short",
            id="contract",
        ),
        pytest.param(
            reason(ReasonKind.CALENDAR_PROVISIONAL, year="2027"),
            "2027 年放假安排尚未公布，日期暂定",
            "the public calendar of 2027 is not published yet; the date is provisional",
            id="provisional",
        ),
        pytest.param(
            reason(ReasonKind.NOMINAL, nominal="2026-03-01"),
            "名义日期 2026-03-01（起算 （未注明） + （未注明） × （未注明） （未注明））",
            "nominal date 2026-03-01 ((not stated) + (not stated) × (not stated) (not stated))",
            id="missing values are told",
        ),
    ],
)  # fmt: skip
def test_sentences(given_reason: Reason, chinese: str, english: str) -> None:
    assert trace_sentence(given_reason, "zh_CN") == chinese
    assert trace_sentence(given_reason, "en") == english


@given(kind=st.sampled_from(ReasonKind), values=VALUES, language=st.sampled_from(LANGUAGES))
def test_a_sentence_never_fails_whatever_values_it_gets(
    kind: ReasonKind, values: dict[str, str], language: Language
) -> None:
    assert trace_sentence(reason(kind, **values), language)


@pytest.mark.parametrize("kind", ReasonKind)
def test_every_kind_of_reason_has_a_sentence_in_both_languages(kind: ReasonKind) -> None:
    chinese, english = (trace_sentence(reason(kind), language) for language in LANGUAGES)
    assert chinese != english


def test_every_table_of_sentences_has_both_languages() -> None:
    tables = [value for name, value in vars(trace_texts).items() if name.isupper() and name != "FESTIVALS"]
    leaves = [
        one for table in tables for one in (table.values() if set(table) != set(LANGUAGES) else [table])
    ]
    assert len(leaves) > 50
    assert all(set(one) == set(LANGUAGES) for one in leaves)


def test_the_words_of_other_rooms_are_all_known() -> None:
    assert {why.value for why in Why} <= set(trace_texts.WHY)
    assert {level.value for level in Level} == set(trace_texts.LEVELS)
    assert {unit.value for unit in IntervalUnit} == set(trace_texts.UNITS)
    assert {by.value for by in ClosedBy} <= set(trace_texts.CALENDAR_MOVE)
    names = {name for year in range(2024, 2030) for name in public_year(year).holidays.values()}
    parts = set(itertools.chain.from_iterable(name.split("; ") for name in names))
    assert parts <= set(trace_texts.FESTIVALS)
