"""Word documents, tables and zips of Markdown in the limited child: what is read, and what is refused however it comes."""

import base64
import io
import stat
import struct
import time
import zipfile
import zlib
from pathlib import Path
from typing import Any, cast

import openpyxl
import pytest
from PIL import Image

from kb.errors import BadImport
from kb.imports import markdown_zip
from kb.imports.html_markdown import lines_of
from kb.imports.limits import Limits, read_limited
from kb.imports.pictures import LONGEST_SIDE, NoPicture, kept_picture

DATA = Path(__file__).parents[2] / "data" / "imports"
SECONDS_ALLOWED = 30


def a_picture(format: str, size: tuple[int, int] = (8, 6), **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, format, **more)
    return out.getvalue()


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def repacked(path: Path, source: str, changed: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(DATA / source) as old:
        files = {name: old.read(name) for name in old.namelist()}
    return zipped(path, {**files, **changed})


def read(reader: str, path: Path) -> dict[str, Any]:
    return cast("dict[str, Any]", read_limited(reader, path))


def refusal(reader: str, path: Path, limits: Limits | None = None) -> str:
    begun = time.monotonic()
    with pytest.raises(BadImport, match="was not read") as refused:
        read_limited(reader, path, limits=limits or Limits())
    assert time.monotonic() - begun < SECONDS_ALLOWED
    return str(refused.value)


def test_a_word_document_of_libreoffice_keeps_headings_lists_tables_and_pictures() -> None:
    answer = read("word", DATA / "two_cases.docx")
    blocks = [(block["kind"], block["level"], block["text"]) for block in answer["blocks"]]
    assert blocks[0] == ("heading", 1, "FANUC 0i 立式加工中心 X 轴 SV0401 报警")
    assert ("item", 0, "2. 更换电源") in blocks
    assert ("item", 1, "  - 先断电上锁") in blocks
    (table,) = [text for kind, _, text in blocks if kind == "table"]
    assert table.split("\n")[3] == "| 放大器插头 | 23.9 V \\| 20.8 V |  |"
    assert [one["media_type"] for one in answer["pictures"]] == ["image/png", "image/jpeg"]
    assert base64.b64decode(answer["pictures"][0]["content"]).startswith(b"\x89PNG")


def test_what_of_a_word_document_is_not_kept_is_told(tmp_path: Path) -> None:
    header = b'<w:hdr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:p><w:r><w:t>head</w:t></w:r></w:p></w:hdr>'
    with zipfile.ZipFile(DATA / "two_cases.docx") as archive:
        picture = next(name for name in archive.namelist() if name.endswith(".png"))
    changed = {
        "word/header9.xml": header,
        "word/embeddings/sheet1.xlsx": b"PK",
        picture: b"\x01\x00\x00\x00 an EMF",
    }
    answer = read("word", repacked(tmp_path / "a.docx", "two_cases.docx", changed))
    places = [place for place, _ in answer["notes"]]
    assert "word/header9.xml" in places
    assert "word/embeddings/sheet1.xlsx" in places
    assert "EMF drawing" in answer["pictures"][0]["lost"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param({"word/vbaProject.bin": b"x"}, "has macros", id="macro"),
        pytest.param(
            {"word/document.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'},
            "has a document type",
            id="entity",
        ),
        pytest.param({"word/document.xml": b"<w:document"}, "is a damaged document", id="cut"),
        pytest.param({"word/media/big.bin": b"\0" * 200_000_001}, "unpacks to", id="bomb"),
    ],
)
def test_a_hostile_word_document_is_refused(tmp_path: Path, changed: dict[str, bytes], said: str) -> None:
    assert said in refusal("word", repacked(tmp_path / "a.docx", "two_cases.docx", changed))


def test_an_external_picture_of_a_word_document_is_not_fetched(tmp_path: Path) -> None:
    with zipfile.ZipFile(DATA / "two_cases.docx") as archive:
        rels = archive.read("word/_rels/document.xml.rels").decode()
    secret = tmp_path / "secret.png"
    secret.write_bytes(a_picture("PNG"))
    hostile = rels.replace('Target="media/', f'TargetMode="External" Target="file://{secret}#')
    document = (
        zipfile.ZipFile(DATA / "two_cases.docx").read("word/document.xml").replace(b"r:embed=", b"r:link=")
    )
    changed = {"word/_rels/document.xml.rels": hostile.encode(), "word/document.xml": document}
    path = repacked(tmp_path / "a.docx", "two_cases.docx", changed)
    try:
        answer = read("word", path)
    except BadImport:
        return
    assert all("content" not in one for one in answer["pictures"])


def test_values_of_formulas_are_read_and_none_is_worked_out(tmp_path: Path) -> None:
    answer = read("case_table", DATA / "cases.xlsx")
    rows = dict(answer["sheets"][0]["rows"])
    assert rows[3] == [
        "2025-03-02",
        "立式加工中心 FANUC 0i-MF",
        "SV0401",
        "开机报警，轴不动",
        "急停链触点松",
        "更换触点",
        "3",
        "甲公司",
    ]
    assert rows[4][1] == "立式加工中心 FANUC 0i-MF"
    assert rows[4][3] == "主轴堵转"
    assert [place for place, _ in answer["notes"]] == ["案例!G3", "案例!D4"]
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["现象", "=1+1", '=HYPERLINK("http://x/")', "=cmd|'/c calc'!A0"])
    book.save(tmp_path / "f.xlsx")
    answer = read("case_table", tmp_path / "f.xlsx")
    assert answer["sheets"][0]["rows"] == [[1, ["现象"]]]
    assert [said for _, said in answer["notes"]] == ["has a formula; it has no saved value"] * 3


@pytest.mark.parametrize(
    ("encoding", "start"),
    [
        pytest.param("utf-8", b"\xef\xbb\xbf", id="utf-8 with a byte order mark"),
        pytest.param("gb18030", b"", id="gb18030"),
        pytest.param("utf-16-le", b"\xff\xfe", id="utf-16"),
    ],
)
def test_a_csv_of_excel_is_read_in_its_code_page(tmp_path: Path, encoding: str, start: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(start + "故障现象,处理措施\r\n轴不动,“断电”\r\n".encode(encoding))
    assert read("case_table", path)["sheets"][0]["rows"] == [
        [1, ["故障现象", "处理措施"]],
        [2, ["轴不动", "“断电”"]],
    ]


def test_a_hostile_table_is_refused(tmp_path: Path) -> None:
    assert "has macros" in refusal(
        "case_table", repacked(tmp_path / "m.xlsx", "cases.xlsx", {"xl/vbaProject.bin": b"x"})
    )
    far = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    refused = refusal(
        "case_table", repacked(tmp_path / "f.xlsx", "cases.xlsx", {"xl/worksheets/sheet1.xml": far})
    )
    assert "reaches to row 1,048,576" in refused
    big = tmp_path / "big.csv"
    with big.open("wb") as file:
        file.truncate(200_000_000)
    assert "has 200,000,000 bytes" in refusal("case_table", big)


def test_a_zip_of_markdown_gives_pages_with_names_in_any_code_page(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "a.zip",
        {"库/案例.md": "# 报警\r\n".encode(), "库/图.png": a_picture("PNG"), "库/x.exe": b"MZ"},
    )
    raw = path.read_bytes()
    answer = read("markdown_zip", path)
    assert answer["pages"] == [{"name": "库/案例.md", "text": "# 报警\r\n"}]
    assert list(answer["pictures"]) == ["库/图.png"]
    assert answer["notes"] == [["库/x.exe", "is neither a Markdown page nor a picture; it is left out"]]
    # The same archive as a Chinese Windows packs it: names in GB 18030 without the mark for UTF-8.
    old = zipfile.ZipFile(io.BytesIO(raw))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in old.namelist():
            archive.writestr(
                "X" * len(name.encode("gb18030")) if name.endswith(".md") else name, old.read(name)
            )
    gbk = packed.getvalue().replace(
        b"X" * len("库/案例.md".encode("gb18030")), "库/案例.md".encode("gb18030")
    )
    path.write_bytes(gbk)
    assert read("markdown_zip", path)["pages"][0]["name"] == "库/案例.md"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("../../etc/cron.md", "leads out of the archive", id="escape"),
        pytest.param("a\\..\\..\\b.md", "leads out of the archive", id="backslash"),
        pytest.param("/etc/passwd.md", "is an absolute name", id="absolute"),
        pytest.param("C:/windows/a.md", "is an absolute name", id="drive"),
        pytest.param("a\nb.md", "has control characters", id="control"),
        pytest.param("A.MD", "is there twice", id="case"),
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str, said: str) -> None:
    assert said in refusal("markdown_zip", zipped(tmp_path / "a.zip", {"a.md": b"x", name: b"x"}))


def crowded(entries: int) -> bytes:
    """Return an archive whose directory names so many files, as only a hostile one does."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("00000000.md", "")
    one = raw.getvalue()
    start, end = one.index(b"PK\x01\x02"), one.index(b"PK\x05\x06")
    record = one[start:end]
    directory = b"".join(record.replace(b"00000000", b"%08d" % number) for number in range(entries))
    tail = bytearray(one[end:])
    struct.pack_into("<HHII", tail, 8, 65535, 65535, len(directory), start)
    return one[:start] + directory + bytes(tail)


def test_links_archives_bombs_and_crowds_are_refused_or_told(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("link.md")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert "is a link to another file" in refusal("markdown_zip", path)
    inner = zipped(tmp_path / "inner.zip", {"a.md": b"x"}).read_bytes()
    answer = read("markdown_zip", zipped(path, {"a.md": b"x", "b.zip": inner}))
    assert answer["notes"] == [["b.zip", "is an archive within the archive; it is not opened"]]
    assert "unpacks to" in refusal("markdown_zip", zipped(path, {"a.md": b"0" * 200_000_001}))
    path.write_bytes(crowded(100_000))
    assert "has 100,000 entries" in refusal("markdown_zip", path)
    zipped(path, {"a.md": b"x" * 50, "b.md": b"y" * 50})
    raw = bytearray(path.read_bytes())
    second = raw.rindex(b"PK\x01\x02")
    struct.pack_into("<I", raw, second + 42, 0)
    path.write_bytes(raw)
    assert "overlap" in refusal("markdown_zip", path)


def test_as_many_entries_as_the_largest_library_has_are_read() -> None:
    assert markdown_zip.MOST_ENTRIES >= 20_000


def test_a_picture_is_written_anew_without_what_it_tells_of_its_maker() -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    exif[0x0112] = 6
    raw = a_picture("JPEG", (3000, 1500), exif=exif) + b"<script>"
    kept = kept_picture(raw)
    content = base64.b64decode(str(kept["content"]))
    assert b"secret place" not in content
    assert b"<script>" not in content
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.size == (LONGEST_SIDE // 2, LONGEST_SIDE)
    assert kept_picture(a_picture("BMP"))["media_type"] == "image/png"


def a_png_of(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"\xd7\xcd\xc6\x9a...", "is a WMF drawing", id="wmf"),
        pytest.param(b"<svg onload='x'>", "may carry script", id="svg"),
        pytest.param(b"\x89PNG\r\n\x1a\n", "is no picture", id="cut"),
        pytest.param(b"", "is no picture", id="empty"),
        pytest.param(a_png_of(60_000, 60_000), "points", id="bomb"),
    ],
)
def test_what_is_no_picture_to_keep_says_why(content: bytes, said: str) -> None:
    with pytest.raises(NoPicture, match=said):
        kept_picture(content)


def test_text_of_a_document_reads_as_typed_and_is_never_markdown() -> None:
    (line,) = lines_of("<p># not a heading *or* `code` [x](javascript:y) &lt;b&gt;</p>")
    assert line.text == "\\# not a heading \\*or\\* \\`code\\` \\[x\\](javascript:y) <b>"
    assert line.plain == "# not a heading *or* `code` [x](javascript:y) <b>"
