"""Take pages out of the library: one or a selection, as docx or PDF to hand out, or as Markdown to work on."""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, get_args
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from kb.content import Library, Page
from kb.errors import BadQuery, NotFound
from kb.export.docx import MEDIA_TYPE as DOCX
from kb.export.docx import docx_bytes
from kb.export.page_document import Issue, page_document, selection_document
from kb.export.pdf import MEDIA_TYPE as PDF
from kb.export.pdf import Paper, pdf_bytes
from kb.i18n import Language, translator
from kb.search import Filters, SearchIndex

Format = Literal["pdf", "docx", "md"]
FORMATS: tuple[Format, ...] = get_args(Format)
MOST_PAGES = 100
"""Pages of one document: a selection of so many is some three hundred sheets, and takes some seconds to set."""
MOST_FILES = 20_000
"""Pages of one zip of Markdown; nothing has to be set for it."""
ZIP = "application/zip"
MARKDOWN = "text/markdown; charset=utf-8"
MEDIA_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
_EPOCH = (1980, 1, 1, 0, 0, 0)
_TARGET = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)")
_ELSEWHERE = re.compile(r"^(?:[A-Za-z][A-Za-z0-9+.-]*:|//|#|/)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A file that pages were written into.

    Args:
        name: What to save it as.
        pages: Ids of the pages in it, in their order.
    """

    content: bytes
    media_type: str
    name: str
    pages: tuple[str, ...]


def chosen_pages(
    library: Library,
    *,
    ids: Sequence[str] = (),
    index: SearchIndex | None = None,
    query: str = "",
    chosen: Mapping[str, Iterable[str]] | None = None,
    most: int = MOST_PAGES,
) -> tuple[Page, ...]:
    """Return the pages of a selection: those named, in their order, then those that a search finds, best first.

    Args:
        library: Has the pages.
        ids: Ids; one that is named twice counts once.
        index: The open index; needed where there is a query or a choice.
        query: As typed into the search.
        chosen: Allowed values by facet.
        most: How many pages a selection may have.

    Raises:
        NotFound: An id is not there.
        BadQuery: Nothing was chosen, nothing was found, or more than `most`.
    """
    found: dict[str, Page] = {}
    for id_ in ids:
        if id_ not in library.pages:
            raise NotFound("page", id_[:80])
        found[id_] = library.pages[id_]
    filters = {name: frozenset(values) for name, values in (chosen or {}).items()}
    filters = {name: values for name, values in filters.items() if values}
    if query.strip() or filters:
        if index is None:
            raise BadQuery("a query or a filter needs the search index")
        result = index.search(query, filters=Filters(chosen=filters), first=0, size=most + 1, facets=False)
        if not result.nearest:  # what is only near was not asked for
            found |= {hit.page.id: hit.page for hit in result.hits}
    elif not ids:
        raise BadQuery("nothing is chosen; name page ids, a query, or values such as a type or a family")
    if not found:
        raise BadQuery("no page fits what was chosen; nothing was written")
    if len(found) > most:
        raise BadQuery(f"more than {most} pages are chosen; at most {most} go into one file, so choose fewer")
    return tuple(found.values())


def taken_out(
    library: Library,
    pages: Sequence[Page],
    *,
    format: Format,
    created: datetime,
    language: Language,
    paper: Paper = Paper.A4,
    title: str = "",
    author: str = "",
) -> Taken:
    """Return pages as one file.

    Args:
        library: Has the pages, and their pictures beside them.
        pages: At least one; a single page is a document of its own, several have a table of contents.
        format: `md` gives the very bytes of the page's file where it has no pictures, else a zip with them.
        created: When it is issued; the only time in the file.
        language: Of the issuer's name and the title, where they are left open; pages speak their own.
        paper: Size of a PDF's pages.
        title: Of a selection.
        author: Who issues it.

    Raises:
        BadInput: No Chinese font is installed, or a picture cannot be read.
    """
    say = translator(language)
    ids = tuple(page.id for page in pages)
    title = title.strip() or say("Selected pages")
    name = f"{pages[0].id}_{pages[0].title}" if len(pages) == 1 else f"{title}_{created.date().isoformat()}"
    if format == "md":
        files = markdown_files(library, pages)
        if len(files) == 1:
            ((path, content),) = files.items()
            return Taken(content=content, media_type=MARKDOWN, name=Path(path).name, pages=ids)
        return Taken(content=zipped(files), media_type=ZIP, name=f"{name}.zip", pages=ids)

    def picture(page_id: str, called: str) -> tuple[bytes, str] | None:
        path = _beside(library, page_id, called)
        media_type = MEDIA_TYPES.get(path.suffix.lower()) if path else None
        return (path.read_bytes(), media_type) if path and media_type else None

    issue = Issue(author=author or say("After-sales service department"), created=created, picture=picture)
    single = len(pages) == 1
    document = (
        page_document(library, pages[0], issue)
        if single
        else selection_document(library, pages, issue, title=title)
    )
    if format == "pdf":
        content, media_type = pdf_bytes(document, paper=paper), PDF
    else:
        content, media_type = docx_bytes(document), DOCX
    return Taken(content=content, media_type=media_type, name=f"{name}.{format}", pages=ids)


def markdown_files(library: Library, pages: Sequence[Page]) -> dict[str, bytes]:
    """Return the files of pages and of the pictures they show, by path below the content folder, byte for byte."""
    files: dict[str, bytes] = {}
    root = library.folder.resolve()
    for page in pages:
        path = library.paths[page.id]
        files[path] = (library.folder / path).read_bytes()
        called = [attachment.file for attachment in page.attachments]
        called += _TARGET.findall(library.bodies.get(page.id, ""))
        for name in called:
            beside = _beside(library, page.id, name)
            if beside is not None and beside.suffix.lower() != ".md":
                files[beside.relative_to(root).as_posix()] = beside.read_bytes()
    return dict(sorted(files.items()))


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return files as a zip; the same files give the same bytes."""
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            entry = ZipInfo(name, date_time=_EPOCH)
            entry.compress_type = ZIP_DEFLATED
            entry.create_system = 0
            archive.writestr(entry, content)
    return buffer.getvalue()


def _beside(library: Library, page_id: str, name: str) -> Path | None:
    """Return the file that a page calls by a relative name, if it is there and inside the content folder."""
    if _ELSEWHERE.match(name) or "\0" in name:
        return None
    root = library.folder.resolve()
    try:
        path = ((library.folder / library.paths[page_id]).parent / name.partition("#")[0]).resolve()
        return path if path.is_relative_to(root) and path.is_file() else None
    except OSError:  # a name that no file system takes
        return None
