"""Log in, log out, change the language."""

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kb.errors import NotAllowed
from kb.i18n import language_of, translator
from kb.usecases.accounts import log_in, log_out
from kb.web.context import SESSION_COOKIE, HouseDep, language_of_request
from kb.web.rendering import render

router = APIRouter()

YEAR_SECONDS = 365 * 24 * 3600


def local_target(address: str) -> str:
    """Return `address` if it is a path of this service, else `/`, so that nobody is led elsewhere."""
    parts = urlsplit(address)
    plain = address.startswith("/") and not address.startswith(("//", "/\\")) and "\\" not in address
    return address if plain and not parts.netloc and not parts.scheme and address.isprintable() else "/"


@router.get("/login")
def login_page(request: Request, next: str = "/") -> HTMLResponse:
    """Show the login form."""
    return render(request, "login.html", {"next": local_target(next), "name": "", "refused": ""})


@router.post("/login")
def login(
    request: Request,
    house: HouseDep,
    name: Annotated[str, Form(max_length=80)] = "",
    password: Annotated[str, Form(max_length=200)] = "",
    next: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Open a session and lead on, or show the form again with the reason."""
    _ = translator(language_of_request(request))
    try:
        token = log_in(
            house.store,
            name=name,
            password=password,
            address=request.client.host if request.client else "",
            now=house.now(),
            lasts=timedelta(hours=house.settings.session_hours),
            token=house.token,
        )
    except NotAllowed as refusal:
        values = {"next": local_target(next), "name": name, "refused": _(str(refusal))}
        return render(request, "login.html", values, status_code=HTTPStatus.FORBIDDEN)
    response = RedirectResponse(local_target(next), status_code=HTTPStatus.SEE_OTHER)
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=house.settings.session_hours * 3600,
        httponly=True,
        samesite="lax",
        secure=house.settings.secure_cookies,
    )
    return response


@router.post("/logout")
def logout(request: Request, house: HouseDep) -> Response:
    """End the session."""
    token = request.cookies.get(SESSION_COOKIE)
    if token:
        log_out(house.store, token)
    response = RedirectResponse("/login", status_code=HTTPStatus.SEE_OTHER)
    response.delete_cookie(SESSION_COOKIE)
    return response


@router.post("/language")
def change_language(
    house: HouseDep,
    language: Annotated[str, Form(max_length=10)],
    back: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Keep the wanted language in a cookie and go back."""
    response = RedirectResponse(local_target(back), status_code=HTTPStatus.SEE_OTHER)
    response.set_cookie(
        "sb_language",
        language_of(language),
        max_age=YEAR_SECONDS,
        httponly=True,
        samesite="lax",
        secure=house.settings.secure_cookies,
    )
    return response
