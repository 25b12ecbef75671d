"""What the columns of a list of old jobs may be called, and the words by which such a list tells failures and dates."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

FIELDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "machine": (
        "设备编号",
        ("设备", "机床编号", "机床", "asset", "equipment", "machine", "tag", "functional location"),
    ),
    "failed": (
        "故障时间",
        ("故障日期", "报修时间", "报修日期", "日期", "date", "failed", "reported", "basic start date"),
    ),
    "restored": (
        "恢复时间",
        ("完成时间", "完成日期", "修复时间", "修复日期", "restored", "finished", "completed", "end date"),
    ),
    "title": (
        "故障现象",
        (
            "现象",
            "内容",
            "故障描述",
            "故障内容",
            "description",
            "short text",
            "shorttext",
            "originalshorttext",
            "symptom",
        ),
    ),
    "kind": ("工单类型", ("类型", "维修类型", "pmtype", "order type", "work type", "type")),
    "alarm": ("报警", ("报警号", "报警代码", "alarm")),
    "subsystem": ("子系统", ("系统", "部位", "subsystem", "system", "majorsystem", "major system")),
    "component": ("部件", ("零件", "备件", "备件名称", "part", "component", "item")),
    "place": ("位置", ("location", "position", "place")),
    "failure_mode": ("故障模式", ("故障方式", "fm", "failure mode")),
    "cause": ("原因", ("故障原因", "cause", "root cause")),
    "mechanism": ("机理", ("故障机理", "mechanism")),
    "remedy": ("措施", ("处理", "处理措施", "维修措施", "action", "remedy", "activity")),
    "minutes": ("工时分钟", ("工时（分钟）", "工时(分钟)", "minutes", "work minutes")),
    "hours": ("工时小时", ("工时", "工时（小时）", "工时(小时)", "hours", "work hours", "labour hours")),
    "cost": ("费用", ("维修费用", "金额", "cost", "costs")),
    "number": ("工单号", ("单号", "维修单号", "order", "work order", "order number")),
}
"""What a column can hold: its own name, then others that are known."""
NEEDED = ("machine", "failed", "title")
"""Without these columns a row is no job."""
IGNORED = ""

FAILURE_WORDS = frozenset(
    ("故障", "维修", "抢修", "报修", "pm01", "breakdown", "corrective", "repair", "failure")
)
"""Kinds of work that answer a failure; PM01 is the usual order type of corrective work in SAP PM."""
PLANNED_WORDS = frozenset(
    ("保养", "巡检", "计划", "预防", "点检", "pm02", "planned", "preventive", "inspection", "service")
)
REPLACED_WORDS = ("更换", "换", "replace", "replaced", "exchange")
"""In a remedy: a new part was put in."""
NOTHING = frozenset(("", "na", "n/a", "nan", "null", "none", "-", "/", "无", "未知"))
"""Cells that say nothing."""

_PARTS = re.compile(r"(\d{1,4})[-/.年](\d{1,2})[-/.月](\d{1,4})日?(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?")
ORDERS: dict[str, tuple[int, int, int]] = {"ymd": (0, 1, 2), "dmy": (2, 1, 0), "mdy": (2, 0, 1)}
"""Where year, month and day stand in a written date."""


@dataclass(frozen=True, slots=True)
class Dated:
    """The date that a cell holds, as its order says, and whether it has a time of day."""

    at: datetime
    has_time: bool


def proposed_columns(headers: Iterable[str]) -> dict[str, str]:
    """Return the field of each header that is known, first come first served."""
    known = {_plain(name): field for field, (own, others) in FIELDS.items() for name in (field, own, *others)}
    found: dict[str, str] = {}
    for header in headers:
        field = known.get(_plain(header))
        if field is not None and field not in found.values():
            found[header] = field
    return found


def date_order(cells: Iterable[str]) -> str | None:
    """Return the order in which most dates of a column can be read; None where day and month cannot be told apart."""
    possible: Counter[str] = Counter()
    count = 0
    for cell in cells:
        found = _PARTS.fullmatch(cell.strip())
        if found is None:
            continue
        count += 1
        for order in ORDERS:
            possible[order] += read_date(cell, order) is not None
    if not count:
        return "ymd"
    best = max(possible.values(), default=0)
    winners = [order for order in ORDERS if possible[order] == best and best]
    return winners[0] if len(winners) == 1 else None


def read_date(cell: str, order: str, zone: tzinfo = UTC) -> Dated | None:
    """Return the date that a cell holds; None where it holds none in this order.

    Args:
        cell: As it was written; years have four digits.
        order: A key of `ORDERS`.
        zone: Of the instant.
    """
    found = _PARTS.fullmatch(cell.strip())
    if found is None:
        return None
    parts = found.groups()
    year, month, day = (parts[place] for place in ORDERS[order])
    if len(year) != 4:
        return None
    try:
        hour, minute, second = (int(part or 0) for part in parts[3:])
        at = datetime(int(year), int(month), int(day), hour, minute, second, tzinfo=zone)
    except ValueError:
        return None
    return Dated(at, parts[3] is not None)


def says_nothing(cell: str) -> bool:
    """Return whether a cell holds one of the words for nothing."""
    return cell.strip().lower() in NOTHING


def is_replacement(remedy: str) -> bool:
    """Return whether a remedy says that a new part was put in."""
    return any(word in remedy.lower() for word in REPLACED_WORDS)


def kind_of(word: str, own: Mapping[str, str]) -> str | None:
    """Return `failure` or `planned` for the word of a column; None where it is not known.

    Args:
        word: As it was written; an empty one answers a failure.
        own: What the person who imports says of single words, by word.
    """
    plain = _plain(word)
    if not plain:
        return "failure"
    said = {_plain(one): what for one, what in own.items()}.get(plain)
    if said is not None:
        return said
    if plain in FAILURE_WORDS:
        return "failure"
    return "planned" if plain in PLANNED_WORDS else None


def _plain(text: str) -> str:
    return " ".join(text.replace("_", " ").lower().split())
