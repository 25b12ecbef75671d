"""The site's own search in a real browser: from the service, without a network, from any host, from a folder.

The same queries are asked of the server's index and of the browser; what comes back must be the same pages in the
same order.
"""

import csv
import functools
import hashlib
import http.server
import json
import re
import shutil
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from kb.search import Scope, SearchIndex, open_index
from kb.usecases.site import build_site
from tests.e2e.conftest import PHONE, ROOT, Service, overflow_px

pytestmark = pytest.mark.browser

TABLES = ("search_queries.tsv", "judged_queries.tsv", "holdout_queries.tsv")
ODD = (
    "",
    " ",
    "!!!",
    "401",
    "SV0401 SP9001",
    "７００１２３",
    "a" * 300,
    "𠮷𝐀 主軸",
    "zzgr",
    "zhuzhou",
    "'\"<b>",
    "700 - 800",
)
MACHINES = (
    Scope(machine="VMC", controller="fanuc-0i"),
    Scope(controller="siemens-828d"),
    Scope(machine="DRO"),
    Scope(machine="LAT", controller="mazatrol"),
)
AGREED = 0.95

ASK = """async ([queries, scope]) => {
  const answers = [];
  for (const query of queries) {
    const result = await servicebookSearch(query, { size: 5, scope });
    answers.push({ ids: result.hits.map((hit) => hit.id), total: result.total, suggestion: result.suggestion,
                   fits: result.hits.map((hit) => hit.fit),
                   facets: Object.fromEntries([...result.facets].map(([name, counts]) => [name, Object.fromEntries(counts)])) });
  }
  return answers;
}"""


def golden_queries() -> list[str]:
    """Return the queries of all tables, each once: it is not their ranks that count here, but that both sides agree."""
    queries: dict[str, None] = {}
    for name in TABLES:
        text = (ROOT / "tests" / "golden" / name).read_text(encoding="utf-8")
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        queries.update((row["query"], None) for row in rows)
    assert len(queries) > 600
    return list(queries)


@pytest.fixture(scope="module")
def site(service: Service) -> Service:
    settings = service.house.settings
    build_site(
        config_file=ROOT / "mkdocs.yml",
        content_dir=settings.content_dir,
        site_dir=settings.site_dir,
        built=service.house.now(),
    )
    return service


@pytest.fixture(scope="module")
def server_index(site: Service, tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    return open_index(tmp_path_factory.mktemp("index"), site.house.library())


@pytest.fixture
def phone(browser: Browser, site: Service) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=PHONE, base_url=site.address, locale="zh-CN")
    yield context
    context.close()


@pytest.fixture
def static_host(site: Service, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A host that has nothing but the files, in a folder of its own; its address and the folder."""
    folder = tmp_path / "host" / "books"
    shutil.copytree(site.house.settings.site_dir, folder)

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder.parent))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/books/", folder
    server.shutdown()
    server.server_close()


def opened(page: Page, address: str) -> Page:
    """Return the page after its search is ready; complaints of the browser fail the test at its end."""
    page.goto(address)
    page.locator("html[data-ready]").wait_for()
    return page


def asked(page: Page, query: str) -> list[str]:
    """Return the ids of what is found for a typed query."""
    page.fill("#so-query", query)
    page.locator(f"#so-results[data-shown={json.dumps(query, ensure_ascii=False)}]").wait_for()
    return [str(hit.get_attribute("data-id")) for hit in page.locator(".so-hit").all()]


def kept(page: Page, how: str) -> None:
    """Wait until the device has the search, or all."""
    page.locator(f"#so-pack[data-kept={how}]").wait_for(timeout=120_000)
    expect(page.locator("#so-pack [role=status]")).to_have_count(0, timeout=120_000)


def test_the_browser_without_a_network_answers_as_the_server_does(
    phone: BrowserContext, site: Service, server_index: SearchIndex
) -> None:
    page = opened(phone.new_page(), "/library/search.html")
    kept(page, "search")
    phone.set_offline(True)
    opened(page, "/library/search.html")
    queries = [*golden_queries(), *ODD]
    answers = page.evaluate(ASK, [queries, None])
    same = agreed = 0.0
    for query, answer in zip(queries, answers, strict=True):
        wanted = server_index.search(query, size=5)
        ids = [hit.page.id for hit in wanted.hits]
        same += ids == answer["ids"] and wanted.total == answer["total"]
        union = set(ids) | set(answer["ids"])
        agreed += len(set(ids) & set(answer["ids"])) / len(union) if union else 1
        assert answer["suggestion"] == wanted.suggestion, query
        if ids == answer["ids"] and wanted.total == answer["total"]:
            assert answer["facets"] == {name: dict(counts) for name, counts in wanted.facets.items()}, query
    assert agreed / len(queries) >= AGREED
    assert same / len(queries) >= AGREED


def test_the_machine_in_hand_orders_and_labels_as_on_the_server(
    phone: BrowserContext, server_index: SearchIndex
) -> None:
    page = opened(phone.new_page(), "/library/search.html")
    queries = [*golden_queries()[::9], *ODD]
    same = total = 0
    met: set[str] = set()
    for scope in MACHINES:
        known = {"machine": scope.machine, "controller": scope.controller}
        for query, answer in zip(queries, page.evaluate(ASK, [queries, known]), strict=True):
            hits = server_index.search(query, size=5, scope=scope).hits
            same += [(hit.page.id, str(hit.fit)) for hit in hits] == [
                *zip(answer["ids"], answer["fits"], strict=True)
            ]
            total += 1
            met.update(answer["fits"])
    assert same / total >= AGREED
    assert {"model", "family", "general", "other"} <= met


def test_a_machine_is_chosen_kept_on_the_phone_and_left_out_again(
    phone: BrowserContext, site: Service
) -> None:
    page = opened(phone.new_page(), "/library/search.html")
    total = len(asked(page, "急停"))
    expect(page.locator(".so-hit [data-fit]")).to_have_count(0)
    page.locator("#so-machine summary").click()
    page.locator("#so-machine [name=controller]").select_option("siemens-828d")
    expect(page.locator(".so-hit [data-fit]").first).to_be_visible()
    opened(page, "/library/search.html")
    expect(page.locator("#so-machine summary")).to_contain_text("828D")
    shown = asked(page, "急停")
    assert len(shown) == total
    steps = {"proven": 3, "model": 3, "family": 2, "general": 1, "other": 0}
    labels = [str(one.get_attribute("data-fit")) for one in page.locator(".so-hit [data-fit]").all()]
    assert len(labels) == len(shown)
    assert set(labels) <= set(steps)
    assert overflow_px(page) == 0
    page.locator("#so-machine summary").click()
    page.locator("#so-machine .so-leave").click()
    expect(page.locator(".so-hit [data-fit]")).to_have_count(0)
    expect(page.locator("#so-machine summary")).not_to_contain_text("828D")


def test_it_is_opened_searched_and_read_in_a_basement(phone: BrowserContext, site: Service) -> None:
    page = opened(phone.new_page(), "/library/search.html")
    kept(page, "search")
    page.locator("#keep-all").click()
    kept(page, "all")
    phone.set_offline(True)
    opened(page, "/library/search.html")
    expect(page.locator("#so-pack")).to_contain_text("离线")
    assert overflow_px(page) == 0
    found = asked(page, "报警401")
    assert found[0] == "ALM-FANUC-SV0401"
    assert overflow_px(page) == 0
    first = page.locator(".so-hit").first
    expect(first.locator(".so-danger")).to_contain_text("危险")
    expect(first.locator(".so-why")).to_contain_text("报警号 401 就是这一条")
    expect(first.locator("mark").first).to_be_visible()
    first.locator("h2 a").click()
    expect(page.locator("h1")).to_contain_text("SV0401")
    assert page.evaluate("getComputedStyle(document.querySelector('.sb-hazard')).borderStyle") == "solid"
    page.goto("/library/")  # the folder itself
    expect(page.locator("h1")).to_be_visible()
    page.locator(".sb-search input").fill("主轴过热")
    page.locator(".sb-search input").press("Enter")
    page.locator("#so-results[data-shown=主轴过热]").wait_for()
    assert "q=" in page.url


def test_a_page_that_was_not_kept_says_so(phone: BrowserContext, site: Service) -> None:
    page = opened(phone.new_page(), "/library/search.html")
    kept(page, "search")
    phone.set_offline(True)
    page.goto("/library/guides/index.html")
    expect(page.locator("body")).to_contain_text("此页未存到本机")
    page.get_by_role("link", name="离线检索").click()
    page.locator("html[data-ready]").wait_for()


def test_facets_narrow_and_the_address_brings_them_back(phone: BrowserContext, site: Service) -> None:
    page = opened(phone.new_page(), "/library/search.html")
    asked(page, "主轴过热")
    page.locator("[data-facet=type][data-value=guide]").click()
    expect(page.locator(".so-hit .so-kind-guide").first).to_be_visible()
    expect(page.locator(".so-hit .so-kind-case")).to_have_count(0)
    page.reload()
    expect(page.locator("[data-facet=type][data-value=guide]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".so-hit .so-kind-case")).to_have_count(0)
    page.locator("#so-language").click()
    expect(page.locator("[data-facet=type][data-value=guide]")).to_contain_text("Guide")


def test_going_back_leads_to_where_the_reader_was(phone: BrowserContext, site: Service) -> None:
    page = opened(phone.new_page(), "/library/search.html")
    asked(page, "主轴过热")
    page.locator(".so-more").dblclick()
    expect(page.locator(".so-hit")).not_to_have_count(10)
    shown = [hit.get_attribute("data-id") for hit in page.locator(".so-hit").all()]
    assert len(set(shown)) == len(shown)
    eighteenth = page.locator(".so-hit").nth(17)
    eighteenth.scroll_into_view_if_needed()
    before = eighteenth.bounding_box()
    eighteenth.locator("h2 a").click()
    page.locator(".sb-search").wait_for()
    page.go_back()
    page.locator("#so-results[data-shown=主轴过热]").wait_for()
    after = page.locator(".so-hit").nth(17).bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"]) < 60  # the line about the pack may have become shorter or longer


def test_what_nobody_has_written_leads_to_a_draft_and_a_long_question_is_cut_in_the_count(
    phone: BrowserContext, site: Service
) -> None:
    page = opened(phone.new_page(), "/library/search.html")
    assert asked(page, "qqqqxxxx wwww") == []
    expect(page.locator(".so-empty a")).to_have_attribute("href", "draft.html")
    page.fill("#so-query", "换刀的时候主轴不转" * 40)
    page.locator(".so-count[role=status]", has_text="…").wait_for()
    assert len(page.input_value("#so-query")) == 200
    assert len(page.locator(".so-count[role=status]").inner_text()) < 60
    assert overflow_px(page) == 0


def test_it_complains_of_nothing_and_is_installable(phone: BrowserContext, site: Service) -> None:
    page = phone.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    opened(page, "/library/search.html")
    asked(page, "光珊尺脏")
    answer = phone.request.get("/library/manifest.webmanifest")
    assert answer.headers["content-type"].startswith("application/manifest+json")
    manifest = answer.json()
    assert manifest["start_url"] == "search.html"
    assert {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]} == {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
    for name in [*(icon["src"] for icon in manifest["icons"]), "assets/offline/icon-180.png"]:
        picture = phone.request.get(f"/library/{name}")
        assert picture.headers["content-type"] == "image/png"
        assert f"-{struct.unpack('>I', picture.body()[16:20])[0]}.png" in name
    devtools = phone.new_cdp_session(page)
    assert devtools.send("Page.getAppManifest")["errors"] == []
    assert devtools.send("Page.getInstallabilityErrors")["installabilityErrors"] in (
        [],
        [{"errorId": "in-incognito", "errorArguments": []}],
    )
    script = phone.request.get("/library/assets/offline/search.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert "default-src 'self'" in script.headers["content-security-policy"]
    assert complaints == []


def test_any_host_with_the_files_will_do_and_the_search_box_leads_to_the_pages_own(
    browser: Browser, static_host: tuple[str, Path]
) -> None:
    address, _ = static_host
    context = browser.new_context(viewport=PHONE)
    page = opened(context.new_page(), address + "search.html")
    assert asked(page, "SV0401")[0] == "ALM-FANUC-SV0401"
    kept(page, "search")
    page.goto(address + "guides/index.html")
    box = page.locator(".sb-search input")
    with page.expect_response(lambda answer: "/search?part=results" in answer.url):
        box.focus()
    expect(page.locator(".sb-search")).to_have_attribute("action", address + "search.html")
    box.fill("25050")
    box.press("Enter")
    page.locator("#so-results[data-shown='25050']").wait_for()
    context.close()


def test_a_newer_site_comes_whole_and_only_what_changed_is_fetched(
    browser: Browser, static_host: tuple[str, Path]
) -> None:
    address, folder = static_host
    context = browser.new_context(viewport=PHONE)
    page = opened(context.new_page(), address + "search.html")
    kept(page, "search")
    page.locator("#keep-all").click()
    kept(page, "all")
    listed = json.loads((folder / "offline/files.json").read_text(encoding="utf-8"))
    before = listed["version"]
    changed = folder / "index.html"
    changed.write_text(
        changed.read_text(encoding="utf-8").replace("</h1>", " NEWER</h1>"), encoding="utf-8", newline="\n"
    )
    # Half of a newer site: the page has changed, the list has not. Nothing of it may reach a reader.
    page.goto(address + "index.html")
    expect(page.locator("h1")).not_to_contain_text("NEWER")
    _listed_anew(folder, ["index.html"])
    fetched: list[str] = []
    context.on("request", lambda request: fetched.append(request.url) if request.service_worker else None)
    opened(page, address + "search.html")
    expect(page.get_by_role("button", name="有新资料")).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="有新资料").click()
    page.locator("html[data-ready]").wait_for()
    state = page.evaluate(
        "async () => { const c = await caches.open((await caches.keys())[0]);"
        " return (await (await c.match((await c.keys()).find((r) => r.url.endsWith('state')))).json()); }"
    )
    assert state["previous"]["version"] == before
    assert state["current"]["version"] != before
    page.goto(address + "index.html")
    expect(page.locator("h1")).to_contain_text("NEWER")
    new = {url.removeprefix(address) for url in fetched if "files.json" not in url}
    assert new <= {"index.html", "offline/pack.js"}, new
    context.close()


def test_a_file_that_is_not_what_the_list_says_is_never_served(
    browser: Browser, static_host: tuple[str, Path]
) -> None:
    address, folder = static_host
    context = browser.new_context(viewport=PHONE)
    page = opened(context.new_page(), address + "search.html")
    kept(page, "search")
    core = next((folder / "offline").glob("core.*.js"))
    style = folder / "assets/offline/offline.css"
    style.write_text(style.read_text(encoding="utf-8") + "\nbody { color: rgb(1, 2, 3) }\n", encoding="utf-8")
    _listed_anew(folder, ["assets/offline/offline.css"], lie=True)
    opened(page, address + "search.html")
    expect(page.locator("#so-pack .so-failed")).to_contain_text(
        "has changed since the list was made", timeout=30_000
    )
    opened(page, address + "search.html")
    assert page.evaluate("getComputedStyle(document.body).color") != "rgb(1, 2, 3)"
    assert asked(page, "SV0401")[0] == "ALM-FANUC-SV0401"
    assert core.is_file()
    context.close()


def test_it_opens_from_a_folder(browser: Browser, site: Service) -> None:
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    opened(page, (site.house.settings.site_dir.resolve() / "search.html").as_uri())
    expect(page.locator("#so-pack")).to_contain_text("从文件夹打开")
    assert asked(page, "sv 401")[0] == "ALM-FANUC-SV0401"
    assert "CASE-SPI-01" in asked(page, "zhuzhou guore")
    page.locator(".so-hit h2 a").first.click()
    expect(page.locator("h1")).to_be_visible()
    page.locator(".sb-search input").fill("数显表乱跳")
    page.locator(".sb-search input").press("Enter")
    page.locator("#so-results[data-shown=数显表乱跳]").wait_for()
    assert complaints == []
    context.close()


def _listed_anew(folder: Path, names: list[str], *, lie: bool = False) -> None:
    """Write the list as a new build would after the files `names` changed; with `lie`, with a wrong digest."""
    path = folder / "offline/files.json"
    listed = json.loads(path.read_text(encoding="utf-8"))
    for name in names:
        raw = (folder / name).read_bytes()
        digest = hashlib.sha256(raw + b"?" if lie else raw).hexdigest()
        listed["files"][name] = [digest, len(raw), listed["files"][name][2]]
    about = folder / "offline/pack.js"
    listed["version"] = "f" * 16
    said = about.read_text(encoding="utf-8")
    about.write_text(re.sub('"whole":"[0-9a-f]+"', '"whole":"' + "f" * 16 + '"', said), encoding="utf-8")
    raw = about.read_bytes()
    listed["files"]["offline/pack.js"] = [hashlib.sha256(raw).hexdigest(), len(raw), 1]
    path.write_text(json.dumps(listed, ensure_ascii=False), encoding="utf-8")
