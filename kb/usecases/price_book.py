"""The department's price book: written as a whole, each version kept, the newest in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kb.errors import BadInput, Conflict, Fault, Message, NotFound
from kb.store import Store
from kb.store import proposals as rows
from kb.store.register import Change, Session, record
from planner.errors import InvalidInput
from planner.model import ContractLevel, ResponseTimes
from planner.proposals import PartClass, PartPrice, PriceBook, Terms

AUDITED = "price_books"
Amount = Annotated[Decimal, Field(ge=0, le=10_000_000, max_digits=12, decimal_places=4)]
Percent = Annotated[Decimal, Field(ge=0, le=1000, max_digits=8, decimal_places=2)]
Hours = Annotated[Decimal, Field(ge=0, le=10_000, max_digits=9, decimal_places=2)]
Short = Annotated[str, Field(max_length=200)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class PartBody(_Body):
    """A part that is changed at intervals."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    part_class: PartClass = PartClass.MAINTENANCE
    equipment_class: Annotated[str, Field(max_length=10)] = ""
    number: Annotated[str, Field(max_length=80)] = ""
    every_months: Annotated[int, Field(ge=1, le=240)]
    quantity: Annotated[Decimal, Field(gt=0, le=10_000)] = Decimal(1)
    price: Amount
    source: Short = ""


class TermsBody(_Body):
    """What a level promises, in working hours, and what it does not cover."""

    response_hours: Hours | None = None
    arrival_hours: Hours | None = None
    restore_hours: Hours | None = None
    resolution_hours: Hours | None = None
    exclusions: Annotated[tuple[Short, ...], Field(max_length=30)] = ()


class PriceBookBody(_Body):
    """A price book as it is written; prices without tax."""

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "CNY"
    labour_hour: Amount
    travel_hour: Amount
    kilometre: Amount
    margin_percent: Percent = Decimal(0)
    risk_percent: Percent = Decimal(0)
    repair_hours: Hours
    repair_parts: Amount
    avoidable_percent: Annotated[Decimal, Field(ge=0, le=100)] | None = None
    downtime_hour: Amount | None = None
    downtime_hours: Hours | None = None
    parts: Annotated[tuple[PartBody, ...], Field(max_length=500)] = ()
    terms: dict[ContractLevel, TermsBody] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBook:
    """A price book as it is kept; `body` is as it was written."""

    id: str
    number: int
    created_at: datetime
    created_by: str
    note: str
    body: Mapping[str, Any]

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            "id": self.id,
            "number": self.number,
            "created_at": self.created_at.isoformat(),
            "created_by": self.created_by,
            "note": self.note,
            **self.body,
        }


def price_book(store: Store) -> KeptBook | None:
    """Return the price book in force; None where nobody has written one."""
    with store.reading() as session:
        row = rows.newest_price_book(session)
        return _kept(row) if row else None


def write_price_book(
    store: Store,
    raw: Mapping[str, Any],
    *,
    id: str,
    seen: int | None,
    note: str = "",
    who: str,
    now: datetime,
) -> KeptBook:
    """Keep a price book as the one in force; the same again keeps the one that is there.

    Args:
        raw: As `PriceBookBody` describes it.
        id: Of the new version.
        seen: Number of the version that it was made from; None overwrites whatever is there.

    Raises:
        BadInput: Every fault, by field.
        Conflict: Another version is in force by now.
    """
    body = read_body(raw)
    with store.writing() as session:
        row = rows.newest_price_book(session)
        number = row.number if row else 0
        if seen is not None and seen != number:
            raise _changed(seen, number)
        if row is not None and row.body == body:
            return _kept(row)
        new = rows.PriceBookRow(
            id=id, number=number + 1, created_at=now, created_by=who, note=note.strip()[:300], body=body
        )
        session.add(new)
        session.flush()
        before = dict(row.body) if row else None
        record(
            session,
            [
                Change(
                    at=now,
                    who=who,
                    action="update" if row else "create",
                    kind=AUDITED,
                    thing_id=id,
                    before=before,
                    after=body,
                )
            ],
        )
        return _kept(new)


def read_body(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return a price book as plain JSON.

    Raises:
        BadInput: Every fault, by field.
    """
    try:
        return PriceBookBody.model_validate(dict(raw)).model_dump(mode="json")
    except ValidationError as error:
        raise BadInput("the price book was not kept", faults_of(error)) from error


def faults_of(error: ValidationError) -> list[Fault]:
    """Return what pydantic found as faults by field."""
    return [
        Fault(where=".".join(str(part) for part in one["loc"]) or "body", what=str(one["msg"]))
        for one in error.errors(include_url=False)
    ]


def book_of(body: Mapping[str, Any]) -> PriceBook:
    """Return a kept body as the planner's price book.

    Raises:
        BadInput: It is none.
    """
    try:
        read = PriceBookBody.model_validate(dict(body))
        return PriceBook(
            currency=read.currency,
            labour_hour=read.labour_hour,
            travel_hour=read.travel_hour,
            kilometre=read.kilometre,
            margin_percent=read.margin_percent,
            risk_percent=read.risk_percent,
            repair_hours=read.repair_hours,
            repair_parts=read.repair_parts,
            avoidable_percent=read.avoidable_percent,
            downtime_hour=read.downtime_hour,
            downtime_hours=read.downtime_hours,
            parts=tuple(PartPrice(**one.model_dump()) for one in read.parts),
            terms={level: _terms(one) for level, one in read.terms.items()},
        )
    except ValidationError as error:
        raise BadInput("the price book cannot be used", faults_of(error)) from error
    except InvalidInput as error:
        raise BadInput(
            "the price book cannot be used", [Fault(where="price book", what=what) for what in error.faults]
        ) from error


def kept_book(session: Session, id: str) -> KeptBook:
    """Return a version of the price book inside a transaction.

    Raises:
        NotFound: There is none with this id.
    """
    row = rows.price_book_row(session, id)
    if row is None:
        raise NotFound("price book", id[:64])
    return _kept(row)


def _kept(row: rows.PriceBookRow) -> KeptBook:
    return KeptBook(
        id=row.id,
        number=row.number,
        created_at=row.created_at,
        created_by=row.created_by,
        note=row.note,
        body=row.body,
    )


def _terms(body: TermsBody) -> Terms:
    return Terms(
        response_times=ResponseTimes(
            response=_hours(body.response_hours),
            arrival=_hours(body.arrival_hours),
            temporary_restore=_hours(body.restore_hours),
            resolution=_hours(body.resolution_hours),
        ),
        exclusions=body.exclusions,
    )


def _hours(value: Decimal | None) -> timedelta | None:
    return None if value is None else timedelta(hours=float(value))


def _changed(seen: int, number: int) -> Conflict:
    return Conflict(
        Message(
            "the price book was changed meanwhile: version {seen} is now {number}", seen=seen, number=number
        )
    )


def read_parts(lines: Sequence[str]) -> list[dict[str, str]]:
    """Return the parts of lines as a person types them: name; class; machine class; months; quantity; price; source.

    Fields are parted by `;` or `；`; those left out at the end take their defaults.

    Raises:
        BadInput: A line has too many fields, or too few.
    """
    names = ("name", "part_class", "equipment_class", "every_months", "quantity", "price", "source")
    words = {"常用件": "common", "易耗件": "wearing", "保养件": "maintenance"}
    found, faults = [], []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.replace("；", ";").split(";")]
        if not 6 <= len(cells) <= len(names):
            faults.append(
                Fault(
                    where=f"line {number}",
                    what=Message("has {count} fields", count=len(cells)),
                    repair=Message("give {names}", names="; ".join(names)),
                )
            )
            continue
        part = dict(zip(names, cells, strict=False))
        part["part_class"] = words.get(part["part_class"], part["part_class"] or "maintenance")
        part["quantity"] = part["quantity"] or "1"
        found.append(part)
    if faults:
        raise BadInput("the parts cannot be read", faults)
    return found


def written_parts(body: Mapping[str, Any]) -> str:
    """Return the parts of a kept book as `read_parts` reads them."""
    words = {"common": "常用件", "wearing": "易耗件", "maintenance": "保养件"}
    return "\n".join(
        "; ".join(
            (
                one["name"],
                words[one["part_class"]],
                one["equipment_class"],
                str(one["every_months"]),
                f"{Decimal(one['quantity']):f}",
                f"{Decimal(one['price']):f}",
                one["source"],
            )
        )
        for one in body.get("parts", ())
    )
