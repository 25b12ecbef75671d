"""Words that a printed library page uses for codes, trust, limits and parts: Chinese, as the page itself is."""

from collections.abc import Sequence

from kb.content import Vocabularies
from kb.content.pages import AppliesTo, ChecklistItem, Confidence, Grade, Page, PartNeeded
from kb.export.document import Signal

TYPES = {
    "alarm": "报警",
    "case": "故障案例",
    "guide": "技术指南",
    "checklist": "点检表",
    "course": "课程",
    "term": "术语",
}
SIGNALS = {
    Signal.DANGER: "危险 DANGER",
    Signal.WARNING: "警告 WARNING",
    Signal.CAUTION: "小心 CAUTION",
    Signal.NOTICE: "注意 NOTICE",
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
STATUSES = {
    "in_preparation": "编写中",
    "in_review": "审核中",
    "approved": "已批准",
    "released": "已发布",
    "withdrawn": "已撤回",
}
AUDIENCES = {"internal": "内部资料", "partner": "合作方资料", "customer": ""}
"""Whom a page is for, at the head of every sheet: what is internal shall not be handed to a customer unseen."""
RECORDS = {"measure": "读数", "choice": "选项", "text": "记录", "photo": "照片", "pass_fail": ""}


def grades_told(page: Page) -> str:
    """Return in words what a page rests on."""
    grades = sorted({source.grade for source in page.sources})
    return "、".join(f"{grade.value} 级（{GRADES[grade]}）" for grade in grades) or "无依据"


def applies(groups: Sequence[AppliesTo], vocabularies: Vocabularies) -> str:
    """Return in words what a page is about; empty where it is about anything."""
    parts = []
    for group in groups:
        words = [vocabularies.label("equipment_classes", code, "zh_CN") for code in group.machine]
        words += [vocabularies.label("controllers", code, "zh_CN") for code in group.controller]
        words += [text for text in (group.drive, group.software) if text]
        if words:
            parts.append("、".join(words))
    return "；".join(parts)


def parts_told(parts: Sequence[PartNeeded]) -> str:
    """Return parts with number and quantity."""
    words = []
    for part in parts:
        number = f"（{part.number}）" if part.number else ""
        instead = f"，可用 {'、'.join(part.alternatives)}" if part.alternatives else ""
        words.append(f"{part.name}{number} ×{part.qty}{instead}")
    return "；".join(words)


def criterion(item: ChecklistItem) -> str:
    """Return what an item of a checklist is judged by: words, limits, values to be warned at, options."""
    unit = f" {item.unit}" if item.unit else ""
    parts = [item.criterion] if item.criterion else []
    if item.lower is not None or item.upper is not None:
        parts.append(f"界限 {span(item.lower, item.upper)}{unit}")
    if item.warn_lower is not None or item.warn_upper is not None:
        label = "参考起始值" if item.typical else "提醒"
        parts.append(f"{label} {span(item.warn_lower, item.warn_upper)}{unit}")
    if item.options:
        parts.append(f"选项：{' / '.join(item.options)}")
    return "\n".join(parts)


def span(lower: float | None, upper: float | None) -> str:
    """Return the words of an interval of which at least one end is known."""
    if lower is None:
        return "" if upper is None else f"≤ {_number(upper)}"
    if upper is None:
        return f"≥ {_number(lower)}"
    if lower == -upper:
        return f"±{_number(upper)}"
    return f"{_number(lower)} 到 {_number(upper)}" if lower < 0 else f"{_number(lower)}–{_number(upper)}"


def _number(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".").replace("-", "−")
