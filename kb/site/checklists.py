"""How a checklist reads on the site: a card an item on a phone, a table with boxes and room to write on paper."""

from kb.content.pages import ChecklistItem, ChecklistPage
from kb.site.kinds import Around, head, tail
from kb.site.markup import GRADES, applies, facts_list, name_of
from kb.site.text import escaped

ROOM_TO_WRITE = {"measure": "读数", "choice": "选项", "text": "记录", "photo": "照片", "pass_fail": ""}


def checklist_text(page: ChecklistPage, body: list[str], around: Around) -> list[str]:
    """Return the lines of a checklist."""
    minutes = sum(item.minutes for item in page.items)
    rows = "\n".join(_row(item, around) for item in page.items)
    titles = ("", "编号", "内容", "标准与界限", "记录", "分钟", "依据")
    header = "".join(f"<th>{title}</th>" for title in titles)
    lines = [
        *head(page, around, more=(name_of(around.names, "levels", page.level.value),)),
        *facts_list(
            [
                ("适用", applies(page.applies_to, around.names)),
                ("项目", f"{len(page.items)} 项，约 {minutes} 分钟"),
            ]
        ),
        *body,
        "## 项目",
        "",
        f'<table class="sb-items"><thead><tr>{header}</tr></thead><tbody>',
        rows,
        "</tbody></table>",
        "",
    ]
    if any(item.typical for item in page.items):
        lines += ['<p class="sb-note">“参考起始值”不是验收界限；机床厂家手册优先。</p>', ""]
    lines += [
        '<p class="sb-sign"><span>设备编号</span><span>检查人</span><span>日期</span><span>复核</span></p>',
        "",
    ]
    return [*lines, *tail(page, around)]


def _row(item: ChecklistItem, around: Around) -> str:
    english = f'<small lang="en">{escaped(item.text_en)}</small>' if item.text_en else ""
    tools = f'<small class="sb-tools">工具：{escaped("、".join(item.tools))}</small>' if item.tools else ""
    unit = f" {escaped(item.unit)}" if item.unit and item.kind == "measure" else ""
    grade = f'<span class="sb-badge sb-grade" title="{GRADES[item.grade]}">{item.grade.value}</span>'
    unchecked = "" if item.grade.value in "AB" else " <small>未经手册核对</small>"
    return (
        '<tr><td class="sb-box">☐</td>'
        f'<td class="sb-id" data-label="编号">{escaped(item.id)}</td>'
        f'<td class="sb-text"><strong>{around.links.text(item.text)}</strong>{english}{tools}</td>'
        f'<td class="sb-criterion" data-label="标准">{criterion(item)}</td>'
        f'<td class="sb-room" data-label="{ROOM_TO_WRITE[item.kind] or "记录"}"><span>{unit}</span></td>'
        f'<td class="sb-minutes" data-label="分钟">{item.minutes}</td>'
        f'<td class="sb-source" data-label="依据">{grade}{unchecked}</td></tr>'
    )


def criterion(item: ChecklistItem) -> str:
    """Return what the item is judged by, as HTML: words, limits, values to be warned at, options."""
    parts = [f"<span>{escaped(item.criterion)}</span>"] if item.criterion else []
    unit = f" {item.unit}" if item.unit else ""
    if item.lower is not None or item.upper is not None:
        text = f"界限 {span(item.lower, item.upper)}{unit}"
        parts.append(f'<span class="sb-limit">{escaped(text)}</span>')
    if item.warn_lower is not None or item.warn_upper is not None:
        label = "参考起始值" if item.typical else "提醒"
        text = f"{label} {span(item.warn_lower, item.warn_upper)}{unit}"
        parts.append(f'<span class="sb-warn-limit">{escaped(text)}</span>')
    if item.options:
        parts.append(f'<span class="sb-options">选项：{escaped(" / ".join(item.options))}</span>')
    return " ".join(parts)


def span(lower: float | None, upper: float | None) -> str:
    """Return the words of an interval of which at least one end is known."""
    if lower is None:
        return "" if upper is None else f"≤ {number(upper)}"
    if upper is None:
        return f"≥ {number(lower)}"
    if lower == -upper:
        return f"±{number(upper)}"
    # A dash beside a minus sign reads as two of them.
    return f"{number(lower)} 到 {number(upper)}" if lower < 0 else f"{number(lower)}–{number(upper)}"


def number(value: float) -> str:
    """Return a number as a person writes it: no exponent, thousands kept apart by a thin blank."""
    text = f"{value:,.6f}".rstrip("0").rstrip(".")
    return text.replace(",", "\u2009").replace("-", "−")
