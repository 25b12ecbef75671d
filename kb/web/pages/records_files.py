"""Pages around a record: its files and its picture; a sample that is drawn, a call that is made, work for the library."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, File, Form, Path, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from kb.errors import BadInput, Conflict, NotFound
from kb.usecases.record_files import add_file, file_of, remove_file
from kb.usecases.record_making import draw_sample, follow_up, make_library_work
from kb.usecases.record_picture import milestones_svg
from kb.usecases.record_reading import RecordQuery, record
from kb.web.context import HouseDep
from kb.web.downloads import download
from kb.web.pages.records import TypedDep, list_shown, record_shown
from kb.web.pages.records_asked import ActorDep, WordingDep

router = APIRouter(prefix="/records")

Handle = Annotated[str, Path(max_length=64)]
Text = Annotated[str, Form(max_length=4000)]


@router.post("/samples")
def draw(
    request: Request, house: HouseDep, wording: WordingDep, actor: ActorDep, typed: TypedDep
) -> Response:
    """Draw a sample and lead to it."""
    asked = {name: typed.get(name, "") for name in ("population", "first_day", "last_day", "share", "seed")}
    try:
        made = draw_sample(
            house.store,
            asked,
            id=typed.get("id") or house.new_id(),
            actor=actor,
            wording=wording,
            now=house.now(),
        )
    except (BadInput, Conflict) as error:
        said = "; ".join(str(one) for one in error.faults) if isinstance(error, BadInput) else str(error)
        return list_shown(request, house, RecordQuery(kind="verification"), wording, actor, said)
    return RedirectResponse(f"/records/{made.number}", status_code=HTTPStatus.SEE_OTHER)


@router.post("/follow-ups")
def call(house: HouseDep, wording: WordingDep, actor: ActorDep, typed: TypedDep) -> Response:
    """Make the follow-up call of a finished job, or lead to the one that is there."""
    made = follow_up(
        house.store,
        visit=typed.get("visit", ""),
        order=typed.get("order", ""),
        id=house.new_id(),
        actor=actor,
        wording=wording,
        now=house.now(),
    )
    return RedirectResponse(f"/records/{made.number}", status_code=HTTPStatus.SEE_OTHER)


@router.post("/{handle}/library")
def to_library(house: HouseDep, wording: WordingDep, actor: ActorDep, handle: Handle) -> Response:
    """Make an answered question work for the library."""
    make_library_work(house.store, handle, id=house.new_id(), actor=actor, wording=wording, now=house.now())
    return RedirectResponse("/search/unanswered", status_code=HTTPStatus.SEE_OTHER)


@router.get("/{handle}/milestones.svg")
def picture(house: HouseDep, wording: WordingDep, actor: ActorDep, handle: Handle) -> Response:
    """Return the milestones of a project as a picture."""
    one = record(house.store, handle, actor=actor, wording=wording, now=house.now())
    if "milestones" not in one.values:
        raise NotFound("picture", handle)
    svg = milestones_svg(one.values["milestones"], house.today())
    policy = {
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(svg, media_type="image/svg+xml", headers=policy)


@router.post("/{handle}/files")
def send_file(
    request: Request,
    house: HouseDep,
    wording: WordingDep,
    actor: ActorDep,
    handle: Handle,
    file: Annotated[UploadFile, File()],
    note: Text = "",
) -> Response:
    """Keep a file with a record, or say what is wrong with it."""
    limit = house.settings.upload_limit_bytes
    try:
        add_file(
            house.store,
            handle,
            name=file.filename or "",
            content=file.file.read(limit + 1),
            note=note,
            id=house.new_id(),
            actor=actor,
            now=house.now(),
            limit_bytes=limit,
        )
    except BadInput as error:
        said = wording.pick(("文件没有保存。", "The file was not kept."))
        code = HTTPStatus.UNPROCESSABLE_ENTITY
        return record_shown(
            request, house, wording, actor, handle, refused=said, faults=error.faults, status=code
        )
    return RedirectResponse(f"/records/{handle}#files", status_code=HTTPStatus.SEE_OTHER)


@router.get("/{handle}/files/{file_id}")
def read_file(house: HouseDep, handle: Handle, file_id: Annotated[str, Path(max_length=64)]) -> Response:
    """Return a file, to be saved and not opened in the browser."""
    known, content = file_of(house.store, handle, file_id)
    return download(content, known.media_type, known.name)


@router.post("/{handle}/files/{file_id}/remove")
def take_off(
    house: HouseDep, actor: ActorDep, handle: Handle, file_id: Annotated[str, Path(max_length=64)]
) -> Response:
    """Take a file off a record."""
    remove_file(house.store, handle, file_id, id=house.new_id(), actor=actor, now=house.now())
    return RedirectResponse(f"/records/{handle}#files", status_code=HTTPStatus.SEE_OTHER)
