"""The PowerPoint file is opened again by a reader: every text in a placeholder, notes, footers, fonts, alt texts."""

import io
import re
import struct
import zipfile
import zlib
from datetime import UTC, datetime
from typing import Any

import pytest
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER

from kb.content.pages import GuidePage
from kb.courseware.assembling import deck_of
from kb.courseware.deck import Deck, Grid, Layout, Slide
from kb.courseware.pptx_writer import pptx_bytes
from kb.courseware.template import DESIGNS, EAST_ASIAN
from kb.errors import BadImport
from tests.kb.courseware.test_reading import WHOLE, a_course

MADE = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)


def a_guide() -> GuidePage:
    course = a_course().model_dump()
    kept = {
        name: course[name]
        for name in ("title", "title_en", "summary", "status", "confidence", "audience", "owner")
    }
    days = {name: course[name] for name in ("created", "reviewed", "review_due")}
    hazards = [
        {"type": kind, "hazard": f"危险 {kind}", "consequence": "触电", "avoid": "先断电"}
        for kind in ("warning", "danger", "caution")
    ]
    return GuidePage.model_validate(
        {
            **kept,
            **days,
            "id": "GUIDE-LOTO",
            "type": "guide",
            "revision": 3,
            "hazards": hazards,
            "guide_type": "operation",
            "difficulty": "easy",
            "skill_level": "operator",
            "people": 1,
            "time_minutes": 10,
        }
    )


def a_png(width: int = 400, height: int = 100) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x80" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


@pytest.fixture(scope="module")
def deck() -> Deck:
    return deck_of(
        a_course(),
        WHOLE,
        file="courses/safety.md",
        first_line=30,
        pages={"GUIDE-LOTO": a_guide()},
        words=lambda text: text,
    )


@pytest.fixture(scope="module")
def shown(deck: Deck) -> Any:
    return Presentation(io.BytesIO(pptx_bytes(deck, created=MADE, picture=lambda _: a_png())))


def test_dangers_and_warnings_stand_before_the_body_and_cautions_do_not(deck: Deck) -> None:
    layouts = [slide.layout for slide in deck.slides]
    assert layouts[:4] == [Layout.TITLE, Layout.CONTENT, Layout.HAZARD, Layout.SECTION]
    text = "".join(line.text for line in deck.slides[2].lines)
    assert text.index("危险 danger") < text.index("危险 warning")
    assert "caution" not in text


def test_the_hazards_that_a_course_names_itself_stand_instead_of_those_of_its_pages() -> None:
    own = [
        {"type": "warning", "hazard": "手伸进刀库", "consequence": "夹手", "avoid": "先断气"},
        {"type": "danger", "hazard": "危险 danger", "consequence": "触电", "avoid": "先断电"},
        {"type": "notice", "hazard": "屏幕划伤", "consequence": "看不清", "avoid": "贴膜"},
    ]
    made = deck_of(
        a_course(hazards=own),
        WHOLE,
        file="courses/safety.md",
        first_line=30,
        pages={"GUIDE-LOTO": a_guide()},
        words=lambda text: text,
    )
    (slide,) = [one for one in made.slides if one.layout is Layout.HAZARD and not one.place]
    assert [line.text for line in slide.lines][::2] == [
        "Danger  危险 danger：触电",
        "Warning  手伸进刀库：夹手",
    ]
    assert [str(one) for one in slide.sources] == ["GUIDE-LOTO r3"], "the page that says the same is named"


def test_every_slide_keeps_its_texts_in_placeholders_of_its_layout(deck: Deck, shown: Any) -> None:
    assert len(shown.slides) == len(deck.slides)
    for slide, made in zip(shown.slides, deck.slides, strict=True):
        assert slide.slide_layout.name == DESIGNS[made.layout].name
        assert slide.shapes.title.text_frame.text == made.title
        assert all(shape.is_placeholder for shape in slide.shapes)
        texts = "\n".join(shape.text_frame.text for shape in slide.placeholders if shape.has_text_frame)
        for line in (*made.lines, *(line for column in made.columns for line in column.lines)):
            assert line.text in texts
        notes = slide.notes_slide.notes_text_frame.text if slide.has_notes_slide else ""
        assert notes == made.notes


def test_footers_name_course_and_sources_with_their_revisions(shown: Any) -> None:
    footers = [
        shape.text_frame.text
        for slide in shown.slides
        for shape in slide.placeholders
        if shape.placeholder_format.type == PP_PLACEHOLDER.FOOTER
    ]
    assert len(footers) == len(shown.slides)
    assert footers[0] == "COURSE-SAFETY r1"
    assert "COURSE-SAFETY r1 ← GUIDE-LOTO r3" in footers


def test_a_picture_is_whole_inside_its_place_and_says_what_it_shows(shown: Any) -> None:
    (picture,) = (
        shape
        for slide in shown.slides
        for shape in slide.shapes
        if shape.shape_type == 14 and hasattr(shape, "image")
    )
    assert (picture.crop_left, picture.crop_top) == (0, 0)
    assert picture.width / picture.height == pytest.approx(4, rel=0.01)
    left, top, width, height = (round(value * 36000) for value in DESIGNS[Layout.PICTURE].places[1].box)
    assert left <= picture.left
    assert picture.left + picture.width <= left + width + 1
    assert top <= picture.top
    assert picture.top + picture.height <= top + height + 1
    assert picture._element.nvPicPr.cNvPr.get("descr") == "光栅接线"


def test_a_table_is_as_wide_as_its_place_however_uneven_its_columns() -> None:
    grid = Grid(head=("a", "b", "c"), rows=(("x" * 40, "y", "z" * 12), ("x", "y", "z")))
    slide = Slide(layout=Layout.TABLE, title="t", grid=grid)
    one = Deck(id="COURSE-X", revision=1, title="t", language="zh", slides=(slide,))
    made = Presentation(io.BytesIO(pptx_bytes(one, created=MADE, picture=lambda _: a_png())))
    (frame,) = [shape for shape in made.slides[0].shapes if shape.has_table]
    (place,) = [one for one in DESIGNS[Layout.TABLE].places if one.index == 12]
    widths = [column.width for column in frame.table.columns]
    assert sum(widths) / 36000 == pytest.approx(place.box[2], abs=0.1)
    assert widths[0] > widths[2] > widths[1]


def test_the_theme_has_fonts_for_both_scripts_and_no_text_is_below_twenty_points(deck: Deck) -> None:
    content = pptx_bytes(deck, created=MADE, picture=lambda _: a_png())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        theme = archive.read("ppt/theme/theme1.xml").decode()
        assert theme.count(f'<a:ea typeface="{EAST_ASIAN}"/>') == 2
        for name in archive.namelist():
            if name.startswith(("ppt/slides/slide", "ppt/slideLayouts/slideLayout")):
                body = re.sub(
                    r"<p:sp>(?:(?!</p:sp>).)*(?:ftr|sldNum)(?:(?!</p:sp>).)*</p:sp>",
                    "",
                    archive.read(name).decode(),
                )
                assert all(int(size) >= 2000 for size in re.findall(r'\bsz="(\d+)"', body)), name
        names = archive.namelist()
    assert len(names) == len(set(names))


def test_the_same_deck_is_the_same_but_for_the_times_of_the_archive(deck: Deck) -> None:
    def parts() -> dict[str, bytes]:
        content = pptx_bytes(deck, created=MADE, picture=lambda _: a_png())
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    assert parts() == parts()


def test_slides_on_a_template_of_others_keep_none_of_its_own_and_a_file_that_is_none_is_refused(
    deck: Deck,
) -> None:
    own = pptx_bytes(deck, created=MADE, picture=lambda _: a_png())
    again = pptx_bytes(deck, created=MADE, picture=lambda _: a_png(), template=own)
    assert len(Presentation(io.BytesIO(again)).slides) == len(deck.slides)
    with pytest.raises(BadImport, match="cannot be opened: BadZipFile"):
        pptx_bytes(deck, created=MADE, picture=lambda _: a_png(), template=b"PK\3\4nothing")
