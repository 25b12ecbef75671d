"""Draft cases from the field: received exactly once, read, taken up and closed.

The phone makes the id, and sends the whole draft until it hears an answer. So a draft may come several times; the same
draft again changes nothing and gets the same answer, and another draft under the same id is refused.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, get_args
from uuid import UUID

from kb.errors import BadInput, BadQuery, Conflict, Fault, NotFound
from kb.store import Store
from kb.store import drafts as rows
from kb.store import register as audit
from kb.usecases.draft_checking import FIELDS, Sent, checked, clean

State = Literal["new", "taken", "closed"]
STATES: tuple[State, ...] = get_args(State)

MOST_ROWS = 200
DEEPEST = 10_000
LONGEST_NOTE = 500
BECAME = "became"
"""Key of a draft's body under which the id of its page stands."""
LAST_POSITION = 500
"""Of a picture: a draft from a file may have more than the photos that a phone sends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """What is known of a photo; `position` counts from 1."""

    position: int
    media_type: str
    size_bytes: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft that was received.

    Args:
        id: Made by the phone.
        texts: By field of `FIELDS`.
        created: By the phone's clock.
        received: By ours.
        author: Who was logged in when it came.
        state: One of `STATES`.
        handled_by: Who changed the state last; empty where nobody did.
        note: What became of it.
        revision: Changes with every change of state or note.
        photos: Its photos in their order.
    """

    id: str
    texts: Mapping[str, str]
    created: datetime
    received: datetime
    author: str
    state: str
    handled_by: str
    note: str
    revision: int
    photos: tuple[Photo, ...] = field(default=())
    imported: Mapping[str, Any] = field(default_factory=dict)
    """What came from a file (`kb.usecases.page_import`); empty for a draft from the field."""
    page_id: str = ""
    """The page that came of it; empty as long as none did."""

    @property
    def title(self) -> str:
        """The first line of what was seen, after the machine; of a draft from a file its own title."""
        if self.imported:
            return str(self.imported["title"])
        seen = self.texts["alarm"] or self.texts["symptom"]
        line = seen.strip().partition("\n")[0][:80]
        return " · ".join(part for part in (self.texts["machine"], line) if part)

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            "id": self.id,
            "title": self.title,
            **self.texts,
            "created": self.created.isoformat(),
            "received": self.received.isoformat(),
            "author": self.author,
            "state": self.state,
            "handled_by": self.handled_by,
            "note": self.note,
            "revision": self.revision,
            "imported": dict(self.imported),
            "page_id": self.page_id,
            "photos": [
                {
                    "position": one.position,
                    "media_type": one.media_type,
                    "size_bytes": one.size_bytes,
                    "digest": one.digest,
                }
                for one in self.photos
            ],
        }


def receive_draft(
    store: Store, sent: Sent, *, author: str, now: datetime, photo_limit_bytes: int
) -> tuple[Draft, bool]:
    """Keep a draft, once however often it is sent; return it, and whether it is new.

    Args:
        store: The database.
        sent: What the phone sent.
        author: Who is logged in.
        now: The present instant.
        photo_limit_bytes: Largest photo.

    Raises:
        BadInput: Every fault, by field.
        Conflict: Another draft has this id.
    """
    came = checked(sent, photo_limit_bytes=photo_limit_bytes)
    with store.writing() as session:
        known = rows.draft_row(session, came.id)
        if known is not None:
            kept = _draft(known, rows.photos_of(session, [came.id]))
            if known.digest != came.digest:
                raise Conflict(
                    f"another draft has the id {came.id}; give this one an id of its own",
                    yours={**came.texts, "created": came.created.isoformat(), "photos": len(came.photos)},
                    theirs={**kept.texts, "created": kept.created.isoformat(), "photos": len(kept.photos)},
                )
            return kept, False
        row = rows.DraftRow(
            id=came.id,
            digest=came.digest,
            body=dict(came.texts),
            created_at=came.created,
            received_at=now,
            author=author,
        )
        pictures = [
            rows.DraftPhotoRow(
                draft_id=came.id,
                position=position,
                media_type=media_type,
                digest=hashlib.sha256(content).hexdigest(),
                size_bytes=len(content),
                content=content,
            )
            for position, (media_type, content) in enumerate(came.photos, start=1)
        ]
        rows.add_draft(session, row, pictures)
        return _draft(row, pictures), True


def drafts(store: Store, *, state: str = "", page: int = 1, size: int = 50) -> tuple[Draft, ...]:
    """Return the drafts in a state (empty: in any), those received last first.

    Raises:
        BadQuery: State, page or size are out of bounds.
    """
    faults = (
        [] if state in {"", *STATES} else [f"state is {state[:40]!r}; it must be one of {', '.join(STATES)}"]
    )
    if not 1 <= size <= MOST_ROWS:
        faults.append(f"size is {size}; it must be 1 to {MOST_ROWS}")
    if page < 1 or (page - 1) * max(size, 1) >= DEEPEST:
        faults.append(f"page is {page}; it must be at least 1 and within the first {DEEPEST:,} rows")
    if faults:
        raise BadQuery("; ".join(faults))
    with store.reading() as session:
        found = rows.draft_rows(session, state=state, first=(page - 1) * size, size=size)
        pictures = rows.photos_of(session, [row.id for row in found])
        return tuple(_draft(row, [one for one in pictures if one.draft_id == row.id]) for row in found)


def draft_counts(store: Store) -> dict[str, int]:
    """Return how many drafts there are in each state."""
    with store.reading() as session:
        counts = rows.draft_counts(session)
    return {state: counts.get(state, 0) for state in STATES}


def draft(store: Store, id: str) -> Draft:
    """Return a draft.

    Raises:
        NotFound: There is none with this id.
    """
    id_ = _known_form(id)
    with store.reading() as session:
        row = rows.draft_row(session, id_)
        if row is None:
            raise NotFound("draft", id[:64])
        return _draft(row, rows.photos_of(session, [id_]))


def draft_photo(store: Store, id: str, position: int) -> tuple[Photo, bytes]:
    """Return a photo and its bytes.

    Raises:
        NotFound: The draft, or the photo, is not there.
    """
    id_ = _known_form(id)
    with store.reading() as session:
        row = rows.photo_row(session, id_, position) if 1 <= position <= LAST_POSITION else None
        if row is None:
            raise NotFound("photo", f"{id[:64]}/{position}")
        return _photo(row), row.content


def change_draft(
    store: Store, id: str, *, state: str, note: str, revision: int | None, who: str, now: datetime
) -> Draft:
    """Set state and note of a draft and return it.

    Args:
        store: The database.
        id: The draft's.
        state: One of `STATES`.
        note: What became of it; a closed draft needs one.
        revision: The revision that was seen; None overwrites whatever is there.
        who: Who takes care of it; also for the audit trail.
        now: The present instant.

    Raises:
        NotFound: There is no such draft.
        Conflict: The draft has another revision by now.
        BadInput: Every fault, by field.
    """
    id_, note = _known_form(id), clean(note).strip()
    faults = []
    if state not in STATES:
        faults.append(Fault(where="state", what=f"{state[:40]!r} is no state", repair=", ".join(STATES)))
    if len(note) > LONGEST_NOTE:
        what = f"has {len(note)} characters"
        faults.append(Fault(where="note", what=what, repair=f"{LONGEST_NOTE} at most"))
    if state == "closed" and not note:
        repair = "say which case came of it, or why none did"
        faults.append(Fault(where="note", what="is empty", repair=repair))
    with store.writing() as session:
        row = rows.draft_row(session, id_)
        if row is None:
            raise NotFound("draft", id[:64])
        if faults:
            raise BadInput("nothing was changed", faults)
        before = {"state": row.state, "note": row.note}
        after = {"state": state, "note": note}
        if revision is not None and revision != row.revision:
            raise Conflict(
                f"the draft was changed meanwhile: revision {revision} is now {row.revision}",
                yours={**after, "revision": revision},
                theirs={**before, "revision": row.revision},
            )
        if before != after:
            row.state, row.note, row.handled_by = state, note, who
            row.revision += 1
            change = audit.Change(
                at=now, who=who, action="update", kind="drafts", thing_id=id_, before=before, after=after
            )
            audit.record(session, [change])
        session.flush()
        return _draft(row, rows.photos_of(session, [id_]))


def draft_became(store: Store, id: str, page_id: str, *, who: str, now: datetime) -> Draft:
    """Close a draft of which a page came; the page's id stands in it and in its note. Twice is once.

    Raises:
        NotFound: There is no such draft.
    """
    id_ = _known_form(id)
    with store.writing() as session:
        row = rows.draft_row(session, id_)
        if row is None:
            raise NotFound("draft", id[:64])
        before = {"state": row.state, "note": row.note}
        after = {"state": "closed", "note": page_id}
        if before != after or row.body.get(BECAME) != page_id:
            row.body = {**row.body, BECAME: page_id}
            row.state, row.note, row.handled_by = "closed", page_id, who
            row.revision += 1
            change = audit.Change(
                at=now, who=who, action="update", kind="drafts", thing_id=id_, before=before, after=after
            )
            audit.record(session, [change])
        session.flush()
        return _draft(row, rows.photos_of(session, [id_]))


def _known_form(text: str) -> str:
    """Return the id as it would be kept; what is none is in no database."""
    try:
        return str(UUID(text))
    except ValueError as error:
        raise NotFound("draft", text[:64]) from error


def _photo(row: rows.DraftPhotoRow) -> Photo:
    return Photo(
        position=row.position, media_type=row.media_type, size_bytes=row.size_bytes, digest=row.digest
    )


def _draft(row: rows.DraftRow, photos: Sequence[rows.DraftPhotoRow]) -> Draft:
    return Draft(
        id=row.id,
        texts={name: str(row.body.get(name, "")) for name in FIELDS},
        created=row.created_at.astimezone(UTC),
        received=row.received_at.astimezone(UTC),
        author=row.author,
        state=row.state,
        handled_by=row.handled_by,
        note=row.note,
        revision=row.revision,
        photos=tuple(_photo(one) for one in photos),
        imported=row.body.get("page", {}),
        page_id=str(row.body.get(BECAME, "")),
    )
