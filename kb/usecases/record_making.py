"""Records made from what the department did: a follow-up call from a finished job, a sample to verify, work for the library."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from kb.errors import BadInput, Conflict, Fault
from kb.store import Store
from kb.store import records as rows
from kb.store.records import RecordSelection, Session
from kb.store.register import columns_by_id
from kb.store.visit_rows import visit_row
from kb.store.work_orders import order_row
from kb.usecases.record_kinds_quality import POPULATIONS
from kb.usecases.record_nouns import Actor, Record
from kb.usecases.record_reading import record, record_in, row_of
from kb.usecases.records import create_record_in, tell
from kb.usecases.register_days import day_of
from kb.usecases.register_kinds import Wording, Wrong
from kb.usecases.search_log import Note, keep_notes

FINISHED = ("done", "partly_done", "closed")
LARGEST_SAMPLE = 2_000


def follow_up(
    store: Store,
    *,
    visit: str = "",
    order: str = "",
    id: str,
    actor: Actor,
    wording: Wording,
    now: datetime,
) -> Record:
    """Return the follow-up call for a finished visit or work order; made where there is none yet.

    Raises:
        BadInput: Neither or both are given, or the work is not finished.
    """
    with store.writing() as session:
        handle = visit or order
        found = visit_row(session, visit) if visit else order_row(session, order) if order else None
        if bool(visit) == bool(order) or found is None:
            fault = Fault(
                where="visit" if visit else "order", what=f"{handle[:60]!r} is not there", repair="give one"
            )
            raise BadInput("no follow-up call was made", [fault])
        if found.state not in FINISHED:
            fault = Fault(
                where="visit" if visit else "order", what=f"is {found.state}", repair="finish the work first"
            )
            raise BadInput("no follow-up call was made", [fault])
        wanted = RecordSelection(
            kind="satisfaction", visit_key=visit, order_id=getattr(found, "id", "") if order else ""
        )
        if held := rows.record_rows(session, wanted, first=0, size=1):
            return record_in(session, held[0], actor=actor, wording=wording, now=now)
        site = columns_by_id(session, "sites", ("name", "phone"), [found.site_id]).get(
            found.site_id, ("", "")
        )
        what = getattr(found, "title", "") or getattr(found, "day", "")
        title = f"{wording.pick(('回访', 'Call'))}：{site[0]} {what}"[:200]
        raw = {"title": title, "visit": visit, "order": order, "phone": site[1]}
        return create_record_in(session, "satisfaction", raw, id=id, actor=actor, wording=wording, now=now)


def draw_sample(
    store: Store,
    asked: Mapping[str, object],
    *,
    id: str,
    actor: Actor,
    wording: Wording,
    now: datetime,
) -> Record:
    """Draw what is to be verified, keep the list with its seed, and return the record.

    The same seed, share, period and population draw the same items: each is ordered by a hash of seed and key, so that
    nobody can choose, and anybody can repeat it.

    Args:
        store: The database.
        asked: `population`, `first_day`, `last_day`, `share` in percent, `seed`.
        id: Of the record, made by who asks.
        actor: Who draws.
        wording: Language and zone.
        now: The present instant in the department's zone.

    Raises:
        BadInput: A value is wrong, or there is nothing to draw from.
        NotAllowed: The role may not.
    """
    population, seed = str(asked.get("population", "")), str(asked.get("seed", "")).strip()
    first, last, share, faults = _asked(asked, wording)
    if population not in POPULATIONS:
        faults.append(
            Fault(where="population", what=f"is {population[:40]!r}", repair=", ".join(POPULATIONS))
        )
    if not 1 <= len(seed) <= 60:
        faults.append(Fault(where="seed", what=f"has {len(seed)} characters", repair="1 to 60"))
    if faults:
        raise BadInput("no sample was drawn", faults)
    with store.writing() as session:
        known = rows.record_row(session, id) if id else None
        if known is not None:
            same = {name: known.values.get(name) for name in ("population", "seed")}
            if known.kind != "verification" or same != {"population": population, "seed": seed}:
                raise Conflict(f"another record has the id {id}; give this one an id of its own")
            return record_in(session, known, actor=actor, wording=wording, now=now)
        everything = _population(session, population, first, last, now)
        if not everything:
            what = f"nothing of it lies between {first} and {last}"
            raise BadInput(
                "no sample was drawn", [Fault(where="population", what=what, repair="choose a longer period")]
            )
        drawn = sample_of(everything, share=share, seed=seed)
        name = wording.pick(POPULATIONS[population])
        raw = {
            "title": f"{name} {first} — {last}",
            "population": population,
            "first_day": first.isoformat(),
            "last_day": last.isoformat(),
            "share": share,
            "seed": seed,
            "total": len(everything),
            "items": [{"thing": key, "label": label, "who": who} for key, label, who in drawn],
        }
        return create_record_in(session, "verification", raw, id=id, actor=actor, wording=wording, now=now)


def sample_of(
    everything: Sequence[tuple[str, str, str]], *, share: float, seed: str
) -> list[tuple[str, str, str]]:
    """Return the items drawn, by key: the share rounded up, at least one, at most `LARGEST_SAMPLE`."""
    # Decimal shares such as 0.1 % of 1,000 would become 1.0000000000000002 and then 2.
    count = math.ceil(round(len(everything) * share / 100, 9))
    ordered = sorted(everything, key=lambda one: hashlib.sha256(f"{seed}\0{one[0]}".encode()).digest())
    return sorted(ordered[: max(1, min(count, LARGEST_SAMPLE))])


def _asked(asked: Mapping[str, object], wording: Wording) -> tuple[date, date, float, list[Fault]]:
    faults: list[Fault] = []
    days = []
    for name in ("first_day", "last_day"):
        try:
            days.append(day_of(asked.get(name, "")))
        except Wrong as wrong:
            what, repair = wrong.told(wording.language)
            faults.append(Fault(where=name, what=what, repair=repair))
            days.append(date.min)
    try:
        share = float(str(asked.get("share", "")))
    except ValueError:
        share = 0.0
    if not 0 < share <= 100:
        faults.append(
            Fault(where="share", what=f"is {str(asked.get('share', ''))[:20]!r}", repair="above 0 to 100")
        )
    if not faults and days[1] < days[0]:
        faults.append(Fault(where="last_day", what="lies before the first day", repair="give a later day"))
    return days[0], days[1], share, faults


def _population(
    session: Session, population: str, first: date, last: date, now: datetime
) -> list[tuple[str, str, str]]:
    start, before = span_of(first, last, now)
    if population == "visits":
        found = rows.visits_done(session, first, last)
        sites = columns_by_id(session, "sites", ("name",), {site for _, site, _ in found})
        people = columns_by_id(session, "technicians", ("name",), {one for *_, one in found if one})
        return [(key, sites.get(site, ("",))[0], str(people.get(one, ("",))[0])) for key, site, one in found]
    if population == "orders":
        closed = rows.closed_orders(session, start, before)
        people = columns_by_id(session, "technicians", ("name",), {one for *_, one in closed if one})
        return [(number, title, str(people.get(one, ("",))[0])) for number, title, one in closed]
    wanted = RecordSelection(kind="satisfaction", states=("done",), closed_from=start, closed_before=before)
    return sorted(
        (row.number, row.title, row.owner) for row in rows.record_rows(session, wanted, first=0, size=None)
    )


def span_of(first: date, last: date, now: datetime) -> tuple[datetime, datetime]:
    """Return the instants between which two days lie, both included, in the department's zone."""
    start = datetime(first.year, first.month, first.day, tzinfo=now.tzinfo)
    end = last + timedelta(days=1)
    return start, datetime(end.year, end.month, end.day, tzinfo=now.tzinfo)


def make_library_work(
    store: Store, handle: str, *, id: str, actor: Actor, wording: Wording, now: datetime
) -> Record:
    """Put an answered question on the list of unanswered queries, where it is owned and due; return the question.

    Raises:
        NotFound: There is no such record.
        BadInput: It is no answered question.
    """
    one = record(store, handle, actor=actor, wording=wording, now=now)
    if one.kind.name != "question" or one.state != "answered":
        fault = Fault(
            where="state",
            what=f"is a {one.kind.name} that is {one.state}",
            repair="answer the question first",
        )
        raise BadInput("nothing was handed to the library", [fault])
    values: Mapping[str, Any] = one.values
    keep_notes(store, [Note(query=f"{one.title} {values['question']}"[:200], kind="nothing", at=now)])
    with store.writing() as session:
        row = row_of(session, one.id)
        tell(
            session,
            row,
            id,
            actor,
            now,
            action="change",
            note=wording.pick(("转为资料库待办", "made work for the library")),
        )
    return one
