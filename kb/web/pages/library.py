"""The built site under /library/, and the short address of each page, /pages/ID."""

import re
from http import HTTPStatus
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, RedirectResponse, Response

from kb.errors import NotFound
from kb.usecases.content import site_address
from kb.usecases.editing_preview import is_newer_than_site
from kb.web.context import HouseDep
from kb.web.rendering import render

router = APIRouter()

_DIGEST_IN_NAME = re.compile(r"\.(?:[0-9a-f]{8}\.min\.(?:css|js)|[0-9a-f]{12}\.js)$")
"""The theme and the offline pack put a digest of the content into these names, so they never change."""
MEDIA_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
"""Told outright: some machines' registries call scripts plain text, and a browser runs no module or worker that is."""
KEPT = "private, max-age=31536000, immutable"
ASKED_AGAIN = "no-cache"


@router.get("/pages/{page_id}")
def page(page_id: str, house: HouseDep) -> Response:
    """Lead to a library page by its id: to the site, or to the service's own view where that is newer."""
    library = house.library()
    address = f"/library/{site_address(library, page_id)}"
    site = house.settings.site_dir
    if (site / "index.html").is_file() and is_newer_than_site(library, page_id, site):
        address = f"/pages/{page_id}/read"
    return RedirectResponse(address, status_code=HTTPStatus.SEE_OTHER)


@router.get("/library")
def library_root() -> Response:
    """Lead to the site's front page."""
    return RedirectResponse("/library/", status_code=HTTPStatus.PERMANENT_REDIRECT)


@router.get("/library/{path:path}")
def library_file(path: str, request: Request, house: HouseDep) -> Response:
    """Serve a file of the built site, or say how to build it; 304 where the browser has it already."""
    root = house.settings.site_dir.resolve()
    if not (root / "index.html").is_file():
        return render(request, "library_missing.html", {}, status_code=HTTPStatus.NOT_FOUND)
    file = _file_below(root, path)
    kept = KEPT if _DIGEST_IN_NAME.search(file.name) else ASKED_AGAIN
    answer = FileResponse(
        file,
        headers={"Cache-Control": kept},
        media_type=MEDIA_TYPES.get(file.suffix),
        stat_result=file.stat(),
    )
    if request.headers.get("if-none-match") == answer.headers["etag"]:
        headers = {"ETag": answer.headers["etag"], "Cache-Control": kept}
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return answer


def _file_below(root: Path, path: str) -> Path:
    """Return the file that `path` names below `root`; a folder means its index.

    Raises:
        NotFound: There is no such file, or it lies outside.
    """
    missing = NotFound("site page", path.replace("\0", "?")[:200])
    if "\0" in path:
        raise missing
    try:
        target = (root / path).resolve()
        if target.is_relative_to(root) and target.is_dir():
            target = (target / "index.html").resolve()
        if not target.is_relative_to(root) or not target.is_file():
            raise missing
    except OSError as error:  # a name that the file system does not take, such as one of 5,000 letters
        raise missing from error
    return target
