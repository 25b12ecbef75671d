"""A library page, or a selection of them, as a document to hand out.

What can hurt stands before anything that is to be done, and what nobody has checked against a manual says so at its
head; sources, grade and revision close each page.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kb.content import Library, Page
from kb.content.pages import AlarmPage, CasePage, ChecklistPage, Confidence, CoursePage, GuidePage, TermPage
from kb.export.document import (
    Block,
    Document,
    Entries,
    HazardBox,
    Paragraph,
    Section,
    Signal,
    Tone,
)
from kb.export.page_body import Picture, body_sections
from kb.export.page_kinds import (
    Around,
    alarm_parts,
    case_parts,
    checklist_parts,
    course_parts,
    guide_parts,
    term_parts,
)
from kb.export.page_words import AUDIENCES, CONFIDENCES, GRADES, SIGNALS, STATUSES, TYPES, grades_told

PAGE_NUMBERS = "第 {page} 页，共 {pages} 页"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """How a document is issued.

    Args:
        author: Who issues it.
        created: When (aware); the only time that goes into the file.
        picture: Finds the picture that a page calls by a name, from the page's id and the name.
    """

    author: str
    created: datetime
    picture: Callable[[str, str], tuple[bytes, str] | None]


def page_document(library: Library, page: Page, issue: Issue) -> Document:
    """Return one page as a document; its id, revision and review stand at the foot of every sheet."""
    opening, sections = _parts(library, page, issue, level=1)
    return Document(
        title=_title(page),
        subtitle=page.title_en,
        author=issue.author,
        created=issue.created,
        header=" · ".join(filter(None, (issue.author, TYPES[page.type], AUDIENCES[page.audience]))),
        footer=_revision(page),
        page_numbers=PAGE_NUMBERS,
        opening=opening,
        sections=sections,
    )


def selection_document(library: Library, pages: Sequence[Page], issue: Issue, *, title: str) -> Document:
    """Return several pages as one document: a table of contents, then each page on a new sheet.

    Args:
        library: Has the pages.
        pages: In the order in which they shall stand; at least one.
        issue: How it is issued.
        title: Stands large at the head.
    """
    sections: list[Section] = []
    for page in pages:
        opening, inner = _parts(library, page, issue, level=2)
        english = (Paragraph(text=page.title_en, tone=Tone.REMARK),)
        foot = (Paragraph(text=_revision(page), tone=Tone.REMARK),)
        if inner:
            last = inner[-1]
            closing = Section(title=last.title, blocks=last.blocks + foot, level=last.level)
            inner = (*inner[:-1], closing)
        else:
            opening = (*opening, *foot)
        sections.append(Section(title=_title(page), blocks=english + opening, new_page=True))
        sections += inner
    unchecked = sum(page.confidence is not Confidence.VALIDATED for page in pages)
    said = f"共 {len(pages)} 篇" + (f"，其中 {unchecked} 篇未经手册核对" if unchecked else "")
    return Document(
        title=title,
        subtitle=f"{said} · {issue.created.date().isoformat()}",
        author=issue.author,
        created=issue.created,
        header=" · ".join(
            filter(None, (issue.author, *sorted({AUDIENCES[page.audience] for page in pages})))
        ),
        footer=f"{title} · {issue.created.date().isoformat()}",
        page_numbers=PAGE_NUMBERS,
        contents="目录",
        sections=tuple(sections),
    )


def _parts(
    library: Library, page: Page, issue: Issue, *, level: int
) -> tuple[tuple[Block, ...], tuple[Section, ...]]:
    """Return what stands below the title, and the sections, their highest heading at `level`."""

    def picture(name: str) -> tuple[bytes, str] | None:
        return issue.picture(page.id, name)

    around = Around(library=library, level=level)
    before, sections = _kind_parts(page, around, picture, library.bodies.get(page.id, ""))
    opening = (*_head(page), *before)
    return opening, (*sections, *_tail(page, around))


def _kind_parts(
    page: Page, around: Around, picture: Picture, body: str
) -> tuple[tuple[Block, ...], tuple[Section, ...]]:
    lead, told = body_sections(body, level=around.level, picture=picture)
    if isinstance(page, AlarmPage):
        before, first, last = alarm_parts(page, around)
    elif isinstance(page, CasePage):
        before, first, last = case_parts(page, around, [section.title for section in told])
    elif isinstance(page, GuidePage):
        before, first, last = guide_parts(page, around)
    elif isinstance(page, ChecklistPage):
        before, first, last = checklist_parts(page, around)
    elif isinstance(page, CoursePage):
        before, first, last = course_parts(page, around)
    elif isinstance(page, TermPage):
        before, first, last = term_parts(page, around)
    else:
        raise TypeError(f"{page.id} is a {type(page).__name__}; there is no layout for it")
    if lead and first:  # the body's own beginning stands where the body does, not above what precedes it
        closing = first[-1]
        first = (*first[:-1], Section(title=closing.title, blocks=closing.blocks + lead, level=closing.level))
        lead = ()
    return (*before, *lead), (*first, *told, *last)


def _head(page: Page) -> list[Block]:
    trust = f"{TYPES[page.type]} · {CONFIDENCES[page.confidence]} · 依据：{grades_told(page)}"
    blocks: list[Block] = [Paragraph(text=trust, tone=Tone.REMARK)]
    if page.confidence is not Confidence.VALIDATED:
        text = f"{CONFIDENCES[page.confidence]}（Not validated）：使用前请对照本机厂家手册核实。"
        blocks.append(Paragraph(text=text, tone=Tone.NOTICE))
    if page.status not in ("released", "approved"):
        text = f"本页状态：{STATUSES[page.status]}，不作为作业依据。"
        blocks.append(Paragraph(text=text, tone=Tone.NOTICE))
    if not isinstance(page.hazards, str):
        order = list(Signal)
        for hazard in sorted(page.hazards, key=lambda one: order.index(Signal(one.type))):
            signal = Signal(hazard.type)
            details = (("后果", hazard.consequence), ("避免", hazard.avoid))
            blocks.append(HazardBox(signal=signal, word=SIGNALS[signal], text=hazard.hazard, details=details))
    blocks.append(Paragraph(text=page.summary))
    return blocks


def _tail(page: Page, around: Around) -> list[Section]:
    sections = []
    titles: Mapping[str, Page] = around.library.pages
    related = [f"{titles[id_].title}（{id_}）" for id_ in page.related if id_ in titles]
    if related:
        sections.append(around.section("相关资料", Entries(texts=tuple(related))))
    blocks: list[Block] = []
    if page.sources:
        told = tuple(
            f"{source.ref}（{source.grade.value}，{GRADES[source.grade]}）" for source in page.sources
        )
        blocks.append(Entries(texts=told))
    if page.facts:
        blocks.append(Paragraph(text=f"资料编号：{'、'.join(page.facts)}", tone=Tone.REMARK))
    if blocks:
        sections.append(around.section("依据", *blocks))
    return sections


def _title(page: Page) -> str:
    if isinstance(page, AlarmPage) and page.code not in page.title:
        return f"{page.code} {page.title}"
    return page.title


def _revision(page: Page) -> str:
    return (
        f"编号 {page.id} · 版次 {page.revision} · 责任 {page.owner} · "
        f"审核 {page.reviewed.isoformat()} · 下次审核 {page.review_due.isoformat()}"
    )
