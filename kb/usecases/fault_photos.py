"""Photos of a fault report: written anew without what the camera wrote into them, shown to people of the department only."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kb.errors import BadImport, Fault, Message, NotFound
from kb.store import Store
from kb.store import attachments as files
from kb.store.register import Session
from kb.usecases.draft_checking import media_type_of
from kb.usecases.drafts import Photo
from kb.usecases.fault_log import AUDITED, report_of
from kb.usecases.picture_rewriting import written_anew

MOST_PHOTOS = 3
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Photos:
    """Photos that may be kept, and what is wrong with those that may not."""

    contents: tuple[bytes, ...] = ()
    faults: tuple[Fault, ...] = ()


def harmless_photos(photos: Sequence[bytes], *, limit_bytes: int) -> Photos:
    """Return photos without place, camera and whatever else was written into them, each made anew in the limited child.

    Takes a moment for each photo, so it runs before a transaction is opened.
    """
    faults = _photo_faults(photos, limit_bytes)
    if faults:
        return Photos(faults=tuple(faults))
    contents = []
    for number, content in enumerate(photos, start=1):
        try:
            contents.append(written_anew(content, limit_bytes=limit_bytes)[1])
        except BadImport as refused:
            faults += [replace(one, where=f"photos[{number}]") for one in refused.faults]
    return Photos(contents=tuple(contents), faults=tuple(faults))


def _photo_faults(photos: Sequence[bytes], limit_bytes: int) -> list[Fault]:
    faults = []
    if len(photos) > MOST_PHOTOS:
        faults.append(
            Fault(
                where="photos",
                what=Message("are {count}", count=len(photos)),
                repair=Message("{most} at most", most=MOST_PHOTOS),
            )
        )
    for number, content in enumerate(photos[:MOST_PHOTOS], start=1):
        if media_type_of(content) is None:
            faults.append(
                Fault(where=f"photos[{number}]", what="is no photo", repair="send JPEG, PNG or WebP")
            )
        elif len(content) > limit_bytes:
            what = Message("has {count:,} bytes", count=len(content))
            faults.append(
                Fault(
                    where=f"photos[{number}]",
                    what=what,
                    repair=Message("{most:,} at most", most=limit_bytes),
                )
            )
    return faults


def keep_photos(
    session: Session, report_id: str, photos: Sequence[bytes], *, who: str, now: datetime
) -> None:
    """Keep the photos of a new report inside a writing transaction."""
    for number, content in enumerate(photos, start=1):
        media_type = str(media_type_of(content))
        row = files.AttachmentRow(
            id=f"{report_id}-p{number}",
            kind=AUDITED,
            thing_id=report_id,
            name=f"{number}.{_ENDINGS[media_type]}",
            media_type=media_type,
            digest=hashlib.sha256(content).hexdigest(),
            size_bytes=len(content),
            added_at=now,
            added_by=who,
        )
        files.add_attachment(session, row, content)


def photos_of(session: Session, report_id: str) -> tuple[Photo, ...]:
    """Return what is known of the photos of a report; they count from 1."""
    return tuple(
        Photo(position=number, media_type=row.media_type, size_bytes=row.size_bytes, digest=row.digest)
        for number, row in enumerate(_shown(session, report_id), start=1)
    )


def _shown(session: Session, report_id: str) -> list[files.AttachmentRow]:
    return [
        row
        for row in files.attachment_rows(session, AUDITED, [report_id])
        if row.media_type in _ENDINGS and not row.removed
    ]


def report_photo(store: Store, report_id: str, position: int) -> tuple[Photo, bytes]:
    """Return a photo of a report and its bytes.

    Raises:
        NotFound: The report, or the photo, is not there.
    """
    with store.reading() as session:
        row = report_of(session, report_id)
        found = _shown(session, row.id)
        content = files.blob(session, found[position - 1].digest) if 1 <= position <= len(found) else None
        if content is None:
            raise NotFound("photo", f"{report_id[:64]}/{position}")
        return photos_of(session, row.id)[position - 1], content
