"""What stands in front of every request: hosts, origins, body size, security headers, the visitor.

Rules and their reasons:

- While no user exists only loopback names are answered, so a page elsewhere cannot rebind a DNS name
  to this machine. An unsafe request that a browser sends from another origin is refused.
- A login is a random token in a cookie (or a bearer token); only its hash is in the database, so it can be revoked.
- The content policy allows no inline script and nothing from elsewhere.
"""

import hashlib
import hmac
from collections.abc import MutableMapping
from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.api.problems import problem
from kb.errors import StoreFailure
from kb.usecases.accounts import User, any_user_exists, user_of_token
from kb.web.context import CSRF_COOKIE, SESSION_COOKIE, Visitor, house_of
from kb.wiring import House

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ASKED_FOR_TOKEN = "/api/v1/session/token"  # noqa: S105 - an address
OPEN_PATHS = (
    "/static/", "/login", "/language", "/healthz", "/api/v1/session", "/favicon.ico", "/calendar/", "/report/",
)  # fmt: skip
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1", "[::1]", "testserver"})

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def _host_name(request: Request) -> str:
    host = request.headers.get("host", "")
    return host[: host.index("]") + 1] if host.startswith("[") and "]" in host else host.rsplit(":", 1)[0]


def _is_this_machine(address: str) -> bool:
    """Whether a peer's address is loopback; `testclient` is what the test client calls itself."""
    if address in {"testclient", "localhost"}:
        return True
    try:
        return ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _foreign_origin(request: Request) -> bool:
    """Whether a browser says that the request comes from a page of another origin."""
    if request.headers.get("sec-fetch-site") in {"cross-site", "same-site"}:
        return True
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host")


def token_of(request: Request) -> str | None:
    """Return the session token that a request carries, as a bearer token or in the cookie."""
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    return bearer.strip() if scheme.lower() == "bearer" else request.cookies.get(SESSION_COOKIE)


def _csrf_token(request: Request, house: House) -> str:
    """Return the token of this browser: bound to the session where there is one, else to its own cookie."""
    session = request.cookies.get(SESSION_COOKIE)
    if session:
        return hmac.new(session.encode(), b"csrf", hashlib.sha256).hexdigest()
    return request.cookies.get(CSRF_COOKIE) or house.token()


class Protection(BaseHTTPMiddleware):
    """Finds the visitor of each request, or refuses it."""

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        """Answer one request."""
        house = house_of(request)
        visitor = Visitor(user=None, csrf_token=_csrf_token(request, house))
        request.state.visitor = visitor
        # The database is asked on a worker thread, so that a slow answer holds up no other request.
        refusal = await run_in_threadpool(self._refusal, request, house)
        response = refusal if refusal is not None else await call_next(request)
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        # A page that was kept on the device asks for its token here, long after the cookie has gone.
        tells = "text/html" in response.headers.get("content-type", "") or request.url.path == ASKED_FOR_TOKEN
        if CSRF_COOKIE not in request.cookies and tells:
            response.set_cookie(
                CSRF_COOKIE,
                visitor.csrf_token,
                httponly=True,
                samesite="strict",
                secure=house.settings.secure_cookies,
            )
        return response

    def _refusal(self, request: Request, house: House) -> Response | None:
        try:
            return self._checked(request, house, guarded=any_user_exists(house.store))
        except StoreFailure as failure:
            return problem(request, HTTPStatus.SERVICE_UNAVAILABLE, str(failure))

    def _checked(self, request: Request, house: House, *, guarded: bool) -> Response | None:
        if not guarded and _host_name(request) not in LOOPBACK_NAMES:
            return problem(
                request,
                HTTPStatus.MISDIRECTED_REQUEST,
                f"host {_host_name(request)!r} is not this machine; until a user exists only loopback is answered",
            )
        if not guarded and request.client is not None and not _is_this_machine(request.client.host):
            return problem(
                request,
                HTTPStatus.FORBIDDEN,
                f"{request.client.host} is another machine; until a user exists only this one is answered",
            )
        if request.method not in SAFE_METHODS and _foreign_origin(request):
            return problem(request, HTTPStatus.FORBIDDEN, "the request comes from a page of another origin")
        if not guarded:
            return None
        user = self._user(request, house)
        if user is not None:
            request.state.visitor = Visitor(user=user, csrf_token=request.state.visitor.csrf_token)
            return None
        if request.url.path.startswith(OPEN_PATHS):
            return None
        if request.url.path.startswith("/api/") or request.method not in SAFE_METHODS:
            return problem(
                request,
                HTTPStatus.UNAUTHORIZED,
                "log in first: POST /api/v1/session, or the page /login",
                headers={"WWW-Authenticate": "Bearer"},
            )
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/login?next={quote(wanted, safe='')}", status_code=HTTPStatus.SEE_OTHER)

    def _user(self, request: Request, house: House) -> User | None:
        token = token_of(request)
        return user_of_token(house.store, token, now=house.now()) if token else None


class BodyLimit:
    """Refuses a request body that is larger than the limit, said or unsaid, before it is read whole."""

    def __init__(self, app: ASGIApp, limit_bytes: int) -> None:
        self.app = app
        self.limit_bytes = limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting its body."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        said = dict(scope["headers"]).get(b"content-length", b"0")
        if said.isdigit() and int(said) > self.limit_bytes:
            await self._refuse(send)
            return
        seen = 0
        refused = False

        async def counted() -> Message:
            nonlocal seen, refused
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.limit_bytes:
                refused = True
                return {"type": "http.disconnect"}
            return message

        started = False

        async def watched(message: MutableMapping[str, object]) -> None:
            nonlocal started
            if refused and not started:
                started = True
                await self._refuse(send)
                return
            if not refused:
                started = True
                await send(message)

        await self.app(scope, counted, watched)

    async def _refuse(self, send: Send) -> None:
        body = (
            f'{{"type": "about:blank", "title": "Content Too Large", "status": 413, '
            f'"detail": "the request body is larger than {self.limit_bytes} bytes"}}'
        ).encode()
        headers = [
            (b"content-type", b"application/problem+json"),
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": 413, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def install_protection(app: FastAPI, *, limit_bytes: int) -> None:
    """Put the protection in front of every route of `app`."""
    app.add_middleware(Protection)
    app.add_middleware(BodyLimit, limit_bytes=limit_bytes)
