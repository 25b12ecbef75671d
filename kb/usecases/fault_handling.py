"""The handling plan of one report, made of register, closed jobs, library and day routes; no network, no model."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from statistics import median

from kb.content import Library
from kb.content.pages import CasePage, GuidePage
from kb.i18n import Language, translator
from kb.search import SearchIndex
from kb.store import Store
from kb.usecases.fault_alarm_pages import with_alarm_pages
from kb.usecases.fault_diagnosis import Likely, likely_causes
from kb.usecases.fault_dispatch import WhoCanGo, who_can_go
from kb.usecases.fault_items import cause_name
from kb.usecases.fault_kit import kit
from kb.usecases.fault_reports import FaultReport
from kb.usecases.fault_words import entitlement_reason, priority_reason
from planner.faults import CheckStep, HandlingPlan, HazardNote, KitPart, Point, RankedCause, Statement

ISOLATION = "GUIDE-LOTO"
"""The page that says how every machine is isolated."""
ALARM_NOTES = {"fanuc": "GUIDE-ALARM-NOTE-FANUC", "sinumerik": "GUIDE-ALARM-NOTE-SINUMERIK"}
MOST_CHECKS = 8
USUAL_WORK = timedelta(hours=2)
"""Work on site where neither page nor job says how long it takes."""
JOBS_NAMED = 12
_ORDER = ("danger", "warning", "caution", "notice")
_STEP = re.compile(r"^###\s*步骤\s*\d+\s*(.+)$", re.MULTILINE)


def handling_plan(
    store: Store,
    library: Library,
    index: SearchIndex,
    report: FaultReport,
    *,
    language: Language,
    now: datetime,
) -> HandlingPlan:
    """Return the plan for a report; what is missing is said in it."""
    say = translator(language)
    likely = likely_causes(store, library, index, report, now=now)
    pages = _pages(likely)
    guides = _guides(library, likely)
    missing: list[str] = []
    minutes, assumed = _work(likely)
    if assumed:
        missing.append(say("How long the work takes is not recorded; two hours are assumed."))
    values = report.values
    who = WhoCanGo(offers=(), nobody="the site is not known", skills=(), skills_from=())
    if values["site_id"]:
        who = who_can_go(
            store,
            site_id=values["site_id"],
            equipment_id=values["equipment_id"],
            duration=minutes,
            deadlines=report.judgement.deadlines if report.judgement else (),
            now=now,
        )
    checks = with_alarm_pages(tuple(_checks(likely, library, language)), likely, language)
    causes = likely.diagnosis.causes[:MOST_CHECKS]
    parts, is_recorded = kit(store, likely, causes, lambda one: _name(one, likely, library, language))
    _say_missing(likely, report, checks, who, missing, language)
    missing += _missing_of_kit(parts, say, is_recorded=is_recorded)
    nobody = say(who.nobody).format(skills=", ".join(who.skills)) if who.nobody else ""
    return HandlingPlan(
        report=report.number,
        title=report.title,
        facts=_facts(report, language, now),
        likely=_summary(likely, library, language),
        hazards=tuple(_hazards(pages, guides, library)),
        isolation=_isolation(library),
        questions=tuple(_questions(pages, library, report, language)),
        checks=checks,
        remedies=tuple(_remedies(likely, library, language)),
        parts=parts,
        tools=_tools(guides),
        skills=_skills(who, guides, language),
        offers=who.offers,
        nobody=nobody,
        fallback=tuple(_fallback(pages, report, language, now)),
        acceptance=_acceptance(pages, guides, library),
        missing=tuple(missing),
    )


def work_time(likely: Likely) -> timedelta:
    """Return the expected work on site."""
    return _work(likely)[0]


def _work(likely: Likely) -> tuple[timedelta, bool]:
    spent = list(likely.spent.values())
    if len(spent) >= 3:
        return timedelta(minutes=median(spent)), False
    for one in likely.diagnosis.causes:
        for _, solution in likely.solutions.get(one.cause, ()):
            if solution.time_minutes:
                return timedelta(minutes=solution.time_minutes), False
    return USUAL_WORK, True


def _pages(likely: Likely) -> tuple[CasePage, ...]:
    """Return the cases that stand behind the ranked causes, best first."""
    named = {id for one in likely.diagnosis.causes for id in one.cases}
    return tuple(page for page in likely.cases if page.id in named)


def _guides(library: Library, likely: Likely) -> tuple[GuidePage, ...]:
    ids = dict.fromkeys(
        solution.remedy.guide
        for one in likely.diagnosis.causes
        for page, solution in likely.solutions.get(one.cause, ())
        if solution.remedy.guide and page.id in one.cases
    )
    found = [library.pages.get(id or "") for id in ids]
    return tuple(page for page in found if isinstance(page, GuidePage))


def _facts(report: FaultReport, language: Language, now: datetime) -> tuple[tuple[str, str], ...]:
    say, values = translator(language), report.values
    body = values["body"] or {}
    judged = report.judgement
    pairs = [
        (say("Customer"), report.names.get("customer", "")),
        (say("Site"), report.names.get("site", "")),
        (say("Machine"), report.names.get("tag", "") or say("not known yet")),
        (say("Contact"), f"{values['contact']} {values['phone']}".strip()),
        (say("Alarm as displayed"), values["alarm"]),
        (say("In the customer's words"), values["symptom"]),
        (
            say("Priority"),
            f"{values['priority']} "
            + priority_reason(
                values["machine_state"],
                is_dangerous=bool(body.get("dangerous")),
                stops_a_line=bool(body.get("stops_a_line")),
                language=language,
            ),
        ),
    ]
    if judged is not None:
        code = report.names.get("contract", "")
        pays = entitlement_reason(judged.entitlement, contract_code=code, language=language)
        pairs.append((say("Who pays"), pays))
        arrival = next((one for one in judged.deadlines if one.point is Point.ARRIVAL), None)
        if arrival is not None and arrival.due is not None:
            pairs.append((say("Arrival"), f"{arrival.due.astimezone(now.tzinfo):%Y-%m-%d %H:%M}"))
    return tuple((name, value) for name, value in pairs if value)


def _name(one: RankedCause, likely: Likely, library: Library, language: Language) -> str:
    pairs = likely.solutions.get(one.cause, ())
    if "#" in one.cause and pairs:
        return pairs[0][1].cause.text
    return cause_name(one.cause, library.vocabularies, language)


def _summary(likely: Likely, library: Library, language: Language) -> Statement:
    say = translator(language)
    names = {one.cause: _name(one, likely, library, language) for one in likely.diagnosis.causes}
    numbers = _numbers(likely, (id for one in likely.diagnosis.causes for id in one.jobs))
    if not likely.diagnosis.similar_jobs:
        text = say("No closed job is similar ({asked} were looked through).").format(asked=likely.asked)
    else:
        comma = "，" if language == "zh_CN" else ", "
        counts = comma.join(f"{names[cause]} {count}" for cause, count in likely.diagnosis.counts[:6])
        text = say("{count} similar jobs: {counts}.").format(
            count=likely.diagnosis.similar_jobs, counts=counts
        )
    return Statement(text=text, sources=(*numbers, *(page.id for page in _pages(likely))))


def _numbers(likely: Likely, ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(likely.jobs[id].number for id in ids if id in likely.jobs)[:JOBS_NAMED]


def _hazards(
    pages: Sequence[CasePage], guides: Sequence[GuidePage], library: Library
) -> Iterable[HazardNote]:
    isolation = library.pages.get(ISOLATION)
    found: dict[str, HazardNote] = {}
    for page in (*pages, *guides, *([isolation] if isolation else [])):
        if isinstance(page.hazards, str):
            continue
        for one in page.hazards:
            found.setdefault(
                one.hazard,
                HazardNote(
                    signal=one.type,
                    hazard=one.hazard,
                    consequence=one.consequence,
                    avoid=one.avoid,
                    source=page.id,
                ),
            )
    return sorted(found.values(), key=lambda one: _ORDER.index(one.signal))


def _isolation(library: Library) -> tuple[Statement, ...]:
    body = library.bodies.get(ISOLATION, "")
    return tuple(Statement(text=text.strip(), sources=(ISOLATION,)) for text in _STEP.findall(body))


def _questions(
    pages: Sequence[CasePage], library: Library, report: FaultReport, language: Language
) -> Iterable[Statement]:
    say = translator(language)
    known = tuple(id for id in ALARM_NOTES.values() if id in library.pages)
    practice = (*known, say("trade practice (grade K)"))
    yield Statement(
        text=say(
            "Before RESET is pressed: which alarms stand on the screen, in which order, with which axis?"
        ),
        sources=practice,
    )
    yield Statement(
        text=say("When does it come: on power-on, in rapid, in the cut, at rest?"), sources=practice
    )
    yield Statement(
        text=say("Are air pressure, oil level, emergency stop, plugs and fans in order?"), sources=practice
    )
    if report.values["since"] is None:
        yield Statement(text=say("Since when, and what was changed before?"), sources=practice)
    for page in pages[:3]:
        for label, text in (
            (say("Does it come like this: {text}?"), page.context.when),
            (say("How often: {text}?"), page.context.frequency),
            (say("Was this touched before: {text}?"), page.context.changed),
        ):
            if text:
                yield Statement(text=label.format(text=text), sources=(page.id,))


def _checks(likely: Likely, library: Library, language: Language) -> Iterable[CheckStep]:
    say = translator(language)
    ordered = likely.diagnosis.checks[:MOST_CHECKS]
    for number, one in enumerate(ordered, start=1):
        pairs = likely.solutions.get(one.cause, ())
        told = [(page, solution) for page, solution in pairs if page.id in one.cases]
        remedy = told[0][1].remedy.text if told else _usual_remedy(one, likely, library, language)
        last = number == len(ordered)
        yield CheckStep(
            number=number,
            cause=_name(one, likely, library, language),
            share=one.probability,
            check="；".join(dict.fromkeys(solution.check for _, solution in told)),
            if_so=say("The cause is found: {remedy}").format(remedy=remedy)
            if remedy
            else say("The cause is found; no page says how it is cured."),
            if_not=say("Not this: go on to the escalation.")
            if last
            else say("Not this: go on with check {number}.").format(number=number + 1),
            minutes=round(one.check_minutes),
            minutes_assumed=True,
            pages=one.cases,
            jobs=_numbers(likely, one.jobs),
        )


def _usual_remedy(one: RankedCause, likely: Likely, library: Library, language: Language) -> str:
    remedies = likely.remedies_of.get(one.cause, {})
    return "、".join(
        f"{library.vocabularies.label('activities', code, language)} {count}"
        for code, count in list(remedies.items())[:3]
    )


def _remedies(likely: Likely, library: Library, language: Language) -> Iterable[Statement]:
    for one in likely.diagnosis.causes[:MOST_CHECKS]:
        name = _name(one, likely, library, language)
        for page, solution in likely.solutions.get(one.cause, ()):
            if page.id in one.cases:
                guide = solution.remedy.guide
                yield Statement(
                    text=f"{name}：{solution.remedy.text}", sources=(page.id, *((guide,) if guide else ()))
                )
        if usual := _usual_remedy(one, likely, library, language):
            yield Statement(text=f"{name}：{usual}", sources=_numbers(likely, one.jobs))


def _tools(guides: Sequence[GuidePage]) -> tuple[Statement, ...]:
    found: dict[str, list[str]] = {}
    for guide in guides:
        for tool in (*guide.tools, *guide.supplies):
            found.setdefault(tool, []).append(guide.id)
    return tuple(Statement(text=tool, sources=tuple(ids)) for tool, ids in found.items())


def _skills(who: WhoCanGo, guides: Sequence[GuidePage], language: Language) -> tuple[Statement, ...]:
    say = translator(language)
    found = [Statement(text=one, sources=who.skills_from) for one in who.skills]
    found += [
        Statement(text=say(guide.skill_level.replace("_", " ")), sources=(guide.id,)) for guide in guides
    ]
    return tuple(dict.fromkeys(found))


def _fallback(
    pages: Sequence[CasePage], report: FaultReport, language: Language, now: datetime
) -> Iterable[Statement]:
    say = translator(language)
    for page in pages[:3]:
        if page.containment:
            yield Statement(text=page.containment, sources=(page.id,))
    promised = report.judgement.deadlines if report.judgement else ()
    due = next((one.due for one in promised if one.point is Point.TEMPORARY_RESTORE and not one.met), None)
    contract = report.names.get("contract", "") or say("contract")
    if due is not None:
        text = say(
            "If it does not run by {time}, restore it for the time being and plan the rest as a second visit."
        )
        yield Statement(
            text=text.format(time=f"{due.astimezone(now.tzinfo):%m-%d %H:%M}"), sources=(contract,)
        )
    yield Statement(
        text=say(
            "If every check is negative: note what was measured, save a backup, and hand the case to the specialist or the maker."
        ),
        sources=(say("trade practice (grade K)"),),
    )


def _acceptance(
    pages: Sequence[CasePage], guides: Sequence[GuidePage], library: Library
) -> tuple[Statement, ...]:
    found = [Statement(text=page.verification, sources=(page.id,)) for page in pages[:3] if page.verification]
    for guide in guides[:2]:
        _, _, tail = library.bodies.get(guide.id, "").partition("## 验收")
        if text := tail.strip().partition("\n## ")[0].strip():
            found.append(Statement(text=text, sources=(guide.id,)))
    return tuple(found)


def _say_missing(
    likely: Likely,
    report: FaultReport,
    checks: Sequence[CheckStep],
    who: WhoCanGo,
    missing: list[str],
    language: Language,
) -> None:
    say = translator(language)
    if not report.values["equipment_id"]:
        missing.append(say("The machine is not known; model and control were not compared."))
    if report.judgement and report.judgement.is_retired:
        missing.append(say("The machine was taken out of the register; check that it is the right one."))
    if likely.unknown_codes and not likely.alarms:
        codes = ", ".join(likely.unknown_codes)
        missing.append(say("No page knows the code {codes}.").format(codes=codes))
    if likely.alarms and (likely.without_alarm or not likely.diagnosis.causes):
        missing.append(
            say("No job or case knows this alarm; the lines of its own page come first, uncounted.")
        )
    elif likely.without_alarm:
        missing.append(say("Nothing is known of this alarm: only symptom and machine were compared."))
    if likely.nearest and likely.cases:
        missing.append(say("No case holds all that was told; the nearest ones were used."))
    if not likely.diagnosis.similar_jobs:
        missing.append(say("No own closed job is similar: the shares rest on the library alone."))
    if not checks:
        missing.append(say("Neither jobs nor library know a cause; ask a specialist."))
    if any(not step.check for step in checks):
        missing.append(say("For some causes nobody has written down how they are checked."))
    if checks:
        missing.append(say("No page says how long a check takes; 30 minutes are assumed for each."))
    if not who.skills:
        missing.append(say("No skill is recorded for this machine; everybody was considered."))
    if not (report.judgement and report.judgement.deadlines):
        missing.append(say("No deadline was agreed for this site."))


def _missing_of_kit(parts: Sequence[KitPart], say: Callable[[str], str], *, is_recorded: bool) -> list[str]:
    if not parts:
        return [say("No part to bring is recorded.")]
    if not is_recorded:
        return [say("Stock is not recorded.")]
    told = []
    if unknown := [one.number or one.name for one in parts if one.stock is None and not one.places]:
        told.append(say("The register does not know these parts: {parts}.").format(parts="、".join(unknown)))
    lacking = [one.number or one.name for one in parts if one.stock is not None and not _is_covered(one)]
    if lacking:
        told.append(
            say("Neither these parts nor alternatives are in stock: {parts}.").format(
                parts="、".join(lacking)
            )
        )
    return told


def _is_covered(part: KitPart) -> bool:
    return sum(one.quantity for one in part.places) >= part.quantity
