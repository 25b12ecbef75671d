import io
import struct
import time
import zipfile
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from kb.errors import BadImport
from kb.imports import workbook, workbook_archive
from kb.imports.limits import Limits
from kb.imports.workbook_files import SheetIn, read_sheets

SECONDS_ALLOWED = 30


def a_workbook(path: Path, rows: list[list[object]], title: str = "sites") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def repacked(source: Path, target: Path, changed: dict[str, bytes]) -> Path:
    """Write a copy of a zip with entries replaced or added."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in changed:
                new.writestr(name, old.read(name))
        for name, content in changed.items():
            new.writestr(name, content)
    return target


def refusal(path: Path, **limits: int) -> str:
    with pytest.raises(BadImport, match="was not read") as refused:
        read_sheets(path, limits=Limits(**limits))
    return str(refused.value)


def test_cells_come_back_as_they_were_with_the_numbers_of_their_rows(tmp_path: Path) -> None:
    moment = datetime(2026, 3, 1, 8, 30)  # noqa: DTZ001 - a workbook knows no zones
    rows: list[list[object]] = [
        ["code", "n"],
        [],
        [None, "文字", 1, 2.5, True, date(2026, 3, 1), moment, None, "  "],
    ]
    (sheet,) = read_sheets(a_workbook(tmp_path / "a.xlsx", rows))
    midnight = datetime(2026, 3, 1)  # noqa: DTZ001
    assert sheet == SheetIn(
        name="sites", rows=((1, ("code", "n")), (3, (None, "文字", 1, 2.5, True, midnight, moment)))
    )


@pytest.mark.parametrize(
    "content",
    [
        pytest.param('code,name\r\nS1,"一,\r\n二"\r\n\r\nS2,\'=x\r\n'.encode(), id="utf-8"),
        pytest.param(
            '\ufeffcode,name\r\nS1,"一,\r\n二"\r\n\r\nS2,\'=x\r\n'.encode(), id="utf-8 with its mark"
        ),
        pytest.param('code;name\nS1;"一,\n二"\n;\nS2;\'=x\n'.encode("gb18030"), id="a Chinese Excel"),
        pytest.param('code\tname\nS1\t"一,\n二"\n\t\nS2\t\'=x\n'.encode("utf-16"), id="unicode text"),
    ],
)
def test_csv_is_read_in_the_encodings_that_excel_writes(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "sites.csv"
    path.write_bytes(content)
    (sheet,) = read_sheets(path)
    assert sheet.name == "sites"
    rows = [(number, tuple(str(cell).replace("\r", "") for cell in cells)) for number, cells in sheet.rows]
    assert rows == [(1, ("code", "name")), (2, ("S1", "一,\n二")), (4, ("S2", "=x"))]


def test_a_folder_and_a_zip_of_csv_files_have_a_sheet_a_file(tmp_path: Path) -> None:
    folder = tmp_path / "register"
    folder.mkdir()
    with zipfile.ZipFile(tmp_path / "r.zip", "w") as archive:
        for name in ("a", "b"):
            (folder / f"{name}.csv").write_text("x,y\n1,2\n")
            archive.writestr(f"inner/{name}.csv", "x,y\n1,2\n")
    assert read_sheets(folder) == read_sheets(tmp_path / "r.zip")
    assert [sheet.name for sheet in read_sheets(folder)] == ["a", "b"]


def test_every_formula_and_error_value_is_told_by_its_cell(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["code", "name"],
        ["=1+1", "x"],
        ["S2", '=HYPERLINK("http://x","y")'],
        ["S3", "#N/A"],
    ]
    told = refusal(a_workbook(tmp_path / "a.xlsx", rows))
    assert [line.split(": ")[0].strip() for line in told.splitlines()[1:]] == [
        "sites!A2",
        "sites!B3",
        "sites!B4",
    ]
    assert "has a formula" in told
    assert "error value #N/A" in told


@pytest.mark.parametrize(
    ("content", "what"),
    [
        pytest.param(b"%PDF-1.7\n...", "is a PDF document", id="a renamed pdf"),
        pytest.param(b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old or encrypted workbook", id="an old xls"),
        pytest.param(b"\x89PNG\r\n\x1a\n", "is a picture", id="a picture"),
        pytest.param(b"<html><body>", "is a web page", id="a web page"),
        pytest.param(b"", "is empty", id="nothing"),
        pytest.param(b"a,b\0c\n", "is not a text file", id="bytes"),
        pytest.param(b'code,name\nS1,"open', "is not csv", id="an open quote"),
        pytest.param(b"code\n\xff\xff\xff", "neither UTF-8 nor GB 18030", id="an unknown encoding"),
        pytest.param(b"PK\x03\x04" + b"\0" * 100, "damaged archive", id="half a zip"),
        pytest.param(b"code\n" + b"x" * 40_000, "is not csv", id="a field of 40,000 characters"),
    ],
)
def test_a_file_of_another_kind_is_refused_by_what_it_is(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "sites.xlsx"
    path.write_bytes(content)
    assert what in refusal(path)


def test_a_document_and_a_zip_of_other_files_are_refused(tmp_path: Path) -> None:
    for name, what in (("word/document.xml", "is a document"), ("evil.exe", "holds 'evil.exe'")):
        with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
            archive.writestr(name, "x")
        assert what in refusal(tmp_path / "x.zip")


def test_a_workbook_with_macros_is_refused(tmp_path: Path) -> None:
    plain = a_workbook(tmp_path / "a.xlsx", [["code"]])
    assert "has macros" in refusal(repacked(plain, tmp_path / "m.xlsm", {"xl/vbaProject.bin": b"\xd0\xcf"}))


def test_a_file_of_100_mb_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "big.xlsx"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    start = time.monotonic()
    assert "has 100,000,000 bytes" in refusal(path)
    assert time.monotonic() - start < 5


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    plain = a_workbook(tmp_path / "a.xlsx", [["code"]])
    bomb = repacked(plain, tmp_path / "bomb.xlsx", {"xl/worksheets/sheet1.xml": b"0" * 250_000_000})
    assert bomb.stat().st_size < 1_000_000
    start = time.monotonic()
    assert "unpacks to 250," in refusal(bomb)
    assert time.monotonic() - start < SECONDS_ALLOWED


def test_entries_that_share_bytes_are_refused(tmp_path: Path) -> None:
    """Two directory records that point at one local header, as in the overlapping bombs of CVE-2024-0450."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.csv", "code\n")
        archive.writestr("b.csv", "code\n")
    raw = bytearray(buffer.getvalue())
    second = raw.rindex(b"PK\x01\x02")
    struct.pack_into("<L", raw, second + 42, 0)  # the offset of the local header
    path = tmp_path / "overlap.zip"
    path.write_bytes(raw)
    assert "overlap" in refusal(path)


def test_a_password_two_entries_of_one_name_and_too_many_entries_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.csv", "code\n")
        archive.writestr("b.csv", "code\n")
    raw = buffer.getvalue()
    path = tmp_path / "x.zip"
    path.write_bytes(raw.replace(b"b.csv", b"a.csv"))
    assert "two entries of one name" in refusal(path)
    locked = bytearray(raw)
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(locked)
    assert "password" in refusal(path)
    path.write_bytes(raw)
    monkeypatch.setattr(workbook_archive, "ENTRY_LIMIT", 1)
    with pytest.raises(BadImport, match="at most 1 are read"):
        workbook_archive.checked_entries(path)


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml", "_rels/.rels"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_in_any_part_of_a_workbook_is_refused(
    tmp_path: Path, part: str, encoding: str
) -> None:
    plain = a_workbook(tmp_path / "a.xlsx", [["code"]])
    padding = "<!--" + "x" * 1_000_000 + "-->"
    evil = f'<?xml version="1.0" encoding="{encoding}"?>{padding}<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    told = refusal(repacked(plain, tmp_path / "e.xlsx", {part: evil.encode(encoding)}))
    assert f"has a document type in {part}" in told


def test_a_row_number_beyond_a_workbook_ends_the_reading(tmp_path: Path) -> None:
    plain = a_workbook(tmp_path / "a.xlsx", [["code"]])
    far = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="900000000"><c r="A900000000"><v>1</v></c></row></sheetData></worksheet>'
    start = time.monotonic()
    assert "more than 1,048,576 rows" in refusal(
        repacked(plain, tmp_path / "f.xlsx", {"xl/worksheets/sheet1.xml": far})
    )
    assert time.monotonic() - start < SECONDS_ALLOWED


def test_more_cells_than_the_limit_are_refused_and_as_many_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = a_workbook(tmp_path / "a.xlsx", [["a", "b"], ["c", "d"]])
    monkeypatch.setattr(workbook, "CELL_LIMIT", 4)
    assert len(workbook.read(path)["sheets"]) == 1  # type: ignore[arg-type]
    monkeypatch.setattr(workbook, "CELL_LIMIT", 3)
    with pytest.raises(BadImport, match="more than 3 cells"):
        workbook.read(path)


def test_a_reading_that_takes_too_much_memory_ends_with_a_reason(tmp_path: Path) -> None:
    plain = a_workbook(tmp_path / "a.xlsx", [["code"]])
    row = b'<row><c t="inlineStr"><is><t>abcdefgh</t></is></c><c><v>1.5</v></c></row>'
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        + row * 400_000
        + b"</sheetData></worksheet>"
    )
    told = refusal(
        repacked(plain, tmp_path / "m.xlsx", {"xl/worksheets/sheet1.xml": sheet}),
        memory_bytes=150_000_000,
        seconds=20,
    )
    assert "memory or time" in told


def test_a_folder_without_csv_is_refused(tmp_path: Path) -> None:
    assert "folder with 0 .csv files" in refusal(tmp_path)


def test_instants_have_no_zone_until_the_register_gives_them_the_houses(tmp_path: Path) -> None:
    aware = datetime(2026, 3, 1, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    (sheet,) = read_sheets(a_workbook(tmp_path / "a.xlsx", [[aware.replace(tzinfo=None)]]))
    assert sheet.rows == ((1, (aware.replace(tzinfo=None),)),)
