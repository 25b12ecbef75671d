"""The state of the library for whoever keeps it: counts, faults to mend, reviews that fall due."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from kb.content.pages import Confidence
from kb.usecases.content import check_content, due_reviews, pages_of
from kb.web.context import HouseDep
from kb.web.rendering import render

router = APIRouter()

FAULTS_SHOWN = 50
REVIEWS_SHOWN = 20
REVIEWS_WITHIN = timedelta(days=60)


@router.get("/content")
def content(
    request: Request, house: HouseDep, page: Annotated[int, Query(ge=1, le=1_000_000)] = 1
) -> HTMLResponse:
    """Show what the library holds, every fault of every page, and the reviews of the next sixty days."""
    library = house.library()
    report = check_content(library, today=house.today())
    last = max(-(-len(report.faults) // FAULTS_SHOWN), 1)
    number = min(page, last)
    reviews = due_reviews(library, today=house.today(), within=REVIEWS_WITHIN)
    unchecked = sum(one.confidence is not Confidence.VALIDATED for one in pages_of(library))
    values = {
        "kinds": list(report.pages.items()),
        "unchecked": unchecked,
        "total": len(library.pages),
        "faults": report.faults[(number - 1) * FAULTS_SHOWN : number * FAULTS_SHOWN],
        "fault_count": len(report.faults),
        "number": number,
        "last": last,
        "reviews": reviews[:REVIEWS_SHOWN],
        "review_count": len(reviews),
        "today": house.today(),
    }
    return render(request, "content.html", values)
