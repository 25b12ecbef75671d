"""Holds every figure that the product shows of a month or a year against the count: page, program, workbook, document."""

import io
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import docx
import openpyxl

from kb.i18n import translator
from kb.usecases.summaries import PeriodSummary, summary_json
from kb.usecases.summary_figures import FIGURES
from kb.usecases.summary_files import summary_docx, summary_xlsx
from tests.year.tally import SHARES, Tally

SAY = translator("zh_CN")
OFFICE = shutil.which("soffice")
"""LibreOffice, which works out the formulas of workbooks; None where it is absent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A figure as it was counted and as the product shows it somewhere."""

    where: str
    period: str
    code: str
    column: str
    counted: float | str | None
    shown: float | str | None

    @property
    def matches(self) -> bool:
        """Whether they are the same; sums of fractions to a millionth."""
        if isinstance(self.counted, float) and isinstance(self.shown, int | float):
            return abs(self.counted - self.shown) < 1e-6
        return self.counted == self.shown


def counted(tally: Tally, found: PeriodSummary) -> Mapping[str, Mapping[str, float | None]]:
    """Return what a summary must show by figure and column; the empty column is the whole."""
    return {
        one.code: {
            **{month: tally.shown(one.code, month) for month in found.months},
            "": tally.whole(one.code, found.months),
        }
        for one in FIGURES
    }


def compared(tally: Tally, found: PeriodSummary) -> Iterator[Compared]:
    """Yield every figure of the page and of the program's answer."""
    known = counted(tally, found)
    told = {str(one["code"]): one for one in summary_json(found, private=True)["figures"]}  # type: ignore[attr-defined]
    for figure in FIGURES:
        for column, value in known[figure.code].items():
            shown = found.values[figure.code][column] if column else found.whole(figure)
            yield Compared(
                where="page",
                period=found.period,
                code=figure.code,
                column=column,
                counted=value,
                shown=shown,
            )
            answer = told[figure.code]["months"][column] if column else told[figure.code]["whole"]
            yield Compared(
                where="json",
                period=found.period,
                code=figure.code,
                column=column,
                counted=value,
                shown=answer,
            )


def behind(found: PeriodSummary) -> Iterator[Compared]:
    """Yield the lengths of the lists behind the figures that count a whole list, in months that are open."""
    for figure in FIGURES:
        if figure.where or figure.summed or figure.is_share:
            continue
        for month in found.months:
            if month not in found.closed:
                yield Compared(
                    where="list",
                    period=found.period,
                    code=figure.code,
                    column=month,
                    counted=found.values[figure.code][month],
                    shown=float(len(found.lists[figure.list].of_month(month))),
                )


def in_document(tally: Tally, found: PeriodSummary, *, now: datetime) -> Iterator[Compared]:
    """Yield every figure of the Word file, opened again."""
    file = docx.Document(io.BytesIO(summary_docx(found, "zh_CN", created=now, private=True)))
    known = counted(tally, found)
    names = {SAY(one.name): one.code for one in FIGURES}
    seen = 0
    for table in file.tables:
        head, *rows = [[cell.text for cell in row.cells] for row in table.rows]
        if head[0] != SAY("Figure"):
            continue
        for name, *cells in rows:
            code = names[name]
            for title, text in zip(head[1:], cells, strict=True):
                column = "" if title == SAY("Whole") else title
                seen += 1
                yield Compared(
                    where="docx",
                    period=found.period,
                    code=code,
                    column=column,
                    counted=as_read(code, known[code][column]),
                    shown=text,
                )
    assert seen == len(FIGURES) * (len(found.months) + 1), f"{seen} figures in the document of {found.period}"


def in_workbooks(tally: Tally, summaries: list[PeriodSummary], *, now: datetime) -> Iterator[Compared]:
    """Yield every figure of the workbooks, worked out from their formulas by LibreOffice."""
    names = {SAY(one.name): one.code for one in FIGURES}
    with tempfile.TemporaryDirectory() as folder:
        for found in summaries:
            content = summary_xlsx(found, "zh_CN", created=now, private=True)
            Path(folder, f"{found.period}.xlsx").write_bytes(content)
        worked_out = Path(folder, "out")
        _calculate(Path(folder), worked_out)
        for found in summaries:
            book = openpyxl.load_workbook(worked_out / f"{found.period}.xlsx", data_only=True)
            head, *rows = list(book.worksheets[0].iter_rows(values_only=True))
            known = counted(tally, found)
            assert {names[str(row[0])] for row in rows if row[0]} == set(known)
            for name, *cells in rows:
                if not name:
                    continue
                code = names[str(name)]
                for title, cell in zip(head[1:], cells, strict=True):
                    shown = float(cell) if isinstance(cell, int | float) else cell or None
                    column = "" if title == SAY("Whole") else str(title)
                    yield Compared(
                        where="xlsx",
                        period=found.period,
                        code=code,
                        column=column,
                        counted=known[code][column],
                        shown=shown,  # type: ignore[arg-type]
                    )


def _calculate(folder: Path, out: Path) -> None:
    command = [OFFICE or "soffice", "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}"]
    files = [str(one) for one in sorted(folder.glob("*.xlsx"))]
    done = subprocess.run(
        [*command, "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out), *files],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr


def as_read(code: str, value: float | None) -> str:
    """Return a figure as people read it, written down once more."""
    if value is None:
        return "—"
    if code in SHARES:
        return f"{value * 100:.1f} %"
    text = re.sub(r"\.?0+$", "", f"{value:.2f}")
    whole, _, rest = text.partition(".")
    return f"{int(whole):,}" + (f".{rest}" if rest else "")


def drifts_of(found: PeriodSummary) -> set[tuple[str, str, float | None, float | None]]:
    """Return what the product says has moved in closed months."""
    return {(one.figure.code, one.month, one.kept, one.now) for one in found.drifts}


def day_of(month: str) -> date:
    """Return the first day of a month."""
    return date.fromisoformat(f"{month}-01")
