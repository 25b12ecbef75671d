"""Which Markdown pages make up the site, from the library and the manual. Pure: values in, texts out."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kb.content.names import GUIDE_TYPES
from kb.content.pages import AlarmPage, CasePage, ChecklistPage, CoursePage, GuidePage, Page, TermPage
from kb.site.addresses import Links, is_shown, page_path
from kb.site.backlinks import Backlinks, backlinks
from kb.site.bodies import body_text
from kb.site.checklists import checklist_text
from kb.site.families import Codes, ControllerFamily, controller_families, family_pages
from kb.site.kinds import Around, alarm_text, case_text, course_text, guide_text
from kb.site.markup import WIDE, Names
from kb.site.overviews import front_text, overviews
from kb.site.terms import terms_text
from kb.site.text import markdown_escaped


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteInput:
    """What the site is made from.

    Args:
        pages: Library pages by id.
        bodies: The Markdown below each page's front matter, by id.
        names: Chinese names of codes, by vocabulary and code.
        manual: Files of docs/ by path relative to it, as text.
        sources: Where each page's file stands below the content folder, by id.
        codes: Entries of the vocabularies, by vocabulary and code.
    """

    pages: Mapping[str, Page]
    bodies: Mapping[str, str]
    names: Names
    manual: Mapping[str, str]
    sources: Mapping[str, str] = field(default_factory=dict)
    codes: Codes = field(default_factory=dict)


def site_pages(given: SiteInput) -> dict[str, str]:
    """Return the Markdown text of every page of the site by its path; the same input gives the same texts."""
    shown = {id_: page for id_, page in sorted(given.pages.items()) if is_shown(page)}
    back = backlinks(shown)
    families = controller_families(shown, back, given.codes)
    texts: dict[str, str] = {}
    for page in shown.values():
        if not isinstance(page, TermPage):
            texts[page_path(page)] = _page_text(page, given, shown, back, families)
    texts.update(overviews(shown, given.names, families))
    texts.update(family_pages(families, shown, given.codes, given.names, GUIDE_TYPES))
    texts["terms/index.md"] = terms_text(shown, Links("terms/index.md", shown, given.sources))
    texts.update({f"docs/{path}": text for path, text in sorted(given.manual.items())})
    if "docs/index.md" not in texts:
        texts["docs/index.md"] = _manual_index(given.manual)
    texts["index.md"] = front_text(shown, families)
    return texts


def page_markdown(page: Page, given: SiteInput) -> str:
    """Return the Markdown text of one page of the site; for a page that is looked at before the site is built."""
    shown = {id_: other for id_, other in sorted(given.pages.items()) if is_shown(other)}
    back = backlinks(shown)
    return _page_text(page, given, shown, back, controller_families(shown, back, given.codes))


def _page_text(
    page: Page,
    given: SiteInput,
    shown: Mapping[str, Page],
    back: Backlinks,
    families: Mapping[str, ControllerFamily],
) -> str:
    links = Links(page_path(page), shown, given.sources)
    around = Around(names=given.names, links=links, back=back, families=families)
    body = body_text(given.bodies.get(page.id, ""), links, given.sources.get(page.id, ""))
    if isinstance(page, AlarmPage):
        lines = alarm_text(page, body, around)
    elif isinstance(page, CasePage):
        lines = case_text(page, body, around)
    elif isinstance(page, GuidePage):
        lines = guide_text(page, body, around)
    elif isinstance(page, ChecklistPage):
        lines = checklist_text(page, body, around)
    elif isinstance(page, CoursePage):
        lines = course_text(page, body, around)
    else:
        raise TypeError(f"{page.id} is a {type(page).__name__}; the site has no layout for it")
    title = (
        f"{page.code} {page.title}"
        if isinstance(page, AlarmPage) and page.code not in page.title
        else page.title
    )
    meta = [f"title: {_quoted(title)}", f"description: {_quoted(page.summary)}"]
    meta = [WIDE[0], *meta, *WIDE[1:]]
    return "\n".join([*meta, *lines]).rstrip() + "\n"


def _quoted(text: str) -> str:
    return '"' + " ".join(text.replace("\\", "\\\\").replace('"', '\\"').split()) + '"'


def _manual_index(manual: Mapping[str, str]) -> str:
    lines = ["# Documentation", "", "How the product is built and used, in English.", ""]
    for path, text in sorted(manual.items()):
        title = next((line[2:] for line in text.splitlines() if line.startswith("# ")), path)
        lines.append(f"- [{markdown_escaped(title)}]({path})")
    return "\n".join(lines) + "\n"
