"""The command `servicebook visit`, from the words typed to the visit that is kept."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from kb.settings import Settings
from kb.usecases.plan import plan_inspections
from kb.wiring import open_house
from tests.kb.cli.running import Servicebook
from tests.kb.usecases.plan_register import FIRST, LAST, NOW, fill, small_register

ROOT = Path(__file__).parents[3]
KEY = "suzhou/m1-yearly/yearly/0"
PAST = NOW.date() + timedelta(days=27)
"""16 January 2026; the machine's clock, which the command reads, is later."""


@pytest.fixture
def servicebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Servicebook:
    settings = Settings(home=tmp_path / "var", content_dir=ROOT / "content")
    house = open_house(settings)
    house.store.migrate()
    fill(house.store, small_register())
    plan_inspections(house.store, first_day=FIRST, last_day=LAST, now=NOW)
    house.store.close()
    environment = {
        "SERVICEBOOK_HOME": str(tmp_path / "var"),
        "SERVICEBOOK_CONTENT_DIR": str(ROOT / "content"),
    }
    return Servicebook(monkeypatch, capsys, environment)


def test_visits_are_listed_by_site_person_days_and_state(servicebook: Servicebook) -> None:
    run = servicebook("visit", "list", "--site", "wuxi", "--from", "2026-04-01", "--to", "2026-07-31")
    assert [line[-len("/quarterly/0]") :] for line in run.out.splitlines()] == [
        "/quarterly/1]",
        "/quarterly/2]",
    ]
    assert run.err.strip().endswith("1/1 · 2")
    found = servicebook("visit", "list", "--technician", "t2", "--size", "3", "--json").json()
    assert (found["total"], len(found["items"])) == (4, 3)
    assert servicebook("visit", "list", "--state", "done", "--json").json()["total"] == 0
    bad = servicebook("visit", "list", "--from", "soon", "--to", "later")
    assert (bad.code, bad.err.count("is not a day")) == (5, 2)
    assert servicebook("visit", "list", "--site", "nowhere").code == 7


def test_a_visit_is_reported_done_and_the_steps_left_out_are_named(servicebook: Servicebook) -> None:
    run = servicebook("visit", "done", KEY, "--on", PAST.isoformat(), "--notes", "皮带磨损")
    assert run.code == 0, run.err
    assert "已完成 2026-01-16" in run.out
    assert "中间状态视为已经过：已预约" in run.out
    assert "皮带磨损" in run.out
    again = servicebook("visit", "book", KEY)
    assert (again.code, "“已完成”的巡检不能变为“已预约”" in again.err) == (5, True)


def test_only_some_plans_done_leave_a_follow_up(servicebook: Servicebook) -> None:
    run = servicebook("visit", "done", KEY, "--on", PAST.isoformat(), "--plan", "m1-yearly", "--json")
    body = run.json()
    assert (body["state"], body["done_plans"], body["follow_up"]) == (
        "partly_done",
        ["m1-yearly"],
        "suzhou/m2-quarterly/quarterly/0",
    )
    shown = servicebook("visit", "show", body["follow_up"], "--json").json()
    assert (shown["follows"], shown["technician"]) == (KEY, None)
    both = servicebook(
        "visit",
        "done",
        "kunshan/m3-quarterly/quarterly/0",
        "--on",
        PAST.isoformat(),
        "--plan",
        "m3-quarterly",
        "--json",
    )
    assert both.json()["state"] == "done"


def test_a_visit_is_moved_locked_and_let_go(servicebook: Servicebook) -> None:
    # The machine's clock stands somewhere; a day far ahead is outside any window and must be confirmed.
    far = date(2099, 3, 2).isoformat()
    refused = servicebook("visit", "move", KEY, "--to", far)
    assert (refused.code, "不在允许的日期" in refused.err) == (5, True)
    run = servicebook("visit", "move", KEY, "--to", far, "--technician", "t2", "--confirm")
    assert run.code == 0, run.err
    assert "手工改动后已锁定" in run.out
    assert "! " in run.out
    assert servicebook("visit", "unlock", KEY, "--json").json()["locked"] is False
    assert servicebook("visit", "lock", KEY, "--json").json()["locked"] is True
    assert servicebook("visit", "move", KEY).code == 5
    assert servicebook("visit", "unlock", KEY, "--revision", "1").code == 8


@pytest.mark.parametrize(("word", "state"), [("book", "booked"), ("cancel", "cancelled"), ("miss", "missed")])
def test_a_visit_is_booked_cancelled_or_missed(servicebook: Servicebook, word: str, state: str) -> None:
    assert servicebook("visit", word, KEY, "--json").json()["state"] == state
    assert servicebook("visit", word, "nowhere").code == 7
