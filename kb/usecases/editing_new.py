"""A blank page of each type: what must be filled in stands there empty, what is usual is filled in already."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from kb.content import Library, Page
from kb.content.checks import CASE_HEADINGS, ID_PREFIXES
from kb.content.front_matter import written
from kb.content.library import FENCE
from kb.content.pages import AlarmPage, CasePage
from kb.errors import NotFound
from kb.search import SearchIndex
from kb.usecases.duplicates import KINDS, Duplicate, possible_duplicates

REVIEW_AFTER = timedelta(days=365)
BODIES: Mapping[str, str] = {
    "case": "\n\n".join(f"## {name}" for name in CASE_HEADINGS),
    "guide": "### 步骤 1\n\n\n\n## 验收",
}
_SOURCE = {"kind": "field_case", "ref": "", "grade": "K"}
_HAZARD = {"type": "warning", "hazard": "", "consequence": "", "avoid": ""}
OWN: Mapping[str, Mapping[str, Any]] = {
    "case": {
        "symptom": "",
        "failure_mode": "",
        "alarms": [],
        "solutions": [
            {"cause": {"code": "", "text": ""}, "check": "", "remedy": {"text": "", "responsible": "service"}}
        ],
        "severity": "S3",
    },
    "guide": {
        "guide_type": "inspection",
        "difficulty": "moderate",
        "skill_level": "service_engineer",
        "people": 1,
        "time_minutes": 30,
        "tools": [],
    },
    "alarm": {
        "family": "",
        "code": "",
        "text": {"zh": "", "en": ""},
        "explanation": "",
        "remedy": [],
        "remedy_confidence": "not_validated",
        "severity": "S3",
    },
    "checklist": {
        "level": "monthly",
        "items": [
            {
                "id": "",
                "text": "",
                "kind": "pass_fail",
                "minutes": 5,
                "source": "",
                "grade": "K",
            }
        ],
    },
    "term": {"preferred": {"zh": "", "en": ""}, "alt": [], "definition": ""},
    "course": {
        "objectives": [],
        "audience_level": "",
        "duration_minutes": 30,
        "built_from": [],
        "outline": [],
    },
}
"""Fields of each type as a writer meets them."""


def beginning_values(kind: str, *, id: str, owner: str, now: datetime) -> dict[str, Any]:
    """Return the fields of a blank page.

    Args:
        kind: The page type.
        id: Its id; empty shows its beginning only.
        owner: Who keeps it; may be empty.
        now: The present instant.

    Raises:
        NotFound: There is no such type.
    """
    if kind not in OWN:
        raise NotFound("page type", kind[:40])
    today = now.date()
    return {
        "id": id or ID_PREFIXES[kind],
        "type": kind,
        "title": "",
        "title_en": "",
        "lang": "zh",
        "summary": "",
        "status": "in_preparation",
        "confidence": "wip",
        "audience": "internal",
        "owner": owner,
        "reviewers": [],
        "created": today,
        "reviewed": today,
        "review_due": today + REVIEW_AFTER,
        "revision": 1,
        "related": [],
        "sources": [] if kind == "term" else [dict(_SOURCE)],
        "facts": [],
        "hazards": [dict(_HAZARD)] if kind in {"case", "guide"} else "none",
        **OWN[kind],
    }


def beginning(library: Library, kind: str, *, id: str, owner: str, now: datetime) -> str:
    """Return the text of a blank page; it has faults until it is filled in."""
    values = beginning_values(kind, id=id or next_id(library, kind), owner=owner, now=now)
    body = BODIES.get(kind, "")
    return f"{FENCE}\n{written(values)}{FENCE}\n" + (f"\n{body}\n" if body else "")


def said_already(index: SearchIndex, page: Page) -> tuple[Duplicate, ...]:
    """Return the pages that may say already what a new page says; types that are found by their name have none."""
    if page.type not in KINDS:
        return ()
    alarms: tuple[str, ...] = ()
    if isinstance(page, CasePage):
        alarms = tuple(f"{alarm.family} {alarm.code}" for alarm in page.alarms)
    elif isinstance(page, AlarmPage):
        alarms = (f"{page.family} {page.code}",)
    place = page.component
    return possible_duplicates(
        index,
        title=page.title,
        symptom=page.symptom if isinstance(page, CasePage) else page.summary,
        alarms=alarms,
        components=(f"{place.subsystem}/{place.item}" if place.item else place.subsystem,) if place else (),
        models=tuple(code for group in page.applies_to for code in (*group.controller, *group.machine)),
        page_id=page.id,
    )


def next_id(library: Library, kind: str, group: str = "") -> str:
    """Return the next free number of a type whose ids count, such as CASE-SPI-13; the beginning alone of others."""
    prefix = ID_PREFIXES.get(kind, "")
    if kind != "case" or not group:
        return prefix
    pattern = re.compile(rf"{re.escape(prefix + group)}-(\d+)$")
    used = [int(match[1]) for id_ in library.pages if (match := pattern.match(id_))]
    return f"{prefix}{group}-{max(used, default=0) + 1:02d}"
