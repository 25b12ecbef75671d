"""What a visit must respect: one function each, which says what is broken or None.

Each rule is hard: what breaks one is never planned, it stays out with its reason (`planner.routing.relaxation`).
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from planner.calendars import WorkCalendar
from planner.model import DueWork, Kit, Technician
from planner.routing.timetable import Slot


class Why(StrEnum):
    """The rules, by the name that stands in a reason."""

    SKILL = "skill"
    CERTIFICATE = "certificate"
    TECHNICIAN_AWAY = "technician_away"
    SITE_CLOSED = "site_closed"
    WINDOW = "window"
    WORKING_TIME = "working_time"
    SPACING = "spacing"
    CONTRACT = "contract"
    KIT = "kit"
    SECOND = "second"
    DAYS_IN_A_ROW = "days_in_a_row"
    PRICE = "price"
    WHOLE_PLAN = "whole_plan"
    """No rule forbids it; the plan as a whole is better another way."""


def skill(work: DueWork, technician: Technician) -> Why | None:
    """The technician has every skill that the work needs: nobody may work on what he was not trained for."""
    return None if work.skills <= technician.skills_ever else Why.SKILL


def certificate(work: DueWork, technician: Technician, day: date) -> Why | None:
    """Each of these skills counts on the day: where one rests on a certificate, one is valid, its last day included."""
    return None if work.skills <= technician.skills_on(day) else Why.CERTIFICATE


def technician_at_work(calendar: WorkCalendar, day: date) -> Why | None:
    """The technician works on the day: neither free by the calendar nor on leave."""
    return None if calendar.is_working(day) else Why.TECHNICIAN_AWAY


def site_open(calendar: WorkCalendar, day: date) -> Why | None:
    """The site can be entered on the day: no rest day, holiday or shutdown."""
    return None if calendar.is_working(day) else Why.SITE_CLOSED


def inside_window(work: DueWork, day: date) -> Why | None:
    """The day lies in what the windows of all the occurrences have in common, both ends included."""
    return None if work.earliest <= day <= work.latest else Why.WINDOW


def working_time(slot: Slot | None) -> Why | None:
    """Way there, work and way on or home fit into working time and overtime beside the stops that stand."""
    return None if slot is not None else Why.WORKING_TIME


def spaced(day: date, others: Iterable[date], least: timedelta) -> Why | None:
    """The site's visits keep the distance that its contract agrees; two on one day count as one."""
    return Why.SPACING if any(timedelta(0) < abs(day - other) < least for other in others) else None


def kit_there(kit: Kit | None, technician_id: str, carriers: Collection[str]) -> Why | None:
    """The technician may take the kit, and has one on that day or one is left; of an unknown kit there is none.

    Args:
        kit: What the department has of it.
        technician_id: Who needs it.
        carriers: Who carries one on that day already.
    """
    if kit is None or not kit.can_be_taken_by(technician_id):
        return Why.KIT
    return None if technician_id in carriers or len(set(carriers)) < kit.owned else Why.KIT


def second_able(work: DueWork, technician: Technician, day: date) -> Why | None:
    """The second person has on the day what the second person needs, which may be nothing."""
    return None if work.needs.second_skills <= technician.skills_on(day) else Why.SECOND


def days_in_a_row(work: DueWork, days: Sequence[date], calendar: WorkCalendar) -> Why | None:
    """The days are working days of the technician, one after the other; who stays overnight has no free day between."""
    if len(days) != work.needs.days or not all(calendar.is_working(day) for day in days):
        return Why.DAYS_IN_A_ROW
    for day, following in pairwise(days):
        between = [day + timedelta(days=one) for one in range(1, (following - day).days)]
        if following <= day or any(calendar.is_working(one) for one in between):
            return Why.DAYS_IN_A_ROW
        if between and work.needs.overnight:
            return Why.DAYS_IN_A_ROW
    return None


def worth_its_price(work: DueWork, detour_minutes: float) -> Why | None:
    """Optional work is done only where the detour is below its price; due work is done whatever it costs."""
    price = work.needs.price
    return None if price is None or detour_minutes < price else Why.PRICE
