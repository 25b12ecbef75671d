"""What has happened, as people say it, checked as a whole: every fault at once, then ids and days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from kb.errors import BadInput, Fault
from kb.store import PlanningInput, Store, planning_input
from kb.usecases.plan_views import FIRST_YEAR, LAST_YEAR
from planner.model import DateSpan

ONE_DAY = timedelta(days=1)
LONGEST_DAYS = 366
"""An absence or a closure that is longer belongs into the register and into a new plan."""
MOST_HOURS = 24
NOTE_LENGTH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgent:
    """A job that cannot wait.

    Args:
        site_id: Where.
        skills: What the technician must be able to do.
        by: Last day on which somebody must have come, included.
        duration: Expected work on site.
        note: What is wrong.
    """

    site_id: str
    by: date
    skills: frozenset[str] = frozenset()
    duration: timedelta = timedelta(hours=2)
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplanRequest:
    """What has happened, by ids; several things at once are possible.

    Args:
        away: Technicians with the days on which they cannot work.
        closed: Sites with the days on which nobody can or may come.
        urgent: Jobs that came in.
        note: Why, for people; it becomes the note of the absence or closure.
    """

    away: tuple[tuple[str, DateSpan], ...] = ()
    closed: tuple[tuple[str, DateSpan], ...] = ()
    urgent: tuple[Urgent, ...] = ()
    note: str = ""

    @property
    def last_days(self) -> tuple[date, ...]:
        """The last days of everything in it."""
        spans = [days.end - ONE_DAY for _, days in (*self.away, *self.closed)]
        return (*spans, *(one.by for one in self.urgent))


def replan_request(
    store: Store,
    *,
    today: date,
    sick: Sequence[str] = (),
    closed: Sequence[str] = (),
    first: str = "",
    last: str = "",
    urgent: str = "",
    skills: Sequence[str] = (),
    by: str = "",
    hours: str = "",
    note: str = "",
) -> ReplanRequest:
    """Return a request as a person typed it.

    Args:
        store: The database, for the codes.
        today: First day on which anything can change.
        sick: Codes of technicians who are away from `first` to `last`, both included.
        closed: Codes of sites where nobody may come from `first` to `last`.
        first, last: Days, `2026-03-02`; an empty last day means the first.
        urgent: Code of the site of an urgent job; empty where there is none.
        skills: Skill codes that the job needs.
        by: Last day on which somebody must have come; empty means two days from today.
        hours: Expected work in hours; empty means 2.
        note: Why.

    Raises:
        BadInput: Every fault, by field.
    """
    with store.reading() as session:
        register = planning_input(session)
    faults: list[Fault] = []
    sick, closed = (
        [one.strip() for one in sick if one.strip()],
        [one.strip() for one in closed if one.strip()],
    )
    if not (sick or closed or urgent.strip()):
        what, repair = "nothing has happened", "name a technician who is away, a closed site or an urgent job"
        faults.append(Fault(where="sick", what=what, repair=repair))
    span = _span(first, last, today, faults) if sick or closed else None
    people = [_known(register, "technicians", register.technicians, one, "sick", faults) for one in sick]
    sites = [_known(register, "sites", register.sites, one, "closed", faults) for one in closed]
    job = _urgent(register, urgent, skills, by, hours, note, today, faults) if urgent.strip() else None
    if len(note) > NOTE_LENGTH:
        what = f"has {len(note)} characters"
        faults.append(Fault(where="note", what=what, repair=f"use at most {NOTE_LENGTH}"))
    if faults:
        raise BadInput("the plan cannot be mended like this", faults)
    days = [span] if span else []
    return ReplanRequest(
        away=tuple((one, days[0]) for one in dict.fromkeys(people)),
        closed=tuple((one, days[0]) for one in dict.fromkeys(sites)),
        urgent=(job,) if job else (),
        note=note.strip(),
    )


def request_json(request: ReplanRequest) -> dict[str, Any]:
    """Return a request as JSON."""
    return {
        "away": [[one, days.start.isoformat(), days.end.isoformat()] for one, days in request.away],
        "closed": [[one, days.start.isoformat(), days.end.isoformat()] for one, days in request.closed],
        "urgent": [
            {
                "site": one.site_id,
                "by": one.by.isoformat(),
                "skills": sorted(one.skills),
                "minutes": round(one.duration / timedelta(minutes=1)),
                "note": one.note,
            }
            for one in request.urgent
        ],
        "note": request.note,
    }


def request_from_json(value: Mapping[str, Any]) -> ReplanRequest:
    """Return the request that `request_json` wrote."""

    def spans(pairs: Sequence[Sequence[str]]) -> tuple[tuple[str, DateSpan], ...]:
        return tuple(
            (one, DateSpan(start=date.fromisoformat(start), end=date.fromisoformat(end)))
            for one, start, end in pairs
        )

    return ReplanRequest(
        away=spans(value["away"]),
        closed=spans(value["closed"]),
        urgent=tuple(
            Urgent(
                site_id=one["site"],
                by=date.fromisoformat(one["by"]),
                skills=frozenset(one["skills"]),
                duration=timedelta(minutes=one["minutes"]),
                note=one["note"],
            )
            for one in value["urgent"]
        ),
        note=value["note"],
    )


def _known(
    register: PlanningInput,
    table: str,
    there: Mapping[str, object],
    code: str,
    where: str,
    faults: list[Fault],
) -> str:
    """Return the id of a thing in use that is called so, by code or id."""
    found = (
        code if code in there else next((id for id, one in register.codes[table].items() if one == code), "")
    )
    if found not in there:
        noun = {"technicians": "technician", "sites": "site"}[table]
        what = f"no {noun} in use has the code {code[:80]!r}"
        faults.append(Fault(where=where, what=what, repair="use a code of the register"))
    return found


def _span(first: str, last: str, today: date, faults: list[Fault]) -> DateSpan | None:
    start = _day(first, "first", faults, empty=today)
    end = _day(last, "last", faults, empty=start)
    if start is None or end is None:
        return None
    if end < start:
        what = f"the last day {end} lies before the first day {start}"
        faults.append(Fault(where="last", what=what, repair="give a last day on or after the first"))
    elif end < today:
        what = f"{start} to {end} is over"
        faults.append(Fault(where="last", what=what, repair=f"give a last day from {today} on"))
    elif (end - start).days >= LONGEST_DAYS:
        what = f"{start} to {end} is longer than {LONGEST_DAYS} days"
        faults.append(Fault(where="last", what=what, repair="change the register and make a new plan"))
    else:
        return DateSpan(start=start, end=end + ONE_DAY)
    return None


def _day(text: str, where: str, faults: list[Fault], *, empty: date | None) -> date | None:
    if not text.strip():
        return empty
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        repair = "write year-month-day, such as 2026-01-31"
        faults.append(Fault(where=where, what=f"{text[:40]!r} is no date", repair=repair))
        return None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        what = f"{day} lies outside {FIRST_YEAR}–{LAST_YEAR}"
        faults.append(Fault(where=where, what=what, repair="give a year in these bounds"))
        return None
    return day


def _urgent(
    register: PlanningInput,
    code: str,
    skills: Sequence[str],
    by: str,
    hours: str,
    note: str,
    today: date,
    faults: list[Fault],
) -> Urgent | None:
    site = _known(register, "sites", register.sites, code.strip(), "urgent", faults)
    last = _day(by, "by", faults, empty=today + 2 * ONE_DAY)
    if last is not None and not today <= last < today + timedelta(days=LONGEST_DAYS):
        what = f"{last} lies before today or more than a year ahead"
        faults.append(Fault(where="by", what=what, repair=f"give a day from {today} on"))
    wanted = frozenset(part for one in skills for part in one.replace("，", ",").replace(",", " ").split())
    known = frozenset().union(*(one.skills_ever | one.uncertified for one in register.technicians.values()))
    if unknown := sorted(wanted - known):
        what = f"no technician has {', '.join(unknown)[:200]}"
        faults.append(
            Fault(where="skills", what=what, repair="use a skill that somebody in the register has")
        )
    try:
        length = float(hours or "2")
    except ValueError:
        length = 0.0
    if not 0 < length <= MOST_HOURS:
        what = f"{hours[:40]!r} is no number of hours"
        faults.append(Fault(where="hours", what=what, repair=f"give a number above 0, at most {MOST_HOURS}"))
    if faults or last is None:
        return None
    return Urgent(site_id=site, by=last, skills=wanted, duration=timedelta(hours=length), note=note.strip())
