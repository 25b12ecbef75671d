"""Plans that people were told: publish one, read it again, and see what differs between any two.

The plan that stands now is always a draft beside them: it is compared like a version and has no number.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from kb.errors import BadInput, Conflict, Fault, NotFound
from kb.store import PlanningInput, Store
from kb.store.plan_versions import (
    PlanVersionRow,
    add_version,
    newest_run,
    version_heads,
    version_row,
    visits_of_period,
)
from kb.store.register import Session
from kb.store.visits import visit_of
from kb.usecases.plan_book import PlanBook
from kb.usecases.plan_reading import plan_book
from kb.usecases.plan_trail import note_plan
from kb.usecases.plan_words import hours_text
from planner.model import Visit, VisitState

NOTE_LENGTH = 500
GONE = frozenset({VisitState.CANCELLED, VisitState.MISSED})
"""States of visits that do not take place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A published plan without its visits; `number` is None for the plan as it stands now."""

    number: int | None
    published: datetime | None
    published_by: str
    note: str
    run: int
    first_day: date
    last_day: date
    visits: int
    unplaced: int

    def json(self) -> dict[str, object]:
        """Return it for a program."""
        return {
            "number": self.number,
            "published": self.published.isoformat() if self.published else None,
            "published_by": self.published_by,
            "note": self.note,
            "run": self.run,
            "first_day": self.first_day.isoformat(),
            "last_day": self.last_day.isoformat(),
            "visits": self.visits,
            "unplaced": self.unplaced,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a visit stands in a version.

    Args:
        hours: As `08:30–10:00`; empty where none are planned.
        work: A mark that differs when the visit serves other due dates.
    """

    key: str
    site_id: str
    day: date
    technician_id: str | None
    hours: str
    state: VisitState
    locked: bool
    minutes: int
    work: str


class Differs(StrEnum):
    """What two versions do differently with one visit; the first that is true names it."""

    NEW = "new"
    GONE = "gone"
    MOVED = "moved"
    TECHNICIAN = "other_technician"
    HOURS = "other_hours"
    WORK = "other_work"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One visit in two versions.

    Args:
        fields: What differs, of `day`, `technician`, `hours` and `work`; empty where it is new or gone.
    """

    kind: Differs
    key: str
    site_id: str
    before: Place | None
    after: Place | None
    fields: tuple[str, ...] = ()

    @property
    def day(self) -> date:
        """The day to sort it by: the new one, or the old one of a visit that is gone."""
        place = self.after or self.before
        assert place is not None
        return place.day

    @property
    def technicians(self) -> tuple[str | None, ...]:
        """Who is concerned: before, after, each once."""
        return tuple(dict.fromkeys(one.technician_id for one in (self.before, self.after) if one is not None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two versions side by side.

    Args:
        same: Visits that stand alike in both.
        changes: What differs, by day.
        register: Names of sites and people.
    """

    before: Version
    after: Version
    same: int
    changes: tuple[Difference, ...]
    register: PlanBook = field(repr=False)

    def counts(self) -> dict[Differs, int]:
        """Return how many visits differ, by kind; every kind is there."""
        found = Counter(one.kind for one in self.changes)
        return {kind: found[kind] for kind in Differs}

    def by_technician(self) -> dict[str | None, Counter[Differs]]:
        """Return the changes counted by technician; one that changes hands counts for both."""
        return _grouped((one, who) for one in self.changes for who in one.technicians)

    def by_site(self) -> dict[str | None, Counter[Differs]]:
        """Return the changes counted by site."""
        return _grouped((one, one.site_id) for one in self.changes)

    def by_week(self) -> dict[date, Counter[Differs]]:
        """Return the changes counted by week, named by its Monday; one that moves counts where it goes."""
        found: dict[date, Counter[Differs]] = {}
        for one in self.changes:
            found.setdefault(monday_of(one.day), Counter())[one.kind] += 1
        return dict(sorted(found.items()))

    def json(self) -> dict[str, object]:
        """Return it for a program."""
        names = self.register
        return {
            "before": self.before.json(),
            "after": self.after.json(),
            "same": self.same,
            "counts": {kind.value: count for kind, count in self.counts().items()},
            "by_technician": {
                technician_code(names, who): _counted(found) for who, found in self.by_technician().items()
            },
            "by_site": {
                names.codes["sites"].get(site or "", site or ""): _counted(found)
                for site, found in self.by_site().items()
            },
            "by_week": {week.isoformat(): _counted(found) for week, found in self.by_week().items()},
            "changes": [
                {
                    "kind": one.kind.value,
                    "key": one.key,
                    "site": names.codes["sites"].get(one.site_id, one.site_id),
                    "site_name": names.sites[one.site_id].name if one.site_id in names.sites else "",
                    "fields": list(one.fields),
                    "before": _place_json(one.before, names),
                    "after": _place_json(one.after, names),
                }
                for one in self.changes
            ],
        }


def publish_plan(store: Store, *, note: str, who: str, now: datetime) -> Version:
    """Publish the plan as it stands now, and return the new version.

    Args:
        store: The database.
        note: Why, for people; at most `NOTE_LENGTH` characters.
        who: Who publishes.
        now: The present instant, aware.

    Raises:
        BadInput: The note is too long.
        Conflict: There is no plan yet.
    """
    if len(note) > NOTE_LENGTH:
        what = f"has {len(note)} characters"
        repair = f"use at most {NOTE_LENGTH}"
        raise BadInput("the plan was not published", [Fault(where="note", what=what, repair=repair)])
    with store.writing() as session:
        run = newest_run(session)
        if run is None:
            raise Conflict("there is no plan to publish yet; plan the inspections of a period first")
        places = _now(session, run.first_day, run.last_day)
        row = PlanVersionRow(
            number=0,
            published_at=now,
            published_by=who,
            note=note.strip(),
            run=run.number,
            first_day=run.first_day,
            last_day=run.last_day,
            visit_count=len(places),
            unplaced_count=len(run.unplaced or ()),
            visits=[_written(one) for one in places],
        )
        add_version(session, row)
        made = _version(row)
        note_plan(session, "plan_versions", str(made.number), "publish", None, made.json(), who=who, now=now)
        return made


def plan_versions(store: Store) -> tuple[Version, ...]:
    """Return every published version, the newest first."""
    with store.reading() as session:
        return tuple(_version(row) for row in version_heads(session))


def compare_versions(store: Store, before: int | None, after: int | None) -> Comparison:
    """Return what differs between two versions; None stands for the plan as it is now.

    Only the days that both cover are compared, so that a longer plan does not look like a changed one.

    Raises:
        NotFound: There is no such version, or no plan at all.
    """
    book = plan_book(store)
    with store.reading() as session:
        one, was = _read(session, book, before)
        other, now = _read(session, book, after)
    if book is None:
        raise NotFound("plan", "latest")
    first, last = max(one.first_day, other.first_day), min(one.last_day, other.last_day)
    was, now = ([place for place in places if first <= place.day <= last] for places in (was, now))
    changes, same = differences(was, now)
    return Comparison(before=one, after=other, same=same, changes=changes, register=book)


def differences(before: Sequence[Place], after: Sequence[Place]) -> tuple[tuple[Difference, ...], int]:
    """Return what differs, by day and key, and how many visits do not."""
    was = {one.key: one for one in before if one.state not in GONE}
    now = {one.key: one for one in after if one.state not in GONE}
    found = []
    for key in was.keys() | now.keys():
        old, new = was.get(key), now.get(key)
        if (one := _difference(key, old, new)) is not None:
            found.append(one)
    found.sort(key=lambda one: (one.day, one.site_id, one.key))
    return tuple(found), len(was.keys() & now.keys()) - sum(bool(one.fields) for one in found)


def place_of(visit: Visit) -> Place:
    """Return where a visit stands, in short."""
    work = "\n".join(sorted(one.key for one in visit.occurrences))
    return Place(
        key=visit.key,
        site_id=visit.site_id,
        day=visit.day,
        technician_id=visit.technician_id,
        hours=hours_text(visit.hours),
        state=visit.state,
        locked=visit.locked,
        minutes=round(visit.duration / timedelta(minutes=1)),
        work=sha256(work.encode()).hexdigest()[:12],
    )


def monday_of(day: date) -> date:
    """Return the Monday of the week that holds `day`."""
    return day - timedelta(days=day.weekday())


def technician_code(register: PlanningInput | PlanBook, technician_id: str | None) -> str:
    """Return how people call a technician; empty for nobody."""
    return register.codes["technicians"].get(technician_id, technician_id) if technician_id else ""


def _difference(key: str, old: Place | None, new: Place | None) -> Difference | None:
    if old is None or new is None:
        place = new or old
        assert place is not None
        kind = Differs.NEW if old is None else Differs.GONE
        return Difference(kind=kind, key=key, site_id=place.site_id, before=old, after=new)
    pairs = {
        "day": (Differs.MOVED, old.day, new.day),
        "technician": (Differs.TECHNICIAN, old.technician_id, new.technician_id),
        "hours": (Differs.HOURS, old.hours, new.hours),
        "work": (Differs.WORK, old.work, new.work),
    }
    differing = {name: kind for name, (kind, one, other) in pairs.items() if one != other}
    if not differing:
        return None
    return Difference(
        kind=next(iter(differing.values())),
        key=key,
        site_id=new.site_id,
        before=old,
        after=new,
        fields=tuple(differing),
    )


def _read(session: Session, book: PlanBook | None, number: int | None) -> tuple[Version, list[Place]]:
    if number is not None:
        row = version_row(session, number)
        if row is None:
            raise NotFound("plan version", str(number))
        return _version(row), [_place(one) for one in row.visits]
    if book is None:
        raise NotFound("plan", "latest")
    places = [place_of(one) for one in book.visits if book.first_day <= one.day <= book.last_day]
    version = Version(
        number=None, published=None, published_by="", note="", run=book.number, first_day=book.first_day,
        last_day=book.last_day, visits=len(places), unplaced=len(book.unplaced),
    )  # fmt: skip
    return version, places


def _now(session: Session, first: date, last: date) -> list[Place]:
    return [place_of(visit_of(row)) for row in visits_of_period(session, first, last)]


def _version(row: PlanVersionRow) -> Version:
    return Version(
        number=row.number,
        published=row.published_at,
        published_by=row.published_by,
        note=row.note,
        run=row.run,
        first_day=row.first_day,
        last_day=row.last_day,
        visits=row.visit_count,
        unplaced=row.unplaced_count,
    )


def _written(one: Place) -> list[object]:
    return [
        one.key, one.site_id, one.day.isoformat(), one.technician_id, one.hours,
        one.state.value, one.locked, one.minutes, one.work,
    ]  # fmt: skip


def _place(value: Sequence[Any]) -> Place:
    key, site_id, day, technician_id, hours, state, locked, minutes, work = value
    return Place(
        key=key,
        site_id=site_id,
        day=date.fromisoformat(day),
        technician_id=technician_id,
        hours=hours,
        state=VisitState(state),
        locked=locked,
        minutes=minutes,
        work=work,
    )


def _grouped(pairs: Iterable[tuple[Difference, str | None]]) -> dict[str | None, Counter[Differs]]:
    found: dict[str | None, Counter[Differs]] = {}
    for one, name in pairs:
        found.setdefault(name, Counter())[one.kind] += 1
    return dict(sorted(found.items(), key=lambda pair: (-pair[1].total(), pair[0] or "")))


def _counted(found: Mapping[Differs, int]) -> dict[str, int]:
    return {kind.value: count for kind, count in found.items() if count}


def _place_json(place: Place | None, names: PlanBook) -> dict[str, object] | None:
    if place is None:
        return None
    return {
        "day": place.day.isoformat(),
        "technician": technician_code(names, place.technician_id),
        "hours": place.hours,
        "state": place.state.value,
        "locked": place.locked,
    }
