"""Pictures from outside: decoded, made small enough, and written anew, so that nothing but the picture comes in.

Runs in the limited child. A picture that is written anew has no metadata (where it was taken, by whom) and no bytes
behind its end; what cannot be decoded is refused.
"""

import base64
import hashlib
import io
import warnings

from PIL import Image, UnidentifiedImageError

MOST_PIXELS = 50_000_000
"""A phone's photo has 12 to 50 million; a picture of more is a bomb or a poster."""
LONGEST_SIDE = 2000
READABLE = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")
_JPEG_QUALITY = 88
_DRAWINGS = {
    b"\x01\x00\x00\x00": "an EMF drawing",
    b"\xd7\xcd\xc6\x9a": "a WMF drawing",
    b"\x01\x00\x09\x00": "a WMF drawing",
}
_BROKEN = (
    UnidentifiedImageError,
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    IndexError,
    TypeError,
    KeyError,
)


class NoPicture(Exception):
    """It is not kept; the message says why."""


def kept_picture(content: bytes) -> dict[str, object]:
    """Return a picture as it is kept: `media_type`, `digest` (SHA-256), `content` (base64), `width`, `height`.

    Raises:
        NoPicture: It is of a kind that is not kept, too large, or broken.
    """
    for start, kind in _DRAWINGS.items():
        if content.startswith(start):
            raise NoPicture(f"is {kind}, which only its own program can show; save it as PNG and add it")
    if content.lstrip()[:5].lower() in (b"<?xml", b"<svg ", b"<svg>"):
        raise NoPicture("is an SVG drawing, which may carry script; save it as PNG and add it")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=READABLE) as picture:
                width, height = picture.size
                if width * height > MOST_PIXELS:
                    raise NoPicture(f"has {width} × {height} points; at most {MOST_PIXELS:,} are read")
                photo = picture.format == "JPEG"
                return _anew(picture, photo=photo)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise NoPicture(f"has too many points; at most {MOST_PIXELS:,} are read") from error
    except _BROKEN as error:
        raise NoPicture("is no picture that can be read") from error


def _anew(picture: Image.Image, *, photo: bool) -> dict[str, object]:
    turned = _upright(picture)
    turned.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = io.BytesIO()
    if photo:
        turned.convert("RGB").save(out, "JPEG", quality=_JPEG_QUALITY)
    else:
        has_alpha = turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info
        turned.convert("RGBA" if has_alpha else "RGB").save(out, "PNG")
    made = out.getvalue()
    return {
        "media_type": "image/jpeg" if photo else "image/png",
        "digest": hashlib.sha256(made).hexdigest(),
        "content": base64.b64encode(made).decode(),
        "width": turned.width,
        "height": turned.height,
    }


def _upright(picture: Image.Image) -> Image.Image:
    """Return the picture as it is to be seen: cameras write which side is up into metadata that is not kept."""
    turns = {
        3: Image.Transpose.ROTATE_180,
        6: Image.Transpose.ROTATE_270,
        8: Image.Transpose.ROTATE_90,
    }
    turn = turns.get(picture.getexif().get(_ORIENTATION, 1))
    return picture.transpose(turn) if turn is not None else picture.copy()


_ORIENTATION = 0x0112
