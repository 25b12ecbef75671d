"""Pictures of a page that is being written: sent as soon as they are chosen, shown before the page is saved."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, File, Path, UploadFile
from fastapi.responses import JSONResponse, Response

from kb.errors import BadInput, Fault
from kb.usecases.drafts import Photo
from kb.usecases.editing_pictures import keep_picture, picture_content
from kb.web.context import HouseDep, LanguageDep, VisitorDep
from kb.web.pages.editing_faults import in_words
from kb.web.photos import photo_answer

router = APIRouter(prefix="/pages/pictures")


@router.post("")
def send(
    house: HouseDep,
    visitor: VisitorDep,
    language: LanguageDep,
    picture: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Take a picture in; the answer has the entry that the form adds, or what is wrong with it."""
    limit = house.settings.upload_limit_bytes
    try:
        if picture is None:
            fault = Fault(where="picture", what="is missing", repair="choose a picture")
            raise BadInput("the picture was not kept", [fault])
        kept = keep_picture(
            house.store,
            picture.file.read(limit + 1),
            picture.filename or "",
            who=visitor.name,
            now=house.now(),
            limit_bytes=limit,
        )
    except BadInput as refusal:
        told = [
            {
                "where": one.where,
                "what": in_words(one.what, language),
                "repair": in_words(one.repair, language),
            }
            for one in refusal.faults
        ]
        return JSONResponse({"faults": told}, status_code=HTTPStatus.UNPROCESSABLE_ENTITY)
    return JSONResponse({**kept.json(), "address": f"/pages/pictures/{kept.name}"})


@router.get("/{name}")
def show(name: Annotated[str, Path(max_length=40)], house: HouseDep) -> Response:
    """Show a picture that waits for its page, or that stands beside one."""
    media_type, content = picture_content(house.store, house.library(), name)
    photo = Photo(position=1, media_type=media_type, size_bytes=len(content), digest=name.partition(".")[0])
    return photo_answer(photo, content)
