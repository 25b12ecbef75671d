"""The question at the foot of a library page, in a real browser: answered, changed, kept without a network, sent once."""

import functools
import http.server
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from kb.settings import Settings
from kb.site.build import build_with_mkdocs
from kb.usecases.page_feedback import LOCAL_VOTER, Feedback, feedback_on
from kb.usecases.page_work import page_work
from kb.wiring import House, open_house
from tests.e2e.conftest import PHONE, ROOT, overflow_px, until
from tests.e2e.test_drafts import serving
from tests.kb.site.samples import a_library

pytestmark = pytest.mark.browser

PAGE = "/library/cases/spi/case-x-01.html"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("judged")
    opened = open_house(Settings(home=folder / "var", content_dir=a_library(folder / "content")))
    opened.store.migrate()
    settings = opened.settings
    build_with_mkdocs(ROOT / "mkdocs.yml", settings.content_dir, settings.site_dir, strict=False)
    yield opened
    opened.store.close()


def a_phone(browser: Browser, address: str) -> Page:
    page = browser.new_context(viewport=PHONE, base_url=address, locale="zh-CN").new_page()
    page.goto(PAGE)
    page.locator(".sb-revision[data-page]").scroll_into_view_if_needed()
    return page


def kept(house: House) -> Feedback:
    return feedback_on(house.store, house.library(), "CASE-X-01", voter=LOCAL_VOTER)


def test_a_reader_judges_a_page_where_it_is_read(browser: Browser, house: House) -> None:
    with serving(house) as address:
        page = a_phone(browser, address)
        complaints: list[str] = []
        page.on(
            "console", lambda one: complaints.append(one.text) if one.type in {"error", "warning"} else None
        )
        page.get_by_role("button", name="没有帮助").click()
        said = page.locator(".sb-vote-said")
        expect(said).to_have_text("谢谢，已经记下。")
        assert (kept(house).verdicts.not_helpful, kept(house).verdicts.reasons) == (1, {})
        page.locator(".sb-vote textarea").fill("扭矩不对")
        page.get_by_role("button", name="有错").click()
        expect(page.locator("[data-reason=wrong]")).to_have_attribute("aria-pressed", "true")
        expect(page.get_by_role("button", name="没有帮助 1")).to_be_visible()
        assert overflow_px(page) == 0
        page.reload()
        page.locator(".sb-revision[data-page]").scroll_into_view_if_needed()
        expect(page.locator(".sb-vote textarea")).to_have_value("扭矩不对")
        (work,) = page_work(house.store, house.library(), today=house.today())
        assert (work.page_id, work.texts) == ("CASE-X-01", ("扭矩不对",))

        page.context.set_offline(True)
        page.get_by_role("button", name="有帮助", exact=True).click()
        expect(said).to_have_text("已存在本机，联网后自动发送。")
        assert kept(house).verdicts.not_helpful == 1
        with page.expect_response("**/feedback") as answered:
            page.context.set_offline(False)
        assert answered.value.status == 200
        until(page, "Object.keys(JSON.parse(localStorage['servicebook.votes'])).length === 0")
        assert (kept(house).verdicts.helpful, kept(house).verdicts.not_helpful) == (1, 0)
        assert [one for one in complaints if "ERR_INTERNET_DISCONNECTED" not in one] == []
        page.context.close()


def test_the_picture_of_the_librarys_health_fits_a_phone_and_is_walked_by_keyboard(
    browser: Browser, house: House
) -> None:
    with serving(house) as address:
        page = browser.new_context(viewport=PHONE, base_url=address, locale="zh-CN").new_page()
        complaints: list[str] = []
        page.on("console", lambda one: complaints.append(one.text) if one.type == "error" else None)
        page.goto("/library-health")
        assert overflow_px(page) == 0
        field = page.locator(".health-map a:has(.in)").first
        box = field.locator("rect").bounding_box()
        assert box is not None
        assert box["width"] >= 16
        assert box["x"] + box["width"] <= PHONE["width"]
        count = field.locator("text").text_content()
        field.focus()
        page.keyboard.press("Enter")
        expect(
            page.get_by_text(f"{count} 页").or_(page.locator("h1 .soft", has_text=str(count)))
        ).to_be_visible()
        for name in ("reviews?within=3660", "not_validated", "coverage", "missing"):
            page.goto(f"/library-health/{name}")
            assert overflow_px(page) == 0, name
        assert complaints == []
        page.context.close()


def test_on_a_host_of_files_alone_nobody_is_asked(browser: Browser, house: House) -> None:
    root = house.settings.site_dir.parent / "host"
    root.mkdir(exist_ok=True)
    (root / "library").symlink_to(house.settings.site_dir)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(root))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = browser.new_context(
            viewport=PHONE, base_url=f"http://127.0.0.1:{server.server_port}"
        ).new_page()
        with page.expect_response("**/api/v1/pages/**") as answered:
            page.goto(PAGE)
            page.locator(".sb-revision[data-page]").scroll_into_view_if_needed()
        assert answered.value.status == 404
        expect(page.locator(".sb-revision[data-page]")).to_be_visible()
        expect(page.locator(".sb-vote")).to_have_count(0)
        page.context.close()
        server.shutdown()
