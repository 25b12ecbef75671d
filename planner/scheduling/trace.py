"""Why a visit is on its date, as sentences in Chinese and English."""

from collections.abc import Callable, Iterable

from planner.model import Basis, Reason, ReasonKind
from planner.scheduling import trace_texts as texts
from planner.scheduling.trace_texts import Choices, Language, Sentences

METRES_PER_KM = 1000


def trace_sentence(reason: Reason, language: Language) -> str:
    """Return one step of a trace as a sentence without a full stop.

    Never raises: a value that is missing reads as not stated, one that is unknown is written as it is. Ids of
    technicians and sites are written as they stand; whoever knows the names puts them into the values first.
    """
    values = _Values(reason.values, language)
    return _SENTENCES[reason.kind](values, language).format_map(values)


def trace_text(reasons: Iterable[Reason], language: Language) -> str:
    """Return the whole trace in one line, in the order of its steps."""
    return texts.JOINED_BY[language].join(trace_sentence(reason, language) for reason in reasons)


class _Values(dict[str, str]):
    """The values of a reason; what is missing reads as not stated."""

    def __init__(self, values: Iterable[tuple[str, str]], language: Language) -> None:
        super().__init__(values)
        self._missing = texts.UNKNOWN[language]

    def __missing__(self, key: str) -> str:
        return self._missing

    def choice(self, name: str, choices: Choices, otherwise: str) -> Sentences:
        """Return the sentence that the value `name` chooses."""
        return choices.get(self.get(name, ""), choices[otherwise])


def _nominal(values: _Values, language: Language) -> str:
    count, unit = values["count"], values["unit"]
    one, many = texts.UNITS.get(unit, {language: (unit, unit)})[language]
    values["interval"] = f"{count} {one if count == '1' else many}"
    return texts.NOMINAL[language]


def _basis_shift(values: _Values, language: Language) -> str:
    days = values.get("days", "")
    way = "earlier" if days.startswith("-") else "later"
    shown = days.removeprefix("-") or values["days"]
    values["shift"] = texts.DAYS_SHIFTED[way][language].format(days=shown)
    return values.choice("basis", texts.BASIS, Basis.FLOATING)[language]


def _calendar_move(values: _Values, language: Language) -> str:
    if values.get("closed_by") == "closure" and not values.get("name"):
        values["closed_by"] = "closure_unnamed"
    sentence = values.choice("closed_by", texts.CALENDAR_MOVE, "")[language]
    values["weekday"] = texts.WEEKDAYS.get(values.get("weekday", ""), texts.UNKNOWN)[language]
    if language == "en":
        # A note that a site gave to its closure stays as it was written.
        parts = values["name"].split("; ")
        values["name"] = " and ".join(texts.FESTIVALS.get(part, part) for part in parts)
    return sentence


def _absorbed(values: _Values, language: Language) -> str:
    level = values["level"]
    values["level"] = texts.LEVELS.get(level, {language: level})[language]
    return texts.ABSORBED[language]


def _overdue(values: _Values, language: Language) -> str:
    return texts.OVERDUE["one" if values.get("count", "1") == "1" else "many"][language]


def _contract(values: _Values, language: Language) -> str:
    return values.choice("why", texts.CONTRACT, "")[language]


def _technician(values: _Values, language: Language) -> str:
    if "travel_km" not in values and values.get("travel_m", "").isdecimal():
        values["travel_km"] = f"{int(values['travel_m']) / METRES_PER_KM:.1f}"
    parts = [texts.TECHNICIAN]
    if values.get("from") in texts.ORIGIN:
        parts.append(texts.ORIGIN[values["from"]])
    if travel := _travel_known(values):
        parts.append(texts.TRAVEL[travel])
    if able := values.get("able"):
        parts.append(texts.ABLE["one" if able == "1" else "many"])
    if why := values.get("ideal_why"):
        values["ideal_why"] = texts.WHY.get(why, {language: why})[language]
        parts.append(texts.NOT_IDEAL)
    return "".join(part[language] for part in parts)


def _travel_known(values: _Values) -> str | None:
    has_km, has_minutes = "travel_km" in values, "travel_minutes" in values
    if has_minutes and values.get("position") == "unknown":
        return "unknown"
    if has_km and has_minutes:
        return "both"
    if has_km:
        return "km"
    return "minutes" if has_minutes else None


def _fixed(sentences: Sentences) -> Callable[[_Values, Language], str]:
    return lambda values, language: sentences[language]


_SENTENCES: dict[ReasonKind, Callable[[_Values, Language], str]] = {
    ReasonKind.NOMINAL: _nominal,
    ReasonKind.BASIS_SHIFT: _basis_shift,
    ReasonKind.CALENDAR_MOVE: _calendar_move,
    ReasonKind.ABSORBED: _absorbed,
    ReasonKind.OVERDUE: _overdue,
    ReasonKind.MERGED: _fixed(texts.MERGED),
    ReasonKind.CONTRACT: _contract,
    ReasonKind.TECHNICIAN: _technician,
    ReasonKind.FROZEN: _fixed(texts.FROZEN),
    ReasonKind.CALENDAR_PROVISIONAL: _fixed(texts.PROVISIONAL),
    ReasonKind.UNPLACED: _fixed(texts.UNPLACED),
}
