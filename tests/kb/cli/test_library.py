"""`servicebook library`: figures, lists, votes, work and uses on the command line."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.kb.cli.running import Servicebook
from tests.kb.search.pages import a_library

PAGE = "CASE-HOT"


@pytest.fixture
def servicebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Servicebook:
    folder = a_library(tmp_path).folder
    environment = {"SERVICEBOOK_HOME": str(tmp_path / "var"), "SERVICEBOOK_CONTENT_DIR": str(folder)}
    return Servicebook(monkeypatch, capsys, environment)


def test_a_vote_makes_work_that_is_taken_over_and_declined(servicebook: Servicebook) -> None:
    told = servicebook(
        "library", "judge", PAGE, "--not-helpful", "--reason", "wrong", "--text", "扭矩", "--json"
    )
    assert told.json()["reasons"] == {"wrong": 1}
    assert servicebook("library", "judge", PAGE, "--not-helpful", "--reason", "wrong").code == 0
    assert "-1  {'wrong': 1}" in servicebook("library", "feedback", PAGE).out
    work = servicebook("library", "work", "--json").json()
    assert [(one["page_id"], one["owner"]) for one in work["items"]] == [(PAGE, "技术资料组")]
    assert work["counts"] == {"open": 1, "mended": 0, "declined": 0}
    refused = servicebook("library", "take", PAGE, "--state", "declined")
    assert (refused.code, "say why it is declined" in refused.err) == (5, True)
    taken = servicebook("library", "take", PAGE, "--owner", "李工", "--due", "2027-01-31", "--json").json()
    assert (taken["owner"], taken["due"], taken["revision"]) == ("李工", "2027-01-31", 2)
    assert f"{PAGE}  2027-01-31  李工" in servicebook("library", "work").out


def test_figures_and_lists_are_printed_and_written(servicebook: Servicebook, tmp_path: Path) -> None:
    assert "pages: alarm 10 · case 5" in servicebook("library", "health").out
    assert servicebook("library", "health", "--json").json()["pages"]["case"] == 5
    listed = servicebook("library", "list", "coverage", "--row", "FANUC", "--json").json()
    assert listed["total"] == len(listed["items"]) > 0
    book = tmp_path / "reviews.xlsx"
    said = servicebook("library", "list", "reviews", "--within", "3660", "--xlsx", str(book))
    assert load_workbook(book).worksheets[0].max_row == said.out.count("\n") + 1
    assert servicebook("library", "list", "nothing").code == 7
    assert servicebook("library", "list", "ages", "--age", "1-2").code == 6


def test_a_use_needs_a_visit_that_is_there(servicebook: Servicebook) -> None:
    assert servicebook("library", "use", PAGE, "--visit", "nowhere").code == 7
    assert servicebook("library", "use", PAGE, "--visit", "nowhere", "--remove").code == 7
    assert servicebook("library", "uses", "--page", PAGE, "--json").json() == {"items": []}
    assert servicebook("library", "uses").code == 2
