"""Pictures of a page: taken in, made harmless, shown before the page is saved, and written beside it with the page.

A picture is decoded in the limited child and written anew: what a camera wrote beside it (the place, the time, the
owner) and whatever hangs on behind its end is gone. Its name is made of its content, so the same picture is kept once.
Until its page is saved it waits in the database; then it is a file in `figures/` beside the page.
"""

import base64
import re
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any, cast

from kb.content import Library
from kb.content.files import content_of, file_below, replace_file
from kb.content.pages import Attachment
from kb.content.writing import edited_text
from kb.errors import BadImport, BadInput, Fault, NotFound
from kb.imports.limits import Limits, read_limited
from kb.store import Store
from kb.store import attachments as rows
from kb.usecases.editing_opening import Opened

WAITING = "page_pictures"
"""Kind of the rows of pictures whose page is not saved yet."""
FOLDER = "figures"
SECONDS = 20
MEMORY_BYTES = 1_500_000_000
KEPT_WAITING = timedelta(days=30)
"""A picture whose page was not saved by then is forgotten."""
MEDIA_TYPES = {"jpg": "image/jpeg", "png": "image/png"}
_ENDINGS = {media_type: ending for ending, media_type in MEDIA_TYPES.items()}
_NAME = re.compile(r"[0-9a-f]{16}\.(?:jpg|png)")
_NAMED = re.compile(rf"{FOLDER}/({_NAME.pattern})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture that was taken in.

    Args:
        name: Of its file; made of its content.
        alt: What it shows, from the name of the file that was sent.
        media_type: JPEG or PNG.
        size_bytes: As it is kept.
        width: In points, as it is kept.
        height: In points, as it is kept.
    """

    name: str
    alt: str
    media_type: str
    size_bytes: int
    width: int
    height: int

    @property
    def file(self) -> str:
        """What its page calls it."""
        return f"{FOLDER}/{self.name}"

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON, with the line of Markdown that shows it."""
        return {
            "file": self.file,
            "alt": self.alt,
            "kind": "image",
            "media_type": self.media_type,
            "size_bytes": self.size_bytes,
            "width": self.width,
            "height": self.height,
            "markdown": f"![{self.alt}]({self.file})",
        }


def keep_picture(
    store: Store, content: bytes, name: str, *, who: str, now: datetime, limit_bytes: int
) -> Picture:
    """Take a picture in, once however often it is sent, until its page is saved.

    Args:
        store: The database.
        content: The file.
        name: What it is called; only words for people are made of it.
        who: Who sends it.
        now: The present instant.
        limit_bytes: Largest file.

    Raises:
        BadInput: It is too large, or no picture that is kept; says what it is and what would do.
    """
    shown = PurePosixPath(name.replace("\\", "/")).name[:100] or "picture"
    if len(content) > limit_bytes:
        repair = f"send at most {limit_bytes:,}; a photo of 2,000 points a side needs no more"
        raise _refused(shown, f"has {len(content):,} bytes", repair)
    if not content:
        raise _refused(shown, "is empty", "choose a picture")
    made = _made_harmless(content, shown, limit_bytes)
    raw = base64.b64decode(made["content"])
    digest = str(made["digest"])
    picture = Picture(
        name=f"{digest[:16]}.{_ENDINGS[str(made['media_type'])]}",
        alt=_alt(shown),
        media_type=str(made["media_type"]),
        size_bytes=len(raw),
        width=int(made["width"]),
        height=int(made["height"]),
    )
    with store.writing() as session:
        for row in rows.attachment_rows(session, WAITING, [""]):
            if row.added_at.astimezone(UTC) < now.astimezone(UTC) - KEPT_WAITING:
                rows.remove_attachment(session, row)
        if rows.attachment_row(session, _id(picture.name)) is None:
            row = rows.AttachmentRow(
                id=_id(picture.name),
                kind=WAITING,
                thing_id="",
                name=picture.name,
                media_type=picture.media_type,
                digest=digest,
                size_bytes=len(raw),
                added_at=now,
                added_by=who[:80],
            )
            rows.add_attachment(session, row, raw)
    return picture


def waiting_in(store: Store, text: str) -> frozenset[str]:
    """Return the pictures (`figures/…`) that a page's text names and that wait to be written beside it."""
    named = set(_NAMED.findall(text))
    if not named:
        return frozenset()
    with store.reading() as session:
        return frozenset(
            f"{FOLDER}/{name}" for name in named if rows.attachment_row(session, _id(name)) is not None
        )


def picture_content(store: Store, library: Library, name: str) -> tuple[str, bytes]:
    """Return media type and bytes of a picture that waits, or that stands beside a page.

    Raises:
        NotFound: There is none of this name.
    """
    if not _NAME.fullmatch(name):
        raise NotFound("picture", name[:80])
    media_type = MEDIA_TYPES[name.rpartition(".")[2]]
    with store.reading() as session:
        row = rows.attachment_row(session, _id(name))
        content = rows.blob(session, row.digest) if row is not None else None
    if content is not None:
        return media_type, content
    wanted = f"{FOLDER}/{name}"
    for id_, page in library.pages.items():
        if any(one.file == wanted for one in page.attachments) or wanted in library.bodies[id_]:
            content = content_of(_file(library, library.paths[id_], name))
            if content is not None:
                return media_type, content
    raise NotFound("picture", name)


def write_beside(store: Store, library: Library, path: str, text: str) -> tuple[Path, ...]:
    """Write the waiting pictures that a page names into `figures/` beside it; return the files that were made.

    They wait on until `forget_waiting`: a page that is refused after this is sent again.

    Raises:
        Unwritable: One cannot be written.
    """
    made = []
    for wanted in sorted(waiting_in(store, text)):
        name = wanted.rpartition("/")[2]
        file = _file(library, path, name)
        if content_of(file) is None:
            replace_file(file, picture_content(store, library, name)[1])
            made.append(file)
    return tuple(made)


def forget_waiting(store: Store, text: str) -> None:
    """Forget the waiting pictures that a saved page names: they stand beside it now."""
    names = waiting_in(store, text)
    if not names:
        return
    with store.writing() as session:
        for name in names:
            row = rows.attachment_row(session, _id(name.rpartition("/")[2]))
            if row is not None:
                rows.remove_attachment(session, row)


def text_with_picture(opened: Opened, picture: Picture, alt: str = "") -> str:
    """Return the text of a page with a picture added at its end; the same where the page has it already.

    Raises:
        BadInput: The file of the page is broken.
    """
    page = opened.page
    if page is None:
        fault = Fault(where=opened.path, what="is broken", repair="mend the file first")
        raise BadInput("nothing was written", [fault])
    if any(one.file == picture.file for one in page.attachments):
        return opened.text
    said = " ".join(alt.split()) or picture.alt
    entry = Attachment(file=picture.file, alt=said, kind="image")
    label = said.replace("[", "(").replace("]", ")")
    body = f"{opened.body.rstrip()}\n\n![{label}]({picture.file})\n"
    wanted = page.model_copy(update={"attachments": (*page.attachments, entry)})
    return edited_text(opened.text, page, wanted, body)


def _made_harmless(content: bytes, shown: str, limit_bytes: int) -> dict[str, Any]:
    limits = Limits(file_bytes=limit_bytes, seconds=SECONDS, memory_bytes=MEMORY_BYTES)
    with tempfile.TemporaryDirectory(prefix="servicebook-picture-") as folder:
        path = Path(folder) / "picture"
        path.write_bytes(content)
        try:
            return cast("dict[str, Any]", read_limited("picture", path, name=shown, limits=limits))
        except BadImport as refused:
            raise BadInput("the picture was not kept", refused.faults) from refused


def _file(library: Library, path: str, name: str) -> Path:
    return file_below(library.folder, str(PurePosixPath(path).parent / FOLDER / name))


def _alt(name: str) -> str:
    stem = PurePosixPath(name).stem
    words = " ".join("".join(sign if sign.isalnum() else " " for sign in stem).split())
    return words[:80] or "图"


def _id(name: str) -> str:
    return f"{WAITING}-{name}"


def _refused(name: str, what: str, repair: str) -> BadInput:
    return BadInput("the picture was not kept", [Fault(where=name, what=what, repair=repair)])
