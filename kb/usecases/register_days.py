"""Kinds of fields that hold a day, or a day with a time."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from kb.usecases.register_kinds import CellValue, Kind, Names, Wording, Wrong, shown, text_of

FIRST_YEAR, LAST_YEAR = 1950, 2100
"""Days outside are typing errors: no machine in service is older, no contract runs longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day(Kind):
    """A calendar day.

    Args:
        inclusive_end: Whether it is the last day of a span that is kept half-open, as the day after.
    """

    inclusive_end: bool = False
    widget = "day"

    def read(self, value: object, wording: Wording) -> object:
        """Return the day as it is stored."""
        return day_of(value) + timedelta(days=1 if self.inclusive_end else 0)

    def json(self, stored: object) -> object:
        """Return the day in ISO form, or None."""
        return self._day(stored).isoformat() if isinstance(stored, date) else None

    def text(self, stored: object, wording: Wording) -> str:
        """Return the day in ISO form."""
        return self._day(stored).isoformat() if isinstance(stored, date) else ""

    def cell(self, stored: object, wording: Wording) -> CellValue:
        """Return the day."""
        return self._day(stored) if isinstance(stored, date) else None

    def _day(self, stored: date) -> date:
        return stored - timedelta(days=1 if self.inclusive_end else 0)

    def schema(self, wording: Wording) -> dict[str, object]:
        """Return the schema."""
        return {"type": "string", "format": "date"}

    def form(self) -> Names:
        """Return what may be typed."""
        return "日期，如 2026-03-01", "day, such as 2026-03-01"


def day_of(value: object) -> date:
    """Return the day that a value names: `2026-03-01`, `2026/3/1`, `2026.3.1`, `2026年3月1日`, or a day.

    Raises:
        Wrong: It names none, or one outside 1950 to 2100.
    """
    if isinstance(value, datetime):
        value = value.date()
    if not isinstance(value, date):
        text = text_of(value).removesuffix("T00:00:00").removesuffix(" 00:00:00")
        plain = text.replace("年", "-").replace("月", "-").removesuffix("日")
        parts = plain.replace("/", "-").replace(".", "-").split("-")
        if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
            raise Wrong("{value!r} is not a day", "give a day such as 2026-03-01", value=shown(text))
        try:
            value = date(*(int(part) for part in parts))
        except ValueError as error:
            raise Wrong(
                "{value!r} is not in the calendar", "give a day such as 2026-03-01", value=shown(text)
            ) from error
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise Wrong(
            "{value} is out of bounds",
            "give a day from {least} to {largest}",
            value=value,
            least=FIRST_YEAR,
            largest=LAST_YEAR,
        )
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Instant(Kind):
    """A day with a time; without a zone it is the time on the wall of the house."""

    def read(self, value: object, wording: Wording) -> object:
        """Return the aware instant."""
        if isinstance(value, datetime):
            day_of(value)
            return value if value.tzinfo else value.replace(tzinfo=wording.zone)
        text = text_of(value)
        try:
            found = datetime.fromisoformat(text.replace("/", "-"))
        except ValueError as error:
            raise Wrong(
                "{value!r} is not a day with a time", "give one such as 2026-03-01 08:30", value=shown(text)
            ) from error
        day_of(found)
        return found if found.tzinfo else found.replace(tzinfo=wording.zone)

    def json(self, stored: object) -> object:
        """Return the instant in ISO form, in UTC."""
        return stored.astimezone(UTC).isoformat() if isinstance(stored, datetime) else None

    def text(self, stored: object, wording: Wording) -> str:
        """Return the time on the wall of the house; seconds only where there are some."""
        if not isinstance(stored, datetime):
            return ""
        local = stored.astimezone(wording.zone).replace(tzinfo=None)
        return local.isoformat(sep=" ", timespec="auto" if local.second or local.microsecond else "minutes")

    def cell(self, stored: object, wording: Wording) -> CellValue:
        """Return the time on the wall; as text where a workbook would round it."""
        if not isinstance(stored, datetime) or stored.microsecond:
            return self.text(stored, wording) or None
        return stored.astimezone(wording.zone).replace(tzinfo=None)

    def schema(self, wording: Wording) -> dict[str, object]:
        """Return the schema."""
        return {"type": "string", "format": "date-time"}

    def form(self) -> Names:
        """Return what may be typed."""
        return "日期和时间，如 2026-03-01 08:30", "day and time, such as 2026-03-01 08:30"
