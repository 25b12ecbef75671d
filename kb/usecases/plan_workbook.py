"""The plan as a workbook: the whole plan, one sheet a technician, the sites, what found no place, notes."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from kb.export.workbook import Cell, Sheet, SheetColumn, Workbook
from kb.i18n import Language
from kb.usecases.plan_book import Change, PlanBook
from kb.usecases.plan_company import company_of
from kb.usecases.plan_trace import shortfall_sentence, unplaced_sentence, visit_sentences
from kb.usecases.plan_words import Words, hours_text, in_hours
from planner.model import Unplaced, Visit

_TRACE_WIDTH = 70
_WORK_WIDTH = 40


def plan_workbook(book: PlanBook, language: Language, *, author: str) -> Workbook:
    """Return the workbook of `book` in `language`.

    Args:
        book: The plan.
        language: Language of headings and sentences; names stay as the register has them.
        author: Who issues it.
    """
    words = Words(language)
    return Workbook(
        title=f"{words.say('Inspection plan')} {book.first_day} – {book.last_day}",
        author=author,
        created=book.created,
        page_numbers=words.say("Page {page} of {pages}"),
        sheets=(
            _plan_sheet(book, words),
            *_technician_sheets(book, words),
            _site_sheet(book, words),
            _unplaced_sheet(book, words),
            _change_sheet(book, words),
            _notes_sheet(book, words),
        ),
    )


_Field = tuple[str, Callable[[PlanBook, Words, Visit], Cell], SheetColumn | None]

_FIELDS: tuple[tuple[str, Callable[[PlanBook, Words, Visit], Cell]], ...] = (
    ("Date", lambda book, words, visit: visit.day),
    ("Weekday", lambda book, words, visit: words.weekday(visit.day)),
    ("Start", lambda book, words, visit: visit.hours.start if visit.hours else None),
    ("End", lambda book, words, visit: visit.hours.end if visit.hours else None),
    ("Technician", lambda book, words, visit: book.technician_name(visit.technician_id)),
    ("Together, days and kits", lambda book, words, visit: company_of(book, words, visit)),
    ("Customer", lambda book, words, visit: book.customer_name(visit.site_id)),
    ("Site", lambda book, words, visit: book.site_name(visit.site_id)),
    ("City", lambda book, words, visit: _city(book, visit)),
    ("Levels", lambda book, words, visit: words.levels(visit)),
    ("Machines", lambda book, words, visit: len(book.machines(visit))),
    ("Machine tags", lambda book, words, visit: words.machines(book, visit)),
    ("Work (h)", lambda book, words, visit: in_hours(visit.duration)),
    ("Earliest", lambda book, words, visit: visit.earliest),
    ("Latest", lambda book, words, visit: visit.latest),
    ("State", lambda book, words, visit: words.state(visit.state)),
    ("Why on this date", lambda book, words, visit: "\n".join(visit_sentences(book, visit, words.language))),
    ("Visit key", lambda book, words, visit: visit.key),
)
_WIDE = {"Machine tags": _WORK_WIDTH, "Why on this date": _TRACE_WIDTH, "Visit key": 30}


def _visit_sheet(
    name: str, book: PlanBook, words: Words, visits: Iterable[Visit], without: str = ""
) -> Sheet:
    fields = [(title, value) for title, value in _FIELDS if title != without]
    return Sheet(
        name=name,
        columns=tuple(
            SheetColumn(title=words.say(title), width=_WIDE.get(title), wrap=title in _WIDE)
            for title, _ in fields
        ),
        rows=tuple(tuple(value(book, words, visit) for _, value in fields) for visit in visits),
    )


def _city(book: PlanBook, visit: Visit) -> str:
    site = book.sites.get(visit.site_id)
    return site.city if site else ""


def _plan_sheet(book: PlanBook, words: Words) -> Sheet:
    return _visit_sheet(words.say("Plan"), book, words, book.visits)


def _technician_sheets(book: PlanBook, words: Words) -> list[Sheet]:
    by_technician: dict[str | None, list[Visit]] = defaultdict(list)
    for visit in book.presences:
        by_technician[visit.technician_id].append(visit)
    named = sorted(
        (one for one in by_technician if one is not None), key=lambda one: (book.technician_name(one), one)
    )
    sheets = [
        _visit_sheet(book.technician_name(one), book, words, by_technician[one], without="Technician")
        for one in named
    ]
    if without := by_technician.get(None):
        sheets.append(_visit_sheet(words.say("No technician"), book, words, without, without="Technician"))
    return sheets


def _site_sheet(book: PlanBook, words: Words) -> Sheet:
    titles = ("Customer", "Site", "City", "Address", "Visits", "Machines", "Work (h)", "Dates")
    visits: dict[str, list[Visit]] = defaultdict(list)
    for visit in book.visits:
        visits[visit.site_id].append(visit)
    rows = []
    for site_id in sorted(visits, key=lambda one: (book.customer_name(one), book.site_name(one), one)):
        site = book.sites.get(site_id)
        of_site = visits[site_id]
        rows.append(
            (
                book.customer_name(site_id),
                book.site_name(site_id),
                site.city if site else "",
                site.address if site else "",
                len(of_site),
                len({machine for visit in of_site for machine in book.machines(visit)}),
                round(sum(in_hours(visit.duration) for visit in of_site), 2),
                words.listed(visit.day for visit in of_site),
            )
        )
    return Sheet(
        name=words.say("Sites"),
        columns=tuple(
            SheetColumn(title=words.say(title), width=60 if title == "Dates" else None, wrap=title == "Dates")
            for title in titles
        ),
        rows=tuple(rows),
    )


def _unplaced_sheet(book: PlanBook, words: Words) -> Sheet:
    titles = ("Customer", "Site", "Earliest", "Latest", "Work (h)", "Machine tags", "Levels", "Reason")

    def row(work: Unplaced) -> tuple[Cell, ...]:
        tags = sorted({book.tag(occurrence.equipment_id) for occurrence in work.occurrences})
        levels = dict.fromkeys(words.level(occurrence.level) for occurrence in work.occurrences)
        return (
            book.customer_name(work.site_id),
            book.site_name(work.site_id),
            work.earliest,
            work.latest,
            in_hours(work.duration),
            words.join(tags),
            words.join(levels),
            unplaced_sentence(book, work, words.language),
        )

    wide = {"Machine tags": _WORK_WIDTH, "Reason": _TRACE_WIDTH}
    return Sheet(
        name=words.say("Unplaced"),
        columns=tuple(
            SheetColumn(title=words.say(title), width=wide.get(title), wrap=title in wide) for title in titles
        ),
        rows=tuple(row(work) for work in book.unplaced),
    )


def _change_sheet(book: PlanBook, words: Words) -> Sheet:
    places = ("Date before", "Date now", "Hours before", "Hours now", "Technician before", "Technician now")
    titles = ("Change", "Customer", "Site", *places, "Visit key")
    rows = tuple(
        (
            words.change(one.change),
            book.customer_name(one.site_id),
            book.site_name(one.site_id),
            one.before.day if one.before else None,
            one.after.day if one.after else None,
            hours_text(one.before.hours) if one.before else "",
            hours_text(one.after.hours) if one.after else "",
            book.technician_name(one.before.technician_id) if one.before else "",
            book.technician_name(one.after.technician_id) if one.after else "",
            one.key,
        )
        for one in book.changes
    )
    return Sheet(
        name=words.say("Changes"),
        columns=tuple(SheetColumn(title=words.say(one)) for one in titles),
        rows=rows,
    )


def _notes_sheet(book: PlanBook, words: Words) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        (words.say("Plan number"), book.number),
        (words.say("Made at"), book.created),
        (words.say("First day"), book.first_day),
        (words.say("Last day"), book.last_day),
        (words.say("Visits"), len(book.visits)),
        (words.say("Work (h)"), round(sum(in_hours(visit.duration) for visit in book.visits), 2)),
        (words.say("Unplaced"), len(book.unplaced)),
        *((words.change(change), book.change_count(change)) for change in Change),
    ]
    if book.provisional_years:
        rows.append((words.say("Provisional calendar"), provisional_notice(book, words.language)))
    rows += [
        (words.say("Fewer visits than sold"), shortfall_sentence(book, one, words.language))
        for one in book.shortfalls
    ]
    rows.append(
        (
            words.say("How dates are found"),
            words.say(
                "Each date counts from the plan's anchor; it moves to a working day of service and site inside its "
                "window; machines and levels of one site that are due together share one visit."
            ),
        )
    )
    return Sheet(
        name=words.say("Notes"),
        columns=(
            SheetColumn(title=words.say("Matter"), width=24),
            SheetColumn(title=words.say("Value"), width=90, wrap=True),
        ),
        rows=tuple(rows),
        portrait=True,
    )


def provisional_notice(book: PlanBook, language: Language) -> str:
    """Return the sentence that warns of years without published make-up working days; empty where none is."""
    if not book.provisional_years:
        return ""
    words = Words(language)
    return words.say(
        "The make-up working days of {years} are not published yet: dates in these years are provisional and "
        "may move once they are."
    ).format(years=words.listed(book.provisional_years))
