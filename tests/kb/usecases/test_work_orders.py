"""A work order is opened, told of, changed and closed; every telling counts once. On SQLite and PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kb.content.vocabulary import Vocabularies, load_vocabularies
from kb.errors import BadInput, BadQuery, Conflict, NotFound
from kb.store import Store
from kb.store import register as audit
from kb.usecases.order_reading import OrderQuery, WorkOrder, work_order, work_orders
from kb.usecases.order_ties import tie_to_visit
from kb.usecases.work_orders import AUDITED, NewOrder, change_order, open_order, tell_event
from planner.faults import Point
from planner.model import EventKind, OrderState
from tests.conftest import ROOT
from tests.postgresql import empty_store, server, store

__all__ = ["empty_store", "server", "store"]

SHANGHAI = ZoneInfo("Asia/Shanghai")
NINE = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)
NEW = NewOrder(kind="repair", title="SV0401 上电报警", site_id="s1", equipment_id="m1", alarm="SV0401")


@pytest.fixture(scope="module")
def vocabularies() -> Vocabularies:
    return load_vocabularies(ROOT / "content" / "vocabularies")


@pytest.fixture
def department(store: Store) -> Store:
    """Two sites with a machine each, a technician, and a contract that promises four hours to arrive."""
    with store.writing() as session:
        audit.add(session, "customers", [{"id": "c1", "code": "KH1", "name": "苏州精密"}])
        site = {"customer_id": "c1", "city": "苏州"}
        audit.add(
            session,
            "sites",
            [
                {"id": "s1", "code": "XC1", "name": "一厂", **site},
                {"id": "s2", "code": "XC2", "name": "二厂", **site},
            ],
        )
        machine = {"equipment_class": "VMC"}
        audit.add(
            session,
            "equipment",
            [
                {"id": "m1", "tag": "立加-01", "site_id": "s1", **machine},
                {"id": "m2", "tag": "立加-02", "site_id": "s2", **machine},
            ],
        )
        audit.add(
            session,
            "technicians",
            [{"id": "t1", "code": "GCS1", "name": "王工", "latitude_deg": 31.3, "longitude_deg": 120.6}],
        )
        contract = {"site_id": "s1", "level": "labour", "visits_per_year": 4}
        spans = {"valid_from": date(2026, 1, 1), "valid_until": date(2027, 1, 1)}
        audit.add(
            session, "contracts", [{"id": "k1", "code": "HT1", **contract, **spans, "arrival_hours": 4.0}]
        )
    return store


def opened(store: Store, *, id: str = "o1", new: NewOrder = NEW, now: datetime = NINE) -> WorkOrder:
    return open_order(store, new, id=id, now=now, who="调度")


def told(store: Store, kind: EventKind, hours: float, *, id: str = "", reason: str = "") -> WorkOrder:
    at = NINE + hours * HOUR
    event_id = id or f"e-{kind}-{hours}"
    return tell_event(
        store, "o1", id=event_id, kind=kind, at=at, reason=reason, who="王工", now=NINE + 40 * HOUR
    )


def test_an_order_gets_a_number_a_log_and_its_deadlines(department: Store) -> None:
    first = opened(department)
    second = opened(department, id="o2")
    assert (first.number, second.number) == ("GD2026-00001", "GD2026-00002")
    assert first.standing.state is OrderState.REPORTED
    assert first.names == {
        "site": "一厂",
        "site_code": "XC1",
        "customer": "苏州精密",
        "tag": "立加-01",
        "technician": "",
    }
    assert [(one.point, one.due) for one in first.deadlines] == [(Point.ARRIVAL, NINE + 5 * HOUR)]
    assert work_order(department, "GD2026-00001", now=NINE) == first


def test_opening_with_the_same_id_opens_nothing_again(department: Store) -> None:
    assert opened(department) == opened(department)
    assert work_orders(department, OrderQuery(), now=NINE).total == 1


def test_another_order_under_a_known_id_is_refused_and_an_id_is_no_number(department: Store) -> None:
    opened(department)
    with pytest.raises(Conflict, match="another work order has the id o1"):
        opened(department, new=replace(NEW, title="另一件事"))
    with pytest.raises(BadInput, match="looks like a number"):
        opened(department, id="GD2026-00001")


def test_every_fault_of_a_new_order_is_told_and_no_number_is_used(department: Store) -> None:
    wrong = NewOrder(
        kind="magic", title=" ", site_id="nowhere", equipment_id="nothing", technician_id="nobody"
    )
    with pytest.raises(BadInput, match="no work order was opened") as refusal:
        opened(department, new=wrong)
    assert [fault.where for fault in refusal.value.faults] == [
        "kind",
        "title",
        "site",
        "equipment",
        "technician",
    ]
    with pytest.raises(BadInput, match="stands at another site"):
        opened(department, new=replace(NEW, equipment_id="m2"))
    assert opened(department).number == "GD2026-00001"


def test_what_is_told_late_takes_its_place_in_the_log(department: Store) -> None:
    opened(department)
    told(department, EventKind.ARRIVED, 3)
    order = told(department, EventKind.ASSIGNED, 1)
    assert [one.kind for one in order.events] == [EventKind.REPORTED, EventKind.ASSIGNED, EventKind.ARRIVED]
    assert order.standing.state is OrderState.ON_SITE
    assert order.deadlines[0].is_kept is True
    assert order.told_by == ("调度", "王工", "王工")


def test_telling_the_same_event_again_changes_nothing_and_another_under_its_id_is_refused(
    department: Store,
) -> None:
    opened(department)
    once = told(department, EventKind.ASSIGNED, 1, id="e1")
    again = told(department, EventKind.ASSIGNED, 1, id="e1")
    assert (again.revision, len(again.events)) == (once.revision, 2)
    assert once.event_ids == ("o1-0", "e1")
    with pytest.raises(Conflict, match="another event has the id e1"):
        told(department, EventKind.DEPARTED, 1, id="e1")
    with pytest.raises(Conflict, match="another event has the id e1"):
        told(department, EventKind.ASSIGNED, 1, id="e1", reason="换人")


def test_eight_phones_telling_the_same_at_once_are_heard_once(department: Store) -> None:
    opened(department)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: told(department, EventKind.ASSIGNED, 1, id="e1"), range(8)))
    assert {len(one.events) for one in found} == {2}
    assert work_order(department, "o1", now=NINE).revision == 2


def test_an_impossible_telling_is_refused_and_leaves_the_log_alone(department: Store) -> None:
    opened(department)
    with pytest.raises(BadInput, match="resumed while the order is reported"):
        told(department, EventKind.RESUMED, 1)
    with pytest.raises(BadInput, match="has no reason"):
        told(department, EventKind.PAUSED, 1)
    ahead = NINE + HOUR
    with pytest.raises(BadInput, match="lies ahead"):
        tell_event(
            department,
            "o1",
            id="e",
            kind=EventKind.ASSIGNED,
            at=ahead,
            who="王工",
            now=ahead - timedelta(minutes=6),
        )
    tell_event(
        department,
        "o1",
        id="e",
        kind=EventKind.ASSIGNED,
        at=ahead,
        who="王工",
        now=ahead - timedelta(minutes=5),
    )
    with pytest.raises(NotFound, match="no work order"):
        tell_event(department, "o9", id="x", kind=EventKind.ASSIGNED, at=NINE, who="王工", now=NINE)


def test_a_repair_is_closed_only_with_its_codes(department: Store, vocabularies: Vocabularies) -> None:
    opened(department)
    told(department, EventKind.RESOLVED, 2)
    with pytest.raises(BadInput, match="nothing was told") as refusal:
        told(department, EventKind.CLOSED, 3)
    assert [fault.where for fault in refusal.value.faults] == ["subsystem", "cause", "mechanism", "remedy"]
    codes = {"subsystem": "AXS", "cause": "O4", "mechanism": "2.4", "remedy": "1", "found": "接触器触点烧蚀"}
    changed = change_order(
        department, "o1", codes, revision=2, vocabularies=vocabularies, who="王工", now=NINE + 2 * HOUR
    )
    assert changed.body["found"] == "接触器触点烧蚀"
    closed = told(department, EventKind.CLOSED, 3)
    assert closed.standing.state is OrderState.CLOSED
    with pytest.raises(BadInput, match="a closed repair keeps its codes"):
        change_order(
            department, "o1", {"cause": ""}, revision=None, vocabularies=vocabularies, who="王工", now=NINE
        )
    assert closed.values["closed_at"] == NINE + 3 * HOUR
    again = told(department, EventKind.REOPENED, 30, reason="又报警")
    assert again.values["closed_at"] is None


def test_a_change_meets_its_revision_and_is_audited(department: Store, vocabularies: Vocabularies) -> None:
    opened(department)

    def change(values: dict[str, object], revision: int | None) -> WorkOrder:
        return change_order(
            department, "o1", values, revision=revision, vocabularies=vocabularies, who="调度", now=NINE
        )

    planned = change({"technician_id": "t1", "planned_day": date(2026, 3, 3)}, 1)
    assert (planned.revision, planned.names["technician"]) == (2, "王工")
    assert change({"technician_id": "t1", "title": f" {NEW.title} "}, 2).revision == 2
    with pytest.raises(Conflict, match="revision 1 is now 2") as refusal:
        change({"title": "另一个"}, 1)
    assert refusal.value.theirs["title"] == NEW.title
    with pytest.raises(BadInput, match="nothing was changed") as faults:
        change(
            {"cause": "Z9", "state": "closed", "title": "", "found": "长" * 4001, "technician_id": "t9"}, 2
        )
    assert {fault.where for fault in faults.value.faults} == {
        "cause",
        "state",
        "title",
        "found",
        "technician_id",
    }
    odd = {"planned_day": "2026-03-03", "technician_id": "", "alarm": 5, "done": ["x"], "case_id": "C" * 81}
    with pytest.raises(BadInput, match="nothing was changed") as faults:
        change(odd, 2)
    assert [fault.where for fault in faults.value.faults] == list(odd)
    with department.reading() as session:
        trail = audit.history(session, kind=AUDITED, thing_id="o1", limit=10)
    assert [entry.action for entry in trail] == ["update", "create"]
    assert trail[0].after == {"planned_day": "2026-03-03", "technician_id": "t1"}
    freed = change({"technician_id": None, "planned_day": None}, 2)
    assert (freed.values["technician_id"], freed.values["planned_day"]) == (None, None)


def test_orders_are_found_by_what_they_are(department: Store) -> None:
    opened(department)
    opened(department, id="o2", new=replace(NEW, site_id="s2", equipment_id="m2", title="数显乱跳", alarm=""))
    told(department, EventKind.ASSIGNED, 1)

    def found(**query: object) -> list[str]:
        page = work_orders(department, OrderQuery(**query), now=NINE)  # type: ignore[arg-type]
        return [one.id for one in page.items]

    assert found() == ["o1", "o2"]
    assert found(site_id="s2") == ["o2"]
    assert found(states=(OrderState.ASSIGNED,)) == ["o1"]
    assert found(text="sv04") == ["o1"]
    assert found(text="%") == []
    assert found(opened_before=NINE) == []
    assert found(opened_from=NINE, size=1, page=2) == ["o2"]
    with pytest.raises(BadQuery, match="counts from 1"):
        found(size=501)
    told(department, EventKind.CANCELLED, 2, reason="客户取消")
    assert found() == ["o2", "o1"], "open ones stand first"


def test_an_order_is_tied_to_a_visit_of_the_plan_once(department: Store, vocabularies: Vocabularies) -> None:
    opened(department)
    with pytest.raises(BadInput, match="no visit"):
        change_order(
            department,
            "o1",
            {"visit_key": "nirgends"},
            revision=None,
            vocabularies=vocabularies,
            who="x",
            now=NINE,
        )
    for key in ("urgent-p1-0", "urgent-p2-0"):
        tie_to_visit(department, "o1", key, who="x", now=NINE)
    order = work_order(department, "o1", now=NINE)
    assert (order.values["visit_key"], order.revision) == ("urgent-p1-0", 2)
