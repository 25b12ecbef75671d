"""What the sample department is made of: trades, kinds of machines, control families, skills, contract levels.

Makers stand here only as families of content/vocabularies/controllers.yaml; machine makers are invented, and models
are size classes that every maker has. Years say when a family was usual in new machines, roughly.
"""

from dataclasses import dataclass
from datetime import date

from planner.model import ContractLevel, EquipmentClass, Level

C = EquipmentClass
SAMPLE_MARK = "示例"

TRADES = (
    "精密零件", "模具", "汽车零部件", "航空结构件", "医疗器械", "液压阀件", "电机", "轴承", "刀具", "通讯腔体",
    "阀门", "减速机", "纺机配件", "手机结构件", "光学支架", "泵业", "压缩机", "工装夹具", "电动工具", "五金",
)  # fmt: skip
LONG_TRADES = (
    "新能源汽车电驱动壳体与减速器精密零部件联合制造基地",
    "轨道交通制动系统与高强度紧固件综合机械加工中心（含热处理）",
    "半导体设备真空腔体及大型铝合金结构件精密制造",
)
TECHNICIAN_NAMES = ("甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸")
MACHINE_MAKERS = ("示例机床甲厂", "示例机床乙厂", "示例机床丙厂", "示例机床丁厂", "示例机床戊厂")
HALLS = ("", "", "一车间", "二车间", "三号厂房", "金工车间", "模具车间")

MECHANICAL = "mechanical"
READOUT = "readout"


@dataclass(frozen=True, slots=True)
class Kind:
    """What machines of a class have in common.

    Args:
        zh: Its name.
        models: Size classes, such as a maker-independent type designation.
        minutes_percent: Inspection time, in percent of a vertical machining centre's.
        checklist: Middle of the ids of its checklists; empty where the library has none.
    """

    zh: str
    models: tuple[str, ...]
    minutes_percent: int
    checklist: str


KINDS: dict[EquipmentClass, Kind] = {
    C.LAT: Kind("数控车床", ("CK6140", "CK6150", "CK6163", "斜床身 8 寸卡盘", "斜床身 10 寸卡盘"), 90, "LAT"),
    C.TMC: Kind("车铣复合中心", ("双主轴车铣复合", "Y 轴车铣复合"), 125, "LAT"),
    C.VMC: Kind("立式加工中心", ("VMC650", "VMC850", "VMC1060", "VMC1270"), 100, "MC"),
    C.HMC: Kind("卧式加工中心", ("HMC500", "HMC630", "HMC800"), 125, "MC"),
    C.GMC: Kind("龙门加工中心", ("GMC2013", "GMC3022"), 130, "MC"),
    C.MIL: Kind("数控铣床", ("XK5032", "XK7130"), 80, "MC"),
    C.DTC: Kind("钻攻中心", ("T500", "T600"), 80, "MC"),
    C.GRI: Kind("磨床", ("M7130", "MK1320", "M1432"), 70, ""),
    C.BOR: Kind("镗床", ("TK6111", "T611"), 110, ""),
    C.EDM: Kind("电火花机床", ("中走丝线切割", "精密成形机"), 60, ""),
    C.MAN: Kind("普通机床", ("CA6140", "C6132", "X5032", "X6132"), 35, "DRO"),
    C.DRO: Kind("数显装置", ("两轴数显", "三轴数显"), 30, "DRO"),
    C.AUX: Kind("辅助设备", ("主轴冷水机", "桁架上下料", "油雾净化"), 30, ""),
}
BASE_MINUTES: dict[Level, int] = {
    Level.MONTHLY: 40,
    Level.QUARTERLY: 75,
    Level.HALF_YEARLY: 120,
    Level.YEARLY: 180,
}
"""Time of a service technician at a vertical machining centre; what the operator does daily is not in it."""


@dataclass(frozen=True, slots=True)
class Family:
    """A control family in the sample.

    Args:
        controller: Code of content/vocabularies/controllers.yaml.
        skill: What a technician must know to work on it.
        years: First and last year in which machines came with it.
        series: Series of it, from the vocabulary; empty where none is told apart.
        drive: Drive family; empty where none is told apart.
        maker: The machine's maker, where control and machine have one; else empty.
        classes: Classes of machines that come with it, repeated by how often.
        weight: How many there are, relative to the skill's other families.
    """

    controller: str
    skill: str
    years: tuple[int, int]
    series: tuple[str, ...]
    drive: str
    maker: str
    classes: tuple[EquipmentClass, ...]
    weight: int


_COMMON = (C.VMC, C.VMC, C.VMC, C.LAT, C.LAT, C.LAT, C.HMC, C.DTC, C.TMC)
_LARGE = (C.VMC, C.HMC, C.GMC, C.BOR)
_PLAIN = (C.LAT, C.LAT, C.LAT, C.VMC, C.MIL, C.GRI)

FAMILIES: tuple[Family, ...] = (
    Family("fanuc-0", "fanuc", (1993, 2001), ("0M", "0T"), "", "", _COMMON[:6], 1),
    Family("fanuc-16i", "fanuc", (1999, 2009), ("18i", "21i"), "αi", "", _COMMON, 2),
    Family("fanuc-0i", "fanuc", (2004, 2025), ("0i-TD", "0i-MD", "0i-TF", "0i-MF"), "βi", "", (*_COMMON, C.GRI, C.EDM), 6),
    Family("fanuc-30i", "fanuc", (2008, 2025), ("31i-B", "31i-B5", "32i-B"), "αi", "", (C.HMC, C.TMC, C.GMC, C.VMC), 2),
    Family("siemens-802", "siemens", (2001, 2011), ("802D", "802D sl"), "611D", "", _PLAIN, 1),
    Family("siemens-808d", "siemens", (2014, 2025), ("808D ADVANCED",), "", "", _PLAIN, 2),
    Family("siemens-828d", "siemens", (2012, 2025), ("828D",), "S120", "", _COMMON, 4),
    Family("siemens-840d-sl", "siemens", (2009, 2023), ("840D sl",), "S120", "", (*_LARGE, C.GMC, C.TMC), 3),
    Family("siemens-one", "siemens", (2021, 2025), ("ONE",), "S120", "", _LARGE, 1),
    Family("mitsubishi-m70", "mitsubishi", (2009, 2016), ("M70", "M70V"), "MDS", "", (C.VMC, C.DTC, C.DTC, C.LAT), 3),
    Family("mitsubishi-m80", "mitsubishi", (2016, 2025), ("M80",), "MDS", "", (C.VMC, C.DTC, C.DTC, C.LAT), 4),
    Family("heidenhain-tnc4", "heidenhain", (1997, 2005), ("TNC 426", "TNC 430"), "", "", (C.VMC, C.BOR), 1),
    Family("heidenhain-itnc530", "heidenhain", (2004, 2014), ("iTNC 530",), "", "", _LARGE, 3),
    Family("heidenhain-tnc6", "heidenhain", (2012, 2024), ("TNC 620", "TNC 640"), "", "", _LARGE, 3),
    Family("gsk", "domestic", (2004, 2025), ("980", "988", "218"), "", "", _PLAIN, 3),
    Family("hnc", "domestic", (2005, 2025), ("21", "22", "8xx"), "", "", _PLAIN, 3),
    Family("knd", "domestic", (2006, 2022), (), "", "", (C.LAT, C.LAT, C.MIL), 1),
    Family("syntec", "domestic", (2010, 2025), (), "", "", (C.DTC, C.VMC, C.LAT), 3),
    Family("mazatrol", "special", (2006, 2025), ("Matrix", "Smooth"), "", "Mazak", (C.LAT, C.TMC, C.HMC, C.VMC), 2),
    Family("okuma-osp", "special", (2006, 2025), ("OSP-P200", "OSP-P300"), "", "Okuma", (C.LAT, C.HMC, C.GMC), 2),
    Family("haas", "special", (2002, 2014), ("pre-NGC",), "", "Haas", (C.VMC, C.LAT), 1),
    Family("haas-ngc", "special", (2016, 2025), ("NGC",), "", "Haas", (C.VMC, C.VMC, C.LAT), 2),
    Family("brother", "special", (2008, 2025), ("CNC-C00",), "", "Brother", (C.DTC,), 2),
    Family("dro-sino", READOUT, (2005, 2025), (), "", "SINO", (C.DRO,), 4),
    Family("dro-easson", READOUT, (2005, 2025), (), "", "EASSON", (C.DRO,), 2),
    Family("dro-rational", READOUT, (2006, 2025), (), "", "RATIONAL", (C.DRO,), 2),
    Family("dro-heidenhain", READOUT, (2000, 2022), ("ND 520", "ND 730", "POSITIP"), "", "HEIDENHAIN", (C.DRO,), 2),
    Family("dro-fagor", READOUT, (2003, 2023), (), "", "Fagor", (C.DRO,), 1),
    Family("dro-newall", READOUT, (2004, 2023), (), "", "Newall", (C.DRO,), 1),
)  # fmt: skip

MIXES: dict[str, tuple[str, ...]] = {
    "A": ("fanuc",) * 5 + ("mitsubishi",) * 2 + ("domestic", READOUT),
    "B": ("siemens",) * 4 + ("heidenhain",) * 2 + ("fanuc",) * 2,
    "C": ("domestic",) * 4 + (READOUT,) * 3 + ("fanuc",) * 2,
    "D": ("special",) * 3 + ("fanuc",) * 3 + (READOUT,),
}
"""What a workshop buys, repeated by how often: one technician of the right kind must be able to do all of a site."""
MIX_WEIGHTS = {"A": 35, "B": 20, "C": 25, "D": 20}

PROFILES: tuple[frozenset[str], ...] = (
    frozenset({MECHANICAL, "fanuc", "siemens", "heidenhain", "mitsubishi", "domestic", READOUT}),
    frozenset({MECHANICAL, "fanuc", "domestic", "special", READOUT}),
    frozenset({MECHANICAL, "fanuc", "mitsubishi", "domestic", READOUT}),
    frozenset({MECHANICAL, "fanuc", "siemens", "heidenhain"}),
    frozenset({MECHANICAL, "fanuc", "siemens", "special", READOUT}),
)
"""What technicians can do; a region hires them in this order, and three of them cover every mix."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a contract level sells.

    Args:
        levels: Levels of inspection, the smallest first; each is one maintenance plan of each machine.
        trip_months: Months of a year, counted from its first visit, in which a visit is sold.
        response_hours, arrival_hours, temporary_restore_hours, resolution_hours: Promises; None where none.
    """

    levels: tuple[Level, ...]
    trip_months: tuple[int, ...]
    response_hours: float | None
    arrival_hours: float | None
    temporary_restore_hours: float | None
    resolution_hours: float | None


_YEARLY_PAIR = (Level.HALF_YEARLY, Level.YEARLY)
TERMS: dict[ContractLevel, Terms] = {
    ContractLevel.ALL_IN: Terms(
        (Level.MONTHLY, Level.QUARTERLY, *_YEARLY_PAIR), tuple(range(12)), 1, 4, 8, 24
    ),
    ContractLevel.LABOUR: Terms((Level.QUARTERLY, *_YEARLY_PAIR), (0, 3, 6, 9), 2, 8, 24, 72),
    ContractLevel.INSPECTION: Terms(_YEARLY_PAIR, (0, 6), 4, 24, None, None),
}
LEVEL_MONTHS: dict[Level, int] = {
    Level.MONTHLY: 1,
    Level.QUARTERLY: 3,
    Level.HALF_YEARLY: 6,
    Level.YEARLY: 12,
}

SHARES: tuple[tuple[float, float, float], ...] = ((0.25, 0.45, 0.30), (0.08, 0.27, 0.65), (0.02, 0.08, 0.90))
"""Shares of all-in, labour and inspection contracts: a department with few people for many machines sells less."""
SHARE_LIMITS = (40, 100)
"""Machines for each technician up to which the first and the second row of `SHARES` hold."""

SPRING_FESTIVALS: dict[int, date] = {
    day.year: day
    for day in (
        date(2020, 1, 25), date(2021, 2, 12), date(2022, 2, 1), date(2023, 1, 22), date(2024, 2, 10),
        date(2025, 1, 29), date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26), date(2029, 2, 13),
        date(2030, 2, 3), date(2031, 1, 23), date(2032, 2, 11), date(2033, 1, 31), date(2034, 2, 19),
        date(2035, 2, 8),
    )
}  # fmt: skip
"""First day of the lunar year; a year that is not here gets no Spring Festival shutdown in the sample."""
