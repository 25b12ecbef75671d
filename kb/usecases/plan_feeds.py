"""A technician's calendar by a secret address, which a phone asks again and again without logging in.

The secret is told once, when the address is made; only its hash is kept. Whoever has the address sees that one
technician's visits and nothing else, until it is revoked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from kb.errors import NotFound
from kb.i18n import Language
from kb.store import Store, register
from kb.store.plan_feeds import CalendarFeedRow, add_feed, feed_row, feed_rows, feed_with
from kb.usecases.plan import latest_plan
from kb.usecases.plan_documents import technician_ics

SECRET_LENGTHS = range(32, 101)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A subscription; the secret itself is not in it."""

    id: str
    technician_id: str
    created: datetime
    created_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFile:
    """What a subscription gives: an ics file and the mark of its content."""

    content: bytes
    mark: str


def make_feed(
    store: Store, technician: str, *, id: str, secret: Callable[[], str], who: str, now: datetime
) -> tuple[Feed, str]:
    """Make a secret address of a technician's calendar; return it with its secret, which is told only now.

    Args:
        store: The database.
        technician: Code or id.
        id: An id that nothing has.
        secret: Makes a fresh secret, URL-safe.
        who: Who makes it.
        now: The present instant.

    Raises:
        NotFound: No technician in use has the code.
    """
    token = secret()
    with store.writing() as session:
        row = register.first_with(session, "technicians", "code", technician) or register.first_with(
            session, "technicians", "id", technician
        )
        if row is None or row["retired"]:
            raise NotFound("technician", technician)
        kept = CalendarFeedRow(
            id=id, technician_id=str(row["id"]), token_hash=hash_of(token), created_at=now, created_by=who
        )
        add_feed(session, kept)
        entry = register.Change(
            at=now,
            who=who,
            action="create",
            kind="calendar_feeds",
            thing_id=id,
            before=None,
            after={"technician": row["code"]},
        )
        register.record(session, [entry])
        return _feed(kept), token


def revoke_feed(store: Store, id: str, *, who: str, now: datetime) -> None:
    """Let a secret address hold no longer; doing it again changes nothing.

    Raises:
        NotFound: There is no such subscription.
    """
    with store.writing() as session:
        row = feed_row(session, id)
        if row is None:
            raise NotFound("calendar subscription", id)
        if row.revoked_at is None:
            row.revoked_at = now
            entry = register.Change(
                at=now, who=who, action="revoke", kind="calendar_feeds", thing_id=id, before=None, after={}
            )
            register.record(session, [entry])


def feeds(store: Store, technician_id: str | None = None) -> tuple[Feed, ...]:
    """Return the subscriptions that hold, of one technician or of all, the newest first."""
    with store.reading() as session:
        return tuple(_feed(row) for row in feed_rows(session, technician_id))


def feed_file(store: Store, secret: str, *, language: Language, time_zone: str, now: datetime) -> FeedFile:
    """Return the calendar of a secret address.

    Raises:
        NotFound: The secret is unknown or revoked, the technician has left, or there is no plan; which one it is
            is not told.
    """
    nothing = NotFound("calendar", "of this address")
    if len(secret) not in SECRET_LENGTHS:
        raise nothing
    with store.reading() as session:
        row = feed_with(session, hash_of(secret))
        technician_id = row.technician_id if row else None
    book = latest_plan(store, zone=now.tzinfo or UTC) if technician_id else None
    if book is None or technician_id is None or technician_id not in book.technicians:
        raise nothing
    content = technician_ics(book, language, time_zone=time_zone, only=technician_id)[technician_id]
    return FeedFile(content=content, mark=sha256(content).hexdigest()[:32])


def hash_of(secret: str) -> str:
    """Return what is kept of a secret; it holds 256 random bits, so a plain hash is enough."""
    return sha256(secret.encode()).hexdigest()


def _feed(row: CalendarFeedRow) -> Feed:
    return Feed(id=row.id, technician_id=row.technician_id, created=row.created_at, created_by=row.created_by)
