"""The sample's technicians: what they can do, where they live, when they are away."""

from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from random import Random

from kb.store.mapping import hours_json, spans_json
from kb.usecases.sample_data import MIXES, PROFILES, SAMPLE_MARK, TECHNICIAN_NAMES
from kb.usecases.sample_places import HOMES, REGIONS, Place, Region, distance_km, place_named
from planner.model import DateSpan, OpeningHours
from planner.model.spans import OFFICE_HOURS
from planner.routing.travel import DEFAULT_RULE

Row = dict[str, object]
YANGTZE_SHARE = 0.6
LEAVE_YEARS_BEFORE, LEAVE_YEARS_AFTER = 2, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A technician as the generator needs one: the row, and where and what."""

    row: Row
    region: Region
    latitude_deg: float
    longitude_deg: float
    skills: frozenset[str]

    def can_do(self, mix: str) -> bool:
        """Whether the technician can do all that a workshop of this mix has."""
        return self.skills.issuperset(MIXES[mix])

    def travel_minutes(self, latitude_deg: float, longitude_deg: float) -> int:
        """Return the way from home as the planner estimates it, one way."""
        straight = distance_km(self.latitude_deg, self.longitude_deg, latitude_deg, longitude_deg)
        return ceil(DEFAULT_RULE.minutes(straight * 1000 * DEFAULT_RULE.detour))


def people(count: int, rng: Random, today: date) -> tuple[Person, ...]:
    """Return `count` technicians, the regions' shares hired in turn."""
    made: list[Person] = []
    in_region: dict[Region, int] = dict.fromkeys(REGIONS, 0)
    for number in range(1, count + 1):
        wants_yangtze = in_region["yangtze"] < YANGTZE_SHARE * number
        region: Region = "yangtze" if wants_yangtze else "pearl"
        made.append(_person(number, region, in_region[region], rng, today))
        in_region[region] += 1
    return tuple(made)


def _person(number: int, region: Region, hired: int, rng: Random, today: date) -> Person:
    home = place_named(HOMES[region][hired % len(HOMES[region])])
    latitude, longitude = jittered(home, rng)
    skills = PROFILES[hired % len(PROFILES)]
    sign = TECHNICIAN_NAMES[number - 1] if number <= len(TECHNICIAN_NAMES) else f"{number:02d}"
    row: Row = {
        "id": f"sample-technician-{number:03d}",
        "code": f"SMP-T{number:03d}",
        "name": f"{SAMPLE_MARK}工程师{sign}",
        "phone": "",
        "latitude_deg": latitude,
        "longitude_deg": longitude,
        "datum": "WGS-84",
        "skills": sorted(skills),
        "working_time": hours_json(_tuesday_to_saturday()) if number % 8 == 5 else None,
        "leave": spans_json(_leave(rng, today)),
        "overtime_minutes": rng.choice((0, 60, 60, 90)),
        "notes": f"{SAMPLE_MARK}：常驻{home.label}",
    }
    return Person(row=row, region=region, latitude_deg=latitude, longitude_deg=longitude, skills=skills)


def jittered(place: Place, rng: Random, spread_deg: float = 0.025) -> tuple[float, float]:
    """Return a point of the town: its centre moved by up to `spread_deg` either way."""
    return (
        round(place.latitude_deg + rng.uniform(-spread_deg, spread_deg), 4),
        round(place.longitude_deg + rng.uniform(-spread_deg, spread_deg), 4),
    )


def _tuesday_to_saturday() -> OpeningHours:
    day = OFFICE_HOURS.weekdays[0]
    return OpeningHours(weekdays=((), day, day, day, day, day, ()), works_on_make_up_days=False)


def _leave(rng: Random, today: date) -> tuple[DateSpan, ...]:
    spans = []
    for year in range(today.year - LEAVE_YEARS_BEFORE, today.year + LEAVE_YEARS_AFTER + 1):
        spring = date(year, 3, 1) + timedelta(days=rng.randrange(75))
        summer = date(year, 7, 1) + timedelta(days=rng.randrange(50))
        winter = date(year, 10, 12) + timedelta(days=rng.randrange(60))
        spans += [
            DateSpan(start=spring, end=spring + timedelta(days=rng.randint(2, 4)), note="培训（示例）"),
            DateSpan(start=summer, end=summer + timedelta(days=rng.randint(5, 9)), note="年休假（示例）"),
            DateSpan(start=winter, end=winter + timedelta(days=rng.randint(1, 4)), note="事假（示例）"),
        ]
    return tuple(spans)
