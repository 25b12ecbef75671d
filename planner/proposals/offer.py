"""What to offer and what it costs: three levels side by side, every line with what it rests on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from planner.errors import InvalidInput
from planner.model import ContractLevel, Level
from planner.proposals.forecast import Forecast
from planner.proposals.prices import PartPrice, PriceBook, Terms

CENT = Decimal("0.01")
_SIXTY = Decimal(60)
MONTHS = Decimal(12)


class Item(StrEnum):
    """What a line of the calculation is for."""

    INSPECTION_LABOUR = "inspection_labour"
    INSPECTION_TRAVEL_TIME = "inspection_travel_time"
    INSPECTION_KILOMETRES = "inspection_kilometres"
    MAINTENANCE_PARTS = "maintenance_parts"
    REPAIR_LABOUR = "repair_labour"
    REPAIR_TRAVEL_TIME = "repair_travel_time"
    REPAIR_KILOMETRES = "repair_kilometres"
    REPAIR_PARTS = "repair_parts"
    RISK = "risk"


class Basis(StrEnum):
    """What a line rests on: our records, the checklists, the price book, or an assumption in it."""

    RECORDS = "records"
    CHECKLISTS = "checklists"
    PRICE_BOOK = "price_book"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitWork:
    """Inspections of one level on one machine in a year.

    Args:
        times: How often; at least 0.
        minutes: Of work each; at least 0.
    """

    equipment_id: str
    equipment_class: str
    level: Level
    times: int
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """The way to the site and back.

    Args:
        minutes, kilometres: There and back; at least 0.
        is_measured: Whether it is from the map or a matrix; otherwise it is assumed.
    """

    minutes: Decimal
    kilometres: Decimal
    is_measured: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Repairs:
    """What a failure takes, from closed repairs of such machines; None where none has recorded it."""

    hours: Decimal | None = None
    parts: Decimal | None = None
    downtime_hours: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What an offer is for.

    Args:
        works: Inspections of a year.
        trips: Visits to the site in a year; at least 0. All work of one day goes in one trip.
        trip: The way.
        failures: Expected in a year.
        repairs: What a failure takes.
        adjustments: Amount put on the price of a level by hand, with its reason; below 0 is a discount.
    """

    works: tuple[VisitWork, ...]
    trips: int
    trip: Trip
    failures: Forecast
    repairs: Repairs
    adjustments: tuple[tuple[ContractLevel, Decimal, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the calculation: quantity times price is the amount.

    Args:
        quantity: Rounded to hundredths.
        unit: `hour`, `kilometre`, `piece`, `percent` or `repair`.
        bases: What quantity and price rest on.
        note: Name of the part, for parts.
    """

    item: Item
    quantity: Decimal
    unit: str
    price: Decimal
    amount: Decimal
    bases: tuple[Basis, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One level of coverage.

    Args:
        lines: The calculation.
        adjustment, reason: Put on by hand; 0 where nobody did.
        price: A year, rounded to whole units of the currency.
        left_to_customer: What failures are expected to cost him beside the price, a year.
        avoided: Cost of standstill that inspections are assumed to save, expected and its range; None where the
            price book makes no such assumption.
    """

    level: ContractLevel
    terms: Terms
    lines: tuple[Line, ...]
    adjustment: Decimal
    reason: str
    price: Decimal
    left_to_customer: Decimal
    avoided: tuple[Decimal, Decimal, Decimal] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartNeed:
    """Parts of a year: how many, of which part of the price book, on how many machines."""

    part: PartPrice
    machines: int
    quantity: Decimal


def part_needs(works: Sequence[VisitWork], book: PriceBook) -> tuple[PartNeed, ...]:
    """Return the parts that the machines need in a year at the price book's intervals, in its order."""
    machines = {one.equipment_id: one.equipment_class for one in works}
    found = []
    for part in book.parts:
        fitting = sum(not part.equipment_class or part.equipment_class == one for one in machines.values())
        if fitting:
            quantity = (part.quantity * fitting * MONTHS / part.every_months).quantize(CENT, ROUND_HALF_UP)
            found.append(PartNeed(part=part, machines=fitting, quantity=quantity))
    return tuple(found)


def options(request: Request, book: PriceBook) -> tuple[Option, ...]:
    """Return the three levels of coverage, the smallest first; each holds the lines of those before it.

    Raises:
        InvalidInput: A number below zero.
    """
    _refuse(request)
    inspection = tuple(_inspection(request, book))
    labour = tuple(_repair_labour(request, book))
    parts = tuple(_repair_parts(request, book))
    found = []
    for level, lines, taken in (
        (ContractLevel.INSPECTION, inspection, ()),
        (ContractLevel.LABOUR, inspection + labour, labour),
        (ContractLevel.ALL_IN, inspection + labour + parts, labour + parts),
    ):
        risk = _risk(taken, book)
        lines_of_level = lines + ((risk,) if risk else ())
        adjustment = sum((amount for one, amount, _ in request.adjustments if one is level), Decimal(0))
        reasons = "; ".join(reason for one, _, reason in request.adjustments if one is level)
        price = (sum((one.amount for one in lines_of_level), Decimal(0)) + adjustment).quantize(
            Decimal(1), ROUND_HALF_UP
        )
        left = sum((one.amount for one in labour + parts if one not in taken), Decimal(0))
        found.append(
            Option(
                level=level,
                terms=book.terms.get(level, Terms()),
                lines=lines_of_level,
                adjustment=adjustment,
                reason=reasons,
                price=max(Decimal(0), price),
                left_to_customer=left,
                avoided=_avoided(request, book),
            )
        )
    return tuple(found)


def _refuse(request: Request) -> None:
    faults = [
        f"{one.equipment_id}: {one.times} inspections of {one.minutes} minutes; both must be at least 0"
        for one in request.works
        if one.times < 0 or one.minutes < 0
    ]
    if request.trips < 0 or request.trip.minutes < 0 or request.trip.kilometres < 0:
        faults.append(
            f"{request.trips} trips of {request.trip.minutes} minutes and {request.trip.kilometres} km; "
            "none may be below 0"
        )
    if faults:
        raise InvalidInput(faults)


def _inspection(request: Request, book: PriceBook) -> Iterable[Line]:
    minutes = sum((Decimal(one.times * one.minutes) for one in request.works), Decimal(0))
    yield _line(Item.INSPECTION_LABOUR, minutes / _SIXTY, "hour", book.labour_hour, Basis.CHECKLISTS)
    way = Basis.RECORDS if request.trip.is_measured else Basis.ASSUMED
    yield _line(
        Item.INSPECTION_TRAVEL_TIME,
        request.trips * request.trip.minutes / _SIXTY,
        "hour",
        book.travel_hour,
        way,
    )
    yield _line(
        Item.INSPECTION_KILOMETRES, request.trips * request.trip.kilometres, "kilometre", book.kilometre, way
    )
    for need in part_needs(request.works, book):
        price = need.part.price * (1 + book.margin_percent / 100)
        basis = Basis.PRICE_BOOK if need.part.source else Basis.ASSUMED
        yield _line(Item.MAINTENANCE_PARTS, need.quantity, "piece", price, basis, note=need.part.name)


def _repair_labour(request: Request, book: PriceBook) -> Iterable[Line]:
    number = _number(request)
    known = request.repairs.hours is not None
    hours = request.repairs.hours if request.repairs.hours is not None else book.repair_hours
    basis = Basis.RECORDS if known else Basis.ASSUMED
    way = Basis.RECORDS if request.trip.is_measured else Basis.ASSUMED
    yield _line(Item.REPAIR_LABOUR, number * hours, "hour", book.labour_hour, Basis.RECORDS, basis)
    yield _line(
        Item.REPAIR_TRAVEL_TIME,
        number * request.trip.minutes / _SIXTY,
        "hour",
        book.travel_hour,
        Basis.RECORDS,
        way,
    )
    yield _line(
        Item.REPAIR_KILOMETRES,
        number * request.trip.kilometres,
        "kilometre",
        book.kilometre,
        Basis.RECORDS,
        way,
    )


def _repair_parts(request: Request, book: PriceBook) -> Iterable[Line]:
    known = request.repairs.parts is not None
    cost = request.repairs.parts if request.repairs.parts is not None else book.repair_parts
    price = cost * (1 + book.margin_percent / 100)
    basis = Basis.RECORDS if known else Basis.ASSUMED
    yield _line(Item.REPAIR_PARTS, _number(request), "repair", price, Basis.RECORDS, basis)


def _risk(taken: Sequence[Line], book: PriceBook) -> Line | None:
    amount = sum((one.amount for one in taken), Decimal(0))
    if not amount or not book.risk_percent:
        return None
    return Line(
        item=Item.RISK,
        quantity=book.risk_percent,
        unit="percent",
        price=amount,
        amount=(amount * book.risk_percent / 100).quantize(CENT, ROUND_HALF_UP),
        bases=(Basis.ASSUMED,),
    )


def _avoided(request: Request, book: PriceBook) -> tuple[Decimal, Decimal, Decimal] | None:
    hours = request.repairs.downtime_hours
    if hours is None:
        hours = book.downtime_hours
    if book.avoidable_percent is None or book.downtime_hour is None or hours is None:
        return None
    each = hours * book.downtime_hour * book.avoidable_percent / 100
    mean, low, high = (
        (Decimal(str(round(number, 6))) * each).quantize(Decimal(1), ROUND_HALF_UP)
        for number in (request.failures.mean, request.failures.low, request.failures.high)
    )
    return mean, low, high


def _number(request: Request) -> Decimal:
    return Decimal(str(round(request.failures.mean, 6)))


def _line(item: Item, quantity: Decimal, unit: str, price: Decimal, *bases: Basis, note: str = "") -> Line:
    quantity = quantity.quantize(CENT, ROUND_HALF_UP)
    price = price.quantize(CENT, ROUND_HALF_UP)
    return Line(
        item=item,
        quantity=quantity,
        unit=unit,
        price=price,
        amount=(quantity * price).quantize(CENT, ROUND_HALF_UP),
        bases=tuple(dict.fromkeys(bases)),
        note=note,
    )
