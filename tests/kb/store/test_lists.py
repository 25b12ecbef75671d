"""Long lists answer as a plain look at every row would: the same rows, order and totals, on both databases."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.store import FaultReportRow, Store, WorkOrderRow
from kb.store import fault_reports as reports
from kb.store import work_orders as orders
from kb.store.bulk import insert_rows
from kb.store.tables import CustomerRow, EquipmentRow, SiteRow, TechnicianRow
from kb.usecases.accounts import Role
from kb.usecases.audit import AuditQuery, audit_trail
from kb.usecases.inspection_campaign_reading import STATES, campaign, campaigns
from kb.usecases.record_nouns import Actor
from tests.bench.lists_department import filled
from tests.postgresql import empty_store, store

__all__ = ["empty_store", "store"]

START = datetime(2026, 1, 1, tzinfo=UTC)
WORDS = ("刀库", "乱刀", "刀库乱刀", "Axis", "aXIS", "100%", "a_b", "轴", "a/b", "ä", "无")
OPEN = ("reported", "accepted")
ENDED = ("closed", "cancelled")
PIECES = ("刀库乱刀", "AXIS", "axis 1", "100%", "100 ", "a_b", "axb", "a/b", "主轴", "Ä", "ä", "")
SETTINGS = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


def piece(number: int, prime: int) -> str:
    return PIECES[number * prime % len(PIECES)]


@pytest.fixture
def kept(store: Store) -> Store:
    """Sixty reports and orders, several of one instant, some without machine, site, order or priority."""
    with store.writing() as session:
        insert_rows(
            session, CustomerRow, [{"id": f"c{n}", "code": f"C{n}", "name": piece(n, 5)} for n in range(3)]
        )
        sites = [
            {"id": f"s{n}", "code": f"S{n}", "name": piece(n, 7), "customer_id": f"c{n % 3}"}
            for n in range(5)
        ]
        insert_rows(session, SiteRow, sites)
        people = [
            {"id": f"t{n}", "code": f"T{n}", "name": f"t{n}", "latitude_deg": 30.0, "longitude_deg": 120.0}
            for n in range(2)
        ]
        insert_rows(session, TechnicianRow, people)
        machines = [
            {"id": f"m{n}", "tag": f"M{n}{piece(n, 11)}", "site_id": f"s{n % 5}", "equipment_class": "LAT"}
            for n in range(7)
        ]
        insert_rows(session, EquipmentRow, [{**one, "serial": piece(n, 3)} for n, one in enumerate(machines)])
        insert_rows(session, WorkOrderRow, [_order(n) for n in range(60)])
        insert_rows(session, FaultReportRow, [_report(n) for n in range(60)])
    return store


def _order(n: int) -> dict[str, Any]:
    state = (*OPEN, *ENDED)[n % 4]
    return {
        "id": f"o{n:02d}",
        "number": f"WO{n}",
        "kind": "repair",
        "title": piece(n, 5),
        "alarm": piece(n, 7),
        "site_id": f"s{n % 5}",
        "technician_id": None if n % 3 == 0 else f"t{n % 2}",
        "state": state,
        "opened_at": START + timedelta(hours=n // 4),
        "closed_at": START + timedelta(days=9) if state in ENDED else None,
    }


def _report(n: int) -> dict[str, Any]:
    return {
        "id": f"f{n:02d}",
        "number": f"FR{n}",
        "site_id": None if n % 9 == 0 else f"s{n % 5}",
        "equipment_id": None if n % 4 == 0 else f"m{n % 7}",
        "channel": "phone",
        "state": ("new", "rejected")[n % 2] if n % 5 == 0 else "accepted",
        "alarm": piece(n, 5),
        "symptom": piece(n, 11),
        "machine_state": "stopped",
        "reported_at": START + timedelta(hours=n // 3),
        "work_order_id": None if n % 5 == 0 else f"o{n:02d}",
        "priority": ("", "P1", "P2")[n % 3],
    }


def small(text: str) -> str:
    """Both databases know the small letters of ASCII alone."""
    return "".join(one.lower() if one.isascii() else one for one in text)


def holds(word: str, *columns: str) -> bool:
    return any(small(word) in small(column) for column in columns)


def expected_reports(
    words: Sequence[str], states: Sequence[str], ordered: Sequence[str] | None, customer: str, technician: str
) -> list[dict[str, Any]]:
    found = []
    for n in range(60):
        row = _report(n)
        order = _order(n) if row["work_order_id"] else None
        site = int(row["site_id"][1:]) if row["site_id"] else None
        machine = int(row["equipment_id"][1:]) if row["equipment_id"] else None
        names = [row["number"], row["alarm"], row["symptom"]]
        if machine is not None:
            names += [f"M{machine}{piece(machine, 11)}", piece(machine, 3)]
        if site is not None:
            names += [piece(site, 7), piece(site % 3, 5)]
        fits = not states and ordered is None
        fits |= order is None and row["state"] in states
        fits |= order is not None and ordered is not None and order["state"] in ordered
        fits &= not customer or (site is not None and customer in {f"c{site % 3}", f"C{site % 3}"})
        person = order["technician_id"] if order else None
        fits &= not technician or (person is not None and technician.lower() == person)
        if fits and all(holds(word, *names) for word in words):
            found.append(row)
    return found


ASKED = st.fixed_dictionaries(
    {
        "words": st.lists(st.sampled_from(WORDS), max_size=2),
        "group": st.sampled_from([((), None), (("new",), OPEN), (("rejected",), ENDED), ((), ("closed",)), (("new",), ())]),
        "customer": st.sampled_from(["", "c1", "C2", "none"]),
        "technician": st.sampled_from(["", "t1", "T0", "none"]),
    }
)  # fmt: skip


@given(
    asked=ASKED, by_priority=st.booleans(), first=st.integers(0, 40), size=st.sampled_from([None, 1, 7, 50])
)
@SETTINGS
def test_reports_are_listed_as_a_look_at_each_would_list_them(
    kept: Store, asked: dict[str, Any], by_priority: bool, first: int, size: int | None
) -> None:
    states, ordered = asked["group"]
    wanted = expected_reports(asked["words"], states, ordered, asked["customer"], asked["technician"])
    key: Callable[[dict[str, Any]], Any] = lambda one: (-one["reported_at"].timestamp(), one["id"])  # noqa: E731
    if by_priority:
        key = lambda one: (one["priority"] == "", one["priority"], one["reported_at"], one["id"])  # noqa: E731
    wanted.sort(key=key)
    with kept.reading() as session:
        conditions = reports.report_conditions(
            states=states,
            order_states=ordered,
            customer=asked["customer"],
            technician=asked["technician"],
            text=" ".join(asked["words"]),
        )
        lines = reports.report_lines(session, conditions, by_priority=by_priority, first=first, size=size)
        last = None if size is None else first + size
        assert [one.row.id for one in lines] == [one["id"] for one in wanted[first:last]]
        assert reports.count_lines(session, conditions) == len(wanted)


@given(text=st.sampled_from([*WORDS, ""]), first=st.integers(0, 40), size=st.sampled_from([1, 7, 50]))
@SETTINGS
def test_orders_are_found_by_text_as_a_look_at_each_would_find_them(
    kept: Store, text: str, first: int, size: int
) -> None:
    wanted = [one for one in map(_order, range(60)) if holds(text, one["number"], one["title"], one["alarm"])]
    wanted.sort(key=lambda one: (one["closed_at"] is not None, -one["opened_at"].timestamp(), one["id"]))
    with kept.reading() as session:
        conditions = orders.order_conditions(text=text)
        found, total = orders.order_page(session, conditions, first=first, size=size)
        assert [one.id for one in found] == [one["id"] for one in wanted[first : first + size]]
        assert total == len(wanted)


def test_pages_of_the_audit_trail_are_the_parts_of_the_whole_trail(store: Store) -> None:
    filled(store, records=40, sites=8, machines=8, proposals=2, seed=3)
    actor, now = Actor(name="a", role=Role.ADMIN), datetime(2026, 12, 1, tzinfo=UTC)

    def page(number: int, size: int) -> list[dict[str, object]]:
        found = audit_trail(store, AuditQuery(page=number, size=size), actor=actor, now=now)
        assert found.more is (number * size < 80)
        return [one.json() for one in found.items]

    whole = page(1, 100)
    assert len(whole) == 80
    assert [str(one["at"]) for one in whole] == sorted((str(one["at"]) for one in whole), reverse=True)
    assert [one for number in range(1, 13) for one in page(number, 7)] == whole


def test_the_list_of_bulletins_counts_what_each_bulletin_lists(store: Store) -> None:
    filled(store, records=60, sites=10, machines=60, proposals=1, seed=2)
    listed = campaigns(store)
    assert len(listed) == 20
    assert sum(one.count(state) for one in listed for state in STATES) > 60
    for one in listed:
        whole = campaign(store, one.number)
        for state in STATES:
            assert (
                one.count(state) == whole.count(state) == sum(each.state == state for each in whole.machines)
            )
        assert one.progress == whole.progress
