"""A course as a whole deck: its title, what it is for, hazards before anything else, its body, what it rests on."""

from collections.abc import Callable, Mapping, Sequence

from kb.content.pages import CoursePage, Hazard, Page
from kb.courseware.deck import Deck, Grid, Layout, Line, Run, Slide, SourceNote, lines_of
from kb.courseware.fitting import fitted
from kb.courseware.reading import slides_of

Words = Callable[[str], str]
"""Translates a message id."""
SHOWN = ("danger", "warning")
"""Hazards that stand on slides."""
_SIGNAL = {"danger": "Danger", "warning": "Warning"}


def deck_of(
    page: CoursePage,
    body: str,
    *,
    file: str,
    first_line: int,
    pages: Mapping[str, Page],
    words: Words,
    language: str = "zh",
) -> Deck:
    """Return a course as slides that fit.

    Args:
        page, body, file, first_line: As `kb.courseware.reading.slides_of`.
        pages: Every page of the library, by id.
        words: Translates what the slides say of themselves.
        language: Of these words and of the title, `zh` or `en`.

    Raises:
        BadContent: Every fault of every slide.
    """
    revisions = {id: one.revision for id, one in pages.items()}
    own = slides_of(page, body, file=file, first_line=first_line, revisions=revisions)
    built_from = [pages[one.id] for one in page.built_from if one.id in pages]
    title = page.title_en if language == "en" else page.title
    slides = [_title(page, title, words), _objectives(page, words), *_hazards(page, built_from, words), *own]
    deck = Deck(
        id=page.id,
        revision=page.revision,
        title=title,
        language=language,
        slides=(*slides, _sources(built_from, words)) if built_from else tuple(slides),
        author=page.owner,
        keywords=page.keywords,
    )
    return fitted(deck, continued=words(" (continued)"))


def _title(page: CoursePage, title: str, words: Words) -> Slide:
    about = words("{minutes} min · for {level}").format(
        minutes=page.duration_minutes, level=page.audience_level
    )
    other = page.title if title == page.title_en else page.title_en
    return Slide(layout=Layout.TITLE, title=title, lines=lines_of([other, about]), notes=page.summary)


def _objectives(page: CoursePage, words: Words) -> Slide:
    return Slide(
        layout=Layout.CONTENT, title=words("After this course you can"), lines=lines_of(page.objectives)
    )


def _hazards(page: CoursePage, built_from: Sequence[Page], words: Words) -> list[Slide]:
    """Return the dangers and warnings on slides, each once, the worst first: two a slide, with what to do.

    They are those that the course names itself, so that a trainer says which of twenty a room must hear; a course that
    names none shows those of all its pages. Cautions and notices, and what the trainer left out, are for the handout:
    a room that has seen ten slides of hazards sees none of them.
    """
    found: dict[tuple[str, str], Hazard] = {}
    for one in (page,) if hazards_of(page) else built_from:
        for hazard in hazards_of(one):
            if hazard.type in SHOWN:
                found.setdefault((hazard.type, hazard.hazard), hazard)
    ordered = sorted(found.values(), key=lambda hazard: SHOWN.index(hazard.type))
    slides = []
    for start in range(0, len(ordered), 2):
        pair = ordered[start : start + 2]
        lines = []
        for hazard in pair:
            signal = Run(text=f"{words(_SIGNAL[hazard.type])}  ", bold=True)
            lines.append(Line(runs=(signal, Run(text=f"{hazard.hazard}：{hazard.consequence}"))))
            lines.append(Line(runs=(Run(text=hazard.avoid),), level=1))
        texts = {hazard.hazard for hazard in pair}
        notes = tuple(
            SourceNote(id=one.id, revision=one.revision)
            for one in sorted(built_from, key=lambda one: one.id)
            if texts & {hazard.hazard for hazard in hazards_of(one)}
        )
        slides.append(
            Slide(layout=Layout.HAZARD, title=words("Hazards first"), lines=tuple(lines), sources=notes)
        )
    return slides


def hazards_of(page: Page) -> tuple[Hazard, ...]:
    """Return the hazards of a page; none where it says that there are none."""
    return () if page.hazards == "none" else page.hazards


def _sources(pages: Sequence[Page], words: Words) -> Slide:
    rows = tuple(
        (page.id, page.title, f"r{page.revision}") for page in sorted(pages, key=lambda page: page.id)
    )
    head = (words("Page"), words("Title"), words("Revision"))
    return Slide(layout=Layout.TABLE, title=words("Built from"), grid=Grid(head=head, rows=rows))
