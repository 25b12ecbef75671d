"""One machine, one file, as a page with its life as a picture; and labels to print."""

from datetime import UTC
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse

from kb.i18n import translator
from kb.usecases.machine_file import machine_file
from kb.usecases.machine_labels import MOST_LABELS, machine_labels
from kb.usecases.plan_words import Words
from kb.usecases.proposal_words import LEVEL_NAMES
from kb.usecases.register_service_tables import UNITS
from kb.usecases.reliability_trends import item_name, items_of
from kb.usecases.work_orders import KINDS
from kb.web.context import HouseDep, LanguageDep
from kb.web.pages.machine_file_chart import timeline
from kb.web.rendering import render
from planner.model import Level

router = APIRouter(prefix="/machine-files")

SHOWN = 20


@router.get("/labels")
def labels(
    request: Request,
    house: HouseDep,
    site: Annotated[str, Query(max_length=64)] = "",
    tag: Annotated[list[str] | None, Query(max_length=MOST_LABELS)] = None,
) -> HTMLResponse:
    """Show labels with QR codes, ready to print."""
    found = machine_labels(house.store, site=site, tags=tag or (), base=str(request.base_url).rstrip("/"))
    return render(
        request, "machine_files/labels.html", {"labels": found.labels, "sites": found.sites, "site": site}
    )


@router.get("/{tag}")
def show(
    request: Request, house: HouseDep, language: LanguageDep, tag: Annotated[str, Path(max_length=64)]
) -> HTMLResponse:
    """Show everything about a machine."""
    found = machine_file(house.store, tag, today=house.today(), zone=house.now().tzinfo or UTC)
    library = house.library()
    items = items_of(library)
    names = {
        key: item_name(items[key], language)
        for one in found.values
        if (key := (one["checklist"], one["item"])) in items
    }
    return render(
        request,
        "machine_files/show.html",
        {
            "one": found,
            "words": Words(language),
            "lists": library.vocabularies,
            "kinds": {name: pair[0 if language == "zh_CN" else 1] for name, pair in KINDS.items()},
            "coverage": {level.value: translator(language)(name) for level, name in LEVEL_NAMES.items()},
            "inspections": {
                level.value: Words(language).level(level) for level in Level if level.value != "by_hours"
            },
            "units": {code: pair[0 if language == "zh_CN" else 1] for code, pair in UNITS.items()},
            "names": names,
            "life": timeline(found, today=house.today()),
            "today": house.today(),
            "shown": SHOWN,
        },
    )
