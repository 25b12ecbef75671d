"""Markdown pieces of a library page: hazards, facts, tables, steps. Pure text in, text out."""

from collections.abc import Callable, Iterable, Sequence

from kb.content.pages import AppliesTo, Confidence, Grade, Hazard, Page, Source

Link = Callable[[str], str]
"""Gives the Markdown link of a page id, relative to the page that is being written."""

HAZARD_LABELS = {
    "danger": "危险 Danger",
    "warning": "警告 Warning",
    "caution": "小心 Caution",
    "notice": "注意 Notice",
}
HAZARD_ORDER = tuple(HAZARD_LABELS)
GRADE_LABELS = {
    Grade.A: "A 厂家文件或源代码",
    Grade.B: "B 第三方资料，与厂家公布一致",
    Grade.K: "K 行业经验，未经手册核对",
    Grade.D: "D 存疑",
}


def cell(text: object) -> str:
    """Return `text` fit for a table cell: one line, pipes escaped."""
    return " ".join(str(text).split()).replace("|", "\\|")


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Return a Markdown table, or nothing where there are no rows."""
    lines = ["| " + " | ".join(cell(value) for value in row) + " |" for row in rows]
    if not lines:
        return []
    return ["", "| " + " | ".join(header) + " |", "|" + " --- |" * len(header), *lines, ""]


def indented(text: str) -> list[str]:
    """Return the lines of `text` as the body of an admonition."""
    return [f"    {line}" if line.strip() else "" for line in text.splitlines()]


def hazard_blocks(hazards: Sequence[Hazard] | str) -> list[str]:
    """Return the safety blocks, gravest first; they stand before everything else on a page."""
    if isinstance(hazards, str):
        return []
    lines: list[str] = []
    for hazard in sorted(hazards, key=lambda h: HAZARD_ORDER.index(h.type)):
        lines += [
            "",
            f'!!! {hazard.type} "{HAZARD_LABELS[hazard.type]}：{hazard.hazard.replace(chr(34), "”")}"',
            *indented(f"**后果**：{hazard.consequence}"),
            "",
            *indented(f"**避免**：{hazard.avoid}"),
            "",
        ]
    return lines


def confidence_note(page: Page) -> list[str]:
    """Return the note that a page which nobody has checked against a manual must carry."""
    if page.confidence is Confidence.VALIDATED:
        return []
    return ["", '!!! unverified "未经手册核对 Not validated"', "    使用前请对照本机厂家手册核实。", ""]


def applies(applies_to: Sequence[AppliesTo], names: dict[str, str]) -> str:
    """Return in words what a page is about; empty where it is about anything.

    Args:
        applies_to: Groups of equipment of the page.
        names: Chinese names of class and controller codes.
    """
    parts = []
    for group in applies_to:
        words = [names.get(code, code) for code in (*group.machine, *group.controller)]
        words += [text for text in (group.drive, group.software) if text]
        if words:
            parts.append("、".join(words))
    return "；".join(parts)


def source_lines(sources: Sequence[Source], facts: Sequence[str]) -> list[str]:
    """Return the closing section that says what a page rests on."""
    if not sources and not facts:
        return []
    lines = ["", "## 依据", ""]
    lines += [f"- {cell(source.ref)}（{GRADE_LABELS[source.grade]}）" for source in sources]
    if facts:
        lines += ["", "资料编号：" + "、".join(f"`{fact}`" for fact in facts)]
    return [*lines, ""]


def related_lines(related: Sequence[str], link: Link) -> list[str]:
    """Return the links to related pages."""
    if not related:
        return []
    return ["", "## 相关", "", *(f"- {link(target)}" for target in related), ""]
