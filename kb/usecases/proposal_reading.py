"""Maintenance proposals as they are read: options, parts and forecast, worked out anew from facts, wishes and prices."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kb.errors import BadInput, NotFound
from kb.i18n import Language
from kb.store import proposals as rows
from kb.store.register import Change, Session, record
from kb.usecases.price_book import KeptBook, book_of, faults_of, kept_book
from planner.model import ContractLevel, Level
from planner.proposals import (
    Forecast,
    Option,
    PartNeed,
    Record,
    Repairs,
    Request,
    Trip,
    VisitWork,
    assumed,
    forecast,
    options,
    part_needs,
)

AUDITED = "maintenance_proposals"
"""Their kind in the audit trail."""


class ProposalState(StrEnum):
    """Where a proposal stands."""

    DRAFT = "draft"
    APPROVED = "approved"
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"


NEXT: Mapping[ProposalState, tuple[ProposalState, ...]] = {
    ProposalState.DRAFT: (ProposalState.APPROVED, ProposalState.DECLINED),
    ProposalState.APPROVED: (ProposalState.SENT, ProposalState.DRAFT),
    ProposalState.SENT: (ProposalState.ACCEPTED, ProposalState.DECLINED, ProposalState.DRAFT),
    ProposalState.ACCEPTED: (),
    ProposalState.DECLINED: (ProposalState.DRAFT,),
}
"""Where it may go from each state; `accepted` goes through `accept_proposal`, which makes the contract."""

Amount = Annotated[Decimal, Field(ge=-10_000_000, le=10_000_000, max_digits=12, decimal_places=2)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Adjustment(_Body):
    """An amount put on the price of a level by hand."""

    level: ContractLevel
    amount: Amount
    reason: Annotated[str, Field(min_length=1, max_length=200)]


class Wishes(_Body):
    """What the customer wants, and what only a person can say."""

    visits_per_year: Annotated[int, Field(ge=0, le=52)] = 4
    start: date
    desired: ContractLevel = ContractLevel.LABOUR
    contact: Annotated[str, Field(max_length=80)] = ""
    note: Annotated[str, Field(max_length=2000)] = ""
    downtime_hour: Annotated[Decimal, Field(ge=0, le=10_000_000)] | None = None
    failures_per_year: Annotated[Decimal, Field(ge=0, le=10_000)] | None = None
    trip_minutes: Annotated[int, Field(ge=0, le=2880)] | None = None
    trip_kilometres: Annotated[int, Field(ge=0, le=10_000)] | None = None
    adjustments: Annotated[tuple[Adjustment, ...], Field(max_length=9)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A proposal as it is read: options, parts and forecast are worked out anew from its facts, wishes and price book.

    Args:
        facts: What it rests on, as `kb.usecases.proposal_facts` gathered it.
        failures: Expected in a year.
        missing: What a person has to say before it can be approved, as message ids.
    """

    id: str
    number: str
    revision: int
    state: ProposalState
    language: Language
    site_id: str
    valid_until: date
    created_at: datetime
    created_by: str
    contract_id: str | None
    wishes: Wishes
    facts: Mapping[str, Any]
    book: KeptBook
    options: tuple[Option, ...]
    parts: tuple[PartNeed, ...]
    failures: Forecast
    missing: tuple[str, ...]

    @property
    def next_states(self) -> tuple[ProposalState, ...]:
        """Where it may go."""
        return NEXT[self.state]

    def option(self, level: ContractLevel) -> Option:
        """Return the option of a level."""
        return next(one for one in self.options if one.level is level)


def read_wishes(raw: Mapping[str, Any]) -> Wishes:
    """Return wishes as they were written.

    Raises:
        BadInput: Every fault, by field.
    """
    try:
        return Wishes.model_validate(dict(raw))
    except ValidationError as error:
        raise BadInput("the proposal was not kept", faults_of(error)) from error


def proposal_in(session: Session, handle: str) -> tuple[rows.MaintenanceProposalRow, Proposal]:
    """Return a proposal's row and the proposal, by its id or number, inside a transaction.

    Raises:
        NotFound: There is none.
    """
    row = rows.proposal_row(session, handle)
    if row is None:
        raise NotFound("maintenance proposal", handle[:64])
    return row, proposal_of(session, row)


def proposal_of(session: Session, row: rows.MaintenanceProposalRow) -> Proposal:
    """Return the proposal of a row."""
    kept = kept_book(session, row.price_book_id)
    wishes = read_wishes(row.wishes)
    facts: Mapping[str, Any] = row.facts
    body = dict(kept.body)
    if wishes.downtime_hour is not None:
        body["downtime_hour"] = str(wishes.downtime_hour)
    book = book_of(body)
    works = tuple(
        VisitWork(
            equipment_id=one["equipment_id"],
            equipment_class=one["equipment_class"],
            level=Level(one["level"]),
            times=one["times"],
            minutes=one["minutes"],
        )
        for one in facts["works"]
    )
    expected = forecast(Record(**facts["own"]), Record(**facts["fleet"]))
    trip, missing = _trip(facts["trip"], wishes)
    if wishes.failures_per_year is not None:
        expected = assumed(float(wishes.failures_per_year))
    elif not facts["fleet"]["failures"]:
        missing.append("No repair of such machines is recorded: give the failures to be expected in a year.")
    if not facts["machines"]:
        missing.append("The site has no machine in the register.")
    if works and not any(one.minutes for one in works):
        missing.append("No checklist of the library fits these machines, so inspections take no time.")
    request = Request(
        works=works,
        trips=wishes.visits_per_year,
        trip=trip,
        failures=expected,
        repairs=Repairs(hours=_mean(facts["repair_hours"]), downtime_hours=_mean(facts["downtime_hours"])),
        adjustments=tuple((one.level, one.amount, one.reason) for one in wishes.adjustments),
    )
    return Proposal(
        id=row.id,
        number=row.number,
        revision=row.revision,
        state=ProposalState(row.state),
        language="en" if row.language == "en" else "zh_CN",
        site_id=row.site_id,
        valid_until=row.valid_until,
        created_at=row.created_at,
        created_by=row.created_by,
        contract_id=row.contract_id,
        wishes=wishes,
        facts=facts,
        book=kept,
        options=options(request, book),
        parts=part_needs(works, book),
        failures=expected,
        missing=tuple(missing),
    )


def _trip(facts: Mapping[str, Any], wishes: Wishes) -> tuple[Trip, list[str]]:
    minutes = wishes.trip_minutes if wishes.trip_minutes is not None else facts["minutes"]
    kilometres = wishes.trip_kilometres if wishes.trip_kilometres is not None else facts["kilometres"]
    said = wishes.trip_minutes is not None or wishes.trip_kilometres is not None
    missing = []
    if minutes is None or kilometres is None:
        missing.append("The way to the site is not known: give minutes and kilometres there and back.")
    trip = Trip(
        minutes=Decimal(minutes or 0),
        kilometres=Decimal(kilometres or 0),
        is_measured=facts["measured"] and not said,
    )
    return trip, missing


def _mean(value: Mapping[str, Any] | None) -> Decimal | None:
    return None if value is None else Decimal(str(value["mean"]))


def note_change(
    session: Session,
    row: rows.MaintenanceProposalRow,
    action: str,
    who: str,
    now: datetime,
    before: Mapping[str, object] | None,
    after: Mapping[str, object],
) -> None:
    """Keep an entry of the audit trail about a proposal."""
    entry = Change(at=now, who=who, action=action, kind=AUDITED, thing_id=row.id, before=before, after=after)
    record(session, [entry])
