"""Pictures of a page: written anew without what a camera tells, refused where they are none, beside the page once it is saved."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from kb.content import load_library
from kb.errors import BadInput, NotFound
from kb.store import Store
from kb.usecases.accounts import Role
from kb.usecases.editing import change_page
from kb.usecases.editing_opening import Editor
from kb.usecases.editing_pictures import (
    KEPT_WAITING,
    Picture,
    keep_picture,
    picture_content,
    text_with_picture,
    waiting_in,
)
from tests.kb.site.samples import a_library

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
EDITOR = Editor(name="editor", role=Role.EDITOR)
CASE = "CASE-X-01"
LIMIT = 2_000_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'a.db'}")
    opened.migrate()
    yield opened
    opened.close()


def a_picture(form: str = "PNG", *, place: bool = False, colour: str = "navy") -> bytes:
    out = io.BytesIO()
    picture = Image.new("RGB", (60, 40), colour)
    exif = Image.Exif()
    if place:
        exif[0x010F] = "SECRET-CAMERA"
        exif.get_ifd(0x8825)[1] = "N"
        exif[0x0112] = 6
    picture.save(out, form, exif=exif)
    return out.getvalue()


def kept(store: Store, content: bytes, name: str = "柜内 照片.jpg", now: datetime = NOON) -> Picture:
    return keep_picture(store, content, name, who="editor", now=now, limit_bytes=LIMIT)


def test_what_the_camera_wrote_beside_a_photo_is_gone_and_the_photo_stands_upright(
    store: Store, tmp_path: Path
) -> None:
    library = load_library(a_library(tmp_path / "content"))
    sent = a_picture("JPEG", place=True)
    assert b"SECRET-CAMERA" in sent
    picture = kept(store, sent)
    media_type, content = picture_content(store, library, picture.name)
    assert (media_type, picture.alt, picture.width, picture.height) == ("image/jpeg", "柜内 照片", 40, 60)
    assert b"SECRET-CAMERA" not in content
    assert dict(Image.open(io.BytesIO(content)).getexif()) == {}
    assert picture.name == f"{hashlib.sha256(content).hexdigest()[:16]}.jpg"
    assert kept(store, sent).name == picture.name


def a_polyglot() -> bytes:
    """A PNG with a script behind its end, which a careless host would hand out as a page or an archive."""
    tail = io.BytesIO()
    with zipfile.ZipFile(tail, "w") as archive:
        archive.writestr("evil.html", "<script>alert(1)</script>")
    return a_picture() + b"<script>alert(1)</script>" + tail.getvalue()


def test_of_a_picture_with_something_behind_its_end_only_the_picture_is_kept(
    store: Store, tmp_path: Path
) -> None:
    library = load_library(a_library(tmp_path / "content"))
    content = picture_content(store, library, kept(store, a_polyglot(), "a.html.png").name)[1]
    assert b"script" not in content
    assert not zipfile.is_zipfile(io.BytesIO(content))


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (SVG, "is an SVG drawing, which may carry script"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>" + SVG, "is no picture that can be read"),
        (b"<!-- a.png --><html><script>alert(1)</script></html>", "is no picture that can be read"),
        (a_picture()[:60], "is no picture that can be read"),
        (b"", "is empty"),
        (b"\0" * (LIMIT + 1), "has 2,000,001 bytes"),
    ],
    ids=["svg", "svg with a mark", "page named png", "cut off", "empty", "too large"],
)
def test_what_is_no_picture_is_refused_and_the_refusal_says_why(
    store: Store, content: bytes, said: str
) -> None:
    with pytest.raises(BadInput, match="was not kept") as refusal:
        kept(store, content, "..\\..\\etc/evil.png")
    (fault,) = refusal.value.faults
    assert said in fault.what
    assert fault.where == "evil.png"
    assert fault.repair


def test_a_picture_of_too_many_points_is_refused_before_it_is_unpacked(store: Store) -> None:
    out = io.BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")
    assert len(out.getvalue()) < 50_000
    with pytest.raises(BadInput, match="9000 × 9000 points"):
        kept(store, out.getvalue())


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a.png", "0123456789abcdef.svg", "0123456789abcdef.png"]
)
def test_no_name_leads_out_of_the_pictures(store: Store, tmp_path: Path, name: str) -> None:
    library = load_library(a_library(tmp_path / "content"))
    with pytest.raises(NotFound, match="picture"):
        picture_content(store, library, name)


def test_a_picture_waits_for_its_page_and_then_stands_beside_it(store: Store, tmp_path: Path) -> None:
    folder = a_library(tmp_path / "content")
    library = load_library(folder)
    picture = kept(store, a_picture())

    def saved() -> str:
        return change_page(
            store,
            load_library(folder),
            CASE,
            lambda opened: text_with_picture(opened, picture, "端子 [24 V]"),
            based_on="",
            why="picture",
            editor=EDITOR,
            now=NOON,
            kind="edit",
        ).digest

    first = saved()
    beside = folder / Path(library.paths[CASE]).parent / "figures" / picture.name
    assert beside.is_file()
    again = load_library(folder)
    assert [one.file for one in again.pages[CASE].attachments] == [picture.file]
    assert f"![端子 (24 V)]({picture.file})" in again.bodies[CASE]
    assert waiting_in(store, again.bodies[CASE]) == frozenset()
    assert picture_content(store, again, picture.name)[1] == beside.read_bytes()
    assert saved() == first


def test_a_refused_page_leaves_no_picture_beside_it_and_loses_none(store: Store, tmp_path: Path) -> None:
    folder = a_library(tmp_path / "content")
    picture = kept(store, a_picture())
    with pytest.raises(BadInput, match="to mend"):
        change_page(
            store,
            load_library(folder),
            CASE,
            lambda opened: text_with_picture(opened, picture).replace("severity: S2", "severity: S9"),
            based_on="",
            why="picture",
            editor=EDITOR,
            now=NOON,
            kind="edit",
        )
    assert not list(folder.rglob(picture.name))
    assert waiting_in(store, f"({picture.file})") == {picture.file}


def test_a_picture_whose_page_never_came_is_forgotten_after_its_days(store: Store) -> None:
    old = kept(store, a_picture())
    kept(store, a_picture(colour="red"), now=NOON + KEPT_WAITING)
    assert waiting_in(store, old.file)
    kept(store, a_picture(colour="green"), now=NOON + KEPT_WAITING + timedelta(seconds=1))
    assert not waiting_in(store, old.file)
