"""The service report of a work order: what was done, found, fitted and measured, signed by the customer; amendments beside it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from kb.content.vocabulary import Vocabularies
from kb.export.document import (
    Align,
    Block,
    Column,
    Document,
    Entries,
    Figure,
    HazardBox,
    KeyValues,
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
from kb.store import Store
from kb.store.attachments import attachment_row, blob
from kb.usecases.order_clock import SAID
from kb.usecases.order_sheet import Sheet, order_sheet
from kb.usecases.order_signing import grouped
from kb.usecases.order_stock import BOOKED
from kb.usecases.order_words import (
    EVENT_WORDS,
    FINDING_WORDS,
    HAZARD_WORDS,
    KIND_WORDS,
    PART_WORDS,
    STATE_WORDS,
    TEXT_WORDS,
    VERDICT_WORDS,
)
from kb.usecases.plan_documents import AUTHOR
from kb.usecases.work_order_fields import CODED

Say = Callable[[str], str]


def report_docx(
    store: Store, id: str, vocabularies: Vocabularies, language: Language, *, now: datetime
) -> bytes:
    """Return the service report as a Word file; the same order gives the same bytes.

    Raises:
        NotFound: There is no such order.
    """
    return docx_bytes(report_document(store, id, vocabularies, language, now=now))


def report_pdf(
    store: Store, id: str, vocabularies: Vocabularies, language: Language, *, now: datetime
) -> bytes:
    """Return the service report as a PDF; the same order gives the same bytes.

    Raises:
        NotFound: There is no such order.
    """
    return pdf_bytes(report_document(store, id, vocabularies, language, now=now))


def report_document(
    store: Store, id: str, vocabularies: Vocabularies, language: Language, *, now: datetime
) -> Document:
    """Return the service report as a document; its time is that of the last thing that was told, not now."""
    sheet = order_sheet(store, id, now=now)
    say, zone = translator(language), _zone(now)
    last = max(
        [one.at for one in sheet.order.events] + [datetime.fromisoformat(one["at"]) for one in sheet.entries]
    )
    title = say("Service report")
    numbers = iter(range(1, 20))

    def section(name: str, *blocks: Block) -> Section:
        return Section(title=f"{next(numbers)}. {say(name)}", blocks=blocks)

    sections = [section("Work order", _facts(sheet, vocabularies, say, language, zone))]
    if sheet.hazards:
        sections.append(section("Hazards respected", *(_hazard(one, say) for one in sheet.hazards)))
    written = [(TEXT_WORDS[name], text) for name, text in sheet.texts.items() if text]
    if written:
        blocks = [
            one for name, text in written for one in (Paragraph(text=f"{say(name)}："), Paragraph(text=text))
        ]
        sections.append(section("What was found and done", *blocks))
    if sheet.lines:
        sections.append(section("Checklist", _checks(sheet, say, language)))
    if sheet.findings:
        sections.append(section("Findings", _findings(sheet, say)))
    if sheet.parts:
        sections.append(section("Parts used", _parts(sheet, say)))
    if sheet.parameters:
        sections.append(section("Parameters", _parameters(sheet, say)))
    if sheet.readings:
        rows = tuple((str(one["meter"]), f"{one['value']:g} {one['unit']}") for one in sheet.readings)
        sections.append(section("Counters", _table(say, ("number", "value"), rows)))
    sections.append(section("Time", _times(sheet, say, zone)))
    if sheet.held:
        sections.append(section("Waits for a decision", _held(sheet, say, zone)))
    if sheet.amended:
        sections.append(section("Amended after the signature", *_amendments(sheet, say, zone)))
    sections.append(section("Customer's signature", *_signature(store, sheet, say, zone)))
    return Document(
        title=title,
        subtitle=f"{sheet.order.names['customer']} · {sheet.order.values['title']}",
        author=say(AUTHOR),
        created=last,
        language="zh-CN" if language == "zh_CN" else "en-US",
        header=f"{say(AUTHOR)}    {title}",
        footer=sheet.order.number,
        page_numbers=say("Page {page} of {pages}"),
        sections=tuple(sections),
    )


def _zone(now: datetime) -> ZoneInfo:
    return now.tzinfo if isinstance(now.tzinfo, ZoneInfo) else ZoneInfo("UTC")


def _time(text: str, zone: ZoneInfo) -> str:
    return datetime.fromisoformat(text).astimezone(zone).strftime("%Y-%m-%d %H:%M")


def _facts(
    sheet: Sheet, vocabularies: Vocabularies, say: Say, language: Language, zone: ZoneInfo
) -> KeyValues:
    order, site, machine = sheet.order, sheet.site, sheet.machine
    values = order.values
    pairs = [
        ("Number", order.number),
        ("State", say(STATE_WORDS[order.standing.state]) if order.standing.state else ""),
        ("Customer", order.names["customer"]),
        ("Site", f"{site['name']} {site['city']} {site['address']}".strip()),
        ("Contact", f"{site['contact']} {site['phone']}".strip()),
        ("Machine", " ".join(str(machine.get(one) or "") for one in ("tag", "brand", "model")).strip()),
        ("Serial number", str(machine.get("serial") or "")),
        ("Control", vocabularies.label("controllers", str(machine.get("controller") or ""), language)),
        ("Kind of work", say(KIND_WORDS.get(values["kind"], values["kind"]))),
        ("Alarm", values["alarm"]),
        ("Technician", order.names["technician"]),
        ("Opened", order.events[0].at.astimezone(zone).strftime("%Y-%m-%d %H:%M")),
    ]
    for name, vocabulary in CODED.items():
        if values[name]:
            pairs.append(
                (f"code {name}", f"{values[name]} {vocabularies.label(vocabulary, values[name], language)}")
            )
    return KeyValues(pairs=tuple((say(name), str(value) or "—") for name, value in pairs))


def _hazard(one: Mapping[str, Any], say: Say) -> HazardBox:
    details = ((say("Consequence"), str(one["consequence"])), (say("How to avoid it"), str(one["avoid"])))
    return HazardBox(
        signal=Signal(one["type"]),
        word=say(HAZARD_WORDS[one["type"]]),
        text=str(one["hazard"]),
        details=details,
    )


def _table(
    say: Say, titles: tuple[str, ...], rows: tuple[tuple[str, ...], ...], weights: tuple[float, ...] = ()
) -> Table:
    weighed = weights or (1.0,) * len(titles)
    columns = tuple(
        Column(title=say(one), weight=weight) for one, weight in zip(titles, weighed, strict=True)
    )
    return Table(columns=columns, rows=rows)


def limits_told(line: Mapping[str, Any], say: Say) -> str:
    """Return the limits of an item in one text; a starting value is called one."""
    parts = []
    span = _span(line["lower"], line["upper"])
    if span:
        name = f"{say('starting value')} " if line["typical"] else ""
        parts.append(f"{name}{span} {line['unit'] or ''}".strip())
    warn = _span(line["warn_lower"], line["warn_upper"])
    if warn:
        parts.append(f"{say('warns outside')} {warn}")
    if line["criterion"]:
        parts.append(str(line["criterion"]))
    return "; ".join(parts) or "—"


def _span(low: float | None, high: float | None) -> str:
    return " ".join(
        [*([f"≥ {low:g}"] if low is not None else []), *([f"≤ {high:g}"] if high is not None else [])]
    )


def _checks(sheet: Sheet, say: Say, language: Language) -> Table:
    rows = []
    for line in sheet.lines:
        result = line["result"]
        text = (line["text_en"] or line["text"]) if language == "en" else line["text"]
        said, value = "—", ""
        if result is not None:
            said = say(VERDICT_WORDS[result["verdict"]])
            value = (
                f"{result['value']:g} {result['unit']}".strip()
                if result["value"] is not None
                else result["text"]
            )
            if result["value"] is not None and result["text"]:
                value += f" {result['text']}"
        rows.append(
            (str(line["tag"]), f"{line['item_id']} {text}", limits_told(line, say), value or "—", said)
        )
    titles = ("Machine", "Item", "limit", "value", "Result")
    return _table(say, titles, tuple(rows), (1.2, 3, 2.2, 1.6, 1.1))


def _findings(sheet: Sheet, say: Say) -> Table:
    rows = tuple(
        (
            one["severity"],
            one["tag"],
            one["text"],
            one["recommendation"],
            say(FINDING_WORDS.get(str(one["state"]), str(one["state"]))),
        )
        for one in sheet.findings
    )
    return _table(
        say,
        ("severity", "Machine", "what was seen", "recommendation", "State"),
        rows,
        (0.7, 1.2, 3, 2.4, 1.2),
    )


def _parts(sheet: Sheet, say: Say) -> Table:
    rows = tuple(
        (
            f"{one['part_number']} {one['name']}".strip(),
            say(PART_WORDS[one["part_class"]]) if one["part_class"] in PART_WORDS else "—",
            f"{one['quantity']:g}",
            one["old_serial"] or "—",
            one["new_serial"] or "—",
            one["warranty_until"] or "—",
        )
        for one in sheet.parts
    )
    titles = ("Part", "class", "quantity", "old serial number", "new serial number", "warranty until")
    return _table(say, titles, rows, (2.4, 1, 0.8, 1.5, 1.5, 1.3))


def _parameters(sheet: Sheet, say: Say) -> Table:
    rows = tuple(
        (str(one["number"]), str(one.get("axis", "")), str(one.get("before", "")), str(one.get("after", "")))
        for one in sheet.parameters
    )
    return _table(say, ("number", "axis", "before", "after"), rows)


def _times(sheet: Sheet, say: Say, zone: ZoneInfo) -> Table:
    rows = [
        (say(EVENT_WORDS[one.kind]), one.at.astimezone(zone).strftime("%Y-%m-%d %H:%M"), one.reason or "—")
        for one in sheet.order.events
    ]
    rows += [(say(one["activity"]), _time(one["started_at"], zone), _spent(one)) for one in sheet.times]
    total = {
        name: sum(one["minutes"] for one in sheet.times if one["activity"] == name)
        for name in ("work", "travel")
    }
    rows += [(say(f"total {name}"), "", f"{minutes} min") for name, minutes in total.items() if minutes]
    return Table(
        columns=(
            Column(title=say("What"), weight=1.4),
            Column(title=say("When"), weight=1.4),
            Column(title=say("How long, why"), weight=2, align=Align.START),
        ),
        rows=tuple(rows),
    )


def _spent(one: Mapping[str, Any]) -> str:
    return f"{one['minutes']} min" + (f" · {one['kilometres']:g} km" if one["kilometres"] else "")


def _held(sheet: Sheet, say: Say, zone: ZoneInfo) -> Entries:
    return Entries(
        texts=tuple(
            f"{_time(one['at'], zone)} {one['who']}: {say(one['kind'])} ({say('held ' + one['why'])})"
            for one in sheet.held
        )
    )


def _amendments(sheet: Sheet, say: Say, zone: ZoneInfo) -> list[Block]:
    rows = tuple(
        (_time(one["at"], zone), one["who"], f"{say(one['kind'])}: {told_of(one)}", one["amends"])
        for one in sheet.entries
        if one["id"] in sheet.amended
    )
    return [
        Paragraph(text=say("The customer signed before these changes were made."), tone=Tone.NOTICE),
        _table(say, ("When", "Who", "What", "Why"), rows, (1.3, 1, 3, 2)),
    ]


def told_of(entry: Mapping[str, Any]) -> str:
    """Return what an entry says in one line, a text with what stood before it."""
    values = entry["values"]
    if entry["kind"] == "text":
        return f"{values.get('stood') or '—'} → {values.get('value') or '—'}"
    hidden = {"equipment_id", "file", "follow", "stood", "meter_id", SAID, BOOKED, "digest"}
    return " ".join(
        str(value) for name, value in values.items() if name not in hidden and value not in ("", None)
    )


def _signature(store: Store, sheet: Sheet, say: Say, zone: ZoneInfo) -> list[Block]:
    signed = sheet.signature
    if signed is None:
        lines = (say("signature"), say("name"), say("day"))
        return [
            Signatures(
                boxes=(
                    SignatureBox(party=say("Customer"), lines=lines),
                    SignatureBox(party=say("Technician"), lines=lines),
                )
            )
        ]
    blocks: list[Block] = [
        KeyValues(pairs=((say("Signed by"), signed["name"]), (say("Signed at"), _time(signed["at"], zone))))
    ]
    if signed["digest"]:
        blocks.append(
            KeyValues(pairs=((say("Digest of what was signed (SHA-256)"), grouped(signed["digest"])),))
        )
        blocks.append(
            Paragraph(
                text=say(
                    "With this digest the department can tell whether the report is the one that was signed."
                )
            )
        )
    if signed["remark"]:
        blocks.append(Paragraph(text=f"{say('remark')}：{signed['remark']}"))
    with store.reading() as session:
        row = attachment_row(session, signed["file"])
        content = blob(session, row.digest) if row is not None else None
    if content is not None:
        alt = " ".join((say("Customer's signature"), signed["name"]))
        blocks.append(Figure(content=content, media_type="image/png", alt=alt))
    return blocks
