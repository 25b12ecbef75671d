"""A record as a document: facts, tables, pictures among its files, its log; Word and PDF. And lists as xlsx and csv."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from kb.errors import BadQuery
from kb.export.document import (
    Block,
    Column,
    Document,
    Figure,
    KeyValues,
    Paragraph,
    Section,
    SignatureBox,
    Signatures,
    Table,
    Tone,
)
from kb.export.docx import docx_bytes
from kb.export.pdf import pdf_bytes
from kb.export.workbook import Cell, Sheet, SheetColumn, Workbook
from kb.export.xlsx import xlsx_bytes
from kb.i18n import translator
from kb.store import Store
from kb.store import attachments as files
from kb.store import records as rows
from kb.usecases.plan_documents import AUTHOR
from kb.usecases.record_description import Rows
from kb.usecases.record_kinds import kind_named
from kb.usecases.record_links import Link, links_of
from kb.usecases.record_nouns import Actor, Record, is_private, stored_value
from kb.usecases.record_picture import milestones_svg
from kb.usecases.record_reading import RecordQuery, record, record_history, selection
from kb.usecases.record_summaries import summary_of
from kb.usecases.record_words import lines_of, local_time, state_name, text_of_field
from kb.usecases.register_description import Field
from kb.usecases.register_kinds import Names, Wording

PICTURES = ("image/png", "image/jpeg")
MOST_PICTURES = 24
MOST_ROWS = {"xlsx": 20_000, "csv": 200_000}
"""A workbook of more rows takes minutes to write and to open; a csv does not."""
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def record_document(
    store: Store, handle: str, *, actor: Actor, wording: Wording, now: datetime
) -> tuple[Record, Document]:
    """Return a record and the document of it; of a complaint this is the evidence file.

    Raises:
        NotFound: There is no such record.
    """
    one = record(store, handle, actor=actor, wording=wording, now=now)
    entries = tuple(reversed(record_history(store, handle, actor=actor)))
    say = wording.pick
    facts = [
        (say(field.title), one.links[field.name][1] if field.name in one.links else text)
        for field in one.kind.fields
        if field.name in one.values and not isinstance(field.kind, Rows)
        if (text := text_of_field(field, one.values[field.name], wording)) or field.name in one.links
    ]
    short = [(name, text) for name, text in facts if len(text) <= 40 and "\n" not in text]
    opening: list[Block] = [KeyValues(pairs=((say(("状态", "State")), state_name(one, wording)), *short))]
    if one.overdue:
        opening.append(Paragraph(text=say(("已逾期", "Overdue")), tone=Tone.NOTICE))
    sections = [
        Section(title=name, blocks=(Paragraph(text=text),), level=2)
        for name, text in facts
        if (name, text) not in short
    ]
    summed = summary_of(store, one, actor=actor, wording=wording, now=now)
    if summed is not None:
        sections.append(Section(title=summed.title, blocks=(KeyValues(pairs=summed.rows),)))
    sections += _tables(one, wording, now.date())
    sections += _files(store, one, wording)
    log = tuple(
        (
            line.at,
            line.who,
            f"{line.action} {line.states}".strip(),
            "\n".join(
                [
                    *([line.note] if line.note else []),
                    *(
                        f"{title}: {old} → {new}" if old else f"{title}: {new or '—'}"
                        for title, old, new in line.fields
                    ),
                ]
            ),
        )
        for line in lines_of(one.kind, entries, wording)
    )
    heads = (
        (("时间", "When"), 1.4),
        (("人员", "Who"), 1),
        (("动作", "What"), 1.6),
        (("内容", "From what to what"), 4),
    )
    columns = tuple(Column(title=say(names), weight=weight) for names, weight in heads)
    sections.append(Section(title=say(("过程记录", "History")), blocks=(Table(columns=columns, rows=log),)))
    if one.kind.name in {"complaint", "project", "return"}:
        lines = (say(("签字", "Signature")), say(("日期", "Date")))
        parties: tuple[Names, ...] = (("客户", "Customer"), ("售后服务部", "After-sales department"))
        boxes = tuple(SignatureBox(party=say(names), lines=lines) for names in parties)
        sections.append(Section(title=say(("确认", "Acceptance")), blocks=(Signatures(boxes=boxes),)))
    document = Document(
        title=f"{say(one.kind.single)} {one.number}",
        subtitle=one.title,
        author=translator(wording.language)(AUTHOR),
        created=now,
        language="zh-CN" if wording.language == "zh_CN" else "en-US",
        opening=tuple(opening),
        sections=tuple(sections),
        footer=f"{one.number} · r{one.revision} · {local_time(now, wording)}",
    )
    return one, document


def _tables(one: Record, wording: Wording, today: date) -> list[Section]:
    found = []
    for field in one.kind.fields:
        if not isinstance(field.kind, Rows) or field.name not in one.values:
            continue
        stored = one.values[field.name]
        if not stored:
            continue
        columns = tuple(
            Column(title=wording.pick(column.title), weight=3 if column.kind.widget == "lines" else 1.2)
            for column in field.kind.columns
        )
        blocks: list[Block] = [
            Table(columns=columns, rows=tuple(field.kind.cells(row, wording) for row in stored))
        ]
        if field.name == "milestones":
            alt = wording.pick(("里程碑图", "Milestones in a picture"))
            blocks.insert(
                0, Figure(content=milestones_svg(stored, today), media_type="image/svg+xml", alt=alt)
            )
        found.append(Section(title=wording.pick(field.title), blocks=tuple(blocks)))
    return found


def _files(store: Store, one: Record, wording: Wording) -> list[Section]:
    if not one.files:
        return []
    heads: tuple[Names, ...] = (
        ("文件", "File"),
        ("说明", "What it shows"),
        ("添加", "Added"),
        ("SHA-256", "SHA-256"),
    )
    table = Table(
        columns=tuple(Column(title=wording.pick(names)) for names in heads),
        rows=tuple(
            (file.name, file.note, f"{local_time(file.added_at, wording)} {file.added_by}", file.digest[:16])
            for file in one.files
        ),
    )
    blocks: list[Block] = [table]
    pictures = [file for file in one.files if file.media_type in PICTURES][:MOST_PICTURES]
    with store.reading() as session:
        for file in pictures:
            content = files.blob(session, file.digest)
            if content is not None:
                caption = file.note or file.name
                blocks.append(
                    Figure(content=content, media_type=file.media_type, alt=caption, caption=caption)
                )
    return [Section(title=wording.pick(("附件", "Files")), blocks=tuple(blocks))]


def document_bytes(document: Document, format: str) -> bytes:
    """Return a document as `docx` or `pdf`."""
    return pdf_bytes(document) if format == "pdf" else docx_bytes(document)


def list_file(
    store: Store, query: RecordQuery, format: str, *, actor: Actor, wording: Wording, now: datetime
) -> bytes:
    """Return a whole list as `xlsx` or `csv`; a list of one kind with all its fields that this person may see.

    Raises:
        NotFound: No kind, or nothing of the register, has the code.
        BadQuery: The list cannot be understood, or is too long for such a file.
    """
    heads, lines = _list(store, query, MOST_ROWS[format], actor=actor, wording=wording, now=now)
    if format == "csv":
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(heads)
        writer.writerows([_harmless(cell) for cell in line] for line in lines)
        return b"\xef\xbb\xbf" + text.getvalue().encode()
    title = wording.pick(kind_named(query.kind).title if query.kind else ("记录", "Records"))
    sheet = Sheet(name=title, columns=tuple(SheetColumn(title=head) for head in heads), rows=tuple(lines))
    author = translator(wording.language)(AUTHOR)
    return xlsx_bytes(Workbook(title=title, sheets=(sheet,), created=now, author=author))


_HEADS: tuple[Names, ...] = (
    ("编号", "Number"),
    ("类别", "Kind"),
    ("状态", "State"),
    ("标题", "Title"),
    ("客户", "Customer"),
    ("现场", "Site"),
    ("设备", "Machine"),
    ("负责人", "Owner"),
    ("期限", "Due"),
    ("新建", "Made"),
    ("新建人", "Made by"),
    ("关闭", "Closed"),
)


def _list(
    store: Store, query: RecordQuery, most: int, *, actor: Actor, wording: Wording, now: datetime
) -> tuple[list[str], list[tuple[Cell, ...]]]:
    own = list(kind_named(query.kind).own_fields) if query.kind else []
    own = [one for one in own if actor.sees_private or not is_private(one)]
    with store.reading() as session:
        wanted = selection(session, query, now)
        total = rows.count_records(session, wanted)
        if total > most:
            raise BadQuery(f"the list has {total:,} records; narrow it to {most:,}, or export it as csv")
        found = rows.record_rows(session, wanted, first=0, size=None)
        links = links_of(session, found, wording)
        lines = [_line(row, links[row.id], own, wording, now) for row in found]
    return [*(wording.pick(names) for names in _HEADS), *(wording.pick(one.title) for one in own)], lines


def _line(
    row: rows.RecordRow, linked: Mapping[str, Link], own: Sequence[Field], wording: Wording, now: datetime
) -> tuple[Cell, ...]:
    kind = kind_named(row.kind)
    about = (linked[name][1] if name in linked else "" for name in ("customer", "site", "equipment"))
    return (
        row.number,
        wording.pick(kind.single),
        wording.pick(kind.state(row.state).names),
        row.title,
        *about,
        row.owner,
        row.due,
        row.created_at.astimezone(now.tzinfo),
        row.created_by,
        row.closed_at.astimezone(now.tzinfo) if row.closed_at else None,
        *(one.kind.cell(stored_value(one, row, linked), wording) for one in own),
    )


def _harmless(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    text = str(cell)
    return f"'{text}" if isinstance(cell, str) and text.startswith(_FORMULA_STARTS) else text
