"""The slides of a course in a real browser: from the service, and as one file without a network."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kb.content.pages import CoursePage
from kb.usecases.courses import build_course, course_deck
from tests.conftest import the_real_library
from tests.e2e.conftest import DESKTOP, PHONE, Service, overflow_px, until

SAFETY = "COURSE-SAFETY"
ALL_FIT = """() => Array.from(document.querySelectorAll(".frame")).map((frame, at) => {
  slides.show(at); const slide = frame.querySelector(".slide");
  return slide.scrollHeight > slide.clientHeight + 1 ? frame.id : "" }).filter((id) => id)"""

ALL_NARROW = """() => Array.from(document.querySelectorAll(".frame")).filter((frame, at) => {
  slides.show(at); return document.documentElement.scrollWidth > innerWidth }).map((frame) => frame.id)"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("slides") / "课程.html"
    path.write_bytes(build_course(the_real_library(), SAFETY, "html").content)
    return path.as_uri()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    heard: list[str] = []
    yield heard
    assert not heard


def listened(page: Page, heard: list[str]) -> Page:
    page.on("console", lambda message: heard.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return page


def test_slides_of_the_service_play_on_every_screen_under_its_content_policy(page: Page) -> None:
    page.goto(f"/courses/{SAFETY}")
    page.get_by_role("link", name="放映幻灯片").click()
    expect(page.locator(".frame:visible")).to_have_count(1)
    page.get_by_role("button", name="下一张").click()
    expect(page).to_have_url(re.compile("#slide-2$"))
    assert overflow_px(page) == 0
    page.get_by_role("button", name="全部幻灯片").click()
    expect(page.locator(".frame:visible").nth(20)).to_be_visible()
    assert overflow_px(page) == 0
    page.locator("#slide-12").click()
    expect(page).to_have_url(re.compile("#slide-12$"))
    expect(page.locator(".frame:visible")).to_have_count(1)


def test_one_file_plays_by_keys_and_the_speakers_window_leads(
    browser: Browser, file: str, complaints: list[str]
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 720}, offline=True)
    page = listened(context.new_page(), complaints)
    page.goto(file)
    deck = course_deck(the_real_library(), SAFETY)
    question = next(n for n, slide in enumerate(deck.slides, 1) if slide.layout == "question")
    page.keyboard.type(str(question))
    page.keyboard.press("Enter")
    answer = page.locator(".now .answer")
    assert page.url.endswith(f"#slide-{question}")
    assert not answer.is_visible()
    page.keyboard.press("ArrowRight")
    assert answer.is_visible(), "the first step shows the answer"
    page.keyboard.press("PageDown")
    assert page.url.endswith(f"#slide-{question + 1}")
    page.keyboard.press("Backspace")
    with page.expect_popup() as opened:
        page.keyboard.press("s")
    speaker = listened(opened.value, complaints)
    until(speaker, f"document.querySelector('.where').textContent.startsWith('{question} /')")
    assert deck.slides[question - 1].notes in speaker.inner_text(".said")
    assert speaker.locator(".frame:visible").count() == 2
    speaker.keyboard.press("ArrowRight")
    until(page, f"location.hash === '#slide-{question + 1}'")
    speaker.get_by_role("button", name="黑屏").click()
    until(page, "document.documentElement.classList.contains('black')")
    page.reload()
    speaker.keyboard.press("End")
    until(
        page, "document.querySelector('.count').textContent.split(' / ').every((n, _, all) => n === all[0])"
    )
    assert page.evaluate(ALL_FIT) == []
    context.close()


def test_one_file_is_swiped_through_on_a_phone_and_printed_whole(
    browser: Browser, file: str, complaints: list[str]
) -> None:
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, offline=True)
    page = listened(context.new_page(), complaints)
    page.goto(file)
    swipe = """([from, to]) => { const touch = (x) => [new Touch({identifier: 1, target: document.body, clientX: x, clientY: 400})];
      const send = (kind, x) => document.body.dispatchEvent(new TouchEvent(kind, {bubbles: true,
        touches: kind === "touchstart" ? touch(x) : [], changedTouches: touch(x)}));
      send("touchstart", from); send("touchend", to); }"""
    page.evaluate(swipe, [300, 100])
    assert page.url.endswith("#slide-2")
    page.evaluate(swipe, [100, 120])
    assert page.url.endswith("#slide-2"), "a tap that slips is no swipe"
    page.evaluate(swipe, [100, 300])
    assert page.url.endswith("#slide-1")
    assert page.evaluate("slides.count") == page.locator(".frame").count()
    for number in range(1, page.locator(".frame").count() + 1):
        page.evaluate("(at) => slides.show(at)", number - 1)
        assert overflow_px(page) == 0, number
        size = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.now .slide')).fontSize)")
        assert size >= 16
    page.emulate_media(media="print")
    assert page.locator(".frame:visible").count() == page.evaluate("slides.count")
    assert page.locator(".answer:visible").count() == page.locator(".answer").count()
    context.close()


def test_every_course_fits_every_screen_and_a_drawing_is_enlarged_by_a_tap(
    browser: Browser, tmp_path: Path, complaints: list[str]
) -> None:
    library = the_real_library()
    room = browser.new_context(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    hand = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    wall, phone = (listened(one.new_page(), complaints) for one in (room, hand))
    drawings = 0
    for id in sorted(page.id for page in library.pages.values() if isinstance(page, CoursePage)):
        path = tmp_path / f"{id}.html"
        path.write_bytes(build_course(library, id, "html").content)
        wall.goto(path.as_uri())
        wall.evaluate("document.querySelectorAll('.frame').forEach((one) => one.classList.add('revealed'))")
        assert wall.evaluate(ALL_FIT) == [], id
        phone.goto(path.as_uri())
        assert phone.evaluate(ALL_NARROW) == [], id
        if phone.locator(".figure").count():
            drawings += 1
            phone.evaluate(
                "slides.show(Array.from(document.querySelectorAll('.frame')).findIndex((one) => one.querySelector('.figure')))"
            )
            before = phone.evaluate("document.querySelector('.now img').clientWidth")
            phone.locator(".now img").tap()
            assert phone.evaluate("document.querySelector('.now img').clientWidth") > 1.5 * before
            assert overflow_px(phone) == 0
    assert drawings
    room.close()
    hand.close()


def test_without_a_script_every_slide_and_answer_is_there(browser: Browser, file: str) -> None:
    context = browser.new_context(viewport=DESKTOP, java_script_enabled=False)
    page = context.new_page()
    page.goto(file)
    assert page.locator(".frame:visible").count() == page.locator(".frame").count() > 20
    assert page.locator(".answer:visible").count() == page.locator(".answer").count() == 2
    context.close()


def test_the_file_of_the_player_that_is_none_is_not_found(service: Service, browser: Browser) -> None:
    page = browser.new_page()
    answer = page.request.get(f"{service.address}/courses/player/..%2F__init__.py")
    assert answer.status == 404
    page.close()
