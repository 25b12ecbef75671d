"""One library page as HTML, as the built site would show it, without building the site.

The same generator writes its Markdown, and the same Markdown extensions make HTML of it. What comes out is put
through a sanitiser all the same: it is shown inside a page of the service, to whoever looks at what another has typed.
"""

from collections.abc import Mapping
from dataclasses import replace
from posixpath import dirname, normpath

import markdown
import nh3

from kb.content.pages import Page, Status, TermPage
from kb.site.addresses import Links, built, page_path
from kb.site.markup import badges, english_title, facts_list, source_section
from kb.site.pages import SiteInput, page_markdown
from kb.site.text import escaped, markdown_escaped

EXTENSIONS = (
    "admonition",
    "attr_list",
    "md_in_html",
    "def_list",
    "tables",
    "pymdownx.superfences",
    "pymdownx.tasklist",
)
"""As in mkdocs.yml, without the table of contents; a test holds them together."""
# fmt: off
TAGS = frozenset((
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "details", "div", "dl", "dt",
    "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "input", "ins",
    "kbd", "label", "li", "mark", "ol", "p", "pre", "q", "s", "section", "small", "span", "strong", "sub",
    "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
))
# fmt: on
ATTRIBUTES: Mapping[str, set[str]] = {
    "*": {"class", "id", "lang", "title", "role", "aria-label", "aria-hidden"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height", "loading"},
    "input": {"type", "disabled", "checked"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
    "ol": {"start"},
}
SCHEMES = {"http", "https", "mailto"}


def page_html(page: Page, body: str, given: SiteInput, *, base: str) -> str:
    """Return a page as it would stand on the site, as sanitised HTML.

    Args:
        page: The page, whatever its status.
        body: The Markdown below its front matter.
        given: The library around it; a page of this id in it is not looked at.
        base: Address of the site's root, such as `/library/`; relative links start below it.
    """
    text = _markdown(page, body, given)
    html = markdown.markdown(text, extensions=list(EXTENSIONS))
    folder = dirname(page_path(page).partition("#")[0])

    def address(tag: str, attribute: str, value: str) -> str | None:
        if attribute not in {"href", "src"} or value.startswith(("#", "/")) or ":" in value.partition("/")[0]:
            return value
        file, mark, anchor = value.partition("#")
        return f"{base}{built(normpath(f'{folder}/{file}'))}{mark}{anchor}"

    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes={name: set(allowed) for name, allowed in ATTRIBUTES.items()},
        url_schemes=set(SCHEMES),
        attribute_filter=address,
        link_rel="noopener noreferrer",
    )


def _markdown(page: Page, body: str, given: SiteInput) -> str:
    shown = page.model_copy(update={"status": Status.RELEASED})
    around = replace(given, pages={**given.pages, page.id: shown}, bodies={**given.bodies, page.id: body})
    if isinstance(page, TermPage):
        return _term(page, body, around)
    text = page_markdown(shown, around)
    return text.split("---\n", 2)[2] if text.startswith("---\n") else text


def _term(page: TermPage, body: str, given: SiteInput) -> str:
    """Return a term as a page of its own; on the site all terms stand on one."""
    links = Links("terms/index.md", given.pages, given.sources)
    rows = [
        ("英文", escaped(page.preferred.en)),
        ("缩写", escaped(page.abbreviation or "")),
        ("又称", escaped("、".join(page.alt))),
        ("不再用", escaped("、".join(page.deprecated))),
        ("上位", links.html(page.broader) if page.broader else ""),
        ("不同于", "、".join(links.html(id_) for id_ in page.not_same_as)),
    ]
    lines = [f"# {markdown_escaped(page.title)}", "", english_title(page), *badges(page)]
    lines += ["", f"<p>{links.text(page.definition)}</p>", *facts_list(rows), body]
    return "\n".join([*lines, *source_section(page.sources, page.facts)])
