"""A PDF, read back, says what the document said, in Chinese, the same bytes each time."""

import io
from datetime import UTC, datetime, timedelta

import docx
import pytest
from docx.oxml.ns import qn
from PIL import Image
from pypdf import PdfReader

from kb.errors import BadInput
from kb.export.document import Document, Entries, Figure, HazardBox, Mark, Paragraph, Section, Signal, Tone
from kb.export.docx import docx_bytes
from kb.export.docx_blocks import png_of_svg
from kb.export.pdf import Paper, pdf_bytes
from kb.export.typesetting import CHINESE_FONTS, chinese_font
from tests.kb.export.samples import ISSUED, a_document

SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" width="120" height="60"><rect width="120" height="60" fill="#c00"/>
<text x="10" y="30" font-family="'Noto Sans CJK SC'">\xe6\x8e\xa5\xe5\x9c\xb0</text></svg>"""
HOSTILE = '#strong[粗] $x^2$ *b* _c_ @ref <label> `raw` // \\ "q" #include "/etc/passwd"'


def a_page(**changes: object) -> Document:
    blocks = (
        HazardBox(
            signal=Signal.DANGER,
            word="危险 DANGER",
            text="端子裸露",
            details=(("后果", "触电"), ("避免", "断电上锁")),
        ),
        Entries(texts=("先记报警", HOSTILE), mark=Mark.NUMBER),
        Entries(texts=("指示灯已拍",), mark=Mark.BOX),
        Figure(content=SVG, media_type="image/svg+xml", alt="接地示意", caption="图 1 接地"),
        Paragraph(text="G91 G28 Z0\n  M30", tone=Tone.CODE),
    )
    sections = (Section(title="处理", blocks=blocks), Section(title="验证", blocks=(), new_page=True))
    return a_document(**{"sections": sections, "contents": "目录", **changes})


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


@pytest.fixture(scope="module")
def content() -> bytes:
    return pdf_bytes(a_page())


def test_every_block_is_read_back_and_no_text_is_ever_markup(content: bytes) -> None:
    text = text_of(content)
    for said in (
        "2026 年度设备巡检计划",
        "苏州精工",
        "调休安排尚未公布",
        "目录",
        "危险 DANGER",
        "触电",
        "断电上锁",
        "图 1 接地",
    ):
        assert said in text
    assert HOSTILE.replace(" ", "") in text.replace("\n", "").replace(" ", "")
    assert "第 2 页，共 2 页" in text
    assert "计划编号 R-0001" in text


def test_chinese_font_is_embedded(content: bytes) -> None:
    page = PdfReader(io.BytesIO(content)).pages[0]
    names = [str(font.get_object()["/BaseFont"]) for font in page["/Resources"]["/Font"].values()]
    wanted = chinese_font().replace(" ", "")
    assert any(wanted[:10] in name.replace("-", "") for name in names), names


def test_properties_carry_title_language_and_the_given_instant_only() -> None:
    later = ISSUED + timedelta(days=1)
    reader = PdfReader(io.BytesIO(pdf_bytes(a_page(), created=later)))
    assert reader.metadata is not None
    assert reader.metadata.title == "2026 年度设备巡检计划"
    assert reader.metadata.creation_date == datetime(2026, 1, 6, 1, 30, tzinfo=UTC)
    assert reader.trailer["/Root"]["/Lang"] == "zh-CN"
    assert [entry["/Title"] for entry in reader.outline if isinstance(entry, dict)] == ["处理", "验证"]


def test_same_document_gives_the_same_bytes_and_another_instant_other_ones(content: bytes) -> None:
    assert content == pdf_bytes(a_page())
    assert content != pdf_bytes(a_page(), created=ISSUED + timedelta(seconds=1))


def test_head_row_stands_again_on_each_page_of_a_long_table() -> None:
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf_bytes(a_document()))).pages]
    with_rows = [text for text in pages if "VMC-" in text]
    assert len(with_rows) > 1
    assert all("序号" in text and "设备" in text for text in with_rows)
    assert sum(text.count("VMC-") for text in pages) == 60


@pytest.mark.parametrize(
    ("paper", "width_mm"), [pytest.param(Paper.A4, 210, id="a4"), pytest.param(Paper.PHONE, 100, id="phone")]
)
def test_page_has_the_size_of_what_it_is_read_on(paper: Paper, width_mm: int) -> None:
    page = PdfReader(io.BytesIO(pdf_bytes(a_page(), paper=paper))).pages[0]
    assert round(float(page.mediabox.width) / 72 * 25.4) == width_mm


def test_without_a_chinese_font_the_error_names_what_to_install() -> None:
    with pytest.raises(BadInput, match=r"none of the Chinese fonts Noto Sans CJK SC.*fonts-noto-cjk"):
        chinese_font(["DejaVu Sans", "New Computer Modern"])
    assert chinese_font(["SimSun", "Microsoft YaHei"]) == "Microsoft YaHei"
    assert chinese_font([CHINESE_FONTS[-1]]) == "SimSun"


@pytest.mark.parametrize("write", [pytest.param(pdf_bytes, id="pdf"), pytest.param(docx_bytes, id="docx")])
@pytest.mark.parametrize("media_type", ["image/svg+xml", "image/png", "image/jpeg"])
def test_a_picture_that_is_none_is_refused_with_a_reason(write: object, media_type: str) -> None:
    broken = Figure(content=b"<svg", media_type=media_type, alt="坏图")
    document = a_document(sections=(Section(title="x", blocks=(broken,)),))
    with pytest.raises(BadInput, match=r"the document was not (set|written)"):
        write(document)  # type: ignore[operator]


def test_a_figure_of_another_type_is_refused() -> None:
    with pytest.raises(BadInput, match="its media type is image/x-emf"):
        Figure(content=b"", media_type="image/x-emf", alt="")


def test_a_drawing_becomes_a_png_with_its_colour() -> None:
    with Image.open(io.BytesIO(png_of_svg(SVG))) as picture:
        assert picture.width > 120
        assert picture.convert("RGB").getpixel((picture.width - 3, 3)) == (204, 0, 0)


def test_docx_has_the_hazard_box_the_lists_the_picture_and_the_contents() -> None:
    content = docx_bytes(a_page())
    assert content == docx_bytes(a_page())
    file = docx.Document(io.BytesIO(content))
    box = next(table for table in file.tables if table.rows[0].cells[0].text == "⚠ 危险 DANGER")
    assert box.rows[1].cells[0].text == "端子裸露\n后果：触电\n避免：断电上锁"
    shades = [shade.get(qn("w:fill")) for shade in box._tbl.iter(qn("w:shd"))]
    assert shades == ["C8102E", "FDECEE"]
    texts = [paragraph.text for paragraph in file.paragraphs]
    assert [text for text in texts if "\t" in text] == ["1.\t先记报警", f"2.\t{HOSTILE}", "☐\t指示灯已拍"]
    assert texts.index("目录") < texts.index("处理") < texts.index("图 1 接地")
    assert [part.text for part in file.element.body.iter(qn("w:instrText"))] == [' TOC \\o "1-1" \\h \\z ']
    (picture,) = file.inline_shapes
    assert picture._inline.docPr.get("descr") == "接地示意"
