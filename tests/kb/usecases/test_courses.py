"""Courses are built from the real library: the same bytes twice, within the limits of a slide, and told when stale."""

import io
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from pptx import Presentation
from pypdf import PdfReader

from kb.content import Library
from kb.content.pages import BuiltFrom, CoursePage
from kb.courseware.deck import Layout
from kb.courseware.fitting import BODY_WIDTH_MM, MOST_LINES, MOST_ROWS, rows_of
from kb.courseware.gift import gift_text, read_gift
from kb.errors import NotFound
from kb.site.addresses import page_path
from kb.site.pages import site_pages
from kb.site.reading import site_input
from kb.usecases.courses import FORMATS, Format, Moved, build_course, course, course_deck, courses
from tests.conftest import ROOT, the_real_library
from tests.kb.cli.running import Servicebook

SAFETY = "COURSE-SAFETY"
IDS = sorted(page.id for page in the_real_library().pages.values() if isinstance(page, CoursePage))


@pytest.fixture
def library() -> Library:
    return the_real_library()


def changed(library: Library, *built_from: BuiltFrom) -> Library:
    page = course(library, SAFETY).model_copy(update={"built_from": built_from})
    return replace(library, pages={**library.pages, SAFETY: page})


@pytest.mark.parametrize("id", IDS)
def test_every_course_of_the_library_is_whole_and_fits(library: Library, id: str) -> None:
    page, deck = course(library, id), course_deck(library, id)
    assert len([slide for slide in deck.slides if slide.place]) >= 12
    assert len(page.quiz) >= 10
    read = read_gift(gift_text(page.quiz))
    assert [(one.id, one.kind) for one in read] == [(one.id, one.kind) for one in page.quiz]
    for slide in deck.slides:
        used = sum(rows_of(line, width=BODY_WIDTH_MM) for line in slide.lines)
        assert used <= MOST_LINES or len(slide.lines) == 1, slide.title
        assert slide.grid is None or len(slide.grid.rows) <= MOST_ROWS
    layouts = [slide.layout for slide in deck.slides]
    assert layouts.index(Layout.HAZARD) < layouts.index(Layout.SECTION), "hazards stand before the body"


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_course_is_the_same_bytes(library: Library, format: Format) -> None:
    first, again = (build_course(library, SAFETY, format) for _ in range(2))
    assert first == again
    assert first.name.startswith(SAFETY)


def test_slides_and_handout_open_again_with_what_the_course_says(library: Library) -> None:
    shown = Presentation(io.BytesIO(build_course(library, SAFETY, "pptx").content))
    assert len(shown.slides) == len(course_deck(library, SAFETY).slides)
    notes = [one.notes_slide.notes_text_frame.text for one in shown.slides if one.has_notes_slide]
    assert any("谁在急停状态下拆过东西" in note for note in notes)
    written = docx.Document(io.BytesIO(build_course(library, SAFETY, "docx").content))
    text = "\n".join(paragraph.text for paragraph in written.paragraphs)
    assert text.index("先说危险") < text.index("先断能，再动手") < text.index("题目") < text.index("答案")
    assert "谁在急停状态下拆过东西" not in text
    cells = "\n".join(cell.text for table in written.tables for row in table.rows for cell in row.cells)
    whole = f"{text}\n{cells}"
    for slide in course_deck(library, SAFETY).slides:
        if slide.place:
            assert slide.title in whole
            assert [line.text for line in slide.lines if line.text not in whole] == [], slide.title
    assert "不用螺丝刀、导线短接" in cells, "a trainer's own hazard stands in a box"
    assert whole.index("题目") < whole.index("抄下每个模块铭牌上的放电时间"), "answers stand apart"
    assert whole.index("答案") < whole.index("✗ 取平均：最长的那台还没放完"), "why a wrong answer is wrong"
    printed = PdfReader(io.BytesIO(build_course(library, SAFETY, "pdf").content))
    assert "取柜内最长的一个" in "".join(page.extract_text() for page in printed.pages)


def test_a_handout_boxes_dangers_and_what_the_course_names_and_lists_the_other_hazards(
    library: Library,
) -> None:
    page = course(library, "COURSE-DRO-ACCURACY")
    written = docx.Document(io.BytesIO(build_course(library, page.id, "docx").content))
    boxes = [table for table in written.tables if len(table.columns) == 1]
    boxed = "\n".join(cell.text for table in boxes for row in table.rows for cell in row.cells)
    (listed,) = [
        table for table in written.tables if [cell.text for cell in table.rows[0].cells][1:2] == ["危险"]
    ]
    rest = "\n".join(cell.text for row in listed.rows for cell in row.cells)
    assert page.hazards != "none"
    assert [one.hazard for one in page.hazards if one.hazard not in boxed] == []
    for source in page.built_from:
        hazards = library.pages[source.id].hazards
        for one in () if hazards == "none" else hazards:
            assert one.hazard in boxed or one.hazard in rest, one.hazard
            assert one.type != "danger" or one.hazard in boxed


def moved_to(library: Library, revision: int | None) -> tuple[Moved, ...]:
    """What a course says after a source got a revision, or went."""
    pages = dict(library.pages)
    source = pages.pop("GUIDE-DC-LINK-SAFETY")
    if revision is not None:
        pages[source.id] = source.model_copy(update={"revision": revision})
    return next(one for one in courses(replace(library, pages=pages)) if one.page.id == SAFETY).moved


def test_a_course_whose_source_moved_on_names_it_and_the_slides_that_draw_on_it(library: Library) -> None:
    assert [one.moved for one in courses(library)] == [() for _ in IDS]
    (moved,) = moved_to(library, 2)
    assert (moved.source_id, moved.built, moved.now) == ("GUIDE-DC-LINK-SAFETY", 1, 2)
    assert "单手测母线" in moved.slides
    assert "支撑的顺序" not in moved.slides


def test_a_source_that_is_gone_makes_a_course_stale_too(library: Library) -> None:
    (moved,) = moved_to(library, None)
    assert (moved.source_id, moved.now) == ("GUIDE-DC-LINK-SAFETY", None)


def test_a_course_that_makes_no_deck_says_why_and_others_still_stand(library: Library) -> None:
    broken = changed(library, BuiltFrom(id="GUIDE-LOTO", revision=1))
    state = next(one for one in courses(broken) if one.page.id == SAFETY)
    assert state.slides == 0
    assert any("GUIDE-GRAVITY-AXIS, which is not in built_from" in fault.what for fault in state.faults)
    with pytest.raises(NotFound, match="no course has the id"):
        build_course(library, "GUIDE-LOTO", "pptx")


def test_courses_are_listed_and_built_by_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = {"SERVICEBOOK_HOME": str(tmp_path), "SERVICEBOOK_CONTENT_DIR": str(ROOT / "content")}
    servicebook = Servicebook(monkeypatch, capsys, environment)
    listed = servicebook("course", "list", "--json").json()
    assert [one["id"] for one in listed["items"]] == IDS
    assert servicebook("course", "list", "--stale").out == ""
    out = tmp_path / "questions.txt"
    servicebook("course", "build", SAFETY, "--format", "gift", "--out", str(out))
    assert len(read_gift(out.read_text("utf-8"))) == 12
    lost = servicebook("course", "build", SAFETY, "--template", str(tmp_path / "none.pptx"))
    assert lost.code == 2
    assert "none.pptx" in lost.err


def test_the_site_shows_a_course_under_one_main_heading_without_layouts(library: Library) -> None:
    text = site_pages(site_input(library, {}))[page_path(course(library, SAFETY))]
    headings = [line for line in text.splitlines() if line.startswith("#")]
    assert "### 单手测母线" in headings
    assert "### 你先做什么？" in headings
    assert sum(line.startswith("# ") for line in headings) <= 1
    assert not [line for line in headings if "{." in line or "&#123;" in line]
