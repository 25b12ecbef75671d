"""What a record is once it is read: its values and links, its files, the lines of its log, and who does something to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from kb.store import attachments as files
from kb.store.records import RecordRow
from kb.usecases.accounts import Role
from kb.usecases.record_description import COLUMNS, LINKS, Escalation, Move, RecordField, RecordKind
from kb.usecases.record_due import Late
from kb.usecases.record_links import Link
from kb.usecases.register_days import Day
from kb.usecases.register_description import Field


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who does something: the name for the log and the role."""

    name: str
    role: Role

    @property
    def sees_private(self) -> bool:
        """Whether amounts of money are shown to and set by this person."""
        return self.role.contains(Role.PLANNER)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileInfo:
    """What is known of a file of a record."""

    id: str
    name: str
    media_type: str
    size_bytes: int
    digest: str
    added_at: datetime
    added_by: str
    note: str

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            "id": self.id,
            "name": self.name,
            "media_type": self.media_type,
            "size_bytes": self.size_bytes,
            "digest": self.digest,
            "added_at": self.added_at.isoformat(),
            "added_by": self.added_by,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a record's log: changed fields with their JSON values before and after."""

    at: datetime
    who: str
    action: str
    from_state: str
    to_state: str
    note: str
    fields: tuple[tuple[str, object, object], ...]

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            "at": self.at.isoformat(),
            "who": self.who,
            "action": self.action,
            "from_state": self.from_state,
            "to_state": self.to_state,
            "note": self.note,
            "fields": [{"field": name, "before": old, "after": new} for name, old, new in self.fields],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record.

    Args:
        values: Stored values by field; those that only planners see are left out for others, and in lists all but
            those that stand in columns.
        links: What it is about, by field.
        late: Its rows that should be done by now.
        escalation: Before whom it has to be brought by now.
    """

    id: str
    number: str
    kind: RecordKind
    state: str
    is_open: bool
    title: str
    owner: str
    due: date | None
    overdue: bool
    created_at: datetime
    created_by: str
    closed_at: datetime | None
    revision: int
    values: Mapping[str, Any]
    links: Mapping[str, Link]
    late: tuple[Late, ...] = ()
    escalation: Escalation | None = None
    files: tuple[FileInfo, ...] = field(default=())

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        told = {
            one.name: one.kind.json(self.values[one.name])
            for one in self.kind.fields
            if one.name in self.values
        }
        return {
            "id": self.id,
            "number": self.number,
            "kind": self.kind.name,
            "state": self.state,
            "is_open": self.is_open,
            "overdue": self.overdue,
            "created_at": self.created_at.isoformat(),
            "created_by": self.created_by,
            "closed_at": self.closed_at.isoformat() if self.closed_at else None,
            "revision": self.revision,
            "escalation": self.escalation.names[1] if self.escalation else None,
            "late": [{"field": one.field, "row": one.row, "due": one.due.isoformat()} for one in self.late],
            "names": {name: text for name, (_, text) in self.links.items()},
            "values": told,
            "files": [one.json() for one in self.files],
        }

    def moves(self, actor: Actor) -> tuple[Move, ...]:
        """Return where this person may move it now."""
        return tuple(one for one in self.kind.moves_from(self.state) if actor.role.contains(one.needs))


def is_private(one: Field) -> bool:
    """Whether only planners see a field."""
    return isinstance(one, RecordField) and one.private


def stored_value(one: Field, row: RecordRow, links: Mapping[str, Link]) -> Any:
    """Return the stored value of a field of a row; what the kind has gained since has its default."""
    if one.name in LINKS:
        return links[one.name][0] if one.name in links else None
    if one.name in COLUMNS:
        return getattr(row, one.name)
    value = row.values.get(one.name, one.default)
    return date.fromisoformat(value) if isinstance(one.kind, Day) and value else value


def file_info(row: files.AttachmentRow) -> FileInfo:
    """Return what is known of a file."""
    return FileInfo(
        id=row.id,
        name=row.name,
        media_type=row.media_type,
        size_bytes=row.size_bytes,
        digest=row.digest,
        added_at=row.added_at.astimezone(UTC),
        added_by=row.added_by,
        note=row.note,
    )
