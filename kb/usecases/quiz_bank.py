"""The bank of questions as a workbook: taken out with columns as a department names them, read back with every fault."""

import json
import shutil
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from kb.content.pages import CoursePage
from kb.content.quiz import QuizItem
from kb.courseware.bank import bank_table, fields, header_of, read_rows, too_many
from kb.courseware.gift import read_gift
from kb.errors import BadImport, BadInput, Fault
from kb.export.workbook import Sheet, SheetColumn, Workbook
from kb.export.xlsx import xlsx_bytes
from kb.i18n import Language
from kb.imports.limits import Limits, read_limited

GIFT_BYTES = 1_000_000
"""Of a GIFT file: more text than thousands of questions have, and little enough to be read at once."""
MOST_QUESTIONS = 500
_WIDE = {"stem": 50.0, "why": 40.0}
Headers = Mapping[str, str]
"""Names of columns by field, where they are not ours."""


def headers_from(pairs: Mapping[str, str]) -> dict[str, str]:
    """Return names of columns by field.

    Raises:
        BadInput: Every field that is none, and every name that two fields have.
    """
    known = fields()
    faults = [
        Fault(where=field[:40], what="is no field of a question", repair=", ".join(known[:5]) + ", …")
        for field in pairs
        if field not in known
    ]
    names = [name.strip() for name in pairs.values()]
    faults += [
        Fault(
            where=field,
            what=f"is named {name!r}, as another is, or not at all",
            repair="give each its own name",
        )
        for field, name in pairs.items()
        if not name.strip() or names.count(name.strip()) > 1
    ]
    if faults:
        raise BadInput("the columns cannot be named so", faults)
    return {field: name.strip() for field, name in pairs.items()}


def headers_from_file(text: str) -> dict[str, str]:
    """Return names of columns by field from a JSON object.

    Raises:
        BadInput: It is none, or names what is none.
    """
    try:
        value = json.loads(text)
    except ValueError as error:
        value = str(error)
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        repair = 'write an object of texts, such as {"stem": "试题内容"}'
        fault = Fault(where="columns", what="is no JSON object of names by field", repair=repair)
        raise BadInput("the columns cannot be named so", [fault])
    return headers_from(value)


def bank_bytes(page: CoursePage, *, headers: Headers, language: Language, created: datetime) -> bytes:
    """Return the questions of a course as xlsx; every cell is a value, and the same questions are the same bytes.

    Raises:
        BadInput: A question has more options than a table has columns for.
    """
    if too_many(page.quiz):
        faults = [Fault(where=id, what="has too many options for a table") for id in too_many(page.quiz)]
        raise BadInput("no table was made", faults)
    short = "zh" if language == "zh_CN" else "en"
    table = bank_table(page.quiz, headers=headers, language=short)
    widths = {headers.get(field) or header_of(field, language=short): width for field, width in _WIDE.items()}
    columns = tuple(
        SheetColumn(title=title, width=widths.get(title), wrap=title in widths) for title in table.head
    )
    title = page.title if language == "zh_CN" else page.title_en
    sheet = Sheet(name=page.id, columns=columns, rows=table.rows)
    return xlsx_bytes(Workbook(title=title, sheets=(sheet,), created=created, author=page.owner))


def read_questions(
    content: BinaryIO, *, name: str, headers: Headers, limit_bytes: int
) -> tuple[QuizItem, ...]:
    """Return the questions of a file that was brought in: xlsx or csv, or GIFT text.

    A workbook is opened in a process of its own that may use little; formulas and macros are refused there.

    Args:
        content: The file, open for reading bytes.
        name: What it is called; its ending says what it is.
        headers: Names of columns by field, where they are not ours.
        limit_bytes: The largest file.

    Raises:
        BadImport: Everything that is wrong with it, by row or line.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        with path.open("wb") as file:
            shutil.copyfileobj(content, file)
        if not path.stat().st_size:
            fault = Fault(where=name[:200] or "file", what="is empty", repair="choose a file")
            raise BadImport("nothing was read", [fault])
        return _read(path, name, headers, Limits(file_bytes=limit_bytes))


def _read(path: Path, name: str, headers: Headers, limits: Limits) -> tuple[QuizItem, ...]:
    ending = name.lower().rpartition(".")[2]
    if ending in {"txt", "gift"}:
        questions = _gift(path, name)
    elif ending in {"xlsx", "csv"}:
        questions = _table(path, name, headers, limits)
    else:
        fault = Fault(
            where=name[:200], what="is of another kind", repair="give a .xlsx, .csv, .gift or .txt file"
        )
        raise BadImport("nothing was read", [fault])
    ids = [one.id for one in questions]
    faults = [
        Fault(where=name[:200], what=f"has the question {id[:40]} twice", repair="give each its own id")
        for id in sorted({id for id in ids if ids.count(id) > 1})
    ]
    if len(questions) > MOST_QUESTIONS:
        repair = f"a course has at most {MOST_QUESTIONS}"
        faults.append(Fault(where=name[:200], what=f"has {len(questions)} questions", repair=repair))
    if faults:
        raise BadImport("nothing was read", faults)
    return questions


def _gift(path: Path, name: str) -> tuple[QuizItem, ...]:
    raw = path.read_bytes()
    if len(raw) > GIFT_BYTES:
        fault = Fault(where=name[:200], what=f"has {len(raw):,} bytes", repair=f"at most {GIFT_BYTES:,}")
        raise BadImport("nothing was read", [fault])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fault = Fault(
            where=name[:200], what=f"is no UTF-8 text: byte {error.start}", repair="save it as UTF-8"
        )
        raise BadImport("nothing was read", [fault]) from error
    found = read_gift(text, name=name)
    if not found:
        fault = Fault(where=name[:200], what="has no question", repair="write stem { =right ~wrong }")
        raise BadImport("nothing was read", [fault])
    return found


def _table(path: Path, name: str, headers: Headers, limits: Limits) -> tuple[QuizItem, ...]:
    answer = cast("dict[str, Any]", read_limited("workbook", path, name=name, limits=limits))
    sheet: dict[str, Any] = next((one for one in answer["sheets"] if one["rows"]), {"name": "", "rows": []})
    questions, faults = read_rows([(int(row), cells) for row, cells in sheet["rows"]], headers)
    if faults:
        at = f"{sheet['name']}!" if sheet["name"] else ""
        told = [
            Fault(where=f"{at}{one.row} {one.field}".strip(), what=one.what, repair=one.repair)
            for one in faults
        ]
        raise BadImport(f"{name[:200]} was not read", told)
    return questions
