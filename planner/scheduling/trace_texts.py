"""The sentences of a trace in Chinese and English, and the words that go into them.

A name in braces is a value of the reason; which kind of reason has which values is told where reasons are made.
"""

from collections.abc import Mapping
from typing import Literal

from planner.model import Basis, Level

Language = Literal["zh_CN", "en"]
Sentences = Mapping[Language, str]
Choices = Mapping[str, Sentences]
UNKNOWN: Sentences = {"zh_CN": "（未注明）", "en": "(not stated)"}
"""What stands for a value that a reason lacks; a sentence never fails."""
JOINED_BY: Sentences = {"zh_CN": "；", "en": "; "}

NOMINAL: Sentences = {
    "zh_CN": "名义日期 {nominal}（起算 {anchor} + {k} × {interval}）",
    "en": "nominal date {nominal} ({anchor} + {k} × {interval})",
}
BASIS: Choices = {
    Basis.FLOATING: {
        "zh_CN": "按上次完成日 {done} 起算，应为 {to}",
        "en": "counted from the last completion on {done}: {to}",
    },
    Basis.SHIFTED: {
        "zh_CN": "上次 {done} 完成，按偏差系数累计{shift}，应为 {to}",
        "en": "last done on {done}; by the shift factors {shift} in all: {to}",
    },
}
CALENDAR_MOVE: Choices = {
    "holiday": {"zh_CN": "逢{name}，移至 {to}", "en": "moved for {name} to {to}"},
    "weekly_rest": {"zh_CN": "逢{weekday}休息，移至 {to}", "en": "moved off {weekday} to {to}"},
    "closure": {"zh_CN": "逢停工（{name}），移至 {to}", "en": "moved out of a closure ({name}) to {to}"},
    "closure_unnamed": {"zh_CN": "逢停工，移至 {to}", "en": "moved out of a closure to {to}"},
    "": {"zh_CN": "逢非工作日，移至 {to}", "en": "moved off a day without work to {to}"},
}
ABSORBED: Sentences = {
    "zh_CN": "并入{level}保养（原定 {due}）",
    "en": "includes the {level} inspection due on {due}",
}
OVERDUE: Choices = {
    "one": {
        "zh_CN": "{due} 到期未做，已逾期：自 {from} 起安排在最早可行日",
        "en": "due on {due} and not done: made up for on the first possible day from {from}",
    },
    "many": {
        "zh_CN": "{first_due} 至 {due} 共 {count} 次到期未做，已逾期：自 {from} 起一次补做，安排在最早可行日",
        "en": "{count} dates from {first_due} to {due} not done: made up for at once, "
        "on the first possible day from {from}",
    },
}
MERGED: Sentences = {
    "zh_CN": "与同一站点其他到期项合并为一次上门：{machines} 台设备、{occurrences} 项（到期 {first_due} 至 {last_due}），宜在 {to}",
    "en": "one trip for the site: {occurrences} inspections on {machines} machines (due {first_due} to {last_due}), best on {to}",
}
CONTRACT: Choices = {
    "too_few": {
        "zh_CN": "合同年 {start} 至 {last} 应上门 {sold} 次，计划 {planned} 次，少 {short} 次",
        "en": "contract year {start} to {last}: {sold} visits sold, {planned} planned, {short} short",
    },
    "outside_validity": {
        "zh_CN": "{day} 不在合同有效期 {start} 至 {last} 内",
        "en": "{day} lies outside the contract, {start} to {last}",
    },
    "too_close": {
        "zh_CN": "{day} 距上一次上门 {before} 仅 {days} 天，合同要求至少 {least} 天",
        "en": "{day} is {days} days after the visit on {before}; the contract asks for at least {least}",
    },
    "": {"zh_CN": "按合同要求调整", "en": "changed for the contract"},
}
TECHNICIAN: Sentences = {"zh_CN": "由 {technician} 于 {day} 上门", "en": "{technician} goes on {day}"}
ORIGIN: Choices = {
    "home": {"zh_CN": "，从住处出发", "en": ", from home"},
    "site": {"zh_CN": "，从站点 {from_site} 转来", "en": ", from site {from_site}"},
}
TRAVEL: Choices = {
    "both": {
        "zh_CN": "，路程 {travel_km} 公里、{travel_minutes} 分钟",
        "en": ", {travel_km} km and {travel_minutes} min on the road",
    },
    "km": {"zh_CN": "，路程 {travel_km} 公里", "en": ", {travel_km} km on the road"},
    "minutes": {"zh_CN": "，路上 {travel_minutes} 分钟", "en": ", {travel_minutes} min on the road"},
    "unknown": {
        "zh_CN": "，坐标不明，路上按 {travel_minutes} 分钟计",
        "en": ", position unknown, {travel_minutes} min assumed on the road",
    },
}
ABLE: Choices = {
    "one": {"zh_CN": "，只有此人能胜任", "en": ", the only one able to do it"},
    "many": {"zh_CN": "，能胜任者共 {able} 人", "en": ", one of {able} able to do it"},
}
NOT_IDEAL: Sentences = {"zh_CN": "；原宜 {ideal}，但{ideal_why}", "en": "; {ideal} was best, but {ideal_why}"}
WHY: Choices = {
    "skill": {"zh_CN": "没有技术员具备所需的全部技能", "en": "no technician has every skill that it needs"},
    "certificate": {
        "zh_CN": "能胜任的技术员当天证书均无效",
        "en": "no able technician has a certificate that is valid then",
    },
    "technician_away": {"zh_CN": "能胜任的技术员都不上班", "en": "no able technician is at work"},
    "site_closed": {"zh_CN": "站点不开放", "en": "the site is closed"},
    "window": {"zh_CN": "不在时间窗内", "en": "that is outside the window"},
    "working_time": {
        "zh_CN": "能胜任的技术员工时不够",
        "en": "the working time of the able technicians does not suffice",
    },
    "spacing": {"zh_CN": "与相邻上门的间隔不足", "en": "it is too near to another visit of the site"},
    "kit": {"zh_CN": "所需成套工具不够", "en": "no kit that it needs is left"},
    "second": {"zh_CN": "没有合适的第二人同行", "en": "no second technician can come along"},
    "days_in_a_row": {
        "zh_CN": "没有人有足够的连续空闲工作日",
        "en": "nobody has so many free working days in a row",
    },
    "price": {
        "zh_CN": "属可选工作，绕路超过其价值",
        "en": "it is optional and the detour is above its price",
    },
    "contract": {"zh_CN": "不在合同有效期内", "en": "it is outside the contract"},
    "whole_plan": {"zh_CN": "改期使整个计划更优", "en": "another day makes the plan as a whole better"},
}
"""Rules by the names that `planner.routing` gives them; a test holds the two together."""
UNPLACED: Sentences = {"zh_CN": "无法安排", "en": "not placed"}
"""Why, and what would help, names people and sites: whoever knows the register words that."""
FROZEN: Sentences = {
    "zh_CN": "已锁定，不随新计划移动",
    "en": "locked: a new plan does not move it",
}
PROVISIONAL: Sentences = {
    "zh_CN": "{year} 年放假安排尚未公布，日期暂定",
    "en": "the public calendar of {year} is not published yet; the date is provisional",
}
DAYS_SHIFTED: Choices = {
    "later": {"zh_CN": "顺延 {days} 天", "en": "{days} days later"},
    "earlier": {"zh_CN": "提前 {days} 天", "en": "{days} days earlier"},
}
UNITS: Mapping[str, Mapping[Language, tuple[str, str]]] = {
    "days": {"zh_CN": ("天", "天"), "en": ("day", "days")},
    "weeks": {"zh_CN": ("周", "周"), "en": ("week", "weeks")},
    "months": {"zh_CN": ("个月", "个月"), "en": ("month", "months")},
    "years": {"zh_CN": ("年", "年"), "en": ("year", "years")},
}
LEVELS: Choices = {
    Level.WEEKLY: {"zh_CN": "每周", "en": "weekly"},
    Level.MONTHLY: {"zh_CN": "月度", "en": "monthly"},
    Level.QUARTERLY: {"zh_CN": "季度", "en": "quarterly"},
    Level.HALF_YEARLY: {"zh_CN": "半年", "en": "half-yearly"},
    Level.YEARLY: {"zh_CN": "年度", "en": "yearly"},
}
WEEKDAYS: Choices = {
    str(number): {"zh_CN": f"周{chinese}", "en": english}
    for number, (chinese, english) in enumerate(
        zip(
            "一二三四五六日",
            ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
            strict=True,
        )
    )
}
FESTIVALS: Mapping[str, str] = {
    "元旦": "New Year's Day",
    "农历除夕": "Chinese New Year's Eve",
    "春节": "Chinese New Year",
    "清明节": "Tomb-Sweeping Day",
    "劳动节": "Labour Day",
    "端午节": "Dragon Boat Festival",
    "中秋节": "Mid-Autumn Festival",
    "国庆节": "National Day",
}
