"""Kinds of records that follow a delivery: the service journey after it, and the installation project."""

from datetime import date, timedelta
from typing import Any

from kb.i18n import Language
from kb.usecases.accounts import Role
from kb.usecases.record_description import Move, RecordField, RecordKind, Rows, State
from kb.usecases.record_kinds_customer import MONEY, YUAN
from kb.usecases.register_days import Day
from kb.usecases.register_description import Field
from kb.usecases.register_kinds import Kind, Lines, Names

STEPS: tuple[tuple[str, Names, int], ...] = (
    ("greeting", ("问候", "Greeting"), 1),
    ("appointment", ("预约上门", "Appointment"), 3),
    ("guidance", ("现场指导", "Guidance on site"), 10),
    ("follow_up", ("使用回访", "Follow-up"), 30),
    ("complaint_check", ("投诉核查", "Complaint check"), 90),
)
"""Steps of the service after a delivery with days from it, as this department keeps them; each can be changed."""


def _journey(values: dict[str, Any], day: date, language: Language) -> dict[str, Any]:
    if values.get("steps"):
        return values
    start = values.get("delivered_on") or day
    place = 0 if language == "zh_CN" else 1
    steps = [
        {
            "step": names[place],
            "due": (start + timedelta(days=days)).isoformat(),
            "done_on": None,
            "note": "",
        }
        for _, names, days in STEPS
    ]
    return {**values, "steps": steps}


JOURNEY = RecordKind(
    name="journey",
    title=("交付服务旅程", "Delivery journeys"),
    single=("交付服务旅程", "Delivery journey"),
    says=(
        "设备交付后逐步服务：问候、预约、指导、回访、投诉核查，附短信模板",
        "steps of service after a delivery, each with its message",
    ),
    prefix="JF",
    states=(
        State(code="running", names=("进行中", "running")),
        State(code="done", names=("已完成", "done"), closed=True),
        State(code="dropped", names=("已终止", "dropped"), closed=True),
    ),
    moves=(
        Move(to="done", origins=("running",), names=("全部完成", "All done")),
        Move(to="dropped", origins=("running",), names=("终止", "Drop"), with_note=True),
        Move(to="running", origins=("done", "dropped"), names=("重新打开", "Open again"), with_note=True),
    ),
    prepare=_journey,
    own_fields=(
        RecordField(name="delivered_on", title=("交付日期", "Delivered on"), kind=Day(), required=True),
        RecordField(name="contact", title=("联系人", "Contact"), kind=Kind(most=80)),
        RecordField(name="phone", title=("电话", "Telephone"), kind=Kind(most=80)),
        RecordField(
            name="steps",
            title=("服务步骤", "Steps"),
            default=[],
            needed_in=("done",),
            kind=Rows(
                fixed=("step",),
                due="due",
                done="done_on",
                most=5,
                columns=(
                    Field(name="step", title=("步骤", "Step"), kind=Kind(most=80), required=True),
                    Field(name="due", title=("期限", "Due"), kind=Day(), default=None, required=True),
                    Field(name="done_on", title=("完成日", "Done on"), kind=Day(), default=None),
                    Field(name="note", title=("记录", "Note"), kind=Kind(most=500)),
                ),
            ),
        ),
    ),
)

PROJECT = RecordKind(
    name="project",
    title=("安装项目", "Installation projects"),
    single=("安装项目", "Installation project"),
    says=(
        "里程碑、会议纪要、分包、文件、验收、分期款",
        "milestones, minutes, subcontractors, documents, acceptance, instalments",
    ),
    prefix="XM",
    writes=Role.PLANNER,
    states=(
        State(code="planned", names=("筹备", "planned")),
        State(code="running", names=("实施中", "under way")),
        State(code="accepted", names=("已验收", "accepted")),
        State(code="closed", names=("已结清", "closed"), closed=True),
        State(code="dropped", names=("已取消", "dropped"), closed=True),
    ),
    moves=(
        Move(to="running", origins=("planned",), names=("开工", "Begin"), needs=Role.PLANNER),
        Move(to="accepted", origins=("running",), names=("验收", "Accepted"), needs=Role.PLANNER),
        Move(
            to="closed",
            origins=("accepted",),
            names=("款项结清，关闭", "All paid, close"),
            needs=Role.PLANNER,
        ),
        Move(
            to="dropped",
            origins=("planned", "running"),
            names=("取消", "Drop"),
            needs=Role.PLANNER,
            with_note=True,
        ),
        Move(
            to="running",
            origins=("accepted", "closed", "dropped"),
            names=("重新打开", "Open again"),
            needs=Role.PLANNER,
            with_note=True,
        ),
    ),
    own_fields=(
        RecordField(name="contract", title=("合同号", "Contract"), kind=Kind(most=80), searched=True),
        RecordField(name="scope", title=("工程内容", "Scope"), kind=Lines(), searched=True),
        RecordField(
            name="milestones",
            title=("里程碑", "Milestones"),
            default=[],
            needed_in=("accepted",),
            kind=Rows(
                due="planned",
                done="done_on",
                columns=(
                    Field(name="name", title=("里程碑", "Milestone"), kind=Kind(most=120), required=True),
                    Field(
                        name="planned", title=("计划日", "Planned"), kind=Day(), default=None, required=True
                    ),
                    Field(name="done_on", title=("完成日", "Done on"), kind=Day(), default=None),
                    Field(name="note", title=("说明", "Note"), kind=Kind(most=500)),
                ),
            ),
        ),
        RecordField(
            name="minutes",
            title=("会议纪要", "Minutes"),
            default=[],
            kind=Rows(
                columns=(
                    Field(name="day", title=("日期", "Day"), kind=Day(), default=None, required=True),
                    Field(name="subject", title=("议题", "Subject"), kind=Kind(most=200), required=True),
                    Field(name="present", title=("参会人", "Present"), kind=Kind(most=300)),
                    Field(name="decided", title=("决议", "Decided"), kind=Lines()),
                )
            ),
        ),
        RecordField(
            name="subcontractors",
            title=("分包单位", "Subcontractors"),
            default=[],
            kind=Rows(
                columns=(
                    Field(name="name", title=("单位", "Name"), kind=Kind(most=120), required=True),
                    Field(name="task", title=("分包内容", "Task"), kind=Kind(most=300)),
                    Field(name="contact", title=("联系人与电话", "Contact"), kind=Kind(most=120)),
                )
            ),
        ),
        RecordField(
            name="instalments",
            title=("分期款", "Instalments"),
            default=[],
            private=True,
            needed_in=("closed",),
            kind=Rows(
                due="due",
                done="paid_on",
                columns=(
                    Field(name="name", title=("款项", "Instalment"), kind=Kind(most=120), required=True),
                    Field(
                        name="amount",
                        title=("金额（元）", "Amount (CNY)"),
                        kind=MONEY,
                        default=None,
                        required=True,
                    ),
                    Field(name="due", title=("应付日", "Due"), kind=Day(), default=None, required=True),
                    Field(name="paid_on", title=("到账日", "Paid on"), kind=Day(), default=None),
                ),
            ),
            unit=YUAN,
        ),
        RecordField(
            name="accepted_on",
            title=("验收日期", "Accepted on"),
            kind=Day(),
            default=None,
            needed_in=("accepted", "closed"),
        ),
        RecordField(
            name="accepted_by",
            title=("验收人", "Accepted by"),
            kind=Kind(most=80),
            needed_in=("accepted", "closed"),
        ),
        RecordField(name="remaining", title=("遗留问题", "What remains"), kind=Lines()),
    ),
)
