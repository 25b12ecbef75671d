"""Who comes along to a visit, on which days it is, and what must be carried there, in words."""

from kb.i18n import Language
from kb.usecases.plan_book import PlanBook
from kb.usecases.plan_words import Words
from planner.model import PLAIN, Needs, Visit


def company_of(book: PlanBook, words: Words, visit: Visit) -> str:
    """Return a line such as `with Wang · 2 Mar – 4 Mar · carries laser`; empty for a plain visit.

    Args:
        book: The plan.
        words: In the reader's language.
        visit: A visit, or what one technician has of it on one day.
    """
    if visit.needs == PLAIN:
        return ""
    whole = book.by_key.get(visit.key.partition("#")[0], visit)
    say = words.say
    found = []
    people = dict.fromkeys(part.technician_id for part in whole.spread())
    others = [one for one in people if one != visit.technician_id]
    if others:
        names = _listed([book.technician_name(one) for one in others], words.language)
        found.append(say("together with {names}").format(names=names))
    if whole.last_day != whole.day:
        days = sorted({part.day for part in whole.spread()})
        text = say("day {number} of {count}, {first} to {last}").format(
            number=days.index(visit.day) + 1, count=len(days), first=days[0], last=days[-1]
        )
        found.append(text)
        if visit.needs.overnight:
            found.append(say("stays overnight"))
    if visit.needs.kits and visit.technician_id == whole.technician_id:
        kits = _listed(sorted(visit.needs.kits), words.language)
        found.append(say("carries: {kits}").format(kits=kits))
    return " · ".join(found)


def needs_told(needs: Needs) -> dict[str, object]:
    """Return what a visit needs beside time and skills, for a program."""
    return {
        "crew": needs.crew,
        "second_skills": sorted(needs.second_skills),
        "days": needs.days,
        "overnight": needs.overnight,
        "kits": sorted(needs.kits),
        "price_minutes": needs.price,
    }


def _listed(names: list[str], language: Language) -> str:
    return ("、" if language == "zh_CN" else ", ").join(names)
