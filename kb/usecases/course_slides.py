"""The slides of a course for the browser: in the service, and as one file that needs no network."""

import hashlib
from functools import cache

from kb.content import Library
from kb.courseware.deck import Deck
from kb.courseware.slides_page import PLAYER, FigureBytes, Parts, player_file, slides_html
from kb.errors import BadContent, Fault, NotFound
from kb.i18n import Language, translator

PLAYER_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
_PICTURES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
}


def slides_file(library: Library, deck: Deck, *, language: Language) -> bytes:
    """Return the slides as one file that is opened by a double click; the same deck is the same bytes."""
    page = slides_html(deck, figure=figures(library), words=translator(language), parts=Parts())
    return page.encode()


def slides_page(library: Library, deck: Deck, *, language: Language) -> str:
    """Return the slides as a page of the service, which names the service's own files."""
    parts = Parts(
        address=player_address,
        page_address=lambda id: f"/pages/{id}",
        back=f"/courses/{deck.id}",
        icon="/static/icon.svg",
    )
    return slides_html(deck, figure=figures(library), words=translator(language), parts=parts)


@cache
def player_address(name: str) -> str:
    """Return where the service has a file of the player, with a digest of its content, so that caches may keep it."""
    return f"/courses/player/{name}?v={hashlib.sha256(player_file(name).encode()).hexdigest()[:12]}"


def player_content(name: str) -> tuple[str, bytes]:
    """Return media type and bytes of a file of the player.

    Raises:
        NotFound: It has none of this name.
    """
    known = {path.name: path for path in PLAYER.iterdir() if path.suffix in PLAYER_TYPES}
    if name not in known:
        raise NotFound("file of the player", name[:80])
    return PLAYER_TYPES[known[name].suffix], known[name].read_bytes()


def figures(library: Library) -> FigureBytes:
    """Return what gives pictures of the content folder as they are, with their media types."""
    root = library.folder.resolve()

    @cache
    def figure(file: str) -> tuple[str, bytes]:
        path = (root / file).resolve()
        kind = _PICTURES.get(path.suffix.lower())
        if kind is None or not path.is_relative_to(root) or not path.is_file():
            fault = Fault(
                where=file, what="is no picture of the library", repair="name a picture beside a page"
            )
            raise BadContent("a picture is missing", [fault])
        return kind, path.read_bytes()

    return figure
