"""What jobs have proven stands above what answers as well and nobody used, and above nothing else."""

import pytest

from kb.search import SearchIndex, open_index
from tests.kb.search.pages import a_case, a_library

SAME = {"title": "换刀臂卡住", "summary": "刀臂不动。", "alarms": []}
MORE = {
    "cases__first": a_case(id="CASE-FIRST", **SAME),
    "cases__used": a_case(id="CASE-USED", **SAME),
    "cases__open": a_case(id="CASE-OPEN", confidence="not_validated", **SAME),
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    folder = tmp_path_factory.mktemp("reuse")
    return open_index(folder / "index", a_library(folder, **MORE))


def order(index: SearchIndex, query: str, **reuse: float) -> list[str]:
    by_id = {id_.replace("_", "-"): share for id_, share in reuse.items()}
    return [hit.page.id for hit in index.search(query, reuse=by_id).hits]


def test_of_two_that_answer_alike_the_one_that_jobs_used_comes_first(index: SearchIndex) -> None:
    assert order(index, "换刀臂卡住")[:3] == ["CASE-FIRST", "CASE-USED", "CASE-OPEN"]
    assert order(index, "换刀臂卡住", CASE_USED=0.2)[:3] == ["CASE-USED", "CASE-FIRST", "CASE-OPEN"]
    assert order(index, "换刀臂卡住", CASE_USED=0.2, CASE_FIRST=0.5)[0] == "CASE-FIRST"


def test_use_does_not_stand_in_for_a_look_at_the_manual(index: SearchIndex) -> None:
    assert order(index, "换刀臂卡住", CASE_OPEN=0.999)[2] == "CASE-OPEN"


def test_a_code_comes_before_any_use_and_use_finds_nothing_by_itself(index: SearchIndex) -> None:
    plain = order(index, "SV0401")
    assert plain[:2] == ["ALM-SV0401", "CASE-READY"]
    assert order(index, "SV0401", CASE_READY=0.999, CASE_USED=0.999) == plain
    assert order(index, "SV0401", CASE_GONE=0.9) == plain
