"""The sheet of visits: rows with a key change what people may change; rows without one are finished visits of the past."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from kb.store import register
from kb.store.register import Session
from kb.usecases.register_checking import Flaw, read_values
from kb.usecases.register_import_rows import FileRow
from kb.usecases.register_kinds import Wording, Wrong
from kb.usecases.register_merged import MergedRows
from kb.usecases.register_rows import json_of
from kb.usecases.visit_change import Outcome
from kb.usecases.visit_fields import VISITS
from kb.usecases.visit_reading import KeptVisit, visit_in
from kb.usecases.visit_sheet import (
    PastVisit,
    add_past_visits,
    keys_served,
    past_occurrences,
    past_visit,
    plan_in,
    stored_visits,
)
from kb.usecases.visit_states import DONE
from kb.usecases.visit_surroundings import GONE, Around
from kb.usecases.visits import judged, write_change
from planner.model import MaintenancePlan, VisitState

NEEDED = frozenset({"sites", "technicians", "equipment", "plans"})
"""Tables that rows of visits are read against."""
_NOBODY_YET = (VisitState.FORECAST.value, VisitState.CALLED.value)


@dataclass(slots=True, kw_only=True)
class PlannedVisit:
    """One row of the sheet with what it becomes.

    Args:
        row: The row.
        kept: The visit that is there; None for a new one.
        past: The new visit.
        outcome, around: What a change comes to, and what it was judged by.
        values: Values by field.
        flaws: What is wrong.
    """

    row: FileRow
    kept: KeptVisit | None = None
    past: PastVisit | None = None
    outcome: Outcome | None = None
    around: Around | None = None
    values: dict[str, Any]
    flaws: list[Flaw] = field(default_factory=list)

    @property
    def differs(self) -> bool:
        """Whether a visit that is there changes."""
        return self.outcome is not None and bool(self.outcome.columns)

    def told(self) -> tuple[Mapping[str, object], Mapping[str, object]]:
        """Return the values before and after, as JSON."""
        before = json_of(VISITS, self.kept.values) if self.kept else {}
        after = json_of(VISITS, self.values)
        if self.past is not None:
            after = {**after, "key": self.past.visit.key}
        return before, {name: value for name, value in after.items() if name != "confirm"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _PlanDone:
    """A plan that a finished visit did, with its machine."""

    code: str
    plan: MaintenancePlan
    tag: str
    commissioned: date | None


class _Known:
    """Visits that are there and those that the file has brought so far, by what they serve."""

    def __init__(self, session: Session) -> None:
        found = stored_visits(session)
        self.by_key = {one.key: one for one in found}
        self.keys = set(self.by_key)
        self.serving: dict[str, str] = {}
        self.by_work: dict[frozenset[str], KeptVisit] = {}
        for one in found:
            if one.visit.state in GONE:
                continue
            served = keys_served(one.visit.occurrences)
            self.serving |= dict.fromkeys(served, one.key)
            if one.state in DONE and not one.left:
                self.by_work[served] = one

    def free_key(self, start: str) -> str:
        """Return a key that no visit has, as planning would name it."""
        found, number = start, 1
        while found in self.keys:
            number += 1
            found = f"{start}~{number}"
        return found


def planned_visits(
    session: Session, rows: Sequence[FileRow], around: MergedRows, wording: Wording, *, today: date
) -> list[PlannedVisit]:
    """Return what each row becomes, with every flaw; a visit that two rows change is told of as well."""
    if not rows:
        return []
    known = _Known(session)
    found = []
    seen: dict[str, FileRow] = {}
    for row in rows:
        key = row.key(wording)
        kept = known.by_key.get(str(key[0])) if key else None
        one = (
            _changed(session, row, kept, wording, today)
            if kept is not None
            else _past(session, row, known, around, wording, today)
        )
        if one.kept is not None:
            first = seen.setdefault(one.kept.key, row)
            if first is not row:
                wrong = Wrong("is the same as in {place}", "leave one of them out", place=first.where)
                one.flaws.append(Flaw(field="key", wrong=wrong))
        found.append(one)
    return found


def _changed(session: Session, row: FileRow, kept: KeptVisit, wording: Wording, today: date) -> PlannedVisit:
    values, flaws = read_values(VISITS, row.raw, wording, kept.values)
    if values.get("state") in _NOBODY_YET and kept.state.value in _NOBODY_YET:
        # Which of the two it is depends on the day on which the workbook was written.
        values["state"] = kept.state.value
    one = PlannedVisit(row=row, kept=kept, values=values, flaws=flaws)
    told = {name: value for name, value in values.items() if name != "confirm"}
    if not flaws and all(kept.values[name] == value for name, value in told.items()):
        return one
    fresh = visit_in(session, kept.key, today=today)
    if values.get("state") in _NOBODY_YET and fresh.state.value in _NOBODY_YET:
        values["state"] = fresh.state.value
    one.kept = fresh
    one.outcome, one.around = judged(session, fresh, values, today=today)
    one.flaws += one.outcome.flaws
    if not values.get("confirm"):
        one.flaws += one.outcome.warnings
    return one


def _past(
    session: Session, row: FileRow, known: _Known, around: MergedRows, wording: Wording, today: date
) -> PlannedVisit:
    """Read a finished visit of the past; one that is there already, made by the same row, is that one."""
    values, flaws = read_values(VISITS, row.raw, wording)
    one = PlannedVisit(row=row, values=values, flaws=flaws)
    flaws += _past_flaws(values, around, today)
    done, plan_flaws = _plans(values, around)
    flaws += plan_flaws
    flaws += _before_service(done, values.get("done_on"))
    if flaws:
        return one
    plans = [each.plan for each in done]
    done_on: date = values["done_on"]
    values["day"] = values["day"] or done_on
    values["state"] = VisitState.DONE.value
    occurrences = past_occurrences(plans, _others(plans, around), values["day"])
    served = keys_served(occurrences)
    same = known.by_work.get(served)
    if same is not None:
        raw = {
            **same.values,
            **{name: values[name] for name in ("done_on", "technician", "notes") if values[name]},
        }
        one.kept = same
        one.values = raw
        if raw != same.values:
            one.outcome, one.around = judged(session, same, raw, today=today)
            flaws += one.outcome.flaws
            if not values["confirm"]:
                flaws += one.outcome.warnings
        return one
    for occurrence in occurrences:
        for key in sorted(keys_served([occurrence]) & known.serving.keys()):
            wrong = Wrong(
                "the date {nominal} of {plan} is served by the visit {key}",
                "change that one by its key, or give the planned day of this one",
                nominal=occurrence.nominal,
                plan=next(each.code for each in done if each.plan.id == occurrence.plan_id),
                key=known.serving[key],
            )
            flaws.append(Flaw(field="done_plans" if values["done_plans"] else "plans", wrong=wrong))
    if flaws:
        return one
    site_id = around.id_of("sites", values["site"])
    assert site_id is not None
    technician = values["technician"]
    one.past = past_visit(
        key=known.free_key(f"{site_id}/{occurrences[0].key}"),
        site_id=site_id,
        technician_id=around.id_of("technicians", technician) if technician else None,
        day=values["day"],
        done_on=done_on,
        occurrences=occurrences,
        durations={plan.id: plan.duration for plan in plans},
        notes=values["notes"],
    )
    known.keys.add(one.past.visit.key)
    known.serving |= dict.fromkeys(served, row.where)
    return one


def _past_flaws(values: Mapping[str, Any], around: MergedRows, today: date) -> list[Flaw]:
    """Return what is wrong with state, days and references of a finished visit of the past."""
    flaws = []
    if values.get("state") not in ("", None, VisitState.DONE.value):
        wrong = Wrong(
            "no visit has this key, so it is a finished one of the past",
            "leave the state empty or give done; open visits are made by a plan",
        )
        flaws.append(Flaw(field="state", wrong=wrong))
    if "done_on" in values:
        done_on = values["done_on"]
        if done_on is None:
            flaws.append(
                Flaw(field="done_on", wrong=Wrong("is missing", "give the day on which it was done"))
            )
        elif done_on > today:
            wrong = Wrong("{day} lies in the future", "give a day up to {today}", day=done_on, today=today)
            flaws.append(Flaw(field="done_on", wrong=wrong))
    for one in VISITS.references:
        code = values.get(one.name)
        if code and around.id_of(one.reference, code) is None:
            wrong = Wrong(
                "no row of {table} has the code {code!r}", "add it first", table=one.reference, code=code
            )
            flaws.append(Flaw(field=one.name, wrong=wrong))
    return flaws


def _plans(values: Mapping[str, Any], around: MergedRows) -> tuple[list[_PlanDone], list[Flaw]]:
    """Return the plans that were done; each must be there and belong to a machine at the site."""
    column = "done_plans" if values.get("done_plans") else "plans"
    if column not in values or "done_plans" not in values:
        return [], []
    codes: list[str] = values[column]
    if not codes:
        wrong = Wrong("is missing", "give the codes of the plans that were done")
        return [], [Flaw(field="done_plans", wrong=wrong)]
    plans, flaws = [], []
    for code in codes:
        plan = plan_in(around, code)
        row = around.values_called("plans", code)
        if plan is None or row is None:
            wrong = Wrong("no row of {table} has the code {code!r}", "add it first", table="plans", code=code)
            flaws.append(Flaw(field=column, wrong=wrong))
            continue
        machine = around.values_called("equipment", row["equipment"]) or {}
        if "site" in values and machine.get("site") != values["site"]:
            wrong = Wrong(
                "{plan} is for {tag}, which stands at {site}",
                "leave it out, or give it in a row of that site",
                plan=code,
                tag=row["equipment"],
                site=machine.get("site", "?"),
            )
            flaws.append(Flaw(field=column, wrong=wrong))
            continue
        plans.append(
            _PlanDone(code=code, plan=plan, tag=row["equipment"], commissioned=machine.get("commissioned"))
        )
    return plans, flaws


def _before_service(done: Sequence[_PlanDone], done_on: date | None) -> list[Flaw]:
    return [
        Flaw(
            field="done_on",
            wrong=Wrong(
                "{day} lies before the commissioning of {tag} on {commissioned}",
                "give a later day",
                day=done_on,
                tag=tag,
                commissioned=commissioned,
            ),
        )
        for tag, commissioned in sorted({(one.tag, one.commissioned) for one in done if one.commissioned})
        if done_on is not None and done_on < commissioned
    ]


def _others(plans: Sequence[MaintenancePlan], around: MergedRows) -> list[MaintenancePlan]:
    """Return the other plans of the machines of `plans` that are in use."""
    named = {plan.id for plan in plans}
    machines = {plan.equipment_id for plan in plans}
    found = []
    for code in around.handles("plans"):
        row = around.values_called("plans", code)
        if (
            row is None
            or row.get("retired")
            or around.id_of("equipment", row.get("equipment", "")) not in machines
        ):
            continue
        plan = plan_in(around, code)
        if plan is not None and plan.id not in named:
            found.append(plan)
    return found


def write_visit_rows(session: Session, planned: Sequence[PlannedVisit], *, who: str, now: datetime) -> None:
    """Write what the rows become, with the audit trail.

    Raises:
        Conflict: Two rows touch one visit in ways that exclude each other.
    """
    past = [one.past for one in planned if one.past is not None]
    add_past_visits(session, past, now=now)
    entries = [
        register.Change(
            at=now,
            who=who,
            action="create",
            kind=VISITS.name,
            thing_id=one.past.visit.key,
            before=None,
            after=one.told()[1],
        )
        for one in planned
        if one.past is not None
    ]
    register.record(session, entries)
    for one in planned:
        if one.differs and one.kept is not None and one.outcome is not None and one.around is not None:
            write_change(session, one.kept, one.outcome, one.around, who=who, now=now)
