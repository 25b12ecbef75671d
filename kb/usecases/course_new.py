"""A course proposed from pages: an outline in Markdown that passes the checks or says what it lacks; a trainer edits it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kb.content import Library, Page
from kb.content.front_matter import written
from kb.content.library import FENCE, with_file
from kb.content.pages import GuidePage
from kb.courseware.assembling import SHOWN, hazards_of
from kb.errors import BadContent, BadInput, Fault
from kb.usecases.course_drawing import DRAWN, Drawn, drawn
from kb.usecases.courses import course_deck
from kb.usecases.editing import new_proposal
from kb.usecases.editing_new import REVIEW_AFTER
from kb.usecases.editing_text import parsed

MOST_PAGES = 20
LEAST_SLIDES, LEAST_QUESTIONS = 12, 10
"""What a course of the library has at least."""
ROOM_HEARS = 8
"""Hazards that a room still hears: two a slide, four slides."""
MINUTES_A_SLIDE = 3
PREFIX = "COURSE-"
LONGEST_TITLE = 200
_ID = re.compile(r"COURSE(-[A-Z0-9]+)+")
_AUDIENCES = ("internal", "partner", "customer")
"""From the narrowest to the widest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedCourse:
    """A course as it is proposed.

    Args:
        id: Its page id.
        path: Where its file goes, below the content folder.
        text: The whole file.
        slides: How many slides it makes; 0 where it makes none.
        questions: How many it asks.
        lacks: What a trainer has to write or to choose, by page.
        faults: What the checks of the library say; empty where it could be saved as it stands.
    """

    id: str
    path: str
    text: str
    slides: int
    questions: int
    lacks: tuple[Fault, ...]
    faults: tuple[Fault, ...]

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            "id": self.id,
            "path": self.path,
            "text": self.text,
            "slides": self.slides,
            "questions": self.questions,
            "lacks": _listed(self.lacks),
            "faults": _listed(self.faults),
        }


def propose_course(
    library: Library,
    ids: Sequence[str],
    *,
    owner: str,
    now: datetime,
    id: str = "",
    title: str = "",
    title_en: str = "",
) -> ProposedCourse:
    """Return a course proposed from pages, in their order; nothing is written.

    Args:
        library: The library.
        ids: Cases, guides, alarms and checklists; one that is named twice counts once.
        owner: Who keeps the course.
        now: The present instant.
        id, title, title_en: Of the course; empty ones are made from the pages.

    Raises:
        BadInput: Every fault: pages that are none or give no slides, too many or none, an id that is taken or none.
    """
    named = list(dict.fromkeys(one.strip() for one in ids if one.strip()))
    wanted, faults = id.strip(), []
    for one in named:
        page = library.pages.get(one)
        if page is None:
            faults.append(Fault(where=one[:80], what="is no page of the library", repair="see its id"))
        elif not isinstance(page, DRAWN):
            what = f"is a {page.type}"
            faults.append(Fault(where=one, what=what, repair="take cases, guides, alarms, checklists"))
    if not 1 <= len(named) <= MOST_PAGES:
        what = f"names {len(named)} pages"
        faults.append(Fault(where="from", what=what, repair=f"1 to {MOST_PAGES}"))
    if wanted and not _ID.fullmatch(wanted):
        faults.append(Fault(where="id", what=f"is {wanted[:80]}", repair="write it as COURSE-SPINDLE-CARE"))
    elif wanted in library.pages:
        faults.append(Fault(where="id", what=f"{wanted} is taken", repair="take another; ids are not reused"))
    for name, text in (("title", title), ("title_en", title_en)):
        if len(text) > LONGEST_TITLE:
            what = f"has {len(text)} characters"
            faults.append(Fault(where=name, what=what, repair=f"{LONGEST_TITLE} at most"))
    if faults:
        raise BadInput("no course was proposed", faults)
    pages = [library.pages[one] for one in named]
    parts = [drawn(library, page) for page in pages]
    wanted = wanted or _free_id(library, pages[0])
    values = _values(pages, parts, id=wanted, title=title, title_en=title_en, owner=owner, now=now)
    body = "\n\n".join(text for part in parts for _, text in part.slides)
    return _checked(library, wanted, f"{FENCE}\n{written(values)}{FENCE}\n\n{body}\n", parts, values, now=now)


def _checked(
    library: Library, id: str, text: str, parts: Sequence[Drawn], values: dict[str, Any], *, now: datetime
) -> ProposedCourse:
    """Return the text after every check of the library, and after it has been made a deck."""
    asked = new_proposal(library, text, now=now)
    faults = [one.fault() for one in asked.faults]
    slides = 0
    if asked.examined.page is not None:
        file = parsed(asked.path, asked.examined.text)
        try:
            slides = len(course_deck(with_file(library, file), id).slides)
        except BadContent as error:
            faults += error.faults
    lacks = [lack for part in parts for lack in part.lacks]
    if slides < LEAST_SLIDES:
        lacks.append(Fault(where=id, what="has too few slides", repair=f"{LEAST_SLIDES} slides at least"))
    if len(values["quiz"]) < LEAST_QUESTIONS:
        repair = f"{LEAST_QUESTIONS} questions at least"
        lacks.append(Fault(where=id, what="has too few questions", repair=repair))
    if values["hazards"] != "none" and len(values["hazards"]) > ROOM_HEARS:
        repair = f"leave the {ROOM_HEARS} that it must hear; the handout keeps all"
        lacks.append(Fault(where=id, what="shows more hazards than a room hears", repair=repair))
    return ProposedCourse(
        id=id,
        path=asked.path,
        text=asked.examined.text,
        slides=slides,
        questions=len(values["quiz"]),
        lacks=tuple(lacks),
        faults=tuple(faults),
    )


def _values(
    pages: Sequence[Page],
    parts: Sequence[Drawn],
    *,
    id: str,
    title: str,
    title_en: str,
    owner: str,
    now: datetime,
) -> dict[str, Any]:
    """Return the fields of the course, in the order in which the library writes them."""
    today = now.date()
    titles = "、".join(page.title for page in pages)
    count = sum(len(part.slides) for part in parts)
    questions = [one for part in parts for one in part.questions]
    quiz = [{"id": f"Q{number}", **one} for number, one in enumerate(questions, start=1)]
    outline = [{"slide": name, "source": part.page_id} for part in parts for name, _ in part.slides]
    hazards = {
        (hazard.type, hazard.hazard): hazard
        for type in SHOWN
        for page in reversed(pages)
        for hazard in hazards_of(page)
        if hazard.type == type
    }
    narrowest = min((page.audience for page in pages), key=_AUDIENCES.index)
    operators = all(isinstance(page, GuidePage) and page.skill_level == "operator" for page in pages)
    values: dict[str, Any] = {
        "id": id,
        "type": "course",
        "title": title.strip() or _shortened(titles),
        "title_en": title_en.strip() or _shortened("; ".join(page.title_en for page in pages)),
        "lang": "zh",
        "summary": f"由 {len(pages)} 页资料拟出的课程，待培训师改写：{titles}",
        "status": "in_preparation",
        "confidence": "wip",
        "audience": narrowest,
        "owner": owner,
        "reviewers": [],
        "created": today,
        "reviewed": today,
        "review_due": today + REVIEW_AFTER,
        "revision": 1,
    }
    applies = _applies(pages)
    subsystems = {page.component.subsystem for page in pages if page.component}
    values |= {"applies_to": [applies]} if applies else {}
    values |= {"component": {"subsystem": subsystems.pop()}} if len(subsystems) == 1 else {}
    return values | {
        "sources": _once(source.model_dump(mode="json") for page in pages for source in page.sources),
        "facts": list(dict.fromkeys(fact for page in pages for fact in page.facts)),
        "hazards": [hazard.model_dump(mode="json") for hazard in hazards.values()] or "none",
        "objectives": [part.objective for part in parts],
        "audience_level": "操作者" if operators else "现场工程师",
        "duration_minutes": max(15, -(-count * MINUTES_A_SLIDE // 5) * 5),
        "built_from": [{"id": page.id, "revision": page.revision} for page in pages],
        "outline": outline,
        "pass_mark": 80,
        "quiz": quiz,
    }


def _applies(pages: Sequence[Page]) -> dict[str, list[str]]:
    """Return every machine and control that one of the pages is about."""
    groups = [group for page in pages for group in page.applies_to]
    machines = sorted({code for group in groups for code in group.machine})
    controls = sorted({code for group in groups for code in group.controller})
    return {name: codes for name, codes in (("machine", machines), ("controller", controls)) if codes}


def _once(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({str(item["ref"]): item for item in items}.values())


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_TITLE else text[: LONGEST_TITLE - 1] + "…"


def _free_id(library: Library, page: Page) -> str:
    """Return an id after the first page that no page has."""
    stem = PREFIX + re.sub(r"[^A-Z0-9]+", "-", page.id.partition("-")[2].upper()).strip("-")
    number, found = 1, stem
    while found in library.pages:
        number += 1
        found = f"{stem}-{number}"
    return found


def _listed(faults: Iterable[Fault]) -> list[dict[str, str]]:
    return [{"where": one.where, "what": one.what, "repair": one.repair} for one in faults]
