"""A work order is closed with its codes, the likely ones proposed with counts; a closed one becomes a draft case."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from kb.content import Library
from kb.content.pages import CasePage
from kb.content.vocabulary import Vocabularies
from kb.errors import BadInput, Fault, Message, NotFound
from kb.store import Store
from kb.store import order_entries as entries
from kb.store import work_orders as rows
from kb.usecases.draft_checking import FIELDS, Sent
from kb.usecases.draft_page import LEFT_OUT, LeftBehind, without_private
from kb.usecases.drafts import Draft, receive_draft
from kb.usecases.drafts import draft as read_draft
from kb.usecases.order_access import Actor, note_order, refuse_others
from kb.usecases.order_reading import WorkOrder, work_order
from kb.usecases.order_sheet import Sheet, order_sheet
from kb.usecases.work_order_fields import CODED
from kb.usecases.work_orders import change_order, tell_event
from planner.model import EventKind, OrderState

SUGGESTED = 4
LOOKED_AT = 40
_NAMES = ("subsystem", "item", "failure_mode", "mechanism", "cause", "remedy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Codes that an order may be closed with.

    Args:
        codes: By field.
        jobs: How many closed jobs had them.
        pages: Ids of cases of the library that say so.
        why: Message id of what they have in common with the order.
    """

    codes: Mapping[str, str]
    jobs: int
    pages: tuple[str, ...]
    why: str

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {"codes": dict(self.codes), "jobs": self.jobs, "pages": list(self.pages), "why": self.why}


def suggested_codes(store: Store, library: Library, id: str, *, now: datetime) -> tuple[Suggestion, ...]:
    """Return what an order may be closed with: as closed jobs with its alarm, then cases with it, then its machine's jobs.

    Raises:
        NotFound: There is no such order.
    """
    order = work_order(store, id, now=now)
    alarm, machine = order.values["alarm"].strip(), order.values["equipment_id"]
    found: list[Suggestion] = []
    with store.reading() as session:
        if alarm:
            same = [rows.WorkOrderRow.alarm == alarm, rows.WorkOrderRow.id != order.id]
            found += _of_jobs(
                entries.closed_codes(session, same, most=LOOKED_AT), "closed with the same alarm"
            )
        found += _of_pages(library, alarm) if alarm else []
        if machine:
            same = [rows.WorkOrderRow.equipment_id == machine, rows.WorkOrderRow.id != order.id]
            found += _of_jobs(
                entries.closed_codes(session, same, most=LOOKED_AT), "closed on the same machine"
            )
    unique: dict[tuple[tuple[str, str], ...], Suggestion] = {}
    for one in found:
        unique.setdefault(tuple(sorted(one.codes.items())), one)
    return tuple(unique.values())[:SUGGESTED]


def _of_jobs(counted: list[tuple[tuple[str, ...], int]], why: str) -> list[Suggestion]:
    return [
        Suggestion(
            codes={name: code for name, code in zip(_NAMES, codes, strict=True) if code},
            jobs=times,
            pages=(),
            why=why,
        )
        for codes, times in counted[:SUGGESTED]
    ]


def _of_pages(library: Library, alarm: str) -> list[Suggestion]:
    """Return what cases about the alarm say of cause and place; how it broke and what was done a person adds."""
    wanted = "".join(alarm.upper().split())
    found: dict[tuple[str, str], list[str]] = {}
    for page in library.pages.values():
        if not isinstance(page, CasePage) or page.status == "withdrawn":
            continue
        codes = {"".join(one.code.upper().split()) for one in page.alarms}
        if not any(code and code in wanted for code in codes) or page.component is None:
            continue
        for solution in page.solutions:
            found.setdefault((page.component.subsystem, solution.cause.code), []).append(page.id)
    counted = Counter({key: len(pages) for key, pages in found.items()})
    return [
        Suggestion(
            codes={"subsystem": subsystem, "cause": cause},
            jobs=0,
            pages=tuple(dict.fromkeys(found[subsystem, cause])),
            why="cases of the library with this alarm",
        )
        for (subsystem, cause), _ in counted.most_common(SUGGESTED)
    ]


def close_order(
    store: Store,
    id: str,
    codes: Mapping[str, Any],
    *,
    event_id: str,
    actor: Actor,
    vocabularies: Vocabularies,
    now: datetime,
) -> WorkOrder:
    """Close an order with its codes; closing it again changes nothing.

    Args:
        codes: By field: those of `CODED`, `item` and `case_id`; what is left out stays.
        event_id: Of the event, made by the caller.

    Raises:
        NotFound: There is no such order.
        NotAllowed: It is another's.
        BadInput: Every fault: a wrong code, a repair without its codes, work that is not done, an open finding of S1 or S2.
    """
    order = work_order(store, id, now=now)
    refuse_others(actor, order.values["technician_id"])
    if order.standing.state is OrderState.CLOSED:
        return order
    faults = [
        Fault(where=name[:40], what="is no code of a closing", repair=", ".join((*CODED, "item", "case_id")))
        for name in codes
        if name not in {*CODED, "item", "case_id"}
    ]
    with store.reading() as session:
        for one in entries.finding_rows(session, order.id):
            if one.state == "open" and one.severity in {"S1", "S2"}:
                repair = "decide on it: an order, a line of a proposal, or nothing with a reason"
                faults.append(
                    Fault(
                        where="findings",
                        what=Message("{severity} {text} is open", severity=one.severity, text=one.text[:60]),
                        repair=repair,
                    )
                )
    if faults:
        raise BadInput("the order was not closed", faults)
    given = {name: value for name, value in codes.items() if value}
    if given:
        change_order(
            store, order.id, given, revision=None, vocabularies=vocabularies, who=actor.name, now=now
        )
    return tell_event(store, order.id, id=event_id, kind=EventKind.CLOSED, at=now, who=actor.name, now=now)


def draft_of_order(
    store: Store, id: str, *, actor: Actor, now: datetime, photo_limit_bytes: int
) -> tuple[Draft, tuple[LeftBehind, ...]]:
    """Return the draft case of a closed order, made where there is none yet, and what of the customer stayed behind.

    Names, addresses, contacts, telephone and serial numbers are taken out of its texts too; photos stay with the order,
    since nobody can say what else they show.

    Raises:
        NotFound: There is no such order.
        NotAllowed: It is another's.
        BadInput: It is not closed, or says nothing of what was seen.
    """
    sheet = order_sheet(store, id, now=now)
    refuse_others(actor, sheet.order.values["technician_id"])
    ended = sheet.order.values["closed_at"]
    if sheet.order.standing.state is not OrderState.CLOSED or ended is None:
        fault = Fault(where="order", what="is not closed", repair="close it with its codes first")
        raise BadInput("no draft was made", [fault])
    texts, left = without_private(store, _private_parts(sheet, _texts(sheet)))
    draft_id = str(UUID(bytes=hashlib.sha256(f"order {sheet.order.id}".encode()).digest()[:16], version=4))
    sent = Sent(
        id=draft_id,
        created=ended.astimezone(UTC),
        texts={name: text[: FIELDS[name]] for name, text in texts.items()},
    )
    known = sheet.order.body.get("draft_id")
    if known:
        sent_before = _known(store, str(known))
        if sent_before is not None:
            return sent_before, left
    made, _ = receive_draft(store, sent, author=actor.name, now=now, photo_limit_bytes=photo_limit_bytes)
    with store.writing() as session:
        row = rows.order_row(session, sheet.order.id)
        if row is not None:
            before = {"draft_id": row.body.get("draft_id")}
            row.body = {**row.body, "draft_id": made.id}
            note_order(session, row.id, "draft", before, {"draft_id": made.id}, who=actor.name, now=now)
    return made, left


def _known(store: Store, draft_id: str) -> Draft | None:
    try:
        return read_draft(store, draft_id)
    except NotFound:
        return None


def _texts(sheet: Sheet) -> dict[str, str]:
    values, machine = sheet.order.values, sheet.machine
    failed = [
        f"{one['item_id']} {one['text']}: {one['result']['verdict']}" for one in sheet.lines if one["result"]
        and one["result"]["verdict"] in {"fail", "warn"}
    ]  # fmt: skip
    parts = [f"{one['part_number']} {one['name']} ×{one['quantity']:g}".strip() for one in sheet.parts]
    parameters = [
        f"{one['number']} {one.get('axis', '')}: {one.get('before', '—')} → {one.get('after', '—')}"
        for one in sheet.parameters
    ]
    seen = [values["title"], sheet.texts["found"], *(one["text"] for one in sheet.findings)]
    cured = [sheet.texts["done"], *parts, *parameters, sheet.texts["acceptance"]]
    return {
        "machine": " ".join(str(machine.get(one) or "") for one in ("brand", "model", "controller")).strip(),
        "alarm": values["alarm"],
        "symptom": "\n".join(dict.fromkeys(one for one in seen if one)),
        "ruled_out": "\n".join(failed),
        "cured_by": "\n".join(one for one in cured if one),
        "notes": "",
    }


def _private_parts(sheet: Sheet, texts: Mapping[str, str]) -> dict[str, str]:
    """Take out what only the order knows: its site's telephone, machine's tag, serial numbers of parts, who signed."""
    private = {
        str(sheet.site["phone"] or ""),
        str(sheet.site["code"] or ""),
        *(tag for _, tag in sheet.machines),
        *(one[name] for one in sheet.parts for name in ("old_serial", "new_serial")),
        str((sheet.signature or {}).get("name", "")),
    }
    found = dict(texts)
    for one in sorted((one for one in private if len(one) >= 3), key=len, reverse=True):
        found = {name: text.replace(one, LEFT_OUT) for name, text in found.items()}
    return found
