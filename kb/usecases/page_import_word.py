"""A Word document as cases: split at its highest headings, each heading taken for the section it stands for."""

import re
from collections.abc import Sequence
from typing import Any

from kb.errors import Fault
from kb.imports.html_markdown import escaped
from kb.usecases.page_import_cases import (
    LONGEST_TITLE,
    NO_HEADING,
    NOTHING_UNDER,
    TEXT_BEFORE,
    UNKNOWN_HEADING,
    Candidate,
    Picture,
    Read,
    kept,
    noted,
    notes_of,
)
from kb.usecases.page_import_words import SECTIONS, led_section, section_of, type_of

_PICTURE = re.compile("\0(\\d+)\0")


def word_cases(answer: dict[str, Any], stem: str) -> Read:
    """Return what the reader of Word documents gave, case by case; `stem` is the title of one that has none."""
    pictures = [kept(one) for one in answer["pictures"]]
    blocks: list[dict[str, Any]] = answer["blocks"]
    top = [block for block in blocks if block["kind"] == "heading" and block["level"] == 1]
    titles = [block for block in top if not section_of(block["plain"])]
    pieces: list[list[dict[str, Any]]] = [[]]
    for block in blocks:
        if len(titles) > 1 and any(block is one for one in titles):
            pieces.append([])
        pieces[-1].append(block)
    candidates = []
    notes = notes_of(answer["notes"])
    for number, piece in enumerate(pieces):
        if not piece:
            continue
        if number == 0 and len(pieces) > 1:
            text = " ".join(block["plain"] for block in piece)[:200]
            notes.append(noted("document", "the text before the first case is left out: {text}", text=text))
            continue
        candidates.append(case_of(piece, pictures, answer["pictures"], stem, number or 1))
    if not candidates:
        notes.append(noted("document", "holds no text"))
    return Read(kind="word", candidates=tuple(candidates), notes=tuple(notes))


def case_of(
    blocks: Sequence[dict[str, Any]],
    pictures: Sequence[Picture | None],
    raw: Sequence[dict[str, Any]],
    stem: str,
    number: int,
) -> Candidate:
    """Return one case.

    Args:
        blocks: Its blocks, at least one.
        pictures: All pictures of the file; None for those that were lost.
        raw: The same as the reader gave them.
        stem: Its title, where it has none.
        number: Which case of the file it is.
    """
    rest = list(blocks)
    title = ""
    first = rest[0]
    is_heading = first["kind"] == "heading" and not section_of(first["plain"])
    is_bold = first["kind"] == "text" and first["bold"] and not led_section(first["plain"])[0]
    if is_heading or is_bold:
        title = rest.pop(0)["plain"]
    title = " ".join(title.split())[:LONGEST_TITLE] or stem[:LONGEST_TITLE]
    place = f"{number} {title}"
    section, lines, notes = "", {name: list[str]() for name in SECTIONS}, list[Fault]()
    started = told_early = False
    for block in rest:
        named = section_of(block["plain"]) if block["kind"] == "heading" or block["bold"] else ""
        led, tail = ("", "") if named or block["kind"] != "text" else led_section(block["plain"])
        if named or led:
            section, started = named or led, True
            if led and tail:
                lines[section].append(escaped(tail))
            continue
        target = section or "环境"
        text = _with_pictures(block, pictures, raw, place, notes)
        if block["kind"] == "heading":
            text = f"### {text}"
            repair = "move what stands below it where it belongs"
            notes.append(noted(place, UNKNOWN_HEADING, repair, heading=block["plain"], section=target))
        elif not started and not told_early:
            told_early = True
            notes.append(noted(place, TEXT_BEFORE, "move it where it belongs", section=target))
        _append(lines[target], text, block["kind"])
    headings = [block["plain"] for block in rest if block["kind"] == "heading" or block["bold"]]
    used = [
        picture for block in rest for index in block["pictures"] if (picture := pictures[index]) is not None
    ]
    missing = [name for name, texts in lines.items() if not texts]
    if not started:
        notes.append(noted(place, NO_HEADING, headings="、".join(SECTIONS)))
    elif missing:
        notes.append(noted(place, NOTHING_UNDER, "add it, if it is known", sections="、".join(missing)))
    return Candidate(
        place=place,
        title=title,
        sections={name: "\n".join(texts).strip("\n") for name, texts in lines.items() if texts},
        pictures=tuple(dict.fromkeys(used)),
        notes=tuple(notes),
        page_type=type_of([*headings, *_table_headers(rest)]),
        body=_whole(rest, pictures, raw, place),
    )


def _table_headers(blocks: Sequence[dict[str, Any]]) -> list[str]:
    """Return the cells of the first row of each table."""
    firsts = [block["text"].strip().split("\n", 1)[0] for block in blocks]
    return [
        cell.strip(" *") for line in firsts if line.startswith("|") for cell in line.strip("|").split("|")
    ]


def _whole(
    blocks: Sequence[dict[str, Any]],
    pictures: Sequence[Picture | None],
    raw: Sequence[dict[str, Any]],
    place: str,
) -> str:
    """Return the blocks as they come, headings as headings of a page."""
    lines: list[str] = []
    told: list[Fault] = []  # lost pictures are told with the sections
    for block in blocks:
        text = _with_pictures(block, pictures, raw, place, told)
        if block["kind"] == "heading":
            text = f"## {text}"
        _append(lines, text, block["kind"])
    return "\n".join(lines).strip("\n")


def _append(lines: list[str], text: str, kind: str) -> None:
    """Add a block below the others, with a blank line where Markdown needs one."""
    if lines and not (kind == "item" and lines[-1].lstrip().startswith(("- ", *"123456789"))):
        lines.append("")
    lines.append(text)


def _with_pictures(
    block: dict[str, Any],
    pictures: Sequence[Picture | None],
    raw: Sequence[dict[str, Any]],
    place: str,
    notes: list[Fault],
) -> str:
    def shown(match: re.Match[str]) -> str:
        index = int(match[1])
        picture, said = pictures[index], raw[index]
        alt = " ".join(str(said["alt"]).split()).replace("[", "(").replace("]", ")") or f"图 {index + 1}"
        if picture is None:
            notes.append(Fault(where=f"{place}, picture {index + 1}", what=str(said["lost"])))
            return f"（图 {index + 1} 未能导入）"
        return f"![{alt}](figures/{picture.name})"

    return _PICTURE.sub(shown, block["text"])
