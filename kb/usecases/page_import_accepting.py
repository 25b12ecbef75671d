"""A person has looked at a draft from a file: it becomes a page in preparation, which goes the way of every page.

Nothing skips that way: whatever status a file claims, the page begins in preparation, or keeps the status that the
library's own page of that id has.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from kb.content import Library
from kb.content.files import content_of, file_below, replace_file
from kb.content.library import parse_page
from kb.content.pages import Confidence, Status
from kb.content.writing import edited_text, new_page_path
from kb.errors import BadInput, Fault, KbError, Message
from kb.store import Store
from kb.usecases.draft_checking import clean
from kb.usecases.drafts import Draft, draft, draft_became, draft_photo
from kb.usecases.editing import Saved, create_page, save_page
from kb.usecases.editing_opening import Editor
from kb.usecases.page_import_pages import page_of_draft, picture_beside, proposed_fields
from kb.usecases.page_import_types import (
    FIELDS,
    PAGE_TYPES,
    field_faults,
    fields_of,
    kind_of_draft,
    markdown_faults,
    possible_types,
    type_faults,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A draft that became a page.

    Args:
        saved: What was written.
        draft: The draft, closed.
    """

    saved: Saved
    draft: Draft


def accept_form(library: Library, waiting: Draft, kind: str = "") -> dict[str, str]:
    """Return what the form for accepting a draft proposes, by field; empty for a Markdown page, which has it all.

    Args:
        library: All pages, as they stand.
        waiting: The draft.
        kind: The type that it shall become; empty for what was chosen, or proposed, when it came.
    """
    came = waiting.imported
    if came.get("text"):
        return {}
    return proposed_fields(library, came, kind or kind_of_draft(came, {}))


def types_of_draft(waiting: Draft) -> tuple[str, ...]:
    """Return the types that a draft from a file may become; none where its own front matter says what it is."""
    came = waiting.imported
    return possible_types(text=str(came.get("text", "")), body=str(came.get("body", "")))


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
        given: By field of `FIELDS`, what a person says, its `type` among them; missing ones are as `accept_form`
            proposes.
        editor: Who does it.
        now: The present instant.

    Raises:
        NotFound: There is no such draft.
        BadInput: It came from the field, was accepted before, cannot be of that type, or the page would have
            faults; every one is told.
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
    came = waiting.imported
    if came.get("text"):
        saved = _accept_markdown(store, library, waiting, given, editor, now)
    else:
        text, path = _accepted_text(library, came, given, editor, now)
        saved = _with_pictures(
            store,
            library,
            waiting,
            path,
            lambda: create_page(store, library, text, why=_why(waiting, given), editor=editor, now=now),
        )
    closed = draft_became(store, waiting.id, saved.page_id, who=editor.name, now=now)
    return Accepted(saved=saved, draft=closed)


def _why(waiting: Draft, values: Mapping[str, str]) -> str:
    said = " ".join(values.get("why", "").split())
    return said or f"from the file {waiting.imported['file']}, {waiting.imported['place']}"[:400]


def _accept_markdown(
    store: Store, library: Library, waiting: Draft, given: Mapping[str, str], editor: Editor, now: datetime
) -> Saved:
    came = waiting.imported
    text = str(came["text"])
    for one in came["pictures"]:
        text = text.replace(str(one["called"]), picture_beside(one))
    file = parse_page(text.removeprefix("\ufeff").replace("\r\n", "\n"), str(came["path"]) or "page.md")
    page = file.page
    own_type = page.type if page is not None else ""
    chosen = given.get("type", "").strip()
    faults = [*markdown_faults(tuple(given)), *file.faults]
    if chosen:
        faults += type_faults(chosen, where="type", text=text, body="", own_type=own_type)
    if page is None or faults:
        raise BadInput(Message("nothing was written: {count} to mend", count=len(faults)), faults)
    stands = library.pages.get(page.id)
    status = stands.status if stands is not None else Status.IN_PREPARATION
    confidence = stands.confidence if stands is not None else Confidence.WIP
    begun = page.model_copy(update={"status": status, "confidence": confidence})
    text = edited_text(text, page, begun, file.body)
    reason = _why(waiting, given)
    path = library.paths[page.id] if stands is not None else new_page_path(begun)

    def save() -> Saved:
        if stands is None:
            return create_page(store, library, text, why=reason, editor=editor, now=now)
        based_on = library.files[path].digest
        return save_page(store, library, page.id, text, based_on=based_on, why=reason, editor=editor, now=now)

    return _with_pictures(store, library, waiting, path, save)


def _with_pictures(store: Store, library: Library, waiting: Draft, path: str, save: Any) -> Saved:
    """Write the pictures beside the page, then the page; where the page is refused, new pictures go again.

    Those stay that the page shows as it stands now: somebody else may have accepted the draft at the same moment.
    """
    folder = PurePosixPath(path).parent
    made = []
    for position, one in enumerate(waiting.imported["pictures"], 1):
        file = file_below(library.folder, str(folder / picture_beside(one)))
        if content_of(file) is None:
            _, content = draft_photo(store, waiting.id, position)
            replace_file(file, content)
            made.append(file)
    try:
        saved: Saved = save()
    except KbError:
        stands = content_of(file_below(library.folder, path)) or b""
        for file in made:
            if file.name.encode() not in stands:
                file.unlink(missing_ok=True)
        raise
    return saved


def _accepted_text(
    library: Library, came: Mapping[str, Any], given: Mapping[str, str], editor: Editor, now: datetime
) -> tuple[str, str]:
    """Return the text of the page's file and its path.

    Raises:
        BadInput: The type cannot be, or a field breaks its rules; every fault is told.
    """
    kind = kind_of_draft(came, given)
    whole = {"text": str(came.get("text", "")), "body": str(came.get("body", ""))}
    faults = [*type_faults(kind, where="type", **whole)]
    if kind in PAGE_TYPES:
        faults += field_faults(given, kind)
        mine = {name: clean(value) for name, value in given.items() if name in fields_of(kind)}
        values = {**proposed_fields(library, came, kind), **mine, "type": kind}
        text, found = page_of_draft(library, came, values, owner=editor.name, now=now)
        faults += found
    else:
        faults += [Fault(where=name[:40], what="is no field") for name in given if name not in FIELDS]
        text = ""
    page = parse_page(text, "page.md").page if not faults else None
    if page is None:
        raise BadInput(Message("nothing was written: {count} to mend", count=len(faults)), faults)
    return text, new_page_path(page)
