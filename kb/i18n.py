"""Interface texts in Chinese and English: gettext catalogues read from .po files.

Each room keeps its own `kb/locale/<language>/<room>.po`; they are merged when a language is first
asked for. Message ids are English, so English needs no catalogue.

May import: the standard library and babel's .po reader.
"""

from collections.abc import Callable
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from typing import Literal, get_args

from babel.messages.pofile import read_po

Language = Literal["zh_CN", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
DEFAULT_LANGUAGE: Language = "zh_CN"

_LOCALE_DIR = Path(__file__).parent / "locale"


class Catalogue(NullTranslations):
    """The merged messages of one language; an unknown message comes back as it is.

    Args:
        messages: Translation by message id; plural messages are keyed by their singular.
    """

    def __init__(self, messages: dict[str, str | tuple[str, ...]]) -> None:
        super().__init__()
        self._messages = messages

    def gettext(self, message: str) -> str:
        """Return the translation of `message`, or `message` where there is none."""
        found = self._messages.get(message)
        return found if isinstance(found, str) and found else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the plural form for `n`; Chinese has one form, English two."""
        found = self._messages.get(msgid1)
        if isinstance(found, tuple) and found and found[0]:
            return found[0] if len(found) == 1 or n == 1 else found[1]
        return msgid1 if n == 1 else msgid2


@cache
def catalogue(language: Language) -> Catalogue:
    """Return the merged catalogue of `language`; reads its files once a process."""
    messages: dict[str, str | tuple[str, ...]] = {}
    for path in sorted((_LOCALE_DIR / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if not message.id:
                    continue
                key = message.id if isinstance(message.id, str) else message.id[0]
                said = message.string or ""
                messages[key] = said if isinstance(said, str) else tuple(said)
    return Catalogue(messages)


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
