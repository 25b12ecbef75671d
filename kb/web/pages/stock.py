"""What lies where: parts with their places and alternatives, those that are short first to be seen."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from kb.usecases.order_words import PART_WORDS
from kb.usecases.stock import StockWish, stock
from kb.web.context import HouseDep
from kb.web.rendering import render

router = APIRouter(prefix="/stock")

PAGE_SIZE = 30


@router.get("")
def stock_page(
    request: Request,
    house: HouseDep,
    text: Annotated[str, Query(max_length=100)] = "",
    part_class: Annotated[str, Query(max_length=20)] = "",
    place: Annotated[str, Query(max_length=80)] = "",
    short: bool = False,
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
) -> HTMLResponse:
    """Show parts with where they lie; `short` shows those below their minimum."""
    wish = StockWish(text=text, part_class=part_class, place=place, short=short, page=page, size=PAGE_SIZE)
    typed = {"text": text, "part_class": part_class, "place": place, "short": "1" if short else ""}
    values = {
        "here": stock(house.store, wish),
        "typed": typed,
        "rest": urlencode({name: value for name, value in typed.items() if value}),
        "part_words": PART_WORDS,
    }
    return render(request, "stock/list.html", values)
