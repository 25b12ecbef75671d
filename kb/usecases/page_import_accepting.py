"""A person has looked at a draft from a file: it becomes a page in preparation, which goes the way of every page.

Nothing skips that way: whatever status a file claims, the page begins in preparation, or keeps the status that the
library's own page of that id has.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any, get_args

from pydantic import ValidationError

from kb.content import Library
from kb.content.checks import CASE_HEADINGS
from kb.content.files import content_of, file_below, replace_file
from kb.content.library import parse_page
from kb.content.pages import CasePage, Confidence, Hazard, Status
from kb.content.writing import edited_text, new_page_path, page_text
from kb.errors import BadInput, Fault, KbError
from kb.store import Store
from kb.usecases.drafts import Draft, draft, draft_became, draft_photo
from kb.usecases.editing import Saved, create_page, save_page
from kb.usecases.editing_new import next_id
from kb.usecases.editing_opening import Editor

REVIEW_AFTER = timedelta(days=365)
NOTHING = "待补充：原文件没有写。"
"""Stands under a heading of which the file says nothing: an empty heading would look finished."""
HAZARD_TYPES: tuple[str, ...] = get_args(Hazard.model_fields["type"].annotation)
FIELDS = (
    "title",
    "title_en",
    "summary",
    "symptom",
    "subsystem",
    "failure_mode",
    "severity",
    "hazards",
    "hazard_type",
    "hazard",
    "consequence",
    "avoid",
    "why",
)
"""What a person says of a draft when it is accepted; `hazards` is `none` where somebody knows that there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A draft that became a page.

    Args:
        saved: What was written.
        draft: The draft, closed.
    """

    saved: Saved
    draft: Draft


def accept_form(library: Library, waiting: Draft) -> dict[str, str]:
    """Return what the form for accepting a draft proposes, by field; empty for a Markdown page, which has it all."""
    came = waiting.imported
    if came.get("text"):
        return {}
    seen = str(came["sections"].get("现象", "")) or str(came["title"])
    first = next((line for line in seen.split("\n") if line.strip() and not line.startswith("!")), "")
    modes = library.vocabularies.lists["failure_modes"]
    return {
        "title": str(came["title"]),
        "title_en": str(came["title_en"]),
        "summary": " ".join(first.split())[:200],
        "symptom": " ".join(first.split()),
        "subsystem": str(came["subsystem"]) or "GEN",
        "failure_mode": "ALM" if came["alarms"] and "ALM" in modes else "",
        "severity": "S3",
        "hazards": "",
        "hazard_type": "warning",
        "hazard": "",
        "consequence": "",
        "avoid": "",
        "why": "",
    }


def accept_draft(
    store: Store,
    library: Library,
    draft_id: str,
    given: Mapping[str, str],
    *,
    editor: Editor,
    now: datetime,
) -> Accepted:
    """Make a page of a draft from a file, and close the draft with the page's id.

    Args:
        store: The database.
        library: All pages, as they stand.
        draft_id: The draft's.
        given: By field of `FIELDS`, what a person says; missing ones are as `accept_form` proposes.
        editor: Who does it.
        now: The present instant.

    Raises:
        NotFound: There is no such draft.
        BadInput: It came from the field, was accepted before, or the page would have faults; every one is told.
        NotAllowed: The editor's role may not do this.
        Unwritable: The folder of the library cannot be written; nothing was changed.
    """
    waiting = draft(store, draft_id)
    if not waiting.imported:
        fault = Fault(where="draft", what="came from the field", repair="write its page in the editor")
        raise BadInput("nothing was written", [fault])
    if waiting.state == "closed":
        fault = Fault(where="draft", what=f"is closed: {waiting.note}", repair="open it again first")
        raise BadInput("nothing was written", [fault])
    unknown = [name for name in given if name not in FIELDS]
    if unknown:
        faults = [Fault(where=name[:40], what="is no field", repair=", ".join(FIELDS)) for name in unknown]
        raise BadInput("nothing was written", faults)
    values = {**accept_form(library, waiting), **given}
    if waiting.imported.get("text"):
        saved = _accept_markdown(store, library, waiting, values.get("why", ""), editor, now)
    else:
        text, path = _case_text(library, waiting, values, editor, now)
        saved = _with_pictures(
            store,
            library,
            waiting,
            path,
            lambda: create_page(store, library, text, why=_why(waiting, values), editor=editor, now=now),
        )
    closed = draft_became(store, waiting.id, saved.page_id, who=editor.name, now=now)
    return Accepted(saved=saved, draft=closed)


def _why(waiting: Draft, values: Mapping[str, str]) -> str:
    said = " ".join(values.get("why", "").split())
    return said or f"from the file {waiting.imported['file']}, {waiting.imported['place']}"[:400]


def _accept_markdown(
    store: Store, library: Library, waiting: Draft, why: str, editor: Editor, now: datetime
) -> Saved:
    came = waiting.imported
    text = str(came["text"])
    for one in came["pictures"]:
        text = text.replace(str(one["called"]), _beside(one))
    file = parse_page(text.removeprefix("\ufeff").replace("\r\n", "\n"), str(came["path"]) or "page.md")
    if file.page is None:
        raise BadInput(f"nothing was written: {len(file.faults)} to mend", file.faults)
    page = file.page
    stands = library.pages.get(page.id)
    status = stands.status if stands is not None else Status.IN_PREPARATION
    confidence = stands.confidence if stands is not None else Confidence.WIP
    begun = page.model_copy(update={"status": status, "confidence": confidence})
    text = edited_text(text, page, begun, file.body)
    reason = " ".join(why.split()) or _why(waiting, {})
    path = library.paths[page.id] if stands is not None else new_page_path(begun)

    def save() -> Saved:
        if stands is None:
            return create_page(store, library, text, why=reason, editor=editor, now=now)
        based_on = library.files[path].digest
        return save_page(store, library, page.id, text, based_on=based_on, why=reason, editor=editor, now=now)

    return _with_pictures(store, library, waiting, path, save)


def _beside(one: Mapping[str, Any]) -> str:
    return f"figures/{one['name']}"


def _with_pictures(store: Store, library: Library, waiting: Draft, path: str, save: Any) -> Saved:
    """Write the pictures beside the page, then the page; where the page is refused, new pictures go again."""
    folder = PurePosixPath(path).parent
    made = []
    for position, one in enumerate(waiting.imported["pictures"], 1):
        file = file_below(library.folder, str(folder / _beside(one)))
        if content_of(file) is None:
            _, content = draft_photo(store, waiting.id, position)
            replace_file(file, content)
            made.append(file)
    try:
        saved: Saved = save()
    except KbError:
        for file in made:
            file.unlink(missing_ok=True)
        raise
    return saved


def _case_text(
    library: Library, waiting: Draft, values: Mapping[str, str], editor: Editor, now: datetime
) -> tuple[str, str]:
    """Return the text of a case's file and its path.

    Raises:
        BadInput: A field breaks the rules of the page; every one is told.
    """
    came = waiting.imported
    subsystem = values["subsystem"].strip() or "GEN"
    group = subsystem if subsystem in library.vocabularies.codes("subsystems") else "GEN"
    today = now.date()
    hazards: object = "none" if values["hazards"] == "none" else [_hazard(values)]
    applies: dict[str, object] = {}
    if came["machines"]:
        applies["machine"] = came["machines"]
    if came["controllers"]:
        applies["controller"] = came["controllers"]
    sections: Mapping[str, str] = came["sections"]
    fields: dict[str, object] = {
        "id": next_id(library, "case", group),
        "type": "case",
        "title": values["title"],
        "title_en": values["title_en"],
        "summary": values["summary"],
        "status": Status.IN_PREPARATION,
        "confidence": Confidence.WIP,
        "audience": "internal",
        "owner": editor.name,
        "created": today,
        "reviewed": today,
        "review_due": today + REVIEW_AFTER,
        "revision": 1,
        "applies_to": [applies] if applies else [],
        "component": {"subsystem": subsystem},
        "related": [],
        "attachments": [
            {"file": _beside(one), "alt": f"图 {number}", "kind": "image"}
            for number, one in enumerate(came["pictures"], 1)
        ],
        "sources": [{"kind": "field_case", "ref": f"{came['file']}，{came['place']}"[:300], "grade": "K"}],
        "hazards": hazards,
        "symptom": values["symptom"],
        "failure_mode": values["failure_mode"],
        "severity": values["severity"],
        "alarms": [{"family": family, "code": code} for family, code in came["alarms"]],
    }
    try:
        page = CasePage.model_validate(fields)
    except ValidationError as error:
        faults = [
            Fault(where=_field(one["loc"]), what=str(one["msg"]), repair="fill it in")
            for one in error.errors(include_url=False)
            if one["type"] != "literal_error"
            or one["loc"][0] != "hazards"  # of two ways to say it, one is enough
        ]
        raise BadInput(f"nothing was written: {len(faults)} to mend", faults) from error
    body = "\n\n".join(f"## {name}\n\n{sections.get(name, '').strip() or NOTHING}" for name in CASE_HEADINGS)
    called = {str(one["called"]): _beside(one) for one in came["pictures"] if one["called"]}
    for name, beside in called.items():
        body = body.replace(f"({name}", f"({beside}")
    return page_text(page, body), new_page_path(page)


def _field(place: tuple[int | str, ...]) -> str:
    """Return the field of the form that stands for a place in the page."""
    if place[0] == "hazards":
        return {"type": "hazard_type"}.get(str(place[-1]), str(place[-1]))
    return ".".join(str(part) for part in place)


def _hazard(values: Mapping[str, str]) -> dict[str, str]:
    return {
        "type": values["hazard_type"],
        "hazard": values["hazard"],
        "consequence": values["consequence"],
        "avoid": values["avoid"],
    }
