"""Kinds of records that begin with the customer: complaint, follow-up call, need, question, return and exchange."""

from collections.abc import Iterable
from types import MappingProxyType

from kb.usecases.accounts import Role
from kb.usecases.record_description import DueRule, Escalation, Move, RecordField, RecordKind, State
from kb.usecases.register_days import Day
from kb.usecases.register_description import Rule, Values
from kb.usecases.register_kinds import Choice, Kind, Lines, Names, Number, Wrong

MONEY = Number(least=0, largest=1_000_000_000)
YUAN: Names = ("元", "CNY")


def _reason_of_money(values: Values) -> Iterable[tuple[str, Wrong]]:
    if values["compensation"] and not values["compensation_reason"]:
        yield "compensation_reason", Wrong("is empty", "say why it is paid")


COMPLAINT = RecordKind(
    name="complaint",
    title=("投诉", "Complaints"),
    single=("投诉", "Complaint"),
    says=(
        "投诉与质量争议：证据、期限、升级、赔付、客户认可后关闭",
        "complaints and disputes, with evidence, deadline and close-out",
    ),
    prefix="TS",
    states=(
        State(code="received", names=("已受理", "received")),
        State(code="investigating", names=("调查中", "being looked into")),
        State(code="answered", names=("已答复", "answered")),
        State(code="closed", names=("已关闭", "closed"), closed=True),
        State(code="withdrawn", names=("已撤回", "withdrawn"), closed=True),
    ),
    moves=(
        Move(to="investigating", origins=("received",), names=("开始调查", "Look into it")),
        Move(
            to="answered",
            origins=("received", "investigating"),
            names=("已答复客户", "Customer was answered"),
        ),
        Move(to="closed", origins=("answered",), names=("关闭（客户已认可）", "Close"), needs=Role.PLANNER),
        Move(
            to="withdrawn",
            origins=("received", "investigating", "answered"),
            names=("客户撤回", "Customer withdraws it"),
            with_note=True,
        ),
        Move(
            to="investigating",
            origins=("answered", "closed", "withdrawn"),
            names=("重新调查", "Open again"),
            with_note=True,
        ),
    ),
    due=DueRule(by_field=("gravity", MappingProxyType({"normal": 5, "serious": 3, "critical": 1}))),
    escalations=(
        Escalation(hours=8, names=("组长", "team leader")),
        Escalation(hours=24, names=("部门经理", "head of department")),
        Escalation(hours=40, names=("总经理", "general manager")),
    ),
    escalated_in=("received", "investigating"),
    rules=(Rule(fields=("compensation", "compensation_reason"), check=_reason_of_money),),
    own_fields=(
        RecordField(
            name="category",
            title=("投诉类别", "Category"),
            kind=Choice(
                options=MappingProxyType(
                    {
                        "machine": ("产品质量", "quality of the machine"),
                        "repair": ("维修质量", "quality of the repair"),
                        "time": ("响应不及时", "came or answered late"),
                        "attitude": ("服务态度", "attitude"),
                        "parts": ("配件与价格", "parts and price"),
                        "instruction": ("培训与讲解", "instruction"),
                        "other": ("其他", "other"),
                    }
                )
            ),
            required=True,
        ),
        RecordField(
            name="gravity",
            title=("严重程度", "Gravity"),
            kind=Choice(
                options=MappingProxyType(
                    {
                        "normal": ("一般", "normal"),
                        "serious": ("严重", "serious"),
                        "critical": ("重大", "critical"),
                    }
                )
            ),
            default="normal",
            help=("一般 5 个、严重 3 个、重大 1 个工作日内答复", "answered within 5, 3 or 1 working days"),
        ),
        RecordField(name="received_on", title=("投诉日期", "Received on"), kind=Day(), default=None),
        RecordField(name="complainant", title=("投诉人", "Complainant"), kind=Kind(most=80)),
        RecordField(name="phone", title=("电话", "Telephone"), kind=Kind(most=80)),
        RecordField(
            name="said",
            title=("投诉内容", "What the customer says"),
            kind=Lines(),
            required=True,
            searched=True,
        ),
        RecordField(name="demand", title=("客户要求", "What the customer asks for"), kind=Lines()),
        RecordField(
            name="evidence",
            title=("证据说明", "Evidence"),
            kind=Lines(),
            help=(
                "照片、视频、报告作为附件上传，这里写明各能证明什么",
                "attach photos and reports; say here what each shows",
            ),
        ),
        RecordField(
            name="root_cause",
            title=("根本原因", "Root cause"),
            kind=Lines(),
            needed_in=("answered", "closed"),
        ),
        RecordField(
            name="measures", title=("处理措施", "Measures"), kind=Lines(), needed_in=("answered", "closed")
        ),
        RecordField(
            name="compensation",
            title=("赔付金额", "Compensation"),
            kind=MONEY,
            default=None,
            unit=YUAN,
            private=True,
        ),
        RecordField(
            name="compensation_reason", title=("赔付依据", "Why it is paid"), kind=Lines(), private=True
        ),
        RecordField(
            name="accepted",
            title=("客户是否认可", "Customer accepts"),
            kind=Choice(
                options=MappingProxyType(
                    {"yes": ("认可", "yes"), "partly": ("部分认可", "partly"), "no": ("不认可", "no")}
                )
            ),
            needed_in=("closed",),
        ),
        RecordField(
            name="accepted_by",
            title=("认可人", "Accepted by"),
            kind=Kind(most=80),
            needed_when=("accepted", ("yes", "partly")),
        ),
        RecordField(
            name="accepted_on",
            title=("认可日期", "Accepted on"),
            kind=Day(),
            default=None,
            needed_when=("accepted", ("yes", "partly")),
        ),
    ),
)

CATEGORIES: dict[str, Names] = {
    "attitude": ("服务态度", "Attitude"),
    "timeliness": ("及时性", "Timeliness"),
    "skill": ("技术水平", "Skill"),
    "instruction": ("讲解指导", "Explanation and instruction"),
    "result": ("处理结果", "Result"),
    "parts": ("配件", "Parts"),
}
"""What a customer is asked about after work was done."""
_ANSWER = Choice(
    options=MappingProxyType(
        {"yes": ("满意", "satisfied"), "no": ("不满意", "not satisfied"), "na": ("不涉及", "does not apply")}
    )
)

SATISFACTION = RecordKind(
    name="satisfaction",
    title=("回访与满意度", "Follow-up calls"),
    single=("回访", "Follow-up call"),
    says=(
        "完工后的回访：六个方面满意与否，不满意必写原因",
        "calls after work was done; what does not satisfy needs its reason",
    ),
    prefix="HF",
    states=(
        State(code="planned", names=("待回访", "to be called")),
        State(code="unreached", names=("未接通", "not reached")),
        State(code="done", names=("已回访", "called"), closed=True),
        State(code="dropped", names=("免回访", "not called"), closed=True),
    ),
    moves=(
        Move(to="done", origins=("planned", "unreached"), names=("回访完成", "Called")),
        Move(to="unreached", origins=("planned", "unreached"), names=("未接通", "Not reached")),
        Move(to="dropped", origins=("planned", "unreached"), names=("免回访", "Do not call"), with_note=True),
        Move(to="planned", origins=("done", "dropped"), names=("重新回访", "Call again"), with_note=True),
    ),
    due=DueRule(working_days=3),
    own_fields=(
        RecordField(
            name="called_on", title=("回访日期", "Called on"), kind=Day(), default=None, needed_in=("done",)
        ),
        RecordField(name="talked_to", title=("受访人", "Talked to"), kind=Kind(most=80), needed_in=("done",)),
        RecordField(name="phone", title=("电话", "Telephone"), kind=Kind(most=80)),
        *(
            field
            for name, (zh, en) in CATEGORIES.items()
            for field in (
                RecordField(name=name, title=(zh, en), kind=_ANSWER, needed_in=("done",)),
                RecordField(
                    name=f"{name}_reason",
                    title=(f"{zh}：不满意原因", f"{en}: why not"),
                    kind=Lines(most=1000),
                    needed_when=(name, ("no",)),
                ),
            )
        ),
        RecordField(name="said", title=("客户意见", "What the customer says"), kind=Lines(), searched=True),
    ),
)

NEED = RecordKind(
    name="need",
    title=("客户需求", "Customer needs"),
    single=("客户需求", "Customer need"),
    says=("把客户的需求传到能满足它的部门", "what customers wish for, passed on to who can do it"),
    prefix="XQ",
    states=(
        State(code="noted", names=("已登记", "noted")),
        State(code="passed", names=("已转出", "passed on")),
        State(code="answered", names=("已答复客户", "customer was answered"), closed=True),
        State(code="dropped", names=("不予采纳", "not followed"), closed=True),
    ),
    moves=(
        Move(to="passed", origins=("noted",), names=("转出", "Pass on")),
        Move(to="answered", origins=("noted", "passed"), names=("已答复客户", "Customer was answered")),
        Move(to="dropped", origins=("noted", "passed"), names=("不予采纳", "Do not follow"), with_note=True),
        Move(to="noted", origins=("answered", "dropped"), names=("重新打开", "Open again"), with_note=True),
    ),
    due=DueRule(working_days=10),
    own_fields=(
        RecordField(name="need", title=("需求内容", "The need"), kind=Lines(), required=True, searched=True),
        RecordField(name="benefit", title=("为什么需要", "What it is good for"), kind=Lines()),
        RecordField(name="asked_by", title=("提出人", "Asked by"), kind=Kind(most=80)),
        RecordField(
            name="passed_to", title=("转给", "Passed on to"), kind=Kind(most=200), needed_in=("passed",)
        ),
        RecordField(name="answer", title=("答复", "Answer"), kind=Lines(), needed_in=("answered",)),
    ),
)

QUESTION = RecordKind(
    name="question",
    title=("问答", "Questions"),
    single=("问答", "Question"),
    says=(
        "内外部技术咨询；值得写进资料库的成为待办",
        "technical questions from inside and outside; what is worth a page becomes work",
    ),
    prefix="WD",
    states=(
        State(code="open", names=("待答复", "open")),
        State(code="answered", names=("已答复", "answered"), closed=True),
        State(code="dropped", names=("不答复", "not answered"), closed=True),
    ),
    moves=(
        Move(to="answered", origins=("open",), names=("已答复", "Answered")),
        Move(to="dropped", origins=("open",), names=("不答复", "Do not answer"), with_note=True),
        Move(to="open", origins=("answered", "dropped"), names=("重新打开", "Open again"), with_note=True),
    ),
    due=DueRule(working_days=2),
    own_fields=(
        RecordField(name="question", title=("问题", "Question"), kind=Lines(), required=True, searched=True),
        RecordField(name="asked_by", title=("提问人", "Asked by"), kind=Kind(most=80)),
        RecordField(
            name="inside",
            title=("来源", "From"),
            kind=Choice(
                options=MappingProxyType(
                    {
                        "customer": ("客户", "a customer"),
                        "inside": ("内部", "inside"),
                        "dealer": ("经销商", "a dealer"),
                    }
                )
            ),
            default="customer",
        ),
        RecordField(
            name="answer", title=("答复", "Answer"), kind=Lines(), needed_in=("answered",), searched=True
        ),
        RecordField(name="page", title=("依据的资料页", "Page of the library"), kind=Kind(most=80)),
    ),
)

RETURN = RecordKind(
    name="return",
    title=("退换机", "Returns and exchanges"),
    single=("退换机", "Return or exchange"),
    says=(
        "退机、换机：原因、新旧序列号、状态",
        "returns and exchanges with reason, old and new serial numbers",
    ),
    prefix="TH",
    states=(
        State(code="requested", names=("已申请", "asked for")),
        State(code="approved", names=("已批准", "approved")),
        State(code="received", names=("旧机已收回", "old one is back")),
        State(code="done", names=("已完成", "done"), closed=True),
        State(code="refused", names=("已拒绝", "refused"), closed=True),
    ),
    moves=(
        Move(to="approved", origins=("requested",), names=("批准", "Approve"), needs=Role.PLANNER),
        Move(
            to="refused",
            origins=("requested", "approved"),
            names=("拒绝", "Refuse"),
            needs=Role.PLANNER,
            with_note=True,
        ),
        Move(to="received", origins=("approved",), names=("旧机收回", "Old one is back")),
        Move(to="done", origins=("approved", "received"), names=("完成", "Done")),
        Move(to="requested", origins=("refused",), names=("重新申请", "Ask again"), with_note=True),
    ),
    due=DueRule(working_days=10),
    own_fields=(
        RecordField(
            name="direction",
            title=("退或换", "Return or exchange"),
            kind=Choice(
                options=MappingProxyType({"return": ("退机", "return"), "exchange": ("换机", "exchange")})
            ),
            required=True,
        ),
        RecordField(
            name="what",
            title=("机型或部件", "Machine or unit"),
            kind=Kind(most=200),
            required=True,
            searched=True,
        ),
        RecordField(name="reason", title=("原因", "Reason"), kind=Lines(), required=True, searched=True),
        RecordField(
            name="old_serial",
            title=("旧序列号", "Old serial number"),
            kind=Kind(most=80),
            needed_in=("received", "done"),
            searched=True,
        ),
        RecordField(
            name="new_serial",
            title=("新序列号", "New serial number"),
            kind=Kind(most=80),
            searched=True,
            needed_in=("done",),
            needed_when=("direction", ("exchange",)),
            help=(
                "换机完成前必填；台账由人按此更新",
                "needed before an exchange is done; the register is changed by hand",
            ),
        ),
        RecordField(
            name="received_on",
            title=("旧机收回日期", "Old one back on"),
            kind=Day(),
            default=None,
            needed_in=("received",),
        ),
        RecordField(name="sent_on", title=("新机发出日期", "New one sent on"), kind=Day(), default=None),
        RecordField(
            name="amount",
            title=("退款或差价", "Refund or difference"),
            kind=MONEY,
            default=None,
            unit=YUAN,
            private=True,
        ),
    ),
)
