"""A query about a thing of another trade says that nothing fits; a thing that only stands beside ours does no harm."""

from pathlib import Path

import pytest

from kb.search import SearchIndex
from tests.kb.search.pages import a_case, an_index


def nearest(index: SearchIndex, query: str) -> bool:
    return index.search(query, size=1, facets=False).nearest


@pytest.mark.parametrize("query", ["电梯主轴过热", "洗衣机主轴过热", "washing machine spindle overheating"])
def test_a_thing_of_another_trade_fits_nothing_however_well_the_rest_does(
    index: SearchIndex, query: str
) -> None:
    assert nearest(index, query)
    assert index.search(query, size=1).hits[0].match == "nearest"


@pytest.mark.parametrize(
    "query",
    [
        "电梯旁边的主轴过热",
        "电梯隔壁那台，主轴过热",
        "用手机拍的主轴过热",
        "数控车床配的洗衣机主轴过热",
        "spindle overheating beside the elevator",
    ],
)
def test_its_place_or_its_means_are_not_what_is_asked(index: SearchIndex, query: str) -> None:
    assert not nearest(index, query)


def test_a_thing_that_a_page_is_about_is_ours(index: SearchIndex, tmp_path: Path) -> None:
    assert nearest(index, "锅炉主轴过热")
    boiler = a_case(id="CASE-BOILER", title="锅炉主轴过热")
    assert not nearest(an_index(tmp_path, **{"cases/boiler.md": boiler}), "锅炉主轴过热")
