"""How each kind of library page reads on the site: hazards first, then what is needed, in order."""

from kb.content.pages import AlarmPage, CasePage, ChecklistItem, ChecklistPage, GuidePage, Page, PartNeeded
from kb.site.markup import (
    Link,
    applies,
    cell,
    confidence_note,
    hazard_blocks,
    related_lines,
    source_lines,
    table,
)

SEVERITIES = {"S1": "S1 有伤人风险", "S2": "S2 停机", "S3": "S3 降级或废品", "S4": "S4 轻微影响"}
DIFFICULTIES = {"easy": "容易", "moderate": "中等", "difficult": "困难"}
SKILLS = {
    "operator": "操作者",
    "electrician": "电工",
    "mechanic": "机修工",
    "service_engineer": "服务工程师",
    "specialist": "专家",
}


def _head(page: Page) -> list[str]:
    return [
        f"# {page.title}",
        "",
        f"*{page.title_en}*",
        "",
        page.summary,
        *hazard_blocks(page.hazards),
        *confidence_note(page),
    ]


def _tail(page: Page, link: Link) -> list[str]:
    foot = f"版次 {page.revision}，审核 {page.reviewed}，下次审核 {page.review_due}。"
    return [*related_lines(page.related, link), *source_lines(page.sources, page.facts), "", foot]


def _facts(rows: list[tuple[str, str]]) -> list[str]:
    return table(("项目", "内容"), [(label, value) for label, value in rows if value])


def _subsystem(page: Page, names: dict[str, str]) -> str:
    return names.get(page.component.subsystem, page.component.subsystem) if page.component else ""


def _parts(parts: tuple[PartNeeded, ...]) -> str:
    return "、".join(
        f"{part.name}{f'（{part.number}）' if part.number else ''} ×{part.qty}" for part in parts
    )


def alarm_text(page: AlarmPage, body: str, link: Link, names: dict[str, str]) -> list[str]:
    """Return the lines of an alarm page."""
    lines = [
        *_head(page),
        *_facts(
            [
                ("报警号", f"`{page.code}`" if "`" not in page.code else page.code),
                ("含义", page.text.zh),
                ("英文", page.text.en),
                ("系统", names.get(page.family, page.family)),
                ("其它写法", "、".join(page.aliases)),
                ("子系统", _subsystem(page, names)),
                ("适用", applies(page.applies_to, names)),
                ("机床反应", page.reaction or ""),
                ("清除方式", page.continuation or ""),
                ("严重度", SEVERITIES[page.severity]),
            ]
        ),
        "## 说明",
        "",
        page.explanation,
    ]
    if page.remedy:
        unchecked = "" if page.remedy_confidence == "validated" else "（处理方法未经手册核对）"
        lines += [
            "",
            f"## 检查与处理{unchecked}",
            "",
            *(f"{n}. {step}" for n, step in enumerate(page.remedy, 1)),
        ]
    return [*lines, "", body.strip(), *_tail(page, link)]


def case_text(page: CasePage, body: str, link: Link, names: dict[str, str]) -> list[str]:
    """Return the lines of a case page: symptom, ranked causes, then the story."""
    alarms = "、".join(alarm.shown or alarm.code for alarm in page.alarms)
    lines = [
        *_head(page),
        *_facts(
            [
                ("现象", page.symptom),
                ("报警", alarms),
                ("子系统", _subsystem(page, names)),
                ("适用", applies(page.applies_to, names)),
                ("出现条件", page.context.when or ""),
                ("频度", page.context.frequency or ""),
                ("此前改动", page.context.changed or ""),
                ("临时措施", page.containment or ""),
                ("严重度", SEVERITIES[page.severity]),
            ]
        ),
    ]
    if page.solutions:
        rows = [
            (
                number,
                s.cause.text,
                s.check,
                s.remedy.text + (f" → {link(s.remedy.guide)}" if s.remedy.guide else ""),
                _parts(s.parts),
            )
            for number, s in enumerate(page.solutions, 1)
        ]
        lines += ["## 原因与处理一览", *table(("序", "原因", "检查", "处理", "备件"), rows)]
    lines += ["", body.strip()]
    if page.verification and "## 验证" not in body:
        lines += ["", "## 验证", "", page.verification]
    if page.prevention and "## 预防" not in body:
        lines += ["", "## 预防", "", page.prevention]
    return [*lines, *_tail(page, link)]


def guide_text(page: GuidePage, body: str, link: Link, names: dict[str, str]) -> list[str]:
    """Return the lines of a guide: what to bring, then the steps."""
    lines = [
        *_head(page),
        *_facts(
            [
                ("适用", applies(page.applies_to, names)),
                ("子系统", _subsystem(page, names)),
                ("难度", DIFFICULTIES[page.difficulty]),
                ("人员", f"{SKILLS[page.skill_level]}，{page.people} 人"),
                ("时间", f"约 {page.time_minutes} 分钟"),
                ("停机", f"约 {page.downtime_minutes} 分钟" if page.downtime_minutes else ""),
                ("周期", page.interval or ""),
                ("前提", "；".join(page.prerequisites)),
                ("工具", "、".join(page.tools)),
                ("耗材", "、".join(page.supplies)),
                ("备件", _parts(page.parts)),
            ]
        ),
    ]
    return [*lines, "", body.strip(), *_tail(page, link)]


def checklist_text(page: ChecklistPage, body: str, link: Link, names: dict[str, str]) -> list[str]:
    """Return the lines of a checklist with boxes to tick on paper."""
    total = sum(item.minutes for item in page.items)
    rows = [
        ("☐", item.id, item.text, _criterion(item), "、".join(item.tools), item.minutes, item.grade.value)
        for item in page.items
    ]
    lines = [
        *_head(page),
        *_facts([("适用", applies(page.applies_to, names)), ("项目", f"{len(rows)} 项，约 {total} 分钟")]),
        body.strip(),
        "## 项目",
        *table(("", "编号", "内容", "标准", "工具", "分钟", "依据等级"), rows),
        "标“参考起始值”的数字不是验收界限；机床厂家手册优先。",
    ]
    return [*lines, *_tail(page, link)]


def _criterion(item: ChecklistItem) -> str:
    words = [cell(item.criterion)] if item.criterion else []
    unit = f" {item.unit}" if item.unit else ""
    if item.lower is not None or item.upper is not None:
        words.append(f"界限 {_range(item.lower, item.upper)}{unit}")
    if item.warn_lower is not None or item.warn_upper is not None:
        label = "参考起始值" if item.typical else "提醒"
        words.append(f"{label} {_range(item.warn_lower, item.warn_upper)}{unit}")
    return "；".join(words)


def _range(lower: float | None, upper: float | None) -> str:
    if lower is None:
        return f"≤ {upper:g}"
    if upper is None:
        return f"≥ {lower:g}"
    return f"{lower:g}–{upper:g}"
