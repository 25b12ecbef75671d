"""What follows from a fault report: priority, who pays, by when, and which open work it may repeat."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kb.search.codes import code_keys
from kb.search.tokens import atoms_of, fold, tokens_of
from kb.store import fault_reports as reports
from kb.store import work_orders as rows
from kb.store.register import Session, columns_by_id
from kb.usecases.fault_log import UNSOLVED
from kb.usecases.order_reading import OPEN_STATES, SERVICE_HOURS, contracts_of_sites, promised_by
from planner.faults import Deadline, Entitlement, Priority, deadlines, entitlement, priority
from planner.model import DateSpan, MachineState, OrderEvent

LOOK_BACK = timedelta(days=14)
"""How old a report may be to be repeated by a new one, beside work that is open."""
ALIKE_WORDS = 0.5
"""Share of the words of the shorter symptom from which two complaints are about the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """Open work or a report that a new one may repeat.

    Args:
        kind: `work_order` or `fault_report`.
        reason: Message id: what they share.
    """

    kind: str
    id: str
    number: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What follows from a report.

    Args:
        warranty_assumed: Whether the warranty is reckoned from the commissioning, because nobody recorded its end.
        warranty: First to last day of the warranty; None where nobody knows when the machine was taken over.
        is_retired: Whether the machine was taken out of the register.
        deadlines: What the contract promises; empty without a contract.
        repeated: What it may repeat, the surest first.
    """

    priority: Priority
    entitlement: Entitlement
    warranty_assumed: bool
    warranty: DateSpan | None
    is_retired: bool
    deadlines: tuple[Deadline, ...]
    repeated: tuple[Repeated, ...]


def judgement(
    session: Session,
    row: rows.FaultReportRow,
    events: Sequence[OrderEvent],
    *,
    now: datetime,
    warranty_months: int,
) -> Judgement:
    """Return what follows from a report whose site is known.

    Args:
        events: What has happened to it: of its own log, or of its work order's.
    """
    site_id = str(row.site_id)
    contracts = contracts_of_sites(session, {site_id}).get(site_id, ())
    day = row.reported_at.astimezone(now.tzinfo).date()
    commissioned, is_retired = None, False
    if row.equipment_id:
        known = columns_by_id(session, "equipment", ("commissioned", "retired"), [row.equipment_id])
        commissioned, is_retired = known[row.equipment_id]
    warranty = warranty_of(commissioned, warranty_months)
    return Judgement(
        priority=priority_of(row.machine_state, row.body),
        entitlement=entitlement(day, warranty=warranty, contracts=contracts),
        warranty_assumed=warranty is not None,
        warranty=warranty,
        is_retired=bool(is_retired),
        deadlines=deadlines(events, promised_by(contracts, day), SERVICE_HOURS, now=now),
        repeated=_repeated(session, row, now),
    )


def priority_of(machine_state: str, body: Mapping[str, object]) -> Priority:
    """Return the priority that follows from what was told."""
    return priority(
        MachineState(machine_state),
        is_dangerous=bool(body.get("dangerous")),
        stops_a_line=bool(body.get("stops_a_line")),
    )


def warranty_of(commissioned: date | None, months: int) -> DateSpan | None:
    """Return the warranty of a machine: so many calendar months from its commissioning; None where that is unknown."""
    if commissioned is None or months < 1:
        return None
    year, month = divmod(commissioned.year * 12 + commissioned.month - 1 + months, 12)
    day = commissioned.day
    while True:
        try:
            return DateSpan(start=commissioned, end=date(year, month + 1, day))
        except ValueError:  # the month is shorter
            day -= 1


def _repeated(session: Session, row: rows.FaultReportRow, now: datetime) -> tuple[Repeated, ...]:
    """Return open orders and young reports of the same site that may be about the same, the surest first."""
    found: list[tuple[int, str, Repeated]] = []
    keys, words = _sign(row.alarm, row.symptom)
    conditions = rows.order_conditions(
        states=[state.value for state in OPEN_STATES], site_id=str(row.site_id)
    )
    for order in rows.order_rows(session, conditions, first=0, size=200):
        if order.report_id == row.id:
            continue
        symptom = str((order.body or {}).get("symptom", "")) or order.title
        surety, reason = _shared(row, keys, words, order.equipment_id, order.alarm, symptom)
        if surety:
            one = Repeated(
                kind="work_order", id=order.id, number=order.number, title=order.title, reason=reason
            )
            found.append((-surety, order.number, one))
    for other in reports.reports_of_site(session, str(row.site_id), since=now - LOOK_BACK):
        if other.id == row.id or other.state not in UNSOLVED:
            continue
        surety, reason = _shared(row, keys, words, other.equipment_id, other.alarm, other.symptom)
        if surety:
            title = (other.alarm or other.symptom)[:80]
            one = Repeated(kind="fault_report", id=other.id, number=other.number, title=title, reason=reason)
            found.append((-surety, other.number, one))
    return tuple(one for *_, one in sorted(found, key=lambda item: item[:2]))


def _sign(alarm: str, symptom: str) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(code_keys(alarm)), frozenset(
        tokens_of(atoms_of(fold(f"{alarm} {symptom}")), characters=False)
    )


def _shared(
    row: rows.FaultReportRow,
    keys: frozenset[str],
    words: frozenset[str],
    equipment_id: str | None,
    alarm: str,
    symptom: str,
) -> tuple[int, str]:
    """Return how sure it is that both are about the same, from 0, and the reason as a message id."""
    other_keys, other_words = _sign(alarm, symptom)
    same_machine = row.equipment_id is not None and row.equipment_id == equipment_id
    may_be_same = same_machine or row.equipment_id is None or equipment_id is None
    if _same_alarm(keys, other_keys) and may_be_same:
        return (
            (4, "the same machine shows the same alarm")
            if same_machine
            else (2, "the same site, the same alarm")
        )
    shorter = min(len(words), len(other_words))
    alike = shorter > 0 and len(words & other_words) / shorter >= ALIKE_WORDS
    if same_machine:
        return (3, "the same machine, told in like words") if alike else (1, "the same machine has open work")
    return (1, "the same site, told in like words") if alike and may_be_same else (0, "")


def _same_alarm(keys: frozenset[str], others: frozenset[str]) -> bool:
    """Whether two alarms may be one: told alike, or by its number alone on one side."""
    if keys & others:
        return True
    numbers = {key.rpartition(".")[2] for key in others}
    own_numbers = {key.rpartition(".")[2] for key in keys}
    return bool(
        {key for key in keys if key.isdigit()} & numbers
        or {key for key in others if key.isdigit()} & own_numbers
    )
