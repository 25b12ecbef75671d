"""What runs here, for people and for monitoring."""

from importlib.metadata import version

from fastapi import APIRouter
from pydantic import BaseModel

from kb.usecases.doctor import Finding, examine
from kb.web.context import HouseDep

router = APIRouter(prefix="/status", tags=["status"])


class Check(BaseModel):
    """One thing that was looked at."""

    name: str
    state: str
    detail: str


class Status(BaseModel):
    """The version and what `servicebook doctor` finds."""

    version: str
    state: str
    checks: list[Check]


@router.get("")
def status(house: HouseDep) -> Status:
    """Return the state of database, library and index."""
    findings = examine(
        store=house.store, library=house.library(), index_dir=house.settings.index_dir, now=house.now()
    )
    return Status(
        version=version("servicebook"),
        state=worst(findings),
        checks=[Check(name=f.name, state=f.state, detail=f.detail) for f in findings],
    )


def worst(findings: tuple[Finding, ...]) -> str:
    """Return the gravest state among `findings`."""
    states = {f.state for f in findings}
    return next((state for state in ("bad", "warning") if state in states), "good")
