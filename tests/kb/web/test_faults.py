"""Fault reports on pages and over the API: the call, the customer's own form, the plan; what a stranger may not see."""

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from kb.api.app import create_app
from kb.usecases.accounts import Role
from kb.usecases.fault_intake import label_of
from kb.wiring import House
from tests.kb.api.conftest import NOON, bearer, guarded, house
from tests.kb.photos import photo_with_place, place_in, size_of
from tests.kb.usecases.plan_register import fill, small_register

__all__ = ["guarded", "house"]

HTML = {"accept": "text/html", "accept-language": "zh-CN"}
PHOTO = photo_with_place()


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    fill(house.store, small_register())
    with TestClient(create_app(house), headers=HTML) as opened:
        yield opened


def field(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found is not None
    return found[1]


def test_a_call_becomes_a_report_with_all_that_follows(client: TestClient) -> None:
    form = client.get("/faults/new", params={"tag": "VMC-01"}).text
    assert "友佳 V850" in form
    sent = {
        "csrf_token": field(form, "csrf_token"), "id": field(form, "id"), "tag": "VMC-01",
        "symptom": "<b>异响</b>" + "长" * 300, "danger": "yes", "machine_state": "degraded",
    }  # fmt: skip
    for _ in range(2):
        answer = client.post(
            "/faults/new", data=sent, files={"photos": ("a.jpg", PHOTO, "image/jpeg")}, follow_redirects=False
        )
        assert answer.status_code == 303, answer.text
    page = client.get(answer.headers["location"]).text
    assert "&lt;b&gt;异响" in page
    assert "可能伤人" in page
    assert "P1" in page
    assert "合同 contract-suzhou 含人工、不含备件" in page
    listed = client.get("/api/v1/faults").json()
    assert [one["priority"] for one in listed["items"]] == ["P1"]
    id = listed["items"][0]["id"]
    shown = client.get(f"/faults/{id}/photos/1").content
    assert (place_in(shown), size_of(shown)) == ({}, (8, 16))
    plan = client.get(f"/faults/{id}/plan")
    assert plan.status_code == 200, plan.text
    assert "一、危险与隔离" in plan.text
    assert client.get(f"/api/v1/faults/{id}/plan").json()["missing"]
    for form_of in ("/faults", "/faults?due=overdue&priority=P1&q=VMC", f"/faults/{id}"):
        assert client.get(form_of, headers={"accept-language": "en"}).status_code == 200
    wrong = client.post("/faults/new", data={**sent, "id": "x" * 22, "tag": "没有", "symptom": ""})
    assert wrong.status_code == 422
    assert "没有设备编号" in wrong.text


def test_the_customers_page_needs_no_login_and_shows_nothing_of_the_house(guarded: House) -> None:
    fill(guarded.store, small_register())
    label = label_of(guarded.store, "VMC-01", token=lambda: "t" * 43, who="x", now=NOON)
    with TestClient(create_app(guarded), headers=HTML) as client:
        assert client.get("/faults", follow_redirects=False).status_code == 303
        page = client.get(label.path)
        assert page.status_code == 200
        for secret in ("苏州精密机械", "contract-suzhou", "/register", "/plan", "A1</"):
            assert secret not in page.text
        sent = {"csrf_token": field(page.text, "csrf_token"), "id": field(page.text, "id"), "phone": "138"}
        assert client.post(label.path, data=sent).status_code == 422
        bot = client.post(label.path, data={**sent, "symptom": "x", "website": "http://x"})
        assert bot.status_code == 422
        answers = [client.post(label.path, data={**sent, "symptom": "主轴异响"}) for _ in range(2)]
        assert [one.url for one in answers] == [answers[0].url] * 2
        assert "BZ2026-00001" in answers[0].text
        assert answers[0].headers["cache-control"] == "no-store"
        assert client.get("/report/" + "x" * 43).status_code == 404
        assert client.get("/api/v1/faults").status_code == 401
        head = bearer(client, Role.ENGINEER)
        assert client.get("/api/v1/faults", headers=head).json()["total"] == 1
        refused = client.post(
            "/api/v1/faults/BZ2026-00001/dispatch",
            headers=head,
            json={"technician": "t1", "day": "2026-11-24"},
        )
        assert refused.status_code == 403
