"""Rows of the kits (成套工具) that technicians carry to visits and of which a department has only a few."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Field, Session, col, select

from kb.store.columns import JsonText
from kb.store.tables import RegisterRow
from planner.model import Kit


class KitRow(RegisterRow, table=True):
    """A kind of kit; a retired one is not there for planning."""

    __tablename__ = "kits"
    code: str = Field(unique=True, max_length=64)
    name: str = Field(default="", index=True)
    owned: int = Field(default=1)
    holders: Any = Field(default_factory=list, sa_type=JsonText)


def kits_by_code(session: Session, technician_ids: Mapping[str, str]) -> dict[str, Kit]:
    """Return the kits that there are, by code.

    Args:
        session: The open transaction.
        technician_ids: Ids by code; a holder that is none of them stays as it is written and carries nothing.
    """
    rows = session.exec(select(KitRow).where(col(KitRow.retired).is_(False)).order_by(col(KitRow.code)))
    return {
        row.code: Kit(
            id=row.code,
            owned=row.owned,
            holders=frozenset(technician_ids.get(one, one) for one in row.holders or ()),
        )
        for row in rows
    }
