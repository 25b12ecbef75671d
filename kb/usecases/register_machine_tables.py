"""The tables of machines, their meters, and what was read off these."""

from collections.abc import Iterator

from kb.usecases.register_days import Day, Instant
from kb.usecases.register_description import Field, Rule, Table, Values
from kb.usecases.register_kinds import Choice, Code, Kind, Number, Reference, Wrong
from kb.usecases.register_schedules import Versions
from kb.usecases.register_site_tables import code_field

LARGEST_READING = 1e12


def _not_its_own_parent(values: Values) -> Iterator[tuple[str, Wrong]]:
    if values["parent"] and values["parent"] == values["tag"]:
        yield "parent", Wrong("is the machine itself", "name the machine it is mounted on, or leave it empty")


def _below_roll_over(values: Values) -> Iterator[tuple[str, Wrong]]:
    if values["rolls_over_at"] is not None and values["rolls_over_at"] <= 0:
        yield "rolls_over_at", Wrong("is 0", "give the value after which it starts again, or leave it empty")


def machine_field() -> Field:
    """Return the field that names the machine a row belongs to."""
    return Field(
        name="equipment",
        title=("设备", "Machine"),
        kind=Reference(table="equipment"),
        column="equipment_id",
        required=True,
        example="VMC-01",
        listed=True,
        searched=True,
        filtered=True,
    )


EQUIPMENT = Table(
    name="equipment",
    title=("设备", "Equipment"),
    single=("设备", "Machine"),
    handle="tag",
    key=("tag",),
    named_by=("brand", "model"),
    says=("机床、数显与辅助设备", "machine tools, readouts and auxiliaries"),
    rules=(Rule(fields=("tag", "parent"), check=_not_its_own_parent),),
    own_fields=(
        Field(
            name="tag",
            title=("设备编号", "Tag"),
            kind=Code(),
            required=True,
            example="VMC-01",
            listed=True,
            searched=True,
            help=("机身上的编号或客户叫法；导入时按它对应", "what is painted on it; rows are matched by it"),
        ),
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
            name="equipment_class",
            title=("设备类别", "Class"),
            kind=Choice(vocabulary="equipment_classes"),
            required=True,
            example="VMC",
            listed=True,
            filtered=True,
        ),
        Field(
            name="brand",
            title=("品牌", "Brand"),
            kind=Kind(most=80),
            example="示例品牌",
            listed=True,
            searched=True,
            filtered=True,
        ),
        Field(
            name="model",
            title=("型号", "Model"),
            kind=Kind(most=80),
            example="V850",
            listed=True,
            searched=True,
        ),
        Field(
            name="serial",
            title=("出厂编号", "Serial number"),
            kind=Kind(most=80),
            example="20260001",
            searched=True,
        ),
        Field(
            name="controller",
            title=("数控系统", "Control"),
            kind=Choice(vocabulary="controllers"),
            example="fanuc-0i",
            listed=True,
            searched=True,
            filtered=True,
        ),
        Field(name="drive", title=("驱动", "Drive"), kind=Kind(most=80), example="αi", searched=True),
        Field(
            name="software",
            title=("软件版本", "Software versions"),
            kind=Versions(),
            default=[],
            example="CNC=D4F1-28.1; PLC=3.4",
        ),
        Field(
            name="commissioned",
            title=("投用日期", "Commissioned"),
            kind=Day(),
            default=None,
            example="2020-05-18",
        ),
        Field(
            name="parent",
            title=("所属主机", "Mounted on"),
            kind=Reference(table="equipment"),
            column="parent_id",
            default=None,
            filtered=True,
            help=(
                "数显或辅助设备所在的主机",
                "the machine that carries a readout or an auxiliary",
            ),
        ),
        Field(
            name="mtconnect_uuid",
            title=("MTConnect UUID", "MTConnect UUID"),
            kind=Kind(most=200),
            default=None,
            help=("导入 MTConnect 探测文档时按它对应", "probe documents are matched by it"),
        ),
    ),
)


METERS = Table(
    name="meters",
    title=("计数器", "Meters"),
    single=("计数器", "Meter"),
    handle="code",
    key=("code",),
    named_by=("name",),
    says=("机床上的计时、计件", "hours and counts on a machine"),
    rules=(Rule(fields=("rolls_over_at",), check=_below_roll_over),),
    own_fields=(
        code_field(("计数器编号", "Meter code"), "VMC-01-H"),
        machine_field(),
        Field(
            name="name",
            title=("计数内容", "Counts"),
            kind=Kind(most=80),
            required=True,
            example="主轴运行小时",
            listed=True,
            searched=True,
        ),
        Field(name="unit", title=("单位", "Unit"), kind=Kind(most=20), default="h", example="h", listed=True),
        Field(
            name="rolls_over_at",
            title=("归零值", "Rolls over at"),
            kind=Number(least=0, largest=LARGEST_READING),
            default=None,
            help=("到此值后从 0 重新计", "the value after which it starts again from 0"),
        ),
    ),
)

READINGS = Table(
    name="readings",
    title=("抄表", "Readings"),
    single=("读数", "Reading"),
    handle="id",
    key=("meter", "read_at"),
    named_by=("meter", "read_at"),
    says=("某时刻的读数", "what a meter showed at an instant"),
    own_fields=(
        Field(
            name="meter",
            title=("计数器", "Meter"),
            kind=Reference(table="meters"),
            column="meter_id",
            required=True,
            example="VMC-01-H",
            listed=True,
            searched=True,
            filtered=True,
            help=("导入时按计数器与时间对应", "rows are matched by meter and time"),
        ),
        Field(
            name="read_at",
            title=("抄表时间", "Read at"),
            kind=Instant(),
            required=True,
            example="2026-03-01 08:30",
            listed=True,
        ),
        Field(
            name="value",
            title=("读数", "Value"),
            kind=Number(least=0, largest=LARGEST_READING),
            required=True,
            example="12850",
            listed=True,
        ),
    ),
)
