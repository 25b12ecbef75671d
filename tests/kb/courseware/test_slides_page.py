"""The slides as a page: whole without a script, closed against elsewhere, hostile text as text, answers with questions."""

import base64
import hashlib
import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from kb.courseware.assembling import deck_of
from kb.courseware.deck import Deck, Layout
from kb.courseware.slides_page import Parts, frames_of, player_file, slides_html
from tests.kb.courseware.test_pptx_writer import a_guide, a_png
from tests.kb.courseware.test_reading import WHOLE, a_course

EVIL = '<img src=x onerror=alert(1)>"&</script>'


def a_deck(body: str = WHOLE, **changes: object) -> Deck:
    return deck_of(
        a_course(**changes),
        body,
        file="courses/safety.md",
        first_line=30,
        pages={"GUIDE-LOTO": a_guide()},
        words=lambda text: text,
    )


def the_page(deck: Deck, address: Callable[[str], str] | None = None) -> str:
    parts = Parts(address=address, page_address=(lambda id: f"/pages/{id}") if address else None)
    return slides_html(deck, figure=lambda _: ("image/png", a_png()), words=lambda text: text, parts=parts)


class Seen(HTMLParser):
    """Tags with their attributes, open tags, and text, as a browser without a script would have them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_question_and_its_answer_stand_in_one_frame_and_nothing_else_is_joined() -> None:
    deck = a_deck()
    frames = frames_of(deck)
    assert len(frames) == len(deck.slides) - 1
    (question,) = (frame for frame in frames if frame.answer)
    assert (question.slide.layout, question.answer[0].text) == (Layout.QUESTION, "先查接触器。")


def test_every_text_and_note_of_the_deck_stands_in_the_page_without_a_script() -> None:
    deck = a_deck()
    seen = Seen(the_page(deck))
    for slide in deck.slides:
        assert slide.title in seen.text or slide.layout is Layout.ANSWER
        for line in (*slide.lines, *(line for column in slide.columns for line in column.lines)):
            assert line.text in seen.text, line.text
        assert slide.notes in seen.text
    assert [tag["alt"] for name, tag in seen.tags if name == "img"] == ["光栅接线"]
    assert sum(tag.get("class") == "box" for _, tag in seen.tags) == 1
    assert sum(tag.get("class") == "box warning" for _, tag in seen.tags) == 1


def test_one_file_names_no_other_file_and_allows_itself_only_its_own_script() -> None:
    html = the_page(a_deck())
    for _, tag in Seen(html).tags:
        assert "style" not in tag
        assert not (tag.get("src") or "data:").partition("data:")[0]
        assert (tag.get("href") or "").startswith(("#", ""))
    assert not re.findall(r"https?://", html)
    (script,) = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in html
    assert "default-src 'none'" in html


def test_in_the_service_nothing_is_inline_and_sources_lead_to_their_pages() -> None:
    html = the_page(a_deck(), address=lambda name: f"/courses/player/{name}?v=1")
    assert "<style" not in html
    assert re.findall(r"<script[^>]*>(.*?)</script>", html) == [""]
    assert '<a href="/pages/GUIDE-LOTO">GUIDE-LOTO r3</a>' in html


@pytest.mark.parametrize("name", ["slides.js", "slides.css"])
def test_a_file_of_the_player_closes_no_tag_of_the_page(name: str) -> None:
    assert "</" not in player_file(name)


def test_hostile_text_stays_text() -> None:
    body = WHOLE.replace("停机", EVIL).replace("再讲。", EVIL).replace("| 电压 |", f"| {EVIL} |")
    seen = Seen(the_page(a_deck(body, title=EVIL)))
    assert not [tag for name, tag in seen.tags if name == "img" and "onerror" in tag]
    assert seen.text.count(EVIL) >= 4
