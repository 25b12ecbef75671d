"""Which Markdown pages make up the site, from the library and the manual. Pure: values in, texts out."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from posixpath import dirname, relpath

from kb.content.pages import (
    AlarmPage,
    CasePage,
    ChecklistPage,
    CoursePage,
    GuidePage,
    Page,
    Status,
    TermPage,
)
from kb.site.kinds import alarm_text, case_text, checklist_text, guide_text
from kb.site.markup import cell, table

SHOWN = frozenset({Status.RELEASED, Status.APPROVED})
"""Only these stand on the site; drafts and withdrawn pages are found in the files."""

FOLDERS: dict[type[Page], str] = {
    AlarmPage: "alarms",
    CasePage: "cases",
    GuidePage: "guides",
    ChecklistPage: "checklists",
    CoursePage: "courses",
    TermPage: "terms",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteInput:
    """What the site is made from.

    Args:
        pages: Library pages by id.
        bodies: The Markdown below each page's front matter, by id.
        names: Chinese names of vocabulary codes: equipment classes, controllers, subsystems, families.
        manual: Files of docs/ by path relative to it, as text.
    """

    pages: Mapping[str, Page]
    bodies: Mapping[str, str]
    names: Mapping[str, str]
    manual: Mapping[str, str]


def page_path(page: Page) -> str:
    """Return where a library page stands on the site, as a Markdown path; a term is an anchor of one page."""
    if isinstance(page, TermPage):
        return f"terms/index.md#{page.id.lower()}"
    folder = FOLDERS[type(page)]
    if isinstance(page, AlarmPage):
        folder = f"alarms/{page.family}"
    elif isinstance(page, CasePage) and page.component is not None:
        folder = f"cases/{page.component.subsystem.lower()}"
    return f"{folder}/{page.id.lower()}.md"


def page_address(page: Page) -> str:
    """Return the address of a page below the site's root, as MkDocs builds it."""
    path, _, anchor = page_path(page).partition("#")
    return path.removesuffix(".md") + ".html" + (f"#{anchor}" if anchor else "")


def site_pages(given: SiteInput) -> dict[str, str]:
    """Return the Markdown text of every page of the site by its path; the same input gives the same texts."""
    shown = {id_: page for id_, page in sorted(given.pages.items()) if page.status in SHOWN}
    texts: dict[str, str] = {}
    for id_, page in shown.items():
        if isinstance(page, TermPage):
            continue
        path = page_path(page)
        texts[path] = _page_text(page, given.bodies.get(id_, ""), _Linker(path, shown), dict(given.names))
    texts.update(_overviews(shown, given.names))
    texts["terms/index.md"] = _terms(shown)
    texts.update({f"docs/{path}": text for path, text in sorted(given.manual.items())})
    if "docs/index.md" not in texts:
        texts["docs/index.md"] = _manual_index(given.manual)
    texts["index.md"] = _front(shown)
    return texts


_BARE_ID = re.compile(
    r"\[[^\]]*\]\([^)]*\)|`[^`]*`|(?P<id>\b(?:ALM|CASE|GUIDE|CHK|COURSE|TERM)-[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*)"
)
"""A link, a piece of code (both left alone), or a page id in running text."""


class _Linker:
    """Writes links from one page to others by id; an id that is not on the site stays plain text."""

    def __init__(self, path: str, shown: Mapping[str, Page]) -> None:
        self.folder = dirname(path)
        self.shown = shown

    def __call__(self, id_: str) -> str:
        page = self.shown.get(id_)
        return self._link(page, page.title) if page else f"`{id_}`"

    def in_text(self, body: str) -> str:
        """Return `body` with each page id that stands in it made a link, outside links and code."""
        return _BARE_ID.sub(self._linked, body)

    def _linked(self, match: re.Match[str]) -> str:
        page = self.shown.get(match["id"] or "")
        return self._link(page, match["id"]) if page else match[0]

    def _link(self, page: Page, text: str) -> str:
        path, _, anchor = page_path(page).partition("#")
        target = relpath(path, self.folder or ".") + (f"#{anchor}" if anchor else "")
        return f"[{cell(text)}]({target})"


def _page_text(page: Page, body: str, link: _Linker, names: dict[str, str]) -> str:
    body = link.in_text(body)
    if isinstance(page, AlarmPage):
        lines = alarm_text(page, body, link, names)
    elif isinstance(page, CasePage):
        lines = case_text(page, body, link, names)
    elif isinstance(page, GuidePage):
        lines = guide_text(page, body, link, names)
    elif isinstance(page, ChecklistPage):
        lines = checklist_text(page, body, link, names)
    else:
        lines = [f"# {page.title}", "", page.summary, "", body]
    head = ["---", f"title: {_quoted(page.title)}", f"description: {_quoted(page.summary)}", "---", ""]
    return "\n".join([*head, *lines]).rstrip() + "\n"


def _quoted(text: str) -> str:
    return '"' + " ".join(text.replace("\\", "\\\\").replace('"', '\\"').split()) + '"'


def _list_line(page: Page, folder: str) -> tuple[str, str]:
    target = relpath(page_path(page), folder)
    return f"[{cell(page.title)}]({target})", page.summary


def _overviews(shown: Mapping[str, Page], names: Mapping[str, str]) -> dict[str, str]:
    alarms = _grouped((p.family, p) for p in shown.values() if isinstance(p, AlarmPage))
    cases = _grouped(
        (p.component.subsystem if p.component else "GEN", p)
        for p in shown.values()
        if isinstance(p, CasePage)
    )
    guides = _grouped((p.guide_type, p) for p in shown.values() if isinstance(p, GuidePage))
    checks = _grouped((p.level.value, p) for p in shown.values() if isinstance(p, ChecklistPage))
    return {
        "alarms/index.md": _overview("报警 Alarms", alarms, names, "alarms"),
        "cases/index.md": _overview("故障案例 Cases", cases, names, "cases"),
        "guides/index.md": _overview("技术指南 Guides", guides, GUIDE_TYPES, "guides"),
        "checklists/index.md": _overview("点检表 Checklists", checks, LEVELS, "checklists"),
    }


GUIDE_TYPES = {
    "installation": "安装",
    "commissioning": "调试验收",
    "operation": "操作",
    "inspection": "检查",
    "maintenance": "保养",
    "adjustment": "调整",
    "diagnosis": "诊断",
    "repair": "维修",
    "replacement": "更换",
}
LEVELS = {
    "shift": "每班",
    "weekly": "每周",
    "monthly": "每月",
    "quarterly": "每季度",
    "half_yearly": "每半年",
    "yearly": "每年",
    "by_hours": "按运行小时",
}


def _grouped(pairs: Iterable[tuple[str, Page]]) -> dict[str, list[Page]]:
    groups: dict[str, list[Page]] = {}
    for key, page in pairs:
        groups.setdefault(key, []).append(page)
    return groups


def _overview(title: str, groups: Mapping[str, list[Page]], names: Mapping[str, str], folder: str) -> str:
    order = list(names)
    lines = [f"# {title}", ""]
    if not groups:
        lines.append("还没有资料页。")
    for key in sorted(groups, key=lambda k: (order.index(k) if k in order else len(order), k)):
        lines += [
            f"## {names.get(key, key)}",
            *table(("资料", "摘要"), (_list_line(p, folder) for p in groups[key])),
        ]
    return "\n".join(lines) + "\n"


def _terms(shown: Mapping[str, Page]) -> str:
    lines = ["# 术语 Terms", ""]
    for page in shown.values():
        if not isinstance(page, TermPage):
            continue
        lines += [
            f"### {cell(page.preferred.zh)} · {cell(page.preferred.en)} {{ #{page.id.lower()} }}",
            "",
            page.definition,
            "",
        ]
        if page.alt:
            lines += ["也叫：" + "、".join(page.alt), ""]
        if page.deprecated:
            lines += ["不再使用：" + "、".join(page.deprecated), ""]
    return "\n".join(lines) + "\n"


def _manual_index(manual: Mapping[str, str]) -> str:
    lines = ["# Documentation", "", "How the product is built and used, in English.", ""]
    for path, text in sorted(manual.items()):
        title = next((line[2:] for line in text.splitlines() if line.startswith("# ")), path)
        lines.append(f"- [{cell(title)}]({path})")
    return "\n".join(lines) + "\n"


def _front(shown: Mapping[str, Page]) -> str:
    counts = {label: sum(1 for p in shown.values() if isinstance(p, kind)) for kind, label in COUNTED}
    lines = [
        "# 维保智库",
        "",
        "数控机床与数显装置的故障案例、技术指南与点检表。先看危险提示，再动手。",
        *table(
            ("内容", "页数"),
            ((f"[{label}]({FOLDERS[kind]}/index.md)", counts[label]) for kind, label in COUNTED),
        ),
    ]
    return "\n".join(lines) + "\n"


COUNTED: tuple[tuple[type[Page], str], ...] = (
    (AlarmPage, "报警"),
    (CasePage, "故障案例"),
    (GuidePage, "技术指南"),
    (ChecklistPage, "点检表"),
    (TermPage, "术语"),
)
