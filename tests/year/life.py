"""Lives through the year in the order of its instants: every step goes through a use case, and is counted beside it."""

import heapq
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

from kb.content import Library
from kb.store import Store
from kb.usecases.accounts import Role
from kb.usecases.fault_deciding import accept_report, set_aside
from kb.usecases.fault_reports import NewReport, report_fault
from kb.usecases.order_access import Actor as Told
from kb.usecases.order_closing import close_order
from kb.usecases.order_entry_checking import Entry
from kb.usecases.order_making import Written, write_order
from kb.usecases.order_reading import work_order
from kb.usecases.order_telling import receive_entry
from kb.usecases.plan_documents import checklists
from kb.usecases.record_nouns import Actor
from kb.usecases.register_kinds import Wording, wording_of
from kb.usecases.summaries import close_month, open_month
from kb.usecases.work_orders import change_order, tell_event
from planner.model import EventKind, MachineState
from tests.year.department import FIRST, LAST, SITES, ZONE, at, register
from tests.year.faults import DAY, HOUR, MINUTE, Fault, faults_of_year
from tests.year.tally import Repair, Tally

WARRANTY_MONTHS = 12
PLANNER = Told(name="调度", may_all=True)
OFFICE = Actor(name="调度", role=Role.PLANNER)


@dataclass(slots=True)
class Life:
    """The department while it lives; `now` is the only clock.

    Args:
        size: Faults by chance, beside those at the edges of the year.
    """

    store: Store
    library: Library
    seed: int = 1
    size: int = 16
    tally: Tally = field(default_factory=Tally)
    chance: random.Random = field(default_factory=random.Random)
    wording: Wording = field(init=False)
    now: datetime = field(default=at(FIRST))
    steps: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    order_of: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    agreed: dict[str, tuple[str, date]] = field(default_factory=dict)
    _ids: Any = field(default_factory=count)

    def __post_init__(self) -> None:
        self.chance.seed(self.seed)
        self.wording = wording_of("zh_CN", "Asia/Shanghai", self.library.vocabularies)

    def new_id(self) -> str:
        """Return an id that nothing else has."""
        return f"year-{next(self._ids):05d}"

    def when(self, instant: datetime, step: Callable[[], None]) -> None:
        """Do something at an instant; of two at the same one, what was asked for first."""
        heapq.heappush(self.steps, (instant, next(self._ids), step))

    def run(self, until: datetime) -> None:
        """Live on up to an instant, included."""
        while self.steps and self.steps[0][0] <= until:
            self.now, _, step = heapq.heappop(self.steps)
            step()
        self.now = until

    def prepare(self) -> None:
        """Write the department down, and all that is known to happen."""
        self.ids = register(self.store, self.library, self.wording, self.new_id)
        for fault in faults_of_year(self.chance, self.size):
            self.when(fault.reported, partial(self.report, fault))

    # --- faults

    def report(self, fault: Fault) -> None:
        """Take a report, count it, and let what becomes of it follow."""
        id = self.new_id()
        new = NewReport(
            channel=self.chance.choice(("phone", "api")),
            tag=fault.machine.tag,
            alarm="SV0401" if self.chance.random() < 0.5 else "",
            symptom=f"{fault.subsystem} 异常",
            machine_state=MachineState.STOPPED if fault.stopped else MachineState.DEGRADED,
        )
        made = report_fault(self.store, new, id=id, now=self.now, who="调度", warranty_months=WARRANTY_MONTHS)
        self.tally.add("reports", self.now)
        self.tally.add("stopped", self.now, fault.stopped)
        if fault.ends in ("duplicate", "rejected"):
            self.when(fault.closes, lambda: self.aside(id, fault.ends))
            return
        repair = Repair(
            id=id,
            number="",
            title=made.title,
            site=fault.machine.site,
            tag=fault.machine.tag,
            subsystem=fault.subsystem,
            cause=fault.cause,
            opened=self.now,
            stopped=fault.stopped,
        )
        length = fault.closes - fault.reported
        self.when(fault.reported + length * 0.05, lambda: self.accept(fault, repair))
        if not fault.by_telephone:
            self.event(repair, EventKind.ASSIGNED, fault.reported + length * 0.1)
            self.event(repair, EventKind.ARRIVED, fault.reported + length * 0.3)
        for begin, end in fault.pauses:
            self.event(repair, EventKind.PAUSED, begin, "等备件")
            self.event(repair, EventKind.RESUMED, end)
        self.when(fault.reported + length * 0.8, lambda: self.work(fault, repair))
        if fault.ends == "cancelled":
            self.event(repair, EventKind.CANCELLED, fault.closes, "客户取消")
            return
        self.when(fault.reported + length * 0.9, lambda: self.restore(repair))
        self.when(fault.closes, lambda: self.close(fault, repair))

    def aside(self, id: str, state: str) -> None:
        """Set a report aside: it came, so it stays counted."""
        other = next(iter(self.order_of.values())) if state == "duplicate" else ""
        set_aside(
            self.store,
            id,
            state=state,
            reason="误报" if state == "rejected" else "",
            other=other,
            revision=None,
            now=self.now,
            who="调度",
        )

    def accept(self, fault: Fault, repair: Repair) -> None:
        """Make a report a work order; who pays is known beforehand."""
        order = f"o-{repair.id}"
        accept_report(
            self.store,
            repair.id,
            order_id=order,
            revision=None,
            now=self.now,
            who="调度",
            warranty_months=WARRANTY_MONTHS,
        )
        kept = work_order(self.store, order, now=self.now)
        cover = cover_of(fault, self.agreed)
        assert kept.values["cover"] == cover, (fault, cover, kept.values["cover"])
        repair.id, repair.number = order, kept.number
        self.order_of[order] = kept.number
        self.tally.order(repair.opened)

    def event(self, repair: Repair, kind: EventKind, instant: datetime, reason: str = "") -> None:
        """Tell what happens to an order, at that instant."""
        self.when(instant, lambda: self.tell(repair.id, kind, reason))

    def tell(self, order: str, kind: EventKind, reason: str = "", at_: datetime | None = None) -> None:
        """Tell an event of now, or of an instant before."""
        tell_event(
            self.store,
            order,
            id=self.new_id(),
            kind=kind,
            at=at_ or self.now,
            reason=reason,
            who="王工",
            now=self.now,
        )

    def entry(self, order: str, kind: str, instant: datetime | None = None, **values: Any) -> None:
        """Tell what an engineer writes down on site; it may be heard later than it happened."""
        sent = Entry(id=self.new_id(), kind=kind, at=instant or self.now, values=values)
        got = receive_entry(self.store, order, sent, actor=PLANNER, now=self.now, photo_limit_bytes=3_000_000)
        assert got.state == "applied", got

    def work(self, fault: Fault, repair: Repair) -> None:
        """Write times and parts down; parts count on their day, whatever becomes of the order."""
        for activity, minutes in (("work", fault.work), ("travel", fault.travel), ("waiting", 15)):
            if minutes:
                begun = (self.now - minutes * MINUTE).isoformat()
                self.entry(repair.id, "time", activity=activity, started_at=begun, minutes=minutes)
        repair.minutes, repair.travel = fault.work, fault.travel
        for quantity, failed in fault.parts:
            self.entry(repair.id, "part", name="轴承", quantity=quantity, after_failure=failed)
            self.used(self.now, quantity, failed=failed)

    def used(self, day: date, quantity: float, *, failed: bool) -> None:
        """Count a part."""
        self.tally.add("parts", day, quantity)
        self.tally.add("parts_failed", day, quantity if failed else 0)

    def restore(self, repair: Repair) -> None:
        """The machine works again, and then the fault is resolved."""
        self.tell(repair.id, EventKind.RESTORED)
        repair.restored = self.now
        self.tell(repair.id, EventKind.RESOLVED)

    def close(self, fault: Fault, repair: Repair) -> None:
        """Close a repair with its codes, and count it in this month; what repeats another one is counted where it began."""
        codes = {
            "subsystem": fault.subsystem,
            "cause": fault.cause,
            "mechanism": "2.4",
            "remedy": "1",
        }
        close_order(
            self.store,
            repair.id,
            codes,
            event_id=self.new_id(),
            actor=PLANNER,
            vocabularies=self.library.vocabularies,
            now=self.now,
        )
        repair.closed = self.now
        self.tally.repairs.append(repair)
        self.ended(repair, 1)
        if fault.reopens and self.now < fault.reopens:
            self.when(fault.reopens, lambda: self.reopen(fault, repair))
        if fault.again:
            self.comes_back(fault, repair)

    def ended(self, repair: Repair, sign: int) -> None:
        """Count a closed repair, or take it off."""
        assert repair.closed is not None
        self.tally.add("orders", repair.closed, sign)
        self.tally.add("repairs", repair.closed, sign)
        self.tally.add("work_minutes", repair.closed, sign * repair.minutes)
        self.tally.add("travel_minutes", repair.closed, sign * repair.travel)

    def reopen(self, fault: Fault, repair: Repair) -> None:
        """Open a closed repair again: it counts where it is closed for good."""
        self.ended(repair, -1)
        self.tally.repairs.remove(repair)
        repair.closed = None
        self.tell(repair.id, EventKind.REOPENED, "又报警")
        self.event(repair, EventKind.RESOLVED, self.now + 3 * HOUR)
        self.when(self.now + DAY, lambda: self.close(fault, repair))

    def comes_back(self, fault: Fault, repair: Repair) -> None:
        """A fault like one that was closed, so many days after its day of closing."""
        assert fault.again is not None
        days, same, mended = fault.again
        last = repair.closed
        assert last is not None
        reported = last + HOUR if days == 0 else last + days * DAY
        cause = fault.cause if same else "O5"
        again = Fault(
            machine=fault.machine,
            subsystem=fault.subsystem,
            cause=cause,
            reported=reported,
            stopped=True,
            closes=reported + 6 * HOUR,
            ends="closed" if mended else "cancelled",
            work=75,
        )
        self.when(reported, lambda: self.report(again))
        if mended and days <= 90:
            self.tally.came_back.add(repair.id)
            self.when(again.closes, lambda: self.repeated(reported, days, same=same))

    def repeated(self, opened: datetime, days: int, *, same: bool) -> None:
        """Count a repeat."""
        self.tally.add("repeats", opened)
        self.tally.add("repeats_30", opened, days <= 30)
        self.tally.add("not_cured" if same else "other_cause", opened)

    # --- other orders

    def instruct(self, number: int) -> None:
        """An order of instruction, with times, done and closed at once."""
        id = self.new_id()
        written = Written(kind="instruction", title=f"操作讲解 {number}", machine="立加-06", technician="T1")
        write_order(self.store, written, pages=checklists(self.library), id=id, actor=PLANNER, now=self.now)
        self.tally.order(self.now)
        begun = self.now.isoformat()
        self.entry(id, "time", activity="work", started_at=begun, minutes=60 + number)
        self.tell(id, EventKind.RESOLVED)
        self.tell(id, EventKind.CLOSED)
        self.tally.add("orders", self.now)
        self.tally.add("instructions", self.now)
        self.tally.add("work_minutes", self.now, 60 + number)

    # --- months

    def close_month(self, month: str) -> None:
        """Close a month: from now on it shows what it shows now."""
        close_month(
            self.store,
            month,
            zone=ZONE,
            today=self.now.date(),
            vocabularies=self.library.vocabularies,
            who="经理",
            now=self.now,
        )
        self.tally.close(month)

    def open_month(self, month: str) -> None:
        """Open a closed month again."""
        open_month(self.store, month, reason="补录", who="经理", now=self.now)
        self.tally.reopen(month)

    def put_right(self) -> None:
        """Close an order of January later than it was: a month that was closed must not move for it."""
        repair = next(one for one in self.tally.repairs if one.closed and one.closed.month == 1)
        self.ended(repair, -1)
        self.tell(repair.id, EventKind.REOPENED, "漏记")
        self.tell(repair.id, EventKind.RESOLVED)
        change_order(
            self.store,
            repair.id,
            {"found": "补记"},
            revision=None,
            vocabularies=self.library.vocabularies,
            who="王工",
            now=self.now,
        )
        self.tell(repair.id, EventKind.CLOSED)
        repair.closed = self.now
        self.ended(repair, 1)


PAYS = {"all_in": "free", "labour": "partly", "inspection": "billed"}
"""What a contract's level leaves to the customer."""


def cover_of(fault: Fault, agreed: Mapping[str, tuple[str, date]]) -> str:
    """Return who pays, from the day of the report, by the rules as they are written for people.

    Args:
        agreed: Level and first day of the contracts that came of proposals, by site.
    """
    day = fault.reported.date()
    begun = date.fromisoformat(fault.machine.commissioned)
    if begun <= day < begun.replace(year=begun.year + 1, day=min(begun.day, 28)):
        return "free"
    site = next(one for one in SITES if one.code == fault.machine.site)
    if site.level and site.first <= day.isoformat() <= site.last:
        return PAYS[site.level]
    if site.code in agreed and agreed[site.code][1] <= day:
        return PAYS[agreed[site.code][0]]
    return "billed"


END = at(LAST + DAY) - timedelta(seconds=1)
