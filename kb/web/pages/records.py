"""The pages of records: one list, form and page for every kind; files, moves, samples, conflicts."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kb.errors import BadInput, BadQuery, Conflict, Fault, NotFound
from kb.usecases.accounts import Role
from kb.usecases.record_description import RecordKind
from kb.usecases.record_due import age_in_working_hours
from kb.usecases.record_kinds import KINDS, kind_named
from kb.usecases.record_kinds_quality import POPULATIONS
from kb.usecases.record_messages import messages_of
from kb.usecases.record_nouns import Actor, Record
from kb.usecases.record_reading import (
    RecordPage,
    RecordQuery,
    owners_of_open,
    record,
    record_counts,
    record_history,
    record_list,
)
from kb.usecases.record_summaries import summary_of
from kb.usecases.record_words import lines_of, state_name
from kb.usecases.records import change_record, create_record, move_record
from kb.usecases.register_kinds import Wording
from kb.web.context import HouseDep
from kb.web.forms import MOST_FIELDS
from kb.web.pages.records_asked import ActorDep, QueryDep, WordingDep
from kb.web.pages.records_rows import (
    asked_for,
    conflict_sides,
    facts,
    form_fields,
    late_texts,
    list_rows,
    tables,
    told_faults,
    typed_values,
)
from kb.web.rendering import render
from kb.wiring import House

router = APIRouter(prefix="/records")

SEED_LENGTH = 8
DUES: Mapping[str, tuple[str, str]] = {
    "overdue": ("已逾期", "overdue"),
    "week": ("本周到期", "due this week"),
    "open": ("未关闭", "open"),
    "closed": ("已关闭", "closed"),
}
Handle = Annotated[str, Path(max_length=64)]
Text = Annotated[str, Form(max_length=4000)]


async def _typed(request: Request) -> dict[str, str]:
    form = await request.form(max_fields=MOST_FIELDS)
    return {name: value for name, value in form.items() if isinstance(value, str) and name != "csrf_token"}


TypedDep = Annotated[dict[str, str], Depends(_typed)]


@router.get("")
def list_page(
    request: Request, house: HouseDep, query: QueryDep, wording: WordingDep, actor: ActorDep
) -> HTMLResponse:
    """List records; narrowed by kind, state, owner, day, text, customer, machine."""
    return list_shown(request, house, query, wording, actor)


def list_shown(
    request: Request, house: House, query: RecordQuery, wording: Wording, actor: Actor, fault: str = ""
) -> HTMLResponse:
    """Return the page of a list, with what was refused where something was."""
    kind = KINDS.get(query.kind)
    try:
        found = record_list(house.store, query, wording=wording, now=house.now())
    except (NotFound, BadQuery) as error:
        if query.kind and kind is None:
            raise
        fault = str(error)
        found = RecordPage(items=(), page=1, size=query.size, total=0)
    counts = record_counts(house.store)
    first = house.today().replace(day=1)
    narrowed = asked_for(query)
    values = {
        "kind": kind,
        "kinds": [(name, wording.pick(one.title), counts[name][0]) for name, one in KINDS.items()],
        "query": query,
        "here": found,
        "rows": list_rows(found.items, wording),
        "pick": wording.pick,
        "narrowed": f"&{narrowed}" if narrowed else "",
        "is_narrowed": bool(asked_for(query, kind="", q="")),
        "dues": [(code, wording.pick(names)) for code, names in DUES.items()],
        "owners": owners_of_open(house.store),
        "may_write": kind is not None and actor.role.contains(kind.writes),
        "see_audit": actor.role.contains(Role.PLANNER),
        "new_href": f"/records/new/{query.kind}",
        "previous": f"/records?{asked_for(query, page=found.page - 1)}" if found.page > 1 else "",
        "following": f"/records?{asked_for(query, page=found.page + 1)}" if found.page < found.last else "",
        "fault": fault,
        "populations": [(code, wording.pick(names)) for code, names in POPULATIONS.items()],
        "month_first": (first - timedelta(days=1)).replace(day=1),
        "month_last": first - timedelta(days=1),
        "fresh_id": house.new_id(),
        "fresh_seed": house.new_id()[:SEED_LENGTH],
    }
    return render(request, "records/list.html", values, status_code=422 if fault else 200)


@router.get("/new/{kind_name}")
def new_form(
    request: Request, house: HouseDep, wording: WordingDep, actor: ActorDep, kind_name: str
) -> Response:
    """Show an empty form; values in the address fill it in. A sample is not typed but drawn, beside the list."""
    kind = kind_named(kind_name)
    if kind.name == "verification":
        return RedirectResponse("/records?kind=verification", status_code=HTTPStatus.SEE_OTHER)
    given = {
        one.name: request.query_params[one.name] for one in kind.fields if one.name in request.query_params
    }
    values = {**{one.name: one.kind.json(one.default) for one in kind.fields}, **given}
    return _form(request, house, wording, actor, kind, values)


@router.post("/new/{kind_name}")
def add(
    request: Request,
    house: HouseDep,
    wording: WordingDep,
    actor: ActorDep,
    typed: TypedDep,
    kind_name: str,
) -> Response:
    """Make a record and show it; or show the form again with its faults."""
    kind = kind_named(kind_name)
    values = typed_values(kind, typed)
    id = typed.get("id") or house.new_id()
    try:
        made = create_record(
            house.store, kind_name, values, id=id, actor=actor, wording=wording, now=house.now()
        )
    except BadInput as error:
        return _form(request, house, wording, actor, kind, values, faults=error.faults, id=id)
    return RedirectResponse(f"/records/{made.number}?saved=1", status_code=HTTPStatus.SEE_OTHER)


def _form(
    request: Request,
    house: House,
    wording: Wording,
    actor: Actor,
    kind: RecordKind,
    values: Mapping[str, Any],
    *,
    one: Record | None = None,
    faults: Sequence[Fault] = (),
    conflict: Conflict | None = None,
    revision: int = 0,
    id: str = "",
) -> HTMLResponse:
    shown = {
        "kind": kind,
        "heading": f"{one.number} {one.title}" if one else wording.pick(("新建", "new")),
        "back": f"/records/{one.number}" if one else f"/records?kind={kind.name}",
        "revision": revision or (one.revision if one else 0),
        "fresh_id": id or house.new_id(),
        "fields": form_fields(
            kind,
            values,
            faults,
            wording,
            actor,
            state=one.state if one else kind.states[0].code,
            is_new=one is None,
        ),
        "faults": told_faults(kind, faults, wording),
        "sides": conflict_sides(kind, conflict.yours, conflict.theirs, wording) if conflict else (),
        "pick": wording.pick,
    }
    code = HTTPStatus.PRECONDITION_FAILED if conflict else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(
        request, "records/form.html", shown, status_code=code if faults or conflict else HTTPStatus.OK
    )


@router.get("/{handle}")
def show_page(
    request: Request,
    house: HouseDep,
    wording: WordingDep,
    actor: ActorDep,
    handle: Handle,
    saved: bool = False,
) -> HTMLResponse:
    """Show a record with its moves, tables, files and log."""
    return record_shown(request, house, wording, actor, handle, saved=saved)


def record_shown(
    request: Request,
    house: House,
    wording: Wording,
    actor: Actor,
    handle: str,
    *,
    saved: bool = False,
    refused: str = "",
    faults: Sequence[Fault] = (),
    note: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HTMLResponse:
    """Return the page of a record, with what was refused where something was."""
    now = house.now()
    one = record(house.store, handle, actor=actor, wording=wording, now=now)
    about = record_list(house.store, RecordQuery(about=one.number, size=100), wording=wording, now=now)
    values = {
        "one": one,
        "kind": one.kind,
        "pick": wording.pick,
        "state": state_name(one, wording),
        "saved": saved,
        "refused": refused,
        "faults": told_faults(one.kind, faults, wording),
        "note": note,
        "may_write": actor.role.contains(one.kind.writes),
        "moves": one.moves(actor) if actor.role.contains(one.kind.writes) else (),
        "escalation": wording.pick(one.escalation.names) if one.escalation else "",
        "hours": f"{age_in_working_hours(one.created_at, now):.0f}" if one.escalation else "",
        "late": late_texts(one, wording),
        "summary": summary_of(house.store, one, actor=actor, wording=wording, now=now),
        "picture": bool(one.values.get("milestones")),
        "facts": facts(one, wording),
        "tables": tables(one, wording, now.date()),
        "messages": messages_of(one, wording),
        "others": about.items,
        "history": lines_of(one.kind, record_history(house.store, one.id, actor=actor), wording),
        "fresh_id": house.new_id(),
        "limit_mb": house.settings.upload_limit_bytes // 1_000_000,
    }
    return render(request, "records/show.html", values, status_code=status)


@router.get("/{handle}/edit")
def edit_form(
    request: Request, house: HouseDep, wording: WordingDep, actor: ActorDep, handle: Handle
) -> HTMLResponse:
    """Show the form of a record."""
    one = record(house.store, handle, actor=actor, wording=wording, now=house.now())
    return _form(request, house, wording, actor, one.kind, _json_values(one), one=one)


def _json_values(one: Record) -> dict[str, Any]:
    return {
        field.name: field.kind.json(one.values[field.name])
        for field in one.kind.fields
        if field.name in one.values
    }


@router.post("/{handle}/edit")
def save(
    request: Request,
    house: HouseDep,
    wording: WordingDep,
    actor: ActorDep,
    typed: TypedDep,
    handle: Handle,
) -> Response:
    """Change a record and show it; or show the form again: with its faults, or with both versions."""
    one = record(house.store, handle, actor=actor, wording=wording, now=house.now())
    values = typed_values(one.kind, typed)
    seen = typed.get("revision", "")
    revision = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else one.revision
    try:
        changed = change_record(
            house.store,
            handle,
            values,
            revision=revision,
            actor=actor,
            wording=wording,
            now=house.now(),
            new_id=house.new_id,
        )
    except BadInput as error:
        return _form(
            request, house, wording, actor, one.kind, values, one=one, faults=error.faults, revision=revision
        )
    except Conflict as error:
        return _form(request, house, wording, actor, one.kind, values, one=one, conflict=error)
    return RedirectResponse(f"/records/{changed.number}?saved=1", status_code=HTTPStatus.SEE_OTHER)


@router.post("/{handle}/moves")
def move(
    request: Request,
    house: HouseDep,
    wording: WordingDep,
    actor: ActorDep,
    handle: Handle,
    to: Text = "",
    note: Text = "",
    id: Text = "",
    revision: Annotated[int | None, Form(ge=1)] = None,
) -> Response:
    """Move a record into another state; or show it with what that state needs."""
    try:
        moved = move_record(
            house.store,
            handle,
            to,
            note=note,
            revision=revision,
            id=id or house.new_id(),
            actor=actor,
            wording=wording,
            now=house.now(),
        )
    except BadInput as error:
        said = wording.pick(("状态没有变更，请先补齐：", "It was not moved; fill in first:"))
        code = HTTPStatus.UNPROCESSABLE_ENTITY
        return record_shown(
            request, house, wording, actor, handle, refused=said, faults=error.faults, note=note, status=code
        )
    except Conflict as error:
        said = wording.pick(
            (
                "打开之后已有他人修改，请核对后再操作。",
                "Somebody has changed it since; look at it and try again.",
            )
        )
        code = HTTPStatus.PRECONDITION_FAILED
        return record_shown(
            request, house, wording, actor, handle, refused=f"{said} ({error})", note=note, status=code
        )
    return RedirectResponse(f"/records/{moved.number}?saved=1", status_code=HTTPStatus.SEE_OTHER)
