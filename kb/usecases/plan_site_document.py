"""A site's inspection plan as a document for the customer to sign: dates, machines, checklists, signatures."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from kb.content.pages import ChecklistItem, ChecklistPage, Hazard
from kb.errors import NotFound
from kb.export.document import (
    Align,
    Block,
    Column,
    Document,
    KeyValues,
    Paragraph,
    Section,
    SignatureBox,
    Signatures,
    Table,
    Tone,
)
from kb.i18n import Language
from kb.usecases.plan_book import PlanBook
from kb.usecases.plan_checklists import Worklist, worklist
from kb.usecases.plan_trace import unplaced_sentence
from kb.usecases.plan_words import Words, hours_text, in_hours
from kb.usecases.plan_workbook import provisional_notice
from planner.model import Level, Visit

_BOX = "□"
_Group = tuple[tuple[str, ...], Worklist, Level]


def site_document(
    book: PlanBook, site_id: str, pages: Mapping[str, ChecklistPage], language: Language, *, author: str
) -> Document:
    """Return the plan of one site.

    Args:
        book: The plan.
        site_id: A site of the register or of the plan.
        pages: The library's checklist pages by id.
        language: Language of headings and sentences.
        author: The department that issues it.

    Raises:
        NotFound: Neither the register nor the plan knows the site.
    """
    visits = [visit for visit in book.visits if visit.site_id == site_id]
    if site_id not in book.sites and not visits:
        raise NotFound("site", site_id)
    words = Words(language)
    lists = _worklists(book, visits, pages)
    years = sorted({book.first_day.year, book.last_day.year})
    title = words.say("{years} equipment inspection plan").format(years="–".join(str(year) for year in years))
    name = " · ".join(part for part in (book.customer_name(site_id), book.site_name(site_id)) if part)
    sections = [
        Section(title=words.say("1. Dates of the visits"), blocks=_dates(book, words, visits, site_id)),
        Section(title=words.say("2. Machines"), blocks=(_machines(book, words, site_id, visits),)),
        Section(title=words.say("3. Safety"), blocks=_safety(words, lists)),
        Section(title=words.say("4. What is inspected"), blocks=(_legend(words),)),
        *_checklists(book, words, lists),
        Section(title=words.say("5. Confirmation"), blocks=_signing(words)),
    ]
    return Document(
        title=title,
        subtitle=name,
        author=author,
        created=book.created,
        language="zh-CN" if language == "zh_CN" else "en-US",
        header=f"{author}    {title}",
        footer=words.say("Plan {number}, made on {day}").format(number=book.number, day=book.created.date()),
        page_numbers=words.say("Page {page} of {pages}"),
        opening=_opening(book, words, site_id, visits),
        sections=tuple(sections),
    )


def _opening(book: PlanBook, words: Words, site_id: str, visits: Sequence[Visit]) -> tuple[Block, ...]:
    site = book.sites.get(site_id)
    hours = sum(in_hours(visit.duration) for visit in visits)
    pairs = (
        ("Customer", book.customer_name(site_id)),
        ("Site", book.site_name(site_id)),
        ("Address", " ".join(part for part in (site.city, site.address) if part) if site else ""),
        ("Period", f"{book.first_day} – {book.last_day}"),
        ("Visits", str(len(visits))),
        ("Work (h)", f"{hours:g}"),
    )
    blocks: list[Block] = [KeyValues(pairs=tuple((words.say(name), value) for name, value in pairs))]
    if notice := provisional_notice(book, words.language):
        blocks.append(Paragraph(text=notice, tone=Tone.NOTICE))
    return tuple(blocks)


def _dates(book: PlanBook, words: Words, visits: Sequence[Visit], site_id: str) -> tuple[Block, ...]:
    table = Table(
        columns=(
            Column(title=words.say("No."), weight=1, align=Align.CENTER),
            Column(title=words.say("Date"), weight=3.2, align=Align.CENTER),
            Column(title=words.say("Hours"), weight=2.4, align=Align.CENTER),
            Column(title=words.say("Technician"), weight=2, align=Align.CENTER),
            Column(title=words.say("Levels"), weight=4),
            Column(title=words.say("Machine tags"), weight=6),
            Column(title=words.say("Work (h)"), weight=1.6, align=Align.END),
        ),
        rows=tuple(
            (
                str(number),
                words.day(visit.day),
                hours_text(visit.hours),
                book.technician_name(visit.technician_id),
                words.levels(visit),
                words.machines(book, visit),
                f"{in_hours(visit.duration):g}",
            )
            for number, visit in enumerate(visits, 1)
        ),
        empty=words.say("No visit falls into this period."),
    )
    blocks: list[Block] = [
        table,
        Paragraph(
            text=words.say("Dates can be moved inside their window by agreement; please tell us early."),
            tone=Tone.REMARK,
        ),
    ]
    for work in book.unplaced:
        if work.site_id == site_id:
            text = f"{work.earliest} – {work.latest}: {unplaced_sentence(book, work, words.language)}"
            blocks.append(Paragraph(text=text, tone=Tone.NOTICE))
    return tuple(blocks)


def _machines(book: PlanBook, words: Words, site_id: str, visits: Sequence[Visit]) -> Table:
    days: dict[str, list[str]] = defaultdict(list)
    for visit in visits:
        for one in book.machines(visit):
            days[one].append(
                f"{visit.day:%m-%d}" if book.first_day.year == book.last_day.year else str(visit.day)
            )
    known = {one.id for one in book.equipment.values() if one.site_id == site_id} | set(days)
    rows = []
    for machine_id in sorted(known, key=lambda one: (book.tag(one), one)):
        machine = book.equipment.get(machine_id)
        rows.append(
            (
                book.tag(machine_id),
                " ".join(part for part in (machine.brand, machine.model) if part) if machine else "",
                machine.serial if machine else "",
                machine.controller if machine else "",
                words.listed(days[machine_id]) or "—",
            )
        )
    titles = (("Tag", 2.5), ("Brand and model", 3.5), ("Serial number", 3), ("Control", 3), ("Dates", 6))
    return Table(
        columns=tuple(Column(title=words.say(title), weight=weight) for title, weight in titles),
        rows=tuple(rows),
        empty=words.say("The register has no machine at this site."),
    )


def _worklists(book: PlanBook, visits: Sequence[Visit], pages: Mapping[str, ChecklistPage]) -> list[_Group]:
    """Return the different worklists of the visits, each with the machines that it serves."""
    machines: dict[tuple[tuple[str, ...], Level], dict[str, None]] = defaultdict(dict)
    found: dict[tuple[tuple[str, ...], Level], Worklist] = {}
    for visit in visits:
        for occurrence in visit.occurrences:
            plan = book.plans.get(occurrence.plan_id)
            chosen = worklist(
                pages,
                book.equipment.get(occurrence.equipment_id),
                occurrence.level,
                plan.checklist_id if plan else None,
            )
            key = (tuple(page.id for page in chosen.pages), occurrence.level)
            found[key] = chosen
            machines[key][occurrence.equipment_id] = None
    order = sorted(found, key=lambda key: (tuple(Level).index(key[1]), key[0]))
    return [(tuple(sorted(machines[key], key=book.tag)), found[key], key[1]) for key in order]


def _safety(words: Words, lists: Sequence[_Group]) -> tuple[Block, ...]:
    hazards: list[Hazard] = list(dict.fromkeys(hazard for _, chosen, _ in lists for hazard in chosen.hazards))
    ranks = ("danger", "warning", "caution", "notice")
    hazards.sort(key=lambda hazard: ranks.index(hazard.type))
    return (
        Table(
            columns=(
                Column(title=words.say("Grade of danger"), weight=1.4, align=Align.CENTER),
                Column(title=words.say("Hazard"), weight=4),
                Column(title=words.say("Consequence"), weight=3),
                Column(title=words.say("How to avoid it"), weight=5),
            ),
            rows=tuple(
                (words.say(hazard.type), hazard.hazard, hazard.consequence, hazard.avoid)
                for hazard in hazards
            ),
            empty=words.say("The checklists name no hazard; the rules of the site apply."),
        ),
    )


def _legend(words: Words) -> Paragraph:
    return Paragraph(
        text=words.say(
            "A larger inspection contains the smaller ones; each item stands once. Values marked typ. are starting "
            "values, never acceptance limits; the machine builder's manual goes first."
        ),
        tone=Tone.REMARK,
    )


def _checklists(book: PlanBook, words: Words, lists: Sequence[_Group]) -> list[Section]:
    sections = []
    for number, (machines, chosen, level) in enumerate(lists, 1):
        tags = words.join(book.tag(one) for one in machines)
        blocks: list[Block] = [
            KeyValues(
                pairs=(
                    (words.say("Machines"), tags),
                    (words.say("Time"), _time_of(chosen, words)),
                )
            ),
            Table(
                columns=(
                    Column(title=words.say("No."), weight=1, align=Align.CENTER),
                    Column(title=words.say("Item"), weight=6),
                    Column(title=words.say("Criterion"), weight=6.5),
                    Column(title=words.say("Result"), weight=2.5, align=Align.CENTER),
                ),
                rows=tuple(
                    (str(place), _item_text(item, words), _criterion(item, words), _result(item))
                    for place, item in enumerate(chosen.items, 1)
                ),
                empty=words.say("The library has no checklist for this machine and level yet."),
            ),
        ]
        if chosen.pages:
            sources = ", ".join(f"{page.id} (rev. {page.revision})" for page in chosen.pages)
            blocks.append(Paragraph(text=f"{words.say('From')}: {sources}", tone=Tone.REMARK))
        sections.append(
            Section(title=f"4.{number} {_list_title(chosen, words, level)}", level=2, blocks=tuple(blocks))
        )
    return sections


def _list_title(chosen: Worklist, words: Words, level: Level) -> str:
    if not chosen.pages:
        return words.level(level)
    largest = chosen.pages[-1]
    return largest.title if words.language == "zh_CN" else largest.title_en


def _item_text(item: ChecklistItem, words: Words) -> str:
    text = item.text if words.language == "zh_CN" else item.text_en or item.text
    return f"{item.id} {text}"


def _criterion(item: ChecklistItem, words: Words) -> str:
    limits = []
    unit = f" {item.unit}" if item.unit else ""
    for sign, value in (("≥", item.lower), ("≤", item.upper)):
        if value is not None:
            limits.append(f"{sign} {value:g}{unit}")
    parts = [item.criterion or "", ", ".join(limits), words.say("(typ.)") if item.typical else ""]
    return " ".join(part for part in parts if part)


def _result(item: ChecklistItem) -> str:
    if item.kind == "pass_fail":
        return f"{_BOX} ✓  {_BOX} ✗"
    if item.kind == "choice" and item.options:
        return "  ".join(f"{_BOX} {option}" for option in item.options)
    return f"______ {item.unit or ''}".strip()


def _signing(words: Words) -> tuple[Block, ...]:
    lines = tuple(f"{words.say(line)}: " for line in ("Name of the signer", "Signature", "Date", "Telephone"))
    return (
        Paragraph(
            text=words.say(
                "Both sides agree to the dates and the scope above; changes are confirmed in writing."
            )
        ),
        Signatures(
            boxes=(
                SignatureBox(party=words.say("Customer (stamp)"), lines=lines),
                SignatureBox(party=words.say("Service department (stamp)"), lines=lines),
            )
        ),
    )


def _time_of(chosen: Worklist, words: Words) -> str:
    """Return how long the items take; what the operator does anyway is told apart."""
    own = chosen.minutes - chosen.operator_minutes
    if not own or not chosen.operator_minutes:
        return words.say("{minutes} min a machine").format(minutes=chosen.minutes)
    return words.say(
        "{minutes} min a machine, and {daily} min of daily and weekly care by the operator"
    ).format(minutes=own, daily=chosen.operator_minutes)
