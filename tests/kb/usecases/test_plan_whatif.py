"""What if: both sides by the simple rule, or made better by the same search; bounds of what may be asked."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from kb.errors import BadInput
from kb.store import Store
from kb.usecases import plan_whatif
from kb.usecases.jobs import JobState, find_job
from kb.usecases.plan import latest_plan
from kb.usecases.plan_period import Period
from kb.usecases.plan_solve import Keep, Solved, SolveTask, Told
from kb.usecases.plan_whatif import LONGEST_SEARCH, Supposition, compute_what_if, start_what_if
from planner.routing import StopRule
from planner.routing.improve import improve
from planner.routing.setting import Setting
from planner.scheduling import Overdue
from tests.kb.usecases.plan_register import FIRST, LAST, NOW, fill, small_register

YEAR = Period(first_day=FIRST, last_day=LAST)
LONGER = Supposition(shift_minutes=60)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(f"sqlite:///{tmp_path / 'servicebook.db'}")
    store.migrate()
    fill(store, small_register())
    return store


def computed(store: Store, id: str, search_seconds: int) -> dict[str, dict[str, float]]:
    started = start_what_if(store, YEAR, LONGER, search_seconds=search_seconds, id=id, now=NOW, by="周工")
    found = compute_what_if(
        store, started.job, clock=lambda: NOW, seconds=time.monotonic, overdue=Overdue.MERGE
    )
    assert find_job(store, id, now=NOW).state is JobState.DONE
    return dict(found)


def test_both_sides_are_searched_for_the_seconds_that_were_asked_for(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float | None] = []

    def here(task: SolveTask, *, told: Told, keep: Keep) -> Solved:
        asked.append(task.effort.seconds)
        assert not keep()
        found = improve(
            task.work,
            task.visits,
            **{name: getattr(task.setting, name) for name in Setting.__slots__},
            stop=StopRule(iterations=500),
            clock=task.clock,
            progress=told,
        )
        assert found.costs.total <= found.before.total
        # One visit less than the rule's shows that the answer is counted from what the search found.
        return Solved(
            visits=found.visits, curve=found.curve, improved=replace(found, visits=found.visits[1:])
        )

    monkeypatch.setattr(plan_whatif, "solved", here)
    by_rule = computed(store, "rule", 0)
    assert asked == []
    searched = computed(store, "search", 7)
    assert asked == [7.0, 7.0]
    for side in ("as_is", "supposed"):
        assert searched[side]["visits"] == by_rule[side]["visits"] - 1
        assert searched[side]["due"] < by_rule[side]["due"]
    assert latest_plan(store) is None


def test_seconds_outside_their_bounds_are_refused(store: Store) -> None:
    for seconds in (-1, LONGEST_SEARCH + 1):
        with pytest.raises(BadInput, match="this cannot be supposed"):
            start_what_if(store, YEAR, LONGER, search_seconds=seconds, id="far", now=NOW, by="周工")
    started = start_what_if(store, YEAR, LONGER, search_seconds=LONGEST_SEARCH, id="edge", now=NOW, by="周工")
    assert started.job.request["search_seconds"] == LONGEST_SEARCH
