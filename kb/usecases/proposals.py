"""Maintenance proposals: worked out from records, adjusted by hand, approved, sent, accepted, and then a contract."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from kb.content import Library
from kb.errors import BadInput, BadQuery, Conflict, Fault, Message, NotFound
from kb.i18n import Language
from kb.store import Store
from kb.store import proposals as rows
from kb.store.register import columns_by_id, first_with
from kb.store.work_orders import next_number
from kb.usecases.proposal_facts import gather
from kb.usecases.proposal_reading import (
    NEXT,
    Proposal,
    ProposalState,
    note_change,
    proposal_in,
    proposal_of,
    read_wishes,
)

SERIES = "WB"
"""Numbers of proposals begin so (维保)."""
VALID_DAYS = 60
"""How long a proposal holds where nobody says otherwise."""
PAGE_SIZES = range(1, 201)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalPage:
    """A page of proposals, the newest first: each with the names that a list shows."""

    items: tuple[Mapping[str, Any], ...]
    total: int
    page: int
    size: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least 1."""
        return max(1, -(-self.total // self.size))


def propose(
    store: Store,
    library: Library,
    site_id: str,
    raw: Mapping[str, Any],
    *,
    id: str,
    language: Language,
    who: str,
    now: datetime,
) -> Proposal:
    """Work a proposal out for a site and keep it as a draft; the same id again returns what is there.

    Args:
        raw: As `Wishes` describes it.
        id: Made by the caller.
        now: With the house's zone.

    Raises:
        NotFound: No such site is in use.
        BadInput: Every fault of the wishes; or no price book was written yet.
    """
    wishes = read_wishes(raw)
    with store.writing() as session:
        known = rows.proposal_row(session, id)
        if known is not None:
            return proposal_of(session, known)
        book = rows.newest_price_book(session)
        if book is None:
            what = "no price book was written yet"
            raise BadInput(
                "nothing can be proposed", [Fault(where="price book", what=what, repair="write one first")]
            )
        facts = gather(
            session,
            library,
            site_id,
            visits=wishes.visits_per_year,
            start=wishes.start,
            today=now.date(),
            zone=_zone(now),
        )
        row = rows.MaintenanceProposalRow(
            id=id,
            number=f"{SERIES}{now.year}-{next_number(session, f'proposals-{now.year}'):04d}",
            site_id=site_id,
            price_book_id=book.id,
            state=ProposalState.DRAFT,
            language=language,
            valid_until=now.date() + timedelta(days=VALID_DAYS),
            created_at=now,
            created_by=who,
            wishes=wishes.model_dump(mode="json"),
            facts=facts,
        )
        session.add(row)
        session.flush()
        note_change(session, row, "create", who, now, None, {"number": row.number, "site_id": site_id})
        return proposal_of(session, row)


def adjust(
    store: Store,
    library: Library,
    handle: str,
    raw: Mapping[str, Any],
    *,
    revision: int | None,
    valid_until: date | None = None,
    language: Language | None = None,
    refresh: bool = False,
    who: str,
    now: datetime,
) -> Proposal:
    """Change the wishes of a draft and work it out again.

    Args:
        handle: Its id or number.
        raw: The wishes that change; those not named stay.
        revision: The one that was seen; None overwrites whatever is there.
        refresh: Gather the facts again, and take the price book in force. Another number of visits or another
            beginning always does.

    Raises:
        NotFound: There is no such proposal.
        Conflict: It has another revision by now, or is no draft.
        BadInput: Every fault of the wishes.
    """
    with store.writing() as session:
        row, _ = proposal_in(session, handle)
        before = dict(row.wishes)
        wishes = read_wishes({**before, **raw})
        expect_revision(row, revision, dict(raw))
        if row.state != ProposalState.DRAFT:
            raise Conflict(
                Message(
                    "proposal {number} is {state}; take it back to draft to change it",
                    number=row.number,
                    state=Message(row.state),
                )
            )
        if valid_until is not None and valid_until < now.date():
            fault = Fault(
                where="valid_until",
                what=Message("{day} is past", day=valid_until),
                repair="choose a day to come",
            )
            raise BadInput("nothing was changed", [fault])
        after = wishes.model_dump(mode="json")
        again = refresh or any(before.get(name) != after[name] for name in ("visits_per_year", "start"))
        if again:
            row.facts = gather(
                session,
                library,
                row.site_id,
                visits=wishes.visits_per_year,
                start=wishes.start,
                today=now.date(),
                zone=_zone(now),
            )
        if refresh:
            book = rows.newest_price_book(session)
            row.price_book_id = book.id if book else row.price_book_id
        changed = {name: value for name, value in after.items() if before.get(name) != value}
        if changed or again or valid_until or language:
            row.wishes = after
            row.valid_until = valid_until or row.valid_until
            row.language = language or row.language
            row.revision += 1
            session.flush()
            old = {name: before.get(name) for name in changed}
            note_change(session, row, "refresh" if refresh else "update", who, now, old, changed)
        return proposal_of(session, row)


def move_proposal(
    store: Store, handle: str, state: ProposalState, *, revision: int | None, who: str, now: datetime
) -> Proposal:
    """Approve, send, decline a proposal, or take it back; a second click changes nothing.

    Raises:
        NotFound: There is no such proposal.
        Conflict: It has another revision by now, or cannot go there.
        BadInput: Something is missing that only a person can say, or it has run out.
    """
    with store.writing() as session:
        row, _ = proposal_in(session, handle)
        if row.state == state:
            return proposal_of(session, row)
        expect_revision(row, revision, {"state": state})
        if state is ProposalState.ACCEPTED or state not in NEXT[ProposalState(row.state)]:
            raise Conflict(
                Message(
                    "proposal {number} is {state} and cannot become {wished}; it may become {allowed}",
                    number=row.number,
                    state=Message(row.state),
                    wished=Message(state),
                    allowed=_listed(NEXT[ProposalState(row.state)]),
                )
            )
        proposal = proposal_of(session, row)
        if state is ProposalState.APPROVED and proposal.missing:
            raise BadInput(
                "the proposal cannot be approved yet",
                [Fault(where="proposal", what=one, repair="fill it in") for one in proposal.missing],
            )
        if state is ProposalState.SENT:
            refuse_past(proposal, now.date())
        before = row.state
        row.state = state
        row.revision += 1
        session.flush()
        note_change(session, row, "state", who, now, {"state": before}, {"state": state})
        return proposal_of(session, row)


def _listed(states: Sequence[ProposalState]) -> Message:
    """Return states as people read them, parted by commas."""
    if not states:
        return Message("nothing")
    told = Message(states[-1])
    for one in reversed(states[:-1]):
        told = Message("{first}, {rest}", first=Message(one), rest=told)
    return told


def refuse_past(proposal: Proposal, today: date) -> None:
    """Refuse a proposal that has run out.

    Raises:
        BadInput: It has.
    """
    if proposal.valid_until < today:
        what = Message("ran out on {day}", day=proposal.valid_until)
        raise BadInput(
            "the proposal has run out",
            [Fault(where=proposal.number, what=what, repair="take it back to draft and give it another day")],
        )


def proposal(store: Store, handle: str) -> Proposal:
    """Return a proposal by its id or number.

    Raises:
        NotFound: There is none.
    """
    with store.reading() as session:
        return proposal_in(session, handle)[1]


def proposal_list(
    store: Store, *, state: str = "", site_id: str = "", page: int = 1, size: int = 50
) -> ProposalPage:
    """Return a page of proposals, the newest first.

    Raises:
        BadQuery: Page or size are out of bounds, or there is no such state.
    """
    if size not in PAGE_SIZES or page < 1 or (state and state not in list(ProposalState)):
        raise BadQuery(
            f"page {page} of {size}, state {state[:20]!r}: a page counts from 1 and has 1 to {PAGE_SIZES[-1]} proposals; "
            f"states are {', '.join(ProposalState)}"
        )
    with store.reading() as session:
        conditions = rows.proposal_conditions(state=state, site_id=site_id)
        found = rows.proposal_rows(session, conditions, first=(page - 1) * size, size=size)
        sites = columns_by_id(session, "sites", ("name",), [one.site_id for one in found])
        items = tuple(
            {
                "id": one.id,
                "number": one.number,
                "state": one.state,
                "site_id": one.site_id,
                "site": sites[one.site_id][0],
                "customer": one.facts.get("customer", ""),
                "created_at": one.created_at.isoformat(),
                "created_by": one.created_by,
                "valid_until": one.valid_until.isoformat(),
            }
            for one in found
        )
        return ProposalPage(
            items=items, total=rows.count_proposals(session, conditions), page=page, size=size
        )


def sites_to_propose(store: Store) -> tuple[tuple[str, str], ...]:
    """Return id and name of the sites in use, by name, for a person to choose from."""
    with store.reading() as session:
        found = rows.sites_with_customers(session)
    named = ((id, f"{name} · {customer}") for id, name, customer in found)
    return tuple(sorted(named, key=lambda pair: (pair[1], pair[0])))


def site_id_of(store: Store, handle: str) -> str:
    """Return the id of a site by its code or id.

    Raises:
        NotFound: There is no such site.
    """
    with store.reading() as session:
        row = first_with(session, "sites", "code", handle) or first_with(session, "sites", "id", handle)
    if row is None:
        raise NotFound("site", handle[:64])
    return str(row["id"])


def expect_revision(
    row: rows.MaintenanceProposalRow, revision: int | None, yours: Mapping[str, object]
) -> None:
    """Refuse to write over what somebody else wrote.

    Raises:
        Conflict: The proposal has another revision than the one that was seen.
    """
    if revision is not None and revision != row.revision:
        raise Conflict(
            Message(
                "proposal {number} was changed meanwhile: revision {revision} is now {now}",
                number=row.number,
                revision=revision,
                now=row.revision,
            ),
            yours={**yours, "revision": revision},
            theirs={**row.wishes, "state": row.state, "revision": row.revision},
        )


def _zone(now: datetime) -> tzinfo:
    if now.tzinfo is None:
        raise ValueError("now needs a zone")
    return now.tzinfo
