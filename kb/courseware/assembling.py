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
    slides = [_title(page, title, words), _objectives(page, words), *_hazards(built_from, words), *own]
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


def _hazards(pages: Sequence[Page], words: Words) -> list[Slide]:
    """Return the dangers and warnings of all pages, each once, the worst first: two a slide, with what to do.

    Cautions and notices are for the handout: a room that has seen ten slides of hazards sees none of them.
    """
    found: dict[tuple[str, str], tuple[Hazard, set[str]]] = {}
    revisions = {page.id: page.revision for page in pages}
    for page in pages:
        for hazard in () if page.hazards == "none" else page.hazards:
            if hazard.type not in SHOWN:
                continue
            found.setdefault((hazard.type, hazard.hazard), (hazard, set()))[1].add(page.id)
    ordered = sorted(found.values(), key=lambda item: (SHOWN.index(item[0].type), item[0].hazard))
    slides = []
    for start in range(0, len(ordered), 2):
        pair = ordered[start : start + 2]
        lines = []
        for hazard, _ in pair:
            lines.append(
                Line(
                    runs=(
                        Run(text=f"{words(_SIGNAL[hazard.type])}  ", bold=True),
                        Run(text=f"{hazard.hazard}：{hazard.consequence}"),
                    )
                )
            )
            lines.append(Line(runs=(Run(text=hazard.avoid),), level=1))
        ids = sorted({id for _, ids in pair for id in ids})
        notes = tuple(SourceNote(id=id, revision=revisions[id]) for id in ids)
        slides.append(
            Slide(layout=Layout.HAZARD, title=words("Hazards first"), lines=tuple(lines), sources=notes)
        )
    return slides


def _sources(pages: Sequence[Page], words: Words) -> Slide:
    rows = tuple(
        (page.id, page.title, f"r{page.revision}") for page in sorted(pages, key=lambda page: page.id)
    )
    head = (words("Page"), words("Title"), words("Revision"))
    return Slide(layout=Layout.TABLE, title=words("Built from"), grid=Grid(head=head, rows=rows))
