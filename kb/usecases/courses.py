"""Courses of the library: built as slides, handout and question files; those whose sources have moved on are told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cache
from typing import Literal, get_args

from kb.content import Library
from kb.content.courses import moved_sources
from kb.content.pages import CoursePage
from kb.courseware.assembling import deck_of
from kb.courseware.deck import Deck
from kb.courseware.gift import gift_text
from kb.courseware.moodle_xml import moodle_xml
from kb.courseware.pptx_writer import PictureBytes, pptx_bytes
from kb.courseware.reading import titles_by_source
from kb.errors import BadContent, Fault, NotFound
from kb.export.document import Document
from kb.export.docx import MEDIA_TYPE as DOCX
from kb.export.docx import docx_bytes
from kb.export.docx_blocks import png_of_svg
from kb.export.packing import packed
from kb.export.pdf import MEDIA_TYPE as PDF
from kb.export.pdf import pdf_bytes
from kb.export.xlsx import MEDIA_TYPE as XLSX
from kb.i18n import Language, translator
from kb.usecases.course_handout import handout
from kb.usecases.course_package import MEDIA_TYPE as ZIP
from kb.usecases.course_package import scorm_package
from kb.usecases.course_slides import slides_file
from kb.usecases.course_template import fitting_template
from kb.usecases.quiz_bank import bank_bytes, headers_from
from kb.usecases.quiz_paper import Paper, answer_key, checked_paper, quiz_paper

Format = Literal[
    "pptx",
    "html",
    "scorm",
    "pdf",
    "docx",
    "gift",
    "moodle",
    "xlsx",
    "paper-pdf",
    "paper-docx",
    "key-pdf",
    "key-docx",
]
FORMATS: tuple[Format, ...] = get_args(Format)
WITH_ANSWERS: frozenset[Format] = frozenset({"gift", "moodle", "xlsx", "key-pdf", "key-docx"})
"""Formats that say which answers are right before anybody was asked: an editor's, where people log in."""
PAPERS = frozenset({"paper-pdf", "paper-docx", "key-pdf", "key-docx"})
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ENDINGS: Mapping[Format, str] = {
    "pptx": ".pptx",
    "html": "-slides.html",
    "scorm": "-scorm.zip",
    "pdf": "-handout.pdf",
    "docx": "-handout.docx",
    "gift": ".gift.txt",
    "moodle": "-moodle.xml",
    "xlsx": "-questions.xlsx",
    "paper-pdf": "-paper-{variant}.pdf",
    "paper-docx": "-paper-{variant}.docx",
    "key-pdf": "-key.pdf",
    "key-docx": "-key.docx",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A file made from a course."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A source of a course that has another revision than the course was built from.

    Args:
        built, now: Revisions; `now` is None where the page is gone or withdrawn.
        slides: Titles of the slides that draw on it.
        questions: Ids of the questions that draw on it.
    """

    source_id: str
    built: int
    now: int | None
    slides: tuple[str, ...]
    questions: tuple[str, ...] = ()

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            "id": self.source_id,
            "built": self.built,
            "now": self.now,
            "slides": list(self.slides),
            "questions": list(self.questions),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseState:
    """A course and what has become of its sources.

    Args:
        slides: How many slides it makes; 0 where it makes none.
        faults: What keeps it from making a deck.
    """

    page: CoursePage
    slides: int
    moved: tuple[Moved, ...]
    faults: tuple[Fault, ...]

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            "id": self.page.id,
            "title": self.page.title,
            "title_en": self.page.title_en,
            "revision": self.page.revision,
            "minutes": self.page.duration_minutes,
            "slides": self.slides,
            "questions": len(self.page.quiz),
            "stale": bool(self.moved),
            "moved": [one.json() for one in self.moved],
            "faults": [{"where": f.where, "what": f.what, "repair": f.repair} for f in self.faults],
        }


def courses(library: Library) -> tuple[CourseState, ...]:
    """Return every course that is not withdrawn, by id."""
    found = [page for page in library.pages.values() if isinstance(page, CoursePage)]
    return tuple(
        _state(library, page)
        for page in sorted(found, key=lambda page: page.id)
        if page.status != "withdrawn"
    )


def course(library: Library, id: str) -> CoursePage:
    """Return a course.

    Raises:
        NotFound: There is none with this id.
    """
    page = library.pages.get(id)
    if not isinstance(page, CoursePage):
        raise NotFound("course", id[:80])
    return page


def course_deck(library: Library, id: str, *, language: Language = "zh_CN") -> Deck:
    """Return a course as slides.

    Raises:
        NotFound: There is no such course.
        BadContent: Every fault of every slide.
    """
    page = course(library, id)
    file = library.files[library.paths[id]]
    return deck_of(
        page,
        file.body,
        file=file.path,
        first_line=file.lines.get("", 1),
        pages=library.pages,
        words=translator(language),
        language="zh" if language == "zh_CN" else "en",
    )


def build_course(
    library: Library,
    id: str,
    format: Format,
    *,
    language: Language = "zh_CN",
    template: bytes | None = None,
    paper: Paper = Paper(),  # noqa: B008 - frozen
    headers: Mapping[str, str] | None = None,
) -> Built:
    """Return a file of a course; the same library gives the same bytes.

    The day on which the course was last reviewed stands in the file as the time of its making.

    Args:
        format: One of `FORMATS`; html is the slides as one file for a browser, scorm a package for a
            learning platform, pdf and docx are the handout.
        language: Of the words that the file says of itself.
        template: A department's own presentation, for pptx.
        paper: Seed and variant, for a paper and its key.
        headers: Names of columns by field where they are not ours, for xlsx.

    Raises:
        NotFound: There is no such course.
        BadContent: Every fault of every slide.
        BadImport: The template lacks something.
        BadInput: No Chinese font is installed, for pdf; seed, variant or a column is none.
    """
    page = course(library, id)
    name = f"{id}{ENDINGS[format]}".format(variant=paper.variant)
    created = datetime.combine(page.reviewed, time(), UTC)
    if format == "gift":
        return Built(name=name, media_type="text/plain; charset=utf-8", content=gift_text(page.quiz).encode())
    if format == "moodle":
        return Built(
            name=name, media_type="application/xml", content=moodle_xml(page.quiz, category=page.title)
        )
    if format == "xlsx":
        names = headers_from(headers or {})
        content = bank_bytes(page, headers=names, language=language, created=created)
        return Built(name=name, media_type=XLSX, content=content)
    if format in PAPERS:
        make = quiz_paper if format.startswith("paper") else answer_key
        return _typeset(make(page, checked_paper(paper), language=language, created=created), name)
    deck = course_deck(library, id, language=language)
    if format == "html":
        content = slides_file(library, deck, language=language)
        return Built(name=name, media_type="text/html; charset=utf-8", content=content)
    if format == "scorm":
        content = scorm_package(library, page, deck, language=language)
        return Built(name=name, media_type=ZIP, content=content)
    if format == "pptx":
        own = fitting_template(template, name="template") if template is not None else None
        content = pptx_bytes(deck, created=created, picture=_pictures(library), template=own)
        return Built(name=name, media_type=PPTX, content=packed(content))
    document = handout(
        page, deck, library.pages, picture=_pictures(library), language=language, created=created
    )
    return _typeset(document, name)


def _typeset(document: Document, name: str) -> Built:
    """Return a document as the kind of file that its name says."""
    if name.endswith(".pdf"):
        return Built(name=name, media_type=PDF, content=pdf_bytes(document))
    return Built(name=name, media_type=DOCX, content=docx_bytes(document))


def _pictures(library: Library) -> PictureBytes:
    """Return what gives pictures of the content folder, SVG as PNG; each is drawn once."""
    root = library.folder.resolve()

    @cache
    def picture(file: str) -> bytes:
        path = (root / file).resolve()
        if not path.is_relative_to(root) or not path.is_file():
            fault = Fault(where=file, what="is no file of the library", repair="name a picture beside a page")
            raise BadContent("a picture is missing", [fault])
        content = path.read_bytes()
        return png_of_svg(content) if path.suffix == ".svg" else content

    return picture


def _state(library: Library, page: CoursePage) -> CourseState:
    faults: tuple[Fault, ...] = ()
    try:
        deck: Deck | None = course_deck(library, page.id)
    except BadContent as error:
        deck, faults = None, error.faults
    moved = [
        Moved(
            source_id=source.id,
            built=source.revision,
            now=now,
            slides=_titles(library, page, deck, source.id),
            questions=tuple(one.id for one in page.quiz if one.source == source.id),
        )
        for source, now in moved_sources(page, library.pages)
    ]
    return CourseState(page=page, slides=len(deck.slides) if deck else 0, moved=tuple(moved), faults=faults)


def _titles(library: Library, page: CoursePage, deck: Deck | None, source_id: str) -> tuple[str, ...]:
    """Return the titles of the slides that draw on a page; of a course that makes no deck, as they are written."""
    if deck is None:
        return titles_by_source(library.files[library.paths[page.id]].body).get(source_id, ())
    return tuple(
        dict.fromkeys(one.title for one in deck.slides if source_id in {note.id for note in one.sources})
    )
