"""What pages and routes of records need of a request: who asks, in which words, for which list."""

from datetime import date
from typing import Annotated

from fastapi import Depends, Query

from kb.usecases.accounts import Role
from kb.usecases.record_nouns import Actor
from kb.usecases.record_reading import RecordQuery
from kb.usecases.register_kinds import Wording, wording_of
from kb.web.context import HouseDep, LanguageDep, VisitorDep

Text = Annotated[str, Query(max_length=200)]


def wording_for(house: HouseDep, language: LanguageDep) -> Wording:
    """Return the visitor's language with the department's zone and code lists."""
    return wording_of(language, house.settings.time_zone, house.library().vocabularies)


def actor_for(visitor: VisitorDep) -> Actor:
    """Return who asks, by name and role; the local visitor may do all."""
    return Actor(name=visitor.name, role=visitor.user.role if visitor.user else Role.ADMIN)


WordingDep = Annotated[Wording, Depends(wording_for)]
ActorDep = Annotated[Actor, Depends(actor_for)]


def query_of(
    kind: Text = "",
    state: Text = "",
    owner: Text = "",
    due: Annotated[str, Query(max_length=20, description="overdue, week, open or closed")] = "",
    q: Text = "",
    customer: Text = "",
    site: Text = "",
    equipment: Text = "",
    visit: Text = "",
    order: Text = "",
    about: Text = "",
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    size: Annotated[int, Query(ge=1, le=500)] = 50,
) -> RecordQuery:
    """Return what the address asks for."""
    return RecordQuery(
        kind=kind,
        state=state,
        owner=owner,
        due=due,
        text=q,
        customer=customer,
        site=site,
        equipment=equipment,
        visit=visit,
        order=order,
        about=about,
        first_day=first,
        last_day=last,
        page=page,
        size=size,
    )


QueryDep = Annotated[RecordQuery, Depends(query_of)]
