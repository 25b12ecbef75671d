"""Rows of price books and of maintenance proposals; an old price book stays, as proposals were worked out with it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Index, func
from sqlmodel import Field, Session, SQLModel, col, select

from kb.store.columns import JsonText, UtcDateTime
from kb.store.tables import CustomerRow, SiteRow


class PriceBookRow(SQLModel, table=True):
    """A price book as it was written; the newest one is in force."""

    __tablename__ = "price_books"
    id: str = Field(primary_key=True, max_length=64)
    number: int = Field(unique=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str = Field(max_length=80)
    note: str = Field(default="", max_length=300)
    body: Any = Field(default_factory=dict, sa_type=JsonText)


class MaintenanceProposalRow(SQLModel, table=True):
    """A proposal: what was asked for, the facts it was worked out from, and where it stands."""

    __tablename__ = "maintenance_proposals"
    __table_args__ = (
        Index("ix_maintenance_proposals_created_id", "created_at", "id"),
        Index("ix_maintenance_proposals_state_created", "state", "created_at", "id"),
    )
    id: str = Field(primary_key=True, max_length=64)
    number: str = Field(unique=True, max_length=40)
    site_id: str = Field(foreign_key="sites.id", index=True)
    price_book_id: str = Field(foreign_key="price_books.id")
    state: str = Field(index=True, max_length=20)
    language: str = Field(max_length=10)
    valid_until: date = Field()
    created_at: datetime = Field(sa_type=UtcDateTime, index=True)
    created_by: str = Field(max_length=80)
    contract_id: str | None = Field(default=None, foreign_key="contracts.id")
    revision: int = Field(default=1)
    wishes: Any = Field(default_factory=dict, sa_type=JsonText)
    facts: Any = Field(default_factory=dict, sa_type=JsonText)


def newest_price_book(session: Session) -> PriceBookRow | None:
    """Return the price book in force."""
    return session.exec(select(PriceBookRow).order_by(col(PriceBookRow.number).desc()).limit(1)).first()


def price_book_row(session: Session, id: str) -> PriceBookRow | None:
    """Return a price book."""
    return session.get(PriceBookRow, id)


def proposal_row(session: Session, handle: str) -> MaintenanceProposalRow | None:
    """Return a proposal by its id or its number."""
    found = session.get(MaintenanceProposalRow, handle)
    return (
        found
        or session.exec(select(MaintenanceProposalRow).where(MaintenanceProposalRow.number == handle)).first()
    )


def proposal_conditions(*, state: str = "", site_id: str = "") -> list[ColumnElement[bool]]:
    """Return the conditions of a selection; what is empty selects nothing out."""
    wanted = {MaintenanceProposalRow.state: state, MaintenanceProposalRow.site_id: site_id}
    return [col(column) == value for column, value in wanted.items() if value]


def proposal_rows(
    session: Session, conditions: Sequence[ColumnElement[bool]], *, first: int, size: int
) -> list[MaintenanceProposalRow]:
    """Return proposals, the newest first."""
    query = (
        select(MaintenanceProposalRow)
        .where(*conditions)
        .order_by(col(MaintenanceProposalRow.created_at).desc(), col(MaintenanceProposalRow.id))
        .offset(first)
        .limit(size)
    )
    return list(session.exec(query))


def count_proposals(session: Session, conditions: Sequence[ColumnElement[bool]]) -> int:
    """Return how many proposals meet all conditions."""
    return session.exec(select(func.count()).select_from(MaintenanceProposalRow).where(*conditions)).one()


def sites_with_customers(session: Session) -> list[tuple[str, str, str]]:
    """Return id, name and customer's name of the sites in use."""
    query = (
        select(SiteRow.id, SiteRow.name, CustomerRow.name)
        .join(CustomerRow, col(CustomerRow.id) == col(SiteRow.customer_id))
        .where(col(SiteRow.retired).is_(False))
    )
    return list(session.exec(query))
