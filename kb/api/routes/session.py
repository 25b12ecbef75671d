"""Log in and out as a program: the token comes back once and is sent as a bearer token."""

from datetime import timedelta

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from kb.api.protection import token_of
from kb.usecases.accounts import log_in, log_out
from kb.web.context import HouseDep, VisitorDep

router = APIRouter(prefix="/session", tags=["session"])


class Login(BaseModel):
    """A user's name and password."""

    name: str = Field(min_length=1, max_length=80)
    password: str = Field(min_length=1, max_length=200)


class Token(BaseModel):
    """The secret to send as `Authorization: Bearer …`."""

    token: str


class Me(BaseModel):
    """Who asks; `role` is empty while no user exists and the service answers this machine only."""

    name: str
    role: str


@router.post("", status_code=201)
def open_session(login: Login, request: Request, house: HouseDep) -> Token:
    """Return a session token for the right name and password; throttled after five failures."""
    token = log_in(
        house.store,
        name=login.name,
        password=login.password,
        address=request.client.host if request.client else "",
        now=house.now(),
        lasts=timedelta(hours=house.settings.session_hours),
        token=house.token,
    )
    return Token(token=token)


@router.get("")
def who_am_i(visitor: VisitorDep) -> Me:
    """Return the name and role of the caller."""
    return Me(name=visitor.name, role=visitor.user.role.value if visitor.user else "")


@router.delete("", status_code=204)
def end_session(request: Request, house: HouseDep) -> None:
    """End the session that the request carries."""
    token = token_of(request)
    if token:
        log_out(house.store, token)
