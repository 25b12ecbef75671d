"""What a file from outside holds, case by case: sections, pictures, and remarks on what was not understood."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, cast

from kb.errors import BadImport, Fault
from kb.imports.limits import DEFAULT_LIMITS, Limits, read_limited
from kb.usecases.page_import_cases import Kind, Read, Remembered
from kb.usecases.page_import_markdown import markdown_cases
from kb.usecases.page_import_table import table_cases
from kb.usecases.page_import_word import word_cases

READERS: Mapping[Kind, str] = {"word": "word", "table": "case_table", "markdown": "markdown_zip"}
ENDINGS: Mapping[str, Kind] = {
    ".docx": "word",
    ".docm": "word",
    ".doc": "word",
    ".xlsx": "table",
    ".xlsm": "table",
    ".xls": "table",
    ".csv": "table",
    ".tsv": "table",
    ".zip": "markdown",
    ".md": "markdown",
    ".markdown": "markdown",
}


def kind_of(name: str) -> Kind:
    """Return what kind of file a name says it is.

    Raises:
        BadImport: It is of none that is read.
    """
    kind = ENDINGS.get(PurePosixPath(name.replace("\\", "/")).suffix.lower())
    if kind is None:
        fault = Fault(
            where=name[:200],
            what="is of a kind that is not read",
            repair="give .docx, .xlsx, .csv, .md or .zip",
        )
        raise BadImport(f"{name[:200]} was not read", [fault])
    return kind


def read_file(
    path: Path,
    name: str,
    *,
    mapping: Mapping[str, str] | None = None,
    remembered: Remembered = (),
    limits: Limits = DEFAULT_LIMITS,
) -> Read:
    """Return what a file holds; it is parsed in a limited child process.

    Args:
        path: The file.
        name: What it is called; its ending says what it is.
        mapping: Of a table, field by header, in place of the proposal for these headers.
        remembered: Mappings of earlier tables.
        limits: What the reading may use.

    Raises:
        BadImport: It cannot be read, or the mapping names what is not there; every fault that was found.
    """
    kind = kind_of(name)
    answer = cast("dict[str, Any]", read_limited(READERS[kind], path, name=name, limits=limits))
    if kind == "word":
        return word_cases(answer, PurePosixPath(name).stem)
    if kind == "table":
        return table_cases(answer, mapping or {}, remembered)
    return markdown_cases(answer, PurePosixPath(name).stem)
