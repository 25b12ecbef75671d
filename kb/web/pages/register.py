"""The register's pages: overview, lists, things with what belongs to them, forms, conflicts, import."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kb.errors import BadImport, BadInput, Conflict, Fault
from kb.usecases.accounts import Role
from kb.usecases.register import create, history, update
from kb.usecases.register_description import Table
from kb.usecases.register_import import ImportReport, import_upload
from kb.usecases.register_kinds import Wording, wording_of
from kb.usecases.register_lists import ListQuery, Thing, counts, options, related, thing, things
from kb.usecases.register_tables import TABLES, table_named
from kb.web.context import HouseDep, LanguageDep, VisitorDep
from kb.web.pages.register_rows import (
    blank_of,
    facts,
    filters,
    form_fields,
    history_rows,
    list_rows,
    listed_fields,
    page_address,
    related_rows,
    sides,
    table_links,
    thing_href,
    typed_of,
)
from kb.web.rendering import render
from kb.wiring import House

router = APIRouter(prefix="/register")

SUGGESTED = 300
"""More things than this are not offered in a form's list; their code is typed."""
FAULTS_SHOWN = 300


def _wording(house: HouseDep, language: LanguageDep) -> Wording:
    return wording_of(language, house.settings.time_zone, house.library().vocabularies)


WordingDep = Annotated[Wording, Depends(_wording)]


async def _typed(request: Request) -> dict[str, str]:
    """Return the texts of the form that was sent."""
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str) and name != "csrf_token"}


TypedDep = Annotated[dict[str, str], Depends(_typed)]


def _common(request: Request, wording: Wording, table: Table | None = None) -> dict[str, object]:
    return {"tables": table_links(wording), "table": table, "pick": wording.pick, "planner": Role.PLANNER}


@router.get("")
def overview(request: Request, house: HouseDep, wording: WordingDep) -> HTMLResponse:
    """Show the tables with their counts; an empty register leads to the template, the import and the sample."""
    found = counts(house.store)
    rows = [
        (name, wording.pick(table.title), wording.pick(table.says), found[name])
        for name, table in TABLES.items()
    ]
    values = {**_common(request, wording), "rows": rows, "empty": not any(found.values())}
    return render(request, "register/overview.html", values)


@router.get("/import")
def import_page(request: Request, wording: WordingDep) -> HTMLResponse:
    """Show the form that takes a file."""
    return _import_page(request, wording)


def _import_page(
    request: Request,
    wording: Wording,
    *,
    report: ImportReport | None = None,
    refused: str = "",
    faults: Sequence[Fault] = (),
) -> HTMLResponse:
    values = {
        **_common(request, wording),
        "report": report,
        "refused": refused,
        "faults": faults[:FAULTS_SHOWN],
        "faults_total": len(faults),
    }
    return render(request, "register/import.html", values, status_code=422 if refused else 200)


@router.post("/import")
def import_file(
    request: Request,
    house: HouseDep,
    visitor: VisitorDep,
    wording: WordingDep,
    file: Annotated[UploadFile, File()],
    action: Annotated[str, Form(max_length=10)] = "check",
) -> HTMLResponse:
    """Check a file, or import it; show what changes, or every fault."""
    try:
        report = import_upload(
            house.store,
            content=file.file,
            name=file.filename or "",
            wording=wording,
            who=visitor.name,
            now=house.now(),
            new_id=house.new_id,
            dry_run=action != "import",
            limit_bytes=house.settings.upload_limit_bytes,
        )
    except BadImport as error:
        return _import_page(request, wording, refused=str(error.args[0]), faults=error.faults)
    return _import_page(request, wording, report=report)


@router.get("/new/{table_name}")
def new_form(request: Request, house: HouseDep, wording: WordingDep, table_name: str) -> HTMLResponse:
    """Show an empty form; values in the address fill it in."""
    table = table_named(table_name)
    return _form(request, house, wording, table, blank_of(table, wording, request.query_params))


@router.post("/new/{table_name}")
def add(
    request: Request,
    house: HouseDep,
    visitor: VisitorDep,
    wording: WordingDep,
    typed: TypedDep,
    table_name: str,
) -> Response:
    """Add a thing and show it, or show the form again with its faults."""
    table = table_named(table_name)
    try:
        one = create(
            house.store,
            table.name,
            _values(table, typed),
            wording=wording,
            who=visitor.name,
            now=house.now(),
            new_id=house.new_id,
        )
    except BadInput as error:
        return _form(request, house, wording, table, typed, faults=error.faults)
    return RedirectResponse(f"{thing_href(table.name, one.handle)}?saved=true", status_code=303)


def _values(table: Table, typed: Mapping[str, str]) -> dict[str, object]:
    return {one.name: typed[one.name] for one in table.fields if one.name in typed}


def _form(
    request: Request,
    house: House,
    wording: Wording,
    table: Table,
    typed: Mapping[str, str],
    *,
    one: Thing | None = None,
    faults: Sequence[Fault] = (),
    conflict: bool = False,
) -> HTMLResponse:
    suggestions = {
        field.name: options(house.store, field.reference, wording, most=SUGGESTED)
        for field in table.references
    }
    values = {
        **_common(request, wording, table),
        "one": one,
        "name": one.name(wording) if one else "",
        # After a conflict the next attempt starts from what stands now; after a fault, from what was read before.
        "revision": "" if one is None else one.revision if not faults else typed.get("revision", ""),
        "back": thing_href(table.name, one.handle) if one else f"/register/{table.name}",
        "fields": form_fields(table, typed, faults, suggestions, wording),
        "faults": faults,
        "sides": sides(table, typed, one, wording) if one and conflict else (),
    }
    return render(
        request, "register/form.html", values, status_code=412 if conflict else 422 if faults else 200
    )


@router.get("/{table_name}")
def list_page(
    request: Request,
    house: HouseDep,
    wording: WordingDep,
    table_name: str,
    q: Annotated[str, Query(max_length=200)] = "",
    sort: Annotated[str, Query(max_length=60)] = "",
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
) -> HTMLResponse:
    """List the things of a table; searched, narrowed, sorted, in pages."""
    table = table_named(table_name)
    narrowed = {
        one.name: value
        for one in table.fields
        if one.filtered and (value := request.query_params.get(one.name))
    }
    query = ListQuery(text=" ".join(q.split()), equal=narrowed, sort=sort, page=page)
    found = things(house.store, table.name, query, wording)
    heads = [
        (
            wording.pick(one.title),
            _sorted_by(table, query, one.name) if one.sortable else "",
            sort.lstrip("-") == one.name,
        )
        for one in (*(one for one in table.fields if one.name == table.handle), *listed_fields(table))
    ]
    values = {
        **_common(request, wording, table),
        "query": query,
        "here": found,
        "rows": list_rows(found, wording),
        "heads": heads,
        "filters": filters(table, query, wording),
        "previous": page_address(table, query, page=page - 1) if page > 1 else "",
        "following": page_address(table, query, page=page + 1) if page < found.last else "",
    }
    return render(request, "register/list.html", values)


def _sorted_by(table: Table, query: ListQuery, name: str) -> str:
    return page_address(table, query, sort=f"-{name}" if query.sort == name else name)


@router.get("/{table_name}/{code}")
def thing_page(
    request: Request, house: HouseDep, wording: WordingDep, table_name: str, code: str, saved: bool = False
) -> HTMLResponse:
    """Show one thing with what belongs to it and how it changed."""
    one = thing(house.store, table_name, code, wording)
    values = {
        **_common(request, wording, one.table),
        "one": one,
        "name": one.name(wording),
        "facts": facts(one, wording),
        "related": related_rows(related(house.store, one, wording), one, wording),
        "history": history_rows(one.table, history(house.store, one), wording),
        "edit": f"{thing_href(one.table.name, one.handle)}/edit",
        "saved": saved,
    }
    return render(request, "register/thing.html", values)


@router.get("/{table_name}/{code}/edit")
def edit_form(
    request: Request, house: HouseDep, wording: WordingDep, table_name: str, code: str
) -> HTMLResponse:
    """Show the form of a thing."""
    one = thing(house.store, table_name, code, wording)
    return _form(request, house, wording, one.table, typed_of(one, wording), one=one)


@router.post("/{table_name}/{code}/edit")
def save(
    request: Request,
    house: HouseDep,
    visitor: VisitorDep,
    wording: WordingDep,
    typed: TypedDep,
    table_name: str,
    code: str,
) -> Response:
    """Change a thing and show it; or show the form again with its faults, or with both versions side by side."""
    table = table_named(table_name)
    revision = typed.get("revision", "")
    try:
        one = update(
            house.store,
            table.name,
            code,
            _values(table, typed),
            revision=int(revision) if revision.isascii() and revision.isdigit() and len(revision) < 12 else 0,
            partial=True,
            wording=wording,
            who=visitor.name,
            now=house.now(),
        )
    except BadInput as error:
        now = thing(house.store, table.name, code, wording)
        return _form(request, house, wording, table, typed, one=now, faults=error.faults)
    except Conflict:
        now = thing(house.store, table.name, code, wording)
        return _form(request, house, wording, table, typed, one=now, conflict=True)
    return RedirectResponse(f"{thing_href(table.name, one.handle)}?saved=true", status_code=303)
