"""One picture from outside, in the limited child: decoded, and written anew as `kb.imports.pictures` does."""

from pathlib import Path

from kb.errors import BadImport, Fault
from kb.imports.pictures import NoPicture, kept_picture


def read(path: Path) -> dict[str, object]:
    """Return a picture as it is kept; see `kept_picture`.

    Raises:
        BadImport: It is none that is kept; the fault says why.
    """
    try:
        return kept_picture(path.read_bytes())
    except NoPicture as refused:
        repair = "choose a PNG, JPEG, WebP, GIF, BMP or TIFF picture"
        raise BadImport(
            "the picture was not kept", [Fault(where="", what=str(refused), repair=repair)]
        ) from refused
