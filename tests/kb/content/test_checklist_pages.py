"""The checklists of the library: every class and level has one, nothing stands twice, no starting value is a limit."""

import re
from collections import defaultdict
from datetime import date
from itertools import product

import pytest

from kb.content import check_library, load_library
from kb.content.pages import ChecklistItem, ChecklistPage, Confidence, Grade, Level
from kb.usecases.plan_checklists import worklist
from planner.model import EquipmentClass
from planner.model import Level as PlanLevel
from tests.builders import an_equipment
from tests.kb.site.samples import ROOT

LIBRARY = load_library(ROOT / "content")
PAGES = {page.id: page for page in LIBRARY.pages.values() if isinstance(page, ChecklistPage)}
CLASSES = tuple(LIBRARY.vocabularies.lists["equipment_classes"])
CALENDAR = tuple(level for level in Level if level is not Level.BY_HOURS)
WITHOUT_HOURS = {"MAN", "DRO", "AUX"}
"""Classes of which no researched task is counted in hours or changes of tools."""
SHIFT_MINUTES = 60
"""An operator has 15 minutes before and 15 after the shift (P2, B); 15 more are the warm-up, which runs alone."""
FIRST_SERVICE_MINUTES = 4 * 60
SECOND_SERVICE_MINUTES = 8 * 60
"""About four hours a quarter and eight a year, the quarter's items among them (P2, B)."""

Bounds = tuple[float | None, float | None, float | None, float | None]
LIMITS: dict[tuple[str, str], Bounds] = {
    ("T408", "A"): (None, 25, None, None),
    ("T505", "A"): (1, 100, None, None),
    ("T506", "A"): (None, None, None, 1),
    ("T209", "B"): (None, None, 30, None),
}
"""What a document says of an item: lower, warned below, warned above, upper; with the grade of the document."""
STARTING_VALUES: dict[str, set[Bounds]] = {
    "T002": {(None, 0.3, 0.6, None)},
    "T005": {(None, 3, 10, None)},
    "T007": {(None, 3, 5, None)},
    "T009": {(None, 0.5, 0.6, None)},
    "T103": {(None, 8.5, 9.5, None)},
    "T204": {(None, None, 60, None)},
    "T207": {(None, None, 0.02, None), (None, None, 0.03, None), (None, None, 0.1, None)},
    "T208": {(None, None, 0.005, None)},
    "T208b": {(None, None, 0.015, None)},
    "T212": {(None, -0.01, 0.01, None)},
    "T213": {(None, -20, 20, None)},
    "T311": {(None, None, 0.02, None)},
    "T313": {(None, None, 1, None)},
    "T401": {(None, None, 2000, None)},
    "T515": {(None, None, 1_000_000, None)},
}
"""Values of the trade (*typ.*): where to start, never what is accepted."""
CLASS_OF_VALUE = {
    ("T207", 0.02): {"VMC", "HMC", "GMC", "MIL", "DTC"},
    ("T207", 0.03): {"LAT", "TMC"},
    ("T207", 0.1): {"MAN"},
    ("T007", 5): {"LAT", "TMC"},
}
"""Starting values that are told of some classes only."""

each_page = pytest.mark.parametrize("page", [pytest.param(PAGES[id_], id=id_) for id_ in sorted(PAGES)])
each_class = pytest.mark.parametrize("kind", CLASSES)


def machines_of(page: ChecklistPage) -> set[str]:
    return {code for group in page.applies_to for code in group.machine}


def pages_of(kind: str, *levels: Level) -> list[ChecklistPage]:
    return [page for page in PAGES.values() if kind in machines_of(page) and page.level in levels]


def bounds_of(item: ChecklistItem) -> Bounds:
    return (item.lower, item.warn_lower, item.warn_upper, item.upper)


def minutes_of(pages: list[ChecklistPage], *, source: str = "") -> int:
    told = re.compile(rf"\b{source}\b" if source else "")
    return sum(item.minutes for page in pages for item in page.items if told.search(item.source))


def test_no_checklist_breaks_a_rule_of_the_content_checks() -> None:
    faults = check_library(LIBRARY, today=date(2026, 11, 25))
    assert [str(fault) for fault in faults if fault.where.startswith("checklists/")] == []


def test_the_classes_of_the_library_are_those_of_the_register() -> None:
    assert set(CLASSES) == {kind.value for kind in EquipmentClass}


@pytest.mark.parametrize(("kind", "level"), list(product(CLASSES, CALENDAR)))
def test_every_class_has_a_checklist_of_every_calendar_level(kind: str, level: Level) -> None:
    assert pages_of(kind, level) != []


@each_class
def test_a_class_has_a_checklist_by_hours_where_a_task_is_counted_so(kind: str) -> None:
    assert (pages_of(kind, Level.BY_HOURS) == []) == (kind in WITHOUT_HOURS)


@each_class
def test_an_item_stands_once_in_the_chain_of_a_class(kind: str) -> None:
    for chain in (pages_of(kind, *CALENDAR), pages_of(kind, Level.BY_HOURS)):
        found = defaultdict(list)
        for page in chain:
            for item in page.items:
                found[item.id].append(page.id)
        assert {id_: ids for id_, ids in found.items() if len(ids) > 1} == {}


@pytest.mark.parametrize(("kind", "level"), list(product(EquipmentClass, PlanLevel)))
def test_a_larger_inspection_of_a_machine_holds_the_smaller_ones(
    kind: EquipmentClass, level: PlanLevel
) -> None:
    chosen = worklist(PAGES, an_equipment(equipment_class=kind), level, None)
    levels = CALENDAR[: CALENDAR.index(Level(level.value)) + 1]
    assert {page.level for page in chosen.pages} == set(levels)
    assert {page.id for page in chosen.pages} == {page.id for page in pages_of(kind.value, *levels)}
    assert len(chosen.items) == sum(len(page.items) for page in chosen.pages)


@each_page
def test_a_checklist_lies_in_the_file_of_its_id_and_names_known_classes(page: ChecklistPage) -> None:
    assert LIBRARY.paths[page.id] == f"checklists/{page.id.removeprefix('CHK-').lower()}.md"
    assert page.id.endswith(page.level.value.upper().replace("_", "-"))
    assert machines_of(page)


@each_page
def test_every_item_names_its_fact_and_its_source_and_both_stand_on_the_page(page: ChecklistPage) -> None:
    refs = {source.ref.split(":")[0]: source for source in page.sources}
    named = set()
    for item in page.items:
        match = re.fullmatch(r"(T\d{3}|[A-Z]{3}-\d{2}) \(([A-Z]+\d*(?:, [A-Z]+\d*)*)\)", item.source)
        assert match is not None, item.source
        assert match[1] in page.facts
        assert item.id.startswith(match[1])
        named |= set(match[2].split(", "))
        assert set(match[2].split(", ")) <= set(refs)
    assert set(page.facts) == {item.source.split(" ")[0] for item in page.items}
    assert set(refs) - named <= {"KP"}


@each_page
def test_an_item_is_no_surer_than_its_source_and_a_page_no_surer_than_its_items(page: ChecklistPage) -> None:
    refs = {source.ref.split(":")[0]: source.grade for source in page.sources}
    for item in page.items:
        grades = [refs[ref] for ref in re.findall(r"[A-Z]+\d*(?=[,)])", item.source)]
        assert item.grade is not Grade.D
        assert item.grade.value >= min(grade.value for grade in grades)
    known = all(item.grade is not Grade.K for item in page.items)
    assert (page.confidence is Confidence.VALIDATED) == known
    assert any(item.grade is Grade.K for item in page.items) <= ("KP" in refs)


@each_page
def test_a_limit_is_what_a_document_says_and_a_starting_value_only_warns(page: ChecklistPage) -> None:
    for item in page.items:
        bounds = bounds_of(item)
        if bounds == (None, None, None, None):
            continue
        if item.typical:
            assert bounds in STARTING_VALUES[item.id], item.id
            assert "参考" in (item.criterion or "")
            for (id_, value), kinds in CLASS_OF_VALUE.items():
                if id_ == item.id and value in bounds:
                    assert machines_of(page) - kinds - {"DRO"} == set()
        else:
            assert bounds == LIMITS[item.id, item.grade.value], item.id


@each_page
def test_what_is_measured_has_a_unit_and_what_is_judged_a_criterion(page: ChecklistPage) -> None:
    for item in page.items:
        assert item.criterion, item.id
        assert (item.unit is not None) == (item.kind == "measure"), item.id
        assert item.text_en, item.id


@each_page
def test_minutes_are_whole_and_an_item_takes_no_day(page: ChecklistPage) -> None:
    assert [item.id for item in page.items if not 0 <= item.minutes <= FIRST_SERVICE_MINUTES] == []
    assert [item.id for item in page.items if item.minutes == 0] == (
        ["T208b"] if any(item.id == "T208b" for item in page.items) else []
    )


@each_class
def test_an_operator_is_done_within_his_time_at_the_shift(kind: str) -> None:
    assert 0 < minutes_of(pages_of(kind, Level.SHIFT)) <= SHIFT_MINUTES


@each_class
def test_the_services_of_the_regulation_take_the_hours_it_names_and_no_minute_is_counted_twice(
    kind: str,
) -> None:
    quarter = minutes_of(pages_of(kind, Level.QUARTERLY), source="P2")
    assert quarter <= FIRST_SERVICE_MINUTES
    assert quarter + minutes_of(pages_of(kind, Level.YEARLY), source="P2") <= SECOND_SERVICE_MINUTES


@pytest.mark.parametrize("kind", ["GRI", "BOR", "EDM", "AUX", "TMC", "GMC", "HMC"])
def test_a_class_with_machinery_of_its_own_says_what_is_not_covered(kind: str) -> None:
    told = "\n".join(LIBRARY.bodies[page.id] for page in pages_of(kind, *CALENDAR))
    assert re.search(r"没有列入|不在这张表里", told)
    assert "说明书" in told or "设备厂" in told


@pytest.mark.parametrize("kind", ["GRI", "BOR", "EDM"])
def test_a_task_told_of_other_machines_is_trade_knowledge_where_it_is_carried_over(kind: str) -> None:
    of_parts = re.compile(r"\b(F17|F40|F41|P3|P4|P6|P7|P14|P21|P28|P30|P31|H9|G7|J7)\b")
    carried = [
        item.id
        for page in pages_of(kind, *CALENDAR, Level.BY_HOURS)
        for item in page.items
        if item.grade is not Grade.K and not of_parts.search(item.source)
    ]
    told_of_all = {"T001", "T010", "T015", "T016", "T303", "T310", "T516"}
    assert set(carried) <= told_of_all


def test_a_readout_kit_has_no_work_on_its_host_machine() -> None:
    kit = {item.id for page in pages_of("DRO", *CALENDAR) for item in page.items}
    host = {item.id for page in pages_of("MAN", *CALENDAR) for item in page.items}
    assert kit == {"T017", "T018", "T111", "T212", "T313", "T314", "T408", "T514"}
    assert kit < host


def test_two_checklists_never_tell_the_same_thing() -> None:
    for texts in (
        [page.title for page in PAGES.values()],
        [page.title_en for page in PAGES.values()],
        [page.summary for page in PAGES.values()],
    ):
        assert len(set(texts)) == len(texts)
    told = defaultdict(set)
    for page in PAGES.values():
        for sentence in re.findall(r"[^。\n]{16,}。", LIBRARY.bodies[page.id]):
            told[sentence].add(page.id)
    assert {sentence: ids for sentence, ids in told.items() if len(ids) > 1} == {}


@each_page
def test_a_checklist_leads_on_and_is_found_by_more_than_its_title(page: ChecklistPage) -> None:
    assert len(page.keywords) >= 2
    assert len({word.casefold() for word in page.keywords}) == len(page.keywords)
    assert len(set(page.related)) == len(page.related) >= 2
    assert page.hazards == "none" or page.hazards


def test_what_an_operator_does_between_visits_is_told_apart_from_the_visit() -> None:
    machine = an_equipment(equipment_class=EquipmentClass.VMC)
    monthly = worklist(PAGES, machine, PlanLevel.MONTHLY, None)
    own = {item.id for page in monthly.pages if page.level not in {"shift", "weekly"} for item in page.items}
    daily = {item.id for page in monthly.pages if page.level in {"shift", "weekly"} for item in page.items}
    assert 0 < monthly.operator_minutes < monthly.minutes
    assert monthly.minutes - monthly.operator_minutes == sum(
        item.minutes for item in monthly.items if item.id in own - daily
    )
