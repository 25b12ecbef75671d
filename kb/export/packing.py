"""Office files are zip archives: how their bytes are made the same each time, and safe for XML."""

import io
import re
import zipfile
from collections.abc import Mapping

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip entry can bear; the true time stands in docProps/core.xml."""
_FIRST = "[Content_Types].xml"
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """Return `text` without the characters that XML 1.0 cannot hold, and with plain line ends."""
    return _NOT_IN_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def packed(archive: bytes, replaced: Mapping[str, bytes] | None = None) -> bytes:
    """Return the zip `archive` with fixed times, order and attributes, so that equal content is equal bytes.

    Args:
        archive: A zip file.
        replaced: New content by entry name, for entries that the library stamps with the clock.
    """
    new = replaced or {}
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in sorted(source.namelist(), key=lambda entry: (entry != _FIRST, entry)):
            entry = zipfile.ZipInfo(name, date_time=_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0  # one system for all, else Windows and Linux write different bytes
            target.writestr(entry, new.get(name, source.read(name)))
    return buffer.getvalue()
