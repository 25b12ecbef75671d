"""Rows of spare parts and of what lies where: in a store, or in a technician's van. Both are tables of the register."""

from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from sqlalchemy import ColumnElement, Text, UniqueConstraint, cast
from sqlmodel import Field, Session, col, func, or_, select

from kb.store.columns import JsonText
from kb.store.tables import RegisterRow, TechnicianRow

_CHUNK = 400
_ASCII_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)


class PartRow(RegisterRow, table=True):
    """A spare part; `alternatives` are numbers of parts that do as well."""

    __tablename__ = "parts"
    number: str = Field(unique=True, max_length=64)
    name: str = Field(default="", index=True)
    part_class: str = Field(default="", index=True, max_length=20)
    alternatives: Any = Field(default_factory=list, sa_type=JsonText)
    unit: str = Field(default="", max_length=20)


class StockRow(RegisterRow, table=True):
    """How many of a part lie at a place; below zero where more was used than the books knew."""

    __tablename__ = "stock"
    __table_args__ = (UniqueConstraint("part_id", "place", name="uq_stock_part_place"),)
    part_id: str = Field(foreign_key="parts.id", index=True)
    place: str = Field(index=True, max_length=80)
    technician_id: str | None = Field(default=None, foreign_key="technicians.id", index=True)
    quantity: float = Field(default=0)
    minimum: float = Field(default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What lies at one place.

    Args:
        technician_id: Whose van it is; None for a store.
    """

    id: str
    part_id: str
    place: str
    technician_id: str | None
    technician: str
    quantity: float
    minimum: float


def folded(number: str) -> str:
    """Return a part number as it is compared: without spaces, whatever its case."""
    return "".join(number.split()).casefold()


def _as_sqlite(number: str) -> str:
    """Return a part number as SQLite lowers it: letters of ASCII alone, so that the Φ of Φ12 stays as it is printed."""
    return "".join(number.split()).upper().translate(_ASCII_LOWER)


def parts_numbered(session: Session, numbers: Sequence[str]) -> list[PartRow]:
    """Return the parts in use with these numbers, however they are spaced and cased."""
    wanted = sorted({form for one in numbers if one.strip() for form in (folded(one), _as_sqlite(one))})
    found: list[PartRow] = []
    plain = func.lower(func.replace(PartRow.number, " ", ""))
    for start in range(0, len(wanted), _CHUNK):
        query = select(PartRow).where(
            plain.in_(wanted[start : start + _CHUNK]), col(PartRow.retired).is_(False)
        )
        found += session.exec(query.order_by(col(PartRow.number)))
    return found


def parts_named(session: Session, names: Sequence[str]) -> list[PartRow]:
    """Return the parts in use with these names."""
    wanted = sorted({one.strip() for one in names if one.strip()})
    found: list[PartRow] = []
    for start in range(0, len(wanted), _CHUNK):
        query = select(PartRow).where(
            col(PartRow.name).in_(wanted[start : start + _CHUNK]), col(PartRow.retired).is_(False)
        )
        found += session.exec(query.order_by(col(PartRow.number)))
    return found


def held_of(session: Session, part_ids: Sequence[str]) -> list[Held]:
    """Return what lies where of parts, by place; what is retired is left out."""
    found: list[Held] = []
    wanted = sorted(set(part_ids))
    for start in range(0, len(wanted), _CHUNK):
        query = (
            select(StockRow, TechnicianRow.name)
            .outerjoin(TechnicianRow, col(TechnicianRow.id) == col(StockRow.technician_id))
            .where(
                col(StockRow.part_id).in_(wanted[start : start + _CHUNK]), col(StockRow.retired).is_(False)
            )
            .order_by(col(StockRow.place), col(StockRow.id))
        )
        found += [_held(row, name) for row, name in session.exec(query)]
    return found


def held_by(session: Session, technician_id: str | None, *, most: int) -> list[tuple[PartRow, Held]]:
    """Return what lies in a technician's van and in the stores, the van first; at most `most`."""
    ways: list[ColumnElement[bool]] = [col(StockRow.technician_id).is_(None)]
    if technician_id is not None:
        ways.append(col(StockRow.technician_id) == technician_id)
    query = (
        select(PartRow, StockRow, TechnicianRow.name)
        .join(StockRow, col(StockRow.part_id) == col(PartRow.id))
        .outerjoin(TechnicianRow, col(TechnicianRow.id) == col(StockRow.technician_id))
        .where(or_(*ways), col(StockRow.retired).is_(False), col(PartRow.retired).is_(False))
        .order_by(col(StockRow.technician_id).is_(None), col(PartRow.number), col(StockRow.place))
        .limit(most)
    )
    return [(part, _held(row, name)) for part, row, name in session.exec(query)]


def _held(row: StockRow, technician: str | None) -> Held:
    return Held(
        id=row.id,
        part_id=row.part_id,
        place=row.place,
        technician_id=row.technician_id,
        technician=technician or "",
        quantity=row.quantity,
        minimum=row.minimum,
    )


def stock_row(session: Session, id: str) -> StockRow | None:
    """Return the row of a part at a place."""
    return session.get(StockRow, id)


def part_page(
    session: Session, conditions: Sequence[ColumnElement[bool]], *, first: int, size: int
) -> tuple[list[PartRow], int]:
    """Return parts that meet all conditions, by number, and how many there are."""
    total = session.exec(select(func.count()).select_from(PartRow).where(*conditions)).one()
    query = select(PartRow).where(*conditions).order_by(col(PartRow.number)).offset(first).limit(size)
    return list(session.exec(query)), total


def part_conditions(
    *, text: str = "", part_class: str = "", place: str = "", short: bool = False
) -> list[ColumnElement[bool]]:
    """Return the conditions of a selection of parts in use; what is empty selects nothing out.

    Args:
        text: In number, name or the alternatives.
        place: Parts that are kept there.
        short: Parts of which less than the minimum lies at a place.
    """
    found: list[ColumnElement[bool]] = [col(PartRow.retired).is_(False)]
    if text:
        ways = [col(one).icontains(text, autoescape=True) for one in (PartRow.number, PartRow.name)]
        found.append(or_(*ways, cast(col(PartRow.alternatives), Text).icontains(text, autoescape=True)))
    if part_class:
        found.append(col(PartRow.part_class) == part_class)
    if place or short:
        kept = select(StockRow.part_id).where(col(StockRow.retired).is_(False))
        if place:
            kept = kept.where(col(StockRow.place) == place)
        if short:
            kept = kept.where(col(StockRow.quantity) < col(StockRow.minimum))
        found.append(col(PartRow.id).in_(kept))
    return found


def places(session: Session) -> list[tuple[str, str | None]]:
    """Return the places at which something is kept, stores first, each with whose van it is."""
    query = (
        select(StockRow.place, func.max(StockRow.technician_id))
        .where(col(StockRow.retired).is_(False))
        .group_by(col(StockRow.place))
    )
    return sorted(
        ((str(place), owner) for place, owner in session.exec(query)), key=lambda one: (one[1] or "", one[0])
    )


def count_short(session: Session) -> int:
    """Return at how many places less than the minimum of a part lies."""
    query = (
        select(func.count())
        .select_from(StockRow)
        .join(PartRow, col(PartRow.id) == col(StockRow.part_id))
        .where(
            col(StockRow.retired).is_(False),
            col(PartRow.retired).is_(False),
            col(StockRow.quantity) < col(StockRow.minimum),
        )
    )
    return session.exec(query).one()


def has_stock(session: Session) -> bool:
    """Whether stock is recorded at all."""
    return session.exec(select(StockRow.id).limit(1)).first() is not None
