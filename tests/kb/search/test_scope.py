"""The machine in hand: pages are labelled by how they stand to it, those for it come first, none is hidden."""

from pathlib import Path
from typing import Any

import pytest

from kb.content import Library
from kb.search import Fit, Scope, SearchIndex, open_index
from kb.search.scope import ScopeReader
from tests.kb.search.pages import a_case, a_library, an_alarm

FANUC = Scope(machine="VMC", controller="fanuc-0i", drive="αi-B", software=("CNC D4F1 12.0",))
SIEMENS = Scope(machine="VMC", controller="siemens-828d")
MITSUBISHI = Scope(machine="VMC", controller="mitsubishi-m70")


def for_(controller: str = "", machine: str = "", **more: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "controller": [controller] if controller else [],
        "machine": [machine] if machine else [],
    }
    return {**values, **more}


MORE = {
    "alarms__gsk401": an_alarm("ALM-GSK-401", "401", "驱动未就绪", family="gsk"),
    "cases__own": a_case(
        id="CASE-OWN",
        title="换刀臂卡住",
        summary="刀臂不动。",
        applies_to=[for_("fanuc-0i", "VMC")],
        alarms=[],
    ),
    "cases__cousin": a_case(
        id="CASE-COUSIN", title="换刀臂卡住", summary="刀臂不动。", applies_to=[for_("fanuc-30i")], alarms=[]
    ),
    "cases__any": a_case(id="CASE-ANY", title="换刀臂卡住", summary="刀臂不动。", applies_to=[], alarms=[]),
    "cases__other": a_case(
        id="CASE-OTHER",
        title="换刀臂卡住",
        summary="刀臂不动。",
        applies_to=[for_("siemens-828d")],
        alarms=[],
    ),
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return a_library(tmp_path_factory.mktemp("scope"), **MORE)


@pytest.fixture(scope="module")
def scoped(tmp_path_factory: pytest.TempPathFactory, library: Library) -> SearchIndex:
    return open_index(tmp_path_factory.mktemp("index"), library)


def ids(index: SearchIndex, query: str, scope: Scope | None = None) -> list[str]:
    return [hit.page.id for hit in index.search(query, scope=scope, size=100).hits]


@pytest.mark.parametrize(
    ("page", "scope", "fit"),
    [
        pytest.param({"applies_to": [for_("fanuc-0i", "VMC")]}, FANUC, Fit.PROVEN, id="control and class"),
        pytest.param({"applies_to": [for_("fanuc-0i")]}, FANUC, Fit.PROVEN, id="control, any class"),
        pytest.param(
            {"applies_to": [for_("fanuc-0i")], "confidence": "not_validated"},
            FANUC,
            Fit.MODEL,
            id="not validated",
        ),
        pytest.param({"applies_to": [for_("fanuc-0i", drive="αi-b")]}, FANUC, Fit.PROVEN, id="same drive"),
        pytest.param({"applies_to": [for_("fanuc-0i", drive="βi")]}, FANUC, Fit.FAMILY, id="another drive"),
        pytest.param(
            {"applies_to": [for_("fanuc-0i", software="D4F1")]}, FANUC, Fit.PROVEN, id="same software"
        ),
        pytest.param(
            {"applies_to": [for_("fanuc-0i", software="D4G1")]}, FANUC, Fit.FAMILY, id="other software"
        ),
        pytest.param(
            {"applies_to": [for_("siemens-828d", drive="S120")]},
            SIEMENS,
            Fit.PROVEN,
            id="drive not in the register",
        ),
        pytest.param({"applies_to": [for_("fanuc-30i")]}, FANUC, Fit.FAMILY, id="same maker"),
        pytest.param({"applies_to": [for_("siemens-828d")]}, FANUC, Fit.OTHER, id="another maker"),
        pytest.param({"applies_to": [for_("fanuc-0i", "LAT")]}, FANUC, Fit.OTHER, id="a lathe's"),
        pytest.param(
            {"applies_to": [for_(machine="LAT")]}, FANUC, Fit.OTHER, id="another class, any control"
        ),
        pytest.param({"applies_to": [for_(machine="VMC")]}, FANUC, Fit.GENERAL, id="class, any control"),
        pytest.param({"applies_to": []}, FANUC, Fit.GENERAL, id="any"),
        pytest.param(
            {"applies_to": [for_("siemens-828d"), for_("fanuc-0i")]}, FANUC, Fit.PROVEN, id="one group of two"
        ),
        pytest.param(
            {"applies_to": [for_(machine="DRO")]}, Scope(machine="DRO"), Fit.PROVEN, id="readout, no control"
        ),
        pytest.param(
            {"applies_to": [for_("okuma-osp")]}, Scope(controller="mazatrol"), Fit.OTHER, id="no own family"
        ),
    ],
)
def test_a_page_stands_to_the_machine(tmp_path: Path, page: dict[str, Any], scope: Scope, fit: Fit) -> None:
    values = {"confidence": "validated", "alarms": [], **page}
    library = a_library(tmp_path, cases__one=a_case(id="CASE-ONE", title="一例", **values))
    assert ScopeReader(scope, library).fit(library.pages["CASE-ONE"]) is fit


@pytest.mark.parametrize(
    ("family", "scope", "fit"),
    [
        ("sinamics", SIEMENS, Fit.FAMILY),
        ("simodrive", SIEMENS, Fit.FAMILY),
        ("servo-mr", MITSUBISHI, Fit.FAMILY),
        ("sinamics", FANUC, Fit.OTHER),
        ("fanuc", FANUC, Fit.FAMILY),
        ("other", Scope(controller="mazatrol"), Fit.GENERAL),
    ],
)
def test_drives_of_the_maker_belong_to_the_family(
    tmp_path: Path, family: str, scope: Scope, fit: Fit
) -> None:
    text = an_alarm("ALM-ONE", "F07900", "电机堵转", family=family, applies_to=[])
    library = a_library(tmp_path, alarms__one=text)
    assert ScopeReader(scope, library).fit(library.pages["ALM-ONE"]) is fit


def test_pages_for_the_machine_come_first_and_none_is_hidden(scoped: SearchIndex) -> None:
    without = ids(scoped, "换刀臂卡住")
    found = ids(scoped, "换刀臂卡住", FANUC)
    assert found[:4] == ["CASE-OWN", "CASE-COUSIN", "CASE-ANY", "CASE-OTHER"]
    assert set(found) == set(without)
    assert ids(scoped, "换刀臂卡住", SIEMENS)[0] == "CASE-OTHER"


def test_every_hit_is_labelled_with_a_machine_and_none_without(scoped: SearchIndex) -> None:
    assert all(hit.fit is not None for hit in scoped.search("主轴", scope=FANUC).hits)
    assert all(hit.fit is None for hit in scoped.search("主轴").hits)


@pytest.mark.parametrize("query", ["401", "报警401"])
def test_a_bare_number_means_that_of_the_machine_in_hand(scoped: SearchIndex, query: str) -> None:
    assert ids(scoped, query, Scope(controller="gsk"))[0] == "ALM-GSK-401"
    assert ids(scoped, query, FANUC)[0] == "ALM-SV0401"
    assert {"ALM-GSK-401", "ALM-SV0401"} <= set(ids(scoped, query, FANUC)), "the other family's stays visible"


def test_a_code_comes_before_the_machine(scoped: SearchIndex) -> None:
    assert ids(scoped, "25050", FANUC)[0] == "ALM-25050", "an alarm of another maker, asked for by its number"
    found = ids(scoped, "SV0401 换刀臂卡住", SIEMENS)
    assert found[0] == "ALM-SV0401"


def test_what_answers_all_for_another_machine_beats_what_answers_half_for_this_one(
    scoped: SearchIndex,
) -> None:
    assert ids(scoped, "光栅尺脏污", FANUC)[0] == "CASE-SCALE"


def test_no_query_lists_pages_for_the_machine_first(scoped: SearchIndex) -> None:
    result = scoped.search("", scope=FANUC, size=100)
    order = list(Fit)
    steps = [order.index(hit.fit) for hit in result.hits if hit.fit is not None]
    assert result.total == len(scoped.library.pages)
    assert [max(step, 1) for step in steps] == sorted(max(step, 1) for step in steps)
