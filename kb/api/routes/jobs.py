"""Long work as data: how far it is, what came of it, and a way to stop it."""

from datetime import datetime

from fastapi import APIRouter, Response
from pydantic import BaseModel

from kb.i18n import Language, translator
from kb.usecases.jobs import Job, JobState, find_job, stop_job
from kb.web.context import HouseDep, LanguageDep

router = APIRouter(prefix="/jobs", tags=["jobs"])


class FaultOut(BaseModel):
    """One thing that is wrong with what was asked for."""

    where: str
    what: str
    repair: str


class JobOut(BaseModel):
    """A piece of long work; `result` names what was made once its state is done."""

    id: str
    kind: str
    state: JobState
    created: datetime
    created_by: str
    finished: datetime | None
    elapsed_s: float
    progress: float
    message: str
    message_text: str
    cancel_wanted: bool
    request: dict[str, object]
    result: dict[str, object]
    faults: list[FaultOut]


def job_out(job: Job, now: datetime, language: Language) -> JobOut:
    """Return a job for a program; its times in the zone of `now`."""
    return JobOut(
        id=job.id,
        kind=job.kind,
        state=job.state,
        created=job.created.astimezone(now.tzinfo),
        created_by=job.created_by,
        finished=job.finished.astimezone(now.tzinfo) if job.finished else None,
        elapsed_s=job.elapsed(now).total_seconds(),
        progress=job.progress,
        message=job.message,
        message_text=translator(language)(job.message) if job.message else "",
        cancel_wanted=job.cancel_wanted,
        request=dict(job.request),
        result=dict(job.result),
        faults=[FaultOut(where=one.where, what=one.what, repair=one.repair) for one in job.faults],
    )


@router.get("/{id}")
def read_job(id: str, house: HouseDep, language: LanguageDep, response: Response) -> JobOut:
    """Return how far a job is."""
    response.headers["Cache-Control"] = "no-store"
    return job_out(find_job(house.store, id, now=house.now()), house.now(), language)


@router.delete("/{id}", status_code=202)
def cancel_job(id: str, house: HouseDep, language: LanguageDep) -> JobOut:
    """Ask a job to stop; it ends at its next step, and one that has ended stays as it is."""
    return job_out(stop_job(house.store, id), house.now(), language)
