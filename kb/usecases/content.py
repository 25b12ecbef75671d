"""Look at the library: its pages, its faults."""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from kb.content import Library, Page, check_library
from kb.content.pages import Confidence, Grade, Status
from kb.errors import Fault, Message, NotFound
from kb.site import is_shown, page_address

SAFETY_BLOCK = "faults.md#0"
"""The id of what faults.md says of safety: it has no line in a table."""
SURE = (Grade.A, Grade.B)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentReport:
    """What a check of the library found.

    Args:
        pages: Number of pages by type.
        faults: Every fault, sorted by place.
    """

    pages: dict[str, int]
    faults: tuple[Fault, ...]


def check_content(library: Library, *, today: date, domain_dir: Path | None = None) -> ContentReport:
    """Return every fault of every page.

    Args:
        library: The library as loaded.
        today: The day on which reviews are overdue or not.
        domain_dir: Folder of the researched facts (alarms.tsv, faults.tsv, tasks.md), to check `facts` against: those
            that pages name are there, those that are sure stand on a page, and the doubtful ones on none.
    """
    grades = fact_grades(domain_dir) if domain_dir is not None else None
    known = frozenset({SAFETY_BLOCK, *grades}) if grades is not None else None
    faults = check_library(library, today=today, known_facts=known)
    return ContentReport(
        pages=page_counts(library), faults=(*faults, *_coverage_faults(library, grades or {}))
    )


def _coverage_faults(library: Library, grades: Mapping[str, str]) -> Iterator[Fault]:
    """Yield each sure fact that no page rests on, and each page that rests on a doubtful one."""
    cited = {fact for page in library.pages.values() for fact in page.facts}
    for fact, grade in grades.items():
        if grade in SURE and fact not in cited:
            what = Message("is a fact of grade {grade} and stands on no page", grade=grade)
            yield Fault(where=fact, what=what, repair="write its page, or name it in the facts of one")
    for page in library.pages.values():
        for fact in page.facts:
            if grades.get(fact) == Grade.D:
                what = Message("rests on {fact}, which is doubtful (D)", fact=fact)
                where = (
                    f"{library.paths[page.id]}:{library.files[library.paths[page.id]].lines.get('facts', 1)}"
                )
                yield Fault(where=where, what=what, repair="leave it out, or find a better source")


def page_counts(library: Library) -> dict[str, int]:
    """Return the number of pages by type, types in alphabetical order."""
    return dict(sorted(Counter(page.type for page in library.pages.values()).items()))


def pages_of(
    library: Library,
    *,
    kind: str = "",
    confidence: Confidence | None = None,
    status: Status | None = None,
    subsystem: str = "",
) -> tuple[Page, ...]:
    """Return the pages that fit every filter given, by id.

    Args:
        library: The library as loaded.
        kind: A page type, such as `case`; empty for all. An unknown type has no pages.
        confidence: How sure the department is of the page.
        status: Where the page stands on its way to readers.
        subsystem: Code of the page's component, such as `SPI`.
    """
    return tuple(
        page
        for _, page in sorted(library.pages.items())
        if (not kind or page.type == kind)
        and (confidence is None or page.confidence is confidence)
        and (status is None or page.status is status)
        and (not subsystem or (page.component is not None and page.component.subsystem == subsystem))
    )


def due_reviews(library: Library, *, today: date, within: timedelta) -> tuple[Page, ...]:
    """Return the pages whose review falls due within a time from `today`, or is overdue, the earliest first."""
    last_day = today + within
    found = [
        page
        for page in library.pages.values()
        if page.review_due <= last_day and page.status is not Status.WITHDRAWN
    ]
    return tuple(sorted(found, key=lambda page: (page.review_due, page.id)))


def page_digest(library: Library, page_id: str) -> str:
    """Return the SHA-256 of a page's file, hexadecimal: another state of the page has another digest.

    Raises:
        NotFound: The library has no such page.
    """
    page_by_id(library, page_id)
    return library.files[library.paths[page_id]].digest


def page_by_id(library: Library, page_id: str) -> Page:
    """Return a page.

    Raises:
        NotFound: The library has no such page.
    """
    page = library.pages.get(page_id)
    if page is None:
        raise NotFound("page", page_id)
    return page


def address_on_site(page: Page) -> str:
    """Return the address of a page below the site's root; empty where the page is not released."""
    return page_address(page) if is_shown(page) else ""


def site_address(library: Library, page_id: str) -> str:
    """Return the address of a page below the site's root.

    Raises:
        NotFound: The library has no such page, or the page is not released and so not on the site.
    """
    address = address_on_site(page_by_id(library, page_id))
    if not address:
        raise NotFound("released page", page_id)
    return address


def fact_ids(domain_dir: Path) -> frozenset[str]:
    """Return the ids of all researched facts in `domain_dir`.

    Raises:
        NotFound: A file of facts is missing.
    """
    return frozenset({SAFETY_BLOCK, *fact_grades(domain_dir)})


def fact_grades(domain_dir: Path) -> dict[str, str]:
    """Return the grade of each researched fact in `domain_dir`, by its id; empty where its line tells none.

    Raises:
        NotFound: A file of facts is missing.
    """
    grades: dict[str, str] = {}
    for name, column in (("alarms.tsv", "code"), ("faults.tsv", "id")):
        path = domain_dir / name
        if not path.is_file():
            raise NotFound("file of facts", str(path))
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            grades.update((row[column], (row.get("grade") or "").strip()) for row in rows)
    tasks = domain_dir / "tasks.md"
    if not tasks.is_file():
        raise NotFound("file of facts", str(tasks))
    for line in tasks.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) > 1 and cells[0][:1] == "T" and cells[0][1:].isdigit():
            grades[cells[0]] = cells[-1] if cells[-1] in set(Grade) else ""
    return grades
