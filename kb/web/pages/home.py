"""The start page: one question, one field; and whether the service is up."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, PlainTextResponse

from kb.usecases.overview import overview
from kb.web.context import HouseDep
from kb.web.rendering import render

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure that leads to its list."""

    href: str
    figure: str
    label: str


@router.get("/")
def home(request: Request, house: HouseDep) -> HTMLResponse:
    """Show the start page."""
    figures = overview(store=house.store, library=house.library(), today=house.today())
    tiles = [
        Tile("/search?type=case", str(figures.cases), "fault cases"),
        Tile("/search?type=alarm", str(figures.alarms), "alarms"),
        Tile("/search?type=guide", str(figures.guides), "guides"),
        Tile("/register/sites", str(figures.sites), "sites"),
        Tile("/register/equipment", str(figures.equipment), "machines"),
        Tile("/plan", str(figures.visits_next_30_days), "visits in the next 30 days"),
    ]
    return render(request, "home.html", {"tiles": tiles, "pages_total": figures.pages})


@router.get("/healthz")
def healthz(house: HouseDep) -> PlainTextResponse:
    """Answer once the database answers."""
    house.store.check()
    return PlainTextResponse("ok")
