"""Bring in what exists: a Word document, a table or Markdown becomes drafts that a person looks at, each of them.

An imported case is a draft beside those from the field: one place for all that waits for an editor. Nothing of a
file is in the library before somebody has accepted it (`kb.usecases.page_import_accepting`). The id of a draft is
made of what it says, so the same case is there once however often its file is sent.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Literal, get_args
from uuid import UUID, uuid5

from kb.content import Library
from kb.content.library import PageFile, parse_page
from kb.errors import BadImport, BadInput, Fault, Message
from kb.imports.limits import Limits
from kb.search import SearchIndex
from kb.store import Store, register
from kb.store import drafts as rows
from kb.store.register import Session
from kb.usecases.page_import_cases import (
    Candidate,
    Kind,
    Remembered,
    TableShape,
    concerns,
    noted,
)
from kb.usecases.page_import_drafts import draft_body, identity, photo_rows
from kb.usecases.page_import_reading import kind_of, read_file
from kb.usecases.page_import_recognising import Recognised, recognised
from kb.usecases.page_import_types import possible_types, type_faults

State = Literal["new", "known", "unchanged", "left"]
"""*known*: the draft is there already; *unchanged*: the library has this very page; *left*: it was not chosen."""
STATES: tuple[State, ...] = get_args(State)
_NAMESPACE = UUID("6f3f0c7e-2b59-5d0e-9a4e-3a3c0d5a7f11")
_READING, _LOOKING, _WRITING = "Reading the file", "Comparing with the library", "Writing the drafts"

Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What becomes of one case of a file.

    Args:
        number: Counts from 1; by it a case is chosen.
        place: Where it stands in the file.
        title: Its title.
        state: What becomes of it.
        draft_id: The draft it is, or would be; empty where there is none.
        page_id: The library's page of the same id; empty where there is none.
        pictures: How many it has.
        known: What the library makes of it.
        notes: What a person should know.
        sections: Characters by section of the case.
        page_type: What it becomes: as chosen, else as its headings or its own front matter tell.
        possible_types: What may be chosen instead; none where its front matter says what it is.
    """

    number: int
    place: str
    title: str
    state: State
    draft_id: str = ""
    page_id: str = ""
    pictures: int = 0
    known: Recognised = field(default_factory=Recognised)
    notes: tuple[Fault, ...] = ()
    sections: Mapping[str, int] = field(default_factory=dict)
    page_type: str = "case"
    possible_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What a file became, or would become.

    Args:
        name: The file's.
        digest: SHA-256 of the file.
        kind: Of which kind it is.
        dry_run: Whether nothing was written.
        items: Its cases.
        notes: On the file as a whole.
        tables: Of a table, each sheet's shape by its name.
    """

    name: str
    digest: str
    kind: Kind
    dry_run: bool
    items: tuple[Item, ...]
    notes: tuple[Fault, ...]
    tables: Mapping[str, TableShape]

    def count(self, state: State) -> int:
        """Return how many cases are in a state."""
        return sum(item.state == state for item in self.items)

    def json(self) -> dict[str, Any]:
        """Return it as an object of JSON."""
        values = json.loads(json.dumps(asdict(self), ensure_ascii=False))
        values["counts"] = {state: self.count(state) for state in STATES}
        return dict(values)


def import_pages(
    store: Store,
    index: SearchIndex,
    content: BinaryIO,
    name: str,
    *,
    who: str,
    now: datetime,
    limit_bytes: int,
    mapping: Mapping[str, str] | None = None,
    remembered: Remembered = (),
    only: Collection[int] = (),
    types: Mapping[int, str] | None = None,
    dry_run: bool = True,
    progress: Progress = lambda share, message: None,
    with_drafts: Callable[[Session, ImportReport], None] = lambda session, report: None,
) -> ImportReport:
    """Read a file and, unless it is a dry run, keep its cases as drafts; nothing of it is published.

    Args:
        store: The database.
        index: The open search index, whose library the cases are compared with.
        content: The file.
        name: What it is called; its ending says what it is.
        who: Who sends it.
        now: The present instant.
        limit_bytes: Largest file.
        mapping: Of a table, field by header, where the proposal for it is wrong; `-` leaves a column out.
        remembered: Headers and mapping of earlier tables; one with the same headers takes the place of the proposal.
        only: Numbers of the cases that are kept; empty keeps all.
        types: What each becomes, by number; those that are not named become what their headings tell.
        dry_run: Whether to report only.
        progress: Told how far it is, from 0 to 1, and with which message.
        with_drafts: Called in the transaction that writes the drafts; not for a dry run.

    Raises:
        BadImport: The file cannot be read; every fault that was found.
        BadInput: A number of `only` or `types` is not there, or a document cannot be of its type; every fault.
    """
    kind_of(name)
    progress(0, _READING)
    with tempfile.TemporaryDirectory(prefix="servicebook-import-") as folder:
        path = Path(folder) / "upload"
        with path.open("wb") as file:
            shutil.copyfileobj(content, file)
        size = path.stat().st_size
        if size > limit_bytes:
            fault = Fault(
                where=name[:200], what=f"has {size:,} bytes", repair=f"send at most {limit_bytes:,}"
            )
            raise BadImport(f"{name[:200]} was not read", [fault])
        digest = _file_digest(path)
        read = read_file(
            path, name, mapping=mapping, remembered=remembered, limits=Limits(file_bytes=limit_bytes)
        )
    chosen = dict(types or {})
    if faults := _choice_faults(read.candidates, name, only, chosen):
        raise BadInput("nothing was imported", faults)
    library = index.library
    items, new_rows = [], []
    for number, candidate in enumerate(read.candidates, 1):
        progress(0.1 + 0.8 * number / len(read.candidates), _LOOKING)
        if number in chosen and not candidate.text:
            candidate = replace(candidate, page_type=chosen[number])
        item, row = _item(index, library, candidate, number, name=name, digest=digest, who=who, now=now)
        if only and number not in only and row is not None:
            item, row = replace(item, state="left"), None
        items.append(item)
        if row is not None:
            new_rows.append((len(items) - 1, row, candidate.pictures))
    notes = tuple(note for note in read.notes if not _is_ours(library, read.digests, note))
    progress(0.9, _WRITING)
    with store.reading() if dry_run else store.writing() as session:
        for place, row, pictures in new_rows:
            if rows.draft_row(session, row.id) is not None:
                items[place] = _known(items[place], is_chosen=items[place].number in chosen)
            elif not dry_run:
                rows.add_draft(session, row, photo_rows(row.id, pictures))
        report = ImportReport(
            name=name,
            digest=digest,
            kind=read.kind,
            dry_run=dry_run,
            items=tuple(items),
            notes=notes,
            tables=read.tables,
        )
        if not dry_run:
            with_drafts(session, report)
        if not dry_run and report.count("new"):
            entry = register.Change(
                at=now,
                who=who,
                action="import",
                kind="drafts",
                thing_id=digest,
                before=None,
                after={"name": name, **{one: count for one in STATES if (count := report.count(one))}},
            )
            register.record(session, [entry])
    return report


def _choice_faults(
    candidates: Sequence[Candidate], name: str, only: Collection[int], types: Mapping[int, str]
) -> list[Fault]:
    """Return every wrong number and every type that a document cannot have."""
    repair = Message("the file has the cases 1 to {count}", count=len(candidates))
    faults = []
    for where, numbers in (("only", only), ("types", types)):
        if unknown := sorted(number for number in numbers if not 1 <= number <= len(candidates)):
            faults.append(Fault(where=where, what=Message("names {numbers}", numbers=unknown), repair=repair))
    for number, candidate in enumerate(candidates, 1):
        if number not in types:
            continue
        page = _page_in(candidate, name).page if candidate.text else None
        faults += type_faults(
            types[number],
            where=f"types, {number}",
            text=candidate.text,
            body=candidate.body,
            own_type=page.type if page is not None else "",
        )
    return faults


def _page_in(candidate: Candidate, name: str) -> PageFile:
    return parse_page(candidate.text.removeprefix("\ufeff").replace("\r\n", "\n"), candidate.path or name)


def _known(item: Item, *, is_chosen: bool) -> Item:
    """Return an item of which there is a draft already: that one stays as it is."""
    if not is_chosen:
        return replace(item, state="known")
    note = noted(item.place, "is a draft already", "choose its type there, when you accept it")
    return replace(item, state="known", notes=(*item.notes, note))


def _item(
    index: SearchIndex,
    library: Library,
    candidate: Candidate,
    number: int,
    *,
    name: str,
    digest: str,
    who: str,
    now: datetime,
) -> tuple[Item, rows.DraftRow | None]:
    """Return what becomes of a case, and the draft that would be kept; None where there is nothing to keep."""
    notes = list(candidate.notes)
    page_id = ""
    title, page_type = candidate.title, candidate.page_type
    if candidate.text:
        file = _page_in(candidate, name)
        notes += file.faults
        if file.page is not None:
            title, page_type = file.page.title, file.page.type
            page_id = file.page.id if file.page.id in library.pages else ""
        if page_id:
            stands = library.files[library.paths[page_id]]
            if stands.digest == hashlib.sha256(candidate.text.encode()).hexdigest():
                item = Item(
                    number=number, place=candidate.place, title=title, state="unchanged", page_id=page_id
                )
                return item, None
            message = "the library has another text of {page}"
            notes.append(noted(candidate.place, message, "accepting it changes that page", page=page_id))
        known = Recognised()
    else:
        known = recognised(index, candidate)
        notes += known.notes
    body = draft_body(candidate, known, title=title, name=name, file_digest=digest, notes=notes)
    id_ = str(uuid5(_NAMESPACE, identity(candidate)))
    row = rows.DraftRow(
        id=id_,
        digest=hashlib.sha256(identity(candidate).encode()).hexdigest(),
        body=body,
        created_at=now.astimezone(UTC),
        received_at=now.astimezone(UTC),
        author=who[:80],
    )
    item = Item(
        number=number,
        place=candidate.place,
        title=title,
        state="new",
        draft_id=id_,
        page_id=page_id,
        pictures=len(candidate.pictures),
        known=known,
        notes=tuple(note for note in notes if concerns(getattr(note, "message", ""), page_type)),
        sections={section: len(text) for section, text in candidate.sections.items()},
        page_type=page_type,
        possible_types=possible_types(text=candidate.text, body=candidate.body),
    )
    return item, row


def _is_ours(library: Library, digests: Mapping[str, str], note: Fault) -> bool:
    """Whether a remark is about a file of our own export that the library has, byte for byte."""
    digest = digests.get(note.where)
    if digest is None:
        return False
    root = library.folder.resolve()
    path = (root / note.where).resolve()
    return path.is_relative_to(root) and path.is_file() and _file_digest(path) == digest


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
