"""`servicebook record` and `servicebook audit`: made, moved, exported, searched and erased on the command line."""

import json
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


def test_a_record_is_kept_and_a_customer_erased_on_the_command_line(
    servicebook: Servicebook, tmp_path: Path
) -> None:
    folder = tmp_path / "register"
    folder.mkdir()
    (folder / "客户.csv").write_text("客户编号,客户名称,联系人\nC1,苏州精密,周小芳\n", encoding="utf-8")
    assert servicebook("register", "import", str(folder)).code == 0
    said = ("--set", "title=加宽导轨", "--set", "need=周小芳希望加宽", "--set", "customer=C1")
    made = servicebook("record", "new", "need", *said, "--id", "n1", "--json").json()
    assert servicebook("record", "new", "need", *said, "--id", "n1", "--json").json() == made
    number = made["number"]
    assert servicebook("record", "move", number, "dropped").code == 5
    assert (
        servicebook("record", "move", number, "dropped", "--note", "不做", "--json").json()["state"]
        == "dropped"
    )
    assert number in servicebook("record", "list", "--kind", "need").out
    file = tmp_path / "needs.csv"
    assert servicebook("record", "export", str(file), "--kind", "need").code == 0
    assert "加宽导轨" in file.read_text(encoding="utf-8-sig")
    (tmp_path / "x.txt").write_text("说明", encoding="utf-8")
    assert servicebook("record", "attach", number, str(tmp_path / "x.txt")).code == 0
    found = servicebook("audit", "find", "--thing", number, "--json").json()["items"]
    assert [one["action"] for one in found] == ["attach", "move", "create"]
    assert servicebook("audit", "erase-customer", "C1").code == 5
    assert (
        json.loads(servicebook("audit", "erase-customer", "C1", "--confirm", "C1", "--json").out)["total"] > 0
    )
    assert "周小芳" not in servicebook("record", "show", number, "--history").out
