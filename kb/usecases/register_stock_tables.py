"""The tables of spare parts (备件) and of what lies where: in a store or in a technician's van (库存)."""

from kb.usecases.register_description import Field, Table
from kb.usecases.register_kinds import Choice, Code, Kind, Names, Number, Reference
from kb.usecases.register_schedules import Words
from planner.proposals import PartClass

PART_CLASSES: dict[str, Names] = {
    PartClass.COMMON.value: ("常用件", "Common part"),
    PartClass.WEARING.value: ("易耗件", "Wearing part"),
    PartClass.MAINTENANCE.value: ("保养件", "Maintenance part"),
}
LARGEST_QUANTITY = 1e6

PARTS = Table(
    name="parts",
    title=("备件", "Spare parts"),
    single=("备件", "Spare part"),
    handle="number",
    key=("number",),
    named_by=("name",),
    says=(
        "备件目录：件号、类别、可替代件；价格与更换周期在价格表里",
        "spare parts with class and alternatives; prices and intervals stand in the price book",
    ),
    own_fields=(
        Field(
            name="number",
            title=("件号", "Part number"),
            kind=Code(),
            required=True,
            example="A06B-0075-B103",
            listed=True,
            searched=True,
            help=("制造商的件号；导入时按它对应", "of the maker; rows are matched by it"),
        ),
        Field(
            name="name",
            title=("备件名称", "Part name"),
            kind=Kind(most=120),
            required=True,
            example="冷却风扇",
            listed=True,
            searched=True,
        ),
        Field(
            name="part_class",
            title=("备件类别", "Part class"),
            kind=Choice(options=PART_CLASSES),
            example="易耗件",
            listed=True,
            filtered=True,
        ),
        Field(
            name="alternatives",
            title=("可替代件", "Alternatives"),
            kind=Words(),
            default=[],
            example="A06B-0075-B104, A06B-0075-B203",
            listed=True,
            help=("可代用的件号，用逗号隔开", "numbers of parts that do as well, with commas"),
        ),
        Field(
            name="unit",
            title=("计量单位", "Unit of quantity"),
            kind=Kind(most=20),
            example="件",
        ),
    ),
)

STOCK = Table(
    name="stock",
    title=("库存", "Stock"),
    single=("库存", "Stock"),
    handle="id",
    key=("part", "place"),
    named_by=("part", "place"),
    says=(
        "各仓库与工程师随车的数量和最低数量；工单用件自动扣减",
        "how many lie in each store and van, and the least; what an order uses is taken off",
    ),
    own_fields=(
        Field(
            name="part",
            title=("件号", "Part number"),
            kind=Reference(table="parts"),
            column="part_id",
            required=True,
            example="A06B-0075-B103",
            listed=True,
            searched=True,
            filtered=True,
            help=("导入时按件号与存放处对应", "rows are matched by part and place"),
        ),
        Field(
            name="place",
            title=("存放处", "Place"),
            kind=Kind(most=80),
            required=True,
            example="主库",
            listed=True,
            searched=True,
            filtered=True,
        ),
        Field(
            name="technician",
            title=("随车工程师", "Van of the technician"),
            kind=Reference(table="technicians"),
            column="technician_id",
            default=None,
            example="T01",
            listed=True,
            filtered=True,
            help=("随车库存填工程师编号；仓库留空", "the technician's code for a van; empty for a store"),
        ),
        Field(
            name="quantity",
            title=("库存数量", "Quantity held"),
            kind=Number(least=-LARGEST_QUANTITY, largest=LARGEST_QUANTITY),
            required=True,
            example="4",
            listed=True,
            help=(
                "小于 0 表示实际用量超过账面，请盘点",
                "below 0 more was used than the books knew: count it",
            ),
        ),
        Field(
            name="minimum",
            title=("最低数量", "Least quantity"),
            kind=Number(least=0, largest=LARGEST_QUANTITY),
            default=0,
            example="2",
            listed=True,
            help=("少于它即列入缺件", "below it the part is listed as short"),
        ),
    ),
)
