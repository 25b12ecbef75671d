"""A running service on loopback over the real library and a sample department, and a real browser."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Error, Frame, Page, sync_playwright

from kb.api.app import create_app
from kb.settings import Settings
from kb.wiring import House, open_house
from tests.requirements import missing

ROOT = Path(__file__).parents[2]
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


@dataclass(frozen=True)
class Service:
    """A service that runs, and the house it runs on."""

    address: str
    house: House


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    house = open_house(Settings(home=tmp_path_factory.mktemp("house"), content_dir=ROOT / "content"))
    house.store.migrate()
    house.search_index()
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
    yield Service(address=f"http://127.0.0.1:{port}", house=house)
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        missing("browser", "no chromium on PATH")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=program,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield opened
        opened.close()


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def page(request: pytest.FixtureRequest, browser: Browser, service: Service) -> Iterator[Page]:
    context = browser.new_context(viewport=request.param, base_url=service.address, locale="zh-CN")
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert not complaints, complaints


def until(page: Page | Frame, condition: str, *, within_s: float = 15.0) -> None:
    """Wait until a JavaScript expression holds on a page.

    The browser's own waiting evaluates text inside the page, which the policy of our pages forbids.
    """
    deadline = time.monotonic() + within_s
    while True:
        try:
            if page.evaluate(condition):
                return
            why = ""
        except Error as error:  # a page on its way to another has nothing to ask yet
            why = f" ({error})"
        if time.monotonic() > deadline:
            pytest.fail(f"after {within_s} s it still does not hold: {condition}{why}")
        page.wait_for_timeout(50)


def overflow_px(page: Page) -> int:
    """Return how far the page is wider than the screen, in CSS pixels; 0 where nothing must be scrolled sideways."""
    return int(
        page.evaluate(
            "Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)"
        )
    )
