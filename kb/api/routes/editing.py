"""Editing the library as data: a page's file with its ETag, written back over the state it rests on, its history.

`PUT` and the other changes of a page ask for `If-Match`: nobody writes over a state that he has not seen.
"""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, File, Header, Path, Query, Request, Response, UploadFile

from kb.api.routes.content import tags_of
from kb.api.routes.editing_schemas import (
    DifferenceOut,
    EditableOut,
    FoundOut,
    HistoryOut,
    NewPage,
    PageChange,
    PageIn,
    PictureOut,
    PreviewOut,
    RestoreIn,
    RevisionOut,
    RevisionText,
    SavedOut,
    StandingIn,
)
from kb.api.routes.register_schemas import problems_documented
from kb.errors import BadInput, Conflict, Fault, NotFound
from kb.usecases.accounts import Role
from kb.usecases.draft_page import close_with_page, may_become
from kb.usecases.editing import Proposal, Saved, create_page, new_proposal, proposal, save_page
from kb.usecases.editing_difference import difference
from kb.usecases.editing_history import MOST_ROWS, Revision, history, revision, texts_of
from kb.usecases.editing_new import said_already
from kb.usecases.editing_opening import Editor, Opened, open_page
from kb.usecases.editing_pictures import keep_picture, waiting_in
from kb.usecases.editing_preview import rendered
from kb.usecases.editing_standing import restore, set_standing
from kb.usecases.editing_text import Found, text_of_fields
from kb.web.context import HouseDep, LanguageDep, Visitor, VisitorDep
from kb.wiring import House

router = APIRouter(prefix="/library/pages", tags=["editing"])

Id = Annotated[str, Path(max_length=80)]
IfMatch = Annotated[str, Header(max_length=200, description="the ETag of the state that was edited")]


PROBLEMS = problems_documented(
    s403="your role may not do this, or the token in X-CSRF-Token is missing or another's",
    s404="there is none",
    s412="the page is not as If-Match says; `yours` has your text and its base, `theirs` what stands now",
    s422="every fault by field",
    s503="the folder of the library cannot be written",
)


def editor_of(visitor: Visitor) -> Editor:
    """Return who edits; the local visitor of a service without users may do all."""
    return Editor(name=visitor.name, role=visitor.user.role if visitor.user else Role.ADMIN)


@router.post("", status_code=HTTPStatus.CREATED, responses=PROBLEMS)
def create(body: NewPage, response: Response, house: HouseDep, visitor: VisitorDep) -> SavedOut:
    """Write a new page; its id, type and place come from its front matter."""
    text = _text(body, None)
    if body.draft:
        asked = new_proposal(house.library(), text, now=house.now()).examined.page
        may_become(house.store, body.draft, asked.id if asked is not None else "")
    saved = create_page(
        house.store, house.library(), text, why=body.why, editor=editor_of(visitor), now=house.now()
    )
    if body.draft:
        close_with_page(house.store, body.draft, saved.page_id, who=visitor.name, now=house.now())
    response.headers["ETag"] = f'"{saved.digest}"'
    response.headers["Location"] = f"/api/v1/library/pages/{saved.page_id}"
    if not saved.is_new_state:
        response.status_code = HTTPStatus.OK
    return _saved(saved)


@router.post(
    "/pictures",
    status_code=HTTPStatus.CREATED,
    responses=problems_documented(
        s413="the whole is larger than the service takes", s422="it is no picture that is kept"
    ),
)
def take_picture(
    picture: Annotated[UploadFile, File(description="PNG, JPEG, WebP, GIF, BMP or TIFF")],
    house: HouseDep,
    visitor: VisitorDep,
) -> PictureOut:
    """Take a picture in: written anew without what the camera wrote beside it, once however often it is sent.

    It waits until a page is saved that names it (`file` in its attachments, `markdown` in its body), and is then
    written beside that page.
    """
    limit = house.settings.upload_limit_bytes
    kept = keep_picture(
        house.store,
        picture.file.read(limit + 1),
        picture.filename or "",
        who=visitor.name,
        now=house.now(),
        limit_bytes=limit,
    )
    return PictureOut.model_validate(kept.json())


@router.post("/preview", responses=problems_documented(s422="fields that are none"))
def preview_new(body: PageIn, house: HouseDep, language: LanguageDep) -> PreviewOut:
    """Show a new page as it would be, and what may say the same already; nothing is written."""
    text = _text(body, None)
    waiting = waiting_in(house.store, text)
    asked = new_proposal(house.library(), text, now=house.now(), waiting=waiting)
    shown = _preview(house, asked)
    page = asked.examined.page
    if page is not None:
        shown.duplicates = [one.json(language) for one in said_already(house.search_index(), page)]
    return shown


@router.get(
    "/{id}",
    response_model=EditableOut,
    responses={304: {"description": "it is as you know it"}, **problems_documented(s404="there is none")},
)
def read(
    id: Id, request: Request, response: Response, house: HouseDep, visitor: VisitorDep
) -> EditableOut | Response:
    """Return a page as its file stands, to be edited."""
    opened = _opened(house, id, visitor)
    etag = f'"{opened.digest}"'
    if etag in tags_of(request.headers.get("if-none-match", "")):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": etag})
    response.headers["ETag"] = etag
    return EditableOut(
        id=opened.id,
        path=opened.path,
        digest=opened.digest,
        text=opened.text,
        fields=opened.page.model_dump(mode="json") if opened.page is not None else {},
        body=opened.body,
        writable=opened.writable,
        may_edit=not opened.not_allowed,
    )


@router.put("/{id}", responses=PROBLEMS)
def write(
    id: Id,
    body: PageChange,
    response: Response,
    house: HouseDep,
    visitor: VisitorDep,
    if_match: IfMatch = "",
) -> SavedOut:
    """Write a page's text over the state that `If-Match` names; the same text twice is one state."""
    based_on = _digest(if_match)
    saved = save_page(
        house.store,
        house.library(),
        id,
        _text(body, _opened(house, id, visitor)),
        based_on=based_on,
        why=body.why,
        editor=editor_of(visitor),
        now=house.now(),
    )
    response.headers["ETag"] = f'"{saved.digest}"'
    return _saved(saved)


@router.post(
    "/{id}/preview", responses=problems_documented(s404="there is none", s422="fields that are none")
)
def preview(id: Id, body: PageIn, house: HouseDep, visitor: VisitorDep) -> PreviewOut:
    """Show a page as it would be, with every fault and what changes; nothing is written."""
    opened = _opened(house, id, visitor)
    text = _text(body, opened)
    waiting = waiting_in(house.store, text)
    return _preview(house, proposal(house.library(), opened, text, now=house.now(), waiting=waiting))


@router.get("/{id}/history", responses=problems_documented(s404="there is none"))
def read_history(
    id: Id,
    house: HouseDep,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    size: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 50,
) -> HistoryOut:
    """Return the states of a page, the newest first."""
    library = house.library()
    found, total = history(
        house.store, library.folder, id, library.paths.get(id, ""), now=house.now(), page=page, size=size
    )
    if not total:
        raise NotFound("page", id)
    return HistoryOut(items=[_revision(one) for one in found], page=page, size=size, total=total)


@router.get("/{id}/history/{number}", responses=problems_documented(s404="there is none"))
def read_revision(id: Id, number: Annotated[int, Path(ge=1, le=10**6)], house: HouseDep) -> RevisionText:
    """Return a state of a page with its text."""
    state, content = revision(house.store, id, number)
    text = content.decode("utf-8", errors="replace")
    return RevisionText(**_revision(state).model_dump(), text=text)


@router.get("/{id}/difference", responses=problems_documented(s404="there is none"))
def read_difference(
    id: Id,
    house: HouseDep,
    before: Annotated[int, Query(ge=1, le=10**6)],
    after: Annotated[int, Query(ge=1, le=10**6)],
) -> DifferenceOut:
    """Return how one state of a page became another, word by word."""
    one, other = texts_of([revision(house.store, id, number)[1] for number in (before, after)])
    return DifferenceOut(before=before, after=after, lines=[line.json() for line in difference(one, other)])


@router.post("/{id}/restore", responses=PROBLEMS)
def bring_back(
    id: Id,
    body: RestoreIn,
    response: Response,
    house: HouseDep,
    visitor: VisitorDep,
    if_match: IfMatch = "",
) -> SavedOut:
    """Bring an earlier state back as a new one; status, confidence and reviews stay as they are."""
    saved = restore(
        house.store,
        house.library(),
        id,
        body.number,
        based_on=_digest(if_match),
        why=body.why,
        editor=editor_of(visitor),
        now=house.now(),
    )
    response.headers["ETag"] = f'"{saved.digest}"'
    return _saved(saved)


@router.post("/{id}/standing", responses=PROBLEMS)
def change_standing(
    id: Id,
    body: StandingIn,
    response: Response,
    house: HouseDep,
    visitor: VisitorDep,
    if_match: IfMatch = "",
) -> SavedOut:
    """Change status or confidence of a page, or say that it was reviewed today."""
    saved = set_standing(
        house.store,
        house.library(),
        id,
        status=body.status,
        confidence=body.confidence,
        reviewed_today=body.reviewed_today,
        superseded_by=body.superseded_by,
        based_on=_digest(if_match),
        why=body.why,
        editor=editor_of(visitor),
        now=house.now(),
    )
    response.headers["ETag"] = f'"{saved.digest}"'
    return _saved(saved)


def _opened(house: House, id: str, visitor: Visitor) -> Opened:
    return open_page(house.store, house.library(), id, editor=editor_of(visitor), now=house.now())


def _digest(header: str) -> str:
    """Return the digest that an `If-Match` header names.

    Raises:
        Conflict: It names none.
    """
    digest = header.strip().removeprefix("W/").strip('"')
    if not digest or digest == "*":
        raise Conflict("send If-Match with the ETag of the state that you edited; GET tells it")
    return digest


def _text(body: PageIn, opened: Opened | None) -> str:
    if body.text is not None:
        if body.fields is not None or body.body is not None:
            what = "both the whole file and its parts are given"
            raise BadInput("nothing was written", [Fault(where="text", what=what, repair="give one of them")])
        return _whole(body.text)
    if body.fields is None:
        repair = "give the whole file, or fields and body"
        raise BadInput("nothing was written", [Fault(where="text", what="is missing", repair=repair)])
    kind = str(body.fields.get("type", opened.page.type if opened and opened.page else ""))
    said = body.body if body.body is not None else opened.body if opened else ""
    base, was = (opened.text, opened.page) if opened else ("", None)
    text, faults = text_of_fields(kind, {**body.fields, "type": kind}, said, base=base, was=was)
    if faults:
        raise BadInput(f"nothing was written: {len(faults)} to mend", [one.fault() for one in faults])
    return text


def _whole(text: str) -> str:
    """Return a text that is one: JSON may hold half a character, which no file and no answer does.

    Raises:
        BadInput: It holds one.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        what = f"has the character U+{ord(text[error.start]):04X}, which is half of one"
        raise BadInput("nothing was written", [Fault(where="text", what=what, repair="remove it")]) from error
    return text


def _preview(house: House, asked: Proposal) -> PreviewOut:
    look = asked.examined
    html = rendered(house.library(), look.page, look.body) if look.page is not None else ""
    return PreviewOut(
        html=html,
        text=look.text,
        path=asked.path,
        faults=[_found(one) for one in look.faults],
        warnings=[_found(one) for one in look.warnings],
        difference=[line.json() for line in asked.lines],
    )


def _found(found: Found) -> FoundOut:
    return FoundOut(field=found.field, line=found.line, what=found.what, repair=found.repair)


def _revision(state: Revision) -> RevisionOut:
    return RevisionOut.model_validate(state.json())


def _saved(saved: Saved) -> SavedOut:
    return SavedOut(
        id=saved.page_id,
        digest=saved.digest,
        written=saved.is_new_state,
        revision=_revision(saved.revision) if saved.revision is not None else None,
        warnings=[_found(one) for one in saved.warnings],
    )
