"""`servicebook page`: read, written, compared, brought back and moved on, with exit codes and JSON."""

from pathlib import Path

import pytest

from tests.kb.cli.running import Servicebook
from tests.kb.content.pages import a_case
from tests.kb.site.samples import a_library

CASE = "CASE-X-01"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return a_library(tmp_path / "content")


@pytest.fixture
def servicebook(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, content: Path
) -> Servicebook:
    environment = {"SERVICEBOOK_HOME": str(tmp_path / "var"), "SERVICEBOOK_CONTENT_DIR": str(content)}
    return Servicebook(monkeypatch, capsys, environment)


def test_a_page_goes_through_its_whole_life(servicebook: Servicebook, content: Path, tmp_path: Path) -> None:
    shown = servicebook("page", "show", CASE, "--json").json()
    file = tmp_path / "new.md"
    file.write_text(shown["text"].replace("主轴过热", "主轴太热"), encoding="utf-8")
    compared = servicebook("page", "edit", CASE, "--from", str(file), "--dry-run")
    assert (compared.code, "~ title: 主轴[-过-]{+太+}热" in compared.out) == (0, True)
    assert servicebook("page", "edit", CASE, "--from", str(file)).code == 5
    saved = servicebook("page", "edit", CASE, "--from", str(file), "--why", "说清楚", "--json").json()
    assert (saved["written"], saved["revision"]["number"]) == (True, 2)
    again = servicebook("page", "edit", CASE, "--from", str(file), "--why", "说清楚", "--json").json()
    assert again["written"] is False
    stale = ("page", "edit", CASE, "--from", str(file), "--why", "x", "--based-on", "0" * 64)
    file.write_text(shown["text"].replace("主轴过热", "别的"), encoding="utf-8")
    assert servicebook(*stale).code == 8
    rows = servicebook("page", "history", CASE, "--json").json()["items"]
    assert [(row["kind"], row["why"]) for row in rows] == [("edit", "说清楚"), ("found", "")]
    assert "主轴[-过-]{+太+}热" in servicebook("page", "diff", CASE, "1").out
    assert servicebook("page", "restore", CASE, "1", "--why", "回去").code == 0
    assert "title: 主轴过热" in servicebook("page", "show", CASE).out
    moved = servicebook("page", "set-status", CASE, "--status", "in_review", "--reviewed", "--why", "看")
    assert moved.code == 0, moved.err
    assert "status: in_review" in (content / "case.md").read_text(encoding="utf-8")
    refused = servicebook("page", "set-status", CASE, "--status", "released", "--why", "急")
    assert (refused.code, "does not become released in one step" in refused.err) == (5, True)


def test_a_new_page_is_printed_blank_checked_and_written(
    servicebook: Servicebook, content: Path, tmp_path: Path
) -> None:
    blank = servicebook("page", "new", "--type", "guide", "--id", "GUIDE-NEW")
    assert (blank.code, "id: GUIDE-NEW" in blank.out) == (0, True)
    file = tmp_path / "case.md"
    file.write_text(blank.out, encoding="utf-8")
    unfilled = servicebook("page", "new", "--from", str(file))
    assert (unfilled.code, "title" in unfilled.err) == (5, True)
    file.write_text(a_case(id="CASE-X-09", status="in_preparation", confidence="wip"), encoding="utf-8")
    alike = servicebook("page", "new", "--from", str(file), "--dry-run")
    assert (alike.code, CASE in alike.err) == (0, True)
    assert servicebook("page", "new", "--from", str(file)).code == 0
    assert (content / "cases" / "x" / "x-09.md").is_file()
    assert servicebook("page", "new").code == 5


def test_what_is_not_there_or_not_text_is_told(servicebook: Servicebook, tmp_path: Path) -> None:
    assert servicebook("page", "show", "CASE-NO-1").code == 7
    assert servicebook("page", "history", "CASE-NO-1").code == 7
    assert servicebook("page", "edit", CASE, "--from", str(tmp_path / "none.md")).code == 7
    file = tmp_path / "gbk.md"
    file.write_bytes("---\n主轴".encode("gbk"))
    told = servicebook("page", "edit", CASE, "--from", str(file))
    assert (told.code, "is not UTF-8 on line 2" in told.err) == (5, True)
