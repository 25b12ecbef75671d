"""What a line of the training plan and a session hold, and how typed values become kept ones: all faults at once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from kb.content import Library
from kb.content.pages import CoursePage
from kb.errors import Fault
from kb.usecases.register_checking import Flaw, read_values
from kb.usecases.register_days import Day
from kb.usecases.register_description import Field, Rule, Table, Values
from kb.usecases.register_kinds import Choice, Kind, Lines, Names, Number, Wording, Wrong

AUDIENCES: dict[str, Names] = {
    "technicians": ("工程师", "Technicians"),
    "operators": ("客户操作工", "Customers' operators"),
    "both": ("工程师与操作工", "Technicians and operators"),
}
FIRST_YEAR, LAST_YEAR = 2000, 2100
PASS_PERCENT = 80
"""What has to be reached where nothing else is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form(Table):
    """Fields that are read as those of the register, without what every row of the register has."""

    @property
    def fields(self) -> tuple[Field, ...]:
        """Exactly its own fields."""
        return self.own_fields


def _what() -> tuple[Field, ...]:
    return (
        Field(name="title", title=("主题", "Topic"), kind=Kind(), example="FANUC 报警排查"),
        Field(
            name="course",
            title=("课程编号", "Course"),
            kind=Kind(most=80),
            column="course_id",
            example="COURSE-FANUC-ALARMS",
            help=("知识库里的课程；只写主题也可以", "a course of the library; a topic alone will do"),
        ),
        Field(
            name="audience",
            title=("培训对象", "Audience"),
            kind=Choice(options=MappingProxyType(AUDIENCES)),
            default="technicians",
            example="工程师",
        ),
    )


def _where() -> tuple[Field, ...]:
    return (
        Field(name="trainer", title=("讲师", "Trainer"), kind=Kind(most=80), example="张工"),
        Field(name="place", title=("地点", "Place"), kind=Kind(), example="上海培训室"),
        Field(
            name="skill",
            title=("合格后取得的技能证书", "Skill that passing it certifies"),
            kind=Kind(most=64),
            example="fanuc",
            help=(
                "技能代码；结束培训时给合格的工程师发证书",
                "a skill code; closing the session gives its certificate to technicians who passed",
            ),
        ),
        Field(name="notes", title=("备注", "Notes"), kind=Lines()),
    )


def _hours() -> Field:
    return Field(
        name="hours",
        title=("学时", "Hours"),
        kind=Number(least=0.25, largest=400),
        required=True,
        example="4",
    )


def _one_day_in_the_month(values: Values) -> Iterator[tuple[str, Wrong]]:
    day: date | None = values["planned_day"]
    if day is None and values["month"] is None:
        yield "month", Wrong("is missing", "give a month or a day")
    if day is not None and day.year != values["year"]:
        yield "planned_day", Wrong("{day} lies outside the year {year}", day=day, year=values["year"])
    if day is not None and values["month"] not in (None, day.month):
        wrong = Wrong("is not the month of {day}", "leave it out, or give the day's", day=day)
        yield "month", wrong


def _a_topic(values: Values) -> Iterator[tuple[str, Wrong]]:
    if not values["title"] and not values["course"]:
        yield "title", Wrong("is missing", "give a topic or a course")


ITEM = Form(
    name="training_items",
    title=("培训计划", "Training plan"),
    single=("培训计划项", "Line of the training plan"),
    handle="id",
    key=(),
    named_by=("title",),
    rules=(
        Rule(fields=("year", "month", "planned_day"), check=_one_day_in_the_month),
        Rule(fields=("title", "course"), check=_a_topic),
    ),
    own_fields=(
        *_what(),
        Field(
            name="year",
            title=("年度", "Year"),
            kind=Number(least=FIRST_YEAR, largest=LAST_YEAR, whole=True),
            required=True,
            example="2026",
        ),
        Field(
            name="month",
            title=("月份", "Month"),
            kind=Number(least=1, largest=12, whole=True),
            default=None,
            example="3",
        ),
        Field(name="planned_day", title=("计划日期", "Planned day"), kind=Day(), default=None),
        _hours(),
        Field(
            name="target_group",
            title=("参加人员", "Who should come"),
            kind=Kind(),
            example="全体 FANUC 工程师",
        ),
        *_where(),
    ),
)

SESSION = Form(
    name="training_sessions",
    title=("培训场次", "Training sessions"),
    single=("培训场次", "Training session"),
    handle="id",
    key=(),
    named_by=("day", "title"),
    rules=(Rule(fields=("title", "course"), check=_a_topic),),
    own_fields=(
        *_what(),
        Field(name="day", title=("日期", "Day"), kind=Day(), required=True),
        Field(name="begins", title=("开始时间", "Begins at"), kind=Kind(most=5), example="09:00"),
        _hours(),
        Field(
            name="pass_percent",
            title=("合格分数（%）", "Pass mark (%)"),
            kind=Number(least=0, largest=100, whole=True),
            default=PASS_PERCENT,
        ),
        *_where(),
    ),
)


def read_form(
    form: Form, raw: Mapping[str, object], library: Library, wording: Wording, base: Values | None = None
) -> tuple[dict[str, Any], list[Fault]]:
    """Return the kept values by field, and every fault.

    Args:
        form: `ITEM` or `SESSION`.
        raw: JSON values or typed texts; an empty one means the default.
        library: Has the courses; a topic that is left out takes its course's title.
        wording: Language, zone and code lists.
        base: Values of the fields that `raw` leaves out; None means their defaults.
    """
    values, flaws = read_values(form, raw, wording, base)
    page = library.pages.get(values.get("course") or "")
    if values.get("course") and not isinstance(page, CoursePage):
        flaws.append(Flaw(field="course", wrong=Wrong("the library has no such course")))
    elif page is not None and not values.get("title"):
        values["title"] = page.title if wording.language == "zh_CN" else page.title_en or page.title
    if values.get("planned_day") is not None and values.get("month") is None:
        values["month"] = values["planned_day"].month
    begins = values.get("begins")
    if begins and not _is_clock(begins):
        flaws.append(Flaw(field="begins", wrong=Wrong("is no time of day", "give one such as 09:00")))
    return values, [one.fault(wording) for one in flaws]


def _is_clock(text: str) -> bool:
    hours, _, minutes = text.partition(":")
    return (
        len(minutes) == 2
        and hours.isdecimal()
        and minutes.isdecimal()
        and int(hours) < 24
        and int(minutes) < 60
    )


def columns_of_form(form: Form, values: Values) -> dict[str, Any]:
    """Return the values by column."""
    return {one.kept_in: values[one.name] for one in form.fields}


def values_of_row(form: Form, row: object) -> dict[str, Any]:
    """Return the values by field of a kept row."""
    return {one.name: getattr(row, one.kept_in) for one in form.fields}


def json_of_form(form: Form, values: Values) -> dict[str, object]:
    """Return the values for a program."""
    return {one.name: one.kind.json(values[one.name]) for one in form.fields}
