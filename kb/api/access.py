"""Least privilege: which role the unsafe methods of an area need."""

from collections.abc import Callable

from fastapi import Request

from kb.errors import NotAllowed
from kb.usecases.accounts import Role
from kb.web.context import visitor_of

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
            raise NotAllowed(f"{request.method} {request.url.path} needs the role {role.value}")

    return check
