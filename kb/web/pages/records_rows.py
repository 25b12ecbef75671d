"""What pages of records show: fields of a form with their rows, facts with their links, rows of a list."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from kb.errors import Fault
from kb.usecases.record_description import RecordField, RecordKind, Rows
from kb.usecases.record_nouns import Actor, Record, is_private
from kb.usecases.record_reading import RecordQuery
from kb.usecases.record_words import state_name, text_of_field, text_of_json
from kb.usecases.register_description import Field
from kb.usecases.register_kinds import Choice, Wording, YesNo

BLANK_ROWS = 3
"""Empty rows that a form adds below those that are there."""
_CELL = re.compile(r"^([a-z_0-9]+)\.(\d{1,4})\.([a-z_]+)$")
_LINKS = {"customer": "/register/customers/", "site": "/register/sites/", "equipment": "/register/equipment/"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CellView:
    """A cell of a row in a form."""

    name: str
    label: str
    value: str
    text: str
    widget: str
    fixed: bool
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """A field of a form."""

    name: str
    label: str
    value: str
    widget: str
    must: bool
    fixed: bool
    help: str
    unit: str
    wrong: str
    most: int
    options: tuple[tuple[str, str], ...]
    columns: tuple[CellView, ...] = ()
    rows: tuple[tuple[CellView, ...], ...] = ()


def typed_values(kind: RecordKind, form: Mapping[str, str]) -> dict[str, object]:
    """Return the values of a form: texts by field, rows gathered from their cells."""
    found: dict[str, object] = {}
    rows: dict[str, dict[int, dict[str, str]]] = {}
    for name, text in form.items():
        if match := _CELL.match(name):
            rows.setdefault(match[1], {}).setdefault(int(match[2]), {})[match[3]] = text
    for one in kind.fields:
        if isinstance(one.kind, Rows):
            if one.name in rows:
                found[one.name] = [
                    {key: text for key, text in rows[one.name][place].items() if text.strip()}
                    for place in sorted(rows[one.name])
                ]
        elif one.name in form:
            found[one.name] = form[one.name]
    return found


def form_fields(
    kind: RecordKind,
    values: Mapping[str, Any],
    faults: Sequence[Fault],
    wording: Wording,
    actor: Actor,
    *,
    state: str,
    is_new: bool,
) -> tuple[FieldView, ...]:
    """Return the fields of a form, filled with JSON values or typed texts."""
    wrong = {fault.where: f"{fault.what} {fault.repair}".strip() for fault in faults}
    found = []
    for one in kind.fields:
        if is_private(one) and not actor.sees_private:
            continue
        value = values.get(one.name)
        is_fixed = isinstance(one, RecordField) and one.fixed and not is_new
        needed = isinstance(one, RecordField) and state in one.needed_in and one.needed_when is None
        view = FieldView(
            name=one.name,
            label=wording.pick(one.title),
            value="" if isinstance(one.kind, Rows) else _typed(one, value, wording),
            widget=one.kind.widget,
            must=one.required or (needed and not isinstance(one.kind, Rows)),
            fixed=is_fixed,
            help=wording.pick(one.help),
            unit=wording.pick(one.unit) if isinstance(one, RecordField) else "",
            wrong=wrong.get(one.name, ""),
            most=one.kind.most,
            options=_options(one, wording),
            columns=_cells(one, 0, {}, wording) if isinstance(one.kind, Rows) else (),
            rows=_rows(one, value, wording) if isinstance(one.kind, Rows) else (),
        )
        if not (is_new and isinstance(one.kind, Rows) and one.kind.fixed):
            found.append(view)
    return tuple(found)


def _typed(one: Field, value: object, wording: Wording) -> str:
    if value is None:
        return ""
    if isinstance(one.kind, Choice):
        return str(value)
    if isinstance(one.kind, YesNo):
        return "yes" if value in (True, "yes", "是") else "no"
    return value if isinstance(value, str) else text_of_json(one, value, wording).split(" ")[0]


def _options(one: Field, wording: Wording) -> tuple[tuple[str, str], ...]:
    if isinstance(one.kind, YesNo):
        return (("no", wording.pick(("否", "no"))), ("yes", wording.pick(("是", "yes"))))
    return tuple((code, wording.pick(names)) for code, names in one.choices(wording.lists).items())


def _rows(one: Field, value: object, wording: Wording) -> tuple[tuple[CellView, ...], ...]:
    assert isinstance(one.kind, Rows)
    stored = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
    blank: list[Mapping[str, Any]] = [] if one.kind.fixed else [{}] * BLANK_ROWS
    return tuple(_cells(one, number, row, wording) for number, row in enumerate([*stored, *blank]))


def _cells(one: Field, number: int, row: Mapping[str, Any], wording: Wording) -> tuple[CellView, ...]:
    assert isinstance(one.kind, Rows)
    return tuple(
        CellView(
            name=f"{one.name}.{number}.{column.name}",
            label=wording.pick(column.title),
            value=_typed(column, row.get(column.name), wording),
            text=text_of_json(column, row.get(column.name), wording),
            widget=column.kind.widget,
            fixed=column.name in one.kind.fixed,
            options=_options(column, wording),
        )
        for column in one.kind.columns
    )


def told_faults(kind: RecordKind, faults: Sequence[Fault], wording: Wording) -> list[tuple[str, str, str]]:
    """Return faults with the names of their fields for people."""
    titles = {one.name: wording.pick(one.title) for one in kind.fields}
    return [
        (fault.where, titles.get(fault.where, fault.where), f"{fault.what} {fault.repair}".strip())
        for fault in faults
    ]


def conflict_sides(
    kind: RecordKind, yours: Mapping[str, Any], theirs: Mapping[str, Any], wording: Wording
) -> list[tuple[str, str, str]]:
    """Return the fields in which two versions differ, as they are read."""
    return [
        (
            wording.pick(one.title),
            text_of_json(one, yours[one.name], wording),
            text_of_json(one, theirs[one.name], wording),
        )
        for one in kind.fields
        if one.name in yours and one.name in theirs and yours[one.name] != theirs[one.name]
    ]


def facts(one: Record, wording: Wording) -> list[dict[str, str]]:
    """Return what a record's page says, without its tables and what is empty."""
    found = []
    for field in one.kind.fields:
        if field.name == "title" or isinstance(field.kind, Rows) or field.name not in one.values:
            continue
        href = ""
        if field.name in one.links:
            code, text = one.links[field.name]
            if field.name in _LINKS:
                href = _LINKS[field.name] + quote(code, safe="")
            elif field.name == "visit":
                href = f"/visits/{quote(code)}"
            elif field.name == "order" and code:
                href = f"/orders/{quote(code, safe='')}"
            elif field.name == "about":
                href = f"/records/{quote(code)}"
        else:
            text = text_of_field(field, one.values[field.name], wording)
        if text:
            found.append({"label": wording.pick(field.title), "text": text, "href": href})
    made = f"{one.created_at:%Y-%m-%d %H:%M} {one.created_by}"
    found.append({"label": wording.pick(("新建", "Made")), "text": made, "href": ""})
    if one.closed_at:
        closed = f"{one.closed_at:%Y-%m-%d %H:%M}"
        found.append({"label": wording.pick(("关闭", "Closed")), "text": closed, "href": ""})
    return found


def tables(one: Record, wording: Wording, today: date) -> list[dict[str, object]]:
    """Return the tables of a record's page; rows that are late are marked."""
    late = {(each.field, each.row) for each in one.late}
    return [
        {
            "title": wording.pick(field.title),
            "heads": [wording.pick(column.title) for column in field.kind.columns],
            "rows": [
                {"cells": field.kind.cells(row, wording), "late": (field.name, number) in late}
                for number, row in enumerate(one.values[field.name], start=1)
            ],
        }
        for field in one.kind.fields
        if isinstance(field.kind, Rows) and field.name in one.values
    ]


def late_texts(one: Record, wording: Wording) -> list[str]:
    """Return the rows that are late, each with its name and day."""
    found = []
    for each in one.late:
        field = one.kind.field(each.field)
        if isinstance(field.kind, Rows):
            row = one.values[each.field][each.row - 1]
            found.append(f"{row.get(field.kind.columns[0].name, '')} {each.due}")
    return found


def list_rows(items: Sequence[Record], wording: Wording) -> list[dict[str, object]]:
    """Return the rows of a list."""
    return [
        {
            "number": one.number,
            "title": one.title,
            "kind": wording.pick(one.kind.single),
            "state": state_name(one, wording),
            "due": one.due.isoformat() if one.due else "",
            "overdue": one.overdue,
            "owner": one.owner,
            "customer": one.links["customer"][1] if "customer" in one.links else "",
            "machine": one.links["equipment"][1] if "equipment" in one.links else "",
            "escalation": wording.pick(one.escalation.names) if one.escalation else "",
        }
        for one in items
    ]


def asked_for(query: RecordQuery, **changes: object) -> str:
    """Return the part of an address that asks for a list."""
    names = ("kind", "state", "owner", "due", "customer", "site", "equipment", "visit", "order", "about")
    said: dict[str, object] = {name: getattr(query, name) for name in names}
    said |= {"q": query.text, "from": query.first_day, "to": query.last_day, **changes}
    return urlencode({name: value for name, value in said.items() if value})
