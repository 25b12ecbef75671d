import json
from pathlib import Path

import pytest

from kb.cli.main import main
from kb.usecases.register_tables import TABLES

CUSTOMERS = "客户编号,客户名称,电话\nK1,华东精密,+86 512\nK2,华南精密,\n"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    content = Path(__file__).parents[3] / "content"
    monkeypatch.setenv("SERVICEBOOK_HOME", str(tmp_path / "var"))
    monkeypatch.setenv("SERVICEBOOK_CONTENT_DIR", str(content))
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit, match=r"^\d+$") as ended:
        main(["register", *words])
    out, err = capsys.readouterr()
    return int(str(ended.value.code)), out, err


@pytest.fixture
def filled(home: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    path = home / "客户.csv"
    path.write_text(CUSTOMERS, encoding="utf-8")
    assert run(capsys, "import", str(path))[0] == 0
    return path


def test_a_file_is_checked_then_imported_then_unchanged(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = home / "客户.csv"
    path.write_text(CUSTOMERS, encoding="utf-8")
    counts = []
    for words in (["--dry-run"], [], []):
        code, out, _ = run(capsys, "import", str(path), "--json", *words)
        assert code == 0
        report = json.loads(out)
        counts.append(
            (report["dry_run"], *(report["tables"][0][name] for name in ("added", "changed", "unchanged")))
        )
    assert counts == [(True, 2, 0, 0), (False, 2, 0, 0), (False, 0, 0, 2)]


def test_a_faulty_file_ends_with_code_4_and_every_fault_and_changes_nothing(
    filled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filled.write_text("客户编号,客户名称,颜色\nK1,,\n,x,\n", encoding="utf-8")
    code, _, err = run(capsys, "import", str(filled), "--json")
    assert code == 4
    told = json.loads(err)
    assert [fault["where"] for fault in told["faults"]] == ["客户!C1", "客户!B2", "客户!A3"]
    code, _, err = run(capsys, "import", str(filled))
    assert (code, err.count("客户!")) == (4, 3)
    assert json.loads(run(capsys, "show", "customers", "K1", "--json")[1])["name"] == "华东精密"


def test_a_list_is_searched_narrowed_and_paged(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, err = run(capsys, "list", "customers", "--search", "华南")
    assert out == "K2\t华南精密\n"
    assert "1/1 · 1" in err
    words = ("--where", "retired=no", "--sort", "-code", "--size", "1", "--page", "2", "--json")
    found = json.loads(run(capsys, "list", "customers", *words)[1])
    assert ([one["code"] for one in found["items"]], found["total"]) == (["K1"], 2)


def test_a_thing_is_shown_for_people_and_for_programs(
    filled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "电话\t+86 512" in run(capsys, "show", "customers", "K1")[1]
    assert json.loads(run(capsys, "show", "customers", "K1", "--json")[1])["revision"] == 1


@pytest.mark.parametrize(
    ("words", "code"),
    [
        pytest.param(("show", "customers", "K9"), 7, id="no such thing"),
        pytest.param(("list", "users"), 7, id="no such table"),
        pytest.param(("list", "customers", "--where", "phone=1"), 6, id="no such filter"),
        pytest.param(("export", "x.docx"), 5, id="no such form"),
        pytest.param(("template", "x.xlsx", "--language", "fr"), 5, id="no such language"),
        pytest.param(("import", "nothing.xlsx"), 4, id="no such file"),
    ],
)
def test_what_cannot_be_done_ends_with_its_code(
    filled: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int
) -> None:
    assert run(capsys, *words)[0] == code


@pytest.mark.parametrize("target", ["out.xlsx", "out.zip", "folder"])
def test_an_export_is_imported_again(filled: Path, capsys: pytest.CaptureFixture[str], target: str) -> None:
    path = str(filled.parent / target)
    assert run(capsys, "export", path, "--table", "customers", "--language", "en")[0] == 0
    report = json.loads(run(capsys, "import", path, "--json")[1])
    assert report["tables"] == [{"table": "customers", "added": 0, "changed": 0, "unchanged": 2}]


def test_the_template_is_written_and_has_nothing_to_import(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(home / "template.xlsx")
    assert run(capsys, "template", path)[0] == 0
    assert json.loads(run(capsys, "import", path, "--json")[1])["tables"] == []
    assert len(TABLES) == 13
