"""Rows of users, their logins, and the logins that were refused."""

from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, delete, func, select

from kb.store.tables import LoginFailureRow, UserRow, UserSessionRow

__all__ = ["Session", "UserRow"]


def any_user(session: Session) -> bool:
    """Whether there is a user."""
    return session.exec(select(UserRow.id).limit(1)).first() is not None


def all_users(session: Session) -> list[UserRow]:
    """Return all users by name."""
    return list(session.exec(select(UserRow).order_by(UserRow.name)))


def user_named(session: Session, name: str) -> UserRow | None:
    """Return the user with this name."""
    return session.exec(select(UserRow).where(UserRow.name == name)).first()


def add_user(
    session: Session,
    *,
    id: str,
    name: str,
    role: str,
    password_hash: str,
    created_at: datetime,
) -> UserRow:
    """Add a user and return the row."""
    row = UserRow(id=id, name=name, role=role, password_hash=password_hash, created_at=created_at)
    session.add(row)
    session.flush()
    return row


def remove_user(session: Session, row: UserRow) -> None:
    """Remove a user with the user's logins."""
    end_sessions_of(session, row.id)
    session.delete(row)


def add_session(
    session: Session, *, token_hash: str, user_id: str, created_at: datetime, expires_at: datetime
) -> None:
    """Keep a login."""
    session.add(
        UserSessionRow(token_hash=token_hash, user_id=user_id, created_at=created_at, expires_at=expires_at)
    )


def user_of_session(session: Session, *, token_hash: str, now: datetime) -> UserRow | None:
    """Return the user of a login that still holds."""
    return session.exec(
        select(UserRow)
        .join(UserSessionRow, col(UserSessionRow.user_id) == col(UserRow.id))
        .where(UserSessionRow.token_hash == token_hash, col(UserSessionRow.expires_at) > now)
    ).first()


def end_session(session: Session, *, token_hash: str) -> None:
    """End one login."""
    session.exec(delete(UserSessionRow).where(col(UserSessionRow.token_hash) == token_hash))


def end_sessions_of(session: Session, user_id: str) -> None:
    """End all logins of a user."""
    session.exec(delete(UserSessionRow).where(col(UserSessionRow.user_id) == user_id))


def end_expired_sessions(session: Session, *, now: datetime) -> None:
    """Remove the logins that hold no longer."""
    session.exec(delete(UserSessionRow).where(col(UserSessionRow.expires_at) <= now))


def failures_of_name(session: Session, name: str, *, since: datetime) -> int:
    """Return how many logins by this name were refused since then."""
    return _count(session, col(LoginFailureRow.name) == name, since)


def failures_from_address(session: Session, address: str, *, since: datetime) -> int:
    """Return how many logins from this address were refused since then, by whatever name."""
    return _count(session, col(LoginFailureRow.address) == address, since)


def _count(session: Session, same: ColumnElement[bool], since: datetime) -> int:
    query = select(func.count()).select_from(LoginFailureRow).where(same, col(LoginFailureRow.at) >= since)
    return session.exec(query).one()


def record_failure(session: Session, *, name: str, address: str, at: datetime) -> None:
    """Keep a refused login."""
    session.add(LoginFailureRow(name=name[:80], address=address[:64], at=at))


def forget_failures_before(session: Session, before: datetime) -> None:
    """Forget the refused logins of that time and earlier ones, so that guessing does not fill the database."""
    session.exec(delete(LoginFailureRow).where(col(LoginFailureRow.at) < before))


def forget_failures(session: Session, *, name: str) -> None:
    """Forget the refused logins of a name that has now been right."""
    session.exec(delete(LoginFailureRow).where(col(LoginFailureRow.name) == name))
