"""How a kind of record is described: its fields, states, who may move it where, its days, its number.

The fields of a kind are those of the register's description (`Field`), so that forms, API and workbooks read and show
them alike; what only records have stands here.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kb.i18n import Language
from kb.usecases.accounts import Role
from kb.usecases.register_checking import is_blank
from kb.usecases.register_days import Day
from kb.usecases.register_description import Field, Table
from kb.usecases.register_kinds import Kind, Lines, Names, Reference, Wording, Wrong

Row = dict[str, Any]


class RowsWrong(Wrong):
    """What is wrong with the rows of a field: every cell at fault."""

    def __init__(self, cells: Sequence[tuple[int, Names, Wrong]]) -> None:
        super().__init__("rows")
        self.cells = tuple(cells)

    def told(self, language: Language) -> tuple[str, str]:
        """Return every cell at fault in a language."""
        said = []
        for number, title, wrong in self.cells:
            what, repair = wrong.told(language)
            name = title[0] if language == "zh_CN" else title[1]
            said.append(f"{number} · {name}: {what}" + (f" → {repair}" if repair else ""))
        return "; ".join(said), ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows(Kind):
    """A small table inside a record, such as milestones; each row is a mapping of JSON values by column.

    Args:
        columns: The columns; a row in which all that may be typed is blank is left out.
        fixed: Columns that are given when the record is made: nobody adds, drops or renames such rows later.
        due: The column with the day by which a row must be done.
        done: The column that says that a row is done, by being filled.
        least: How many rows there must be in a state that needs the field.
    """

    columns: tuple[Field, ...]
    fixed: tuple[str, ...] = ()
    due: str = ""
    done: str = ""
    least: int = 0
    most: int = 400
    widget = "rows"

    def read(self, value: object, wording: Wording) -> object:
        """Return the rows."""
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError as error:
                raise Wrong("is no list of rows", "give a JSON list of objects") from error
        if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
            raise Wrong("is no list of rows", "give a JSON list of objects")
        if len(value) > self.most:
            raise Wrong("has {count} rows", "use at most {most}", count=len(value), most=self.most)
        rows: list[Row] = []
        wrongs: list[tuple[int, Names, Wrong]] = []
        for number, raw in enumerate(value, start=1):
            if all(is_blank(one) for one in raw.values()):
                continue
            rows.append(self._row(number, raw, wording, wrongs))
        if wrongs:
            raise RowsWrong(wrongs)
        return rows

    def _row(
        self,
        number: int,
        raw: Mapping[str, object],
        wording: Wording,
        wrongs: list[tuple[int, Names, Wrong]],
    ) -> Row:
        row: Row = {}
        known = {one.name for one in self.columns}
        for name in raw:
            if name not in known:
                wrong = Wrong("is not a field", "use {names}", names=", ".join(sorted(known)))
                wrongs.append((number, (str(name)[:40], str(name)[:40]), wrong))
        for one in self.columns:
            if is_blank(raw.get(one.name)):
                if one.required:
                    wrongs.append((number, one.title, Wrong("is missing", "every row needs it")))
                row[one.name] = one.kind.json(one.default)
                continue
            try:
                row[one.name] = one.kind.json(one.kind.read(raw[one.name], wording))
            except Wrong as wrong:
                wrongs.append((number, one.title, wrong))
        return row

    def cells(self, row: Row, wording: Wording) -> tuple[str, ...]:
        """Return the cells of a row as a person reads them."""
        shown = []
        for one in self.columns:
            value = row.get(one.name)
            text = str(value or "") if isinstance(one.kind, Day) else one.kind.text(value, wording)
            shown.append("" if value is None else text)
        return tuple(shown)

    def text(self, stored: object, wording: Wording) -> str:
        """Return the rows, one a line."""
        if not isinstance(stored, list):
            return ""
        return "\n".join(" · ".join(cell for cell in self.cells(row, wording) if cell) for row in stored)

    def schema(self, wording: Wording) -> dict[str, object]:
        """Return the schema."""
        names = {one.name: {"description": one.title[1]} for one in self.columns}
        return {
            "type": "array",
            "maxItems": self.most,
            "items": {"type": "object", "properties": names, "additionalProperties": False},
        }

    def form(self) -> Names:
        """Return what may be typed."""
        return "逐行填写，空行不保存", "row by row; empty rows are left out"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordField(Field):
    """A field of a record.

    Args:
        unit: What a number counts.
        needed_in: States in which it must be filled; of rows, in which each row must be done.
        needed_when: A field and the values of it with which this one must be filled; with `needed_in` in those states only.
        private: Whether only planners see and set it.
        fixed: Whether it stays as it was when the record was made.
    """

    unit: Names = ("", "")
    needed_in: tuple[str, ...] = ()
    needed_when: tuple[str, tuple[str, ...]] | None = None
    private: bool = False
    fixed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where a record may stand; a closed one waits for nothing."""

    code: str
    names: Names
    closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A way from some states into another.

    Args:
        names: What the button says.
        needs: The least role of who may go it.
        with_note: Whether the reason must be given.
    """

    to: str
    origins: tuple[str, ...]
    names: Names
    needs: Role = Role.ENGINEER
    with_note: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRule:
    """By when a record must be closed, where nobody says another day.

    Args:
        working_days: Working days after the day on which it is made; 0 for none.
        by_field: A field whose value decides instead, with the working days by value.
        by_day: A field that holds the day itself.
    """

    working_days: int = 0
    by_field: tuple[str, Mapping[str, int]] | None = None
    by_day: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """Whom an open record has to be brought before once it is so many working hours old."""

    hours: int
    names: Names


Prepare = Callable[[dict[str, Any], date, Language], dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordKind(Table):
    """One kind of record.

    Args:
        prefix: Begins its numbers.
        states: The first is where a new record stands.
        moves: The ways between them.
        writes: The least role of who may make and change it.
        due: By when it must be closed.
        escalations: In rising order of hours; they hold while the record is in one of `escalated_in`.
        prepare: Fills values of a new record that follow from others.
        groups: Headings of a document by the first field under them.
    """

    prefix: str
    states: tuple[State, ...]
    moves: tuple[Move, ...]
    writes: Role = Role.ENGINEER
    due: DueRule = DueRule()
    escalations: tuple[Escalation, ...] = ()
    escalated_in: tuple[str, ...] = ()
    prepare: Prepare | None = None
    handle: str = "number"
    key: tuple[str, ...] = ()
    named_by: tuple[str, ...] = ("title",)

    @property
    def fields(self) -> tuple[Field, ...]:
        """All fields in the order in which people give them."""
        return (*HEAD, *self.own_fields, *TAIL)

    def state(self, code: str) -> State:
        """Return a state; one that the kind has lost since is closed under its code."""
        found = (one for one in self.states if one.code == code)
        return next(found, State(code=code, names=(code, code), closed=True))

    def moves_from(self, code: str) -> tuple[Move, ...]:
        """Return the ways out of a state."""
        return tuple(one for one in self.moves if code in one.origins)

    @property
    def row_fields(self) -> tuple[tuple[Field, Rows], ...]:
        """The fields that hold rows."""
        return tuple((one, one.kind) for one in self.own_fields if isinstance(one.kind, Rows))


HEAD: tuple[RecordField, ...] = (
    RecordField(name="title", title=("标题", "Title"), kind=Kind(most=200), required=True, searched=True),
    RecordField(
        name="customer",
        title=("客户", "Customer"),
        kind=Reference(table="customers"),
        default=None,
        column="customer_id",
    ),
    RecordField(
        name="site", title=("现场", "Site"), kind=Reference(table="sites"), default=None, column="site_id"
    ),
    RecordField(
        name="equipment",
        title=("设备", "Machine"),
        kind=Reference(table="equipment"),
        default=None,
        column="equipment_id",
        help=("填设备即可，现场和客户随之带出", "a machine brings its site and customer with it"),
    ),
)
TAIL: tuple[RecordField, ...] = (
    RecordField(name="owner", title=("负责人", "Owner"), kind=Kind(most=80)),
    RecordField(
        name="due",
        title=("期限", "Due"),
        kind=Day(),
        default=None,
        help=("留空则按规则计算", "left empty, it follows from the rule"),
    ),
    RecordField(
        name="visit", title=("关联巡检", "Visit"), kind=Kind(most=200), default=None, column="visit_key"
    ),
    RecordField(
        name="order", title=("关联工单", "Work order"), kind=Kind(most=64), default=None, column="order_id"
    ),
    RecordField(
        name="about",
        title=("关联记录", "Other record"),
        kind=Kind(most=64),
        default=None,
        column="about_id",
        help=("另一条记录的编号", "the number of another record"),
    ),
    RecordField(name="notes", title=("备注", "Notes"), kind=Lines(), searched=True),
)
LINKS = ("customer", "site", "equipment", "visit", "order", "about")
COLUMNS = ("title", *LINKS, "owner", "due")
"""Fields that stand in columns; the others are JSON."""
