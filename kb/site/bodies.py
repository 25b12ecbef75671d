"""The Markdown body of a library page as it stands on the site: steps as cards, boxes to tick, links by title."""

import re
from collections.abc import Iterable

from kb.site.addresses import Links
from kb.site.text import tamed

STEP = re.compile(r"^### +步骤 *(\d+)[ 　:：.、]*(.*)$")
HEADING = re.compile(r"^#{1,6} ")
FENCE = re.compile(r"^ *(`{3,}|~{3,})")
STRUCTURE = re.compile(r"^(?:\s|#|>|\||[-*+] |\d+[.)] |!!! |\?\?\? |`{3}|~{3}|$)")
"""A line that is more than plain text: a heading, list, table, quotation, fence, indented text, or empty."""
EXPECTED = ("应当看到", "应当听到", "应看到", "应能看到", "正常应")
ACCEPTANCE = "验收"


def body_text(body: str, links: Links, source: str = "") -> list[str]:
    """Return the lines of `body` for the site.

    A line of plain text is a paragraph of its own: Markdown would join it to the next with a blank, which
    Chinese has not. What one should see after a step is marked, the acceptance is a list of boxes.

    Args:
        body: The Markdown below the front matter.
        links: Links of the page.
        source: The page's file below the content folder; its relative links start there.
    """
    return _sections(_paragraphs(_linked(body.split("\n"), links, source)))


def _linked(lines: Iterable[str], links: Links, source: str) -> Iterable[tuple[str, bool]]:
    """Give each line with whether it is code."""
    fence = ""
    for line in lines:
        mark = FENCE.match(line)
        if fence:
            yield line, True
            if mark and mark[1].startswith(fence):
                fence = ""
        elif mark:
            fence = mark[1]
            # Only the language may follow: attributes of a fence are as good as raw HTML.
            language = re.match(r"[A-Za-z0-9_+-]*", line[mark.end() :].strip())
            yield mark[0] + (language[0] if language else ""), True
        else:
            yield links.markdown(tamed(line), source), False
    if fence:
        yield fence, True


def _paragraphs(lines: Iterable[tuple[str, bool]]) -> list[tuple[str, bool]]:
    out: list[tuple[str, bool]] = []
    plain_before = False
    for line, is_code in lines:
        plain = not is_code and STRUCTURE.match(line) is None
        if out and (plain_before or (plain and HEADING.match(out[-1][0]))) and line.strip():
            out.append(("", False))
        out.append((line, is_code))
        if plain and line.startswith(EXPECTED):
            out.append(("{: .sb-expect }", False))
        plain_before = plain
    return out


def _sections(lines: Iterable[tuple[str, bool]]) -> list[str]:
    """Wrap each step and the acceptance, so that they can be laid out and kept together on paper."""
    out: list[str] = []
    is_open = False
    for line, is_code in lines:
        if is_code or HEADING.match(line) is None:
            out.append(line)
            continue
        step = STEP.match(line)
        if is_open and (step or line.startswith(("# ", "## ", "### "))):
            out += ["", "</section>", ""]
            is_open = False
        if step:
            out += ['<section class="sb-step" markdown="1">', ""]
            out.append(
                f'### <span class="sb-no">步骤 {step[1]}</span> {step[2].strip()} {{: #step-{step[1]} }}'
            )
            is_open = True
        elif line.lstrip("# ").strip() == ACCEPTANCE:
            out += ['<section class="sb-accept" markdown="1">', "", f"## {ACCEPTANCE} {{: #acceptance }}"]
            is_open = True
        else:
            out.append(line)
    if is_open:
        out += ["", "</section>", ""]
    return out
