"""What lies where: spare parts in stores and vans, what is short, and what else would do."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from kb.errors import BadQuery, Message
from kb.store import Store
from kb.store import stock as rows
from kb.store.register import Session
from kb.store.stock import Held, folded
from planner.proposals import PartClass

PAGE_SIZES = range(1, 501)


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLine:
    """A part and where it lies.

    Args:
        number: Of the maker.
        alternatives: Numbers of parts that do as well.
        held: Its places.
    """

    number: str
    name: str
    part_class: str
    alternatives: tuple[str, ...]
    unit: str
    held: tuple[Held, ...]

    @property
    def total(self) -> float:
        """How many lie anywhere; what was used beyond the books counts against it."""
        return sum(one.quantity for one in self.held)

    @property
    def short(self) -> tuple[Held, ...]:
        """Places with less than their minimum."""
        return tuple(one for one in self.held if one.quantity < one.minimum)

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            "number": self.number,
            "name": self.name,
            "part_class": self.part_class,
            "alternatives": list(self.alternatives),
            "unit": self.unit,
            "total": self.total,
            "held": [
                {
                    "id": one.id,
                    "place": one.place,
                    "technician": one.technician or None,
                    "quantity": one.quantity,
                    "minimum": one.minimum,
                    "short": one.quantity < one.minimum,
                }
                for one in self.held
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class StockWish:
    """Which parts; what is empty selects nothing out.

    Args:
        text: In number, name or alternatives.
        part_class: Common, wearing or maintenance.
        place: Parts that are kept there.
        short: Parts of which less than the minimum lies at a place.
        page, size: From 1; 1 to 500 parts.
    """

    text: str = ""
    part_class: str = ""
    place: str = ""
    short: bool = False
    page: int = 1
    size: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class StockPage:
    """A page of parts by number.

    Args:
        places: Every place, stores first.
        short: At how many places less than the minimum lies, whatever was asked for.
    """

    items: tuple[StockLine, ...]
    total: int
    page: int
    size: int
    places: tuple[str, ...]
    short: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least 1."""
        return max(1, -(-self.total // self.size))

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            "items": [one.json() for one in self.items],
            "page": self.page,
            "size": self.size,
            "total": self.total,
            "places": list(self.places),
            "short": self.short,
        }


def stock(store: Store, wish: StockWish) -> StockPage:
    """Return a page of parts with where they lie.

    Raises:
        BadQuery: The page is out of bounds, or the class is none.
    """
    if wish.size not in PAGE_SIZES or wish.page < 1 or "\0" in wish.text + wish.place:
        raise BadQuery(
            Message(
                "page {page} of {size}: pages count from 1 and have 1 to {most} parts",
                page=wish.page,
                size=wish.size,
                most=PAGE_SIZES[-1],
            )
        )
    classes = [one.value for one in PartClass]
    if wish.part_class and wish.part_class not in classes:
        raise BadQuery(
            Message("{value!r} is no class of parts: {names}", value=wish.part_class[:40], names=classes)
        )
    with store.reading() as session:
        conditions = rows.part_conditions(
            text=wish.text.strip(), part_class=wish.part_class, place=wish.place, short=wish.short
        )
        found, total = rows.part_page(session, conditions, first=(wish.page - 1) * wish.size, size=wish.size)
        return StockPage(
            items=_lines(session, found),
            total=total,
            page=wish.page,
            size=wish.size,
            places=tuple(place for place, _ in rows.places(session)),
            short=rows.count_short(session),
        )


def _lines(session: Session, found: Sequence[rows.PartRow]) -> tuple[StockLine, ...]:
    held = defaultdict(list)
    for one in rows.held_of(session, [row.id for row in found]):
        held[one.part_id].append(one)
    return tuple(
        StockLine(
            number=row.number,
            name=row.name,
            part_class=row.part_class,
            alternatives=tuple(row.alternatives),
            unit=row.unit,
            held=tuple(held[row.id]),
        )
        for row in found
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the register knows of some parts.

    Args:
        lines: By folded number.
        named: By name, for parts of which nobody says a number.
        is_recorded: Whether stock is recorded at all.
    """

    lines: dict[str, StockLine]
    named: dict[str, tuple[StockLine, ...]]
    is_recorded: bool

    def line(self, number: str) -> StockLine | None:
        """Return a part by its number, however that is spaced and cased."""
        return self.lines.get(folded(number)) if number.strip() else None


def known_parts(store: Store, numbers: Sequence[str], names: Sequence[str] = ()) -> Known:
    """Return what the register knows of parts with these numbers or names, and of their alternatives."""
    with store.reading() as session:
        found = _lines(session, rows.parts_numbered(session, numbers))
        called = _lines(session, rows.parts_named(session, names))
        others = [other for one in (*found, *called) for other in one.alternatives]
        found += _lines(session, rows.parts_numbered(session, others))
        return Known(
            lines={folded(one.number): one for one in (*called, *found)},
            named={
                name: tuple(one for one in called if one.name == name)
                for name in {one.name for one in called}
            },
            is_recorded=rows.has_stock(session),
        )
