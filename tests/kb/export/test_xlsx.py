"""An xlsx, read back by openpyxl, holds values in their own types and looks after the reader."""

import io
import zipfile
from datetime import date, datetime, time

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.errors import BadInput
from kb.export.workbook import Sheet, SheetColumn, Workbook, display_width, sheet_names
from kb.export.xlsx import xlsx_bytes
from tests.kb.export.samples import ISSUED, a_workbook


def read(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def test_values_come_back_in_their_own_types() -> None:
    file = read(xlsx_bytes(a_workbook()))
    assert file.sheetnames == ["计划", "张 三"]
    rows = [list(row) for row in file["计划"].iter_rows(values_only=True)]
    assert rows == [
        ["日期", "客户", "工时", "备注"],
        [datetime(2026, 3, 2), "苏州精工机械有限公司", 3.5, "=1+1"],  # noqa: DTZ001 - Excel knows no zones
    ]
    assert file["计划"]["A2"].number_format == "yyyy-mm-dd"
    assert [cell.value for cell in file["张 三"]["A"]] == ["开始", time(8, 30), datetime(2026, 1, 5, 9, 30)]  # noqa: DTZ001 - Excel knows no zones


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(1)", "#N/A", "\t=1"])
def test_text_that_looks_like_a_formula_is_stored_as_text(text: str) -> None:
    sheet = read(xlsx_bytes(a_workbook((None, text, None, text))))["计划"]
    assert [(cell.data_type, cell.value) for cell in (sheet["B2"], sheet["D2"])] == [("s", text)] * 2
    assert sheet["B2"].quotePrefix == text.startswith(("=", "+", "-", "@", "\t"))


def test_head_row_stays_in_sight_and_prints_on_each_page() -> None:
    sheet = read(xlsx_bytes(a_workbook()))["计划"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:D2"
    assert sheet.print_title_rows == "$1:$1"
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.oddHeader.left.text, sheet.oddFooter.right.text) == (
        "2026 年巡检计划",
        "第 &P 页，共 &N 页",
    )


def test_columns_are_as_wide_as_their_chinese_text() -> None:
    sheet = read(xlsx_bytes(a_workbook()))["计划"]
    assert sheet.column_dimensions["B"].width == display_width("苏州精工机械有限公司") + 2 == 22


def test_same_workbook_gives_the_same_bytes_and_no_entry_bears_the_clock() -> None:
    content = xlsx_bytes(a_workbook())
    assert content == xlsx_bytes(a_workbook())
    properties = read(content).properties
    assert properties.created == properties.modified == datetime(2026, 1, 5, 1, 30)  # noqa: DTZ001 - Excel knows no zones
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_sheet_lists_every_row_that_does_not_fit() -> None:
    with pytest.raises(BadInput, match=r"row 2: it has 2 cells.*\n.*row 4: it has 0 cells"):
        Sheet(name="s", columns=(SheetColumn(title="a"),), rows=((1, 2), (1,), ()))


def test_a_workbook_without_sheets_is_refused() -> None:
    with pytest.raises(BadInput, match="it has no sheet"):
        Workbook(title="t", sheets=(), created=ISSUED)


@pytest.mark.parametrize(
    ("wanted", "given_names"),
    [
        pytest.param(["a/b:c"], ["a b c"], id="forbidden characters"),
        pytest.param(["", "''"], ["Sheet", "Sheet (2)"], id="empty"),
        pytest.param(["张三", "张三", "张三"], ["张三", "张三 (2)", "张三 (3)"], id="alike"),
        pytest.param(["Plan", "PLAN"], ["Plan", "PLAN (2)"], id="alike but for case"),
        pytest.param(["x" * 31, "y" * 32], ["x" * 31, "y" * 31], id="at the limit and one past it"),
        pytest.param(["History"], ["History (2)"], id="kept by Excel"),
    ],
)
def test_sheet_names_are_mended(wanted: list[str], given_names: list[str]) -> None:
    assert sheet_names(wanted) == given_names


@given(st.lists(st.text(max_size=40), max_size=12))
def test_sheet_names_are_always_legal_and_distinct(wanted: list[str]) -> None:
    names = sheet_names(wanted)
    assert len(names) == len(wanted)
    assert len({name.casefold() for name in names}) == len(names)
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
    assert not [name for name in names if name.startswith("'") or name.endswith("'")]


@settings(max_examples=20)
@given(st.text(max_size=60))
def test_any_text_survives_a_workbook(text: str) -> None:
    value = read(xlsx_bytes(a_workbook((date(2026, 1, 1), text, None, None))))["计划"]["B2"].value
    assert value is None or set(value) <= set(text.replace("\r", "\n"))
