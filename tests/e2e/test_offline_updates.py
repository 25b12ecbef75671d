"""A newer pack on a phone: it comes whole or not at all, whatever happens on the way."""

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from kb.content import load_library
from kb.site.offline import add_offline
from kb.usecases.offline import offline_search
from tests.e2e.conftest import PHONE
from tests.kb.site.samples import a_library, a_page

pytestmark = pytest.mark.browser

MOMENT = datetime(2026, 3, 4, tzinfo=UTC)
OLD, NEW = "轴承缺油", "皮带打滑"


def a_site(folder: Path, title: str) -> Path:
    """Build a site with nothing but its search over a few pages; one of them has `title`."""
    content = a_library(folder / "content", cases__other=a_page("case", id="CASE-OTHER", title=title))
    site = folder / "site"
    site.mkdir()
    (site / "index.html").write_text(f"<h1>{title}</h1>", encoding="utf-8")
    add_offline(site, offline_search(load_library(content), built=MOMENT))
    return site


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {title: a_site(tmp_path_factory.mktemp("site"), title) for title in (OLD, NEW)}


@dataclass
class Host:
    """A host of files under a path of its own; its connections can be cut."""

    folder: Path
    versions: dict[str, Path]
    address: str = ""
    left: int | None = None
    """How many more files it gives before it cuts every connection; None gives all."""
    given: list[str] = field(default_factory=list)
    turn: threading.Lock = field(default_factory=threading.Lock)

    def show(self, title: str) -> None:
        """Put another version in place of the one that is there."""
        shutil.rmtree(self.folder / "kb", ignore_errors=True)
        shutil.copytree(self.versions[title], self.folder / "kb")
        self.given.clear()

    def gives(self, path: str) -> bool:
        with self.turn:
            if self.left == 0:
                return False
            if self.left is not None and not path.endswith("files.json"):
                self.left -= 1
            self.given.append(path)
            return True


@pytest.fixture
def host(tmp_path: Path, versions: dict[str, Path]) -> Iterator[Host]:
    there = Host(tmp_path, versions)
    there.show(OLD)

    class Handler(http.server.SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            if there.gives(self.path):
                super().do_GET()
            else:
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=str(tmp_path))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    there.address = f"http://127.0.0.1:{server.server_address[1]}/kb/"
    yield there
    server.shutdown()
    server.server_close()


@pytest.fixture
def phone(browser: Browser, host: Host) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=PHONE, base_url=host.address, locale="zh-CN")
    yield context
    context.close()


def opened(page: Page) -> Page:
    page.goto("search.html")
    page.locator("html[data-ready]").wait_for()
    return page


def kept(page: Page) -> Page:
    opened(page)
    page.locator("#so-pack[data-kept=search]").wait_for()
    return page


def finds(page: Page, query: str, *, there: bool) -> None:
    """Ask the page, and expect the page with this title among what is found, or not."""
    page.fill("#so-query", "")
    page.locator("#so-results[data-shown='']").wait_for(state="attached")
    page.fill("#so-query", query)
    page.locator(f"#so-results[data-shown='{query}']").wait_for()
    hit = page.locator(".so-hit[data-id=CASE-OTHER] h2", has_text=query)
    expect(hit).to_have_count(1 if there else 0)


def test_an_update_that_is_cut_leaves_the_pack_as_it_was_and_goes_on_later(
    phone: BrowserContext, host: Host
) -> None:
    page = kept(phone.new_page())
    host.show(NEW)
    host.left = 2
    opened(page)
    expect(page.locator("#so-pack .so-failed")).to_contain_text("没有收全")
    came = [path for path in host.given if "files.json" not in path]
    assert len(came) == 2
    phone.set_offline(True)
    opened(page)
    expect(page.locator("#so-pack .so-offline")).to_be_visible()
    finds(page, OLD, there=True)
    finds(page, NEW, there=False)
    host.left = None
    host.given.clear()
    phone.set_offline(False)  # the page hears of it and goes on where it was cut
    page.get_by_role("button", name="有新资料").click()
    page.locator("html[data-ready]").wait_for()
    finds(page, NEW, there=True)
    finds(page, OLD, there=False)
    assert not set(came) & set(host.given)
    phone.set_offline(True)
    opened(page)
    finds(page, NEW, there=True)


def test_another_tab_searches_on_in_the_pack_it_was_opened_with(phone: BrowserContext, host: Host) -> None:
    first = kept(phone.new_page())
    second = opened(phone.new_page())
    host.show(NEW)
    opened(first)
    for page in (first, second):
        expect(page.get_by_role("button", name="有新资料")).to_be_visible()
    first.get_by_role("button", name="有新资料").click()
    first.locator("html[data-ready]").wait_for()
    finds(first, NEW, there=True)
    phone.set_offline(True)
    finds(second, OLD, there=True)
    finds(second, NEW, there=False)
    opened(second)
    finds(second, NEW, there=True)


def test_a_full_device_keeps_the_pack_it_has_and_says_so(phone: BrowserContext, host: Host) -> None:
    page = kept(phone.new_page())
    host.show(NEW)
    devtools = phone.new_cdp_session(page)
    origin = host.address.removesuffix("/kb/")
    used = devtools.send("Storage.getUsageAndQuota", {"origin": origin})["usage"]
    devtools.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": used})
    opened(page)
    expect(page.locator("#so-pack .so-failed")).to_contain_text("本机空间不足")
    phone.set_offline(True)
    opened(page)
    finds(page, OLD, there=True)
    devtools.send("Storage.overrideQuotaForOrigin", {"origin": origin})
    phone.set_offline(False)
    expect(page.get_by_role("button", name="有新资料")).to_be_visible()
