"""The library as data: its pages with every field, and what a check of it finds."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from kb.content.pages import Confidence, Page, Status
from kb.usecases.content import address_on_site, check_content, page_by_id, page_digest, pages_of
from kb.web.context import HouseDep

router = APIRouter(tags=["content"])

Kind = Literal["alarm", "case", "checklist", "course", "guide", "term"]
PageNumber = Annotated[int, Query(ge=1, le=1_000_000)]
PageSize = Annotated[int, Query(ge=1, le=500)]
PAGE_SIZE = 50


class PageShort(BaseModel):
    """A library page in a list; `address` is its path on this service, empty while it is not released."""

    id: str
    type: Kind
    title: str
    title_en: str
    summary: str
    status: Status
    confidence: Confidence
    revision: int
    address: str


class PagesOut(BaseModel):
    """A page of library pages."""

    items: list[PageShort]
    page: int
    size: int
    total: int


class FaultOut(BaseModel):
    """One fault: where it is, what is wrong, what it needs."""

    where: str
    what: str
    repair: str


class CheckOut(BaseModel):
    """What a check of the library found: pages by type, and a page of its faults."""

    pages: dict[str, int]
    items: list[FaultOut]
    page: int
    size: int
    total: int


@router.get("/pages")
def list_pages(
    house: HouseDep,
    type: Kind | None = None,
    confidence: Confidence | None = None,
    status: Status | None = None,
    subsystem: Annotated[str, Query(max_length=20)] = "",
    page: PageNumber = 1,
    size: PageSize = PAGE_SIZE,
) -> PagesOut:
    """Return the library's pages by id, filtered."""
    found = pages_of(
        house.library(), kind=type or "", confidence=confidence, status=status, subsystem=subsystem
    )
    items = [_short(one) for one in found[(page - 1) * size : page * size]]
    return PagesOut(items=items, page=page, size=size, total=len(found))


@router.get(
    "/pages/{page_id}",
    responses={200: {"description": "Every field of the front matter, `body` and `address`"}, 304: {}},
    response_model=None,
)
def read_page(
    page_id: str, request: Request, house: HouseDep, response: Response
) -> Response | dict[str, object]:
    """Return a page with all its fields and its Markdown body; 304 where `If-None-Match` has its state."""
    library = house.library()
    found = page_by_id(library, page_id)
    etag = f'"{page_digest(library, page_id)[:32]}"'
    if etag in tags_of(request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers={"ETag": etag})
    response.headers["ETag"] = etag
    return {**found.model_dump(mode="json"), "body": library.bodies[page_id], "address": _address(found)}


@router.get("/content/check")
def check(house: HouseDep, page: PageNumber = 1, size: PageSize = PAGE_SIZE) -> CheckOut:
    """Return every fault of every page, with file, line and repair."""
    report = check_content(house.library(), today=house.today())
    items = [
        FaultOut(where=fault.where, what=fault.what, repair=fault.repair)
        for fault in report.faults[(page - 1) * size : page * size]
    ]
    return CheckOut(pages=report.pages, items=items, page=page, size=size, total=len(report.faults))


def tags_of(header: str) -> frozenset[str]:
    """Return the entity tags of an `If-None-Match` header, without the mark of weak ones (RFC 9110, 13.1.2)."""
    return frozenset(part.strip().removeprefix("W/") for part in header.split(",") if part.strip())


def _short(page: Page) -> PageShort:
    return PageShort(
        id=page.id,
        type=page.type,
        title=page.title,
        title_en=page.title_en,
        summary=page.summary,
        status=page.status,
        confidence=page.confidence,
        revision=page.revision,
        address=_address(page),
    )


def _address(page: Page) -> str:
    address = address_on_site(page)
    return f"/library/{address}" if address else ""
