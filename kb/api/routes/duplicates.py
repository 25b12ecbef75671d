"""Pages that may say already what somebody is about to write: for a sketch, and for a draft from the field."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from kb.usecases.drafts import draft
from kb.usecases.duplicates import LONGEST_TEXT, MOST_TEXTS, Sketch, draft_sketch, duplicates_of
from kb.web.context import HouseDep, LanguageDep

router = APIRouter(tags=["duplicates"])

Texts = Annotated[list[Annotated[str, Field(max_length=LONGEST_TEXT)]], Field(max_length=MOST_TEXTS)]


class SketchIn(BaseModel):
    """What is about to be written; every field may be left out."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""
    symptom: Annotated[str, Field(max_length=2 * LONGEST_TEXT)] = ""
    alarms: Annotated[Texts, Field(description="as typed, with or without the family")] = []
    components: Annotated[Texts, Field(description="subsystem codes, alone or with an item: SPI/motor")] = []
    models: Annotated[Texts, Field(description="codes of controls, or free text such as VMC850 0i-MF")] = []
    page_id: Annotated[
        str, Field(max_length=80, description="the page itself, where it is there already")
    ] = ""


class DuplicateOut(BaseModel):
    """A page that may say it already; `sure` where codes and words leave no doubt, `why` in words."""

    id: str
    type: str
    title: str
    sure: bool
    weight: float
    text: float
    why: list[str]


class DuplicatesOut(BaseModel):
    """Possible duplicates, the likeliest first."""

    items: list[DuplicateOut]


@router.post("/duplicates")
def find_duplicates(body: SketchIn, house: HouseDep, language: LanguageDep) -> DuplicatesOut:
    """Return the pages that may say it already: code, control and component before text. Nothing is kept."""
    sketch = Sketch(
        title=body.title,
        symptom=body.symptom,
        alarms=tuple(body.alarms),
        components=tuple(body.components),
        models=tuple(body.models),
        page_id=body.page_id,
    )
    return _out(house, language, sketch)


@router.get("/drafts/{id}/duplicates", responses={404: {"description": "there is no such draft"}})
def read_draft_duplicates(
    id: Annotated[str, Path(max_length=64)], house: HouseDep, language: LanguageDep
) -> DuplicatesOut:
    """Return the pages that may say already what a draft from the field says."""
    return _out(house, language, draft_sketch(draft(house.store, id).texts))


def _out(house: HouseDep, language: LanguageDep, sketch: Sketch) -> DuplicatesOut:
    found = duplicates_of(house.search_index(), sketch)
    return DuplicatesOut(items=[DuplicateOut.model_validate(one.json(language)) for one in found])
