"""The office's pages of an order: amended with a reason, tied to a visit, verified; stock on pages, over HTTP and by command."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from kb.api.app import create_app
from kb.usecases.accounts import Role
from kb.usecases.order_access import Actor
from kb.usecases.order_entry_checking import Entry
from kb.usecases.order_sheet import Sheet, order_sheet
from kb.usecases.order_telling import receive_entry
from kb.usecases.plan import plan_inspections
from kb.usecases.register import create
from kb.usecases.work_orders import NewOrder, open_order
from kb.wiring import House
from tests.kb.api.conftest import NOON, bearer, guarded, guarded_client, house
from tests.kb.usecases.plan_register import fill, small_register
from tests.kb.usecases.test_order_telling import picture
from tests.kb.usecases.test_register import EN

__all__ = ["guarded", "guarded_client", "house"]

HTML = {"accept": "text/html", "accept-language": "zh-CN"}
PLANNER = Actor(name="调度", may_all=True)


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    fill(house.store, small_register())
    plan_inspections(house.store, first_day=NOON.date(), last_day=NOON.date().replace(year=2027), now=NOON)
    new = NewOrder(
        kind="repair",
        title="主轴异响",
        site_id="suzhou",
        equipment_id="m1",
        technician_id="t1",
        reported_at=NOON,
    )
    open_order(house.store, new, id="order-1", now=NOON, who="调度")
    for values in (
        {"number": "FAN-1", "name": "风扇", "part_class": "wearing", "alternatives": "FAN-2"},
        {"number": "FAN-2", "name": "<b>风扇</b>", "part_class": "wearing"},
    ):
        create(house.store, "parts", values, wording=EN, who="x", now=NOON, new_id=house.new_id)
    for values in (
        {"part": "FAN-1", "place": "主库", "quantity": "4", "minimum": "4"},
        {"part": "FAN-2", "place": "t1 的车", "technician": "t1", "quantity": "0", "minimum": "1"},
    ):
        create(house.store, "stock", values, wording=EN, who="x", now=NOON, new_id=house.new_id)
    with TestClient(create_app(house), headers=HTML) as opened:
        yield opened


def told(house: House, kind: str, id: str, **values: Any) -> None:
    sent = Entry(id=id, kind=kind, at=NOON, values=values)
    receive_entry(house.store, "order-1", sent, actor=PLANNER, now=NOON, photo_limit_bytes=3_000_000)


def signed(house: House) -> str:
    told(house, "text", "entry-text", name="done", value="更换风扇")
    told(house, "event", "event-arrived", event="arrived")
    told(house, "event", "event-resolved", event="resolved")
    told(house, "signature", "entry-sign", name="赵主任", content=picture())
    signature = kept(house).signature
    assert signature is not None
    return str(signature["digest"])


def kept(house: House) -> Sheet:
    return order_sheet(house.store, "order-1", now=NOON)


def hidden(text: str, kind: str) -> dict[str, str]:
    """Return the hidden fields of the first form of a kind."""
    form = next(one for one in text.split("<form")[1:] if f'name="kind" value="{kind}"' in one)
    return {name: unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form)}


def test_a_signed_order_is_amended_by_page_with_a_reason_and_once(client: TestClient, house: House) -> None:
    digest = signed(house)
    form = client.get("/orders/order-1/amend").text
    assert "已签字。此后的改动都是更正" in form
    sent = {**hidden(form, "text"), "name": "done", "before": "更换风扇", "value": "更换风扇并除尘"}
    refused = client.post("/orders/order-1/amend", data={**sent, "amends": " "})
    assert refused.status_code == 422
    assert "更正理由: 是空的 → 客户已经签字：请写明更正的理由" in refused.text
    assert "更换风扇并除尘" in refused.text
    assert kept(house).texts["done"] == "更换风扇"
    for _ in range(2):
        answer = client.post(
            "/orders/order-1/amend", data={**sent, "amends": "客户来电"}, follow_redirects=False
        )
        assert (answer.status_code, answer.headers["location"]) == (303, "/orders/order-1")
    assert (kept(house).texts["done"], len(kept(house).amended)) == ("更换风扇并除尘", 1)
    page = client.get("/orders/order-1").text
    assert "客户来电" in page
    assert digest[:8] in page
    verified = client.get("/orders/verify", params={"digest": digest, "order": kept(house).order.number})
    assert "全部内容保存如初" in verified.text
    assert "赵主任" in verified.text


def test_parts_and_times_are_told_and_taken_back_by_page(client: TestClient, house: House) -> None:
    form = client.get("/orders/order-1/amend").text
    part = {**hidden(form, "part"), "part_number": "FAN-1", "quantity": "1,5", "taken_from": ""}
    assert client.post("/orders/order-1/amend", data=part, follow_redirects=False).status_code == 303
    assert kept(house).parts[0]["stock"]["left"] == 2.5
    told(house, "part", "entry-unknown", part_number="NONE-1", quantity=1)
    told(house, "part", "entry-nameless", name="扎带", quantity=3)
    page = client.get("/orders/order-1").text
    assert ">主库</a>" in page
    assert page.count("未出库：库存中没有此件") == 1
    wrong = client.post(
        "/orders/order-1/amend", data={**hidden(form, "part"), "quantity": "viel", "id": "x" * 9}
    )
    assert wrong.status_code == 422
    assert "数量: 是 &#39;viel&#39;，不是数字" in wrong.text
    time = {**hidden(form, "time"), "activity": "work", "minutes": "45", "started_at": "2026-11-23T09:00"}
    assert client.post("/orders/order-1/amend", data=time, follow_redirects=False).status_code == 303
    assert [one["minutes"] for one in kept(house).times] == [45]
    form = client.get("/orders/order-1/amend").text
    back = {
        **hidden(form, "void"),
        "entry": str(next(one["id"] for one in kept(house).parts if one["part_number"] == "FAN-1")),
        "amends": "没用上",
    }
    assert client.post("/orders/order-1/amend", data=back, follow_redirects=False).status_code == 303
    assert {one["part_number"] for one in kept(house).parts} == {"NONE-1", ""}
    stock = client.get("/api/v1/stock", params={"text": "FAN-1"}).json()
    assert (stock["items"][0]["total"], stock["short"]) == (4, 1)


def test_an_order_is_tied_to_a_visit_by_page_and_by_route(client: TestClient, house: House) -> None:
    form = client.get("/orders/order-1/amend").text
    (key,) = {unescape(one) for one in re.findall(r'<option value="(suzhou/[^"]+)"', form)} & {
        one["key"]
        for one in client.get("/api/v1/visits", params={"site": "suzhou", "size": 1}).json()["items"]
    }
    sent = {"csrf_token": hidden(form, "text")["csrf_token"], "revision": "1", "visit": key}
    assert client.post("/orders/order-1/visit", data=sent, follow_redirects=False).status_code == 303
    assert key in client.get("/orders/order-1").text
    stale = client.post("/orders/order-1/visit", data=sent)
    assert stale.status_code == 412
    assert "工单已被别人改过：第 1 版现在是第 2 版" in stale.text
    proof = {"x-csrf-token": sent["csrf_token"]}
    loosed = client.put("/api/v1/orders/order-1/visit", json={"visit": None, "revision": 2}, headers=proof)
    assert (loosed.status_code, loosed.json()["visit_key"]) == (200, None)
    unknown = client.put("/api/v1/orders/order-1/visit", json={"visit": "x"}, headers=proof)
    assert (unknown.status_code, unknown.json()["faults"][0]["what"]) == (422, "没有上门 'x'")


def test_an_engineer_ties_no_order_and_amends_none_of_another(
    house: House, guarded_client: TestClient
) -> None:
    fill(house.store, small_register())
    new = NewOrder(kind="repair", title="主轴异响", site_id="suzhou", equipment_id="m1", technician_id="t1")
    open_order(house.store, new, id="order-1", now=NOON, who="调度")
    engineer = bearer(guarded_client, Role.ENGINEER)
    tied = guarded_client.put("/api/v1/orders/order-1/visit", json={"visit": None}, headers=engineer)
    assert tied.status_code == 403
    told_ = {
        "id": "entry-001",
        "kind": "text",
        "at": NOON.isoformat(),
        "values": {"name": "done", "value": "x"},
    }
    assert (
        guarded_client.post("/api/v1/orders/order-1/entries", json=told_, headers=engineer).status_code == 403
    )


def test_a_digest_is_verified_over_http_and_on_a_page_that_says_what_is_wrong(
    client: TestClient, house: House
) -> None:
    digest = signed(house)
    told_ = client.get("/api/v1/orders/verify", params={"digest": digest}).json()
    assert (told_["matches"], told_["intact"], told_["order_id"]) == (True, True, "order-1")
    other = client.get("/orders/verify", params={"digest": "0" * 64, "order": "order-1"})
    assert "不符" in other.text
    assert "另一" in other.text or "不同" in other.text
    wrong = client.get("/orders/verify", params={"digest": "<script>"})
    assert wrong.status_code == 422
    assert "不是摘要" in wrong.text
    assert "<script>alert" not in wrong.text
    assert client.get("/orders/verify").status_code == 200


def test_what_is_short_is_listed_and_a_name_is_never_markup(client: TestClient) -> None:
    page = client.get("/stock").text
    assert "有 1 处低于最低数量" in page
    assert "&lt;b&gt;风扇" in page
    short = client.get("/stock", params={"short": "1"}).text
    assert "FAN-2" in short
    assert ">FAN-1<" not in short
    assert "没有" in client.get("/stock", params={"text": "nothing"}).text
    assert client.get("/stock", params={"part_class": "gold"}).status_code == 400
    for name, head in (("parts", "可替代件"), ("stock", "最低数量")):
        assert head in client.get(f"/register/{name}").text
