"""The tables of what was sold and what is to be done: contracts and maintenance plans."""

from collections.abc import Iterator
from itertools import pairwise
from types import MappingProxyType

from kb.usecases.register_days import Day
from kb.usecases.register_description import Field, Rule, Table, Values
from kb.usecases.register_kinds import Choice, Kind, Names, Number, Reference, Wrong, YesNo
from kb.usecases.register_machine_tables import machine_field
from kb.usecases.register_schedules import Words
from kb.usecases.register_site_tables import code_field

LEVELS: dict[str, Names] = {
    "weekly": ("每周", "Weekly"),
    "monthly": ("每月", "Monthly"),
    "quarterly": ("每季度", "Quarterly"),
    "half_yearly": ("每半年", "Half-yearly"),
    "yearly": ("每年", "Yearly"),
}
CONTRACT_LEVELS: dict[str, Names] = {
    "inspection": ("仅巡检", "Inspection only"),
    "labour": ("含人工", "Labour included"),
    "all_in": ("全包", "All-in"),
}
UNITS: dict[str, Names] = {
    "days": ("天", "days"),
    "weeks": ("周", "weeks"),
    "months": ("月", "months"),
    "years": ("年", "years"),
}
BASES: dict[str, Names] = {
    "fixed": ("固定日期", "Fixed dates"),
    "floating": ("自上次完成", "From the last completion"),
    "shifted": ("按偏差移动", "Shifted by early or late completion"),
}
MOVES: dict[str, Names] = {
    "none": ("不移动", "Stay"),
    "preceding": ("提前到上一工作日", "Preceding working day"),
    "following": ("推迟到下一工作日", "Following working day"),
    "modified_following": ("推迟但不跨月", "Following, within the month"),
    "nearest": ("最近的工作日", "Nearest working day"),
}


HOURS_IN_A_YEAR = 8760


def _contract_days(values: Values) -> Iterator[tuple[str, Wrong]]:
    if values["last_day"] <= values["first_day"]:
        yield (
            "last_day",
            Wrong("lies before the first day {day}", "give a later day", day=values["first_day"]),
        )


def _needs_of_two_or_more(values: Values) -> Iterator[tuple[str, Wrong]]:
    if values["crew"] == 1 and values["second_skills"]:
        yield "second_skills", Wrong("need a second technician", "give 2 technicians, or leave it blank")
    if values["work_days"] == 1 and values["overnight"]:
        yield "overnight", Wrong("needs at least 2 working days", "give more working days, or no")


def _rising_promises(values: Values) -> Iterator[tuple[str, Wrong]]:
    names = ("response_hours", "arrival_hours", "temporary_restore_hours", "resolution_hours")
    given = [(name, values[name]) for name in names if values[name] is not None]
    for (_, before), (name, after) in pairwise(given):
        if after < before:
            yield (
                name,
                Wrong(
                    "is {hours:g} h, sooner than the step before it",
                    "give at least {least:g}",
                    hours=after,
                    least=before,
                ),
            )


def _days_field(name: str, title: Names, help: Names) -> Field:
    return Field(
        name=name,
        title=title,
        kind=Number(least=0, largest=366, whole=True),
        default=None,
        help=help,
    )


def _percent_field(name: str, title: Names, default: float, help: Names) -> Field:
    return Field(
        name=name,
        title=title,
        kind=Number(least=0, largest=100),
        default=default,
        example=f"{default:g}",
        help=help,
    )


CONTRACTS = Table(
    name="contracts",
    title=("合同", "Contracts"),
    single=("合同", "Contract"),
    handle="code",
    key=("code",),
    named_by=(),
    says=("卖出的服务：期限、次数、响应时间", "what was sold: validity, visits, response times"),
    rules=(
        Rule(fields=("first_day", "last_day"), check=_contract_days),
        Rule(
            fields=("response_hours", "arrival_hours", "temporary_restore_hours", "resolution_hours"),
            check=_rising_promises,
        ),
    ),
    own_fields=(
        code_field(("合同编号", "Contract code"), "C2026-001"),
        Field(
            name="site",
            title=("现场", "Site"),
            kind=Reference(table="sites"),
            column="site_id",
            required=True,
            example="S001",
            listed=True,
            searched=True,
            filtered=True,
        ),
        Field(
            name="level",
            title=("服务级别", "Coverage level"),
            kind=Choice(options=MappingProxyType(CONTRACT_LEVELS)),
            required=True,
            example="含人工",
            listed=True,
            filtered=True,
        ),
        Field(
            name="first_day",
            title=("生效日", "First day"),
            kind=Day(),
            column="valid_from",
            required=True,
            example="2026-01-01",
            listed=True,
        ),
        Field(
            name="last_day",
            title=("到期日（含）", "Last day (included)"),
            kind=Day(inclusive_end=True),
            column="valid_until",
            required=True,
            example="2026-12-31",
            listed=True,
        ),
        Field(
            name="visits_per_year",
            title=("每年巡检次数", "Visits a year"),
            kind=Number(least=0, largest=366, whole=True),
            required=True,
            example="4",
            listed=True,
        ),
        Field(
            name="min_spacing_days",
            title=("两次最小间隔（天）", "Least spacing (days)"),
            kind=Number(least=0, largest=366, whole=True),
            default=None,
        ),
        Field(
            name="response_hours",
            title=("响应（小时）", "Response (hours)"),
            kind=Number(least=0, largest=HOURS_IN_A_YEAR),
            default=None,
            example="2",
            help=("自报修起的工作时间", "working time from the report"),
        ),
        Field(
            name="arrival_hours",
            title=("到场（小时）", "Arrival (hours)"),
            kind=Number(least=0, largest=HOURS_IN_A_YEAR),
            default=None,
            example="24",
        ),
        Field(
            name="temporary_restore_hours",
            title=("临时恢复（小时）", "Temporary restore (hours)"),
            kind=Number(least=0, largest=HOURS_IN_A_YEAR),
            default=None,
        ),
        Field(
            name="resolution_hours",
            title=("彻底解决（小时）", "Resolution (hours)"),
            kind=Number(least=0, largest=HOURS_IN_A_YEAR),
            default=None,
        ),
    ),
)


PLANS = Table(
    name="plans",
    title=("保养计划", "Maintenance plans"),
    single=("保养计划", "Maintenance plan"),
    handle="code",
    key=("code",),
    named_by=("level",),
    says=("每台设备按什么级别、多久巡检一次", "which machine is inspected at which level, how often"),
    rules=(Rule(fields=("crew", "second_skills", "work_days", "overnight"), check=_needs_of_two_or_more),),
    own_fields=(
        code_field(("计划编号", "Plan code"), "VMC-01-Q"),
        machine_field(),
        Field(
            name="level",
            title=("巡检级别", "Inspection level"),
            kind=Choice(options=MappingProxyType(LEVELS)),
            required=True,
            example="每季度",
            listed=True,
            filtered=True,
        ),
        Field(
            name="interval_count",
            title=("周期数", "Interval count"),
            kind=Number(least=1, largest=3660, whole=True),
            required=True,
            example="3",
            listed=True,
        ),
        Field(
            name="interval_unit",
            title=("周期单位", "Interval unit"),
            kind=Choice(options=MappingProxyType(UNITS)),
            required=True,
            example="月",
            listed=True,
        ),
        Field(
            name="anchor",
            title=("起算日", "Anchor day"),
            kind=Day(),
            required=True,
            example="2026-01-15",
            listed=True,
            help=(
                "第 0 次的日期；第 k 次为起算日加 k 个周期",
                "the day of number 0; number k is k intervals later",
            ),
        ),
        Field(
            name="basis",
            title=("计算基准", "Basis"),
            kind=Choice(options=MappingProxyType(BASES)),
            default="fixed",
            example="固定日期",
            help=("下一次从哪里算起", "what the next date counts from"),
        ),
        Field(
            name="move",
            title=("遇休息日", "On a free day"),
            kind=Choice(options=MappingProxyType(MOVES)),
            default="nearest",
            example="最近的工作日",
        ),
        _days_field(
            "late_days",
            ("可推迟（天）", "Late by (days)"),
            ("空白为周期的 20%，最多 28 天", "blank is 20 % of the interval, at most 28 days"),
        ),
        _days_field(
            "early_days",
            ("可提前（天）", "Early by (days)"),
            ("空白为周期的 10%", "blank is 10 % of the interval"),
        ),
        _percent_field(
            "late_factor_percent",
            ("推迟系数（%）", "Late factor (%)"),
            100,
            ("仅用于“按偏差移动”", "only for the shifted basis"),
        ),
        _percent_field(
            "early_factor_percent",
            ("提前系数（%）", "Early factor (%)"),
            100,
            ("仅用于“按偏差移动”", "only for the shifted basis"),
        ),
        _percent_field(
            "tolerance_percent",
            ("容差（%）", "Tolerance (%)"),
            0,
            ("仅用于“按偏差移动”", "only for the shifted basis"),
        ),
        Field(
            name="duration_minutes",
            title=("工时（分钟）", "Duration (minutes)"),
            kind=Number(least=1, largest=10_080, whole=True),
            default=60,
            example="90",
            help=("设备上的工作时间，不含路途", "working time on the machine, without travel"),
        ),
        Field(
            name="lead_days",
            title=("提前通知（天）", "Lead (days)"),
            kind=Number(least=0, largest=366, whole=True),
            default=30,
            example="30",
        ),
        Field(
            name="skills",
            title=("所需技能", "Skills needed"),
            kind=Words(),
            default=[],
            example="fanuc",
        ),
        Field(
            name="checklist_id",
            title=("检查表", "Checklist"),
            kind=Kind(most=80),
            default=None,
            help=("资料库中检查表页的编号", "id of a checklist page of the library"),
        ),
        Field(
            name="crew",
            title=("人数", "Technicians"),
            kind=Number(least=1, largest=2, whole=True),
            default=1,
            example="1",
            help=(
                "2：两位工程师同时到场、同时开工",
                "2: two technicians are there together, from the same minute on",
            ),
        ),
        Field(
            name="second_skills",
            title=("第二人所需技能", "Skills of the second"),
            kind=Words(),
            default=[],
            example="",
            help=(
                "两人作业时第二人的技能；空白表示谁都可以",
                "of two, what the second must be able to do; blank is anybody",
            ),
        ),
        Field(
            name="work_days",
            title=("连续工作日数", "Working days in a row"),
            kind=Number(least=1, largest=30, whole=True),
            default=1,
            example="1",
            help=(
                "大于 1：同一位工程师连续这么多个工作日，每天整天",
                "above 1: the same technician on so many working days in a row, each as a whole",
            ),
        ),
        Field(
            name="overnight",
            title=("当地住宿", "Stays overnight"),
            kind=YesNo(),
            default=False,
            example="否",
            help=(
                "多日上门时不每天往返；中间不能有休息日",
                "of several days: no way home between them; no free day may lie between",
            ),
        ),
        Field(
            name="kits",
            title=("成套工具", "Kits"),
            kind=Words(),
            default=[],
            example="laser",
            help=("成套工具表中的代码", "codes of the table of kits"),
        ),
        Field(
            name="price_minutes",
            title=("可选：值多少分钟车程", "Optional: worth (minutes of driving)"),
            kind=Number(least=1, largest=100_000),
            default=None,
            example="45",
            help=(
                "空白为必做；填写后只在绕路少于此数时安排，且不挤掉必做的工作",
                "blank is due; a number is done only where the detour is below it, and never in the place of due work",
            ),
        ),
    ),
)
