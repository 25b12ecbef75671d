"""What if: a form, the job that computes it, and both sides beside each other."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kb.errors import BadInput, Fault
from kb.i18n import Language, translator
from kb.usecases.jobs import JobState, find_job
from kb.usecases.plan_period import period_from
from kb.usecases.plan_replan_json import names_of
from kb.usecases.plan_whatif import Supposition, checked_supposition, compute_what_if, start_what_if
from kb.usecases.plan_words import Words
from kb.web.context import HouseDep, LanguageDep, VisitorDep
from kb.web.rendering import render
from kb.wiring import House
from planner.scheduling import Overdue

router = APIRouter(prefix="/what-if")

Text = Annotated[str, Form(max_length=200)]


@router.get("")
def form(request: Request, house: HouseDep, language: LanguageDep) -> HTMLResponse:
    """Show the form."""
    year = house.today().year
    typed = {"first_day": house.today().isoformat(), "last_day": f"{year}-12-31"}
    return _form(request, house, language, typed)


@router.post("")
def ask(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    visitor: VisitorDep,
    first_day: Text = "",
    last_day: Text = "",
    add_at: Text = "",
    add_skills: Text = "",
    remove: Text = "",
    move: Text = "",
    move_to: Text = "",
    late_percent: Text = "100",
    shift_minutes: Text = "0",
    search_seconds: Text = "0",
) -> Response:
    """Start computing, and lead to the job; or show the form again with its faults."""
    typed = {
        "first_day": first_day, "last_day": last_day, "add_at": add_at, "add_skills": add_skills, "remove": remove,
        "move": move, "move_to": move_to, "late_percent": late_percent, "shift_minutes": shift_minutes,
        "search_seconds": search_seconds,
    }  # fmt: skip
    try:
        supposed = Supposition(
            add_at=add_at.strip(),
            add_skills=tuple(add_skills.replace("，", " ").replace(",", " ").split()),
            remove=remove.strip(),
            move=move.strip(),
            move_to=move_to.strip(),
            late_percent=_whole(late_percent, "late_percent", 100),
            shift_minutes=_whole(shift_minutes, "shift_minutes", 0),
        )
        period = period_from(first_day, last_day)
        checked_supposition(house.store, supposed)
        started = start_what_if(
            house.store,
            period,
            supposed,
            search_seconds=_whole(search_seconds, "search_seconds", 0),
            id=house.new_id(),
            now=house.now(),
            by=visitor.name,
        )
    except BadInput as error:
        return _form(request, house, language, typed, error.faults)
    if started.is_new:
        job, overdue = started.job, Overdue(house.settings.overdue)
        house.in_background(
            job.id,
            lambda: compute_what_if(
                house.store, job, clock=house.now, seconds=house.seconds, overdue=overdue
            ),
        )
    return RedirectResponse(f"/plan/what-if/{started.job.id}", status_code=HTTPStatus.SEE_OTHER)


def _whole(text: str, where: str, empty: int) -> int:
    try:
        return int(text.strip() or empty)
    except ValueError:
        fault = Fault(where=where, what=f"{text[:40]!r} is no whole number", repair="write 90")
        raise BadInput("this cannot be supposed", [fault]) from None


@router.get("/{id}")
def show(
    request: Request, house: HouseDep, language: LanguageDep, id: Annotated[str, Path(max_length=64)]
) -> HTMLResponse:
    """Show how far the computing is, or both sides beside each other."""
    job = find_job(house.store, id, now=house.now())
    if job.state is JobState.FAILED:
        faults = job.faults or (Fault(where="", what=translator(language)(job.message)),)
        typed = {name: str(value) for name, value in job.request.items()}
        typed["add_skills"] = ""
        return _form(request, house, language, typed, faults)
    return render(
        request,
        "plan_living/whatif_answer.html",
        {
            "job": job,
            "running": job.state is JobState.RUNNING,
            "done": job.state is JobState.DONE,
            "elapsed_s": round(job.elapsed(house.now()).total_seconds()),
        },
    )


def _form(
    request: Request,
    house: House,
    language: Language,
    typed: dict[str, str],
    faults: tuple[Fault, ...] = (),
) -> HTMLResponse:
    names = names_of(house.store)
    people = sorted(
        (names.codes["technicians"].get(id, id), one.name) for id, one in names.technicians.items()
    )
    values = {
        "words": Words(language),
        "typed": {
            "add_at": "", "add_skills": "", "remove": "", "move": "", "move_to": "",
            "late_percent": "100", "shift_minutes": "0", "search_seconds": "0", **typed,
        },
        "faults": faults,
        "people": people,
        "sites": sorted((names.codes["sites"].get(id, id), one.name) for id, one in names.sites.items()),
    }  # fmt: skip
    code = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    return render(request, "plan_living/whatif.html", values, status_code=code)
