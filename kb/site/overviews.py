"""The pages that lead to pages: one overview a kind, grouped and in natural order, and the front page."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from kb.content.names import GUIDE_TYPES, SKILLS
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
from kb.site.families import ControllerFamily, family_links, front_section
from kb.site.markup import CONFIDENCES, WIDE, Names, name_of
from kb.site.order import grouped, natural, prefix_of
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


def overviews(
    shown: Mapping[str, Page], names: Names, families: Mapping[str, ControllerFamily]
) -> dict[str, str]:
    """Return the overview pages by path.

    Args:
        shown: Pages on the site by id.
        names: Chinese names of codes.
        families: Controller families that have a page.
    """
    pages = list(shown.values())
    alarms = [p for p in pages if isinstance(p, AlarmPage)]
    cases = [p for p in pages if isinstance(p, CasePage)]
    guides = [p for p in pages if isinstance(p, GuidePage)]
    checklists = [p for p in pages if isinstance(p, ChecklistPage)]
    courses = [p for p in pages if isinstance(p, CoursePage)]
    found = {
        **_alarm_overviews(alarms, shown, names, families),
        "cases/index.md": _overview(
            "故障案例 Cases",
            grouped(cases, subsystem_of, names.get("subsystems", {})),
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
            grouped(guides, lambda p: p.guide_type, GUIDE_TYPES),
            "guides/index.md",
            shown,
            order=lambda p: natural(p.id),
            told=lambda p: [f"约 {p.time_minutes} 分钟", SKILLS[p.skill_level]],
        ),
        "checklists/index.md": _overview(
            "点检表 Checklists",
            _by_class(checklists, names),
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
            grouped(courses, lambda p: p.audience_level, {}),
            "courses/index.md",
            shown,
            order=lambda p: natural(p.id),
            told=lambda p: [f"约 {p.duration_minutes} 分钟"],
        )
    return found


def _alarm_overviews(
    alarms: Iterable[AlarmPage],
    shown: Mapping[str, Page],
    names: Names,
    families: Mapping[str, ControllerFamily],
) -> dict[str, str]:
    """Return the index of all codes, and for each family the list of its alarms with what they mean.

    A control has hundreds of alarms: who has a code in front of him finds it among codes, not among sentences.
    """
    path = "alarms/index.md"
    links = Links(path, shown, {})
    lines = [*WIDE, "# 报警 Alarms", ""]
    found: dict[str, str] = {}
    groups = grouped(alarms, lambda p: p.family, {code: code for code in names.get("alarm_families", {})})
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
            f'<p><a href="{escaped(links.href(own))}">{len(pages)} 个报警的含义</a>{_systems(pages, families, links)}</p>',
            "",
            f'<nav class="sb-codes" aria-label="{escaped(name)}">{codes}</nav>',
            "",
        ]
        found[own] = _overview(
            f"{markdown_escaped(name)} 报警",
            grouped(pages, prefix_of, {}),
            own,
            shown,
            order=lambda p: natural(p.code),
            mark=lambda p: "" if p.code in p.title else p.code,
            told=lambda p: [f"{p.severity} {name_of(names, 'severities', p.severity)}"],
        )
    if not found:
        lines.append("还没有资料页。")
    return {path: "\n".join(lines) + "\n", **found}


def _systems(alarms: Iterable[AlarmPage], families: Mapping[str, ControllerFamily], links: Links) -> str:
    """Return the way to the controls that show these alarms, in the order of the vocabulary."""
    named = {code for page in alarms for group in page.applies_to for code in group.controller}
    linked = family_links([code for code in families if code in named], families, links)
    return f" · 系统：{linked}" if linked else ""


def _by_class(pages: Iterable[ChecklistPage], names: Names) -> dict[str, list[ChecklistPage]]:
    """Return checklists under every class of equipment that they hold for: an inspection needs all of them."""
    found: dict[str, list[ChecklistPage]] = {}
    listed = list(pages)
    named = {code for page in listed for group in page.applies_to for code in group.machine}
    classes = names.get("equipment_classes", {})
    for code in [*classes, *sorted(named - set(classes))]:
        if code in named:
            found[classes.get(code, code)] = [
                page for page in listed if any(code in group.machine for group in page.applies_to)
            ]
    anywhere = [page for page in listed if not any(group.machine for group in page.applies_to)]
    return {**found, "所有设备": anywhere} if anywhere else found


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


def front_text(shown: Mapping[str, Page], families: Mapping[str, ControllerFamily]) -> str:
    """Return the front page: what there is, how much of it, and the way in by control."""
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
        *front_section(families, Links("index.md", shown, {})),
    ]
    return "\n".join(lines) + "\n"
