"""Log in and out as a program: the token comes back once and is sent as a bearer token."""

from datetime import timedelta

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from kb.api.protection import token_of
from kb.usecases.accounts import any_user_exists, log_in, log_out
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


class PageToken(BaseModel):
    """What a page that was kept on the device needs before it sends data with cookies.

    Args:
        csrf_token: To be sent back in the header `X-CSRF-Token`.
        login_needed: Whether nothing will be taken before a login.
    """

    csrf_token: str
    login_needed: bool


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


@router.get("/token")
def page_token(visitor: VisitorDep, house: HouseDep) -> PageToken:
    """Return the token of this browser's pages; it is bound to the login, so ask again after one."""
    return PageToken(
        csrf_token=visitor.csrf_token, login_needed=visitor.user is None and any_user_exists(house.store)
    )


@router.delete("", status_code=204)
def end_session(request: Request, house: HouseDep) -> None:
    """End the session that the request carries."""
    token = token_of(request)
    if token:
        log_out(house.store, token)
