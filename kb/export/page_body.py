"""The Markdown body of a library page as blocks of a document: headings, lists, tables, figures, steps, boxes to tick."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from kb.export.document import (
    PICTURE_TYPES,
    Block,
    Column,
    Entries,
    Figure,
    Mark,
    Paragraph,
    Section,
    Table,
    Tone,
)

Picture = Callable[[str], tuple[bytes, str] | None]
"""Gives bytes and media type of a picture by the name a page calls it; None where there is none that can be shown."""

ACCEPTANCE = "验收"
DEEPEST = 3
_HEADING = re.compile(r"^(#{1,6}) +(.*?)(?: +#+)? *$")
_FENCE = re.compile(r"^ *(`{3,}|~{3,})")
_IMAGE = re.compile(r"^!\[([^\]]*)\]\(\s*<?([^)\s>]+)>?[^)]*\) *$")
_BULLET = re.compile(r"^( *)[-*+] +(?:\[[ xX]\] +)?(.*)$")
_BOXED = re.compile(r"^ *[-*+] +\[[ xX]\] ")
_NUMBERED = re.compile(r"^ *\d+[.)] +(.*)$")
_RULE = re.compile(r"^\|?[ :|-]*-[ :|-]*$")
_CELLS = re.compile(r"(?<!\\)\|")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_CODE = re.compile(r"(`+) ?(.+?) ?\1")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!|<>~-])")


@dataclass(slots=True)
class _Open:
    """What has been read since the last heading."""

    title: str
    level: int
    blocks: list[Block] = field(default_factory=list)


def body_sections(
    body: str, *, level: int, picture: Picture
) -> tuple[tuple[Block, ...], tuple[Section, ...]]:
    """Return what stands before the first heading of a body, and its sections.

    Args:
        body: The Markdown below the front matter.
        level: Level of the highest heading, 1 to 3; lower headings follow below it, at most at level 3.
        picture: Finds a picture; one that is not found leaves its text and name.
    """
    top = min((len(m[1]) for line in _outside_code(body) if (m := _HEADING.match(line))), default=1)
    parts = [_Open("", 0)]
    lines = body.split("\n")
    at = 0
    while at < len(lines):
        heading = _HEADING.match(lines[at])
        if heading:
            depth = min(level + len(heading[1]) - top, DEEPEST)
            parts.append(_Open(plain(heading[2]), depth))
            at += 1
            continue
        at = _block(lines, at, parts[-1], picture)
    sections = tuple(
        Section(title=part.title, blocks=tuple(part.blocks), level=max(part.level, 1)) for part in parts[1:]
    )
    return tuple(parts[0].blocks), sections


def plain(text: str) -> str:
    """Return a line of Markdown as it reads: without the marks for links, bold, code, and without escapes."""
    text = _CODE.sub(lambda m: m[2], text)
    text = _LINK.sub(lambda m: m[1], text)
    text = _STRONG.sub(lambda m: m[2], text)
    return _ESCAPE.sub(lambda m: m[1], text).strip()


def _outside_code(body: str) -> Iterable[str]:
    fence = ""
    for line in body.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence):
                fence = ""
        elif mark:
            fence = mark[1]
        else:
            yield line


def _block(lines: list[str], at: int, part: _Open, picture: Picture) -> int:
    """Read one block that begins at line `at`; return the line after it."""
    line = lines[at]
    if not line.strip():
        return at + 1
    if mark := _FENCE.match(line):
        end = at + 1
        while end < len(lines) and not lines[end].strip().startswith(mark[1]):
            end += 1
        part.blocks.append(Paragraph(text="\n".join(lines[at + 1 : end]), tone=Tone.CODE))
        return end + 1
    if image := _IMAGE.match(line.strip()):
        part.blocks.append(_figure(image[1], image[2], picture))
        return at + 1
    if line.lstrip().startswith("|") and at + 1 < len(lines) and _RULE.match(lines[at + 1].strip()):
        return _table(lines, at, part)
    if _BULLET.match(line) or _NUMBERED.match(line):
        return _list(lines, at, part)
    if line.startswith(">"):
        end = at
        while end < len(lines) and lines[end].startswith(">"):
            end += 1
        text = "\n".join(plain(one.lstrip("> ")) for one in lines[at:end])
        part.blocks.append(Paragraph(text=text, tone=Tone.NOTICE))
        return end
    part.blocks.append(Paragraph(text=plain(line)))
    return at + 1


def _list(lines: list[str], at: int, part: _Open) -> int:
    numbered = _BULLET.match(lines[at]) is None
    boxed = part.title == ACCEPTANCE or _BOXED.match(lines[at]) is not None
    texts: list[str] = []
    while at < len(lines):
        line = lines[at]
        match = _NUMBERED.match(line) if numbered else _BULLET.match(line)
        if match:
            deep = not numbered and len(match[1]) >= 2
            text = plain(match[match.re.groups])
            if deep and texts:
                texts[-1] += f"\n– {text}"
            else:
                texts.append(text)
        elif texts and line.startswith("  ") and line.strip():
            inner = _BULLET.match(line)
            texts[-1] += f"\n– {plain(inner[2])}" if inner else f"\n{plain(line)}"
        else:
            break
        at += 1
    mark = Mark.NUMBER if numbered else Mark.BOX if boxed else Mark.BULLET
    part.blocks.append(Entries(texts=tuple(texts), mark=mark))
    return at


def _table(lines: list[str], at: int, part: _Open) -> int:
    heads = _cells(lines[at])
    rows: list[tuple[str, ...]] = []
    end = at + 2
    while end < len(lines) and lines[end].lstrip().startswith("|"):
        cells = _cells(lines[end])[: len(heads)]
        rows.append((*cells, *([""] * (len(heads) - len(cells)))))
        end += 1
    widths = [max([len(head), *(len(row[n]) for row in rows), 1]) for n, head in enumerate(heads)]
    columns = tuple(
        Column(title=head, weight=min(max(width, 4), 30)) for head, width in zip(heads, widths, strict=True)
    )
    part.blocks.append(Table(columns=columns, rows=tuple(rows)))
    return end


def _cells(line: str) -> list[str]:
    return [plain(cell) for cell in _CELLS.split(line.strip().removeprefix("|").removesuffix("|"))]


def _figure(alt: str, name: str, picture: Picture) -> Block:
    found = picture(name)
    if found is None or found[1] not in PICTURE_TYPES:
        return Paragraph(text=f"［图：{alt or name}（{name}）］", tone=Tone.REMARK)
    return Figure(content=found[0], media_type=found[1], alt=alt or name, caption=alt)
