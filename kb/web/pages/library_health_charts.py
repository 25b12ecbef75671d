"""The pictures of the library's health: where each field, bar and word stands in an SVG that a phone shows whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from kb.i18n import Language, translator
from kb.usecases.library_health import AGES, ANY_CONTROL, COVERED, Health, Rows
from kb.usecases.library_health_figures import row_label
from kb.usecases.search import VALUE_NAMES

LABEL_WIDTH, CELL, HEAD = 82, 22, 16
"""A phone of 390 px shows thirteen fields of 22 units beside their row's name at about one unit a pixel."""
STEPS = (1, 3, 6, 12)
"""Pages from which a field is one step darker."""
LONGEST_LABEL = 14
BAR_WIDTH, BAR_HEIGHT, BAR_GAP = 210, 20, 8
CONFIDENCES = ("validated", "not_validated", "wip", "archived")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the map."""

    x: int
    y: int
    count: int
    step: int
    href: str
    title: str


@dataclass(frozen=True, slots=True)
class Label:
    """A word beside or above the fields."""

    x: int
    y: int
    text: str
    title: str
    href: str


@dataclass(frozen=True, slots=True)
class HeatMap:
    """The map: controls down, subsystems across."""

    width: int
    height: int
    cell: int
    columns: tuple[Label, ...]
    rows: tuple[Label, ...]
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar with its name on the left and its count behind it; `parts` are its stretches by kind."""

    y: int
    label: str
    count: int
    href: str
    parts: tuple[tuple[int, int, str], ...]

    @property
    def end(self) -> int:
        """Where it ends, and its count may stand."""
        return self.parts[-1][0] + self.parts[-1][1] if self.parts else LABEL_WIDTH


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart of bars."""

    width: int
    height: int
    bars: tuple[Bar, ...]


def heat_map(health: Health, *, by: Rows, kind: str, language: Language) -> HeatMap:
    """Return the map of pages by control and subsystem; every field leads to the pages it counts.

    Args:
        health: The health of the library.
        by: Kind of its rows.
        kind: Only pages of this type; empty counts all that cover a fault.
        language: Of its words.
    """
    vocabularies = health.library.vocabularies
    subsystems = list(vocabularies.lists.get("subsystems", {}))
    counts = health.figures.coverage[by]
    kinds = [kind] if kind else list(COVERED)
    rows, fields = [], []
    for line, row in enumerate(health.figures.rows[by]):
        y = HEAD + line * CELL
        name = row_label(health, by, row, language)
        href = _address(by, row, "", kind)
        rows.append(Label(LABEL_WIDTH - 4, y + CELL // 2 + 4, _short(name), name, href))
        for place, subsystem in enumerate(subsystems):
            count = sum(counts.get((row, subsystem), {}).get(one, 0) for one in kinds)
            title = f"{name} · {vocabularies.label('subsystems', subsystem, language)}: {count}"
            fields.append(
                Field(
                    x=LABEL_WIDTH + place * CELL,
                    y=y,
                    count=count,
                    step=sum(count >= step for step in STEPS),
                    href=_address(by, row, subsystem, kind),
                    title=title,
                )
            )
    columns = tuple(
        Label(
            x=LABEL_WIDTH + place * CELL + CELL // 2,
            y=HEAD - 5,
            text=subsystem,
            title=vocabularies.label("subsystems", subsystem, language),
            href="/library-health/coverage?" + urlencode({"subsystem": subsystem, "kind": kind}),
        )
        for place, subsystem in enumerate(subsystems)
    )
    return HeatMap(
        width=LABEL_WIDTH + len(subsystems) * CELL + 1,
        height=HEAD + len(rows) * CELL + 1,
        cell=CELL,
        columns=columns,
        rows=tuple(rows),
        fields=tuple(fields),
    )


def _address(by: Rows, row: str, subsystem: str, kind: str) -> str:
    """Return where the pages of a field are listed: by the search, which narrows further, where it knows the row."""
    if row == ANY_CONTROL or not kind:
        chosen = {"by": by, "row": row, "subsystem": subsystem, "kind": kind}
        return "/library-health/coverage?" + urlencode(
            {name: value for name, value in chosen.items() if value}
        )
    chosen = {"type": kind, by: row, "subsystem": subsystem}
    return "/search?" + urlencode({name: value for name, value in chosen.items() if value})


def _short(name: str) -> str:
    width = 0
    for place, sign in enumerate(name):
        width += 1 if sign.isascii() else 2
        if width > LONGEST_LABEL:
            return name[:place].rstrip() + "…"
    return name


def age_bars(health: Health, language: Language) -> Bars:
    """Return how many pages were reviewed how long ago."""
    say = translator(language)
    rows = [
        (
            say("over {months} months").format(months=name.rstrip("-"))
            if name.endswith("-")
            else say("{months} months").format(months=name),
            "/library-health/ages?" + urlencode({"age": name}),
            {"age": health.figures.ages[name]},
        )
        for name, _ in AGES
    ]
    return _bars(rows, ["age"])


def confidence_bars(health: Health, language: Language) -> Bars:
    """Return how sure the department is of the pages of each type."""
    say = translator(language)
    rows = [
        (say(VALUE_NAMES[kind]), "/library-health/confidence?" + urlencode({"kind": kind}), counts)
        for kind, counts in health.figures.confidence.items()
    ]
    return _bars(rows, CONFIDENCES)


def _bars(rows: Sequence[tuple[str, str, Mapping[str, int]]], kinds: Sequence[str]) -> Bars:
    most = max((sum(counts.values()) for _, _, counts in rows), default=0) or 1
    bars = []
    for line, (label, href, counts) in enumerate(rows):
        start, seen, parts = LABEL_WIDTH, 0, []
        for kind in kinds:
            if not counts.get(kind):
                continue
            seen += counts[kind]
            end = LABEL_WIDTH + max(round(BAR_WIDTH * seen / most), start - LABEL_WIDTH + 1)
            parts.append((start, end - start, kind))
            start = end
        y = line * (BAR_HEIGHT + BAR_GAP)
        bars.append(Bar(y, label, sum(counts.values()), href, tuple(parts)))
    return Bars(LABEL_WIDTH + BAR_WIDTH + 50, len(bars) * (BAR_HEIGHT + BAR_GAP), tuple(bars))
