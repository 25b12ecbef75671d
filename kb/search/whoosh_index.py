"""Whoosh as the engine: it sorts, stores and hands out postings; tokens and ranking are ours.

The only file that imports Whoosh 2.7.4. Each token of a page is one posting whose weight is the step of its
impact, in a single field, so that a query is a few flat lists instead of a tree of field queries.

Whoosh keeps its blocks, its tables and its list of segments as pickles, and unpickling a file of a stranger
is running his code. So no list of segments is written or read, as there is one segment with a known name; and
every other pickle is read by an unpickler that knows no classes, which is all that these files need.
"""

import io
import mmap
import pickle
import struct
import threading
import zlib
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec.whoosh3 import W3Codec, W3Segment, W3TermInfo, W3TermsReader
from whoosh.fields import FieldType
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import BufferFile
from whoosh.formats import Existence
from whoosh.util.numlists import delta_decode

from kb.search.postings import NO_POSTINGS, DamagedIndex, PostingCache, PostingList, impacts_of, level_of

FIELD = "t"
INDEX = "pages"
SEGMENT = "all"
BLOCK = 2048
"""Postings in a block: large, because we always read a list as a whole."""
COMPRESSION = 0
_MAGIC = b"W3Bl"
_LENGTH = struct.Struct("!i")
_COUNT = struct.Struct("!I")
_EXTENT = struct.Struct("!qi")


def write_index(folder: Path, documents: Iterable[Mapping[str, float]]) -> str:
    """Write an index into the empty folder `folder` and return the name of its segment.

    Whoosh's document writer sorts postings one by one and looks for a file at each; ours arrive in the order of
    documents, so they are gathered by token and handed to the codec list by list, a third of the work.

    Args:
        folder: Is there and empty; nothing else may use it before this returns.
        documents: Weight by token of each document, in the order of their numbers.
    """
    numbers: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
    weights: defaultdict[str, array[float]] = defaultdict(lambda: array("f"))
    for number, document in enumerate(documents):
        for token, weight in document.items():
            numbers[token].append(number)
            weights[token].append(level_of(weight))
    codec = W3Codec(blocklimit=BLOCK, compression=COMPRESSION)
    segment = W3Segment(codec, INDEX, segid=SEGMENT)
    field = FieldType(Existence(), None)
    writer = codec.field_writer(FileStorage(str(folder)), segment)
    writer.start_field(FIELD, field)
    for token in sorted(numbers, key=lambda text: text.encode("utf-8")):
        writer.start_term(token.encode("utf-8"))
        for number, weight in zip(numbers[token], weights[token], strict=True):
            writer.add(number, weight, b"", None)
        writer.finish_term()
    writer.finish_field()
    writer.close()
    return segment.segment_id()


class WhooshPostings:
    """The postings of a written index; safe to use from several threads.

    Args:
        folder: Where the index stands.
        segment: Name of its segment, as `write_index` returned it.
        total: How many documents it has.

    Raises:
        DamagedIndex: The files are missing or not readable.
    """

    def __init__(self, folder: Path, segment: str, total: int) -> None:
        self._total = total
        self._lock = threading.Lock()
        self._cache = PostingCache()
        self._counts: dict[str, int] = {}
        try:
            terms = (folder / f"{segment}{W3Codec.TERMS_EXT}").read_bytes()
            self._blocks = _mapped(folder / f"{segment}{W3Codec.POSTS_EXT}")
            self._terms = W3TermsReader(W3Codec(), _PlainFile(terms), len(terms), _PlainFile(b""))
        except Exception as error:  # Whoosh raises everything from OSError to bare Exception.
            raise DamagedIndex(f"{folder.name}: {error}") from error

    @property
    def total(self) -> int:
        """Number of documents."""
        return self._total

    def count(self, token: str) -> int:
        """Return how many documents have a token."""
        known = self._counts.get(token)
        if known is None:
            info = self._info(token)
            known = info[0] if info is not None else 0
            if len(self._counts) > 200_000:
                self._counts.clear()
            self._counts[token] = known
        return known

    def impacts(self, token: str) -> PostingList:
        """Return the documents of a token in ascending order and how strongly each has it, 0 to 1."""
        found = self._cache.get(token)
        if found is None:
            info = self._info(token)
            if info is None:
                return NO_POSTINGS
            found = self._read(info[1], info[2])
            self._cache.keep(token, found)
        return found

    def _info(self, token: str) -> tuple[int, int, int] | None:
        """Return how many documents have a token, and offset and length of its postings."""
        key = token.encode("utf-8")
        with self._lock:
            try:
                raw = self._terms._tindex[self._terms._keycoder(FIELD, key)]
            except KeyError:
                return None
        if raw[0]:
            raise DamagedIndex(f"{token}: postings in the table, where none were written")
        # Read here and not by W3TermInfo.from_bytes: that would unpickle, and returns the length as a tuple.
        (count,) = _COUNT.unpack_from(raw, 5)
        offset, length = _EXTENT.unpack_from(raw, W3TermInfo._struct.size)
        return count, offset, length

    def _read(self, offset: int, length: int) -> PostingList:
        """Return all postings of the list at `offset`, block by block (format of Whoosh's W3 codec)."""
        documents: array[int] = array("i")
        levels: array[int] = array("i")
        view = self._blocks[offset : offset + length]
        if view[:4] != _MAGIC:
            raise DamagedIndex("a list of postings does not begin with its mark")
        place = 4
        while place < length:
            (size,) = _LENGTH.unpack_from(view, place)
            place += _LENGTH.size
            stream = io.BytesIO(view[place : place + abs(size)])
            count, _, _, compressed, _, _ = _plain_load(stream)
            data = stream.read()
            ids, weights, _ = _plain_load(io.BytesIO(zlib.decompress(data) if compressed else data))
            documents.extend(delta_decode(ids))
            if weights is None:
                weights = (1.0,) * count
            elif isinstance(weights, float):
                weights = (weights,) * count
            levels.extend(map(int, weights))
            place += abs(size)
        return np.array(documents, dtype=np.int32), impacts_of(np.array(levels, dtype=np.int32))


class _PlainUnpickler(pickle.Unpickler):
    """Reads numbers, texts, tuples, lists and dicts; refuses every class and function."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"the index names {module}.{name}, which it never needs")


def _plain_load(stream: Any) -> Any:
    try:
        return _PlainUnpickler(stream).load()
    except (EOFError, ValueError, TypeError, IndexError) as error:
        raise DamagedIndex(f"unreadable block: {error}") from error


class _PlainFile(BufferFile):
    """A file in memory whose pickles are read without classes."""

    def read_pickle(self) -> Any:
        """Return the pickle at the present place."""
        return _plain_load(self.file)


def _mapped(path: Path) -> mmap.mmap | bytes:
    with path.open("rb") as file:
        if path.stat().st_size == 0:  # An empty library has no postings, and nothing cannot be mapped.
            return b""
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
