"""Every figure of every summary of a year is what was counted beside it while it was lived through."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from kb.store import Store
from kb.usecases.summary_figures import BY_CODE, FIGURES
from tests.conftest import the_real_library
from tests.postgresql import POSTGRESQL, empty_store, server, store
from tests.requirements import missing
from tests.year import checking, proposing
from tests.year.department import MONTHS, YEAR
from tests.year.tally import CODES
from tests.year.whole import NEW_YEAR, LivedYear, live

__all__ = ["empty_store", "server", "store"]


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivedYear]:
    folder = tmp_path_factory.mktemp("year")
    store = Store(f"sqlite:///{folder / 'year.db'}")
    store.migrate()
    yield live(store, the_real_library(), folder / "letterhead.docx")
    store.close()


def wrong(found: Iterator[checking.Compared]) -> list[checking.Compared]:
    everything = list(found)
    assert everything
    return [one for one in everything if not one.matches]


def test_the_count_knows_every_figure_that_the_product_shows() -> None:
    assert set(BY_CODE) == CODES
    assert len(FIGURES) == len(CODES)


def test_the_year_had_everything_in_it(year: LivedYear) -> None:
    assert set(year.visits.outcomes) >= {
        "done",
        "partly done",
        "by checklist",
        "late",
        "last day",
        "missed",
        "cancelled",
    }
    idle = [code for code in CODES if not year.life.tally.whole(code, MONTHS)]
    assert idle == []


def test_every_figure_of_the_months_and_the_year_is_the_counted_one(year: LivedYear) -> None:
    for found in year.summaries():
        assert wrong(checking.compared(year.life.tally, found)) == []
        assert wrong(checking.in_document(year.life.tally, found, now=NEW_YEAR)) == []
        assert [one for one in checking.behind(found) if not one.matches] == []


def test_closed_months_keep_their_figures_and_tell_each_that_moved(year: LivedYear) -> None:
    found = year.summary(str(YEAR))
    assert set(found.closed) == {f"{YEAR}-{month}" for month in ("01", "05", "06", "09")}
    assert checking.drifts_of(found) == year.life.tally.drifts(MONTHS)
    moved = {(code, month) for code, month, *_ in checking.drifts_of(found)}
    assert {("orders", f"{YEAR}-01"), ("calls", f"{YEAR}-01")} <= moved


def test_the_workbooks_work_the_same_figures_out(year: LivedYear) -> None:
    if checking.OFFICE is None:
        missing("office", "no soffice on PATH")
    periods = (f"{YEAR}-01", f"{YEAR}-08", str(YEAR))  # a closed month, an open one, both together
    found = [year.summary(period) for period in periods]
    assert wrong(checking.in_workbooks(year.life.tally, found, now=NEW_YEAR)) == []


def test_every_figure_of_every_proposal_is_the_reckoned_one(year: LivedYear) -> None:
    offered = year.offers.offered
    assert [one.label for one in offered][:3] == ["S4 made", "S4 sent", "S4 accepted"]
    assert len(offered) == 11
    for one in offered:
        assert set(one.told) == proposing.ABOUT | proposing.FIGURES
        for name in sorted(proposing.FIGURES):
            figures, differ = proposing.leaves(one.told[name], one.known[name])
            assert (one.label, name, differ) == (one.label, name, 0)
            assert figures > 5 or name == "parts"


def test_the_documents_of_proposals_show_no_number_that_was_not_reckoned(year: LivedYear) -> None:
    told = [one for one in year.offers.offered if one.document]
    assert len(told) == 5
    for one in told:
        known = proposing.known_numbers(one)
        odd = [
            (number, text)
            for number, text in proposing.numbers_in(one.document)
            if Decimal(number) not in known
        ]
        assert (one.label, odd) == (one.label, [])


@pytest.mark.parametrize("empty_store", [POSTGRESQL], indirect=True)
def test_a_smaller_year_comes_to_the_same_on_postgresql(store: Store, tmp_path: Path) -> None:
    year = live(store, the_real_library(), tmp_path / "letterhead.docx", seed=2, size=0)
    found = year.summary(str(YEAR))
    assert wrong(checking.compared(year.life.tally, found)) == []
    assert checking.drifts_of(found) == year.life.tally.drifts(MONTHS)
    for one in year.offers.offered:
        assert [proposing.leaves(one.told[name], one.known[name])[1] for name in proposing.FIGURES] == [0] * 4
