"""What the register's templates show: lists, facts, form fields and comparisons, every text in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from kb.errors import Fault
from kb.usecases.register import Changed
from kb.usecases.register_days import day_of
from kb.usecases.register_description import Field, Table
from kb.usecases.register_kinds import Choice, Wording, Wrong, YesNo
from kb.usecases.register_lists import ListQuery, Related, Thing, ThingPage
from kb.usecases.register_tables import TABLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One value with its label; `href` leads to the thing that it names."""

    label: str
    text: str
    href: str = ""
    lines: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """One row of a list."""

    href: str
    name: str
    retired: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One field of a form as it was typed.

    Args:
        widget: Which control: line, lines, choice, yes_no, day, number.
        options: (value, label) to choose from.
        suggestions: (code, name) of things that it may lead to; empty where there are too many.
        fault: What is wrong, with its repair.
    """

    name: str
    label: str
    about: str
    widget: str
    value: str
    required: bool
    most: int
    options: tuple[tuple[str, str], ...] = ()
    suggestions: tuple[tuple[str, str], ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One field of two versions."""

    label: str
    yours: str
    theirs: str

    @property
    def differs(self) -> bool:
        """Whether the versions are not the same."""
        return self.yours.split() != self.theirs.split()


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """One change, with the fields that it changed in words."""

    at: str
    who: str
    action: str
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedRows:
    """What leads to a thing from one table."""

    title: str
    href: str
    new_href: str
    total: int
    heads: tuple[str, ...]
    rows: tuple[ListRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A way to narrow a list: a select where there are few values, else a field to type in."""

    name: str
    label: str
    value: str
    options: tuple[tuple[str, str], ...]


def thing_href(table: str, handle: str) -> str:
    """Return the address of a thing's page."""
    return f"/register/{table}/{quote(handle, safe='')}"


def cell_of(one: Thing, field: Field, wording: Wording) -> Cell:
    """Return a field of a thing, a reference with its name and address."""
    text = field.kind.text(one.values[field.name], wording)
    label = wording.pick(field.title)
    if field.reference and text:
        return Cell(label=label, text=one.leads_to[field.name], href=thing_href(field.reference, text))
    return Cell(label=label, text=text, lines=field.kind.widget == "lines")


def list_rows(page: ThingPage, wording: Wording, *, without: str = "") -> tuple[ListRow, ...]:
    """Return the rows of a list; the field `without`, the same in all of them, is left out."""
    return tuple(
        ListRow(
            href=thing_href(one.table.name, one.handle),
            name=one.name(wording) if one.table.handle == "id" else one.handle,
            retired=one.retired,
            cells=tuple(cell_of(one, field, wording) for field in listed_fields(one.table, without)),
        )
        for one in page.items
    )


def listed_fields(table: Table, without: str = "") -> tuple[Field, ...]:
    """Return the fields that a list shows beside the handle."""
    shown = (one for one in table.fields if one.listed and one.name not in (table.handle, without))
    return tuple(shown)


def facts(one: Thing, wording: Wording) -> tuple[Cell, ...]:
    """Return every field of a thing that has a value."""
    cells = (cell_of(one, field, wording) for field in one.table.fields if field.name != "retired")
    return tuple(cell for cell in cells if cell.text)


def related_rows(found: Sequence[Related], one: Thing, wording: Wording) -> tuple[RelatedRows, ...]:
    """Return what leads to a thing."""
    return tuple(
        RelatedRows(
            title=wording.pick(part.table.title if part.table is not one.table else part.by.title),
            href=f"/register/{part.table.name}?{urlencode({part.by.name: one.handle})}",
            new_href=f"/register/new/{part.table.name}?{urlencode({part.by.name: one.handle})}",
            total=part.page.total,
            heads=tuple(wording.pick(field.title) for field in listed_fields(part.table, part.by.name)),
            rows=list_rows(part.page, wording, without=part.by.name),
        )
        for part in found
    )


def form_fields(
    table: Table,
    typed: Mapping[str, str],
    faults: Sequence[Fault],
    suggestions: Mapping[str, tuple[tuple[str, str], ...] | None],
    wording: Wording,
) -> tuple[FormField, ...]:
    """Return the fields of a form with what was typed and what is wrong with it."""
    wrong: dict[str, str] = {}
    for fault in faults:
        text = " → ".join(part for part in (fault.what, fault.repair) if part)
        wrong[fault.where] = "; ".join(part for part in (wrong.get(fault.where), text) if part)
    return tuple(_form_field(one, typed, wrong, suggestions, wording) for one in table.fields)


def _form_field(
    one: Field,
    typed: Mapping[str, str],
    wrong: Mapping[str, str],
    suggestions: Mapping[str, tuple[tuple[str, str], ...] | None],
    wording: Wording,
) -> FormField:
    value = typed.get(one.name, "")
    options = _options(one, wording)
    if options and value and value not in {code for code, _ in options}:
        options = (*options, (value, value))  # what was typed is never lost
    about = [wording.pick(one.help), "" if options else wording.pick(one.kind.form())]
    return FormField(
        name=one.name,
        label=wording.pick(one.title),
        about=wording.pick(("。", ". ")).join(part for part in about if part),
        widget=_widget(one, value, options),
        value=value,
        required=one.required,
        most=one.kind.most,
        options=options,
        suggestions=suggestions.get(one.name) or (),
        fault=wrong.get(one.name, ""),
    )


def _widget(one: Field, value: str, options: Sequence[tuple[str, str]]) -> str:
    widget = one.kind.widget
    if widget == "choice" and not options:
        return "line"
    if widget == "day" and value:
        try:
            day_of(value)
        except Wrong:
            return "line"  # a date control would show nothing of it
    return widget


def _options(one: Field, wording: Wording) -> tuple[tuple[str, str], ...]:
    if isinstance(one.kind, Choice):
        names = one.kind.names(wording)
        return tuple((code, f"{wording.pick(both)}") for code, both in names.items())
    if isinstance(one.kind, YesNo):
        return tuple((code, one.kind.text(value, wording)) for code, value in (("yes", True), ("no", False)))
    return ()


def typed_of(one: Thing, wording: Wording) -> dict[str, str]:
    """Return a thing's values as they stand in a form."""
    return {field.name: _typed(field, one.values[field.name], wording) for field in one.table.fields}


def blank_of(table: Table, wording: Wording, given: Mapping[str, str]) -> dict[str, str]:
    """Return the values of an empty form: the defaults, and what the address gave."""
    defaults = {
        field.name: _typed(field, field.default, wording) for field in table.fields if not field.required
    }
    return defaults | {
        name: text for name, text in given.items() if name in {one.name for one in table.fields}
    }


def _typed(field: Field, stored: object, wording: Wording) -> str:
    if isinstance(field.kind, Choice):
        return "" if stored is None else str(stored)
    if isinstance(field.kind, YesNo):
        return "yes" if stored else "no"
    return field.kind.text(stored, wording)


def sides(table: Table, typed: Mapping[str, str], theirs: Thing, wording: Wording) -> tuple[Side, ...]:
    """Return both versions of every field side by side."""
    now = typed_of(theirs, wording)
    return tuple(
        Side(
            label=wording.pick(field.title),
            yours=_named(field, typed.get(field.name, ""), wording),
            theirs=_named(field, now[field.name], wording),
        )
        for field in table.fields
    )


def _named(field: Field, text: str, wording: Wording) -> str:
    return dict(_options(field, wording)).get(text, text)


def history_rows(table: Table, changes: Sequence[Changed], wording: Wording) -> tuple[HistoryRow, ...]:
    """Return the changes of a thing in words."""
    return tuple(
        HistoryRow(
            at=f"{one.at.astimezone(wording.zone):%Y-%m-%d %H:%M}",
            who=one.who,
            action=one.action,
            fields=tuple(
                (
                    _title(table, name, wording),
                    _told(table, name, old, wording),
                    _told(table, name, new, wording),
                )
                for name, old, new in one.fields
            ),
        )
        for one in changes
    )


def _title(table: Table, name: str, wording: Wording) -> str:
    field = next((one for one in table.fields if one.name == name), None)
    return name if field is None else wording.pick(field.title)


def _told(table: Table, name: str, value: object, wording: Wording) -> str:
    field = next((one for one in table.fields if one.name == name), None)
    if field is None or value is None or value in ("", []):
        return "" if value is None else str(value) if value != [] else ""
    try:
        return field.kind.text(field.kind.read(value, wording), wording)
    except Wrong:  # an old value that today's rules refuse is still told
        return str(value)


def filters(table: Table, query: ListQuery, wording: Wording) -> tuple[Filter, ...]:
    """Return the ways to narrow a table's list, with the values in force."""
    return tuple(
        Filter(
            name=one.name,
            label=wording.pick(one.title),
            value=query.equal.get(one.name, ""),
            options=_options(one, wording),
        )
        for one in table.fields
        if one.filtered
    )


def page_address(table: Table, query: ListQuery, *, page: int = 1, sort: str | None = None) -> str:
    """Return the address of a page of a list, with its search and filters."""
    parts = {
        "q": query.text,
        **query.equal,
        "sort": query.sort if sort is None else sort,
        "page": "" if page == 1 else str(page),
    }
    told = urlencode({name: value for name, value in parts.items() if value})
    return f"/register/{table.name}" + (f"?{told}" if told else "")


def table_links(wording: Wording) -> tuple[tuple[str, str], ...]:
    """Return (name, title) of every table."""
    return tuple((table.name, wording.pick(table.title)) for table in TABLES.values())
