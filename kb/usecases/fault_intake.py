"""Reports by the customer, without a login: through the secret address on the machine's QR label.

The address lets a person report a fault of this one machine and see what became of that report; it tells nothing of
contracts, other machines or what others wrote. Floods are slowed by label and by network address, and what is sent twice
is kept once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kb.errors import BadInput, Conflict, Fault, Message, NotFound, TooOften
from kb.store import Store
from kb.store import fault_reports as reports
from kb.store import work_orders as rows
from kb.store.register import Change, Session, first_with, record
from kb.usecases.fault_log import UNSOLVED
from kb.usecases.fault_photos import Photos, harmless_photos
from kb.usecases.fault_reports import NewReport, add_report

WINDOW = timedelta(hours=1)
SHORTEST_ID, LONGEST_ID = 20, 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """The QR label of a machine: the path of its address stands behind the service's own."""

    tag: str
    what: str
    token: str

    @property
    def path(self) -> str:
        """The path that the QR code leads to."""
        return f"/report/{self.token}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnMachine:
    """What a customer sees of the machine that stands before them.

    Args:
        open: Number and instant of reports of this machine that nobody has solved yet, the newest first.
    """

    tag: str
    what: str
    open: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many reports are taken in an hour, and how large a photo may be; 0 sets no limit."""

    per_machine: int
    per_address: int
    photo_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a customer sees of their own report."""

    number: str
    reported_at: datetime
    state: str
    phone: str
    tag: str
    what: str


def label_of(
    store: Store, tag: str, *, token: Callable[[], str], who: str, now: datetime, renew: bool = False
) -> Label:
    """Return the label of a machine, made on first use.

    Args:
        tag: The machine's.
        token: Makes a fresh random secret.
        renew: Make a new address and let the old one, which somebody abuses, lead nowhere.

    Raises:
        NotFound: There is no such machine.
        Conflict: The machine was taken out of the register.
    """
    with store.writing() as session:
        machine = first_with(session, "equipment", "tag", tag.strip())
        if machine is None:
            raise NotFound("equipment", tag[:64])
        if machine["retired"]:
            raise Conflict(
                Message("{tag} was taken out of the register; it gets no label", tag=machine["tag"])
            )
        row = reports.token_of_machine(session, machine["id"])
        if row is not None and renew:
            row.revoked_at = now
            row = None
        if row is None:
            row = reports.MachineTokenRow(
                token=token()[:64], equipment_id=machine["id"], made_at=now, made_by=who
            )
            session.add(row)
            session.flush()
            entry = Change(
                at=now, who=who, action="create", kind="machine_tokens", thing_id=machine["id"],
                before=None, after={"renewed": renew},
            )  # fmt: skip
            record(session, [entry])
        return Label(tag=machine["tag"], what=_what(machine), token=row.token)


def own_machine(store: Store, token: str) -> OwnMachine:
    """Return what a customer sees of the machine whose label they have read.

    Raises:
        NotFound: The address leads nowhere: mistyped, renewed since, or the machine was taken out of the register.
    """
    with store.reading() as session:
        machine = _machine(session, token)
        found = reports.reports_of_machine(session, machine["id"], UNSOLVED)
        return OwnMachine(
            tag=machine["tag"],
            what=_what(machine),
            open=tuple((row.number, row.reported_at) for row in found[:3]),
        )


def report_by_customer(
    store: Store,
    token: str,
    new: NewReport,
    *,
    id: str,
    trap: str,
    address: str,
    limits: Limits,
    photos: Sequence[bytes] = (),
    now: datetime,
) -> str:
    """Keep what a customer reports and return the report's id; the same id again is the same report.

    Args:
        token: Of the label.
        new: What was written; its channel, tag and site are those of the label.
        id: Made when the form was opened.
        trap: What stands in a field that people do not see; programs that fill in everything fill it in.
        address: Where it comes from.
        limits: How often, how large.

    Raises:
        NotFound: The address leads nowhere.
        BadInput: Every fault, by field.
        TooOften: Too many in an hour, of this label or from this address.
        Conflict: The id is that of another report.
    """
    with (
        store.reading() as session
    ):  # who may not send makes no work: photos are written anew for the others only
        is_new = reports.report_row(session, id) is None
        if is_new:
            _machine(session, token)
            _slow_down(session, token, address[:64], limits, now)
    harmless = (
        harmless_photos(photos, limit_bytes=limits.photo_bytes) if is_new and not trap.strip() else Photos()
    )
    with store.writing() as session:
        machine = _machine(session, token)
        known = reports.report_row(session, id)
        if known is not None:
            if known.equipment_id != machine["id"] or known.channel != "form" or known.id != id:
                raise Conflict("the form is out of date: open it again and send it once more")
            return known.id
        if trap.strip():
            what, repair = "is filled in", "leave this field empty and send it again"
            raise BadInput("the fault was not reported", [Fault(where="website", what=what, repair=repair)])
        if not SHORTEST_ID <= len(id) <= LONGEST_ID or not id.replace("-", "").replace("_", "").isalnum():
            raise Conflict("the form is out of date: open it again and send it once more")
        reports.forget_attempts(session, before=now - WINDOW)
        _slow_down(session, token, address[:64], limits, now)
        add_report(
            session,
            NewReport(
                channel="form",
                tag=machine["tag"],
                alarm=new.alarm,
                symptom=new.symptom,
                machine_state=new.machine_state,
                is_dangerous=new.is_dangerous,
                stops_a_line=new.stops_a_line,
                since=new.since,
                contact=new.contact,
                phone=new.phone,
            ),
            id=id,
            now=now,
            who="",
            photos=harmless,
        )
        session.add(reports.ReportAttemptRow(token=token, address=address[:64], at=now))
        session.flush()
        return id


def receipt_of(store: Store, token: str, id: str) -> Receipt:
    """Return what a customer sees of a report that they have sent through a label.

    Raises:
        NotFound: The address leads nowhere, or there is no such report of this machine.
    """
    with store.reading() as session:
        machine = _machine(session, token)
        row = reports.report_row(session, id)
        if row is None or row.id != id or row.equipment_id != machine["id"] or row.channel != "form":
            raise NotFound("fault report", id[:64])
        order = rows.order_row(session, row.work_order_id) if row.work_order_id else None
        return Receipt(
            number=row.number,
            reported_at=row.reported_at,
            state=order.state if order else row.state,
            phone=row.phone,
            tag=machine["tag"],
            what=_what(machine),
        )


def _slow_down(session: Session, token: str, address: str, limits: Limits, now: datetime) -> None:
    since = now - WINDOW
    if limits.per_machine and reports.attempts(session, since=since, token=token) >= limits.per_machine:
        raise TooOften("this machine has been reported several times within the hour; please telephone us")
    if limits.per_address and reports.attempts(session, since=since, address=address) >= limits.per_address:
        raise TooOften("too many reports from this network within the hour; please telephone us")


def _machine(session: Session, token: str) -> dict[str, Any]:
    row = reports.token_row(session, token) if token and len(token) <= LONGEST_ID else None
    machine = first_with(session, "equipment", "id", row.equipment_id) if row and not row.revoked_at else None
    if machine is None or machine["retired"]:
        raise NotFound("report form", token[:8] + "…")
    return machine


def _what(machine: dict[str, Any]) -> str:
    return " ".join(str(part) for part in (machine["brand"], machine["model"]) if part)
