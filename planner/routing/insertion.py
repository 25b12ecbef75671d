"""What would it cost to put one more job among the visits that stand?"""

from planner.routing.diary import BEST, Diary
from planner.routing.jobs import Insertion, Job


def cost_of_inserting(job: Job, diary: Diary, *, best: int = BEST) -> tuple[Insertion, ...]:
    """Return the `best` cheapest places for one more job, the cheapest first; empty where it fits nowhere.

    Nothing is changed. Each offer is of another technician or another day, so that a person has something to choose.
    """
    return diary.offers(job, best=best)
