"""A page written in a real browser, on a phone: kept through a closed tab and a lost network, compared, saved once, found."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect

from kb.api.app import create_app
from kb.settings import Settings
from kb.usecases.editing_history import history
from kb.wiring import House, open_house
from tests.e2e.conftest import PHONE, overflow_px
from tests.kb.site.samples import a_library

pytestmark = pytest.mark.browser

MOMENT = datetime(2026, 11, 25, 12, tzinfo=UTC)
CASE = "CASE-X-01"
EDIT = f"/pages/{CASE}/edit"


@contextmanager
def serving(house: House) -> Iterator[str]:
    """Serve a house on loopback; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(create_app(house), host="127.0.0.1", port=port, log_level="warning")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started:
        if time.monotonic() > deadline or not thread.is_alive():
            pytest.fail("the service did not start")
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("editing")
    opened = open_house(
        Settings(home=folder / "var", content_dir=a_library(folder / "content")), clock=lambda: MOMENT
    )
    opened.store.migrate()
    yield opened
    opened.store.close()


@pytest.fixture
def phone(browser: Browser, house: House) -> Iterator[BrowserContext]:
    with serving(house) as address:
        context = browser.new_context(viewport=PHONE, base_url=address, locale="zh-CN", has_touch=True)
        context.set_default_timeout(15_000)
        yield context
        context.close()


def states(house: House) -> int:
    library = house.library()
    return history(house.store, library.folder, CASE, library.paths[CASE], now=MOMENT)[1]


def causes(page: Page) -> list[str]:
    return [field.input_value() for field in page.locator('#f-solutions textarea[name$=".cause.text"]').all()]


def test_a_page_is_written_on_a_phone_through_a_closed_tab_and_a_lost_network(
    phone: BrowserContext, house: House
) -> None:
    page = phone.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if "Policy" in message.text else None)
    page.goto(EDIT)
    assert overflow_px(page) == 0
    page.fill("#f-summary", "鹦鹉螺一样的主轴。")
    page.click("#f-solutions > button[data-do=add]")
    entry = page.locator("#f-solutions > [data-entries] > [data-entry]").nth(1)
    entry.locator('textarea[name$=".cause.text"]').fill("新原因")
    entry.locator('select[name$=".cause.code"]').select_option("E4")
    entry.locator('textarea[name$=".check"]').fill("看")
    entry.locator('textarea[name$=".remedy.text"]').fill("换")
    entry.locator(":scope > .entry-head [data-do=up]").click()
    assert causes(page) == ["新原因", "风机滤网堵"]
    page.locator("#f-hazards [data-do=remove]").first.click()
    page.locator("#f-hazards .removed button").click()

    page.click("[data-do=preview]")
    expect(page.locator("#preview")).to_contain_text("鹦鹉螺一样的主轴。")
    expect(page.locator("#preview .sb-danger")).to_be_visible()
    assert overflow_px(page) == 0
    page.click("[data-do=preview]")

    # The tab is closed in the middle of a word; what was typed is offered again, groups and all.
    page.close(run_before_unload=False)
    page = phone.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(EDIT)
    expect(page.locator("#kept")).to_be_visible()
    page.click("#kept [data-do=resume]")
    page.wait_for_load_state()
    expect(page.locator("#f-summary")).to_have_value("鹦鹉螺一样的主轴。")
    assert causes(page) == ["新原因", "风机滤网堵"]

    # Without a network nothing is sent and nothing is lost.
    phone.set_offline(True)
    page.click(".edit-bar button[value=check]")
    expect(page.locator("#edit-state")).to_contain_text("没有连接")
    phone.set_offline(False)
    page.click(".edit-bar button[value=check]")
    page.wait_for_selector("#compare-form")
    assert overflow_px(page) == 0
    expect(page.locator(".changes ins").first).to_be_visible()
    assert states(house) == 1
    page.fill("#f-why", "写得更像")
    page.dblclick("button[value=save]")
    page.wait_for_url(f"**/pages/{CASE}/read*")
    expect(page.locator("article")).to_contain_text("鹦鹉螺一样的主轴。")
    assert states(house) == 2
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('sb-edit:'))") == []
    found = phone.request.get("/api/v1/search?q=鹦鹉螺").json()
    assert [hit["id"] for hit in found["hits"]] == [CASE]
    page.goto(EDIT)
    expect(page.locator("#kept")).to_be_hidden()
    page.goto(f"/pages/{CASE}/history")
    assert overflow_px(page) == 0
    assert errors == []


def test_leaving_with_unsaved_text_asks_first_and_a_script_in_the_text_runs_nowhere(
    phone: BrowserContext,
) -> None:
    page = phone.new_page()
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(EDIT)
    page.fill("#f-body", '## 现象\n\n<img src=x onerror="window.ran=1"><script>window.ran=1</script>')
    page.locator("#f-body").press("End")
    page.click("[data-do=preview]")
    expect(page.locator("#preview")).to_contain_text("<script>")
    expect(page.locator("#preview .error li").first).to_be_visible()
    assert page.evaluate("window.ran") is None
    page.goto("/pages/new")
    assert asked == ["beforeunload"]
    page.goto(EDIT)
    page.click("#kept [data-do=discard]")
    page.goto("/pages/new")
    assert asked == ["beforeunload"]
