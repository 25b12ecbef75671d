"""What is told of a work order on site is looked through: every field by its kind, all faults at once."""

import base64
import binascii
import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal

from kb.errors import BadInput, Fault, Message
from kb.usecases.draft_checking import clean, media_type_of
from kb.usecases.work_order_fields import TEXTS
from kb.usecases.work_orders import SLACK
from planner.model import EventKind
from planner.proposals import PartClass

SEVERITIES = ("S1", "S2", "S3", "S4")
VERDICTS = ("pass", "fail", "na")
"""What a person may say; what a measured value says of itself comes on top of it."""
ACTIVITIES = ("work", "travel", "waiting")
TOLD_EVENTS = tuple(
    one for one in EventKind if one not in {EventKind.REPORTED, EventKind.SIGNED, EventKind.CLOSED}
)
"""What an entry may tell; a signature signs by itself, and closing asks for more than an instant."""
LONGEST_ID = 50
LONGEST_AMENDS = 500
_Type = Literal["text", "number", "whole", "choice", "day", "instant", "flag", "bytes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """What a field of an entry may hold.

    Args:
        most: Longest text in characters, or largest number.
        least: Smallest number.
    """

    type: _Type = "text"
    most: float = 200
    least: float = -1e12
    options: tuple[str, ...] = ()
    needed: bool = False


_ID = Spec(most=80)
_TEXT = Spec(most=4000)
_NEEDED = Spec(most=80, needed=True)
_REASON = Spec(most=500, needed=True)
_SEVERITY = Spec(type="choice", options=SEVERITIES)
_FOLLOW = Spec(type="choice", options=("order", "proposal"))
FIELDS: Mapping[str, Mapping[str, Spec]] = {
    "check": {
        "equipment_id": _NEEDED,
        "item_id": _NEEDED,
        "verdict": Spec(type="choice", options=VERDICTS),
        "value": Spec(type="number", most=1e12),
        "unit": Spec(most=20),
        "text": _TEXT,
        "severity": _SEVERITY,
        "recommendation": Spec(most=2000),
        "follow": _FOLLOW,
    },
    "part": {
        "equipment_id": _ID,
        "part_number": Spec(most=80),
        "name": Spec(most=200),
        "part_class": Spec(type="choice", options=tuple(one.value for one in PartClass)),
        "place": Spec(most=80),
        "taken_from": Spec(most=80),
        "quantity": Spec(type="number", least=1e-9, most=100_000, needed=True),
        "old_serial": Spec(most=80),
        "new_serial": Spec(most=80),
        "after_failure": Spec(type="flag"),
        "warranty_until": Spec(type="day"),
    },
    "time": {
        "activity": Spec(type="choice", options=ACTIVITIES, needed=True),
        "started_at": Spec(type="instant", needed=True),
        "minutes": Spec(type="whole", least=1, most=2880, needed=True),
        "kilometres": Spec(type="number", least=0, most=5000),
    },
    "parameter": {
        "equipment_id": _ID,
        "number": Spec(most=40, needed=True),
        "axis": Spec(most=20),
        "before": Spec(most=200),
        "after": Spec(most=200),
    },
    "text": {
        "name": Spec(type="choice", options=TEXTS, needed=True),
        "value": _TEXT,
        "before": _TEXT,
    },
    "finding": {
        "equipment_id": _ID,
        "severity": Spec(type="choice", options=SEVERITIES, needed=True),
        "text": Spec(most=4000, needed=True),
        "recommendation": Spec(most=2000, needed=True),
        "follow": _FOLLOW,
    },
    "photo": {
        "content": Spec(type="bytes", needed=True),
        "item": Spec(most=161),
        "note": Spec(most=200),
    },
    "reading": {
        "meter_id": _NEEDED,
        "value": Spec(type="number", least=0, most=1e12, needed=True),
    },
    "event": {
        "event": Spec(type="choice", options=tuple(one.value for one in TOLD_EVENTS), needed=True),
        "reason": Spec(most=500),
    },
    "signature": {
        "name": Spec(most=80, needed=True),
        "remark": Spec(most=500),
        "content": Spec(type="bytes", needed=True),
    },
    "void": {"entry": _NEEDED, "reason": _REASON},
    "rest": {"title": Spec(most=200), "planned_day": Spec(type="day"), "reason": Spec(most=500)},
}
"""Kinds of entries that a person tells, and their fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry as it was sent.

    Args:
        id: Made by who sends it; a UUID on the phone.
        kind: A key of `FIELDS`.
        at: When it happened, by the sender's clock.
        values: By field of its kind.
        amends: Why signed contents are changed; needed after the customer's signature.
    """

    id: str
    kind: str
    at: datetime
    values: Mapping[str, Any]
    amends: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedEntry:
    """An entry that may be kept.

    Args:
        values: Every field of its kind that was given, cleaned; days and instants as such.
        content: Bytes of its picture.
        digest: Of all but the id: the same entry has the same.
    """

    id: str
    kind: str
    at: datetime
    values: Mapping[str, Any]
    amends: str
    digest: str
    content: bytes | None = None
    plain: Mapping[str, Any] = field(default_factory=dict)
    """The values as JSON holds them, without bytes."""


def checked_entry(sent: Entry, *, now: datetime, photo_limit_bytes: int) -> CheckedEntry:
    """Return an entry as it may be kept.

    Raises:
        BadInput: Every fault, by field.
    """
    faults: list[Fault] = []
    if not 8 <= len(sent.id) <= LONGEST_ID or not all(one.isalnum() or one in "-_" for one in sent.id):
        repair: str = Message("8 to {most} letters, digits, - and _", most=LONGEST_ID)
        faults.append(Fault(where="id", what=Message("is {value!r}", value=sent.id[:60]), repair=repair))
    if sent.at.tzinfo is None:
        faults.append(Fault(where="at", what="has no time zone", repair="give the offset"))
    amends = clean(sent.amends).strip()
    if len(amends) > LONGEST_AMENDS:
        repair = Message("{most} at most", most=LONGEST_AMENDS)
        faults.append(
            Fault(where="amends", what=Message("has {count:,} characters", count=len(amends)), repair=repair)
        )
    specs = FIELDS.get(sent.kind)
    values: dict[str, Any] = {}
    if specs is None:
        repair = ", ".join(FIELDS)
        faults.append(
            Fault(where="kind", what=Message("{value!r} is no kind", value=sent.kind[:40]), repair=repair)
        )
    else:
        for name in sorted(set(sent.values) - set(specs)):
            repair = ", ".join(specs)
            faults.append(
                Fault(where=name[:40], what=Message("is no field of {value}", value=sent.kind), repair=repair)
            )
        for name, spec in specs.items():
            values[name] = _value(name, sent.values.get(name), spec, photo_limit_bytes, faults)
        heard = sent.at if sent.at.tzinfo is not None else now  # a clock that runs ahead does so for both
        _together(sent.kind, values, max(now, heard), faults)
    if faults:
        raise BadInput("the entry was not kept", faults)
    content = values.pop("content", None)
    values = {name: value for name, value in values.items() if value not in (None, "")}
    plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
    whole = {
        "kind": sent.kind,
        "at": sent.at.astimezone(UTC).isoformat(),
        "values": plain,
        "amends": amends,
        "content": hashlib.sha256(content).hexdigest() if content else "",
    }
    digest = hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()
    return CheckedEntry(
        id=sent.id,
        kind=sent.kind,
        at=sent.at,
        values=values,
        amends=amends,
        digest=digest,
        content=content,
        plain=plain,
    )


def _value(name: str, raw: Any, spec: Spec, limit_bytes: int, faults: list[Fault]) -> Any:
    if raw is None or raw == "":
        if spec.needed:
            faults.append(Fault(where=name, what="is missing", repair=_repair(spec)))
        return None
    wrong = ""
    value: Any = None
    match spec.type:
        case "text" | "choice" if not isinstance(raw, str):
            wrong = Message("is {value!r}, which is no text", value=str(raw)[:40])
        case "text":
            value = clean(raw).strip()
            if len(value) > spec.most:
                wrong = Message("has {count:,} characters", count=len(value))
            elif spec.needed and not value:
                wrong = "is missing"
        case "choice":
            value = raw
            wrong = "" if raw in spec.options else Message("{value!r} is none", value=raw[:40])
        case "number" | "whole":
            value, wrong = _number(raw, spec)
        case "flag":
            value = raw
            wrong = "" if isinstance(raw, bool) else Message("is {value!r}", value=str(raw)[:40])
        case "day":
            value, wrong = _day(raw)
        case "instant":
            value, wrong = _instant(raw)
        case "bytes":
            value, wrong = _bytes(raw, limit_bytes)
    if wrong:
        faults.append(Fault(where=name, what=wrong, repair=_repair(spec, limit_bytes)))
        return None
    return value


def _number(raw: Any, spec: Spec) -> tuple[float | int | None, str]:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not math.isfinite(raw):
        return None, Message("is {value!r}, which is no number", value=str(raw)[:40])
    if spec.type == "whole" and raw != int(raw):
        return None, Message("is {value}, which is no whole number", value=raw)
    if not spec.least <= raw <= spec.most:
        return None, Message("is {value:g}", value=raw)
    return (int(raw) if spec.type == "whole" else float(raw)), ""


def _day(raw: Any) -> tuple[date | None, str]:
    try:
        return date.fromisoformat(str(raw)), ""
    except ValueError:
        return None, Message("{value!r} is no day", value=str(raw)[:40])


def _instant(raw: Any) -> tuple[datetime | None, str]:
    try:
        found = datetime.fromisoformat(str(raw))
    except ValueError:
        return None, Message("{value!r} is no instant", value=str(raw)[:40])
    return (found, "") if found.tzinfo else (None, "has no time zone")


def _bytes(raw: Any, limit_bytes: int) -> tuple[bytes | None, str]:
    try:
        content = base64.b64decode(str(raw), validate=True)
    except (binascii.Error, ValueError):
        return None, "is no base64"
    if len(content) > limit_bytes:
        return None, Message("has {count:,} bytes", count=len(content))
    return (content, "") if media_type_of(content) in {"image/jpeg", "image/png"} else (None, "is no picture")


def _repair(spec: Spec, limit_bytes: int = 0) -> str:
    match spec.type:
        case "choice":
            return ", ".join(spec.options)
        case "number" | "whole":
            kind = Message("a whole number") if spec.type == "whole" else Message("a number")
            if 0 < spec.least < 1e-6:
                return Message("{kind} above 0 to {most:g}", kind=kind, most=spec.most)
            return Message("{kind} from {least:g} to {most:g}", kind=kind, least=spec.least, most=spec.most)
        case "day":
            return "write it as 2027-01-31"
        case "instant":
            return "write it as 2027-01-31T08:00:00+08:00"
        case "flag":
            return "true or false"
        case "bytes":
            return Message("a JPEG or PNG in base64, {most:,} bytes at most", most=limit_bytes)
    return Message("a text of {most:g} characters at most", most=spec.most)


def _together(kind: str, values: Mapping[str, Any], now: datetime, faults: list[Fault]) -> None:
    """Add what is wrong with values that belong together."""
    if kind == "part" and not values["part_number"] and not values["name"]:
        faults.append(Fault(where="part_number", what="is missing, and so is the name", repair="give one"))
    started = values.get("started_at")
    if kind == "time" and started is not None and started > now + SLACK:
        faults.append(
            Fault(
                where="started_at",
                what=Message("{at} lies ahead", at=started.isoformat()),
                repair="tell what has happened",
            )
        )
    if kind == "check" and all(values[name] is None for name in ("verdict", "value", "text")):
        faults.append(Fault(where="verdict", what="is missing", repair="give a verdict, a value or a text"))
    if kind == "parameter" and values["before"] is None and values["after"] is None:
        faults.append(Fault(where="after", what="is missing, and so is before", repair="give one"))
