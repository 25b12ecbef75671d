"""The sample's contracts and maintenance plans: what was sold, and the dates that follow from it.

The levels of a site's machines take turns: each trip does one machine's yearly inspection and the smaller ones of
the others, so that no trip is longer than a day. Where a site has too much for one day, its machines form groups
that are visited some days apart, with windows that do not touch.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from random import Random

from kb.usecases.sample_data import (
    BASE_MINUTES,
    KINDS,
    LEVEL_MONTHS,
    SAMPLE_MARK,
    SHARE_LIMITS,
    SHARES,
    TERMS,
    Terms,
)
from kb.usecases.sample_machines import Machine
from kb.usecases.sample_people import Row
from kb.usecases.sample_sites import Workshop
from planner.model import ContractLevel, Level

CONTRACT_YEARS_BEFORE, CONTRACT_YEARS = 3, 7
MONTH_DAYS = 28
SPACING_DAYS = 21
MOVE_DAYS = 5
"""Calendar moves shift a date by up to about this much; windows of two groups stay apart even then."""
ALL_IN_MACHINES = 6
"""Only a site with few machines buys a visit each month, so that its groups stay weeks apart."""
LAST_SAFE_DAY = 28
"""An anchor after the 28th would be clipped in short months, and levels would no longer fall on one day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Machines of a site that one trip serves.

    Args:
        anchor: The day of its first trip.
        window_days: How early and how late a visit may be; None means the planner's defaults.
        turns: By machine, in which month of the cycle (0 to 11) its yearly inspection falls.
    """

    level: ContractLevel
    machines: tuple[Machine, ...]
    anchor: date
    window_days: int | None
    turns: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """What was sold: contract rows, the groups behind them, and the maintenance plans."""

    contracts: tuple[Row, ...]
    groups: tuple[Group, ...]
    plans: tuple[Row, ...]


def sold(
    sites: Sequence[Workshop], machines: Sequence[Machine], technicians: int, rng: Random, today: date
) -> Sold:
    """Return contracts of all sites, the groups of their machines, and every machine's plans."""
    by_site = {site_id: tuple(some) for site_id, some in groupby(machines, lambda one: one.site_id)}
    levels = _levels(sites, by_site, len(machines) / technicians, rng)
    contracts, groups, plans = [], [], []
    for number, site in enumerate(sites, 1):
        level = levels[site.id]
        signed = date(today.year - CONTRACT_YEARS_BEFORE, rng.randint(1, 12), 1)
        some = _groups(site, by_site[site.id], level, signed, rng)
        groups += some
        contracts.append(_contract(number, site, level, signed, len(some)))
        plans += [row for group in some for row in _plans(group)]
    return Sold(contracts=tuple(contracts), groups=tuple(groups), plans=tuple(plans))


def level_in_month(level: ContractLevel, turn: int, month: int) -> Level:
    """Return the inspection that falls in a month of the cycle on a machine whose yearly one falls in `turn`."""
    since_yearly = (month - turn) % 12
    fitting = [one for one in TERMS[level].levels if since_yearly % LEVEL_MONTHS[one] == 0]
    return fitting[-1]


def minutes_of(machine: Machine, level: Level) -> int:
    """Return how long an inspection takes, in steps of five minutes."""
    return 5 * max(1, round(BASE_MINUTES[level] * KINDS[machine.equipment_class].minutes_percent / 500))


def trip_minutes(level: ContractLevel, turns: Sequence[tuple[Machine, int]]) -> int:
    """Return the work of the longest trip of a group's year, in minutes."""
    return max(
        sum(minutes_of(machine, level_in_month(level, turn, month)) for machine, turn in turns)
        for month in TERMS[level].trip_months
    )


def _levels(
    sites: Sequence[Workshop], by_site: dict[str, tuple[Machine, ...]], machines_each: float, rng: Random
) -> dict[str, ContractLevel]:
    row = sum(machines_each > limit for limit in SHARE_LIMITS)
    all_in, labour, _ = (round(share * len(sites)) for share in SHARES[row])
    order = sorted(sites, key=lambda site: (_unfit(site, by_site[site.id]), rng.random()))
    levels = dict.fromkeys((site.id for site in order[:all_in]), ContractLevel.ALL_IN)
    rest = sorted(order[all_in:], key=lambda _: rng.random())
    levels |= dict.fromkeys((site.id for site in rest[:labour]), ContractLevel.LABOUR)
    return levels | dict.fromkeys((site.id for site in rest[labour:]), ContractLevel.INSPECTION)


def _unfit(site: Workshop, machines: Sequence[Machine]) -> bool:
    return site.may_close or len(machines) > ALL_IN_MACHINES


def _groups(
    site: Workshop, machines: Sequence[Machine], level: ContractLevel, signed: date, rng: Random
) -> list[Group]:
    packed: list[list[tuple[Machine, int]]] = []
    for unit in _units(machines):
        for number, some in enumerate([*packed, []]):
            tried = _with_turns(some, unit, level)
            if not some or trip_minutes(level, tried) <= site.work_minutes:
                packed[number : number + 1] = [tried]
                break
    shortest_cycle = min(LEVEL_MONTHS[one] for one in TERMS[level].levels) * MONTH_DAYS
    spacing = max(1, min(SPACING_DAYS, shortest_cycle // len(packed)))
    window = None if len(packed) == 1 else max(1, (spacing - MOVE_DAYS) // 2)
    months_later = rng.randint(0, 3) if level is ContractLevel.INSPECTION else 0
    first = _months_after(signed, months_later) + timedelta(days=rng.randint(6, 9))
    return [
        Group(
            level=level,
            machines=tuple(machine for machine, _ in some),
            turns=tuple(turn for _, turn in some),
            anchor=_safe(first + timedelta(days=spacing * place)),
            window_days=window,
        )
        for place, some in enumerate(packed)
    ]


def _units(machines: Sequence[Machine]) -> list[tuple[Machine, ...]]:
    """Return machines with what belongs to them: a kit is inspected together with its host."""
    parts: dict[str, list[Machine]] = {}
    for machine in machines:
        parts.setdefault(machine.parent_id or machine.id, []).append(machine)
    return [tuple(unit) for unit in parts.values()]


def _with_turns(
    some: Sequence[tuple[Machine, int]], unit: Sequence[Machine], level: ContractLevel
) -> list[tuple[Machine, int]]:
    """Return the group with the machines of `unit`, each in the month in which it makes the year most even."""
    tried = list(some)
    for machine in unit:
        months = TERMS[level].trip_months
        best = min(months, key=lambda turn: (trip_minutes(level, [*tried, (machine, turn)]), turn))
        tried.append((machine, best))
    return tried


def _contract(number: int, site: Workshop, level: ContractLevel, signed: date, groups: int) -> Row:
    terms = TERMS[level]
    return {
        "id": f"sample-contract-{number:04d}",
        "code": f"SMP-K{number:04d}",
        "site_id": site.id,
        "level": level.value,
        "valid_from": signed,
        "valid_until": signed.replace(year=signed.year + CONTRACT_YEARS),
        "visits_per_year": len(terms.trip_months),
        "min_spacing_days": 45 if groups == 1 and level is ContractLevel.INSPECTION else None,
        "response_hours": terms.response_hours,
        "arrival_hours": terms.arrival_hours,
        "temporary_restore_hours": terms.temporary_restore_hours,
        "resolution_hours": terms.resolution_hours,
        "notes": f"{SAMPLE_MARK}合同",
    }


def _plans(group: Group) -> list[Row]:
    return [
        _plan(group, TERMS[group.level], machine, turn, level)
        for machine, turn in zip(group.machines, group.turns, strict=True)
        for level in TERMS[group.level].levels
    ]


def _plan(group: Group, terms: Terms, machine: Machine, turn: int, level: Level) -> Row:
    months = LEVEL_MONTHS[level]
    # The first date of a level that coincides with the machine's yearly one, counted from the group's first trip.
    anchor = _months_after(group.anchor, turn % months)
    checklist = KINDS[machine.equipment_class].checklist
    number = machine.id.rpartition("-")[2]
    return {
        "id": f"sample-plan-{number}-{level.value}",
        "code": f"SMP-P{number}-{level.value}",
        "equipment_id": machine.id,
        "level": level.value,
        "interval_count": 1 if level in (Level.MONTHLY, Level.YEARLY) else months,
        "interval_unit": "years" if level is Level.YEARLY else "months",
        "anchor": anchor,
        "basis": "fixed",
        "move": "nearest",
        "late_days": group.window_days,
        "early_days": group.window_days,
        "duration_minutes": minutes_of(machine, level),
        "lead_days": 30 if months > 1 else 14,
        "skills": [machine.skill],
        "checklist_id": f"CHK-{checklist}-{level.value.upper().replace('_', '-')}" if checklist else None,
        "notes": f"{SAMPLE_MARK}：每年 {len(terms.trip_months)} 次",
    }


def _months_after(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return day.replace(year=day.year + years, month=month + 1)


def _safe(day: date) -> date:
    return day.replace(day=min(day.day, LAST_SAFE_DAY))
