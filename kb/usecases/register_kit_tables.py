"""The table of kits: sets of tools that go to some visits, of which the department has only a few."""

from kb.usecases.register_description import Field, Table
from kb.usecases.register_kinds import Kind, Number
from kb.usecases.register_schedules import Words
from kb.usecases.register_site_tables import code_field

KITS = Table(
    name="kits",
    title=("成套工具", "Kits"),
    single=("成套工具", "Kit"),
    handle="code",
    key=("code",),
    named_by=("name",),
    says=(
        "数量有限、随工程师上门的成套工具，如激光干涉仪；排程时每天最多派出现有的套数",
        "sets of tools that are carried to visits, such as a laser interferometer; no day is planned with more than there are",
    ),
    own_fields=(
        code_field(("工具代码", "Kit code"), "laser"),
        Field(
            name="name",
            title=("工具名称", "Kit name"),
            kind=Kind(most=80),
            example="激光干涉仪",
            listed=True,
            searched=True,
        ),
        Field(
            name="owned",
            title=("套数", "How many"),
            kind=Number(least=0, largest=999, whole=True),
            default=1,
            example="2",
            listed=True,
            help=(
                "同一天最多有这么多位工程师带着它",
                "on one day so many technicians can have one, each for all visits of the day",
            ),
        ),
        Field(
            name="holders",
            title=("固定在谁的车上", "Kept in the vans of"),
            kind=Words(),
            default=[],
            example="T01 T02",
            listed=True,
            help=(
                "工程师编号；空白表示谁去谁带",
                "codes of technicians; blank is whoever goes takes one",
            ),
        ),
    ),
)
