"""Interface texts in Chinese and English: gettext catalogues read from .po files.

Each room keeps its own `kb/locale/<language>/<room>.po`; they are merged when a language is first
asked for. Message ids are English, so English needs no catalogue.

Errors are said in the reader's language too. What carries its message id (`kb.errors.Message`) is looked up by it; a text
without one, of a library or of `planner`, is recognised by the ids of `problems.po`.

May import: the standard library, babel's .po reader, and kb.errors.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from typing import Literal, get_args

from babel.messages.pofile import read_po

from kb.errors import Fault, Message

Language = Literal["zh_CN", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
DEFAULT_LANGUAGE: Language = "zh_CN"

_LOCALE_DIR = Path(__file__).parent / "locale"
_PROBLEMS = "problems"
"""The catalogue whose messages are recognised in a text that has been filled already."""
_PLACE = re.compile(r"\{(\w+)[^{}]*\}")
_LEAST_LETTERS = 5
"""Of a message outside its places; one with fewer would be found in anything."""
_LONGEST_RECOGNISED = 2000
_NAME = re.compile(r"[A-Za-z_]+")


class Catalogue(NullTranslations):
    """The merged messages of one language; an unknown message comes back as it is.

    Args:
        messages: Translation by message id; plural messages are keyed by their singular.
        recognised: Of these, the ids that are looked for in filled texts.
    """

    def __init__(
        self, messages: dict[str, str | tuple[str, ...]], recognised: frozenset[str] = frozenset()
    ) -> None:
        super().__init__()
        self._messages = messages
        letters = {one: len("".join(_NAME.findall(_PLACE.sub("", one)))) for one in recognised}
        # The message with the most words of its own is tried first: "is {value}, which is no text" before "is {value}".
        self._patterns = [
            (_pattern(one), str(messages[one]))
            for one in sorted(recognised, key=lambda one: -letters[one])
            if letters[one] >= _LEAST_LETTERS and _PLACE.search(one)
        ]

    def gettext(self, message: str) -> str:
        """Return the translation of `message`, or `message` where there is none."""
        if isinstance(message, Message):
            return self._recognised(message) if not message.values else message.said(self.gettext)
        found = self._messages.get(message)
        return found if isinstance(found, str) and found else message

    def _recognised(self, message: Message) -> str:
        said = self.gettext(message.id)
        if said != message.id or len(message.id) > _LONGEST_RECOGNISED:
            return said
        for pattern, text in self._patterns:
            found = pattern.fullmatch(message.id)
            if found is not None:
                return self._filled(text, found.groupdict())
        return said

    def _filled(self, text: str, values: Mapping[str, str]) -> str:
        return _PLACE.sub(lambda place: self._listed(place[1], values[place[1]]), text)

    def _listed(self, place: str, value: str) -> str:
        """Return a found value; codes, alone or parted by commas, are said as `place code` is, then as they are."""
        told = []
        for one in value.split(", "):
            coded = f"{place.rstrip('2s')} {one}"
            said = self.gettext(coded)
            told.append(said if said != coded else self.gettext(one))
        return ", ".join(told)

    def fault(self, fault: Fault) -> str:
        """Return a fault as one sentence: where, what, and what it needs."""
        what, repair = self.gettext(fault.what), self.gettext(fault.repair)
        where = self.place(fault.where)
        return f"{where + ': ' if where else ''}{what}{f' → {repair}' if repair else ''}"

    def place(self, where: str) -> str:
        """Return the name of a field as people read it, where `problems.po` has one under `field …`; else `where`."""
        name = _NAME.match(where)
        if name is None:
            return where
        id = f"field {name[0]}"
        said = self.gettext(id)
        return where if said == id else said + where[name.end() :]

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the plural form for `n`; Chinese has one form, English two."""
        found = self._messages.get(msgid1)
        if isinstance(found, tuple) and found and found[0]:
            return found[0] if len(found) == 1 or n == 1 else found[1]
        return msgid1 if n == 1 else msgid2


def _pattern(message: str) -> re.Pattern[str]:
    """Return what finds a message that has been filled."""
    parts, end, seen = [], 0, set[str]()
    for place in _PLACE.finditer(message):
        parts.append(re.escape(message[end : place.start()]))
        parts.append(f"(?P={place[1]})" if place[1] in seen else f"(?P<{place[1]}>.+?)")
        seen.add(place[1])
        end = place.end()
    return re.compile("".join([*parts, re.escape(message[end:])]), re.DOTALL)


@cache
def catalogue(language: Language) -> Catalogue:
    """Return the merged catalogue of `language`; reads its files once a process."""
    messages: dict[str, str | tuple[str, ...]] = {}
    recognised = set()
    for path in sorted((_LOCALE_DIR / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if not message.id:
                    continue
                key = message.id if isinstance(message.id, str) else message.id[0]
                said = message.string or ""
                messages[key] = said if isinstance(said, str) else tuple(said)
                if path.stem == _PROBLEMS and said:
                    recognised.add(key)
    return Catalogue(messages, frozenset(recognised))


def translator(language: Language) -> Callable[[str], str]:
    """Return the function that translates a message into `language`."""
    return catalogue(language).gettext


def language_of(value: str | None) -> Language:
    """Return the language that `value` (a cookie, a setting, an Accept-Language header) asks for.

    The first entry that names Chinese or English decides; anything else means Chinese.
    """
    for entry in (value or "").replace("_", "-").split(","):
        tag = entry.split(";")[0].strip().lower()
        if tag.startswith("zh"):
            return "zh_CN"
        if tag.startswith("en"):
            return "en"
    return DEFAULT_LANGUAGE
