"""Pages of the library in the browser: written in a form or as text, compared before they are saved."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from kb.content import Page
from kb.errors import BadInput, Conflict, NotAllowed, Unwritable
from kb.i18n import Language
from kb.usecases.draft_page import (
    FILE_KINDS,
    close_with_page,
    may_become,
    page_from_draft,
    page_from_file,
    told_of_draft,
)
from kb.usecases.duplicates import Duplicate
from kb.usecases.editing import Proposal, create_page, new_proposal, proposal, save_page
from kb.usecases.editing_difference import difference
from kb.usecases.editing_fields import form_of, sections_of
from kb.usecases.editing_form import NO_HAZARDS, typed_of, typed_of_values
from kb.usecases.editing_merge import merged
from kb.usecases.editing_new import BODIES, beginning, beginning_values, said_already
from kb.usecases.editing_opening import Opened, as_it_was, open_page
from kb.usecases.editing_pictures import waiting_in
from kb.usecases.editing_preview import rendered
from kb.usecases.editing_text import BODY, Found, examined
from kb.web.context import HouseDep, LanguageDep, Visitor, VisitorDep, language_of_request
from kb.web.pages.editing_draft import Draft, Sent, editor_of
from kb.web.pages.editing_faults import in_words, told_rows
from kb.web.pages.editing_words import KIND_NAMES, field_name, hint_of, options_of, place_name
from kb.web.rendering import render
from kb.wiring import House

router = APIRouter(prefix="/pages")

Id = Annotated[str, Path(max_length=80)]


@router.get("/new")
def choose_kind(request: Request) -> HTMLResponse:
    """Show which types of pages there are."""
    return render(request, "editing/choose.html", {"kinds": list(KIND_NAMES.items())})


@router.get("/new/{kind}")
def blank(
    kind: str,
    request: Request,
    house: HouseDep,
    visitor: VisitorDep,
    mode: str = "form",
    draft: Annotated[str, Query(max_length=64)] = "",
) -> HTMLResponse:
    """Show the form of a page that is new; of a case that a draft from the field tells, filled with what it says."""
    if draft and kind in {"case", *FILE_KINDS}:
        return _from_draft(request, house, visitor, draft, kind)
    return _blank(kind, request, house, visitor, mode)


def _blank(kind: str, request: Request, house: House, visitor: Visitor, mode: str) -> HTMLResponse:
    values = beginning_values(kind, id="", owner=visitor.name, now=house.now())
    draft = Draft([("_mode", "text" if mode == "text" else "form")], None, kind)
    draft.typed = typed_of_values(kind, values)
    draft.body = BODIES.get(kind, "")
    draft.id = values["id"]
    draft.text = beginning(house.library(), kind, id="", owner=visitor.name, now=house.now())
    return _form(request, house, draft, None, fresh=True)


def _from_draft(request: Request, house: House, visitor: Visitor, draft_id: str, kind: str) -> HTMLResponse:
    now, owner, limit = house.now(), visitor.name, house.settings.upload_limit_bytes
    if kind == "case":
        begun = page_from_draft(
            house.store, house.search_index(), draft_id, owner=owner, now=now, limit_bytes=limit
        )
    else:
        begun = page_from_file(
            house.store, house.library(), draft_id, kind, owner=owner, now=now, limit_bytes=limit
        )
    draft = Draft([("_mode", "form"), ("_draft", begun.draft.id)], None, kind)
    draft.typed = typed_of_values(kind, begun.values)
    draft.body, draft.id = begun.body, str(begun.values["id"])
    return _form(request, house, draft, None, fresh=True)


@router.post("/new/{kind}")
def write_new(kind: str, request: Request, house: HouseDep, visitor: VisitorDep, pairs: Sent) -> Response:
    """Compare or write a page that is new; or show the form again with its faults."""
    form_of(kind)
    draft = Draft(pairs, None, kind)
    fixed = _fixed_of_new(house, draft)
    if draft.action in {"form", "text"}:
        return _other_mode(request, house, draft, None, fixed)
    text = draft.written(None, fixed)
    if draft.action in {"resume", "back"} or draft.faults:
        return _back(request, house, draft, None)
    waiting = waiting_in(house.store, text)
    asked = new_proposal(house.library(), text, now=house.now(), waiting=waiting)
    if asked.faults or draft.action != "save":
        return _looked_at(request, house, draft, None, asked)
    try:
        if draft.field_draft:
            may_become(house.store, draft.field_draft, asked.examined.page.id if asked.examined.page else "")
        saved = create_page(
            house.store, house.library(), text, why=draft.why, editor=editor_of(visitor), now=house.now()
        )
    except (BadInput, NotAllowed, Unwritable, Conflict) as refusal:
        return _refused(request, house, draft, None, asked, refusal)
    if draft.field_draft:
        close_with_page(house.store, draft.field_draft, saved.page_id, who=visitor.name, now=house.now())
    return _to_page(saved.page_id, draft_key=_key(draft, None))


@router.post("/new/{kind}/preview")
def preview_new(kind: str, house: HouseDep, language: LanguageDep, pairs: Sent) -> Response:
    """Return a new page as its readers would see it, as a piece of HTML."""
    form_of(kind)
    draft = Draft(pairs, None, kind)
    text = draft.written(None, _fixed_of_new(house, draft))
    return _preview(house, language, draft, text, None)


@router.get("/{page_id}/edit")
def edit(
    page_id: Id, request: Request, house: HouseDep, visitor: VisitorDep, mode: str = "form"
) -> HTMLResponse:
    """Show the form of a page, or its file as text."""
    opened = _opened(house, page_id, visitor)
    draft = Draft([("_mode", "text")], opened, opened.page.type if opened.page else "case")
    draft.text, draft.body = opened.text, opened.body
    if mode != "text" and opened.page is not None:
        draft.mode = draft.origin = "form"
        draft.typed = typed_of(opened.page)
    return _form(request, house, draft, opened, fresh=True)


@router.post("/{page_id}/edit")
def write(page_id: Id, request: Request, house: HouseDep, visitor: VisitorDep, pairs: Sent) -> Response:
    """Compare or write what was typed; or show it again with its faults; nothing typed is lost."""
    opened = _opened(house, page_id, visitor)
    draft = Draft(pairs, opened, opened.known.type if opened.known else "case")
    base = opened
    if draft.base != opened.digest:
        base = as_it_was(house.store, opened, draft.base) or opened
    fixed = _fixed_of(base.page or opened.known)
    if draft.action in {"form", "text"}:
        return _other_mode(request, house, draft, base, fixed)
    text = draft.written(base, fixed)
    if draft.action in {"resume", "back"} or draft.faults:
        return _back(request, house, draft, opened)
    waiting = waiting_in(house.store, text)
    asked = proposal(house.library(), base, text, now=house.now(), waiting=waiting)
    if draft.base != opened.digest and asked.examined.text != opened.text:
        return _three_texts(request, draft, opened, base.text if base is not opened else "", asked)
    if asked.faults or draft.action != "save":
        return _looked_at(request, house, draft, opened, asked)
    try:
        save_page(
            house.store,
            house.library(),
            page_id,
            text,
            based_on=draft.base,
            why=draft.why,
            editor=editor_of(visitor),
            now=house.now(),
        )
    except Conflict:
        now_open = _opened(house, page_id, visitor)
        return _three_texts(request, draft, now_open, base.text, asked)
    except (BadInput, NotAllowed, Unwritable) as refusal:
        return _refused(request, house, draft, opened, asked, refusal)
    return _to_page(page_id, draft_key=page_id)


@router.post("/{page_id}/preview")
def preview(
    page_id: Id, house: HouseDep, visitor: VisitorDep, language: LanguageDep, pairs: Sent
) -> Response:
    """Return what was typed as its readers would see it, as a piece of HTML."""
    opened = _opened(house, page_id, visitor)
    draft = Draft(pairs, opened, opened.known.type if opened.known else "case")
    text = draft.written(opened, _fixed_of(opened.known))
    return _preview(house, language, draft, text, opened)


def _opened(house: House, page_id: str, visitor: Visitor) -> Opened:
    return open_page(house.store, house.library(), page_id, editor=editor_of(visitor), now=house.now())


def _fixed_of(page: Page | None) -> dict[str, Any]:
    """Return what no form changes."""
    if page is None:
        return {}
    return {"id": page.id, "created": page.created, "revision": page.revision}


def _fixed_of_new(house: House, draft: Draft) -> dict[str, Any]:
    return {"id": draft.id, "created": house.today(), "revision": 1}


def _preview(house: House, language: Language, draft: Draft, text: str, opened: Opened | None) -> Response:
    library = house.library()
    faults, html = draft.faults, ""
    if not faults:
        path = opened.path if opened else ""
        look = examined(
            library,
            path,
            text,
            was=opened.known if opened else None,
            today=house.today(),
            waiting=waiting_in(house.store, text),
        )
        faults = look.faults
        if look.page is not None:
            html = rendered(library, look.page, look.body)
    told = [
        {
            "field": one.field,
            "name": place_name(one.field, language),
            "what": in_words(one.what, language),
            "repair": in_words(one.repair, language),
        }
        for one in faults
    ]
    return JSONResponse({"html": html, "faults": told})


def _other_mode(
    request: Request, house: House, draft: Draft, base: Opened | None, fixed: Mapping[str, Any]
) -> Response:
    """Show what was typed in the other way of writing it."""
    if draft.action == "text" and draft.mode == "form":
        text = draft.written(base, fixed)
        if not draft.faults:
            draft.mode = draft.origin = "text"
            draft.text = text
    elif draft.action == "form" and draft.mode == "text":
        draft.become_form()
    return _form(request, house, draft, base)


def _back(request: Request, house: House, draft: Draft, opened: Opened | None) -> Response:
    if draft.mode == "text" and draft.origin == "form":
        draft.become_form()
        draft.faults = () if draft.mode == "form" else draft.faults
    return _form(request, house, draft, opened)


def _looked_at(
    request: Request, house: House, draft: Draft, opened: Opened | None, asked: Proposal
) -> Response:
    """Show the difference; or the form with every fault at its field."""
    if asked.faults:
        draft.faults = asked.faults
        if draft.mode == "text" and draft.origin == "form":
            faults = draft.faults
            draft.become_form()
            draft.faults = faults
        return _form(request, house, draft, opened)
    page = asked.examined.page
    alike = said_already(house.search_index(), page) if opened is None and page is not None else ()
    return _difference_page(request, draft, opened, asked, alike=alike)


def _refused(
    request: Request,
    house: House,
    draft: Draft,
    opened: Opened | None,
    asked: Proposal,
    refusal: BadInput | NotAllowed | Unwritable | Conflict,
) -> Response:
    """Show the comparison again with why it was not written."""
    if isinstance(refusal, BadInput):
        found = tuple(
            Found(field=one.where, line=0, what=one.what, repair=one.repair) for one in refusal.faults
        )
    else:
        found = (Found(field="", line=0, what=str(refusal.args[0])),)
    status = {
        NotAllowed: HTTPStatus.FORBIDDEN,
        Unwritable: HTTPStatus.SERVICE_UNAVAILABLE,
        Conflict: HTTPStatus.PRECONDITION_FAILED,
    }.get(type(refusal), HTTPStatus.UNPROCESSABLE_ENTITY)
    return _difference_page(request, draft, opened, asked, faults=found, status=status)


def _difference_page(
    request: Request,
    draft: Draft,
    opened: Opened | None,
    asked: Proposal,
    *,
    alike: tuple[Duplicate, ...] = (),
    faults: tuple[Found, ...] = (),
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    language = language_of_request(request)
    page = asked.examined.page
    values = {
        "id": opened.id if opened else (page.id if page else ""),
        "title": page.title if page else "",
        "action": _action(draft, opened),
        "key": _key(draft, opened),
        "draft": draft,
        "text": asked.examined.text.replace("\r\n", "\n").removeprefix("\ufeff"),
        "lines": asked.lines,
        "file": asked.path,
        "faults": told_rows(faults, language),
        "warnings": told_rows(asked.examined.warnings, language),
        "is_new": opened is None,
        "alike": [one.json(language) for one in alike],
        "writable": opened.writable if opened else True,
        "not_allowed": opened.not_allowed if opened else "",
        "needs_why": opened is not None
        and opened.known is not None
        and opened.known.status != "in_preparation",
    }
    return render(request, "editing/compare.html", values, status_code=status)


def _three_texts(request: Request, draft: Draft, opened: Opened, base_text: str, asked: Proposal) -> Response:
    yours, theirs = asked.examined.text, opened.text
    values = {
        "id": opened.id,
        "title": opened.known.title if opened.known else opened.id,
        "action": _action(draft, opened),
        "key": opened.id,
        "draft": draft,
        "digest": opened.digest,
        "base": base_text,
        "yours": yours.replace("\r\n", "\n"),
        "theirs": theirs.replace("\r\n", "\n"),
        "your_lines": difference(base_text, yours) if base_text else (),
        "their_lines": difference(base_text, theirs) if base_text else (),
        "merged": merged(base_text, yours, theirs).replace("\r\n", "\n"),
    }
    return render(request, "editing/conflict.html", values, status_code=HTTPStatus.PRECONDITION_FAILED)


def _form(
    request: Request, house: House, draft: Draft, opened: Opened | None, *, fresh: bool = False
) -> HTMLResponse:
    language = language_of_request(request)
    library = house.library()
    at_field: dict[str, list[str]] = {}
    for one in told_rows(draft.faults, language):
        at_field.setdefault(one["field"], []).append(one["text"])
    values = {
        "id": opened.id if opened else "",
        "title": (opened.known.title if opened and opened.known else ""),
        "kind": draft.kind,
        "kind_name": KIND_NAMES.get(draft.kind, draft.kind),
        "action": _action(draft, opened),
        "key": _key(draft, opened),
        "field_draft": told_of_draft(house.store, draft.field_draft) if draft.field_draft else None,
        "draft": draft,
        "typed": draft.typed,
        "no_hazards": NO_HAZARDS,
        "sections": sections_of(draft.kind) if draft.mode == "form" else (),
        "wrong_sections": [
            title
            for title, specs in (sections_of(draft.kind) if draft.mode == "form" else ())
            if {spec.name for spec in specs} & {path.partition(".")[0] for path in at_field}
        ],
        "opened": opened,
        "fresh": fresh,
        "faults": told_rows(draft.faults, language),
        "at_field": at_field,
        "body_faults": at_field.get(BODY, []),
        "name": lambda path: field_name(path, language),
        "options": lambda spec: options_of(spec, library.vocabularies, language),
        "hint": lambda spec: hint_of(spec, language),
        "can_be_form": draft.mode == "form" or opened is None or opened.page is not None,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if draft.faults else HTTPStatus.OK
    return render(request, "editing/form.html", values, status_code=status)


def _key(draft: Draft, opened: Opened | None) -> str:
    """Return under which name a browser keeps what is typed."""
    if opened:
        return opened.id
    return f"new-{draft.kind}-{draft.field_draft}" if draft.field_draft else f"new-{draft.kind}"


def _action(draft: Draft, opened: Opened | None) -> str:
    return f"/pages/{opened.id}/edit" if opened else f"/pages/new/{draft.kind}"


def _to_page(page_id: str, *, draft_key: str) -> Response:
    return RedirectResponse(f"/pages/{page_id}/read?saved={draft_key}", status_code=HTTPStatus.SEE_OTHER)
