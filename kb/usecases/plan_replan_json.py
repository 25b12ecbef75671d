"""A proposal as plain values and as sentences: what changes, what it costs, what has no place."""

from datetime import UTC, timedelta
from typing import Any

from kb.i18n import translator
from kb.store import PlanningInput, Store, planning_input
from kb.usecases.plan_book import PlanBook
from kb.usecases.plan_reading import latest_plan
from kb.usecases.plan_replan import Proposal
from kb.usecases.plan_versions import Difference, differences, place_of, technician_code
from kb.usecases.plan_words import Words, hours_text
from planner.model import Visit
from planner.routing.jobs import Insertion

Names = PlanningInput | PlanBook
"""Where the names of what a plan speaks of stand."""
_WHY = {
    "locked": "It is locked: it stays as it is until you decide.",
    "booked": "It is agreed with the customer: it stays as it is until you have called.",
    "no_place": "It fits nowhere inside its window; nobody has it now.",
}


def names_of(store: Store) -> Names:
    """Return the names of sites and technicians: of the newest plan, which is in memory, else of the register."""
    book = latest_plan(store)
    if book is not None:
        return book
    with store.reading() as session:
        return planning_input(session)


def proposal_differences(proposal: Proposal) -> tuple[Difference, ...]:
    """Return what a proposal changes, as versions of a plan are compared."""
    before = [place_of(one) for one, _ in proposal.changed]
    return differences(before, [place_of(one) for _, one in proposal.changed])[0]


def why_stranded(why: str, words: Words) -> str:
    """Return why something has no place, as a sentence."""
    return words.say(_WHY.get(why, _WHY["no_place"]))


def request_sentences(proposal: Proposal, names: Names, words: Words) -> tuple[str, ...]:
    """Return what has happened, a sentence each."""
    say, request = translator(words.language), proposal.request
    one_day = timedelta(days=1)
    found = [
        say("{name} is away from {first} to {last}").format(
            name=technician_name(names, one), first=days.start, last=days.end - one_day
        )
        for one, days in request.away
    ]
    found += [
        say("Nobody can come to {name} from {first} to {last}").format(
            name=site_name(names, one), first=days.start, last=days.end - one_day
        )
        for one, days in request.closed
    ]
    found += [
        say("Urgent at {name}: {hours:g} h of work by {day}").format(
            name=site_name(names, one.site_id), hours=one.duration / timedelta(hours=1), day=one.by
        )
        for one in request.urgent
    ]
    return tuple(found)


def site_name(names: Names, site_id: str) -> str:
    """Return a site's name; its id where the register forgot it."""
    return names.sites[site_id].name if site_id in names.sites else site_id


def technician_name(names: Names, technician_id: str | None) -> str:
    """Return a technician's name; empty for nobody."""
    if technician_id is None:
        return ""
    return names.technicians[technician_id].name if technician_id in names.technicians else technician_id


def proposal_json(proposal: Proposal, names: Names, words: Words) -> dict[str, Any]:
    """Return a proposal for a program."""
    figures = proposal.figures
    return {
        "id": proposal.id,
        "state": proposal.state,
        "created": proposal.created.astimezone(UTC).isoformat(),
        "created_by": proposal.created_by,
        "answered": proposal.answered.astimezone(UTC).isoformat() if proposal.answered else None,
        "answered_by": proposal.answered_by,
        "run": proposal.run,
        "happened": list(request_sentences(proposal, names, words)),
        "note": proposal.request.note,
        "hit": list(proposal.hit),
        "changed_count": len(proposal.changed),
        "changes": [
            {
                "kind": one.kind.value,
                "key": one.key,
                "site": names.codes["sites"].get(one.site_id, one.site_id),
                "site_name": site_name(names, one.site_id),
                "hit": one.key in proposal.hit,
                "fields": list(one.fields),
                "before": {
                    "day": one.before.day.isoformat(),
                    "technician": technician_code(names, one.before.technician_id),
                    "hours": one.before.hours,
                },
                "after": {
                    "day": one.after.day.isoformat(),
                    "technician": technician_code(names, one.after.technician_id),
                    "hours": one.after.hours,
                },
            }
            for one in proposal_differences(proposal)
            if one.before and one.after
        ],
        "urgent": {key: insertion_json(one, names) for key, one in proposal.urgent.items()},
        "offers": {
            key: [insertion_json(one, names) for one in found] for key, found in proposal.offers.items()
        },
        "stranded": [
            {
                "key": one.key,
                "site_name": _stranded_site(proposal, one.visit, one.key, names),
                "why": one.why,
                "sentence": why_stranded(one.why, words),
                "offers": [insertion_json(offer, names) for offer in one.offers],
            }
            for one in proposal.stranded
        ],
        "figures": {
            "hit": len(proposal.hit),
            "others": figures.others,
            "others_day": figures.others_day,
            "others_technician": figures.others_technician,
            "others_later": figures.others_later,
            "travel_minutes": figures.travel_after - figures.travel_before,
            "overtime_minutes": figures.overtime_after - figures.overtime_before,
        },
    }


def insertion_json(one: Insertion, names: Names) -> dict[str, Any]:
    """Return a place for a job for a program."""
    return {
        "technician": technician_code(names, one.technician_id),
        "technician_name": technician_name(names, one.technician_id),
        "day": one.day.isoformat(),
        "hours": hours_text(one.hours),
        "detour_minutes": one.detour_minutes,
        "overtime_minutes": one.overtime_minutes,
        "delays": [{"key": delay.key, "minutes": delay.minutes} for delay in one.delays],
        "cost_minutes": round(one.cost, 1),
    }


def _stranded_site(proposal: Proposal, visit: Visit | None, key: str, names: Names) -> str:
    return site_name(names, visit.site_id if visit else proposal.jobs.get(key, key))
