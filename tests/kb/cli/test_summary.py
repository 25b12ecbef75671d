"""`servicebook summary` on the command line."""

from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.kb.cli.running import Servicebook


@pytest.fixture
def servicebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Servicebook:
    environment = {
        "SERVICEBOOK_HOME": str(tmp_path / "var"),
        "SERVICEBOOK_CONTENT_DIR": str(ROOT / "content"),
    }
    return Servicebook(monkeypatch, capsys, environment)


def test_a_period_is_shown_written_closed_and_opened(servicebook: Servicebook, tmp_path: Path) -> None:
    assert "已完成上门" in servicebook("summary", "show", "2025").out
    told = servicebook("summary", "show", "2025-03", "--json").json()
    assert [one["whole"] for one in told["figures"] if one["code"] == "orders"] == [0]
    assert servicebook("summary", "list", "2025-03", "visits", "--json").json()["total"] == 0
    assert servicebook("summary", "list", "2025-03", "stars").code == 7
    book, word = tmp_path / "s.xlsx", tmp_path / "s.docx"
    assert servicebook("summary", "export", "2025", "--xlsx", str(book), "--docx", str(word)).code == 0
    assert (book.read_bytes()[:2], word.read_bytes()[:2]) == (b"PK", b"PK")
    assert servicebook("summary", "close", "2025-03").code == 0
    assert (
        servicebook("summary", "show", "2025-03", "--json").json()["closed"]["2025-03"]["by"]
        == "command line"
    )
    assert servicebook("summary", "open", "2025-03", "--reason", "补录").code == 0
    assert servicebook("summary", "show", "1999").code != 0
