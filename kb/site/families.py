"""A page for each controller family: how its alarms look, its alarms by class, cases, guides and terms. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kb.content.pages import AlarmPage, CasePage, Confidence, GuidePage, Page, TermPage
from kb.content.vocabulary import Entry
from kb.site.addresses import Links, family_path, subsystem_of
from kb.site.backlinks import Backlinks
from kb.site.markup import CONFIDENCES, WIDE, Names, facts_list, name_of
from kb.site.order import grouped, natural, prefix_of
from kb.site.text import escaped, markdown_escaped

Codes = Mapping[str, Mapping[str, Entry]]
"""Entries of the vocabularies, by vocabulary and code."""
_SEPARATE = re.compile(r"[^0-9a-z]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ControllerFamily:
    """A controller family that has pages.

    Args:
        code: Its code in vocabularies/controllers.yaml.
        entry: What the vocabulary says of it.
        alarms: Alarm pages that hold for it, by number.
        cases: Cases that name it, or that name no control and show one of its alarms.
        guides: Guides written for it.
        terms: Its brand, and the terms that these pages name.
    """

    code: str
    entry: Entry
    alarms: tuple[AlarmPage, ...]
    cases: tuple[CasePage, ...]
    guides: tuple[GuidePage, ...]
    terms: tuple[TermPage, ...]

    @property
    def brand(self) -> str:
        """Who makes it."""
        return "".join(self.entry.texts("brand"))

    @property
    def alarm_family(self) -> str:
        """Who defines its alarm numbers; empty where the vocabulary does not say."""
        return "".join(self.entry.texts("alarm_family"))


def controller_path(code: str) -> str:
    """Return the Markdown path of a controller family's page."""
    return f"controllers/{code}.md"


def controller_families(
    shown: Mapping[str, Page], back: Backlinks, codes: Codes
) -> dict[str, ControllerFamily]:
    """Return the families of the vocabulary that have pages on the site, in its order.

    Args:
        shown: Pages on the site by id.
        back: Ways back between them.
        codes: Entries of the vocabularies.
    """
    found: dict[str, ControllerFamily] = {}
    pages = [page for _, page in sorted(shown.items())]
    brands = _brand_terms(pages)
    for code, entry in codes.get("controllers", {}).items():
        own = [page for page in pages if code in _controllers(page)]
        alarms = [page for page in own if isinstance(page, AlarmPage)]
        cases = {page.id: page for page in own if isinstance(page, CasePage)}
        for id_ in dict.fromkeys(id_ for page in alarms for id_ in back.cases_with_alarm.get(page.id, ())):
            case = shown[id_]
            if isinstance(case, CasePage) and not _controllers(case):
                cases[id_] = case
        guides = [page for page in own if isinstance(page, GuidePage)]
        if not (alarms or cases or guides):
            continue
        written: list[Page] = [*alarms, *cases.values(), *guides]
        named = [page for id_ in _related(written) if isinstance(page := shown.get(id_), TermPage)]
        brand = brands.get(_folded("".join(entry.texts("brand"))))
        terms = {page.id: page for page in ([brand] if brand else []) + sorted(named, key=lambda p: p.id)}
        found[code] = ControllerFamily(
            code=code,
            entry=entry,
            alarms=tuple(sorted(alarms, key=lambda p: (natural(p.code), p.id))),
            cases=tuple(sorted(cases.values(), key=lambda p: natural(p.id))),
            guides=tuple(sorted(guides, key=lambda p: natural(p.id))),
            terms=tuple(terms.values()),
        )
    return found


def family_pages(
    families: Mapping[str, ControllerFamily],
    shown: Mapping[str, Page],
    codes: Codes,
    names: Names,
    guide_types: Mapping[str, str],
) -> dict[str, str]:
    """Return the families' pages by path.

    Args:
        families: What `controller_families` found.
        shown: Pages on the site by id.
        codes: Entries of the vocabularies.
        names: Chinese names of codes.
        guide_types: Chinese names of the kinds of guides.
    """
    texts: dict[str, str] = {}
    for code, family in families.items():
        links = Links(controller_path(code), shown, {})
        lines = [*_head(family, links, codes, names)]
        lines += _alarms(family, links, codes, _common(family, shown))
        cases = grouped(family.cases, subsystem_of, names.get("subsystems", {}))
        guides = grouped(family.guides, lambda p: p.guide_type, guide_types)
        lines += _grouped_section(
            "故障案例",
            "cases",
            cases,
            links,
            "案例没有指明这个系统的；按子系统找，见《[故障案例](../cases/index.md)》。",
        )
        lines += _grouped_section(
            "技术指南",
            "guides",
            guides,
            links,
            "没有专为这个系统写的指南；各系统通用的见《[技术指南](../guides/index.md)》。",
        )
        lines += _terms(family, links)
        lines += _siblings(family, families, links)
        texts[controller_path(code)] = "\n".join(lines).rstrip() + "\n"
    return texts


def family_links(codes: Iterable[str], families: Mapping[str, ControllerFamily], links: Links) -> str:
    """Return HTML links to the families among `codes`; a code without a page is left out."""
    return "、".join(
        f'<a href="{escaped(links.href(controller_path(code)))}">{escaped(families[code].entry.zh)}</a>'
        for code in dict.fromkeys(codes)
        if code in families
    )


def front_section(families: Mapping[str, ControllerFamily], links: Links) -> list[str]:
    """Return the front page's way to the families, by brand; nothing where there are none."""
    brands: dict[str, list[str]] = {}
    for code, family in families.items():
        brands.setdefault(family.brand, []).append(code)
    rows = [
        (brand, family_links(members, families, links))
        for brand, members in sorted(brands.items(), key=lambda pair: list(families).index(pair[1][0]))
    ]
    return ["", "## 按系统找 {: #controllers }", *facts_list(rows)] if rows else []


def _head(family: ControllerFamily, links: Links, codes: Codes, names: Names) -> list[str]:
    counted = (
        ("alarms", len(family.alarms), "个报警"),
        ("cases", len(family.cases), "个案例"),
        ("guides", len(family.guides), "篇指南"),
        ("terms", len(family.terms), "个术语"),
    )
    counts = "，".join(f'<a href="#{anchor}">{count} {word}</a>' for anchor, count, word in counted if count)
    return [
        *WIDE,
        f"# {markdown_escaped(family.entry.zh)}",
        "",
        f'<p class="sb-english" lang="en">{escaped(family.entry.en)}</p>',
        *facts_list(
            [
                ("品牌", escaped(family.brand)),
                ("系列", escaped("、".join(family.entry.texts("series")))),
                ("报警家族", _alarm_families(family, links, names)),
                ("本库有", counts),
            ]
        ),
        *_looks(family, codes, names),
    ]


def _alarm_families(family: ControllerFamily, links: Links, names: Names) -> str:
    first = {page.family: page for page in reversed(family.alarms)}
    linked = [
        f'<a href="{escaped(links.href(family_path(first[code])))}">'
        f"{escaped(name_of(names, 'alarm_families', code))}</a>"
        for code in _families_of(family)
    ]
    return "、".join(linked)


def _looks(family: ControllerFamily, codes: Codes, names: Names) -> list[str]:
    """Return how the numbers of its alarms stand on the screen."""
    listed = codes.get("alarm_families", {})
    wanted = dict.fromkeys([family.alarm_family, *_families_of(family)])
    rows = [
        (name_of(names, "alarm_families", code), escaped("".join(listed[code].texts("looks"))))
        for code in wanted
        if code in listed
    ]
    if not any(value for _, value in rows):
        return []
    return ["", "## 报警的样子 {: #looks }", *facts_list(rows)]


def _families_of(family: ControllerFamily) -> list[str]:
    """Return the alarm families of its alarms, its own first."""
    found = dict.fromkeys(page.family for page in family.alarms)
    return sorted(found, key=lambda code: (code != family.alarm_family, code))


def _alarms(family: ControllerFamily, links: Links, codes: Codes, common: Sequence[AlarmPage]) -> list[str]:
    lines = ["", f"## 报警 {len(family.alarms)} {{: #alarms }}", ""]
    if common:
        way = escaped(links.href(family_path(common[0])))
        lines += [f'<p><a href="{way}">不分系统的 {len(common)} 个报警</a>也对它适用。</p>', ""]
    elif not family.alarms:
        lines += ["本库还没有这个系统的报警页；见《[报警](../alarms/index.md)》。", ""]
    listed = codes.get("alarm_families", {})
    several = len(_families_of(family)) > 1
    for code in _families_of(family):
        own = [page for page in family.alarms if page.family == code]
        meanings = _meanings(listed.get(code))
        for letters, pages in grouped(own, prefix_of, {letters: letters for letters in meanings}).items():
            words = [
                listed[code].zh if several and code in listed else "",
                letters,
                meanings.get(letters, ""),
            ]
            title = " ".join(word for word in words if word)
            lines += [f"### {markdown_escaped(title)}（{len(pages)}）", "", '<ul class="sb-links">']
            lines += [_alarm(page, links) for page in pages]
            lines += ["</ul>", ""]
    return lines


def _common(family: ControllerFamily, shown: Mapping[str, Page]) -> list[AlarmPage]:
    """Return the alarms of its alarm family that hold for every control: they name neither control nor series."""
    return [
        page
        for _, page in sorted(shown.items())
        if isinstance(page, AlarmPage)
        and page.family == family.alarm_family
        and not page.series
        and not _controllers(page)
    ]


def _alarm(page: AlarmPage, links: Links) -> str:
    return (
        f"<li>{links.html(page.id, page.code)} {escaped(page.text.zh)} "
        f'<small lang="en">{escaped(page.text.en)}</small>{_unsure(page)}</li>'
    )


def _grouped_section(
    title: str, anchor: str, groups: Mapping[str, Sequence[Page]], links: Links, none: str
) -> list[str]:
    count = sum(map(len, groups.values()))
    lines = ["", f"## {title} {count} {{: #{anchor} }}", ""]
    if not groups:
        return [*lines, none, ""]
    for name, pages in groups.items():
        lines += [f"### {markdown_escaped(name)}（{len(pages)}）", "", '<ul class="sb-links">']
        lines += [
            f'<li>{links.html(page.id)} <span class="sb-kind">{escaped(page.summary)}</span>'
            f"{_unsure(page)}</li>"
            for page in pages
        ]
        lines += ["</ul>", ""]
    return lines


def _terms(family: ControllerFamily, links: Links) -> list[str]:
    if not family.terms:
        return []
    entries = "".join(links.html(page.id, page.preferred.zh) for page in family.terms)
    return ["", "## 术语 {: #terms }", "", f'<nav class="sb-codes" aria-label="术语">{entries}</nav>', ""]


def _siblings(family: ControllerFamily, families: Mapping[str, ControllerFamily], links: Links) -> list[str]:
    """Return the way to the other families of the brand: who picked the wrong one goes on from here."""
    others = [code for code, other in families.items() if other.brand == family.brand and code != family.code]
    linked = family_links(others, families, links)
    return facts_list([("同品牌", linked)])


def _unsure(page: Page) -> str:
    if page.confidence is Confidence.VALIDATED:
        return ""
    return f' <span class="sb-badge sb-not_validated">{CONFIDENCES[page.confidence]}</span>'


def _meanings(entry: Entry | None) -> dict[str, str]:
    """Return what the letters of an alarm family's numbers mean."""
    values = entry.more.get("classes") if entry is not None else None
    return {str(key): str(value) for key, value in values.items()} if isinstance(values, Mapping) else {}


def _controllers(page: Page) -> frozenset[str]:
    return frozenset(code for group in page.applies_to for code in group.controller)


def _related(pages: Iterable[Page]) -> list[str]:
    return list(dict.fromkeys(id_ for page in pages for id_ in page.related))


def _folded(text: str) -> str:
    return _SEPARATE.sub("", text.casefold())


def _brand_terms(pages: Iterable[Page]) -> dict[str, TermPage]:
    """Return the term pages by the English name and the abbreviation that they explain."""
    found: dict[str, TermPage] = {}
    for page in pages:
        if isinstance(page, TermPage):
            for text in (page.preferred.en, page.abbreviation or ""):
                if _folded(text):
                    found.setdefault(_folded(text), page)
    return found
