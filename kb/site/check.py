"""Checks a built site, whoever built it: every page is there, every link leads somewhere, nothing comes from elsewhere."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from posixpath import dirname, normpath
from urllib.parse import unquote, urlsplit

from kb.errors import Fault
from kb.site.addresses import built

_LOADS = {
    ("script", "src"),
    ("img", "src"),
    ("iframe", "src"),
    ("source", "src"),
    ("object", "data"),
    ("embed", "src"),
}
_LOADING_RELATIONS = frozenset(
    {"stylesheet", "preload", "preconnect", "icon", "modulepreload", "dns-prefetch"}
)
_ALLOWED_SCHEMES = frozenset({"", "http", "https", "mailto"})
_CSS_LOAD = re.compile(r"(?:url\(\s*['\"]?|@import\s+['\"])((?:https?:)?//[^'\")\s]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reference:
    """A link of a built page, or a file that it loads."""

    target: str
    loads: bool


class _Reader(HTMLParser):
    """Collects the anchors, links and loads of one page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.anchors: set[str] = set()
        self.references: list[Reference] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one tag."""
        values = {name: value or "" for name, value in attrs}
        self.anchors.update(values[name] for name in ("id", "name") if values.get(name))
        relations = set(values.get("rel", "").split())
        for name, value in values.items():
            if (tag, name) in _LOADS or (tag == "link" and name == "href" and relations & _LOADING_RELATIONS):
                self.references.append(Reference(value, loads=True))
            elif tag == "a" and name == "href":
                self.references.append(Reference(value, loads=False))
            elif name.startswith("on"):
                self.inline.append(f"<{tag} {name}>")
        if tag == "style" or (
            tag == "script" and "src" not in values and values.get("type") != "application/json"
        ):
            self.inline.append(f"<{tag}>")


def site_faults(site_dir: Path, pages: Iterable[str]) -> tuple[Fault, ...]:
    """Return everything that is wrong with the site in `site_dir`.

    Args:
        site_dir: The built site.
        pages: Markdown paths of the pages that the generator made.
    """
    wanted = [built(path) for path in pages]
    read: dict[str, _Reader] = {}
    faults: list[Fault] = []
    for path in wanted:
        file = site_dir / path
        if not file.is_file():
            faults.append(Fault(where=path, what="is missing from the built site"))
            continue
        reader = _Reader()
        reader.feed(file.read_text(encoding="utf-8"))
        read[path] = reader
    for path, reader in read.items():
        faults += _page_faults(site_dir, path, reader, read)
    faults += _style_faults(site_dir)
    return tuple(faults)


def _page_faults(site_dir: Path, path: str, reader: _Reader, read: Mapping[str, _Reader]) -> Iterator[Fault]:
    for reference in dict.fromkeys(reader.references):
        target = reference.target
        parts = urlsplit(target)
        if parts.scheme.lower() not in _ALLOWED_SCHEMES and not target.startswith("data:image/"):
            yield Fault(
                where=path, what=f"has the link {target[:80]}", repair="link to a page, http(s) or mailto"
            )
        elif reference.loads and (parts.netloc or parts.scheme in {"http", "https"}):
            yield Fault(where=path, what=f"loads {target} from elsewhere", repair="bring the file along")
        elif parts.scheme or parts.netloc or target.startswith("/"):
            continue
        elif fault := _broken(site_dir, path, target, read):
            yield fault
    for what in dict.fromkeys(reader.inline):
        yield Fault(where=path, what=f"holds inline code: {what}", repair="the content policy forbids it")


def _broken(site_dir: Path, path: str, target: str, read: Mapping[str, _Reader]) -> Fault | None:
    parts = urlsplit(target)
    found = normpath(f"{dirname(path)}/{unquote(parts.path)}".lstrip("/")) if parts.path else path
    if found.startswith(".."):
        return Fault(where=path, what=f"has the link {target}, which leaves the site")
    page = (
        read.get(found)
        or read.get(f"{found}/index.html")
        or (read.get("index.html") if found == "." else None)
    )
    if page is None:
        if (site_dir / found).is_file():
            return None
        return Fault(where=path, what=f"has the link {target}, which leads nowhere")
    anchor = unquote(parts.fragment)
    if anchor and anchor not in page.anchors:
        return Fault(where=path, what=f"has the link {target}, but there is no such place on that page")
    return None


def _style_faults(site_dir: Path) -> Iterator[Fault]:
    for file in sorted(site_dir.rglob("*.css")):
        for match in _CSS_LOAD.finditer(file.read_text(encoding="utf-8")):
            where = file.relative_to(site_dir).as_posix()
            yield Fault(where=where, what=f"loads {match[1]} from elsewhere", repair="bring the file along")
