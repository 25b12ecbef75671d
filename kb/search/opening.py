"""The index on disk: built aside, swapped in whole, opened only where it is exactly what was built.

An index stands in a folder of its own, named for the versions of its schema and tokens, for its engine and for the
content it was built from. It is never changed or repaired: it is built again beside and moved in by one rename.
Whoever builds the same at the same time loses the rename and uses the other's, which is equal.

What has changed in the library since is searched from memory (`kb.search.overlay`), so a page is found the moment
it is written; once that is much, a successor is built behind the search and takes over.
"""

import contextlib
import hashlib
import json
import logging
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from kb.content import Library
from kb.search.catalogue import tie_order
from kb.search.code_table import code_table
from kb.search.dictionary import WORDS_FILE, Dictionary, build_dictionary
from kb.search.documents import SCHEMA, fields_of, mean_lengths, weights_of
from kb.search.engines import Engine, EngineChoice, engine_for
from kb.search.index import SearchIndex
from kb.search.manifest import MANIFEST, page_digest, read_manifest, write_manifest
from kb.search.overlay import (
    Built,
    Changed,
    LiveIndex,
    catalogue_of,
    changed_ids,
    live_index,
    order_of,
    spoken_texts,
)
from kb.search.postings import DamagedIndex
from kb.search.tolerance import lettered_phrases

State = Literal["current", "old", "missing", "damaged"]
INITIALS = "initials.json"
BUILDING = ".building-"
STALE_SECONDS = 6 * 3600
"""A half-built folder that much older than a new one was left behind by a process that died."""
FEW, FEW_SHARE = 64, 50
"""Changed pages, and the share of a large library, that are searched from memory without a successor being built."""
SERVES_SHARE = 5
"""An index of which more than this share has changed does not serve: reading that much into memory takes as long
as anyone waits, so a new one is built."""
_NAME = re.compile(r"^[0-9.]+(-[a-z]+)?-[0-9a-f]{24}$")
_ONE_BUILDER = threading.Lock()
_LOG = logging.getLogger(__name__)


def open_index(
    index_dir: Path, library: Library, known: SearchIndex | None = None, *, engine: EngineChoice = "auto"
) -> SearchIndex:
    """Return an open index of `library`, just as it is now; built first where none serves.

    Args:
        index_dir: Where indexes stand; made where it is missing. Safe to throw away.
        library: What must be found.
        known: An index opened before; what it has read serves again. Whoever keeps it open has its successor
            built behind the search, once much has changed.
        engine: What keeps the postings; `auto` takes tantivy for a large library.
    """
    if not isinstance(known, LiveIndex):
        return _open(index_dir, library, engine)
    fresh = _BEHIND.finished(index_dir, engine)
    if fresh is None and known.library.digest == library.digest:
        return known
    built = fresh.built if fresh is not None else known.built
    changed = changed_ids(built, library)
    if not _serves(changed, library):
        return _open(index_dir, library, engine)
    live = live_index(built, library, known, changed)
    if len(live.documents) + len(live.lost) > _few(library) or live.dictionary.digest != built.names:
        _BEHIND.begin(index_dir, library, engine)
    return live


def _few(library: Library) -> int:
    return max(FEW, len(library.pages) // FEW_SHARE)


def _serves(changed: Changed, library: Library) -> bool:
    """Whether enough of an index still holds for the rest to be read into memory while someone waits."""
    return len(changed[0]) + len(changed[1]) <= max(FEW, len(library.pages) // SERVES_SHARE)


def _open(index_dir: Path, library: Library, choice: EngineChoice) -> LiveIndex:
    """Return an index of `library` from disk: its own, or one that nearly is, or a new one."""
    with _ONE_BUILDER:
        engine = engine_for(choice, len(library.pages))
        name = _name(library, engine)
        index_dir.mkdir(parents=True, exist_ok=True)
        dictionary = build_dictionary(library)
        with contextlib.suppress(DamagedIndex):
            return live_index(_opened(index_dir / name, library, engine), library)
        for folder in _others(index_dir, engine):
            with contextlib.suppress(DamagedIndex):
                built = _opened(folder, library, engine)
                changed = changed_ids(built, library)
                if built.names == dictionary.digest and _serves(changed, library):
                    return live_index(built, library, changed=changed)
        return _built(index_dir, library, choice)


def _others(index_dir: Path, engine: Engine) -> list[Path]:
    """Return other indexes with the same schema, tokens and engine, the youngest first."""
    found = []
    for path in index_dir.iterdir():
        with contextlib.suppress(OSError):
            if _NAME.match(path.name) and path.name.startswith(f"{SCHEMA}-{engine.name}-"):
                found.append(((path / MANIFEST).stat().st_mtime_ns, path))
    return [path for _, path in sorted(found, reverse=True)]


def _built(index_dir: Path, library: Library, choice: EngineChoice) -> LiveIndex:
    """Build the index of `library` and return it open."""
    engine = engine_for(choice, len(library.pages))
    name = _name(library, engine)
    _build(index_dir, name, library, engine)
    live = live_index(_opened(index_dir / name, library, engine), library)
    _sweep(index_dir, keep=name)
    return live


class _Behind:
    """Builds successors in a thread of its own, one at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._busy = False
        self._done: dict[tuple[Path, EngineChoice], LiveIndex | Exception] = {}

    def begin(self, index_dir: Path, library: Library, engine: EngineChoice) -> None:
        """Begin to build the index of `library` where none is being built."""
        with self._lock:
            if self._busy:
                return
            self._busy = True
        threading.Thread(
            target=self._build, args=(index_dir, library, engine), name="index", daemon=True
        ).start()

    def finished(self, index_dir: Path, engine: EngineChoice) -> LiveIndex | None:
        """Return a successor that has been built since, once.

        Raises:
            Exception: What kept it from being built; the next change tries again.
        """
        with self._lock:
            found = self._done.pop((index_dir, engine), None)
        if isinstance(found, Exception):
            raise found
        return found

    def _build(self, index_dir: Path, library: Library, engine: EngineChoice) -> None:
        built: LiveIndex | Exception
        try:
            with _ONE_BUILDER:
                built = _built(index_dir, library, engine)
        except OSError as error:
            # A full disk must not stop the search: what changed is found in memory, and the next change tries again.
            _LOG.warning("the successor of the search index cannot be built: %s", error)
            with self._lock:
                self._busy = False
            return
        except Exception as error:  # Told to whoever asks next.
            built = error
        with self._lock:
            self._done[(index_dir, engine)] = built
            self._busy = False


_BEHIND = _Behind()


def index_state(index_dir: Path, library: Library, *, engine: EngineChoice = "auto") -> State:
    """Return whether the index on disk is the one of `library`; opens nothing and changes nothing."""
    folder = index_dir / _name(library, engine_for(engine, len(library.pages)))
    if folder.is_dir():
        try:
            read_manifest(folder)
        except DamagedIndex:
            return "damaged"
        return "current"
    if index_dir.is_dir() and any(_NAME.match(path.name) for path in index_dir.iterdir()):
        return "old"
    return "missing"


def _name(library: Library, engine: Engine) -> str:
    digest = hashlib.sha256(f"{library.digest}\n".encode() + WORDS_FILE.read_bytes())
    return f"{SCHEMA}-{engine.name}-{digest.hexdigest()[:24]}"


def _words() -> str:
    return hashlib.sha256(WORDS_FILE.read_bytes()).hexdigest()


def _ids(library: Library) -> list[str]:
    """Return the pages in the order of their numbers, which is that into which ties fall."""
    return sorted(library.pages, key=lambda id_: tie_order(library.pages[id_]))


def _opened(folder: Path, library: Library, engine: Engine) -> Built:
    """Return the index in `folder`, of whose documents those count as known that are in `library` as they were."""
    manifest = read_manifest(folder)
    if manifest.vocabularies != library.vocabularies.digest or manifest.words != _words():
        raise DamagedIndex(f"{folder.name}: its words are not those of the library")
    same = [
        id_
        for id_, digest in zip(manifest.ids, manifest.digests, strict=True)
        if id_ in library.pages and page_digest(library, id_) == digest
    ]
    pages = {id_: library.pages[id_] for id_ in same}
    # Read now, as another process may sweep the folder away; parsed when the first query needs it.
    try:
        raw = (folder / INITIALS).read_bytes()
    except OSError as error:
        raise DamagedIndex(f"{folder.name}: {error}") from error

    def lettered() -> list[tuple[str, str]]:
        return [(str(phrase), str(letters)) for phrase, letters in json.loads(raw)]

    return Built(
        name=folder.name,
        ids=manifest.ids,
        pages=pages,
        bodies={id_: library.bodies[id_] for id_ in same},
        catalogue=catalogue_of(manifest.ids, pages, library),
        postings=engine.opened(folder, manifest.segment, len(manifest.ids)),
        means=manifest.means,
        names=manifest.names,
        lettered=lettered,
        order=order_of(manifest.ids, pages),
    )


def _build(index_dir: Path, name: str, library: Library, engine: Engine) -> None:
    aside = Path(tempfile.mkdtemp(prefix=BUILDING, dir=index_dir))
    try:
        ids = _ids(library)
        dictionary = build_dictionary(library)
        means = mean_lengths(fields_of(library.pages[id_], library.bodies[id_], library) for id_ in ids)
        segment = engine.write(aside, _documents(library, ids, means, dictionary))
        spoken = spoken_texts([page for _, page in sorted(library.pages.items())])
        (aside / INITIALS).write_text(
            json.dumps(lettered_phrases(spoken), ensure_ascii=False), encoding="utf-8"
        )
        write_manifest(
            aside,
            name=name,
            segment=segment,
            ids=ids,
            digests=[page_digest(library, id_) for id_ in ids],
            means=means,
            names=dictionary.digest,
            words=_words(),
            vocabularies=library.vocabularies.digest,
        )
        _to_disk(aside)
        _swap_in(aside, index_dir / name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _documents(
    library: Library, ids: Sequence[str], means: Mapping[str, float], dictionary: Dictionary
) -> Iterator[Mapping[str, float]]:
    codes = code_table(library)
    for id_ in ids:
        yield weights_of(
            fields_of(library.pages[id_], library.bodies[id_], library), means, dictionary, codes
        )


def _to_disk(folder: Path) -> None:
    """Wait until every file is on the disk: Whoosh never does, and a swapped-in index must be whole."""
    for path in folder.iterdir():
        with path.open("rb+") as file:
            os.fsync(file.fileno())


def _swap_in(aside: Path, target: Path) -> None:
    """Move a finished index to its name; another's finished index of the same name stays."""
    for _ in range(2):
        try:
            aside.rename(target)
        except OSError:
            if not target.is_dir():
                raise
            try:
                read_manifest(target)
            except DamagedIndex:
                shutil.rmtree(target, ignore_errors=True)
                continue
        return


def _sweep(index_dir: Path, *, keep: str) -> None:
    """Remove other indexes and what dead builders left; whoever has one open keeps its pages in memory."""
    now = (index_dir / keep / MANIFEST).stat().st_mtime
    for path in index_dir.iterdir():
        with contextlib.suppress(OSError):
            old = _NAME.match(path.name) and path.name != keep
            left = path.name.startswith(BUILDING) and now - path.stat().st_mtime > STALE_SECONDS
            if (old or left) and path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
