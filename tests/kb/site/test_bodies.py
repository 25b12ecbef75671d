"""The body of a page: steps as cards, lines as paragraphs, links by title, and nothing that runs."""

import re
from html.parser import HTMLParser
from pathlib import Path

import markdown
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content import load_library
from kb.site.addresses import Links
from kb.site.bodies import body_text
from kb.site.check import site_faults
from kb.site.text import tamed
from tests.kb.site.samples import a_library

EXTENSIONS = [
    "admonition",
    "attr_list",
    "md_in_html",
    "def_list",
    "tables",
    "pymdownx.superfences",
    "pymdownx.tasklist",
]
NOWHERE = Links("guides/guide-x.md", {}, {})


def html(body: str, links: Links = NOWHERE) -> str:
    return markdown.markdown("\n".join(body_text(body, links)), extensions=EXTENSIONS)


@pytest.fixture(scope="module")
def links(tmp_path_factory: pytest.TempPathFactory) -> Links:
    library = load_library(a_library(tmp_path_factory.mktemp("library") / "content"))
    return Links("guides/guide-x.md", library.pages, library.paths)


def test_each_step_becomes_a_card_with_its_number_and_a_place_to_link_to() -> None:
    found = html("先说一句。\n\n### 步骤 1 看\n看一看。\n\n### 步骤 2：记\n记下来。\n\n## 验收\n- 都看过\n")
    assert found.count('<section class="sb-step">') == 2
    assert '<h3 id="step-1"><span class="sb-no">步骤 1</span> 看</h3>' in found
    assert '<h3 id="step-2"><span class="sb-no">步骤 2</span> 记</h3>' in found
    assert found.index("先说一句") < found.index("sb-step")
    accepted = found.index('<section class="sb-accept">')
    assert accepted < found.index("<li>都看过</li>")
    assert found.count("</section>") == 3


def test_a_heading_after_the_last_step_does_not_belong_to_it() -> None:
    found = html("### 步骤 1 看\n看。\n\n### 补充\n别的。\n\n## 说明\n完。\n")
    assert found.index("</section>") < found.index("补充")


def test_every_line_of_plain_text_is_a_paragraph_and_what_to_see_is_marked() -> None:
    found = html("### 步骤 1 看\n第一句。\n第二句。\n应当看到：灯亮。\n第三句。\n")
    assert re.findall(r"<p[^>]*>([^<]*)</p>", found) == [
        "第一句。",
        "第二句。",
        "应当看到：灯亮。",
        "第三句。",
    ]
    assert '<p class="sb-expect">应当看到：灯亮。</p>' in found


def test_lists_tables_quotations_and_code_stay_what_they_are() -> None:
    body = "前言：\n- 一\n- 二\n\n| 甲 | 乙 |\n| --- | --- |\n| 1 | 2 |\n\n```\na < b\nGUIDE-X {x}\n```\n\n> 引用\n"
    found = html(body)
    assert found.count("<li>") == 2
    assert "<td>1</td>" in found
    assert "a &lt; b\nGUIDE-X {x}" in found
    assert "<blockquote>" in found


def test_an_id_in_running_text_becomes_a_link_called_by_the_pages_title(links: Links) -> None:
    found = html("见 CASE-X-01，先读《TERM-scale》；代码 `CASE-X-01`；没有 CASE-NO-99。", links)
    assert '见《<a href="../cases/spi/case-x-01.md">主轴过热</a>》，' in found
    assert '先读《<a href="../terms/index.md#term-scale">光栅尺</a>》；' in found
    assert "<code>CASE-X-01</code>" in found
    assert "没有 CASE-NO-99。" in found


def test_a_relative_link_of_the_file_leads_to_the_page_or_the_file_on_the_site(links: Links) -> None:
    lines = body_text(
        "[尺](term.md) ![图](img/a.png) [上](../x/b.pdf) [网](https://example.org/)", links, "sub/guide.md"
    )
    assert lines == [
        "[尺](../sub/term.md) ![图](../sub/img/a.png) [上](../x/b.pdf) [网](https://example.org/)"
    ]
    assert body_text("[尺](../term.md#a)", links, "sub/guide.md") == ["[尺](../terms/index.md#term-scale)"]


def test_a_picture_from_elsewhere_becomes_a_link() -> None:
    assert body_text("![图](https://example.org/a.png)", NOWHERE) == ["[图](https://example.org/a.png)"]


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "# 题 { onclick=alert(1) }",
        "[x](javascript:alert(1))",
        "[x](javascript&#58;alert(1))",
        "[x][r]\n\n[r]: javascript:alert(1)",
        "<javascript:alert(1)>",
        "```{.py onclick=alert(1)}\nx\n```",
        "[x](y){: onmouseover=alert(1) }",
        '<section markdown="1" onclick="x">',
        "</section><script>",
    ],
)
def test_what_an_author_typed_is_shown_and_never_run(evil: str) -> None:
    assert_harmless(html(evil))


PIECES = st.sampled_from(
    ["<", ">", "script", "img src=x onerror=y", "{", "}", "{: onclick=x }", "`", "``", "```", "~~~", "[a](", "[r]: ", ")", "[a][r]",
     "javascript:", "java", "script:", "&#58;", "\n", "\n\n", " ", "    ", "### 步骤 1 甲", "## 验收", "- ", "| ", "!!! note", "\\", "字"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=14).map("".join))
def test_no_text_whatever_gives_a_tag_an_event_or_a_script_address(body: str) -> None:
    assert_harmless(html(body))


@given(st.text(max_size=40))
def test_code_spans_apart_no_tag_opens(line: str) -> None:
    outside = re.sub(r"(`+)(?:(?!\1).)*?\1", "", tamed(line))
    assert not re.search(r"<[A-Za-z/!?]", outside)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def assert_harmless(text: str) -> None:
    reader = _Tags()
    reader.feed(text)
    for tag, attributes in reader.found:
        assert tag not in {"script", "iframe", "style", "object", "embed", "form", "svg"}, text
        assert not [name for name in attributes if name.startswith("on")], text
        address = re.sub(
            r"[\s\x00-\x1f]", "", (attributes.get("href") or attributes.get("src") or "")
        ).lower()
        assert not address.startswith(("javascript:", "vbscript:", "data:text")), text


def test_the_check_of_the_built_site_is_a_second_wall(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('<a href="java&#115;cript:alert(1)">x</a>', encoding="utf-8")
    assert [fault.what for fault in site_faults(tmp_path, ["a.md"])] == ["has the link javascript:alert(1)"]
