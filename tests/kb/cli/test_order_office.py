"""The commands of stock, of tying an order to a visit, and of verifying a signed report."""

from pathlib import Path

import pytest

from kb.settings import Settings
from kb.usecases.order_access import Actor
from kb.usecases.order_entry_checking import Entry
from kb.usecases.order_telling import receive_entry
from kb.usecases.plan import plan_inspections
from kb.usecases.register import create
from kb.usecases.work_orders import NewOrder, open_order
from kb.wiring import open_house
from tests.kb.cli.running import Servicebook
from tests.kb.usecases.plan_register import FIRST, LAST, NOW, fill, small_register
from tests.kb.usecases.test_order_telling import VISIT, picture
from tests.kb.usecases.test_register import EN

ROOT = Path(__file__).parents[3]
PLANNER = Actor(name="调度", may_all=True)


@pytest.fixture
def servicebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Servicebook:
    house = open_house(Settings(home=tmp_path / "var", content_dir=ROOT / "content"))
    house.store.migrate()
    fill(house.store, small_register())
    plan_inspections(house.store, first_day=FIRST, last_day=LAST, now=NOW)
    new = NewOrder(kind="repair", title="异响", site_id="suzhou", equipment_id="m1", technician_id="t1")
    number = open_order(house.store, new, id="order-1", now=NOW, who="x").number
    for id, kind, values in (
        ("event-1-arrived", "event", {"event": "arrived"}),
        ("event-2-resolved", "event", {"event": "resolved"}),
        ("entry-3-sign", "signature", {"name": "赵主任", "content": picture()}),
    ):
        sent = Entry(id=id, kind=kind, at=NOW, values=values)
        receive_entry(house.store, number, sent, actor=PLANNER, now=NOW, photo_limit_bytes=3_000_000)
    create(
        house.store, "parts", {"number": "FAN-1", "name": "风扇", "alternatives": "FAN-2"},
        wording=EN, who="x", now=NOW, new_id=lambda: "p1",
    )  # fmt: skip
    create(
        house.store, "stock", {"part": "FAN-1", "place": "主库", "quantity": 1, "minimum": 2},
        wording=EN, who="x", now=NOW, new_id=lambda: "s1",
    )  # fmt: skip
    house.store.close()
    environment = {
        "SERVICEBOOK_HOME": str(tmp_path / "var"),
        "SERVICEBOOK_CONTENT_DIR": str(ROOT / "content"),
    }
    return Servicebook(monkeypatch, capsys, environment)


def test_stock_is_listed_an_order_tied_and_a_report_verified(servicebook: Servicebook) -> None:
    listed = servicebook("stock", "list", "--short")
    assert listed.out.strip() == "FAN-1  风扇  主库 1 (< 2)  ≈ FAN-2"
    assert servicebook("stock", "list", "--json").json()["short"] == 1
    assert servicebook("stock", "list", "--text", "nothing").out == ""
    assert VISIT in servicebook("order", "tie", "order-1", VISIT).out
    loosed = servicebook("order", "tie", "order-1", "")
    assert loosed.code != 0
    assert "was reported done by this order" in loosed.err + loosed.out
    assert servicebook("order", "tie", "order-1", "nirgends").code != 0
    digest = servicebook("order", "show", "order-1", "--json").json()["signature"]["digest"]
    verified = servicebook("order", "verify", digest[:16])
    assert (verified.code, verified.out.splitlines()[0]) == (0, "相符 · matches")
    assert "赵主任" in verified.out
    wrong = servicebook("order", "verify", "0" * 64, "--order", "order-1")
    assert (wrong.code, wrong.out.splitlines()[0]) == (1, "不符 · does not match")
    assert servicebook("order", "verify", "xyz").code not in {0, 1}


def test_parts_and_stock_come_in_by_the_workbook_of_the_register(
    servicebook: Servicebook, tmp_path: Path
) -> None:
    path = str(tmp_path / "register.xlsx")
    assert servicebook("register", "export", path).code == 0
    again = servicebook("register", "import", path, "--json").json()
    assert {one["table"]: one["unchanged"] for one in again["tables"]}["stock"] == 1
