"""Markdown as pages: our own with their front matter as they are, others as cases by their headings."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from kb.usecases.page_import_cases import LONGEST_TITLE, Candidate, Picture, Read, kept, noted, notes_of
from kb.usecases.page_import_word import case_of

_HEADING = re.compile(r"^(#{1,6}) +(.+)$")
_FENCE = re.compile(r"^ *(`{3,}|~{3,})")


def markdown_cases(answer: dict[str, Any], stem: str) -> Read:
    """Return what the reader of Markdown gave, page by page."""
    pages: list[dict[str, str]] = answer["pages"]
    base = _shared_folder([page["name"] for page in pages])
    pictures = {name: kept(raw) for name, raw in answer["pictures"].items()}
    candidates = []
    for page in pages:
        beside = PurePosixPath(page["name"]).parent
        called = [
            replace(picture, called=relative)
            for name, picture in pictures.items()
            if picture is not None and (relative := _called(page["text"], beside, name))
        ]
        path = page["name"].removeprefix(base)
        if not page["text"].removeprefix("\ufeff").startswith("---"):
            candidates.append(_foreign(page, path or stem, tuple(called)))
            continue
        candidates.append(
            Candidate(
                place=page["name"] or stem,
                title=_first_heading(page["text"]) or PurePosixPath(path or stem).stem[:LONGEST_TITLE],
                text=page["text"],
                path=path,
                pictures=tuple(called),
            )
        )
    digests = {name.removeprefix(base): digest for name, digest in answer["digests"].items()}
    notes = [replace(note, where=note.where.removeprefix(base)) for note in notes_of(answer["notes"])]
    return Read(kind="markdown", candidates=tuple(candidates), notes=tuple(notes), digests=digests)


def _foreign(page: Mapping[str, str], path: str, called: tuple[Picture, ...]) -> Candidate:
    """Return a case made of Markdown without front matter, by its headings."""
    text = page["text"].removeprefix("\ufeff").replace("\r\n", "\n")
    blocks: list[dict[str, Any]] = []
    gathered: list[str] = []
    fence = ""

    def close() -> None:
        told = "\n".join(gathered).strip("\n")
        gathered.clear()
        if told.strip():
            blocks.append(
                {"kind": "text", "level": 0, "text": told, "plain": told, "pictures": [], "bold": False}
            )

    for line in text.split("\n"):
        mark = _FENCE.match(line)
        heading = None if fence else _HEADING.match(line)
        if mark and not (fence and not mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        if heading:
            close()
            plain = heading[2].strip(" #*")
            blocks.append(
                {
                    "kind": "heading",
                    "level": len(heading[1]),
                    "text": plain,
                    "plain": plain,
                    "pictures": [],
                    "bold": False,
                }
            )
        else:
            gathered.append(line)
            if not fence and not line.strip():
                close()
    close()
    stem = PurePosixPath(path).stem
    if not blocks:
        return Candidate(place=page["name"] or stem, title=stem, notes=(noted(page["name"], "is empty"),))
    made = case_of(blocks, (), (), stem, 1)
    place = page["name"] or stem
    notes = tuple(replace(note, where=place) for note in made.notes)
    return replace(made, place=place, path=path, pictures=called, notes=notes)


def _called(text: str, beside: PurePosixPath, name: str) -> str:
    """Return by what name a page at `beside` calls the file `name`; empty where it does not."""
    path = PurePosixPath(name)
    relative = path.relative_to(beside).as_posix() if path.is_relative_to(beside) else ""
    if relative and any(mark in text for mark in (f"({relative}", f"(<{relative}", f": {relative}\n")):
        return relative
    return ""


def _shared_folder(names: Iterable[str]) -> str:
    """Return the one folder in which all of an archive lies, with its slash; empty where there is none."""
    heads = {name.split("/")[0] for name in names if name}
    only = next(iter(heads), "")
    known = {"alarms", "cases", "checklists", "courses", "guides", "terms"}
    if len(heads) == 1 and only not in known and all("/" in name for name in names):
        return f"{only}/"
    return ""


def _first_heading(text: str) -> str:
    for line in text.split("\n"):
        if line.startswith("title: "):
            return line.removeprefix("title: ").strip().strip("\"'")[:LONGEST_TITLE]
        if line.startswith("# "):
            return line.removeprefix("# ").strip()[:LONGEST_TITLE]
    return ""
