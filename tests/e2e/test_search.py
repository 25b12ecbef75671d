"""The search page in a real browser, on a phone and on a desk: as one types, offline, back and forth."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import Service, overflow_px

pytestmark = pytest.mark.browser

HITS = "ol.search-hits > li"


def test_results_follow_the_typing_and_the_address_follows_them(page: Page) -> None:
    page.goto("/search")
    page.locator("#search-query").press_sequentially("报警401", delay=30)
    expect(page.locator(HITS).first).to_contain_text("SV0401")
    expect(page).to_have_url(re.compile(r"\?q=%E6%8A%A5%E8%AD%A6401$"))
    page.reload()
    expect(page.locator(HITS).first).to_contain_text("SV0401")


def test_a_late_answer_never_replaces_a_newer_one(page: Page) -> None:
    page.goto("/search?q=数显表乱跳")
    late: list[Route] = []

    def hold(route: Route) -> None:
        if "401" in route.request.url:
            route.continue_()
        else:
            late.append(route)

    page.route(re.compile(r"part=results"), hold)
    field = page.locator("#search-query")
    with page.expect_request(re.compile(r"part=results")):
        field.fill("主轴")
    field.fill("报警401")
    expect(page.locator(HITS).first).to_contain_text("SV0401")
    for route in late:
        route.fulfill(status=200, body="<p id='late'>late</p>")
    expect(page.locator("#search-results")).to_have_attribute("aria-busy", "false")
    expect(page.locator("#late")).to_have_count(0)
    expect(page.locator(HITS).first).to_contain_text("SV0401")


def test_a_chip_narrows_and_back_widens_again(page: Page) -> None:
    page.goto("/search?q=光栅尺")
    page.locator(".search-facets .chip", has_text="指南").first.click()
    expect(page).to_have_url(re.compile("type=guide"))
    expect(page.locator(f"{HITS} .badge.kind-case")).to_have_count(0)
    page.go_back()
    expect(page).not_to_have_url(re.compile("type=guide"))
    expect(page.locator(f"{HITS} .badge.kind-case").first).to_be_visible()


def test_typing_goes_on_within_the_chosen_type(page: Page) -> None:
    page.goto("/search?q=光栅尺&type=guide")
    page.locator("#search-query").fill("光栅尺清洁")
    expect(page).to_have_url(re.compile("type=guide"))
    expect(page.locator(HITS).first).to_contain_text("清洁")


def test_a_lost_connection_is_told_and_the_search_goes_on_afterwards(page: Page) -> None:
    page.goto("/search?q=主轴过热")
    before = page.locator(HITS).first.inner_text()
    page.context.set_offline(True)
    page.locator("#search-query").fill("报警401")
    expect(page.locator("#search-lost")).to_be_visible()
    assert page.locator(HITS).first.inner_text() == before
    page.context.set_offline(False)
    expect(page.locator("#search-lost")).to_be_hidden()
    expect(page.locator(HITS).first).to_contain_text("SV0401")


def test_the_form_works_without_a_script(page: Page, service: Service) -> None:
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False, base_url=service.address, locale="zh-CN")
    plain = context.new_page()
    plain.goto("/search")
    plain.locator("#search-query").fill("数显表乱跳")
    plain.locator("#search-form button").click()
    expect(plain.locator(HITS).first).to_contain_text("数显表乱跳")
    context.close()


def test_nothing_is_wider_than_the_screen_and_chips_can_be_hit_with_a_thumb(page: Page) -> None:
    for query in ("报警401", "主轴过热", "101", "SV0402", "joint N following error", "qqqqzzqq"):
        page.goto(f"/search?q={query}")
        assert overflow_px(page) == 0, query
        for box in page.locator("main .chip:visible, main button:visible, main summary:visible").all():
            size = box.bounding_box()
            assert size
            assert size["height"] >= 43.5, (query, box.inner_text())


def test_a_slow_input_method_is_not_searched_half_way(page: Page) -> None:
    page.goto("/search")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "part=results" in request.url else None)
    page.evaluate(
        """() => {
            const field = document.getElementById('search-query');
            field.dispatchEvent(new CompositionEvent('compositionstart'));
            field.value = 'zhu zhou';
            field.dispatchEvent(new InputEvent('input', {bubbles: true}));
        }"""
    )
    page.evaluate(
        """() => {
            const field = document.getElementById('search-query');
            field.value = '主轴过热';
            field.dispatchEvent(new CompositionEvent('compositionend'));
        }"""
    )
    expect(page.locator(HITS).first).to_contain_text("过热")
    assert [url for url in asked if "zhu" in url] == []
