"""A maintenance proposal as a document to send: state and risk, three options, dates, parts, calculation, evidence."""

from collections import Counter
from collections.abc import Sequence

from kb.export.document import (
    Align,
    Block,
    Column,
    Document,
    Entries,
    KeyValues,
    Paragraph,
    Section,
    SignatureBox,
    Signatures,
    Table,
    Tone,
)
from kb.usecases.proposal_reading import Proposal
from kb.usecases.proposal_words import PROMISE_NAMES, ProposalWords, assumptions
from planner.model import ContractLevel
from planner.proposals import Item

EVIDENCE_SHOWN = 60
"""So many repairs are listed in the document; the page has them all."""
_COVERED = {
    "Inspections by checklist": (True, True, True),
    "Parts changed at intervals": (True, True, True),
    "Work and travel of repairs": (False, True, True),
    "Parts of repairs": (False, False, True),
}


def proposal_document(proposal: Proposal, words: ProposalWords, *, author: str) -> Document:
    """Return the document of a proposal.

    Args:
        words: In the language of the document.
        author: The department that issues it.
    """
    say, facts = words.say, proposal.facts
    title = say("Maintenance proposal")
    sections = [
        Section(title=say("1. The machines"), blocks=(_machines(proposal, words),)),
        Section(title=say("2. State and risk"), blocks=tuple(_risk(proposal, words))),
        Section(
            title=say("3. Three options"), blocks=(_options(proposal, words), *_exclusions(proposal, words))
        ),
        Section(
            title=say("4. Inspections of the year"),
            blocks=(_calendar(proposal, words), _work(proposal, words)),
        ),
        Section(title=say("5. Parts of the year"), blocks=(_parts(proposal, words),)),
        Section(title=say("6. How the prices come about"), blocks=tuple(_calculation(proposal, words))),
    ]
    if facts["contract"]:
        sections.append(Section(title=say("7. Used against sold"), blocks=tuple(_usage(proposal, words))))
    sections += [
        Section(
            title=say("Assumptions"),
            blocks=(
                Paragraph(text=say("What is assumed is called so; everything else follows from records.")),
                Entries(texts=assumptions(proposal, words)),
            ),
        ),
        Section(title=say("Evidence: repairs counted"), blocks=tuple(_evidence(proposal, words))),
        Section(title=say("Confirmation"), blocks=(_signatures(words),)),
    ]
    site = facts["site"]
    return Document(
        title=title,
        subtitle=" · ".join(one for one in (facts["customer"], site["name"]) if one),
        author=author,
        created=proposal.created_at,
        language="zh-CN" if words.language == "zh_CN" else "en-US",
        header=f"{author}    {title}",
        footer=f"{proposal.number} · {say('valid until')} {proposal.valid_until}",
        page_numbers=say("Page {page} of {pages}"),
        opening=_opening(proposal, words),
        sections=tuple(sections),
    )


def _opening(proposal: Proposal, words: ProposalWords) -> tuple[Block, ...]:
    say, facts, site = words.say, proposal.facts, proposal.facts["site"]
    pairs = (
        (say("Number"), proposal.number),
        (say("Valid until"), proposal.valid_until.isoformat()),
        (say("Customer"), facts["customer"]),
        (say("Site"), f"{site['name']} {site['city']} {site['address']}".strip()),
        (say("Contact"), proposal.wishes.contact or f"{site['contact']} {site['phone']}".strip() or "—"),
        (say("Begins"), proposal.wishes.start.isoformat()),
        (say("Facts as of"), facts["as_of"]),
        (say("Price book"), f"{proposal.book.number}"),
    )
    blocks: list[Block] = [KeyValues(pairs=pairs)]
    blocks += [Paragraph(text=words.say(one), tone=Tone.NOTICE) for one in proposal.missing]
    if proposal.wishes.note:
        blocks.append(Paragraph(text=proposal.wishes.note))
    desired = proposal.option(proposal.wishes.desired)
    sentence = say(
        "We recommend {level}: {price} a year without tax, {visits} inspections of {machines} machines."
    )
    blocks.append(
        Paragraph(
            text=sentence.format(
                level=words.level(desired.level),
                price=words.money(desired.price),
                visits=proposal.wishes.visits_per_year,
                machines=len(facts["machines"]),
            )
        )
    )
    return tuple(blocks)


def _machines(proposal: Proposal, words: ProposalWords) -> Table:
    say = words.say
    return Table(
        columns=(
            Column(title=say("Tag"), weight=1.65),
            Column(title=say("Class"), weight=1.3),
            Column(title=say("Make and model"), weight=1.6),
            Column(title=say("Serial number"), weight=1.65),
            Column(title=say("Control"), weight=1.2),
            Column(title=say("Commissioned"), weight=1.65),
        ),
        rows=tuple(
            (
                one["tag"],
                words.machine_class(one["equipment_class"]),
                f"{one['brand']} {one['model']}".strip(),
                one["serial"],
                one["controller"],
                one["commissioned"] or "—",
            )
            for one in proposal.facts["machines"]
        ),
    )


def _risk(proposal: Proposal, words: ProposalWords) -> Sequence[Block]:
    say, facts = words.say, proposal.facts
    first, last = facts["window"]
    text = say("From {first} to {last} the records hold {count} repairs of these machines.")
    blocks: list[Block] = [
        Paragraph(text=text.format(first=first, last=last, count=facts["own"]["failures"]))
    ]
    blocks.append(Paragraph(text=assumptions(proposal, words)[0]))
    if facts["subsystems"]:
        rows = tuple((words.subsystem(code), str(count)) for code, count in facts["subsystems"])
        blocks.append(
            Table(
                columns=(
                    Column(title=say("Subsystem"), weight=3),
                    Column(title=say("Repairs"), align=Align.END),
                ),
                rows=rows,
            )
        )
    avoided = proposal.options[0].avoided
    if avoided is not None:
        mean, low, high = (words.money(one) for one in avoided)
        saved = say(
            "Inspections are assumed to save {mean} of standstill a year, nine years of ten {low} to {high}."
        )
        blocks.append(Paragraph(text=saved.format(mean=mean, low=low, high=high)))
    return blocks


def _options(proposal: Proposal, words: ProposalWords) -> Table:
    say = words.say
    options = proposal.options
    rows: list[tuple[str, ...]] = [
        (say(name), *(say("included") if one else say("billed as it comes") for one in covered))
        for name, covered in _COVERED.items()
    ]
    for name, label in PROMISE_NAMES.items():
        rows.append((say(label), *(words.hours(getattr(one.terms.response_times, name)) for one in options)))
    rows.append(
        (say("Expected cost of repairs left to you"), *(words.money(one.left_to_customer) for one in options))
    )
    rows.append((say("Price a year without tax"), *(words.money(one.price) for one in options)))
    return Table(
        columns=(
            Column(title="", weight=1.5),
            *(Column(title=words.level(one.level), align=Align.END) for one in options),
        ),
        rows=tuple(rows),
    )


def _exclusions(proposal: Proposal, words: ProposalWords) -> list[Block]:
    blocks: list[Block] = []
    for one in proposal.options:
        if one.terms.exclusions:
            blocks.append(
                Paragraph(text=words.say("{level} does not cover:").format(level=words.level(one.level)))
            )
            blocks.append(Entries(texts=one.terms.exclusions))
    return blocks


def _calendar(proposal: Proposal, words: ProposalWords) -> Table:
    say = words.say
    rows = tuple(
        (str(number), one["day"], words.inspection(one["level"]))
        for number, one in enumerate(proposal.facts["calendar"], 1)
    )
    return Table(
        columns=(
            Column(title="#", weight=0.4),
            Column(title=say("Proposed day (working day of both sides)"), weight=2),
            Column(title=say("Level"), weight=2),
        ),
        rows=rows,
    )


def _work(proposal: Proposal, words: ProposalWords) -> Table:
    say = words.say
    tags = {one["id"]: one["tag"] for one in proposal.facts["machines"]}
    rows = tuple(
        (
            tags[one["equipment_id"]],
            words.inspection(one["level"]),
            str(one["times"]),
            str(one["items"]),
            str(one["minutes"]),
            ", ".join(one["pages"]) or say("no checklist"),
        )
        for one in proposal.facts["works"]
    )
    return Table(
        columns=(
            Column(title=say("Tag"), weight=1.7),
            Column(title=say("Level"), weight=1.3),
            Column(title=say("Times"), weight=0.85, align=Align.END),
            Column(title=say("Items"), weight=0.85, align=Align.END),
            Column(title=say("Minutes"), weight=1.05, align=Align.END),
            Column(title=say("Checklists"), weight=3.8),
        ),
        rows=rows,
    )


def _parts(proposal: Proposal, words: ProposalWords) -> Table:
    say = words.say
    rows = tuple(
        (
            one.part.name,
            words.part_class(one.part.part_class),
            say("every {months} months").format(months=one.part.every_months),
            str(one.machines),
            words.quantity(one.quantity),
            one.part.source or say("assumed"),
        )
        for one in proposal.parts
    )
    return Table(
        columns=(
            Column(title=say("Part"), weight=1.5),
            Column(title=say("Part class")),
            Column(title=say("Interval")),
            Column(title=say("Machines"), weight=0.95, align=Align.END),
            Column(title=say("Quantity"), weight=0.9, align=Align.END),
            Column(title=say("Source")),
        ),
        rows=rows,
        empty=say("The price book has no part that is changed at intervals on these machines."),
    )


def _calculation(proposal: Proposal, words: ProposalWords) -> Sequence[Block]:
    say = words.say
    blocks: list[Block] = []
    for option in proposal.options:
        rows = [
            (
                words.item(line),
                words.quantity(line.quantity),
                words.unit(line),
                words.money(line.price)
                if line.item is not Item.RISK
                else say("of {amount}").format(amount=words.money(line.price)),
                words.money(line.amount),
                words.bases(line),
            )
            for line in option.lines
        ]
        if option.adjustment:
            rows.append(
                (
                    say("By hand: {reason}").format(reason=option.reason),
                    "",
                    "",
                    "",
                    words.money(option.adjustment),
                    say("decided"),
                )
            )
        rows.append((say("Price a year without tax"), "", "", "", words.money(option.price), ""))
        blocks.append(Paragraph(text=words.level(option.level)))
        blocks.append(
            Table(
                columns=(
                    Column(title=say("For"), weight=2.2),
                    Column(title=say("Quantity"), weight=0.95, align=Align.END),
                    Column(title=say("Unit"), weight=0.75),
                    Column(title=say("Price"), weight=1.4, align=Align.END),
                    Column(title=say("Amount"), weight=1.25, align=Align.END),
                    Column(title=say("Rests on"), weight=1.2),
                ),
                rows=tuple(rows),
            )
        )
    return blocks


def _usage(proposal: Proposal, words: ProposalWords) -> Sequence[Block]:
    say, contract = words.say, proposal.facts["contract"]
    head = say("Contract {code}, {level}, {first} to {last}.").format(
        code=contract["code"],
        level=words.level(ContractLevel(contract["level"])),
        first=contract["first"],
        last=contract["last"],
    )
    rows = tuple(
        (
            f"{one['first']} – {one['last']}",
            str(one["sold"]),
            str(one["done"]),
            str(one["repairs"]),
            f"{one['hours']:g} ({one['hours_known']})",
        )
        for one in contract["use"]
    )
    table = Table(
        columns=(
            Column(title=say("Contract year"), weight=2),
            Column(title=say("Visits sold"), align=Align.END),
            Column(title=say("Visits done"), align=Align.END),
            Column(title=say("Repairs"), align=Align.END),
            Column(title=say("Hours (repairs that recorded them)"), weight=1.6, align=Align.END),
        ),
        rows=rows,
    )
    return (Paragraph(text=head), table)


def _evidence(proposal: Proposal, words: ProposalWords) -> Sequence[Block]:
    say = words.say
    kept = proposal.facts["evidence"]
    shown = list(reversed(kept))[:EVIDENCE_SHOWN]
    table = Table(
        columns=(
            Column(title=say("Work order"), weight=1.55),
            Column(title=say("Day"), weight=0.9),
            Column(title=say("Tag"), weight=1.2),
            Column(title=say("Symptom"), weight=1.8),
            Column(title=say("Subsystem"), weight=1.2),
        ),
        rows=tuple(
            (one["number"], one["day"], one["tag"], one["title"], words.subsystem(one["subsystem"]))
            for one in shown
        ),
        empty=say("No repair of these machines is recorded."),
    )
    total = proposal.facts["own"]["failures"]
    if total <= len(shown):
        return (table,)
    by_tag = Counter(one["tag"] for one in kept)
    rest = say("{shown} of {total} are listed, the last ones; the most on {tag}.")
    return (
        Paragraph(text=rest.format(shown=len(shown), total=total, tag=by_tag.most_common(1)[0][0])),
        table,
    )


def _signatures(words: ProposalWords) -> Signatures:
    lines = tuple(words.say(one) for one in ("Signature", "Name", "Date"))
    return Signatures(
        boxes=(
            SignatureBox(party=words.say("Customer"), lines=lines),
            SignatureBox(party=words.say("Service department"), lines=lines),
        )
    )
