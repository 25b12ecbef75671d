"""The pages that lead to pages: one overview a kind, grouped and in natural order, and the front page."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from kb.content.pages import (
    AlarmPage,
    CasePage,
    ChecklistPage,
    Confidence,
    CoursePage,
    GuidePage,
    Page,
    TermPage,
)
from kb.site.addresses import FOLDERS, Links, family_path, page_path, subsystem_of
from kb.site.kinds import GUIDE_TYPES, SKILLS
from kb.site.markup import CONFIDENCES, WIDE, Names, name_of
from kb.site.text import escaped, markdown_escaped

COUNTED: tuple[tuple[type[Page], str, str], ...] = (
    (AlarmPage, "报警", "按屏幕上的报警号查含义和先查什么"),
    (CasePage, "故障案例", "按现象找原因，最可能的在前"),
    (GuidePage, "技术指南", "安装、调试、检查、维修的步骤"),
    (ChecklistPage, "点检表", "每班到每年，可打印打勾"),
    (CoursePage, "课程", "由资料页编成的培训"),
    (TermPage, "术语", "中英文名、别名、释义"),
)
_P = TypeVar("_P", bound=Page)
_NUMBER = re.compile(r"(\d+)")


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts numbers inside a text by value: `PS2` before `PS10`."""
    parts = _NUMBER.split(text.casefold())
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part)


def overviews(shown: Mapping[str, Page], names: Names) -> dict[str, str]:
    """Return the overview pages by path."""
    pages = list(shown.values())
    alarms = [p for p in pages if isinstance(p, AlarmPage)]
    cases = [p for p in pages if isinstance(p, CasePage)]
    guides = [p for p in pages if isinstance(p, GuidePage)]
    checklists = [p for p in pages if isinstance(p, ChecklistPage)]
    courses = [p for p in pages if isinstance(p, CoursePage)]
    found = {
        **_alarm_overviews(alarms, shown, names),
        "cases/index.md": _overview(
            "故障案例 Cases",
            _grouped(cases, subsystem_of, names.get("subsystems", {})),
            "cases/index.md",
            shown,
            order=lambda p: natural(p.id),
            told=lambda p: [
                f"{p.severity} {name_of(names, 'severities', p.severity)}",
                "、".join(dict.fromkeys(alarm.code for alarm in p.alarms)),
            ],
        ),
        "guides/index.md": _overview(
            "技术指南 Guides",
            _grouped(guides, lambda p: p.guide_type, GUIDE_TYPES),
            "guides/index.md",
            shown,
            order=lambda p: natural(p.id),
            told=lambda p: [f"约 {p.time_minutes} 分钟", SKILLS[p.skill_level]],
        ),
        "checklists/index.md": _overview(
            "点检表 Checklists",
            _grouped(checklists, lambda p: _machines(p, names), {}),
            "checklists/index.md",
            shown,
            order=lambda p: [*names.get("levels", {}), p.level.value].index(p.level.value),
            told=lambda p: [
                name_of(names, "levels", p.level.value),
                f"{len(p.items)} 项，约 {sum(item.minutes for item in p.items)} 分钟",
            ],
        ),
    }
    if courses:
        found["courses/index.md"] = _overview(
            "课程 Courses",
            _grouped(courses, lambda p: p.audience_level, {}),
            "courses/index.md",
            shown,
            order=lambda p: natural(p.id),
            told=lambda p: [f"约 {p.duration_minutes} 分钟"],
        )
    return found


def _alarm_overviews(alarms: Iterable[AlarmPage], shown: Mapping[str, Page], names: Names) -> dict[str, str]:
    """Return the index of all codes, and for each family the list of its alarms with what they mean.

    A control has hundreds of alarms: who has a code in front of him finds it among codes, not among sentences.
    """
    path = "alarms/index.md"
    links = Links(path, shown, {})
    lines = [*WIDE, "# 报警 Alarms", ""]
    families = names.get("alarm_families", {})
    found: dict[str, str] = {}
    groups = _grouped(alarms, lambda p: p.family, {code: code for code in families})
    lines += _jumps(
        (family.lower(), name_of(names, "alarm_families", family), len(pages))
        for family, pages in groups.items()
    )
    for family, pages in groups.items():
        name = name_of(names, "alarm_families", family)
        own = family_path(pages[0])
        codes = "".join(
            f'<a href="{escaped(links.href(page_path(page)))}" title="{escaped(page.title)}">{escaped(page.code)}</a>'
            for page in sorted(pages, key=lambda p: (natural(p.code), p.id))
        )
        lines += [
            f"## {markdown_escaped(name)} {{: #{family.lower()} }}",
            "",
            f'<p><a href="{escaped(links.href(own))}">{len(pages)} 个报警的含义</a></p>',
            "",
            f'<nav class="sb-codes" aria-label="{escaped(name)}">{codes}</nav>',
            "",
        ]
        found[own] = _overview(
            f"{markdown_escaped(name)} 报警",
            _grouped(pages, prefix_of, {}),
            own,
            shown,
            order=lambda p: natural(p.code),
            mark=lambda p: "" if p.code in p.title else p.code,
            told=lambda p: [f"{p.severity} {name_of(names, 'severities', p.severity)}"],
        )
    if not found:
        lines.append("还没有资料页。")
    return {path: "\n".join(lines) + "\n", **found}


def prefix_of(page: AlarmPage) -> str:
    """Return what the alarms of a family are told apart by: the letters before the number (`SV`, `SP`)."""
    letters = re.match(r"[A-Za-z]+(?=[\d.-])", page.code)
    return letters[0].upper() if letters else "按编号"


def _machines(page: Page, names: Names) -> str:
    codes = dict.fromkeys(code for group in page.applies_to for code in group.machine)
    return "、".join(name_of(names, "equipment_classes", code) for code in codes) or "所有设备"


def _grouped(pages: Iterable[_P], key: Callable[[_P], str], names: Mapping[str, str]) -> dict[str, list[_P]]:
    """Return pages by the name of their group, groups in the order of the vocabulary."""
    groups: dict[str, list[_P]] = {}
    for page in pages:
        groups.setdefault(key(page), []).append(page)
    order = {code: place for place, code in enumerate(names)}
    return {
        names.get(code, code): groups[code]
        for code in sorted(groups, key=lambda c: (order.get(c, len(order)), c))
    }


def _overview(
    title: str,
    groups: Mapping[str, list[_P]],
    path: str,
    shown: Mapping[str, Page],
    *,
    order: Callable[[_P], object],
    told: Callable[[_P], list[str]],
    mark: Callable[[_P], str] | None = None,
) -> str:
    """Return an overview.

    Args:
        title: Its heading.
        groups: Pages by the name of their group.
        path: Where the overview stands.
        shown: Pages on the site by id.
        order: Key that sorts the pages of a group.
        told: Further words on a page, empty ones are left out.
        mark: What a page is recognised by, before its title; None for nothing.
    """
    links = Links(path, shown, {})
    lines = [*WIDE, f"# {title}", ""]
    if not groups:
        return "\n".join([*lines, "还没有资料页。", ""])
    lines += _jumps((f"group-{place}", name, len(groups[name])) for place, name in enumerate(groups, 1))
    for place, (name, pages) in enumerate(groups.items(), 1):
        lines += [f"## {markdown_escaped(name)} {{: #group-{place} }}", "", '<ul class="sb-list">']
        for page in sorted(pages, key=lambda p: (order(p), p.id)):
            lines.append(_entry(page, links, mark(page) if mark else "", told(page)))
        lines += ["</ul>", ""]
    return "\n".join(lines) + "\n"


def _jumps(groups: Iterable[tuple[str, str, int]]) -> list[str]:
    """Return the way to each group, by anchor, name and number of pages; nothing for a single group."""
    entries = [
        f'<a href="#{anchor}">{escaped(name)} <small>{count}</small></a>' for anchor, name, count in groups
    ]
    if len(entries) < 2:
        return []
    return [f'<nav class="sb-letters sb-groups" aria-label="分组">{"".join(entries)}</nav>', ""]


def _entry(page: Page, links: Links, mark: str, told: Iterable[str]) -> str:
    code = f'<code class="sb-mark">{escaped(mark)}</code> ' if mark else ""
    words = [escaped(text) for text in told if text]
    if page.confidence is not Confidence.VALIDATED:
        words.append(f'<span class="sb-badge sb-not_validated">{CONFIDENCES[page.confidence]}</span>')
    href = escaped(links.href(page_path(page)))
    return (
        f'<li><a href="{href}">{code}<strong>{escaped(page.title)}</strong></a>'
        f'<span class="sb-about">{escaped(page.summary)}</span>'
        f'<span class="sb-told">{" · ".join(words)}</span></li>'
    )


def front_text(shown: Mapping[str, Page]) -> str:
    """Return the front page: what there is, and how much of it."""
    tiles = []
    for kind, label, about in COUNTED:
        count = sum(isinstance(page, kind) for page in shown.values())
        if count or kind is not CoursePage:
            tiles.append(
                f'<a class="sb-tile" href="{FOLDERS[kind]}/index.html"><strong>{label}</strong>'
                f'<span class="sb-count">{count}</span><span>{about}</span></a>'
            )
    lines = [
        *WIDE,
        "# 维保智库",
        "",
        '<p class="sb-summary">数控机床与数显装置的故障案例、技术指南与点检表。先看危险提示，再动手。</p>',
        "",
        '<section class="sb-hazards" aria-label="安全提示">',
        '<div class="sb-hazard sb-danger">',
        '<p class="sb-signal"><span class="sb-triangle" aria-hidden="true">⚠</span> 危险 <span lang="en">DANGER</span></p>',
        '<p class="sb-what">急停不是隔离。开柜、拆电机、进机床内部之前：断开、上锁、放掉余能、验电，再试一次起动。</p>',
        "</div>",
        "</section>",
        "",
        f'<div class="sb-tiles">{"".join(tiles)}</div>',
    ]
    return "\n".join(lines) + "\n"
