"""A deck as a page of HTML: every slide readable without a script, played with ours.

The page knows no address of elsewhere. As one file it carries style, script and pictures in itself and forbids itself
everything else; in the service and in a package the same page names files beside it.
"""

import base64
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from kb.courseware.deck import Column, Deck, Grid, Layout, Line, Run, Slide, SourceNote

PLAYER = Path(__file__).with_name("player")
"""Folder of the styles and scripts."""
Words = Callable[[str], str]
FigureBytes = Callable[[str], tuple[str, bytes]]
"""Gives media type and bytes of a picture of the content folder, by its path."""
_SIGN = (
    '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 2 23 21H1z" fill="#ffc400" stroke="#1b2733" '
    'stroke-width="1.6" stroke-linejoin="round"/><path d="M12 9v6M12 17.2v1.6" stroke="#1b2733" stroke-width="2.2"/></svg>'
)
_ICONS = {
    "previous": "M15 5l-7 7 7 7",
    "next": "M9 5l7 7-7 7",
    "overview": "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h6v6h-6z",
    "fullscreen": "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
    "present": "M3 4h18v11H3zM12 15v5M8 20h8",
    "print": "M7 9V3h10v6M7 17H4v-7h16v7h-3M7 14h10v7H7z",
    "notes": "M5 3h14v18H5zM8 8h8M8 12h8M8 16h5",
    "help": "M9 9a3 3 0 1 1 4 2.8c-.8.4-1 1-1 2.2M12 18v.5",
}
_BUTTONS = (
    ("previous", "Previous slide", False),
    ("next", "Next slide", False),
    ("overview", "All slides", False),
    ("fullscreen", "Full screen", False),
    ("present", "Speaker's window", True),
    ("print", "Print slides", True),
    ("notes", "Print with notes", True),
    ("help", "Keys", True),
)
_KEYS = (
    ("→ · PgDn · Space", "Next slide"),
    ("← · PgUp", "Previous slide"),
    ("1 2 Enter", "Go to slide 12"),
    ("O · Esc", "All slides"),
    ("F", "Full screen"),
    ("S", "Speaker's window"),
    ("B · .", "Black screen"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands on the screen at once: a slide, and for a question the lines of its answer."""

    slide: Slide
    answer: tuple[Line, ...] = ()
    answer_title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a page is made of beside its slides.

    Args:
        styles, scripts: Names of files of `PLAYER`, in their order.
        address: Where such a file stands; None writes it into the page.
        page_address: Where a page of the library is read; None names its id only.
        back: Where the button that leaves the slides leads; empty leaves it out.
        icon: The picture of its tab; a page without one asks for it.
        asks: Whether a button leads to questions, which stand in `more`.
        more: HTML that stands after the slides.
    """

    styles: tuple[str, ...] = ("slides.css",)
    scripts: tuple[str, ...] = ("slides.js",)
    address: Callable[[str], str] | None = None
    page_address: Callable[[str], str] | None = None
    back: str = ""
    icon: str = "data:,"
    asks: bool = False
    more: str = ""


def frames_of(deck: Deck) -> tuple[Frame, ...]:
    """Return what stands on the screen: a question and its answer are one, the answer hidden at first."""
    frames: list[Frame] = []
    for slide in deck.slides:
        if slide.layout is Layout.ANSWER and frames and frames[-1].slide.layout is Layout.QUESTION:
            last = frames[-1]
            frames[-1] = Frame(
                slide=last.slide,
                answer=(*last.answer, *slide.lines),
                answer_title=last.answer_title or slide.title,
            )
        else:
            frames.append(Frame(slide=slide))
    return tuple(frames)


def player_file(name: str) -> str:
    """Return the text of a file of the player."""
    return (PLAYER / name).read_text(encoding="utf-8")


def slides_html(deck: Deck, *, figure: FigureBytes, words: Words, parts: Parts) -> str:
    """Return the page.

    Args:
        deck: What it shows.
        figure: Where pictures come from.
        words: Translates what the page says of itself.
        parts: What else it is made of.
    """
    frames = frames_of(deck)
    shown = "\n".join(
        _frame(deck, frame, number, figure, words, parts.page_address)
        for number, frame in enumerate(frames, 1)
    )
    language = "zh-CN" if deck.language == "zh" else "en"
    return f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
{_policy(parts)}<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="{escape(parts.icon)}">
<title>{escape(deck.title)}</title>
{_styles(parts)}
</head>
<body data-deck="{escape(deck.id)}">
<main class="deck" aria-label="{escape(deck.title)}">
{shown}
</main>
{parts.more}{_bar(words, len(frames), parts)}
{_desk(words)}
<p class="live" role="status" aria-live="polite"></p>
<p class="told" role="alert" data-blocked="{escape(words("The browser has blocked the window; allow windows for this page."))}"></p>
{_scripts(parts)}
</body>
</html>
"""


def _policy(parts: Parts) -> str:
    """Return what the file allows itself; the service says it in a header, a package leaves it to its platform."""
    if parts.address is not None:
        return ""
    digests = " ".join(
        "'sha256-"
        + base64.b64encode(hashlib.sha256(f"\n{player_file(name)}".encode()).digest()).decode()
        + "'"
        for name in parts.scripts
    )
    rules = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {digests}"
    return f'<meta http-equiv="Content-Security-Policy" content="{rules}">\n'


def _styles(parts: Parts) -> str:
    if parts.address is None:
        return "".join(f"<style>\n{player_file(name)}</style>" for name in parts.styles)
    return "\n".join(f'<link rel="stylesheet" href="{escape(parts.address(name))}">' for name in parts.styles)


def _scripts(parts: Parts) -> str:
    if parts.address is None:
        return "\n".join(f"<script>\n{player_file(name)}</script>" for name in parts.scripts)
    return "\n".join(f'<script src="{escape(parts.address(name))}"></script>' for name in parts.scripts)


def _frame(
    deck: Deck,
    frame: Frame,
    number: int,
    figure: FigureBytes,
    words: Words,
    page_address: Callable[[str], str] | None,
) -> str:
    slide = frame.slide
    level = "h1" if slide.layout is Layout.TITLE else "h2"
    title = f"<{level}>{escape(slide.title)}</{level}>"
    notes = f'<aside class="notes">{escape(slide.notes)}</aside>' if slide.notes else ""
    return (
        f'<div class="frame" id="slide-{number}">\n<section class="slide {slide.layout.value}">{title}'
        f"{_content(frame, figure, words)}{_foot(deck, slide, number, page_address)}</section>{notes}\n</div>"
    )


def _content(frame: Frame, figure: FigureBytes, words: Words) -> str:
    slide = frame.slide
    if slide.layout is Layout.HAZARD:
        return _boxes(slide.lines, words("Warning"))
    if slide.columns:
        return f'<div class="columns">{"".join(_column(one) for one in slide.columns)}</div>'
    if slide.picture is not None:
        kind, content = figure(slide.picture.file)
        source = f"data:{kind};base64,{base64.b64encode(content).decode()}"
        caption = slide.picture.caption or slide.picture.alt
        return (
            f'<figure class="figure"><div class="wide"><img src="{source}" alt="{escape(slide.picture.alt)}"></div>'
            f"<figcaption>{escape(caption)}</figcaption></figure>"
        )
    if slide.grid is not None:
        return _table(slide.grid)
    plain = slide.layout in {Layout.TITLE, Layout.SECTION}
    lines = _lines(slide.lines, plain=plain) if slide.lines else ""
    if frame.answer:
        button = f'<button type="button" class="reveal">{escape(words("Show the answer"))}</button>'
        heading = f"<h3>{escape(words('Answer'))}</h3>"
        return f'{lines}{button}<div class="answer">{heading}{_lines(frame.answer)}</div>'
    return lines


def _lines(lines: Iterable[Line], *, plain: bool = False) -> str:
    return f'<ul class="lines" role="list">{"".join(_line(line, plain=plain) for line in lines)}</ul>'


def _line(line: Line, *, plain: bool) -> str:
    level = f"l{min(line.level, 4)}"
    if plain:
        return f'<li class="plain {level}"><span>{_runs(line.runs)}</span></li>'
    mark = (
        "•" if line.number is None and line.level == 0 else "–" if line.number is None else f"{line.number}."
    )
    return f'<li class="{level}"><span class="mark" aria-hidden="true">{mark}</span><span>{_runs(line.runs)}</span></li>'


def _runs(runs: Iterable[Run]) -> str:
    return "".join(_run(run) for run in runs)


def _run(run: Run) -> str:
    text = escape(run.text)
    text = f"<code>{text}</code>" if run.code else text
    return f"<strong>{text}</strong>" if run.bold else text


def _boxes(lines: Sequence[Line], lesser: str) -> str:
    """Return hazards in boxes: one for each with what to do below it, one for all where nothing is nested.

    Args:
        lines: Of the slide; the signal word is the first run of a hazard.
        lesser: The signal word of a warning, whose box has another colour than a danger's.
    """
    if not any(line.level for line in lines):
        return f'<div class="box" role="note">{_SIGN}{_lines(lines)}</div>'
    groups: list[list[Line]] = []
    for line in lines:
        if line.level == 0 or not groups:
            groups.append([])
        groups[-1].append(line)
    return "".join(
        f'<div class="box{" warning" if group[0].runs[0].text.strip() == lesser else ""}" role="note">{_SIGN}'
        f"{_lines(group, plain=True)}</div>"
        for group in groups
    )


def _column(column: Column) -> str:
    heading = f"<h3>{escape(column.title)}</h3>" if column.title else ""
    return f"<div>{heading}{_lines(column.lines) if column.lines else ''}</div>"


def _table(grid: Grid) -> str:
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in grid.head)
    rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in grid.rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _foot(deck: Deck, slide: Slide, number: int, page_address: Callable[[str], str] | None) -> str:
    def source(note: SourceNote) -> str:
        name = escape(str(note))
        return f'<a href="{escape(page_address(note.id))}">{name}</a>' if page_address else name

    sources = ", ".join(source(note) for note in slide.sources)
    text = f"{escape(deck.id)} r{deck.revision}" + (f" ← {sources}" if sources else "")
    return f'<p class="foot"><span>{text}</span><span>{number}</span></p>'


def _button(name: str, label: str, *, only_wide: bool) -> str:
    narrow = ' class="only-wide"' if only_wide else ""
    return f'<button type="button"{narrow} data-do="{name}" aria-label="{label}" title="{label}">{_icon(name)}</button>'


def _icon(name: str) -> str:
    return f'<svg viewBox="0 0 24 24" aria-hidden="true"><path d="{_ICONS[name]}"/></svg>'


def _bar(words: Words, count: int, parts: Parts) -> str:
    made = {name: _button(name, escape(words(label)), only_wide=wide) for name, label, wide in _BUTTONS}
    leave = (
        f'<a href="{escape(parts.back)}" aria-label="{escape(words("Leave the slides"))}">✕</a>'
        if parts.back
        else ""
    )
    asks = (
        f'<button type="button" class="ask" data-do="ask">{escape(words("Questions"))}</button>'
        if parts.asks
        else ""
    )
    keys = "".join(f"<dt>{escape(keys)}</dt><dd>{escape(words(label))}</dd>" for keys, label in _KEYS)
    others = "".join(made[name] for name, _, _ in _BUTTONS[2:])
    return (
        f'<nav class="bar" aria-label="{escape(words("Slides"))}"><span class="progress"><i></i></span>'
        f'{made["previous"]}<span class="count">1 / {count}</span>{made["next"]}'
        f'<span class="space"></span>{asks}{others}{leave}</nav>\n'
        f'<div class="help"><dl>{keys}</dl></div>'
    )


def _desk(words: Words) -> str:
    def button(name: str, label: str) -> str:
        return f'<button type="button" data-do="{name}">{escape(words(label))}</button>'

    buttons = (
        button("previous", "Previous slide"),
        button("next", "Next slide"),
        button("black", "Black screen"),
        button("reset", "Clock to zero"),
    )
    return (
        '<div class="desk"><p class="clock"><span class="where"></span><span class="time"></span>'
        f'<span class="elapsed"></span></p><div class="row">{"".join(buttons)}</div><div class="said"></div></div>'
    )
