"""The register workbook's sheet of visits: history brought in, what people may change, faults by cell."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlmodel import select

from kb.errors import BadImport
from kb.store import Store
from kb.store.tables import AuditRow, EquipmentRow, MaintenancePlanRow, VisitRow
from kb.usecases.plan import latest_plan, plan_inspections
from kb.usecases.register_export import register_csv, register_csv_zip, register_xlsx
from kb.usecases.register_import import ImportReport, import_register
from kb.usecases.register_kinds import Wording
from kb.usecases.visit_reading import KeptVisit, VisitQuery, visit, visits
from kb.usecases.visit_sheet import nearest_occurrence
from kb.usecases.visits import change_visit
from planner.model import VisitState
from tests.builders import a_plan
from tests.kb.usecases.plan_register import FIRST, LAST, NOW, ZONE, fill, small_register
from tests.postgresql import empty_store, server

__all__ = ["empty_store", "server"]

EN = Wording(language="en", zone=ZONE)
ZH = Wording(language="zh_CN", zone=ZONE)
TODAY = datetime(2026, 1, 20, 9, 0, tzinfo=ZONE)
YEARLY = "suzhou/m1-yearly/yearly/0"
KUNSHAN = "kunshan/m3-quarterly/quarterly/0"
HEADS = ["Visit key", "Site", "Planned day", "Technician", "State", "Done on", "Plans done", "Notes"]


@pytest.fixture
def empty(empty_store: Store) -> Store:
    empty_store.migrate()
    fill(empty_store, small_register())
    return empty_store


@pytest.fixture
def store(empty: Store) -> Store:
    plan_inspections(empty, first_day=FIRST, last_day=LAST, now=NOW)
    return empty


def run(
    store: Store, path: Path, *, wording: Wording = EN, dry_run: bool = False, now: datetime = TODAY
) -> ImportReport:
    return import_register(
        store, path=path, wording=wording, who="li", now=now, new_id=lambda: "x", dry_run=dry_run
    )


def a_sheet(path: Path, *rows: list[Any], heads: list[str] = HEADS, name: str = "Visits") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = name
    for row in [heads, *rows]:
        sheet.append(row)
    book.save(path)
    return path


def counts(report: ImportReport) -> dict[str, tuple[int, int, int]]:
    return {one.table.name: (one.added, one.changed, one.unchanged) for one in report.tables}


def kept(store: Store, key: str) -> KeptVisit:
    return visit(store, key, today=TODAY.date())


def rows(store: Store) -> dict[str, dict[str, Any]]:
    with store.reading() as session:
        return {row.key: row.model_dump() for row in session.exec(select(VisitRow))}


def faults(error: BadImport) -> dict[str, str]:
    return {one.where: one.what for one in error.faults}


def test_a_departments_history_is_brought_in_and_drives_its_first_plan(empty: Store, tmp_path: Path) -> None:
    with empty.writing() as session:
        session.get_one(MaintenancePlanRow, "m3-quarterly").basis = "floating"
    path = a_sheet(
        tmp_path / "history.xlsx",
        [None, "kunshan", None, "t1", None, date(2026, 1, 12), "m3-quarterly", "belt worn"],
        [None, "suzhou", date(2026, 1, 15), "t1", "done", "2026-01-16", "m1-yearly, m2-quarterly", None],
        [None, "wuxi", None, None, None, "2025-10-20", "m4-quarterly", None],
    )
    assert counts(run(empty, path)) == {"visits": (3, 0, 0)}
    past = kept(empty, KUNSHAN)
    assert (past.state, past.done_on, past.visit.day) == (
        VisitState.DONE,
        date(2026, 1, 12),
        date(2026, 1, 12),
    )
    assert (past.visit.technician_id, past.notes) == ("t1", "belt worn")
    assert kept(empty, "wuxi/m4-quarterly/quarterly/-1").done_on == date(2025, 10, 20)
    # The yearly inspection holds the monthly one of the same days.
    assert kept(empty, YEARLY).visit.occurrences[0].absorbed == ("m1-monthly/monthly/0",)
    history = latest_plan(empty)
    assert history is not None
    assert (history.first_day, history.last_day, len(history.visits)) == (
        date(2025, 10, 20),
        date(2026, 1, 15),
        3,
    )
    book = plan_inspections(empty, first_day=date(2026, 1, 21), last_day=LAST, now=TODAY)
    dues = {one.key: one.due for each in book.visits for one in each.occurrences}
    assert dues["m3-quarterly/quarterly/1"] == date(2026, 4, 13)  # 12 April is a Sunday
    assert not {"m1-monthly/monthly/0", "m1-yearly/yearly/0", "m2-quarterly/quarterly/0"} & dues.keys()
    with empty.reading() as session:
        entries = session.exec(select(AuditRow).where(AuditRow.kind == "visits")).all()
        assert [(one.who, one.action) for one in entries] == [("li", "create")] * 3


def test_the_same_history_again_changes_nothing_with_or_without_keys(empty: Store, tmp_path: Path) -> None:
    first = a_sheet(
        tmp_path / "history.xlsx",
        [None, "kunshan", None, "t1", None, "2026-01-12", "m3-quarterly", "belt worn"],
        [None, "suzhou", None, None, None, "2026-01-16", "m1-yearly, m2-quarterly", None],
    )
    run(empty, first)
    before = rows(empty)
    assert counts(run(empty, first)) == {"visits": (0, 0, 2)}
    path = tmp_path / "register.xlsx"
    path.write_bytes(register_xlsx(empty, wording=EN, now=TODAY))
    assert counts(run(empty, path))["visits"] == (0, 0, 2)
    assert rows(empty) == before


def test_history_may_come_in_the_workbook_that_brings_its_plans(
    empty_store: Store, empty: Store, tmp_path: Path
) -> None:
    path = tmp_path / "all.xlsx"
    path.write_bytes(register_xlsx(empty, wording=ZH, now=TODAY))
    book = openpyxl.load_workbook(path)
    book["巡检"].append([None, "kunshan", None, "t1", None, "2026-01-12", None, "m3-quarterly"])
    book.save(path)
    other = Store(f"sqlite:///{tmp_path / 'other.db'}")
    other.migrate()
    ids = iter(range(1000))
    report = import_register(
        other, path=path, wording=ZH, who="li", now=TODAY, new_id=lambda: f"n{next(ids)}"
    )
    assert counts(report)["visits"] == (1, 0, 0)
    (one,) = visits(other, VisitQuery(), today=TODAY.date()).items
    assert (one.values["site"], one.values["technician"], one.values["plans"]) == (
        "kunshan",
        "t1",
        ["m3-quarterly"],
    )
    other.close()


def everything(store: Store) -> None:
    def change(key: str, **raw: Any) -> None:
        change_visit(store, key, raw, revision=None, wording=EN, who="li", now=TODAY)

    change(YEARLY, state="partly_done", done_on="2026-01-16", done_plans=["m1-yearly"], notes="=1+1\n第二行")
    change(KUNSHAN, state="done", done_on="2026-01-15")
    change("wuxi/m4-quarterly/quarterly/1", day="2026-04-16")
    change("wuxi/m4-quarterly/quarterly/2", state="cancelled")
    change("wuxi/m4-quarterly/quarterly/3", state="booked")
    change("wuxi/m4-quarterly/quarterly/0", state="missed")


@pytest.mark.parametrize("wording", [pytest.param(ZH, id="zh"), pytest.param(EN, id="en")])
@pytest.mark.parametrize("form", ["xlsx", "zip", "folder"])
@pytest.mark.parametrize("later", [0, 300], ids=["the same day", "when forecasts have become called"])
def test_an_export_of_every_state_brought_in_again_changes_nothing(
    store: Store, tmp_path: Path, form: str, wording: Wording, later: int
) -> None:
    everything(store)
    before = rows(store)
    path = tmp_path / f"register.{form}"
    makers: dict[str, Callable[[], bytes]] = {
        "xlsx": lambda: register_xlsx(store, wording=wording, now=TODAY),
        "zip": lambda: register_csv_zip(store, wording=wording),
    }
    if form == "folder":
        path.mkdir()
        for name, content in register_csv(store, wording=wording).items():
            (path / name).write_bytes(content)
    else:
        path.write_bytes(makers[form]())
    now = TODAY.replace(month=11) if later else TODAY
    report = run(store, path, wording=EN, now=now)
    assert counts(report)["visits"] == (0, 0, 22)  # 20 of the plan, two follow-ups
    assert report.rows == ()
    assert rows(store) == before


def test_open_visits_take_what_people_may_change(store: Store, tmp_path: Path) -> None:
    path = a_sheet(
        tmp_path / "x.xlsx",
        [YEARLY, "done", "2026-01-16", "ok", None],
        [KUNSHAN, "booked", None, None, "yes"],
        heads=["Visit key", "State", "Done on", "Notes", "Locked"],
    )
    assert counts(run(store, path, dry_run=True)) == {"visits": (0, 2, 0)}
    assert kept(store, YEARLY).revision == 1
    report = run(store, path)
    assert counts(report) == {"visits": (0, 2, 0)}
    assert {(one.action, one.name) for one in report.rows} == {("change", YEARLY), ("change", KUNSHAN)}
    assert kept(store, YEARLY).state is VisitState.DONE
    assert kept(store, KUNSHAN).visit.locked
    assert counts(run(store, path)) == {"visits": (0, 0, 2)}


def test_what_breaks_a_rule_needs_yes_in_its_column(store: Store, tmp_path: Path) -> None:
    heads = ["Visit key", "Site", "State", "Planned day", "Confirm exceptions"]
    path = a_sheet(tmp_path / "x.xlsx", [KUNSHAN, "kunshan", "called", "2026-03-28", None], heads=heads)
    with pytest.raises(BadImport, match="fault") as refused:
        run(store, path)
    told = [one.what for one in refused.value.faults]
    assert {one.where for one in refused.value.faults} >= {"Visits!D2"}
    assert any("lies outside the window" in one for one in told)
    assert any("the site is closed on 2026-03-28" in one for one in told)
    a_sheet(path, [KUNSHAN, "kunshan", "called", "2026-03-28", "yes"], heads=heads)
    run(store, path)
    assert (kept(store, KUNSHAN).visit.day, kept(store, KUNSHAN).visit.locked) == (date(2026, 3, 28), True)


def test_every_fault_is_told_by_sheet_row_and_column_and_nothing_is_written(
    store: Store, tmp_path: Path
) -> None:
    with store.writing() as session:
        session.get_one(EquipmentRow, "m4").commissioned = date(2025, 6, 1)
    before = rows(store)
    path = a_sheet(
        tmp_path / "x.xlsx",
        [YEARLY, "kunshan", "2026-01-15", "t9", "done", "2026-01-21", "m9", None],
        [None, "nowhere", None, None, None, None, "m3-quarterly", None],
        [None, "wuxi", None, "t9", "booked", "2025-05-31", "m4-quarterly, m3-quarterly", None],
        [None, "wuxi", None, None, None, "soon", None, None],
        ["unknown", "wuxi", None, None, "called", None, "m4-quarterly", None],
        [None, "kunshan", None, None, None, "2026-01-16", "m3-quarterly", None],
        [KUNSHAN, "kunshan", "2026-01-14", "t1", "lost", None, None, None],
        [KUNSHAN, "kunshan", "2026-01-14", "t1", None, None, None, None],
    )
    with pytest.raises(BadImport, match="nothing was imported") as refused:
        run(store, path)
    told = faults(refused.value)
    assert set(told) == {
        "Visits!B2", "Visits!D2", "Visits!F2", "Visits!G2",
        "Visits!B3", "Visits!F3", "Visits!G3",
        "Visits!D4", "Visits!E4", "Visits!F4", "Visits!G4",
        "Visits!F5", "Visits!G5",
        "Visits!E6", "Visits!F6",
        "Visits!G7",
        "Visits!E8",
        "Visits!A9", "Visits!E9",
    }  # fmt: skip
    assert "is served by the visit kunshan/m3-quarterly/quarterly/0" in told["Visits!G7"]
    assert "commissioning of GMC-04 on 2025-06-01" in told["Visits!F4"]
    assert "m3-quarterly is for VMC-03, which stands at kunshan" in told["Visits!G4"]
    assert rows(store) == before


def test_faults_are_told_in_chinese(store: Store, tmp_path: Path) -> None:
    path = a_sheet(
        tmp_path / "x.xlsx",
        [None, "wuxi", "2026-01-21", "m4-quarterly"],
        heads=["巡检编号", "现场", "完成日", "完成的计划"],
        name="巡检",
    )
    with pytest.raises(BadImport, match="fault") as refused:
        run(store, path, wording=ZH)
    assert faults(refused.value) == {"巡检!C2": "完成日: 2026-01-21 在将来"}


def test_two_rows_of_one_date_are_told_apart_by_their_planned_day(empty: Store, tmp_path: Path) -> None:
    history = [
        [None, "suzhou", None, None, None, "2026-01-10", "m1-monthly", None],
        [None, "suzhou", None, None, None, "2026-01-18", "m1-monthly", None],
    ]
    with pytest.raises(BadImport, match="fault") as refused:
        run(empty, a_sheet(tmp_path / "x.xlsx", *history))
    assert (
        "the date 2026-01-15 of m1-monthly is served by the visit Visits!2"
        in faults(refused.value)["Visits!G3"]
    )
    history[0][2] = "2025-12-15"
    assert counts(run(empty, a_sheet(tmp_path / "x.xlsx", *history))) == {"visits": (2, 0, 0)}
    assert set(rows(empty)) == {"suzhou/m1-monthly/monthly/-1", "suzhou/m1-monthly/monthly/0"}


@pytest.mark.parametrize(
    ("day", "k"),
    [
        pytest.param(date(2026, 1, 1), 0, id="on it"),
        pytest.param(date(2026, 1, 16), 0, id="15 days after and 16 before"),
        pytest.param(date(2026, 1, 17), 1, id="one day later"),
        pytest.param(date(2025, 12, 31), 0, id="a day before the anchor"),
        pytest.param(date(2025, 11, 16), -2, id="equally near takes the earlier"),
        pytest.param(date(2025, 11, 17), -1, id="one past it"),
    ],
)
def test_the_nearest_nominal_date_is_found_before_and_after_the_anchor(day: date, k: int) -> None:
    assert nearest_occurrence(a_plan(), day).k == k
