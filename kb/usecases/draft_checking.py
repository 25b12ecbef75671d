"""What a phone sends as a draft is looked through: texts cleaned, photos known by their bytes, all faults told at once."""

import base64
import binascii
import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from kb.errors import BadInput, Fault

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
class Checked:
    """A draft that may be kept.

    Args:
        id: In its one way of writing.
        created: In UTC.
        texts: Every field, cleaned.
        photos: Media type and bytes of each.
        digest: Of all but the id: the same draft has the same.
    """

    id: str
    created: datetime
    texts: Mapping[str, str]
    photos: Sequence[tuple[str, bytes]]
    digest: str


def checked(sent: Sent, *, photo_limit_bytes: int) -> Checked:
    """Return a draft as it may be kept.

    Args:
        sent: What the phone sent.
        photo_limit_bytes: Largest photo.

    Raises:
        BadInput: Every fault, by field.
    """
    faults: list[Fault] = []
    id_ = _id(sent.id, faults)
    texts = _texts(sent.texts, faults)
    if sent.created.tzinfo is None or sent.created.year not in YEARS:
        repair = "an instant with its offset, 2000 to 2100"
        faults.append(Fault(where="created", what=f"is {sent.created}", repair=repair))
    photos = _photos(sent.photos, photo_limit_bytes, faults)
    if faults:
        raise BadInput("the draft was not kept", faults)
    created = sent.created.astimezone(UTC)
    digest = _digest(created, texts, [content for _, content in photos])
    return Checked(id=id_, created=created, texts=texts, photos=photos, digest=digest)


def _texts(sent: Mapping[str, str], faults: list[Fault]) -> dict[str, str]:
    texts = {name: clean(sent.get(name, "")).strip() for name in FIELDS}
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


def clean(text: str) -> str:
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


def _id(text: str, faults: list[Fault]) -> str:
    """Return an id in its one way of writing, so that a draft cannot come twice in two."""
    try:
        id_ = str(UUID(text))
    except ValueError:
        id_ = ""
    if not id_ or id_ != text.lower():
        faults.append(Fault(where="id", what=f"{text[:40]!r} is no UUID", repair="8-4-4-4-12 digits, 0 to f"))
    return id_
