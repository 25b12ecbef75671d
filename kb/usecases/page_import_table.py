"""A table as cases, one a row: its header row found, its columns mapped, what no column is for kept as a remark."""

from collections.abc import Mapping, Sequence
from typing import Any

from kb.errors import BadImport, Fault
from kb.imports.html_markdown import escaped
from kb.usecases.page_import_cases import (
    LONGEST_TITLE,
    NOTHING_UNDER,
    Candidate,
    Read,
    Remembered,
    TableShape,
    noted,
    notes_of,
)
from kb.usecases.page_import_words import COLUMNS, IGNORED, SECTIONS, proposed_mapping

SAMPLE_ROWS = 5
HEADER_ROWS = 10
"""Among so many first rows the headers are looked for: a title often stands above them."""


def table_cases(answer: dict[str, Any], mapping: Mapping[str, str], remembered: Remembered = ()) -> Read:
    """Return what the reader of tables gave, case by case; see `read_file` for the mapping."""
    notes = notes_of(answer["notes"])
    shapes: dict[str, TableShape] = {}
    candidates: list[Candidate] = []
    known: set[str] = set()
    for sheet in answer["sheets"]:
        rows: list[tuple[int, list[str]]] = sheet["rows"]
        if not rows:
            continue
        at = max(
            range(min(len(rows), HEADER_ROWS)),
            key=lambda n: (len(set(proposed_mapping(rows[n][1]).values())), -n),
        )
        header_row, heads = rows[at]
        headers = tuple(" ".join(head.split()) for head in heads)
        known.update(headers)
        proposal = next((known for heads, known in remembered if heads == headers), proposed_mapping(headers))
        fields = {**proposal, **{header: one for header, one in mapping.items() if header in headers}}
        fields = {header: one for header, one in fields.items() if one}
        shapes[sheet["name"]] = TableShape(
            headers=headers,
            header_row=header_row,
            sample=tuple(tuple(cells) for _, cells in rows[at + 1 : at + 1 + SAMPLE_ROWS]),
            mapping=fields,
            unknown=tuple(header for header in headers if header and header not in fields),
        )
        if not any(one in SECTIONS for one in fields.values()):
            what = "no column for symptom, cause or remedy was found; nothing of the sheet is taken"
            notes.append(noted(sheet["name"] or "table", what, "map the columns"))
            continue
        private = [header for header in headers if fields.get(header) == IGNORED and header not in mapping]
        if private:
            message = (
                "the columns {names} are left out: customer, serial number and people are no part of a case"
            )
            notes.append(noted(sheet["name"] or "table", message, names="、".join(private)))
        for number, cells in rows[at + 1 :]:
            made = _row_case(sheet["name"], number, headers, cells, fields, notes)
            if made is not None:
                candidates.append(made)
    _refuse_mapping(mapping, known)
    return Read(kind="table", candidates=tuple(candidates), notes=tuple(notes), tables=shapes)


def _refuse_mapping(mapping: Mapping[str, str], known: set[str]) -> None:
    allowed = [*COLUMNS, IGNORED]
    faults = [
        Fault(
            where=header[:80],
            what="is no header of the file",
            repair=f"headers are {'、'.join(sorted(known))[:300]}",
        )
        for header in mapping
        if header not in known
    ]
    faults += [
        Fault(where=header[:80], what=f"is mapped to {one[:40]!r}", repair=f"use one of {', '.join(allowed)}")
        for header, one in mapping.items()
        if one and one not in allowed
    ]
    if faults:
        raise BadImport("the columns were not mapped", faults)


def _row_case(
    sheet: str,
    number: int,
    headers: Sequence[str],
    cells: Sequence[str],
    fields: Mapping[str, str],
    notes: list[Fault],
) -> Candidate | None:
    place = f"{sheet}!{number}" if sheet else f"{number}"
    values: dict[str, list[str]] = {}
    remarks = []
    for header, cell in zip(headers, cells, strict=False):
        one = fields.get(header, "")
        if not cell or one == IGNORED:
            continue
        if one:
            values.setdefault(one, []).append(cell)
        elif header:
            remarks.append(f"- {_typed(header)}：{_typed(cell)}")
    stray = [cell for cell in cells[len(headers) :] if cell]
    if stray:
        remarks += [f"- {_typed(cell)}" for cell in stray]
        notes.append(noted(place, "has cells to the right of the last header; they are remarks"))
    own = {name: _typed("\n\n".join(values[name])) for name in SECTIONS if name in values}
    if "现象" not in own and not values.get("alarm") and not values.get("title"):
        if any(cells):
            repair = "give at least a symptom, an alarm or a title"
            notes.append(noted(place, "says neither symptom, alarm nor title; it is left out", repair))
        return None
    more = [f"- 备件：{_typed(text)}" for text in values.get("parts", ())]
    if more:
        own["处理"] = "\n\n".join(filter(None, (own.get("处理", ""), "\n".join(more))))
    if remarks:
        own["环境"] = "\n\n".join(filter(None, (own.get("环境", ""), "\n".join(remarks))))
    alarm = " ".join(values.get("alarm", ()))
    seen = own.get("现象", "").strip().partition("\n")[0]
    title = " ".join((values.get("title") or [""])[0].split()) or " ".join(filter(None, (alarm, seen)))
    missing = [name for name in ("现象", "原因", "处理") if not own.get(name)]
    said = [noted(place, NOTHING_UNDER, sections="、".join(missing))] if missing else []
    return Candidate(
        place=place,
        title=title[:LONGEST_TITLE],
        title_en=" ".join((values.get("title_en") or [""])[0].split()),
        sections=own,
        alarm=alarm,
        machine="；".join(values.get("machine", ())),
        notes=tuple(said),
    )


def _typed(text: str) -> str:
    """Return the text of a cell as Markdown that reads as typed."""
    return "\n".join(escaped(line) for line in text.split("\n"))
