"""Change a page of the library: looked at, held against the checks, compared, written, kept in its history.

The file is what counts. Who saves says which state the change rests on, by its digest; where the file has another one
by now - saved in another browser, changed by an editor or by `git pull` - nothing is written and all three texts are
told. A save that was sent twice is one state.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from kb.content import Library, Page
from kb.content.files import digest_of
from kb.content.lifecycle import may_change
from kb.content.pages import Confidence, Status
from kb.content.writing import new_page_path
from kb.errors import BadInput, Conflict, Fault, KbError, NotAllowed
from kb.store import Store
from kb.usecases.accounts import Role
from kb.usecases.editing_difference import Line, difference
from kb.usecases.editing_history import Change, Kind, Revision, state_with_digest, written
from kb.usecases.editing_opening import Editor, Opened, as_it_was, open_page
from kb.usecases.editing_pictures import forget_waiting, waiting_in, write_beside
from kb.usecases.editing_text import Examined, Found, examined, in_style_of, parsed, raised, raw_faults

LONGEST_REASON = 500
BEGINNING = {"status": Status.IN_PREPARATION, "confidence": Confidence.WIP}
"""Where every page begins; from there it goes the way that its writer's role may go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A change as it would be written.

    Args:
        opened: The page as it stands; None for a new one.
        examined: The text after every check.
        lines: What changes; none where nothing does.
        path: The file.
    """

    opened: Opened | None
    examined: Examined
    lines: tuple[Line, ...]
    path: str

    @property
    def faults(self) -> tuple[Found, ...]:
        """What must be mended first."""
        return self.examined.faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A change that was written.

    Args:
        page_id: The page's.
        digest: Of the file as it stands now.
        is_new_state: Whether this save wrote it; otherwise it stood there already.
        revision: The state in the history; None where nothing has changed and nothing was ever put down.
        warnings: What somebody should know.
    """

    page_id: str
    digest: str
    is_new_state: bool
    revision: Revision | None
    warnings: tuple[Found, ...] = ()


def proposal(
    library: Library, opened: Opened, text: str, *, now: datetime, waiting: Collection[str] = ()
) -> Proposal:
    """Return what a text would change on a page, after every check; nothing is written.

    Args:
        library: All pages, as they stand.
        opened: The page as it stands, or stood.
        text: The whole file as it is wanted.
        now: The present instant.
        waiting: Pictures that are written beside the page when it is saved.
    """
    today = now.date()
    wanted = in_style_of(text, opened.text)
    look = examined(library, opened.path, wanted, was=opened.known, today=today, waiting=waiting)
    if look.page is not None and opened.page is not None and not look.faults:
        final = raised(wanted, opened.page, look.page, look.body, opened.body)
        if final != wanted:
            look = examined(library, opened.path, final, was=opened.known, today=today, waiting=waiting)
    return Proposal(opened=opened, examined=look, lines=difference(opened.text, look.text), path=opened.path)


def new_proposal(library: Library, text: str, *, now: datetime, waiting: Collection[str] = ()) -> Proposal:
    """Return what a text would be as a new page, after every check; nothing is written."""
    plain = in_style_of(text, "")
    file = parsed("new.md", plain) if not raw_faults(plain) else None
    path = new_page_path(file.page) if file is not None and file.page is not None else ""
    look = examined(library, path, plain, was=None, today=now.date(), waiting=waiting)
    return Proposal(opened=None, examined=look, lines=difference("", plain), path=path)


def save_page(
    store: Store,
    library: Library,
    page_id: str,
    text: str,
    *,
    based_on: str,
    why: str,
    editor: Editor,
    now: datetime,
    kind: Kind = "edit",
) -> Saved:
    """Write a page's text, once however often it is sent.

    Args:
        store: The database.
        library: All pages, as they stand.
        page_id: The page's.
        text: The whole file as it is wanted.
        based_on: Digest of the state that was edited.
        why: The reason; a page in preparation needs none.
        editor: Who does it.
        now: The present instant.
        kind: What is done.

    Raises:
        NotFound: There is no such page.
        NotAllowed: The editor's role may not do this.
        BadInput: Every fault, by field.
        Conflict: The page has changed since; `yours` has your text and its base, `theirs` what stands now.
        Unwritable: The folder of the library cannot be written; nothing was changed.
    """
    now_open = open_page(store, library, page_id, editor=editor, now=now)
    base = now_open if based_on == now_open.digest else as_it_was(store, now_open, based_on)
    asked = proposal(library, base or now_open, text, now=now, waiting=waiting_in(store, text))
    content = asked.examined.text.encode("utf-8", errors="surrogatepass")
    if digest_of(content) == now_open.digest:
        state = state_with_digest(store, page_id, now_open.digest)
        return Saved(
            page_id=page_id,
            digest=now_open.digest,
            is_new_state=False,
            revision=state[0] if state is not None else None,
        )
    if base is not now_open:
        raise Conflict(
            f"{page_id} was changed since you opened it; nothing was written",
            yours={"text": asked.examined.text, "base": base.text if base is not None else ""},
            theirs={"text": now_open.text, "digest": now_open.digest},
        )
    if now_open.not_allowed:
        raise NotAllowed(now_open.not_allowed)
    reason = _reason(why, needed=now_open.known is None or now_open.known.status is not Status.IN_PREPARATION)
    against = _steps_against(editor, now_open.known, asked.examined.page)
    _refuse(asked.examined, [*reason[1], *against])
    return _write(
        store,
        library,
        page_id,
        asked,
        based_on=now_open.digest,
        why=reason[0],
        editor=editor,
        now=now,
        kind=kind,
    )


def create_page(
    store: Store, library: Library, text: str, *, why: str, editor: Editor, now: datetime
) -> Saved:
    """Write a new page, once however often it is sent.

    Args:
        store: The database.
        library: All pages, as they stand.
        text: The whole file.
        why: The reason, such as the draft it was made of; may be empty.
        editor: Who does it.
        now: The present instant.

    Raises:
        NotAllowed: The editor's role may not do this.
        BadInput: Every fault, by field; such as an id that is taken.
        Unwritable: The folder of the library cannot be written; nothing was changed.
    """
    asked = new_proposal(library, text, now=now, waiting=waiting_in(store, text))
    page = asked.examined.page
    content = asked.examined.text.encode("utf-8", errors="surrogatepass")
    if page is not None and page.id in library.pages:
        stands = library.files[library.paths[page.id]]
        if stands.digest == digest_of(content):
            state = state_with_digest(store, page.id, stands.digest)
            revision = state[0] if state is not None else None
            return Saved(page_id=page.id, digest=stands.digest, is_new_state=False, revision=revision)
    reason = _reason(why, needed=False)
    _refuse(asked.examined, [*reason[1], *_steps_against(editor, None, page)])
    if page is None:
        raise BadInput("nothing was written", [Fault(where="", what="is no page")])
    return _write(
        store, library, page.id, asked, based_on="", why=reason[0], editor=editor, now=now, kind="new"
    )


def change_page(
    store: Store,
    library: Library,
    page_id: str,
    change: Callable[[Opened], str],
    *,
    based_on: str,
    why: str,
    editor: Editor,
    now: datetime,
    kind: Kind,
) -> Saved:
    """Write what `change` makes of a page as it stands; for changes that are not typed.

    Args:
        store: The database.
        library: All pages, as they stand.
        page_id: The page's.
        change: Returns the new text of the file.
        based_on: Digest of the state that was seen; empty takes whatever stands.
        why: The reason.
        editor: Who does it.
        now: The present instant.
        kind: What is done.

    Raises:
        NotFound, NotAllowed, BadInput, Conflict, Unwritable: As `save_page`.
    """
    opened = open_page(store, library, page_id, editor=editor, now=now)
    return save_page(
        store,
        library,
        page_id,
        change(opened),
        based_on=based_on or opened.digest,
        why=why,
        editor=editor,
        now=now,
        kind=kind,
    )


def _write(
    store: Store,
    library: Library,
    page_id: str,
    asked: Proposal,
    *,
    based_on: str,
    why: str,
    editor: Editor,
    now: datetime,
    kind: Kind,
) -> Saved:
    content = asked.examined.text.encode()
    change = Change(
        page_id=page_id,
        path=asked.path,
        content=content,
        based_on=based_on,
        kind=kind,
        who=editor.name,
        why=why,
        at=now,
    )
    text = asked.examined.text
    made = write_beside(store, library, asked.path, text)
    try:
        state = written(store, library.folder, change)
    except KbError:
        for file in made:
            file.unlink(missing_ok=True)
        raise
    forget_waiting(store, text)
    return Saved(
        page_id=page_id,
        digest=state.digest,
        is_new_state=True,
        revision=state,
        warnings=asked.examined.warnings,
    )


def _reason(why: str, *, needed: bool) -> tuple[str, list[Found]]:
    reason = " ".join(why.split())
    if len(reason) > LONGEST_REASON:
        what = f"has {len(reason)} characters; it has at most {LONGEST_REASON}"
        return reason, [Found(field="why", line=0, what=what, repair="shorten it")]
    if any(not sign.isprintable() for sign in reason):
        return reason, [
            Found(field="why", line=0, what="has a character that does not print", repair="remove it")
        ]
    if needed and not reason:
        return reason, [Found(field="why", line=0, what="is empty", repair="say in a few words why")]
    return reason, []


def _refuse(look: Examined, more: list[Found]) -> None:
    faults = [*look.faults, *more]
    if faults:
        raise BadInput(f"nothing was written: {len(faults)} to mend", [found.fault() for found in faults])


def _steps_against(editor: Editor, was: Page | None, page: Page | None) -> list[Found]:
    """Return why nobody takes the step of status or confidence that a text takes.

    Raises:
        NotAllowed: Another role takes it, this one does not.
    """
    if page is None:
        return []
    old = {"status": was.status, "confidence": was.confidence} if was is not None else BEGINNING
    before = page.model_copy(update=old)
    faults = may_change(editor.role.value, before, page.status, page.confidence)
    ever = may_change(Role.ADMIN.value, before, page.status, page.confidence)
    if faults and not ever:
        raise NotAllowed("; ".join(f"{fault.what}; {fault.repair}" for fault in faults))
    return [Found(field=one.where, line=0, what=one.what, repair=one.repair) for one in ever]
