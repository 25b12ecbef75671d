"""The analysis of inspections as a document: advice with its evidence first, then what was collected and compared."""

from collections.abc import Sequence
from datetime import date, datetime

from kb.export.document import (
    Align,
    Block,
    Column,
    Document,
    Entries,
    KeyValues,
    Mark,
    Paragraph,
    Section,
    Table,
)
from kb.export.docx import docx_bytes
from kb.export.pdf import pdf_bytes
from kb.i18n import Language, translator
from kb.usecases.inspection_advice import advice_for
from kb.usecases.inspection_facts import Facts
from kb.usecases.inspection_values import ItemResult
from kb.usecases.inspection_words import BACKUP_NAMES, EVIDENCE_NAMES, NOTHING, sentence
from kb.usecases.order_words import VERDICT_WORDS
from kb.usecases.plan_documents import AUTHOR
from kb.usecases.reliability_trends import item_name


def inspection_document(
    found: Sequence[Facts], language: Language, *, today: date, created: datetime
) -> Document:
    """Return the analysis of machines as a document; the same at the same time is the same document."""
    say = translator(language)
    title = say("Inspection analysis")
    sections = [section for one in found for section in _machine(one, language, today)]
    names = ", ".join(one.tag for one in found[:5]) + (" …" if len(found) > 5 else "")
    return Document(
        title=title,
        subtitle=f"{found[0].site} · {names}" if found else "—",
        author=say(AUTHOR),
        created=created,
        language="zh-CN" if language == "zh_CN" else "en-US",
        header=f"{say(AUTHOR)}    {title}    {names}",
        footer=say("as of {day}").format(day=today),
        page_numbers=say("Page {page} of {pages}"),
        sections=tuple(sections) or (Section(title=say("Machines"), blocks=(Paragraph(text="—"),)),),
    )


def inspection_docx(found: Sequence[Facts], language: Language, *, today: date, created: datetime) -> bytes:
    """Return the analysis as Word."""
    return docx_bytes(inspection_document(found, language, today=today, created=created))


def inspection_pdf(found: Sequence[Facts], language: Language, *, today: date, created: datetime) -> bytes:
    """Return the analysis as PDF."""
    return pdf_bytes(inspection_document(found, language, today=today, created=created))


def _machine(facts: Facts, language: Language, today: date) -> list[Section]:
    say = translator(language)
    return [
        Section(title=facts.tag, blocks=(_facts(facts, language),)),
        Section(title=say("What is advised"), level=2, blocks=_advice(facts, language, today)),
        Section(
            title=say("Results beside last time, limits and fleet"),
            level=2,
            blocks=(_results(facts, language),),
        ),
        Section(title=say("Alarms since the last inspection"), level=2, blocks=_alarms(facts, language)),
        Section(title=say("Software and hardware"), level=2, blocks=_versions(facts, language)),
        Section(title=say("Parameters changed"), level=2, blocks=(_parameters(facts, language),)),
    ]


def _facts(facts: Facts, language: Language) -> KeyValues:
    say = translator(language)
    last, previous = (
        f"{one.number} · {one.at.date()}" if one else say("not recorded")
        for one in (facts.last, facts.previous)
    )
    backup = f"{say(BACKUP_NAMES[facts.backup.state])} {facts.backup.day or ''} {facts.backup.reference}"
    return KeyValues(
        pairs=(
            (say("Last inspection"), last),
            (say("The one before"), previous),
            (say("Parameter backup"), backup.strip()),
            (say("Alike machines"), str(facts.fleet)),
        )
    )


def _advice(facts: Facts, language: Language, today: date) -> tuple[Block, ...]:
    say = translator(language)
    advice = advice_for(facts, today=today)
    if not advice:
        return (Paragraph(text=say(NOTHING)),)
    items = {one.item_id: one.item for one in facts.results}
    blocks: list[Block] = []
    for number, one in enumerate(advice, 1):
        blocks.append(Paragraph(text=f"{number}. {sentence(one, items, language)}"))
        texts = tuple(
            f"{say(EVIDENCE_NAMES[each.kind])} {each.reference} {each.text}".strip() for each in one.evidence
        )
        blocks.append(Entries(texts=texts, mark=Mark.BULLET))
    return tuple(blocks)


def shown(one: ItemResult) -> str:
    """Return a value with its unit, or the text of what has none."""
    return f"{one.value:g} {one.unit}".strip() if one.value is not None else one.text or "—"


def limits_of(one: ItemResult) -> str:
    """Return the limits that the library gives, the warning band where there are none."""
    if one.item is None:
        return "—"
    for lower, upper in ((one.item.lower, one.item.upper), (one.item.warn_lower, one.item.warn_upper)):
        if lower is not None or upper is not None:
            low, high = (f"{bound:g}" if bound is not None else "…" for bound in (lower, upper))
            return f"{low}–{high}"
    return "—"


def _results(facts: Facts, language: Language) -> Table:
    say = translator(language)
    return Table(
        columns=(
            Column(title=say("Checklist item"), weight=3),
            Column(title=say("Result")),
            Column(title=say("Last time")),
            Column(title=say("Limits")),
            Column(title=say("Fleet: quartiles"), weight=1.4),
            Column(title=say("Rank"), weight=0.7, align=Align.END),
        ),
        rows=tuple(
            (
                f"{item_name(one.item, language) if one.item else ''} ({one.item_id})".strip(),
                f"{shown(one)} {say(VERDICT_WORDS[one.verdict])}"
                if one.verdict in VERDICT_WORDS
                else shown(one),
                f"{shown(one.before)} {one.before.day}" if one.before else "—",
                limits_of(one),
                f"{one.place.low:g} / {one.place.middle:g} / {one.place.high:g}" if one.place else "—",
                f"{one.place.rank}/{one.place.machines}" if one.place else "—",
            )
            for one in facts.results
        ),
        empty=say("No inspection is recorded."),
    )


def _alarms(facts: Facts, language: Language) -> tuple[Block, ...]:
    say = translator(language)
    table = Table(
        columns=(
            Column(title=say("Alarm"), weight=2),
            Column(title=say("Times"), weight=0.6, align=Align.END),
            Column(title=say("Time before"), weight=0.8, align=Align.END),
            Column(title=say("Library page"), weight=2),
        ),
        rows=tuple(
            (
                one.code,
                str(one.count),
                str(one.before if one.before is not None else "—"),
                ", ".join(one.pages) or "—",
            )
            for one in facts.alarms
        ),
        empty=say("No alarm since {day}.").format(day=facts.alarms_since),
    )
    gone = ", ".join(facts.alarms_gone)
    if not gone:
        return (table,)
    return (table, Paragraph(text=say("No longer seen: {names}").format(names=gone)))


def _versions(facts: Facts, language: Language) -> tuple[Block, ...]:
    say = translator(language)
    changed = [
        f"{one.name}: {one.before or '—'} → {one.after or '—'}"
        for one in (*facts.equipped.changed_software, *facts.equipped.changed_hardware)
    ]
    blocks: list[Block] = [
        Table(
            columns=(
                Column(title=say("Software")),
                Column(title=say("Version")),
                Column(title=say("Versions of the fleet"), weight=3),
            ),
            rows=tuple(
                (
                    name,
                    version,
                    "; ".join(f"{each} × {count}" for each, count in facts.versions[name].counts),
                )
                for name, version in facts.equipped.software
            ),
            empty=say("not recorded"),
        )
    ]
    if facts.equipped.hardware:
        blocks.append(
            Entries(texts=tuple(f"{name} {plate}".strip() for name, plate in facts.equipped.hardware))
        )
    if changed:
        blocks.append(Paragraph(text=say("Changed since the inspection before:")))
        blocks.append(Entries(texts=tuple(changed)))
    return tuple(blocks)


def _parameters(facts: Facts, language: Language) -> Table:
    say = translator(language)
    return Table(
        columns=(
            Column(title=say("Parameter")),
            Column(title=say("Before")),
            Column(title=say("After")),
            Column(title=say("Day")),
            Column(title=say("Work order")),
        ),
        rows=tuple(
            (f"{one.number} {one.axis}".strip(), one.before or "—", one.after or "—", str(one.day), one.order)
            for one in facts.parameters
        ),
        empty=say("No change is recorded."),
    )
