"""The register as data: lists, single things with ETag, changes with If-Match, import and export."""

import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Body, Query, Request, Response, UploadFile
from fastapi.responses import JSONResponse

from kb.api.problems import problem
from kb.api.routes.register_schemas import (
    change_documented,
    history_documented,
    list_documented,
    new_documented,
    read_documented,
)
from kb.errors import BadQuery
from kb.export.xlsx import MEDIA_TYPE as XLSX
from kb.usecases.register import create, history, update
from kb.usecases.register_description import Table
from kb.usecases.register_export import register_csv_zip, register_xlsx, template_xlsx
from kb.usecases.register_import import import_upload
from kb.usecases.register_kinds import Wording, wording_of
from kb.usecases.register_lists import DEFAULT_SIZE, ListQuery, Thing, counts, thing, things
from kb.usecases.register_tables import TABLES, sheet_named
from kb.web.context import HouseDep, LanguageDep, VisitorDep
from kb.web.downloads import download
from kb.wiring import House

router = APIRouter(prefix="/register", tags=["register"])

ZIP = "application/zip"
_ETAG = re.compile(r'"r([1-9][0-9]{0,9})"')
_LIST_PARAMETERS = frozenset({"q", "sort", "page", "size"})

PageNumber = Annotated[int, Query(ge=1, le=1_000_000)]
PageSize = Annotated[int, Query(ge=1, le=500)]
SearchText = Annotated[str, Query(max_length=200)]
Values = Annotated[dict[str, Any], Body()]


def _wording(house: House, language: LanguageDep) -> Wording:
    return wording_of(language, house.settings.time_zone, house.library().vocabularies)


def _answer(one: Thing, status: HTTPStatus = HTTPStatus.OK) -> Response:
    headers = {"ETag": etag(one)}
    if status is HTTPStatus.CREATED:
        headers["Location"] = address(one)
    return JSONResponse(one.json(), status_code=status, headers=headers)


def etag(one: Thing) -> str:
    """Return the entity tag of a thing as it stands."""
    return f'"r{one.revision}"'


def address(one: Thing) -> str:
    """Return the address of a thing."""
    return f"/api/v1/register/{one.table.name}/{quote(one.handle, safe='')}"


@router.get("")
def overview(house: HouseDep) -> dict[str, int]:
    """Return how many things in use each table has."""
    return counts(house.store)


@router.get("/template", response_class=Response, responses={200: {"content": {XLSX: {}}}})
def template(house: HouseDep, language: LanguageDep) -> Response:
    """Return the import template with its explanations, as xlsx."""
    content = template_xlsx(wording=_wording(house, language), now=house.now())
    return download(content, XLSX, "台账模板.xlsx" if language == "zh_CN" else "register-template.xlsx")


@router.get("/export", response_class=Response, responses={200: {"content": {XLSX: {}, ZIP: {}}}})
def export(
    house: HouseDep,
    language: LanguageDep,
    format: Annotated[
        Literal["xlsx", "csv"], Query(description="csv is a zip with one file a table")
    ] = "xlsx",
    table: Annotated[list[str] | None, Query(max_length=20, description="only these tables")] = None,
) -> Response:
    """Return the register; what comes out can be imported again."""
    tables = tuple(sheet_named(name) for name in dict.fromkeys(table or ()))
    wording = _wording(house, language)
    name = "台账" if language == "zh_CN" else "register"
    stem = f"{name}-{house.today()}"
    if format == "csv":
        return download(register_csv_zip(house.store, wording=wording, tables=tables), ZIP, f"{stem}.zip")
    content = register_xlsx(house.store, wording=wording, now=house.now(), tables=tables)
    return download(content, XLSX, f"{stem}.xlsx")


@router.post("/import")
def import_file(
    house: HouseDep,
    language: LanguageDep,
    visitor: VisitorDep,
    file: UploadFile,
    dry_run: Annotated[bool, Query(description="only say what would happen")] = False,
) -> dict[str, object]:
    """Import xlsx, csv, or a zip of csv: all of it, or a problem with every fault and nothing written."""
    report = import_upload(
        house.store,
        content=file.file,
        name=file.filename or "",
        wording=_wording(house, language),
        who=visitor.name,
        now=house.now(),
        new_id=house.new_id,
        dry_run=dry_run,
        limit_bytes=house.settings.upload_limit_bytes,
    )
    return report.json()


def _filters(request: Request) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name in found:
            raise BadQuery(f"the filter {name!r} is there twice")
        if name not in _LIST_PARAMETERS:
            found[name] = value
    return found


def _list_route(table: Table) -> Callable[..., Response]:
    def list_things(
        request: Request,
        house: HouseDep,
        language: LanguageDep,
        q: SearchText = "",
        sort: Annotated[str, Query(max_length=60)] = "",
        page: PageNumber = 1,
        size: PageSize = DEFAULT_SIZE,
    ) -> Response:
        query = ListQuery(text=q, equal=_filters(request), sort=sort, page=page, size=size)
        found = things(house.store, table.name, query, _wording(house, language))
        items = [one.json() for one in found.items]
        return JSONResponse({"items": items, "page": found.page, "size": found.size, "total": found.total})

    return list_things


def _new_route(table: Table) -> Callable[..., Response]:
    def add(house: HouseDep, language: LanguageDep, visitor: VisitorDep, values: Values) -> Response:
        one = create(
            house.store,
            table.name,
            values,
            wording=_wording(house, language),
            who=visitor.name,
            now=house.now(),
            new_id=house.new_id,
        )
        return _answer(one, HTTPStatus.CREATED)

    return add


def _read_route(table: Table) -> Callable[..., Response]:
    def read(request: Request, house: HouseDep, language: LanguageDep, code: str) -> Response:
        one = thing(house.store, table.name, code, _wording(house, language))
        known = [
            tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")
        ]
        if etag(one) in known or "*" in known:
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": etag(one)})
        return _answer(one)

    return read


def _revision_of(header: str) -> int | None:
    """Return the revision that an If-Match header asks for; None where it accepts any, 0 where it fits none."""
    tags = [tag.strip() for tag in header.split(",")]
    if tags == ["*"]:
        return None
    found = [_ETAG.fullmatch(tag) for tag in tags]
    # Several tags may be given; only the newest can still stand.
    return max((int(one.group(1)) for one in found if one), default=0)


def _change_route(table: Table, *, partial: bool) -> Callable[..., Response]:
    def change(
        request: Request,
        house: HouseDep,
        language: LanguageDep,
        visitor: VisitorDep,
        code: str,
        values: Values,
    ) -> Response:
        header = request.headers.get("if-match")
        if header is None:
            return problem(
                request,
                HTTPStatus.PRECONDITION_REQUIRED,
                "send If-Match with the ETag that the change was made from, so that no other change is overwritten",
            )
        one = update(
            house.store,
            table.name,
            code,
            values,
            revision=_revision_of(header),
            partial=partial,
            wording=_wording(house, language),
            who=visitor.name,
            now=house.now(),
        )
        return _answer(one)

    return change


def _history_route(table: Table) -> Callable[..., Response]:
    def changes(house: HouseDep, language: LanguageDep, code: str) -> Response:
        one = thing(house.store, table.name, code, _wording(house, language))
        entries = [
            {
                "at": entry.at.isoformat(),
                "who": entry.who,
                "action": entry.action,
                "fields": [{"field": name, "before": old, "after": new} for name, old, new in entry.fields],
            }
            for entry in history(house.store, one)
        ]
        return JSONResponse({"items": entries})

    return changes


def _add_routes(table: Table) -> None:
    """Add the routes of one table, each documented with the table's own schema."""
    single = table.single[1].lower()
    here, one = f"/{table.name}", f"/{table.name}/{{code}}"
    routes: tuple[tuple[str, str, Callable[..., Response], str, Mapping[str, Any], int], ...] = (
        ("GET", here, _list_route(table), f"List {table.title[1].lower()}", list_documented(table), 200),
        ("POST", here, _new_route(table), f"Add a {single}", new_documented(table), 201),
        ("GET", one, _read_route(table), f"Read a {single}", read_documented(table), 200),
        ("PUT", one, _change_route(table, partial=False), f"Replace a {single}", change_documented(table, partial=False), 200),
        ("PATCH", one, _change_route(table, partial=True), f"Change a {single}", change_documented(table, partial=True), 200),
        ("GET", f"{one}/history", _history_route(table), f"List the changes of a {single}", history_documented(), 200),
    )  # fmt: skip
    for method, path, endpoint, summary, documented, status in routes:
        router.add_api_route(
            path,
            endpoint,
            methods=[method],
            summary=summary,
            status_code=status,
            response_class=JSONResponse,
            response_model=None,
            operation_id=f"register_{method.lower()}_{table.name}{path.removeprefix(here).replace('/{code}', '_one').replace('/', '_')}",
            openapi_extra=dict(documented),
        )


for _table in TABLES.values():
    _add_routes(_table)
