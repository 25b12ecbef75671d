"""What every page and route needs of a request: the house, the language, the user."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from kb.i18n import Language, language_of
from kb.usecases.accounts import Role, User
from kb.usecases.page_feedback import LOCAL_VOTER
from kb.wiring import House

SESSION_COOKIE = "sb_session"
CSRF_COOKIE = "sb_csrf"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks: a user who has logged in, or anybody at this machine while no user exists.

    Args:
        user: None while no user exists (the service then listens on loopback only).
        csrf_token: What an unsafe form must send back.
    """

    user: User | None
    csrf_token: str

    @property
    def name(self) -> str:
        """The name that goes into the audit trail."""
        return self.user.name if self.user else "local"

    @property
    def voter(self) -> str:
        """Whose vote a vote is: the user's id, or the one vote of this machine while no user exists."""
        return self.user.id if self.user else LOCAL_VOTER

    def may(self, role: Role) -> bool:
        """Whether the visitor has `role` or one that contains it; the local visitor may do all."""
        return self.user is None or self.user.role.contains(role)


def house_of(request: Request) -> House:
    """Return the house that the app was made with."""
    house = request.app.state.house
    if not isinstance(house, House):
        raise TypeError(f"app.state.house is {type(house).__name__}; it must be a House")
    return house


def visitor_of(request: Request) -> Visitor:
    """Return who asks, as the protection layer found out."""
    visitor = request.state.visitor
    if not isinstance(visitor, Visitor):
        raise TypeError("the request passed no protection layer")
    return visitor


def language_of_request(request: Request) -> Language:
    """Return the language of the cookie, else of the browser, else of the settings."""
    asked = request.cookies.get("sb_language") or request.headers.get("accept-language")
    return language_of(asked) if asked else house_of(request).settings.language


HouseDep = Annotated[House, Depends(house_of)]
VisitorDep = Annotated[Visitor, Depends(visitor_of)]
LanguageDep = Annotated[Language, Depends(language_of_request)]
