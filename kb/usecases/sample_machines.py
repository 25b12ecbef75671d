"""The sample's machines: classes, controls, ages; readout kits and auxiliaries with the machine they belong to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from kb.usecases.sample_data import (
    FAMILIES,
    KINDS,
    MACHINE_MAKERS,
    MECHANICAL,
    MIXES,
    READOUT,
    SAMPLE_MARK,
    Family,
)
from kb.usecases.sample_people import Row
from kb.usecases.sample_sites import Workshop
from planner.model import EquipmentClass

SMALL_SITE_MACHINES = 4
AUXILIARY_CHANCE = 0.22
READOUT_HOSTS = (EquipmentClass.MAN,) * 5 + (EquipmentClass.GRI,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine as the generator needs one.

    Args:
        skill: What a technician must know to inspect it.
    """

    row: Row
    site_id: str
    equipment_class: EquipmentClass
    skill: str
    parent_id: str | None

    @property
    def id(self) -> str:
        """The machine's id."""
        return str(self.row["id"])


def counts_of_sites(sites: Sequence[Workshop], total: int, rng: Random) -> tuple[int, ...]:
    """Return how many machines each site has: at least one each, `total` together, few with many."""
    counts = [1] * len(sites)
    largest = max(8, -(-total * 2 // len(sites)))
    weights = [rng.choice((1, 2, 2, 3, 3, 5, 8)) for _ in sites]
    limits = [max(SMALL_SITE_MACHINES, total // len(sites)) if site.may_close else largest for site in sites]
    for _ in range(total - len(sites)):
        open_sites = [place for place, count in enumerate(counts) if count < limits[place]]
        chosen = rng.choices(open_sites, weights=[weights[place] for place in open_sites])[0]
        counts[chosen] += 1
    return tuple(counts)


def machines(sites: Sequence[Workshop], total: int, rng: Random, today: date) -> tuple[Machine, ...]:
    """Return `total` machines in the order of their sites."""
    made: list[Machine] = []
    for site, count in zip(sites, counts_of_sites(sites, total, rng), strict=True):
        _fill(site, count, made, rng, today)
    return tuple(made)


def _fill(site: Workshop, count: int, made: list[Machine], rng: Random, today: date) -> None:
    room = count
    first = len(made)
    while room:
        skill = rng.choice(MIXES[site.mix])
        if skill == READOUT and room >= 2:
            host = _plain(len(made) + 1, site, rng.choice(READOUT_HOSTS), None, rng, today)
            made.append(host)
            family = _family([one for one in FAMILIES if one.skill == READOUT], rng)
            made.append(_controlled(len(made) + 1, site, family, host, rng, today))
            room -= 2
        elif room >= 2 and len(made) > first + 2 and rng.random() < AUXILIARY_CHANCE and skill == "fanuc":
            host = made[-1] if made[-1].parent_id is None else made[first]
            made.append(_plain(len(made) + 1, site, EquipmentClass.AUX, host, rng, today))
            room -= 1
        elif skill == READOUT:
            made.append(_plain(len(made) + 1, site, EquipmentClass.MAN, None, rng, today))
            room -= 1
        else:
            family = _family([one for one in FAMILIES if one.skill == skill], rng)
            made.append(_controlled(len(made) + 1, site, family, None, rng, today))
            room -= 1


def _family(families: Sequence[Family], rng: Random) -> Family:
    return rng.choices(families, weights=[one.weight for one in families])[0]


def _controlled(
    number: int, site: Workshop, family: Family, host: Machine | None, rng: Random, today: date
) -> Machine:
    kind = rng.choice(family.classes)
    series = rng.choice(family.series) if family.series else ""
    model = series if kind is EquipmentClass.DRO and series else rng.choice(KINDS[kind].models)
    first, last = family.years
    year = min(rng.randint(first, last), today.year - 1)
    row = _row(number, site, kind, model, year, host, rng)
    row |= {
        "brand": family.maker or rng.choice(MACHINE_MAKERS),
        "controller": family.controller,
        "drive": family.drive,
        "software": _software(kind, series, rng),
    }
    return Machine(
        row=row,
        site_id=site.id,
        equipment_class=kind,
        skill=family.skill,
        parent_id=host.id if host else None,
    )


def _plain(
    number: int, site: Workshop, kind: EquipmentClass, host: Machine | None, rng: Random, today: date
) -> Machine:
    year = min(rng.randint(1992, 2022), today.year - 1)
    row = _row(number, site, kind, rng.choice(KINDS[kind].models), year, host, rng)
    row |= {"brand": rng.choice(MACHINE_MAKERS), "controller": "", "drive": "", "software": []}
    return Machine(
        row=row, site_id=site.id, equipment_class=kind, skill=MECHANICAL, parent_id=host.id if host else None
    )


def _row(
    number: int,
    site: Workshop,
    kind: EquipmentClass,
    model: str,
    year: int,
    host: Machine | None,
    rng: Random,
) -> Row:
    return {
        "id": f"sample-machine-{number:05d}",
        "tag": f"{SAMPLE_MARK}-{kind.value}-{number:05d}",
        "site_id": site.id,
        "parent_id": host.id if host else None,
        "equipment_class": kind.value,
        "model": model,
        "serial": f"{SAMPLE_MARK}{year % 100:02d}{rng.randrange(10_000):04d}{number:05d}",
        "hardware": [],
        "commissioned": date(year, 1, 1) + timedelta(days=rng.randrange(365)),
        "mtconnect_uuid": None,
        "notes": "",
    }


def _software(kind: EquipmentClass, series: str, rng: Random) -> list[list[str]]:
    if kind is EquipmentClass.DRO or not series:
        return []
    return [["NC", series], [f"PLC（{SAMPLE_MARK}）", f"V{rng.randint(1, 4)}.{rng.randint(0, 9)}"]]
