"""The fault-handling plan (故障处理方案): what to beware of, ask, check, bring and do, who can go when, and how it is proven.

Every statement names what it rests on: pages of the library, numbers of closed jobs, the register, the contract. What is
not known stands in `missing` and nowhere else.
"""

from dataclasses import dataclass
from datetime import date, time


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence with its sources: ids of pages, numbers of jobs, or the name of a rule."""

    text: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardNote:
    """What can hurt; `signal` is `danger`, `warning`, `caution` or `notice`."""

    signal: str
    hazard: str
    consequence: str
    avoid: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckStep:
    """One check, in the order in which they are made.

    Args:
        share: How likely its cause is, 0 to 1.
        check: What is measured or looked at, with the value or sight expected; empty where nobody wrote one down.
        if_so, if_not: What each outcome means.
        minutes: How long it takes; `minutes_assumed` where no page says.
        pages, jobs: Where it comes from: pages, and numbers of closed jobs that found this cause.
    """

    number: int
    cause: str
    share: float
    check: str
    if_so: str
    if_not: str
    minutes: int
    minutes_assumed: bool
    pages: tuple[str, ...]
    jobs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InStock:
    """How many of a part, or of one that does as well, lie at a place.

    Args:
        number: Of the alternative; empty for the part itself.
        technician: Whose van it is; empty for a store.
    """

    number: str
    place: str
    technician: str
    quantity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class KitPart:
    """A part to bring.

    Args:
        number: Of the maker; empty where no page says.
        cause: For which cause.
        stock: How many of it lie in stores and vans together; None where the register does not know it.
        places: Where it and its alternatives lie.
    """

    name: str
    number: str
    quantity: int
    alternatives: tuple[str, ...]
    cause: str
    sources: tuple[str, ...]
    stock: float | None = None
    places: tuple[InStock, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitOffer:
    """Who can go on which day, and what that costs.

    Args:
        extra_minutes, extra_km: Driving that it adds to the day; below zero where it saves some.
        overtime_minutes: Overtime that it adds.
        delayed: Visits of the day that start later.
        keeps_arrival: Whether the promised arrival is kept; None where none was promised or it is met already.
    """

    technician_id: str
    technician: str
    day: date
    start: time
    end: time
    extra_minutes: int
    extra_km: float
    overtime_minutes: int
    delayed: int
    keeps_arrival: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlingPlan:
    """The whole plan for one report; every part may be empty, then `missing` says so."""

    report: str
    title: str
    facts: tuple[tuple[str, str], ...]
    likely: Statement
    hazards: tuple[HazardNote, ...]
    isolation: tuple[Statement, ...]
    questions: tuple[Statement, ...]
    checks: tuple[CheckStep, ...]
    remedies: tuple[Statement, ...]
    parts: tuple[KitPart, ...]
    tools: tuple[Statement, ...]
    skills: tuple[Statement, ...]
    offers: tuple[VisitOffer, ...]
    nobody: str
    fallback: tuple[Statement, ...]
    acceptance: tuple[Statement, ...]
    missing: tuple[str, ...]
