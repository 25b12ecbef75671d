"""Two years of the sample's finished visits: what the planner would have planned, done on its day.

The planner's own rules make it, so that a plan of the present year goes on from it without a seam: keys, cycles and
levels are the ones that planning finds.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from kb.store.mapping import maintenance_plan_of, site_of, technician_of
from kb.store.tables import MaintenancePlanRow, SiteRow, TechnicianRow
from kb.usecases.sample_people import Row
from planner.calendars import WorkCalendar, site_calendar, technician_calendar
from planner.model import DueWork, MaintenancePlan, Visit, VisitState
from planner.routing.first_plan import first_plan
from planner.scheduling.due import due_occurrences
from planner.scheduling.levels import combined_levels
from planner.scheduling.merge import merged_at_site

HISTORY_YEARS = 2
LONGEST_TRIP = timedelta(hours=6)
REMARK_CHANCE = 0.15
REMARKS = (
    "导轨防护皮带边缘磨损，已建议下次更换（示例）",
    "润滑泵油位偏低，已补油（示例）",
    "电柜风扇滤棉积尘，已更换（示例）",
    "主轴拉刀力偏低，已登记复测（示例）",
    "光栅读数头信号余量下降，已清洁（示例）",
    "后备电池电压接近下限，已更换（示例）",
    "排屑器异响，已调整链条张紧（示例）",
)


def history_start(today: date) -> date:
    """Return the first day of the sample's history."""
    return date(today.year - HISTORY_YEARS, today.month, min(today.day, 28))


def finished_visits(
    *,
    sites: Sequence[Row],
    technicians: Sequence[Row],
    machines: Sequence[Row],
    plans: Sequence[Row],
    spacing: Mapping[str, timedelta],
    today: date,
) -> tuple[Visit, ...]:
    """Return the visits from two years ago up to, not including, `today`, all of them done, by day."""
    places = {site.id: site for site in (site_of(SiteRow.model_validate(row)) for row in sites)}
    people = {
        one.id: one for one in (technician_of(TechnicianRow.model_validate(row)) for row in technicians)
    }
    known = {
        one.id: one for one in (maintenance_plan_of(MaintenancePlanRow.model_validate(row)) for row in plans)
    }
    calendars = {site_id: site_calendar(site) for site_id, site in places.items()}
    site_of_machine = {str(row["id"]): str(row["site_id"]) for row in machines}
    placed = first_plan(
        list(_works(known, site_of_machine, calendars, today)),
        sites=places,
        technicians=people,
        site_calendars=calendars,
        technician_calendars={one.id: technician_calendar(one) for one in people.values()},
        spacing=spacing,
    )
    return tuple(
        replace(visit, state=VisitState.DONE, locked=True) for visit in placed.visits if visit.day < today
    )


def remark(rng: Random) -> str:
    """Return what a technician wrote down; most visits have nothing to tell."""
    return rng.choice(REMARKS) if rng.random() < REMARK_CHANCE else ""


def _works(
    plans: Mapping[str, MaintenancePlan],
    site_of_machine: Mapping[str, str],
    calendars: Mapping[str, WorkCalendar],
    today: date,
) -> Iterable[DueWork]:
    by_site: dict[str, dict[str, list[MaintenancePlan]]] = defaultdict(lambda: defaultdict(list))
    for plan in plans.values():
        by_site[site_of_machine[plan.equipment_id]][plan.equipment_id].append(plan)
    for site_id, machines in by_site.items():
        calendar = calendars[site_id]
        due = [
            one
            for some in machines.values()
            for one in combined_levels(
                [
                    occurrence
                    for plan in some
                    for occurrence in due_occurrences(
                        plan, start=history_start(today), end=today, calendar=calendar
                    )
                ]
            )
        ]
        yield from merged_at_site(due, site_id=site_id, plans=plans, calendar=calendar, longest=LONGEST_TRIP)
