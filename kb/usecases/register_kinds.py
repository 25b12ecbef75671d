"""What a field of the register may hold, and how it is read, kept, shown and described.

A kind reads a JSON value or the text that a person typed into a form or a cell, whichever comes: both end as the
same stored value. What is wrong is told as a `Wrong`, whose sentence is put into the reader's language later.
"""

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from kb.content.vocabulary import Vocabularies
from kb.i18n import Language, translator
from planner.model import EquipmentClass

Names = tuple[str, str]
"""A Chinese and an English name."""
CellValue = str | int | float | date | datetime | None

YES = frozenset({"是", "有", "对", "yes", "y", "true", "1", "√"})
NO = frozenset({"否", "无", "不", "no", "n", "false", "0", "×"})


class Wrong(Exception):
    """What is wrong with one value.

    Args:
        what: Message id with `{name}` places: what it has.
        repair: Message id with the same places: what it needs.
        values: Values for the places.
    """

    def __init__(self, what: str, repair: str = "", **values: object) -> None:
        super().__init__(what)
        self.what = what
        self.repair = repair
        self.values = values

    def told(self, language: Language) -> tuple[str, str]:
        """Return what it has and what it needs, in a language."""
        _ = translator(language)
        repair = _(self.repair).format(**self.values) if self.repair else ""
        return _(self.what).format(**self.values), repair


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What reading and showing values depends on.

    Args:
        language: The reader's language.
        zone: Where a time without zone was read off a clock.
        lists: Names by code, by vocabulary.
    """

    language: Language
    zone: ZoneInfo
    lists: Mapping[str, Mapping[str, Names]] = field(default_factory=dict)

    def pick(self, names: Names) -> str:
        """Return the name in the reader's language."""
        return names[0] if self.language == "zh_CN" else names[1]


def wording_of(language: Language, zone: str, vocabularies: Vocabularies) -> Wording:
    """Return the wording of a language with the library's code lists."""
    lists = {
        name: {code: (entry.zh, entry.en) for code, entry in entries.items()}
        for name, entries in vocabularies.lists.items()
    }
    # The planner knows its classes by itself, so a register works without a library.
    known = lists.get("equipment_classes", {})
    lists["equipment_classes"] = {
        one.value: known.get(one.value, (one.value, one.value)) for one in EquipmentClass
    }
    return Wording(language=language, zone=ZoneInfo(zone), lists=lists)


def shown(value: object) -> str:
    """Return a value as it stands in a fault, shortened."""
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def text_of(value: object, *, lines: bool = False) -> str:
    """Return `value` as clean text.

    Raises:
        Wrong: It is no text, or holds signs that no one can have typed.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Wrong("is not a text", "give a text; in a workbook, format the column as text")
    if isinstance(value, float):
        value = int(value) if value.is_integer() else repr(value)
    text = str(value).replace("\r\n", "\n").replace("\r", "\n").strip()
    for sign in text:
        if unicodedata.category(sign) in {"Cc", "Cs"} and not (lines and sign in "\n\t"):
            raise Wrong("has the control character U+{code}", "remove it", code=f"{ord(sign):04X}")
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A short text; the base of the other kinds.

    Args:
        most: Largest number of characters.
    """

    most: int = 200
    widget = "line"
    """Which form control it has: line, lines, choice, yes_no, day, number."""

    def read(self, value: object, wording: Wording) -> object:
        """Return the value to store.

        Raises:
            Wrong: The value is not of this kind.
        """
        text = text_of(value, lines=self.widget == "lines")
        if len(text) > self.most:
            raise Wrong("has {count} characters", "use at most {most}", count=len(text), most=self.most)
        return text

    def json(self, stored: object) -> object:
        """Return a stored value for a program."""
        return stored

    def text(self, stored: object, wording: Wording) -> str:
        """Return a stored value as a person reads and types it; `read` takes it back."""
        return "" if stored is None else str(stored)

    def cell(self, stored: object, wording: Wording) -> CellValue:
        """Return a stored value for a workbook."""
        return self.text(stored, wording) or None

    def schema(self, wording: Wording) -> dict[str, object]:
        """Return the JSON schema of the kind's values."""
        return {"type": "string", "maxLength": self.most}

    def form(self) -> Names:
        """Return what may be typed, in one sentence."""
        return f"文字，最多 {self.most} 字", f"text, at most {self.most} characters"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines(Kind):
    """A text of several lines."""

    most: int = 4000
    widget = "lines"


@dataclass(frozen=True, slots=True, kw_only=True)
class Code(Kind):
    """The text by which people know a thing; it stands in addresses, so slashes and dots alone are refused."""

    most: int = 64

    def read(self, value: object, wording: Wording) -> object:
        """Return the code."""
        text = str(Kind.read(self, value, wording))
        if not text:
            raise Wrong("is empty", "give a code")
        if bad := sorted(set(text) & set("/\\")):
            raise Wrong("has the sign {sign}", "use letters, digits, - _ . # and Chinese", sign=" ".join(bad))
        if set(text) == {"."}:
            raise Wrong("has nothing but dots", "use letters, digits, - _ . # and Chinese")
        return text

    def form(self) -> Names:
        """Return what may be typed."""
        return (
            f"编号，本表内唯一，最多 {self.most} 字，不含 / 和 \\",
            f"code, unique in its table, at most {self.most} characters, without / and \\",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference(Kind):
    """The code of a row of another table. It is kept as that row's id, which the use case looks up."""

    table: str
    most: int = 64

    def form(self) -> Names:
        """Return what may be typed."""
        return "所属记录的编号", "the code of the row it belongs to"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Kind):
    """One of a list of codes; a person may give its Chinese or English name instead.

    Args:
        options: Names by code; empty means the vocabulary `vocabulary`.
        vocabulary: Name of a vocabulary; where the library has none, any code is accepted.
    """

    options: Mapping[str, Names] = field(default_factory=dict)
    vocabulary: str = ""
    most: int = 60
    widget = "choice"

    def names(self, wording: Wording) -> Mapping[str, Names]:
        """Return the names by code."""
        return self.options or wording.lists.get(self.vocabulary, {})

    def read(self, value: object, wording: Wording) -> object:
        """Return the code."""
        text = str(Kind.read(self, value, wording))
        names = self.names(wording)
        if not names or text in names or not text:
            return text
        wanted = text.casefold()
        found = {
            code
            for code, both in names.items()
            if wanted in (code.casefold(), both[0].casefold(), both[1].casefold())
        }
        if len(found) == 1:
            return found.pop()
        raise Wrong(
            "{value!r} is none of the codes", "use one of {codes}", value=shown(text), codes=", ".join(names)
        )

    def text(self, stored: object, wording: Wording) -> str:
        """Return the name in the reader's language, or the code where two codes have one name."""
        code = "" if stored is None else str(stored)
        both = self.names(wording).get(code)
        if both is None:
            return code
        name = wording.pick(both)
        same = [one for one in self.names(wording).values() if name in one]
        return name if len(same) == 1 else code

    def schema(self, wording: Wording) -> dict[str, object]:
        """Return the schema: the codes, if there is a list."""
        names = self.names(wording)
        return {"type": "string", "enum": [*names]} if names else Kind.schema(self, wording)

    def form(self) -> Names:
        """Return what may be typed."""
        return "从列表中选择（代码或名称）", "one of the list, code or name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Kind):
    """A number within bounds, both inclusive.

    Args:
        whole: Whether it has no decimals.
    """

    least: float
    largest: float
    whole: bool = False
    most: int = 40
    widget = "number"

    def read(self, value: object, wording: Wording) -> object:
        """Return the number."""
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise Wrong("is not a number", "give a number from {least} to {largest}", **self._bounds())
        try:
            number = float(value if not isinstance(value, str) else value.strip().replace("−", "-"))
        except (ValueError, OverflowError) as error:
            raise Wrong(
                "{value!r} is not a number",
                "give a number from {least} to {largest}",
                value=shown(value),
                **self._bounds(),
            ) from error
        if not math.isfinite(number) or not self.least <= number <= self.largest:
            raise Wrong(
                "{value} is out of bounds",
                "give a number from {least} to {largest}",
                value=shown(value),
                **self._bounds(),
            )
        if self.whole:
            if not number.is_integer():
                raise Wrong("{value} is not a whole number", "leave the decimals out", value=shown(value))
            return int(number)
        return number

    def _bounds(self) -> dict[str, object]:
        return {"least": f"{self.least:g}", "largest": f"{self.largest:,g}".replace(",", "")}

    def text(self, stored: object, wording: Wording) -> str:
        """Return the digits, without an idle `.0`."""
        if isinstance(stored, float) and stored.is_integer():
            return str(int(stored))
        return "" if stored is None else repr(stored)

    def cell(self, stored: object, wording: Wording) -> CellValue:
        """Return the number."""
        return stored if isinstance(stored, int | float) else None

    def schema(self, wording: Wording) -> dict[str, object]:
        """Return the schema with its bounds."""
        kind = "integer" if self.whole else "number"
        return {"type": kind, "minimum": self.least, "maximum": self.largest}

    def form(self) -> Names:
        """Return what may be typed."""
        low, high = self._bounds().values()
        if self.whole:
            return f"整数，{low} 到 {high}", f"whole number from {low} to {high}"
        return f"数字，{low} 到 {high}", f"number from {low} to {high}"


@dataclass(frozen=True, slots=True, kw_only=True)
class YesNo(Kind):
    """Yes or no."""

    widget = "yes_no"

    def read(self, value: object, wording: Wording) -> object:
        """Return True or False."""
        if isinstance(value, bool):
            return value
        text = text_of(value).casefold()
        if text in YES:
            return True
        if text in NO:
            return False
        raise Wrong("{value!r} is neither yes nor no", "give yes or no", value=shown(text))

    def text(self, stored: object, wording: Wording) -> str:
        """Return yes or no."""
        return wording.pick(("是", "yes") if stored else ("否", "no"))

    def schema(self, wording: Wording) -> dict[str, object]:
        """Return the schema."""
        return {"type": "boolean"}

    def form(self) -> Names:
        """Return what may be typed."""
        return "是 或 否", "yes or no"
