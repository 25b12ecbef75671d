"""Why a visit is on its day, in sentences with the register's names.

`planner.scheduling` words the steps that lead to a date. The steps that name people, sites and ways are worded
here, because only the register knows their names.
"""

from collections.abc import Mapping

from kb.i18n import Language, translator
from kb.usecases.certificate_words import told_paper
from kb.usecases.plan_book import PlanBook, Shortfall
from kb.usecases.plan_company import company_of
from kb.usecases.plan_words import Words
from planner.model import Occurrence, Reason, ReasonKind, Unplaced, Visit, VisitState
from planner.routing import Why
from planner.scheduling import trace_sentence

_IDEAL: Mapping[str, str] = {
    Why.SITE_CLOSED: "The best day was {ideal}; the site is closed on it.",
    Why.CERTIFICATE: "The best day was {ideal}; nobody with the skills has a certificate that is valid on it.",
    Why.TECHNICIAN_AWAY: "The best day was {ideal}; nobody with the skills works on it.",
    Why.WORKING_TIME: "The best day was {ideal}; nobody with the skills has enough time left on it.",
    Why.SPACING: "The best day was {ideal}; it is too near to another visit of the site.",
    Why.WINDOW: "The best day was {ideal}; it lies outside the days that are allowed.",
    Why.WHOLE_PLAN: "The best day was {ideal}; on another day the plan as a whole is better.",
}
_BY_RULE = (
    "{technician} goes: of {able} with the skills the one for whom it adds the least travel on {day}, "
    "{added} minutes; {km} km and {minutes} minutes from {origin}."
)
_BY_SEARCH = "{technician} goes on {day}: in the plan as a whole this is best; {km} km and {minutes} minutes from {origin}."
_STANDS: Mapping[VisitState, str] = {
    VisitState.BOOKED: "It is agreed with the customer; a new plan does not move it.",
    VisitState.DONE: "It is done; a new plan does not move it.",
    VisitState.PARTLY_DONE: "It is partly done; a new plan does not move it.",
    VisitState.MISSED: "It was missed; its work comes back as a new visit.",
    VisitState.CANCELLED: "It is cancelled.",
}
_WHY: Mapping[str, str] = {
    Why.SKILL: "No technician has all the skills that it needs.",
    Why.CERTIFICATE: "No technician with the skills has a certificate that is valid on the days that are allowed.",
    Why.TECHNICIAN_AWAY: "No technician with the skills works on any day that is allowed.",
    Why.SITE_CLOSED: "The site is closed on all days that are allowed.",
    Why.WINDOW: "No day is allowed.",
    Why.WORKING_TIME: "No technician with the skills has enough time left on the days that are allowed.",
    Why.SPACING: "All days that are allowed are too near to another visit of the site.",
    Why.KIT: "No technician who may come can have the kit that it needs on the days that are allowed.",
    Why.SECOND: "No second technician can come along on the days that are allowed.",
    Why.DAYS_IN_A_ROW: "No technician has so many free working days in a row within the days that are allowed.",
    Why.PRICE: "It is optional and worth {price_minutes} minutes of driving; the detour would be {detour_minutes}.",
    Why.CONTRACT: "No contract of the site covers the {dates} dates.",
}
_RELAX: Mapping[str, str] = {
    "overtime": "It would fit with {minutes} minutes of overtime for {technician} on {day}.",
    "window": "It would fit {days} days outside its window, on {day} with {technician}.",
    "skill": "It would fit on {day} if {technician} had: {skills}.",
    "certificate": "It would fit on {day} if {technician} had a valid certificate for: {skills}.",
    "site_closed": "It would fit if the site let {technician} in on {day}.",
    "technician_away": "It would fit if {technician} worked on {day}.",
    "spacing": "It would fit on {day} with {technician} if the visits may be nearer to each other.",
    "split": "It would fit in {parts} parts of at most {longest_minutes} minutes each.",
    "price": "It would be done on {day} with {technician} if it were worth more.",
    "kit": "It would fit on {day} with {technician} if a kit were there: {kit}.",
    "second_skill": "It would fit on {day} with {technician} if the second one needed none of: {skills}.",
    "alone": "It would fit on {day} if {technician} could do it alone.",
    "return": "It would fit from {day} on if {technician} went home between the days.",
    "contract": "Renew the contract, or take the maintenance plans out of use.",
    "none": "No single concession is enough.",
}


def visit_sentences(book: PlanBook, visit: Visit, language: Language) -> tuple[str, ...]:
    """Return why `visit` is on its day: how its date came about, who goes and why, whether it may move.

    A visit of one due date tells that one's steps as well; of several, each occurrence tells its own.
    """
    sentences: list[str] = []
    if len(visit.occurrences) == 1:
        sentences += occurrence_sentences(visit.occurrences[0], language)
    for reason in visit.reasons:
        if reason.kind is ReasonKind.TECHNICIAN:
            sentences += _technician(book, visit, reason, language)
        else:
            sentences.append(_ended(trace_sentence(reason, language), language))
    say = translator(language)
    if company := company_of(book, Words(language), visit):
        sentences.append(_ended(company, language))
    if visit.needs.is_optional:
        message = say(
            "It is optional: done because the detour is below the {price:g} minutes of driving it is worth"
        )
        sentences.append(_ended(message.format(price=visit.needs.price), language))
    if visit.state in _STANDS:
        sentences.append(say(_STANDS[visit.state]))
    elif visit.locked:
        sentences.append(say("It is locked; a new plan does not move it."))
    return tuple(sentences)


def occurrence_sentences(occurrence: Occurrence, language: Language) -> tuple[str, ...]:
    """Return how the date of `occurrence` came about, step by step."""
    return tuple(_ended(trace_sentence(reason, language), language) for reason in occurrence.reasons)


def unplaced_sentence(book: PlanBook, work: Unplaced, language: Language) -> str:
    """Return why `work` has no place, and the smallest concession that was tested to give it one."""
    say = translator(language)
    values = dict(work.reason.values)
    names = {
        **dict.fromkeys(("kit", "price_minutes", "detour_minutes"), ""),
        **values,
        "technician": book.technician_name(values.get("technician")),
        "skills": _listed(values.get("skills", "").split(), language),
    }
    why = say(_WHY.get(values.get("why", ""), "It found no place."))
    relax = say(_RELAX.get(values.get("relax", ""), _RELAX["none"]))
    sentences = [why.format_map(names)]
    proven = values.get("proven", "").split()
    paper = told_paper(values, book.technician_name(values.get("holder")), _listed(proven, language))
    if paper is not None:
        sentences.append(_ended(say(paper[0]).format_map(paper[1]), language))
    return _run_on((*sentences, relax.format_map(names)), language)


def shortfall_sentence(book: PlanBook, one: Shortfall, language: Language) -> str:
    """Return what a contract lacks."""
    message = translator(language)(
        "{site}: {sold} visits are sold for {first_day} to {last_day}, {planned} are planned, {missing} are missing."
    )
    return message.format(
        site=book.site_name(one.site_id),
        sold=one.sold,
        first_day=one.first_day,
        last_day=one.last_day,
        planned=one.planned,
        missing=one.sold - one.planned,
    )


def _technician(book: PlanBook, visit: Visit, reason: Reason, language: Language) -> list[str]:
    say = translator(language)
    values = dict(reason.values)
    technician = book.technician_name(values.get("technician"))
    if values.get("by") == "replanned":
        return _replanned(book, values, language)
    if "added_minutes" not in values and "by" not in values:
        return [_ended(trace_sentence(_named(reason, technician), language), language)]
    origin = book.site_name(values["from_site"]) if values["from"] == "site" else say("home")
    sentences = [
        say(_BY_RULE if "added_minutes" in values else _BY_SEARCH).format(
            technician=technician,
            able=values["able"],
            day=visit.day,
            added=values.get("added_minutes", ""),
            km=round(int(values["travel_m"]) / 1000),
            minutes=values["travel_minutes"],
            origin=origin,
        )
    ]
    if values.get("position") == "unknown":
        sentences.append(say("The position of the site is not known; the way to it is assumed."))
    if values.get("ideal_why") in _IDEAL:
        sentences.append(say(_IDEAL[values["ideal_why"]]).format(ideal=values["ideal"]))
    return sentences


def _replanned(book: PlanBook, values: Mapping[str, str], language: Language) -> list[str]:
    """Return why a mended plan moved a visit."""
    say = translator(language)
    hit = "It could not stay on {was_day} with {was}; the mended plan sends {technician} on {day}."
    room = "It made room for another visit: until then {was} on {was_day}, now {technician} on {day}."
    sentences = [
        say(hit if values.get("hit") == "yes" else room).format(
            was=book.technician_name(values.get("was_technician")) or say("nobody"),
            was_day=values.get("was_day", ""),
            technician=book.technician_name(values.get("technician")),
            day=values.get("day", ""),
        )
    ]
    if values.get("note"):
        sentences.append(say("Reason given: {note}").format(note=values["note"]))
    return sentences


def _named(reason: Reason, technician: str) -> Reason:
    values = tuple((name, technician if name == "technician" else text) for name, text in reason.values)
    return Reason(kind=reason.kind, values=values)


def _ended(sentence: str, language: Language) -> str:
    """Return the sentence with its full stop, and in English with a capital."""
    if language == "zh_CN":
        return f"{sentence}。"
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _listed(words: list[str], language: Language) -> str:
    return ("、" if language == "zh_CN" else ", ").join(words)


def _run_on(sentences: tuple[str, ...], language: Language) -> str:
    return ("" if language == "zh_CN" else " ").join(sentences)
