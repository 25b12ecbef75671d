"""Draft cases from the field: received exactly once, read, taken up and closed.

The phone makes the id, and sends the whole draft until it hears an answer. So a draft may come several times; the same
draft again changes nothing and gets the same answer, and another draft under the same id is refused.
"""

import base64
import binascii
import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, get_args
from uuid import UUID

from kb.errors import BadInput, BadQuery, Conflict, Fault, NotFound
from kb.store import Store
from kb.store import drafts as rows
from kb.store import register as audit

State = Literal["new", "taken", "closed"]
STATES: tuple[State, ...] = get_args(State)

FIELDS: Mapping[str, int] = {
    "machine": 200,
    "alarm": 500,
    "symptom": 4000,
    "ruled_out": 4000,
    "cured_by": 4000,
    "notes": 8000,
}
"""What a draft says, and how many characters each may have."""
NEEDED = ("alarm", "symptom")
"""At least one of these is written."""
MOST_PHOTOS = 4
MOST_ROWS = 200
DEEPEST = 10_000
LONGEST_NOTE = 500
YEARS = range(2000, 2101)
"""A phone's clock may be wrong, but not by a century."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A draft as a phone sends it.

    Args:
        id: A UUID that the phone made.
        created: When it was begun, by the phone's clock.
        texts: By field of `FIELDS`; a missing one is empty.
        photos: Base64 of the bytes of each photo.
    """

    id: str
    created: datetime
    texts: Mapping[str, str]
    photos: Sequence[str] = ()


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

    @property
    def title(self) -> str:
        """The first line of what was seen, after the machine."""
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
    faults: list[Fault] = []
    id_ = _id(sent.id, faults)
    texts = _texts(sent.texts, faults)
    if sent.created.tzinfo is None or sent.created.year not in YEARS:
        faults.append(
            Fault(
                where="created", what=f"is {sent.created}", repair="an instant with its offset, 2000 to 2100"
            )
        )
    photos = _photos(sent.photos, photo_limit_bytes, faults)
    if faults:
        raise BadInput("the draft was not kept", faults)
    created = sent.created.astimezone(UTC)
    digest = _digest(created, texts, [content for _, content in photos])
    with store.writing() as session:
        known = rows.draft_row(session, id_)
        if known is not None:
            kept = _draft(known, rows.photos_of(session, [id_]))
            if known.digest != digest:
                raise Conflict(
                    f"another draft has the id {id_}; give this one an id of its own",
                    yours={**texts, "created": created.isoformat(), "photos": len(photos)},
                    theirs={**kept.texts, "created": kept.created.isoformat(), "photos": len(kept.photos)},
                )
            return kept, False
        row = rows.DraftRow(
            id=id_, digest=digest, body=texts, created_at=created, received_at=now, author=author
        )
        pictures = [
            rows.DraftPhotoRow(
                draft_id=id_,
                position=position,
                media_type=media_type,
                digest=hashlib.sha256(content).hexdigest(),
                size_bytes=len(content),
                content=content,
            )
            for position, (media_type, content) in enumerate(photos, start=1)
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
        row = rows.photo_row(session, id_, position) if 1 <= position <= MOST_PHOTOS else None
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
    id_, note = _known_form(id), _clean(note).strip()
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


def _id(text: str, faults: list[Fault]) -> str:
    """Return an id in its one way of writing, so that a draft cannot come twice in two."""
    try:
        id_ = str(UUID(text))
    except ValueError:
        id_ = ""
    if not id_ or id_ != text.lower():
        faults.append(Fault(where="id", what=f"{text[:40]!r} is no UUID", repair="8-4-4-4-12 digits, 0 to f"))
    return id_


def _known_form(text: str) -> str:
    """Return the id as it would be kept; what is none is in no database."""
    try:
        return str(UUID(text))
    except ValueError as error:
        raise NotFound("draft", text[:64]) from error


def _texts(sent: Mapping[str, str], faults: list[Fault]) -> dict[str, str]:
    texts = {name: _clean(sent.get(name, "")).strip() for name in FIELDS}
    for name in sorted(set(sent) - set(FIELDS)):
        faults.append(Fault(where=name[:40], what="is no field of a draft", repair=", ".join(FIELDS)))
    for name, most in FIELDS.items():
        if len(texts[name]) > most:
            what = f"has {len(texts[name]):,} characters"
            faults.append(Fault(where=name, what=what, repair=f"{most:,} at most"))
    if not any(texts[name] for name in NEEDED):
        repair = "write what the control shows, or what the customer complains of"
        faults.append(Fault(where=NEEDED[1], what="is empty, and so is the alarm", repair=repair))
    return texts


def _clean(text: str) -> str:
    """Return a text without signs that no database takes or no page shows: they are not worth a refusal."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = {"Cc": " ", "Cs": "\ufffd"}
    return "".join(sign if sign in "\n\t" else plain.get(unicodedata.category(sign), sign) for sign in text)


def _photos(sent: Sequence[str], limit_bytes: int, faults: list[Fault]) -> list[tuple[str, bytes]]:
    """Return media type and bytes of each photo; the type is what the bytes begin with, never what is said."""
    if len(sent) > MOST_PHOTOS:
        faults.append(Fault(where="photos", what=f"are {len(sent)}", repair=f"{MOST_PHOTOS} at most"))
    photos = []
    for position, encoded in enumerate(sent[:MOST_PHOTOS], start=1):
        where = f"photos[{position}]"
        try:
            content = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            faults.append(Fault(where=where, what="is no base64", repair="send the bytes in base64"))
            continue
        media_type = media_type_of(content)
        if media_type is None:
            faults.append(Fault(where=where, what="is no photo", repair="send JPEG, PNG or WebP"))
        elif len(content) > limit_bytes:
            what = f"has {len(content):,} bytes"
            faults.append(Fault(where=where, what=what, repair=f"{limit_bytes:,} at most"))
        else:
            photos.append((media_type, content))
    return photos


def media_type_of(content: bytes) -> str | None:
    """Return what kind of photo the bytes begin as; None where it is none that is kept.

    Source:
        The signatures of ISO/IEC 10918-1 (SOI and a marker), of the PNG specification, and of RFC 9649 (WebP).
    """
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    return None


def _digest(created: datetime, texts: Mapping[str, str], photos: Sequence[bytes]) -> str:
    whole = {
        "created": created.isoformat(),
        "photos": [hashlib.sha256(content).hexdigest() for content in photos],
        "texts": dict(texts),
    }
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


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
    )
