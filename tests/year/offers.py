"""What a proposal must say, reckoned once more: from the count, the checklists' files, the prices, by rules written down anew."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.year.department import HOMES, MACHINES, NAMES, PRICES, SITES, ZONE, MachineOfYear, commissioned
from tests.year.tally import Repair, Tally

CENT = Decimal("0.01")
MONTHS_OF = {"yearly": 12, "half_yearly": 6, "quarterly": 3, "monthly": 1}
SIZES = ("shift", "weekly", "monthly", "quarterly", "half_yearly", "yearly")
OFF = {date(2026, 10, day) for day in range(1, 8)} | {date(2026, 6, day) for day in (19, 20, 21)}
OFF |= {date(2026, 9, day) for day in (25, 26, 27)} | {date(2026, 5, day) for day in range(1, 6)}
OFF |= {date(2026, 4, day) for day in (4, 5, 6)} | {date(2026, 2, day) for day in range(15, 24)}
MADE_UP = {date(2026, month, day) for month, day in ((2, 14), (2, 28), (5, 9), (9, 20), (10, 10))}
"""Days off and weekend days worked of the notice for 2026; those of later years are not announced."""


@cache
def checklists(folder: Path) -> tuple[Mapping[str, Any], ...]:
    """Return the heads of all checklists in use, read from their files."""
    found = []
    for path in sorted(folder.glob("*.md")):
        head = yaml.safe_load(path.read_text(encoding="utf-8").split("\n---", 1)[0].removeprefix("---"))
        if head["type"] == "checklist" and head["status"] != "withdrawn" and head["level"] in SIZES:
            found.append(head)
    return tuple(sorted(found, key=lambda one: (SIZES.index(one["level"]), one["id"])))


def work_of(machine: MachineOfYear, level: str, folder: Path) -> tuple[int, int, list[str]]:
    """Return minutes, number of items and pages of an inspection: without what the operator does by himself."""
    chosen = [
        one
        for one in checklists(folder)
        if SIZES.index(one["level"]) <= SIZES.index(level)
        and any(machine.equipment_class in group.get("machine", ()) for group in one["applies_to"])
    ]
    items: dict[str, int] = {}
    for page in chosen:
        for item in page["items"]:
            items.setdefault(item["id"], item["minutes"])
    daily = {item["id"] for page in chosen if page["level"] in SIZES[:2] for item in page["items"]}
    minutes = sum(spent for id, spent in items.items() if id not in daily)
    return minutes, len(items), [page["id"] for page in chosen if page["level"] not in SIZES[:2]]


def levels_of(visits: int) -> list[str]:
    """Return the level of each visit of a year."""
    base = next((name for name, months in MONTHS_OF.items() if months * visits <= 12), "weekly")
    found = []
    for number in range(1, visits + 1):
        whole = [
            name
            for name, months in MONTHS_OF.items()
            if months * visits >= 12 and (12 * number) % (months * visits) == 0
        ]
        found.append(whole[0] if whole else base)
    return found


def is_worked(day: date) -> bool:
    """Whether both sides work on a day."""
    return day in MADE_UP or (day.weekday() < 5 and day not in OFF)


def calendar_of(start: date, levels: Sequence[str]) -> list[dict[str, str]]:
    """Return the proposed days: the end of each part of the year, or the nearest worked day, the later of two."""
    length = (start.replace(year=start.year + 1) - start).days
    found = []
    for place, level in enumerate(levels, 1):
        nominal = start + timedelta(days=length * place // len(levels) - 1)
        steps = sorted(range(-20, 21), key=lambda step: (abs(step), -step))
        # a working Sunday that pays for a holiday is worked, as everywhere
        day = next(
            nominal + timedelta(days=step) for step in steps if is_worked(nominal + timedelta(days=step))
        )
        found.append({"day": day.isoformat(), "nominal": nominal.isoformat(), "level": level})
    return found


def way_to(site: str) -> dict[str, Any]:
    """Return the way from the nearest home and back: great circle times 1.3, 30 km at 35 km/h and the rest at 80."""
    here = next(one for one in SITES if one.code == site)
    ways = []
    for code, (latitude, longitude) in HOMES.items():
        north, east = math.radians(latitude), math.radians(longitude)
        other_north, other_east = math.radians(here.latitude), math.radians(here.longitude)
        half = math.sin((north - other_north) / 2) ** 2
        half += math.cos(north) * math.cos(other_north) * math.sin((east - other_east) / 2) ** 2
        road = 2 * 6_371_008.8 * math.asin(math.sqrt(half)) * 1.3
        near = min(road, 30_000)
        minutes = near / 35_000 * 60 + (road - near) / 80_000 * 60
        ways.append((math.ceil(minutes), round(road), code))
    minutes, metres, code = min(ways)
    return {
        "minutes": 2 * minutes,
        "kilometres": round(2 * metres / 1000),
        "measured": True,
        "technician": NAMES[code],
    }


def mean_of(own: Sequence[float], fleet: Sequence[float]) -> dict[str, Any] | None:
    """Return a mean of the site's own repairs from five on, else of the fleet's."""
    values = own if len(own) >= 5 else fleet
    if not values:
        return None
    mean = round(math.fsum(values) / len(values), 2)
    return {"mean": mean, "count": len(values), "of": "own" if len(own) >= 5 else "fleet"}


def failures_of(tally: Tally, site: str, now: datetime) -> dict[str, Any]:
    """Return what failed in the last three years, here and in the fleet of the same classes."""
    today = now.date()
    assert tally.first_order is not None
    begin = tally.first_order.date()
    machines = [one for one in MACHINES if one.site == site]
    classes = {one.equipment_class for one in machines}
    fleet = [one for one in MACHINES if one.equipment_class in classes]
    closed = sorted(tally.repairs, key=lambda one: (one.opened, one.id))
    theirs = [one for one in closed if one.tag in {machine.tag for machine in fleet}]
    ours = [one for one in theirs if one.tag in {machine.tag for machine in machines}]

    def years(these: Sequence[MachineOfYear]) -> float:
        return round(sum(max(0, (today - max(begin, commissioned(one))).days) / 365.25 for one in these), 3)

    def down(these: Sequence[Repair]) -> list[float]:
        return [
            (one.restored - one.opened).total_seconds() / 3600
            for one in these
            if one.stopped and one.restored
        ]

    counts = Counter(one.subsystem for one in ours)
    order = {code: place for place, code in enumerate(dict.fromkeys(one.subsystem for one in ours))}
    return {
        "window": [begin.isoformat(), today.isoformat()],
        "own": {"machines": len(machines), "failures": len(ours), "machine_years": years(machines)},
        "fleet": {"machines": len(fleet), "failures": len(theirs), "machine_years": years(fleet)},
        "repair_hours": mean_of(
            [one.minutes / 60 for one in ours if one.minutes],
            [one.minutes / 60 for one in theirs if one.minutes],
        ),
        "downtime_hours": mean_of(down(ours), down(theirs)),
        "evidence": [
            {
                "id": one.id,
                "number": one.number,
                "day": one.opened.date().isoformat(),
                "tag": one.tag,
                "title": one.title,
                "subsystem": one.subsystem,
                "cause": one.cause,
            }
            for one in ours
        ],
        "subsystems": [
            [code, counts[code]] for code in sorted(counts, key=lambda code: (-counts[code], order[code]))[:5]
        ],
    }


def use_of(tally: Tally, site: str, now: datetime) -> dict[str, Any] | None:
    """Return what was used of the contract that the site had first, year by year."""
    agreed = next(one for one in SITES if one.code == site)
    if not agreed.level:
        return None
    first, last = date.fromisoformat(agreed.first), date.fromisoformat(agreed.last)
    use = []
    start = first
    while start <= min(last, now.date()):
        end = start.replace(year=start.year + 1)
        mended = [one for one in tally.repairs if one.site == site and start <= one.opened.date() < end]
        timed = [one.minutes for one in mended if one.minutes]
        use.append(
            {
                "first": start.isoformat(),
                "last": (end - timedelta(days=1)).isoformat(),
                "sold": agreed.visits,
                "done": sum(start <= day < end for day in tally.visited[site]),
                "repairs": len(mended),
                "hours": float((Decimal(sum(timed)) / 60).quantize(CENT, ROUND_HALF_EVEN)),
                "hours_known": len(timed),
            }
        )
        start = end
    return {
        "code": f"HT-{site}",
        "level": agreed.level,
        "first": agreed.first,
        "last": agreed.last,
        "visits_per_year": agreed.visits,
        "use": use,
    }


def facts_of(
    tally: Tally, site: str, ids: Mapping[str, str], folder: Path, *, visits: int, start: date, now: datetime
) -> dict[str, Any]:
    """Return the facts of a proposal that is made now."""
    machines = sorted((one for one in MACHINES if one.site == site), key=lambda one: one.tag)
    levels = levels_of(visits)
    works = []
    for machine in machines:
        for level in dict.fromkeys(levels):
            minutes, items, pages = work_of(machine, level, folder)
            works.append(
                {
                    "equipment_id": ids[machine.tag],
                    "equipment_class": machine.equipment_class,
                    "level": level,
                    "times": levels.count(level),
                    "minutes": minutes,
                    "items": items,
                    "pages": pages,
                }
            )
    return {
        "as_of": now.astimezone(ZONE).date().isoformat(),
        "customer": "苏州精密" if site in ("S1", "S2") else "无锡模具",
        "site": {
            "id": ids[site],
            "code": site,
            "name": f"{site} 厂",
            "city": "苏州",
            "address": "",
            "contact": "",
            "phone": "",
        },
        "machines": [
            {
                "id": ids[one.tag],
                "tag": one.tag,
                "equipment_class": one.equipment_class,
                "brand": "友佳",
                "model": "V850",
                "serial": "",
                "controller": "",
                "commissioned": one.commissioned,
            }
            for one in machines
        ],
        "works": works,
        "calendar": calendar_of(start, levels),
        "trip": way_to(site),
        **failures_of(tally, site, now),
        "contract": use_of(tally, site, now),
    }


def expected_failures(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the failures of a year: a gamma rate, the fleet's weighing one machine-year, and its negative binomial count."""
    own, fleet = facts["own"], facts["fleet"]
    rate = fleet["failures"] / fleet["machine_years"]
    shape, years = rate + own["failures"], 1 + own["machine_years"]
    stays = years / (years + own["machines"])
    return {
        "mean": own["machines"] * shape / years,
        "low": quantile(0.05, shape, stays),
        "high": quantile(0.95, shape, stays),
        "own": own["failures"],
        "own_machine_years": own["machine_years"],
        "fleet_rate": rate,
    }


def quantile(share: float, shape: float, stays: float) -> int:
    """Return the least count up to which so much of a negative binomial lies: each chance from the one before it."""
    chance = stays**shape
    below, number = chance, 0
    while below < share:
        chance *= (number + shape) / (number + 1) * (1 - stays)
        number += 1
        below += chance
    return number


def money(amount: Decimal) -> Decimal:
    """Return an amount in cents, a half rounded up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def price(name: str) -> Decimal:
    """Return a number of the price book."""
    return Decimal(str(PRICES[name]))
