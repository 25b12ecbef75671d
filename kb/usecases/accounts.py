"""Users, their roles, their logins.

Passwords are kept as argon2id hashes; a login is a random token of which only the SHA-256 is
stored, so a stolen database opens no session and any session can be ended (spec: reliability, 6).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kb.errors import BadInput, Conflict, Fault, NotAllowed, NotFound
from kb.store import Store
from kb.store import accounts as rows

PASSWORD_LENGTH = range(10, 201)
NAME_LENGTH = range(1, 81)
FAILURES_ALLOWED = 5
FAILURE_WINDOW = timedelta(minutes=15)
"""After five failures within fifteen minutes a name or an address waits (OWASP authentication guidance: throttle)."""

_HASHER = PasswordHasher()
# Verified when the name is unknown, so that the answer takes as long as for a known one.
_DUMMY_HASH = _HASHER.hash("no user has this password")


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
) -> User:
    """Add a user.

    Raises:
        BadInput: The name or the password breaks a rule.
        Conflict: The name is taken.
    """
    name = name.strip()
    faults = []
    if len(name) not in NAME_LENGTH:
        faults.append(Fault(where="name", what=f"has {len(name)} characters", repair="use 1 to 80"))
    if any(character < " " for character in name):
        faults.append(Fault(where="name", what="has a control character", repair="use letters and digits"))
    faults += _password_faults(name, password)
    if faults:
        raise BadInput("the user was not added", faults)
    with store.writing() as session:
        if rows.user_named(session, name) is not None:
            raise Conflict(f"a user named {name!r} exists already")
        row = rows.add_user(
            session, id=id, name=name, role=role.value, password_hash=_HASHER.hash(password), created_at=now
        )
        return _user(row)


def set_password(store: Store, *, name: str, password: str) -> None:
    """Give a user another password and end all of the user's logins.

    Raises:
        NotFound: There is no such user.
        BadInput: The password breaks a rule.
    """
    faults = _password_faults(name, password)
    if faults:
        raise BadInput("the password was not changed", faults)
    with store.writing() as session:
        row = rows.user_named(session, name)
        if row is None:
            raise NotFound("user", name)
        row.password_hash = _HASHER.hash(password)
        rows.end_sessions_of(session, row.id)


def remove_user(store: Store, *, name: str) -> None:
    """Remove a user and the user's logins; what the user did stays in the audit trail.

    Raises:
        NotFound: There is no such user.
    """
    with store.writing() as session:
        row = rows.user_named(session, name)
        if row is None:
            raise NotFound("user", name)
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
    with store.reading() as session:
        failures = rows.failures_since(session, name=name, address=address, since=now - FAILURE_WINDOW)
        row = rows.user_named(session, name)
        user_id, stored = (row.id, row.password_hash) if row else ("", _DUMMY_HASH)
    if failures >= FAILURES_ALLOWED:
        raise NotAllowed(f"too many failed logins; wait {FAILURE_WINDOW.seconds // 60} minutes")
    right = _matches(stored, password) and bool(user_id)
    secret = token()
    with store.writing() as session:
        if right:
            rows.forget_failures(session, name=name)
            rows.end_expired_sessions(session, now=now)
            rows.add_session(
                session,
                token_hash=_token_hash(secret),
                user_id=user_id,
                created_at=now,
                expires_at=now + lasts,
            )
        else:
            rows.record_failure(session, name=name, address=address, at=now)
    if not right:
        raise NotAllowed("the name or the password is wrong")
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


def _user(row: rows.UserRow) -> User:
    return User(id=row.id, name=row.name, role=Role(row.role))
