"""What records say of themselves for people: kinds and fields as data, values and log lines as text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kb.usecases.record_description import RecordField, RecordKind, Rows
from kb.usecases.record_nouns import Entry, Record
from kb.usecases.register_description import Field
from kb.usecases.register_kinds import Names, Wording, Wrong

ACTIONS: dict[str, Names] = {
    "create": ("新建", "made"),
    "change": ("修改", "changed"),
    "move": ("状态变更", "moved"),
    "attach": ("添加附件", "file added"),
    "detach": ("移除附件", "file removed"),
    "erase": ("清除个人信息", "personal data erased"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a record's log as it is read."""

    at: str
    who: str
    action: str
    states: str
    note: str
    fields: tuple[tuple[str, str, str], ...]


def text_of_field(one: Field, value: object, wording: Wording) -> str:
    """Return a stored value as a person reads it, with its unit."""
    if value is None or value == "":
        return ""
    text = one.kind.text(value, wording)
    unit = wording.pick(one.unit) if isinstance(one, RecordField) else ""
    return f"{text} {unit}" if text and unit and not isinstance(one.kind, Rows) else text


def text_of_json(one: Field, value: object, wording: Wording) -> str:
    """Return a JSON value of a log as a person reads it; what the field would refuse today is shown as it stands."""
    if value is None or value in ("", []):
        return ""
    try:
        return text_of_field(one, one.kind.read(value, wording), wording)
    except Wrong:
        return str(value)


def lines_of(kind: RecordKind, entries: Sequence[Entry], wording: Wording) -> tuple[Line, ...]:
    """Return a log as it is read, in the order given."""
    fields = {one.name: one for one in kind.fields}
    found = []
    for entry in entries:
        states = [wording.pick(kind.state(code).names) for code in (entry.from_state, entry.to_state) if code]
        shown = []
        for name, before, after in entry.fields:
            one = fields.get(name)
            title = wording.pick(one.title) if one else name
            old = text_of_json(one, before, wording) if one else str(before or "")
            new = text_of_json(one, after, wording) if one else str(after or "")
            shown.append((title, old, new))
        found.append(
            Line(
                at=local_time(entry.at, wording),
                who=entry.who,
                action=wording.pick(ACTIONS.get(entry.action, (entry.action, entry.action))),
                states=" → ".join(states),
                note=entry.note,
                fields=tuple(shown),
            )
        )
    return tuple(found)


def local_time(at: datetime, wording: Wording) -> str:
    """Return an instant as the department's clock showed it."""
    return f"{at.astimezone(wording.zone):%Y-%m-%d %H:%M}"


def kind_json(kind: RecordKind, wording: Wording) -> dict[str, object]:
    """Return the description of a kind for a program."""
    return {
        "name": kind.name,
        "title": wording.pick(kind.title),
        "prefix": kind.prefix,
        "says": wording.pick(kind.says),
        "writes": kind.writes.value,
        "states": [
            {"code": one.code, "name": wording.pick(one.names), "closed": one.closed} for one in kind.states
        ],
        "moves": [
            {
                "to": one.to,
                "from": list(one.origins),
                "name": wording.pick(one.names),
                "needs": one.needs.value,
                "with_note": one.with_note,
            }
            for one in kind.moves
        ],
        "fields": [_field_json(one, wording) for one in kind.fields],
    }


def _field_json(one: Field, wording: Wording) -> dict[str, object]:
    told: dict[str, object] = {
        "name": one.name,
        "title": wording.pick(one.title),
        "required": one.required,
        "schema": one.kind.schema(wording),
        "choices": {code: wording.pick(names) for code, names in one.choices(wording.lists).items()},
        "help": wording.pick(one.help),
    }
    if isinstance(one, RecordField):
        told |= {
            "unit": wording.pick(one.unit),
            "needed_in": list(one.needed_in),
            "needed_when": [one.needed_when[0], list(one.needed_when[1])] if one.needed_when else None,
            "private": one.private,
            "fixed": one.fixed,
        }
    if isinstance(one.kind, Rows):
        told["columns"] = [_field_json(column, wording) for column in one.kind.columns]
    return told


def state_name(one: Record, wording: Wording) -> str:
    """Return the name of the state that a record is in."""
    return wording.pick(one.kind.state(one.state).names)
