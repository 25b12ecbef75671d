"""Pages leave the library as documents that say all of it, hazards first, and as the very files they are."""

import io
import zipfile
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import docx
import pytest
from pypdf import PdfReader

from kb.content import Library, load_library
from kb.content.pages import Confidence
from kb.errors import BadQuery, NotFound
from kb.export.pdf import Paper
from kb.search import SearchIndex, open_index
from kb.usecases.page_export import Format, Taken, chosen_pages, taken_out

ROOT = Path(__file__).parents[3]
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
CASE, GUIDE, ALARM, CHECKLIST = "CASE-AXS-01", "GUIDE-DRO-INSTALL", "ALM-FANUC-SV0401", "CHK-DRO-SHIFT"


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library(ROOT / "content")


@pytest.fixture(scope="module")
def index(library: Library, tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    return open_index(tmp_path_factory.mktemp("index"), library)


def taken(library: Library, *ids: str, format: Format = "pdf", **more: object) -> Taken:
    pages = chosen_pages(library, ids=ids)
    values = {"created": NOON, "language": "zh_CN", **more}
    return taken_out(library, pages, format=format, **values)  # type: ignore[arg-type]


def pdf_text(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_hazards_stand_before_the_first_step_and_every_step_and_source_is_there(library: Library) -> None:
    text = squeezed(pdf_text(taken(library, GUIDE).content))
    page = library.pages[GUIDE]
    assert not isinstance(page.hazards, str)
    for hazard in page.hazards:
        assert text.index(squeezed(hazard.hazard)) < text.index("步骤1选位置")
        assert squeezed(hazard.avoid) in text
    places = [text.index(f"步骤{number}") for number in range(1, 11)]
    assert places == sorted(places)
    for source in page.sources:
        assert squeezed(source.ref) in text
    assert "接地与走线" in text
    assert f"编号{GUIDE}" in text


def test_a_figure_is_in_the_docx_as_a_picture_and_in_the_pdf_as_a_drawing(library: Library) -> None:
    file = docx.Document(io.BytesIO(taken(library, GUIDE, format="docx").content))
    (picture,) = file.inline_shapes
    assert picture.width.mm <= 170
    assert "接地与走线" in picture._inline.docPr.get("descr")


@pytest.mark.parametrize("format", ["pdf", "docx"])
def test_a_page_that_nobody_checked_says_so_before_anything_else(library: Library, format: Format) -> None:
    page = next(
        one
        for one in library.pages.values()
        if one.type == "case" and one.confidence is Confidence.NOT_VALIDATED
    )
    content = taken(library, page.id, format=format).content
    if format == "pdf":
        text = squeezed(pdf_text(content))
    else:
        text = squeezed("\n".join(p.text for p in docx.Document(io.BytesIO(content)).paragraphs))
    assert "未经手册核对（Notvalidated）" in text
    assert text.index("未经手册核对（Notvalidated）") < text.index(squeezed(page.summary))
    assert "Notvalidated" not in squeezed(pdf_text(taken(library, CASE).content))


def test_a_checklist_has_boxes_limits_and_a_place_to_sign(library: Library) -> None:
    file = docx.Document(io.BytesIO(taken(library, CHECKLIST, format="docx").content))
    items = next(table for table in file.tables if "编号" in [cell.text for cell in table.rows[0].cells])
    page = library.pages[CHECKLIST]
    assert [row.cells[1].text for row in items.rows[1:]] == [item.id for item in page.items]  # type: ignore[attr-defined]
    assert {row.cells[0].text for row in items.rows[1:]} == {"☐"}
    assert any(row.cells[3].text for row in items.rows[1:])
    assert any("签字：" in cell.text for table in file.tables for row in table.rows for cell in row.cells)


def test_a_selection_has_a_table_of_contents_and_each_page_on_a_new_sheet(library: Library) -> None:
    content = taken(library, CASE, GUIDE, ALARM, title="伺服培训").content
    reader = PdfReader(io.BytesIO(content))
    first = squeezed(reader.pages[0].extract_text())
    assert "伺服培训" in first
    assert "目录" in first
    titles = [squeezed(library.pages[id_].title) for id_ in (CASE, GUIDE, ALARM)]
    assert all(title in first for title in titles)
    starts = [
        next(
            n
            for n, page in enumerate(reader.pages[1:], 1)
            if squeezed(page.extract_text()).find(title) in range(80)
        )
        for title in titles
    ]
    assert starts == sorted(set(starts))
    assert content == taken(library, CASE, GUIDE, ALARM, title="伺服培训").content


def test_a_phone_gets_narrow_pages(library: Library) -> None:
    reader = PdfReader(io.BytesIO(taken(library, CASE, paper=Paper.PHONE).content))
    assert float(reader.pages[0].mediabox.width) < 300


def test_markdown_of_one_page_is_its_file_and_with_figures_a_zip_of_the_same_bytes(library: Library) -> None:
    single = taken(library, CASE, format="md")
    assert single.content == (ROOT / "content" / library.paths[CASE]).read_bytes()
    assert single.name == Path(library.paths[CASE]).name
    several = taken(library, CASE, GUIDE, format="md")
    with zipfile.ZipFile(io.BytesIO(several.content)) as archive:
        assert set(archive.namelist()) == {
            library.paths[CASE],
            library.paths[GUIDE],
            "guides/figures/scale-wiring.svg",
        }
        for name in archive.namelist():
            assert archive.read(name) == (ROOT / "content" / name).read_bytes()
    assert several.content == taken(library, CASE, GUIDE, format="md").content


def test_a_selection_by_search_takes_the_hits_best_first(library: Library, index: SearchIndex) -> None:
    pages = chosen_pages(library, index=index, query="SV0401", chosen={"type": ["alarm", "case"]})
    assert pages[0].id == ALARM
    assert {page.type for page in pages} <= {"alarm", "case"}
    both = chosen_pages(
        library, ids=[GUIDE, GUIDE, ALARM], index=index, query="SV0401", chosen={"type": ["alarm"]}
    )
    assert [page.id for page in both][:2] == [GUIDE, ALARM]
    assert len({page.id for page in both}) == len(both)


def test_what_cannot_be_chosen_is_refused_with_the_reason(library: Library, index: SearchIndex) -> None:
    with pytest.raises(NotFound, match="CASE-NONE-9"):
        chosen_pages(library, ids=[CASE, "CASE-NONE-9"])
    with pytest.raises(BadQuery, match="nothing is chosen"):
        chosen_pages(library)
    with pytest.raises(BadQuery, match="no page fits"):
        chosen_pages(library, index=index, query="", chosen={"family": ["no-such-family"]})
    exactly = len(chosen_pages(library, index=index, chosen={"type": ["case"]}, most=1000))
    assert len(chosen_pages(library, index=index, chosen={"type": ["case"]}, most=exactly)) == exactly
    with pytest.raises(BadQuery, match=f"more than {exactly - 1} pages"):
        chosen_pages(library, index=index, chosen={"type": ["case"]}, most=exactly - 1)


def test_a_page_never_takes_a_file_from_outside_the_content_folder(tmp_path: Path) -> None:
    folder = tmp_path / "content"
    (folder / "cases").mkdir(parents=True)
    (tmp_path / "secret.png").write_bytes(b"secret")
    text = (ROOT / "content" / load_library(ROOT / "content").paths[CASE]).read_text(encoding="utf-8")
    text += "\n![a](../../secret.png)\n![b](/etc/passwd)\n![c](%2e%2e/%2e%2e/secret.png)\n![d](file:///etc/passwd)\n"
    (folder / "cases" / "a.md").write_text(text, encoding="utf-8")
    (folder / "cases" / "link.png").symlink_to(tmp_path / "secret.png")
    library = load_library(folder)
    content = taken(library, CASE, format="md").content
    assert b"secret" not in content.replace(b"secret.png", b"")
    assert "图：a" in squeezed(pdf_text(taken(library, CASE).content))


@pytest.mark.parametrize("kind", ["case", "guide", "alarm", "checklist", "term"])
def test_every_kind_of_page_becomes_a_document(library: Library, kind: str) -> None:
    pages = [page for page in library.pages.values() if page.type == kind][:12]
    for format in ("pdf", "docx"):
        made = taken(library, *[page.id for page in pages], format=format)
        assert made.pages == tuple(page.id for page in pages)
        assert len(made.content) > 10_000
