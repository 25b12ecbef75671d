"""A visit's fields as people read and type them: in forms, in the API, on the register's sheet of visits."""

import json
import re
from dataclasses import dataclass
from types import MappingProxyType

from kb.i18n import Language
from kb.usecases.plan_words import Words as PlanWords
from kb.usecases.register_days import Day
from kb.usecases.register_description import Field, Table
from kb.usecases.register_kinds import Choice, Kind, Lines, Names, Reference, Wording, Wrong, YesNo, text_of
from planner.model import VisitState

_SEPARATORS = re.compile(r"[,，、;；\n]")
CODES_LENGTH = 32_000
CODES_COUNT = 1000
STATES: dict[str, Names] = {
    one.value: (PlanWords("zh_CN").state(one), PlanWords("en").state(one)) for one in VisitState
}


class VisitWrong(Wrong):
    """What is wrong with a visit; states among the values are told by their names in the reader's language."""

    def told(self, language: Language) -> tuple[str, str]:
        """Return what it has and what it needs, in a language."""
        words = PlanWords(language)
        named = {
            name: words.state(value)
            if isinstance(value, VisitState)
            else words.join(words.state(one) for one in value)
            if isinstance(value, tuple)
            else value
            for name, value in self.values.items()
        }
        return Wrong(self.what, self.repair, **named).told(language)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitTable(Table):
    """The table of visits: a visit is cancelled or missed, never retired."""

    @property
    def fields(self) -> tuple[Field, ...]:
        """All fields in order."""
        return self.own_fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes(Kind):
    """A set of codes, kept sorted; codes that hold a comma themselves are written as a JSON list."""

    most: int = CODES_LENGTH

    def read(self, value: object, wording: Wording) -> object:
        """Return the codes, each once."""
        if isinstance(value, list):
            codes = [text_of(one) for one in value]
        else:
            text = text_of(value, lines=True)
            codes = _json_list(text) or [part.strip() for part in _SEPARATORS.split(text)]
        if len(codes) > CODES_COUNT or sum(map(len, codes)) > self.most:
            raise Wrong("has {count} codes", "use at most {most}", count=len(codes), most=CODES_COUNT)
        return sorted({code for code in codes if code})

    def json(self, stored: object) -> object:
        """Return the codes."""
        return sorted(stored) if isinstance(stored, list) else []

    def text(self, stored: object, wording: Wording) -> str:
        """Return the codes with commas between them."""
        codes = [str(one) for one in stored] if isinstance(stored, list) else []
        if any(_SEPARATORS.search(code) or code.startswith("[") for code in codes):
            return json.dumps(codes, ensure_ascii=False)
        return ", ".join(codes)

    def schema(self, wording: Wording) -> dict[str, object]:
        """Return the schema."""
        return {"type": "array", "maxItems": CODES_COUNT, "items": {"type": "string", "maxLength": 64}}

    def form(self) -> Names:
        """Return what may be typed."""
        return "编号，用逗号隔开", "codes with commas between them"


def _json_list(text: str) -> list[str]:
    if not text.startswith("["):
        return []
    try:
        found = json.loads(text)
    except ValueError:
        return []
    return [one.strip() for one in found] if all(isinstance(one, str) for one in found) else []


VISITS = VisitTable(
    name="visits",
    title=("巡检", "Visits"),
    single=("巡检", "Visit"),
    handle="key",
    key=("key",),
    named_by=("site", "day"),
    says=(
        "每次上门：已有的按编号更新；没有编号的行是以前完成的一次",
        "each trip to a site: those that are there are matched by key; a row without one is a finished visit of the past",
    ),
    own_fields=(
        Field(
            name="key",
            title=("巡检编号", "Visit key"),
            kind=Kind(most=200),
            help=(
                "由计划给出；以前完成的巡检留空",
                "given by the plan; leave it empty for a finished visit of the past",
            ),
        ),
        Field(
            name="site",
            title=("现场", "Site"),
            kind=Reference(table="sites"),
            column="site_id",
            required=True,
            example="S001",
        ),
        Field(
            name="day",
            title=("计划日", "Planned day"),
            kind=Day(),
            default=None,
            help=(
                "手工改动后即锁定；以前的巡检留空即为完成日",
                "moving it by hand locks the visit; left empty it is the day done, for visits of the past",
            ),
        ),
        Field(
            name="technician",
            title=("工程师", "Technician"),
            kind=Reference(table="technicians"),
            column="technician_id",
            default=None,
            example="T01",
        ),
        Field(
            name="state",
            title=("状态", "State"),
            kind=Choice(options=MappingProxyType(STATES)),
            example="已完成",
        ),
        Field(
            name="done_on",
            title=("完成日", "Done on"),
            kind=Day(),
            default=None,
            example="2026-01-16",
            help=("实际完成的日期，不晚于今天", "the day on which it was really done, not after today"),
        ),
        Field(
            name="plans",
            title=("保养计划", "Maintenance plans"),
            kind=Codes(),
            default=[],
            help=(
                "这次巡检的全部计划编号，由计划给出",
                "codes of all plans that the visit serves, given by the plan",
            ),
        ),
        Field(
            name="done_plans",
            title=("完成的计划", "Plans done"),
            kind=Codes(),
            default=[],
            example="VMC-01-Q",
            help=(
                "部分完成时填真正完成的计划编号；已完成可留空",
                "the codes of those really done, where the visit is partly done; empty means all",
            ),
        ),
        Field(
            name="locked",
            title=("锁定", "Locked"),
            kind=YesNo(),
            default=False,
            help=("锁定的巡检不会被新计划移动", "a new plan does not move it"),
        ),
        Field(
            name="confirm",
            title=("确认例外", "Confirm exceptions"),
            kind=YesNo(),
            default=False,
            help=(
                "超出窗口、技能不符、休假、关闭等情形，填“是”才接受",
                "outside its window, a missing skill, leave, a closed site: accepted only with yes",
            ),
        ),
        Field(name="notes", title=("备注", "Notes"), kind=Lines()),
    ),
)
"""The sheet of visits; not one of the register's own tables, because plans make visits and people only change them."""
