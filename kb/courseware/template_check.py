"""Does a department's template carry our slides? What it lacks, and what will look worse than it could.

Rules go by a neutral shape of the template, so that a file of strangers is opened elsewhere, in a process of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kb.courseware.template import DESIGNS, HEIGHT_MM, WIDTH_MM, Place, layout_key

EMU_PER_MM = 36_000
_LEAST_HEIGHT = 0.7
"""Of a placeholder against ours: with less, six lines of text at 20 pt do not fit."""
_LEAST_WIDTH = 0.7
_FITS: Mapping[str, frozenset[str]] = {
    "title": frozenset({"title", "center_title"}),
    "ctrTitle": frozenset({"title", "center_title"}),
    "subTitle": frozenset({"subtitle", "body", "object"}),
    "body": frozenset({"body", "object", "subtitle"}),
    "pic": frozenset({"picture"}),
    "tbl": frozenset({"table"}),
}
"""Kinds of placeholders that take what ours take; a picture or a table needs one of its own kind."""
WORDS: Mapping[str, str] = {
    "title": "title placeholder",
    "ctrTitle": "title placeholder",
    "subTitle": "subtitle placeholder",
    "body": "text placeholder",
    "pic": "picture placeholder",
    "tbl": "table placeholder",
}
"""What each of our placeholders is called; message ids."""
Words = Callable[[str], str]


def _same(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A sentence on a template, to be said in any language.

    Args:
        message: A message id with `{places}`.
        values: What fills them.
        kinds: Placeholders that fill `{needs}`: kind and index.
    """

    message: str
    values: Mapping[str, object]
    kinds: tuple[tuple[str, int], ...] = ()

    def text(self, words: Words = _same) -> str:
        """Return the sentence; `words` translates."""
        needs = ", ".join(f"{words(WORDS[kind])} {index}" for kind, index in self.kinds)
        return words(self.message).format(**{**self.values, "needs": needs})


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceShape:
    """A placeholder of a template: its index, its kind, its box in millimetres (left, top, width, height)."""

    index: int
    kind: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutShape:
    """A layout of a template."""

    name: str
    places: tuple[PlaceShape, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateShape:
    """What a template offers.

    Args:
        width_mm, height_mm: Of its slides.
        layouts: Of its first master.
        fonts: Of body text in its theme, by script (`latin`, `ea`); empty where none is named.
    """

    width_mm: float
    height_mm: float
    layouts: tuple[LayoutShape, ...]
    fonts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateReport:
    """What a template lacks, what would look better otherwise, and which layouts it has."""

    lacks: tuple[Remark, ...]
    hints: tuple[Remark, ...]
    layouts: tuple[str, ...]

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            "fits": not self.lacks,
            "layouts": list(self.layouts),
            "lacks": [one.text() for one in self.lacks],
            "hints": [one.text() for one in self.hints],
        }


def shape_from(value: Mapping[str, Any]) -> TemplateShape:
    """Return the shape that `kb.imports.presentation` has read."""
    return TemplateShape(
        width_mm=value["width"] / EMU_PER_MM,
        height_mm=value["height"] / EMU_PER_MM,
        layouts=tuple(
            LayoutShape(
                name=one["name"],
                places=tuple(
                    PlaceShape(index=place["index"], kind=place["kind"], box=_box(place["box"]))
                    for place in one["places"]
                ),
            )
            for one in value["layouts"]
        ),
        fonts=value["fonts"],
    )


def template_report(shape: TemplateShape) -> TemplateReport:
    """Return what a template lacks to carry our slides, and hints."""
    lacks: list[Remark] = []
    hints: list[Remark] = []
    names = [layout_key(layout.name) for layout in shape.layouts]
    by_name = dict(zip(names, shape.layouts, strict=True))
    for design in DESIGNS.values():
        layout = by_name.get(layout_key(design.name))
        if layout is None:
            kinds = tuple((place.kind, place.index) for place in design.places)
            lacks.append(Remark(message=NO_LAYOUT, values={"layout": design.name}, kinds=kinds))
            continue
        if names.count(layout_key(design.name)) > 1:
            hints.append(Remark(message=TWICE, values={"layout": design.name}))
        for place in design.places:
            _compare(design.name, place, layout, shape, lacks, hints)
    ratio = shape.width_mm / shape.height_mm if shape.height_mm else 0.0
    if abs(ratio - WIDTH_MM / HEIGHT_MM) > 0.01:
        lacks.append(Remark(message=NOT_WIDE, values={"ratio": f"{ratio:.2f}"}))
    if not shape.fonts.get("ea"):
        hints.append(Remark(message=NO_FONT, values={}))
    return TemplateReport(
        lacks=tuple(lacks), hints=tuple(hints), layouts=tuple(layout.name for layout in shape.layouts)
    )


NO_LAYOUT = "no layout is named {layout}; it needs: {needs}"
TWICE = "two layouts are named {layout}; the last one is used"
NOT_WIDE = "its slides are {ratio} times as wide as high; they must be 16:9"
NO_FONT = "its theme names no East Asian font (a:ea); Chinese text then looks different on every machine"
NO_PLACE = "the layout {layout} has no placeholder {index}; it needs: {needs}; it has: {there}"
WRONG_KIND = "in the layout {layout} placeholder {index} is of the kind {kind}; it must be: {needs}"
BEYOND = "in the layout {layout} placeholder {index} stands beyond the edge of the slide"
SMALL = (
    "in the layout {layout} placeholder {index} is {width} x {height} mm; slides are filled for "
    "{needed_width} x {needed_height} mm, so text may be too long for it"
)
MESSAGES = (NO_LAYOUT, TWICE, NOT_WIDE, NO_FONT, NO_PLACE, WRONG_KIND, BEYOND, SMALL)
"""Every sentence, as a message id."""


def _compare(
    name: str,
    place: Place,
    layout: LayoutShape,
    shape: TemplateShape,
    lacks: list[Remark],
    hints: list[Remark],
) -> None:
    at: dict[str, object] = {"layout": name, "index": place.index}
    kinds = ((place.kind, place.index),)
    found = next((one for one in layout.places if one.index == place.index), None)
    if found is None:
        there = ", ".join(str(one.index) for one in layout.places) or "–"
        lacks.append(Remark(message=NO_PLACE, values={**at, "there": there}, kinds=kinds))
        return
    if found.kind not in _FITS[place.kind]:
        lacks.append(Remark(message=WRONG_KIND, values={**at, "kind": found.kind}, kinds=kinds))
    left, top, width, height = found.box
    if left < -1 or top < -1 or left + width > shape.width_mm + 1 or top + height > shape.height_mm + 1:
        lacks.append(Remark(message=BEYOND, values=at))
    scale = shape.width_mm / WIDTH_MM
    needed_width, needed_height = place.box[2] * scale, place.box[3] * scale
    if place.kind in {"body", "tbl", "pic"} and (
        width < needed_width * _LEAST_WIDTH or height < needed_height * _LEAST_HEIGHT
    ):
        sizes = {
            "width": f"{width:.0f}",
            "height": f"{height:.0f}",
            "needed_width": f"{needed_width:.0f}",
            "needed_height": f"{needed_height:.0f}",
        }
        hints.append(Remark(message=SMALL, values={**at, **sizes}))


def _box(values: Sequence[int]) -> tuple[float, float, float, float]:
    left, top, width, height = (value / EMU_PER_MM for value in values)
    return left, top, width, height
