"""`servicebook reliability`: old jobs brought in, figures, lives and trends on the command line."""

from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.kb.cli.running import Servicebook

REGISTER = {
    "客户": "客户编号,客户名称\nC1,苏州精密\n",
    "现场": "现场编号,现场名称,客户\nS1,一厂,C1\n",
    "设备": "设备编号,现场,设备类别\n立加-01,S1,VMC\n",
}
JOBS = "日期,设备,内容,系统,零件,处理\n" + "".join(
    f"2025-0{month}-1{month},立加-01,风扇停,ELE,风扇,更换\n" for month in range(1, 8)
)


@pytest.fixture
def servicebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Servicebook:
    environment = {
        "SERVICEBOOK_HOME": str(tmp_path / "var"),
        "SERVICEBOOK_CONTENT_DIR": str(ROOT / "content"),
    }
    return Servicebook(monkeypatch, capsys, environment)


def test_old_jobs_become_figures_and_lives(servicebook: Servicebook, tmp_path: Path) -> None:
    folder = tmp_path / "register"
    folder.mkdir()
    for name, text in REGISTER.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    assert servicebook("register", "import", str(folder)).code == 0
    file = tmp_path / "jobs.csv"
    file.write_text(JOBS, encoding="utf-8")
    looked = servicebook("reliability", "import", str(file), "--dry-run", "--json").json()
    assert (looked["added"], looked["dry_run"]) == (7, True)
    assert "added: 7" in servicebook("reliability", "import", str(file)).out
    refused = servicebook("reliability", "import", str(file), "--map", "内容")
    assert (refused.code, "has no =" in refused.err) == (4, True)
    year = ("--from", "2025-01-01", "--to", "2025-12-31")
    told = servicebook("reliability", "show", *year, "--json").json()
    assert (told["failures"], told["repeats"], told["first_time_fix"]["corrected"]) == (
        7,
        {"30": 1, "90": 6},
        1 / 7,
    )
    shown = servicebook("reliability", "show", *year).out
    assert "7  100.0%  电气、数控与 PLC" in shown
    (life,) = servicebook("reliability", "parts", *year, "--json").json()
    assert (life["part"], life["failures"], life["lives"]) == ("风扇", 6, 7)
    assert "风扇: 看不出磨损" in servicebook("reliability", "parts", *year, "--ratio", "20").out
    assert servicebook("reliability", "trends", "--json").json() == []
