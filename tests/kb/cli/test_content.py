"""`servicebook content`: check, list and show the library's pages."""

from pathlib import Path

import pytest

from tests.kb.cli.running import Servicebook
from tests.kb.site.samples import a_library, a_page


@pytest.fixture
def content_dir(tmp_path: Path) -> Path:
    return a_library(tmp_path / "content")


@pytest.fixture
def servicebook(
    content_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Servicebook:
    monkeypatch.chdir(tmp_path)
    return Servicebook(monkeypatch, capsys, {"SERVICEBOOK_CONTENT_DIR": str(content_dir)})


def test_a_sound_library_is_counted_and_ends_with_zero(servicebook: Servicebook) -> None:
    run = servicebook("content", "check")
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith(
        "6 页 · pages (alarm 1，case 1，checklist 1，course 1，guide 1，term 1), 0 处问题"
    )


def test_every_fault_of_every_page_is_told_at_once_with_line_and_repair(
    servicebook: Servicebook, content_dir: Path
) -> None:
    (content_dir / "case.md").write_text(a_page("case", related=["CASE-NO-99"]), encoding="utf-8")
    (content_dir / "guide.md").write_text(a_page("guide", owner=None, colour="red"), encoding="utf-8")
    run = servicebook("content", "check")
    assert run.code == 3
    lines = run.err.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("case.md:")
    assert lines[0].endswith("names CASE-NO-99, which does not exist → mend the id or write the page")
    assert "colour" in run.err
    assert "add the field owner" in run.err
    assert "3 处问题" in run.out


def test_the_faults_come_as_data_too(servicebook: Servicebook, content_dir: Path) -> None:
    assert servicebook("content", "check", "--json").json()["faults"] == []
    (content_dir / "case.md").write_text(a_page("case", related=["CASE-NO-99"]), encoding="utf-8")
    run = servicebook("content", "check", "--json")
    assert run.code == 3
    (fault,) = run.json()["faults"]
    assert fault["what"] == "names CASE-NO-99, which does not exist"
    assert run.json()["pages"]["case"] == 1


def test_facts_are_compared_with_the_folder_of_facts(
    servicebook: Servicebook, content_dir: Path, tmp_path: Path
) -> None:
    facts = tmp_path / "domain"
    facts.mkdir()
    (facts / "alarms.tsv").write_text("code\tgrade\nSV0401\tA\n", encoding="utf-8")
    (facts / "faults.tsv").write_text("id\tgrade\nSPI-01\tB\n", encoding="utf-8")
    (facts / "tasks.md").write_text("| T001 | oil |\n", encoding="utf-8")
    (content_dir / "guide.md").write_text(a_page("guide", facts=["T001", "T999"]), encoding="utf-8")
    run = servicebook("content", "check", "--facts", str(facts))
    assert run.code == 3
    assert [line.partition(": ")[2] for line in run.err.splitlines()] == [
        "names the fact 'T999', which domain/ does not have → use its id",
        "is a fact of grade A and stands on no page → write its page, or name it in the facts of one",
    ]


def test_a_folder_of_facts_that_is_not_there_is_told(servicebook: Servicebook, tmp_path: Path) -> None:
    run = servicebook("content", "check", "--facts", str(tmp_path / "none"))
    assert run.code == 7
    assert "no file of facts has the id" in run.err


def test_pages_are_listed_by_type(servicebook: Servicebook) -> None:
    assert servicebook("content", "list", "--type", "case").out == "CASE-X-01\tvalidated\t主轴过热\n"
    rows = servicebook("content", "list", "--json").json()
    assert [row["id"] for row in rows] == [
        "ALM-FANUC-SV0401", "CASE-X-01", "CHK-X", "COURSE-X", "GUIDE-X", "TERM-scale",
    ]  # fmt: skip
    assert rows[1] == {"id": "CASE-X-01", "type": "case", "title": "主轴过热", "confidence": "validated"}


def test_a_type_that_does_not_exist_is_refused(servicebook: Servicebook) -> None:
    run = servicebook("content", "list", "--type", "novel")
    assert (run.code, run.out) == (2, "")
    assert "novel" in run.err


def test_a_page_is_shown_with_its_body(servicebook: Servicebook) -> None:
    run = servicebook("content", "show", "CASE-X-01")
    assert run.out.startswith("主轴过热\n")
    assert "## 现象" in run.out
    shown = servicebook("content", "show", "CASE-X-01", "--json").json()
    assert shown["symptom"] == "加工一小时后报警"
    assert shown["body"].startswith("## 现象")
    missing = servicebook("content", "show", "CASE-NO-99")
    assert missing.code == 7
    assert "no page has the id 'CASE-NO-99'" in missing.err
