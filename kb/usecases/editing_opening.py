"""A page opened for editing: its file as it stands, what it rests on, and what its editor may do with it."""

from dataclasses import dataclass
from datetime import datetime

from kb.content import Library, Page
from kb.content.files import can_be_written, digest_of, file_below
from kb.content.lifecycle import may_edit
from kb.errors import NotFound
from kb.store import Store
from kb.store import revisions as rows
from kb.usecases.accounts import Role
from kb.usecases.editing_history import last_path, revision, seen, state_with_digest
from kb.usecases.editing_text import parsed, raw_faults

STATES_LOOKED_AT = 20
"""How far back the history is searched for what a broken page was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Editor:
    """Who changes something, for the history and for what the role may do."""

    name: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A page as its file stands.

    Args:
        id: The page's.
        path: Its file, below the content folder.
        text: The file; what is no UTF-8 in it shows as the replacement character.
        digest: SHA-256 of the file; what a change rests on.
        page: What it says; None where the file is broken.
        known: The same, or what it said before it was broken: its identity and standing.
        body: The Markdown of it.
        writable: Whether the file can be written.
        not_allowed: Why this editor may not change its text; empty where it may be.
    """

    id: str
    path: str
    text: str
    digest: str
    page: Page | None
    known: Page | None
    body: str
    writable: bool
    not_allowed: str


def open_page(store: Store, library: Library, page_id: str, *, editor: Editor, now: datetime) -> Opened:
    """Return a page as its file stands, and put down a state that nobody has seen yet.

    A page whose file was broken outside is found by its history, so that it can be mended where it was written.

    Raises:
        NotFound: There is no such page.
    """
    path = library.paths.get(page_id) or last_path(store, page_id)
    content = seen(store, library.folder, page_id, path, now=now)
    if content is None:
        raise NotFound("page", page_id)
    text = content.decode("utf-8", errors="replace")
    file = parsed(path, text) if not raw_faults(text) else None
    page = file.page if file is not None else None
    known = page or last_good_page(store, page_id)
    refused = may_edit(editor.role.value, known) if known is not None else ()
    return Opened(
        id=page_id,
        path=path,
        text=text,
        digest=digest_of(content),
        page=page,
        known=known,
        body=file.body if file is not None else "",
        writable=can_be_written(file_below(library.folder, path)),
        not_allowed="; ".join(f"{fault.what}; {fault.repair}" for fault in refused),
    )


def as_it_was(store: Store, now_open: Opened, digest: str) -> Opened | None:
    """Return the page in the state that a change rests on; None where the history does not have it."""
    state = state_with_digest(store, now_open.id, digest)
    if state is None:
        return None
    text = state[1].decode("utf-8", errors="replace")
    file = parsed(now_open.path, text) if not raw_faults(text) else None
    return Opened(
        id=now_open.id,
        path=now_open.path,
        text=text,
        digest=digest,
        page=file.page if file is not None else None,
        known=now_open.known,
        body=file.body if file is not None else "",
        writable=now_open.writable,
        not_allowed=now_open.not_allowed,
    )


def last_good_page(store: Store, page_id: str) -> Page | None:
    """Return what a page said in the newest of its last states that could be read."""
    with store.reading() as session:
        numbers = [row.number for row in rows.revision_rows(session, page_id, size=STATES_LOOKED_AT)]
    for number in numbers:
        state, content = revision(store, page_id, number)
        text = content.decode("utf-8", errors="replace")
        page = parsed(state.path, text).page if not raw_faults(text) else None
        if page is not None:
            return page
    return None
