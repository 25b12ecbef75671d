"""Which engine keeps the postings? Whoosh, or tantivy for a large library; the answers are the same."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kb.search import tantivy_index, whoosh_index
from kb.search.postings import Postings

EngineChoice = Literal["auto", "whoosh", "tantivy"]
TANTIVY_FROM = 5_000
"""Pages from which on `auto` takes tantivy: there reading a list for the first time begins to be felt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """One way to keep postings.

    Args:
        name: Part of an index's name, as no engine reads another's files.
        write: Writes an index into an empty folder and returns the name of its segment.
        opened: Opens a written index by folder, segment and number of documents; raises `DamagedIndex`.
    """

    name: str
    write: Callable[[Path, Iterable[Mapping[str, float]]], str]
    opened: Callable[[Path, str, int], Postings]


ENGINES: dict[str, Engine] = {
    "whoosh": Engine(name="whoosh", write=whoosh_index.write_index, opened=whoosh_index.WhooshPostings),
    "tantivy": Engine(name="tantivy", write=tantivy_index.write_index, opened=tantivy_index.TantivyPostings),
}


def engine_for(choice: EngineChoice, pages: int) -> Engine:
    """Return the engine for a library of so many pages."""
    if choice == "auto":
        return ENGINES["tantivy" if pages >= TANTIVY_FROM else "whoosh"]
    return ENGINES[choice]
