"""What an edit changes, line by line and word by word: in Chinese a word is a character, in English a word."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Side = Literal["same", "gone", "new"]
_WORD = re.compile(r"[A-Za-z0-9_]+(?:[.-][A-Za-z0-9_]+)*|\s+|.", re.DOTALL)
AROUND = 2
"""Unchanged lines that are shown before and after a change, so that a reader knows where it is."""
ALIKE = 0.35
"""Two lines that share less than this are another line, not a changed one: mixing their words would not be read."""
MOST_LINES = 4_000
MOST_WORDS = 2_000
"""Texts beyond these are compared more coarsely: comparing costs the product of both lengths."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A piece of a line that stays, goes, or comes."""

    side: Side
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a comparison.

    Args:
        side: Whether it stays, goes, comes, or holds words that do (`changed`); `gap` stands for lines left out.
        before: Its number in the text before, 0 where it was not there.
        after: Its number in the text after, 0 where it is not there.
        spans: Its pieces; none for a gap.
        skipped: How many lines a gap stands for.
    """

    side: Literal["same", "gone", "new", "changed", "gap"]
    before: int = 0
    after: int = 0
    spans: tuple[Span, ...] = ()
    skipped: int = 0

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        spans = [{"side": span.side, "text": span.text} for span in self.spans]
        row: dict[str, object] = {
            "side": self.side,
            "before": self.before,
            "after": self.after,
            "spans": spans,
        }
        return {**row, "skipped": self.skipped} if self.side == "gap" else row


def difference(before: str, after: str) -> tuple[Line, ...]:
    """Return how one text becomes another; none where they are the same, whatever their line ends."""
    old, new = _lines(before), _lines(after)
    if old == new:
        return ()
    lines: list[Line] = []
    for what, a, a_end, b, b_end in _steps(old, new):
        if what == "equal":
            lines += [
                Line(
                    side="same",
                    before=a + n + 1,
                    after=b + n + 1,
                    spans=(Span(side="same", text=old[a + n]),),
                )
                for n in range(a_end - a)
            ]
        else:
            lines += _replaced(old[a:a_end], new[b:b_end], a, b)
    return _shortened(lines)


def changed_words(before: str, after: str) -> tuple[Span, ...]:
    """Return how one line becomes another, word by word."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    if len(old) > MOST_WORDS or len(new) > MOST_WORDS:
        return tuple(
            span for span in (Span(side="gone", text=before), Span(side="new", text=after)) if span.text
        )
    spans: list[Span] = []
    for what, a, a_end, b, b_end in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if what == "equal":
            spans.append(Span(side="same", text="".join(old[a:a_end])))
            continue
        if a < a_end:
            spans.append(Span(side="gone", text="".join(old[a:a_end])))
        if b < b_end:
            spans.append(Span(side="new", text="".join(new[b:b_end])))
    return tuple(spans)


def _lines(text: str) -> list[str]:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").rstrip("\n").split("\n")


def _steps(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    head = next(
        (n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
    )
    most = min(len(old), len(new)) - head
    tail = next((n for n in range(most) if old[-1 - n] != new[-1 - n]), most)
    inner_old, inner_new = old[head : len(old) - tail], new[head : len(new) - tail]
    steps = [("equal", 0, head, 0, head)] if head else []
    if len(inner_old) > MOST_LINES or len(inner_new) > MOST_LINES:
        steps.append(("replace", head, len(old) - tail, head, len(new) - tail))
    else:
        matcher = SequenceMatcher(a=inner_old, b=inner_new, autojunk=False)
        steps += [
            (what, a + head, a_end + head, b + head, b_end + head)
            for what, a, a_end, b, b_end in matcher.get_opcodes()
        ]
    if tail:
        steps.append(("equal", len(old) - tail, len(old), len(new) - tail, len(new)))
    return steps


def _replaced(old: Sequence[str], new: Sequence[str], a: int, b: int) -> list[Line]:
    """Return lines that became others: in pairs as long as they are alike, the rest gone and new."""
    out: list[Line] = []
    for number in range(max(len(old), len(new))):
        one = old[number] if number < len(old) else None
        other = new[number] if number < len(new) else None
        before, after = a + number + 1, b + number + 1
        if one is not None and other is not None:
            spans = changed_words(one, other)
            same = sum(len(span.text.strip()) for span in spans if span.side == "same")
            if 2 * same >= ALIKE * (len(one.strip()) + len(other.strip())) and same:
                out.append(Line(side="changed", before=before, after=after, spans=spans))
                continue
        if one is not None:
            out.append(Line(side="gone", before=before, spans=(Span(side="gone", text=one),)))
        if other is not None:
            out.append(Line(side="new", after=after, spans=(Span(side="new", text=other),)))
    return out


def _shortened(lines: list[Line]) -> tuple[Line, ...]:
    """Return the lines near a change, with gaps where others were left out."""
    marks = [n for n, line in enumerate(lines) if line.side != "same"]
    kept = {n for mark in marks for n in range(mark - AROUND, mark + AROUND + 1)}
    out: list[Line] = []
    skipped = 0
    for number, line in enumerate(lines):
        if number not in kept:
            skipped += 1
            continue
        if skipped:
            out.append(Line(side="gap", skipped=skipped))
            skipped = 0
        out.append(line)
    if skipped:
        out.append(Line(side="gap", skipped=skipped))
    return tuple(out)
