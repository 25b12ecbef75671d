"""Training over HTTP: the yearly plan, sessions with who took part, certificates, topics from the field."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, File, Path, Query, Response, UploadFile

from kb.api.routes.register_schemas import problems_documented
from kb.usecases.plan_documents import AUTHOR
from kb.usecases.plan_words import Words
from kb.usecases.register_kinds import wording_of
from kb.usecases.training import add_item, change_item, training_item, training_year
from kb.usecases.training_certificates import (
    FILE_LIMIT_BYTES,
    MOST_WEEKS,
    WEEKS,
    attach_file,
    certificate_file,
    certificate_files,
    remove_file,
    standings,
)
from kb.usecases.training_closing import close_training, take_quiz_results
from kb.usecases.training_documents import attendance_sheet, training_workbook
from kb.usecases.training_fields import ITEM, SESSION
from kb.usecases.training_marks import Mark, mark
from kb.usecases.training_people import NewPeople, put_down, take_off
from kb.usecases.training_reading import training, trainings
from kb.usecases.training_record import training_record
from kb.usecases.training_sessions import cancel_training, change_training, set_up
from kb.usecases.training_topics import plan_topic, topics
from kb.web.context import HouseDep, LanguageDep, VisitorDep
from kb.web.downloads import download

router = APIRouter(prefix="/training", tags=["training"])

Year = Annotated[int, Path(ge=2000, le=2100)]
Id = Annotated[str, Path(max_length=64)]
Code = Annotated[str, Path(max_length=64)]
Weeks = Annotated[int, Query(ge=0, le=MOST_WEEKS)]
Revision = Annotated[int | None, Query(ge=1, description="the one that was seen; left out to overwrite")]
NewId = Annotated[
    str, Query(max_length=64, pattern=r"^[A-Za-z0-9_-]*$", description="makes a second call harmless")
]
ItemValues = Annotated[
    dict[str, Any], Body(description=f"values of the line: {', '.join(one.name for one in ITEM.fields)}")
]
SessionValues = Annotated[
    dict[str, Any],
    Body(description=f"values of the session: {', '.join(one.name for one in SESSION.fields)}"),
]
_CHANGES = problems_documented(
    s403="the role planner is needed",
    s404="there is none",
    s412="it was changed meanwhile",
    s422="every fault",
)


@router.get("/years/{year}")
def read_year(house: HouseDep, year: Year) -> dict[str, Any]:
    """Return a year's plan, what became of it, and how far it is attained."""
    return training_year(house.store, year, today=house.today()).json()


@router.get("/years/{year}/training.xlsx", response_class=Response)
def read_workbook(house: HouseDep, language: LanguageDep, year: Year) -> Response:
    """Return plan, sessions, attendance and certificates as a workbook."""
    author = Words(language).say(AUTHOR)
    built = training_workbook(
        house.store, year, language=language, today=house.today(), author=author, created=house.now()
    )
    return download(built.content, built.media_type, built.name)


@router.post("/items", status_code=HTTPStatus.CREATED, responses=_CHANGES)
def make_item(
    house: HouseDep, language: LanguageDep, visitor: VisitorDep, values: ItemValues, id: NewId = ""
) -> dict[str, Any]:
    """Put a line into a plan."""
    library = house.library()
    return add_item(
        house.store,
        values,
        library=library,
        wording=wording_of(language, house.settings.time_zone, library.vocabularies),
        id=id or house.new_id(),
        who=visitor.name,
        now=house.now(),
    ).json()


@router.get("/items/{id}", responses=problems_documented(s404="there is none"))
def read_item(house: HouseDep, id: Id) -> dict[str, Any]:
    """Return a line of a plan with its sessions."""
    return training_item(house.store, id, today=house.today()).json()


@router.patch("/items/{id}", responses=_CHANGES)
def patch_item(
    house: HouseDep,
    language: LanguageDep,
    visitor: VisitorDep,
    id: Id,
    values: ItemValues,
    revision: Revision = None,
    cancelled: bool | None = None,
) -> dict[str, Any]:
    """Change fields of a line, cancel it, or take it up again."""
    library = house.library()
    return change_item(
        house.store,
        id,
        values,
        revision=revision,
        cancelled=cancelled,
        library=library,
        wording=wording_of(language, house.settings.time_zone, library.vocabularies),
        who=visitor.name,
        now=house.now(),
    ).json()


@router.get("/sessions")
def list_sessions(
    house: HouseDep,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
) -> dict[str, Any]:
    """List sessions, by default of this year."""
    year = house.today().year
    found = trainings(house.store, first=first or date(year, 1, 1), last=last or date(year, 12, 31))
    return {"items": [one.json() for one in found]}


@router.post("/sessions", status_code=HTTPStatus.CREATED, responses=_CHANGES)
def make_session(
    house: HouseDep,
    language: LanguageDep,
    visitor: VisitorDep,
    values: SessionValues,
    item: Annotated[str, Query(max_length=64, description="id of the line of the plan")] = "",
    id: NewId = "",
) -> dict[str, Any]:
    """Set up a session; what is left out is taken from its line of the plan."""
    library = house.library()
    return set_up(
        house.store,
        values,
        item_id=item or None,
        library=library,
        wording=wording_of(language, house.settings.time_zone, library.vocabularies),
        id=id or house.new_id(),
        who=visitor.name,
        now=house.now(),
    ).json()


@router.get("/sessions/{id}", responses=problems_documented(s404="there is none"))
def read_session(house: HouseDep, id: Id) -> dict[str, Any]:
    """Return a session with who takes part."""
    return training(house.store, id).json()


@router.patch("/sessions/{id}", responses=_CHANGES)
def patch_session(
    house: HouseDep,
    language: LanguageDep,
    visitor: VisitorDep,
    id: Id,
    values: SessionValues,
    revision: Revision = None,
) -> dict[str, Any]:
    """Change fields of a session that is open."""
    library = house.library()
    return change_training(
        house.store,
        id,
        values,
        revision=revision,
        library=library,
        wording=wording_of(language, house.settings.time_zone, library.vocabularies),
        who=visitor.name,
        now=house.now(),
    ).json()


@router.post("/sessions/{id}/people", responses=_CHANGES)
def add_people(
    house: HouseDep,
    visitor: VisitorDep,
    id: Id,
    technicians: Annotated[
        list[str] | None, Body(max_length=500, description="codes of the register")
    ] = None,
    operators: Annotated[
        list[tuple[str, str]] | None,
        Body(max_length=500, description="name and customer's code, or an empty text"),
    ] = None,
    revision: Revision = None,
) -> dict[str, Any]:
    """Put people down; who is there already is not put down again."""
    people = NewPeople(technicians=technicians or [], operators=operators or [])
    return put_down(
        house.store, id, people, revision=revision, new_id=house.new_id, who=visitor.name, now=house.now()
    ).json()


@router.delete("/sessions/{id}/people/{participant}", responses=_CHANGES)
def remove_person(
    house: HouseDep, visitor: VisitorDep, id: Id, participant: Id, revision: Revision = None
) -> dict[str, Any]:
    """Take a person off."""
    return take_off(house.store, id, participant, revision=revision, who=visitor.name, now=house.now()).json()


@router.put("/sessions/{id}/marks", responses=_CHANGES)
def put_marks(
    house: HouseDep,
    visitor: VisitorDep,
    id: Id,
    marks: Annotated[dict[str, Mark], Body(description="by participant's id")],
    revision: Revision = None,
) -> dict[str, Any]:
    """Record attendance and results."""
    return mark(house.store, id, marks, revision=revision, who=visitor.name, now=house.now()).json()


@router.post("/sessions/{id}/{action}", responses=_CHANGES)
def act(
    house: HouseDep,
    language: LanguageDep,
    visitor: VisitorDep,
    id: Id,
    action: Literal["quiz-results", "close", "cancel"],
    revision: Revision = None,
) -> dict[str, Any]:
    """Take the results of the course's quiz, close the session and give certificates, or cancel it."""
    if action == "quiz-results":
        found = take_quiz_results(house.store, id, revision=revision, who=visitor.name, now=house.now())
    elif action == "cancel":
        found = cancel_training(house.store, id, revision=revision, who=visitor.name, now=house.now())
    else:
        found = close_training(
            house.store,
            id,
            revision=revision,
            issuer=Words(language).say(AUTHOR),
            wording=wording_of(language, house.settings.time_zone, house.library().vocabularies),
            new_id=house.new_id,
            who=visitor.name,
            now=house.now(),
        )
    return found.json()


@router.get("/sessions/{id}/attendance.{format}", response_class=Response)
def read_attendance(
    house: HouseDep, language: LanguageDep, id: Id, format: Literal["docx", "pdf"]
) -> Response:
    """Return the attendance sheet to sign."""
    author = Words(language).say(AUTHOR)
    built = attendance_sheet(house.store, id, format, language=language, author=author, created=house.now())
    return download(built.content, built.media_type, built.name)


@router.get("/certificates")
def list_standings(
    house: HouseDep,
    weeks: Weeks = WEEKS,
    technician: Annotated[str, Query(max_length=64)] = "",
    expiring: Annotated[bool, Query(description="only what somebody has to see to")] = False,
) -> dict[str, Any]:
    """Tell how technicians stand with the skills that rest on certificates, the gravest first."""
    found = standings(house.store, today=house.today(), weeks=weeks, technician=technician)
    return {
        "weeks": weeks,
        "items": [one.json() for one in found if one.is_warned or not expiring],
    }


@router.get("/certificates/{code}/files", responses=problems_documented(s404="there is none"))
def list_files(house: HouseDep, code: Code) -> dict[str, Any]:
    """List the files of a certificate."""
    return {"items": [_file_json(one) for one in certificate_files(house.store, code)]}


@router.post("/certificates/{code}/files", responses=_CHANGES)
def add_file(
    house: HouseDep, visitor: VisitorDep, code: Code, file: Annotated[UploadFile, File()]
) -> dict[str, Any]:
    """Keep a scan of a certificate: PDF, JPEG, PNG or WebP."""
    content = file.file.read(FILE_LIMIT_BYTES + 1)
    found = attach_file(
        house.store,
        code,
        name=file.filename or "",
        content=content,
        id=house.new_id(),
        who=visitor.name,
        now=house.now(),
    )
    return {"items": [_file_json(one) for one in found]}


@router.get("/certificates/{code}/files/{id}", response_class=Response)
def read_file(house: HouseDep, code: Code, id: Id) -> Response:
    """Return a file of a certificate."""
    kept, content = certificate_file(house.store, code, id)
    return download(content, kept.media_type, kept.name)


@router.delete("/certificates/{code}/files/{id}", status_code=HTTPStatus.NO_CONTENT, responses=_CHANGES)
def delete_file(house: HouseDep, visitor: VisitorDep, code: Code, id: Id) -> None:
    """Take a file off a certificate."""
    remove_file(house.store, code, id, who=visitor.name, now=house.now())


@router.get("/technicians/{code}", responses=problems_documented(s404="there is none"))
def read_record(house: HouseDep, code: Code, weeks: Weeks = WEEKS) -> dict[str, Any]:
    """Return a technician's training: sessions, results, certificates."""
    return training_record(house.store, code, today=house.today(), weeks=weeks).json()


@router.get("/topics")
def list_topics(house: HouseDep, language: LanguageDep) -> dict[str, Any]:
    """List the topics that the field asks for."""
    now = house.now()
    assert now.tzinfo is not None
    found = topics(house.store, house.library(), today=now.date(), zone=now.tzinfo, language=language)
    return {"items": [one.json() for one in found]}


@router.post("/topics/{key}", status_code=HTTPStatus.CREATED, responses=_CHANGES)
def take_topic(
    house: HouseDep,
    language: LanguageDep,
    visitor: VisitorDep,
    key: Annotated[str, Path(max_length=300)],
    values: Annotated[dict[str, Any] | None, Body()] = None,
) -> dict[str, Any]:
    """Put a topic into a plan; a second time returns the line that is there."""
    library = house.library()
    return plan_topic(
        house.store,
        library,
        key,
        values or {},
        id=house.new_id(),
        wording=wording_of(language, house.settings.time_zone, library.vocabularies),
        who=visitor.name,
        now=house.now(),
    ).json()


def _file_json(one: Any) -> dict[str, object]:
    return {
        "id": one.id,
        "name": one.name,
        "media_type": one.media_type,
        "size_bytes": one.size_bytes,
        "digest": one.digest,
        "added_by": one.added_by,
    }
