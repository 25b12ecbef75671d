"""Forms of pages: the token that shows that this site sent them."""

import secrets

from fastapi import Request

from kb.errors import NotAllowed
from kb.web.context import visitor_of

MOST_FIELDS = 6_000
"""The form of a long checklist has some thousands; the size of a request is limited in any case."""


async def csrf_checked(request: Request) -> None:
    """Refuse an unsafe page request whose form does not carry the visitor's token.

    Raises:
        NotAllowed: The field `csrf_token` (or the header `X-CSRF-Token`) is missing or another's.
    """
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    sent = request.headers.get("x-csrf-token")
    if sent is None:
        form = await request.form(max_fields=MOST_FIELDS)
        sent = str(form.get("csrf_token", ""))
    if not secrets.compare_digest(sent.encode(), visitor_of(request).csrf_token.encode()):
        raise NotAllowed(
            "the form is out of date or from elsewhere: open the page again and send it once more"
        )
