"""Backup, versions and limits of an inspection, rule by rule."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kb.content.pages import ChecklistItem
from kb.store.work_orders import CheckResultRow
from kb.usecases.inspection_backup import Backup, backup_items, said_of_backup
from kb.usecases.inspection_values import inspections_of, item_results
from kb.usecases.inspection_versions import pairs_of, plates_of
from tests.conftest import the_real_library

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("已完成参数备份", "present"),
        ("NC 参数备份正常，存 U 盘", "present"),
        ("未做参数备份", "missing"),
        ("参数备份丢失", "missing"),
        ("参数备份，无异常", ""),
        ("程序已备份", ""),
        ("更换电池", ""),
        ("full backup done", "present"),
        ("no backup of parameters", "missing"),
    ],
)
def test_a_report_says_of_the_backup_what_it_says_clearly(text: str, said: str) -> None:
    assert said_of_backup(text) == said


def test_only_the_item_about_parameters_counts_as_their_backup() -> None:
    assert backup_items(the_real_library()) == {"T509"}  # T112 keeps programs and offsets


def test_a_backup_is_old_from_a_year_and_a_day_on() -> None:
    backup = Backup(state="present", day=date(2025, 11, 20))
    assert not backup.is_old(date(2026, 11, 20))
    assert backup.is_old(date(2026, 11, 21))
    assert not Backup(state="missing", day=date(2020, 1, 1)).is_old(date(2026, 1, 1))


def test_versions_and_plates_are_read_from_every_form_in_which_they_are_kept() -> None:
    wanted = {"CNC": "V1", "PMC": "2"}
    assert pairs_of([["CNC", "V1"], ["PMC", "2"]]) == wanted
    assert pairs_of([{"name": "CNC", "version": "V1"}, {"name": "PMC", "version": "2"}]) == wanted
    assert pairs_of("CNC=V1; PMC=2") == wanted
    assert pairs_of(None) == {}
    part = {"path": "/a", "type": "Axes", "manufacturer": "示例", "model": "A1", "serial": ""}
    assert plates_of([part, {"path": "/b", "type": "Path", "model": ""}]) == {"/a": "示例 A1"}
    assert plates_of("3 components") == {}


@pytest.mark.parametrize(
    ("value", "typical", "verdict"),
    [(0.02, False, "pass"), (0.021, False, "fail"), (0.021, True, "warn"), (0.016, False, "warn")],
)
def test_todays_limits_judge_a_value_that_was_kept_as_good(value: float, typical: bool, verdict: str) -> None:
    warn = 0.015 if verdict == "warn" else None
    item = ChecklistItem(
        id="X1", text="反向间隙", kind="measure", unit="mm", upper=0.02, warn_upper=warn, typical=typical, minutes=5, source="K", grade="K"
    )  # fmt: skip
    rows = [
        (
            CheckResultRow(
                id=f"r{n}", work_order_id=f"o{n}", equipment_id="m", checklist_id="C", item_id="X1",
                kind="measure", verdict="pass", value=value - n / 1000, unit="mm",
                checked_at=NOW - timedelta(days=n), checked_by="x",
            ),
            f"N{n}",
        )
        for n in range(3)
    ]  # fmt: skip
    inspections = inspections_of(rows)
    assert [one.number for one in inspections] == ["N0", "N1", "N2"]
    (found,), vanished = item_results(rows, inspections, {("C", "X1"): item}, {}, (), UTC)
    assert (found.verdict, vanished) == (verdict, ())
    assert found.before is not None
    assert (found.before.order, round(found.change or 0, 6)) == ("N1", 0.001)
