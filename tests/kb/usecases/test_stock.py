"""Parts lie in stores and vans; an order takes them off once, gives them back, and is never refused. On both databases."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from kb.errors import BadQuery
from kb.export.fault_plan import stock_told
from kb.store import Store
from kb.store import register as rows
from kb.usecases.fault_kit import kit
from kb.usecases.order_entry_checking import Entry
from kb.usecases.order_telling import receive_entry, settle_entry
from kb.usecases.register import create
from kb.usecases.stock import StockPage, StockWish, known_parts, stock
from tests.kb.usecases.test_order_telling import DAY, LIMIT, PLANNER, an_order, department, pages, sheet
from tests.kb.usecases.test_register import EN
from tests.postgresql import empty_store, server, store

__all__ = ["department", "empty_store", "pages", "server", "store"]

FAN = "A06B-0075"
NOW = DAY + timedelta(hours=8)


@pytest.fixture
def stocked(department: Store) -> Store:
    """A fan in the main store and in the van of t1, an alternative in the main store, a belt in a van only."""

    def row(table: str, **values: object) -> None:
        id = "-".join(str(one) for one in (table, *values.values()))[:40]
        create(department, table, values, wording=EN, who="库管", now=DAY, new_id=lambda: id)

    row("parts", number=FAN, name="冷却风扇", part_class="wearing", alternatives="A06B-0076")
    row("parts", number="A06B-0076", name="冷却风扇（新型）", part_class="wearing")
    row("parts", number="BELT-5M", name="同步带", part_class="common", unit="条")
    row("stock", part=FAN, place="主库", quantity=5, minimum=2)
    row("stock", part=FAN, place="王工的车", technician="t1", quantity=1, minimum=1)
    row("stock", part="A06B-0076", place="主库", quantity=0, minimum=1)
    row("stock", part="BELT-5M", place="李工的车", technician="t2", quantity=2)
    return department


def used(store: Store, *, id: str = "entry-part", quantity: float = 1, **values: Any) -> str:
    values = {"part_number": FAN, "quantity": quantity, **values}
    sent = Entry(id=id, kind="part", at=DAY + timedelta(minutes=5), values=values)
    return receive_entry(store, "order-1", sent, actor=PLANNER, now=NOW, photo_limit_bytes=LIMIT).state


def taken_back(store: Store, entry: str, *, id: str = "entry-void") -> str:
    sent = Entry(
        id=id, kind="void", at=DAY + timedelta(minutes=9), values={"entry": entry, "reason": "没用上"}
    )
    return receive_entry(store, "order-1", sent, actor=PLANNER, now=NOW, photo_limit_bytes=LIMIT).state


def held(store: Store, number: str = FAN) -> dict[str, float]:
    (line,) = [one for one in stock(store, StockWish(text=number)).items if one.number == number]
    return {one.place: one.quantity for one in line.held}


def booked(store: Store) -> dict[str, Any]:
    (part,) = sheet(store).parts
    return dict(part["stock"])


def test_a_part_comes_out_of_the_technicians_own_van_once_however_often_it_is_told(
    stocked: Store, pages: Any
) -> None:
    an_order(stocked, pages)  # of t1
    for _ in range(3):
        assert used(stocked, part_number="a06b - 0075") == "applied"
    assert held(stocked) == {"主库": 5, "王工的车": 0}
    assert (booked(stocked)["place"], booked(stocked)["left"]) == ("王工的车", 0)
    taken_back(stocked, "entry-part")
    taken_back(stocked, "entry-part")
    assert held(stocked) == {"主库": 5, "王工的车": 1}


@pytest.mark.parametrize(
    ("values", "place", "why", "left"),
    [
        pytest.param({"taken_from": "主库"}, "主库", None, {"主库": 4, "王工的车": 1}, id="as is said"),
        pytest.param({"taken_from": "二库"}, None, "not there", {"主库": 5, "王工的车": 1}, id="unknown place"),
        pytest.param({"part_number": "NONE-1"}, None, "no stock", {"主库": 5, "王工的车": 1}, id="unknown part"),
        pytest.param(
            {"quantity": 3.5}, "王工的车", None, {"主库": 5, "王工的车": -2.5}, id="more than the books know"
        ),
        pytest.param({"part_number": "BELT-5M"}, "李工的车", None, {"主库": 5, "王工的车": 1}, id="the only place"),
    ],
)  # fmt: skip
def test_no_use_of_a_part_is_refused_because_of_the_stock(
    stocked: Store,
    pages: Any,
    values: dict[str, Any],
    place: str | None,
    why: str | None,
    left: dict[str, float],
) -> None:
    an_order(stocked, pages)
    assert used(stocked, **values) == "applied"
    assert (booked(stocked).get("place"), booked(stocked).get("why")) == (place, why)
    assert held(stocked) == left


def test_where_several_places_have_it_and_none_is_the_technicians_somebody_must_say(
    stocked: Store, pages: Any
) -> None:
    create(
        stocked, "stock", {"part": "BELT-5M", "place": "主库", "quantity": 9},
        wording=EN, who="库管", now=DAY, new_id=lambda: "belt-main",
    )  # fmt: skip
    an_order(stocked, pages)
    used(stocked, part_number="BELT-5M")
    assert booked(stocked) == {"why": "several places"}
    assert held(stocked, "BELT-5M") == {"主库": 9, "李工的车": 2}


@pytest.mark.parametrize("asked", ["Φ12 h6", "φ12H6"])
def test_a_part_number_with_a_greek_letter_is_found_and_taken_off_however_it_is_cased(
    stocked: Store, pages: Any, asked: str
) -> None:
    for table, values in (
        ("parts", {"number": "Φ12H6", "name": "销", "part_class": "common", "alternatives": "Φ12H7"}),
        ("stock", {"part": "Φ12H6", "place": "主库", "quantity": 4}),
    ):
        create(
            stocked, table, values, wording=EN, who="库管", now=DAY, new_id=lambda table=table: f"{table}-pin"
        )
    an_order(stocked, pages)
    used(stocked, part_number=asked)
    assert held(stocked, "Φ12H6") == {"主库": 3}
    assert [one.number for one in stock(stocked, StockWish(text="Φ12H7")).items] == ["Φ12H6"]


def test_a_part_that_waits_is_taken_off_when_it_is_taken_over(stocked: Store, pages: Any) -> None:
    an_order(stocked, pages)
    cancelled = Entry(
        id="entry-cancel", kind="event", at=DAY + timedelta(minutes=2),
        values={"event": "cancelled", "reason": "客户取消"},
    )  # fmt: skip
    receive_entry(stocked, "order-1", cancelled, actor=PLANNER, now=NOW, photo_limit_bytes=LIMIT)
    assert used(stocked) == "held"
    assert held(stocked) == {"主库": 5, "王工的车": 1}
    for _ in range(2):
        settle_entry(stocked, "order-1", "entry-part", take=True, reason="已装上", actor=PLANNER, now=NOW)
    assert held(stocked) == {"主库": 5, "王工的车": 0}


def test_every_move_stands_in_the_audit_trail_with_its_order(stocked: Store, pages: Any) -> None:
    an_order(stocked, pages)
    used(stocked)
    taken_back(stocked, "entry-part")
    with stocked.reading() as session:
        log = rows.history(session, kind="stock", thing_id=booked_id(stocked), limit=9)
    assert [(one.action, dict(one.after or {})["quantity"]) for one in log[:2]] == [
        ("returned", 1),
        ("used", 0),
    ]
    assert {dict(one.after or {})["order"] for one in log[:2]} == {sheet(stocked).order.number}


def booked_id(store: Store) -> str:
    return next(
        one.id for line in stock(store, StockWish(text=FAN)).items for one in line.held if one.technician
    )


def listed(store: Store, **asked: Any) -> StockPage:
    return stock(store, StockWish(**asked))


def test_parts_are_found_by_number_name_alternative_place_class_and_what_is_short(stocked: Store) -> None:
    assert [one.number for one in listed(stocked).items] == [FAN, "A06B-0076", "BELT-5M"]
    assert [one.number for one in listed(stocked, text="a06b-0076").items] == [FAN, "A06B-0076"]
    assert [one.number for one in listed(stocked, text="风扇", place="王工的车").items] == [FAN]
    assert [one.number for one in listed(stocked, part_class="common").items] == ["BELT-5M"]
    short = listed(stocked, short=True)
    assert ([one.number for one in short.items], short.short) == (
        ["A06B-0076"],
        1,
    )  # at the minimum is enough
    assert short.places == ("主库", "王工的车", "李工的车")
    assert listed(stocked, text="%").total == 0
    assert (listed(stocked, size=2).pages, listed(stocked, size=2, page=2).items[0].number) == (2, "BELT-5M")
    with pytest.raises(BadQuery, match="1 to 500 parts"):
        listed(stocked, size=501)
    with pytest.raises(BadQuery, match="no class of parts"):
        listed(stocked, part_class="gold")


def test_a_part_is_known_with_its_alternatives_and_what_is_retired_is_not(stocked: Store) -> None:
    known = known_parts(stocked, ["a06b-0075", "", "NONE"])
    assert known.is_recorded
    line = known.line("A06B 0075".replace(" ", "-"))
    assert line is not None
    assert (line.total, line.alternatives) == (6, ("A06B-0076",))
    assert known.line("A06B-0076") is not None
    assert known.line("NONE") is None
    assert known.line("") is None


def kit_of(store: Store, *parts: dict[str, Any]) -> list[tuple[float | None, tuple[str, ...], str]]:
    """Return stock, alternatives and places of the kit of a case that needs these parts."""
    solution = SimpleNamespace(
        parts=[SimpleNamespace(**{"number": None, "qty": 1, "alternatives": (), **one}) for one in parts]
    )
    likely = SimpleNamespace(solutions={"x": [(SimpleNamespace(id="CASE-1"), solution)]})
    cause = SimpleNamespace(cause="x", cases=("CASE-1",))
    made, is_recorded = kit(store, likely, [cause], lambda one: "原因")  # type: ignore[arg-type, list-item]
    assert is_recorded
    return [(one.stock, one.alternatives, stock_told(one, "zh_CN")) for one in made]


def test_the_kit_says_where_a_part_and_what_does_as_well_lie(stocked: Store) -> None:
    create(
        stocked, "stock", {"part": "A06B-0076", "place": "二库", "quantity": 2},
        wording=EN, who="库管", now=DAY, new_id=lambda: "second",
    )  # fmt: skip
    for values in (
        {"number": "KM-1", "name": "接触器", "alternatives": "KM-2"},
        {"number": "KM-2", "name": "接触器（同型）"},
    ):
        create(stocked, "parts", values, wording=EN, who="x", now=DAY, new_id=lambda v=values: v["number"])  # type: ignore[misc]
    create(
        stocked, "stock", {"part": "KM-2", "place": "主库", "quantity": 1},
        wording=EN, who="库管", now=DAY, new_id=lambda: "third",
    )  # fmt: skip
    assert kit_of(
        stocked,
        {"name": "风扇", "number": FAN, "alternatives": ("OTHER-1",)},
        {"name": "同步带"},
        {"name": "从未登记"},
        {"name": "风扇（新型）", "number": "A06B-0076"},
        {"name": "接触器"},
    ) == [
        (6, ("OTHER-1", "A06B-0076"), "主库 × 5, 王工的车 (随车: 王工) × 1；A06B-0076: 二库 × 2"),
        (2, (), "BELT-5M: 李工的车 (随车: 李工) × 2"),
        (None, (), "未记录"),
        (2, (), "二库 × 2"),
        (0, ("KM-2",), "无库存；KM-2: 主库 × 1"),
    ]
