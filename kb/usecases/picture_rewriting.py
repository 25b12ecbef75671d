"""A picture that somebody sent is decoded in the limited child and written anew: no place, no camera, nothing behind it."""

import base64
import tempfile
from pathlib import Path
from typing import Any, cast

from kb.imports.limits import Limits, read_limited

SECONDS = 20
MEMORY_BYTES = 1_500_000_000


def written_anew(content: bytes, *, limit_bytes: int) -> tuple[str, bytes]:
    """Return the media type and the bytes of a picture that has nothing but its points.

    Args:
        content: As it was sent.
        limit_bytes: Of what was sent.

    Raises:
        BadImport: It is no picture that can be decoded, or a bomb; the faults say why.
    """
    limits = Limits(file_bytes=limit_bytes, seconds=SECONDS, memory_bytes=MEMORY_BYTES)
    with tempfile.TemporaryDirectory(prefix="servicebook-picture-") as folder:
        path = Path(folder) / "picture"
        path.write_bytes(content)
        made = cast("dict[str, Any]", read_limited("picture", path, name="content", limits=limits))
    return str(made["media_type"]), base64.b64decode(made["content"])
