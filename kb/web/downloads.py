"""Files that a browser saves: the right type, and a name in any script."""

import re
from urllib.parse import quote

from fastapi.responses import Response


def download(content: bytes, media_type: str, name: str) -> Response:
    """Return `content` as a file to save as `name`.

    Source:
        RFC 6266 with RFC 5987: `filename` in ASCII for old programs, `filename*` in UTF-8 for all others.
    """
    clean = re.sub(r'[\x00-\x1f\x7f<>:"/\\|?*]+', "_", name).strip(" .") or "file"
    plain = re.sub(r"_+", "_", re.sub(r"[^A-Za-z0-9._-]", "_", clean))
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(clean, safe='')}"
    return Response(
        content,
        media_type=media_type,
        headers={"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"},
    )
