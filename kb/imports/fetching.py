"""Fetches one document from an address that a user named: http or https only, bounded in size, time and hops."""

import time
from pathlib import Path
from urllib.parse import urljoin, urlsplit, urlunsplit

import httpx

from kb.errors import BadImport, Fault
from kb.imports.limits import DEFAULT_LIMITS, Limits

SCHEMES = frozenset({"http", "https"})
REDIRECTS = 5
CONNECT_SECONDS = 5.0


def probe_address(address: str) -> str:
    """Return the address of an agent's probe document: `/probe` is added where the path names no document.

    Raises:
        BadImport: The address is not http or https, or names no host.
    """
    parts = urlsplit(_checked(address))
    path = parts.path.rstrip("/")
    if not path.endswith(("/probe", ".xml")):
        path += "/probe"
    return urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))


def fetch(address: str, target: Path, *, limits: Limits = DEFAULT_LIMITS, seconds: float = 20.0) -> None:
    """Write what stands at `address` to `target`.

    Redirects are followed by hand, so that each is checked like the first address. The time bounds the whole
    transfer, not the pause between two packets.

    Args:
        address: http or https.
        target: The file to write; it is left incomplete where an error is raised.
        limits: `file_bytes` bounds the body.
        seconds: Time for everything.

    Raises:
        BadImport: The address is refused, unreachable, too slow or too large, or answers with an error.
    """
    deadline = time.monotonic() + seconds
    current = _checked(address)
    timeout = httpx.Timeout(min(CONNECT_SECONDS, seconds))
    try:
        with httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False) as client:
            for _ in range(REDIRECTS + 1):
                with client.stream("GET", current, headers={"Accept": "application/xml, text/xml"}) as answer:
                    if answer.is_redirect:
                        current = _checked(urljoin(current, answer.headers.get("location", "")))
                        continue
                    if answer.status_code != httpx.codes.OK:
                        raise _refused(current, f"answers with status {answer.status_code}")
                    _save(answer, target, current, limits.file_bytes, deadline, seconds)
                    return
    except httpx.TimeoutException as error:
        raise _refused(current, f"did not answer within {seconds:g} s") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _refused(current, f"cannot be reached: {error}") from error
    raise _refused(address, f"redirects more than {REDIRECTS} times")


def _save(
    answer: httpx.Response, target: Path, address: str, limit_bytes: int, deadline: float, seconds: float
) -> None:
    said = answer.headers.get("content-length", "")
    if said.isdigit() and int(said) > limit_bytes:
        raise _refused(address, f"has {int(said):,} bytes; at most {limit_bytes:,} are read")
    seen = 0
    with target.open("wb") as file:
        for block in answer.iter_bytes(65_536):
            seen += len(block)
            if seen > limit_bytes:
                raise _refused(address, f"sends more than {limit_bytes:,} bytes")
            if time.monotonic() > deadline:
                raise _refused(address, f"did not finish within {seconds:g} s")
            file.write(block)


def _checked(address: str) -> str:
    try:
        parts = urlsplit(address.strip())
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise _refused(
            address, f"is no address: {error}", "give one such as http://agent:5000/probe"
        ) from error
    if parts.scheme.lower() not in SCHEMES:
        raise _refused(
            address, f"has the scheme {parts.scheme or 'none'!r}", "only http and https are fetched"
        )
    if not host:
        raise _refused(address, "names no host", "give one such as http://agent:5000/probe")
    if parts.username or parts.password:
        raise _refused(
            f"{parts.scheme}://{host}", "carries a password", "leave user and password out of the address"
        )
    return address.strip()


def _refused(address: str, what: str, repair: str = "") -> BadImport:
    return BadImport("the document was not fetched", [Fault(where=address[:200], what=what, repair=repair)])
