# ruff: noqa: F401, F811 - the store's fixtures are shared
"""The machine in hand comes from the register and goes to the search as codes."""

from pathlib import Path

import pytest

from kb.content import load_library
from kb.errors import NotFound
from kb.search import Fit, SearchIndex
from kb.store import Store
from kb.usecases.search import answer_lines, find_pages, fit_label, hit_row, shown_hits
from kb.usecases.search_scope import equipment_in_hand, in_hand_label
from tests.kb.search.pages import a_case, an_index
from tests.kb.usecases.test_register import EXAMPLES, add
from tests.postgresql import empty_store, server, store

ROOT = Path(__file__).parents[3]


@pytest.fixture
def register(store: Store) -> Store:
    for table in ("customers", "sites", "equipment"):
        add(store, table, **EXAMPLES[table])
    return store


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    own = [{"controller": ["fanuc-0i"], "machine": ["VMC"]}]
    other = [{"controller": ["siemens-828d"]}]
    return an_index(
        tmp_path_factory.mktemp("scope"),
        cases__own=a_case(id="CASE-OWN", title="换刀臂卡住", applies_to=own, alarms=[]),
        cases__other=a_case(id="CASE-OTHER", title="换刀臂卡住", applies_to=other, alarms=[]),
    )


def test_a_machine_is_known_by_its_tag(register: Store) -> None:
    machine = equipment_in_hand(register, " VMC-01# ")
    assert (machine.tag, machine.model) == ("VMC-01#", "示例 V850")
    assert (machine.scope.machine, machine.scope.controller) == ("VMC", "fanuc-0i")
    assert machine.scope.software == ("CNC D4F1-28.1",)


def test_a_tag_that_the_register_does_not_have_is_told(register: Store) -> None:
    with pytest.raises(NotFound, match="VMC-99"):
        equipment_in_hand(register, "VMC-99")


def test_an_auxiliary_has_the_control_of_its_host_and_a_readout_its_own(register: Store) -> None:
    add(register, "equipment", tag="CHILLER", site="S1", equipment_class="AUX", parent="VMC-01#")
    add(register, "equipment", tag="SCALES", site="S1", equipment_class="DRO", parent="VMC-01#")
    chiller, scales = (equipment_in_hand(register, tag).scope for tag in ("CHILLER", "SCALES"))
    assert (chiller.machine, chiller.controller) == ("AUX", "fanuc-0i")
    assert (scales.machine, scales.controller) == ("DRO", "")


def test_hits_are_labelled_and_ordered_by_the_machine(register: Store, index: SearchIndex) -> None:
    scope = equipment_in_hand(register, "VMC-01#").scope
    result = find_pages(index, "换刀臂卡住", scope=scope)
    fits = [(hit.page.id, hit.fit) for hit in result.hits]
    assert fits[0] == ("CASE-OWN", Fit.PROVEN)
    assert ("CASE-OTHER", Fit.OTHER) in fits
    assert next(shown.fit for shown in shown_hits(index, result, "zh_CN")) == "本机型已验证"
    assert fit_label(result.hits[-1], "en") == "other family"
    assert hit_row(result.hits[0], "zh_CN")["fit"] == "proven"
    assert "fit" not in hit_row(find_pages(index, "换刀臂卡住").hits[0], "zh_CN")


def test_every_label_has_a_chinese_name(index: SearchIndex, register: Store) -> None:
    hits = find_pages(index, "", scope=equipment_in_hand(register, "VMC-01#").scope, size=100).hits
    labels = {fit_label(hit, "zh_CN") for hit in hits}
    assert labels
    assert all(not label.isascii() for label in labels)


def test_a_batch_is_answered_for_the_machine(register: Store, index: SearchIndex) -> None:
    scope = equipment_in_hand(register, "VMC-01#").scope
    (row,) = answer_lines(index, ["换刀臂卡住".encode()], size=1, chosen={}, language="zh_CN", scope=scope)
    assert row["hits"][0]["id"] == "CASE-OWN"  # type: ignore[index]


def test_a_machine_is_shown_with_all_that_is_known(register: Store) -> None:
    library = load_library(ROOT / "content")
    machine = equipment_in_hand(register, "VMC-01#")
    assert in_hand_label(machine, library, "zh_CN") == "示例 V850 · 立式加工中心 · FANUC 0i"
