# ruff: noqa: F401, F811 - the store's fixtures are shared
from collections import Counter, defaultdict
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kb.content import load_vocabularies
from kb.errors import BadInput, Conflict
from kb.store import Store, planning_input
from kb.store.tables import CustomerRow
from kb.usecases.plan import plan_inspections
from kb.usecases.register_export import register_xlsx
from kb.usecases.register_import import import_register
from kb.usecases.register_kinds import wording_of
from kb.usecases.sample import (
    SampleDepartment,
    SampleSize,
    load_sample,
    sample_department,
)
from kb.usecases.sample_contracts import level_in_month
from kb.usecases.sample_data import FAMILIES, KINDS, LEVEL_MONTHS, MIXES, PROFILES, SAMPLE_MARK
from kb.usecases.sample_history import history_start
from kb.usecases.sample_places import HOMES, PLACES, distance_km, place_named
from planner.calendars import technician_calendar
from planner.model import ContractLevel, Level, VisitState
from tests.postgresql import empty_store, server, store

ROOT = Path(__file__).parents[3]
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
SEED = 2026
SMALL = SampleSize(sites=8, machines=30, technicians=3)


@cache
def default() -> SampleDepartment:
    return sample_department(SampleSize(), SEED, TODAY)


def load(store: Store, **changes: object) -> dict[str, int]:
    values = {"size": SMALL, "seed": SEED, "today": TODAY, "now": NOW, **changes}
    return dict(load_sample(store, **values).rows)  # type: ignore[arg-type]


def test_the_default_sample_has_the_size_of_a_department() -> None:
    made = default()
    assert (len(made.customers), len(made.sites), len(made.equipment), len(made.technicians)) == (
        40,
        60,
        240,
        8,
    )
    assert Counter(row["level"] for row in made.contracts).keys() == {level.value for level in ContractLevel}
    assert {row["customer_id"] for row in made.sites} == {row["id"] for row in made.customers}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    assert sample_department(SMALL, 7, TODAY).digest == sample_department(SMALL, 7, TODAY).digest
    assert sample_department(SMALL, 8, TODAY).digest != sample_department(SMALL, 7, TODAY).digest


@pytest.mark.parametrize("part", ["customers", "sites", "technicians", "meters"])
def test_every_name_says_that_it_is_a_sample(part: str) -> None:
    for row in getattr(default(), part):
        assert SAMPLE_MARK in str(row["name"])


def test_machines_and_contracts_say_that_they_are_a_sample() -> None:
    assert all(str(row["tag"]).startswith(SAMPLE_MARK) for row in default().equipment)
    assert all(SAMPLE_MARK in str(row["serial"]) for row in default().equipment)
    assert all(SAMPLE_MARK in str(row["notes"]) for row in default().contracts)
    assert all(not row["phone"] for row in (*default().customers, *default().sites, *default().technicians))


def test_sites_lie_within_four_kilometres_of_a_city_of_the_two_deltas() -> None:
    for row in default().sites:
        at = float(str(row["latitude_deg"])), float(str(row["longitude_deg"]))
        near = min(distance_km(*at, place.latitude_deg, place.longitude_deg) for place in PLACES)
        assert near < 4, row["name"]
        assert row["city"] in {place.city for place in PLACES}
    assert {place.region for place in PLACES if place.city in {row["city"] for row in default().sites}} == {
        "yangtze",
        "pearl",
    }


def test_distances_agree_with_the_map() -> None:
    shanghai, suzhou = place_named("上海浦东"), place_named("苏州")
    at = shanghai.latitude_deg, shanghai.longitude_deg, suzhou.latitude_deg, suzhou.longitude_deg
    assert distance_km(*at) == pytest.approx(91, abs=2)


def test_every_home_is_a_place_and_three_profiles_do_every_mix() -> None:
    for region, labels in HOMES.items():
        assert {place_named(label).region for label in labels} == {region}
    for mix, skills in MIXES.items():
        assert any(profile.issuperset(skills) for profile in PROFILES[:3]) or mix == "B"


def test_codes_and_checklists_stand_in_the_library() -> None:
    vocabularies = load_vocabularies(ROOT / "content" / "vocabularies")
    assert {family.controller for family in FAMILIES} <= vocabularies.codes("controllers")
    for family in FAMILIES:
        entry = vocabularies.lists["controllers"][family.controller]
        assert set(family.series) <= set(entry.texts("series")), family.controller
    assert {row["equipment_class"] for row in default().equipment} <= vocabularies.codes("equipment_classes")
    pages = {path.stem.upper() for path in (ROOT / "content" / "checklists").glob("*.md")}
    for row in default().plans:
        page = row["checklist_id"]
        assert page is None or str(page).removeprefix("CHK-") in pages


def test_readout_kits_stand_on_a_host_of_their_site() -> None:
    by_id = {row["id"]: row for row in default().equipment}
    kits = [row for row in default().equipment if row["equipment_class"] == "DRO"]
    assert kits
    for kit in kits:
        host = by_id[kit["parent_id"]]
        assert host["site_id"] == kit["site_id"]
        assert host["equipment_class"] in {"MAN", "GRI"}


def test_life_is_in_it() -> None:
    made = default()
    assert sum(bool(row["shutdowns"]) for row in made.sites) >= 5
    assert sum(row["opening"] is not None for row in made.sites) >= 10
    assert sum(not row["follows_public_calendar"] for row in made.sites) >= 3
    assert all(row["leave"] for row in made.technicians)
    assert len({tuple(row["skills"]) for row in made.technicians}) >= 3  # type: ignore[arg-type]
    assert max(len(str(row["name"])) for row in made.customers) > 30
    ages = [row["commissioned"].year for row in made.equipment]  # type: ignore[attr-defined]
    assert min(ages) < 2000 < 2020 < max(ages)


def test_contracts_cover_two_years_back_this_year_and_three_more() -> None:
    for row in default().contracts:
        assert row["valid_from"] <= history_start(TODAY)  # type: ignore[operator]
        assert row["valid_until"] >= date(TODAY.year + 4, 1, 1)  # type: ignore[operator]


@pytest.mark.parametrize("level", list(ContractLevel))
@pytest.mark.parametrize("turn", [0, 3, 6, 9])
def test_a_cycle_has_one_yearly_and_no_level_twice_in_its_own_interval(
    level: ContractLevel, turn: int
) -> None:
    found = [level_in_month(level, turn, month) for month in range(12) if (month - turn) % 6 == 0]
    assert sorted(found) == [Level.HALF_YEARLY, Level.YEARLY]
    assert level_in_month(level, turn, turn) is Level.YEARLY


def test_plans_of_a_machine_coincide_on_its_yearly_date() -> None:
    by_machine: dict[object, dict[str, date]] = defaultdict(dict)
    for row in default().plans:
        by_machine[row["equipment_id"]][str(row["level"])] = row["anchor"]  # type: ignore[assignment]
    assert len(by_machine) == 240
    for anchors in by_machine.values():
        yearly = anchors["yearly"]
        for level, anchor in anchors.items():
            months = (yearly.year - anchor.year) * 12 + yearly.month - anchor.month
            assert (months % LEVEL_MONTHS[Level(level)], anchor.day) == (0, yearly.day)


def test_nobody_is_planned_beyond_85_percent_of_the_working_time(store: Store) -> None:
    load(store, size=SampleSize())
    book = plan_inspections(store, first_day=date(2026, 1, 1), last_day=date(2026, 12, 31), now=NOW)
    hours = defaultdict(float)
    for visit in book.visits:
        hours[visit.technician_id] += (visit.duration + visit.travel) / timedelta(hours=1)
    with store.reading() as session:
        people = planning_input(session).technicians
    for one in people.values():
        days = technician_calendar(one).working_days(date(2026, 1, 1), date(2027, 1, 1))
        assert 0 < hours[one.id] <= 0.85 * 8 * len(days), one.name
    assert sum(len(visit.occurrences) for visit in book.visits) > 400
    assert len(book.unplaced) <= 5
    assert {visit.day.month for visit in book.visits} == set(range(1, 13))
    assert all(visit.state is VisitState.DONE for visit in book.visits if visit.day < TODAY)


def test_two_years_of_finished_visits_have_technicians_hours_and_a_past() -> None:
    visits = default().visits
    assert min(row["day"] for row in visits) < history_start(TODAY) + timedelta(days=31)  # type: ignore[type-var]
    assert max(row["day"] for row in visits) < TODAY  # type: ignore[type-var]
    assert {row["state"] for row in visits} == {"done"}
    assert all(row["technician_id"] and row["body"]["hours"] for row in visits)  # type: ignore[index]
    assert 0.05 < sum(bool(row["notes"]) for row in visits) / len(visits) < 0.3


def test_readings_grow_and_only_a_counter_with_an_end_starts_again() -> None:
    ends = {row["id"]: row["rolls_over_at"] for row in default().meters}
    by_meter: dict[object, list[tuple[datetime, float]]] = defaultdict(list)
    for row in default().readings:
        by_meter[row["meter_id"]].append((row["read_at"], row["value"]))  # type: ignore[arg-type]
    falls = 0
    for meter, readings in by_meter.items():
        assert 23 <= len(readings) <= 26
        assert readings == sorted(readings, key=lambda one: one[0])
        down = sum(after < before for (_, before), (_, after) in pairwise(readings))
        assert down == 0 or ends[meter] is not None
        falls += down
        assert ends[meter] is None or all(value < ends[meter] for _, value in readings)  # type: ignore[operator]
    assert falls, "no counter of the sample rolls over"


def test_the_register_takes_the_sample_back_as_it_gave_it(store: Store, tmp_path: Path) -> None:
    load(store)
    wording = wording_of("zh_CN", "Asia/Shanghai", load_vocabularies(ROOT / "content" / "vocabularies"))
    path = tmp_path / "register.xlsx"
    path.write_bytes(register_xlsx(store, wording=wording, now=NOW))
    report = import_register(
        store, path=path, wording=wording, who="li", now=NOW, new_id=lambda: "never", dry_run=True
    )
    assert sum(table.added + table.changed for table in report.tables) == 0
    assert sum(table.unchanged for table in report.tables) > 200


def test_loading_again_does_nothing_also_on_a_later_day(store: Store) -> None:
    first = load(store)
    assert first["equipment"] == 30
    assert load(store) == {}
    assert load(store, today=TODAY + timedelta(days=1)) == {}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"seed": SEED + 1}, id="seed"),
        pytest.param({"size": replace(SMALL, machines=31)}, id="size"),
        pytest.param({"today": TODAY + timedelta(days=1), "same_day": True}, id="day"),
    ],
)
def test_another_sample_is_refused_and_nothing_is_changed(store: Store, change: dict[str, object]) -> None:
    load(store)
    with pytest.raises(Conflict, match=r"the register has another sample \(customers, sites") as refused:
        load(store, **change)
    assert refused.value.theirs == {**asdict(SMALL), "seed": SEED, "today": TODAY.isoformat()}
    assert load(store) == {}


def test_a_register_with_rows_of_its_own_is_refused(store: Store) -> None:
    with store.writing() as session:
        session.add(CustomerRow.model_validate(default().customers[0]))
    with pytest.raises(Conflict, match=r"rows of its own \(customers\)"):
        load(store)


def test_a_loading_that_fails_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("power went")

    monkeypatch.setattr("kb.usecases.sample.note_sample", fail)
    with pytest.raises(RuntimeError, match="power went"):
        load(store)
    monkeypatch.undo()
    assert load(store)["sites"] == 8


@pytest.mark.parametrize(
    ("sites", "machines", "technicians"),
    [
        pytest.param(0, 10, 1, id="no site"),
        pytest.param(2_001, 10_000, 60, id="too many sites"),
        pytest.param(60, 10_001, 8, id="too many machines"),
        pytest.param(60, 240, 61, id="too many technicians"),
        pytest.param(60, 59, 8, id="fewer machines than sites"),
        pytest.param(1, 61, 8, id="too many for the site"),
    ],
)
def test_a_size_beyond_its_bounds_is_refused(sites: int, machines: int, technicians: int) -> None:
    with pytest.raises(BadInput, match="such a sample department cannot be made"):
        SampleSize(sites=sites, machines=machines, technicians=technicians)


@pytest.mark.parametrize(
    "size",
    [
        pytest.param(SampleSize(sites=1, machines=1, technicians=1), id="least"),
        pytest.param(SampleSize(sites=1, machines=60, technicians=1), id="one full site"),
        pytest.param(SampleSize(sites=120, machines=500, technicians=60), id="many technicians"),
    ],
)
def test_the_edges_of_the_size_are_made(store: Store, size: SampleSize) -> None:
    rows = load(store, size=size)
    assert (rows["sites"], rows["equipment"], rows["technicians"]) == (
        size.sites,
        size.machines,
        size.technicians,
    )
    assert store.integrity_faults() == ()


def test_kinds_name_every_class() -> None:
    assert {kind.value for kind in KINDS} == load_vocabularies(ROOT / "content" / "vocabularies").codes(
        "equipment_classes"
    )


def test_jobs_of_two_years_say_that_they_are_a_sample_and_carry_codes_of_our_lists() -> None:
    made = sample_department(SMALL, 1, TODAY).jobs
    lists = load_vocabularies(ROOT / "content" / "vocabularies")
    coded = {
        "subsystem": "subsystems",
        "failure_mode": "failure_modes",
        "mechanism": "mechanisms",
        "cause": "causes",
        "remedy": "activities",
    }
    repairs = [one for one in made.orders if one["kind"] == "repair"]
    assert len(repairs) > 20
    for order in repairs:
        assert str(order["title"]).startswith("示例")
        assert all(order[name] in lists.codes(of) for name, of in coded.items())
        assert order["opened_at"] < order["closed_at"]  # type: ignore[operator]
        assert order["closed_at"].date() < TODAY  # type: ignore[attr-defined]
    ids = [
        one["id"]
        for one in (*made.orders, *made.events, *made.parts, *made.times, *made.checks, *made.reports)
    ]
    assert len(ids) == len(set(ids))
    assert made == sample_department(SMALL, 1, TODAY).jobs
    assert len(made.reports) == 5
