"""`servicebook plan …` for living with the plan: each command once, with what it prints for people and for programs."""

from pathlib import Path

import pytest

from kb.settings import Settings
from kb.usecases.plan import plan_inspections
from kb.wiring import open_house
from tests.kb.cli.running import Servicebook
from tests.kb.usecases.plan_register import fill, small_register


@pytest.fixture
def servicebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Servicebook:
    house = open_house(Settings(home=tmp_path / "var"))
    house.store.migrate()
    fill(house.store, small_register())
    year = house.today().year
    first = house.today()
    plan_inspections(
        house.store, first_day=first, last_day=first.replace(year=year + 1, day=1), now=house.now()
    )
    house.store.close()
    environment = {"SERVICEBOOK_HOME": str(tmp_path / "var"), "SERVICEBOOK_LANGUAGE": "en"}
    return Servicebook(monkeypatch, capsys, environment)


def test_a_plan_is_published_mended_and_compared(servicebook: Servicebook) -> None:
    assert servicebook("plan", "publish", "--note", "first").out.startswith("Version 1 published")
    asked = servicebook("plan", "replan", "--sick", "t1", "--to", "2099-01-01", "--json")
    assert asked.code != 0
    assert "longer than 366 days" in asked.err + asked.out
    told = servicebook(
        "plan", "replan", "--urgent", "wuxi", "--skill", "gantry", "--hours", "1", "--json"
    ).json()
    assert told["state"] == "open"
    assert told["urgent"]
    said = servicebook("plan", "proposal", told["id"]).out
    assert "Urgent job goes to:" in said
    assert "Nothing is written yet" in said
    assert "The proposal is accepted." in servicebook("plan", "accept", told["id"]).out
    changed = servicebook("plan", "compare", "1", "--json").json()
    assert changed["counts"]["new"] == 1
    assert "new visit 1" in servicebook("plan", "compare", "1", "now").out
    assert [one["number"] for one in servicebook("plan", "versions", "--json").json()] == [1]
    assert servicebook("plan", "compare", "one").code == 2
    other = servicebook("plan", "replan", "--closed", "suzhou", "--json").json()
    assert "The proposal is rejected." in servicebook("plan", "reject", other["id"]).out


def test_people_and_roads_have_their_commands(servicebook: Servicebook, tmp_path: Path) -> None:
    offers = servicebook("plan", "offers", "suzhou", "--json").json()
    assert 0 < len(offers) <= 3
    assert len(servicebook("plan", "offers", "suzhou").out.splitlines()) == len(offers)
    pdf, docx = tmp_path / "week.pdf", tmp_path / "week.docx"
    servicebook("plan", "week", "t1", "--pdf", str(pdf), "--docx", str(docx))
    assert pdf.read_bytes().startswith(b"%PDF")
    assert docx.read_bytes().startswith(b"PK")
    made = servicebook("plan", "feed", "t1", "--make", "--json").json()
    assert made["path"].startswith("/calendar/")
    assert servicebook("plan", "feed", "t1", "--revoke", made["id"], "--json").json()["feeds"] == []
    workbook = tmp_path / "ways.xlsx"
    servicebook(
        "plan", "travel", "--from", "t1", "--to", "wuxi", "--minutes", "61", "--export", str(workbook)
    )
    assert servicebook("plan", "travel", "--from", "t1", "--to", "wuxi", "--json").json()["by_hand"] == 0
    assert servicebook("plan", "travel", "--import", str(workbook), "--json").json()["ways"] == [
        {"one": "t1", "other": "wuxi", "minutes": 61, "metres": 0}
    ]
    assert servicebook("plan", "travel", "--roads").code != 0
    keys = [one["key"] for one in servicebook("plan", "show", "--json").json()["visits"]]
    assert "Driving" in servicebook("plan", "swap", keys[-1], keys[-2], "--dry-run").out
    assert len(servicebook("plan", "load", "--json").json()["load"]["technicians"]) == 2
    explained = servicebook("plan", "explain", keys[0], "--json").json()
    assert explained["choice"]["added_minutes"] >= 0
