"""Summaries over HTTP, as pages and on the command line: figures, lists behind them, files, closing."""

import io
import re

import openpyxl
import pytest
from fastapi.testclient import TestClient

from kb.store import register as audit
from kb.store import work_orders as rows
from kb.wiring import House
from tests.kb.api.conftest import NOON


@pytest.fixture
def department(house: House) -> House:
    with house.store.writing() as session:
        audit.add(session, "customers", [{"id": "c1", "code": "KH1", "name": "苏州精密"}])
        audit.add(session, "sites", [{"id": "s1", "code": "XC1", "name": "一厂 <b>", "customer_id": "c1"}])
        closed = NOON.replace(month=10, day=5)
        order = {"kind": "repair", "title": "主轴异响", "site_id": "s1", "state": "closed"}
        session.add(rows.WorkOrderRow(id="o1", number="GD1", opened_at=closed, closed_at=closed, **order))
    return house


def test_figures_lead_to_their_lists(department: House, client: TestClient) -> None:
    told = client.get("/api/v1/summaries/2026").json()
    orders = next(one for one in told["figures"] if one["code"] == "orders")
    assert (orders["whole"], orders["months"]["2026-10"], len(told["months"])) == (1, 1, 11)
    listed = client.get("/api/v1/summaries/2026-10/lists/orders").json()
    assert [one["number"] for one in listed["items"]] == ["GD1"]
    assert client.get("/api/v1/summaries/2026-10/lists/stars").status_code == 404
    assert client.get("/api/v1/summaries/2026-14").status_code == 400
    assert client.get("/summaries", follow_redirects=False).headers["location"] == "/summaries/2026-11"
    page = client.get("/summaries/2026").text
    assert 'href="/summaries/2026/lists/orders?month=2026-10"' in page
    behind = client.get(
        "/summaries/2026/lists/orders", params={"month": "2026-10", "column": "kind", "value": "repair"}
    )
    assert "一厂 &lt;b&gt;" in behind.text
    assert 'href="/orders/GD1"' in behind.text
    assert "无。" in client.get("/summaries/2026-11/lists/orders").text
    assert client.get("/summaries/2026/lists/orders", params={"column": "stars"}).status_code == 404


def test_a_month_is_closed_and_opened_on_its_page(department: House, client: TestClient) -> None:
    page = client.get("/summaries/2026-10").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    form = {"csrf_token": token[1]}
    assert client.post("/summaries/2026-11/close", data=form).status_code == 422  # not over yet
    assert "数字保持不变" in client.post("/summaries/2026-10/close", data=form).text
    with department.store.writing() as session:
        row = session.get_one(rows.WorkOrderRow, "o1")
        row.state = "cancelled"
    moved = client.get("/summaries/2026-10").text
    assert "关闭之后记录有变化" in moved
    assert "1 → 0" in moved
    assert client.post("/summaries/2026-10/open", data=form).status_code == 422
    assert "数字保持不变" not in client.post("/summaries/2026-10/open", data={**form, "reason": "补录"}).text
    assert client.post("/api/v1/summaries/2026-10/close").json()["closed"]["2026-10"]["by"]
    assert client.post("/api/v1/summaries/2026-10/open", json={"reason": "补录"}).json()["closed"] == {}


def test_a_summary_is_a_workbook_and_a_document(department: House, client: TestClient) -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(client.get("/api/v1/summaries/2026", params={"format": "xlsx"}).content)
    )
    assert book.sheetnames[0] == "汇总"
    assert str(book.worksheets[0]["B2"].value).startswith("=COUNTIFS(")
    assert client.get("/api/v1/summaries/2026-10", params={"format": "docx"}).content[:2] == b"PK"
