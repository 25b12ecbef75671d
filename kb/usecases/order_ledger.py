"""The warranty ledger: every part that was fitted, with old and new serial number and until when it is covered."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kb.errors import BadQuery, Message, NotFound
from kb.export.workbook import Sheet, SheetColumn, Workbook
from kb.export.xlsx import xlsx_bytes
from kb.i18n import Language, translator
from kb.store import Store
from kb.store import order_entries as rows
from kb.usecases.order_making import id_called
from kb.usecases.order_words import PART_WORDS

PAGE_SIZES = range(1, 501)
MOST_EXPORTED = 50_000
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS = (
    "Used on", "Customer's site", "Machine", "part number", "name", "class", "quantity", "old serial number",
    "new serial number", "warranty until", "Work order",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """A part that was fitted."""

    part_id: str
    used_on: date
    site: str
    tag: str
    part_number: str
    name: str
    part_class: str
    quantity: float
    old_serial: str
    new_serial: str
    warranty_until: date | None
    order_id: str
    order: str

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            "id": self.part_id,
            "used_on": self.used_on.isoformat(),
            "site": self.site,
            "machine": self.tag,
            "part_number": self.part_number,
            "name": self.name,
            "part_class": self.part_class,
            "quantity": self.quantity,
            "old_serial": self.old_serial,
            "new_serial": self.new_serial,
            "warranty_until": self.warranty_until.isoformat() if self.warranty_until else None,
            "order_id": self.order_id,
            "order": self.order,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerWish:
    """Which parts; what is empty selects nothing out.

    Args:
        text: In part number, name or a serial number.
        site, machine: Code and tag.
        under: Parts that are still covered on this day.
    """

    text: str = ""
    site: str = ""
    machine: str = ""
    part_class: str = ""
    under: date | None = None
    page: int = 1
    size: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """A page of the ledger, the parts used last first."""

    items: tuple[LedgerLine, ...]
    total: int
    page: int
    size: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least 1."""
        return max(1, -(-self.total // self.size))


def ledger(store: Store, wish: LedgerWish, *, whole: bool = False) -> Ledger:
    """Return a page of the ledger, or with `whole` all of it.

    Raises:
        NotFound: The register does not know a code.
        BadQuery: The page is out of bounds, or the whole is too large.
    """
    if wish.size not in PAGE_SIZES or wish.page < 1 or "\0" in wish.text + wish.part_class:
        raise BadQuery(
            Message(
                "page {page} of {size}: pages count from 1 and have 1 to {most} parts",
                page=wish.page,
                size=wish.size,
                most=PAGE_SIZES[-1],
            )
        )
    with store.reading() as session:
        ids = {}
        for name, table, column, handle in (
            ("site", "sites", "code", wish.site),
            ("machine", "equipment", "tag", wish.machine),
        ):
            found = id_called(session, table, column, handle)
            if handle and found is None:
                raise NotFound(name, handle[:64])
            ids[name] = found or ""
        conditions = rows.ledger_conditions(
            text=wish.text.strip(),
            site_id=ids["site"],
            equipment_id=ids["machine"],
            part_class=wish.part_class,
            under=wish.under,
        )
        total = rows.count_ledger(session, conditions) if whole else 0
        if total > MOST_EXPORTED:
            raise BadQuery(
                Message(
                    "{total:,} parts are too many for one file; {most:,} at most: narrow it down",
                    total=total,
                    most=MOST_EXPORTED,
                )
            )
        first, size = (0, None) if whole else ((wish.page - 1) * wish.size, wish.size)
        listed = rows.ledger_rows(session, conditions, first=first, size=size)
        if not whole:
            ends_here = len(listed) < wish.size and bool(listed or not first)
            total = first + len(listed) if ends_here else rows.count_ledger(session, conditions)
        items = tuple(
            LedgerLine(
                part_id=part.id,
                used_on=part.used_on,
                site=site.name,
                tag=machine.tag if machine else "",
                part_number=part.part_number,
                name=part.name,
                part_class=part.part_class,
                quantity=part.quantity,
                old_serial=part.old_serial,
                new_serial=part.new_serial,
                warranty_until=part.warranty_until,
                order_id=order.id,
                order=order.number,
            )
            for part, order, site, machine in listed
        )
    return Ledger(items=items, total=total, page=wish.page, size=wish.size)


def ledger_csv(lines: Sequence[LedgerLine], language: Language) -> bytes:
    """Return the ledger as csv in UTF-8 with a mark, so that spreadsheets read Chinese; no cell starts a formula."""
    _ = translator(language)
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([_(one) for one in _COLUMNS])
    for line in lines:
        writer.writerow(
            [_harmless(str(value if value is not None else "")) for value in _cells(line, language)]
        )
    return file.getvalue().encode("utf-8-sig")


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def ledger_xlsx(lines: Sequence[LedgerLine], language: Language, *, now: datetime) -> bytes:
    """Return the ledger as a workbook."""
    _ = translator(language)
    sheet = Sheet(
        name=_("Warranty ledger"),
        columns=tuple(SheetColumn(title=_(one)) for one in _COLUMNS),
        rows=tuple(tuple(_cells(line, language)) for line in lines),
    )
    return xlsx_bytes(Workbook(title=_("Warranty ledger"), sheets=(sheet,), created=now))


def _cells(line: LedgerLine, language: Language) -> list[str | float | date | None]:
    _ = translator(language)
    return [
        line.used_on,
        line.site,
        line.tag,
        line.part_number,
        line.name,
        _(PART_WORDS[line.part_class]) if line.part_class in PART_WORDS else line.part_class,
        line.quantity,
        line.old_serial,
        line.new_serial,
        line.warranty_until,
        line.order,
    ]
