"""`servicebook plan`: what it prints, writes, and how it ends when it cannot."""

import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import docx
import pytest
from icalendar import Calendar
from openpyxl import load_workbook

from kb.store import Store
from kb.store.tables import TechnicianRow
from kb.usecases import plan as planning
from kb.usecases.plan import latest_plan
from kb.usecases.plan_job import start_planning
from kb.usecases.plan_period import Period
from tests.kb.cli.running import Servicebook
from tests.kb.usecases.plan_register import fill, small_register

ROOT = Path(__file__).parents[3]
YEAR = ("plan", "inspections", "--from", "2026-01-01", "--to", "2026-12-31")
YEARLY = "suzhou/m1-yearly/yearly/0"


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Servicebook:
    environment = {
        "SERVICEBOOK_HOME": str(tmp_path / "var"),
        "SERVICEBOOK_CONTENT_DIR": str(ROOT / "content"),
    }
    return Servicebook(monkeypatch, capsys, environment)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(f"sqlite:///{tmp_path / 'var' / 'servicebook.db'}")
    store.migrate()
    fill(store, small_register())
    store.close()
    return store


@pytest.fixture
def servicebook(bare: Servicebook, store: Store) -> Servicebook:
    return bare


def test_a_year_is_planned_and_summed_up(servicebook: Servicebook) -> None:
    run = servicebook(*YEAR)
    assert (run.code, run.err) == (0, "")
    assert run.out.splitlines()[:2] == [
        "第 1 版计划：2026-01-01 至 2026-12-31，20 次巡检，0 项未排入",
        "新增 20、移动 0、取消 0、未变 0",
    ]
    assert "未变 20" in servicebook(*YEAR).out


def test_the_plan_as_json_is_one_document_with_everything(servicebook: Servicebook) -> None:
    plan = servicebook(*YEAR, "--json").json()
    assert len(plan["visits"]) == plan["visit_count"] == 20
    assert plan["unplaced"] == []
    assert len(plan["difference"]["changes"]) == 20
    visit = next(one for one in plan["visits"] if one["key"] == YEARLY)
    assert (visit["day"], visit["technician"], visit["site_name"]) == ("2026-01-15", "t1", "苏州一厂")
    first = visit["occurrences"][0]
    assert (first["nominal"], first["due"], first["level"], first["k"]) == (
        "2026-01-15",
        "2026-01-15",
        "yearly",
        0,
    )


def test_planning_again_prints_the_same_visits(servicebook: Servicebook) -> None:
    first, again = (servicebook(*YEAR, "--json").json() for _ in range(2))
    assert again["number"] == 2
    assert again["visits"] == first["visits"]
    assert again["difference"]["changes"] == []


def test_the_latest_plan_is_shown_by_site_technician_and_month(servicebook: Servicebook) -> None:
    servicebook(*YEAR)
    lines = servicebook("plan", "show", "--site", "kunshan", "--month", "2026-04").out.splitlines()
    assert lines[0] == (
        "2026-04-15 周三  13:45–15:15  王工  昆山二厂  季检  VMC-03  [kunshan/m3-quarterly/quarterly/1]"
    )
    assert len(servicebook("plan", "show", "--technician", "t2", "--json").json()["visits"]) == 4


def test_a_visit_is_explained_in_both_languages(servicebook: Servicebook) -> None:
    servicebook(*YEAR)
    out = servicebook("plan", "explain", YEARLY).out
    assert "由王工前往" in out
    assert "王工 goes" in out
    assert "- 并入月度保养（原定 2026-01-15）。" in out
    explained = servicebook("plan", "explain", YEARLY, "--json").json()
    assert explained["trace_zh"]
    assert explained["trace_en"]


def test_files_are_written_and_open(servicebook: Servicebook, tmp_path: Path) -> None:
    servicebook(*YEAR)
    out = tmp_path / "out"
    run = servicebook(
        "plan",
        "export",
        "--xlsx",
        str(out / "plan.xlsx"),
        "--ics",
        str(out / "ics"),
        "--docx",
        str(out / "docx"),
    )
    assert run.code == 0
    written = [Path(line) for line in run.out.splitlines()]
    assert {path.relative_to(out).as_posix() for path in written} == {
        "docx/昆山二厂_kunshan.docx",
        "docx/苏州一厂_suzhou.docx",
        "docx/无锡厂_wuxi.docx",
        "ics/李工_t2.ics",
        "ics/王工_t1.ics",
        "plan.xlsx",
    }
    assert load_workbook(io.BytesIO((out / "plan.xlsx").read_bytes())).sheetnames
    assert len(Calendar.from_ical((out / "ics" / "王工_t1.ics").read_bytes()).walk("VEVENT")) == 16
    assert docx.Document(str(out / "docx" / "苏州一厂_suzhou.docx")).tables


def test_files_for_one_site_and_one_technician_only(servicebook: Servicebook, tmp_path: Path) -> None:
    servicebook(*YEAR)
    run = servicebook(
        "plan",
        "export",
        "--ics",
        str(tmp_path),
        "--docx",
        str(tmp_path),
        "--site",
        "wuxi",
        "--technician",
        "t2",
    )
    assert {Path(line).name for line in run.out.splitlines()} == {"李工_t2.ics", "无锡厂_wuxi.docx"}


def test_work_without_a_place_is_printed_with_its_reason(servicebook: Servicebook, store: Store) -> None:
    with store.writing() as session:
        session.get_one(TechnicianRow, "t2").skills = []
    store.close()
    out = servicebook(*YEAR).out
    assert "4 项未排入" in out
    assert out.count("! 无锡厂") == 4
    assert "没有工程师具备所需的全部技能" in out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        pytest.param(("plan", "show"), 7, "plan inspections --from", id="no plan yet"),
        pytest.param(("plan", "export", "--xlsx", "x.xlsx"), 7, "plan inspections", id="nothing to export"),
        pytest.param(("plan", "export"), 5, "give --xlsx, --ics, --docx or --pdf", id="no target"),
        pytest.param(("plan", "inspections", "--from", "x", "--to", "y"), 5, "'y' is no date", id="no dates"),
        pytest.param(
            ("plan", "inspections", "--from", "2026-02-01", "--to", "2026-01-31"),
            5,
            "lies before",
            id="order",
        ),
    ],
)
def test_what_cannot_be_done_ends_with_its_code_and_the_repair(
    servicebook: Servicebook, words: tuple[str, ...], code: int, said: str
) -> None:
    run = servicebook(*words)
    assert run.code == code
    assert said in run.err
    assert run.out == ""


@pytest.mark.parametrize(
    "words",
    [
        ("plan", "show", "--site", "nowhere"),
        ("plan", "show", "--technician", "nobody"),
        ("plan", "explain", "none"),
    ],
)
def test_unknown_things_are_not_found(servicebook: Servicebook, words: tuple[str, ...]) -> None:
    servicebook(*YEAR)
    assert servicebook(*words).code == 7
    assert servicebook("plan", "show", "--month", "2026-13").code == 5


def test_an_empty_register_is_told_as_json_as_well(bare: Servicebook) -> None:
    run = bare(*YEAR, "--json")
    assert run.code == 5
    assert json.loads(run.err)["faults"][0]["repair"].startswith("bring in machines")


def test_an_interrupted_plan_writes_nothing_and_says_so(
    servicebook: Servicebook, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(planning, "first_plan", interrupted)
        run = servicebook(*YEAR)
    assert run.code == 130
    assert "nothing was written" in run.err
    assert latest_plan(store) is None
    assert servicebook(*YEAR).code == 0


def test_a_plan_that_is_being_made_elsewhere_is_not_made_twice(
    servicebook: Servicebook, store: Store
) -> None:
    now = datetime.now(UTC)
    period = Period(first_day=date(2026, 1, 1), last_day=date(2026, 12, 31))
    job = start_planning(store, period, id="other", now=now, by="周工").job
    run = servicebook(*YEAR)
    assert run.code == 8
    assert f"by 周工: wait until it is done, or stop it on /plan/jobs/{job.id}" in run.err
    store.close()
