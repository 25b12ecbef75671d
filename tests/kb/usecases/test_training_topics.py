"""Repairs that came back ask for a training: which ones, how often, where it rests on; once in a plan. Both databases."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from kb.content.vocabulary import Vocabularies
from kb.store import Store
from kb.usecases.training_topics import LEAST_REPEATS, Topic, plan_topic, topics
from kb.usecases.work_orders import NewOrder, change_order, open_order, tell_event
from planner.model import EventKind
from tests.conftest import the_real_library
from tests.kb.usecases.test_register import EN
from tests.kb.usecases.test_work_orders import NINE, SHANGHAI, department, vocabularies
from tests.postgresql import empty_store, server, store

__all__ = ["department", "empty_store", "server", "store", "vocabularies"]

TODAY = NINE + timedelta(days=200)
AXIS = {"subsystem": "AXS", "cause": "E1", "mechanism": "2.4", "remedy": "1"}


def a_repair(
    store: Store,
    vocabularies: Vocabularies,
    *,
    day: int,
    machine: str = "m1",
    site: str = "s1",
    **codes: str,
) -> None:
    """A repair that was reported, done and closed on one day."""
    id = f"{machine}-{day}-{'-'.join(codes.values())}"
    at: datetime = NINE + timedelta(days=day)
    open_order(
        store,
        NewOrder(kind="repair", title="轴报警", site_id=site, equipment_id=machine),
        id=id,
        now=at,
        who="调度",
    )
    change_order(store, id, {**AXIS, **codes}, revision=None, vocabularies=vocabularies, who="王工", now=at)
    for hour, kind in enumerate((EventKind.ARRIVED, EventKind.RESOLVED, EventKind.CLOSED), start=1):
        then = at + timedelta(hours=hour)
        tell_event(store, id, id=f"{id}-{kind}", kind=kind, at=then, who="王工", now=then)


def from_repeats(store: Store, language: str = "zh_CN") -> list[Topic]:
    found = topics(
        store,
        the_real_library(),
        today=TODAY.date(),
        zone=SHANGHAI,
        language="en" if language == "en" else "zh_CN",
    )
    return [one for one in found if one.source == "repeat"]


def test_repairs_of_one_kind_that_came_back_are_a_topic_and_one_alone_is_chance(
    department: Store, vocabularies: Vocabularies
) -> None:
    for day in (0, 20, 60):  # two that came back, on one machine
        a_repair(department, vocabularies, day=day)
    for day in (0, 30):  # one that came back may be chance
        a_repair(department, vocabularies, day=day, machine="m2", site="s2", subsystem="SPI")
    (topic,) = from_repeats(department)
    assert (topic.key, topic.count, topic.address) == ("repeat:AXS:E1", LEAST_REPEATS, "/reliability")
    assert topic.title == "一次修好：" + vocabularies.label("subsystems", "AXS", "zh_CN") + " · " + (
        vocabularies.label("causes", "E1", "zh_CN")
    )
    assert "2" in topic.why
    assert "90" in topic.why
    numbers = ["GD2026-00001", "GD2026-00002", "GD2026-00003"]
    assert topic.examples == tuple(f"{one} → {other} (立加-01)" for one, other in pairwise(numbers))
    assert from_repeats(department, "en")[0].title.startswith("Curing it for good: ")


@pytest.mark.parametrize(("gap", "is_topic"), [(90, True), (91, False)], ids=["ninety days", "one more"])
def test_a_repair_comes_back_within_ninety_days_or_is_another(
    department: Store, vocabularies: Vocabularies, gap: int, *, is_topic: bool
) -> None:
    for day in (0, gap, 2 * gap):
        a_repair(department, vocabularies, day=day)
    assert bool(from_repeats(department)) == is_topic


def test_the_most_frequent_comes_first(department: Store, vocabularies: Vocabularies) -> None:
    for day in (0, 10, 20):
        a_repair(department, vocabularies, day=day)
    for day in (0, 10, 20, 30):
        a_repair(department, vocabularies, day=day, machine="m2", site="s2", subsystem="SPI")
    assert [(one.key, one.count) for one in from_repeats(department)] == [
        ("repeat:SPI:E1", 3),
        ("repeat:AXS:E1", 2),
    ]


def test_a_topic_of_repeats_is_planned_once_with_what_it_rests_on(
    department: Store, vocabularies: Vocabularies
) -> None:
    for day in (0, 20, 60):
        a_repair(department, vocabularies, day=day)
    made = [
        plan_topic(
            department, the_real_library(), "repeat:AXS:E1", {}, id=id, wording=EN, who="李", now=TODAY
        )
        for id in ("i1", "i2")
    ]
    assert [one.id for one in made] == ["i1", "i1"]
    (topic,) = from_repeats(department)
    assert (topic.planned, topic.planned_year) == ("i1", TODAY.year)
