"""From a query that finds nothing to a work item with an owner, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Service, overflow_px

pytestmark = pytest.mark.browser


def test_a_query_left_standing_without_an_answer_becomes_a_work_item(page: Page, service: Service) -> None:
    query = f"qqxxzz{page.viewport_size['width'] if page.viewport_size else 0}zz"
    page.goto("/search")
    with page.expect_response(re.compile("asked=1")) as told:
        page.locator("#search-query").press_sequentially(query, delay=20)
    assert query in told.value.url
    assert service.house.search_notes.flush(seconds=10)
    page.goto("/search/unanswered")
    card = page.locator(".unanswered", has_text=query)
    expect(card).to_have_count(1)
    expect(card).to_contain_text("没找到：1 次")
    assert overflow_px(page) == 0
    card.locator("[name=owner]").fill("王工")
    card.locator("[name=due]").fill("2030-01-31")
    card.locator("button").click()
    expect(page.locator(".unanswered", has_text=query).locator("[name=owner]")).to_have_value("王工")
    expect(page.locator(".unanswered", has_text=query).locator("[name=due]")).to_have_value("2030-01-31")


def test_a_hit_is_called_not_helpful_with_one_touch_and_the_page_says_thanks(page: Page) -> None:
    page.goto("/search")
    page.locator("#search-query").press_sequentially("报警401", delay=20)
    first = page.locator(".search-hit").first
    expect(first).to_contain_text("SV0401")
    first.get_by_role("button", name="没帮助").click()
    expect(page.locator(".search-hit").first).to_contain_text("谢谢，已经记下。")
    expect(page).to_have_url(re.compile("voted=ALM-FANUC-SV0401"))
    assert overflow_px(page) == 0
    page.goto("/search/unanswered")
    expect(page.locator(".unanswered", has_text="报警401").first).to_contain_text("没帮助")
