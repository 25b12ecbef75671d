"""What lies where, over HTTP. Parts and stock themselves are tables of the register: `/api/v1/register/parts`, `…/stock`."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from kb.api.routes.register_schemas import problems_documented
from kb.usecases.stock import StockWish, stock
from kb.web.context import HouseDep
from planner.proposals import PartClass

router = APIRouter(prefix="/stock", tags=["stock"])


@router.get("", responses=problems_documented())
def read_stock(
    house: HouseDep,
    text: Annotated[str, Query(max_length=100, description="in number, name or alternatives")] = "",
    part_class: PartClass | None = None,
    place: Annotated[str, Query(max_length=80, description="kept there")] = "",
    short: Annotated[bool, Query(description="only what lies below its minimum")] = False,
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    size: Annotated[int, Query(ge=1, le=500)] = 50,
) -> dict[str, Any]:
    """List parts by number with every place they lie at; `short` says at how many places less than the minimum lies."""
    wish = StockWish(
        text=text,
        part_class=part_class.value if part_class else "",
        place=place,
        short=short,
        page=page,
        size=size,
    )
    return stock(house.store, wish).json()
