"""What the plan's templates show: rows with every name looked up and every text in the reader's language."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from kb.i18n import Language
from kb.usecases.plan_book import PlanBook, VisitChange
from kb.usecases.plan_trace import occurrence_sentences, unplaced_sentence, visit_sentences
from kb.usecases.plan_words import Words, hours_text, in_hours
from planner.model import Occurrence, Unplaced, Visit

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class OccurrenceRow:
    """A due date on a machine."""

    tag: str
    level: str
    nominal: date
    due: date
    window: str
    trace: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRow:
    """A visit with everything a list or a page of its own shows."""

    key: str
    href: str
    day: date
    day_text: str
    hours: str
    technician_id: str | None
    technician: str
    customer: str
    site_id: str
    site: str
    levels: str
    machine_count: int
    machines: str
    work_hours: str
    window: str
    state: str
    state_code: str
    trace: tuple[str, ...]
    occurrences: tuple[OccurrenceRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnplacedRow:
    """Work without a place."""

    customer: str
    site_id: str
    site: str
    window: str
    levels: str
    machines: str
    work_hours: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """A visit that the last run added, moved or removed."""

    change: str
    change_code: str
    customer: str
    site_id: str
    site: str
    href: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRow:
    """A site with its visits counted."""

    site_id: str
    site: str
    customer: str
    city: str
    machines: int
    visits: int
    unplaced: int
    next_day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOf:
    """One page of a longer list.

    Args:
        number: From 1.
        last: Number of the last page, at least 1.
    """

    number: int
    last: int
    total: int


def page_of(total: int, wanted: int) -> PageOf:
    """Return where page `wanted` of `total` rows stands; past the end means the last page."""
    last = max(-(-total // PAGE_SIZE), 1)
    return PageOf(number=min(max(wanted, 1), last), last=last, total=total)


def rows_of(page: PageOf) -> slice:
    """Return the slice of the rows that stand on `page`."""
    return slice((page.number - 1) * PAGE_SIZE, page.number * PAGE_SIZE)


def visit_href(key: str) -> str:
    """Return the address of a visit's page."""
    return f"/plan/visits/{quote(key, safe='')}"


def visit_rows(book: PlanBook, visits: Iterable[Visit], language: Language) -> list[VisitRow]:
    """Return the rows of `visits`, in their order."""
    return [visit_row(book, visit, language) for visit in visits]


def visit_row(book: PlanBook, visit: Visit, language: Language) -> VisitRow:
    """Return the row of `visit`."""
    words = Words(language)
    return VisitRow(
        key=visit.key,
        href=visit_href(visit.key),
        day=visit.day,
        day_text=words.day(visit.day),
        hours=hours_text(visit.hours),
        technician_id=visit.technician_id,
        technician=book.technician_name(visit.technician_id),
        customer=book.customer_name(visit.site_id),
        site_id=visit.site_id,
        site=book.site_name(visit.site_id),
        levels=words.levels(visit),
        machine_count=len(book.machines(visit)),
        machines=words.machines(book, visit),
        work_hours=f"{in_hours(visit.duration):g}",
        window=f"{visit.earliest} – {visit.latest}",
        state=words.state(visit.state),
        state_code=visit.state.value,
        trace=tuple(visit_sentences(book, visit, language)),
        occurrences=tuple(_occurrence_row(book, one, words) for one in visit.occurrences),
    )


def _occurrence_row(book: PlanBook, occurrence: Occurrence, words: Words) -> OccurrenceRow:
    return OccurrenceRow(
        tag=book.tag(occurrence.equipment_id),
        level=words.level(occurrence.level),
        nominal=occurrence.nominal,
        due=occurrence.due,
        window=f"{occurrence.earliest} – {occurrence.latest}",
        trace=tuple(occurrence_sentences(occurrence, words.language)),
    )


def unplaced_rows(book: PlanBook, works: Iterable[Unplaced], language: Language) -> list[UnplacedRow]:
    """Return the rows of unplaced work."""
    words = Words(language)
    return [
        UnplacedRow(
            customer=book.customer_name(work.site_id),
            site_id=work.site_id,
            site=book.site_name(work.site_id),
            window=f"{work.earliest} – {work.latest}",
            levels=words.join(dict.fromkeys(words.level(one.level) for one in work.occurrences)),
            machines=words.join(sorted({book.tag(one.equipment_id) for one in work.occurrences})),
            work_hours=f"{in_hours(work.duration):g}",
            reason=unplaced_sentence(book, work, language),
        )
        for work in works
    ]


def change_rows(book: PlanBook, changes: Iterable[VisitChange], language: Language) -> list[ChangeRow]:
    """Return the rows of changes; a link only where the visit still stands."""
    words = Words(language)

    def placed(visit: Visit | None) -> str:
        if visit is None:
            return "—"
        parts = (words.day(visit.day), hours_text(visit.hours), book.technician_name(visit.technician_id))
        return " ".join(part for part in parts if part)

    return [
        ChangeRow(
            change=words.change(one.change),
            change_code=one.change.value,
            customer=book.customer_name(one.site_id),
            site_id=one.site_id,
            site=book.site_name(one.site_id),
            href=visit_href(one.key) if one.after is not None else "",
            before=placed(one.before),
            after=placed(one.after),
        )
        for one in changes
    ]


def site_rows(book: PlanBook, visits: Sequence[Visit], today: date, language: Language) -> list[SiteRow]:
    """Return every site that the register or the plan knows, by customer and name."""
    words = Words(language)
    ids = book.sites.keys() | {visit.site_id for visit in visits} | {work.site_id for work in book.unplaced}
    by_site: dict[str, list[Visit]] = {one: [] for one in ids}
    for visit in visits:
        by_site[visit.site_id].append(visit)
    machines: dict[str, int] = dict.fromkeys(ids, 0)
    for machine in book.equipment.values():
        machines[machine.site_id] = machines.get(machine.site_id, 0) + 1
    unplaced: dict[str, int] = dict.fromkeys(ids, 0)
    for work in book.unplaced:
        unplaced[work.site_id] += 1
    rows = []
    for one in sorted(ids, key=lambda id: (book.customer_name(id), book.site_name(id), id)):
        ahead = min((visit.day for visit in by_site[one] if visit.day >= today), default=None)
        site = book.sites.get(one)
        rows.append(
            SiteRow(
                site_id=one,
                site=book.site_name(one),
                customer=book.customer_name(one),
                city=site.city if site else "",
                machines=machines[one],
                visits=len(by_site[one]),
                unplaced=unplaced[one],
                next_day=words.day(ahead) if ahead else "",
            )
        )
    return rows
