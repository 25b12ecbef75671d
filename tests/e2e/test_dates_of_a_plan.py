"""A register filled from the template, planned by the command line: its dates against a calculation of our own.

The calculation knows nothing of `planner`: dateutil counts months, the library `holidays` knows the working days.
"""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from dateutil.relativedelta import relativedelta
from holidays.countries.china import China
from openpyxl import load_workbook

from kb.cli.main import main

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
# Levels that never meet on one machine, so that none absorbs another.
PLANS = [
    ("P-1", "M-1", "monthly", 1, "months", date(2025, 1, 31), "following"),
    ("P-2", "M-2", "quarterly", 3, "months", date(2025, 2, 28), "preceding"),
    ("P-3", "M-3", "yearly", 1, "years", date(2024, 2, 29), "modified_following"),
    ("P-4", "M-4", "weekly", 2, "weeks", date(2025, 10, 1), "following"),
    ("P-5", "M-5", "half_yearly", 6, "months", date(2025, 10, 3), "none"),
]
STEPS = {"months": lambda n: relativedelta(months=n), "years": lambda n: relativedelta(years=n)}
WORKDAYS = China(years=[2025, 2026, 2027])


def workday(day: date, step: int) -> date:
    while not WORKDAYS.is_working_day(day):
        day += timedelta(days=step)
    return day


def moved(day: date, rule: str) -> date:
    if rule == "none":
        return day
    if rule == "preceding":
        return workday(day, -1)
    after = workday(day, 1)
    if rule == "modified_following" and after.month != day.month:
        return workday(day, -1)
    return after


def expected(count: int, unit: str, anchor: date, rule: str) -> list[tuple[str, str]]:
    """Return nominal and due date of every occurrence that is due in the period."""
    found = []
    for k in range(200):
        step = STEPS[unit](k * count) if unit in STEPS else timedelta(weeks=k * count)
        nominal = anchor + step
        due = moved(nominal, rule)
        if FIRST <= due <= LAST:
            found.append((nominal.isoformat(), due.isoformat()))
    return found


@pytest.fixture
def workbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    monkeypatch.setenv("SERVICEBOOK_HOME", str(tmp_path / "var"))
    path = tmp_path / "register.xlsx"
    run("register", "template", str(path), "--language", "en")
    book = load_workbook(path)
    rows: dict[str, list[dict[str, object]]] = {
        "Customers": [{"Customer code": "C-1", "Customer name": "Customer"}],
        "Sites": [
            {
                "Site code": f"S-{n}",
                "Site name": f"Works {n}",
                "Customer": "C-1",
                "Latitude": 31.3,
                "Longitude": 120.6,
            }
            for n in range(1, 6)
        ],
        "Equipment": [{"Tag": f"M-{n}", "Site": f"S-{n}", "Class": "VMC"} for n in range(1, 6)],
        "Technicians": [
            {"Technician code": "T-1", "Name": "Technician", "Latitude": 31.3, "Longitude": 120.5}
        ],
        "Maintenance plans": [
            {
                "Plan code": code,
                "Machine": machine,
                "Inspection level": level,
                "Interval count": count,
                "Interval unit": unit,
                "Anchor day": anchor,
                "On a free day": rule,
                "Duration (minutes)": 60,
            }
            for code, machine, level, count, unit, anchor, rule in PLANS
        ],
    }
    for name, entries in rows.items():
        sheet = book[name]
        columns = {str(cell.value).rstrip(" *"): cell.column for cell in sheet[1] if cell.value}
        for number, entry in enumerate(entries, start=sheet.max_row + 1):
            for title, value in entry.items():
                sheet.cell(number, columns[title], value)
    book.save(path)
    run("register", "import", str(path))
    capsys.readouterr()
    return path


def run(*words: str) -> None:
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code in (None, 0), words


def test_every_date_is_what_an_independent_calculation_says(
    workbook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("plan", "inspections", "--from", FIRST.isoformat(), "--to", LAST.isoformat(), "--json")
    plan = json.loads(capsys.readouterr().out)
    got: dict[str, list[tuple[str, str]]] = {code: [] for code, *_ in PLANS}
    for visit in plan["visits"]:
        assert visit["site_code"].startswith("S-")
        for occurrence in visit["occurrences"]:
            got[occurrence["plan_code"]].append((occurrence["nominal"], occurrence["due"]))
            assert occurrence["earliest"] <= visit["day"] <= occurrence["latest"]
            assert WORKDAYS.is_working_day(date.fromisoformat(visit["day"]))
    for code, _, _, count, unit, anchor, rule in PLANS:
        assert sorted(got[code]) == expected(count, unit, anchor, rule), code
    assert plan["unplaced"] == []


def test_planned_again_nothing_changes_byte_for_byte(
    workbook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("plan", "inspections", "--from", FIRST.isoformat(), "--to", LAST.isoformat(), "--json")
    run(*words)
    first = json.loads(capsys.readouterr().out)
    run(*words)
    second = json.loads(capsys.readouterr().out)
    assert second["difference_counts"] == {
        "added": 0,
        "moved": 0,
        "removed": 0,
        "unchanged": len(first["visits"]),
    }
    assert json.dumps(second["visits"]) == json.dumps(first["visits"])


def test_a_site_and_a_technician_are_named_by_their_codes(
    workbook: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("plan", "inspections", "--from", FIRST.isoformat(), "--to", LAST.isoformat())
    capsys.readouterr()
    run("plan", "show", "--site", "S-3", "--json")
    shown = json.loads(capsys.readouterr().out)
    assert {visit["site_code"] for visit in shown["visits"]} == {"S-3"}
    run("plan", "export", "--ics", str(tmp_path / "ics"), "--technician", "T-1")
    assert [path.name for path in (tmp_path / "ics").iterdir()] == ["Technician_T-1.ics"]
