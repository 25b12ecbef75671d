"""tantivy as the engine: it sorts, stores, compresses and hands out postings; tokens and ranking are ours.

The only file that imports tantivy 0.27. Its Python side gives neither term frequencies nor weights of a
posting, so a term is a token *and* the step of its impact (`主轴␟7f`): the pages of a token are those of the few
dozen terms that begin with it, and what comes back is exactly what was written.

Files are mapped into memory, as Whoosh's are: an index that someone cuts in place while it is open takes the
process with it. Nothing of ours does; we only rename and remove.

tantivy ranks by formulas of its own. We do not use them: two formulas would be two orders.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import tantivy

from kb.search.postings import DamagedIndex, PostingCache, PostingList, impacts_of, level_of

FIELD, NUMBER = "t", "n"
SEGMENT = "tantivy"
"""Stands in the manifest where Whoosh has the name of its segment."""
PARTING = "\x1f"
"""Between a token and its step; no token has it, as tokens are words, codes and ids."""
TOKENIZER = "lines"
HEAP_BYTES = 200_000_000
"""Memory of the one writing thread; more than the postings of 100,000 pages, so that they become one segment."""
_LOCKS = (".tantivy-writer.lock", ".tantivy-meta.lock")


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(FIELD, tokenizer_name=TOKENIZER, index_option="basic")
    builder.add_unsigned_field(NUMBER, fast=True)
    return builder.build()


def write_index(folder: Path, documents: Iterable[Mapping[str, float]]) -> str:
    """Write an index into the empty folder `folder` and return the name of its segment.

    Args:
        folder: Is there and empty; nothing else may use it before this returns.
        documents: Weight by token of each document, in the order of their numbers.
    """
    index = tantivy.Index(_schema(), path=str(folder), reuse=False)
    lines = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.regex(r"[^\n]+")).build()
    index.register_tokenizer(TOKENIZER, lines)
    writer = index.writer(heap_size=HEAP_BYTES, num_threads=1)
    for number, document in enumerate(documents):
        entry = tantivy.Document()
        entry.add_text(FIELD, "\n".join(_term(token, weight) for token, weight in document.items()))
        entry.add_unsigned(NUMBER, number)
        writer.add_document(entry)
    writer.commit()
    writer.wait_merging_threads()
    for name in _LOCKS:
        (folder / name).unlink(missing_ok=True)
    return SEGMENT


def _term(token: str, weight: float) -> str:
    return f"{token}{PARTING}{level_of(weight):02x}"


class TantivyPostings:
    """The postings of a written index; safe to use from several threads.

    Args:
        folder: Where the index stands.
        segment: As `write_index` returned it.
        total: How many documents it has.

    Raises:
        DamagedIndex: The files are missing, not readable, or have another number of documents.
    """

    def __init__(self, folder: Path, segment: str, total: int) -> None:
        self._total = total
        self._cache = PostingCache()
        self._counts: dict[str, int] = {}
        if segment != SEGMENT:
            raise DamagedIndex(f"{folder.name}: was written by another engine")
        try:
            index = tantivy.Index.open(str(folder))
            # The index never changes, so no thread needs to watch it.
            index.config_reader(reload_policy="manual")
            index.reload()
            self._schema = index.schema
            self._searcher = index.searcher()
        except (ValueError, OSError) as error:
            raise DamagedIndex(f"{folder.name}: {error}") from error
        if self._searcher.num_docs != total:
            raise DamagedIndex(f"{folder.name}: has {self._searcher.num_docs} documents, not {total}")

    @property
    def total(self) -> int:
        """Number of documents."""
        return self._total

    def count(self, token: str) -> int:
        """Return how many documents have a token."""
        known = self._counts.get(token)
        if known is None:
            known = sum(count for _, count in self._terms(token))
            if len(self._counts) > 200_000:
                self._counts.clear()
            self._counts[token] = known
        return known

    def impacts(self, token: str) -> PostingList:
        """Return the documents of a token in ascending order and how strongly each has it, 0 to 1."""
        found = self._cache.get(token)
        if found is None:
            found = self._read(token)
            self._cache.keep(token, found)
        return found

    def _terms(self, token: str) -> list[tuple[str, int]]:
        """Return the terms of a token, and how many documents have each."""
        return self._searcher.terms_with_prefix(FIELD, token + PARTING)

    def _read(self, token: str) -> PostingList:
        documents: list[int] = []
        levels: list[int] = []
        for term, count in self._terms(token):
            level = int(term[-2:], 16)
            query = tantivy.Query.term_query(self._schema, FIELD, term, index_option="basic")
            hits = self._searcher.search(
                query, limit=count, count=False, order_by_field=NUMBER, order=tantivy.Order.Asc
            ).hits
            documents += [number for number, _ in hits]
            levels += [level] * len(hits)
        numbers = np.array(documents, dtype=np.int32)
        order = np.argsort(numbers, kind="stable")
        return numbers[order], impacts_of(np.array(levels, dtype=np.int32)[order])
