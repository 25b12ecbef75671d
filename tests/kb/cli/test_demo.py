"""`servicebook demo` and `servicebook sample`: from nothing to a department with a plan, and a quick second start."""

import re
import shutil
from pathlib import Path

import pytest

from kb.cli import demo
from kb.errors import BadContent, Fault
from kb.settings import Settings
from kb.store import Store, count_equipment
from kb.usecases.plan import latest_plan
from tests.kb.cli.running import Servicebook

ROOT = Path(__file__).parents[3]
PAGES = ("checklists/dro-monthly.md", "checklists/dro-quarterly.md")
STEPS = ("数据库", "示例部门", "资料库", "索引", "站点", "计划")


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A small library: the real vocabularies and terms, two checklists."""
    folder = tmp_path / "content"
    shutil.copytree(ROOT / "content" / "vocabularies", folder / "vocabularies")
    for page in PAGES:
        (folder / page).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / "content" / page, folder / page)
    return folder


@pytest.fixture
def servicebook(
    tmp_path: Path, content: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Servicebook:
    monkeypatch.chdir(tmp_path)
    # The search has tests of its own; here a plan by the simple rule is enough.
    monkeypatch.setattr(demo, "search_is_compiled", lambda: False)
    return Servicebook(monkeypatch, capsys, {"SERVICEBOOK_CONTENT_DIR": str(content)})


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Stands in for the site's builder, which has tests of its own; keeps what it was asked to build."""
    (tmp_path / "mkdocs.yml").write_text("site_name: sample\n")
    calls: list[str] = []

    class Report:
        pages = 2

    def build(*, config_file: Path, content_dir: Path, site_dir: Path, built: object) -> Report:
        calls.append(str(config_file))
        site_dir.mkdir(parents=True, exist_ok=True)
        (site_dir / "index.html").write_text("built")
        return Report()

    monkeypatch.setattr("kb.usecases.demo.build_site", build)
    return calls


def test_the_demonstration_makes_everything_and_the_second_start_nothing_twice(
    servicebook: Servicebook, built: list[str], tmp_path: Path
) -> None:
    first = servicebook("demo", "--no-serve")
    assert first.code == 0, first.err
    lines = [line for line in first.out.splitlines() if re.search(r"\(\d+\.\d s\)$", line)]
    assert len(lines) == len(STEPS)
    assert all(step in line for step, line in zip(STEPS, lines, strict=True))
    assert "60 个现场 · sites, 240 台设备 · machines" in first.out
    assert "http://127.0.0.1:8000/plan" in first.out
    assert built == ["mkdocs.yml"]
    store = Store(Settings(home=tmp_path / "var").database)
    book = latest_plan(store)
    assert book is not None
    assert (book.first_day.month, book.last_day.month) == (1, 12)
    assert len(book.visits) > 300

    second = servicebook("demo", "--no-serve", "--port", "8123")
    assert second.out.count("已是最新") == 3
    assert "台账已有数据，保留" in second.out
    assert "http://127.0.0.1:8123/plan" in second.out
    assert built == ["mkdocs.yml"]
    again = latest_plan(store)
    assert again is not None
    assert again.number == book.number
    store.close()


def test_a_changed_library_is_built_again_and_a_changed_register_planned_again(
    servicebook: Servicebook, built: list[str], content: Path, tmp_path: Path
) -> None:
    servicebook("demo", "--no-serve")
    page = content / PAGES[0]
    page.write_text(page.read_text(encoding="utf-8") + "\n补充一行。\n", encoding="utf-8")
    probe = tmp_path / "probe.xml"
    probe.write_text(
        '<MTConnectDevices><Header version="1.3"/><Devices><Device id="d" uuid="U" name="N"/></Devices></MTConnectDevices>'
    )
    assert servicebook("equipment", "import-mtconnect", str(probe), "--site", "SMP-S0001").code == 0
    again = servicebook("demo", "--no-serve")
    assert again.code == 0, again.err
    assert built == ["mkdocs.yml"] * 2
    assert again.out.count("已是最新") == 1


def test_without_a_site_configuration_the_step_says_so(servicebook: Servicebook) -> None:
    assert "no mkdocs.yml in this folder; skipped" in servicebook("demo", "--no-serve").out


def test_a_fault_in_a_page_is_told_and_does_not_stop_the_rest(
    servicebook: Servicebook, built: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(**_: object) -> None:
        raise BadContent("the built site has 1 fault(s)", [Fault(where="a.html", what="has a dead link")])

    monkeypatch.setattr("kb.usecases.demo.build_site", build)
    run = servicebook("demo", "--no-serve")
    assert run.code == 0
    assert "a.html: has a dead link" in run.err
    assert "1 处问题，未生成，其余继续" in run.out
    assert "年计划 · plan: " in run.out


def test_the_demonstration_serves_on_loopback_at_the_wanted_port(
    servicebook: Servicebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[tuple[str, int]] = []
    monkeypatch.setattr(demo, "run", lambda _, *, host, port: served.append((host, port)))
    servicebook("demo", "--port", "8123")
    assert served == [("127.0.0.1", 8123)]


def test_the_sample_is_loaded_once_and_another_is_refused(servicebook: Servicebook, tmp_path: Path) -> None:
    words = (
        "sample",
        "load",
        "--sites",
        "5",
        "--machines",
        "20",
        "--technicians",
        "2",
        "--today",
        "2026-11-23",
    )
    first = servicebook(*words, "--json").json()
    assert (first["loaded"], first["rows"]["equipment"], first["rows"]["plan_runs"]) == (True, 20, 1)
    assert servicebook(*words, "--json").json() == {"loaded": False, "rows": {}}
    other = servicebook(*words, "--seed", "1")
    assert other.code == 8
    assert "another sample" in other.err
    store = Store(Settings(home=tmp_path / "var").database)
    with store.reading() as session:
        assert count_equipment(session) == 20
    store.close()


def test_a_size_that_cannot_be_made_is_told(servicebook: Servicebook) -> None:
    run = servicebook("sample", "load", "--sites", "30", "--machines", "20")
    assert run.code == 5
    assert "are 20 for 30 sites" in run.err
    assert servicebook("sample", "load", "--sites", "2001").code == 2
