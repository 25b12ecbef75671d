"""Reads a zip of Markdown pages and their pictures, or a single Markdown file.

Runs in the limited child. Nothing is unpacked to the disk, so no name leads anywhere; names that would are refused
all the same, because they show that the archive was made to harm.
"""

import hashlib
import stat
import zlib
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

from kb.errors import BadImport, Fault
from kb.imports.pictures import NoPicture, kept_picture
from kb.imports.workbook_archive import checked_entries, refused

MOST_ENTRIES = 20_000
PAGE_BYTES = 1_000_000
FAULT_LIMIT = 200
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp")
_ARCHIVES = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh")
_UTF8_NAME = 0x800
_HIDDEN = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


def read(path: Path) -> dict[str, object]:
    """Return the pages and pictures of the file at `path`.

    Returns:
        `pages`: each with `name` and `text`; `pictures`: by name what `kept_picture` returns; `notes`: pairs of
        place and sentence, of what is left out; `digests`: SHA-256 of each other file as it came, by name.

    Raises:
        BadImport: The file is of another kind, hostile, too large or damaged; every bad name is told.
    """
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        raise refused("", "is empty", "give a .md file or a zip of them")
    if not head.startswith(b"PK"):
        return {
            "pages": [{"name": "", "text": _decoded(path.read_bytes(), "")}],
            "pictures": {},
            "notes": [],
            "digests": {},
        }
    names = checked_entries(path, most=MOST_ENTRIES)
    if "word/document.xml" in names or "xl/workbook.xml" in names:
        raise refused("", "is an office document", "import it as such")
    with ZipFile(path) as archive:
        entries = archive.infolist()
        _refuse_names(entries)
        return _entries(archive, entries)


def _entries(archive: ZipFile, entries: list[ZipInfo]) -> dict[str, object]:
    pages: list[dict[str, str]] = []
    pictures: dict[str, dict[str, object]] = {}
    notes: list[tuple[str, str]] = []
    digests: dict[str, str] = {}
    for entry in entries:
        name = _name(entry)
        if entry.is_dir() or name.startswith(_HIDDEN) or name.endswith(_HIDDEN):
            continue
        try:
            content = archive.read(entry)
        except (BadZipFile, zlib.error, EOFError, OSError) as error:
            raise refused(name, f"is damaged: {error}", "pack it again") from error
        if name.lower().endswith((".md", ".markdown")):
            if len(content) > PAGE_BYTES:
                raise refused(name, f"has {len(content):,} bytes", f"a page has at most {PAGE_BYTES:,}")
            pages.append({"name": name, "text": _decoded(content, name)})
            continue
        digests[name] = hashlib.sha256(content).hexdigest()
        if name.lower().endswith(PICTURES):
            try:
                pictures[name] = kept_picture(content)
            except NoPicture as reason:
                notes.append((name, f"{reason}; it is left out"))
        elif content.startswith(_ARCHIVES):
            notes.append((name, "is an archive within the archive; it is not opened"))
        else:
            notes.append((name, "is neither a Markdown page nor a picture; it is left out"))
    return {"pages": pages, "pictures": pictures, "notes": notes, "digests": digests}


def _refuse_names(entries: list[ZipInfo]) -> None:
    faults: list[Fault] = []
    seen: dict[str, str] = {}
    for entry in entries:
        name = _name(entry)
        parts = PurePosixPath(name).parts
        what = ""
        if stat.S_ISLNK(entry.external_attr >> 16):
            what = "is a link to another file"
        elif name.startswith("/") or (len(name) > 1 and name[1] == ":"):
            what = "is an absolute name"
        elif ".." in parts:
            what = "leads out of the archive"
        elif "\0" in name or any(ord(sign) < 32 for sign in name):
            what = "has control characters"
        elif name.casefold() in seen and seen[name.casefold()] != "dir":
            what = "is there twice"
        if what:
            faults.append(
                Fault(where=name[:200], what=what, repair="pack the pages again, by name below one folder")
            )
        seen[name.casefold()] = "dir" if entry.is_dir() else "file"
    if faults:
        raise BadImport("the archive was not read", faults[:FAULT_LIMIT])


def _name(entry: ZipInfo) -> str:
    """Return an entry's name with slashes; one without the UTF-8 mark is read as UTF-8, then as GB 18030."""
    name = entry.orig_filename
    if not entry.flag_bits & _UTF8_NAME:
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:
            raw = None
        for encoding in ("utf-8", "gb18030") if raw is not None else ():
            try:
                name = raw.decode(encoding) if raw is not None else name
                break
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/")


def _decoded(raw: bytes, name: str) -> str:
    encodings = ("utf-16",) if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8", "gb18030")
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise refused(name, "is no text", "save it as UTF-8")
