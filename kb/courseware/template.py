"""Our own template: 16:9, ten layouts with real placeholders, fonts for both scripts in the theme. Made, not kept.

It starts from the empty presentation of python-pptx, whose master and layouts are rewritten; so there is no binary file
in the project that nobody can read. A department may bring a template of its own: `template_check` says what it lacks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pptx import Presentation
from pptx.opc.oxml import serialize_part_xml
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.util import Mm

from kb.courseware.deck import Layout

WIDTH_MM, HEIGHT_MM = 338.667, 190.5
MARGIN_MM = 20.0
LATIN, EAST_ASIAN = "Arial", "Microsoft YaHei"
FOOTER, NUMBER = 20, 21
"""Indices of the footer's and the slide number's placeholders."""
INK, PAPER, SOFT, BRAND, SIGNAL, GOOD = "1B2733", "FFFFFF", "5B6B7A", "0B5CAD", "B3261E", "1E7B4F"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One placeholder of a layout.

    Args:
        index: What the writer asks for.
        kind: `title`, `ctrTitle`, `subTitle`, `body`, `pic` or `tbl`.
        box: Left, top, width, height in millimetres.
        points: Size of its text.
        colour: Of its text, as RRGGBB.
    """

    index: int
    kind: str
    box: tuple[float, float, float, float]
    points: int = 20
    bold: bool = False
    colour: str = INK
    bullets: bool = False
    anchor: str = "t"


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """One layout: its name, its placeholders, and the colour of the bar at its edge."""

    name: str
    places: tuple[Place, ...]
    bar: str = BRAND
    ground: str = PAPER


_TITLE = Place(index=0, kind="title", box=(20, 11, 298.6, 22), points=30, bold=True, anchor="ctr")
_BODY_BOX = (20.0, 40.0, 298.6, 128.0)


def _body(index: int, box: tuple[float, float, float, float], **more: Any) -> Place:
    return Place(index=index, kind="body", box=box, **more)


DESIGNS: dict[Layout, Design] = {
    Layout.TITLE: Design(
        name="Title",
        ground=BRAND,
        bar=SIGNAL,
        places=(
            Place(
                index=0,
                kind="ctrTitle",
                box=(20, 55, 298.6, 42),
                points=44,
                bold=True,
                colour=PAPER,
                anchor="b",
            ),
            Place(index=1, kind="subTitle", box=(20, 102, 298.6, 40), points=24, colour="DCE9F6"),
        ),
    ),
    Layout.SECTION: Design(
        name="Section",
        ground="EAF2FB",
        places=(
            Place(
                index=0, kind="title", box=(20, 58, 298.6, 34), points=40, bold=True, colour=BRAND, anchor="b"
            ),
            _body(1, (20, 96, 298.6, 50), points=24, colour=SOFT),
        ),
    ),
    Layout.CONTENT: Design(name="Content", places=(_TITLE, _body(1, _BODY_BOX, points=24, bullets=True))),
    Layout.TWO_COLUMNS: Design(
        name="Two columns",
        places=(
            _TITLE,
            _body(1, (20, 40, 143.3, 13), points=22, bold=True, colour=BRAND, anchor="b"),
            _body(2, (20, 55, 143.3, 113), points=24, bullets=True),
            _body(3, (175.3, 40, 143.3, 13), points=22, bold=True, colour=BRAND, anchor="b"),
            _body(4, (175.3, 55, 143.3, 113), points=24, bullets=True),
        ),
    ),
    Layout.COMPARISON: Design(
        name="Comparison",
        places=(
            _TITLE,
            _body(1, (20, 40, 143.3, 13), points=22, bold=True, colour=SIGNAL, anchor="b"),
            _body(2, (20, 55, 143.3, 113), points=24, bullets=True),
            _body(3, (175.3, 40, 143.3, 13), points=22, bold=True, colour=GOOD, anchor="b"),
            _body(4, (175.3, 55, 143.3, 113), points=24, bullets=True),
        ),
    ),
    Layout.PICTURE: Design(
        name="Picture with caption",
        places=(
            _TITLE,
            Place(index=13, kind="pic", box=(20, 38, 298.6, 112)),
            _body(14, (20, 153, 298.6, 16), points=20, colour=SOFT, anchor="ctr"),
        ),
    ),
    Layout.TABLE: Design(
        name="Table", places=(_TITLE, Place(index=12, kind="tbl", box=(20, 40, 298.6, 126)))
    ),
    Layout.QUESTION: Design(
        name="Question",
        ground="FFF8E6",
        bar="C77700",
        places=(
            Place(
                index=0,
                kind="title",
                box=(20, 24, 298.6, 40),
                points=36,
                bold=True,
                colour="7A4A00",
                anchor="ctr",
            ),
            _body(1, (20, 70, 298.6, 98), points=24, bullets=True),
        ),
    ),
    Layout.ANSWER: Design(
        name="Answer",
        ground="EDF7F1",
        bar=GOOD,
        places=(
            Place(
                index=0,
                kind="title",
                box=(20, 11, 298.6, 22),
                points=28,
                bold=True,
                colour=GOOD,
                anchor="ctr",
            ),
            _body(1, _BODY_BOX, points=24, bullets=True),
        ),
    ),
    Layout.HAZARD: Design(
        name="Hazard",
        ground="FDF0EF",
        bar=SIGNAL,
        places=(
            Place(
                index=0,
                kind="title",
                box=(20, 11, 298.6, 22),
                points=30,
                bold=True,
                colour=SIGNAL,
                anchor="ctr",
            ),
            _body(1, _BODY_BOX, points=24),
        ),
    ),
}
"""What the writer fills; a template of a department must have layouts of these names with these placeholders."""


def own_template() -> Any:
    """Return a new presentation on our template, without slides."""
    presentation = Presentation()
    for owner in (presentation.part, presentation.part.package):
        for key, relation in list(_relations(owner).items()):
            if relation.reltype.endswith(_LEFT_OUT):  # of whoever made the empty presentation
                _relations(owner).pop(key)
    presentation.slide_width, presentation.slide_height = Mm(WIDTH_MM), Mm(HEIGHT_MM)
    master = presentation.slide_master
    _theme(master)
    layouts = list(master.slide_layouts)
    for layout in layouts[len(DESIGNS) :]:
        master.slide_layouts.remove(layout)
    _master(master)
    for layout, design in zip(layouts, DESIGNS.values(), strict=False):
        _rewrite(layout, design)
    return presentation


_LEFT_OUT = ("/printerSettings", "/metadata/thumbnail")


def _relations(owner: Any) -> Any:
    return owner.rels if hasattr(owner, "rels") else owner._rels


def layout_key(name: str) -> str:
    """Return the name of a layout as layouts are found by: case and spaces do not matter."""
    return " ".join(name.split()).casefold()


def added(parent: Any, tag: str) -> Any:
    """Append an element and return it."""
    child = parent.makeelement(tag)
    parent.append(child)
    return child


def _theme(master: Any) -> None:
    part = next(one.target_part for one in master.part.rels.values() if one.reltype.endswith("/theme"))
    theme = parse_xml(part.blob)
    theme.set("name", "Servicebook")
    for fonts in ("majorFont", "minorFont"):
        (font,) = theme.iter(qn(f"a:{fonts}"))
        for child in list(font):
            font.remove(child)
        for tag, face in (("latin", LATIN), ("ea", EAST_ASIAN), ("cs", "")):
            added(font, qn(f"a:{tag}")).set("typeface", face)
        hans = added(font, qn("a:font"))
        hans.set("script", "Hans")
        hans.set("typeface", EAST_ASIAN)
    (scheme,) = theme.iter(qn("a:clrScheme"))
    scheme.set("name", "Servicebook")
    colours = {
        "dk1": INK,
        "lt1": PAPER,
        "dk2": SOFT,
        "lt2": "EAF2FB",
        "accent1": BRAND,
        "accent2": SIGNAL,
        "accent3": GOOD,
        "accent4": "C77700",
        "accent5": "5E35B1",
        "accent6": "00838F",
        "hlink": BRAND,
        "folHlink": SOFT,
    }
    for name, value in colours.items():
        (colour,) = scheme.iter(qn(f"a:{name}"))
        for child in list(colour):
            colour.remove(child)
        added(colour, qn("a:srgbClr")).set("val", value)
    part._blob = serialize_part_xml(theme)


def _master(master: Any) -> None:
    tree = master.shapes._spTree
    _emptied(tree)
    for number, place in enumerate((_TITLE, _body(1, _BODY_BOX)), start=2):
        tree.append(_placeholder(place, number))
    _foot(tree, 4)


def _rewrite(layout: Any, design: Design) -> None:
    layout.element.cSld.set("name", design.name)
    layout.element.attrib.pop("type", None)
    tree = layout.shapes._spTree
    _emptied(tree)
    background = parse_xml(
        f'<p:bg {_NAMES}><p:bgPr><a:solidFill><a:srgbClr val="{design.ground}"/></a:solidFill><a:effectLst/></p:bgPr></p:bg>'
    )
    layout.element.cSld.insert(0, background)
    tree.append(_bar(design.bar))
    for number, place in enumerate(design.places, start=3):
        tree.append(_placeholder(place, number))
    _foot(tree, 3 + len(design.places))


_NAMES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)


def _emptied(tree: Any) -> None:
    for child in list(tree):
        if child.tag not in {qn("p:nvGrpSpPr"), qn("p:grpSpPr")}:
            tree.remove(child)


def _box(box: Sequence[float]) -> str:
    left, top, width, height = (round(value * 36000) for value in box)
    return f'<a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'


def _bar(colour: str) -> Any:
    return parse_xml(
        f'<p:sp {_NAMES}><p:nvSpPr><p:cNvPr id="2" name="Bar"/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr>'
        f'<p:spPr>{_box((0, 0, 6, HEIGHT_MM))}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr>'
        '<p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:endParaRPr lang="zh-CN"/></a:p></p:txBody></p:sp>'
    )


def _levels(place: Place) -> str:
    levels = []
    for level in range(1, 6):
        indent = 9 * 36000
        mark = (
            f'<a:buFont typeface="Arial"/><a:buChar char="{"•" if level == 1 else "–"}"/>'
            if place.bullets or (level > 1 and place.kind == "body")
            else "<a:buNone/>"
        )
        left = indent * level if place.bullets or level > 1 else 0
        size = max(20, place.points - (0 if level == 1 else 2)) * 100
        hanging = -indent if "buChar" in mark else 0
        levels.append(
            f'<a:lvl{level}pPr marL="{left}" indent="{hanging}" algn="l">'
            '<a:lnSpc><a:spcPct val="100000"/></a:lnSpc><a:spcBef><a:spcPts val="900"/></a:spcBef>'
            f'{mark}<a:defRPr sz="{size}" b="{int(place.bold)}" lang="zh-CN">'
            f'<a:solidFill><a:srgbClr val="{place.colour}"/></a:solidFill>'
            '<a:latin typeface="+mn-lt"/><a:ea typeface="+mn-ea"/></a:defRPr></a:lvl'
            f"{level}pPr>"
        )
    return "".join(levels)


def _placeholder(place: Place, number: int) -> Any:
    index = "" if place.index == 0 else f' idx="{place.index}"'
    locks = '<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
    name = f"{place.kind} {place.index}"
    return parse_xml(
        f'<p:sp {_NAMES}><p:nvSpPr><p:cNvPr id="{number}" name="{name}"/>{locks}'
        f'<p:nvPr><p:ph type="{place.kind}"{index}/></p:nvPr></p:nvSpPr><p:spPr>{_box(place.box)}</p:spPr>'
        f'<p:txBody><a:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" anchor="{place.anchor}"><a:normAutofit/></a:bodyPr>'
        f'<a:lstStyle>{_levels(place)}</a:lstStyle><a:p><a:endParaRPr lang="zh-CN"/></a:p></p:txBody></p:sp>'
    )


def _foot(tree: Any, number: int) -> None:
    for offset, (kind, index, box, align, text) in enumerate(
        (
            ("ftr", FOOTER, (20, 176, 250, 9), "l", ""),
            (
                "sldNum",
                NUMBER,
                (288.6, 176, 30, 9),
                "r",
                '<a:fld id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum"><a:rPr lang="en-US"/><a:t>‹#›</a:t></a:fld>',
            ),
        )
    ):
        tree.append(
            parse_xml(
                f'<p:sp {_NAMES}><p:nvSpPr><p:cNvPr id="{number + offset}" name="{kind} {index}"/>'
                '<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
                f'<p:nvPr><p:ph type="{kind}" sz="quarter" idx="{index}"/></p:nvPr></p:nvSpPr>'
                f'<p:spPr>{_box(box)}</p:spPr><p:txBody><a:bodyPr lIns="0" rIns="0" anchor="ctr"/>'
                f'<a:lstStyle><a:lvl1pPr algn="{align}"><a:defRPr sz="1100">'
                f'<a:solidFill><a:srgbClr val="{SOFT}"/></a:solidFill></a:defRPr></a:lvl1pPr></a:lstStyle>'
                f'<a:p>{text}<a:endParaRPr lang="zh-CN"/></a:p></p:txBody></p:sp>'
            )
        )
