"""An emergency plan as a document to hang on the wall: whom to call, what to do at once, what then, spare units, drills."""

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
from kb.export.docx import docx_bytes
from kb.export.pdf import pdf_bytes
from kb.i18n import Language, translator
from kb.usecases.emergency_reading import EmergencyPlan
from kb.usecases.emergency_triggers import BY_CODE, Measure, TriggerPlan
from kb.usecases.plan_documents import AUTHOR

_WORDS = {
    "danger": "危险 DANGER",
    "warning": "警告 WARNING",
    "caution": "小心 CAUTION",
    "notice": "注意 NOTICE",
}


def emergency_document(plan: EmergencyPlan, language: Language, *, created: datetime) -> Document:
    """Return a plan as a document; the same plan issued at the same time is the same document."""
    say = translator(language)
    title = say("Emergency plan")
    sections = [
        Section(title=say("1. Whom to call"), blocks=(_callers(plan, language),)),
        *(_trigger(number, one, language) for number, one in enumerate(plan.triggers, 2)),
        Section(title=say("Going on meanwhile"), blocks=_written(plan.added.temporary, language)),
        Section(title=say("Spare units"), blocks=_spares(plan, language)),
        Section(title=say("Drills"), blocks=(_drills(plan, language),)),
        Section(title=say("Confirmation"), blocks=(_signatures(language),)),
    ]
    return Document(
        title=title,
        subtitle=f"{plan.customer} · {plan.site.name}" + (f" · {plan.machine.tag}" if plan.machine else ""),
        author=say(AUTHOR),
        created=created,
        language="zh-CN" if language == "zh_CN" else "en-US",
        header=f"{say(AUTHOR)}    {title}    {plan.name}",
        footer=say("as of {day}").format(day=created.date()),
        page_numbers=say("Page {page} of {pages}"),
        opening=_opening(plan, language),
        sections=tuple(sections),
    )


def emergency_docx(plan: EmergencyPlan, language: Language, *, created: datetime) -> bytes:
    """Return a plan as Word."""
    return docx_bytes(emergency_document(plan, language, created=created))


def emergency_pdf(plan: EmergencyPlan, language: Language, *, created: datetime) -> bytes:
    """Return a plan as PDF."""
    return pdf_bytes(emergency_document(plan, language, created=created))


def _opening(plan: EmergencyPlan, language: Language) -> tuple[Block, ...]:
    say = translator(language)
    pairs = (
        (say("Site"), f"{plan.site.name} {plan.site.city} {plan.site.address}".strip()),
        (say("Machines"), ", ".join(one.tag for one in plan.machines) or "—"),
        (say("Meeting point"), plan.added.meeting_point or "—"),
        (say("Owner"), plan.owner or "—"),
        (say("Looked through"), str(plan.reviewed_on or "—")),
        (say("Review due"), str(plan.review_due or "—")),
    )
    blocks: list[Block] = [KeyValues(pairs=pairs)]
    blocks += [Paragraph(text=say(one), tone=Tone.NOTICE) for one in plan.missing]
    if plan.added.note:
        blocks.append(Paragraph(text=plan.added.note))
    return tuple(blocks)


def _callers(plan: EmergencyPlan, language: Language) -> Table:
    say = translator(language)
    return Table(
        columns=(
            Column(title="#", weight=0.3),
            Column(title=say("Role"), weight=1.5),
            Column(title=say("Name")),
            Column(title=say("Phone"), weight=1.2),
            Column(title=say("Way (min)"), weight=0.7, align=Align.END),
        ),
        rows=tuple(
            (
                str(number),
                say(one.role),
                one.name or "—",
                one.phone or "—",
                str(one.minutes) if one.minutes is not None else "",
            )
            for number, one in enumerate(plan.callers, 1)
        ),
        empty=say("Nobody in the phone chain has a number."),
    )


def _trigger(number: int, one: TriggerPlan, language: Language) -> Section:
    say = translator(language)
    blocks: list[Block] = [_hazard(measure, language) for measure in one.measures]
    for recovery in one.recoveries:
        blocks.append(Paragraph(text=f"{recovery.title} ({recovery.page_id})"))
        if recovery.steps:
            blocks.append(Entries(texts=recovery.steps, mark=Mark.NUMBER))
    for sentence, page_id in one.containments:
        blocks.append(
            Paragraph(text=f"{say('Meanwhile others did:')} {sentence} ({page_id})", tone=Tone.REMARK)
        )
    return Section(title=f"{number}. {say(one.trigger.name)}", blocks=tuple(blocks))


def _hazard(measure: Measure, language: Language) -> HazardBox:
    say = translator(language)
    return HazardBox(
        signal=Signal(measure.hazard.type),
        word=_WORDS[measure.hazard.type],
        text=measure.hazard.hazard,
        details=((say("Do at once"), measure.hazard.avoid), (say("What then"), measure.hazard.consequence)),
    )


def _written(text: str, language: Language) -> tuple[Block, ...]:
    return (Paragraph(text=text or translator(language)("Nobody has written how work goes on meanwhile.")),)


def _spares(plan: EmergencyPlan, language: Language) -> tuple[Block, ...]:
    say = translator(language)
    blocks: list[Block] = [
        Paragraph(text=plan.added.spares or say("Nobody has written which spare units there are and where."))
    ]
    if plan.twins:
        blocks.append(Paragraph(text=say("Machines of the same make and model elsewhere:")))
        blocks.append(Entries(texts=tuple(f"{tag} · {site}" for tag, site in plan.twins)))
    return tuple(blocks)


def _drills(plan: EmergencyPlan, language: Language) -> Table:
    say = translator(language)
    return Table(
        columns=(
            Column(title=say("Day"), weight=0.8),
            Column(title=say("Drilled"), weight=1.5),
            Column(title=say("Led by"), weight=0.8),
            Column(title=say("People"), weight=0.5, align=Align.END),
            Column(title=say("Result"), weight=2.2),
        ),
        rows=tuple(
            (str(one.day), say(BY_CODE[one.trigger].name), one.led_by, str(one.people), one.result)
            for one in plan.drills[:20]
        ),
        empty=say("No drill was held yet."),
    )


def _signatures(language: Language) -> Signatures:
    say = translator(language)
    lines = tuple(say(one) for one in ("Signature", "Name", "Date"))
    return Signatures(
        boxes=(
            SignatureBox(party=say("Customer"), lines=lines),
            SignatureBox(party=say("Service department"), lines=lines),
        )
    )
