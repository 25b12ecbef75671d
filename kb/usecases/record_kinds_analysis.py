"""The kind of record about a whole event: what happened, what it cost, what was learnt, who must know."""

from collections.abc import Iterable

from kb.usecases.accounts import Role
from kb.usecases.record_description import DueRule, Move, RecordField, RecordKind, Rows, State
from kb.usecases.record_kinds_customer import MONEY, YUAN
from kb.usecases.register_days import Day
from kb.usecases.register_description import Field, Rule, Values
from kb.usecases.register_kinds import Kind, Lines, Wrong


def _no_more_than_lost(values: Values) -> Iterable[tuple[str, Wrong]]:
    if values["recovered"] and values["recovered"] > (values["loss"] or 0):
        yield "recovered", Wrong("is more than was lost", "give the loss, or less")


_BY = Field(name="who", title=("人员", "Who"), kind=Kind(most=80))

ANALYSIS = RecordKind(
    name="analysis",
    title=("案例分析", "Case analyses"),
    single=("案例分析", "Case analysis"),
    says=(
        "一个事件的全过程、损失与挽回、教训、领导意见，审定后分享到各部门",
        "the whole course of an event, loss and recovery, lessons and advice; shared once it is approved",
    ),
    prefix="AL",
    states=(
        State(code="draft", names=("起草", "draft")),
        State(code="review", names=("待审定", "in review")),
        State(code="approved", names=("已审定", "approved")),
        State(code="shared", names=("已分享", "shared"), closed=True),
        State(code="dropped", names=("不分析", "dropped"), closed=True),
    ),
    moves=(
        Move(to="review", origins=("draft",), names=("送审", "Send to review")),
        Move(to="approved", origins=("review",), names=("审定", "Approve"), needs=Role.PLANNER),
        Move(to="shared", origins=("approved",), names=("分享完成", "Shared with all"), needs=Role.PLANNER),
        Move(to="dropped", origins=("draft", "review"), names=("不再分析", "Drop"), with_note=True),
        Move(
            to="draft",
            origins=("review", "approved", "shared", "dropped"),
            names=("退回修改", "Back to the writer"),
            with_note=True,
        ),
    ),
    due=DueRule(working_days=10),
    rules=(Rule(fields=("loss", "recovered"), check=_no_more_than_lost),),
    own_fields=(
        RecordField(name="happened_on", title=("发生日期", "Happened on"), kind=Day(), required=True),
        RecordField(
            name="summary", title=("事件概要", "In short"), kind=Lines(), required=True, searched=True
        ),
        RecordField(
            name="course",
            title=("全过程", "Course of the event"),
            default=[],
            needed_in=("review", "approved", "shared"),
            kind=Rows(
                least=1,
                done="what",
                columns=(
                    Field(name="when", title=("时间", "When"), kind=Kind(most=40), required=True),
                    Field(name="what", title=("经过", "What happened"), kind=Lines(), required=True),
                    _BY,
                ),
            ),
        ),
        RecordField(
            name="cause",
            title=("原因", "Cause"),
            kind=Lines(),
            needed_in=("review", "approved", "shared"),
            searched=True,
        ),
        RecordField(
            name="lesson",
            title=("教训与改进", "What was learnt"),
            kind=Lines(),
            needed_in=("review", "approved", "shared"),
            searched=True,
        ),
        RecordField(
            name="loss", title=("损失金额", "Loss"), kind=MONEY, default=None, unit=YUAN, private=True
        ),
        RecordField(
            name="recovered",
            title=("挽回金额", "Recovered"),
            kind=MONEY,
            default=None,
            unit=YUAN,
            private=True,
        ),
        RecordField(name="recovery", title=("挽回措施", "How it was recovered"), kind=Lines()),
        RecordField(
            name="advice",
            title=("领导意见", "Management's advice"),
            default=[],
            needed_in=("approved", "shared"),
            kind=Rows(
                least=1,
                done="text",
                columns=(
                    Field(name="who", title=("人员", "Who"), kind=Kind(most=80), required=True),
                    Field(name="on", title=("日期", "On"), kind=Day(), default=None),
                    Field(name="text", title=("意见", "Advice"), kind=Lines(), required=True),
                ),
            ),
        ),
        RecordField(
            name="measures",
            title=("落实措施", "Measures"),
            default=[],
            kind=Rows(
                due="due",
                done="done_on",
                columns=(
                    Field(name="text", title=("措施", "Measure"), kind=Lines(), required=True),
                    _BY,
                    Field(name="due", title=("期限", "Due"), kind=Day(), default=None),
                    Field(name="done_on", title=("完成日", "Done on"), kind=Day(), default=None),
                ),
            ),
        ),
        RecordField(
            name="page",
            title=("案例页编号", "Page of the library"),
            kind=Kind(most=80),
            searched=True,
            help=("例如 CASE-HYD-06；没有时留空", "such as CASE-HYD-06; empty where there is none"),
        ),
        RecordField(
            name="shared_with",
            title=("分享部门", "Shared with"),
            default=[],
            needed_in=("shared",),
            kind=Rows(
                least=1,
                done="on",
                columns=(
                    Field(
                        name="department", title=("部门", "Department"), kind=Kind(most=120), required=True
                    ),
                    Field(name="on", title=("分享日期", "Shared on"), kind=Day(), default=None),
                    Field(name="who", title=("接收人", "Received by"), kind=Kind(most=80)),
                ),
            ),
        ),
    ),
)
