"""Does a department's template carry our slides? What it lacks, and what will look worse than it could.

Rules go by a neutral shape of the template, so that a file of strangers is opened elsewhere, in a process of its own.
"""

from collections.abc import Mapping, Sequence
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
_WORDS: Mapping[str, str] = {
    "title": "a title",
    "ctrTitle": "a title",
    "subTitle": "a subtitle",
    "body": "a text placeholder",
    "pic": "a picture placeholder",
    "tbl": "a table placeholder",
}


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
    """What a template lacks, and what would look better otherwise; each a sentence."""

    lacks: tuple[str, ...]
    hints: tuple[str, ...]

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {"fits": not self.lacks, "lacks": list(self.lacks), "hints": list(self.hints)}


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
    lacks: list[str] = []
    hints: list[str] = []
    names = [layout_key(layout.name) for layout in shape.layouts]
    by_name = dict(zip(names, shape.layouts, strict=True))
    there = ", ".join(layout.name for layout in shape.layouts[:20]) or "none"
    for design in DESIGNS.values():
        layout = by_name.get(layout_key(design.name))
        if layout is None:
            needs = ", ".join(f"{_WORDS[place.kind]} {place.index}" for place in design.places)
            lacks.append(f"no layout is named {design.name!r} (there: {there}); it needs {needs}")
            continue
        if names.count(layout_key(design.name)) > 1:
            hints.append(f"two layouts are named {design.name!r}; the last is used")
        for place in design.places:
            _compare(design.name, place, layout, shape, lacks, hints)
    ratio = shape.width_mm / shape.height_mm if shape.height_mm else 0.0
    if abs(ratio - WIDTH_MM / HEIGHT_MM) > 0.01:
        lacks.append(f"its slides are {ratio:.2f} times as wide as high; they must be 16:9")
    if not shape.fonts.get("ea"):
        hints.append(
            "its theme names no East Asian font (a:ea); Chinese text then looks different on every machine"
        )
    return TemplateReport(lacks=tuple(lacks), hints=tuple(hints))


def _compare(
    name: str, place: Place, layout: LayoutShape, shape: TemplateShape, lacks: list[str], hints: list[str]
) -> None:
    found = next((one for one in layout.places if one.index == place.index), None)
    if found is None:
        indices = ", ".join(str(one.index) for one in layout.places) or "none"
        lacks.append(
            f"the layout {name!r} has no placeholder {place.index} ({_WORDS[place.kind]}); it has {indices}"
        )
        return
    if found.kind not in _FITS[place.kind]:
        lacks.append(
            f"the placeholder {place.index} of the layout {name!r} is {found.kind!r}; it must be {_WORDS[place.kind]}"
        )
    left, top, width, height = found.box
    if left < -1 or top < -1 or left + width > shape.width_mm + 1 or top + height > shape.height_mm + 1:
        lacks.append(
            f"the placeholder {place.index} of the layout {name!r} stands beyond the edge of the slide"
        )
    scale = shape.width_mm / WIDTH_MM
    needed_width, needed_height = place.box[2] * scale, place.box[3] * scale
    if place.kind in {"body", "tbl", "pic"} and (
        width < needed_width * _LEAST_WIDTH or height < needed_height * _LEAST_HEIGHT
    ):
        hints.append(
            f"the placeholder {place.index} of the layout {name!r} is {width:.0f} x {height:.0f} mm; "
            f"slides are filled for {needed_width:.0f} x {needed_height:.0f}, so text may be too long for it"
        )


def _box(values: Sequence[int]) -> tuple[float, float, float, float]:
    left, top, width, height = (value / EMU_PER_MM for value in values)
    return left, top, width, height
