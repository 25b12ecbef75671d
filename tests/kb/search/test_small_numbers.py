"""Small numbers: the alarm 4 of every maker, as its display writes it or by number alone, and which of them stands first."""

from pathlib import Path

import pytest

from kb.content import load_library
from kb.search import Scope, SearchIndex, open_index
from kb.usecases.search_evaluation import evaluate, read_judged_queries

ROOT = Path(__file__).parents[3]
SMALL_NUMBERS = ROOT / "tests" / "golden" / "small_number_queries.tsv"


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    return open_index(tmp_path_factory.mktemp("small"), load_library(ROOT / "content"))


def found(real: SearchIndex, query: str, scope: Scope | None = None) -> list[str]:
    return [hit.page.id for hit in real.search(query, size=10, facets=False, scope=scope).hits]


@pytest.mark.parametrize(
    "query", ["4号报警", "报警4", "4号错误", "Err 4", "ERR04", "E-04", "er.4", "No.4", "４号报警"]
)
def test_alarm_4_of_the_drive_that_shows_err_4_is_first_in_any_spelling(
    real: SearchIndex, query: str
) -> None:
    assert found(real, query)[0] == "ALM-GSK-DA98-Err4"


def test_a_fault_of_ours_with_the_number_is_no_alarm(real: SearchIndex) -> None:
    pages = [real.library.pages[id_] for id_ in found(real, "4号报警")]
    assert [page for page in pages if "SPI-04" in page.facts] == []
    assert set(real.search("4号报警", size=1).understood.codes[0].families) == {"gsk", "fanuc", "mitsubishi"}


def test_alarm_5_of_the_same_drive_is_not_alarm_4(real: SearchIndex) -> None:
    first = real.search("4号报警", size=3, facets=False).hits
    assert "ALM-GSK-DA98-Err5" not in {hit.page.id for hit in first}
    assert real.search("报警4", facets=True).facets["family"].keys() >= {"gsk", "fanuc"}


@pytest.mark.parametrize(
    ("controller", "first"),
    [
        ("gsk", "ALM-GSK-DA98-Err4"),
        ("fanuc-0i", "ALM-FANUC-SP9004"),
        ("mitsubishi-m70", "ALM-MITSUBISHI-S01"),
    ],
)
def test_the_machine_in_hand_decides_which_alarm_4_is_first(
    real: SearchIndex, controller: str, first: str
) -> None:
    assert found(real, "4号报警", Scope(controller=controller))[0] == first


def test_of_one_maker_the_alarm_that_shows_the_very_number_is_first(real: SearchIndex) -> None:
    assert found(real, "报警11")[:2] == ["ALM-FANUC-PS0011", "ALM-GSK-DA98-Err11"]
    assert "ALM-FANUC-SP9011" in found(real, "报警11")


def test_letters_of_a_display_never_reach_a_number_that_no_display_shows(real: SearchIndex) -> None:
    assert real.search("E-98", size=1).understood.codes == ()
    assert real.search("E-004", size=1).understood.codes == ()


def test_the_blind_list_of_small_numbers_is_found(real: SearchIndex) -> None:
    measured = evaluate(real, read_judged_queries(SMALL_NUMBERS, real.library)).all
    assert measured.queries == 40
    assert measured.hit_1 >= 0.80
    assert measured.hit_3 >= 0.97
