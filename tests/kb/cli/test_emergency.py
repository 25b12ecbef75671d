"""`servicebook emergency` on the command line."""

from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.kb.cli.running import Servicebook

REGISTER = {
    "客户": "客户编号,客户名称\nC1,苏州精密\n",
    "现场": "现场编号,现场名称,客户,电话\nS1,一厂,C1,138\n",
    "设备": "设备编号,现场,设备类别\n立加-01,S1,VMC\n",
}


@pytest.fixture
def servicebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Servicebook:
    environment = {
        "SERVICEBOOK_HOME": str(tmp_path / "var"),
        "SERVICEBOOK_CONTENT_DIR": str(ROOT / "content"),
    }
    return Servicebook(monkeypatch, capsys, environment)


def test_plans_are_shown_looked_through_drilled_and_written(servicebook: Servicebook, tmp_path: Path) -> None:
    folder = tmp_path / "register"
    folder.mkdir()
    for name, text in REGISTER.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    assert servicebook("register", "import", str(folder)).code == 0
    assert "S1" in servicebook("emergency", "list", "--due").out
    shown = servicebook("emergency", "show", "--site", "S1").out
    assert "触电、电柜冒烟或起火" in shown
    assert "! 还没有演练过" in shown
    assert servicebook("emergency", "show").code == 5
    assert (
        servicebook("emergency", "review", "--site", "S1", "--owner", "李工", "--json").json()["owner"]
        == "李工"
    )
    assert servicebook("emergency", "list", "--due", "--json").json()["total"] == 0
    told = (
        "--day",
        "2026-01-05",
        "--trigger",
        "axis",
        "--led-by",
        "孙工",
        "--people",
        "4",
        "--result",
        "撑住主轴箱",
    )
    assert (
        servicebook("emergency", "drill", "--machine", "立加-01", *told, "--json").json()["drills"][0][
            "people"
        ]
        == 4
    )
    pdf, word = tmp_path / "p.pdf", tmp_path / "p.docx"
    assert (
        servicebook("emergency", "export", "--site", "S1", "--pdf", str(pdf), "--docx", str(word)).code == 0
    )
    assert (pdf.read_bytes()[:5], word.read_bytes()[:2]) == (b"%PDF-", b"PK")
