"""The list behind each figure of the library's health: as rows for a page, as JSON, as a workbook."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from kb.content import Page
from kb.errors import BadQuery, NotFound
from kb.export.workbook import Sheet, SheetColumn, Workbook
from kb.export.xlsx import xlsx_bytes
from kb.i18n import Language, translator
from kb.usecases.library_health import AGES, COVERED, Health, Rows, age_of
from kb.usecases.page_feedback import NO_VERDICTS
from kb.usecases.page_links import WRONGS
from kb.usecases.page_reviews import WITHIN_DAYS, reviews_due
from kb.usecases.page_use import NO_REUSE
from kb.usecases.search import VALUE_NAMES

Kind = Literal["case", "alarm", "guide", ""]
Cell = str | int | date
WIDE = 44
AUTHOR = "Servicebook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a list is narrowed down to.

    Args:
        within_days: Days that the list of reviews looks ahead.
        owner: Only pages of this owner.
        by: Kind of the row of the map.
        row: A row of the map: a brand or the code of a control.
        subsystem: A column of the map.
        kind: Only pages of this type.
        age: An age of `AGES`.
        confidence: Only pages of this confidence.
    """

    within_days: int = WITHIN_DAYS
    owner: str = ""
    by: Rows = "brand"
    row: str = ""
    subsystem: str = ""
    kind: Kind | Literal["checklist", "term", "course"] = ""
    age: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthList:
    """A list behind a figure.

    Args:
        name: As it is asked for.
        title: Message id of its title.
        about: Message id of what it is for.
        columns: Key of each column and the message id of its title.
        rows: Cells by key of column.
    """

    name: str
    title: str
    about: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[Mapping[str, Cell], ...]

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON; days are ISO texts."""
        items = [
            {key: cell.isoformat() if isinstance(cell, date) else cell for key, cell in row.items()}
            for row in self.rows
        ]
        return {"name": self.name, "total": len(items), "items": items}


_Rows = Callable[[Health, Choice, Callable[[str], str], Language], Iterable[Mapping[str, Cell]]]


@dataclass(frozen=True, slots=True)
class _Kind:
    title: str
    about: str
    columns: tuple[tuple[str, str], ...]
    rows: _Rows


PAGE_COLUMNS = (
    ("id", "Page id"),
    ("title", "Page"),
    ("type", "Kind"),
    ("confidence", "Confidence"),
    ("owner", "Owner"),
    ("reviewed", "Reviewed"),
    ("used", "Used in jobs"),
    ("helpful", "Helpful"),
    ("not_helpful", "Not helpful"),
)
REVIEW_COLUMNS = (
    ("id", "Page id"),
    ("title", "Page"),
    ("owner", "Owner"),
    ("review_due", "Review due"),
    ("days", "Days left"),
    ("confidence", "Confidence"),
    ("used", "Used in jobs"),
    ("not_helpful", "Not helpful"),
)


def health_list(health: Health, name: str, choice: Choice, language: Language) -> HealthList:
    """Return a list.

    Args:
        health: The health of the library.
        name: A key of `LISTS`.
        choice: What it is narrowed down to.
        language: Of the cells that are words.

    Raises:
        NotFound: There is no such list.
        BadQuery: A choice is out of bounds.
    """
    kind = LISTS.get(name)
    if kind is None:
        raise NotFound("list of the library's health", name[:40])
    faults = []
    if choice.by not in get_args(Rows):
        faults.append(f"by is {choice.by[:40]!r}; it must be {' or '.join(get_args(Rows))}")
    if choice.age and choice.age not in dict(AGES):
        faults.append(f"age is {choice.age[:40]!r}; it must be one of {', '.join(dict(AGES))}")
    if faults:
        raise BadQuery("; ".join(faults))
    rows = tuple(kind.rows(health, choice, translator(language), language))
    return HealthList(name=name, title=kind.title, about=kind.about, columns=kind.columns, rows=rows)


def health_xlsx(found: HealthList, language: Language, *, now: datetime) -> bytes:
    """Return a list as xlsx.

    Args:
        found: The list.
        language: Of the headings.
        now: The present instant, aware; stands in the file.
    """
    say = translator(language)
    wide = {"title", "query", "address", "text"}
    sheet = Sheet(
        name=say(found.title),
        columns=tuple(
            SheetColumn(title=say(title), width=WIDE if key in wide else None, wrap=key in wide)
            for key, title in found.columns
        ),
        rows=tuple(tuple(row.get(key, "") for key, _ in found.columns) for row in found.rows),
    )
    book = Workbook(
        title=say(found.title),
        sheets=(sheet,),
        created=now,
        author=say(AUTHOR),
        page_numbers=say("Page {page} of {pages}"),
    )
    return xlsx_bytes(book)


def _page_row(page: Page, health: Health, say: Callable[[str], str], language: Language) -> dict[str, Cell]:
    verdicts, used = health.verdicts.get(page.id, NO_VERDICTS), health.reuse.get(page.id, NO_REUSE)
    return {
        "id": page.id,
        "title": page.title_en if language == "en" else page.title,
        "type": say(VALUE_NAMES[page.type]),
        "confidence": say(VALUE_NAMES[page.confidence.value]),
        "owner": page.owner,
        "reviewed": page.reviewed,
        "used": used.jobs,
        "helpful": verdicts.helpful,
        "not_helpful": verdicts.not_helpful,
    }


def _pages(pick: Callable[[Health, Choice], Iterable[Page]]) -> _Rows:
    """Return how a list of pages is made from which pages are in it; owner and type narrow each down."""

    def rows(
        health: Health, choice: Choice, say: Callable[[str], str], language: Language
    ) -> Iterable[Mapping[str, Cell]]:
        for page in pick(health, choice):
            if (not choice.owner or page.owner == choice.owner) and choice.kind in {"", page.type}:
                yield _page_row(page, health, say, language)

    return rows


def _reviews(
    health: Health, choice: Choice, say: Callable[[str], str], language: Language
) -> Iterable[Mapping[str, Cell]]:
    found = reviews_due(
        health.library,
        today=health.today,
        within_days=choice.within_days,
        owner=choice.owner,
        reuse=health.reuse,
        verdicts=health.verdicts,
    )
    for one in found:
        row = _page_row(one.page, health, say, language)
        yield {**row, "review_due": one.page.review_due, "days": one.days}


def _stale(
    health: Health, choice: Choice, say: Callable[[str], str], language: Language
) -> Iterable[Mapping[str, Cell]]:
    for one in health.figures.stale:
        row = _page_row(one.page, health, say, language)
        yield {
            **row,
            "field": one.field,
            "target": one.target,
            "wrong": say(WRONGS[one.wrong]),
            "instead": one.instead,
        }


def _outside(
    health: Health, choice: Choice, say: Callable[[str], str], language: Language
) -> Iterable[Mapping[str, Cell]]:
    for one in health.figures.outside:
        row = _page_row(one.page, health, say, language)
        yield {**row, "field": one.field, "address": one.address, "state": say("not checked")}


def _missing(
    health: Health, choice: Choice, say: Callable[[str], str], language: Language
) -> Iterable[Mapping[str, Cell]]:
    label = health.library.vocabularies.label
    for one in health.missing:
        yield {
            "brand": one.brand,
            "subsystem": label("subsystems", one.subsystem, language) if one.subsystem else say("all"),
            "alarms": one.alarms,
            "guides": one.guides,
            "machines": one.machines,
        }


def _demand(
    health: Health, choice: Choice, say: Callable[[str], str], language: Language
) -> Iterable[Mapping[str, Cell]]:
    for one in health.demand:
        yield {
            "query": one.query,
            "asked": one.asked,
            "last": one.last_at.date(),
            "owner": one.owner,
            "due": one.due or "",
        }


def _coverage(health: Health, choice: Choice) -> Iterable[Page]:
    for page in health.figures.current:
        if page.type not in COVERED:
            continue
        brands, controllers, subsystem = health.figures.places[page.id]
        rows = brands if choice.by == "brand" else controllers
        if choice.row in {"", *rows} and choice.subsystem in {"", subsystem}:
            yield page


def _aged(health: Health, choice: Choice) -> Iterable[Page]:
    found = [page for page in health.figures.current if choice.age in {"", age_of(page, health.today)}]
    return sorted(found, key=lambda page: (page.reviewed, page.id))


def _confident(health: Health, choice: Choice) -> Iterable[Page]:
    return (page for page in health.figures.current if choice.confidence in {"", page.confidence.value})


LISTS: Mapping[str, _Kind] = {
    "reviews": _Kind(
        "Reviews due", "Look at the page, mend it in the editor, set a new date.", REVIEW_COLUMNS, _reviews
    ),
    "links": _Kind(
        "Links that lead nowhere good",
        "The page named is missing, withdrawn, superseded or not released.",
        (
            ("id", "Page id"),
            ("title", "Page"),
            ("owner", "Owner"),
            ("field", "Field"),
            ("target", "Names"),
            ("wrong", "What is wrong"),
            ("instead", "Better"),
        ),
        _stale,
    ),
    "outside": _Kind(
        "Addresses outside, not checked",
        "The service opens no connection; open them by hand at a review.",
        (
            ("id", "Page id"),
            ("title", "Page"),
            ("field", "Field"),
            ("address", "Address"),
            ("state", "State"),
        ),
        _outside,
    ),
    "doubted": _Kind(
        "Pages that did not help",
        "More readers were left without help than were helped.",
        PAGE_COLUMNS,
        _pages(lambda health, choice: health.doubted),
    ),
    "unused": _Kind(
        "Pages that nobody used",
        "Cases and guides that no job used and no reader called helpful.",
        PAGE_COLUMNS,
        _pages(lambda health, choice: health.unused),
    ),
    "not_validated": _Kind(
        "Pages not validated",
        "Used most first: these are worth a look at a manual.",
        PAGE_COLUMNS,
        _pages(lambda health, choice: health.not_validated),
    ),
    "no_source": _Kind(
        "Pages without a source",
        "What a page rests on must be named.",
        PAGE_COLUMNS,
        _pages(lambda health, choice: health.figures.no_source),
    ),
    "missing": _Kind(
        "Fields without a case",
        "Brands with most machines in the register first.",
        (
            ("brand", "Brand"),
            ("subsystem", "Subsystem"),
            ("alarms", "Alarms"),
            ("guides", "Guides"),
            ("machines", "Machines"),
        ),
        _missing,
    ),
    "demand": _Kind(
        "Asked for and not found",
        "What people searched for without a good answer.",
        (
            ("query", "Query"),
            ("asked", "Times asked"),
            ("last", "Last asked"),
            ("owner", "Owner"),
            ("due", "Due"),
        ),
        _demand,
    ),
    "coverage": _Kind("Pages of this field", "Cases, alarms and guides.", PAGE_COLUMNS, _pages(_coverage)),
    "ages": _Kind("Pages by age", "The oldest review first.", PAGE_COLUMNS, _pages(_aged)),
    "confidence": _Kind(
        "Pages by confidence", "How sure the department is.", PAGE_COLUMNS, _pages(_confident)
    ),
}
"""The lists by name."""
