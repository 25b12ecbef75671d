"""What a trip needs beside time and skills: a second person, several days, kits from the store, a price if optional."""

from dataclasses import dataclass

from planner.errors import InvalidInput

MOST_DAYS = 30
"""Working days of one visit; what takes longer is a project, not a visit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """How a trip differs from one technician's visit of some hours.

    Args:
        crew: Technicians who are there together, 1 or 2.
        second_skills: What the second one must be able to do; the first has the skills of the work itself.
        days: Working days in a row, each as a whole; 1 = some hours of one day.
        overnight: Whether they stay near the site between the days, instead of going home each evening.
        kits: Codes of what must be carried along all the time, such as a laser interferometer.
        price: Minutes of driving that the visit is worth; None = it is due and not for choosing.

    Raises:
        InvalidInput: A number outside its bounds, or something that only a second person or a second day would need.
    """

    crew: int = 1
    second_skills: frozenset[str] = frozenset()
    days: int = 1
    overnight: bool = False
    kits: frozenset[str] = frozenset()
    price: float | None = None

    def __post_init__(self) -> None:
        faults = []
        if not 1 <= self.crew <= 2:
            faults.append(f"crew is {self.crew}; it must be 1 or 2")
        if not 1 <= self.days <= MOST_DAYS:
            faults.append(f"days is {self.days}; it must be 1 to {MOST_DAYS}")
        if self.crew == 1 and self.second_skills:
            faults.append(f"second skills are {sorted(self.second_skills)}; they need a crew of 2")
        if self.days == 1 and self.overnight:
            faults.append("overnight is asked for; it needs at least 2 days")
        if self.price is not None and not 0 < self.price < float("inf"):
            faults.append(f"price is {self.price}; it must be above 0 and finite, or none")
        if faults:
            raise InvalidInput(faults)

    @property
    def is_joint(self) -> bool:
        """Whether it takes more than some hours of one technician's day."""
        return self.crew > 1 or self.days > 1

    @property
    def is_optional(self) -> bool:
        """Whether it may stay out."""
        return self.price is not None


PLAIN = Needs()
"""One technician for some hours, with nothing from the store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """Tools that are carried to some visits and of which there are only a few.

    Args:
        id: Its code, which `Needs.kits` name.
        owned: How many there are: on one day so many technicians have one, each for all visits of the day.
        holders: Technicians in whose vans they lie; nobody else can take one. Empty = whoever goes takes one.

    Raises:
        InvalidInput: `owned` is below zero.
    """

    id: str
    owned: int
    holders: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.owned < 0:
            raise InvalidInput([f"kit {self.id} is there {self.owned} times; it must be at least 0"])

    def can_be_taken_by(self, technician_id: str) -> bool:
        """Whether the technician may have one."""
        return not self.holders or technician_id in self.holders
