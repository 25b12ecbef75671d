"""Queries that the library did not answer become work: counted, owned, due, and answered or declined.

Nothing about who asked is kept, and what looks like a telephone number, an identity number or an address for mail is
taken out of the query before it is written anywhere.
"""

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, get_args

from kb.content import Library
from kb.errors import BadInput, Fault, NotFound
from kb.search import Result, SearchIndex
from kb.search.tokens import fold
from kb.store import Store
from kb.store import search_log as rows
from kb.usecases.work_items import LONGEST_NOTE as LONGEST_NOTE
from kb.usecases.work_items import LONGEST_OWNER as LONGEST_OWNER
from kb.usecases.work_items import MOST_ROWS as MOST_ROWS
from kb.usecases.work_items import Asked, change_work, checked_place

State = Literal["open", "answered", "declined"]
STATES: tuple[State, ...] = get_args(State)
Kind = Literal["nothing", "nearest"]

LONGEST_QUERY = 200
KEPT_FOR = timedelta(days=400)
"""A query that nobody has taken up is forgotten after this time without being asked: a year and a season."""

_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_LONG_NUMBER = re.compile(r"(?<!\d)\+?\d(?:[ -]?\d){9,}(?:[xX](?![a-zA-Z]))?")
"""Ten digits and more, also in groups: telephone and identity numbers; no alarm code is as long."""
_EDGES = " \t\r\n.,;:!?。，、；：！？…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A query to be counted."""

    query: str
    kind: Kind
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PageVotes:
    """How often a page was called helpful, or not, as an answer to a query."""

    page_id: str
    helpful: int
    not_helpful: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """A query without a good answer, as a work item.

    Args:
        id: Made from the normalised query.
        query: As it was typed last, without personal data.
        nothing: How often it found nothing.
        nearest: How often it found only what is near.
        not_helpful: How often an answer was called not helpful.
        helpful: How often an answer was called helpful.
        first_at: When it was first counted.
        last_at: When it was last counted.
        state: `open`, `answered` or `declined`.
        owner: Who takes care of it; empty where nobody does.
        due: Until when.
        overdue: Whether it is open and `due` has passed.
        note: Why it was declined, or where the answer stands.
        revision: Changes with every change of owner, due day, state or note.
        votes: Votes by page.
        found_now: Id of the page that answers the query today; empty where none does.
    """

    id: str
    query: str
    nothing: int
    nearest: int
    not_helpful: int
    helpful: int
    first_at: datetime
    last_at: datetime
    state: str
    owner: str
    due: date | None
    overdue: bool
    note: str
    revision: int
    votes: tuple[PageVotes, ...]
    found_now: str

    @property
    def asked(self) -> int:
        """How often it was asked without a good answer."""
        return self.nothing + self.nearest + self.not_helpful


def without_personal_data(query: str) -> str:
    """Return a query with telephone and identity numbers and mail addresses left out, in one line, cut to length."""
    plain = "".join(sign if sign.isprintable() else " " for sign in query)
    plain = _LONG_NUMBER.sub("…", _MAIL.sub("…", plain))
    return " ".join(plain.split())[:LONGEST_QUERY]


def normalised(query: str) -> str:
    """Return what queries that differ only in letter case, width, script, spaces or signs at the ends share."""
    folded = " ".join(fold(without_personal_data(query)).split())
    return folded.strip(_EDGES)


def query_id(query: str) -> str:
    """Return the id of a query's row."""
    return hashlib.sha256(normalised(query).encode()).hexdigest()[:32]


def note_of(query: str, result: Result, *, at: datetime) -> Note | None:
    """Return what is to be counted of a search; None where it was answered or nothing was asked."""
    if not normalised(query):
        return None
    if result.total == 0:
        return Note(query=query, kind="nothing", at=at)
    return Note(query=query, kind="nearest", at=at) if result.nearest else None


def keep_notes(store: Store, notes: list[Note]) -> None:
    """Count queries; one that was answered and now has no answer again is open again."""
    with store.writing() as session:
        for note in notes:
            row = rows.counted(
                session,
                id=query_id(note.query),
                query=without_personal_data(note.query),
                at=note.at,
                found_none=int(note.kind == "nothing"),
                found_near=int(note.kind == "nearest"),
            )
            _reopen(row)
        if notes:
            rows.forget_before(session, max(note.at for note in notes) - KEPT_FOR)


def _reopen(row: rows.SearchLogRow) -> None:
    if row.state == "answered":
        row.state = rows.OPEN
        row.revision += 1


def vote(store: Store, library: Library, *, query: str, page_id: str, helpful: bool, now: datetime) -> None:
    """Count one vote on a page as an answer to a query.

    Raises:
        NotFound: The library has no such page.
        BadInput: There is no query.
    """
    if page_id not in library.pages:
        raise NotFound("page", page_id[:80])
    if not normalised(query):
        raise BadInput("the vote was not counted", [Fault(where="query", what="there is no query")])
    with store.writing() as session:
        id_ = query_id(query)
        row = rows.counted(
            session,
            id=id_,
            query=without_personal_data(query),
            at=now,
            helpful=int(helpful),
            not_helpful=int(not helpful),
        )
        if not helpful:
            _reopen(row)
        rows.voted(session, query_id=id_, page_id=page_id, helpful=helpful)


def unanswered(
    store: Store,
    index: SearchIndex | None,
    *,
    today: date,
    state: str = "open",
    page: int = 1,
    size: int = 50,
) -> tuple[Unanswered, ...]:
    """Return the queries without a good answer, the most asked first.

    Args:
        store: The database.
        index: Asked whether it answers each query today; None leaves that out.
        today: The day by which what is overdue is judged.
        state: One of `STATES`.
        page: Number of the page of rows, from 1.
        size: Rows on a page, 1 to `MOST_ROWS`.

    Raises:
        BadQuery: State, page or size are out of bounds.
    """
    checked_place(state=state, states=STATES, page=page, size=size)
    with store.reading() as session:
        found = rows.unanswered_rows(session, state=state, first=(page - 1) * size, size=size)
        votes: defaultdict[str, list[PageVotes]] = defaultdict(list)
        for one in rows.votes_of(session, [row.id for row in found]):
            votes[one.query_id].append(
                PageVotes(page_id=one.page_id, helpful=one.helpful, not_helpful=one.not_helpful)
            )
        return tuple(_item(row, tuple(votes[row.id]), index, today) for row in found)


def unanswered_counts(store: Store) -> dict[str, int]:
    """Return how many queries without a good answer there are in each state."""
    with store.reading() as session:
        counts = rows.unanswered_counts(session)
    return {state: counts.get(state, 0) for state in STATES}


def take_over(
    store: Store,
    *,
    id: str,
    owner: str,
    due: str,
    state: str,
    note: str,
    revision: int | None,
    who: str,
    now: datetime,
) -> Unanswered:
    """Set owner, due day, state and note of a query and return it.

    Args:
        store: The database.
        id: Of the query's row.
        owner: Who takes care of it; may be empty.
        due: An ISO day, or empty.
        state: One of `STATES`.
        note: Why, or where the answer stands; a declined query needs one.
        revision: The revision that was seen; None overwrites whatever is there.
        who: Name for the audit trail.
        now: The present instant.

    Raises:
        NotFound: There is no such row.
        Conflict: The row has another revision by now.
        BadInput: Every fault, by field.
    """
    asked = Asked(owner=owner, due=due, state=state, note=note, revision=revision)
    with store.writing() as session:
        row = rows.logged(session, id)
        if row is None:
            raise NotFound("unanswered query", id[:64])
        change_work(
            session,
            row,
            asked,
            states=STATES,
            named=f"the query {row.query!r}",
            kind="search_log",
            thing_id=row.id,
            who=who,
            now=now,
        )
        session.flush()
        return _item(row, (), None, now.date())


def unanswered_row(one: Unanswered) -> dict[str, object]:
    """Return a work item as an object of JSON."""
    return {
        "id": one.id,
        "query": one.query,
        "asked": one.asked,
        "nothing": one.nothing,
        "nearest": one.nearest,
        "not_helpful": one.not_helpful,
        "helpful": one.helpful,
        "first_at": one.first_at.isoformat(),
        "last_at": one.last_at.isoformat(),
        "state": one.state,
        "owner": one.owner,
        "due": one.due.isoformat() if one.due else None,
        "overdue": one.overdue,
        "note": one.note,
        "revision": one.revision,
        "votes": [
            {"page_id": vote.page_id, "helpful": vote.helpful, "not_helpful": vote.not_helpful}
            for vote in one.votes
        ],
        "found_now": one.found_now,
    }


def _item(
    row: rows.SearchLogRow, votes: tuple[PageVotes, ...], index: SearchIndex | None, today: date
) -> Unanswered:
    return Unanswered(
        id=row.id,
        query=row.query,
        nothing=row.found_none,
        nearest=row.found_near,
        not_helpful=row.not_helpful,
        helpful=row.helpful,
        first_at=row.first_at,
        last_at=row.last_at,
        state=row.state,
        owner=row.owner,
        due=row.due,
        overdue=row.state == rows.OPEN and row.due is not None and row.due < today,
        note=row.note,
        revision=row.revision,
        votes=votes,
        found_now=_found_now(row.query, votes, index),
    )


def _found_now(query: str, votes: tuple[PageVotes, ...], index: SearchIndex | None) -> str:
    """Return the page that answers a query today; one that was called not helpful for it is no answer."""
    if index is None:
        return ""
    result = index.search(query, size=1, facets=False)
    if not result.hits or result.nearest:
        return ""
    page_id = result.hits[0].page.id
    refused = any(vote.page_id == page_id and vote.not_helpful > vote.helpful for vote in votes)
    return "" if refused else page_id
