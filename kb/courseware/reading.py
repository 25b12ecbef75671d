"""From the Markdown body of a course to its slides.

    # Section                       a section slide
    ## Title                        a slide; what stands below decides its layout:
    - bullets, 1. numbers, text     lines
    ### Left … ### Right …          two columns; with bullets under both and {.comparison} a comparison
    ![alt](figures/x.svg "caption") a picture
    | a | b |                       a table
    ## Title {.question}            a question; what follows `### 答` (or `### Answer`) is the slide after it
    > text                          notes for the speaker
    来源：GUIDE-LOTO, CASE-AXS-01    the pages it draws on (or `Sources:`)

A slide holds one kind of thing: text, or columns, or one picture, or one table.
"""

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from markdown_it import MarkdownIt
from markdown_it.token import Token

from kb.content.pages import CoursePage
from kb.courseware.deck import Column, Grid, Layout, Line, Picture, Run, Slide, SourceNote
from kb.errors import BadContent, Fault

MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
ANSWERS = {"答", "答案", "answer"}
SOURCES = re.compile(r"^(?:来源|sources?)\s*[:：]\s*(.+)$", re.IGNORECASE)
CLASSES = re.compile(r"\s*\{((?:\s*\.[a-z_]+)+)\s*\}\s*$")
MOST_COLUMNS = 6
"""Of a table: with more, no column has room for a Chinese word at the least size."""


@dataclass(slots=True)
class _Draft:
    """A slide while it is read."""

    title: str
    classes: frozenset[str]
    line: int
    lines: list[Line] = field(default_factory=list)
    parts: list[tuple[str, list[Line]]] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    source_ids: list[str] = field(default_factory=list)
    is_section: bool = False

    def add(self, line: Line) -> None:
        (self.parts[-1][1] if self.parts else self.lines).append(line)


def slides_of(
    page: CoursePage, body: str, *, file: str, first_line: int, revisions: Mapping[str, int]
) -> tuple[Slide, ...]:
    """Return the slides of a course's body, in their order.

    Args:
        page: Its front matter.
        body: The Markdown below it.
        file: The page's path below the content folder; links of pictures start in its folder.
        first_line: The line of the file on which `body` begins, from 1.
        revisions: The revision of every page of the library, by id.

    Raises:
        BadContent: Every fault of every slide, with file, line and repair.
    """
    drafts, faults = _drafts(MARKDOWN.parse(body), file, first_line)
    slides: list[Slide] = []
    for draft in drafts:
        slides += _slides(draft, page, file, revisions, faults)
    if not slides and not faults:
        faults.append(Fault(where=file, what="has no slide", repair="give each slide a heading: ## Title"))
    if faults:
        raise BadContent(f"{page.id} makes no deck", faults)
    return tuple(slides)


def titles_by_source(body: str) -> Mapping[str, tuple[str, ...]]:
    """Return the titles of the slides that name each page as their source, also of a body that makes no deck."""
    found: dict[str, dict[str, None]] = {}
    for draft in _drafts(MARKDOWN.parse(body), "", 1)[0]:
        for id in draft.source_ids:
            found.setdefault(id, {})[draft.title] = None
    return {id: tuple(titles) for id, titles in found.items()}


def _drafts(tokens: Sequence[Token], file: str, first_line: int) -> tuple[list[_Draft], list[Fault]]:
    drafts: list[_Draft] = []
    faults: list[Fault] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        line = first_line + (token.map[0] if token.map else 0)
        end = _end(tokens, position)
        inside = tokens[position : end + 1]
        position = end + 1
        if token.type == "heading_open":
            _heading(token, inside[1], line, drafts, faults, file)
        elif not drafts:
            what = "stands before the first slide"
            faults.append(Fault(where=f"{file}:{line}", what=what, repair="begin with ## Title"))
        else:
            _block(token, inside, line, drafts[-1], faults, file)
    return drafts, faults


def _end(tokens: Sequence[Token], start: int) -> int:
    """Return the position of the token that closes the block which opens at `start`."""
    depth = 0
    for position in range(start, len(tokens)):
        depth += tokens[position].nesting
        if depth == 0:
            return position
    return len(tokens) - 1


def _heading(
    token: Token, content: Token, line: int, drafts: list[_Draft], faults: list[Fault], file: str
) -> None:
    text = content.content.strip()
    found = CLASSES.search(text)
    classes = frozenset(found[1].replace(".", " ").split()) if found else frozenset[str]()
    title = text[: found.start()] if found else text
    where = f"{file}:{line}"
    if not title:
        faults.append(Fault(where=where, what="is a heading without text", repair="name the slide"))
    if token.tag in {"h1", "h2"}:
        odd = sorted(classes - {layout.value for layout in Layout})
        if odd:
            repair = ", ".join(layout.value for layout in Layout)
            faults.append(Fault(where=where, what=f"asks for the layout {odd[0]}", repair=repair))
        drafts.append(_Draft(title=title, classes=classes, line=line, is_section=token.tag == "h1"))
    elif token.tag == "h3" and drafts:
        drafts[-1].parts.append((title, []))
    else:
        faults.append(
            Fault(where=where, what=f"is a heading of level {token.tag[1]}", repair="use #, ## and ### only")
        )


def _block(
    token: Token, inside: Sequence[Token], line: int, draft: _Draft, faults: list[Fault], file: str
) -> None:
    where = f"{file}:{line}"
    if token.type == "paragraph_open":
        _paragraph(inside[1], where, draft, faults, file)
    elif token.type in {"bullet_list_open", "ordered_list_open"}:
        for item in _items(inside):
            draft.add(item)
    elif token.type == "blockquote_open":
        draft.notes += [part.content.replace("\n", "") for part in inside if part.type == "inline"]
    elif token.type == "table_open":
        draft.grids.append(_grid(inside, where, faults))
    elif token.type in {"fence", "code_block"}:
        for text in token.content.rstrip("\n").split("\n"):
            draft.add(Line(runs=(Run(text=text, code=True),)))
    elif token.type != "hr":
        faults.append(
            Fault(where=where, what=f"is a {token.type}", repair="use text, lists, tables, pictures")
        )


def _paragraph(content: Token, where: str, draft: _Draft, faults: list[Fault], file: str) -> None:
    named = SOURCES.match(content.content.strip())
    if named:
        draft.source_ids += [id for id in re.split(r"[,，、\s]+", named[1].strip()) if id]
        return
    children = content.children or []
    images = [child for child in children if child.type == "image"]
    if images:
        rest = [child for child in children if child.type == "text" and child.content.strip()]
        if rest:
            faults.append(
                Fault(where=where, what="has text beside a picture", repair="put it in its caption")
            )
        for image in images:
            path = posixpath.normpath(
                posixpath.join(posixpath.dirname(file), str(image.attrs.get("src", "")))
            )
            if not image.content.strip():
                faults.append(
                    Fault(where=where, what="has a picture without alt", repair="say what it shows")
                )
            if path.startswith(("..", "/")) or "://" in path:
                faults.append(
                    Fault(where=where, what="has a picture from outside", repair="use a file of content/")
                )
            caption = str(image.attrs.get("title", "") or "")
            draft.pictures.append(Picture(file=path, alt=image.content.strip(), caption=caption))
        return
    for part in _split_lines(children):
        draft.add(Line(runs=_runs(part)))


def _split_lines(children: Iterable[Token]) -> Iterable[list[Token]]:
    part: list[Token] = []
    for child in children:
        if child.type in {"softbreak", "hardbreak"}:
            yield part
            part = []
        else:
            part.append(child)
    yield part


def _runs(children: Iterable[Token]) -> tuple[Run, ...]:
    found: list[Run] = []
    bold = 0
    for child in children:
        if child.type == "strong_open":
            bold += 1
        elif child.type == "strong_close":
            bold -= 1
        elif child.type in {"text", "code_inline"} and child.content:
            found.append(Run(text=child.content, bold=bold > 0, code=child.type == "code_inline"))
    return tuple(found)


def _items(inside: Sequence[Token]) -> Iterable[Line]:
    """Yield the items of a list and of the lists in it, each with its depth and number."""
    numbers: list[int | None] = []
    fresh = False
    for token in inside:
        if token.type == "bullet_list_open":
            numbers.append(None)
        elif token.type == "ordered_list_open":
            numbers.append(int(token.attrs.get("start", 1)) - 1)
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            numbers.pop()
        elif token.type == "list_item_open":
            last = numbers[-1]
            numbers[-1] = None if last is None else last + 1
            fresh = True
        elif token.type == "inline":
            for part in _split_lines(token.children or []):
                yield Line(runs=_runs(part), level=len(numbers) - 1, number=numbers[-1] if fresh else None)
                fresh = False


def _grid(inside: Sequence[Token], where: str, faults: list[Fault]) -> Grid:
    rows: list[tuple[str, ...]] = []
    cells: list[str] = []
    for token in inside:
        if token.type == "inline":
            cells.append("".join(run.text for run in _runs(token.children or [])))
        elif token.type == "tr_close":
            rows.append(tuple(cells))
            cells = []
    if len(rows[0]) > MOST_COLUMNS:
        what = f"has a table of {len(rows[0])} columns"
        faults.append(Fault(where=where, what=what, repair=f"use at most {MOST_COLUMNS}"))
    return Grid(head=rows[0], rows=tuple(rows[1:]))


def _slides(
    draft: _Draft, page: CoursePage, file: str, revisions: Mapping[str, int], faults: list[Fault]
) -> list[Slide]:
    where = f"{file}:{draft.line}"
    sources = _sources(draft, page, where, revisions, faults)
    notes = "\n".join(draft.notes)
    made = partial(Slide, title=draft.title, notes=notes, sources=sources, place=where)
    if draft.is_section:
        return [made(layout=Layout.SECTION, lines=tuple(draft.lines))]
    if Layout.QUESTION in draft.classes:
        return _question(draft, where, made, faults)
    kinds = [
        name
        for name, there in (
            ("text", bool(draft.lines)),
            ("columns", bool(draft.parts)),
            ("a picture", bool(draft.pictures)),
            ("a table", bool(draft.grids)),
        )
        if there
    ]
    if len(kinds) != 1 or len(draft.pictures) > 1 or len(draft.grids) > 1 or len(draft.parts) not in {0, 2}:
        what = f"has {' and '.join(kinds)}" if len(kinds) > 1 else "has not exactly one thing to show"
        repair = "one slide, one idea: text, or two ### columns, or one picture, or one table"
        faults.append(Fault(where=where, what=what if kinds else "is empty", repair=repair))
        return []
    if draft.parts:
        layout = Layout.COMPARISON if Layout.COMPARISON in draft.classes else Layout.TWO_COLUMNS
        columns = tuple(Column(title=title, lines=tuple(lines)) for title, lines in draft.parts)
        return [made(layout=layout, columns=columns)]
    if draft.pictures:
        return [made(layout=Layout.PICTURE, picture=draft.pictures[0])]
    if draft.grids:
        return [made(layout=Layout.TABLE, grid=draft.grids[0])]
    layout = Layout.HAZARD if Layout.HAZARD in draft.classes else Layout.CONTENT
    return [made(layout=layout, lines=tuple(draft.lines))]


def _question(draft: _Draft, where: str, made: Callable[..., Slide], faults: list[Fault]) -> list[Slide]:
    answers = [lines for title, lines in draft.parts if title.strip().lower() in ANSWERS]
    if len(draft.parts) != 1 or len(answers) != 1 or not answers[0] or draft.pictures or draft.grids:
        faults.append(
            Fault(
                where=where,
                what="is a question without one answer",
                repair="write ### 答 and the answer below",
            )
        )
        return []
    return [
        made(layout=Layout.QUESTION, lines=tuple(draft.lines)),
        made(layout=Layout.ANSWER, lines=tuple(answers[0])),
    ]


def _sources(
    draft: _Draft, page: CoursePage, where: str, revisions: Mapping[str, int], faults: list[Fault]
) -> tuple[SourceNote, ...]:
    built_from = {one.id for one in page.built_from}
    for id in draft.source_ids:
        if id not in revisions:
            faults.append(
                Fault(where=where, what=f"names the source {id}, which is no page", repair="see its id")
            )
        elif id not in built_from:
            repair = "add it with its revision"
            faults.append(Fault(where=where, what=f"names {id}, which is not in built_from", repair=repair))
    return tuple(SourceNote(id=id, revision=revisions[id]) for id in draft.source_ids if id in revisions)
