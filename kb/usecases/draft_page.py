"""A draft from the field becomes a page: the form of a new page, filled from what the engineer wrote at the machine.

What belongs to the customer stays behind: names of customers, sites and people of the register, serial numbers,
telephone numbers and addresses are taken out of the texts, the remarks and the engineer's name are not carried over at
all, and what was taken out is told to who writes the page. The draft keeps the id of its page.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kb.content import Library
from kb.content.checks import CASE_HEADINGS
from kb.content.front_matter import written
from kb.content.library import FENCE
from kb.errors import BadInput, Conflict, Fault, NotFound
from kb.search import SearchIndex
from kb.store import Store
from kb.store import register as register_rows
from kb.usecases.drafts import Draft, draft, draft_became, draft_photo
from kb.usecases.editing_new import beginning_values, next_id
from kb.usecases.editing_pictures import keep_picture
from kb.usecases.page_import_bodies import guide_body
from kb.usecases.page_import_cases import Candidate
from kb.usecases.page_import_recognising import Recognised, recognised

FILE_KINDS = ("guide", "alarm", "checklist")
"""Page types, beside the case, that a draft from a file may become; each is completed in the editor."""
NOTHING = "待补充：草稿没有写。"
"""Stands under a heading of which the draft says nothing: an empty heading would look finished."""
LEFT_OUT = "〔略〕"
LONGEST_TITLE = 60
SHORTEST_NAME = 2
SHORTEST_SERIAL = 4
PRIVATE_COLUMNS: tuple[tuple[str, str, int], ...] = (
    ("customers", "name", SHORTEST_NAME),
    ("customers", "contact", SHORTEST_NAME),
    ("sites", "name", SHORTEST_NAME),
    ("sites", "address", SHORTEST_SERIAL),
    ("sites", "contact", SHORTEST_NAME),
    ("technicians", "name", SHORTEST_NAME),
    ("equipment", "serial", SHORTEST_SERIAL),
)
"""Columns of the register that never stand in a page, with the fewest characters by which a text is searched."""
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("e-mail address", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("telephone number", re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")),
    ("telephone number", re.compile(r"(?<!\d)0\d{2,3}[- ]\d{7,8}(?!\d)")),
    (
        "serial number",
        re.compile(
            r"(?:序列号|出厂编号|机床编号|设备编号|机器编号|编号|S/N|SN|serial(?: (?:no|number))?\.?)"
            r"\s*[:：#]?\s*(?=[A-Za-z0-9-]*\d)[A-Za-z0-9][A-Za-z0-9/-]{3,}",
            re.IGNORECASE,
        ),
    ),
    (
        "name of a customer",
        re.compile(r"(?:客户|用户|联系人|厂家|公司|单位)\s*(?:名称|姓名)?\s*[:：]\s*[^\s，,。；;]+"),
    ),
    (
        "name of a person",
        re.compile(r"[\u4e00-\u9fff]{1,2}(?:师傅|经理|厂长|主任|工程师|先生|女士)(?![\u4e00-\u9fff]{0,1}室)"),
    ),
)
"""What a text shows to be private by its form; the name of each kind is a message id."""
_KIND_OF_TABLE: Mapping[str, str] = {
    "customers": "name of a customer",
    "sites": "name of a customer",
    "technicians": "name of a person",
    "equipment": "serial number",
}
_NOT_PEOPLE = frozenset(
    {
        "维修工程师",
        "服务工程师",
        "电气工程师",
        "机械工程师",
        "工艺工程师",
        "调试工程师",
        "维修师傅",
        "操作师傅",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftBehind:
    """Something that a draft says and its page does not.

    Args:
        kind: Message id of what it is.
        text: As the draft has it.
        field: The draft's field.
    """

    kind: str
    text: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A page as it is begun from a draft.

    Args:
        draft: The draft.
        values: Fields of the new page.
        body: The Markdown below them.
        left_behind: What was taken out of the texts.
        known: What the library made of them.
        lost_photos: Positions of photos that could not be read.
    """

    draft: Draft
    values: Mapping[str, Any]
    body: str
    left_behind: tuple[LeftBehind, ...]
    known: Recognised
    lost_photos: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """The whole file; it has faults until what only a person knows is filled in."""
        return f"{FENCE}\n{written(dict(self.values))}{FENCE}\n\n{self.body}\n"


def page_from_draft(
    store: Store, index: SearchIndex, draft_id: str, *, owner: str, now: datetime, limit_bytes: int
) -> Begun:
    """Return the page that a draft begins; its photos wait to be written beside it. Nothing of the library changes.

    Args:
        store: The database.
        index: The open search index, by whose library codes and places are recognised.
        draft_id: The draft's.
        owner: Who will keep the page.
        now: The present instant.
        limit_bytes: Largest photo.

    Raises:
        NotFound: There is no such draft.
        BadInput: It came from a file, which has a form of its own to be accepted by.
    """
    kept = draft(store, draft_id)
    if kept.imported:
        fault = Fault(where="draft", what="came from a file", repair="accept it under /page-exchange")
        raise BadInput("no page was begun", [fault])
    texts, left = without_private(store, kept.texts)
    known = recognised(
        index,
        Candidate(
            place="draft",
            title=texts["symptom"] or texts["alarm"],
            sections={"现象": texts["symptom"], "原因": texts["ruled_out"], "处理": texts["cured_by"]},
            alarm=texts["alarm"],
            machine=texts["machine"],
        ),
    )
    pictures, lost = [], []
    for photo in kept.photos:
        content = draft_photo(store, kept.id, photo.position)[1]
        name = f"现场照片{photo.position}"
        try:
            pictures.append(keep_picture(store, content, name, who=owner, now=now, limit_bytes=limit_bytes))
        except BadInput:
            lost.append(photo.position)  # told to who writes; the draft keeps it
    library = index.library
    group = known.subsystem or "GEN"
    id_ = next_id(library, "case", group)
    values = beginning_values("case", id=id_, owner=owner, now=now)
    first = _first_line(texts["symptom"]) or _first_line(texts["alarm"])
    values |= {
        "title": _title(known, first),
        "summary": first[:200],
        "symptom": " ".join((texts["symptom"] or texts["alarm"]).split()),
        "alarms": [{"family": family, "code": code} for family, code in known.alarms],
        "component": {"subsystem": group},
        "applies_to": _applies(known),
        "sources": [{"kind": "field_case", "ref": f"现场草稿 {kept.created.date()}", "grade": "K"}],
        "attachments": [{"file": one.file, "alt": one.alt, "kind": "image"} for one in pictures],
    }
    modes = library.vocabularies.lists.get("failure_modes", {})
    if known.alarms and "ALM" in modes:
        values["failure_mode"] = "ALM"
    shown = "\n\n".join(f"![{one.alt}]({one.file})" for one in pictures)
    sections = {
        "现象": "\n\n".join(part for part in (_shown_alarm(texts), _plain(texts["symptom"]), shown) if part),
        "环境": _plain(texts["machine"]),
        "原因": _plain(texts["ruled_out"]),
        "处理": _plain(texts["cured_by"]),
    }
    body = "\n\n".join(f"## {name}\n\n{sections.get(name) or NOTHING}" for name in CASE_HEADINGS)
    return Begun(
        draft=kept,
        values=values,
        body=body,
        left_behind=left,
        known=known,
        lost_photos=tuple(lost),
    )


def page_from_file(
    store: Store,
    library: Library,
    draft_id: str,
    kind: str,
    *,
    owner: str,
    now: datetime,
    limit_bytes: int,
) -> Begun:
    """Return the page of a chosen type that a draft from a file begins: its text in its own order, its pictures with it.

    Args:
        store: The database.
        library: All pages, as they stand.
        draft_id: The draft's.
        kind: One of `FILE_KINDS`; the headings of the file propose one.
        owner: Who will keep the page.
        now: The present instant.
        limit_bytes: Largest picture.

    Raises:
        NotFound: There is no such draft.
        BadInput: It came from the field, is a page already, or the type is none of these.
    """
    kept = draft(store, draft_id)
    came = kept.imported
    faults = []
    if not came or came.get("text"):
        faults.append(Fault(where="draft", what="holds no text of a file", repair="accept it as it is"))
    if kind not in FILE_KINDS:
        faults.append(Fault(where="type", what=f"is {kind[:40]!r}", repair=", ".join(FILE_KINDS)))
    if faults:
        raise BadInput("no page was begun", faults)
    body = str(
        came.get("body") or "\n\n".join(f"## {name}\n\n{text}" for name, text in came["sections"].items())
    )
    attachments = []
    for position, one in enumerate(came["pictures"], 1):
        content = draft_photo(store, kept.id, position)[1]
        picture = keep_picture(store, content, str(one["name"]), who=owner, now=now, limit_bytes=limit_bytes)
        for called in (str(one["called"]), f"figures/{one['name']}"):
            body = body.replace(f"({called})", f"({picture.file})") if called else body
        attachments.append({"file": picture.file, "alt": f"图 {position}", "kind": "image"})
    values = beginning_values(kind, id="", owner=owner, now=now)
    first = next((line for line in body.splitlines() if line.strip() and line[0] not in "#!|"), "")
    known = Recognised(
        alarms=tuple((str(family), str(code)) for family, code in came["alarms"]),
        controllers=tuple(came["controllers"]),
        machines=tuple(came["machines"]),
        subsystem=str(came["subsystem"]),
    )
    values |= {
        "title": str(came["title"]),
        "title_en": str(came["title_en"]),
        "summary": " ".join(first.split())[:200],
        "component": {"subsystem": known.subsystem or "GEN"},
        "applies_to": _applies(known),
        "sources": [{"kind": "field_case", "ref": f"{came['file']}，{came['place']}"[:300], "grade": "K"}],
        "attachments": attachments,
    }
    if kind == "alarm" and known.alarms:
        values["family"], values["code"] = known.alarms[0]
    if kind == "guide":
        body = guide_body(body)
    return Begun(draft=kept, values=values, body=body, left_behind=(), known=known)


def told_of_draft(store: Store, draft_id: str) -> tuple[Draft, tuple[LeftBehind, ...]] | None:
    """Return a draft and what of it stays behind, for who writes its page; None where there is no such draft."""
    try:
        kept = draft(store, draft_id)
    except NotFound:
        return None
    return kept, without_private(store, kept.texts)[1]


def may_become(store: Store, draft_id: str, page_id: str) -> None:
    """Refuse a second page of a draft.

    Raises:
        NotFound: There is no such draft.
        Conflict: Another page came of it already.
    """
    kept = draft(store, draft_id)
    if kept.page_id and kept.page_id != page_id:
        raise Conflict(f"the page {kept.page_id} came of this draft already")


def close_with_page(store: Store, draft_id: str, page_id: str, *, who: str, now: datetime) -> Draft:
    """Note on a draft which page came of it, and close it; the same page again changes nothing.

    Raises:
        NotFound: There is no such draft.
        Conflict: Another page came of it already.
    """
    may_become(store, draft_id, page_id)
    return draft_became(store, draft_id, page_id, who=who, now=now)


def without_private(store: Store, texts: Mapping[str, str]) -> tuple[dict[str, str], tuple[LeftBehind, ...]]:
    """Return a draft's texts without what belongs to the customer, and what was taken out."""
    names = _register_names(store)
    cleaned, left = {}, list[LeftBehind]()
    for field, text in texts.items():
        for kind, name in names:
            if name in text:
                left.append(LeftBehind(kind=kind, text=name, field=field))
                text = text.replace(name, LEFT_OUT)
        for kind, pattern in _PATTERNS:
            for match in reversed(list(pattern.finditer(text))):
                if match[0] in _NOT_PEOPLE or LEFT_OUT in match[0]:
                    continue
                left.append(LeftBehind(kind=kind, text=match[0], field=field))
                text = text[: match.start()] + LEFT_OUT + text[match.end() :]
        cleaned[field] = text
    notes = texts.get("notes", "").strip()
    if notes:
        left.append(LeftBehind(kind="further notes", text=notes, field="notes"))
        cleaned["notes"] = ""
    return cleaned, tuple(dict.fromkeys(left))


def _register_names(store: Store) -> list[tuple[str, str]]:
    """Return kind and text of what the register says of customers, people and serial numbers, the longest first."""
    found: dict[str, str] = {}
    with store.reading() as session:
        for table, column, least in PRIVATE_COLUMNS:
            for (value,) in register_rows.columns_by_id(session, table, [column]).values():
                name = str(value or "").strip()
                if len(name) >= least:
                    found.setdefault(name, _KIND_OF_TABLE[table])
    return sorted(((kind, name) for name, kind in found.items()), key=lambda one: (-len(one[1]), one[1]))


def _first_line(text: str) -> str:
    return next((" ".join(line.split()) for line in text.splitlines() if line.strip()), "")


def _title(known: Recognised, first: str) -> str:
    codes = "、".join(dict.fromkeys(code for _, code in known.alarms))
    if codes and codes not in first:
        return f"{codes} {first}"[:LONGEST_TITLE].strip()
    return first[:LONGEST_TITLE]


def _applies(known: Recognised) -> list[dict[str, Any]]:
    applies: dict[str, Any] = {}
    if known.machines:
        applies["machine"] = list(known.machines)
    if known.controllers:
        applies["controller"] = list(known.controllers)
    return [applies] if applies else []


def _shown_alarm(texts: Mapping[str, str]) -> str:
    said = _plain(texts["alarm"])
    return f"屏幕显示：{said}" if said else ""


def _plain(text: str) -> str:
    """Return a text as Markdown that means the same: what a phone typed is text, never marks."""
    lines: Iterable[str] = (re.sub(r"([\\`*_\[\]<>|])", r"\\\1", line.strip()) for line in text.splitlines())
    marked = (re.sub(r"^(#{1,6}|[-+>]|\d+[.)])(?=\s)", r"\\\1", line) for line in lines)
    return "\n\n".join(line for line in marked if line)
