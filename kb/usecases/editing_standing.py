"""Where a page stands: its status and confidence, its review, its withdrawal, and an earlier state brought back."""

from datetime import datetime, timedelta

from kb.content import Library, Page
from kb.content.lifecycle import may_edit
from kb.content.pages import Confidence, Status
from kb.content.writing import edited_text
from kb.errors import BadInput, Fault, NotAllowed, NotFound
from kb.store import Store
from kb.usecases.editing import Saved, change_page, save_page
from kb.usecases.editing_history import Change, last_path, revision, written
from kb.usecases.editing_opening import Editor, Opened, open_page
from kb.usecases.editing_text import STANDING, examined, parsed, raw_faults

YEAR = timedelta(days=365)
"""Until the next review of a page whose last two dates do not tell."""


def set_standing(
    store: Store,
    library: Library,
    page_id: str,
    *,
    status: Status | None = None,
    confidence: Confidence | None = None,
    reviewed_today: bool = False,
    superseded_by: str = "",
    based_on: str = "",
    why: str,
    editor: Editor,
    now: datetime,
) -> Saved:
    """Give a page another status or confidence, or say that it was reviewed today; its text stays as it is.

    A page that becomes validated was reviewed by who validates it. The next review is as far off as the last one was.

    Args:
        store: The database.
        library: All pages, as they stand.
        page_id: The page's.
        status: The new status; None leaves it.
        confidence: The new confidence; None leaves it.
        reviewed_today: Whether somebody has read the page through today.
        superseded_by: A page that takes the place of one that is withdrawn; it is written first.
        based_on: Digest of the state that was seen; empty takes whatever stands.
        why: The reason.
        editor: Who does it.
        now: The present instant.

    Raises:
        NotFound, NotAllowed, BadInput, Conflict, Unwritable: As `kb.usecases.editing.save_page`.
    """
    if superseded_by:
        _supersede(store, library, page_id, superseded_by, status=status, why=why, editor=editor, now=now)

    def changed(opened: Opened) -> str:
        page = _readable(opened)
        becomes_valid = confidence is Confidence.VALIDATED and page.confidence is not confidence
        update: dict[str, object] = {
            "status": status or page.status,
            "confidence": confidence or page.confidence,
        }
        if reviewed_today or becomes_valid:
            pause = page.review_due - page.reviewed
            update["reviewed"] = now.date()
            update["review_due"] = now.date() + (pause if pause > timedelta(0) else YEAR)
            update["reviewers"] = (*(name for name in page.reviewers if name != editor.name), editor.name)
        return edited_text(opened.text, page, page.model_copy(update=update), opened.body)

    return change_page(
        store,
        library,
        page_id,
        changed,
        based_on=based_on,
        why=why,
        editor=editor,
        now=now,
        kind="status",
    )


def restore(
    store: Store,
    library: Library,
    page_id: str,
    number: int,
    *,
    based_on: str = "",
    why: str,
    editor: Editor,
    now: datetime,
) -> Saved:
    """Bring back what an earlier state of a page says, as a new state.

    The standing of the page stays as it is: status, confidence, reviews and revision number are not what was lost.
    A page whose file was broken or removed outside comes back with the standing of that state.

    Args:
        store: The database.
        library: All pages, as they stand.
        page_id: The page's.
        number: The earlier state.
        based_on: Digest of the state that was seen; empty takes whatever stands.
        why: The reason.
        editor: Who does it.
        now: The present instant.

    Raises:
        NotFound: There is no such page or state.
        NotAllowed, BadInput, Conflict, Unwritable: As `kb.usecases.editing.save_page`.
    """
    state, content = revision(store, page_id, number)
    text = content.decode("utf-8", errors="replace")
    file = parsed(state.path, text) if not raw_faults(text) else None
    if file is None or file.page is None:
        what = "was broken itself and cannot be brought back"
        raise BadInput(
            "nothing was written", [Fault(where="number", what=what, repair="choose another state")]
        )
    then = file.page
    body = file.body
    try:
        opened = open_page(store, library, page_id, editor=editor, now=now)
    except NotFound:
        return _bring_back(store, library, page_id, text, then, why=why, editor=editor, now=now)
    if opened.known is not None:
        keep = {name: getattr(opened.known, name) for name in STANDING}
        text = edited_text(text, then, then.model_copy(update=keep), body)
    return save_page(
        store,
        library,
        page_id,
        text,
        based_on=based_on or opened.digest,
        why=why or f"revision {number}",
        editor=editor,
        now=now,
        kind="restore",
    )


def _bring_back(
    store: Store,
    library: Library,
    page_id: str,
    text: str,
    then: Page,
    *,
    why: str,
    editor: Editor,
    now: datetime,
) -> Saved:
    refused = may_edit(editor.role.value, then)
    if refused:
        raise NotAllowed("; ".join(f"{fault.what}; {fault.repair}" for fault in refused))
    path = last_path(store, page_id)
    look = examined(library, path, text, was=then, today=now.date())
    if look.faults:
        raise BadInput(
            f"nothing was written: {len(look.faults)} to mend", [one.fault() for one in look.faults]
        )
    change = Change(
        page_id=page_id,
        path=path,
        content=text.encode(),
        based_on="",
        kind="restore",
        who=editor.name,
        why=why,
        at=now,
    )
    kept = written(store, library.folder, change)
    return Saved(page_id=page_id, digest=kept.digest, is_new_state=True, revision=kept)


def _supersede(
    store: Store,
    library: Library,
    page_id: str,
    successor: str,
    *,
    status: Status | None,
    why: str,
    editor: Editor,
    now: datetime,
) -> None:
    faults = []
    if status is not Status.WITHDRAWN:
        repair = "set the status withdrawn with it"
        faults.append(Fault(where="superseded_by", what="only a withdrawn page is superseded", repair=repair))
    if successor not in library.pages or successor == page_id:
        what = f"{successor[:80]!r} is no other page"
        faults.append(Fault(where="superseded_by", what=what, repair="give the id of a page that is there"))
    if page_id not in library.pages:
        raise NotFound("page", page_id)
    if faults:
        raise BadInput(f"nothing was written: {len(faults)} to mend", faults)

    def names_it(opened: Opened) -> str:
        page = _readable(opened)
        if page_id in page.supersedes:
            return opened.text
        update = {"supersedes": (*page.supersedes, page_id)}
        return edited_text(opened.text, page, page.model_copy(update=update), opened.body)

    change_page(
        store, library, successor, names_it, based_on="", why=why, editor=editor, now=now, kind="status"
    )


def _readable(opened: Opened) -> Page:
    if opened.page is None:
        raise BadInput(
            "nothing was written",
            [
                Fault(
                    where=opened.path,
                    what="is broken",
                    repair="mend the file, or bring back an earlier state",
                )
            ],
        )
    return opened.page
