"""Links of pages that lead nowhere good: to pages that are missing, withdrawn, superseded or not released yet.

Addresses outside of the library are listed as unchecked: nothing here opens a connection.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from kb.content import Library, Page
from kb.content.checks import ID_PREFIXES, named_ids
from kb.content.pages import Status
from kb.site import is_shown

Wrong = Literal["missing", "withdrawn", "superseded", "not_released"]
WRONGS: dict[Wrong, str] = {
    "missing": "is not in the library",
    "withdrawn": "is withdrawn",
    "superseded": "is superseded",
    "not_released": "is not released",
}
"""What may be wrong with a link's target, and the message ids."""
KEPT_BODIES = 20_000
"""Bodies whose ids are remembered: more than the largest library that answers within half a second."""
_ID = re.compile(
    r"(?<![A-Za-z0-9-])(?:" + "|".join(sorted(ID_PREFIXES.values())) + r")[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*"
)
_ADDRESS = re.compile(r"https?://[^\s<>()\"'，。；、）》]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleLink:
    """A link that leads nowhere good.

    Args:
        page: The page that has it.
        field: The field that names the target; `body` for the text.
        target: Id of the target.
        wrong: What is wrong with it.
        instead: Id of the page that supersedes it; empty where none does.
    """

    page: Page
    field: str
    target: str
    wrong: Wrong
    instead: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideLink:
    """An address outside of the library, which nobody has looked at.

    Args:
        page: The page that names it.
        field: `sources` or `body`.
        address: The address.
    """

    page: Page
    field: str
    address: str


def stale_links(library: Library) -> tuple[StaleLink, ...]:
    """Return the links of shown pages whose target is missing, withdrawn, superseded or not released, by page."""
    instead: dict[str, str] = {}
    for page in library.pages.values():
        if is_shown(page):
            instead.update(dict.fromkeys(page.supersedes, page.id))
    found = []
    for id_, page in sorted(library.pages.items()):
        if not is_shown(page):
            continue
        for field, target in _targets(page, library.bodies[id_]):
            wrong = _wrong(library.pages.get(target), target, instead)
            if wrong is not None and instead.get(target) != id_:
                found.append(
                    StaleLink(
                        page=page, field=field, target=target, wrong=wrong, instead=instead.get(target, "")
                    )
                )
    return tuple(found)


def outside_links(library: Library) -> tuple[OutsideLink, ...]:
    """Return the addresses outside of the library that shown pages name, by page; none of them is checked."""
    found = []
    for id_, page in sorted(library.pages.items()):
        if not is_shown(page):
            continue
        for source in page.sources:
            if "://" in source.ref:
                found += [
                    OutsideLink(page=page, field="sources", address=address)
                    for address in dict.fromkeys(_ADDRESS.findall(source.ref))
                ]
        body = library.bodies[id_]
        if "://" in body:
            found += [
                OutsideLink(page=page, field="body", address=address)
                for address in dict.fromkeys(_ADDRESS.findall(body))
            ]
    return tuple(found)


def _targets(page: Page, body: str) -> Iterator[tuple[str, str]]:
    """Yield each field with each id that it names, once."""
    for field, ids in named_ids(page):
        if field != "supersedes":
            yield from ((field, target) for target in dict.fromkeys(ids) if target != page.id)
    yield from (("body", target) for target in _ids_in(body) if target != page.id)


@lru_cache(maxsize=KEPT_BODIES)
def _ids_in(body: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_ID.findall(body))) if "-" in body else ()


def _wrong(target: Page | None, target_id: str, instead: dict[str, str]) -> Wrong | None:
    if target is None:
        return "missing"
    if target.status is Status.WITHDRAWN:
        return "withdrawn"
    if target_id in instead:
        return "superseded"
    return None if is_shown(target) else "not_released"
