"""Visit ↔ row: a visit's occurrences and reasons are JSON in `body`, what lists filter by stands in columns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from kb.store.mapping import time_span
from kb.store.tables import VisitRow
from planner.model import (
    PLAIN,
    Level,
    Needs,
    Occurrence,
    Presence,
    Reason,
    ReasonKind,
    TimeSpan,
    Unplaced,
    Visit,
    VisitState,
)

DROPPED = "dropped"
"""In `body`: the plan run that took the visit out; a visit that people cancelled has none."""
FORMER = "former"
"""In `body`: technicians who had the visit before, whose calendars still have to be told."""
_LEAD = "lead_days"


def visit_of(row: VisitRow) -> Visit:
    """Return the visit that a row holds."""
    return visit_from(
        row.body,
        key=row.key,
        site_id=row.site_id,
        day=row.day,
        technician_id=row.technician_id,
        state=row.state,
        locked=row.locked,
    )


def visit_from(
    body: Mapping[str, Any],
    *,
    key: str,
    site_id: str,
    day: date,
    technician_id: str | None,
    state: str,
    locked: bool,
) -> Visit:
    """Return the visit of a row's columns and body."""
    return Visit(
        key=key,
        site_id=site_id,
        day=day,
        earliest=date.fromisoformat(body["earliest"]),
        latest=date.fromisoformat(body["latest"]),
        occurrences=tuple(occurrence_from(one) for one in body["occurrences"]),
        duration=timedelta(seconds=body["duration_s"]),
        state=VisitState(state),
        technician_id=technician_id,
        hours=time_span(body["hours"]) if body.get("hours") else None,
        travel=timedelta(seconds=body.get("travel_s", 0)),
        travel_m=body.get("travel_m", 0),
        locked=locked,
        reasons=_reasons_from(body.get("reasons", ())),
        needs=needs_from(body.get("needs")),
        further=tuple(_presence_from(one) for one in body.get("further", ())),
    )


def body_of(visit: Visit, *, lead: timedelta | None = None, former: Sequence[str] = ()) -> dict[str, Any]:
    """Return the body of a visit's row.

    Args:
        visit: The visit.
        lead: How long before its day it becomes *called*; None where it does not matter any more.
        former: Technicians who had it before.
    """
    body: dict[str, Any] = {
        "earliest": visit.earliest.isoformat(),
        "latest": visit.latest.isoformat(),
        "occurrences": [occurrence_json(one) for one in visit.occurrences],
        "duration_s": int(visit.duration.total_seconds()),
        "hours": span_text(visit.hours) if visit.hours else None,
        "travel_s": int(visit.travel.total_seconds()),
        "travel_m": visit.travel_m,
        "reasons": _reasons_json(visit.reasons),
    }
    if visit.needs != PLAIN:
        body["needs"] = needs_json(visit.needs)
    if visit.further:
        body["further"] = [_presence_json(one) for one in visit.further]
    if lead is not None:
        body[_LEAD] = lead.days
    if former:
        body[FORMER] = sorted(former)
    return body


def lead_of(row: VisitRow) -> timedelta:
    """Return how long before its day the visit becomes *called*."""
    return timedelta(days=row.body.get(_LEAD, 0))


def visit_json(visit: Visit) -> dict[str, Any]:
    """Return a whole visit as JSON, for the history of changes."""
    return {
        "key": visit.key,
        "site_id": visit.site_id,
        "day": visit.day.isoformat(),
        "technician_id": visit.technician_id,
        "state": visit.state.value,
        "locked": visit.locked,
        "body": body_of(visit),
    }


def visit_from_json(value: Mapping[str, Any]) -> Visit:
    """Return the visit that `visit_json` wrote."""
    columns = {**value, "day": date.fromisoformat(value["day"])}
    return visit_from(columns.pop("body"), **columns)


def unplaced_json(work: Unplaced) -> dict[str, Any]:
    """Return work without a place as JSON."""
    return {
        "site_id": work.site_id,
        "earliest": work.earliest.isoformat(),
        "latest": work.latest.isoformat(),
        "occurrences": [occurrence_json(one) for one in work.occurrences],
        "duration_s": int(work.duration.total_seconds()),
        "reason": _reasons_json((work.reason,))[0],
        **({"needs": needs_json(work.needs)} if work.needs != PLAIN else {}),
    }


def unplaced_from(value: Mapping[str, Any]) -> Unplaced:
    """Return the work that `unplaced_json` wrote."""
    return Unplaced(
        site_id=value["site_id"],
        earliest=date.fromisoformat(value["earliest"]),
        latest=date.fromisoformat(value["latest"]),
        occurrences=tuple(occurrence_from(one) for one in value["occurrences"]),
        duration=timedelta(seconds=value["duration_s"]),
        reason=_reasons_from((value["reason"],))[0],
        needs=needs_from(value.get("needs")),
    )


def needs_json(needs: Needs) -> dict[str, Any]:
    """Return what a trip needs beside time and skills as JSON."""
    return {
        "crew": needs.crew,
        "second_skills": sorted(needs.second_skills),
        "days": needs.days,
        "overnight": needs.overnight,
        "kits": sorted(needs.kits),
        "price": needs.price,
    }


def needs_from(value: Mapping[str, Any] | None) -> Needs:
    """Return the needs that `needs_json` wrote; none where there is nothing."""
    if not value:
        return PLAIN
    sets = {name: frozenset(value[name]) for name in ("second_skills", "kits")}
    return Needs(**{**value, **sets})


def _presence_json(one: Presence) -> dict[str, Any]:
    return {
        "technician": one.technician_id,
        "day": one.day.isoformat(),
        "hours": span_text(one.hours),
        "travel_s": int(one.travel.total_seconds()),
        "travel_m": one.travel_m,
    }


def _presence_from(value: Mapping[str, Any]) -> Presence:
    return Presence(
        technician_id=value["technician"],
        day=date.fromisoformat(value["day"]),
        hours=time_span(value["hours"]),
        travel=timedelta(seconds=value["travel_s"]),
        travel_m=value["travel_m"],
    )


def occurrence_json(occurrence: Occurrence) -> dict[str, Any]:
    """Return a due date as JSON."""
    return {
        "key": occurrence.key,
        "plan": occurrence.plan_id,
        "equipment": occurrence.equipment_id,
        "level": occurrence.level.value,
        "k": occurrence.k,
        "nominal": occurrence.nominal.isoformat(),
        "due": occurrence.due.isoformat(),
        "earliest": occurrence.earliest.isoformat(),
        "latest": occurrence.latest.isoformat(),
        "absorbed": list(occurrence.absorbed),
        "reasons": _reasons_json(occurrence.reasons),
    }


def occurrence_from(value: Mapping[str, Any]) -> Occurrence:
    """Return the due date that `occurrence_json` wrote."""
    return Occurrence(
        key=value["key"],
        plan_id=value["plan"],
        equipment_id=value["equipment"],
        level=Level(value["level"]),
        k=value["k"],
        nominal=date.fromisoformat(value["nominal"]),
        due=date.fromisoformat(value["due"]),
        earliest=date.fromisoformat(value["earliest"]),
        latest=date.fromisoformat(value["latest"]),
        absorbed=tuple(value["absorbed"]),
        reasons=_reasons_from(value["reasons"]),
    )


def span_text(hours: TimeSpan) -> str:
    """Return hours as `08:30-11:30`, what `time_span` reads."""
    return f"{hours.start:%H:%M}-{hours.end:%H:%M}"


def handed_over(visit: Visit, technician_id: str) -> Visit:
    """Return the visit as a former technician had it: cancelled for that person."""
    return replace(visit, technician_id=technician_id, state=VisitState.CANCELLED)


def _reasons_json(reasons: Iterable[Reason]) -> list[list[Any]]:
    # Pairs, not an object: a sentence may depend on the order, and keys sorted by the column would lose it.
    return [[one.kind.value, [list(pair) for pair in one.values]] for one in reasons]


def _reasons_from(values: Iterable[Sequence[Any]]) -> tuple[Reason, ...]:
    return tuple(
        Reason(kind=ReasonKind(kind), values=tuple((str(name), str(text)) for name, text in pairs))
        for kind, pairs in values
    )
