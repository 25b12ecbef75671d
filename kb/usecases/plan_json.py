"""A plan as plain values, the one shape that the command line and the API print."""

from collections.abc import Mapping

from kb.i18n import Language
from kb.usecases.plan_book import Change, PlanBook, Shortfall, VisitChange
from kb.usecases.plan_company import needs_told
from kb.usecases.plan_trace import occurrence_sentences, unplaced_sentence, visit_sentences
from kb.usecases.plan_words import in_hours
from planner.model import Occurrence, Reason, TimeSpan, Unplaced, Visit

Json = Mapping[str, object]


def plan_json(book: PlanBook, language: Language) -> Json:
    """Return the whole plan."""
    return {
        **summary_json(book),
        "visits": [visit_json(book, visit, language) for visit in book.visits],
        "unplaced": [unplaced_json(book, work, language) for work in book.unplaced],
        "difference": difference_json(book),
    }


def summary_json(book: PlanBook) -> Json:
    """Return what a plan is, without its visits."""
    return {
        "number": book.number,
        "created": book.created.isoformat(),
        "first_day": book.first_day.isoformat(),
        "last_day": book.last_day.isoformat(),
        "provisional_years": list(book.provisional_years),
        "provisional": bool(book.provisional_years),
        "visit_count": len(book.visits),
        "unplaced_count": len(book.unplaced),
        "difference_counts": {change.value: book.change_count(change) for change in Change},
        "shortfalls": [_shortfall(one) for one in book.shortfalls],
    }


def visit_json(book: PlanBook, visit: Visit, language: Language) -> Json:
    """Return one visit with its occurrences and traces."""
    return {
        "key": visit.key,
        "site": visit.site_id,
        "site_code": book.code("sites", visit.site_id),
        "site_name": book.site_name(visit.site_id),
        "customer_name": book.customer_name(visit.site_id),
        "day": visit.day.isoformat(),
        "window": {"earliest": visit.earliest.isoformat(), "latest": visit.latest.isoformat()},
        "technician": visit.technician_id,
        "technician_code": book.code("technicians", visit.technician_id) if visit.technician_id else None,
        "technician_name": book.technician_name(visit.technician_id) or None,
        "hours": _hours(visit.hours),
        "work_hours": in_hours(visit.duration),
        "travel_hours": in_hours(visit.travel),
        "travel_m": visit.travel_m,
        "last_day": visit.last_day.isoformat(),
        "further": [
            {
                "technician": one.technician_id,
                "technician_code": book.code("technicians", one.technician_id),
                "day": one.day.isoformat(),
                "hours": _hours(one.hours),
                "travel_hours": in_hours(one.travel),
                "travel_m": one.travel_m,
            }
            for one in visit.further
        ],
        "needs": needs_told(visit.needs),
        "state": visit.state.value,
        "locked": visit.locked,
        "sequence": book.sequences.get(visit.key, 0),
        "occurrences": [occurrence_json(book, one, language) for one in visit.occurrences],
        "reasons": [_reason(one) for one in visit.reasons],
        "trace": list(visit_sentences(book, visit, language)),
    }


def occurrence_json(book: PlanBook, occurrence: Occurrence, language: Language) -> Json:
    """Return one due date with its trace."""
    return {
        "key": occurrence.key,
        "plan": occurrence.plan_id,
        "plan_code": book.code("plans", occurrence.plan_id),
        "equipment": occurrence.equipment_id,
        "tag": book.tag(occurrence.equipment_id),
        "level": occurrence.level.value,
        "k": occurrence.k,
        "nominal": occurrence.nominal.isoformat(),
        "due": occurrence.due.isoformat(),
        "earliest": occurrence.earliest.isoformat(),
        "latest": occurrence.latest.isoformat(),
        "absorbed": list(occurrence.absorbed),
        "reasons": [_reason(one) for one in occurrence.reasons],
        "trace": list(occurrence_sentences(occurrence, language)),
    }


def unplaced_json(book: PlanBook, work: Unplaced, language: Language) -> Json:
    """Return work that found no place, with its reason."""
    return {
        "site": work.site_id,
        "site_code": book.code("sites", work.site_id),
        "site_name": book.site_name(work.site_id),
        "customer_name": book.customer_name(work.site_id),
        "window": {"earliest": work.earliest.isoformat(), "latest": work.latest.isoformat()},
        "work_hours": in_hours(work.duration),
        "reason": _reason(work.reason),
        "sentence": unplaced_sentence(book, work, language),
        "occurrences": [occurrence_json(book, one, language) for one in work.occurrences],
    }


def difference_json(book: PlanBook) -> Json:
    """Return what the run changed against the one before, with counts."""
    return {
        "counts": {change.value: book.change_count(change) for change in Change},
        "changes": [change_json(book, one) for one in book.changes],
    }


def change_json(book: PlanBook, one: VisitChange) -> Json:
    """Return one change with the visit before and after."""
    return {
        "change": one.change.value,
        "key": one.key,
        "site": one.site_id,
        "site_name": book.site_name(one.site_id),
        "fields": list(one.fields),
        "before": _short(one.before),
        "after": _short(one.after),
    }


def _shortfall(one: Shortfall) -> Json:
    return {
        "contract": one.contract_id,
        "site": one.site_id,
        "first_day": one.first_day.isoformat(),
        "last_day": one.last_day.isoformat(),
        "sold": one.sold,
        "planned": one.planned,
    }


def _short(visit: Visit | None) -> Json | None:
    if visit is None:
        return None
    return {"day": visit.day.isoformat(), "technician": visit.technician_id, "hours": _hours(visit.hours)}


def _hours(hours: TimeSpan | None) -> Json | None:
    return {"start": f"{hours.start:%H:%M}", "end": f"{hours.end:%H:%M}"} if hours else None


def _reason(reason: Reason) -> Json:
    return {"kind": reason.kind.value, **dict(reason.values)}
