"""What a document says, in the shape of the page that it becomes: steps of a guide, parts of an alarm, items of a list."""

import re
from collections.abc import Iterator, Mapping, Sequence

NOTHING = "待补充：原文件没有写。"
"""Stands where the file says nothing: an empty place would look finished."""
_STEP_HEADING = re.compile(r"^#{2,6}\s*(?:步骤|第)\s*[一二三四五六七八九十\d]+\s*步?[:：、.]?(.*)$")
_STEPS_HEADING = re.compile(
    r"^#{2,6}\s*(?:(?:操作|作业|安装|调整|更换|拆装|检查|维修)?步骤|steps|procedure)\s*[:：]?\s*$",
    re.IGNORECASE,
)
_ACCEPTANCE = re.compile(r"^#{2,6}\s*(?:验收|验收标准|acceptance)\s*$", re.IGNORECASE)
_HEADING = re.compile(r"^#{2,6}\s+(.*?)\s*$")
_NUMBERED = re.compile(r"^\d{1,3}[.)、．]\s*(.*)$")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)、．])\s+(.*)$")
_ESCAPED = re.compile(r"\\([\\`*_\[\]<>|#.+)>-])")
_CELLS = re.compile(r"(?<!\\)\|")
LONGEST_HEADING = 60
ALARM_PARTS: Mapping[str, tuple[str, ...]] = {
    "text_zh": ("报警文本", "报警信息", "报警内容", "alarm text"),
    "explanation": ("报警含义", "报警说明", "报警解释", "含义", "解释", "说明", "explanation", "meaning"),
    "reaction": ("系统反应", "反应", "reaction"),
    "continuation": ("继续运行", "解除方法", "报警解除", "continuation"),
    "remedy": ("处理", "处理方法", "处理措施", "解决方法", "排除方法", "对策", "remedy", "action"),
}
"""Headings of a description of an alarm, by the field that what stands below them fills."""
ITEM_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "text": (
        "点检项目", "检查项目", "点检内容", "检查内容", "保养项目", "保养内容", "项目", "内容", "items", "item",
        "check items", "check item",
    ),
    "criterion": ("点检标准", "检查标准", "判定标准", "标准", "要求", "criterion", "standard"),
    "method": ("点检方法", "检查方法", "方法", "method"),
    "minutes": ("分钟", "用时", "时间", "minutes"),
}  # fmt: skip
"""Headers of a table of things to check, by what stands below them."""
LEVEL_WORDS: Mapping[str, tuple[str, ...]] = {
    "half_yearly": ("半年", "half-year", "half year"),
    "shift": ("每班", "班前", "每日", "每天", "日检", "日常", "日点检", "daily", "per shift"),
    "weekly": ("每周", "周检", "周点检", "weekly"),
    "monthly": ("每月", "月检", "月度", "月点检", "monthly"),
    "quarterly": ("每季", "季度", "quarterly"),
    "yearly": ("每年", "年度", "年检", "yearly", "annual"),
    "by_hours": ("运行小时", "工作小时", "by hours", "running hours"),
}
"""How others call a level; the longer word before the one that stands in it."""


def guide_body(body: str) -> str:
    """Return a guide's text with its steps numbered as headings of steps, and 验收 as its last heading.

    A numbered list below a heading such as 操作步骤 is the steps where the document has no heading for each.
    """
    lines = body.splitlines()
    listed = not any(map(_STEP_HEADING.match, lines))
    number = 0
    inside = False
    told: list[str] = []
    closing: list[str] | None = None
    out = told
    for line in lines:
        if match := _STEP_HEADING.match(line):
            number += 1
            out = told
            out.append(f"### 步骤 {number} {match[1].strip()}".rstrip())
        elif _ACCEPTANCE.match(line):
            closing = closing if closing is not None else []
            out, inside = closing, False
        elif listed and _STEPS_HEADING.match(line):
            out, inside = told, True
        elif listed and inside and (match := _NUMBERED.match(line)):
            number += 1
            said = match[1].strip()
            name, mark, rest = _first_sentence(said)
            out += ["", f"### 步骤 {number} {name}".rstrip(), "", *([rest] if mark else [])]
        else:
            if _HEADING.match(line):
                out, inside = told, False
            out.append(line)
    last = "\n".join(closing or ()).strip("\n") or NOTHING
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(told)).strip("\n")
    return f"{text}\n\n## 验收\n\n{last}".lstrip("\n")


def _first_sentence(text: str) -> tuple[str, str, str]:
    """Return what of a step is its heading, and the whole text where it is longer than that."""
    match = re.match(rf"^(.{{1,{LONGEST_HEADING}}}?)([，。；：,;:])(?=.)", text)
    if match:
        return match[1], match[2], text
    if len(text) <= LONGEST_HEADING:
        return text.rstrip("。；;"), "", ""
    return text[:LONGEST_HEADING], "…", text


def alarm_parts(body: str, sections: Mapping[str, str]) -> dict[str, str]:
    """Return what a document says of an alarm, by field: `ALARM_PARTS`, and `body` for the rest of it.

    Args:
        body: The document; empty for a row of a table.
        sections: The same by section of a case, where no heading of an alarm stands in it.
    """
    parts: dict[str, list[str]] = {name: [] for name in ALARM_PARTS}
    rest: list[str] = []
    target = rest
    fields = {word: name for name, words in ALARM_PARTS.items() for word in words}
    for line in body.splitlines():
        heading = _HEADING.match(line)
        if heading:
            name = fields.get(heading[1].strip(" :：").casefold(), "")
            target = parts[name] if name else rest
            if name:
                continue
        target.append(line)
    found = {name: "\n".join(lines).strip("\n") for name, lines in parts.items()}
    if not body:
        found["explanation"] = "\n\n".join(filter(None, (sections.get("现象", ""), sections.get("原因", ""))))
        found["remedy"] = sections.get("处理", "")
    text = {name: _one_paragraph(said) for name, said in found.items() if name != "remedy"}
    return {**text, "remedy": "\n".join(_entries(found["remedy"])), "body": "\n".join(rest).strip("\n")}


def checklist_items(body: str) -> str:
    """Return what is to be checked, one a line: the text, and after `|` its criterion and its minutes where told."""
    items = list(_table_items(body)) or [(one, "", "") for one in _listed(body)]
    lines = [
        " | ".join((text, *((rest, more) if more else (rest,) if rest else ()))) for text, rest, more in items
    ]
    return "\n".join(lines)


def level_in(*texts: str) -> str:
    """Return the level that one of the texts names, the first text before the others; empty where none does."""
    for text in texts:
        said = text.casefold()
        for level, words in LEVEL_WORDS.items():
            if any(word in said for word in words):
                return level
    return ""


def _table_items(body: str) -> Iterator[tuple[str, str, str]]:
    columns = {word: name for name, words in ITEM_COLUMNS.items() for word in words}
    places: dict[str, int] | None = None
    for line in body.splitlines():
        if not line.startswith("|"):
            places = None
            continue
        cells = [plain(cell) for cell in _CELLS.split(line.strip().removeprefix("|").removesuffix("|"))]
        if places is None:
            found: dict[str, int] = {}
            for at, cell in enumerate(cells):
                name = columns.get(re.sub(r"\s+", " ", cell).casefold(), "")
                if name:
                    found.setdefault(name, at)
            places = found if "text" in found else {}
        elif places and not set("".join(cells)) <= set("-: "):
            said = {name: cells[at] if at < len(cells) else "" for name, at in places.items()}
            text = "：".join(filter(None, (said["text"], said.get("method", ""))))
            minutes = re.sub(r"\D", "", said.get("minutes", ""))
            if text:
                yield _cell(text), _cell(said.get("criterion", "")), minutes


def _listed(body: str) -> Iterator[str]:
    for line in body.splitlines():
        if match := _ITEM.match(line):
            yield _cell(plain(match[1]))


def _cell(text: str) -> str:
    return text.replace("|", "／").strip()


def plain(text: str) -> str:
    """Return a piece of Markdown as plain text."""
    return _ESCAPED.sub(r"\1", text.replace("**", "")).strip()


def _one_paragraph(text: str) -> str:
    lines: Sequence[str] = [
        plain(match[1] if (match := _ITEM.match(line)) else line) for line in text.splitlines()
    ]
    return " ".join(line for line in lines if line and not line.startswith("!["))


def _entries(text: str) -> Iterator[str]:
    """Give each item of a list, or each paragraph, as plain text; tables and pictures are none."""
    for line in text.splitlines():
        match = _ITEM.match(line)
        said = plain(match[1] if match else line)
        if said and not said.startswith(("![", "|", "#")):
            yield said
