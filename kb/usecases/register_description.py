"""How a table of the register is described: its fields, their names in both languages, and what holds between them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kb.usecases.register_kinds import Choice, Kind, Lines, Names, Reference, Wrong, YesNo

Values = Mapping[str, Any]
"""Stored value by field name; a reference is the code of the row it leads to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field.

    Args:
        name: Its name for programs.
        title: Its name for people, and the head of its column in a workbook.
        kind: What it may hold.
        column: The column that keeps it; its own name where empty.
        required: Whether every row must give it.
        default: The stored value where none is given.
        help: What it means, where the name does not say it.
        example: A value as a person types it, for the template.
        listed: Whether lists show it.
        searched: Whether the search looks into it.
        filtered: Whether lists can be narrowed by it.
    """

    name: str
    title: Names
    kind: Kind
    column: str = ""
    required: bool = False
    default: Any = ""
    help: Names = ("", "")
    example: str = ""
    listed: bool = False
    searched: bool = False
    filtered: bool = False

    @property
    def kept_in(self) -> str:
        """The column that keeps it."""
        return self.column or self.name

    @property
    def reference(self) -> str:
        """The table it leads to; empty where it leads nowhere."""
        return self.kind.table if isinstance(self.kind, Reference) else ""

    @property
    def sortable(self) -> bool:
        """Whether lists can be sorted by it: whatever is one value."""
        return self.kind.widget != "lines" and self.default != []

    def choices(self, lists: Mapping[str, Mapping[str, Names]]) -> Mapping[str, Names]:
        """Return the names by code that it may hold; empty where it is no choice."""
        if not isinstance(self.kind, Choice):
            return {}
        return self.kind.options or lists.get(self.kind.vocabulary, {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What holds between fields of one row.

    Args:
        fields: The fields that it looks at; it is asked only where each of them is right by itself.
        check: Yields the field at fault and what is wrong.
    """

    fields: tuple[str, ...]
    check: Callable[[Values], Iterable[tuple[str, Wrong]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table.

    Args:
        name: Its name for programs and in addresses.
        title: What its rows are called, and its sheet in a workbook.
        single: What one row is called.
        handle: The field that stands in addresses; `id` where people have no name for a row.
        key: The fields by which a workbook's row is matched with one that is there.
        named_by: Fields that follow the handle where a row is named.
        fields: Its fields, in the order in which people give them; `retired` and `notes` are added at the end.
        rules: What holds between the fields.
        says: What the table is for.
    """

    name: str
    title: Names
    single: Names
    handle: str
    key: tuple[str, ...]
    named_by: tuple[str, ...]
    own_fields: tuple[Field, ...]
    rules: tuple[Rule, ...] = ()
    says: Names = ("", "")

    @property
    def fields(self) -> tuple[Field, ...]:
        """All fields in order."""
        return (*self.own_fields, *_EVERYWHERE)

    def field(self, name: str) -> Field:
        """Return a field by name; it must be there."""
        return next(one for one in self.fields if one.name == name)

    @property
    def references(self) -> tuple[Field, ...]:
        """The fields that lead to other rows."""
        return tuple(one for one in self.fields if one.reference)


_EVERYWHERE = (
    Field(
        name="notes",
        title=("备注", "Notes"),
        kind=Lines(),
        searched=True,
    ),
    Field(
        name="retired",
        title=("停用", "Retired"),
        kind=YesNo(),
        default=False,
        filtered=True,
        help=(
            "停用代替删除：历史保留，不再参与计划",
            "retired instead of deleted: the history stays, plans leave it out",
        ),
        example="否",
    ),
)
