"""The page of all terms, in the order of their pinyin, with an index by first letter."""

from collections.abc import Iterable, Mapping

from pypinyin import lazy_pinyin

from kb.content.pages import Confidence, Page, TermPage
from kb.site.addresses import Links
from kb.site.markup import CONFIDENCES, WIDE
from kb.site.text import escaped

OTHER = "#"
"""Index entry of terms that begin with neither a Chinese character nor a Latin letter."""


def sounds(name: str) -> tuple[str, ...]:
    """Return how a name sounds, syllable by syllable, as the key it is sorted by."""
    return tuple(syllable.casefold() for syllable in lazy_pinyin(name))


def letter_of(name: str) -> str:
    """Return the letter under which a name is looked up."""
    first = "".join(sounds(name))[:1].upper()
    return first if "A" <= first <= "Z" else OTHER


def terms_text(pages: Mapping[str, Page], links: Links) -> str:
    """Return the Markdown of the page of all terms among `pages`."""
    terms = sorted(
        (page for page in pages.values() if isinstance(page, TermPage)),
        key=lambda page: (letter_of(page.preferred.zh) == OTHER, sounds(page.preferred.zh), page.id),
    )
    letters: dict[str, list[TermPage]] = {}
    for page in terms:
        letters.setdefault(letter_of(page.preferred.zh), []).append(page)
    lines = [*WIDE, "# 术语 Terms", ""]
    if not terms:
        return "\n".join([*lines, "还没有术语。", ""])
    unchecked = sum(page.confidence is not Confidence.VALIDATED for page in terms)
    lines += [f'<p class="sb-summary">{len(terms)} 个术语，按拼音排列。</p>', ""]
    if unchecked:
        note = f"其中 {unchecked} 个未经手册核对（依据等级见每条）。" if unchecked < len(terms) else ""
        lines += [f'<p class="sb-unverified"><b>未经手册核对</b>{note or "以下释义来自行业经验。"}</p>', ""]
    index = "".join(f'<a href="#{_anchor(letter)}">{letter}</a>' for letter in letters)
    lines += [f'<nav class="sb-letters" aria-label="拼音索引">{index}</nav>', ""]
    for letter, group in letters.items():
        lines += [
            f"## {letter if letter != OTHER else '其它'} {{: #{_anchor(letter)} }}",
            "",
            '<dl class="sb-terms">',
        ]
        lines += [entry for page in group for entry in _entry(page, links)]
        lines += ["</dl>", ""]
    return "\n".join(lines) + "\n"


def _anchor(letter: str) -> str:
    return "letter-other" if letter == OTHER else f"letter-{letter.lower()}"


def _entry(page: TermPage, links: Links) -> Iterable[str]:
    is_new = page.abbreviation and page.abbreviation.casefold() not in page.preferred.en.casefold()
    short = f" <span>（{escaped(page.abbreviation)}）</span>" if is_new else ""
    grades = "、".join(sorted({source.grade.value for source in page.sources}))
    badge = f' <span class="sb-badge sb-grade">{grades}</span>' if grades else ""
    mark = "" if page.confidence is Confidence.VALIDATED else f' title="{CONFIDENCES[page.confidence]}"'
    yield (
        f'<dt id="{escaped(page.id.lower())}"{mark}>{escaped(page.preferred.zh)} '
        f'<span lang="en">{escaped(page.preferred.en)}</span>{short}{badge}</dt>'
    )
    rows = [
        ("也叫", escaped("、".join(page.alt))),
        ("不再使用", escaped("、".join(page.deprecated))),
        ("上位", links.html(page.broader) if page.broader else ""),
        ("不要混同", "、".join(links.html(id_) for id_ in page.not_same_as)),
        ("相关", "、".join(links.html(id_) for id_ in page.related if links.page(id_) is not None)),
    ]
    told = "".join(
        f'<span class="sb-term-row"><b>{label}</b>{value}</span>' for label, value in rows if value
    )
    yield f"<dd>{links.text(page.definition)}{told}</dd>"
