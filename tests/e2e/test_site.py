"""The site of the whole library in a real browser: on a phone, on a desk, in the dark, on paper."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from kb.content.pages import CasePage, ChecklistPage, GuidePage
from kb.content.pages import Page as LibraryPage
from kb.site import is_shown, page_address
from kb.usecases.site import build_site
from tests.e2e.conftest import PHONE, ROOT, Service, overflow_px

pytestmark = pytest.mark.browser

OVERVIEWS = (
    "",
    "alarms/index.html",
    "cases/index.html",
    "guides/index.html",
    "checklists/index.html",
    "terms/index.html",
)


@pytest.fixture(scope="module")
def site(service: Service) -> Service:
    """The service with its site built."""
    settings = service.house.settings
    build_site(
        config_file=ROOT / "mkdocs.yml",
        content_dir=settings.content_dir,
        site_dir=settings.site_dir,
        strict=True,
    )
    return service


def a_page_of(service: Service, kind: type[LibraryPage], *, hazards: bool = False) -> LibraryPage:
    """Return the longest page of a kind, the likeliest to spill over."""
    library = service.house.library()
    found = [
        page
        for page in library.pages.values()
        if isinstance(page, kind)
        and is_shown(page)
        and (not hazards or (not isinstance(page.hazards, str) and page.hazards))
    ]
    return max(found, key=lambda page: (len(page.model_dump_json()) + len(library.bodies[page.id]), page.id))


def addresses(service: Service) -> dict[str, str]:
    """Return the address of the longest page of each kind by its type."""
    longest: dict[str, LibraryPage] = {}
    for page in service.house.library().pages.values():
        if is_shown(page) and page.type not in longest:
            longest[page.type] = a_page_of(service, type(page))
    return {kind: "/library/" + page_address(page) for kind, page in sorted(longest.items())}


@pytest.fixture
def watched(page: Page, site: Service) -> Iterator[Page]:
    """A page that may load nothing from anywhere but the service."""
    strangers: list[str] = []
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith((site.address, "data:")) else strangers.append(request.url)
        ),
    )
    yield page
    assert strangers == []


def test_no_page_of_the_site_is_wider_than_the_screen_or_complains(watched: Page, site: Service) -> None:
    kinds = addresses(site)
    assert {"checklist", "guide", "term"} <= set(kinds)
    for address in [*kinds.values(), *(f"/library/{path}" for path in OVERVIEWS)]:
        answer = watched.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        assert overflow_px(watched) == 0, address
        expect(watched.locator("h1")).to_have_count(1)


def test_hazards_come_before_everything_else_and_in_the_colours_of_their_signal(
    watched: Page, site: Service
) -> None:
    page = a_page_of(site, GuidePage, hazards=True)
    watched.goto("/library/" + page_address(page))
    hazards = watched.locator(".sb-hazard")
    expect(hazards).to_have_count(len(page.hazards))
    below = watched.locator(".sb-step, .sb-facts, .sb-summary, article h2").first.bounding_box()
    last = hazards.last.bounding_box()
    assert below
    assert last
    assert last["y"] + last["height"] <= below["y"]
    colours = {"sb-danger": "rgb(200, 16, 46)", "sb-warning": "rgb(255, 122, 0)"}
    for name, colour in colours.items():
        for signal in watched.locator(f".{name} .sb-signal").all():
            assert signal.evaluate("e => getComputedStyle(e).backgroundColor") == colour


def test_the_search_box_leads_to_the_services_own_search(watched: Page, site: Service) -> None:
    watched.goto("/library/guides/index.html")
    box = watched.locator(".sb-search input[name=q]")
    target = box.bounding_box()
    assert target
    box.fill("SV0401")
    box.press("Enter")
    watched.wait_for_url(re.compile(r"/search\?q=SV0401"))


def test_on_a_phone_the_search_is_large_enough_for_gloves_and_steps_fill_the_width(
    browser: Browser, site: Service
) -> None:
    context = browser.new_context(viewport=PHONE, base_url=site.address)
    page = context.new_page()
    page.goto("/library/" + page_address(a_page_of(site, GuidePage)))
    for part in page.locator(".sb-search input, .sb-search button").all():
        box = part.bounding_box()
        assert box
        assert box["height"] >= 44
    for step in page.locator(".sb-step").all():
        box = step.bounding_box()
        assert box
        assert box["width"] > 330
    page.goto("/library/" + page_address(a_page_of(site, ChecklistPage)))
    assert page.locator(".sb-items thead").is_hidden()
    context.close()


def test_a_case_leads_to_its_guide_and_the_guide_back(watched: Page, site: Service) -> None:
    pages = site.house.library().pages
    pairs = [
        (page, pages[solution.remedy.guide])
        for page in pages.values()
        if isinstance(page, CasePage) and is_shown(page)
        for solution in page.solutions
        if solution.remedy.guide and solution.remedy.guide in pages and is_shown(pages[solution.remedy.guide])
    ]
    if not pairs:
        pytest.skip("no released case names a released guide yet")
    case, guide = pairs[0]
    watched.goto(f"/pages/{case.id}")
    watched.locator(".sb-causes").get_by_role("link", name=guide.title).first.click()
    expect(watched.locator("h1")).to_contain_text(guide.title)
    watched.get_by_role("link", name=case.title).first.click()
    expect(watched.locator("h1")).to_contain_text(case.title)


def test_a_letter_leads_to_its_terms(watched: Page, site: Service) -> None:
    watched.goto("/library/terms/index.html")
    watched.locator(".sb-letters a", has_text="Z").click()
    expect(watched.locator("#letter-z")).to_be_in_viewport()


def test_the_choice_of_dark_stays_and_hazards_keep_their_contrast(watched: Page, site: Service) -> None:
    watched.goto("/library/" + page_address(a_page_of(site, GuidePage, hazards=True)))
    watched.locator("label[title=深色]").click()
    expect(watched.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    watched.reload()
    expect(watched.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    for part in watched.locator(".sb-signal, .sb-what, .sb-avoid").all():
        assert contrast(part.evaluate(COLOURS)) >= 4.5, part.inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_carries_hazards_boxes_and_signature_and_no_navigation(
    browser: Browser, site: Service, scheme: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    context = browser.new_context(base_url=site.address, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    checklist = a_page_of(site, ChecklistPage, hazards=True)
    assert isinstance(checklist, ChecklistPage)
    page.goto("/library/" + page_address(checklist))
    page.emulate_media(media="print")
    for hidden in (".sb-search", ".md-header", ".md-tabs", ".sb-footer", ".md-sidebar >> nth=0"):
        assert page.locator(hidden).first.is_hidden(), hidden
    assert page.locator(".sb-sign").is_visible()
    for part in page.locator(".sb-signal, .sb-what, .sb-items td strong").all():
        assert contrast(part.evaluate(COLOURS)) >= 4.5, part.inner_text()
    target = tmp_path_factory.mktemp("paper") / "page.pdf"
    page.pdf(path=target, format="A4")
    context.close()
    text = "".join(sheet.extract_text() for sheet in PdfReader(target).pages)
    assert text.count("☐") >= len(checklist.items)
    assert "检索" not in text
    for item in checklist.items:
        assert item.id in text


COLOURS = r"""e => {
  let ground = e;
  while (ground && /^rgba\(.*, 0\)$/.test(getComputedStyle(ground).backgroundColor)) { ground = ground.parentElement; }
  return [getComputedStyle(e).color, ground ? getComputedStyle(ground).backgroundColor : 'rgb(255, 255, 255)'];
}"""
"""The colour of an element's text and of what lies behind it."""


def contrast(colours: list[str]) -> float:
    """Return the contrast of two colours after WCAG 2.2, a transparent ink mixed with its ground."""
    ink, ground = (list(map(float, re.findall(r"[\d.]+", colour))) for colour in colours)
    share = ink[3] if len(ink) > 3 else 1.0
    mixed = [share * one + (1 - share) * other for one, other in zip(ink[:3], ground[:3], strict=True)]

    def light(channels: list[float]) -> float:
        parts = [
            c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in channels
        ]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    low, high = sorted((light(mixed), light(ground[:3])))
    return (high + 0.05) / (low + 0.05)
