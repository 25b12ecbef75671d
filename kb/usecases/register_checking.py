"""Whether a row is right: each field by itself, the fields together, and the row among the others. All faults at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from kb.errors import Fault
from kb.usecases.register_description import Table, Values
from kb.usecases.register_kinds import Wording, Wrong

DEEPEST_PARENTS = 20
"""Machines mounted on machines; a longer chain is a circle or a mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """One field that is wrong."""

    field: str
    wrong: Wrong

    def fault(self, wording: Wording, where: str = "") -> Fault:
        """Return the fault in the reader's language, at `where` or at the field's name."""
        what, repair = self.wrong.told(wording.language)
        return Fault(where=where or self.field, what=what, repair=repair)


class Surroundings(Protocol):
    """What a row is checked against: the other rows, in the database or in the file that is being imported."""

    def id_of(self, table: str, handle: str) -> str | None:
        """Return the id of the row that people know by `handle`."""

    def id_with_key(self, table: Table, values: Values) -> str | None:
        """Return the id of the row whose key fields have these values."""

    def parent_of(self, equipment_id: str) -> str | None:
        """Return the id of the machine that a machine is mounted on."""


def is_blank(value: object) -> bool:
    """Whether a person or a program left a value out."""
    return value is None or (isinstance(value, str) and not value.strip())


def read_values(
    table: Table, raw: Mapping[str, object], wording: Wording, base: Values | None = None
) -> tuple[dict[str, Any], list[Flaw]]:
    """Return the stored values by field, and what is wrong with the others.

    Args:
        table: The table.
        raw: JSON values or typed texts by field; an empty one means the default.
        wording: Language, zone and code lists.
        base: Values of the fields that `raw` leaves out; None means their defaults.
    """
    flaws = [
        Flaw(
            field=str(name)[:80],
            wrong=Wrong("is not a field", "use {names}", names=", ".join(one.name for one in table.fields)),
        )
        for name in raw
        if name not in {one.name for one in table.fields}
    ]
    values: dict[str, Any] = {}
    for one in table.fields:
        if one.name not in raw and base is not None:
            values[one.name] = base[one.name]
        elif is_blank(raw.get(one.name)):
            if one.required:
                flaws.append(Flaw(field=one.name, wrong=Wrong("is missing", "every row needs it")))
            else:
                values[one.name] = list(one.default) if isinstance(one.default, list) else one.default
        else:
            try:
                values[one.name] = one.kind.read(raw[one.name], wording)
            except Wrong as wrong:
                flaws.append(Flaw(field=one.name, wrong=wrong))
    for rule in table.rules:
        if all(name in values for name in rule.fields):
            flaws += [Flaw(field=name, wrong=wrong) for name, wrong in rule.check(values)]
    return values, flaws


def flaws_among_others(table: Table, values: Values, own_id: str | None, around: Surroundings) -> list[Flaw]:
    """Return what is wrong with a row among the others: references that lead nowhere, a key that is taken, circles.

    Args:
        table: The table.
        values: Stored values by field; fields that are wrong by themselves are left out.
        own_id: The row's id; None for a new one.
        around: The other rows.
    """
    flaws = []
    for one in table.references:
        code = values.get(one.name)
        if code and around.id_of(one.reference, code) is None:
            flaws.append(
                Flaw(
                    field=one.name,
                    wrong=Wrong(
                        "no row of {table} has the code {code!r}",
                        "add it first",
                        table=one.reference,
                        code=code,
                    ),
                )
            )
    if all(name in values for name in table.key):
        holder = around.id_with_key(table, values)
        if holder is not None and holder != own_id:
            flaws.append(
                Flaw(
                    field=table.key[-1],
                    wrong=Wrong(
                        "{code!r} is taken by another row", "give another", code=str(values[table.key[-1]])
                    ),
                )
            )
    if table.name == "equipment" and own_id is not None and values.get("parent") != values.get("tag"):
        flaws += _circle(values.get("parent"), own_id, around)
    return flaws


def _circle(parent: str | None, own_id: str, around: Surroundings) -> Iterable[Flaw]:
    above = around.id_of("equipment", parent) if parent else None
    for _ in range(DEEPEST_PARENTS):
        if above is None:
            return ()
        if above == own_id:
            break
        above = around.parent_of(above)
    wrong = Wrong(
        "{code!r} is itself mounted on this machine", "name another, or leave it empty", code=parent
    )
    return (Flaw(field="parent", wrong=wrong),)
