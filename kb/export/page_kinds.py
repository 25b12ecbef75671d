"""What each type of library page says beside its body: before it, and after it."""

from dataclasses import dataclass

from kb.content import Library, Page
from kb.content.names import DIFFICULTIES, GUIDE_TYPES, RESPONSIBLE, SKILLS
from kb.content.pages import AlarmPage, CasePage, ChecklistPage, CoursePage, GuidePage, TermPage
from kb.export.document import (
    Align,
    Block,
    Column,
    Entries,
    KeyValues,
    Mark,
    Paragraph,
    Section,
    SignatureBox,
    Signatures,
    Table,
    Tone,
)
from kb.export.page_words import (
    RECORDS,
    applies,
    criterion,
    parts_told,
)

Parts = tuple[tuple[Block, ...], tuple[Section, ...], tuple[Section, ...]]
"""What stands before the first section, the sections before the body, and those after it."""
BOX = "☐"


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a page is written with.

    Args:
        library: Names of codes and titles of pages.
        level: Level of the page's own highest headings.
    """

    library: Library
    level: int

    def section(self, title: str, *blocks: Block) -> Section:
        """Return a section at the page's own highest level."""
        return Section(title=title, blocks=blocks, level=self.level)

    def name(self, vocabulary: str, code: str) -> str:
        """Return the Chinese name of a code."""
        return self.library.vocabularies.label(vocabulary, code, "zh_CN")


def alarm_parts(page: AlarmPage, around: Around) -> Parts:
    """Return code and meaning before, explanation and checks, then how it is cleared."""
    head = _pairs(
        ("报警号", page.code),
        ("系统", around.name("alarm_families", page.family)),
        ("屏幕文字", page.text.zh),
        ("英文", page.text.en),
        ("严重度", f"{page.severity} {around.name('severities', page.severity)}"),
        ("子系统", _component(page, around)),
    )
    first = [around.section("说明", Paragraph(text=page.explanation))]
    if page.remedy:
        unchecked = "" if page.remedy_confidence == "validated" else "（未经手册核对）"
        first.append(around.section(f"检查与处理{unchecked}", Entries(texts=page.remedy, mark=Mark.NUMBER)))
    rest = _pairs(
        ("机床反应", page.reaction or ""),
        ("清除方式", page.continuation or ""),
        ("其它写法", "、".join(page.aliases)),
        ("子代码", "、".join(page.subcodes)),
        ("系列", "、".join(page.series)),
        ("适用", applies(page.applies_to, around.library.vocabularies)),
    )
    return head, tuple(first), _section(around, "其它", rest)


def case_parts(page: CasePage, around: Around, told: list[str]) -> Parts:
    """Return symptom and alarms before, causes likeliest first, then circumstances.

    Args:
        page: The case.
        around: Its surroundings.
        told: Headings of the body; what it tells itself is not told twice.
    """
    alarms = "；".join(
        " ".join(part for part in (one.code, one.shown, one.axis and f"轴 {one.axis}") if part)
        for one in page.alarms
    )
    head = _pairs(
        ("现象", page.symptom),
        ("屏幕报警", alarms),
        ("严重度", f"{page.severity} {around.name('severities', page.severity)}"),
        ("适用", applies(page.applies_to, around.library.vocabularies)),
        ("临时措施", page.containment or ""),
    )
    first = []
    if page.solutions:
        rows = []
        for number, one in enumerate(page.solutions, 1):
            remedy = [one.remedy.text, f"责任：{RESPONSIBLE[one.remedy.responsible]}"]
            if one.remedy.guide:
                guide = around.library.pages.get(one.remedy.guide)
                remedy.append(f"见：{guide.title if guide else ''}（{one.remedy.guide}）")
            if one.parts:
                remedy.append(f"备件：{parts_told(one.parts)}")
            remedy += [
                f"参数 {' '.join(filter(None, (p.number, p.axis)))}：{p.before or '—'} → {p.after or '—'}"
                for p in one.parameters
            ]
            if one.time_minutes:
                remedy.append(f"约 {one.time_minutes} 分钟")
            cause = one.cause.text + (f"\n为何没早发现：{one.cause.escape}" if one.cause.escape else "")
            rows.append((str(number), cause, one.check, "\n".join(remedy)))
        columns = (
            Column(title="序", weight=1, align=Align.CENTER),
            Column(title="原因", weight=6),
            Column(title="检查", weight=8),
            Column(title="处理", weight=9),
        )
        first.append(around.section("原因与处理（最可能的在前）", Table(columns=columns, rows=tuple(rows))))
    for title, text in (("验证", page.verification), ("预防", page.prevention)):
        if text and title not in told:
            first.append(around.section(title, Paragraph(text=text)))
    rest = _pairs(
        ("子系统", _component(page, around)),
        ("故障模式", around.name("failure_modes", page.failure_mode)),
        ("出现条件", page.context.when or ""),
        ("频度", page.context.frequency or ""),
        ("此前改动", page.context.changed or ""),
    )
    return head, tuple(first), _section(around, "其它", rest)


def guide_parts(page: GuidePage, around: Around) -> Parts:
    """Return what is needed before the first step."""
    head = _pairs(
        ("类型", GUIDE_TYPES[page.guide_type]),
        ("难度", DIFFICULTIES[page.difficulty]),
        ("人员", f"{SKILLS[page.skill_level]} × {page.people}"),
        ("时间", f"约 {page.time_minutes} 分钟"),
        ("停机", "" if page.downtime_minutes is None else f"约 {page.downtime_minutes} 分钟"),
        ("周期", page.interval or ""),
        ("适用", applies(page.applies_to, around.library.vocabularies)),
    )
    needs = (("先决条件", page.prerequisites), ("工具", page.tools), ("耗材", page.supplies))
    first = [around.section(title, Entries(texts=texts, mark=Mark.BOX)) for title, texts in needs if texts]
    if page.parts:
        texts = tuple(parts_told((part,)) for part in page.parts)
        first.append(around.section("备件", Entries(texts=texts, mark=Mark.BOX)))
    return head, tuple(first), ()


def checklist_parts(page: ChecklistPage, around: Around) -> Parts:
    """Return the items as a table with boxes, limits and room to write, and where to sign."""
    minutes = sum(item.minutes for item in page.items)
    head = _pairs(
        ("级别", around.name("levels", page.level.value)),
        ("项目", f"{len(page.items)} 项，约 {minutes} 分钟"),
        ("适用", applies(page.applies_to, around.library.vocabularies)),
    )
    rows = []
    for item in page.items:
        text = item.text + (f"\n工具：{'、'.join(item.tools)}" if item.tools else "")
        room = RECORDS[item.kind] + (f" ____ {item.unit}" if item.unit and item.kind == "measure" else "")
        grade = item.grade.value + ("" if item.grade.value in "AB" else "\n未经手册核对")
        rows.append((BOX, item.id, text, criterion(item), room, grade))
    columns = (
        Column(title="", weight=1, align=Align.CENTER),
        Column(title="编号", weight=2.6),
        Column(title="内容", weight=7),
        Column(title="标准与界限", weight=6),
        Column(title="记录", weight=3.2),
        Column(title="依据", weight=2, align=Align.CENTER),
    )
    blocks: list[Block] = [Table(columns=columns, rows=tuple(rows))]
    if any(item.typical for item in page.items):
        said = "“参考起始值”不是验收界限；机床厂家手册优先。"
        blocks.append(Paragraph(text=said, tone=Tone.REMARK))
    lines = ("签字：", "日期：")
    boxes = (
        SignatureBox(party="检查人", lines=("设备编号：", *lines)),
        SignatureBox(party="复核", lines=lines),
    )
    signed = around.section("签字", Signatures(boxes=boxes))
    return head, (around.section("项目", *blocks),), (signed,)


def term_parts(page: TermPage, around: Around) -> Parts:
    """Return names and definition of a term."""
    head = _pairs(
        ("术语", page.preferred.zh),
        ("英文", page.preferred.en),
        ("缩写", page.abbreviation or ""),
        ("也叫", "、".join(page.alt)),
        ("不再使用", "、".join(page.deprecated)),
    )
    told = () if page.definition == page.summary else (Paragraph(text=page.definition),)
    return (*head, *told), (), ()


def course_parts(page: CoursePage, around: Around) -> Parts:
    """Return objectives and outline of a course."""
    head = _pairs(("对象", page.audience_level), ("时长", f"{page.duration_minutes} 分钟"))
    first = [around.section("目标", Entries(texts=page.objectives))]
    if page.outline:
        texts = tuple(entry.slide for entry in page.outline)
        first.append(around.section("大纲", Entries(texts=texts, mark=Mark.NUMBER)))
    return head, tuple(first), ()


def _component(page: Page, around: Around) -> str:
    return "" if page.component is None else around.name("subsystems", page.component.subsystem)


def _pairs(*pairs: tuple[str, str]) -> tuple[Block, ...]:
    """Return the pairs that say something; a short one stands beside another, a long one has the line to itself."""
    filled = [(key, text) for key, text in pairs if text]
    blocks: list[Block] = []
    short: list[tuple[str, str]] = []
    for key, text in filled:
        if len(text) > _LINE_CHARACTERS:
            if short:
                blocks.append(KeyValues(pairs=tuple(short)))
                short = []
            blocks.append(KeyValues(pairs=((key, text),)))
        else:
            short.append((key, text))
    if short:
        blocks.append(KeyValues(pairs=tuple(short)))
    return tuple(blocks)


_LINE_CHARACTERS = 32
"""A longer value beside another pair would make a tall, narrow column of it."""


def _section(around: Around, title: str, blocks: tuple[Block, ...]) -> tuple[Section, ...]:
    return (around.section(title, *blocks),) if blocks else ()
