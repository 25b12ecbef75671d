"""A draft from a file as a page of the type that a person chooses: what its form proposes, and the page's text."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, get_args

from kb.content import Library
from kb.content.checks import CASE_HEADINGS, ID_PREFIXES
from kb.content.pages import CasePage, Confidence, GuidePage, Hazard, Level, Status
from kb.errors import Fault, Message
from kb.usecases.editing_new import next_id
from kb.usecases.editing_text import text_of_fields
from kb.usecases.page_import_bodies import (
    NOTHING,
    alarm_parts,
    checklist_items,
    guide_body,
    level_in,
)
from kb.usecases.page_import_types import fields_of

REVIEW_AFTER = timedelta(days=365)
ITEM_MINUTES = 5
"""Of an item of which the file does not tell how long it takes; the editor changes it."""
DEFAULT_SEVERITY = "S3"
LONGEST_SUMMARY = 200
HAZARD_TYPES: tuple[str, ...] = get_args(Hazard.model_fields["type"].annotation)
CHOICES: Mapping[str, tuple[str, ...]] = {
    "severity": get_args(CasePage.model_fields["severity"].annotation),
    "guide_type": get_args(GuidePage.model_fields["guide_type"].annotation),
    "difficulty": get_args(GuidePage.model_fields["difficulty"].annotation),
    "skill_level": get_args(GuidePage.model_fields["skill_level"].annotation),
    "level": tuple(level.value for level in Level),
}
"""Fields of which one of few words is chosen, the same words in every library."""
_GUIDE_WORDS = {
    "installation": ("安装", "装配", "install"),
    "replacement": ("更换", "替换", "replac"),
    "adjustment": ("调整", "校正", "对正", "adjust", "align"),
    "commissioning": ("调试", "开机", "commission"),
    "diagnosis": ("诊断", "排查", "判断", "diagnos"),
    "repair": ("维修", "修复", "repair"),
    "maintenance": ("保养", "清洁", "润滑", "maint", "clean"),
    "operation": ("操作", "备份", "operat", "backup"),
    "inspection": ("检查", "检验", "测量", "点检", "inspect", "check", "measur"),
}
"""Words of a title that propose what kind of work a guide is."""
_CODE = re.compile(r"(?<![A-Za-z0-9])(?:[A-Z]{1,4}[-. ]?\d{1,6}|\d{3,6})(?![A-Za-z0-9])")
_NOT_IN_IDS = re.compile(r"[^A-Z0-9]+")


def proposed_fields(library: Library, came: Mapping[str, Any], kind: str) -> dict[str, str]:
    """Return what the form of a type proposes for a draft, by field of `fields_of(kind)`; what nobody knows is empty.

    Args:
        library: All pages, as they stand.
        came: What came from the file (`Draft.imported`).
        kind: One of `PAGE_TYPES`.
    """
    title, sections, body = str(came["title"]), came["sections"], str(came.get("body", ""))
    seen = str(sections.get("现象", "")) if kind == "case" else body
    lines = [line for line in seen.split("\n") if line.strip() and not line.startswith(("!", "#", "|"))]
    first = " ".join((lines or [title])[0].split())
    subsystem = str(came["subsystem"]) or "GEN"
    values = dict.fromkeys(fields_of(kind), "")
    values |= {
        "type": kind,
        "title": title,
        "title_en": str(came["title_en"]),
        "summary": first[:LONGEST_SUMMARY],
        "subsystem": subsystem,
        "hazard_type": "warning",
    }
    if kind == "case":
        modes = library.vocabularies.lists["failure_modes"]
        values["symptom"] = first
        values["failure_mode"] = "ALM" if came["alarms"] and "ALM" in modes else ""
        values["severity"] = DEFAULT_SEVERITY
    elif kind == "guide":
        values |= {
            "id": _counted(library, f"{ID_PREFIXES[kind]}{subsystem}"),
            "guide_type": _guide_type(title),
            "difficulty": "moderate",
            "skill_level": "service_engineer",
            "people": "1",
            "tools": "、".join(_tools(body)),
            "body": guide_body(body),
        }
    elif kind == "alarm":
        family, code = came["alarms"][0] if came["alarms"] else _alarm_in(library, came)
        said = alarm_parts(body, sections)
        values |= {name: text for name, text in said.items() if name in values}
        values |= {
            "id": alarm_id(family, code) if family and code else ID_PREFIXES[kind],
            "family": family,
            "code": code,
            "summary": (said["explanation"] or first)[:LONGEST_SUMMARY],
            "severity": DEFAULT_SEVERITY,
        }
    else:
        level = level_in(title, body)
        group = str((came["machines"] or [subsystem])[0])
        values |= {
            "id": _counted(library, "-".join(filter(None, (f"{ID_PREFIXES[kind]}{group}", _in_id(level))))),
            "level": level,
            "items": checklist_items(body),
        }
    return values


def page_of_draft(
    library: Library,
    came: Mapping[str, Any],
    values: Mapping[str, str],
    *,
    owner: str,
    now: datetime,
) -> tuple[str, tuple[Fault, ...]]:
    """Return the text of the page's file, and every fault for which there is none; faults stand at the form's fields.

    Args:
        library: All pages, as they stand.
        came: What came from the file (`Draft.imported`).
        values: By field of `fields_of(values["type"])`; all of them.
        owner: Who keeps the page.
        now: The present instant.
    """
    kind = values["type"]
    subsystem = values["subsystem"].strip() or "GEN"
    today = now.date()
    applies = {
        name: came[key] for name, key in (("machine", "machines"), ("controller", "controllers")) if came[key]
    }
    fields: dict[str, Any] = {
        "type": kind,
        "title": values["title"],
        "title_en": values["title_en"],
        "summary": values["summary"],
        "status": Status.IN_PREPARATION,
        "confidence": Confidence.WIP,
        "audience": "internal",
        "owner": owner,
        "created": today,
        "reviewed": today,
        "review_due": today + REVIEW_AFTER,
        "revision": 1,
        "applies_to": [applies] if applies else [],
        "component": {"subsystem": subsystem},
        "related": [],
        "attachments": [
            {"file": picture_beside(one), "alt": f"图 {number}", "kind": "image"}
            for number, one in enumerate(came["pictures"], 1)
        ],
        "sources": [{"kind": "field_case", "ref": f"{came['file']}，{came['place']}"[:300], "grade": "K"}],
        "hazards": _hazards(values, kind),
    }
    known = library.vocabularies.codes("subsystems")
    own, body, faults = _own(library, came, values, subsystem if subsystem in known else "GEN")
    text, found = text_of_fields(kind, {**fields, **own}, _pictured(body, came), base="", was=None)
    told = [Fault(where=_field(one.field), what=one.what, repair=one.repair) for one in found]
    return text, (*faults, *told)


def picture_beside(one: Mapping[str, Any]) -> str:
    """Return where a picture of a draft lies, seen from the page's file."""
    return f"figures/{one['name']}"


def alarm_id(family: str, code: str) -> str:
    """Return the id of an alarm's page: its family and the first word of its code."""
    return f"{ID_PREFIXES['alarm']}{_in_id(family)}-{_in_id(code.split('(')[0])}"


def _own(
    library: Library, came: Mapping[str, Any], values: Mapping[str, str], group: str
) -> tuple[dict[str, Any], str, list[Fault]]:
    """Return the fields of one type alone, the Markdown below them, and what of them cannot be read."""
    kind = values["type"]
    if kind == "case":
        sections: Mapping[str, str] = came["sections"]
        own: dict[str, Any] = {
            "id": next_id(library, "case", group),
            **{name: values[name] for name in ("symptom", "failure_mode", "severity")},
            "alarms": [{"family": family, "code": code} for family, code in came["alarms"]],
        }
        parts = (f"## {name}\n\n{sections.get(name, '').strip() or NOTHING}" for name in CASE_HEADINGS)
        return own, "\n\n".join(parts), []
    own = {"id": values["id"].strip()}
    if kind == "guide":
        own |= {name: values[name] for name in ("guide_type", "difficulty", "skill_level")}
        own |= {name: values[name].strip() for name in ("people", "time_minutes")}
        own["tools"] = [one for one in re.split(r"[、，,;；\n]\s*", values["tools"].strip()) if one.strip()]
        return own, values["body"], []
    if kind == "alarm":
        own |= {name: values[name] for name in ("family", "code", "explanation", "severity")}
        own |= {name: values[name] for name in ("reaction", "continuation") if values[name].strip()}
        own["text"] = {"zh": values["text_zh"], "en": values["text_en"]}
        own["remedy"] = [line.strip() for line in values["remedy"].splitlines() if line.strip()]
        return own, values["body"], []
    items, faults = _items(values["items"], source=f"{came['file']}，{came['place']}"[:300])
    return own | {"level": values["level"], "items": items}, str(came.get("body", "")), faults


def _items(text: str, *, source: str) -> tuple[list[dict[str, Any]], list[Fault]]:
    """Return the items that a form's lines tell, `text | criterion | minutes`, and the lines that do not."""
    items, faults = [], []
    lines = [line for line in text.replace("｜", "|").splitlines() if line.strip()]
    for number, line in enumerate(lines, 1):
        said, criterion, minutes, *more = (*(cell.strip() for cell in line.split("|")), "", "", "")[:4]
        where = "items"
        if not said:
            faults.append(Fault(where=where, what=Message("line {number} has no text", number=number)))
        if minutes and not minutes.isdecimal():
            what = Message("line {number} has {minutes} for minutes", number=number, minutes=minutes[:20])
            faults.append(Fault(where=where, what=what, repair="write digits only"))
        if any(more):
            what = Message("line {number} has more than three parts", number=number)
            faults.append(Fault(where=where, what=what, repair="write text | criterion | minutes"))
        item: dict[str, Any] = {
            "id": f"I{number:02d}",
            "text": said,
            "kind": "pass_fail",
            "minutes": int(minutes) if minutes.isdecimal() else ITEM_MINUTES,
            "source": source,
            "grade": "K",
        }
        items.append({**item, "criterion": criterion} if criterion else item)
    return items if not faults else [], faults


def _hazards(values: Mapping[str, str], kind: str) -> object:
    if values["hazards"] == "none":
        return "none"
    told = {name: values[name] for name in ("hazard", "consequence", "avoid")}
    if kind not in ("case", "guide") and not any(one.strip() for one in told.values()):
        return []  # nobody has said that nothing can hurt
    return [{"type": values["hazard_type"], **told}]


def _pictured(body: str, came: Mapping[str, Any]) -> str:
    called = {str(one["called"]): picture_beside(one) for one in came["pictures"] if one["called"]}
    for name, beside in called.items():
        body = body.replace(f"({name}", f"({beside}")
    return body


def _field(place: str) -> str:
    """Return the field of the form that stands for a place in the page."""
    if place.startswith("hazards."):
        last = place.rsplit(".", 1)[-1]
        return {"type": "hazard_type"}.get(last, last)
    if place.startswith("text."):
        return place.replace(".", "_")
    return place.split(".")[0] if place.startswith("items.") else place


def _counted(library: Library, stem: str) -> str:
    """Return the first free id that begins with a stem and ends with a number of two digits."""
    used = [
        int(match[1]) for id_ in library.pages if (match := re.fullmatch(rf"{re.escape(stem)}-(\d+)", id_))
    ]
    return f"{stem}-{max(used, default=0) + 1:02d}"


def _in_id(text: str) -> str:
    return _NOT_IN_IDS.sub("", text.upper())


def _alarm_in(library: Library, came: Mapping[str, Any]) -> tuple[str, str]:
    """Return family and code that a title shows, of an alarm that the library does not know; what it does not is empty."""
    controls = library.vocabularies.lists["controllers"]
    families = {
        one
        for code in came["controllers"]
        if code in controls
        for one in controls[code].texts("alarm_family")
    }
    match = _CODE.search(str(came["title"]))
    return (families.pop() if len(families) == 1 else "", match[0] if match else "")


def _guide_type(title: str) -> str:
    said = title.casefold()
    return next((kind for kind, words in _GUIDE_WORDS.items() if any(word in said for word in words)), "")


def _tools(body: str) -> list[str]:
    """Return the items below a heading that names tools."""
    inside, found = False, []
    for line in body.splitlines():
        if line.startswith("#"):
            inside = "工具" in line or "tools" in line.casefold()
        elif inside and (match := re.match(r"^\s*(?:[-*+]|\d{1,2}[.)])\s+(.*)$", line)):
            found.append(match[1].strip())
        elif inside and line.strip() and not line.startswith(("!", "|")):
            found += [one.strip(" 。.") for one in re.split(r"[、，,;；]", line) if one.strip(" 。.")]
    return found
