"""The HTML that a word processor's file becomes, as lines of Markdown by section: headings, lists, tables, pictures."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_SPECIAL = re.compile(r"([\\`*\[\]])")
_LEADING = re.compile(r"^(#{1,6} |[-+>] |\d+[.)] |\||```|~~~|---)")
_BLANKS = re.compile(r"[ \t\r\n\u00a0]+")
HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset({"p", *HEADINGS, "li", "td", "th", "dt", "dd", "div"})
_MARKS = {"strong": "**", "b": "**"}


@dataclass(slots=True)
class Line:
    """One block of the text.

    Args:
        kind: `heading`, `text`, `item`, `table`.
        level: Of a heading 1 to 6; of an item its depth from 0.
        text: Markdown; of a table all its rows.
        plain: The text without marks, of headings and text.
        pictures: Numbers of the pictures in it.
        bold: Whether all of it is bold, as a heading that was made by hand.
    """

    kind: str
    level: int
    text: str
    plain: str
    pictures: list[int] = field(default_factory=list)
    bold: bool = False


def escaped(text: str) -> str:
    """Return plain text as Markdown that reads as typed."""
    text = _SPECIAL.sub(r"\\\1", text)
    return _LEADING.sub(lambda m: "\\" + m[0], text)


def lines_of(html: str) -> list[Line]:
    """Return the blocks of the HTML in their order; pictures are `sb-picture:N` in `src`."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.finished()


class _Reader(HTMLParser):
    """Gathers blocks; knows only what the converter writes, and takes the text of anything else."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[Line] = []
        self._parts: list[str] = []
        self._plain: list[str] = []
        self._bold_parts: list[str] = []
        self._pictures: list[int] = []
        self._bold = 0
        self._lists: list[list[object]] = []
        self._tables: list[list[list[str]]] = []
        self._spans: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in ("ul", "ol"):
            self._flush("item" if self._lists else "text", max(len(self._lists) - 1, 0))
            self._lists.append([tag, 0])
        elif tag == "li":
            self._flush("text")
            if self._lists:
                self._lists[-1][1] = int(str(self._lists[-1][1])) + 1
        elif tag == "table":
            self._flush("text")
            self._tables.append([])
        elif tag == "tr" and self._tables:
            self._tables[-1].append([])
        elif tag in ("td", "th") and self._tables:
            span = values.get("colspan") or "1"
            self._spans.append(min(int(span), 50) if span.isdigit() else 1)
            self._parts, self._plain = [], []
        elif tag in _MARKS:
            self._bold += 1
        elif tag == "br":
            self._parts.append("\n")
            self._plain.append("\n")
        elif tag == "img":
            self._picture(values)
        elif tag in _BLOCKS and not self._tables and not (tag == "p" and self._lists):
            self._flush("text")

    def _picture(self, values: dict[str, str | None]) -> None:
        name = (values.get("src") or "").removeprefix("sb-picture:")
        if name.isdigit():
            self._pictures.append(int(name))
            self._parts.append(f"\n\u0000{name}\u0000\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _MARKS:
            self._bold = max(self._bold - 1, 0)
        elif tag in ("td", "th") and self._tables and self._spans:
            text = _BLANKS.sub(" ", "".join(self._parts).replace("\n", " ")).strip()
            row = self._tables[-1][-1] if self._tables[-1] else None
            if row is not None:
                row += [text.replace("|", "\\|"), *([""] * (self._spans.pop() - 1))]
            self._parts, self._plain = [], []
        elif tag == "table" and self._tables:
            rows = self._tables.pop()
            if self._tables:  # a table within a cell: its text stays in the cell
                self._parts.append(" ".join(cell for row in rows for cell in row))
            else:
                self._table(rows)
        elif self._tables:
            if tag == "p":
                self._parts.append(" ")
        elif tag in HEADINGS:
            self._flush("heading", HEADINGS[tag])
        elif tag == "li":
            self._flush("item", max(len(self._lists) - 1, 0))
        elif tag in ("ul", "ol"):
            if self._lists:
                self._lists.pop()
        elif tag in _BLOCKS and not self._lists:
            self._flush("text")

    def handle_data(self, data: str) -> None:
        text = _BLANKS.sub(" ", data)
        if not text:
            return
        if self._bold and not self._tables:
            self._bold_parts.append(text)
        self._parts.append(_SPECIAL.sub(r"\\\1", text))
        self._plain.append(text)

    def _flush(self, kind: str, level: int = 0) -> None:
        if self._tables:
            return
        plain = "".join(self._plain).strip()
        text = "".join(self._parts).strip()
        bold = bool(plain) and "".join(self._bold_parts).strip() == plain
        pictures = self._pictures
        self._parts, self._plain, self._bold_parts, self._pictures = [], [], [], []
        if not text:
            return
        if kind == "item" and self._lists:
            name, count = self._lists[-1]
            mark = f"{count}. " if name == "ol" else "- "
            text = "  " * level + mark + text.replace("\n", "\n" + "  " * (level + 1))
        elif kind == "text":
            text = "\n".join(_LEADING.sub(lambda m: "\\" + m[0], line.strip()) for line in text.split("\n"))
        self.lines.append(Line(kind=kind, level=level, text=text, plain=plain, pictures=pictures, bold=bold))

    def _table(self, rows: list[list[str]]) -> None:
        width = max((len(row) for row in rows), default=0)
        filled = [row + [""] * (width - len(row)) for row in rows if any(row)]
        pictures, self._pictures = self._pictures, []
        self._parts, self._plain = [], []
        if not filled:
            return
        # Pictures of a table stand below it: a cell of Markdown holds one line of text.
        strip = re.compile("\u0000\\d+\u0000")
        head, *rest = [[strip.sub("", cell).strip() for cell in row] for row in filled]
        text = "\n".join(
            [
                "| " + " | ".join(head) + " |",
                "| " + " | ".join(["---"] * width) + " |",
                *("| " + " | ".join(row) + " |" for row in rest),
            ]
        )
        text += "".join(f"\n\n\u0000{number}\u0000" for number in pictures)
        self.lines.append(Line(kind="table", level=0, text=text, plain="", pictures=pictures))

    def finished(self) -> list[Line]:
        """Return the blocks, the last of them closed."""
        while self._tables:
            self._table(self._tables.pop())
        self._flush("text")
        return self.lines
