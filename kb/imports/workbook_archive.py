"""Whether a zip archive may be opened: bombs, overlapping entries, passwords and lies are refused before any is read.

Python before 3.11.8 does not see overlapping entries (CVE-2024-0450), so they are looked for here.
"""

import struct
import zlib
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from kb.errors import BadImport, Fault

ENTRY_LIMIT = 2000
UNPACKED_BYTES = 200_000_000
"""A workbook of 10,000 machines with five years of readings unpacks to about 60 MB."""
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_ENCRYPTED = 0x1
_DOCUMENT_TYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
_BLOCK_BYTES = 1_000_000


def refused(where: str, what: str, repair: str = "") -> BadImport:
    """Return the error for a file that is not read for one reason; `where` is empty for the file itself."""
    return BadImport(f"{where or 'the file'} was not read", [Fault(where=where, what=what, repair=repair)])


def checked_entries(path: Path, *, most: int | None = None) -> list[str]:
    """Return the names of the archive's entries, all of which may be read.

    Args:
        path: The archive.
        most: How many entries it may have; `ENTRY_LIMIT` where it is None.

    Raises:
        BadImport: The archive is damaged, encrypted, too large when unpacked, or contradicts itself.
    """
    try:
        with ZipFile(path) as archive:
            entries = archive.infolist()
    except (BadZipFile, ValueError, OSError, NotImplementedError, UnicodeError) as error:
        raise refused("", f"is a damaged archive: {error}", "save it again") from error
    most = ENTRY_LIMIT if most is None else most
    if len(entries) > most:
        raise refused("", f"has {len(entries):,} entries", f"at most {most:,} are read")
    total = sum(entry.file_size for entry in entries)
    if total > UNPACKED_BYTES:
        raise refused("", f"unpacks to {total:,} bytes", f"at most {UNPACKED_BYTES:,} are read; split it")
    names = [entry.filename for entry in entries]
    if len(set(names)) < len(names):
        raise refused("", "has two entries of one name", "save it again")
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise refused("", "is protected by a password", "save it without one")
    if any(entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for entry in entries):
        raise refused("", "is packed in a way that workbooks do not use", "save it again")
    if _overlap(path, entries):
        raise refused("", "has entries that overlap, as zip bombs have", "save it again")
    return names


def _overlap(path: Path, entries: list[ZipInfo]) -> bool:
    """Whether two entries share bytes of the file."""
    end = 0
    with path.open("rb") as file:
        for entry in sorted(entries, key=lambda one: one.header_offset):
            if entry.header_offset < end:
                return True
            file.seek(entry.header_offset)
            header = file.read(_LOCAL_HEADER.size)
            if len(header) < _LOCAL_HEADER.size or header[:4] != b"PK\x03\x04":
                return True
            _, name_bytes, extra_bytes = _LOCAL_HEADER.unpack(header)
            end = entry.header_offset + _LOCAL_HEADER.size + name_bytes + extra_bytes + entry.compress_size
    return False


def refuse_document_types(path: Path, names: list[str]) -> None:
    """Refuse an archive whose XML declares a document type: entities come with it, and no office program writes one.

    The library reads some parts with a parser that expands no entity and others with one that refuses them;
    this makes it one rule for all.

    Raises:
        BadImport: A part has a document type, or cannot be unpacked.
    """
    overlap = max(len(sign) for sign in _DOCUMENT_TYPES)
    try:
        with ZipFile(path) as archive:
            for name in names:
                with archive.open(name) as part:
                    tail = b""
                    while block := part.read(_BLOCK_BYTES):
                        if any(sign in tail + block for sign in _DOCUMENT_TYPES):
                            raise refused("", f"has a document type in {name}", "save it again")
                        tail = block[-overlap:]
    except (BadZipFile, zlib.error, EOFError, OSError) as error:
        raise refused("", f"is a damaged archive: {error}", "save it again") from error
