"""Problems after RFC 9457: the one table from error to HTTP status, and the body they have.

A program gets `application/problem+json`; a browser that asks for HTML gets the same facts as a page. What is said is
English unless the request names a language, as every browser does.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from kb.errors import (
    BadContent,
    BadImport,
    BadInput,
    BadQuery,
    Conflict,
    Fault,
    FaultyInput,
    KbError,
    Message,
    NotAllowed,
    NotFound,
    Stopped,
    StoreFailure,
    TooOften,
)
from kb.i18n import catalogue
from kb.web.context import language_of_request
from kb.web.rendering import render
from planner.errors import InvalidInput, NoFeasiblePlan, PlannerError

STATUS: dict[type[Exception], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.PRECONDITION_FAILED,
    BadContent: HTTPStatus.UNPROCESSABLE_ENTITY,
    BadImport: HTTPStatus.UNPROCESSABLE_ENTITY,
    BadInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    BadQuery: HTTPStatus.BAD_REQUEST,
    NotAllowed: HTTPStatus.FORBIDDEN,
    TooOften: HTTPStatus.TOO_MANY_REQUESTS,
    StoreFailure: HTTPStatus.SERVICE_UNAVAILABLE,
    Stopped: HTTPStatus.CONFLICT,
    InvalidInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    NoFeasiblePlan: HTTPStatus.CONFLICT,
    KbError: HTTPStatus.BAD_REQUEST,
    PlannerError: HTTPStatus.BAD_REQUEST,
}


EXPLANATIONS: dict[int, str] = {
    403: "Your role may not do this, or the form has grown old. Nothing was changed.",
    404: "What you asked for is not here: the address may be mistyped, or the thing was removed.",
    409: "This does not go together with what is there already. Nothing was changed.",
    412: "Somebody has changed this since you opened it. Nothing of yours was written over it.",
    413: "The file is too large. Nothing was changed.",
    422: "Something in what you sent must be mended first. Nothing was changed.",
    429: "That was too much in too short a time. Nothing was changed; please wait a few minutes.",
    500: "This is our fault, not yours. Nothing was changed; please tell the administrator the time.",
    503: "The database cannot be used just now. Please try again in a minute; nothing was lost.",
}
"""What a page says to a person, by status, above the exact words; message ids of web.po."""


def _wants_html(request: Request) -> bool:
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


def problem(
    request: Request,
    status: int,
    detail: str,
    *,
    faults: tuple[Fault, ...] = (),
    headers: dict[str, str] | None = None,
    extra: Mapping[str, object] | None = None,
) -> Response:
    """Return the problem as JSON for a program, as a page for a person.

    Args:
        request: The request that failed; decides the form.
        status: The HTTP status.
        detail: What happened, in one sentence.
        faults: Every single fault, where the input had several.
        headers: Further response headers.
        extra: Extension members of the problem, such as `yours` and `theirs` of a conflict.
    """
    title = HTTPStatus(status).phrase
    detail = detail if isinstance(detail, Message) else Message(detail)
    if _wants_html(request):
        page = render(
            request,
            "problem.html",
            {
                "status": int(status),
                "title": title,
                "explanation": EXPLANATIONS.get(int(status), ""),
                "detail": detail,
                "faults": faults,
            },
            status_code=status,
        )
        page.headers.update(headers or {})
        return page
    names_language = "sb_language" in request.cookies or "accept-language" in request.headers
    say = catalogue(language_of_request(request) if names_language else "en").gettext
    body: dict[str, object] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": say(detail),
        "instance": request.url.path,
        **(extra or {}),
    }
    if faults:
        body["faults"] = [{"where": f.where, "what": say(f.what), "repair": say(f.repair)} for f in faults]
    return Response(
        json.dumps(body, ensure_ascii=False, default=str),
        status_code=status,
        media_type="application/problem+json",
        headers=headers,
    )


def _expected(request: Request, error: Exception) -> Response:
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    faults: tuple[Fault, ...] = ()
    extra: dict[str, object] = {}
    if isinstance(error, FaultyInput):
        faults = error.faults
    elif isinstance(error, InvalidInput):
        faults = tuple(Fault(where="", what=text) for text in error.faults)
    elif isinstance(error, Conflict):
        extra = {"yours": error.yours, "theirs": error.theirs}
    said = error.args[0]
    detail = said if isinstance(said, str) else str(said)
    return problem(request, status, detail, faults=faults, extra=extra)


def _invalid_request(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise TypeError("only request validation errors come here")
    faults = tuple(
        Fault(where=".".join(str(part) for part in fault["loc"]), what=str(fault["msg"]))
        for fault in error.errors()
    )
    return problem(
        request, HTTPStatus.UNPROCESSABLE_ENTITY, f"the request has {len(faults)} fault(s)", faults=faults
    )


def _http_exception(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise TypeError("only HTTP exceptions come here")
    headers = dict(error.headers) if error.headers else None
    return problem(request, error.status_code, str(error.detail), headers=headers)


def _unforeseen(request: Request, error: Exception) -> Response:
    """Answer a fault of our own: nothing of it is told, the server's log has it whole."""
    return problem(
        request,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "an unforeseen fault; nothing was changed by this request, and the server's log has the details",
    )


def install_problems(app: FastAPI) -> None:
    """Make `app` answer every error with a problem."""
    app.add_exception_handler(Exception, _unforeseen)
    app.add_exception_handler(KbError, _expected)
    app.add_exception_handler(PlannerError, _expected)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_exception)
