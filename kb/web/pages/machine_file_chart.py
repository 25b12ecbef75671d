"""The picture of a machine's life: a lane a kind, a mark a thing, today as a line."""

from dataclasses import dataclass
from datetime import date, timedelta

from kb.usecases.machine_file import MachineFile, Moment

LEFT, WIDE, LANE, HEAD = 62, 560, 26, 18
LANES = (("visit", "next_visit"), ("fault",), ("work",), ("part",))
LANE_NAMES = ("Site visits", "Faults", "Other work", "Parts")
MOST_YEARS = 12
"""Of a longer life the last years are drawn."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A thing on its lane; several of one day and kind are one mark."""

    x: float
    y: int
    kind: str
    count: int
    title: str
    href: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """The picture."""

    width: int
    height: int
    lanes: tuple[tuple[int, str], ...]
    years: tuple[tuple[float, str], ...]
    marks: tuple[Mark, ...]
    today_x: float
    first: date


def timeline(found: MachineFile, *, today: date) -> Timeline | None:
    """Return the picture of a machine's life; None where nothing happened."""
    moments = found.moments
    if not moments:
        return None
    last = max(today, moments[-1].day)
    first = max(moments[0].day, today - timedelta(days=MOST_YEARS * 366))
    first = min(first, last - timedelta(days=90))
    span = (last - first).days + 1

    def place(day: date) -> float:
        return round(LEFT + (WIDE - 10) * (day - first).days / span, 1)

    marks = []
    for number, kinds in enumerate(LANES):
        by_day: dict[tuple[date, str], list[Moment]] = {}
        for one in moments:
            if one.kind in kinds and one.day >= first:
                by_day.setdefault((one.day, one.kind), []).append(one)
        for (day, kind), those in sorted(by_day.items()):
            title = f"{day}: " + "; ".join(one.title for one in those[:5]) + ("; …" if len(those) > 5 else "")
            marks.append(Mark(place(day), HEAD + number * LANE + 12, kind, len(those), title, those[0].href))
    step = 1 if span < 8 * 366 else 2
    years = tuple(
        (place(date(year, 1, 1)), str(year))
        for year in range(first.year + 1, last.year + 1)
        if (year - first.year) % step == 0 or step == 1
    )
    return Timeline(
        width=LEFT + WIDE,
        height=HEAD + len(LANES) * LANE + 4,
        lanes=tuple((HEAD + number * LANE, name) for number, name in enumerate(LANE_NAMES)),
        years=years,
        marks=tuple(marks),
        today_x=place(today),
        first=first,
    )
