"""The handout of a course: what it is for, hazards first, what the slides say with space for notes, answers apart.

Every slide that a trainer wrote is in it; what the speaker says stays with the speaker, and answers stand at the end.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from string import ascii_uppercase

from kb.content import Page
from kb.content.pages import CoursePage, Hazard
from kb.content.quiz import QuizItem
from kb.courseware.assembling import hazards_of
from kb.courseware.deck import Deck, Layout, Line, Slide
from kb.export.document import (
    Block,
    Column,
    Document,
    Entries,
    Figure,
    HazardBox,
    Mark,
    Paragraph,
    Section,
    Signal,
    Table,
    Tone,
)
from kb.export.page_words import SIGNALS
from kb.i18n import Language, translator

Words = Callable[[str], str]
_RULE = "＿" * 36
_NOTE_LINES = 3
"""Room for notes below what a slide says."""
"""A line to write on."""


def handout(
    page: CoursePage,
    deck: Deck,
    pages: Mapping[str, Page],
    *,
    picture: Callable[[str], bytes],
    language: Language,
    created: datetime,
) -> Document:
    """Return the handout as a neutral document."""
    words = translator(language)
    parts = [
        Section(
            title=words("After this course you can"), blocks=(Entries(texts=page.objectives, mark=Mark.BOX),)
        ),
        Section(title=words("Hazards first"), blocks=_hazards(page, pages, words)),
    ]
    own = [slide for slide in deck.slides if slide.place]
    parts += [_slide(slide, picture, words) for slide in own if slide.layout is not Layout.ANSWER]
    told = [_told(slide) for slide in own if slide.layout is Layout.ANSWER]
    parts.append(
        Section(
            title=words("Questions"),
            blocks=tuple(block for one in page.quiz for block in _question(one)),
            new_page=True,
        )
    )
    answers = (*told, *(block for one in page.quiz for block in _answer(one)))
    parts.append(Section(title=words("Answers"), blocks=answers, new_page=True))
    return Document(
        title=deck.title,
        subtitle=f"{page.id} r{page.revision}",
        sections=tuple(parts),
        created=created,
        footer=f"{page.id} r{page.revision}",
    )


def _hazards(page: CoursePage, pages: Mapping[str, Page], words: Words) -> tuple[Block, ...]:
    """Return every hazard once, the worst first: dangers and those that the course names in boxes, the rest as a table."""
    found: dict[tuple[str, str], Hazard] = {}
    sources = [pages[one.id] for one in page.built_from if one.id in pages]
    for hazard in (hazard for one in (page, *sources) for hazard in hazards_of(one)):
        found.setdefault((hazard.type, hazard.hazard), hazard)
    order = list(Signal)
    ordered = sorted(found.values(), key=lambda one: order.index(Signal(one.type)))
    named = hazards_of(page) or tuple(ordered)
    own = {(one.type, one.hazard) for one in named}
    boxed = [one for one in ordered if one.type == "danger" or (one.type, one.hazard) in own]
    boxes = [
        HazardBox(
            signal=Signal(one.type),
            word=SIGNALS[Signal(one.type)],
            text=one.hazard,
            details=((words("Consequence"), one.consequence), (words("Avoid"), one.avoid)),
        )
        for one in boxed
    ]
    rest = tuple(
        (SIGNALS[Signal(one.type)], f"{one.hazard}：{one.consequence}", one.avoid)
        for one in ordered
        if one not in boxed
    )
    if not rest:
        return tuple(boxes) or (Paragraph(text="-"),)
    head = ((words("Signal word"), 1.4), (words("Hazard"), 3.0), (words("Avoid"), 3.0))
    columns = tuple(Column(title=title, weight=weight) for title, weight in head)
    return (*boxes, Paragraph(text=words("Further hazards of the pages")), Table(columns=columns, rows=rest))


def _slide(slide: Slide, picture: Callable[[str], bytes], words: Words) -> Section:
    if slide.layout is Layout.SECTION:
        lines = tuple(Paragraph(text=line.text) for line in slide.lines)
        return Section(title=slide.title, blocks=lines or (Paragraph(text=""),))
    blocks: list[Block] = []
    if slide.layout is Layout.HAZARD:
        blocks.append(_hazard(slide))
    elif slide.lines:
        blocks.append(_lines(slide.lines))
    for column in slide.columns:
        if column.title:
            blocks.append(Paragraph(text=f"{column.title}："))
        if column.lines:
            blocks.append(_lines(column.lines))
    if slide.picture is not None:
        shown = slide.picture
        blocks.append(
            Figure(content=picture(shown.file), media_type="image/png", alt=shown.alt, caption=shown.caption)
        )
    if slide.grid is not None:
        columns = tuple(Column(title=title) for title in slide.grid.head)
        blocks.append(Table(columns=columns, rows=slide.grid.rows))
    if slide.sources:
        named = ", ".join(str(one) for one in slide.sources)
        blocks.append(Paragraph(text=f"{words('Built from')}: {named}", tone=Tone.REMARK))
    blocks += [Paragraph(text=_RULE, tone=Tone.REMARK) for _ in range(_NOTE_LINES)]
    return Section(title=slide.title, blocks=tuple(blocks), level=2)


def _hazard(slide: Slide) -> HazardBox:
    """Return a trainer's own slide of a hazard as the box that a reader cannot miss."""
    text = "\n".join(line.text for line in slide.lines)
    return HazardBox(signal=Signal.WARNING, word=SIGNALS[Signal.WARNING], text=text)


def _told(slide: Slide) -> Paragraph:
    """Return the answer to a question that stands among the slides."""
    return Paragraph(text=f"{slide.title} {' '.join(line.text for line in slide.lines)}")


def _lines(lines: tuple[Line, ...]) -> Entries:
    texts = tuple(("　" * line.level) + line.text for line in lines)
    numbered = all(line.number is not None for line in lines)
    return Entries(texts=texts, mark=Mark.NUMBER if numbered else Mark.BULLET)


def _question(one: QuizItem) -> tuple[Block, ...]:
    head = Paragraph(text=f"{one.id}. {one.stem}")
    if one.kind in {"short", "numeric"}:
        return head, Paragraph(text=_RULE)
    if one.kind == "match":
        left = [option.text for option in one.options]
        right = sorted(option.pair or "" for option in one.options)
        lettered = tuple(f"{letter}. {text}" for letter, text in zip(ascii_uppercase, right, strict=False))
        return (
            head,
            Entries(texts=tuple(f"{text} ＿＿" for text in left)),
            Paragraph(text="　".join(lettered)),
        )
    return head, Entries(texts=tuple(option.text for option in one.options), mark=Mark.BOX)


def _answer(one: QuizItem) -> tuple[Block, ...]:
    """Return what is right, and why each other answer is not."""
    if one.kind == "match":
        text = "；".join(f"{option.text} → {option.pair}" for option in one.options)
    elif one.kind == "numeric":
        text = f"{one.options[0].text} ± {one.options[0].tolerance or 0:g}"
    else:
        text = "；".join(option.text for option in one.options if option.correct)
    reasons = [one.why, *(option.why for option in one.options if option.correct)]
    why = "；".join(dict.fromkeys(reason.rstrip("。") for reason in reasons if reason))
    right = Paragraph(text=f"{one.id}. {text}" + (f"（{why}）" if why else ""))
    wrong = tuple(
        f"✗ {option.text}：{option.why}" for option in one.options if not option.correct and option.why
    )
    return (
        (right, Entries(texts=wrong)) if wrong and one.kind not in {"match", "numeric", "short"} else (right,)
    )
