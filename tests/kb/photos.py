"""Photos as a phone takes them: with the place, the camera and a second picture in what it writes beside them."""

import io

from PIL import Image

_GPS, _MAKE, _ORIENTATION = 0x8825, 0x010F, 0x0112
PLACE = {1: "N", 2: (31.0, 18.0, 7.5), 3: "E", 4: (120.0, 35.0, 6.25)}
CAMERA = "SamplePhone"


def photo_with_place(*, size: tuple[int, int] = (16, 8)) -> bytes:
    """Return a JPEG whose EXIF has the place where it was taken and the camera, and which has bytes behind its end."""
    exif = Image.Exif()
    exif[_MAKE] = CAMERA
    exif[_ORIENTATION] = 6  # lies on its side: upright it is as high as it was wide
    exif[_GPS] = PLACE
    file = io.BytesIO()
    Image.new("RGB", size, "navy").save(file, "JPEG", exif=exif, quality=30)
    return file.getvalue() + b"behind the end"


def place_in(content: bytes) -> dict[int, object]:
    """Return the place that a picture tells; empty where it tells none."""
    with Image.open(io.BytesIO(content)) as picture:
        return dict(picture.getexif().get_ifd(_GPS))


def size_of(content: bytes) -> tuple[int, int]:
    """Return width and height of a picture."""
    with Image.open(io.BytesIO(content)) as picture:
        return picture.size
