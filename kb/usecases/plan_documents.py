"""The plan as files: workbook, calendars, a site's document."""

from collections.abc import Mapping

from kb.content import Library
from kb.content.pages import ChecklistPage
from kb.export.docx import docx_bytes
from kb.export.ics import ics_bytes
from kb.export.pdf import pdf_bytes
from kb.export.xlsx import xlsx_bytes
from kb.i18n import Language
from kb.usecases.plan_book import PlanBook
from kb.usecases.plan_calendars import plan_calendars
from kb.usecases.plan_site_document import site_document
from kb.usecases.plan_views import technician_plan
from kb.usecases.plan_workbook import plan_workbook

AUTHOR = "After-sales service department"
"""Message id of the issuer's name, until the department names itself in a setting."""


def workbook_xlsx(book: PlanBook, language: Language, *, author: str) -> bytes:
    """Return the plan as xlsx."""
    return xlsx_bytes(plan_workbook(book, language, author=author))


def technician_ics(
    book: PlanBook, language: Language, *, time_zone: str, only: str | None = None
) -> dict[str, bytes]:
    """Return an ics for each technician by id; for `only` one where it is given, even an empty one.

    Raises:
        NotFound: Neither the register nor the plan knows the technician `only`.
    """
    calendars = plan_calendars(book, language, time_zone=time_zone, also=(only,) if only else ())
    if only is not None:
        technician_plan(book, only)
        calendars = {only: calendars[only]}
    return {one: ics_bytes(calendar) for one, calendar in calendars.items()}


def site_docx(book: PlanBook, site_id: str, library: Library, language: Language, *, author: str) -> bytes:
    """Return a site's plan as docx.

    Raises:
        NotFound: Neither the register nor the plan knows the site.
    """
    return docx_bytes(site_document(book, site_id, checklists(library), language, author=author))


def site_pdf(book: PlanBook, site_id: str, library: Library, language: Language, *, author: str) -> bytes:
    """Return a site's plan as PDF.

    Raises:
        NotFound: Neither the register nor the plan knows the site.
        BadInput: No Chinese font is installed.
    """
    return pdf_bytes(site_document(book, site_id, checklists(library), language, author=author))


def checklists(library: Library) -> Mapping[str, ChecklistPage]:
    """Return the library's checklist pages by id."""
    return {one: page for one, page in library.pages.items() if isinstance(page, ChecklistPage)}
