"""The library as it stands in the files: every page with its body, its place and the faults of reading it."""

import contextlib
import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import yaml
from pydantic import TypeAdapter, ValidationError

from kb.content.front_matter import front_faults
from kb.content.pages import AnyPage, Page
from kb.content.vocabulary import Vocabularies, load_vocabularies
from kb.errors import Fault

_PAGES: TypeAdapter[AnyPage] = TypeAdapter(AnyPage)
_SAFE_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
FENCE = "---"
PAGE_BYTES = 1_000_000
NOT_PAGES = frozenset({"vocabularies"})
_ALIAS = re.compile(r"(?:^|[\s\[{,:?-])[&*][^\s]")
"""What may be an anchor or an alias; mostly text, so that only then the front matter is gone through twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFile:
    """One file of the library.

    Args:
        path: Relative to the content folder, with forward slashes.
        digest: SHA-256 of its bytes, hexadecimal.
        page: The front matter, or None where it could not be read.
        body: The Markdown below it.
        lines: Line of each top-level field, 1-based; `""` is the first line of the body.
        faults: What is wrong with the file by itself.
    """

    path: str
    digest: str
    page: Page | None
    body: str
    lines: Mapping[str, int]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """All pages of the content folder.

    Args:
        folder: The content folder.
        files: Every Markdown file by its path.
        pages: Pages by id; of two with one id the first path counts, the other is a fault.
        bodies: Markdown bodies by id.
        paths: Where each page stands, by id.
        vocabularies: The code lists.
        digest: Changes when any page or vocabulary changes.
        faults: What kept files from being pages.
    """

    folder: Path
    files: Mapping[str, PageFile]
    pages: Mapping[str, Page]
    bodies: Mapping[str, str]
    paths: Mapping[str, str]
    vocabularies: Vocabularies
    digest: str
    faults: tuple[Fault, ...]
    stamps: Mapping[str, tuple[int, int]] = field(default_factory=dict, repr=False, compare=False)


def load_library(
    folder: Path, *, known: Library | None = None, folders: dict[str, int] | None = None
) -> Library:
    """Return the library in `folder`; a missing folder is an empty library.

    Args:
        folder: Holds the Markdown pages and the folder `vocabularies`.
        known: The library as read before; files whose size and time are unchanged are not read again, and
            the same object comes back where nothing has changed.
        folders: Filled with each folder that was looked through, and when it had been changed before (ns).
    """
    stamps = _stamps(folder, {} if folders is None else folders)
    if known is not None and known.folder == folder and known.stamps == stamps:
        return known
    old = known if known is not None and known.folder == folder else None
    files: dict[str, PageFile] = {}
    for name, stamp in stamps.items():
        if not name.endswith(".md"):
            continue
        if old is not None and name in old.files and old.stamps.get(name) == stamp:
            files[name] = old.files[name]
        else:
            with contextlib.suppress(FileNotFoundError):  # taken away since: the next look does not find it
                files[name] = read_page_file(folder / name, name)
    vocabularies = None
    if old is not None and _vocabulary_stamps(old.stamps) == _vocabulary_stamps(stamps):
        vocabularies = old.vocabularies
    return _library(folder, files, stamps, vocabularies or load_vocabularies(folder / "vocabularies"))


def _vocabulary_stamps(stamps: Mapping[str, tuple[int, int]]) -> list[tuple[str, tuple[int, int]]]:
    return [(name, stamp) for name, stamp in stamps.items() if not name.endswith(".md")]


def _stamps(folder: Path, folders: dict[str, int]) -> dict[str, tuple[int, int]]:
    """Return when each file that counts was changed (ns) and its size, by its path, sorted; `folders` gets where it looked.

    This is asked often, so it takes what the folder's own listing gives instead of asking file by file.
    """
    found: dict[str, tuple[int, int]] = {}
    waiting = [("", str(folder))] if folder.is_dir() else []
    while waiting:
        prefix, place = waiting.pop()
        try:
            folders[place] = os.stat(place).st_mtime_ns
            listing = os.scandir(place)
        except FileNotFoundError:
            continue
        with listing as entries:
            for entry in entries:
                name = prefix + entry.name
                if entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((f"{name}/", entry.path))
                elif _counts(name) and entry.is_file():
                    with contextlib.suppress(FileNotFoundError):  # it is taken away at this moment
                        stat = entry.stat()
                        found[name] = (stat.st_mtime_ns, stat.st_size)
    return dict(sorted(found.items()))


def _counts(name: str) -> bool:
    return name.endswith(".md") or (name.partition("/")[0] in NOT_PAGES and name.endswith(".yaml"))


def _library(
    folder: Path,
    files: dict[str, PageFile],
    stamps: dict[str, tuple[int, int]],
    vocabularies: Vocabularies,
) -> Library:
    pages: dict[str, Page] = {}
    bodies: dict[str, str] = {}
    paths: dict[str, str] = {}
    faults = list(vocabularies.faults)
    for name, file in files.items():
        faults += file.faults
        if file.page is None:
            continue
        id_ = file.page.id
        if id_ in pages:
            faults.append(
                Fault(
                    where=f"{name}:{file.lines.get('id', 1)}",
                    what=f"has the id {id_} of {paths[id_]}",
                    repair="ids are never reused",
                )
            )
            continue
        pages[id_], bodies[id_], paths[id_] = file.page, file.body, name
    states = "".join([f"{name}\0{file.digest}\n" for name, file in files.items()])
    digest = hashlib.sha256(f"{vocabularies.digest}{states}".encode())
    return Library(
        folder=folder,
        files=files,
        pages=pages,
        bodies=bodies,
        paths=paths,
        vocabularies=vocabularies,
        digest=digest.hexdigest(),
        faults=tuple(faults),
        stamps=stamps,
    )


def with_file(library: Library, file: PageFile) -> Library:
    """Return the library as it would be with one file written anew, or added; nothing is read or written."""
    files = dict(sorted({**library.files, file.path: file}.items()))
    return _library(library.folder, files, dict(library.stamps), library.vocabularies)


def read_page_file(path: Path, name: str) -> PageFile:
    """Return the page in the file at `path`, called `name` in faults; never raises for what the file holds."""
    raw = path.read_bytes()
    digest = hashlib.sha256(raw).hexdigest()

    def bad(line: int, what: str, repair: str) -> PageFile:
        fault = Fault(where=f"{name}:{line}", what=what, repair=repair)
        return PageFile(path=name, digest=digest, page=None, body="", lines={}, faults=(fault,))

    if len(raw) > PAGE_BYTES:
        return bad(1, f"has {len(raw):,} bytes", f"a page has at most {PAGE_BYTES:,}")
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        return bad(raw[: error.start].count(b"\n") + 1, "is not UTF-8", "save the file as UTF-8")
    return parse_page(text, name, digest)


def parse_page(text: str, name: str, digest: str = "") -> PageFile:
    """Return the page in `text`, called `name` in faults."""
    lines = text.split("\n")

    def bad(line: int, what: str, repair: str) -> PageFile:
        fault = Fault(where=f"{name}:{line}", what=what, repair=repair)
        return PageFile(path=name, digest=digest, page=None, body="", lines={}, faults=(fault,))

    if lines[0].strip() != FENCE:
        return bad(1, "does not begin with front matter", "begin with a line ---, the fields, and a line ---")
    end = next((n for n, line in enumerate(lines[1:], 1) if line.strip() == FENCE), None)
    if end is None:
        return bad(1, "has front matter without an end", "close it with a line ---")
    front = "\n".join(lines[1:end])
    if _ALIAS.search(front) and (refused := front_faults(front)):
        return bad(int(refused[0].where), refused[0].what, refused[0].repair)
    try:
        node = yaml.compose(front, Loader=_SAFE_LOADER)
        values = yaml.load(front, Loader=_SAFE_LOADER)  # noqa: S506 - a safe loader, in C where there is one
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        return bad(line, f"is not YAML: {error.problem}", "mend the front matter")
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return bad(1, f"is not YAML: {error}", "mend the front matter")
    if not isinstance(values, dict):
        return bad(2, "has no fields in its front matter", "write `field: value` lines")
    spots = _spots(node)
    where_of = {key[0]: line for key, line in spots.items() if len(key) == 1}
    body_start = end + 2
    places = {**{str(key): line for key, line in where_of.items()}, "": body_start}
    body = "\n".join(lines[end + 1 :]).strip("\n")
    try:
        page = cast("Page", _PAGES.validate_python(values))
    except ValidationError as error:
        faults = tuple(_fault(name, spots, dict(detail)) for detail in error.errors(include_url=False))
        return PageFile(path=name, digest=digest, page=None, body=body, lines=places, faults=faults)
    return PageFile(path=name, digest=digest, page=page, body=body, lines=places, faults=())


Spot = tuple[str | int, ...]


def _spots(node: yaml.Node | None, prefix: Spot = ()) -> dict[Spot, int]:
    """Return the line in the file of every field and list entry, by its path in the front matter."""
    spots: dict[Spot, int] = {}
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            spots[(*prefix, str(key.value))] = key.start_mark.line + 2
            spots.update(_spots(value, (*prefix, str(key.value))))
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            spots[(*prefix, number)] = value.start_mark.line + 2
            spots.update(_spots(value, (*prefix, number)))
    return spots


def _fault(name: str, spots: dict[Spot, int], detail: dict[str, object]) -> Fault:
    place = tuple(cast("tuple[str | int, ...]", detail["loc"]))
    # Pydantic puts the page type before the field's own path.
    path = (
        place[1:]
        if place and place[0] in {"case", "guide", "alarm", "course", "checklist", "term"}
        else place
    )
    line = next((spots[path[:n]] for n in range(len(path), 0, -1) if path[:n] in spots), 1)
    field_name = ".".join(str(part) for part in path) or "type"
    what = str(detail["msg"])
    repairs = {
        "missing": f"add the field {field_name}",
        "extra_forbidden": "remove it, or mend the spelling; docs/reference/content.md lists the fields",
    }
    return Fault(
        where=f"{name}:{line}", what=f"{field_name}: {what}", repair=repairs.get(str(detail["type"]), "")
    )
