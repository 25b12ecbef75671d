"""What has no place after a disturbance, and what only a new plan can place again."""

from dataclasses import dataclass

from planner.model import Visit, VisitState
from planner.routing.diary import Diary
from planner.routing.jobs import Insertion

NO_PLACE = "no_place"
"""Why a visit is stranded that has nobody now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranded:
    """A hit visit, or an urgent job, that has no place.

    Args:
        visit: The visit as it stood; None for an urgent job.
        key: Its key.
        why: `locked` and `booked` visits stay as they are until a person decides; `no_place` ones have nobody now.
        offers: Places outside its window or its agreed hours, the cheapest first; a person may choose one.
    """

    key: str
    visit: Visit | None
    why: str
    offers: tuple[Insertion, ...] = ()


def joint_stranded(visit: Visit, diary: Diary) -> Stranded:
    """Return a visit of two technicians or several days that was hit: only a new plan finds those a place."""
    if visit.locked or visit.state is VisitState.BOOKED:
        why = "locked" if visit.state is not VisitState.BOOKED else "booked"
        return Stranded(key=visit.key, visit=visit, why=why)
    for part in visit.spread():
        if part.key in diary:
            diary.take(part.key)
    return Stranded(key=visit.key, visit=visit, why=NO_PLACE)
