"""`servicebook proposal`: prices written, a proposal worked out, moved, accepted and exported on the command line."""

import json
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.kb.cli.running import Servicebook

REGISTER = {
    "客户": "客户编号,客户名称\nC1,苏州精密\n",
    "现场": "现场编号,现场名称,客户\nS1,一厂,C1\n",
    "设备": "设备编号,现场,设备类别\n立加-01,S1,VMC\n",
}
PRICES = {"labour_hour": 200, "travel_hour": 100, "kilometre": 2, "repair_hours": 5, "repair_parts": 1000}


@pytest.fixture
def servicebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Servicebook:
    environment = {
        "SERVICEBOOK_HOME": str(tmp_path / "var"),
        "SERVICEBOOK_CONTENT_DIR": str(ROOT / "content"),
    }
    return Servicebook(monkeypatch, capsys, environment)


def test_a_proposal_is_worked_out_and_accepted(servicebook: Servicebook, tmp_path: Path) -> None:
    folder = tmp_path / "register"
    folder.mkdir()
    for name, text in REGISTER.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    assert servicebook("register", "import", str(folder)).code == 0
    assert servicebook("proposal", "prices").code == 7
    file = tmp_path / "prices.json"
    file.write_text("[1", encoding="utf-8")
    assert servicebook("proposal", "prices", "--write", str(file)).code == 5
    file.write_text(json.dumps(PRICES), encoding="utf-8")
    assert servicebook("proposal", "prices", "--write", str(file), "--note", "首版").json()["number"] == 1
    kept = servicebook("proposal", "prices")
    file.write_text(kept.out, encoding="utf-8")
    assert (
        servicebook("proposal", "prices", "--write", str(file)).json()["number"] == 1
    )  # what was printed is taken back
    wishes = ("--set", "trip_minutes=60", "--set", "trip_kilometres=40", "--set", "contact=孙工")
    made = servicebook("proposal", "new", "S1", "--start", "2099-01-01", *wishes).out
    assert "没有同类设备的维修记录" in made
    number = made.split()[0]
    assert servicebook("proposal", "move", number, "approved").code == 5
    refused = servicebook("proposal", "adjust", number, "--set", "failures_per_year")
    assert "has no =" in refused.err
    told = servicebook("proposal", "adjust", number, "--set", "failures_per_year=2.5", "--json").json()
    assert (told["wishes"]["failures_per_year"], told["missing"]) == ("2.5", [])
    for state in ("approved", "sent"):
        assert servicebook("proposal", "move", number, state).code == 0
    letter, word, pdf = (tmp_path / name for name in ("l.docx", "o.docx", "o.pdf"))
    assert servicebook("proposal", "letterhead", str(letter)).code == 0
    assert servicebook("proposal", "export", number, "--docx", str(word), "--pdf", str(pdf)).code == 0
    assert (word.read_bytes()[:2], pdf.read_bytes()[:5]) == (b"PK", b"%PDF-")
    assert servicebook("proposal", "accept", number, "all_in", "--json").json()["state"] == "accepted"
    assert "accepted" in servicebook("proposal", "list").out
    assert servicebook("proposal", "list", "--json").json()["total"] == 1
    assert "全包" in servicebook("proposal", "show", number).out
