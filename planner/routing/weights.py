"""What a good plan is worth, in one place: every soft goal priced in minutes of driving.

Hard rules have no price (`planner.routing.constraints`). A price says how many minutes of driving a department would
accept to avoid one unit of something else; a planner who disagrees changes a number here and nothing else.

| what | unit | default | why |
|---|---|---:|---|
| travel | minute driven | 1 | the measure of all others |
| early | day before the ideal one | 0.5 | work is done sooner than needed: cheap |
| late | day after the ideal one | 1 | wear goes on, dearer than early |
| overtime | minute past the regular working time | 0.5 | beside the minute itself |
| other technician | visit by somebody else than last time | 15 | knowing a site saves about as much on the spot |
| balance | squared unequal share of a month, see `balance` | 4 | nobody carries the others' work |
| moved day, moved technician | published visit that changes | 60, 30 | a customer has to be called, a colleague told |
| unserved | visit that finds no place | 6,000 | more than any drive within reach; see `unserved` |
"""

from dataclasses import dataclass, fields

from planner.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Prices in minutes of driving, none below zero.

    Args:
        travel: A minute driven.
        early: A day before the ideal one.
        late: A day after the ideal one.
        overtime: A minute past the regular working time, beside what is done in it.
        other_technician: A visit by somebody else than the site's last one.
        balance: The squared minutes that a technician drives and works in a month, over the minutes there are: one
            who is 10 points above the others in a month of 160 h costs 0.01 x 9,600 min x 4 = 384 minutes of driving.
        moved_day: A published visit on another day.
        moved_technician: A published visit by another technician.
        unserved: Work that finds no place.

    Raises:
        InvalidInput: A price is negative.
    """

    travel: float = 1.0
    early: float = 0.5
    late: float = 1.0
    overtime: float = 0.5
    other_technician: float = 15.0
    balance: float = 4.0
    moved_day: float = 60.0
    moved_technician: float = 30.0
    unserved: float = 6_000.0

    def __post_init__(self) -> None:
        faults = [
            f"weight {one.name} is {getattr(self, one.name)}; a price must not be negative"
            for one in fields(self)
            if getattr(self, one.name) < 0
        ]
        if faults:
            raise InvalidInput(faults)


DEFAULT_WEIGHTS = Weights()
