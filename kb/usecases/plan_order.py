"""Why this technician, and why at this place of the day: what everybody else and every other order would cost."""

from dataclasses import dataclass
from datetime import timedelta

from kb.i18n import Language, translator
from kb.store import Store
from kb.usecases.plan_book import PlanBook
from kb.usecases.plan_replan import skills_in
from kb.usecases.plan_words import hours_text
from kb.usecases.travel_rules import travel_rule
from planner.calendars import site_calendar, technician_calendar
from planner.model import Visit
from planner.routing import TravelRule
from planner.routing.diary import Diary
from planner.routing.jobs import Insertion, Job

OTHERS_TOLD = 3
"""Other technicians that an explanation compares with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a visit adds to its technician's day, and to the days of others.

    Args:
        before, behind: Names of the stops around it; None where the technician comes from home or goes home.
        added_minutes: Driving that the visit adds to the day.
        others: What it would add to others who are able and have room on that day, the least first.
        unable: Technicians without the skills.
        busy: Technicians with the skills who have no room on that day.
    """

    before: str | None
    behind: str | None
    added_minutes: int
    others: tuple[Insertion, ...]
    unable: int
    busy: int


def choice_of(store: Store, book: PlanBook, visit: Visit) -> Choice | None:
    """Return what the choice of a visit's technician and order rests on; None where nobody goes."""
    if visit.technician_id is None or visit.technician_id not in book.technicians or visit.hours is None:
        return None
    with store.reading() as session:
        rule = travel_rule(session)
    return choice_in(book, visit, rule)


def choice_in(book: PlanBook, visit: Visit, rule: TravelRule) -> Choice:
    """Return the choice, by a rule of travel; the visit must have a technician and hours."""
    assert visit.technician_id is not None
    same_day = [one for one in book.visits if one.day == visit.day]
    diary = Diary(
        same_day,
        sites=book.sites,
        technicians=book.technicians,
        site_calendars={
            one: site_calendar(book.sites[one])
            for one in {one.site_id for one in same_day}
            if one in book.sites
        },
        technician_calendars={one: technician_calendar(person) for one, person in book.technicians.items()},
        rule=rule,
    )
    here = visit.technician_id, visit.day
    names = [book.site_name(seat.site_id) for seat in diary.seats(*here)]
    number = next((n for n, seat in enumerate(diary.seats(*here)) if seat.key == visit.key), None)
    with_it = diary.day_cost(*here).travel
    if number is not None:
        diary.take(visit.key)
    job = Job(
        key=visit.key,
        site_id=visit.site_id,
        duration=max(visit.duration, timedelta(minutes=1)),
        earliest=visit.day,
        latest=visit.day,
        skills=skills_in(book.plans, visit),
    )
    able = diary.able_on(job, visit.day)
    others = [
        offer
        for one in able
        if one != visit.technician_id and (offer := diary.offer(job, one, visit.day)) is not None
    ]
    others.sort(key=lambda one: (one.detour_minutes, one.technician_id))
    return Choice(
        before=names[number - 1] if number else None,
        behind=names[number + 1] if number is not None and number + 1 < len(names) else None,
        added_minutes=with_it - diary.day_cost(*here).travel,
        others=tuple(others[:OTHERS_TOLD]),
        unable=len(book.technicians) - len(able),
        busy=len([one for one in able if one != visit.technician_id]) - len(others),
    )


def choice_sentences(
    book: PlanBook, visit: Visit, choice: Choice | None, language: Language
) -> tuple[str, ...]:
    """Return the choice in words; nothing where nobody goes."""
    if choice is None:
        return ()
    say = translator(language)
    name = book.technician_name(visit.technician_id)
    home = say("home")
    sentences = [
        say(
            "{technician} comes from {before} and goes on to {behind} ({hours}); the visit adds {added} minutes of driving."
        ).format(
            technician=name,
            before=choice.before or home,
            behind=choice.behind or home,
            hours=hours_text(visit.hours),
            added=choice.added_minutes,
        )
    ]
    for one in choice.others:
        message = "{technician} could come from {start} on and would drive {added} minutes for it."
        sentences.append(
            say(message).format(
                technician=book.technician_name(one.technician_id),
                start=f"{one.hours.start:%H:%M}",
                added=one.detour_minutes,
            )
        )
    if choice.unable:
        sentences.append(say("Technicians without the skills: {count}.").format(count=choice.unable))
    if choice.busy:
        sentences.append(
            say("Technicians with the skills but no room on that day: {count}.").format(count=choice.busy)
        )
    return tuple(sentences)


def choice_json(book: PlanBook, choice: Choice | None) -> dict[str, object] | None:
    """Return the choice for a program."""
    if choice is None:
        return None
    return {
        "before": choice.before,
        "behind": choice.behind,
        "added_minutes": choice.added_minutes,
        "others": [
            {
                "technician": book.code("technicians", one.technician_id),
                "start": f"{one.hours.start:%H:%M}",
                "added_minutes": one.detour_minutes,
            }
            for one in choice.others
        ],
        "without_skills": choice.unable,
        "without_room": choice.busy,
    }
