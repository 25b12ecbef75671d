"""Work on site on a phone: the network is cut in the middle; nothing is lost, nothing counts twice."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from kb.settings import Settings
from kb.usecases.accounts import Role, add_user
from kb.usecases.order_access import Actor
from kb.usecases.order_entry_checking import Entry
from kb.usecases.order_making import Written, write_order
from kb.usecases.order_sheet import Sheet, order_sheet
from kb.usecases.order_telling import receive_entry
from kb.usecases.plan_documents import checklists
from kb.usecases.work_orders import change_order
from kb.wiring import House, open_house
from tests.conftest import ROOT, the_real_library
from tests.e2e.conftest import PHONE, overflow_px, until
from tests.e2e.test_drafts import serving
from tests.kb.usecases.plan_register import fill, small_register

pytestmark = pytest.mark.browser

ORDER = "order-1"
PASSWORD = "correct horse battery"
PLANNER = Actor(name="调度", may_all=True)
ENTRIES = "**/api/v1/orders/*/entries"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    opened = open_house(
        Settings(home=tmp_path / "house", content_dir=ROOT / "content"), library=the_real_library()
    )
    opened.store.migrate()
    fill(opened.store, small_register())
    add_user(opened.store, name="t1", password=PASSWORD, role=Role.ENGINEER, id="u1", now=opened.now())
    written = Written(kind="inspection", title="年度点检", machine="VMC-01", technician="t1", level="yearly")
    write_order(
        opened.store,
        written,
        pages=checklists(the_real_library()),
        id=ORDER,
        actor=PLANNER,
        now=opened.now(),
    )
    earlier = Written(kind="inspection", title="上次", machine="VMC-01", level="yearly")
    before = opened.now() - timedelta(days=90)
    write_order(
        opened.store, earlier, pages=checklists(the_real_library()), id="order-0", actor=PLANNER, now=before
    )
    line = measured(opened, "order-0")
    values = {"equipment_id": "m1", "item_id": line["item_id"], "value": 250}
    sent = Entry(id="entry-before", kind="check", at=before, values=values)
    receive_entry(opened.store, "order-0", sent, actor=PLANNER, now=before, photo_limit_bytes=1)
    yield opened
    opened.store.close()


def measured(house: House, order: str) -> dict[str, object]:
    lines = order_sheet(house.store, order, now=house.now()).lines
    return dict(next(one for one in lines if one["item_id"] == "T505"))


def sheet(house: House) -> Sheet:
    return order_sheet(house.store, ORDER, now=house.now())


def waiting(page: Page, count: int) -> None:
    expect(page.locator("#waiting")).to_have_attribute("data-count", str(count), timeout=15_000)


def test_an_order_is_filled_in_without_a_network_and_counts_once(house: House, browser: Browser) -> None:
    with serving(house) as address:
        context = browser.new_context(viewport=PHONE, base_url=address, locale="zh-CN")
        page = context.new_page()
        mistakes: list[str] = []
        page.on("pageerror", lambda error: mistakes.append(str(error)))
        page.goto("/login?next=/orders/work")
        page.fill("input[name=name]", "t1")
        page.fill("input[name=password]", PASSWORD)
        page.locator("main form button").click()
        page.goto("/orders/work")
        page.wait_for_selector("html[data-kept]", timeout=20_000)
        expect(page.get_by_text("年度点检")).to_be_visible()  # it was fetched beforehand: it is mine

        context.set_offline(True)
        page.goto("/orders/work")
        page.get_by_role("link", name="年度点检").click()
        page.wait_for_selector("html[data-ready] .check")
        assert overflow_px(page) == 0
        page.locator('[data-event="arrived"]').click()
        line = measured(house, ORDER)
        item = page.locator(f'.check[data-key="m1/{line["item_id"]}"]')
        expect(item.locator(".last")).to_contain_text("250")
        item.locator('input[type="number"]').fill("0.5")
        item.locator(".pass").click()
        expect(
            item.locator(".save-fault")
        ).to_be_visible()  # beyond the limit: severity and advice are asked for
        item.locator(".save-fault").click()
        expect(page.locator("#order-bar [role=alert]")).to_contain_text("严重度")
        item.locator("select").first.select_option("S3")
        item.locator("textarea").last.fill("调整并复测")
        page.reload()  # what is half typed stays
        page.wait_for_selector("html[data-ready] .check")
        expect(item.locator("textarea").last).to_have_value("调整并复测")
        item.locator(".save-fault").click()
        expect(item.locator(".result")).to_be_visible()
        page.locator("#parts summary").click()
        for name, value in (
            ("part_number", "A06B-1"),
            ("quantity", "1"),
            ("old_serial", "S1"),
            ("new_serial", "S2"),
        ):
            page.fill(f'[data-keep="part.{name}"]', value)
        page.locator("#parts .primary").click()
        page.fill('[data-keep="text.done"]', "<b>换泵</b>")
        page.locator("#save-words").click()
        waiting(page, 4)

        # The office writes in the same field meanwhile; and of the first answers one is cut off on its way back.
        change_order(
            house.store, ORDER, {"done": "办公室的话"}, revision=None,
            vocabularies=the_real_library().vocabularies, who="调度", now=house.now(),
        )  # fmt: skip
        cuts = iter([True])
        sent: list[str] = []

        def cut(route: Route) -> None:
            sent.append(json.loads(route.request.post_data or "{}")["id"])
            if next(cuts, False):
                route.fetch()
                route.abort()
            else:
                route.continue_()

        page.route(ENTRIES, cut)
        context.set_offline(False)
        page.evaluate("window.dispatchEvent(new Event('online'))")
        page.wait_for_timeout(200)
        page.evaluate("window.dispatchEvent(new Event('online'))")
        waiting(page, 0)
        assert len(sent) > len(set(sent))  # the one whose answer was cut was sent twice
        kept = sheet(house)
        assert [one["kind"] for one in kept.entries] == ["event", "check", "part", "text"]
        assert [(one["severity"], one["recommendation"]) for one in kept.findings] == [("S3", "调整并复测")]
        assert [(one["old_serial"], one["new_serial"], one["quantity"]) for one in kept.parts] == [
            ("S1", "S2", 1.0)
        ]
        assert [(one["why"], one["values"]["value"]) for one in kept.held] == [("changed", "<b>换泵</b>")]
        expect(page.locator("#held")).to_contain_text("办公室的话")
        page.locator("#held button").click()
        expect(page.locator("#held")).to_have_count(0, timeout=15_000)
        assert (sheet(house).texts["done"], sheet(house).held) == ("<b>换泵</b>", ())
        until(page, "document.querySelector('[data-keep=\"text.done\"]').value === '<b>换泵</b>'")

        context.set_offline(True)
        page.fill('[data-keep="signature.name"]', "客户张")
        pad = page.locator("#pad")
        pad.scroll_into_view_if_needed()
        box = pad.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 20, box["y"] + 40)
        page.mouse.down()
        page.mouse.move(box["x"] + 200, box["y"] + 60, steps=8)
        page.mouse.up()
        page.locator("#sign").click()
        waiting(page, 2)
        context.set_offline(False)
        page.evaluate("window.dispatchEvent(new Event('online'))")
        waiting(page, 0)
        until(page, "!document.querySelector('#pad')")
        signed = sheet(house)
        assert (signed.order.standing.state, signed.signature and signed.signature["name"]) == (
            "signed",
            "客户张",
        )
        assert overflow_px(page) == 0
        assert not mistakes
        context.close()
