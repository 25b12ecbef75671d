"""A docx, read back by python-docx, says what the document said."""

import io
import zipfile
from datetime import UTC, datetime

import docx
import pytest
from docx.oxml.ns import qn

from kb.errors import BadInput
from kb.export.document import Column, Paragraph, Section, Table
from kb.export.docx import docx_bytes
from tests.kb.export.samples import a_document


def read(content: bytes) -> docx.document.Document:
    return docx.Document(io.BytesIO(content))


@pytest.fixture(scope="module")
def content() -> bytes:
    return docx_bytes(a_document())


def test_headings_paragraphs_and_tables_are_read_back_in_order(content: bytes) -> None:
    file = read(content)
    texts = [(p.style.name, p.text) for p in file.paragraphs if p.text]
    assert texts == [
        ("Title", "2026 年度设备巡检计划"),
        ("Subtitle", "苏州精工机械有限公司 · 一号车间"),
        ("Normal", "2027 年的调休安排尚未公布。"),
        ("Heading 1", "一、巡检日期"),
        ("Normal", "第一行\n第二行"),
        ("Servicebook Remark", "标注“typ.”的数值为起始值。"),
        ("Heading 2", "空表"),
        ("Heading 1", "二、签字"),
    ]
    pairs, plan, empty, signatures = file.tables
    assert [[cell.text for cell in row.cells] for row in pairs.rows] == [
        ["客户", "苏州精工", "地址", "工业园区 1 号"],
        ["联系人", "张工", "张工", "张工"],
    ]
    assert [cell.text for cell in plan.rows[0].cells] == ["序号", "设备", "项目", "结果"]
    assert len(plan.rows) == 61
    assert [cell.text for cell in plan.rows[60].cells] == ["60", "VMC-60", "主轴定向位置检查", "□"]
    assert empty.rows[1].cells[0].text == "无"
    assert [[cell.text for cell in row.cells] for row in signatures.rows] == [
        ["客户（盖章）", "售后服务部"],
        ["签字：", "签字："],
        ["日期：", "日期："],
        ["", "电话："],
    ]


def test_head_row_repeats_and_no_row_is_split(content: bytes) -> None:
    plan = read(content).tables[1]
    assert plan.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in plan.rows)


def test_page_is_a4_with_header_and_numbered_footer(content: bytes) -> None:
    section = read(content).sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert section.header.paragraphs[0].text == "售后服务部"
    foot = section.footer.paragraphs[0]
    assert foot.text == "计划编号 R-0001\t第 1 页，共 1 页"
    assert [part.text for part in foot._p.iter(qn("w:instrText"))] == [" PAGE ", " NUMPAGES "]


@pytest.mark.parametrize("name", ["Normal", "Title", "Heading 1", "Heading 2", "Header", "Footer"])
def test_style_names_an_east_asian_font_and_no_theme_font(content: bytes, name: str) -> None:
    fonts = read(content).styles[name].element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) in {"宋体", "黑体"}
    assert not [key for key in fonts.attrib if key.endswith("Theme")]


def test_properties_carry_the_time_of_issue_only(content: bytes) -> None:
    properties = read(content).core_properties
    assert properties.created == properties.modified == datetime(2026, 1, 5, 1, 30, tzinfo=UTC)
    assert (properties.title, properties.author) == ("2026 年度设备巡检计划", "售后服务部")


def test_same_document_gives_the_same_bytes_and_no_entry_bears_the_clock(content: bytes) -> None:
    assert content == docx_bytes(a_document())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist()[0] == "[Content_Types].xml"


def test_text_with_control_characters_and_markup_is_kept_readable() -> None:
    odd = "A\x00B\x0b<b>&amp;\ud800\U0001f527"
    content = docx_bytes(
        a_document(title=odd, header=odd, sections=(Section(title=odd, blocks=(Paragraph(text=odd),)),))
    )
    assert read(content).paragraphs[0].text == "AB<b>&amp;\U0001f527"


def test_a_long_title_does_not_break_the_properties() -> None:
    title = "长" * 400
    file = read(docx_bytes(a_document(title=title)))
    assert file.paragraphs[0].text == title
    assert len(file.core_properties.title) == 255


def test_a_table_lists_every_row_that_does_not_fit() -> None:
    with pytest.raises(BadInput, match=r"row 1: it has 2 cells.*\n.*row 3: it has 0 cells"):
        Table(columns=(Column(title="a"),), rows=(("1", "2"), ("1",), ()))


@pytest.mark.parametrize("level", [pytest.param(0, id="below"), pytest.param(4, id="above")])
def test_a_heading_level_out_of_bounds_is_refused(level: int) -> None:
    with pytest.raises(BadInput, match="use 1, 2 or 3"):
        Section(title="x", blocks=(), level=level)
