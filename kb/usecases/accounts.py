"""Users, their roles, their logins.

Passwords are kept as argon2id hashes; a login is a random token of which only the SHA-256 is
stored, so a stolen database opens no session and any session can be ended (spec: reliability, 6).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kb.errors import BadInput, Conflict, Fault, NotAllowed, NotFound
from kb.store import Store
from kb.store import accounts as rows
from kb.store.register import Change, Session, record

AUDITED = "users"
"""Their kind in the audit trail."""
AT_THE_MACHINE = "command line"
"""Who changes users where nobody says otherwise: only the command line does."""

PASSWORD_LENGTH = range(10, 201)
NAME_LENGTH = range(1, 81)
FAILURES_OF_A_NAME = 5
FAILURES_FROM_AN_ADDRESS = 20
FAILURE_WINDOW = timedelta(minutes=15)
"""After so many failures within fifteen minutes a name or an address waits (OWASP authentication guidance:
throttle). An address gets more, because a workshop behind one router mistypes together."""

_HASHER = PasswordHasher()


@cache
def _hash_of_nobody() -> str:
    """Return a hash to verify when the name is unknown, so that the answer takes as long as for a known one."""
    return _HASHER.hash("no user has this password")


class Role(StrEnum):
    """Roles from least to most; each contains those before it."""

    ENGINEER = "engineer"
    EDITOR = "editor"
    PLANNER = "planner"
    ADMIN = "admin"

    def contains(self, other: "Role") -> bool:
        """Whether this role may do all that `other` may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person who may log in."""

    id: str
    name: str
    role: Role


def any_user_exists(store: Store) -> bool:
    """Whether the service is guarded by logins."""
    with store.reading() as session:
        return rows.any_user(session)


def users(store: Store) -> tuple[User, ...]:
    """Return all users by name."""
    with store.reading() as session:
        return tuple(_user(row) for row in rows.all_users(session))


def add_user(
    store: Store,
    *,
    name: str,
    password: str,
    role: Role,
    id: str,
    now: datetime,
    who: str = AT_THE_MACHINE,
) -> User:
    """Add a user; `who` stands in the audit trail.

    Raises:
        BadInput: The name or the password breaks a rule.
        Conflict: The name is taken.
    """
    name = name.strip()
    faults = []
    if len(name) not in NAME_LENGTH:
        faults.append(Fault(where="name", what=f"has {len(name)} characters", repair="use 1 to 80"))
    if not name.isprintable():
        faults.append(
            Fault(where="name", what="has a character that does not print", repair="use letters and digits")
        )
    faults += _password_faults(name, password)
    if faults:
        raise BadInput("the user was not added", faults)
    with store.writing() as session:
        # Names that differ in case only look like one person in the audit trail.
        taken = [row.name for row in rows.all_users(session) if row.name.casefold() == name.casefold()]
        if taken:
            raise Conflict(f"a user named {taken[0]!r} exists already")
        row = rows.add_user(
            session, id=id, name=name, role=role.value, password_hash=_HASHER.hash(password), created_at=now
        )
        _record(session, row, "create", None, {"name": row.name, "role": row.role}, who, now)
        return _user(row)


def set_password(store: Store, *, name: str, password: str, now: datetime, who: str = AT_THE_MACHINE) -> None:
    """Give a user another password and end all of the user's logins.

    Raises:
        NotFound: There is no such user.
        BadInput: The password breaks a rule.
    """
    name = name.strip()
    faults = _password_faults(name, password)
    if faults:
        raise BadInput("the password was not changed", faults)
    with store.writing() as session:
        row = _row_named(session, name)
        row.password_hash = _HASHER.hash(password)
        rows.end_sessions_of(session, row.id)
        _record(session, row, "password", None, None, who, now)


def set_role(store: Store, *, name: str, role: Role, now: datetime, who: str = AT_THE_MACHINE) -> User:
    """Give a user another role; it holds from the user's next request on, logins stay.

    Raises:
        NotFound: There is no such user.
    """
    with store.writing() as session:
        row = _row_named(session, name.strip())
        before = row.role
        row.role = role.value
        if before != row.role:
            _record(session, row, "update", {"role": before}, {"role": row.role}, who, now)
        return _user(row)


def remove_user(
    store: Store, *, name: str, now: datetime, even_the_last: bool = False, who: str = AT_THE_MACHINE
) -> None:
    """Remove a user and the user's logins; what the user did stays in the audit trail.

    Args:
        store: The database.
        name: The user's name.
        now: The present instant.
        even_the_last: Whether the only user may go. Without users nobody is asked to log in, so a service that
            other machines reach must be stopped first.
        who: Stands in the audit trail.

    Raises:
        NotFound: There is no such user.
        Conflict: It is the only user, and `even_the_last` is not set.
    """
    name = name.strip()
    with store.writing() as session:
        row = _row_named(session, name)
        if len(rows.all_users(session)) == 1 and not even_the_last:
            raise Conflict(
                f"{name!r} is the only user; without users nobody is asked to log in. Stop the service, then "
                "remove the user with --last"
            )
        _record(session, row, "delete", {"name": row.name, "role": row.role}, None, who, now)
        rows.remove_user(session, row)


def log_in(
    store: Store,
    *,
    name: str,
    password: str,
    address: str,
    now: datetime,
    lasts: timedelta,
    token: Callable[[], str],
) -> str:
    """Return a fresh session token for the right name and password.

    An attempt counts as refused before the password is looked at, in one transaction with the count, so that
    many attempts at once get no further than one after the other.

    Args:
        store: The database.
        name: The user's name as typed.
        password: The password as typed.
        address: Where the attempt comes from, for throttling.
        now: The present instant, aware.
        lasts: How long the login holds.
        token: Makes a fresh random secret.

    Raises:
        NotAllowed: Name or password is wrong, or there were too many failures of late.
    """
    name = name.strip()
    # A name that no user can have is not handed to the database, which may refuse its characters.
    known = name if name.isprintable() and len(name) in NAME_LENGTH else ""
    since = now - FAILURE_WINDOW
    with store.writing() as session:
        rows.forget_failures_before(session, since)
        if (
            rows.failures_of_name(session, known, since=since) >= FAILURES_OF_A_NAME
            or rows.failures_from_address(session, address[:64], since=since) >= FAILURES_FROM_AN_ADDRESS
        ):
            raise NotAllowed(f"too many failed logins; wait {FAILURE_WINDOW.seconds // 60} minutes")
        rows.record_failure(session, name=known, address=address, at=now)
        row = rows.user_named(session, known)
        user_id, stored = (row.id, row.password_hash) if row else ("", _hash_of_nobody())
    if not _matches(stored, password) or not user_id:
        raise NotAllowed("the name or the password is wrong")
    secret = token()
    with store.writing() as session:
        rows.forget_failures(session, name=known)
        rows.end_expired_sessions(session, now=now)
        if rows.user_named(session, known) is None:
            raise NotAllowed("the name or the password is wrong")  # removed while the password was checked
        rows.add_session(
            session,
            token_hash=_token_hash(secret),
            user_id=user_id,
            created_at=now,
            expires_at=now + lasts,
        )
    return secret


def log_out(store: Store, token: str) -> None:
    """End the login that `token` stands for; nothing happens where there is none."""
    with store.writing() as session:
        rows.end_session(session, token_hash=_token_hash(token))


def user_of_token(store: Store, token: str, *, now: datetime) -> User | None:
    """Return the user whose login `token` stands for, or None where it has ended or never was."""
    with store.reading() as session:
        row = rows.user_of_session(session, token_hash=_token_hash(token), now=now)
        return _user(row) if row is not None else None


def _password_faults(name: str, password: str) -> list[Fault]:
    faults = []
    if len(password) not in PASSWORD_LENGTH:
        faults.append(Fault(where="password", what=f"has {len(password)} characters", repair="use 10 to 200"))
    elif password.casefold() == name.casefold() or len(set(password)) < 4:
        faults.append(Fault(where="password", what="is easy to guess", repair="use a longer phrase"))
    return faults


def _matches(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _row_named(session: rows.Session, name: str) -> rows.UserRow:
    row = rows.user_named(session, name)
    if row is None:
        raise NotFound("user", name)
    return row


def _record(
    session: Session,
    row: rows.UserRow,
    action: str,
    before: dict[str, object] | None,
    after: dict[str, object] | None,
    who: str,
    now: datetime,
) -> None:
    entry = Change(at=now, who=who, action=action, kind=AUDITED, thing_id=row.id, before=before, after=after)
    record(session, [entry])


def _user(row: rows.UserRow) -> User:
    return User(id=row.id, name=row.name, role=Role(row.role))
