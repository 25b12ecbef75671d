"""One machine's file as a document: who it is, what it runs on, what is agreed, what happened, what is next."""

from datetime import datetime

from kb.content import Library
from kb.export.document import Align, Block, Column, Document, KeyValues, Paragraph, Section, Table
from kb.export.docx import docx_bytes
from kb.export.pdf import pdf_bytes
from kb.i18n import Language, translator
from kb.usecases.machine_file import DONE, MachineFile
from kb.usecases.plan_documents import AUTHOR
from kb.usecases.plan_words import Words
from kb.usecases.proposal_words import LEVEL_NAMES
from kb.usecases.register_service_tables import UNITS
from kb.usecases.reliability_trends import item_name, items_of
from kb.usecases.work_orders import KINDS
from planner.model import ContractLevel, Level

LISTED = 100
"""So many rows of a list stand in the document, the last ones; the rest is counted."""


def machine_document(
    found: MachineFile, library: Library, language: Language, *, created: datetime
) -> Document:
    """Return a machine's file as a document.

    Args:
        created: When it was issued; the same file issued at the same time is the same document.
    """
    say = translator(language)
    words = Words(language)
    sections = [
        Section(title=say("1. The machine"), blocks=_machine(found, library, language)),
        Section(title=say("2. Software and hardware"), blocks=_software(found, language)),
        Section(title=say("3. Contracts and inspections agreed"), blocks=_agreed(found, words)),
        Section(title=say("4. Visits"), blocks=(_visits(found, words),)),
        Section(title=say("5. Faults and work"), blocks=tuple(_orders(found, library, language))),
        Section(title=say("6. Parts put in"), blocks=tuple(_parts(found, language))),
        Section(title=say("7. Measured values"), blocks=tuple(_values(found, library, language))),
    ]
    title = say("Machine file")
    return Document(
        title=title,
        subtitle=f"{found.tag} · {found.customer.get('name', '')} · {found.site.get('name', '')}",
        author=say(AUTHOR),
        created=created,
        language="zh-CN" if language == "zh_CN" else "en-US",
        header=f"{say(AUTHOR)}    {title}    {found.tag}",
        footer=say("as of {day}").format(day=created.date()),
        page_numbers=say("Page {page} of {pages}"),
        sections=tuple(sections),
    )


def machine_docx(found: MachineFile, library: Library, language: Language, *, created: datetime) -> bytes:
    """Return a machine's file as Word."""
    return docx_bytes(machine_document(found, library, language, created=created))


def machine_pdf(found: MachineFile, library: Library, language: Language, *, created: datetime) -> bytes:
    """Return a machine's file as PDF."""
    return pdf_bytes(machine_document(found, library, language, created=created))


def _machine(found: MachineFile, library: Library, language: Language) -> tuple[Block, ...]:
    say, machine = translator(language), found.machine
    lists = library.vocabularies
    place = f"{found.site.get('city', '')} {found.site.get('address', '')}".strip()
    pairs = (
        (say("Tag"), found.tag),
        (say("Class"), lists.label("equipment_classes", str(machine["equipment_class"]), language)),
        (say("Make and model"), f"{machine['brand']} {machine['model']}".strip() or "—"),
        (say("Serial number"), machine["serial"] or "—"),
        (say("Control"), lists.label("controllers", machine["controller"], language) or "—"),
        (say("Drive"), machine["drive"] or "—"),
        (say("Commissioned"), str(machine["commissioned"] or "—")),
        (say("Belongs to"), found.parent or "—"),
        (say("Customer"), str(found.customer.get("name", "—"))),
        (say("Site"), f"{found.site.get('name', '')} {place}".strip()),
        (say("Contact"), f"{found.site.get('contact', '')} {found.site.get('phone', '')}".strip() or "—"),
        (say("Has"), ", ".join(found.kits) or "—"),
    )
    blocks: list[Block] = [KeyValues(pairs=pairs)]
    if machine["notes"]:
        blocks.append(Paragraph(text=str(machine["notes"])))
    return tuple(blocks)


def _software(found: MachineFile, language: Language) -> tuple[Block, ...]:
    say = translator(language)
    rows = tuple((str(name), str(version)) for name, version in found.machine["software"] or ())
    parts = tuple(
        (
            str(one.get("name", "")),
            str(one.get("model", "") or one.get("type", "")),
            str(one.get("serial", "")),
        )
        for one in found.machine["hardware"] or ()
    )
    return (
        Table(
            columns=(Column(title=say("Software")), Column(title=say("Version"))),
            rows=rows,
            empty=say("not recorded"),
        ),
        Table(
            columns=(
                Column(title=say("Component")),
                Column(title=say("Model")),
                Column(title=say("Serial number")),
            ),
            rows=parts,
            empty=say("not recorded"),
        ),
    )


def _agreed(found: MachineFile, words: Words) -> tuple[Block, ...]:
    say = words.say
    place = 0 if words.language == "zh_CN" else 1
    contracts = tuple(
        (one["code"], say(LEVEL_NAMES[ContractLevel(one["level"])]), str(one["first"]), str(one["last"]))
        for one in found.contracts
    )
    plans = tuple(
        (one["code"], words.level(Level(one["level"])), f"{one['count']} {UNITS[one['unit']][place]}")
        for one in found.plans
    )
    return (
        Table(
            columns=(
                Column(title=say("Contract")),
                Column(title=say("Level")),
                Column(title=say("First day")),
                Column(title=say("Last day")),
            ),
            rows=contracts,
            empty=say("No contract."),
        ),
        Table(
            columns=(
                Column(title=say("Maintenance plan")),
                Column(title=say("Level")),
                Column(title=say("Interval")),
            ),
            rows=plans,
            empty=say("No maintenance plan."),
        ),
    )


def _visits(found: MachineFile, words: Words) -> Table:
    say = words.say
    shown = [one for one in found.visits if one.state in DONE or one.is_open][-LISTED:]
    return Table(
        columns=(Column(title=say("Day")), Column(title=say("Level"), weight=2), Column(title=say("State"))),
        rows=tuple(
            (str(one.done_on or one.visit.day), words.levels(one.visit), words.state(one.state))
            for one in shown
        ),
        empty=say("No visit."),
    )


def _orders(found: MachineFile, library: Library, language: Language) -> list[Block]:
    say = translator(language)
    place = 0 if language == "zh_CN" else 1
    shown = found.orders[:LISTED]
    table = Table(
        columns=(
            Column(title=say("Work order")),
            Column(title=say("Day")),
            Column(title=say("Kind"), weight=0.8),
            Column(title=say("Symptom"), weight=2.2),
            Column(title=say("Cause"), weight=1.2),
        ),
        rows=tuple(
            (
                one["number"],
                str(one["day"]),
                KINDS[one["kind"]][place],
                one["title"],
                library.vocabularies.label("causes", one["cause"], language) or "—",
            )
            for one in shown
        ),
        empty=say("No work order."),
    )
    blocks: list[Block] = [table]
    if len(found.orders) > len(shown):
        blocks.append(
            Paragraph(
                text=say("{shown} of {total} are shown, the last ones.").format(
                    shown=len(shown), total=len(found.orders)
                )
            )
        )
    for one in found.findings:
        blocks.append(
            Paragraph(
                text=f"{say('Open finding')} {one['severity']}: {one['text']} {one['recommendation']}".strip()
            )
        )
    return blocks


def _parts(found: MachineFile, language: Language) -> list[Block]:
    say = translator(language)
    return [
        Table(
            columns=(
                Column(title=say("Day")),
                Column(title=say("Part"), weight=2),
                Column(title=say("Place")),
                Column(title=say("Quantity"), weight=0.6, align=Align.END),
                Column(title=say("After failure"), weight=0.8),
            ),
            rows=tuple(
                (
                    str(one["day"]),
                    f"{one['number']} {one['name']}".strip(),
                    one["place"],
                    f"{one['quantity']:g}",
                    say("yes") if one["after_failure"] else say("no"),
                )
                for one in found.parts[:LISTED]
            ),
            empty=say("No part was recorded."),
        )
    ]


def _values(found: MachineFile, library: Library, language: Language) -> list[Block]:
    say = translator(language)
    items = items_of(library)
    rows = []
    for one in found.values:
        item = items.get((one["checklist"], one["item"]))
        name = item_name(item, language) if item else f"{one['checklist']} {one['item']}"
        rows.append((name, f"{one['value']:g} {one['unit']}".strip(), str(one["day"]), str(one["count"])))
    meters = tuple(
        (
            f"{one['name']} ({one['code']})",
            f"{one['value']:g} {one['unit']}" if one["value"] is not None else "—",
            one["at"].date().isoformat() if one["at"] else "—",
        )
        for one in found.meters
    )
    return [
        Table(
            columns=(
                Column(title=say("Checklist item"), weight=3),
                Column(title=say("Last")),
                Column(title=say("Day")),
                Column(title=say("Times"), weight=0.6, align=Align.END),
            ),
            rows=tuple(rows),
            empty=say("No value was recorded."),
        ),
        Table(
            columns=(
                Column(title=say("Meter"), weight=3),
                Column(title=say("Last")),
                Column(title=say("Day")),
            ),
            rows=meters,
            empty=say("No meter."),
        ),
    ]
