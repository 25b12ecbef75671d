"""What a customer signed, as one number: worked out when they sign, printed on the report, and worked out again by whoever doubts.

The digest covers every entry that stood then, in its order and as it was kept, the texts of the report, the name and the picture of
the signature. What is amended afterwards is a further entry, so it leaves the digest as it is.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from kb.errors import BadInput, Fault, Message, NotFound
from kb.store import Store
from kb.store import order_entries as entries
from kb.store import work_orders as rows
from kb.store.attachments import attachment_row, blob
from kb.store.register import Session, columns_by_id
from kb.usecases.work_order_fields import TEXTS
from kb.usecases.work_orders import SIGNED

SHORTEST = 12
"""Hexadecimal digits by which a printed digest is looked up: more than chance could give twice."""
LENGTH = 64
_HEX = re.compile(rf"[0-9a-f]{{{SHORTEST},{LENGTH}}}")


def grouped(digest: str) -> str:
    """Return a digest as it is printed: in groups of eight, so that people can compare and type it."""
    return " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))


def sealed(
    session: Session, row: rows.WorkOrderRow, *, name: str, remark: str, picture: str
) -> dict[str, Any]:
    """Return what is kept of a signature: `digest`, the ids of the entries that it covers, and the texts as they stood.

    Args:
        picture: SHA-256 of the drawn signature.
    """
    covered = [one for one in entries.entry_rows(session, row.id) if one.state == "applied"]
    texts = {one: str(row.body.get(one, "")) for one in TEXTS}
    return {
        "digest": _digest(covered, texts, name=name, remark=remark, picture=picture),
        "covers": [one.id for one in covered],
        "texts": texts,
    }


def _digest(
    covered: Sequence[entries.OrderEntryRow],
    texts: Mapping[str, str],
    *,
    name: str,
    remark: str,
    picture: str,
) -> str:
    chain = [f"{one.id} {one.digest} {_plain(one.body)}" for one in covered]
    whole = [chain, [texts.get(one, "") for one in TEXTS], name, remark, picture]
    return sha256(_plain(whole).encode()).hexdigest()


def _plain(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What became of a digest that somebody read off a report.

    Args:
        digest: As it was asked for, without spaces.
        matches: Whether a signature of the order (of any, where none was named) has it.
        intact: Whether what is kept still gives it: nothing that was signed was changed, lost or erased since.
        signed: The digest of the signature, or of the order's last one where none matches; empty without one.
        newer: Whether the order was signed once more afterwards.
        amended: How many amendments were made after the signature; they stand in the report as such.
    """

    digest: str
    matches: bool
    intact: bool = False
    signed: str = ""
    order_id: str = ""
    order: str = ""
    title: str = ""
    customer: str = ""
    site: str = ""
    signed_by: str = ""
    signed_at: datetime | None = None
    newer: bool = False
    amended: int = 0

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        told: dict[str, object] = {name: getattr(self, name) for name in self.__slots__}
        return {**told, "signed_at": self.signed_at.isoformat() if self.signed_at else None}


def verify(store: Store, digest: str, *, order: str = "") -> Verified:
    """Return which signed document has a digest, and whether what is kept still gives it.

    Args:
        digest: As it is printed; spaces and case do not matter; its first digits do, from `SHORTEST` on.
        order: Number or id of the order that the report says it is of; empty looks through all.

    Raises:
        BadInput: It is no digest, or its digits fit several documents.
        NotFound: There is no such order.
    """
    wanted = "".join(digest.split()).replace("-", "").casefold()
    if not _HEX.fullmatch(wanted):
        repair = Message("give {least} to {most} digits 0-9 and a-f", least=SHORTEST, most=LENGTH)
        what = Message("{value!r} is no digest", value=digest[:80])
        raise BadInput("nothing was verified", [Fault(where="digest", what=what, repair=repair)])
    with store.reading() as session:
        row = None
        if order.strip():
            row = rows.order_row(session, order.strip()) if "\0" not in order else None
            if row is None:
                raise NotFound("work order", order[:64])
        found = entries.signatures_with(session, wanted, order_id=row.id if row else None)
        if len({one.signed_digest for one in found}) > 1:
            what = Message("fits {count} documents", count=len(found))
            raise BadInput(
                "nothing was verified", [Fault(where="digest", what=what, repair="give all of its digits")]
            )
        if found:
            return _told(session, found[-1], wanted, matches=True)
        last = entries.last_signature(session, row.id) if row else None
        if last is not None:
            return _told(session, last, wanted, matches=False)
        return Verified(
            digest=wanted, matches=False, order=row.number if row else "", order_id=row.id if row else ""
        )


def _told(session: Session, signature: entries.OrderEntryRow, wanted: str, *, matches: bool) -> Verified:
    row = rows.order_row(session, signature.work_order_id)
    if row is None:
        raise NotFound("work order", signature.work_order_id)
    (site, customer_id) = columns_by_id(session, "sites", ("name", "customer_id"), [row.site_id])[row.site_id]
    customer = columns_by_id(session, "customers", ("name",), [customer_id])[customer_id][0]
    kept = entries.entry_rows(session, row.id)
    later = [one for one in kept if one.position > signature.position]
    return Verified(
        digest=wanted,
        matches=matches,
        intact=_again(session, signature, kept) == signature.signed_digest,
        signed=signature.signed_digest,
        order_id=row.id,
        order=row.number,
        title=row.title,
        customer=str(customer),
        site=str(site),
        signed_by=str(signature.body.get("name", "")),
        signed_at=signature.at,
        newer=row.body.get(SIGNED) != signature.id,
        amended=sum(1 for one in later if one.amends and one.state == "applied"),
    )


def _again(
    session: Session, signature: entries.OrderEntryRow, kept: Sequence[entries.OrderEntryRow]
) -> str | None:
    """Work a digest out once more from what is kept; None where something that it covers is gone."""
    body = signature.body
    by_id = {one.id: one for one in kept}
    ids = body.get("covers")
    file = attachment_row(session, str(body.get("file", "")))
    content = blob(session, file.digest) if file is not None else None
    if ids is None or content is None or any(one not in by_id for one in ids):
        return None
    return _digest(
        [by_id[one] for one in ids],
        body.get("texts", {}),
        name=str(body.get("name", "")),
        remark=str(body.get("remark", "")),
        picture=sha256(content).hexdigest(),
    )
