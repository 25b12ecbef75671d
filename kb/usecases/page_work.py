"""Pages that readers call wrong or out of date become work: owned by who owns the page, due, mended or declined."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal, get_args

from kb.content import Library, Page
from kb.errors import NotFound
from kb.store import Store
from kb.store import feedback as rows
from kb.usecases.work_items import LONGEST_OWNER, Asked, change_work, checked_place

State = Literal["open", "mended", "declined"]
STATES: tuple[State, ...] = get_args(State)
DUE_WITHIN: Mapping[str, timedelta] = {"wrong": timedelta(days=7), "outdated": timedelta(days=30)}
"""Reasons that make work, and how soon: what is wrong may hurt somebody tomorrow, what is old misleads slowly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWork:
    """A page to be looked at again.

    Args:
        page_id: The page; it may be gone from the library by now.
        title: Its title; empty where it is gone.
        state: One of `STATES`.
        owner: Who takes care of it; first of all who owns the page.
        due: Until when.
        overdue: Whether it is open and `due` has passed.
        note: What was done, or why nothing was.
        revision: Changes with every change of owner, day, state or note.
        reasons: How many voters give each reason against the page as it stands now.
        texts: What they wrote, the latest first.
        mended_since: Whether the page has another revision than the one that was complained of.
        first_at: When the first complaint came.
        last_at: When the last one came.
    """

    page_id: str
    title: str
    state: str
    owner: str
    due: date | None
    overdue: bool
    note: str
    revision: int
    reasons: Mapping[str, int]
    texts: tuple[str, ...]
    mended_since: bool
    first_at: datetime
    last_at: datetime

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            "page_id": self.page_id,
            "title": self.title,
            "state": self.state,
            "owner": self.owner,
            "due": self.due.isoformat() if self.due else None,
            "overdue": self.overdue,
            "note": self.note,
            "revision": self.revision,
            "reasons": dict(self.reasons),
            "texts": list(self.texts),
            "mended_since": self.mended_since,
            "first_at": self.first_at.isoformat(),
            "last_at": self.last_at.isoformat(),
        }


def complained(
    session: rows.Session, page: Page, reasons: Iterable[str], fresh: str, *, now: datetime
) -> None:
    """Bring the work item of a page in step with the votes on it; for the use case that keeps a vote.

    A complaint makes the item, or opens one that was mended again; a graver reason brings its day forward. An item
    that nobody has touched goes when the last complaint is taken back.

    Args:
        session: The transaction in which the vote was kept.
        page: The page.
        reasons: Reasons of all votes against the page as it stands now.
        fresh: The reason of the vote that was just kept.
        now: The present instant.
    """
    row = rows.work_row(session, page.id)
    if not any(reason in DUE_WITHIN for reason in reasons):
        if row is not None and row.revision == 1 and row.state == rows.OPEN:
            rows.remove_work(session, row)
        return
    if fresh not in DUE_WITHIN:
        return
    due = now.date() + DUE_WITHIN[fresh]
    if row is None:
        owner = page.owner[:LONGEST_OWNER]
        fresh_row = rows.PageWorkRow(page_id=page.id, owner=owner, due=due, first_at=now, last_at=now)
        rows.add_row(session, fresh_row)
        return
    row.last_at = max(now, row.last_at)
    if row.state == "mended":
        row.state, row.due = rows.OPEN, due
        row.revision += 1
    elif row.state == rows.OPEN and row.due is not None and due < row.due:
        row.due = due
    session.flush()


def page_work(
    store: Store, library: Library, *, today: date, state: str = "open", page: int = 1, size: int = 50
) -> tuple[PageWork, ...]:
    """Return the pages to be looked at again, those due first.

    Args:
        store: The database.
        library: The library.
        today: The day by which what is overdue is judged.
        state: One of `STATES`.
        page: Number of the page of rows, from 1.
        size: Rows on a page.

    Raises:
        BadQuery: State, page or size are out of bounds.
    """
    checked_place(state=state, states=STATES, page=page, size=size)
    with store.reading() as session:
        found = rows.work_rows(session, state=state, first=(page - 1) * size, size=size)
        votes = rows.votes_on(session, [row.page_id for row in found])
        return tuple(
            _item(row, [one for one in votes if one.page_id == row.page_id], library, today) for row in found
        )


def page_work_counts(store: Store) -> dict[str, int]:
    """Return how many pages there are in each state."""
    with store.reading() as session:
        counts = rows.work_counts(session)
    return {state: counts.get(state, 0) for state in STATES}


def take_over_page(
    store: Store, library: Library, page_id: str, asked: Asked, *, who: str, now: datetime
) -> PageWork:
    """Set owner, due day, state and note of a page's work item and return it.

    Raises:
        NotFound: There is no work on such a page.
        Conflict: It has another revision by now.
        BadInput: Every fault, by field.
    """
    with store.writing() as session:
        row = rows.work_row(session, page_id)
        if row is None:
            raise NotFound("work on a page", page_id[:80])
        change_work(
            session,
            row,
            asked,
            states=STATES,
            named=f"the work on {page_id}",
            kind="page_work",
            thing_id=page_id,
            who=who,
            now=now,
        )
        session.flush()
        return _item(row, rows.votes_on(session, [page_id]), library, now.date())


def _item(
    row: rows.PageWorkRow, votes: Sequence[rows.PageVoteRow], library: Library, today: date
) -> PageWork:
    page = library.pages.get(row.page_id)
    against = [one for one in votes if one.reason in DUE_WITHIN]
    standing = [one for one in against if page is not None and one.page_revision == page.revision]
    reasons: dict[str, int] = {}
    for one in standing:
        reasons[one.reason] = reasons.get(one.reason, 0) + 1
    return PageWork(
        page_id=row.page_id,
        title=page.title if page is not None else "",
        state=row.state,
        owner=row.owner,
        due=row.due,
        overdue=row.state == rows.OPEN and row.due is not None and row.due < today,
        note=row.note,
        revision=row.revision,
        reasons=reasons,
        texts=tuple(one.text for one in against if one.text),
        mended_since=page is not None and bool(against) and not standing,
        first_at=row.first_at.astimezone(UTC),
        last_at=row.last_at.astimezone(UTC),
    )
