"""The fault-handling plan as a document to take along: hazards first, boxes to tick, every line with its source."""

from collections.abc import Callable, Sequence
from datetime import datetime

from kb.export.document import (
    Align,
    Block,
    Column,
    Document,
    Entries,
    HazardBox,
    KeyValues,
    Mark,
    Paragraph,
    Section,
    Signal,
    SignatureBox,
    Signatures,
    Table,
    Tone,
)
from kb.export.page_words import SIGNALS
from kb.i18n import Language, translator
from planner.faults import HandlingPlan, InStock, KitPart, Statement


def fault_plan_document(
    plan: HandlingPlan, *, language: Language, author: str, created: datetime
) -> Document:
    """Return the plan as a document.

    Args:
        plan: What to write.
        language: Of headings; statements stand as the plan has them.
        author: Who issues it.
        created: When (aware).
    """
    say = translator(language)
    title = say("Fault-handling plan")
    sections = [
        Section(title=say("1. Hazards and isolation"), blocks=_hazards(plan, language)),
        Section(title=say("2. Questions on the telephone"), blocks=_listed(plan.questions, Mark.BOX)),
        Section(title=say("3. Likely causes and checks"), blocks=_checks(plan, language)),
        Section(title=say("4. Remedies"), blocks=_listed(plan.remedies, Mark.BULLET)),
        Section(title=say("5. Parts, tools, skills"), blocks=_kit(plan, language)),
        Section(title=say("6. Who can go"), blocks=_offers(plan, language)),
        Section(title=say("7. Fallback and escalation"), blocks=_listed(plan.fallback, Mark.BULLET)),
        Section(
            title=say("8. Acceptance"), blocks=(*_listed(plan.acceptance, Mark.BOX), _signatures(language))
        ),
        Section(title=say("9. What is missing"), blocks=_missing(plan)),
    ]
    return Document(
        title=title,
        subtitle=f"{plan.report} · {plan.title}",
        author=author,
        created=created,
        language="zh-CN" if language == "zh_CN" else "en-US",
        header=f"{author}    {title}",
        footer=f"{plan.report} · {created:%Y-%m-%d %H:%M}",
        page_numbers=say("Page {page} of {pages}"),
        opening=(KeyValues(pairs=plan.facts),),
        sections=tuple(sections),
    )


def told(one: Statement) -> str:
    """Return a statement with its sources behind it."""
    return f"{one.text}  [{', '.join(one.sources)}]" if one.sources else one.text


def _listed(statements: Sequence[Statement], mark: Mark) -> tuple[Block, ...]:
    if not statements:
        return (Paragraph(text="—", tone=Tone.REMARK),)
    return (Entries(texts=tuple(told(one) for one in statements), mark=mark),)


def _hazards(plan: HandlingPlan, language: Language) -> tuple[Block, ...]:
    say = translator(language)
    blocks: list[Block] = [
        HazardBox(
            signal=Signal(one.signal),
            word=SIGNALS[Signal(one.signal)],
            text=one.hazard,
            details=(
                (say("Consequence"), one.consequence),
                (say("Avoid"), one.avoid),
                (say("Source"), one.source),
            ),
        )
        for one in plan.hazards
    ]
    if plan.isolation:
        blocks.append(Paragraph(text=say("Isolation, step by step:")))
        blocks.append(Entries(texts=tuple(told(one) for one in plan.isolation), mark=Mark.BOX))
    return tuple(blocks) or (Paragraph(text="—", tone=Tone.REMARK),)


def _checks(plan: HandlingPlan, language: Language) -> tuple[Block, ...]:
    say = translator(language)
    table = Table(
        columns=(
            Column(title=say("No."), weight=0.7, align=Align.CENTER),
            Column(title=say("Cause"), weight=3),
            Column(title=say("Share"), weight=1.1, align=Align.END),
            Column(title=say("Check, and what is expected"), weight=5),
            Column(title=say("If so / if not"), weight=4.5),
            Column(title=say("Source"), weight=3),
        ),
        rows=tuple(
            (
                str(one.number),
                one.cause,
                f"{one.share:.0%}" if one.share else "—",
                one.check or say("not written down"),
                f"{one.if_so}\n{one.if_not}",
                ", ".join((*one.pages, *one.jobs)),
            )
            for one in plan.checks
        ),
    )
    return (Paragraph(text=told(plan.likely)), table)


def stock_told(part: KitPart, language: Language) -> str:
    """Return where a part and its alternatives lie, in one text."""
    say = translator(language)
    if part.stock is None and not part.places:
        return say("not recorded")
    own = [_place(one, say) for one in part.places if not one.number]
    others = [f"{one.number}: {_place(one, say)}" for one in part.places if one.number]
    lacks = bool(part.number) or not others or (part.stock is not None and part.stock <= 0)
    first = [", ".join(own)] if own else [say("none in stock")] if lacks else []
    return "；".join([*first, *others])


def _place(one: InStock, say: Callable[[str], str]) -> str:
    van = f" ({say('van')}: {one.technician})" if one.technician else ""
    return f"{one.place}{van} × {one.quantity:g}"


def _kit(plan: HandlingPlan, language: Language) -> tuple[Block, ...]:
    say = translator(language)
    parts = Table(
        columns=(
            Column(title=say("Part"), weight=4),
            Column(title=say("Number"), weight=2),
            Column(title=say("Quantity"), weight=1, align=Align.END),
            Column(title=say("Alternatives"), weight=3),
            Column(title=say("Stock"), weight=1.8),
            Column(title=say("For"), weight=3),
            Column(title=say("Source"), weight=2.6),
        ),
        rows=tuple(
            (
                one.name,
                one.number or "—",
                str(one.quantity),
                "、".join(one.alternatives) or "—",
                stock_told(one, language),
                one.cause,
                ", ".join(one.sources),
            )
            for one in plan.parts
        ),
    )
    blocks: list[Block] = [parts]
    for name, statements in ((say("Tools"), plan.tools), (say("Skills"), plan.skills)):
        texts = "；".join(told(one) for one in statements) or "—"
        blocks.append(Paragraph(text=f"{name}：{texts}"))
    return tuple(blocks)


def _offers(plan: HandlingPlan, language: Language) -> tuple[Block, ...]:
    say = translator(language)
    if not plan.offers:
        return (Paragraph(text=plan.nobody or "—", tone=Tone.NOTICE),)
    kept = {True: say("in time"), False: say("too late"), None: "—"}
    table = Table(
        columns=(
            Column(title=say("Date"), weight=2.2),
            Column(title=say("Hours"), weight=2),
            Column(title=say("Technician"), weight=2.4),
            Column(title=say("Extra driving"), weight=2.6, align=Align.END),
            Column(title=say("Overtime (min)"), weight=1.6, align=Align.END),
            Column(title=say("Visits delayed"), weight=1.6, align=Align.END),
            Column(title=say("Arrival"), weight=1.8),
        ),
        rows=tuple(
            (
                one.day.isoformat(),
                f"{one.start:%H:%M}–{one.end:%H:%M}",
                one.technician,
                f"{one.extra_minutes:+} min, {one.extra_km:+g} km",
                str(one.overtime_minutes),
                str(one.delayed),
                kept[one.keeps_arrival],
            )
            for one in plan.offers
        ),
    )
    note = Paragraph(text=say("Counted in the day routes of the latest inspection plan."), tone=Tone.REMARK)
    return (table, note)


def _missing(plan: HandlingPlan) -> tuple[Block, ...]:
    return (Entries(texts=plan.missing),) if plan.missing else (Paragraph(text="—", tone=Tone.REMARK),)


def _signatures(language: Language) -> Signatures:
    say = translator(language)
    lines = (say("Signature"), say("Date"))
    return Signatures(
        boxes=(
            SignatureBox(party=say("Service"), lines=lines),
            SignatureBox(party=say("Customer"), lines=lines),
        )
    )
