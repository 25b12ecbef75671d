"""Work orders over HTTP: opened, told of exactly once, by their technicians and by planners."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from kb.usecases.accounts import Role
from kb.wiring import House
from tests.kb.api.conftest import bearer
from tests.kb.usecases.plan_register import fill, small_register

HERE = "/api/v1/orders"
NEW = {"id": "order-1", "kind": "repair", "title": "主轴异响", "machine": "VMC-01", "technician": "t1"}
AT = "2026-11-23T11:00:00+08:00"


@pytest.fixture
def house(house: House) -> House:
    fill(house.store, small_register())
    return house


def tell(client: TestClient, kind: str, id: str, **values: Any) -> Any:
    body = {"id": id, "kind": kind, "at": AT, "values": values}
    return client.post(f"{HERE}/order-1/entries", json=body)


def test_an_order_is_opened_told_of_once_and_listed(client: TestClient) -> None:
    made = client.post(HERE, json=NEW)
    assert made.status_code == 201, made.text
    assert client.post(HERE, json=NEW).json()["number"] == made.json()["number"]
    first = tell(client, "part", "entry-0001", part_number="P1", quantity=2)
    again = tell(client, "part", "entry-0001", part_number="P1", quantity=2)
    assert (first.status_code, again.status_code) == (201, 200)
    assert tell(client, "part", "entry-0001", part_number="P1", quantity=3).status_code == 412
    assert tell(client, "part", "entry-0002", part_number="P1", quantity=-3).status_code == 422
    sheet = client.get(f"{HERE}/{made.json()['number']}").json()
    assert [one["quantity"] for one in sheet["parts"]] == [2]
    found = client.get(HERE, params={"technician": "t1", "site": "suzhou", "first_day": "2026-11-23"}).json()
    assert [one["id"] for one in found["items"]] == ["order-1"]
    page = client.get("/orders/parts", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert "ledger" in page.text
    assert client.get(HERE, params={"customer": "c2"}).json()["total"] == 0
    assert client.get(HERE, params={"mine": True}).json()["total"] == 0
    assert client.get(HERE, params={"machine": "nowhere"}).status_code == 404
    assert client.get(HERE, params={"first_day": "2026-02-01", "last_day": "2026-01-01"}).status_code == 400


def test_all_faults_of_a_new_order_are_told_at_once(client: TestClient) -> None:
    refused = client.post(HERE, json={"title": "x" * 300, "site": "nowhere", "machine": "nothing"})
    assert refused.status_code == 422
    assert {one["where"] for one in refused.json()["faults"]} == {"site", "machine", "title"}


def test_an_engineer_reads_all_orders_and_changes_none_of_another(
    house: House, guarded_client: TestClient
) -> None:
    planner, engineer = (bearer(guarded_client, role) for role in (Role.PLANNER, Role.ENGINEER))
    assert guarded_client.post(HERE, json=NEW, headers=planner).status_code == 201
    assert guarded_client.get(f"{HERE}/order-1", headers=engineer).status_code == 200
    body = {"id": "entry-0001", "kind": "text", "at": AT, "values": {"name": "done", "value": "x"}}
    address = f"{HERE}/order-1/entries"
    assert guarded_client.post(address, json=body).status_code == 401
    assert guarded_client.post(address, json=body, headers=engineer).status_code == 403
    assert guarded_client.post(HERE, json={**NEW, "id": "order-2"}, headers=engineer).status_code == 403
    assert guarded_client.post(address, json=body, headers=planner).status_code == 201
