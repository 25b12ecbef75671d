"""A summary as files: a workbook whose figures are live formulas over the lists behind them, with charts; and a document."""

from datetime import date, datetime

from kb.export.document import Align, Column, Document, Paragraph, Section, Table
from kb.export.docx import docx_bytes
from kb.export.workbook import Cell, Chart, Formula, Sheet, SheetColumn, Workbook, sheet_names
from kb.export.xlsx import xlsx_bytes
from kb.i18n import Language, translator
from kb.usecases.plan_documents import AUTHOR
from kb.usecases.summaries import PeriodSummary
from kb.usecases.summary_figures import FIGURES, Figure
from kb.usecases.summary_lists import SummaryList

CHARTED = ("visits", "reports", "repeats", "complaints")
"""Figures that get a chart in the workbook."""
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def summary_xlsx(found: PeriodSummary, language: Language, *, created: datetime, private: bool) -> bytes:
    """Return a summary as a workbook: the figures are formulas over the lists, so that a filter or a mended row shows.

    A closed month's figures are numbers, as they were kept.

    Args:
        private: Whether amounts paid are shown.
    """
    say = translator(language)
    figures = [one for one in FIGURES if private or not one.private]
    lists = list(found.lists.values())
    names = sheet_names([say("Summary of figures"), *(say(one.title) for one in lists)])
    sheet_of = dict(zip((one.name for one in lists), names[1:], strict=True))
    rows: list[tuple[Cell, ...]] = []
    for number, figure in enumerate(figures, 2):
        cells: list[Cell] = [say(figure.name)]
        for column, month in enumerate(found.months, 2):
            kept = month in found.closed
            cells.append(
                found.values[figure.code][month]
                if kept
                else _formula(
                    figure, found.lists[figure.list], sheet_of[figure.list], f"{_LETTERS[column - 1]}$1"
                )
            )
        last = _LETTERS[len(found.months)]
        if figure.is_share:
            cells.append(_whole_share(figure, found, sheet_of[figure.list]))
        else:
            cells.append(Formula(f"SUM(B{number}:{last}{number})", "#,##0.##"))
        rows.append(tuple(cells))
    below = len(figures) + 4
    charts = tuple(
        Chart(
            title=say(figure.name),
            anchor=f"{'A' if place % 2 == 0 else 'F'}{below + 15 * (place // 2)}",
            row=number,
            first_column=2,
            last_column=len(found.months) + 1,
        )
        for place, (number, figure) in enumerate(
            (number, figure) for number, figure in enumerate(figures, 2) if figure.code in CHARTED
        )
    )
    head = Sheet(
        name=names[0],
        columns=(
            SheetColumn(title=say("Figure"), width=34),
            *(SheetColumn(title=month, width=12) for month in found.months),
            SheetColumn(title=say("Whole"), width=12),
        ),
        rows=tuple(rows),
        charts=charts,
    )
    title = say("Summary {period}").format(period=found.period)
    sheets = [_list_sheet(one, sheet_of[one.name], language, private=private) for one in lists]
    return xlsx_bytes(Workbook(title=title, sheets=(head, *sheets), created=created, author=say(AUTHOR)))


def summary_docx(found: PeriodSummary, language: Language, *, created: datetime, private: bool) -> bytes:
    """Return a summary as a Word file."""
    return docx_bytes(summary_document(found, language, created=created, private=private))


def summary_document(
    found: PeriodSummary, language: Language, *, created: datetime, private: bool
) -> Document:
    """Return a summary as a document: figures by month in tables of six months, then what repeats and complaints were."""
    say = translator(language)
    figures = [one for one in FIGURES if private or not one.private]
    halves = [found.months[start : start + 6] for start in range(0, len(found.months), 6)]
    tables = tuple(
        Table(
            columns=(
                Column(title=say("Figure"), weight=3),
                *(Column(title=month, align=Align.END) for month in half),
                *((Column(title=say("Whole"), align=Align.END),) if half == halves[-1] else ()),
            ),
            rows=tuple(
                (
                    say(one.name),
                    *(shown(one, found.values[one.code][month]) for month in half),
                    *((shown(one, found.whole(one)),) if half == halves[-1] else ()),
                )
                for one in figures
            ),
        )
        for half in halves
    )
    sections = [Section(title=say("1. Figures"), blocks=tables)]
    for number, name in enumerate(("repeats", "complaints", "calls"), 2):
        behind = found.lists[name]
        columns = [key for key in behind.columns if key != "month" and (private or key != "compensation")][:7]
        if name == "calls":
            columns = ["day", "number", "site", "why"]
            chosen = [row for row in behind.rows if row["why"]]
        else:
            chosen = list(behind.rows)
        table = Table(
            columns=tuple(Column(title=say(behind.columns[key])) for key in columns),
            rows=tuple(tuple(_text(row[key]) for key in columns) for row in chosen[:200]),
            empty=say("None."),
        )
        sections.append(Section(title=f"{number}. {say(behind.title)}", blocks=(table,)))
    if found.drifts:
        lines = tuple(
            Paragraph(
                text=say("{name}, {month}: closed with {kept}, the records say {now}.").format(
                    name=say(one.figure.name),
                    month=one.month,
                    kept=shown(one.figure, one.kept),
                    now=shown(one.figure, one.now),
                )
            )
            for one in found.drifts
            if private or not one.figure.private
        )
        sections.append(Section(title=say("Changed since closing"), blocks=lines))
    title = say("Summary {period}").format(period=found.period)
    return Document(
        title=title,
        author=say(AUTHOR),
        created=created,
        language="zh-CN" if language == "zh_CN" else "en-US",
        header=f"{say(AUTHOR)}    {title}",
        footer=say("as of {day}").format(day=created.date()),
        page_numbers=say("Page {page} of {pages}"),
        sections=tuple(sections),
    )


def shown(figure: Figure, value: float | None) -> str:
    """Return a value as people read it."""
    if value is None:
        return "—"
    return f"{100 * value:.1f} %" if figure.is_share else f"{value:,.2f}".rstrip("0").rstrip(".")


def _whole_share(figure: Figure, found: PeriodSummary, sheet: str) -> Formula:
    """Return the formula of a share over all months: of the closed ones what they kept, of the others what their rows say."""
    behind = found.lists[figure.list]
    kept = [found.counts[figure.code][month] for month in found.months if month in found.closed]
    if not kept:
        return _formula(figure, behind, sheet, '"*"')
    cells = [
        f"{_LETTERS[column]}$1" for column, month in enumerate(found.months, 1) if month not in found.closed
    ]
    sums = []
    for place, pair in enumerate((figure.where, figure.against)):
        number = sum(one[place] for one in kept)
        sums.append("+".join([f"{number:g}", *(_counted(behind, sheet, cell, pair) for cell in cells)]))
    yes, no = sums
    return Formula(f'IF({yes}+{no}=0,"",({yes})/({yes}+{no}))', "0.0%")


def _formula(figure: Figure, behind: SummaryList, sheet: str, month: str) -> Formula:
    """Return the formula of a figure over its list; `month` is a cell, or `"*"` for all."""
    if figure.summed:
        summed, months = _span(behind, sheet, figure.summed), _span(behind, sheet, "month")
        text = f"SUMIFS({summed},{months},{month}{_condition(behind, sheet, figure.where)})"
        return Formula(text, "#,##0.##")
    yes = _counted(behind, sheet, month, figure.where)
    if figure.against is None:
        return Formula(yes, "#,##0")
    no = _counted(behind, sheet, month, figure.against)
    return Formula(f'IF({yes}+{no}=0,"",{yes}/({yes}+{no}))', "0.0%")


def _span(behind: SummaryList, sheet: str, column: str) -> str:
    """Return the cells of a list's column."""
    letter = _LETTERS[list(behind.columns).index(column)]
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'!${letter}$2:${letter}$100000"


def _condition(behind: SummaryList, sheet: str, pair: tuple[str, str] | None) -> str:
    if pair is None:
        return ""
    value = pair[1] if pair[1].isdigit() else f'"{pair[1]}"'
    return f",{_span(behind, sheet, pair[0])},{value}"


def _counted(behind: SummaryList, sheet: str, month: str, pair: tuple[str, str] | None) -> str:
    return f"COUNTIFS({_span(behind, sheet, 'month')},{month}{_condition(behind, sheet, pair)})"


def _list_sheet(one: SummaryList, name: str, language: Language, *, private: bool) -> Sheet:
    say = translator(language)
    hidden = set() if private else {"compensation"}
    return Sheet(
        name=name,
        columns=tuple(SheetColumn(title=say(title)) for title in one.columns.values()),
        rows=tuple(tuple(None if key in hidden else row[key] for key in one.columns) for row in one.rows),
    )


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return value.isoformat() if isinstance(value, date) else str(value if value is not None else "")
