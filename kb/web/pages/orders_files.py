"""The warranty ledger as a page and as files, and the service report of an order."""

from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from kb.i18n import Language
from kb.usecases.order_ledger import LedgerWish, ledger, ledger_csv, ledger_xlsx
from kb.usecases.order_report import report_docx, report_pdf
from kb.usecases.order_sheet import order_sheet
from kb.usecases.order_words import PART_WORDS
from kb.web.context import HouseDep, LanguageDep
from kb.web.downloads import download
from kb.web.rendering import render

router = APIRouter(prefix="/orders")

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PAGE_SIZE = 30
Short = Annotated[str, Query(max_length=200)]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/parts")
def parts_page(
    request: Request,
    house: HouseDep,
    text: Annotated[str, Query(max_length=100)] = "",
    site: Short = "",
    machine: Short = "",
    part_class: Annotated[str, Query(max_length=20)] = "",
    covered: bool = False,
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
) -> HTMLResponse:
    """Show the warranty ledger."""
    wish = LedgerWish(
        text=text,
        site=site,
        machine=machine,
        part_class=part_class,
        under=house.today() if covered else None,
        page=page,
        size=PAGE_SIZE,
    )
    typed = {
        "text": text,
        "site": site,
        "machine": machine,
        "part_class": part_class,
        "covered": "1" if covered else "",
    }
    rest = "&".join(f"{name}={quote(value)}" for name, value in typed.items() if value)
    values = {
        "here": ledger(house.store, wish),
        "typed": typed,
        "rest": rest,
        "part_words": PART_WORDS,
        "today": house.today(),
    }
    return render(request, "orders/parts.html", values)


@router.get("/parts.{kind}")
def ledger_file(
    house: HouseDep,
    language: LanguageDep,
    kind: Literal["csv", "xlsx"],
    text: Annotated[str, Query(max_length=100)] = "",
    site: Annotated[str, Query(max_length=200)] = "",
    machine: Annotated[str, Query(max_length=200)] = "",
    part_class: Annotated[str, Query(max_length=20)] = "",
    covered: bool = False,
) -> Response:
    """Return the warranty ledger as a file."""
    under = house.today() if covered else None
    wish = LedgerWish(text=text, site=site, machine=machine, part_class=part_class, under=under)
    lines = ledger(house.store, wish, whole=True).items
    if kind == "csv":
        return download(
            ledger_csv(lines, language), "text/csv; charset=utf-8", f"质保台账-{house.today()}.csv"
        )
    return download(ledger_xlsx(lines, language, now=house.now()), XLSX, f"质保台账-{house.today()}.xlsx")


@router.get("/{id}/report.{kind}")
def report_file(
    house: HouseDep,
    language: LanguageDep,
    id: Annotated[str, Path(max_length=64)],
    kind: Literal["pdf", "docx"],
    lang: Language | None = None,
) -> Response:
    """Return the service report of an order."""
    number = order_sheet(house.store, id, now=house.now()).order.number
    make, media_type = (report_pdf, "application/pdf") if kind == "pdf" else (report_docx, DOCX)
    content = make(house.store, id, house.library().vocabularies, lang or language, now=house.now())
    return download(content, media_type, f"服务报告-{number}.{kind}")
