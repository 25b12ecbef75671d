"""A done order of a planned visit reports that visit done; where part of the work is left, the plans that are whole."""

from dataclasses import dataclass
from datetime import datetime

from kb.content.vocabulary import Vocabularies
from kb.errors import Fault, KbError, Message
from kb.i18n import Language, catalogue
from kb.store import Store
from kb.store import order_entries as entries
from kb.store import work_orders as rows
from kb.store.register import columns_by_id
from kb.usecases.order_access import note_order
from kb.usecases.order_checklist import kept_lines
from kb.usecases.register_kinds import wording_of
from kb.usecases.visit_reading import visit
from kb.usecases.visits import change_visit
from planner.errors import PlannerError
from planner.model import EventKind

NOTE = "visit_note"
"""In an order's `body`: what became of the visit, or why nothing did."""


NOTES = {
    "done": "reported done",
    "partly_done": "reported partly done",
    "no plan of the visit is whole; it stays open": "no plan of the visit is whole; it stays open",
}
"""Notes that are no refusal: message ids."""
REPORTED = frozenset({"done", "partly_done"})
"""Notes of an order whose visit took place by it."""
_REFUSED = "not reported: "


def note_told(note: str, language: Language) -> str:
    """Return a note in the reader's language; of a refusal every fault."""
    say = catalogue(language)
    if not note.startswith(_REFUSED):
        return say.gettext(NOTES.get(note, note))
    first, *rest = note.removeprefix(_REFUSED).splitlines()
    faults = []
    for line in rest:
        where, _, told = line.strip().partition(": ")
        what, _, repair = told.partition(" → ")
        faults.append(say.fault(Fault(where=where, what=what, repair=repair)) if told else line.strip())
    why = "; ".join([say.gettext(Message(first)), *faults])
    return say.gettext("not reported: {why}").format(why=why)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    """What an order did of a visit: plans that are whole, all of its plans, and when its work was resolved."""

    key: str
    resolved: datetime | None
    whole: frozenset[str]
    every: frozenset[str]


def report_visit(store: Store, order_id: str, *, who: str, now: datetime) -> None:
    """Report the visit of an order done, or partly done; an order without one, or a visit that ended, stays as it is.

    It was done on the day on which its work was resolved, however much later that is heard: what an engineer tells on the last
    evening of a month without a network belongs to that month. A refusal (the visit was cancelled, the day is impossible) is
    noted in the order and refuses nothing: the work was done.
    """
    done = _done(store, order_id)
    if done is None:
        return
    wording = wording_of("zh_CN", "Asia/Shanghai", Vocabularies(lists={}, digest=""))
    try:
        kept = visit(store, done.key, today=now.date())
        if not kept.is_open:
            return
        codes = sorted({kept.names.plan(one) for one in kept.all_occurrences if one.plan_id in done.whole})
        if (
            not codes and kept.all_occurrences
        ):  # an urgent visit has no plan of its own: done when its work is
            note = "no plan of the visit is whole; it stays open"
        else:
            is_all = {one.plan_id for one in kept.all_occurrences} <= done.whole
            day = min(now, done.resolved.astimezone(now.tzinfo) if done.resolved else now).date()
            raw: dict[str, object] = {
                "state": "done" if is_all else "partly_done",
                "done_on": day.isoformat(),
                "confirm": True,
            }
            if not is_all:
                raw["done_plans"] = codes
            changed = change_visit(store, done.key, raw, revision=None, wording=wording, who=who, now=now)
            note = str(raw["state"])
            if changed.kept.follow_up:
                _hand_on(store, order_id, changed.kept.follow_up, who=who, now=now)
    except (KbError, PlannerError) as refused:
        note = f"{_REFUSED}{refused}"
    with store.writing() as session:
        row = rows.order_row(session, order_id)
        if row is not None:
            before = {NOTE: row.body.get(NOTE)}
            row.body = {**row.body, NOTE: note[:500]}
            if before[NOTE] != note[:500]:
                note_order(session, row.id, "visit", before, {NOTE: note[:500]}, who=who, now=now)


def _done(store: Store, order_id: str) -> _Done | None:
    with store.reading() as session:
        row = rows.order_row(session, order_id)
        if row is None or row.visit_key is None:
            return None
        lines = kept_lines(session, row.id)["lines"]
        done = {(one.equipment_id, one.item_id) for one in entries.result_rows(session, row.id)}
        every = frozenset(one["plan_id"] for one in lines if one["plan_id"])
        left = {one["plan_id"] for one in lines if (one["equipment_id"], one["item_id"]) not in done}
        if not lines:  # a visit without checklists is done when its work is
            plans = columns_by_id(session, "plans", ("equipment_id",))
            every, left = frozenset(plans), set()
        ends = [one.at for one in rows.event_rows(session, [row.id]) if one.kind == EventKind.RESOLVED]
        resolved = ends[-1] if ends else None
        return _Done(key=row.visit_key, resolved=resolved, whole=every - left, every=every)


def _hand_on(store: Store, order_id: str, visit_key: str, *, who: str, now: datetime) -> None:
    """Let the order that goes on with this one serve the visit that the rest went to."""
    with store.writing() as session:
        for entry in entries.entry_rows(session, order_id):
            if entry.kind == "rest" and entry.state == "applied":
                row = rows.order_row(session, str(entry.body["order"]))
                if row is not None and row.visit_key is None:
                    row.visit_key = visit_key
                    before = {"visit_key": None}
                    note_order(session, row.id, "update", before, {"visit_key": visit_key}, who=who, now=now)
