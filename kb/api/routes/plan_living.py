"""Living with a plan as data: versions, proposals, changes by hand with their price, load, dates kept, known ways."""

from datetime import UTC, date
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from kb.errors import NotFound
from kb.usecases.plan import latest_plan
from kb.usecases.plan_board import consequences_of_change, consequences_of_swap, swap_visits
from kb.usecases.plan_book import PlanBook
from kb.usecases.plan_feeds import make_feed, revoke_feed
from kb.usecases.plan_load import kept_dates, plan_load
from kb.usecases.plan_relax import apply_relaxation, mark_of, relaxation_of
from kb.usecases.plan_replan import find_proposal, propose_replan, urgent_offers
from kb.usecases.plan_replan_answer import accept_proposal, reject_proposal
from kb.usecases.plan_replan_json import insertion_json, names_of, proposal_json
from kb.usecases.plan_replan_request import replan_request
from kb.usecases.plan_trace import unplaced_sentence
from kb.usecases.plan_versions import compare_versions, plan_versions, publish_plan
from kb.usecases.plan_week import technician_week, week_json
from kb.usecases.plan_words import Words
from kb.usecases.register_kinds import wording_of
from kb.usecases.travel_roads import ask_roads
from kb.usecases.travel_times import known_by_hand, set_way, travel_state
from kb.web.context import HouseDep, LanguageDep, VisitorDep
from kb.wiring import House

router = APIRouter(prefix="/plan", tags=["plans"])

Id = Annotated[str, Path(max_length=64)]
Code = Annotated[str, Query(max_length=64)]
Number = Annotated[str, Query(pattern=r"^(now|[1-9][0-9]{0,8})$", description="A version's number, or `now`")]
Text = Annotated[str, Field(max_length=2000)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class VersionIn(_In):
    """Why the plan is published."""

    note: Text = ""


class ReplanIn(_In):
    """What has happened; codes of the register, days `2026-03-02`."""

    sick: list[str] = Field(default=[], max_length=60)
    closed: list[str] = Field(default=[], max_length=2000)
    first: Text = ""
    last: Text = ""
    urgent: Text = ""
    skills: list[str] = Field(default=[], max_length=50)
    by: Text = ""
    hours: Text = ""
    note: Text = ""


class ChangeIn(_In):
    """A change of a visit by hand, to be looked at."""

    key: str = Field(max_length=200)
    day: str | None = None
    technician: str | None = None
    state: str | None = None
    locked: bool | None = None


class SwapIn(_In):
    """Two visits that change places."""

    key: str = Field(max_length=200)
    other: str = Field(max_length=200)
    confirm: bool = False
    revisions: tuple[int, int] | None = None


class WayIn(_In):
    """How long a way takes; minutes null forgets it."""

    one: str = Field(max_length=64)
    other: str = Field(max_length=64)
    minutes: int | None = None
    km: float | None = None


class FeedIn(_In):
    """Whose calendar."""

    technician: str = Field(max_length=64)


class ConcessionIn(_In):
    """Which work without a place, by its mark."""

    mark: str = Field(max_length=400)


def _book(house: House) -> PlanBook:
    book = latest_plan(house.store, zone=house.now().tzinfo or UTC)
    if book is None:
        raise NotFound("plan", "latest")
    return book


@router.get("/versions")
def list_versions(house: HouseDep) -> dict[str, Any]:
    """List the published versions, the newest first."""
    return {"items": [one.json() for one in plan_versions(house.store)]}


@router.post("/versions", status_code=201)
def publish(house: HouseDep, visitor: VisitorDep, values: VersionIn) -> dict[str, Any]:
    """Publish the plan as it stands."""
    return publish_plan(house.store, note=values.note, who=visitor.name, now=house.now()).json()


@router.get("/versions/compare")
def compare(house: HouseDep, before: Number = "now", after: Number = "now") -> dict[str, Any]:
    """Return what differs between two versions, counted by technician, site and week, and one by one."""
    numbers = [None if one == "now" else int(one) for one in (before, after)]
    return compare_versions(house.store, numbers[0], numbers[1]).json()


@router.post("/proposals", status_code=201)
def propose(
    house: HouseDep, language: LanguageDep, visitor: VisitorDep, values: ReplanIn, response: Response
) -> dict[str, Any]:
    """Work out what a disturbance comes to; nothing of it is written into the plan until it is accepted."""
    wanted = replan_request(house.store, today=house.today(), **values.model_dump())
    found = propose_replan(house.store, wanted, id=house.new_id(), who=visitor.name, now=house.now())
    response.headers["Location"] = f"/api/v1/plan/proposals/{found.id}"
    return proposal_json(found, names_of(house.store), Words(language))


@router.get("/proposals/{id}")
def read_proposal(house: HouseDep, language: LanguageDep, id: Id) -> dict[str, Any]:
    """Return a proposal: what changes, what it costs, what has no place."""
    return proposal_json(find_proposal(house.store, id), names_of(house.store), Words(language))


@router.post("/proposals/{id}/accept")
def accept(house: HouseDep, language: LanguageDep, visitor: VisitorDep, id: Id) -> dict[str, Any]:
    """Write what a proposal comes to; once more changes nothing, and a plan that has changed meanwhile is refused."""
    found = accept_proposal(house.store, id, who=visitor.name, now=house.now())
    return proposal_json(found, names_of(house.store), Words(language))


@router.post("/proposals/{id}/reject")
def reject(house: HouseDep, language: LanguageDep, visitor: VisitorDep, id: Id) -> dict[str, Any]:
    """Put a proposal aside."""
    found = reject_proposal(house.store, id, who=visitor.name, now=house.now())
    return proposal_json(found, names_of(house.store), Words(language))


@router.get("/offers")
def offers(
    house: HouseDep,
    site: Code,
    skill: Annotated[list[str] | None, Query(max_length=50)] = None,
    by: Annotated[str, Query(max_length=20)] = "",
    hours: Annotated[str, Query(max_length=20)] = "",
) -> dict[str, Any]:
    """Return the three best places for an urgent job: technician, day, hours, detour, and what it delays."""
    wanted = replan_request(
        house.store, today=house.today(), urgent=site, skills=skill or (), by=by, hours=hours
    )
    names = names_of(house.store)
    found = urgent_offers(house.store, wanted.urgent[0], now=house.now())
    return {"items": [insertion_json(one, names) for one in found]}


@router.post("/visits/consequences")
def consequences(house: HouseDep, language: LanguageDep, values: ChangeIn) -> dict[str, Any]:
    """Return what a change of a visit by hand breaks and costs; nothing is written. Make it with PATCH /visits/{key}."""
    wording = wording_of(language, house.settings.time_zone, house.library().vocabularies)
    raw = values.model_dump(exclude={"key"}, exclude_none=True)
    return consequences_of_change(house.store, values.key, raw, wording=wording, today=house.today()).json()


@router.post("/visits/swap")
def swap(
    house: HouseDep, language: LanguageDep, visitor: VisitorDep, values: SwapIn, dry_run: bool = False
) -> dict[str, Any]:
    """Let two visits change their days and technicians; with `dry_run` only say what it comes to."""
    wording = wording_of(language, house.settings.time_zone, house.library().vocabularies)
    if dry_run:
        return consequences_of_swap(
            house.store, values.key, values.other, wording=wording, today=house.today()
        ).json()
    return swap_visits(
        house.store,
        values.key,
        values.other,
        confirm=values.confirm,
        wording=wording,
        who=visitor.name,
        now=house.now(),
        revisions=values.revisions,
    ).json()


@router.get("/load")
def load(house: HouseDep) -> dict[str, Any]:
    """Return everybody's load by month."""
    return plan_load(_book(house)).json()


@router.get("/compliance")
def dates_kept(house: HouseDep) -> dict[str, Any]:
    """Return how well dates are kept by three definitions, until today and as the plan intends."""
    return kept_dates(house.store, _book(house), today=house.today()).json()


@router.get("/unserved")
def unserved(house: HouseDep, language: LanguageDep) -> dict[str, Any]:
    """Return the work without a place, each with the concession that would give it one."""
    book = _book(house)
    items = [
        {
            "mark": mark_of(one),
            "site": book.code("sites", one.site_id),
            "sentence": unplaced_sentence(book, one, language),
            "concession": relaxation_of(one),
        }
        for one in book.unplaced
    ]
    return {"items": items}


@router.post("/unserved/concede", status_code=201)
def concede(
    house: HouseDep, language: LanguageDep, visitor: VisitorDep, values: ConcessionIn
) -> dict[str, Any]:
    """Place work by its concession; the visit is locked."""
    visit = apply_relaxation(
        house.store, _book(house), values.mark, language=language, who=visitor.name, now=house.now()
    )
    return {"key": visit.key, "day": visit.day.isoformat(), "technician": visit.technician_id}


@router.get("/weeks/{technician}")
def week(house: HouseDep, language: LanguageDep, technician: Id, day: date | None = None) -> dict[str, Any]:
    """Return the week of a technician that holds `day`, today where none is given."""
    return week_json(technician_week(_book(house), technician, day or house.today(), language))


@router.post("/feeds", status_code=201)
def subscribe(
    house: HouseDep, visitor: VisitorDep, values: FeedIn, request: Request, response: Response
) -> dict[str, Any]:
    """Make a secret address of a technician's calendar; it is told only now."""
    feed, secret = make_feed(
        house.store,
        values.technician,
        id=house.new_id(),
        secret=house.token,
        who=visitor.name,
        now=house.now(),
    )
    response.headers["Cache-Control"] = "no-store"
    return {"id": feed.id, "address": f"{str(request.base_url).rstrip('/')}/calendar/{secret}.ics"}


@router.delete("/feeds/{id}", status_code=204)
def revoke(house: HouseDep, visitor: VisitorDep, id: Id) -> Response:
    """Let a secret address hold no longer."""
    revoke_feed(house.store, id, who=visitor.name, now=house.now())
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.get("/travel")
def travel(house: HouseDep) -> dict[str, Any]:
    """Return the ways that people have typed, and what the road service has told."""
    state = travel_state(house.store)
    return {
        "by_hand": state.by_hand,
        "by_road": state.by_road,
        "last_asked": state.looked.isoformat() if state.looked else None,
        "failed": state.failed,
        "ways": [
            {"one": one.one, "other": one.other, "minutes": one.minutes, "metres": one.metres}
            for one in known_by_hand(house.store)
        ],
    }


@router.put("/travel", status_code=204)
def keep_way(house: HouseDep, visitor: VisitorDep, values: WayIn) -> Response:
    """Keep how long a way takes, in both directions."""
    set_way(
        house.store,
        one=values.one,
        other=values.other,
        minutes="" if values.minutes is None else values.minutes,
        km="" if values.km is None else values.km,
        who=visitor.name,
        now=house.now(),
    )
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.post("/travel/roads")
def ask(house: HouseDep, visitor: VisitorDep) -> dict[str, Any]:
    """Ask the road service of the settings for the ways that are not known; its failure is told, not raised."""
    news = ask_roads(house.store, house.settings.osrm_url, who=visitor.name, now=house.now())
    return {"asked": news.asked, "learnt": news.learnt, "failed": news.failed}
