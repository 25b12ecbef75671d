"""An accepted proposal becomes a contract and the maintenance plans of its visits, in one transaction."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from kb.errors import BadInput, Conflict, Fault, Message
from kb.store import Store, planning_input
from kb.store.register import Session
from kb.usecases.proposal_facts import BY_MONTH, base_level, visits_of_year
from kb.usecases.proposal_reading import NEXT, Proposal, ProposalState, note_change, proposal_in, proposal_of
from kb.usecases.proposals import expect_revision, refuse_past
from kb.usecases.register import create_in
from kb.usecases.register_kinds import Wording
from planner.model import ContractLevel, Interval, IntervalUnit, Level, ResponseTimes
from planner.scheduling import nominal_date

_MONTHS: Mapping[Level, int] = {level: months for months, level in BY_MONTH}


def accept_proposal(
    store: Store,
    handle: str,
    level: ContractLevel,
    *,
    revision: int | None,
    wording: Wording,
    who: str,
    now: datetime,
) -> Proposal:
    """Make the contract of an accepted proposal, and for each machine a maintenance plan a level that it has not yet.

    Ids follow from the proposal's, so a second click makes nothing twice.

    Args:
        level: The option that the customer took.

    Raises:
        NotFound: There is no such proposal.
        Conflict: It has another revision by now, or was not sent, or another option was accepted before.
        BadInput: It has run out, or the register refuses what would be made; every fault.
    """
    with store.writing() as session:
        row, proposal = proposal_in(session, handle)
        if row.state == ProposalState.ACCEPTED:
            if row.wishes.get("desired") != level:
                taken = str(row.wishes.get("desired"))
                raise Conflict(
                    Message("proposal {number} was accepted as {level}", number=row.number, level=taken)
                )
            return proposal
        expect_revision(row, revision, {"level": level})
        if ProposalState.ACCEPTED not in NEXT[proposal.state]:
            raise Conflict(
                Message(
                    "proposal {number} is {state}; only one that was sent can be accepted",
                    number=row.number,
                    state=Message(row.state),
                )
            )
        refuse_past(proposal, now.date())
        end = nominal_date(proposal.wishes.start, Interval(count=12, unit=IntervalUnit.MONTHS), 1)
        contract = {
            "code": proposal.number,
            "site": proposal.facts["site"]["code"],
            "level": level.value,
            "first_day": proposal.wishes.start.isoformat(),
            "last_day": (end - timedelta(days=1)).isoformat(),
            "visits_per_year": proposal.wishes.visits_per_year,
            **_promised(proposal.option(level).terms.response_times),
        }
        contract_id = _id(proposal, "contract")
        faults: list[Fault] = []
        _create(session, "contracts", contract, contract_id, wording, who, now, faults)
        for machine_id, name, values in _plans(session, proposal):
            _create(
                session, "plans", values, _id(proposal, f"{machine_id} {name}"), wording, who, now, faults
            )
        if faults:
            raise BadInput("the contract was not made", faults)
        row.wishes = {**row.wishes, "desired": level.value}
        before = row.state
        row.state = ProposalState.ACCEPTED
        row.contract_id = contract_id
        row.revision += 1
        session.flush()
        after = {"state": row.state, "level": level.value, "contract_id": contract_id}
        note_change(session, row, "accept", who, now, {"state": before}, after)
        return proposal_of(session, row)


def _create(
    session: Session,
    table: str,
    values: Mapping[str, Any],
    id: str,
    wording: Wording,
    who: str,
    now: datetime,
    faults: list[Fault],
) -> None:
    try:
        create_in(session, table, values, wording=wording, who=who, now=now, id=id)
    except BadInput as refused:
        faults += refused.faults


def _plans(session: Session, proposal: Proposal) -> list[tuple[str, str, dict[str, Any]]]:
    """Return machine, level and values of each maintenance plan that is missing."""
    levels = visits_of_year(proposal.wishes.visits_per_year)
    there = {(one.equipment_id, one.level) for one in planning_input(session).plans.values()}
    found = []
    for machine in proposal.facts["machines"]:
        for level in dict.fromkeys(levels):
            if (machine["id"], level) in there:
                continue
            work = next(
                one
                for one in proposal.facts["works"]
                if one["equipment_id"] == machine["id"] and one["level"] == level.value
            )
            values = {
                "code": f"{proposal.number}-{machine['tag']}-{level.value}"[:64],
                "equipment": machine["tag"],
                "level": level.value,
                **_interval(level, proposal.wishes.visits_per_year),
                "anchor": proposal.wishes.start.isoformat(),
                "duration_minutes": max(1, work["minutes"]),
            }
            found.append((machine["id"], level.value, values))
    return found


def _interval(level: Level, visits: int) -> dict[str, Any]:
    """Return how often a level is due: the smallest one as often as visits were sold, the larger ones by their months."""
    if level is not base_level(visits):
        return {"interval_count": _MONTHS[level], "interval_unit": "months"}
    if 12 % visits == 0:
        return {"interval_count": 12 // visits, "interval_unit": "months"}
    return {"interval_count": round(365 / visits), "interval_unit": "days"}


def _promised(times: ResponseTimes) -> dict[str, float | None]:
    def hours(span: timedelta | None) -> float | None:
        return None if span is None else span.total_seconds() / 3600

    return {
        "response_hours": hours(times.response),
        "arrival_hours": hours(times.arrival),
        "temporary_restore_hours": hours(times.temporary_restore),
        "resolution_hours": hours(times.resolution),
    }


def _id(proposal: Proposal, what: str) -> str:
    return hashlib.sha256(f"{proposal.id} {what}".encode()).hexdigest()[:22]
