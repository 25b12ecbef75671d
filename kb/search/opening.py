"""The index on disk: built aside, swapped in whole, opened only where it is exactly what was built.

An index stands in a folder of its own, named for the versions of its schema and tokens and for the content it
was built from. It is never changed or repaired: what does not match is built again beside it and moved in by
one rename. Whoever builds the same at the same time loses the rename and uses the other's, which is equal.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from kb.content import Library
from kb.content.pages import CasePage, TermPage
from kb.search.catalogue import build_catalogue
from kb.search.code_table import CodeTable, code_table
from kb.search.dictionary import WORDS_FILE, Dictionary, build_dictionary
from kb.search.documents import SCHEMA, fields_of, mean_lengths, weights_of
from kb.search.engines import Engine, EngineChoice, engine_for
from kb.search.index import SearchIndex
from kb.search.posting_index import PostingIndex
from kb.search.postings import DamagedIndex
from kb.search.tolerance import Tolerance, latin_words, lettered_phrases

State = Literal["current", "old", "missing", "damaged"]
MANIFEST, INITIALS = "manifest.json", "initials.json"
BUILDING = ".building-"
STALE_SECONDS = 6 * 3600
"""A half-built folder that much older than a new one was left behind by a process that died."""
LARGE = 1_500
"""Pages from which on a known index keeps answering while its successor is built; below, building takes a moment."""
_NAME = re.compile(r"^[0-9.]+(-[a-z]+)?-[0-9a-f]{24}$")
_ONE_BUILDER = threading.Lock()


def open_index(
    index_dir: Path, library: Library, known: SearchIndex | None = None, *, engine: EngineChoice = "auto"
) -> SearchIndex:
    """Return an open index of `library`, built first where none matches it.

    Args:
        index_dir: Where indexes stand; made where it is missing. Safe to throw away.
        library: What must be found.
        known: An index opened before; it comes back where it still matches. That of a large library comes back
            as well while its successor is built beside it, so that nobody waits for a page someone has changed.
        engine: What keeps the postings; `auto` takes tantivy for a large library.
    """
    if known is not None and known.library.digest == library.digest:
        return known
    if known is not None and len(known.library.pages) >= LARGE and len(library.pages) >= LARGE:
        return _BEHIND.successor(index_dir, library, engine) or known
    return _open(index_dir, library, engine)


def _open(index_dir: Path, library: Library, choice: EngineChoice) -> SearchIndex:
    with _ONE_BUILDER:
        engine = engine_for(choice, len(library.pages))
        name = _name(library, engine)
        index_dir.mkdir(parents=True, exist_ok=True)
        dictionary = build_dictionary(library)
        codes = code_table(library)
        try:
            opened = _opened(index_dir / name, library, dictionary, codes, engine)
        except DamagedIndex:
            _build(index_dir, name, library, dictionary, codes, engine)
            opened = _opened(index_dir / name, library, dictionary, codes, engine)
        _sweep(index_dir, keep=name)
        return opened


class _Behind:
    """Builds an index in a thread of its own, one at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._busy = False
        self._done: dict[tuple[Path, str], SearchIndex | Exception] = {}

    def successor(self, index_dir: Path, library: Library, engine: EngineChoice) -> SearchIndex | None:
        """Return the index of `library` once it is built; begin to build it where nobody does.

        Raises:
            Exception: What kept it from being built; the next call tries again.
        """
        wanted = (index_dir, library.digest)
        with self._lock:
            found = self._done.pop(wanted, None)
            if found is None and not self._busy:
                self._busy = True
                self._done.clear()
                threading.Thread(
                    target=self._build, args=(index_dir, library, engine), name="index", daemon=True
                ).start()
        if isinstance(found, Exception):
            raise found
        return found

    def _build(self, index_dir: Path, library: Library, engine: EngineChoice) -> None:
        built: SearchIndex | Exception
        try:
            built = _open(index_dir, library, engine)
        except Exception as error:  # Told to whoever asks next.
            built = error
        with self._lock:
            self._done[(index_dir, library.digest)] = built
            self._busy = False


_BEHIND = _Behind()


def index_state(index_dir: Path, library: Library, *, engine: EngineChoice = "auto") -> State:
    """Return whether the index on disk is the one of `library`; opens nothing and changes nothing."""
    folder = index_dir / _name(library, engine_for(engine, len(library.pages)))
    if folder.is_dir():
        try:
            _manifest(folder)
        except DamagedIndex:
            return "damaged"
        return "current"
    if index_dir.is_dir() and any(_NAME.match(path.name) for path in index_dir.iterdir()):
        return "old"
    return "missing"


def _name(library: Library, engine: Engine) -> str:
    digest = hashlib.sha256(f"{library.digest}\n".encode() + WORDS_FILE.read_bytes())
    return f"{SCHEMA}-{engine.name}-{digest.hexdigest()[:24]}"


def _ids(library: Library) -> list[str]:
    """Return the pages in the order of their numbers: the later review first, then by id, as ties fall."""
    return sorted(library.pages, key=lambda id_: (-library.pages[id_].reviewed.toordinal(), id_))


def _order(ids: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()


def _opened(
    folder: Path, library: Library, dictionary: Dictionary, codes: CodeTable, engine: Engine
) -> SearchIndex:
    manifest = _manifest(folder)
    ids = _ids(library)
    if manifest["order"] != _order(ids):
        raise DamagedIndex(f"{folder.name}: its pages are numbered otherwise than the library's")
    postings = engine.opened(folder, str(manifest["segment"]), len(ids))
    return PostingIndex(
        library=library,
        dictionary=dictionary,
        codes=codes,
        tolerance=_tolerance(folder, library, dictionary),
        catalogue=build_catalogue(library, ids),
        postings=postings,
        name=folder.name,
    )


def _tolerance(folder: Path, library: Library, dictionary: Dictionary) -> Tolerance:
    # Read now, as another process may sweep the folder away; parsed when the first query needs it.
    raw = (folder / INITIALS).read_bytes()

    def lettered() -> list[tuple[str, str]]:
        return [(str(phrase), str(letters)) for phrase, letters in json.loads(raw)]

    latin = [page.title_en for _, page in sorted(library.pages.items())]
    return Tolerance(dictionary=dictionary, lettered=lettered, latin=latin_words(latin))


def _spoken(library: Library) -> Iterator[str]:
    """Yield the texts in which initials are looked for."""
    for _, page in sorted(library.pages.items()):
        if not isinstance(page, TermPage):
            yield page.title
            yield from page.keywords
        if isinstance(page, CasePage):
            yield page.symptom


def _manifest(folder: Path) -> dict[str, object]:
    """Return the manifest of an index whose files are exactly those that were written.

    Raises:
        DamagedIndex: A file is missing, more, or has other bytes.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = dict(manifest["files"])
        if manifest["name"] != folder.name or not isinstance(manifest["order"], str):
            raise DamagedIndex(f"{folder.name}: the manifest is of another index")
        if not re.fullmatch(r"[0-9a-z_]+", str(manifest["segment"])):
            raise DamagedIndex(f"{folder.name}: the manifest names no segment")
        for name, digest in files.items():
            if _digest(folder / Path(name).name) != digest:
                raise DamagedIndex(f"{folder.name}: {name} is not what was written")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedIndex(f"{folder.name}: {error}") from error
    return dict(manifest)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _build(
    index_dir: Path, name: str, library: Library, dictionary: Dictionary, codes: CodeTable, engine: Engine
) -> None:
    aside = Path(tempfile.mkdtemp(prefix=BUILDING, dir=index_dir))
    try:
        segment = engine.write(aside, _documents(library, dictionary, codes))
        (aside / INITIALS).write_text(
            json.dumps(lettered_phrases(_spoken(library)), ensure_ascii=False), encoding="utf-8"
        )
        files = {path.name: _digest(path) for path in sorted(aside.iterdir())}
        manifest = {"name": name, "segment": segment, "order": _order(_ids(library)), "files": files}
        (aside / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
        _to_disk(aside)
        _swap_in(aside, index_dir / name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _documents(library: Library, dictionary: Dictionary, codes: CodeTable) -> Iterator[Mapping[str, float]]:
    ids = _ids(library)
    means = mean_lengths(fields_of(library.pages[id_], library.bodies[id_], library) for id_ in ids)
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
                _manifest(target)
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
