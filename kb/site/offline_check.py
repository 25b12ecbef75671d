"""Checks what a built site brings for its own search: every file there, each exactly what the list says."""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from kb.errors import Fault
from kb.site.offline import ASSETS, DRAFT_PAGE, LIST, MANIFEST, NOT_LISTED, PACK, PAGE, SCRIPTS, WORKER

_HANDED_OVER = re.compile(r'servicebookPack\("(?P<name>\w+)",(?P<data>.*)\);\n', re.DOTALL)
_NAME = re.compile(r"(?P<part>\w+)\.(?P<digest>[0-9a-f]{12})\.js")
REPAIR = "build the site again"


def offline_faults(site_dir: Path) -> tuple[Fault, ...]:
    """Return everything that is wrong with the search that the site in `site_dir` carries."""
    try:
        listed = dict(json.loads((site_dir / LIST).read_text(encoding="utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        return (Fault(where=LIST, what=f"is no list of files: {error}", repair=REPAIR),)
    faults = [*_listed_faults(site_dir, listed), *_pack_faults(site_dir, listed)]
    for name in (PAGE, DRAFT_PAGE, MANIFEST, f"{PACK}/pack.js", *(f"{ASSETS}/{one}" for one in SCRIPTS)):
        if name not in listed:
            faults.append(Fault(where=name, what="is not in the list of files", repair=REPAIR))
    if not (site_dir / WORKER).is_file():
        faults.append(Fault(where=WORKER, what="is missing from the built site", repair=REPAIR))
    return tuple(faults)


def _listed_faults(site_dir: Path, listed: dict[str, list[object]]) -> Iterator[Fault]:
    there = {path.relative_to(site_dir).as_posix() for path in site_dir.rglob("*") if path.is_file()}
    for name in sorted(there - set(listed) - NOT_LISTED):
        yield Fault(where=name, what="is not in the list of files", repair=REPAIR)
    for name, (digest, size, *_) in sorted(listed.items()):
        if name not in there:
            yield Fault(where=name, what="is listed, but missing from the built site", repair=REPAIR)
            continue
        raw = (site_dir / name).read_bytes()
        if len(raw) != size or hashlib.sha256(raw).hexdigest() != digest:
            yield Fault(where=name, what="is not what the list of files says", repair=REPAIR)


def _pack_faults(site_dir: Path, listed: dict[str, list[object]]) -> Iterator[Fault]:
    """Yield what is wrong between the pack's own list and its files: each part there, under the name it has."""
    about = _handed_over(site_dir / PACK / "pack.js")
    if about is None or about[0] != "list":
        yield Fault(where=f"{PACK}/pack.js", what="hands over no list of the pack", repair=REPAIR)
        return
    parts = about[1].get("files", {})
    for part in {"core", "texts", "sounds", "lettered", "scope"} - set(parts):
        yield Fault(where=f"{PACK}/pack.js", what=f"names no part {part}", repair=REPAIR)
    for part, name in sorted(parts.items()):
        where = f"{PACK}/{name}"
        match = _NAME.fullmatch(name)
        if match is None or match["part"] != part:
            yield Fault(where=where, what=f"is no name for the part {part}", repair=REPAIR)
        elif where not in listed:
            yield Fault(where=where, what="is a part of the pack, but not listed", repair=REPAIR)
        elif not str(listed[where][0]).startswith(match["digest"]):
            yield Fault(where=where, what="has another digest than its name", repair=REPAIR)
    known = {f"{PACK}/{name}" for name in parts.values()} | {f"{PACK}/pack.js"}
    for name in sorted(name for name in listed if name.startswith(f"{PACK}/")):
        if name not in known:
            yield Fault(where=name, what="is no part of the pack", repair=REPAIR)


def _handed_over(path: Path) -> tuple[str, dict[str, dict[str, str]]] | None:
    """Return name and data of a script of the pack; None where it is none."""
    match = _HANDED_OVER.fullmatch(path.read_text(encoding="utf-8")) if path.is_file() else None
    if match is None:
        return None
    try:
        data = json.loads(match["data"])
    except ValueError:
        return None
    return (match["name"], data) if isinstance(data, dict) else None
