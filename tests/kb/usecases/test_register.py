# ruff: noqa: F401, F811 - the store's fixtures are shared
import itertools
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kb.content.vocabulary import load_vocabularies
from kb.errors import BadInput, BadQuery, Conflict, NotFound
from kb.store import Store, planning_input
from kb.usecases.register import create, history, update
from kb.usecases.register_kinds import Wording, wording_of
from kb.usecases.register_lists import ListQuery, Thing, counts, options, related, thing, things
from kb.usecases.register_tables import TABLES
from tests.postgresql import empty_store, server, store

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ZH = wording_of("zh_CN", "Asia/Shanghai", load_vocabularies(ROOT / "content" / "vocabularies"))
EN = wording_of("en", "Asia/Shanghai", load_vocabularies(ROOT / "content" / "vocabularies"))
_IDS = itertools.count()

EXAMPLES: dict[str, dict[str, object]] = {
    "customers": {"code": "K1", "name": "华东精密", "contact": "王工", "phone": "+86 512 1234"},
    "sites": {
        "code": "S1",
        "name": "一号厂房",
        "customer": "K1",
        "city": "苏州",
        "latitude_deg": 31.3,
        "longitude_deg": 120.6,
        "datum": "GCJ-02",
        "opening": {
            "weekdays": [["08:00-12:00", "13:00-17:00"]] * 5 + [["09:00-12:00"], []],
            "make_up_days": False,
        },
        "shutdowns": [{"first_day": "2026-02-10", "last_day": "2026-02-24", "note": "春节"}],
    },
    "equipment": {
        "tag": "VMC-01#",
        "site": "S1",
        "equipment_class": "VMC",
        "controller": "fanuc-0i",
        "brand": "示例",
        "model": "V850",
        "software": [{"name": "CNC", "version": "D4F1-28.1"}],
        "commissioned": "2020-05-18",
    },
    "technicians": {
        "code": "T1",
        "name": "张工",
        "latitude_deg": 31.2,
        "longitude_deg": 121.4,
        "skills": ["siemens", "fanuc"],
        "leave": [{"first_day": "2026-08-03", "last_day": "2026-08-07"}],
    },
    "skills": {
        "code": "high_voltage",
        "name": "低压电工作业",
        "needs_certificate": True,
        "validity_months": 36,
    },
    "certificates": {
        "code": "Z1",
        "technician": "T1",
        "skill": "high_voltage",
        "title": "特种作业操作证",
        "number": "T31-示例",
        "issuer": "示例局",
        "first_day": "2026-01-01",
        "last_day": "2028-12-31",
    },
    "parts": {
        "number": "A06B-0001",
        "name": "示例风扇",
        "part_class": "wearing",
        "alternatives": ["A06B-0002", "A06B-0003"],
        "unit": "件",
    },
    "stock": {"part": "A06B-0001", "place": "主库", "technician": "T1", "quantity": 3, "minimum": 1.5},
    "kits": {"code": "laser", "name": "激光干涉仪", "owned": 2, "holders": ["T1"]},
    "contracts": {
        "code": "C1",
        "site": "S1",
        "level": "labour",
        "first_day": "2026-01-01",
        "last_day": "2026-12-31",
        "visits_per_year": 4,
        "response_hours": 2,
        "arrival_hours": 24,
    },
    "plans": {
        "code": "P1",
        "equipment": "VMC-01#",
        "level": "quarterly",
        "interval_count": 3,
        "interval_unit": "months",
        "anchor": "2026-01-15",
    },
    "meters": {"code": "M1", "equipment": "VMC-01#", "name": "主轴小时"},
    "readings": {"meter": "M1", "read_at": "2026-03-01T08:30:00+08:00", "value": 12850.5},
}


def add(store: Store, table: str, wording: Wording = EN, **values: object) -> Thing:
    return create(store, table, values, wording=wording, who="li", now=NOW, new_id=lambda: f"id-{next(_IDS)}")


def change(
    store: Store, one: Thing, raw: Mapping[str, object], *, revision: int | None = None, partial: bool = True
) -> Thing:
    return update(
        store,
        one.table.name,
        one.handle,
        raw,
        revision=one.revision if revision is None else revision,
        partial=partial,
        wording=EN,
        who="wang",
        now=NOW,
    )


@pytest.fixture
def full(store: Store) -> Store:
    """One row in each table."""
    for table in TABLES:
        add(store, table, **EXAMPLES[table])
    return store


@pytest.mark.parametrize("table", list(TABLES))
def test_a_thing_comes_back_as_it_was_given(full: Store, table: str) -> None:
    found = things(full, table, ListQuery(), EN).items[0].json()
    wanted = EXAMPLES[table] | {"revision": 1, "retired": False, "notes": ""}
    if table == "technicians":
        wanted |= {
            "skills": ["fanuc", "siemens"],
            "leave": [{"first_day": "2026-08-03", "last_day": "2026-08-07", "note": ""}],
        }
    if table == "readings":
        wanted |= {"read_at": "2026-03-01T00:30:00+00:00"}
    assert {name: found[name] for name in wanted} == wanted


@pytest.mark.parametrize("table", list(TABLES))
@pytest.mark.parametrize("wording", [pytest.param(ZH, id="zh"), pytest.param(EN, id="en")])
def test_what_a_person_reads_can_be_typed_back_and_changes_nothing(
    full: Store, table: str, wording: Wording
) -> None:
    one = things(full, table, ListQuery(), wording).items[0]
    typed = {field.name: field.kind.text(one.values[field.name], wording) for field in one.table.fields}
    again = update(
        full, table, one.handle, typed, revision=1, partial=False, wording=wording, who="w", now=NOW
    )
    assert again.revision == 1
    assert again.json() == one.json()


def test_the_planner_reads_what_the_register_wrote(full: Store) -> None:
    with full.reading() as session:
        found = planning_input(session)
    assert [
        len(part) for part in (found.customers, found.sites, found.equipment, found.technicians, found.plans)
    ] == [1] * 5
    contract = found.contracts[0]
    assert (str(contract.validity.start), str(contract.validity.end)) == ("2026-01-01", "2027-01-01")
    site = next(iter(found.sites.values()))
    assert [str(span.end) for span in site.shutdowns] == ["2026-02-25"]
    assert not site.opening.works_on_make_up_days


def test_every_fault_of_a_row_is_told_at_once_by_field(full: Store) -> None:
    with pytest.raises(BadInput, match="nothing was added") as refused:
        add(
            full,
            "contracts",
            code="C1",
            site="S9",
            level="gold",
            first_day="2026-12-31",
            last_day="2026-01-01",
            visits_per_year=-1,
            response_hours="soon",
            colour="red",
        )
    assert sorted(fault.where for fault in refused.value.faults) == [
        "code", "colour", "last_day", "level", "response_hours", "site", "visits_per_year",
    ]  # fmt: skip


def test_faults_are_told_in_the_readers_language(store: Store) -> None:
    with pytest.raises(BadInput, match="nothing was added") as refused:
        add(store, "customers", ZH, code="K1")
    assert refused.value.faults[0].what == "没有填写"


@pytest.mark.parametrize(
    ("table", "raw", "field"),
    [
        pytest.param("sites", {"latitude_deg": 90.01}, "latitude_deg", id="latitude past the pole"),
        pytest.param("sites", {"longitude_deg": -180.5}, "longitude_deg", id="longitude past the date line"),
        pytest.param("sites", {"latitude_deg": None}, "latitude_deg", id="one coordinate without the other"),
        pytest.param("sites", {"datum": "BJ-54"}, "datum", id="an unknown datum"),
        pytest.param("sites", {"opening": "周一 08:00-07:00"}, "opening", id="closing before opening"),
        pytest.param("sites", {"opening": "Mon 08:00-12:00; Mon 13:00-14:00"}, "opening", id="a day named twice"),
        pytest.param("sites", {"opening": "Mon 25:00-26:00"}, "opening", id="no such hour"),
        pytest.param("sites", {"opening": {"weekdays": [[]] * 7}}, "opening", id="never open"),
        pytest.param("sites", {"opening": {"weekdays": [["08:00-12:00"]] * 6}}, "opening", id="six weekdays"),
        pytest.param("sites", {"shutdowns": "2026-02-10~2026-02-09"}, "shutdowns", id="a span that runs backwards"),
        pytest.param("sites", {"shutdowns": "2026-02-30"}, "shutdowns", id="no such day"),
        pytest.param("equipment", {"equipment_class": "CAR"}, "equipment_class", id="an unknown class"),
        pytest.param("equipment", {"controller": "fanuc-99"}, "controller", id="an unknown control"),
        pytest.param("equipment", {"parent": "VMC-01#"}, "parent", id="its own parent"),
        pytest.param("equipment", {"software": "CNC"}, "software", id="a name without a version"),
        pytest.param("equipment", {"tag": "a/b"}, "tag", id="a slash in a code"),
        pytest.param("equipment", {"tag": ".."}, "tag", id="dots only"),
        pytest.param("equipment", {"tag": "x" * 65}, "tag", id="a code of 65 characters"),
        pytest.param("equipment", {"brand": "a\0b"}, "brand", id="a nul character"),
        pytest.param("equipment", {"brand": "\ud800"}, "brand", id="half a surrogate pair"),
        pytest.param("equipment", {"brand": ["x"]}, "brand", id="a list for a text"),
        pytest.param("equipment", {"commissioned": "1949-12-31"}, "commissioned", id="before the first year"),
        pytest.param("technicians", {"latitude_deg": float("nan")}, "latitude_deg", id="not a number"),
        pytest.param("technicians", {"latitude_deg": True}, "latitude_deg", id="yes for a number"),
        pytest.param("technicians", {"overtime_minutes": 30.5}, "overtime_minutes", id="half a minute"),
        pytest.param("contracts", {"arrival_hours": 1}, "arrival_hours", id="arrival before response"),
        pytest.param("plans", {"interval_count": 0}, "interval_count", id="no interval"),
        pytest.param("plans", {"equipment": None}, "equipment", id="no machine"),
        pytest.param("readings", {"read_at": "yesterday"}, "read_at", id="no instant"),
    ],
)  # fmt: skip
def test_a_value_that_breaks_a_rule_is_refused_at_its_field(
    full: Store, table: str, raw: dict[str, object], field: str
) -> None:
    one = things(full, table, ListQuery(), EN).items[0]
    with pytest.raises(BadInput, match="nothing was changed") as refused:
        change(full, one, raw)
    assert [fault.where for fault in refused.value.faults] == [field]
    assert things(full, table, ListQuery(), EN).items[0].json() == one.json()


@pytest.mark.parametrize(
    ("table", "raw"),
    [
        pytest.param("sites", {"latitude_deg": 90, "longitude_deg": -180}, id="the corners of the earth"),
        pytest.param("sites", {"latitude_deg": "", "longitude_deg": ""}, id="no position"),
        pytest.param("equipment", {"tag": "x" * 64}, id="a code of 64 characters"),
        pytest.param("equipment", {"commissioned": "1950-01-01"}, id="the first day"),
        pytest.param("equipment", {"controller": "SINUMERIK 828D"}, id="a control by its name"),
        pytest.param("contracts", {"arrival_hours": 2}, id="arrival with the response"),
        pytest.param("contracts", {"last_day": "2026-01-01"}, id="a contract of one day"),
        pytest.param("technicians", {"working_time": "每天 8:00-12:00"}, id="every day"),
    ],
)
def test_a_value_at_the_edge_of_a_rule_is_kept(full: Store, table: str, raw: dict[str, object]) -> None:
    one = things(full, table, ListQuery(), EN).items[0]
    assert change(full, one, raw).revision == 2


def test_a_stale_edit_is_refused_with_both_versions_and_changes_nothing(full: Store) -> None:
    read_by_both = thing(full, "sites", "S1", EN)
    first = change(full, read_by_both, {"city": "无锡"})
    with pytest.raises(Conflict, match="changed meanwhile: revision 1 is now 2") as refused:
        change(full, read_by_both, {"city": "常州"})
    assert (refused.value.yours["city"], refused.value.theirs["city"]) == ("常州", "无锡")
    assert (refused.value.yours["revision"], refused.value.theirs["revision"]) == (1, 2)
    assert thing(full, "sites", "S1", EN).json() == first.json()


def test_of_edits_at_the_same_moment_one_wins_and_every_other_is_refused(full: Store) -> None:
    one = thing(full, "customers", "K1", EN)
    start = threading.Barrier(8)

    def edit(number: int) -> bool:
        start.wait()
        try:
            change(full, one, {"contact": f"人 {number}"})
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(edit, range(8))) == 1
    assert thing(full, "customers", "K1", EN).revision == 2


def test_of_rows_with_one_code_added_at_the_same_moment_one_stays(store: Store) -> None:
    start = threading.Barrier(6)

    def work(_: int) -> bool:
        start.wait()
        try:
            add(store, "customers", code="K1", name="客户")
        except BadInput:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(work, range(6))) == 1


def test_replacing_resets_what_is_left_out_and_patching_keeps_it(full: Store) -> None:
    one = thing(full, "customers", "K1", EN)
    patched = change(full, one, {"contact": "李工"})
    assert patched.json()["phone"] == "+86 512 1234"
    replaced = change(full, patched, {"code": "K1", "name": "华东精密"}, partial=False)
    assert (replaced.json()["contact"], replaced.json()["phone"]) == ("", "")


def test_a_change_of_nothing_keeps_the_revision_and_leaves_no_entry(full: Store) -> None:
    one = thing(full, "customers", "K1", EN)
    assert change(full, one, {"name": "华东精密"}).revision == 1
    assert len(history(full, one)) == 1


def test_each_change_is_in_the_history_with_who_when_before_and_after(full: Store) -> None:
    one = change(full, thing(full, "contracts", "C1", EN), {"last_day": "2027-12-31", "retired": True})
    newest, oldest = history(full, one)
    assert (newest.who, newest.action, newest.at) == ("wang", "update", NOW)
    assert set(newest.fields) == {("last_day", "2026-12-31", "2027-12-31"), ("retired", False, True)}
    assert (oldest.who, oldest.action) == ("li", "create")
    assert ("code", None, "C1") in oldest.fields


def test_a_retired_site_stays_in_the_register_and_leaves_the_plan(full: Store) -> None:
    change(full, thing(full, "sites", "S1", EN), {"retired": "yes"})
    assert thing(full, "sites", "S1", EN).retired
    assert counts(full)["sites"] == 0
    with full.reading() as session:
        assert planning_input(session).sites == {}


def test_machines_mounted_on_each_other_in_a_circle_are_refused(full: Store) -> None:
    for tag, parent in (("A", "VMC-01#"), ("B", "A")):
        add(full, "equipment", tag=tag, site="S1", equipment_class="AUX", parent=parent)
    with pytest.raises(BadInput, match="nothing was changed") as refused:
        change(full, thing(full, "equipment", "VMC-01#", EN), {"parent": "B"})
    assert [fault.where for fault in refused.value.faults] == ["parent"]


def test_search_looks_into_codes_names_and_what_references_lead_to(full: Store) -> None:
    def found(table: str, text: str) -> int:
        return things(full, table, ListQuery(text=text), EN).total

    assert (found("equipment", "v850"), found("equipment", "一号厂房"), found("equipment", "K9")) == (1, 1, 0)
    assert (found("sites", "华东"), found("sites", "%"), found("sites", "_")) == (1, 0, 0)


def test_lists_are_filtered_sorted_and_paged(full: Store) -> None:
    for number in range(2, 8):
        add(
            full,
            "sites",
            code=f"S{number}",
            name=f"厂房 {number}",
            customer="K1",
            city="苏州" if number % 2 else "上海",
        )

    def codes(query: ListQuery) -> list[str]:
        return [one.handle for one in things(full, "sites", query, EN).items]

    assert codes(ListQuery(equal={"city": "上海"})) == ["S2", "S4", "S6"]
    assert codes(ListQuery(equal={"customer": "K1", "retired": "no"}, sort="-code", size=2, page=2)) == [
        "S5",
        "S4",
    ]
    assert codes(ListQuery(equal={"customer": "nobody"})) == []
    assert codes(ListQuery(page=9)) == []
    assert codes(ListQuery(sort="customer", size=2)) == ["S1", "S2"]
    assert things(full, "sites", ListQuery(size=2), EN).last == 4


@pytest.mark.parametrize(
    ("query", "message"),
    [
        pytest.param(ListQuery(equal={"phone": "1"}), "no filter 'phone'", id="a field that is no filter"),
        pytest.param(ListQuery(equal={"retired": "maybe"}), "neither yes nor no", id="a value that is none"),
        pytest.param(ListQuery(sort="opening"), "cannot be sorted", id="an order of hours"),
        pytest.param(ListQuery(size=501), "sizes go from 1 to 500", id="a page of 501"),
        pytest.param(ListQuery(page=0), "pages count from 1", id="page 0"),
        pytest.param(ListQuery(text="a\0"), "control character", id="a nul in the text"),
    ],
)
def test_a_list_that_cannot_be_understood_is_refused(full: Store, query: ListQuery, message: str) -> None:
    with pytest.raises(BadQuery, match=message):
        things(full, "sites", query, EN)


@pytest.mark.parametrize(
    ("table", "handle"),
    [
        pytest.param("sites", "S9", id="another code"),
        pytest.param("sites", "\ud800", id="half a surrogate pair"),
        pytest.param("users", "x", id="a table that is none of the register"),
    ],
)
def test_a_thing_that_is_not_there_is_not_found(full: Store, table: str, handle: str) -> None:
    with pytest.raises(NotFound, match="no "):
        thing(full, table, handle, EN)


def test_a_site_shows_its_machines_and_contracts_a_machine_its_plans_and_meters(full: Store) -> None:
    def tables(table: str, handle: str) -> dict[str, int]:
        return {one.table.name: one.page.total for one in related(full, thing(full, table, handle, EN), EN)}

    assert tables("sites", "S1") == {"equipment": 1, "contracts": 1}
    assert tables("equipment", "VMC-01#") == {"equipment": 0, "plans": 1, "meters": 1}
    assert tables("readings", things(full, "readings", ListQuery(), EN).items[0].handle) == {}


def test_a_thing_is_named_and_its_references_too(full: Store) -> None:
    one = thing(full, "equipment", "VMC-01#", ZH)
    assert one.name(ZH) == "VMC-01# 示例 V850"
    assert one.leads_to == {"site": "S1 一号厂房"}
    assert options(full, "sites", ZH, most=1) == (("S1", "S1 一号厂房"),)
    add(full, "sites", code="S2", name="二", customer="K1")
    assert options(full, "sites", ZH, most=1) is None
