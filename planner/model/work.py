"""Maintenance plans, the occurrences they make due, and the visits that serve them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from planner.errors import InvalidInput
from planner.model.needs import PLAIN, Needs
from planner.model.spans import TimeSpan


class IntervalUnit(StrEnum):
    """Units of a cycle; a month is a calendar month, never 30 days."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A cycle length.

    Raises:
        InvalidInput: `count` is below 1.
    """

    count: int
    unit: IntervalUnit

    def __post_init__(self) -> None:
        if self.count < 1:
            raise InvalidInput([f"interval counts {self.count} {self.unit}; it must count at least 1"])


class Level(StrEnum):
    """Inspection levels; a larger one contains the smaller ones' checklist."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"


class Basis(StrEnum):
    """What the next date counts from (SAP PM: time-based strategies; Maximo: use target date)."""

    FIXED = "fixed"
    FLOATING = "floating"
    SHIFTED = "shifted"


class CalendarMove(StrEnum):
    """Where a due date goes that falls on a day when nothing can happen (ISDA business day conventions)."""

    NONE = "none"
    PRECEDING = "preceding"
    FOLLOWING = "following"
    MODIFIED_FOLLOWING = "modified_following"
    NEAREST = "nearest"


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenancePlan:
    """What is inspected, at which level, how often.

    Args:
        anchor: The day that nominal date 0 falls on; date k is anchor + k x interval.
        first_k: The first k that counts, so an anchor may lie before the contract.
        late: How far after its nominal date a visit may be; None means 20 % of the interval, at most 28 days.
        early: How far before; None means 10 % of the interval.
        late_factor_percent, early_factor_percent, tolerance_percent: Only for basis `shifted`.
        duration: Working time on the machine, without travel.
        skills: Skill codes the technician needs, all of them.
        lead: Call horizon: how long before the date the visit becomes *called*.
        checklist_id: The library page with the items.
        needs: What its trips need beside time and skills.

    Raises:
        InvalidInput: A limit, factor, lead or `first_k` below zero, or a duration that is not above zero.
    """

    id: str
    equipment_id: str
    level: Level
    interval: Interval
    anchor: date
    first_k: int = 0
    basis: Basis = Basis.FIXED
    late: timedelta | None = None
    early: timedelta | None = None
    late_factor_percent: Decimal = Decimal(100)
    early_factor_percent: Decimal = Decimal(100)
    tolerance_percent: Decimal = Decimal(0)
    move: CalendarMove = CalendarMove.NEAREST
    duration: timedelta = timedelta(hours=1)
    skills: frozenset[str] = frozenset()
    lead: timedelta = timedelta(days=30)
    checklist_id: str | None = None
    needs: Needs = PLAIN

    def __post_init__(self) -> None:
        none = timedelta(0)
        amounts = {
            "first k": (self.first_k, self.first_k < 0),
            "late limit": (self.late, self.late is not None and self.late < none),
            "early limit": (self.early, self.early is not None and self.early < none),
            "lead": (self.lead, self.lead < none),
            "late factor": (self.late_factor_percent, self.late_factor_percent < 0),
            "early factor": (self.early_factor_percent, self.early_factor_percent < 0),
            "tolerance": (self.tolerance_percent, self.tolerance_percent < 0),
        }
        faults = [
            f"plan {self.id} has {name} {amount}; it must be at least 0"
            for name, (amount, is_wrong) in amounts.items()
            if is_wrong
        ]
        if self.duration <= none:
            faults.append(f"plan {self.id} has duration {self.duration}; it must be above 0")
        if faults:
            raise InvalidInput(faults)


class ReasonKind(StrEnum):
    """The steps of a trace, in the order in which they are taken."""

    NOMINAL = "nominal"
    BASIS_SHIFT = "basis_shift"
    CALENDAR_MOVE = "calendar_move"
    ABSORBED = "absorbed"
    OVERDUE = "overdue"
    MERGED = "merged"
    CONTRACT = "contract"
    TECHNICIAN = "technician"
    FROZEN = "frozen"
    CALENDAR_PROVISIONAL = "calendar_provisional"
    UNPLACED = "unplaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One step of why a visit is on its date: a kind and the values its sentence needs.

    Sentences in Chinese and English are made from it by `planner.scheduling.trace`.
    """

    kind: ReasonKind
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One due date of one plan.

    Args:
        key: Stable identity: plan id, level set and k; the same after every regeneration.
        nominal: The date by anchor arithmetic; never altered by a calendar.
        due: The date after basis and calendar move.
        earliest, latest: First and last day the visit may be on, both inclusive (last_ in style terms).
        absorbed: Keys of the smaller levels' occurrences done with this one.
    """

    key: str
    plan_id: str
    equipment_id: str
    level: Level
    k: int
    nominal: date
    due: date
    earliest: date
    latest: date
    absorbed: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DueWork:
    """What one trip to one site has to do, before anybody knows who goes and on which day.

    `planner.scheduling` makes it, `planner.routing` places it; neither knows the other.

    Args:
        key: Stable identity: the site and the key of its first occurrence; becomes the visit's key.
        ideal: The day the trip should be on if nothing stood in the way.
        earliest, latest: First and last day the trip may be on, both inclusive: what the windows of all
            its occurrences have in common.
        occurrences: What is done there, sorted by key; at least one.
        duration: Working time on site of all occurrences together, without travel.
        skills: What the technician must be able to do, all of it.
        lead: How long before its day the visit becomes *called*: the longest of its plans.
        reasons: Steps taken so far that concern the whole trip, such as merging.
        needs: What it needs beside time and skills.
    """

    key: str
    site_id: str
    ideal: date
    earliest: date
    latest: date
    occurrences: tuple[Occurrence, ...]
    duration: timedelta
    skills: frozenset[str] = frozenset()
    lead: timedelta = timedelta(days=30)
    reasons: tuple[Reason, ...] = ()
    needs: Needs = PLAIN


class VisitState(StrEnum):
    """Where a visit stands; only *called* and later have a work order."""

    FORECAST = "forecast"
    CALLED = "called"
    BOOKED = "booked"
    DONE = "done"
    PARTLY_DONE = "partly_done"
    MISSED = "missed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """One technician on one day of a visit; `travel` is the way there, of a day's last stop the way home as well."""

    technician_id: str
    day: date
    hours: TimeSpan
    travel: timedelta = timedelta(0)
    travel_m: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One trip to one site, serving the occurrences merged into it; most are one technician's on one day.

    Args:
        key: Stable identity: the site and the key of its first occurrence.
        hours: Planned presence on site, local time; None while no technician is known.
        occurrences: What is done there, sorted by key; at least one.
        locked: Never moved by a new plan.
        needs: What it needs beside time and skills.
        further: Who else is there on the first day, and everybody on each further day; `day`, `technician_id` and
            `hours` are the first technician's first day.
    """

    key: str
    site_id: str
    day: date
    earliest: date
    latest: date
    occurrences: tuple[Occurrence, ...]
    duration: timedelta
    state: VisitState = VisitState.FORECAST
    technician_id: str | None = None
    hours: TimeSpan | None = None
    travel: timedelta = timedelta(0)
    travel_m: int = 0
    locked: bool = False
    reasons: tuple[Reason, ...] = ()
    needs: Needs = PLAIN
    further: tuple[Presence, ...] = ()

    @property
    def last_day(self) -> date:
        """The last day on which somebody is there."""
        return max((one.day for one in self.further), default=self.day)

    @property
    def second_id(self) -> str | None:
        """The technician beside the first; None where one goes alone."""
        return next(
            (one.technician_id for one in self.further if one.technician_id != self.technician_id), None
        )

    def takes(self, technician_id: str) -> bool:
        """Whether the technician is there on some day."""
        return technician_id == self.technician_id or any(
            one.technician_id == technician_id for one in self.further
        )

    def spread(self, *, same_key: bool = False) -> Iterator["Visit"]:
        """Yield what each technician has of it on each day, as visits of their own.

        Args:
            same_key: Whether all keep the key, for people to find the visit by; else only the first one does. Of several
                days, each part lasts as long as its hours, breaks included.
        """
        if not self.further:
            yield self
            return
        yield replace(self, further=(), duration=self._share(self.hours))
        for number, one in enumerate(self.further, 2):
            yield replace(
                self,
                key=self.key if same_key else f"{self.key}#{number}",
                day=one.day,
                technician_id=one.technician_id,
                hours=one.hours,
                duration=self._share(one.hours),
                travel=one.travel,
                travel_m=one.travel_m,
                further=(),
            )

    def _share(self, hours: TimeSpan | None) -> timedelta:
        return self.duration if hours is None or self.needs.days == 1 else hours.duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Unplaced:
    """Work that fits nowhere, with the tested reason: the smallest relaxation that would place it."""

    site_id: str
    earliest: date
    latest: date
    occurrences: tuple[Occurrence, ...]
    duration: timedelta
    reason: Reason
    needs: Needs = PLAIN
