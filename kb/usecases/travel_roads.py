"""Asking a road service for the ways that nobody has typed.

It is asked only when somebody says so; when it fails, what is known stays, and plans say that they rest on less.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kb.errors import BadImport, BadInput, Fault
from kb.imports.road_service import BLOCK, RoadService, Way
from kb.store import PlanningInput, Store, planning_input, register
from kb.store.travel import ROAD, known_ways, note_travel, put_ways
from kb.usecases.travel_rules import spot_of
from kb.usecases.travel_times import HOME, LATEST, SITE

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadNews:
    """What asking the road service came to; `failed` says why it stopped, empty where it did not."""

    asked: int
    learnt: int
    failed: str


def ask_roads(
    store: Store,
    address: str,
    *,
    who: str,
    now: datetime,
    progress: Progress = lambda done, total: None,
    service: Callable[[str], RoadService] = RoadService,
) -> RoadNews:
    """Ask the road service for every way that it has not told yet, and keep the answers; its failure is told.

    Both directions are asked and the longer one is kept. What came before a failure stays.

    Args:
        store: The database.
        address: The service, from the settings.
        who: Who asks, for the audit trail.
        now: The present instant.
        progress: Told how many blocks are done, of how many.
        service: Opens the service.

    Raises:
        BadInput: No address is set.
    """
    if not address:
        what, repair = "no road service is set", "set SERVICEBOOK_OSRM_URL, such as http://roads:5000"
        raise BadInput("no road service can be asked", [Fault(where="osrm_url", what=what, repair=repair)])
    with store.reading() as session:
        names = planning_input(session)
        known = {(one, other): at for one, other, source, _, _, at in known_ways(session) if source == ROAD}
    spots = spots_of(names)
    places = sorted(spots)
    blocks = [places[start : start + BLOCK] for start in range(0, len(places), BLOCK)]
    wanted = [
        (n, m)
        for n in range(len(blocks))
        for m in range(n, len(blocks))
        if any(
            known.get(pair) != f"{spots[pair[0]]} {spots[pair[1]]}" for pair in _pairs(blocks[n], blocks[m])
        )
    ]
    roads = service(address)
    learnt, failed = 0, ""
    try:
        for number, (n, m) in enumerate(wanted):
            progress(number, len(wanted))
            there = roads.ways([spots[one] for one in blocks[n]], [spots[one] for one in blocks[m]])
            back = (
                there
                if n == m
                else roads.ways([spots[one] for one in blocks[m]], [spots[one] for one in blocks[n]])
            )
            rows = _learnt(blocks[n], blocks[m], there, back, spots, now)
            with store.writing() as session:
                put_ways(session, rows)
            learnt += len(rows)
        progress(len(wanted), len(wanted))
    except BadImport as error:
        failed = error.faults[0].what
    finally:
        roads.close()
    with store.writing() as session:
        note_travel(session, run=LATEST, now=now, note={"failed": failed, "learnt": learnt})
        if learnt or failed:
            entry = register.Change(
                at=now,
                who=who,
                action="roads",
                kind="travel_ways",
                thing_id=ROAD,
                before=None,
                after={"learnt": learnt, "failed": failed},
            )
            register.record(session, [entry])
    return RoadNews(asked=len(wanted), learnt=learnt, failed=failed)


def spots_of(names: PlanningInput) -> dict[str, str]:
    """Return where every site and home with a position is, by the name of the place."""
    found = {f"{SITE}{id}": spot_of(one.position) for id, one in names.sites.items() if one.position}
    return found | {f"{HOME}{id}": spot_of(one.home) for id, one in names.technicians.items()}


def _pairs(one: Iterable[str], other: Sequence[str]) -> Iterable[tuple[str, str]]:
    return ((min(a, b), max(a, b)) for a in one for b in other if a != b)


def _learnt(
    rows: Sequence[str],
    columns: Sequence[str],
    there: Sequence[Sequence[Way]],
    back: Sequence[Sequence[Way]],
    spots: Mapping[str, str],
    now: datetime,
) -> list[Mapping[str, Any]]:
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for i, a in enumerate(rows):
        for j, b in enumerate(columns):
            ways = [one for one in (there[i][j], back[j][i]) if one is not None]
            if a == b or not ways:
                continue
            one, other = min(a, b), max(a, b)
            minutes, metres = max(ways)
            found[one, other] = {
                "one": one,
                "other": other,
                "source": ROAD,
                "minutes": minutes,
                "metres": metres,
                "at": f"{spots[one]} {spots[other]}",
                "noted_at": now,
                "noted_by": "",
            }
    return list(found.values())
