"""The built site under /library/, and the short address of each page, /pages/ID."""

from http import HTTPStatus
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, RedirectResponse, Response

from kb.errors import NotFound
from kb.usecases.content import site_address
from kb.web.context import HouseDep
from kb.web.rendering import render

router = APIRouter()

SITE_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
"""Material writes its own inline scripts and styles into its pages; they hold no page text of strangers."""


@router.get("/pages/{page_id}")
def page(page_id: str, house: HouseDep) -> Response:
    """Lead to a library page by its id."""
    return RedirectResponse(
        f"/library/{site_address(house.library(), page_id)}", status_code=HTTPStatus.SEE_OTHER
    )


@router.get("/library")
def library_root() -> Response:
    """Lead to the site's front page."""
    return RedirectResponse("/library/", status_code=HTTPStatus.PERMANENT_REDIRECT)


@router.get("/library/{path:path}")
def library_file(path: str, request: Request, house: HouseDep) -> Response:
    """Serve a file of the built site, or say how to build it."""
    root = house.settings.site_dir.resolve()
    if not (root / "index.html").is_file():
        return render(request, "library_missing.html", {}, status_code=HTTPStatus.NOT_FOUND)
    file = _file_below(root, path)
    return FileResponse(file, headers={"Content-Security-Policy": SITE_POLICY, "Cache-Control": "no-cache"})


def _file_below(root: Path, path: str) -> Path:
    """Return the file that `path` names below `root`; a folder means its index.

    Raises:
        NotFound: There is no such file, or it lies outside.
    """
    if "\0" in path:
        raise NotFound("site page", path.replace("\0", "?"))
    target = (root / path).resolve()
    if target.is_dir():
        target = target / "index.html"
    if not target.is_relative_to(root) or not target.is_file():
        raise NotFound("site page", path)
    return target
