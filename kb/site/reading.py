"""Reads what the site is made from: the library, the files beside its pages, the manual in docs/."""

from collections.abc import Mapping
from pathlib import Path

from kb.content import Library, load_library
from kb.content.library import NOT_PAGES
from kb.site.pages import SiteInput


def read_site_input(content_dir: Path, manual_dir: Path) -> SiteInput:
    """Return the site's input from the folders of the library and of the manual; a missing manual is empty."""
    manual = {
        path.relative_to(manual_dir).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(manual_dir.rglob("*.md"))
        if path.is_file()
    }
    return site_input(load_library(content_dir), manual)


def site_input(library: Library, manual: Mapping[str, str]) -> SiteInput:
    """Return the site's input from the library as loaded and the files of the manual."""
    names = {
        name: {code: entry.zh for code, entry in entries.items()}
        for name, entries in library.vocabularies.lists.items()
    }
    return SiteInput(
        pages=library.pages,
        bodies=library.bodies,
        names=names,
        manual=manual,
        sources=library.paths,
        codes=library.vocabularies.lists,
    )


def files_beside(content_dir: Path) -> tuple[str, ...]:
    """Return the files of the library that are no pages (pictures, documents), relative to `content_dir`."""
    found = []
    for path in sorted(content_dir.rglob("*")):
        parts = path.relative_to(content_dir).parts
        hidden = any(part.startswith(".") for part in parts) or parts[0] in NOT_PAGES
        if path.is_file() and not hidden and path.suffix != ".md":
            found.append("/".join(parts))
    return tuple(found)
