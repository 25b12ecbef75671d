"""HTML pieces that every kind of library page is made of: hazards, facts, badges, links, sources."""

from collections.abc import Iterable, Mapping, Sequence

from kb.content.pages import AppliesTo, Confidence, Grade, Hazard, Page, PartNeeded, Source
from kb.site.addresses import Links
from kb.site.text import escaped, markdown_escaped

Names = Mapping[str, Mapping[str, str]]
"""Chinese names of codes, by vocabulary and code."""

SIGNALS = {
    "danger": ("危险", "DANGER"),
    "warning": ("警告", "WARNING"),
    "caution": ("小心", "CAUTION"),
    "notice": ("注意", "NOTICE"),
}
"""Signal words after ANSI Z535.6, gravest first."""
GRADES = {
    Grade.A: "厂家文件或源代码",
    Grade.B: "第三方资料，与厂家公布一致",
    Grade.K: "行业经验，未读到手册",
    Grade.D: "存疑",
}
CONFIDENCES = {
    Confidence.VALIDATED: "已按资料核对",
    Confidence.NOT_VALIDATED: "未经手册核对",
    Confidence.WIP: "编写中，未经手册核对",
    Confidence.ARCHIVED: "已归档",
}
WIDE = ("---", "hide: [navigation]", "---", "")
"""Front matter of a page without the column on the left, which would repeat the tabs."""
TYPES = {
    "alarm": "报警",
    "case": "故障案例",
    "guide": "技术指南",
    "checklist": "点检表",
    "course": "课程",
    "term": "术语",
}


def name_of(names: Names, vocabulary: str, code: str) -> str:
    """Return the Chinese name of a code, or the code where the vocabulary does not have it."""
    return names.get(vocabulary, {}).get(code, code)


def hazard_blocks(hazards: Sequence[Hazard] | str, links: Links) -> list[str]:
    """Return the safety blocks, gravest first; they stand before everything else on a page."""
    if isinstance(hazards, str) or not hazards:
        return []
    order = list(SIGNALS)
    lines = ["", '<section class="sb-hazards" aria-label="安全提示">']
    for hazard in sorted(hazards, key=lambda h: order.index(h.type)):
        word, english = SIGNALS[hazard.type]
        mark = "" if hazard.type == "notice" else '<span class="sb-triangle" aria-hidden="true">⚠</span> '
        lines += [
            f'<div class="sb-hazard sb-{hazard.type}">',
            f'<p class="sb-signal">{mark}{word} <span lang="en">{english}</span></p>',
            f'<p class="sb-what">{links.text(hazard.hazard)}</p>',
            f"<p><b>后果</b>{links.text(hazard.consequence)}</p>",
            f'<p class="sb-avoid"><b>避免</b>{links.text(hazard.avoid)}</p>',
            "</div>",
        ]
    return [*lines, "</section>", ""]


def badges(page: Page, more: Iterable[str] = ()) -> list[str]:
    """Return the line that says what kind of page this is and how far it may be trusted."""
    grades = sorted({source.grade for source in page.sources})
    told = f"依据 {'、'.join(grades)} 级" if grades else "无依据"
    parts = [
        f'<span class="sb-badge">{TYPES[page.type]}</span>',
        *(f'<span class="sb-badge">{escaped(text)}</span>' for text in more if text),
        f'<span class="sb-badge sb-{page.confidence.value}">{CONFIDENCES[page.confidence]}</span>',
        f'<span class="sb-badge" title="{escaped("；".join(f"{g} {GRADES[g]}" for g in grades))}">{told}</span>',
    ]
    return ["", f'<p class="sb-badges">{" ".join(parts)}</p>', ""]


def heading(page: Page) -> list[str]:
    """Return the page's title."""
    return [f"# {markdown_escaped(page.title)}", ""]


def english_title(page: Page) -> str:
    """Return the line with the page's English title."""
    return f'<p class="sb-english" lang="en">{escaped(page.title_en)}</p>'


def unverified_note(page: Page) -> list[str]:
    """Return the note that a page which nobody has checked against a manual must carry."""
    if page.confidence is Confidence.VALIDATED:
        return []
    return [
        "",
        f'<p class="sb-unverified" role="note"><b>{CONFIDENCES[page.confidence]}</b>'
        '<span lang="en">Not validated</span>使用前请对照本机厂家手册核实。</p>',
        "",
    ]


def facts_list(rows: Iterable[tuple[str, str]]) -> list[str]:
    """Return a list of label and value (HTML); rows without a value are left out."""
    filled = [(label, value) for label, value in rows if value]
    if not filled:
        return []
    lines = ["", '<dl class="sb-facts">']
    lines += [f"<div><dt>{escaped(label)}</dt><dd>{value}</dd></div>" for label, value in filled]
    return [*lines, "</dl>", ""]


def applies(applies_to: Sequence[AppliesTo], names: Names) -> str:
    """Return in words what a page is about; empty where it is about anything."""
    parts = []
    for group in applies_to:
        words = [name_of(names, "equipment_classes", code) for code in group.machine]
        words += [name_of(names, "controllers", code) for code in group.controller]
        words += [text for text in (group.drive, group.software) if text]
        if words:
            parts.append("、".join(words))
    return escaped("；".join(parts))


def part_words(parts: Sequence[PartNeeded]) -> str:
    """Return parts with number and quantity, as plain text."""
    words = []
    for part in parts:
        number = f"（{part.number}）" if part.number else ""
        instead = f"，可用 {'、'.join(part.alternatives)}" if part.alternatives else ""
        words.append(f"{part.name}{number} ×{part.qty}{instead}")
    return "；".join(words)


def bullets(items: Iterable[str], css_class: str) -> str:
    """Return an HTML list of plain texts; nothing where there are none."""
    entries = "".join(f"<li>{escaped(item)}</li>" for item in items)
    return f'<ul class="{css_class}">{entries}</ul>' if entries else ""


def link_section(title: str, pages: Sequence[Page], links: Links) -> list[str]:
    """Return a section that leads to other pages; nothing where there are none."""
    if not pages:
        return []
    lines = ["", f"## {title}", "", '<ul class="sb-links">']
    lines += [
        f'<li>{links.html(page.id)} <span class="sb-kind">{TYPES[page.type]}</span></li>' for page in pages
    ]
    return [*lines, "</ul>", ""]


def source_section(sources: Sequence[Source], facts: Sequence[str]) -> list[str]:
    """Return the closing section that says what a page rests on, with each source's grade."""
    if not sources and not facts:
        return []
    lines = ["", "## 依据", ""]
    if sources:
        lines.append('<ul class="sb-sources">')
        lines += [
            f'<li>{escaped(source.ref)} <span class="sb-badge sb-grade" title="{GRADES[source.grade]}">'
            f"{source.grade.value}</span> <small>{GRADES[source.grade]}</small></li>"
            for source in sources
        ]
        lines += ["</ul>", ""]
    if facts:
        codes = " ".join(f"<code>{escaped(fact)}</code>" for fact in facts)
        lines += [f'<p class="sb-fact-ids">资料编号 {codes}</p>', ""]
    return lines


def page_foot(page: Page) -> list[str]:
    """Return the line that says which state of the page this is."""
    parts = [
        f"编号 {page.id}",
        f"版次 {page.revision}",
        f"责任 {page.owner}",
        f"审核 {page.reviewed.isoformat()}",
        f"下次审核 {page.review_due.isoformat()}",
    ]
    # The question whether the page helped, put in by a script, asks about exactly this revision.
    about = f'data-page="{escaped(page.id)}" data-revision="{page.revision}"'
    return ["", f'<p class="sb-revision" {about}>{" · ".join(escaped(part) for part in parts)}</p>', ""]
