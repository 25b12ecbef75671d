"""A page's text as somebody wants it: read, held against every check of the library, and told field by field."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from pydantic import ValidationError

from kb.content import Library, Page, check_library, parse_page
from kb.content.checks import NO_FILE, NO_IMAGE
from kb.content.files import digest_of
from kb.content.front_matter import front_faults
from kb.content.library import PAGE_BYTES, PageFile, with_file
from kb.content.writing import BOM, edited_text, layout_of, model_of, page_text
from kb.errors import Fault

BODY = "body"
"""What faults of the Markdown below the front matter are told of."""
STANDING = frozenset(
    {"status", "confidence", "reviewed", "review_due", "reviewers", "owner", "revision", "supersedes"}
)
"""Fields that say where a page stands; all others are what its readers read, and changing them is a new revision."""
OVERDUE = "was due for review on "
"""A page that should have been reviewed may still be mended; the fault is told and holds nothing up."""
NEVER_REUSED = "ids are never reused"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_REASONS: Mapping[str, tuple[str, str]] = {
    "missing": ("is empty", "fill it in"),
    "string_too_short": ("is empty", "fill it in"),
    "string_too_long": ("is too long", "shorten it"),
    "literal_error": ("is none of the choices", "choose one"),
    "enum": ("is none of the choices", "choose one"),
    "int_parsing": ("is no whole number", "write digits only"),
    "int_from_float": ("is no whole number", "write digits only"),
    "float_parsing": ("is no number", "write digits, with a point for decimals"),
    "bool_parsing": ("is neither yes nor no", "choose one"),
    "date_from_datetime_parsing": ("is no day", "write it as 2026-11-25"),
    "date_parsing": ("is no day", "write it as 2026-11-25"),
    "string_pattern_mismatch": ("is no page id", "write it as CASE-SPI-05"),
    "extra_forbidden": ("is no field of this type", "remove it, or mend its spelling"),
    "string_type": ("is no text", "write a text; put what looks like a number in quotes"),
}
"""What pydantic finds, in a person's words; message ids of editing.po."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A fault of a text.

    Args:
        field: Path of the field, such as `solutions.0.cause.code`; `body`, or empty for the whole file.
        line: Its line in the file, from 1.
        what: What it has.
        repair: What it needs.
    """

    field: str
    line: int
    what: str
    repair: str = ""

    def fault(self) -> Fault:
        """Return it as a fault at its field."""
        return Fault(where=self.field or f"line {self.line}", what=self.what, repair=self.repair)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A text after every check.

    Args:
        text: As it would be written.
        page: What it says; None where it cannot be read.
        body: The Markdown of it.
        faults: What must be mended before it is written.
        warnings: What somebody should know, and that does not hold it up.
    """

    text: str
    page: Page | None
    body: str
    faults: tuple[Found, ...]
    warnings: tuple[Found, ...] = ()


def examined(
    library: Library,
    path: str,
    text: str,
    *,
    was: Page | None,
    today: date,
    waiting: Collection[str] = (),
) -> Examined:
    """Return what the library's checks say of a text in the place of a file.

    Args:
        library: All other pages, as they stand.
        path: The file, below the content folder; empty where only the id can tell (a page that is new).
        text: The whole file.
        was: The page that stands there; None where none does.
        today: The day on which reviews are overdue or not.
        waiting: Pictures that are written beside the page when it is saved.
    """
    broken = raw_faults(text)
    if broken:
        return Examined(text=text, page=None, body="", faults=broken)
    file = parsed(path or "new.md", text)
    page = file.page
    if page is None:
        return Examined(text=text, page=None, body=file.body, faults=tuple(_reading_faults(file)))
    faults = list(_identity_faults(library, file, page, was))
    before = set(check_library(library, today=today))
    warnings = []
    lacking = {form.format(name=name) for name in waiting for form in (NO_FILE, NO_IMAGE)}
    for fault in check_library(with_file(library, file), today=today):
        if fault.what in lacking:
            continue
        found = _placed(fault, file)
        if found is None:
            if fault not in before:
                warnings.append(
                    Found(field="", line=1, what=f"{fault.where}: {fault.what}", repair=fault.repair)
                )
        elif fault.what.startswith(OVERDUE):
            warnings.append(found)
        elif was is not None or fault.repair != NEVER_REUSED:
            faults.append(found)  # of a new page with another's id, `_identity_faults` tells whose it is
    ordered = sorted(set(faults), key=lambda one: (one.line, one.what))
    return Examined(text=text, page=page, body=file.body, faults=tuple(ordered), warnings=tuple(warnings))


def raw_faults(text: str) -> tuple[Found, ...]:
    """Return what is wrong with a text before anything of it is believed: size, characters, YAML."""
    size = len(text.encode("utf-8", errors="surrogatepass"))
    if size > PAGE_BYTES:
        what = f"has {size:,} bytes; a page has at most {PAGE_BYTES:,}"
        return (Found(field="", line=1, what=what, repair="shorten it, or make two pages of it"),)
    strange = _CONTROL.search(text)
    if strange is not None:
        line = text[: strange.start()].count("\n") + 1
        what = f"has the character U+{ord(strange[0]):04X}, which does not print"
        layout = layout_of(text)
        field = BODY if layout is not None and line > layout.front.count("\n") + 2 else ""
        return (Found(field=field, line=line, what=what, repair="remove it"),)
    layout = layout_of(text)
    if layout is None:
        repair = "begin with a line ---, the fields, and a line ---"
        return (Found(field="", line=1, what="does not begin with front matter", repair=repair),)
    return tuple(
        Found(field="", line=int(fault.where), what=fault.what, repair=fault.repair)
        for fault in front_faults(layout.front)
    )


def parsed(path: str, text: str) -> PageFile:
    """Return a text as the library would read it."""
    return parse_page(text.removeprefix(BOM).replace("\r\n", "\n"), path, digest_of(text.encode()))


def text_of_fields(
    kind: str, values: Mapping[str, object], body: str, *, base: str, was: Page | None
) -> tuple[str, tuple[Found, ...]]:
    """Return the text of a page with these fields, and why there is none.

    Args:
        kind: The page type.
        values: Fields as they stand in front matter; numbers and days may be texts.
        body: The Markdown.
        base: The text of the file that is edited; empty for a new page.
        was: The page in `base`.
    """
    model = model_of(kind)
    if model is None:
        return "", (Found(field="type", line=1, what="is none of the choices", repair="choose one"),)
    strange = _CONTROL.search(repr_free(values) + body)
    if strange is not None:
        what = f"has the character U+{ord(strange[0]):04X}, which does not print"
        return "", (Found(field="", line=1, what=what, repair="remove it"),)
    try:
        page = model.model_validate(dict(values))
    except ValidationError as error:
        return "", tuple(told(error))
    if was is not None and base:
        return edited_text(base, was, page, body), ()
    return page_text(page, body), ()


def told(error: ValidationError) -> Iterable[Found]:
    """Yield what a model refuses, each at its field."""
    details = error.errors(include_url=False)
    # `hazards` is a list or the word none: of one that is neither right, the list is what a person meant.
    listed = any(str(part).startswith("tuple[") for detail in details for part in detail["loc"])
    for detail in details:
        place = [str(part) for part in detail["loc"]]
        if listed and any(part.startswith("literal[") for part in place):
            continue
        place = [part for part in place if not part.startswith(("tuple[", "literal["))]
        what, repair = _REASONS.get(str(detail["type"]), (str(detail["msg"]), ""))
        yield Found(field=".".join(place), line=1, what=what, repair=repair)


def raised(text: str, was: Page | None, page: Page, body: str, body_was: str) -> str:
    """Return the text with its revision number: the next one where what readers read has changed, else the same.

    A number that somebody set higher by hand stays; one that is lower was typed over an older state.
    """
    if was is None or page.revision > was.revision:
        return text
    number = was.revision + is_new_reading(was, page, body, body_was)
    if number == page.revision:
        return text
    return edited_text(text, page, page.model_copy(update={"revision": number}), body)


def is_new_reading(was: Page, page: Page, body: str, body_was: str) -> bool:
    """Whether a page says something else to its readers than it did."""
    names = set(type(page).model_fields) - STANDING
    return body != body_was or any(getattr(page, name) != getattr(was, name, None) for name in names)


def in_style_of(text: str, base: str) -> str:
    """Return a text with the line ends and the byte order mark of another; a browser sends its own."""
    layout = layout_of(base)
    plain = text.removeprefix(BOM).replace("\r\n", "\n").replace("\r", "\n")
    if layout is None:
        return plain
    return (BOM if layout.bom else "") + plain.replace("\n", layout.newline)


def repr_free(values: object) -> str:
    """Return all texts of fields, put together; for a look at their characters."""
    if isinstance(values, str):
        return values
    if isinstance(values, Mapping):
        return "".join(repr_free(value) for value in values.values())
    if isinstance(values, (list, tuple)):
        return "".join(repr_free(value) for value in values)
    return ""


def _reading_faults(file: PageFile) -> Iterable[Found]:
    for fault in file.faults:
        field, mark, what = fault.what.partition(": ")
        line = int(fault.where.rpartition(":")[2])
        is_field = bool(mark) and " " not in field
        yield Found(
            field=field if is_field else "",
            line=line,
            what=what if is_field else fault.what,
            repair=fault.repair,
        )


def _identity_faults(library: Library, file: PageFile, page: Page, was: Page | None) -> Iterable[Found]:
    """An id is for good, a type with it; a new page takes neither another's id nor its file."""

    def at(field: str, what: str, repair: str) -> Found:
        return Found(field=field, line=file.lines.get(field, 1), what=what, repair=repair)

    if was is None:
        if page.id in library.pages:
            yield at("id", f"{page.id} is taken: {library.pages[page.id].title}", NEVER_REUSED)
        return
    if page.id != was.id:
        yield at(
            "id", f"was {was.id} and is {page.id}", "an id is for good; withdraw this page and write another"
        )
    if page.type != was.type:
        yield at("type", f"was {was.type} and is {page.type}", "withdraw this page and write another")


def _placed(fault: Fault, file: PageFile) -> Found | None:
    """Return a fault of the library at its field; None where it is another file's."""
    path, _, said = fault.where.rpartition(":")
    if path != file.path or not said.isdigit():
        return None
    line = int(said)
    body_line = file.lines.get("", 1)
    if line >= body_line:
        return Found(field=BODY, line=line, what=fault.what, repair=fault.repair)
    above = [(at, name) for name, at in file.lines.items() if name and at <= line]
    field = max(above)[1] if above else ""
    return Found(field=field, line=line, what=fault.what, repair=fault.repair)
