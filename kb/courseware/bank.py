"""Questions as rows of a table, and back: one row a question, columns named as a department names them.

Knows no file: cells come and go as values. Columns may be called anything (`headers`); those of both our languages are
known without being told. Letters name the options: `AC` in the column of what is right means the first and the third.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any

from kb.content.quiz import QuizItem, QuizOption

MOST_OPTIONS = 10
LETTERS = ascii_uppercase[:MOST_OPTIONS]
Value = str | float | None
KINDS: Mapping[str, tuple[str, str]] = {
    "single": ("单选", "single choice"),
    "multiple": ("多选", "multiple choice"),
    "true_false": ("判断", "true or false"),
    "short": ("简答", "short answer"),
    "numeric": ("数值", "number"),
    "match": ("配对", "matching"),
}
"""Names of the kinds of questions in a table, Chinese and English."""
_NAMES: Mapping[str, tuple[str, str]] = {
    "id": ("编号", "Id"),
    "kind": ("题型", "Kind"),
    "stem": ("题目", "Question"),
    "right": ("正确答案", "Right"),
    "tolerance": ("允许偏差", "Tolerance"),
    "why": ("解析", "Why"),
    "source": ("出处", "Source"),
}
_OF_OPTION: Mapping[str, tuple[str, str]] = {
    "option": ("选项{letter}", "Option {letter}"),
    "pair": ("{letter} 对应", "{letter} goes with"),
    "why": ("{letter} 解析", "Why {letter}"),
}
_LEAST = ("stem",)
"""Fields without whose column nothing can be read."""


def fields() -> tuple[str, ...]:
    """Return every field that a column may hold, in the order of the table."""
    of_options = [f"{part}_{letter.lower()}" for part in _OF_OPTION for letter in LETTERS]
    return (
        "id",
        "kind",
        "stem",
        *of_options[:MOST_OPTIONS],
        "right",
        "tolerance",
        "why",
        *of_options[MOST_OPTIONS:],
        "source",
    )


def header_of(field: str, *, language: str) -> str:
    """Return what we call the column of a field, in `zh` or `en`."""
    place = 0 if language == "zh" else 1
    if field in _NAMES:
        return _NAMES[field][place]
    part, _, letter = field.rpartition("_")
    return _OF_OPTION[part][place].format(letter=letter.upper())


@dataclass(frozen=True, slots=True, kw_only=True)
class BankTable:
    """Questions as a table: its head, and a row for each question."""

    head: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFault:
    """What is wrong with a row, or with the head (`row` is the head's)."""

    row: int
    field: str
    what: str
    repair: str


def bank_table(questions: Sequence[QuizItem], *, headers: Mapping[str, str], language: str) -> BankTable:
    """Return questions as a table with the columns that they need.

    Args:
        questions: At most `MOST_OPTIONS` options each; more are told by `too_many`.
        headers: Names of columns by field, where they are not ours.
        language: Of our names, `zh` or `en`.
    """
    rows = [_cells(one, language) for one in questions]
    used = [
        field
        for field in fields()
        if field in {"id", "kind", "stem", "option_a", "option_b", "right"}
        or any(field in row for row in rows)
    ]
    head = tuple(headers.get(field) or header_of(field, language=language) for field in used)
    return BankTable(head=head, rows=tuple(tuple(row.get(field) for field in used) for row in rows))


def too_many(questions: Sequence[QuizItem]) -> tuple[str, ...]:
    """Return the ids of questions that have more options than a table has columns."""
    return tuple(one.id for one in questions if len(one.options) > MOST_OPTIONS)


def _cells(one: QuizItem, language: str) -> dict[str, Value]:
    cells: dict[str, Value] = {
        "id": one.id,
        "kind": KINDS[one.kind][0 if language == "zh" else 1],
        "stem": one.stem,
    }
    for letter, option in zip(LETTERS, one.options, strict=False):
        name = letter.lower()
        cells[f"option_{name}"] = option.text
        if option.pair:
            cells[f"pair_{name}"] = option.pair
        if option.why:
            cells[f"why_{name}"] = option.why
    right = "".join(letter for letter, option in zip(LETTERS, one.options, strict=False) if option.correct)
    if one.kind != "match":
        cells["right"] = right
    if one.kind == "numeric" and one.options[0].tolerance is not None:
        cells["tolerance"] = one.options[0].tolerance
    if one.why:
        cells["why"] = one.why
    if one.source:
        cells["source"] = one.source
    return cells


def columns_of(head: Sequence[Any], headers: Mapping[str, str]) -> tuple[dict[int, str], tuple[str, ...]]:
    """Return the field of each column by its place, and the heads that are none.

    Args:
        head: Cells of the first row.
        headers: Names of columns by field, where they are not ours.
    """
    known = {
        _plain(header_of(field, language=language)): field for field in fields() for language in ("zh", "en")
    }
    known.update({field: field for field in fields()})
    known.update({_plain(name): field for field, name in headers.items()})
    found: dict[int, str] = {}
    strange = []
    for place, cell in enumerate(head):
        field = known.get(_plain(_text(cell)))
        if field and field not in found.values():
            found[place] = field
        elif _text(cell):
            strange.append(_text(cell))
    return found, tuple(strange)


def read_rows(
    rows: Sequence[tuple[int, Sequence[Any]]], headers: Mapping[str, str]
) -> tuple[tuple[QuizItem, ...], tuple[RowFault, ...]]:
    """Return the questions of a table, and every fault; a row with a fault gives no question.

    Args:
        rows: Each with its number in the sheet; the first is the head.
        headers: Names of columns by field, where they are not ours.
    """
    if not rows:
        return (), (
            RowFault(row=1, field="stem", what="is empty", repair="give a head row and a row a question"),
        )
    number, head = rows[0]
    columns, strange = columns_of(head, headers)
    lacks = [field for field in _LEAST if field not in columns.values()]
    if lacks:
        told = ", ".join(strange) or "nothing"
        repair = f"name it {header_of('stem', language='zh')} or {header_of('stem', language='en')}, or say its name"
        return (), (
            RowFault(
                row=number, field="stem", what=f"no column holds the question; it has {told}", repair=repair
            ),
        )
    found: list[QuizItem] = []
    faults: list[RowFault] = []
    seen: dict[str, int] = {}
    for row, cells in rows[1:]:
        values = {field: _text(cells[place]) for place, field in columns.items() if place < len(cells)}
        values.setdefault("id", "")
        values["id"] = values["id"] or f"Q{row - number}"
        if values["id"] in seen:
            what = f"has the id {values['id'][:40]}, as row {seen[values['id']]} has"
            faults.append(RowFault(row=row, field="id", what=what, repair="give each its own"))
            continue
        seen[values["id"]] = row
        question, wrong = _question(values, row)
        faults += wrong
        if question is not None and not wrong:
            found.append(question)
    if not found and not faults:
        faults.append(
            RowFault(row=number, field="stem", what="has no question below its head", repair="add a row")
        )
    return tuple(found), tuple(faults)


def _question(values: Mapping[str, str], row: int) -> tuple[QuizItem | None, list[RowFault]]:
    faults: list[RowFault] = []

    def fault(field: str, what: str, repair: str) -> None:
        faults.append(RowFault(row=row, field=field, what=what, repair=repair))

    if not values.get("stem"):
        fault("stem", "is empty", "write the question")
    texts = {letter: values.get(f"option_{letter.lower()}", "") for letter in LETTERS}
    texts = {letter: text for letter, text in texts.items() if text}
    right = values.get("right", "")
    kind = _kind(values.get("kind", ""), texts, right)
    if not kind:
        fault("kind", f"is {values['kind'][:40]!r}", ", ".join(name for name, _ in KINDS.values()))
        return None, faults
    tolerance = None
    if values.get("tolerance"):
        try:
            tolerance = float(values["tolerance"].replace(",", "."))
        except ValueError:
            fault("tolerance", f"is {values['tolerance'][:40]!r}, no number", "write digits")
    if kind == "true_false" and not texts:
        texts = {"A": "对", "B": "错"}
    if kind in {"numeric", "short"} and not texts:
        parts = re.split(r"[;；|]", right) if kind == "short" else [right]
        texts = dict(zip(LETTERS, [part.strip() for part in parts if part.strip()], strict=False))
        right = "".join(texts)
    letters = set(texts) if kind in {"numeric", "short"} and not right else _letters(right, texts, kind)
    if letters is None:
        fault("right", f"is {right[:40]!r}", f"name options by their letters: {''.join(texts) or 'A'}")
        return None, faults
    options = tuple(
        {
            "text": text,
            "correct": letter in letters and kind != "match",
            "why": values.get(f"why_{letter.lower()}") or None,
            "pair": values.get(f"pair_{letter.lower()}") or None if kind == "match" else None,
            "tolerance": tolerance if kind == "numeric" else None,
        }
        for letter, text in texts.items()
    )
    try:
        value = {"id": values["id"], "kind": kind, "stem": values.get("stem", ""), "options": options}
        more = {"why": values.get("why") or None, "source": values.get("source") or None}
        return QuizItem.model_validate({**value, **more}), faults
    except ValueError as error:
        for wrong in getattr(error, "errors", list)():
            place = ".".join(str(part) for part in wrong["loc"]) or "right"
            if place != "stem":  # told above
                fault(place, str(wrong["msg"]).removeprefix("Value error, "), "mend the row")
        return None, faults


def _kind(told: str, texts: Mapping[str, str], right: str) -> str:
    """Return the kind that a row tells, or shows by its answers; empty where it tells one that is none."""
    plain = _plain(told)
    if plain:
        names = {_plain(name): kind for kind, both in KINDS.items() for name in (kind, *both, f"{both[0]}题")}
        return names.get(plain, "")
    if not texts:
        return "true_false" if _plain(right) in _TRUTHS else "short"
    letters = _letters(right, texts, "multiple")
    return "multiple" if letters and len(letters) > 1 else "single"


_TRUTHS = {
    **dict.fromkeys(("对", "正确", "是", "√", "✓", "t", "true", "yes", "真"), True),
    **dict.fromkeys(("错", "错误", "否", "×", "✗", "f", "false", "no", "假"), False),
}


def _letters(right: str, texts: Mapping[str, str], kind: str) -> set[str] | None:
    """Return the letters that are right; None where something else is written."""
    if kind == "match":
        return set()
    if kind == "true_false" and _plain(right) in _TRUTHS:
        meant = _TRUTHS[_plain(right)]
        for letter, text in texts.items():
            if _TRUTHS.get(_plain(text)) is meant:
                return {letter}
    whole = {letter for letter, text in texts.items() if text == right}
    if whole:
        return whole
    letters = re.sub(r"[\s,，、;；/+]", "", right).upper()
    return set(letters) if letters and set(letters) <= set(texts) else None


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()


def _text(cell: Any) -> str:
    """Return a cell as text: a number as it is typed, nothing as nothing."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, Mapping):
        return str(cell.get("instant", ""))
    return str(cell).strip()


def option_letters(options: Sequence[QuizOption]) -> tuple[tuple[str, QuizOption], ...]:
    """Return options with their letters."""
    return tuple(zip(ascii_uppercase, options, strict=False))
