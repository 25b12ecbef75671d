"""Files of records: checked by their bytes and their name's ending, kept once by content, handed out and never run."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePosixPath

from kb.errors import BadInput, Fault, NotAllowed, NotFound
from kb.store import Store
from kb.store import attachments as files
from kb.store.records import RecordRow, Session
from kb.usecases.record_kinds import kind_named
from kb.usecases.record_nouns import Actor, FileInfo, file_info
from kb.usecases.record_reading import RECORDS, row_of
from kb.usecases.records import tell

MOST_FILES = 100
LONGEST_NAME = 200
LONGEST_NOTE = 300
_OFFICE = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES: Mapping[str, str] = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "pdf": "application/pdf",
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "pptx": f"{_OFFICE}.presentationml.presentation",
    "zip": "application/zip",
    "mp4": "video/mp4",
    "txt": "text/plain",
    "csv": "text/csv",
}
"""What a file may be, by the ending of its name; SVG, HTML and programs are not among it, because they run."""
_BEGINNINGS: Mapping[str, tuple[bytes, ...]] = {
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/webp": (b"RIFF",),
    "application/pdf": (b"%PDF-",),
    "application/zip": (b"PK\x03\x04",),
}
_ZIPPED = ("docx", "xlsx", "pptx")


def add_file(
    store: Store,
    handle: str,
    *,
    name: str,
    content: bytes,
    note: str = "",
    id: str,
    actor: Actor,
    now: datetime,
    limit_bytes: int,
) -> FileInfo:
    """Keep a file with a record and return what is known of it; the same bytes are kept once a record.

    Raises:
        NotFound: There is no such record.
        NotAllowed: The role may not change such records.
        BadInput: The file is too large, empty, of another kind than its name says, or of one that is not taken.
    """
    plain = PurePosixPath(name.replace("\\", "/")).name.strip()
    plain = "".join(sign for sign in plain if sign.isprintable())[-LONGEST_NAME:]
    media_type, faults = _checked(plain, content, limit_bytes)
    if len(note) > LONGEST_NOTE:
        faults.append(
            Fault(where="note", what=f"has {len(note)} characters", repair=f"{LONGEST_NOTE} at most")
        )
    with store.writing() as session:
        row = _writable(session, handle, actor)
        held = files.attachment_rows(session, RECORDS, [row.id])
        digest = hashlib.sha256(content).hexdigest()
        same = next((one for one in held if one.digest == digest), None)
        if same is not None and not faults:
            return file_info(same)
        if len(held) >= MOST_FILES:
            faults.append(
                Fault(where="file", what=f"would be one of {len(held) + 1}", repair=f"{MOST_FILES} at most")
            )
        if faults:
            raise BadInput("the file was not kept", faults)
        kept = files.AttachmentRow(
            id=id,
            kind=RECORDS,
            thing_id=row.id,
            name=plain,
            media_type=media_type,
            digest=digest,
            size_bytes=len(content),
            added_at=now,
            added_by=actor.name,
            note=note.strip(),
        )
        files.add_attachment(session, kept, content)
        tell(session, row, f"{id}-f"[-64:], actor, now, action="attach", note=f"{plain} ({digest[:12]})")
        return file_info(kept)


def remove_file(store: Store, handle: str, file_id: str, *, id: str, actor: Actor, now: datetime) -> None:
    """Take a file off a record; its bytes stay for the log until personal data is erased. Twice is as once.

    Raises:
        NotFound: There is no such record or file.
        NotAllowed: The role may not change such records.
    """
    with store.writing() as session:
        row = _writable(session, handle, actor)
        kept = _of(session, row, file_id)
        if kept.removed:
            return
        kept.removed = True
        session.flush()
        tell(session, row, id, actor, now, action="detach", note=f"{kept.name} ({kept.digest[:12]})")


def file_of(store: Store, handle: str, file_id: str) -> tuple[FileInfo, bytes]:
    """Return a file of a record and its bytes.

    Raises:
        NotFound: There is no such record or file.
    """
    with store.reading() as session:
        kept = _of(session, row_of(session, handle), file_id)
        content = None if kept.removed else files.blob(session, kept.digest)
        if content is None:
            raise NotFound("file", file_id[:64])
        return file_info(kept), content


def _writable(session: Session, handle: str, actor: Actor) -> RecordRow:
    row = row_of(session, handle)
    needs = kind_named(row.kind).writes
    if not actor.role.contains(needs):
        raise NotAllowed(f"changing the files of {row.number} needs the role {needs.value}")
    return row


def _of(session: Session, row: RecordRow, file_id: str) -> files.AttachmentRow:
    kept = files.attachment_row(session, file_id[:64]) if "\0" not in file_id else None
    if kept is None or kept.kind != RECORDS or kept.thing_id != row.id:
        raise NotFound("file", file_id[:64])
    return kept


def _checked(name: str, content: bytes, limit_bytes: int) -> tuple[str, list[Fault]]:
    ending = name.rpartition(".")[2].casefold() if "." in name else ""
    media_type = MEDIA_TYPES.get(ending, "")
    faults = []
    if not media_type:
        taken = ", ".join(MEDIA_TYPES)
        faults.append(
            Fault(where="file", what=f"{name[-60:]!r} is of a kind that is not taken", repair=taken)
        )
    if not content:
        faults.append(Fault(where="file", what="is empty", repair="send one with content"))
    elif len(content) > limit_bytes:
        faults.append(
            Fault(where="file", what=f"has {len(content):,} bytes", repair=f"{limit_bytes:,} at most")
        )
    elif media_type and not _is_what_it_says(ending, media_type, content):
        faults.append(
            Fault(
                where="file",
                what=f"is named .{ending} and is something else",
                repair="send it under its own name",
            )
        )
    return media_type, faults


def _is_what_it_says(ending: str, media_type: str, content: bytes) -> bool:
    if ending in _ZIPPED:
        return content.startswith(_BEGINNINGS["application/zip"])
    if media_type.startswith("text/"):
        return b"\0" not in content[:4_096]
    if ending == "mp4":
        return content[4:8] == b"ftyp"
    if ending == "webp":
        return content.startswith(b"RIFF") and content[8:12] == b"WEBP"
    return content.startswith(_BEGINNINGS[media_type])
