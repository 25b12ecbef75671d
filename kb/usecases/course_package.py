"""A course as a package for a learning platform (SCORM 1.2): the same course is the same bytes."""

import io
from zipfile import ZIP_DEFLATED, ZipFile

from kb.content import Library
from kb.content.pages import CoursePage
from kb.courseware.deck import Deck
from kb.courseware.scorm import package_files
from kb.export.packing import packed
from kb.i18n import Language, translator
from kb.usecases.course_slides import figures

MEDIA_TYPE = "application/zip"


def scorm_package(library: Library, page: CoursePage, deck: Deck, *, language: Language) -> bytes:
    """Return the package as a zip with the manifest at its root.

    Raises:
        BadContent: A picture is missing.
    """
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        files = package_files(page, deck, figure=figures(library), words=translator(language))
        for name, content in files.items():
            archive.writestr(name, content)
    return packed(buffer.getvalue())
