"""Where each library page stands on the site, and the links that lead from one page to another."""

import re
from collections.abc import Mapping
from posixpath import dirname, normpath, relpath

from kb.content.pages import (
    AlarmPage,
    CasePage,
    ChecklistPage,
    CoursePage,
    GuidePage,
    Page,
    Status,
    TermPage,
)
from kb.site.text import escaped, markdown_escaped

SHOWN = frozenset({Status.RELEASED, Status.APPROVED})
"""Only these stand on the site; drafts and withdrawn pages are found in the files."""

FOLDERS: dict[type[Page], str] = {
    AlarmPage: "alarms",
    CasePage: "cases",
    GuidePage: "guides",
    ChecklistPage: "checklists",
    CoursePage: "courses",
    TermPage: "terms",
}
UNSORTED = "GEN"
"""Subsystem of a case that names no component."""

_ID = r"(?<![A-Za-z0-9-])(?:ALM|CASE|GUIDE|CHK|COURSE|TERM)-[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*"
_ID_IN_TEXT = re.compile(_ID)
_ID_IN_MARKDOWN = re.compile(rf"(?P<kept>`[^`]*`|!?\[[^\]]*\]\([^)]*\))| *《?(?P<id>{_ID})》?")
"""A piece of code or a link (left alone), or a page id in running text, with its title marks."""
_DESTINATION = re.compile(r"(!?\[[^\]]*\]\(|^ {0,3}\[[^\]]+\]: *)([^)\s]+)")
_ELSEWHERE = re.compile(r"(?i)(?:https?|mailto):")


def is_shown(page: Page) -> bool:
    """Whether `page` stands on the site."""
    return page.status in SHOWN


def page_path(page: Page) -> str:
    """Return where a library page stands on the site, as a Markdown path; a term is an anchor of one page."""
    if isinstance(page, TermPage):
        return f"terms/index.md#{page.id.lower()}"
    folder = FOLDERS[type(page)]
    if isinstance(page, AlarmPage):
        folder = dirname(family_path(page))
    elif isinstance(page, CasePage):
        folder = f"cases/{subsystem_of(page).lower()}"
    return f"{folder}/{page.id.lower()}.md"


def family_path(page: AlarmPage) -> str:
    """Return the Markdown path of the overview of an alarm's family."""
    return f"alarms/{page.family.lower()}/index.md"


def page_address(page: Page) -> str:
    """Return the address of a page below the site's root, as the builders write it."""
    return built(page_path(page))


def subsystem_of(page: Page) -> str:
    """Return the subsystem code of a page; `UNSORTED` where it names no component."""
    return page.component.subsystem if page.component is not None else UNSORTED


def built(path: str) -> str:
    """Return what becomes of a path (with its anchor, if any) in the built site; only Markdown is renamed."""
    file, _, anchor = path.partition("#")
    if file.endswith(".md"):
        file = file.removesuffix(".md") + ".html"
    return file + (f"#{anchor}" if anchor else "")


class Links:
    """Links from one page of the site to others; an id that is not on the site stays plain text.

    Args:
        path: The Markdown path of the page that the links stand on.
        shown: The pages on the site by id.
        sources: Where each page's file stands below the content folder, by id.
    """

    def __init__(self, path: str, shown: Mapping[str, Page], sources: Mapping[str, str]) -> None:
        self._folder = dirname(path)
        self._shown = shown
        self._sources = sources
        self._by_source = {source: id_ for id_, source in sources.items()}

    def page(self, id_: str) -> Page | None:
        """Return the page with this id, where it is on the site."""
        return self._shown.get(id_)

    def href(self, path: str) -> str:
        """Return the relative address of a Markdown path of the site, as built."""
        file, _, anchor = path.partition("#")
        target = relpath(file, self._folder or ".")
        return built(target + (f"#{anchor}" if anchor else ""))

    def html(self, id_: str, label: str = "") -> str:
        """Return an HTML link to a page, called `label` or by its title."""
        page = self._shown.get(id_)
        if page is None:
            return f"<code>{escaped(label or id_)}</code>"
        return f'<a href="{escaped(self.href(page_path(page)))}">{escaped(label or page.title)}</a>'

    def text(self, text: str) -> str:
        """Return plain `text` as HTML, each page id that stands in it made a link called by its title."""
        parts: list[str] = []
        end = 0
        for match in _ID_IN_TEXT.finditer(text):
            before = text[end : match.start()]
            is_shown_here = match[0] in self._shown
            parts.append(escaped(before.rstrip() if is_shown_here else before, strip=False))
            parts.append(f"《{self.html(match[0])}》" if is_shown_here else escaped(match[0]))
            end = match.end()
        parts.append(escaped(text[end:], strip=False))
        return "".join(parts).strip()

    def markdown(self, line: str, source: str = "") -> str:
        """Return a line of Markdown with page ids made links and relative destinations made to fit the site.

        Args:
            line: The line, outside of fenced code.
            source: The file that the line comes from, below the content folder.
        """
        line = _DESTINATION.sub(lambda match: self._retargeted(match, source), line)
        return _ID_IN_MARKDOWN.sub(self._linked, line)

    def _retargeted(self, match: re.Match[str], source: str) -> str:
        target = self._destination(match[2], source)
        # A picture from elsewhere would be fetched by every reader's browser; it becomes a link.
        opening = match[1].removeprefix("!") if _ELSEWHERE.match(target) else match[1]
        return opening + target

    def _linked(self, match: re.Match[str]) -> str:
        page = self._shown.get(match["id"] or "")
        if match["kept"] or page is None:
            return match[0]
        file, _, anchor = page_path(page).partition("#")
        target = relpath(file, self._folder or ".") + (f"#{anchor}" if anchor else "")
        return f"《[{markdown_escaped(page.title)}]({target})》"

    def _destination(self, target: str, source: str) -> str:
        """Return where a link of the file `source` leads on the site."""
        if target.startswith("#") or _ELSEWHERE.match(target):
            return target
        if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|&", target):
            return "#"
        file, _, anchor = target.partition("#")
        found = normpath(f"{dirname(source)}/{file}".lstrip("/"))
        page = self._shown.get(self._by_source.get(found, ""))
        if page is not None:
            path, _, own = page_path(page).partition("#")
            return relpath(path, self._folder or ".") + (f"#{own or anchor}" if own or anchor else "")
        return relpath(found, self._folder or ".") + (f"#{anchor}" if anchor else "")
