"""The best plan so far, small enough to stand in a job's row: who goes where, when; the rest follows from the work."""

import base64
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time

from planner.model import DueWork, TimeSpan, Visit

Checkpoint = str
"""Compressed JSON in base64; 12,000 visits take some 200 kB."""


def checkpoint_of(visits: Iterable[Visit]) -> Checkpoint:
    """Return the placements of visits; those without technician or hours are left out."""
    placed = {
        one.key: [
            one.technician_id,
            one.day.isoformat(),
            f"{one.hours.start:%H:%M}",
            f"{one.hours.end:%H:%M}",
        ]
        for one in visits
        if one.hours is not None and one.technician_id is not None
    }
    text = json.dumps(placed, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode(), 6)).decode()


def taken_up(
    checkpoint: Checkpoint, work: Sequence[DueWork], otherwise: Sequence[Visit]
) -> tuple[Visit, ...]:
    """Return where work stood at a checkpoint; what it does not name stands as in `otherwise`.

    The visits are good enough to begin a search with, not to be written: they know neither ways nor reasons.
    """
    placed: Mapping[str, Sequence[str]] = json.loads(zlib.decompress(base64.b64decode(checkpoint)))
    known = {one.key: one for one in otherwise}
    found = []
    for one in work:
        place = placed.get(one.key)
        if place is None:
            found += [known[one.key]] if one.key in known else []
            continue
        technician_id, day, start, end = place
        found.append(
            Visit(
                key=one.key,
                site_id=one.site_id,
                day=date.fromisoformat(day),
                earliest=one.earliest,
                latest=one.latest,
                occurrences=one.occurrences,
                duration=one.duration,
                technician_id=technician_id,
                hours=TimeSpan(start=time.fromisoformat(start), end=time.fromisoformat(end)),
            )
        )
    return tuple(found)
