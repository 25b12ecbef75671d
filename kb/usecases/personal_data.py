"""The personal data of one customer: handed out whole, and erased where people ask for it, with the statistics kept.

Erasing replaces names, telephone numbers and addresses of contacts wherever they stand in what belongs to the customer:
in fields, in free text, in logs and in the audit trail; and in drafts, queries and notes, to which no key leads. That it
was done is itself on the trail, without the data.
"""

import csv
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any

from kb.errors import Fault, NotAllowed, NotFound, Unconfirmed
from kb.store import Store, register
from kb.store import attachments as files
from kb.store import drafts as draft_rows
from kb.store import personal_data as rows
from kb.store import personal_loose as loose
from kb.store.register import Change, Session
from kb.usecases.accounts import Role
from kb.usecases.personal_words import (
    ERASED,
    belonging_pattern,
    loose_pattern,
    own_pattern,
    speaks_of,
)
from kb.usecases.record_nouns import Actor

PERSONAL: dict[str, tuple[str, ...]] = {
    "customers": ("contact", "phone"),
    "sites": ("contact", "phone", "address"),
    "fault_reports": ("contact", "phone"),
}
"""Columns that are personal data by themselves."""
PERSONAL_VALUES = ("complainant", "phone", "talked_to", "contact", "accepted_by", "asked_by", "signed_by")
"""Keys of JSON values that are: of records, reports and work orders."""
MOST_MORE = 200
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What erasing came to: changed places by table, and files whose content was dropped."""

    places: dict[str, int]
    files: int

    @property
    def total(self) -> int:
        """All places."""
        return sum(self.places.values())


def export_customer(store: Store, code: str, *, actor: Actor) -> bytes:
    """Return everything about a customer as a zip: `data.json`, a csv for each table, and the files.

    Drafts, queries and notes are among it where they name the customer, its persons or its machines; a person looks
    through them before they are handed out, since another customer may have a person of the same name.

    Raises:
        NotFound: There is no such customer.
        NotAllowed: The role planner is needed.
    """
    if not actor.role.contains(Role.PLANNER):
        raise NotAllowed("exporting a customer's data needs the role planner")
    buffer = io.BytesIO()
    with store.reading() as session, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        own = rows.customer_rows(session, _customer_id(session, code))
        found = _with_loose(own, _loose(session, own, loose_pattern(_known(own))))
        plain = {name: [_plain(row) for row in some] for name, some in found.items()}
        _put(archive, "data.json", json.dumps(plain, ensure_ascii=False, indent=1).encode())
        for name, some in plain.items():
            _put(archive, f"csv/{name}.csv", _csv(some))
        for row in found.get("attachments", ()):
            content = files.blob(session, row["digest"])
            if content is not None and not row["removed"]:
                ending = PurePosixPath(row["name"]).suffix[:10]
                _put(archive, f"files/{row['id']}{ending}", content)
        for row in found.get("draft_photos", ()):
            photo = draft_rows.photo_row(session, row["draft_id"], row["position"])
            if photo is not None:
                ending = photo.media_type.rpartition("/")[2]
                _put(archive, f"files/draft-{row['draft_id']}-{row['position']}.{ending}", photo.content)
    return buffer.getvalue()


def erase_customer(
    store: Store,
    code: str,
    *,
    confirm: str,
    more: Sequence[str] = (),
    with_files: bool = False,
    actor: Actor,
    now: datetime,
) -> Erased:
    """Erase the personal data of a customer and return what was changed; the customer's name and figures stay.

    Args:
        store: The database.
        code: The customer's code.
        confirm: The same code again, typed by the person who means it.
        more: Further names and numbers to be replaced, such as those that were told in a call only.
        with_files: Whether the contents of the customer's files go too.
        actor: Who does it.
        now: The present instant.

    Raises:
        NotFound: There is no such customer.
        NotAllowed: The role admin is needed.
        Unconfirmed: `confirm` is not the code.
    """
    if not actor.role.contains(Role.ADMIN):
        raise NotAllowed("erasing personal data needs the role admin")
    with store.writing() as session:
        customer_id = _customer_id(session, code)
        if confirm != code:
            fault = Fault(
                where="confirm", what="is not the code of this customer", repair="type it to confirm"
            )
            raise Unconfirmed("nothing was erased", [fault])
        own = rows.customer_rows(session, customer_id)
        said = [*_known(own), *more[:MOST_MORE]]
        strict, careful = own_pattern(said), loose_pattern(said)

        def replaced(table: str, column: str, value: Any) -> Any:
            if column in PERSONAL.get(table, ()):
                return ERASED if value else value
            return _erased(value, strict)

        free = _loose(session, own, careful)
        places = Counter(rows.replace_texts(session, own, replaced))
        places.update(rows.replace_texts(session, free, lambda table, column, value: _erased(value, careful)))
        drafts = [row["id"] for row in free.get("drafts", ())]
        dropped = 0
        if with_files:
            dropped = _drop_files(session, own) + loose.remove_draft_photos(session, drafts)
        after = {"places": places.total(), "tables": dict(places), "files": dropped, "drafts": drafts}
        entry = Change(
            at=now,
            who=actor.name,
            action="erase",
            kind="customers",
            thing_id=customer_id,
            before=None,
            after=after,
        )
        register.record(session, [entry])
    return Erased(places=dict(places), files=dropped)


def _customer_id(session: Session, code: str) -> str:
    row = register.first_with(session, "customers", "code", code) if "\0" not in code else None
    if row is None:
        raise NotFound("customer", code[:64])
    return str(row["id"])


def _loose(session: Session, own: rows.Rows, persons: re.Pattern[str] | None) -> rows.Rows:
    """Return what no key leads to: that names the customer, came of its orders, or was cleared for it before."""
    names = [str(row["name"]) for row in own["customers"]]
    codes = [
        str(row[column]) for row in own.get("equipment", ()) for column in ("serial", "tag") if row[column]
    ]
    patterns = [persons, belonging_pattern(names, codes)]
    drafts = {str(row["body"].get("draft_id")) for row in own.get("work_orders", ())}
    for row in own.get("audit", ()):
        if row["action"] == "erase" and row["kind"] == "customers":
            drafts.update(row["after"].get("drafts", ()))
    seen = {str(row["id"]) for row in own.get("audit", ())}

    def has(table: str, key: str, texts: Mapping[str, Any]) -> bool:
        if table == "audit" and key in seen:
            return False
        return (table == "drafts" and key in drafts) or speaks_of(texts, patterns)

    return loose.loose_rows(session, has)


def _with_loose(own: rows.Rows, free: rows.Rows) -> rows.Rows:
    return {name: [*own.get(name, ()), *free.get(name, ())] for name in (*own, *(free.keys() - own.keys()))}


def _known(found: rows.Rows) -> Iterator[str]:
    """Yield the personal data that the customer's own fields hold, also as they were before by the audit trail."""
    for table, columns in PERSONAL.items():
        for row in found.get(table, ()):
            yield from (str(row[column]) for column in columns if row[column])
    for table, some in found.items():
        for row in some:
            for column in ("values", "body", "before", "after"):
                yield from _values_in(row.get(column), by_table=table)


def _values_in(value: object, *, by_table: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, one in value.items():
            personal = name in PERSONAL_VALUES or (by_table in {"audit", "records"} and name == "address")
            if personal and isinstance(one, str) and one:
                yield one
            else:
                yield from _values_in(one, by_table=by_table)
    elif isinstance(value, list):
        for one in value:
            yield from _values_in(one, by_table=by_table)


def _erased(value: Any, pattern: re.Pattern[str] | None) -> Any:
    if isinstance(value, str):
        return pattern.sub(ERASED, value) if pattern else value
    if isinstance(value, dict):
        return {
            name: ERASED
            if name in PERSONAL_VALUES and isinstance(one, str) and one
            else _erased(one, pattern)
            for name, one in value.items()
        }
    if isinstance(value, list):
        return [_erased(one, pattern) for one in value]
    return value


def _drop_files(session: Session, found: rows.Rows) -> int:
    count = 0
    for row in found.get("attachments", ()):
        kept = files.attachment_row(session, row["id"])
        if kept is not None:
            files.remove_attachment(session, kept)
            count += 1
    return count


def _plain(row: Any) -> dict[str, object]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in row.items()
        if not isinstance(value, bytes)
    }


def _csv(some: Sequence[dict[str, object]]) -> bytes:
    text = io.StringIO()
    names = list(some[0])
    writer = csv.writer(text)
    writer.writerow(names)
    for row in some:
        writer.writerow([_cell(row[name]) for name in names])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA_STARTS) else text


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    # Fixed time and mode: the same data is the same file.
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, content)
