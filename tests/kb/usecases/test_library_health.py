"""The library's health: the map agrees with the search, every figure with its list, and lists leave as workbooks."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from kb.cli.serve import make_ready
from kb.content import Library, load_library
from kb.errors import BadQuery, NotFound
from kb.search.index import facet_values
from kb.settings import Settings
from kb.store import Store, register
from kb.usecases import library_health as library_health_module
from kb.usecases.library_health import AGES, ANY_CONTROL, Figures, Health, library_figures, library_health
from kb.usecases.library_health_figures import health_counts, health_row
from kb.usecases.library_health_lists import LISTS, Choice, health_list, health_xlsx
from kb.usecases.page_feedback import Verdict, judge_page
from kb.usecases.page_reviews import reviews_by_owner, reviews_due
from kb.usecases.page_use import Reuse
from kb.usecases.search_log import Note, keep_notes
from kb.wiring import open_house
from tests.kb.content.pages import a_case, a_content_folder, a_guide
from tests.kb.search.pages import VOCABULARIES, an_alarm

ROOT = Path(__file__).parents[3]
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
TODAY = NOON.date()
FANUC = [{"machine": ["VMC"], "controller": ["fanuc-0i"]}]
FILES = {
    "hot": a_case(id="CASE-HOT", applies_to=FANUC, reviewed="2026-01-02", review_due="2026-11-24"),
    "cold": a_case(id="CASE-COLD", applies_to=None, confidence="not_validated", owner="李工"),
    "gone": a_case(id="CASE-GONE", status="withdrawn"),
    "bare": a_guide(sources=None, confidence="wip", status="in_preparation", component=None, id="GUIDE-BARE"),
    "axis": an_alarm(
        "ALM-SV0401", "SV0401", "伺服准备", component={"subsystem": "AXS"}, review_due="2027-01-24"
    ),
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("healthy") / "content"
    found = load_library(a_content_folder(folder, VOCABULARIES, **FILES))
    assert found.faults == ()
    return found


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'health.db'}")
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def health(store: Store, library: Library) -> Health:
    return library_health(store, library, today=TODAY)


def ids(health: Health, name: str, **choice: object) -> list[object]:
    return [row["id"] for row in health_list(health, name, Choice(**choice), "zh_CN").rows]  # type: ignore[arg-type]


def test_the_map_counts_each_page_where_the_search_finds_it_and_no_withdrawn_one(health: Health) -> None:
    assert health.figures.pages == {"alarm": 1, "case": 2, "guide": 1}
    brands = {field: dict(kinds) for field, kinds in health.figures.coverage["brand"].items()}
    assert brands == {
        ("FANUC", "SPI"): {"case": 1},
        ("FANUC", "AXS"): {"alarm": 1},
        (ANY_CONTROL, "SPI"): {"case": 1},
        (ANY_CONTROL, "GEN"): {"guide": 1},
    }
    assert health.figures.rows["brand"] == ("FANUC", ANY_CONTROL)
    assert ids(health, "coverage", row="FANUC", subsystem="SPI") == ["CASE-HOT"]
    assert ids(health, "coverage", by="controller", row="fanuc-0i", kind="case") == ["CASE-HOT"]
    assert ids(health, "coverage", row=ANY_CONTROL) == ["CASE-COLD", "GUIDE-BARE"]


def test_the_brands_of_the_real_library_are_those_of_its_search() -> None:
    real = load_library(ROOT / "content")
    places = library_figures(real, today=TODAY).places
    assert len(places) > 500
    for id_, (brands, controllers, subsystem) in places.items():
        facets = facet_values(real.pages[id_], real)
        assert brands == (facets["brand"] or (ANY_CONTROL,))
        assert controllers == (facets["controller"] or (ANY_CONTROL,))
        assert subsystem == (facets["subsystem"] or ("GEN",))[0]


def test_the_figures_are_worked_out_once_for_a_state_and_a_day(library: Library) -> None:
    first = library_figures(library, today=TODAY)
    assert library_figures(library, today=TODAY) is first
    assert library_figures(library, today=TODAY + timedelta(days=1)) is not first
    assert library_figures(replace(library, digest="another"), today=TODAY) is not first


@pytest.mark.parametrize(
    ("days", "age"),
    [(0, "0-3"), (90, "0-3"), (91, "3-6"), (364, "6-12"), (365, "12-24"), (730, "24-"), (9999, "24-")],
)
def test_an_age_ends_at_its_day(library: Library, days: int, age: str) -> None:
    today = date(2026, 1, 2) + timedelta(days=days)
    figures = library_figures(library, today=today)
    assert figures.ages == {name: (4 if name == age else 0) for name, _ in AGES}


def test_each_figure_is_as_long_as_its_list(store: Store, health: Health) -> None:
    counts = health_counts(health)
    for name in counts.keys() & LISTS.keys():
        assert counts[name] == len(health_list(health, name, Choice(), "en").rows), name
    assert counts | {"reviews": 4, "overdue": 1, "not_validated": 2, "no_source": 1, "unused": 3} == counts


def test_a_review_is_due_on_its_day_and_overdue_the_day_after(library: Library) -> None:
    def days(today: date, within: int, owner: str = "") -> list[tuple[str, int]]:
        found = reviews_due(library, today=today, within_days=within, owner=owner, reuse={}, verdicts={})
        return [(one.page.id, one.days) for one in found]

    due = date(2026, 11, 24)
    assert days(due, 0) == [("CASE-HOT", 0)]
    assert days(due + timedelta(days=1), 0) == [("CASE-HOT", -1)]
    assert days(due - timedelta(days=1), 0) == []
    assert days(due - timedelta(days=1), 1) == [("CASE-HOT", 1)]
    assert days(due, 61)[-1] == ("ALM-SV0401", 61)
    assert "ALM-SV0401" not in dict(days(due, 60))
    assert days(due, 3000, owner="李工") == [("CASE-COLD", 39)]
    with pytest.raises(BadQuery, match="within_days is 3661; it must be 0 to 3660"):
        days(due, 3661)


def test_owners_with_most_overdue_come_first(library: Library) -> None:
    found = reviews_due(library, today=date(2026, 12, 1), within_days=3660, reuse={}, verdicts={})
    assert reviews_by_owner(found) == {"技术资料组": (3, 1), "李工": (1, 0)}


def test_what_readers_doubt_and_what_nobody_used_follow_the_votes_and_the_jobs(
    store: Store, library: Library
) -> None:
    for voter in ("a", "b"):
        judge_page(store, library, "CASE-HOT", Verdict(helpful=False, reason="wrong"), voter=voter, now=NOON)
    judge_page(store, library, "CASE-COLD", Verdict(helpful=True), voter="a", now=NOON)
    judge_page(store, library, "ALM-SV0401", Verdict(helpful=False), voter="a", now=NOON)
    health = library_health(store, library, today=TODAY)
    assert ids(health, "doubted") == ["CASE-HOT", "ALM-SV0401"]
    assert ids(health, "unused") == ["CASE-HOT", "GUIDE-BARE"]
    used = replace(health, reuse={"GUIDE-BARE": Reuse(jobs=2), "CASE-HOT": Reuse(jobs=1)})
    assert ids(used, "unused") == []
    assert ids(health, "not_validated") == ["CASE-COLD", "GUIDE-BARE"]
    assert ids(used, "not_validated") == ["GUIDE-BARE", "CASE-COLD"]
    row = health_list(health, "reviews", Choice(), "zh_CN").rows[0]
    assert (row["id"], row["not_helpful"], row["used"], row["days"]) == ("CASE-HOT", 2, 0, -1)


def test_what_is_missing_starts_with_the_machines_in_the_field(store: Store, library: Library) -> None:
    with store.writing() as session:
        register.add(session, "customers", [{"id": "c", "code": "c", "name": "c"}])
        register.add(session, "sites", [{"id": "s", "code": "s", "customer_id": "c", "name": "s"}])
        machines = [("m1", "siemens-828d"), ("m2", "siemens-828d"), ("m3", "fanuc-0i"), ("m4", "")]
        rows = [
            {"id": id_, "tag": id_, "site_id": "s", "equipment_class": "VMC", "controller": control}
            for id_, control in machines
        ]
        register.add(session, "equipment", rows)
    health = library_health(store, library, today=TODAY)
    assert [(one.brand, one.subsystem, one.alarms, one.machines) for one in health.missing] == [
        ("Siemens", "", 0, 2),
        ("FANUC", "AXS", 1, 1),
    ]


def test_the_figures_and_every_list_leave_as_json_and_as_a_workbook(store: Store, library: Library) -> None:
    keep_notes(store, [Note(query="=桁架掉料", kind="nothing", at=NOON)])
    health = library_health(store, library, today=TODAY)
    body = health_row(health)
    assert body["pages"] == {"alarm": 1, "case": 2, "guide": 1}
    assert body["counts"] == health_counts(health)
    for name in LISTS:
        found = health_list(health, name, Choice(), "zh_CN")
        assert found.json()["total"] == len(found.rows)
        (sheet,) = load_workbook(BytesIO(health_xlsx(found, "zh_CN", now=NOON))).worksheets
        assert sheet.max_row == len(found.rows) + 1
        assert sheet["A1"].value in {"编号", "品牌", "检索词"}
        if name == "demand":
            cell = sheet["A2"]
            assert (cell.value, cell.data_type) == ("=桁架掉料", "s")


def test_a_list_or_a_choice_that_is_not_there_is_refused(health: Health) -> None:
    with pytest.raises(NotFound, match="no list of the library's health has the id 'nothing'"):
        health_list(health, "nothing", Choice(), "zh_CN")
    with pytest.raises(BadQuery, match=r"by is 'maker'.*age is '3-7'"):
        health_list(health, "ages", Choice(by="maker", age="3-7"), "zh_CN")  # type: ignore[arg-type]


def test_what_follows_from_the_files_is_there_before_the_first_visitor_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked_out: list[str] = []
    figures = library_health_module._figures

    def counted(library: Library, today: date) -> Figures:
        worked_out.append(library.digest)
        return figures(library, today)

    monkeypatch.setattr(library_health_module, "_figures", counted)
    monkeypatch.setattr(library_health_module, "_memory", {})
    house = open_house(
        Settings(home=tmp_path, content_dir=a_content_folder(tmp_path / "content", VOCABULARIES, **FILES))
    )
    house.store.migrate()
    make_ready(house)
    assert len(worked_out) == 1
    library_health(house.store, house.library(), today=house.today())
    assert len(worked_out) == 1
    missing = open_house(Settings(home=tmp_path, content_dir=tmp_path / "nowhere"))
    make_ready(missing)  # its pages say what is missing
    house.store.close()
    missing.store.close()
