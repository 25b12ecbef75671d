"""Kinds of fields that hold a small structure: opening hours, spans of days, software versions, skills."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kb.store.mapping import hours_json, hours_of, spans_of
from kb.usecases.register_days import day_of
from kb.usecases.register_kinds import Kind, Names, Wording, Wrong, shown, text_of
from planner.errors import InvalidInput
from planner.model import OpeningHours

ENTRIES = 200
"""Most entries of a list in one field."""
NOTE_LENGTH = 100
DAY_NAMES: tuple[Names, ...] = (
    ("周一", "Mon"),
    ("周二", "Tue"),
    ("周三", "Wed"),
    ("周四", "Thu"),
    ("周五", "Fri"),
    ("周六", "Sat"),
    ("周日", "Sun"),
)
_NO_MAKE_UP: Names = ("调休日休息", "closed on make-up days")
_DAY_NUMBERS = {name.casefold(): number for number, both in enumerate(DAY_NAMES) for name in both} | {
    "周天": 6
}
_GROUPS = {"每天": range(7), "每日": range(7), "daily": range(7), "工作日": range(5), "weekdays": range(5)}
_DAYS = re.compile(r"([^\W\d_]+)(?:\s*(?:-|–|~|至|到)\s*([^\W\d_]+))?")
_WEEKDAY_ZH = re.compile(r"(?:星期|礼拜)")
_BREAK = re.compile(r"[;；\n]")
_HOURS = re.compile(r"(\d{1,2}:\d{2})\s*(?:-|–|~|至|到)\s*(\d{1,2}:\d{2})")
_SPAN = re.compile(r"(\S+?)(?:\s*(?:~|～|至|到)\s*(\S+))?(?:\s+(.*))?")


def _entries(value: object) -> Sequence[object]:
    if not isinstance(value, list | tuple):
        raise Wrong("is not a list", "give a list")
    if len(value) > ENTRIES:
        raise Wrong("has {count} entries", "use at most {most}", count=len(value), most=ENTRIES)
    return value


def _parts(text: str) -> list[str]:
    return [part for one in _BREAK.split(text) if (part := one.strip())]


def _fields(entry: object, wanted: Sequence[str], needed: int) -> list[str]:
    """Return the texts of an object's members in order; the first `needed` must be there, no other may."""
    if (
        not isinstance(entry, dict)
        or set(entry) - set(wanted)
        or any(name not in entry for name in wanted[:needed])
    ):
        raise Wrong("has an entry of another form", "give {names}", names=", ".join(wanted))
    return [text_of(entry.get(name, "")) for name in wanted]


def _short(text: str, forbidden: str = ";；") -> str:
    if len(text) > NOTE_LENGTH:
        raise Wrong("has {count} characters", "use at most {most}", count=len(text), most=NOTE_LENGTH)
    if bad := sorted(set(text) & set(forbidden + "\n")):
        raise Wrong("has the sign {sign}", "leave it out", sign=" ".join(bad).replace("\n", "\\n"))
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours(Kind):
    """Opening hours of a week, stored as the JSON form of `OpeningHours`."""

    widget = "lines"

    def read(self, value: object, wording: Wording) -> object:
        """Return the JSON form; the text looks like `周一至周五 08:30-12:00 13:00-17:30; 周六 09:00-12:00`."""
        try:
            hours = (
                _hours_of_json(value)
                if isinstance(value, dict)
                else _hours_of_text(text_of(value, lines=True))
            )
        except InvalidInput as error:
            raise Wrong("is contradictory: {reason}", reason="; ".join(error.faults)) from error
        if not any(hours.weekdays):
            raise Wrong("has no open day", "give at least one, or leave it empty for office hours")
        return hours_json(hours)

    def json(self, stored: object) -> object:
        """Return the hours with every member, or None for office hours."""
        return hours_json(hours_of(stored)) if isinstance(stored, dict) else None

    def text(self, stored: object, wording: Wording) -> str:
        """Return the hours, days with the same hours together."""
        if not isinstance(stored, dict):
            return ""
        week = [" ".join(spans) for spans in stored["weekdays"]]
        parts = []
        start = 0
        for day in range(1, 8):
            if day < 7 and week[day] == week[start]:
                continue
            if week[start]:
                first, last = wording.pick(DAY_NAMES[start]), wording.pick(DAY_NAMES[day - 1])
                joint = wording.pick(("至", "-"))
                parts.append(f"{first if start == day - 1 else first + joint + last} {week[start]}")
            start = day
        if not stored.get("make_up_days", True):
            parts.append(wording.pick(_NO_MAKE_UP))
        return "; ".join(parts)

    def schema(self, wording: Wording) -> dict[str, object]:
        """Return the schema."""
        span = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$"}
        return {
            "type": ["object", "null"],
            "additionalProperties": False,
            "required": ["weekdays"],
            "properties": {
                "weekdays": {
                    "type": "array",
                    "minItems": 7,
                    "maxItems": 7,
                    "items": {"type": "array", "maxItems": 6, "items": span},
                    "description": "Monday first; an empty list is a closed day",
                },
                "make_up_days": {"type": "boolean", "default": True},
            },
        }

    def form(self) -> Names:
        """Return what may be typed."""
        return (
            "如 周一至周五 08:30-12:00 13:00-17:30; 周六 09:00-12:00；调休上班日不开则加 ; 调休日休息；"
            "空白为周一至周五 08:30-12:00 13:00-17:30",
            "such as Mon-Fri 08:30-12:00 13:00-17:30; Sat 09:00-12:00; add ; closed on make-up days where so;"
            " blank is Mon-Fri 08:30-12:00 13:00-17:30",
        )


def _hours_of_json(value: dict[object, object]) -> OpeningHours:
    weekdays = value.get("weekdays")
    make_up_days = value.get("make_up_days", True)
    shape = "give weekdays, seven lists of texts such as 08:30-12:00, and make_up_days, true or false"
    if set(value) - {"weekdays", "make_up_days"} or not isinstance(make_up_days, bool):
        raise Wrong("has another form", shape)
    if not isinstance(weekdays, list) or not all(isinstance(day, list) and len(day) <= 6 for day in weekdays):
        raise Wrong("has another form", shape)
    for span in (span for day in weekdays for span in day):
        if not isinstance(span, str) or not _HOURS.fullmatch(span):
            raise Wrong("{value!r} is not a span of hours", "give one such as 08:30-12:00", value=shown(span))
    return _hours({"weekdays": weekdays, "make_up_days": make_up_days})


def _hours_of_text(text: str) -> OpeningHours:
    weekdays: list[list[str]] = [[] for _ in range(7)]
    make_up_days = True
    for part in _parts(text.replace("：", ":").replace("，", ",").replace("～", "~")):
        if part.casefold() in _NO_MAKE_UP:
            make_up_days = False
            continue
        spans = ["-".join(found) for found in _HOURS.findall(part)]
        names = _HOURS.sub(" ", part).strip(" ,、")
        if not spans or re.search(r"\d", names) or not names:
            raise Wrong(
                "{value!r} is not a day with its hours",
                "give one such as Mon-Fri 08:30-12:00",
                value=shown(part),
            )
        for day in _days_named(names):
            if weekdays[day]:
                raise Wrong("{value!r} names a day twice", "give each day once", value=shown(part))
            weekdays[day] = spans
    return _hours({"weekdays": weekdays, "make_up_days": make_up_days})


def _hours(value: dict[str, object]) -> OpeningHours:
    weekdays = value["weekdays"]
    assert isinstance(weekdays, list)
    padded = [[_two_digits(span) for span in day] for day in weekdays]
    try:
        return hours_of({"weekdays": padded, "make_up_days": value["make_up_days"]})
    except ValueError as error:
        raise Wrong("has a time that is not on the clock: {reason}", reason=error) from error


def _two_digits(span: str) -> str:
    found = _HOURS.fullmatch(span)
    assert found is not None
    return "-".join(time.rjust(5, "0") for time in found.groups())


def _days_named(text: str) -> list[int]:
    days: list[int] = []
    rest = _DAYS.sub("", _WEEKDAY_ZH.sub("周", text)).strip(" ,、及和")
    if rest:
        raise Wrong("{value!r} names no day", "use 周一 … 周日 or Mon … Sun", value=shown(text))
    for first, last in _DAYS.findall(_WEEKDAY_ZH.sub("周", text).replace("至", "-").replace("到", "-")):
        if first.casefold() in _GROUPS and not last:
            days += _GROUPS[first.casefold()]
            continue
        ends = [_DAY_NUMBERS.get(name.casefold()) for name in (first, last or first)]
        if ends[0] is None or ends[1] is None or ends[0] > ends[1]:
            raise Wrong("{value!r} names no day", "use 周一 … 周日 or Mon … Sun", value=shown(text))
        days += range(ends[0], ends[1] + 1)
    return days


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans(Kind):
    """Spans of days with a note, first and last day included; stored half-open."""

    widget = "lines"

    def read(self, value: object, wording: Wording) -> object:
        """Return the spans in order; the text looks like `2026-02-10~2026-02-24 note; 2026-05-01`."""
        if isinstance(value, list):
            triples = [_fields(entry, ("first_day", "last_day", "note"), 2) for entry in _entries(value)]
        else:
            triples = [_span_parts(part) for part in _entries(_parts(text_of(value, lines=True)))]
        found = []
        for first, last, note in triples:
            start, end = day_of(first), day_of(last)
            if end < start:
                raise Wrong(
                    "{value} ends before it starts", "put the earlier day first", value=f"{start}~{end}"
                )
            found.append([start.isoformat(), (end + timedelta(days=1)).isoformat(), _short(note)])
        return sorted(found)

    def json(self, stored: object) -> object:
        """Return the spans as objects, in order."""
        spans = sorted(spans_of(stored if isinstance(stored, list) else ()))
        return [
            {"first_day": span.start.isoformat(), "last_day": _last(span.end).isoformat(), "note": span.note}
            for span in spans
        ]

    def text(self, stored: object, wording: Wording) -> str:
        """Return the spans, one after the other."""
        spans = sorted(spans_of(stored if isinstance(stored, list) else ()))
        return "; ".join(f"{span.start}~{_last(span.end)} {span.note}".rstrip() for span in spans)

    def schema(self, wording: Wording) -> dict[str, object]:
        """Return the schema."""
        day = {"type": "string", "format": "date"}
        return {
            "type": "array",
            "maxItems": ENTRIES,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["first_day", "last_day"],
                "properties": {
                    "first_day": day,
                    "last_day": day,
                    "note": {"type": "string", "maxLength": NOTE_LENGTH},
                },
            },
        }

    def form(self) -> Names:
        """Return what may be typed."""
        return (
            "如 2026-02-10~2026-02-24 春节; 2026-05-01（首尾都算）",
            "such as 2026-02-10~2026-02-24 spring stop; 2026-05-01 (both days count)",
        )


def _last(end: date) -> date:
    return end - timedelta(days=1)


def _span_parts(part: object) -> list[str]:
    found = _SPAN.fullmatch(str(part))
    if found is None:
        raise Wrong(
            "{value!r} is not a span of days", "give one such as 2026-02-10~2026-02-24", value=shown(part)
        )
    first, last, note = found.groups()
    return [first, last or first, (note or "").strip()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions(Kind):
    """Names with versions, such as the software of a machine; stored as pairs."""

    widget = "lines"

    def read(self, value: object, wording: Wording) -> object:
        """Return the pairs; the text looks like `CNC=V1.2; PLC=3.4`."""
        if isinstance(value, list):
            pairs = [_fields(entry, ("name", "version"), 2) for entry in _entries(value)]
        else:
            parts = _entries(_parts(text_of(value, lines=True)))
            pairs = [[text.strip() for text in str(part).partition("=")[::2]] for part in parts]
        for name, version in pairs:
            if not name or not version:
                raise Wrong(
                    "{value!r} is not a name with its version", "give CNC=V1.2", value=shown(name or version)
                )
        return [[_short(name, ";；="), _short(version)] for name, version in pairs]

    def json(self, stored: object) -> object:
        """Return the pairs as objects."""
        pairs = stored if isinstance(stored, list) else []
        return [{"name": name, "version": version} for name, version in pairs]

    def text(self, stored: object, wording: Wording) -> str:
        """Return the pairs, one after the other."""
        pairs = stored if isinstance(stored, list) else []
        return "; ".join(f"{name}={version}" for name, version in pairs)

    def schema(self, wording: Wording) -> dict[str, object]:
        """Return the schema."""
        text = {"type": "string", "minLength": 1, "maxLength": NOTE_LENGTH}
        return {
            "type": "array",
            "maxItems": ENTRIES,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name", "version"],
                "properties": {"name": text, "version": text},
            },
        }

    def form(self) -> Names:
        """Return what may be typed."""
        return (
            "名称=版本，用分号隔开，如 CNC=D4F1-28.1; PLC=3.4",
            "name=version with semicolons, such as CNC=D4F1-28.1; PLC=3.4",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Words(Kind):
    """A set of short words, such as skills; stored sorted."""

    def read(self, value: object, wording: Wording) -> object:
        """Return the words; the text has commas between them."""
        if isinstance(value, list):
            words = [text_of(entry) for entry in _entries(value)]
        else:
            words = [word.strip() for word in re.split(r"[,，、;；\n]", text_of(value, lines=True))]
        return sorted({_short(word, ",，、;；") for word in words if word})

    def json(self, stored: object) -> object:
        """Return the words."""
        return sorted(stored) if isinstance(stored, list) else []

    def text(self, stored: object, wording: Wording) -> str:
        """Return the words with commas."""
        return ", ".join(sorted(str(word) for word in stored)) if isinstance(stored, list) else ""

    def schema(self, wording: Wording) -> dict[str, object]:
        """Return the schema."""
        return {"type": "array", "maxItems": ENTRIES, "items": {"type": "string", "maxLength": NOTE_LENGTH}}

    def form(self) -> Names:
        """Return what may be typed."""
        return "用逗号隔开，如 fanuc, siemens", "with commas, such as fanuc, siemens"
