"""A maintenance proposal goes its whole way in the browser; its renewal tells repairs by their orders and used against sold."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kb.settings import Settings
from kb.store import Store, register
from kb.store.work_orders import WorkOrderEventRow, WorkOrderRow, WorkOrderTimeRow
from kb.usecases.price_book import write_price_book
from kb.wiring import House, open_house
from tests.conftest import ROOT, the_real_library
from tests.e2e.conftest import DESKTOP, PHONE, overflow_px
from tests.e2e.test_drafts import serving

pytestmark = pytest.mark.browser

PRICES = {"labour_hour": 200, "travel_hour": 100, "kilometre": 2, "repair_hours": 5, "repair_parts": 1000}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    opened = open_house(
        Settings(home=tmp_path / "house", content_dir=ROOT / "content"), library=the_real_library()
    )
    opened.store.migrate()
    with opened.store.writing() as session:
        register.add(session, "customers", [{"id": "c1", "code": "KH1", "name": "苏州精密"}])
        register.add(session, "sites", [{"id": "s1", "code": "XC1", "name": "一厂", "customer_id": "c1"}])
        machine = {"id": "m1", "tag": "VMC-01", "site_id": "s1", "equipment_class": "VMC"}
        register.add(session, "equipment", [machine])
    write_price_book(opened.store, PRICES, id="p1", seen=None, who="李工", now=opened.now())
    yield opened
    opened.store.close()


def repaired(store: Store, number: str, at: datetime) -> None:
    """Keep a closed repair order of three hours."""
    order = {"kind": "repair", "title": "主轴异响", "site_id": "s1", "equipment_id": "m1", "state": "closed"}
    with store.writing() as session:
        closed = at + timedelta(hours=9)
        session.add(
            WorkOrderRow(
                id=number, number=number, opened_at=at, closed_at=closed, machine_state="stopped", **order
            )
        )
        session.flush()
        for position, (kind, hours) in enumerate((("reported", 0), ("resolved", 8), ("closed", 9))):
            happened = {"kind": kind, "at": at + timedelta(hours=hours), "told_at": at, "who": "王工"}
            session.add(
                WorkOrderEventRow(
                    id=f"{number}-{position}", work_order_id=number, position=position, **happened
                )
            )
        session.add(
            WorkOrderTimeRow(id=f"t-{number}", work_order_id=number, kind="work", started_at=at, minutes=180)
        )


def worked_out(page: Page, start: str) -> None:
    """Make a proposal for the site, and complete it."""
    page.goto("/proposals")
    details = page.locator("details", has_text="新方案").first
    if not details.evaluate("one => one.open"):
        details.locator("summary").click()
    page.select_option("select[name=site]", "s1")
    page.fill("input[name=start]", start)
    page.fill("input[name=visits_per_year]", "4")
    page.locator('form[action="/proposals"] button').click()
    expect(page.locator("h1 .badge")).to_have_text("草稿")
    page.fill("input[name=trip_minutes]", "60")
    page.fill("input[name=trip_kilometres]", "50")


def test_a_proposal_becomes_contract_and_plan_and_its_renewal_tells_what_was_used(
    house: House, browser: Browser
) -> None:
    today = house.today()
    with serving(house) as address:
        context = browser.new_context(viewport=DESKTOP, base_url=address, locale="zh-CN")
        page = context.new_page()
        page.set_default_timeout(8_000)
        mistakes: list[str] = []
        page.on("pageerror", lambda error: mistakes.append(str(error)))
        worked_out(page, today.isoformat())
        page.get_by_role("button", name="批准").click()
        # Without a record, how often it fails must be said; nothing is approved and nothing typed is needed twice.
        expect(page.get_by_role("alert")).to_be_visible()
        page.fill("input[name=failures_per_year]", "2")
        page.fill("input[name=trip_minutes]", "60")
        page.fill("input[name=trip_kilometres]", "50")
        page.locator("button[name=what][value=keep]").click()
        expect(page.locator(".notice-box.warning")).to_have_count(0)
        for button, state in (("批准", "已批准"), ("标为已发出", "已发送")):
            page.get_by_role("button", name=button).click()
            expect(page.locator("h1 .badge")).to_have_text(state)
        page.set_viewport_size(PHONE)
        assert overflow_px(page) == 0
        page.locator("button[name=level][value=labour]").click()
        expect(page.locator("h1 .badge")).to_have_text("已接受")
        page.get_by_role("link", name="WB", exact=False).first.click()
        expect(page.locator("main")).to_contain_text("VMC-01" if "equipment" in page.url else "WB")
        assert "/register/contracts/WB" in page.url
        page.goto("/register/plans")
        expect(page.locator("main")).to_contain_text("VMC-01")

        # A year's work later: the next proposal rests on the repair, and says what the contract sold and what was used.
        repaired(house.store, "GD-77", house.now() - timedelta(days=3))
        worked_out(page, (today + timedelta(days=365)).isoformat())
        page.locator("button[name=what][value=keep]").click()
        used = page.locator("details", has_text="7. ")
        used.locator("summary").click()
        expect(used.locator("tbody tr td").nth(1)).to_have_text("4")
        expect(used.locator("tbody tr td").nth(2)).to_have_text("0")
        evidence = page.locator("details", has_text="GD-77")
        evidence.locator("summary").click()
        assert overflow_px(page) == 0
        evidence.get_by_role("link", name="GD-77").click()
        expect(page.locator("h1")).to_contain_text("主轴异响")
        context.close()
    assert mistakes == []
