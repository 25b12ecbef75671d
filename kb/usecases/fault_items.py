"""Maintainable items in words: how the code lists' items are called, and by which words a text speaks of one."""

from collections.abc import Mapping

from kb.content.vocabulary import Vocabularies
from kb.i18n import Language

ITEMS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "contactor": ("接触器", "contactor", ("接触器",)),
    "power_supply": (
        "电源",
        "power supply",
        ("24 V 电源", "电源模块", "开关电源", "保险", "熔断器", "电源板"),
    ),
    "cnc": ("数控系统", "control", ("主板", "数控系统", "CNC 板", "系统板")),
    "plc_io": ("PLC 与输入输出", "PLC and I/O", ("PLC", "继电器", "I/O", "输入模块", "输出模块")),
    "cabinet_cooling": ("电柜冷却", "cabinet cooling", ("电柜空调", "电柜风扇", "热交换器", "柜内温度")),
    "operator_panel": ("操作面板", "operator panel", ("操作面板", "按键板", "手轮", "背光")),
    "encoder": ("编码器", "encoder", ("编码器",)),
    "cable": ("电缆", "cable", ("电缆", "反馈线", "线缆", "插头", "接头", "光缆", "拖链", "断线")),
    "scale": ("光栅尺", "scale", ("光栅尺", "尺身", "尺面", "磁栅")),
    "read_head": ("读数头", "read head", ("读数头", "读头")),
    "display": ("数显表", "display", ("数显表", "显示屏", "表头")),
    "probe": ("测头", "probe", ("测头", "探针", "对刀仪")),
    "battery": ("电池", "battery", ("电池",)),
    "bearing": ("轴承", "bearing", ("轴承",)),
    "drawbar": ("拉刀机构", "drawbar", ("碟簧", "拉杆", "拉刀", "松刀")),
    "belt_gear": ("皮带或齿轮", "belt or gear", ("皮带", "齿轮")),
    "taper": ("锥孔", "taper", ("锥孔", "锥面")),
    "orientation_encoder": ("定向编码器", "orientation encoder", ("定向编码器", "Z 脉冲")),
    "chiller": ("冷却机", "chiller", ("冷却机", "冷水机", "油冷机")),
    "amplifier": ("放大器", "amplifier", ("放大器", "驱动器", "驱动模块", "伺服单元")),
    "brake": ("抱闸", "brake", ("抱闸", "制动器")),
    "coupling": ("联轴器", "coupling", ("联轴器", "联轴节")),
    "ball_screw": ("滚珠丝杠", "ball screw", ("丝杠", "螺母副")),
    "guide": ("导轨", "guide", ("导轨", "线轨")),
    "gib": ("镶条", "gib", ("镶条", "塞铁")),
    "counterbalance": ("配重", "counterbalance", ("配重", "平衡缸", "平衡压力")),
    "motor": ("电机", "motor", ("电机", "马达", "绕组")),
    "magazine": ("刀库", "magazine", ("刀库", "刀盘")),
    "arm": ("换刀臂", "arm", ("换刀臂", "机械手", "手爪")),
    "pockets": ("刀套", "pockets", ("刀套", "刀座")),
    "turret": ("刀塔", "turret", ("刀塔", "端齿")),
    "tool_post": ("刀架", "tool post", ("刀架", "霍尔")),
    "sensors": ("传感器", "sensors", ("接近开关", "传感器", "感应开关", "限位开关", "行程开关")),
    "chuck": ("卡盘", "chuck", ("卡盘", "卡爪")),
    "collet": ("弹簧夹头", "collet", ("夹头",)),
    "tailstock": ("尾座", "tailstock", ("尾座", "顶尖")),
    "fixture": ("夹具", "fixture", ("夹具",)),
    "pallet_changer": ("交换台", "pallet changer", ("交换台", "托盘")),
    "tank": ("油箱或水箱", "tank", ("油箱", "水箱", "液位", "油位")),
    "pump": ("泵", "pump", ("泵",)),
    "filter": ("过滤器", "filter", ("过滤", "滤芯", "滤网")),
    "metering": ("分配器", "metering valve", ("定量阀", "分配器", "计量件")),
    "pressure_switch": ("压力开关", "pressure switch", ("压力开关", "压力继电器")),
    "valve": ("阀", "valve", ("电磁阀", "换向阀", "溢流阀", "阀芯", "调压阀")),
    "accumulator": ("蓄能器", "accumulator", ("蓄能器",)),
    "cylinder": ("油缸或气缸", "cylinder", ("油缸", "气缸")),
    "frl": ("气源三联件", "FRL unit", ("三联件", "气源", "气压低")),
    "conveyor": ("排屑器", "conveyor", ("排屑",)),
    "mist": ("油雾", "mist extraction", ("油雾",)),
    "parameters": ("参数", "parameters", ("参数",)),
    "program": ("程序", "program", ("程序",)),
    "backup": ("备份", "backup", ("备份",)),
    "dnc": ("DNC 传输", "DNC", ("DNC", "串口", "RS232")),
    "lan": ("网络", "network", ("网线", "网口", "IP 地址")),
    "firmware": ("固件", "firmware", ("固件", "软件版本")),
    "e_stop": ("急停", "emergency stop", ("急停",)),
    "doors": ("安全门", "doors", ("门锁", "门开关", "安全门")),
    "sto": ("STO", "STO", ("STO",)),
    "light_curtain": ("光幕", "light curtain", ("光幕",)),
    "bed": ("床身", "bed", ("床身", "地脚")),
    "level": ("水平", "level", ("水平仪", "调平")),
    "geometry": ("几何精度", "geometry", ("几何精度", "垂直度", "平行度")),
    "compensation": ("补偿", "compensation", ("螺距补偿", "补偿")),
}
"""Chinese and English name of each item, and the words of a text that mean it; the first item that is named counts."""


def item_name(code: str, language: Language) -> str:
    """Return the name of an item; the code itself where nobody named it."""
    known = ITEMS.get(code)
    return code if known is None else known[1] if language == "en" else known[0]


def item_in(texts: tuple[str, ...], subsystem: str, vocabularies: Vocabularies) -> tuple[str, str] | None:
    """Return subsystem and item that texts speak of, or None.

    Args:
        texts: The surest first, such as parts to bring before a description.
        subsystem: Of the page; an item that several subsystems have is looked for there.
        vocabularies: The code lists.
    """
    lists = vocabularies.lists.get("subsystems", {})
    for text in texts:
        upper = text.upper()
        named = [(upper.find(word.upper()), code) for code, (_, _, words) in ITEMS.items() for word in words]
        for _, code in sorted(entry for entry in named if entry[0] >= 0):
            homes = [name for name, entry in lists.items() if code in entry.texts("items")]
            if subsystem in homes:
                return subsystem, code
            if len(homes) == 1:
                return homes[0], code
    return None


def cause_name(key: str, vocabularies: Vocabularies, language: Language) -> str:
    """Return a cause in words: the item at fault, or the cause of a subsystem where no item was recorded.

    Args:
        key: As `kb.usecases.fault_diagnosis` makes it: `ELE.contactor`, `AXS:E1`.
    """
    subsystem, dot, item = key.partition(".")
    if dot and item:
        return f"{item_name(item, language)}（{vocabularies.label('subsystems', subsystem, language)}）"
    subsystem, colon, cause = key.partition(":")
    if colon:
        label = vocabularies.label("causes", cause, language)
        return f"{label}（{vocabularies.label('subsystems', subsystem, language)}）"
    return key
