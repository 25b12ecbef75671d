"""The history of a page: each state its file has had, who made it, when and why.

A state is put down before its file is written, and called done in the transaction in which the file is: so whatever
instant the process dies at, what stands on the disk tells whether the state was reached (`settled`). A state that
somebody else brought about (an editor, `git pull`) is put down when it is first seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

from kb.content.files import content_of, digest_of, file_below, replace_file
from kb.errors import Conflict, NotFound
from kb.store import PageRevisionRow, Store
from kb.store import revisions as rows
from kb.store.register import Session

Kind = Literal["found", "outside", "edit", "new", "status", "restore"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MOST_ROWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A state of a page.

    Args:
        page_id: Of which page.
        number: Counts from 1 for each page.
        path: Where its file stood, below the content folder.
        kind: One of `KINDS`: found in the files at first sight, changed outside, or what was done here.
        who: Who did it; empty where it was found or done outside.
        at: When it was done, or first seen.
        why: The reason given.
        based_on: Digest of the state before; empty where there was none.
        digest: SHA-256 of the file.
    """

    page_id: str
    number: int
    path: str
    kind: str
    who: str
    at: datetime
    why: str
    based_on: str
    digest: str

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            "page_id": self.page_id,
            "number": self.number,
            "kind": self.kind,
            "who": self.who,
            "at": self.at.isoformat(timespec="seconds"),
            "why": self.why,
            "digest": self.digest,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What shall become of a page's file.

    Args:
        page_id: The page's.
        path: Its file, below the content folder.
        content: The bytes it shall have.
        based_on: Digest that the file must have now; empty where there must be none.
        kind: What is done.
        who: Who does it.
        why: The reason.
        at: The present instant.
    """

    page_id: str
    path: str
    content: bytes
    based_on: str
    kind: Kind
    who: str
    why: str
    at: datetime


def history(
    store: Store, folder: Path, page_id: str, path: str, *, now: datetime, page: int = 1, size: int = 50
) -> tuple[tuple[Revision, ...], int]:
    """Return the states of a page, the newest first, and how many there are; what is new on the disk is put down.

    Args:
        store: The database.
        folder: The content folder.
        page_id: The page's.
        path: Its file; empty where it has none any more.
        now: The present instant.
        page: Number of the page of states, from 1.
        size: States on a page, `MOST_ROWS` at most.
    """
    if path:
        seen(store, folder, page_id, path, now=now)
    with store.reading() as session:
        found = rows.revision_rows(session, page_id, first=(page - 1) * size, size=min(size, MOST_ROWS))
        return tuple(_revision(row) for row in found), rows.revision_count(session, page_id)


def revision(store: Store, page_id: str, number: int) -> tuple[Revision, bytes]:
    """Return a state of a page with the bytes its file had.

    Raises:
        NotFound: The page has no such state.
    """
    with store.reading() as session:
        row = rows.revision_row(session, page_id, number)
        if row is None:
            raise NotFound("revision", f"{page_id[:80]}/{number}")
        return _revision(row), row.content


def state_with_digest(store: Store, page_id: str, digest: str) -> tuple[Revision, bytes] | None:
    """Return the newest state of a page that had this digest, with its bytes."""
    with store.reading() as session:
        row = rows.revision_with_digest(session, page_id, digest)
        return (_revision(row), row.content) if row is not None else None


def last_path(store: Store, page_id: str) -> str:
    """Return where the file of a page stood when it was last known.

    Raises:
        NotFound: The page has no history.
    """
    with store.reading() as session:
        row = rows.last_revision(session, page_id)
        if row is None:
            raise NotFound("page", page_id)
        return row.path


def seen(store: Store, folder: Path, page_id: str, path: str, *, now: datetime) -> bytes | None:
    """Return the bytes of a page's file, and put its state down where it is not known yet; None where it is gone."""
    file = file_below(folder, path)
    content = content_of(file)
    with store.reading() as session:
        last = rows.last_revision(session, page_id)
        known = last is not None and content is not None and last.digest == digest_of(content)
        if (known or content is None) and not rows.pending_revisions(session, page_id):
            return content
    with store.writing() as session:
        settled(session, folder, page_id)
        # Read again: only within the writing transaction does nobody else of ours write the file.
        content = content_of(file)
        if content is not None:
            _put_down(session, page_id, path, content, now)
        return content


def settled(session: Session, folder: Path, page_id: str = "") -> None:
    """Find out what became of states that a dead process was about to write, of a page (empty: of all).

    Must run in a writing transaction: whoever writes a file holds one.
    """
    for row in rows.pending_revisions(session, page_id):
        content = content_of(file_below(folder, row.path))
        if content is not None and digest_of(content) == row.digest:
            row.state = rows.DONE
            session.flush()
        else:
            rows.remove_revision(session, row)


def written(store: Store, folder: Path, change: Change) -> Revision:
    """Write a page's file and put its state down; return the state.

    Raises:
        Conflict: The file is not as `based_on` says; nothing was written.
        Unwritable: The file cannot be written; nothing was changed.
    """
    file = file_below(folder, change.path)
    with store.writing() as session:
        settled(session, folder, change.page_id)
        before = content_of(file)
        if before is not None:
            _put_down(session, change.page_id, change.path, before, change.at)
        if _digest(before) == change.based_on:
            number = rows.add_revision(session, _row(change)).number
    if _digest(before) != change.based_on:
        raise Conflict(f"the file {change.path} was changed meanwhile; nothing was written")
    try:
        with store.writing() as session:
            row = rows.revision_row(session, change.page_id, number)
            if row is None or row.digest != digest_of(change.content):
                row = rows.add_revision(
                    session, _row(change)
                )  # another settled it, and found nothing written yet
            if _digest(content_of(file)) != change.based_on:
                raise Conflict(f"the file {change.path} was changed meanwhile; nothing was written")
            replace_file(file, change.content)
            row.state = rows.DONE
            session.flush()
            kept = _revision(row)
    except Exception:
        with store.writing() as session:
            settled(session, folder, change.page_id)
        raise
    return kept


def _put_down(session: Session, page_id: str, path: str, content: bytes, now: datetime) -> None:
    last = rows.last_revision(session, page_id)
    digest = digest_of(content)
    if last is not None and last.digest == digest:
        return
    row = PageRevisionRow(
        page_id=page_id,
        number=0,
        path=path,
        kind="found" if last is None else "outside",
        state=rows.DONE,
        who="",
        at=now,
        why="",
        based_on=last.digest if last is not None else "",
        digest=digest,
        content=content,
    )
    rows.add_revision(session, row)


def _row(change: Change) -> PageRevisionRow:
    return PageRevisionRow(
        page_id=change.page_id,
        number=0,
        path=change.path,
        kind=change.kind,
        state=rows.PENDING,
        who=change.who,
        at=change.at,
        why=change.why,
        based_on=change.based_on,
        digest=digest_of(change.content),
        content=change.content,
    )


def _digest(content: bytes | None) -> str:
    return digest_of(content) if content is not None else ""


def _revision(row: PageRevisionRow) -> Revision:
    return Revision(
        page_id=row.page_id,
        number=row.number,
        path=row.path,
        kind=row.kind,
        who=row.who,
        at=row.at.astimezone(UTC),
        why=row.why,
        based_on=row.based_on,
        digest=row.digest,
    )


def texts_of(states: Sequence[bytes]) -> tuple[str, ...]:
    """Return the texts of states for a comparison; bytes that are no UTF-8 show as the replacement character."""
    return tuple(state.decode("utf-8", errors="replace").replace("\r\n", "\n") for state in states)
