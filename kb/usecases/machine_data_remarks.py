"""What an import tells a person to look at."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something a person should look at: an English sentence, the key of its translation, with values for its gaps."""

    text: str
    values: Mapping[str, str]

    def sentence(self, translate: Callable[[str], str]) -> str:
        """Return the sentence in the language of `translate`."""
        return translate(self.text).format(**self.values)
