"""The frame of every page in a real browser: language, reach of targets, no sideways scrolling."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import overflow_px

pytestmark = pytest.mark.browser


def test_the_start_page_leads_to_a_search(page: Page) -> None:
    page.goto("/")
    assert overflow_px(page) == 0
    page.locator(".big-search input[name=q]").fill("SV0401")
    page.locator(".big-search button").click()
    page.wait_for_url("**/search?q=SV0401*")
    expect(page.locator("main")).to_contain_text("SV0401")


def test_the_language_changes_and_stays(page: Page) -> None:
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto("/search")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_every_target_of_the_frame_is_large_enough_for_gloves(page: Page) -> None:
    page.goto("/")
    for target in page.locator("header a:visible, header button:visible, header input:visible").all():
        box = target.bounding_box()
        assert box
        assert box["height"] >= 43.5, target.inner_text()
