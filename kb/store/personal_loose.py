"""Rows in which words of a customer may stand though no key leads there: drafts, queries, votes, notes, reports of jobs."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import LargeBinary, delete, select
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, SQLModel, col

from kb.store.columns import JsonText
from kb.store.drafts import DraftPhotoRow
from kb.store.personal_data import Rows

LOOSE: Mapping[str, tuple[str, ...]] = {
    "drafts": ("body", "note"),
    "search_log": ("query", "note"),
    "page_votes": ("text",),
    "page_work": ("note",),
    "plan_versions": ("note",),
    "plan_proposals": ("request", "body"),
    "jobs": ("request", "result"),
    "audit": ("before", "after"),
}
"""Tables without a way to a customer, with their columns in which people's words stand."""
_AUDITED = ("drafts", "search_log", "page_work", "plan_versions", "plan_proposals")
"""Kinds of entries of the trail that are looked through; those of the register are found by their thing."""
_CHUNK = 400


def loose_rows(session: Session, has: Callable[[str, str, Mapping[str, Any]], bool]) -> Rows:
    """Return the loose rows that are wanted, and what is known of the photos of such drafts.

    Args:
        session: Any transaction.
        has: Says of a table, a row's key and its texts by column whether the row is wanted.
    """
    found: dict[str, list[Mapping[str, Any]]] = {}
    for name, columns in LOOSE.items():
        table = SQLModel.metadata.tables[name]
        wide = (JsonText, LargeBinary)
        read = [one for one in table.c if one.name in columns or not isinstance(one.type, wide)]
        query = select(*read).execution_options(yield_per=_CHUNK)
        if name == "audit":
            query = query.where(table.c.kind.in_(_AUDITED))
        keys = [column.name for column in table.primary_key]
        for row in session.connection().execute(query).mappings():
            key = " ".join(str(row[one]) for one in keys)
            if has(name, key, {one: row[one] for one in columns}):
                found.setdefault(name, []).append(dict(row))
    photos = list(_photos(session, [row["id"] for row in found.get("drafts", ())]))
    return {**found, "draft_photos": photos} if photos else found


def _photos(session: Session, draft_ids: Collection[str]) -> Iterator[Mapping[str, Any]]:
    table = SQLModel.metadata.tables["draft_photos"]
    read = [one for one in table.c if not _is_content(one.type)]
    ids = list(draft_ids)
    for start in range(0, len(ids), _CHUNK):
        query = select(*read).where(table.c.draft_id.in_(ids[start : start + _CHUNK]))
        ordered = query.order_by(table.c.draft_id, table.c.position)
        yield from (dict(row) for row in session.connection().execute(ordered).mappings())


def _is_content(type_: object) -> bool:
    return isinstance(type_.impl if isinstance(type_, TypeDecorator) else type_, LargeBinary)


def remove_draft_photos(session: Session, draft_ids: Collection[str]) -> int:
    """Remove the photos of drafts and return how many there were."""
    count, ids = 0, list(draft_ids)
    for start in range(0, len(ids), _CHUNK):
        wanted = col(DraftPhotoRow.draft_id).in_(ids[start : start + _CHUNK])
        count += session.connection().execute(delete(DraftPhotoRow).where(wanted)).rowcount
    return count
