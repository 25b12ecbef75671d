"""One document, workbook and calendar with everything that their nouns can say."""

from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

from kb.export.calendar import Calendar, Event, uid_of
from kb.export.document import (
    Align,
    Column,
    Document,
    KeyValues,
    Paragraph,
    Section,
    SignatureBox,
    Signatures,
    Table,
    Tone,
)
from kb.export.workbook import Cell, Sheet, SheetColumn, Workbook

ISSUED = datetime(2026, 1, 5, 9, 30, tzinfo=timezone(timedelta(hours=8)))
SHANGHAI = ZoneInfo("Asia/Shanghai")


def a_document(**changes: object) -> Document:
    rows = tuple((str(number), f"VMC-{number:02}", "主轴定向位置检查", "□") for number in range(1, 61))
    values: dict[str, object] = {
        "title": "2026 年度设备巡检计划",
        "subtitle": "苏州精工机械有限公司 · 一号车间",
        "author": "售后服务部",
        "created": ISSUED,
        "header": "售后服务部",
        "footer": "计划编号 R-0001",
        "page_numbers": "第 {page} 页，共 {pages} 页",
        "opening": (
            KeyValues(pairs=(("客户", "苏州精工"), ("地址", "工业园区 1 号"), ("联系人", "张工"))),
            Paragraph(text="2027 年的调休安排尚未公布。", tone=Tone.NOTICE),
        ),
        "sections": (
            Section(
                title="一、巡检日期",
                blocks=(
                    Paragraph(text="第一行\n第二行"),
                    Table(
                        columns=(
                            Column(title="序号", weight=1, align=Align.CENTER),
                            Column(title="设备", weight=3),
                            Column(title="项目", weight=6),
                            Column(title="结果", weight=2, align=Align.CENTER),
                        ),
                        rows=rows,
                    ),
                    Paragraph(text="标注“typ.”的数值为起始值。", tone=Tone.REMARK),
                ),
            ),
            Section(
                title="空表", level=2, blocks=(Table(columns=(Column(title="项目"),), rows=(), empty="无"),)
            ),
            Section(
                title="二、签字",
                new_page=True,
                blocks=(
                    Signatures(
                        boxes=(
                            SignatureBox(party="客户（盖章）", lines=("签字：", "日期：")),
                            SignatureBox(party="售后服务部", lines=("签字：", "日期：", "电话：")),
                        )
                    ),
                ),
            ),
        ),
    }
    return Document(**{**values, **changes})  # type: ignore[arg-type]


def a_workbook(*rows: tuple[Cell, ...]) -> Workbook:
    columns = tuple(SheetColumn(title=title) for title in ("日期", "客户", "工时", "备注"))
    return Workbook(
        title="2026 年巡检计划",
        author="售后服务部",
        created=ISSUED,
        page_numbers="第 {page} 页，共 {pages} 页",
        sheets=(
            Sheet(
                name="计划",
                columns=columns,
                rows=rows or ((date(2026, 3, 2), "苏州精工机械有限公司", Decimal("3.50"), "=1+1"),),
            ),
            Sheet(name="张/三", columns=(SheetColumn(title="开始"),), rows=((time(8, 30),), (ISSUED,))),
        ),
    )


def an_event(**changes: object) -> Event:
    values: dict[str, object] = {
        "uid": uid_of("SITE-1|P-1:quarterly:0"),
        "sequence": 0,
        "stamped": ISSUED,
        "start": datetime(2026, 3, 2, 8, 30, tzinfo=SHANGHAI),
        "end": datetime(2026, 3, 2, 11, 30, tzinfo=SHANGHAI),
        "summary": "巡检：苏州精工, 一号车间; 3 台",
        "description": "第一行\n第二行",
        "location": "工业园区 1 号",
        "position": (31.3, 120.6),
        "categories": ("季度",),
    }
    return Event(**{**values, **changes})  # type: ignore[arg-type]


def a_calendar(*events: Event) -> Calendar:
    return Calendar(name="张三 · 巡检", events=events or (an_event(),))
