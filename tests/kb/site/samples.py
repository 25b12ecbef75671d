"""Pages of every kind for the site's tests; each is sound, so that a test shows only what it is about."""

import copy
from pathlib import Path
from typing import Any

from kb.content import load_library
from kb.site.pages import SiteInput, site_pages
from tests.kb.content.pages import CASE, CASE_BODY, GUIDE, GUIDE_BODY, a_content_folder, page_text

ROOT = Path(__file__).parents[3]
COMMON = {key: CASE[key] for key in list(CASE)[:14]} | {"sources": CASE["sources"]}

ALARM: dict[str, Any] = {
    **COMMON,
    "id": "ALM-FANUC-SV0401",
    "type": "alarm",
    "title": "伺服准备断开",
    "title_en": "V-READY off",
    "hazards": "none",
    "family": "fanuc",
    "code": "SV0401",
    "aliases": ["401"],
    "text": {"zh": "伺服准备信号断开", "en": "Improper V_READY OFF"},
    "explanation": "多半是别的报警带出来的。",
    "remedy": ["先看同时出现的第一个报警"],
    "severity": "S2",
}
CHECKLIST: dict[str, Any] = {
    **COMMON,
    "id": "CHK-X",
    "type": "checklist",
    "title": "每班点检表",
    "title_en": "Shift checklist",
    "level": "shift",
    "items": [
        {"id": "T001", "text": "油位", "kind": "pass_fail", "minutes": 1, "source": "T001 (P1)", "grade": "B"}
    ],
}
TERM: dict[str, Any] = {
    **COMMON,
    "id": "TERM-scale",
    "type": "term",
    "title": "光栅尺",
    "title_en": "linear scale",
    "preferred": {"zh": "光栅尺", "en": "linear scale"},
    "definition": "量直线位置的传感器。",
}
COURSE: dict[str, Any] = {
    **COMMON,
    "id": "COURSE-X",
    "type": "course",
    "title": "主轴课程",
    "title_en": "Spindle course",
    "objectives": ["会看主轴过热"],
    "audience_level": "新员工",
    "duration_minutes": 30,
    "built_from": [{"id": "CASE-X-01", "revision": 1}],
}
KINDS: dict[str, tuple[dict[str, Any], str]] = {
    "alarm": (ALARM, ""),
    "case": (CASE, CASE_BODY),
    "checklist": (CHECKLIST, ""),
    "course": (COURSE, ""),
    "guide": (GUIDE, GUIDE_BODY),
    "term": (TERM, ""),
}


def a_page(kind: str, body: str | None = None, **changes: Any) -> str:
    """Return the file's text of a page of `kind`; a field set to None is left out."""
    values, usual = KINDS[kind]
    merged = copy.deepcopy(values) | changes
    return page_text(
        {key: value for key, value in merged.items() if value is not None}, usual if body is None else body
    )


def a_library(folder: Path, **files: str) -> Path:
    """Write a content folder with one page of each kind, and `files` in place of or beside them."""
    pages = {kind: a_page(kind) for kind in KINDS} | files
    return a_content_folder(folder, ROOT / "content" / "vocabularies", **pages)


def an_input(folder: Path, **files: str) -> SiteInput:
    """Return the site's input of `a_library`."""
    library = load_library(a_library(folder, **files))
    assert library.faults == ()
    names = {
        name: {code: entry.zh for code, entry in entries.items()}
        for name, entries in library.vocabularies.lists.items()
    }
    return SiteInput(
        pages=library.pages,
        bodies=library.bodies,
        names=names,
        manual={"architecture.md": "# The house\n\nText.\n"},
        sources=library.paths,
        codes=library.vocabularies.lists,
    )


def a_site(folder: Path, **files: str) -> dict[str, str]:
    """Return the pages of the site made from `a_library`."""
    return site_pages(an_input(folder, **files))
