"""Is it written already? A form for who is about to write, and the answer for a draft from the field."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse

from kb.content import Library
from kb.i18n import Language
from kb.usecases.drafts import draft
from kb.usecases.duplicates import LONGEST_TEXT, Sketch, draft_sketch, duplicates_of
from kb.usecases.search import sentences
from kb.web.context import HouseDep, LanguageDep
from kb.web.rendering import render
from kb.wiring import House

router = APIRouter()

Text = Annotated[str, Query(max_length=LONGEST_TEXT)]


@router.get("/duplicates")
def duplicates_page(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    title: Text = "",
    symptom: Text = "",
    alarm: Text = "",
    machine: Text = "",
    component: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """Show the form, and the pages that may say already what was typed into it."""
    sketch = Sketch(
        title=title,
        symptom=symptom,
        alarms=tuple(alarm.splitlines()),
        models=(machine,) if machine.strip() else (),
        components=(component,) if component else (),
    )
    asked = any(text.strip() for text in (title, symptom, alarm, machine))
    return _page(request, house, language, sketch, asked=asked, alarm=alarm, machine=machine)


@router.get("/drafts/{id}/duplicates")
def draft_duplicates_page(
    request: Request, house: HouseDep, language: LanguageDep, id: Annotated[str, Path(max_length=64)]
) -> HTMLResponse:
    """Show the pages that may say already what a draft from the field says."""
    kept = draft(house.store, id)
    sketch = draft_sketch(kept.texts)
    alarm, machine = kept.texts["alarm"], kept.texts["machine"]
    return _page(request, house, language, sketch, asked=True, alarm=alarm, machine=machine, draft_id=kept.id)


def _page(
    request: Request,
    house: House,
    language: Language,
    sketch: Sketch,
    *,
    asked: bool,
    alarm: str,
    machine: str,
    draft_id: str = "",
) -> HTMLResponse:
    found = duplicates_of(house.search_index(), sketch) if asked else ()
    values = {
        "asked": asked,
        "sketch": sketch,
        "alarm": alarm,
        "machine": machine,
        "component": sketch.components[0] if sketch.components else "",
        "components": component_choices(house.library(), language),
        "found": [(one, sentences(one.why, language)) for one in found],
        "draft_id": draft_id,
        "longest": LONGEST_TEXT,
    }
    return render(request, "health/duplicates.html", values)


def component_choices(library: Library, language: Language) -> list[tuple[str, str]]:
    """Return the subsystems to choose from: code and name."""
    codes = library.vocabularies.lists.get("subsystems", {})
    return [(code, library.vocabularies.label("subsystems", code, language)) for code in codes]
