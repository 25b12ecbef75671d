"""The planned visits of the year: done, done on the last day of the window, late, partly, by checklist, missed, cancelled."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from kb.usecases.order_closing import close_order
from kb.usecases.order_making import order_of_visit
from kb.usecases.order_sheet import order_sheet
from kb.usecases.plan import plan_inspections
from kb.usecases.plan_documents import checklists
from kb.usecases.visit_reading import KeptVisit, VisitQuery, visit, visits
from kb.usecases.visits import change_visit
from planner.model import EventKind, VisitState
from tests.year.department import LAST, ZONE
from tests.year.faults import DAY, MINUTE
from tests.year.life import PLANNER, Life

OPEN = (VisitState.FORECAST, VisitState.CALLED, VisitState.BOOKED)


def plan(life: Life) -> None:
    """Make the plan of the year, or bring it up to date."""
    first = max(life.now.date(), LAST.replace(month=1, day=1))
    plan_inspections(life.store, first_day=first, last_day=LAST, now=life.now, by="调度")


class Inspections:
    """Does what comes due, each visit in another way; the outcomes go round."""

    def __init__(self, life: Life) -> None:
        """Begin with the first outcome."""
        self.life = life
        self.number = 0
        self.outcomes: list[str] = []
        self.postponed: set[str] = set()

    def week(self) -> None:
        """Deal with every open visit up to today."""
        today = self.life.now.date()
        query = VisitQuery(last_day=today, states=OPEN, size=500)
        for one in visits(self.life.store, query, today=today).items:
            if one.is_open and one.key not in self.postponed:
                self.deal(one)

    def deal(self, one: KeptVisit) -> None:
        """Let a visit come to what its turn is."""
        ways: tuple[Callable[[KeptVisit], str], ...] = (
            self.done,
            self.partly,
            self.by_checklist,
            self.late,
            self.on_the_last_day,
            self.missed,
            self.cancelled,
        )
        way = ways[self.number % len(ways)]
        self.number += 1
        self.outcomes.append(way(one))

    def change(self, one: KeptVisit, **raw: Any) -> None:
        """Report a visit; what breaks a rule of planning is confirmed."""
        change_visit(
            self.life.store,
            one.key,
            {**raw, "confirm": True},
            revision=None,
            wording=self.life.wording,
            who="王工",
            now=self.life.now,
        )
        if str(raw["state"]).endswith("done"):
            day = datetime.fromisoformat(raw["done_on"]).date()
            self.life.tally.add("visits", day)
            self.life.tally.visited[one.names.sites[one.visit.site_id]].add(day)

    def done(self, one: KeptVisit) -> str:
        """On its day."""
        self.change(one, state="done", done_on=one.visit.day.isoformat())
        return "done"

    def on_the_last_day(self, one: KeptVisit) -> str:
        """On the last day of its window, where that is not past."""
        day = max(one.visit.latest, self.life.now.date())
        self.postpone(one, day)
        return "last day" if day == one.visit.latest else "done"

    def late(self, one: KeptVisit) -> str:
        """Two days after its window."""
        self.postpone(one, max(one.visit.latest, self.life.now.date()) + 2 * DAY)
        return "late"

    def postpone(self, one: KeptVisit, day: date) -> None:
        """Do it on the evening of a day to come."""
        self.postponed.add(one.key)
        evening = datetime.combine(day, time(23, 59, 59), ZONE)
        self.life.when(evening, lambda: self.change(one, state="done", done_on=day.isoformat()))

    def partly(self, one: KeptVisit) -> str:
        """One of its plans; the rest becomes a visit of its own, whose turn comes."""
        plans = one.values["plans"]
        if len(plans) < 2:
            return self.done(one)
        day = one.visit.day.isoformat()
        self.change(one, state="partly_done", done_on=day, done_plans=plans[:1])
        return "partly done"

    def missed(self, one: KeptVisit) -> str:
        """Nobody went."""
        self.change(one, state="missed")
        return "missed"

    def cancelled(self, one: KeptVisit) -> str:
        """Called off."""
        self.change(one, state="cancelled")
        return "cancelled"

    def by_checklist(self, one: KeptVisit) -> str:
        """By a work order with its checklist: readings, a finding, times; resolved without a network before midnight."""
        life = self.life
        order = order_of_visit(
            life.store, one.key, pages=checklists(life.library), actor=PLANNER, now=life.now
        ).id
        life.tally.order(life.now)
        worked = life.now
        life.tell(order, EventKind.ARRIVED)
        fresh = {"pass_fail", "measure"}
        for line in order_sheet(life.store, order, now=life.now).lines:
            about = {"equipment_id": line["equipment_id"], "item_id": line["item_id"]}
            found: dict[str, Any] = {"verdict": "na"}
            if line["kind"] in fresh:  # one finding of what is seen, and one of what is measured
                fresh.remove(line["kind"])
                found = {"verdict": "fail", "severity": "S3", "recommendation": "下次更换"}
                if line["kind"] == "measure":
                    found["value"] = 1.0
            life.entry(order, "check", **about, **found)
        begun = (worked - 80 * MINUTE).isoformat()
        life.entry(order, "time", activity="work", started_at=begun, minutes=80)
        late = datetime.combine(worked.date(), time(23, 50), ZONE)
        life.when(late + timedelta(minutes=20), lambda: self.heard(one, order, late))
        return "by checklist"

    def heard(self, one: KeptVisit, order: str, resolved: datetime) -> None:
        """What was told before midnight is heard after it: the part and the visit belong to the day before."""
        life = self.life
        life.entry(order, "part", resolved, name="滤芯", quantity=1.5, after_failure=False)
        life.used(resolved, 1.5, failed=False)
        life.entry(order, "event", resolved, event="resolved")
        kept = visit(life.store, one.key, today=life.now.date())
        assert (kept.state, kept.done_on) == (VisitState.DONE, resolved.date()), (kept.state, kept.done_on)
        life.tally.add("visits", resolved)
        life.tally.visited[one.names.sites[one.visit.site_id]].add(resolved.date())
        close_order(
            life.store,
            order,
            {},
            event_id=life.new_id(),
            actor=PLANNER,
            vocabularies=life.library.vocabularies,
            now=life.now,
        )
        life.tally.add("orders", life.now)
        life.tally.add("work_minutes", life.now, 80)


def schedule(life: Life) -> Inspections:
    """Plan on the second of January, and look after the visits every week and on every month's last evening."""
    start = datetime(LAST.year, 1, 1, 18, tzinfo=ZONE)
    found = Inspections(life)
    life.when(start - timedelta(hours=8), lambda: plan(life))
    days = {start + 7 * number * DAY for number in range(52)}
    days |= {start.replace(month=month) - DAY for month in range(2, 13)} | {start.replace(month=12, day=31)}
    for day in sorted(days):
        life.when(day, found.week)
    return found
