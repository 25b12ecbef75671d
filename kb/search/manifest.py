"""What an index is, in one file beside it: which pages it holds, in which state, and the digest of every other file."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.content import Library
from kb.search.postings import DamagedIndex

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What is written beside an index.

    Args:
        segment: What the engine calls it.
        ids: Page of each document, in the order of their numbers.
        digests: State of each page, see `page_digest`.
        means: Mean length of each field.
        names: Digest of the dictionary.
        words: Digest of the list of everyday words.
        vocabularies: Digest of the vocabularies.
    """

    segment: str
    ids: tuple[str, ...]
    digests: tuple[str, ...]
    means: Mapping[str, float]
    names: str
    words: str
    vocabularies: str


def page_digest(library: Library, id_: str) -> str:
    """Return a digest of a page and its body: that of its file, or of what it says where it has none."""
    file = library.files.get(library.paths.get(id_, ""))
    if file is not None:
        return file.digest
    return hashlib.sha256(f"{library.pages[id_]!r}\0{library.bodies[id_]}".encode()).hexdigest()


def write_manifest(
    folder: Path,
    *,
    name: str,
    segment: str,
    ids: Sequence[str],
    digests: Sequence[str],
    means: Mapping[str, float],
    names: str,
    words: str,
    vocabularies: str,
) -> None:
    """Write the manifest of the index in `folder`, whose files are all there.

    Args:
        folder: Where it stands until it is moved in.
        name: Name of its folder from then on.
        segment: See `Manifest`, as the others.
        ids: Pages.
        digests: Their states.
        means: Mean lengths.
        names: Digest of the dictionary.
        words: Digest of the everyday words.
        vocabularies: Digest of the vocabularies.
    """
    values = {
        "name": name,
        "segment": segment,
        "ids": list(ids),
        "digests": list(digests),
        "means": dict(means),
        "names": names,
        "words": words,
        "vocabularies": vocabularies,
        "files": {path.name: _digest(path) for path in sorted(folder.iterdir())},
    }
    (folder / MANIFEST).write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of an index whose files are exactly those that were written.

    Raises:
        DamagedIndex: A file is missing or has other bytes, or the manifest is of another index.
    """
    try:
        values = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if values["name"] != folder.name:
            raise DamagedIndex(f"{folder.name}: the manifest is of another index")
        manifest = Manifest(
            segment=str(values["segment"]),
            ids=tuple(str(id_) for id_ in values["ids"]),
            digests=tuple(str(digest) for digest in values["digests"]),
            means={str(name): float(mean) for name, mean in values["means"].items()},
            names=str(values["names"]),
            words=str(values["words"]),
            vocabularies=str(values["vocabularies"]),
        )
        if not re.fullmatch(r"[0-9a-z_]+", manifest.segment):
            raise DamagedIndex(f"{folder.name}: the manifest names no segment")
        if len(manifest.ids) != len(manifest.digests) or len(set(manifest.ids)) != len(manifest.ids):
            raise DamagedIndex(f"{folder.name}: its pages and their states do not match")
        for name, digest in dict(values["files"]).items():
            if _digest(folder / Path(name).name) != digest:
                raise DamagedIndex(f"{folder.name}: {name} is not what was written")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedIndex(f"{folder.name}: {error}") from error
    return manifest


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
