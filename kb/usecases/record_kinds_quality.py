"""Kinds of records about quality and aims: verification, feedback to the maker as 8D, version upgrade, target."""

from collections.abc import Iterable
from datetime import date
from types import MappingProxyType
from typing import Any

from kb.i18n import Language
from kb.usecases.accounts import Role
from kb.usecases.record_description import DueRule, Move, RecordField, RecordKind, Rows, State
from kb.usecases.record_due import working_day_after
from kb.usecases.register_days import Day
from kb.usecases.register_description import Field, Rule, Values
from kb.usecases.register_kinds import Choice, Kind, Lines, Names, Number, Wrong, YesNo

VERDICTS: dict[str, Names] = {
    "true": ("属实", "true"),
    "not_true": ("不属实", "not true"),
    "cannot_say": ("无法判断", "cannot say"),
}
POPULATIONS: dict[str, Names] = {
    "visits": ("已完成的巡检", "visits done"),
    "orders": ("已关闭的工单", "closed work orders"),
    "calls": ("已完成的回访", "follow-up calls made"),
}

VERIFICATION = RecordKind(
    name="verification",
    title=("稽查与抽查", "Verifications"),
    single=("抽查", "Verification"),
    says=(
        "按种子抽取上门与回访逐条核实；抽样名单固定",
        "a sample drawn by a seed, each item verified; the list stays as drawn",
    ),
    prefix="CC",
    writes=Role.PLANNER,
    states=(
        State(code="drawn", names=("已抽取", "drawn")),
        State(code="done", names=("已核实", "verified"), closed=True),
    ),
    moves=(
        Move(to="done", origins=("drawn",), names=("核实完成", "All verified"), needs=Role.PLANNER),
        Move(
            to="drawn",
            origins=("done",),
            names=("重新核实", "Open again"),
            needs=Role.PLANNER,
            with_note=True,
        ),
    ),
    due=DueRule(working_days=10),
    own_fields=(
        RecordField(
            name="population",
            title=("抽查对象", "Drawn from"),
            kind=Choice(options=MappingProxyType(POPULATIONS)),
            required=True,
            fixed=True,
        ),
        RecordField(name="first_day", title=("起始日", "First day"), kind=Day(), required=True, fixed=True),
        RecordField(name="last_day", title=("截止日", "Last day"), kind=Day(), required=True, fixed=True),
        RecordField(
            name="share",
            title=("抽样比例", "Share"),
            kind=Number(least=0.1, largest=100),
            required=True,
            unit=("%", "%"),
            fixed=True,
        ),
        RecordField(name="seed", title=("抽样种子", "Seed"), kind=Kind(most=60), required=True, fixed=True),
        RecordField(
            name="total",
            title=("总体数量", "In all"),
            kind=Number(least=0, largest=10_000_000, whole=True),
            default=0,
            fixed=True,
        ),
        RecordField(
            name="items",
            title=("抽样名单", "Items drawn"),
            default=[],
            needed_in=("done",),
            kind=Rows(
                fixed=("thing", "label", "who"),
                done="verdict",
                most=2_000,
                columns=(
                    Field(name="thing", title=("编号", "Key"), kind=Kind(most=200), required=True),
                    Field(name="label", title=("内容", "What"), kind=Kind(most=300)),
                    Field(name="who", title=("人员", "By"), kind=Kind(most=80)),
                    Field(
                        name="verdict",
                        title=("结论", "Verdict"),
                        kind=Choice(options=MappingProxyType(VERDICTS)),
                    ),
                    Field(name="checked_on", title=("核实日期", "Verified on"), kind=Day(), default=None),
                    Field(name="finding", title=("核实情况", "Finding"), kind=Kind(most=500)),
                ),
            ),
        ),
        RecordField(name="conclusion", title=("抽查结论", "Conclusion"), kind=Lines(), needed_in=("done",)),
    ),
)

STEPS_8D: tuple[tuple[str, Names, int], ...] = (
    ("D1", ("D1 成立小组", "D1 Team"), 1),
    ("D2", ("D2 问题描述", "D2 Problem"), 1),
    ("D3", ("D3 临时围堵措施", "D3 Containment"), 2),
    ("D4", ("D4 根本原因", "D4 Root cause"), 10),
    ("D5", ("D5 选定永久措施", "D5 Corrective actions chosen"), 15),
    ("D6", ("D6 实施并验证", "D6 Actions implemented and proven"), 30),
    ("D7", ("D7 防止再发", "D7 Recurrence prevented"), 40),
    ("D8", ("D8 总结与致谢", "D8 Closure"), 45),
)
"""The eight disciplines with the working days that this department gives each; every day can be changed in a record."""


def _eight_steps(values: dict[str, Any], day: date, language: Language) -> dict[str, Any]:
    if values.get("steps"):
        return values
    place = 0 if language == "zh_CN" else 1
    steps = [
        {
            "step": names[place],
            "due": working_day_after(day, days).isoformat(),
            "text": "",
            "who": "",
            "done_on": None,
        }
        for _, names, days in STEPS_8D
    ]
    return {**values, "steps": steps}


QUALITY = RecordKind(
    name="quality",
    title=("质量反馈（8D）", "Quality feedback (8D)"),
    single=("质量反馈", "Quality feedback"),
    says=(
        "向制造部门反馈质量信息，按 8D 逐步跟踪",
        "quality feedback to the maker, followed step by step as 8D",
    ),
    prefix="ZL",
    states=(
        State(code="draft", names=("起草", "draft")),
        State(code="sent", names=("已反馈", "sent to the maker")),
        State(code="closed", names=("已关闭", "closed"), closed=True),
        State(code="dropped", names=("不反馈", "not sent"), closed=True),
    ),
    moves=(
        Move(to="sent", origins=("draft",), names=("发出", "Send to the maker"), needs=Role.PLANNER),
        Move(to="closed", origins=("sent",), names=("关闭", "Close"), needs=Role.PLANNER),
        Move(to="dropped", origins=("draft", "sent"), names=("不再反馈", "Drop"), with_note=True),
        Move(
            to="draft",
            origins=("sent", "closed", "dropped"),
            names=("重新起草", "Open again"),
            with_note=True,
        ),
    ),
    prepare=_eight_steps,
    own_fields=(
        RecordField(
            name="maker", title=("责任部门或厂家", "Maker"), kind=Kind(most=200), required=True, searched=True
        ),
        RecordField(name="part", title=("零部件", "Part"), kind=Kind(most=200), searched=True),
        RecordField(name="batch", title=("批次或序列号范围", "Batch or serial numbers"), kind=Kind(most=200)),
        RecordField(
            name="problem", title=("问题现象", "Problem"), kind=Lines(), required=True, searched=True
        ),
        RecordField(
            name="occurrences",
            title=("发生次数", "Times seen"),
            kind=Number(least=1, largest=100_000, whole=True),
            default=1,
        ),
        RecordField(
            name="steps",
            title=("8D 步骤", "Steps of 8D"),
            default=[],
            needed_in=("closed",),
            kind=Rows(
                fixed=("step",),
                due="due",
                done="done_on",
                most=8,
                columns=(
                    Field(name="step", title=("步骤", "Step"), kind=Kind(most=80), required=True),
                    Field(name="due", title=("期限", "Due"), kind=Day(), default=None, required=True),
                    Field(name="text", title=("内容", "What"), kind=Lines()),
                    Field(name="who", title=("负责", "By"), kind=Kind(most=80)),
                    Field(name="done_on", title=("完成日", "Done on"), kind=Day(), default=None),
                ),
            ),
        ),
    ),
)


def _another_version(values: Values) -> Iterable[tuple[str, Wrong]]:
    if values["to_version"] and values["from_version"] == values["to_version"]:
        yield "to_version", Wrong("is the version that it has already", "give the new one")


UPGRADE = RecordKind(
    name="upgrade",
    title=("版本升级", "Version upgrades"),
    single=("版本升级", "Version upgrade"),
    says=(
        "软硬件版本从哪版升到哪版，升级前必须备份",
        "software and hardware from one version to another, backed up before",
    ),
    prefix="SJ",
    states=(
        State(code="planned", names=("待升级", "planned")),
        State(code="done", names=("已升级", "done"), closed=True),
        State(code="undone", names=("已回退", "taken back"), closed=True),
        State(code="dropped", names=("不升级", "dropped"), closed=True),
    ),
    moves=(
        Move(to="done", origins=("planned",), names=("升级完成", "Done")),
        Move(to="undone", origins=("done",), names=("已回退", "Taken back"), with_note=True),
        Move(to="dropped", origins=("planned",), names=("不升级", "Drop"), with_note=True),
        Move(to="planned", origins=("undone", "dropped"), names=("重新安排", "Plan again"), with_note=True),
    ),
    due=DueRule(working_days=20),
    rules=(Rule(fields=("from_version", "to_version"), check=_another_version),),
    own_fields=(
        RecordField(
            name="ware",
            title=("软件或硬件", "Software or hardware"),
            kind=Choice(
                options=MappingProxyType({"software": ("软件", "software"), "hardware": ("硬件", "hardware")})
            ),
            required=True,
        ),
        RecordField(name="unit", title=("部件", "Unit"), kind=Kind(most=200), required=True, searched=True),
        RecordField(name="from_version", title=("原版本", "From version"), kind=Kind(most=80), required=True),
        RecordField(name="to_version", title=("新版本", "To version"), kind=Kind(most=80), required=True),
        RecordField(name="reason", title=("升级原因", "Reason"), kind=Lines(), searched=True),
        RecordField(
            name="backup",
            title=("升级前已备份", "Backed up before"),
            kind=YesNo(),
            default=False,
            needed_in=("done",),
            needed_when=("ware", ("software",)),
            help=(
                "参数、程序、数据已备份；软件升级完成前必须为“是”",
                "needed before a software upgrade is done",
            ),
        ),
        RecordField(
            name="done_on", title=("升级日期", "Done on"), kind=Day(), default=None, needed_in=("done",)
        ),
        RecordField(
            name="proved", title=("升级后验证", "How it was proven"), kind=Lines(), needed_in=("done",)
        ),
    ),
)

MEASURES: dict[str, Names] = {
    "by_hand": ("人工填写", "by hand"),
    "visits_done": ("完成巡检次数", "visits done"),
    "orders_closed": ("关闭工单数", "work orders closed"),
    "calls_made": ("回访次数", "follow-up calls made"),
    "satisfied_percent": ("满意率（%）", "answers that are satisfied (%)"),
    "complaints": ("投诉件数", "complaints received"),
    "compensation": ("赔付金额", "compensation paid"),
    "questions_answered": ("答复咨询数", "questions answered"),
    "verified_percent": ("抽查属实率（%）", "verified as true (%)"),
}


def _span(values: Values) -> Iterable[tuple[str, Wrong]]:
    if values["first_day"] and values["last_day"] and values["last_day"] < values["first_day"]:
        yield "last_day", Wrong("lies before the first day", "give a later day")


TARGET = RecordKind(
    name="target",
    title=("维保目标", "Targets"),
    single=("维保目标", "Target"),
    says=(
        "目标、期间、实际与达成率；能从记录统计的自动统计",
        "a goal and what was reached, counted from the records where they can",
    ),
    prefix="MB",
    writes=Role.PLANNER,
    states=(
        State(code="set", names=("进行中", "set")),
        State(code="closed", names=("已结案", "closed"), closed=True),
        State(code="dropped", names=("已取消", "dropped"), closed=True),
    ),
    moves=(
        Move(to="closed", origins=("set",), names=("结案", "Close"), needs=Role.PLANNER),
        Move(to="dropped", origins=("set",), names=("取消", "Drop"), needs=Role.PLANNER, with_note=True),
        Move(
            to="set",
            origins=("closed", "dropped"),
            names=("重新打开", "Open again"),
            needs=Role.PLANNER,
            with_note=True,
        ),
    ),
    due=DueRule(by_day="last_day"),
    rules=(Rule(fields=("first_day", "last_day"), check=_span),),
    own_fields=(
        RecordField(
            name="measure",
            title=("统计口径", "What is counted"),
            kind=Choice(options=MappingProxyType(MEASURES)),
            required=True,
        ),
        RecordField(name="first_day", title=("起始日", "First day"), kind=Day(), required=True),
        RecordField(name="last_day", title=("截止日", "Last day"), kind=Day(), required=True),
        RecordField(
            name="direction",
            title=("要求", "Wanted"),
            kind=Choice(
                options=MappingProxyType({"least": ("不少于", "at least"), "most": ("不超过", "at most")})
            ),
            default="least",
        ),
        RecordField(
            name="goal", title=("目标值", "Goal"), kind=Number(least=0, largest=1_000_000_000), required=True
        ),
        RecordField(
            name="by_hand",
            title=("实际值（人工）", "Reached (by hand)"),
            kind=Number(least=0, largest=1_000_000_000),
            default=None,
            help=("只有口径为人工时使用", "used only where it is counted by hand"),
        ),
        RecordField(name="remark", title=("差距与措施", "What is missing, and what is done"), kind=Lines()),
    ),
)
