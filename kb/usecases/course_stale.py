"""Courses whose sources have moved on: which slides draw on what changed, as work for a trainer, until he has looked.

The work stands in the list of pages to look at again, beside what readers complain of: owned by who owns the course,
due within a month. It goes when the course is in step again, and a trainer who confirms that he has looked brings it
there: `refresh_course` sets the revisions in `built_from` to those that he saw.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kb.content import Library
from kb.content.courses import moved_sources
from kb.content.front_matter import read_values
from kb.content.pages import BuiltFrom, CoursePage
from kb.content.writing import edited_text, layout_of
from kb.errors import BadInput, Conflict, Fault, NotAllowed
from kb.store import Store
from kb.store import feedback as rows
from kb.store import revisions as states
from kb.usecases.courses import Moved, course, courses
from kb.usecases.editing import Saved, change_page
from kb.usecases.editing_history import seen
from kb.usecases.editing_opening import Editor, Opened
from kb.usecases.page_work import DUE_WITHIN
from kb.usecases.page_work import STATES as WORK_STATES
from kb.usecases.work_items import LONGEST_NOTE, LONGEST_OWNER, Asked, change_work

LOOK_WITHIN: timedelta = DUE_WITHIN["outdated"]
"""A stale course is as urgent as a page that readers call out of date."""
STATES_LOOKED_AT = 50
"""How far back the history of a source is searched for the state that a course was built from."""
OPEN, MENDED = "open", "mended"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedSource:
    """A source that has moved on, with what its history knows.

    Args:
        moved: Its revisions, and the slides that draw on it.
        title: Its title; empty where it is gone.
        before: Number of the state in its history that the course was built from; None where no one saw it.
        after: Number of the state that it has now; None where it is gone.
    """

    moved: Moved
    title: str
    before: int | None
    after: int | None

    @property
    def address(self) -> str:
        """Where it is shown what changed: the difference where both states are known, else the history."""
        base = f"/pages/{self.moved.source_id}"
        if self.before is None or self.after is None or self.before == self.after:
            return f"{base}/history"
        return f"{base}/difference?before={self.before}&after={self.after}"

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {**self.moved.json(), "title": self.title, "changes": self.address}


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleCourse:
    """A course that is not in step with its sources.

    Args:
        due: Until when somebody shall have looked; None where the work has no day.
        state: Of the work: open, mended or declined.
    """

    page: CoursePage
    sources: tuple[ChangedSource, ...]
    owner: str
    due: date | None
    state: str

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            "id": self.page.id,
            "title": self.page.title,
            "revision": self.page.revision,
            "owner": self.owner,
            "due": self.due.isoformat() if self.due else None,
            "state": self.state,
            "sources": [one.json() for one in self.sources],
        }


def stale_courses(store: Store, library: Library, *, now: datetime) -> tuple[StaleCourse, ...]:
    """Return the courses whose sources have moved on, by id, and keep the work that follows from it in step."""
    keep_stale_work(store, library, now=now)
    found = [one for one in courses(library) if one.moved]
    for source_id in {moved.source_id for one in found for moved in one.moved}:
        if source_id in library.paths:
            seen(store, library.folder, source_id, library.paths[source_id], now=now)
    with store.reading() as session:
        told = []
        for one in found:
            row = rows.work_row(session, one.page.id)
            told.append(
                StaleCourse(
                    page=one.page,
                    sources=tuple(_changed(session, library, moved) for moved in one.moved),
                    owner=row.owner if row is not None else one.page.owner,
                    due=row.due if row is not None else None,
                    state=row.state if row is not None else OPEN,
                )
            )
    return tuple(told)


def keep_stale_work(store: Store, library: Library, *, now: datetime) -> None:
    """Bring the list of pages to look at again in step with the courses that are stale; for who shows that list.

    Work that was closed while its course is still stale stands open again; what was declined stays so. Work that
    nobody has touched goes when its course is in step and no reader complains.
    """
    found = {page.id: page for page in library.pages.values() if isinstance(page, CoursePage)}
    stale = {id for id, page in found.items() if page.status != "withdrawn" and _is_stale(page, library)}
    with store.reading() as session:
        have = {id: rows.work_row(session, id) for id in found}
        asked = [id for id in sorted(stale) if (row := have[id]) is None or row.state == MENDED]
        over = [id for id, row in have.items() if row is not None and id not in stale]
    if not asked and not over:
        return
    notes = {one.page.id: _note(one.moved) for one in courses(library) if one.page.id in asked}
    due = now.date() + LOOK_WITHIN
    with store.writing() as session:
        for id in asked:
            row = rows.work_row(session, id)
            if row is None:
                owner = found[id].owner[:LONGEST_OWNER]
                fresh = rows.PageWorkRow(
                    page_id=id, owner=owner, due=due, note=notes[id], first_at=now, last_at=now
                )
                rows.add_row(session, fresh)
            elif row.state == MENDED:
                row.state, row.due, row.note, row.last_at = OPEN, due, notes[id], max(now, row.last_at)
                row.revision += 1
        for id in over:
            row = rows.work_row(session, id)
            untouched = row is not None and row.revision == 1 and row.state == OPEN
            if row is not None and untouched and not _complaints(session, found[id]):
                rows.remove_work(session, row)


def refresh_course(
    store: Store,
    library: Library,
    id: str,
    looked_at: Mapping[str, int],
    *,
    why: str,
    editor: Editor,
    now: datetime,
) -> Saved:
    """Set the revisions that a course was built from to the present ones, and close the work.

    Args:
        store: The database.
        library: The library.
        id: The course.
        looked_at: The revision of each source that has moved on, as the trainer saw it; all of them must be there.
        why: What he found; goes into the history.
        editor: Who has looked.
        now: The present instant.

    Raises:
        NotFound: There is no such course.
        NotAllowed: The editor's role may not do this.
        BadInput: It is in step already, or a source is gone or withdrawn; or what `save_page` says.
        Conflict: A source that has moved on was not looked at, or has moved on again; `theirs` has all revisions.
        Unwritable: The folder of the library cannot be written.
    """
    page = course(library, id)
    moved = {source.id: now_there for source, now_there in moved_sources(page, library.pages)}
    if not moved:
        fault = Fault(where="built_from", what="is in step with all sources", repair="nothing is to be done")
        raise BadInput("the course was not changed", [fault])
    repair = "take it out of built_from and off its slides, in the editor"
    gone = [
        Fault(where=one, what="is gone or withdrawn", repair=repair)
        for one, revision in moved.items()
        if revision is None
    ]
    if gone:
        raise BadInput("the course was not changed", gone)
    unseen = [one for one, revision in moved.items() if looked_at.get(one) != revision]
    if unseen:
        raise Conflict(
            f"look at {', '.join(unseen)} first: what {id} rests on has moved on",
            yours=dict(looked_at),
            theirs=dict(moved),
        )
    for source in page.built_from:
        seen(store, library.folder, source.id, library.paths[source.id], now=now)

    def changed(opened: Opened) -> str:
        if not isinstance(opened.page, CoursePage):
            raise NotAllowed(f"the file of {id} is broken: mend it in the editor")
        built = tuple(
            BuiltFrom(id=one.id, revision=library.pages[one.id].revision) for one in opened.page.built_from
        )
        wanted = opened.page.model_copy(update={"built_from": built})
        return edited_text(opened.text, opened.page, wanted, opened.body)

    saved = change_page(
        store, library, id, changed, based_on="", why=why.strip(), editor=editor, now=now, kind="edit"
    )
    _close(store, page, why, who=editor.name, now=now)
    return saved


def _close(store: Store, page: CoursePage, why: str, *, who: str, now: datetime) -> None:
    with store.writing() as session:
        row = rows.work_row(session, page.id)
        if row is None or row.state != OPEN or _complaints(session, page):
            return
        due = row.due.isoformat() if row.due else ""
        asked = Asked(owner=row.owner, due=due, state=MENDED, note=why.strip()[:LONGEST_NOTE])
        change_work(
            session,
            row,
            asked,
            states=WORK_STATES,
            named=f"the work on {page.id}",
            kind="page_work",
            thing_id=page.id,
            who=who,
            now=now,
        )


def _is_stale(page: CoursePage, library: Library) -> bool:
    return next(moved_sources(page, library.pages), None) is not None


def _note(moved: tuple[Moved, ...]) -> str:
    """Return which sources moved and the slides and questions that draw on them, in no language but that of the slides."""
    told = []
    for one in moved:
        now = f"r{one.now}" if one.now else "–"
        slides = "、".join([*one.slides, *one.questions]) or "–"
        told.append(f"{one.source_id} r{one.built} → {now}: {slides}")
    return "; ".join(told)[:LONGEST_NOTE]


def _complaints(session: rows.Session, page: CoursePage) -> bool:
    """Whether a reader calls the page as it stands wrong or out of date."""
    votes = rows.votes_on(session, [page.id])
    return any(one.reason in DUE_WITHIN and one.page_revision == page.revision for one in votes)


def _changed(session: rows.Session, library: Library, moved: Moved) -> ChangedSource:
    there = library.pages.get(moved.source_id)
    found = states.revision_rows(session, moved.source_id, first=0, size=STATES_LOOKED_AT)
    numbers = (row.number for row in found)
    before = next(
        (number for number in numbers if _revision_in(session, moved.source_id, number) == moved.built), None
    )
    after = found[0].number if found and there is not None else None
    return ChangedSource(moved=moved, title=there.title if there else "", before=before, after=after)


def _revision_in(session: rows.Session, page_id: str, number: int) -> object:
    """Return the revision that a state of a page says it has; None of a broken one."""
    row = states.revision_row(session, page_id, number)
    layout = layout_of(row.content.decode("utf-8", errors="replace")) if row is not None else None
    return read_values(layout.front).get("revision") if layout is not None else None
