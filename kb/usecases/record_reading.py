"""Records as they are kept: one of them, a page of them, how many wait, and how one came to be as it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from kb.errors import BadQuery, NotFound
from kb.store import Store
from kb.store import attachments as files
from kb.store import records as rows
from kb.store.records import RecordRow, RecordSelection, Session
from kb.store.work_orders import order_row
from kb.usecases.record_description import LINKS, RecordField, RecordKind
from kb.usecases.record_due import escalation_of, late_rows
from kb.usecases.record_kinds import KINDS, kind_named
from kb.usecases.record_links import Link, id_of_code, links_of
from kb.usecases.record_nouns import Actor, Entry, Record, file_info, is_private, stored_value
from kb.usecases.register_kinds import Wording

PAGE_SIZES = range(1, 501)
DEEPEST = 1_000_000
MOST_OWNERS = 200
DUE = ("overdue", "week", "open", "closed")
"""What a list may be narrowed to: late, due in this week, not closed, closed."""
RECORDS = "records"
"""The kind under which files of records are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordQuery:
    """Which records a list shows; what is empty selects nothing out.

    Args:
        due: One of `DUE`.
        customer, site, equipment: Codes.
        first_day, last_day: Days on which it was made, both included.
    """

    kind: str = ""
    state: str = ""
    owner: str = ""
    due: str = ""
    text: str = ""
    customer: str = ""
    site: str = ""
    equipment: str = ""
    visit: str = ""
    order: str = ""
    about: str = ""
    first_day: date | None = None
    last_day: date | None = None
    page: int = 1
    size: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage:
    """One page of records."""

    items: tuple[Record, ...]
    page: int
    size: int
    total: int

    @property
    def last(self) -> int:
        """The number of the last page, at least 1."""
        return max(-(-self.total // self.size), 1)


def record_list(store: Store, query: RecordQuery, *, wording: Wording, now: datetime) -> RecordPage:
    """Return a page of records, the newest first; where days matter, those due first.

    Raises:
        NotFound: No kind, or nothing of the register, has the code.
        BadQuery: The page cannot be given.
    """
    if query.size not in PAGE_SIZES or query.page < 1 or query.page * query.size > DEEPEST:
        raise BadQuery(f"page {query.page} of size {query.size}: pages count from 1, sizes go from 1 to 500")
    with store.reading() as session:
        wanted = selection(session, query, now)
        first = (query.page - 1) * query.size
        if wanted.text:
            found, total = rows.found_by_text(session, wanted, first=first, size=query.size)
        else:
            total = rows.count_records(session, wanted)
            found = rows.record_rows(session, wanted, first=first, size=query.size)
        links = links_of(session, found, wording)
        items = tuple(_listed(row, links[row.id], now) for row in found)
    return RecordPage(items=items, page=query.page, size=query.size, total=total)


def _order_id(session: Session, handle: str) -> str:
    """Return the id of a work order by its id or number; what is none selects nothing."""
    order = order_row(session, handle) if handle and "\0" not in handle else None
    return handle if order is None else order.id


def selection(session: Session, query: RecordQuery, now: datetime) -> RecordSelection:
    """Return what a query selects.

    Raises:
        NotFound: No kind, or nothing of the register, has the code.
        BadQuery: The state is none of the kind's, or what is due cannot be understood.
    """
    kind = kind_named(query.kind) if query.kind else None
    states = {one.code for each in ([kind] if kind else KINDS.values()) for one in each.states}
    if query.state and query.state not in states:
        raise BadQuery(f"state is {query.state[:40]!r}; it must be one of {', '.join(sorted(states))}")
    if query.due not in {"", *DUE}:
        raise BadQuery(f"due is {query.due[:40]!r}; it must be one of {', '.join(DUE)}")
    ids = {}
    for name, table, code in (
        ("customer", "customers", query.customer),
        ("site", "sites", query.site),
        ("equipment", "equipment", query.equipment),
    ):
        ids[name] = ""
        if code:
            id = id_of_code(session, code, table)
            if id is None:
                raise NotFound(name, code[:64])
            ids[name] = id
    about = rows.record_row(session, query.about) if query.about else None
    if query.about and about is None:
        raise NotFound("record", query.about[:64])
    today, zone = now.date(), now.tzinfo
    monday = today - timedelta(days=today.weekday())

    def instant(day: date | None, days: int = 0) -> datetime | None:
        return datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(days=days) if day else None

    return RecordSelection(
        kind=query.kind,
        states=(query.state,) if query.state else (),
        is_open={"open": True, "closed": False}.get(query.due),
        owner=query.owner,
        customer_id=ids["customer"],
        site_id=ids["site"],
        equipment_id=ids["equipment"],
        visit_key=query.visit,
        order_id=_order_id(session, query.order),
        about_id=about.id if about else "",
        text=tuple(query.text.replace("\0", " ").casefold().split())[:8],
        due_from=monday if query.due == "week" else None,
        due_before={"overdue": today, "week": monday + timedelta(days=7)}.get(query.due),
        created_from=instant(query.first_day),
        created_before=instant(query.last_day, 1),
    )


def record_counts(store: Store) -> dict[str, tuple[int, int]]:
    """Return how many records are open, and how many there are at all, by kind."""
    with store.reading() as session:
        counts = rows.record_counts(session)
    return {name: counts.get(name, (0, 0)) for name in KINDS}


def owners_of_open(store: Store) -> tuple[str, ...]:
    """Return who owns open records."""
    with store.reading() as session:
        return tuple(rows.owners(session, MOST_OWNERS))


def record(store: Store, handle: str, *, actor: Actor, wording: Wording, now: datetime) -> Record:
    """Return a record by its number or id.

    Raises:
        NotFound: There is none.
    """
    with store.reading() as session:
        return record_in(session, row_of(session, handle), actor=actor, wording=wording, now=now)


def row_of(session: Session, handle: str) -> RecordRow:
    """Return the row of a record.

    Raises:
        NotFound: There is none.
    """
    row = rows.record_row(session, handle[:64])
    if row is None:
        raise NotFound("record", handle[:64])
    return row


def record_in(session: Session, row: RecordRow, *, actor: Actor, wording: Wording, now: datetime) -> Record:
    """Return the record of a row, as this person may see it."""
    links = links_of(session, [row], wording)[row.id]
    return whole(session, row, links, actor=actor, now=now)


def whole(
    session: Session, row: RecordRow, links: Mapping[str, Link], *, actor: Actor, now: datetime
) -> Record:
    """Return the record of a row with all that belongs to it."""
    listed = _listed(row, links, now)
    kind = listed.kind
    values = {
        one.name: value
        for one, value in ((one, stored_value(one, row, links)) for one in kind.fields)
        if actor.sees_private or not is_private(one)
    }
    found = files.attachment_rows(session, RECORDS, [row.id])
    return Record(
        **{name: getattr(listed, name) for name in _PLAIN},
        links=links,
        values=values,
        late=late_rows(kind, values, now.date()) if row.is_open else (),
        escalation=escalation_of(kind, row.state, row.created_at, now),
        files=tuple(file_info(one) for one in found if not one.removed),
    )


_PLAIN = (
    *("id", "number", "kind", "state", "is_open", "title", "owner", "due", "overdue"),
    *("created_at", "created_by", "closed_at", "revision"),
)


def _listed(row: RecordRow, links: Mapping[str, Link], now: datetime) -> Record:
    return Record(
        id=row.id,
        number=row.number,
        kind=kind_named(row.kind),
        state=row.state,
        is_open=row.is_open,
        title=row.title,
        owner=row.owner,
        due=row.due,
        overdue=row.is_open and row.due is not None and row.due < now.date(),
        created_at=row.created_at.astimezone(now.tzinfo),
        created_by=row.created_by,
        closed_at=row.closed_at.astimezone(now.tzinfo) if row.closed_at else None,
        revision=row.revision,
        values={
            "title": row.title,
            "owner": row.owner,
            "due": row.due,
            **{name: links[name][0] if name in links else None for name in LINKS},
        },
        links=links,
        escalation=escalation_of(kind_named(row.kind), row.state, row.created_at, now)
        if row.is_open
        else None,
    )


def record_history(store: Store, handle: str, *, actor: Actor) -> tuple[Entry, ...]:
    """Return the log of a record, the newest line first.

    Raises:
        NotFound: There is none.
    """
    with store.reading() as session:
        row = row_of(session, handle)
        kind = kind_named(row.kind)
        hidden = set() if actor.sees_private else {one.name for one in kind.fields if is_private(one)}
        return tuple(_entry(one, hidden) for one in reversed(rows.events_of(session, [row.id])))


def _entry(row: rows.RecordEventRow, hidden: set[str]) -> Entry:
    before, after = dict(row.before or {}), dict(row.after or {})
    names = [name for name in {**before, **after} if name not in hidden]
    return Entry(
        at=row.at.astimezone(UTC),
        who=row.who,
        action=row.action,
        from_state=row.from_state,
        to_state=row.to_state,
        note=row.note,
        fields=tuple((name, before.get(name), after.get(name)) for name in names),
    )


def listed_columns(kinds: Sequence[RecordKind]) -> tuple[RecordField, ...]:
    """Return the fields beyond the columns that an export of one kind has; none where kinds are mixed."""
    if len(kinds) != 1:
        return ()
    return tuple(one for one in kinds[0].own_fields if isinstance(one, RecordField))
