"""`servicebook inspection` on the command line."""

import json
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.kb.cli.running import Servicebook

REGISTER = {
    "客户": "客户编号,客户名称\nC1,苏州精密\n",
    "现场": "现场编号,现场名称,客户\nS1,一厂,C1\n",
    "设备": "设备编号,现场,设备类别,品牌,型号\n立加-01,S1,VMC,示例,V8\n立加-02,S1,VMC,示例,V7\n",
}
BULLETIN = {
    "number": "TB-1",
    "title": "检查护罩",
    "source": "示例厂家",
    "action": "紧固螺钉",
    "rule": {"models": ["V8"]},
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


def test_a_bulletin_is_kept_decided_and_advised_about(servicebook: Servicebook, tmp_path: Path) -> None:
    folder = tmp_path / "register"
    folder.mkdir()
    for name, text in REGISTER.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    assert servicebook("register", "import", str(folder)).code == 0
    assert servicebook("inspection", "bulletins", "--json").json() == {"items": [], "total": 0}
    file = tmp_path / "bulletin.json"
    file.write_text("[]", encoding="utf-8")
    assert servicebook("inspection", "keep", str(file)).code != 0
    file.write_text(json.dumps(BULLETIN), encoding="utf-8")
    assert "未执行  立加-01" in servicebook("inspection", "keep", str(file)).out
    assert "open=1" in servicebook("inspection", "bulletins").out
    found = servicebook("inspection", "analyse", "--site", "S1", "--json").json()
    assert [[one["kind"] for one in each["advice"]] for each in found["items"]] == [["campaign"], []]
    pdf, word = tmp_path / "a.pdf", tmp_path / "a.docx"
    told = servicebook(
        "inspection", "analyse", "--machine", "立加-02", "--pdf", str(pdf), "--docx", str(word)
    )
    assert "没有建议" in told.out
    assert pdf.read_bytes().startswith(b"%PDF")
    assert word.read_bytes().startswith(b"PK")
    assert servicebook("inspection", "decide", "TB-1", "立加-01", "gone").code != 0
    assert servicebook("inspection", "decide", "TB-1", "立加-01", "done").code != 0  # no order
    decided = ("inspection", "decide", "TB-1", "立加-01", "not_affected", "--why", "已加固", "--json")
    assert servicebook(*decided).json()["progress"] == 100
    assert "不受影响  立加-01" in servicebook("inspection", "bulletin", "TB-1").out
    assert servicebook("inspection", "analyse").code != 0
