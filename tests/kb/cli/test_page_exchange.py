"""Pages are taken out and brought in by command."""

import shutil
import zipfile
from pathlib import Path

import pytest

from tests.kb.cli.running import Servicebook

ROOT = Path(__file__).parents[3]
DATA = ROOT / "tests" / "data" / "imports"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Servicebook:
    content = tmp_path / "content"
    shutil.copytree(ROOT / "content" / "vocabularies", content / "vocabularies")
    shutil.copytree(ROOT / "content" / "cases" / "axs", content / "cases" / "axs")
    monkeypatch.chdir(tmp_path)
    environment = {"SERVICEBOOK_HOME": str(tmp_path / "var"), "SERVICEBOOK_CONTENT_DIR": str(content)}
    return Servicebook(monkeypatch, capsys, environment)


def test_pages_are_written_in_the_format_that_the_ending_says(run: Servicebook, tmp_path: Path) -> None:
    assert run("content", "export", "a.pdf", "CASE-AXS-01", "CASE-AXS-02", "--title", "伺服").code == 0
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    told = run("content", "export", "out/a.docx", "--query", "SV0401", "--type", "case", "--json").json()
    assert told["pages"][0] == "CASE-AXS-01"
    assert (tmp_path / "out" / "a.docx").stat().st_size == told["bytes"]
    assert run("content", "export", "a.zip", "--type", "case").code == 0
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert "cases/axs/axs-01.md" in archive.namelist()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        pytest.param(("a.rtf", "CASE-AXS-01"), 5, "end it with one of .pdf, .docx, .md, .zip", id="ending"),
        pytest.param(("a.md", "CASE-AXS-01", "CASE-AXS-02"), 5, "end it with .zip", id="several"),
        pytest.param(("a.pdf", "CASE-NONE-1"), 7, "CASE-NONE-1", id="unknown"),
        pytest.param(("a.pdf",), 6, "nothing is chosen", id="nothing"),
    ],
)
def test_an_export_that_cannot_be_says_why_and_writes_nothing(
    run: Servicebook, tmp_path: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    ended = run("content", "export", *words)
    assert (ended.code, said in ended.err) == (code, True), ended.err
    assert not (tmp_path / words[0]).exists()


def test_a_table_is_read_into_drafts_and_one_is_accepted(run: Servicebook) -> None:
    table = str(DATA / "cases.xlsx")
    trial = run("content", "import", table, "--dry-run", "--map", "日期=-", "--json").json()
    assert (trial["dry_run"], trial["counts"]["new"]) == (True, 2)
    assert run("draft", "list", "--json").json()["counts"]["new"] == 0
    kept = run("content", "import", table, "--only", "2", "--json").json()
    assert kept["counts"] == {"new": 1, "known": 0, "unchanged": 0, "left": 1}
    (one,) = run("draft", "list", "--json").json()["items"]
    refused = run("content", "accept", one["id"])
    assert refused.code == 5
    assert "title_en" in refused.err
    values = ("--set", "title_en=Spindle stalls", "--set", "hazards=none", "--set", "failure_mode=STP")
    made = run("content", "accept", one["id"], *values, "--json").json()
    assert run("content", "show", made["page"], "--json").json()["status"] == "in_preparation"
    text = run("content", "import", table)
    assert "known 1" in text.err
    assert "new 1" in text.err


def test_the_type_of_each_document_is_chosen_by_command(run: Servicebook, tmp_path: Path) -> None:
    file = str(DATA / "other_types.docx")
    told = run("content", "import", file, "--dry-run", "--json").json()["items"]
    assert [one["page_type"] for one in told] == ["guide", "alarm", "checklist"]
    kept = run("content", "import", file, "--only", "1,3", "--type", "1=case", "--json").json()["items"]
    assert [one["page_type"] for one in kept] == ["case", "alarm", "checklist"]
    (tmp_path / "items.txt").write_text("油位 | 两线之间 | 2", encoding="utf-8")
    words = ("--set", "title_en=Weekly", "--set", "items=@items.txt", "--json")
    made = run("content", "accept", kept[2]["draft_id"], *words).json()["page"]
    assert run("content", "show", made, "--json").json()["items"][0]["minutes"] == 2
    guide = ("--type", "guide", "--set", "title_en=Tailstock", "--set", "hazards=none")
    refused = run("content", "accept", kept[0]["draft_id"], *guide, "--set", "failure_mode=STP")
    assert refused.code == 5
    assert "failure_mode" in refused.err
    assert "time_minutes" in refused.err
    done = run("content", "accept", kept[0]["draft_id"], *guide, "--set", "time_minutes=60", "--json").json()
    assert run("content", "show", done["page"], "--json").json()["guide_type"] == "adjustment"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        pytest.param(("missing.docx",), 4, "is no file", id="missing"),
        pytest.param((str(DATA / "README.md"), "--only", "1,x"), 5, "write numbers", id="only"),
        pytest.param((str(DATA / "cases.xlsx"), "--map", "x"), 5, "write NAME=VALUE", id="map"),
        pytest.param((str(DATA / "cases.xlsx"), "--map", "无=现象"), 4, "is no header", id="header"),
        pytest.param((str(DATA / "cases.xlsx"), "--type", "x=guide"), 5, "write 2=guide", id="type"),
        pytest.param((str(DATA / "cases.xlsx"), "--type", "1=guide"), 5, "neither steps nor items", id="row"),
        pytest.param((str(DATA / "make.py"),), 4, "of a kind that is not read", id="kind"),
    ],
)
def test_an_import_that_cannot_be_says_why(
    run: Servicebook, words: tuple[str, ...], code: int, said: str
) -> None:
    ended = run("content", "import", *words)
    assert (ended.code, said in ended.err) == (code, True), ended.err
