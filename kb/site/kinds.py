"""How alarms, cases and guides read on the site: hazards first, then what to do, in order."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from kb.content.names import DIFFICULTIES, GUIDE_TYPES, RESPONSIBLE, SKILLS
from kb.content.pages import AlarmPage, AppliesTo, CasePage, CoursePage, GuidePage, Page, Solution
from kb.site.addresses import Links, family_path
from kb.site.backlinks import Backlinks, alarms_shown
from kb.site.families import ControllerFamily, family_links
from kb.site.markup import (
    Names,
    applies,
    badges,
    bullets,
    english_title,
    facts_list,
    hazard_blocks,
    heading,
    link_section,
    name_of,
    page_foot,
    part_words,
    source_section,
    unverified_note,
)
from kb.site.text import escaped

LONG_CODE = 14
"""Codes of more characters are messages (LinuxCNC) and stand in smaller letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a page is written with: the names of codes, its links, the ways back to it, the controls with a page."""

    names: Names
    links: Links
    back: Backlinks
    families: Mapping[str, ControllerFamily] = field(default_factory=dict)


def head(page: Page, around: Around, *, plate: str = "", more: tuple[str, ...] = ()) -> list[str]:
    """Return what every page begins with: title, hazards before everything else, what it is, its summary.

    Args:
        page: The page.
        around: Its surroundings.
        plate: HTML that identifies the page in place of the English title: the code of an alarm.
        more: Further words on what kind of page it is.
    """
    return [
        *heading(page),
        plate or english_title(page),
        "",
        *hazard_blocks(page.hazards, around.links),
        *badges(page, more),
        *unverified_note(page),
        f'<p class="sb-summary">{around.links.text(page.summary)}</p>',
        "",
    ]


def tail(page: Page, around: Around, *, told: Mapping[str, tuple[str, ...]] | None = None) -> list[str]:
    """Return what every page ends with: ways onward and back, sources, revision.

    Args:
        page: The page.
        around: Its surroundings.
        told: Ids of further pages that lead here, by the section's title; not repeated under 相关.
    """
    links = around.links
    lines: list[str] = []
    seen = {page.id}
    for title, ids in (told or {}).items():
        found = [p for p in map(links.page, ids) if p is not None]
        lines += link_section(title, found, links)
        seen.update(ids)
    near = dict.fromkeys([*page.related, *around.back.named_by.get(page.id, ())])
    related = [p for id_ in near if id_ not in seen and (p := links.page(id_)) is not None]
    lines += link_section("相关资料", related, links)
    return [*lines, *source_section(page.sources, page.facts), *page_foot(page)]


def alarm_text(page: AlarmPage, body: list[str], around: Around) -> list[str]:
    """Return the lines of an alarm page: the code as it stands on the screen, its meaning, what to check."""
    severity = f"{page.severity} {name_of(around.names, 'severities', page.severity)}"
    family = name_of(around.names, "alarm_families", page.family)
    up = escaped(around.links.href(family_path(page)))
    plate = (
        f'<div class="sb-plate"><a class="sb-family" href="{up}">{escaped(family)}</a>'
        f'<strong class="sb-code{" sb-long" if len(page.code) > LONG_CODE else ""}">{escaped(page.code)}</strong>'
        f'<span class="sb-meaning">{escaped(page.text.zh)}</span>'
        f'<span class="sb-meaning-en" lang="en">{escaped(page.text.en)}</span></div>'
    )
    lines = [
        *head(page, around, plate=plate, more=(severity,)),
        "## 说明",
        "",
        f"<p>{around.links.text(page.explanation)}</p>",
        "",
    ]
    if page.remedy:
        unchecked = "" if page.remedy_confidence == "validated" else "（未经手册核对）"
        steps = "".join(f"<li>{around.links.text(step)}</li>" for step in page.remedy)
        lines += [f"## 检查与处理{unchecked}", "", f'<ol class="sb-checks">{steps}</ol>', ""]
    lines += body
    lines += facts_list(
        [
            ("机床反应", around.links.text(page.reaction or "")),
            ("清除方式", around.links.text(page.continuation or "")),
            ("其它写法", "、".join(f"<code>{escaped(alias)}</code>" for alias in page.aliases)),
            ("子代码", "、".join(f"<code>{escaped(code)}</code>" for code in page.subcodes)),
            ("系列", escaped("、".join(page.series))),
            ("类别", escaped(page.alarm_class or "")),
            ("子系统", _component(page, around)),
            ("系统", _systems(page, around)),
            ("适用", applies(_without_systems(page, around), around.names)),
        ]
    )
    cases = around.back.cases_with_alarm.get(page.id, ())
    return [*lines, *tail(page, around, told={"出现本报警的案例": cases})]


def case_text(page: CasePage, body: list[str], around: Around) -> list[str]:
    """Return the lines of a case page: symptom, causes likeliest first, then the story."""
    severity = f"{page.severity} {name_of(around.names, 'severities', page.severity)}"
    alarms = around.back.alarms_of_case.get(page.id, ())
    lines = [
        *head(page, around, more=(severity,)),
        *facts_list(
            [
                ("现象", around.links.text(page.symptom)),
                ("屏幕报警", _alarms(page, around)),
                ("临时措施", around.links.text(page.containment or "")),
            ]
        ),
    ]
    if page.solutions:
        lines += ["## 原因与处理（最可能的在前）", "", '<ol class="sb-causes">']
        lines += [_cause(solution, around) for solution in page.solutions]
        lines += ["</ol>", ""]
    if page.verification and "## 验证" not in "\n".join(body):
        lines += ["## 验证", "", f"<p>{around.links.text(page.verification)}</p>", ""]
    if page.prevention and "## 预防" not in "\n".join(body):
        lines += ["## 预防", "", f"<p>{around.links.text(page.prevention)}</p>", ""]
    lines += ["", *body]
    lines += facts_list(
        [
            ("系统", _systems(page, around)),
            ("适用", applies(_without_systems(page, around), around.names)),
            ("子系统", _component(page, around)),
            ("故障模式", escaped(name_of(around.names, "failure_modes", page.failure_mode))),
            ("出现条件", around.links.text(page.context.when or "")),
            ("频度", around.links.text(page.context.frequency or "")),
            ("此前改动", around.links.text(page.context.changed or "")),
        ]
    )
    return [*lines, *tail(page, around, told={"报警说明": alarms})]


def guide_text(page: GuidePage, body: list[str], around: Around) -> list[str]:
    """Return the lines of a guide: what to bring, then the steps."""
    lines = [
        *head(page, around, more=(GUIDE_TYPES[page.guide_type],)),
        *facts_list(
            [
                ("系统", _systems(page, around)),
                ("适用", applies(_without_systems(page, around), around.names)),
                ("子系统", _component(page, around)),
                ("难度", DIFFICULTIES[page.difficulty]),
                ("人员", f"{SKILLS[page.skill_level]}，{page.people} 人"),
                ("时间", f"约 {page.time_minutes} 分钟"),
                ("停机", f"约 {page.downtime_minutes} 分钟" if page.downtime_minutes else ""),
                ("周期", around.links.text(page.interval or "")),
                ("前提", bullets(page.prerequisites, "sb-tick")),
                ("工具", bullets(page.tools, "sb-tick")),
                ("耗材", bullets(page.supplies, "sb-tick")),
                ("备件", escaped(part_words(page.parts))),
            ]
        ),
    ]
    cases = around.back.cases_with_remedy.get(page.id, ())
    return [*lines, *body, *tail(page, around, told={"用到本指南的案例": cases})]


def course_text(page: CoursePage, body: list[str], around: Around) -> list[str]:
    """Return the lines of a course page: what it teaches and from which pages."""
    built_from = [p for source in page.built_from if (p := around.links.page(source.id)) is not None]
    lines = [
        *head(page, around),
        *facts_list(
            [
                ("目标", bullets(page.objectives, "sb-tick")),
                ("对象", escaped(page.audience_level)),
                ("时间", f"约 {page.duration_minutes} 分钟"),
                ("及格", f"{page.pass_mark} 分"),
            ]
        ),
    ]
    shown = _slides_as_sections(body)
    return [*lines, *shown, *link_section("取材", built_from, around.links), *tail(page, around)]


_SLIDE_HEADING = re.compile(r"^(#{1,3}) (.+?)(?:\s*(?:\{|&#123;)(?:\s*\.[a-z_]+)+\s*(?:\}|&#125;))?\s*$")
"""A heading of a course's body, with its layout; the braces come as they are or already made harmless."""
_FENCE = re.compile(r"^ *(?:`{3}|~{3})")


def _slides_as_sections(body: list[str]) -> list[str]:
    """Return a course's body with its headings one step deeper and without layouts: a page has one main heading."""
    out, is_code = [], False
    for line in body:
        is_code ^= _FENCE.match(line) is not None
        heading = None if is_code else _SLIDE_HEADING.match(line)
        out.append(f"#{heading[1]} {heading[2]}" if heading else line)
    return out


def _cause(solution: Solution, around: Around) -> str:
    links = around.links
    guide = f"<br>做法：{links.html(solution.remedy.guide)}" if solution.remedy.guide else ""
    parameters = "；".join(
        f"{p.number}{f' {p.axis}' if p.axis else ''}"
        + (f"：{p.before or '?'} → {p.after or '?'}" if p.before or p.after else "")
        for p in solution.parameters
    )
    rows = [
        ("检查", links.text(solution.check)),
        ("处理", links.text(solution.remedy.text) + guide),
        ("备件", escaped(part_words(solution.parts))),
        ("参数", escaped(parameters)),
        ("用时", f"约 {solution.time_minutes} 分钟" if solution.time_minutes else ""),
        ("由谁", RESPONSIBLE[solution.remedy.responsible]),
        ("为何没早发现", links.text(solution.cause.escape or "")),
    ]
    told = "".join(f"<div><dt>{label}</dt><dd>{value}</dd></div>" for label, value in rows if value)
    kinds = [name_of(around.names, "causes", solution.cause.code)]
    if solution.cause.mechanism:
        kinds.append(name_of(around.names, "mechanisms", solution.cause.mechanism))
    return (
        f'<li><p class="sb-cause">{links.text(solution.cause.text)} '
        f'<span class="sb-kind">{escaped(" · ".join(kinds))}</span></p><dl class="sb-facts">{told}</dl></li>'
    )


def _alarms(page: CasePage, around: Around) -> str:
    shown = []
    for alarm in page.alarms:
        code = f"<code>{escaped(alarm.code)}</code>"
        ids = alarms_shown(alarm, around.back.by_spelling)
        if ids:
            code = around.links.html(ids[0], alarm.code)
        axis = f"（{escaped(alarm.axis)}{' 轴' if alarm.axis.isascii() else ''}）" if alarm.axis else ""
        text = f" {escaped(alarm.shown)}" if alarm.shown and alarm.shown != alarm.code else ""
        shown.append(code + text + axis)
    return "、".join(shown)


def _systems(page: Page, around: Around) -> str:
    """Return links to the pages of the controls that a page names."""
    codes = [code for group in page.applies_to for code in group.controller]
    return family_links(codes, around.families, around.links)


def _without_systems(page: Page, around: Around) -> tuple[AppliesTo, ...]:
    """Return what a page is about besides the controls that are linked to already."""
    return tuple(
        group.model_copy(
            update={"controller": tuple(code for code in group.controller if code not in around.families)}
        )
        for group in page.applies_to
    )


def _component(page: Page, around: Around) -> str:
    if page.component is None:
        return ""
    return escaped(name_of(around.names, "subsystems", page.component.subsystem))
