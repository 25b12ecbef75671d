"""The sample's customers and sites: where they are, what their workshops buy, when nobody may come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from random import Random

from kb.store.mapping import hours_json, spans_json
from kb.usecases.sample_data import (
    HALLS,
    LONG_TRADES,
    MIX_WEIGHTS,
    SAMPLE_MARK,
    SPRING_FESTIVALS,
    TRADES,
)
from kb.usecases.sample_people import Person, Row, jittered
from kb.usecases.sample_places import PLACES, Place
from planner.model import DateSpan, OpeningHours, TimeSpan
from planner.model.spans import OFFICE_HOURS

REACH_MINUTES = 90
"""A site of the sample lies no farther than this from a technician who can do its work, one way."""
NEAR_MINUTES = 10
DAY_MINUTES = 480
LONGEST_WORK_MINUTES = 330
SHUTDOWN_YEARS_BEFORE, SHUTDOWN_YEARS_AFTER = 2, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """A site as the generator needs one.

    Args:
        mix: Key of `kb.usecases.sample_data.MIXES`.
        work_minutes: Work that fits into one day there, the way there and back taken off.
        may_close: Whether it has shutdowns beyond the public holidays; such a site stays small, so that the
            windows of its visits are wide enough to step around them.
    """

    row: Row
    mix: str
    work_minutes: int
    may_close: bool

    @property
    def id(self) -> str:
        """The site's id."""
        return str(self.row["id"])


def customers(count: int, rng: Random) -> tuple[Row, ...]:
    """Return `count` customers, every ninth with a name that tests a table's width."""
    rows = []
    for number in range(1, count + 1):
        trade = rng.choice(LONG_TRADES) if number % 9 == 4 else rng.choice(TRADES)
        row: Row = {
            "id": f"sample-customer-{number:04d}",
            "code": f"SMP-C{number:04d}",
            "name": f"{SAMPLE_MARK}客户{number:02d}号（{trade}）",
            "contact": f"{SAMPLE_MARK}联系人{number:02d}",
            "phone": "",
            "notes": "",
        }
        rows.append(row)
    return tuple(rows)


def workshops(
    count: int, owners: Sequence[Row], staff: Sequence[Person], rng: Random, today: date
) -> tuple[Workshop, ...]:
    """Return `count` sites; each owner has at least one, some have several, all within reach of the staff."""
    around = [_around(person, staff) for person in staff]
    made = []
    for number in range(1, count + 1):
        # The first sites go round, so that every customer has one; the rest fall to few, as in life.
        position = number - 1 if number <= len(owners) else int(len(owners) * rng.random() ** 2)
        options = rng.choice(around)
        place, mix = rng.choices(options, weights=[p.weight * MIX_WEIGHTS[m] for p, m in options])[0]
        made.append(_workshop(number, owners[position], place, mix, staff, rng, today))
    return tuple(made)


def _around(person: Person, staff: Sequence[Person]) -> list[tuple[Place, str]]:
    """Return where `person` is about the nearest who can do a mix, so that everybody has about the same work."""
    nearest, reached = [], []
    for place in PLACES:
        at = place.latitude_deg, place.longitude_deg
        own = person.travel_minutes(*at)
        if own > REACH_MINUTES:
            continue
        for mix in MIX_WEIGHTS:
            if not person.can_do(mix):
                continue
            reached.append((place, mix))
            if own <= NEAR_MINUTES + min(one.travel_minutes(*at) for one in staff if one.can_do(mix)):
                nearest.append((place, mix))
    return nearest or reached


def _workshop(
    number: int, owner: Row, place: Place, mix: str, staff: Sequence[Person], rng: Random, today: date
) -> Workshop:
    latitude, longitude = jittered(place, rng)
    hall = rng.choice(HALLS)
    travel = min(person.travel_minutes(latitude, longitude) for person in staff if person.can_do(mix))
    may_close = rng.random() < 0.3
    opening = _opening(number)
    row: Row = {
        "id": f"sample-site-{number:04d}",
        "code": f"SMP-S{number:04d}",
        "customer_id": owner["id"],
        "name": f"{str(owner['name']).partition('（')[0]}·{place.label}工厂{hall}",
        "city": place.city,
        "address": f"{place.province}{place.label}{SAMPLE_MARK}路{number}号",
        "latitude_deg": latitude,
        "longitude_deg": longitude,
        "datum": "WGS-84",
        "opening": None if opening is None else hours_json(opening),
        "follows_public_calendar": number % 12 != 7,
        "shutdowns": spans_json(_shutdowns(rng, today)) if may_close else [],
        "contact": f"{SAMPLE_MARK}设备主管{number:02d}",
        "phone": "",
        "notes": "",
    }
    work = min(LONGEST_WORK_MINUTES, DAY_MINUTES - 2 * travel)
    return Workshop(row=row, mix=mix, work_minutes=work, may_close=may_close)


def _opening(number: int) -> OpeningHours | None:
    """Return the hours of every fifth site that works on Saturdays, of every ninth with long days; else None."""
    if number % 5 == 0:
        day = OFFICE_HOURS.weekdays[0]
        return OpeningHours(weekdays=(day,) * 6 + ((),))
    if number % 9 == 0:
        long_day = (TimeSpan(start=time(8, 0), end=time(20, 0)),)
        return OpeningHours(weekdays=(long_day,) * 6 + ((),))
    return None


def _shutdowns(rng: Random, today: date) -> tuple[DateSpan, ...]:
    spans = []
    in_spring, in_summer = rng.random() < 0.7, rng.random() < 0.6
    for year in range(today.year - SHUTDOWN_YEARS_BEFORE, today.year + SHUTDOWN_YEARS_AFTER + 1):
        before, after, start, length = (
            rng.randint(3, 6),
            rng.randint(9, 13),
            rng.randint(1, 12),
            rng.randint(5, 10),
        )
        festival = SPRING_FESTIVALS.get(year)
        if festival is not None and (in_spring or not in_summer):
            spans.append(
                DateSpan(
                    start=festival - timedelta(days=before),
                    end=festival + timedelta(days=after),
                    note="春节停产（示例）",
                )
            )
        if in_summer:
            summer = date(year, 7, 25) + timedelta(days=start)
            spans.append(DateSpan(start=summer, end=summer + timedelta(days=length), note="高温停产（示例）"))
    return tuple(spans)
