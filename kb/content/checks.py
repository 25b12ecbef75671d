"""Everything that is wrong with the library, all at once: each fault with file, line and repair.

Rules of the content specification: codes from the vocabularies, ids and links that lead somewhere, a validated
page with what makes it so, hazards where a step can hurt, reviews in time, courses in step with their sources.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

from kb.content.courses import moved_sources
from kb.content.library import Library, PageFile
from kb.content.pages import (
    AlarmPage,
    CasePage,
    ChecklistPage,
    Confidence,
    CoursePage,
    Grade,
    GuidePage,
    Page,
    Status,
    TermPage,
)
from kb.errors import Fault

DANGER_WORDS = re.compile(
    r"380 ?V|220 ?V|强电|动力线|母线|DC[ -]?link|驱动器内部|电容放电|重力轴|垂直轴|抱闸"
    r"|液压|蓄能器|气压|气源|压缩空气|高压|兆欧表|摇表|绝缘电阻"
)
"""Words of a step that meets mains voltage, the DC link, a vertical axis, hydraulic or pneumatic pressure."""
NO_FILE = "names the file {name}, which is not there"
NO_IMAGE = "has the image {name}, which leads nowhere"
NO_LINK = "has the link {name}, which leads nowhere"
LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]+)[^)]*\)")
ID_PREFIXES = {
    "alarm": "ALM-",
    "case": "CASE-",
    "guide": "GUIDE-",
    "checklist": "CHK-",
    "term": "TERM-",
    "course": "COURSE-",
}
CASE_HEADINGS = ("现象", "环境", "原因", "处理", "验证", "预防")
STEP = re.compile(r"^### 步骤 (\d+)", re.MULTILINE)
HEADING = re.compile(r"^## +(.+?)\s*$", re.MULTILINE)


def check_library(
    library: Library, *, today: date, known_facts: frozenset[str] | None = None
) -> tuple[Fault, ...]:
    """Return every fault of every page, sorted by place.

    Args:
        library: The library as loaded; its own reading faults are included.
        today: Reviews due before this day are overdue.
        known_facts: Ids of the researched facts, where they are at hand; None leaves that check out.
    """
    faults = list(library.faults)
    for file in library.files.values():
        if file.page is None:
            continue
        for rule in RULES:
            faults += rule(file, file.page, library)
        if file.page.review_due < today and file.page.status is not Status.WITHDRAWN:
            faults.append(
                _at(
                    file,
                    "review_due",
                    f"was due for review on {file.page.review_due}",
                    "review it and set a new date",
                )
            )
        if known_facts is not None:
            unknown = [fact for fact in file.page.facts if fact not in known_facts]
            faults += [
                _at(file, "facts", f"names the fact {fact!r}, which domain/ does not have", "use its id")
                for fact in unknown
            ]
    return tuple(sorted(set(faults), key=_place))


def _place(fault: Fault) -> tuple[str, int, str]:
    path, _, line = fault.where.rpartition(":")
    return (path, int(line), fault.what) if line.isdigit() else (fault.where, 0, fault.what)


def _at(file: PageFile, field: str, what: str, repair: str) -> Fault:
    return Fault(where=f"{file.path}:{file.lines.get(field, 1)}", what=what, repair=repair)


def _codes(file: PageFile, page: Page, library: Library) -> Iterator[Fault]:
    """Every code stands in its vocabulary."""
    for field, name, codes in _coded(page):
        allowed = library.vocabularies.codes(name)
        for code in codes:
            if code not in allowed:
                yield _at(file, field, f"has the code {code!r}", f"use a code of vocabularies/{name}.yaml")
    if page.component is not None and page.component.item is not None:
        entry = library.vocabularies.lists["subsystems"].get(page.component.subsystem)
        if entry is not None and page.component.item not in entry.texts("items"):
            allowed_items = ", ".join(entry.texts("items")) or "none"
            yield _at(
                file,
                "component",
                f"has the item {page.component.item!r}",
                f"items of {page.component.subsystem}: {allowed_items}",
            )


def _coded(page: Page) -> Iterator[tuple[str, str, Iterable[str]]]:
    for group in page.applies_to:
        yield "applies_to", "equipment_classes", group.machine
        yield "applies_to", "controllers", group.controller
    if page.component is not None:
        yield "component", "subsystems", [page.component.subsystem]
    if isinstance(page, CasePage):
        yield "failure_mode", "failure_modes", [page.failure_mode]
        yield "severity", "severities", [page.severity]
        yield "alarms", "alarm_families", [alarm.family for alarm in page.alarms]
        yield "solutions", "causes", [s.cause.code for s in page.solutions]
        yield "solutions", "mechanisms", [s.cause.mechanism for s in page.solutions if s.cause.mechanism]
        yield "solutions", "activities", [s.remedy.activity for s in page.solutions if s.remedy.activity]
    if isinstance(page, AlarmPage):
        yield "family", "alarm_families", [page.family]
        yield "severity", "severities", [page.severity]
    if isinstance(page, ChecklistPage):
        yield "level", "levels", [page.level.value]


def _references(file: PageFile, page: Page, library: Library) -> Iterator[Fault]:
    """Every id that a page names is there, and not the page itself."""
    for field, ids in named_ids(page):
        for id_ in ids:
            if id_ == page.id:
                yield _at(file, field, f"names itself, {id_}", "remove it")
            elif id_ not in library.pages:
                yield _at(file, field, f"names {id_}, which does not exist", "mend the id or write the page")


def named_ids(page: Page) -> Iterator[tuple[str, Iterable[str]]]:
    """Yield each field of a page that names other pages, with the ids that it names."""
    yield "related", page.related
    yield "supersedes", page.supersedes
    if isinstance(page, CasePage):
        yield "solutions", [s.remedy.guide for s in page.solutions if s.remedy.guide]
    if isinstance(page, TermPage):
        yield "broader", [page.broader] if page.broader else []
        yield "not_same_as", page.not_same_as
    if isinstance(page, CoursePage):
        yield "built_from", [source.id for source in page.built_from]
        yield "prerequisite_courses", page.prerequisite_courses
        yield "outline", [entry.source for entry in page.outline if entry.source]


def _links(file: PageFile, page: Page, library: Library) -> Iterator[Fault]:
    """Links of the body and attached files lead somewhere below the content folder."""
    here = (library.folder / file.path).parent
    root = library.folder.resolve()
    for attachment in page.attachments:
        if not _is_below(root, here / attachment.file):
            yield _at(file, "attachments", NO_FILE.format(name=attachment.file), "add the file")
    for number, line in enumerate(file.body.split("\n")):
        for is_image, target in LINK.findall(line):
            if target.startswith(("http://", "https://", "mailto:", "#")):
                continue
            path = target.split("#")[0]
            if not _is_below(root, here / path):
                where = f"{file.path}:{file.lines.get('', 1) + number}"
                yield Fault(
                    where=where,
                    what=(NO_IMAGE if is_image else NO_LINK).format(name=target),
                    repair="mend it, or name the page by its id",
                )


def _is_below(root: Path, path: Path) -> bool:
    target = path.resolve()
    return target.is_relative_to(root) and target.is_file()


def _identity(file: PageFile, page: Page, library: Library) -> Iterator[Fault]:
    """An id begins with its type's prefix; dates stand in order; a draft is not called validated."""
    prefix = ID_PREFIXES.get(page.type, "")
    if not page.id.startswith(prefix):
        yield _at(file, "id", f"has the id {page.id}", f"ids of this type begin with {prefix}")
    if page.reviewed < page.created:
        yield _at(
            file, "reviewed", f"was reviewed on {page.reviewed}, before it was created", "mend the dates"
        )
    if page.review_due <= page.reviewed:
        yield _at(
            file, "review_due", f"is due on {page.review_due}, not after its review", "set a later date"
        )
    if page.status is Status.IN_PREPARATION and page.confidence is Confidence.VALIDATED:
        yield _at(file, "status", "is in preparation and validated", "a validated page has been reviewed")


def _grades(file: PageFile, page: Page, library: Library) -> Iterator[Fault]:
    """Only A and B may be validated, D is not published, everything but a term names a source."""
    grades = {source.grade for source in page.sources}
    if Grade.D in grades and page.status in {Status.RELEASED, Status.APPROVED}:
        yield _at(
            file,
            "sources",
            "is released on a doubtful source (D)",
            "leave it in preparation or find a better source",
        )
    if page.confidence is Confidence.VALIDATED:
        if not page.sources:
            yield _at(file, "confidence", "is validated without a source", "name the source with its grade")
        elif not grades & {Grade.A, Grade.B}:
            yield _at(
                file,
                "confidence",
                "is validated on trade knowledge alone",
                "set not_validated, or name a source of grade A or B",
            )


def _validated(file: PageFile, page: Page, library: Library) -> Iterator[Fault]:
    """A validated page has what makes it so: cause, check, remedy, proof, and what it applies to."""
    if page.confidence is not Confidence.VALIDATED or isinstance(page, (TermPage, CoursePage)):
        return
    if not page.applies_to:
        yield _at(
            file,
            "confidence",
            "is validated without applies_to",
            "say for which machines or controls it holds",
        )
    if isinstance(page, CasePage):
        if not page.solutions:
            yield _at(file, "confidence", "is a validated case without a cause and remedy", "add solutions")
        if page.verification is None:
            yield _at(
                file, "confidence", "is a validated case without verification", "say how the cure was proven"
            )
    if isinstance(page, AlarmPage) and page.remedy_confidence == "validated" and not page.remedy:
        yield _at(
            file,
            "remedy_confidence",
            "calls a missing remedy validated",
            "add the remedy or set not_validated",
        )


def _hazards(file: PageFile, page: Page, library: Library) -> Iterator[Fault]:
    """Cases and guides state hazards or say that there are none; dangerous words never go with none."""
    if not isinstance(page, (CasePage, GuidePage)):
        return
    if page.hazards == ():
        yield _at(file, "hazards", "says nothing of hazards", "state them, or write `hazards: none`")
    elif page.hazards == "none":
        found = DANGER_WORDS.search(file.body)
        if found:
            yield _at(file, "hazards", f"says none, but a step meets {found.group()!r}", "state the hazard")


def _body(file: PageFile, page: Page, library: Library) -> Iterator[Fault]:
    """A case has its headings in order, a guide numbers its steps and ends with 验收."""
    headings = HEADING.findall(file.body)
    if isinstance(page, CasePage):
        missing = [name for name in CASE_HEADINGS if name not in headings]
        if missing:
            yield _at(
                file,
                "",
                f"lacks the heading(s) {'、'.join(missing)}",
                "a case has " + "、".join(CASE_HEADINGS),
            )
        elif [name for name in headings if name in CASE_HEADINGS] != list(CASE_HEADINGS):
            yield _at(file, "", "has its headings out of order", "、".join(CASE_HEADINGS))
    if isinstance(page, GuidePage):
        steps = [int(number) for number in STEP.findall(file.body)]
        if steps != list(range(1, len(steps) + 1)) or not steps:
            yield _at(file, "", f"numbers its steps {steps}", "write ### 步骤 1, ### 步骤 2 …")
        if not headings or headings[-1] != "验收":
            yield _at(file, "", "does not end with 验收", "say when the work is accepted under ## 验收")


def _courses(file: PageFile, page: Page, library: Library) -> Iterator[Fault]:
    """A course is stale once a source has another revision or is withdrawn; one that is gone is a broken reference."""
    if not isinstance(page, CoursePage):
        return
    for source, now in moved_sources(page, library.pages):
        if now is not None:
            yield _at(
                file,
                "built_from",
                f"rests on {source.id} revision {source.revision}, now {now}",
                "bring the course up to date",
            )
        elif source.id in library.pages:
            repair = "take it out of built_from and off its slides"
            yield _at(file, "built_from", f"rests on {source.id}, which is withdrawn", repair)


def _items(file: PageFile, page: Page, library: Library) -> Iterator[Fault]:
    """A checklist names each item once; limits stand in order and only on measured items."""
    if not isinstance(page, ChecklistPage):
        return
    ids = [item.id for item in page.items]
    for id_ in sorted({id_ for id_ in ids if ids.count(id_) > 1}):
        yield _at(file, "items", f"has the item {id_} more than once", "keep one")
    if not ids:
        yield _at(file, "items", "has no items", "add what is to be checked")
    for item in page.items:
        bounds = (item.lower, item.warn_lower, item.warn_upper, item.upper)
        stated = [bound for bound in bounds if bound is not None]
        if stated and item.kind != "measure":
            yield _at(
                file,
                "items",
                f"{item.id} has limits but is no measurement",
                "set kind: measure, or remove the limits",
            )
        if stated != sorted(stated):
            yield _at(
                file,
                "items",
                f"{item.id} has limits out of order: {stated}",
                "lower ≤ warn_lower ≤ warn_upper ≤ upper",
            )
        if item.kind == "choice" and len(item.options) < 2:
            yield _at(
                file, "items", f"{item.id} is a choice of {len(item.options)}", "give at least two options"
            )
        if item.typical and (item.lower is not None or item.upper is not None):
            yield _at(
                file,
                "items",
                f"{item.id} gives a starting value as a limit",
                "put it into warn_lower or warn_upper",
            )


Rule = Callable[[PageFile, Page, Library], Iterator[Fault]]
RULES: tuple[Rule, ...] = (
    _codes,
    _references,
    _links,
    _identity,
    _grades,
    _validated,
    _hazards,
    _body,
    _courses,
    _items,
)
