"""Least privilege: which role the unsafe methods of an area need; and the token of requests that carry cookies."""

import secrets
from collections.abc import Callable

from fastapi import Request

from kb.errors import Message, NotAllowed
from kb.usecases.accounts import Role
from kb.web.context import CSRF_COOKIE, SESSION_COOKIE, visitor_of

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def writes_need(role: Role | None) -> Callable[[Request], None]:
    """Return a dependency that refuses an unsafe method of a visitor without `role`.

    Args:
        role: The least role; None where the route itself decides (logging in, changing the language).
    """

    def check(request: Request) -> None:
        if role is None or request.method in SAFE_METHODS:
            return
        if not visitor_of(request).may(role):
            said = Message(
                "{method} {path} needs the role {role}",
                method=request.method,
                path=request.url.path,
                role=role.value,
            )
            raise NotAllowed(said)

    return check


def cookies_need_token(request: Request) -> None:
    """Refuse an unsafe request that rests on cookies and does not carry the visitor's token.

    A program that sends a bearer token, or no cookie at all, says who it is by itself; a browser adds cookies unasked.

    Raises:
        NotAllowed: The header `X-CSRF-Token` is missing or another's; `GET /api/v1/session/token` tells it.
    """
    if request.method in SAFE_METHODS:
        return
    bearer = request.headers.get("authorization", "").lower().startswith("bearer ")
    if bearer or not {SESSION_COOKIE, CSRF_COOKIE} & set(request.cookies):
        return
    sent = request.headers.get("x-csrf-token", "")
    if not secrets.compare_digest(sent.encode(), visitor_of(request).csrf_token.encode()):
        raise NotAllowed(
            "the header X-CSRF-Token is missing or out of date: read it from GET /api/v1/session/token"
        )
