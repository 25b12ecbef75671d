"""The tables of customers, their sites, and the technicians who go there."""

from collections.abc import Iterator
from types import MappingProxyType

from kb.usecases.register_description import Field, Rule, Table, Values
from kb.usecases.register_kinds import Choice, Code, Kind, Names, Number, Reference, Wrong, YesNo
from kb.usecases.register_schedules import Hours, Spans, Words

DATUMS: dict[str, Names] = {
    "WGS-84": ("WGS-84", "WGS-84"),
    "GCJ-02": ("GCJ-02", "GCJ-02"),
    "BD-09": ("BD-09", "BD-09"),
}


def _both_coordinates(values: Values) -> Iterator[tuple[str, Wrong]]:
    for here, other in (("latitude_deg", "longitude_deg"), ("longitude_deg", "latitude_deg")):
        if values[here] is None and values[other] is not None:
            yield here, Wrong("is missing while the other coordinate is there", "give both or neither")


def code_field(title: Names, example: str) -> Field:
    """Return the field by which people know a row."""
    return Field(
        name="code",
        title=title,
        kind=Code(),
        required=True,
        example=example,
        listed=True,
        searched=True,
        help=("导入时按编号对应已有记录", "rows of a workbook are matched by it"),
    )


def _phone_fields() -> tuple[Field, Field]:
    return (
        Field(name="contact", title=("联系人", "Contact"), kind=Kind(most=80), example="王工", searched=True),
        Field(
            name="phone", title=("电话", "Phone"), kind=Kind(most=40), example="13800000000", searched=True
        ),
    )


def _position_fields(*, required: bool) -> tuple[Field, Field, Field]:
    default = None
    return (
        Field(
            name="latitude_deg",
            title=("纬度", "Latitude"),
            kind=Number(least=-90, largest=90),
            default=default,
            required=required,
            example="31.2304",
            help=("十进制度，北纬为正", "decimal degrees, north is positive"),
        ),
        Field(
            name="longitude_deg",
            title=("经度", "Longitude"),
            kind=Number(least=-180, largest=180),
            default=default,
            required=required,
            example="121.4737",
            help=("十进制度，东经为正", "decimal degrees, east is positive"),
        ),
        Field(
            name="datum",
            title=("坐标系", "Datum"),
            kind=Choice(options=MappingProxyType(DATUMS)),
            default="WGS-84",
            example="GCJ-02",
            help=(
                "坐标从哪里读出：GPS 为 WGS-84，高德与腾讯为 GCJ-02，百度为 BD-09；三者在国内相差数百米",
                "where the numbers were read: GPS is WGS-84, most Chinese maps GCJ-02, Baidu BD-09;"
                " they differ by some hundred metres in China",
            ),
        ),
    )


CUSTOMERS = Table(
    name="customers",
    title=("客户", "Customers"),
    single=("客户", "Customer"),
    handle="code",
    key=("code",),
    named_by=("name",),
    says=("签合同的公司", "the companies that own sites"),
    own_fields=(
        code_field(("客户编号", "Customer code"), "K001"),
        Field(
            name="name",
            title=("客户名称", "Customer name"),
            kind=Kind(),
            required=True,
            example="示例精密机械有限公司",
            listed=True,
            searched=True,
        ),
        *_phone_fields(),
    ),
)

SITES = Table(
    name="sites",
    title=("现场", "Sites"),
    single=("现场", "Site"),
    handle="code",
    key=("code",),
    named_by=("name",),
    says=("机床所在的厂区，各有自己的开放时间", "where machines stand, each with its own calendar"),
    rules=(Rule(fields=("latitude_deg", "longitude_deg"), check=_both_coordinates),),
    own_fields=(
        code_field(("现场编号", "Site code"), "S001"),
        Field(
            name="name",
            title=("现场名称", "Site name"),
            kind=Kind(),
            required=True,
            example="一号厂房",
            listed=True,
            searched=True,
        ),
        Field(
            name="customer",
            title=("客户", "Customer"),
            kind=Reference(table="customers"),
            column="customer_id",
            required=True,
            example="K001",
            listed=True,
            searched=True,
            filtered=True,
        ),
        Field(
            name="city",
            title=("城市", "City"),
            kind=Kind(most=60),
            example="苏州",
            listed=True,
            searched=True,
            filtered=True,
        ),
        Field(name="address", title=("地址", "Address"), kind=Kind(), example="示例路 1 号", searched=True),
        *_position_fields(required=False),
        Field(
            name="opening",
            title=("开放时间", "Opening hours"),
            kind=Hours(),
            default=None,
            example="周一至周五 08:30-12:00 13:00-17:30",
            help=("允许上门的时间", "when a visit may take place"),
        ),
        Field(
            name="follows_public_calendar",
            title=("随法定节假日", "Follows public holidays"),
            kind=YesNo(),
            default=True,
            example="是",
            help=(
                "法定节假日休息、调休上班日开放",
                "closed on public holidays, open on make-up working days",
            ),
        ),
        Field(
            name="shutdowns",
            title=("停产期", "Shutdowns"),
            kind=Spans(),
            default=[],
            example="2026-07-20~2026-08-02 高温假",
            help=("不能上门的日子", "days on which nobody may come"),
        ),
        *_phone_fields(),
    ),
)


TECHNICIANS = Table(
    name="technicians",
    title=("工程师", "Technicians"),
    single=("工程师", "Technician"),
    handle="code",
    key=("code",),
    named_by=("name",),
    says=("上门服务的工程师", "the field engineers"),
    own_fields=(
        code_field(("工程师编号", "Technician code"), "T01"),
        Field(
            name="name",
            title=("姓名", "Name"),
            kind=Kind(most=80),
            required=True,
            example="张工",
            listed=True,
            searched=True,
        ),
        Field(
            name="phone",
            title=("电话", "Phone"),
            kind=Kind(most=40),
            example="13900000000",
            listed=True,
            searched=True,
        ),
        *_position_fields(required=True),
        Field(
            name="skills",
            title=("技能", "Skills"),
            kind=Words(),
            default=[],
            example="fanuc, dro",
            listed=True,
            help=(
                "与保养计划要求的技能对应；有证书的技能只在证书有效期内算数",
                "compared with the skills that plans ask for; one with a certificate counts while that is valid",
            ),
        ),
        Field(name="working_time", title=("工作时间", "Working time"), kind=Hours(), default=None),
        Field(
            name="leave",
            title=("休假", "Leave"),
            kind=Spans(),
            default=[],
            example="2026-08-03~2026-08-07 年假",
        ),
        Field(
            name="overtime_minutes",
            title=("每日加班上限（分钟）", "Overtime limit (minutes a day)"),
            kind=Number(least=0, largest=480, whole=True),
            default=0,
            example="60",
        ),
    ),
)
