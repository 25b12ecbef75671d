"""Why a visit is on its date, as sentences in Chinese and English."""

from collections.abc import Iterable, Mapping
from typing import Literal

from planner.model import Basis, Level, Reason, ReasonKind

Language = Literal["zh_CN", "en"]
UNKNOWN: Mapping[Language, str] = {"zh_CN": "（未注明）", "en": "(not stated)"}
"""What stands for a value that a reason lacks; a sentence never fails."""
JOINED_BY: Mapping[Language, str] = {"zh_CN": "；", "en": "; "}

_NOMINAL: Mapping[Language, str] = {
    "zh_CN": "名义日期 {nominal}（起算 {anchor} + {k} × {interval}）",
    "en": "nominal date {nominal} ({anchor} + {k} × {interval})",
}
_BASIS: Mapping[str, Mapping[Language, str]] = {
    Basis.FLOATING: {
        "zh_CN": "按上次完成日 {done} 起算，应为 {to}",
        "en": "counted from the last completion on {done}: {to}",
    },
    Basis.SHIFTED: {
        "zh_CN": "上次 {done} 完成，偏差超出容差，按系数累计{shift}，应为 {to}",
        "en": "last done on {done}, beyond the tolerance; by the shift factors so far {shift}: {to}",
    },
}
_CALENDAR_MOVE: Mapping[str, Mapping[Language, str]] = {
    "holiday": {"zh_CN": "逢{name}，移至 {to}", "en": "moved for {name} to {to}"},
    "weekly_rest": {"zh_CN": "逢{weekday}休息，移至 {to}", "en": "moved off {weekday} to {to}"},
    "closure": {"zh_CN": "逢停工（{name}），移至 {to}", "en": "moved out of a closure ({name}) to {to}"},
    "": {"zh_CN": "逢非工作日，移至 {to}", "en": "moved off a day without work to {to}"},
}
_ABSORBED: Mapping[Language, str] = {
    "zh_CN": "并入{level}保养（原定 {due}）",
    "en": "includes the {level} inspection due on {due}",
}
_MERGED: Mapping[Language, str] = {
    "zh_CN": "与同一站点其他到期项合并为一次上门：{machines} 台设备、{occurrences} 项（到期 {first_due} 至 {last_due}），宜在 {to}",
    "en": "one trip for the site: {occurrences} inspections on {machines} machines (due {first_due} to {last_due}), best on {to}",
}
_CONTRACT: Mapping[str, Mapping[Language, str]] = {
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
_TECHNICIAN: Mapping[Language, str] = {
    "zh_CN": "由 {technician} 于 {day} 前往{travel}",
    "en": "{technician} goes on {day}{travel}",
}
_TRAVEL: Mapping[tuple[bool, bool], Mapping[Language, str]] = {
    (True, True): {
        "zh_CN": "，路程 {travel_km} 公里、{travel_minutes} 分钟",
        "en": ", {travel_km} km and {travel_minutes} min on the road",
    },
    (True, False): {"zh_CN": "，路程 {travel_km} 公里", "en": ", {travel_km} km on the road"},
    (False, True): {"zh_CN": "，路上 {travel_minutes} 分钟", "en": ", {travel_minutes} min on the road"},
    (False, False): {"zh_CN": "", "en": ""},
}
_FROZEN: Mapping[Language, str] = {
    "zh_CN": "已锁定，不随新计划移动",
    "en": "locked: a new plan does not move it",
}
_PROVISIONAL: Mapping[Language, str] = {
    "zh_CN": "{year} 年放假安排尚未公布，日期暂定",
    "en": "the public calendar of {year} is not published yet; the date is provisional",
}
_UNPLACED: Mapping[str, Mapping[Language, str]] = {
    "no_skill": {
        "zh_CN": "无法安排：没有技术员具备所需的全部技能",
        "en": "not placed: no technician has every skill that it needs",
    },
    "no_technician_at_work": {
        "zh_CN": "无法安排：时间窗内没有合适的技术员上班",
        "en": "not placed: no suitable technician is at work within the window",
    },
    "site_closed": {
        "zh_CN": "无法安排：时间窗内站点一直不开放",
        "en": "not placed: the site is closed throughout the window",
    },
    "window_too_short": {
        "zh_CN": "无法安排：时间窗太短",
        "en": "not placed: the window is too short",
    },
    "too_long": {
        "zh_CN": "无法安排：工作量超过一天所能容纳",
        "en": "not placed: the work is longer than a day can hold",
    },
    "capacity": {
        "zh_CN": "无法安排：时间窗内合适的技术员都已排满",
        "en": "not placed: every suitable technician is fully booked within the window",
    },
    "": {"zh_CN": "无法安排", "en": "not placed"},
}
_RELAX: Mapping[Language, str] = {
    "zh_CN": "{unplaced}；可行办法：{relax}",
    "en": "{unplaced}; a way out: {relax}",
}
_DAYS_SHIFTED: Mapping[str, Mapping[Language, str]] = {
    "later": {"zh_CN": "顺延 {days} 天", "en": "{days} days later"},
    "earlier": {"zh_CN": "提前 {days} 天", "en": "{days} days earlier"},
}
_UNITS: Mapping[str, Mapping[Language, tuple[str, str]]] = {
    "days": {"zh_CN": ("天", "天"), "en": ("day", "days")},
    "weeks": {"zh_CN": ("周", "周"), "en": ("week", "weeks")},
    "months": {"zh_CN": ("个月", "个月"), "en": ("month", "months")},
    "years": {"zh_CN": ("年", "年"), "en": ("year", "years")},
}
_LEVELS: Mapping[str, Mapping[Language, str]] = {
    Level.WEEKLY: {"zh_CN": "每周", "en": "weekly"},
    Level.MONTHLY: {"zh_CN": "月度", "en": "monthly"},
    Level.QUARTERLY: {"zh_CN": "季度", "en": "quarterly"},
    Level.HALF_YEARLY: {"zh_CN": "半年", "en": "half-yearly"},
    Level.YEARLY: {"zh_CN": "年度", "en": "yearly"},
}
_WEEKDAYS: Mapping[str, Mapping[Language, str]] = {
    str(number): {"zh_CN": f"周{chinese}", "en": english}
    for number, (chinese, english) in enumerate(
        zip(
            "一二三四五六日",
            ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
            strict=True,
        )
    )
}
_FESTIVALS: Mapping[str, str] = {
    "元旦": "New Year's Day",
    "农历除夕": "Chinese New Year's Eve",
    "春节": "Chinese New Year",
    "清明节": "Tomb-Sweeping Day",
    "劳动节": "Labour Day",
    "端午节": "Dragon Boat Festival",
    "中秋节": "Mid-Autumn Festival",
    "国庆节": "National Day",
}


def trace_sentence(reason: Reason, language: Language) -> str:
    """Return one step of a trace as a sentence without a full stop.

    Never raises: a value that is missing or unknown is written as it is or as not stated.
    """
    values = _Values(reason.values, language)
    match reason.kind:
        case ReasonKind.NOMINAL:
            values["interval"] = _interval(values, language)
            sentence = _NOMINAL[language]
        case ReasonKind.BASIS_SHIFT:
            values["shift"] = _shift(values, language)
            sentence = _one_of(_BASIS, values, "basis", Basis.FLOATING)[language]
        case ReasonKind.CALENDAR_MOVE:
            values["weekday"] = _WEEKDAYS.get(values.get("weekday", ""), UNKNOWN)[language]
            if language == "en":
                values["name"] = _in_english(values["name"])
            sentence = _one_of(_CALENDAR_MOVE, values, "closed_by", "")[language]
        case ReasonKind.ABSORBED:
            values["level"] = _LEVELS.get(values["level"], {language: values["level"]})[language]
            sentence = _ABSORBED[language]
        case ReasonKind.MERGED:
            sentence = _MERGED[language]
        case ReasonKind.CONTRACT:
            sentence = _one_of(_CONTRACT, values, "why", "")[language]
        case ReasonKind.TECHNICIAN:
            has = "travel_km" in values, "travel_minutes" in values
            values["travel"] = _TRAVEL[has][language].format_map(values)
            sentence = _TECHNICIAN[language]
        case ReasonKind.FROZEN:
            sentence = _FROZEN[language]
        case ReasonKind.CALENDAR_PROVISIONAL:
            sentence = _PROVISIONAL[language]
        case ReasonKind.UNPLACED:
            sentence = _one_of(_UNPLACED, values, "why", "")[language]
            if values.get("relax"):
                values["unplaced"] = sentence
                sentence = _RELAX[language]
    return sentence.format_map(values)


def trace_text(reasons: Iterable[Reason], language: Language) -> str:
    """Return the whole trace in one line, in the order of its steps."""
    return JOINED_BY[language].join(trace_sentence(reason, language) for reason in reasons)


class _Values(dict[str, str]):
    """The values of a reason; what is missing reads as not stated."""

    def __init__(self, values: Iterable[tuple[str, str]], language: Language) -> None:
        super().__init__(values)
        self._missing = UNKNOWN[language]

    def __missing__(self, key: str) -> str:
        return self._missing


def _one_of(
    sentences: Mapping[str, Mapping[Language, str]], values: _Values, name: str, otherwise: str
) -> Mapping[Language, str]:
    return sentences.get(values.get(name, ""), sentences[otherwise])


def _interval(values: _Values, language: Language) -> str:
    count, unit = values["count"], values["unit"]
    one, many = _UNITS.get(unit, {language: (unit, unit)})[language]
    return f"{count} {one if count == '1' else many}"


def _shift(values: _Values, language: Language) -> str:
    days = values.get("days", "")
    way = "earlier" if days.startswith("-") else "later"
    shown = days.removeprefix("-") or UNKNOWN[language]
    return _DAYS_SHIFTED[way][language].format(days=shown)


def _in_english(name: str) -> str:
    """Return festivals in English; a note that a site gave to its closure stays as it was written."""
    return _FESTIVALS.get(name) or " and ".join(_FESTIVALS.get(one, one) for one in name.split("; "))
