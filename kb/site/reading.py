"""Reads what the site is made from: the library and the manual in docs/."""

from pathlib import Path

from kb.content import load_library
from kb.site.pages import SiteInput

NAMED_LISTS = ("equipment_classes", "controllers", "subsystems", "alarm_families")


def read_site_input(content_dir: Path, manual_dir: Path) -> SiteInput:
    """Return the site's input from the folders of the library and of the manual; a missing manual is empty."""
    library = load_library(content_dir)
    names = {
        code: entry.zh for name in NAMED_LISTS for code, entry in library.vocabularies.lists[name].items()
    }
    manual = {
        path.relative_to(manual_dir).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(manual_dir.rglob("*.md"))
        if path.is_file()
    }
    return SiteInput(pages=library.pages, bodies=library.bodies, names=names, manual=manual)
