"""Bulletins are kept as campaigns, and it is decided of each machine: done by which order, not affected and why."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kb.errors import BadInput, Conflict, Fault
from kb.store import Store
from kb.store import campaigns as rows
from kb.store import work_orders as orders
from kb.store.register import Change, Session, first_with, record
from kb.usecases.inspection_campaign_reading import Campaign, campaign_in
from planner.errors import InvalidInput
from planner.faults.campaigns import CampaignRule

AUDITED = "campaigns"
DECISIONS = ("open", "affected", "done", "not_affected")
"""What can be said of a machine that a bulletin is about."""
Name = Annotated[str, Field(max_length=80)]


class RuleForm(BaseModel):
    """Which machines a bulletin is about; what is empty selects nothing out."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    brand: Name = ""
    models: Annotated[tuple[Name, ...], Field(max_length=50)] = ()
    controller: Name = ""
    software: Name = ""
    first: Name = ""
    last: Name = ""


class CampaignForm(BaseModel):
    """A bulletin as somebody writes it."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    number: Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^/\\\x00-\x1f]+$")]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    source: Annotated[str, Field(min_length=1, max_length=200)]
    reference: Annotated[str, Field(max_length=400)] = ""
    action: Annotated[str, Field(min_length=1, max_length=4000)]
    due: date | None = None
    ended: bool = False
    rule: RuleForm = RuleForm()


def keep_campaign(
    store: Store,
    raw: Mapping[str, Any],
    *,
    number: str = "",
    revision: int | None = None,
    id: str,
    who: str,
    now: datetime,
) -> Campaign:
    """Keep a bulletin, new or changed.

    Args:
        raw: As `CampaignForm` describes it; of one that is there, what is not named stays.
        number: Of the one to change; empty for a new one.
        revision: The one that was seen; None overwrites whatever is there.
        id: For a new one.

    Raises:
        NotFound: There is none with this number.
        Conflict: It has another revision by now.
        BadInput: Every fault, by field; the number is taken.
    """
    with store.writing() as session:
        before: dict[str, Any] = {}
        row = None
        if number:
            campaign_in(session, number)
            row = rows.campaign_row(session, number)
        if row is not None:
            before = {name: getattr(row, name) for name in CampaignForm.model_fields}
            if revision is not None and revision != row.revision:
                raise Conflict(
                    f"campaign {row.number} was changed meanwhile: revision {revision} is now {row.revision}",
                    yours=dict(raw),
                    theirs={**before, "revision": row.revision},
                )
        form = _read({**before, **raw})
        taken = rows.campaign_row(session, form.number)
        if taken is not None and (row is None or taken.id != row.id):
            fault = Fault(where="number", what=f"{form.number!r} is taken", repair="open that campaign")
            raise BadInput("nothing was kept", [fault])
        values = form.model_dump()
        values["rule"] = form.rule.model_dump(mode="json")
        if row is None:
            row = rows.CampaignRow(id=id, revision=0, changed_at=now, changed_by=who, **values)
            session.add(row)
        else:
            for name, value in values.items():
                setattr(row, name, value)
        row.revision += 1
        row.changed_at, row.changed_by = now, who
        session.flush()
        action = "update" if before else "create"
        _record(session, action, row.id, _plain(before) if before else None, _plain(values), who, now)
        return campaign_in(session, row.id)


def decide_machine(
    store: Store,
    number: str,
    tag: str,
    state: str,
    *,
    order: str = "",
    why: str = "",
    said_by: str = "",
    who: str,
    now: datetime,
) -> Campaign:
    """Keep what was decided of a machine; the same again changes nothing.

    Args:
        state: One of `DECISIONS`; *open* takes back what was decided; *affected*: somebody looked, and it is.
        order: Number of the work order by which it was done; needed for *done*.
        why: Needed for *not_affected*.
        said_by: Who says so; who decides where it is empty.

    Raises:
        NotFound: There is no such campaign.
        BadInput: Every fault, by field.
    """
    with store.writing() as session:
        found = campaign_in(session, number)
        machine = first_with(session, "equipment", "tag", tag) if "\0" not in tag else None
        faults = []
        if state not in DECISIONS:
            what = f"{state[:40]!r} is none"
            faults.append(Fault(where="state", what=what, repair=", ".join(DECISIONS)))
        if machine is None:
            faults.append(Fault(where="machine", what=f"{tag[:64]!r} is unknown", repair="give its tag"))
        if machine is not None and machine["id"] not in {one.equipment_id for one in found.machines}:
            repair = "the rule rules it out; change the rule where the bulletin is about it"
            faults.append(Fault(where="machine", what=f"{tag[:64]!r} is not affected", repair=repair))
        job = orders.order_row(session, order.strip()) if order.strip() and "\0" not in order else None
        if order.strip() and job is None:
            faults.append(Fault(where="order", what=f"{order[:40]!r} is unknown", repair="give its number"))
        elif state == "done" and job is None:
            faults.append(Fault(where="order", what="is missing", repair="give the work order that did it"))
        elif job is not None and machine is not None and job.site_id != machine["site_id"]:
            faults.append(
                Fault(where="order", what=f"{job.number} is of another site", repair="give one of its site")
            )
        if state == "not_affected" and not why.strip():
            faults.append(Fault(where="why", what="is missing", repair="say why it is not affected"))
        for name, value, most in (("why", why, 2000), ("said_by", said_by, 80)):
            if len(value.strip()) > most or "\0" in value:
                faults.append(
                    Fault(where=name, what=f"has {len(value.strip())} characters", repair=f"up to {most}")
                )
        if faults or machine is None:
            raise BadInput("nothing was kept", faults)
        id = str(machine["id"])
        row = rows.decided_row(session, found.id, id)
        before = {"state": row.state, "order": row.work_order_id, "why": row.why} if row else None
        after = {
            "machine": tag,
            "state": state,
            "order": job.id if job else None,
            "why": why.strip(),
            "said_by": said_by.strip() or who,
        }
        if row is not None and (row.state, row.work_order_id, row.why, row.said_by) == (
            state,
            after["order"],
            after["why"],
            after["said_by"],
        ):
            return found
        if row is not None:
            session.delete(row)
            session.flush()
        if state != "open":
            session.add(
                rows.CampaignMachineRow(
                    campaign_id=found.id,
                    equipment_id=id,
                    state=state,
                    work_order_id=job.id if job else None,
                    why=why.strip(),
                    said_by=said_by.strip() or who,
                    at=now,
                )
            )
            session.flush()
        if row is not None or state != "open":
            _record(session, "decide", found.id, before, after, who, now)
        return campaign_in(session, found.id)


def _read(values: Mapping[str, Any]) -> CampaignForm:
    faults = []
    try:
        form = CampaignForm.model_validate(values)
    except ValidationError as error:
        faults = [
            Fault(where=".".join(str(part) for part in one["loc"]), what=one["msg"], repair="")
            for one in error.errors()
        ]
        raise BadInput("nothing was kept", faults) from error
    try:
        CampaignRule(**form.rule.model_dump())
    except InvalidInput as error:
        faults = [Fault(where="rule", what=one, repair="") for one in error.faults]
        raise BadInput("nothing was kept", faults) from error
    return form


def _plain(values: Mapping[str, Any]) -> dict[str, object]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _record(
    session: Session,
    action: str,
    id: str,
    before: Mapping[str, object] | None,
    after: Mapping[str, object],
    who: str,
    now: datetime,
) -> None:
    record(
        session,
        [Change(at=now, who=who, action=action, kind=AUDITED, thing_id=id, before=before, after=after)],
    )
