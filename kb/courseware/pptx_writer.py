"""A deck as a PowerPoint file: native and editable, every text in a placeholder of the template."""

import copy
import io
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.oxml.ns import qn
from pptx.util import Pt

from kb.courseware.deck import Deck, Grid, Line, Picture, Run, Slide
from kb.courseware.fitting import width_mm
from kb.courseware.template import DESIGNS, added, layout_key, own_template
from kb.errors import BadImport, Fault

PictureBytes = Callable[[str], bytes]
"""Gives a picture of the content folder as PNG or JPEG, by its path."""
CELL_POINTS = 20
MONOSPACED = "Consolas"


def pptx_bytes(
    deck: Deck, *, created: datetime, picture: PictureBytes, template: bytes | None = None
) -> bytes:
    """Return the deck as a file; packed with the zip times of its writing, so pack it again for equal bytes.

    Args:
        created: Stands in the file as the time of its making.
        picture: Where pictures come from.
        template: A department's own, which `template_check` has found to fit; None takes ours. Slides that it holds are not kept.

    Raises:
        BadImport: The template cannot be opened.
    """
    presentation = own_template() if template is None else opened_template(template)
    layouts = {layout_key(layout.name): layout for layout in presentation.slide_layouts}
    for slide in deck.slides:
        shown = presentation.slides.add_slide(layouts[layout_key(DESIGNS[slide.layout].name)])
        _fill(shown, slide, picture)
        _foot(shown, slide, deck)
        if slide.notes:
            shown.notes_slide.notes_text_frame.text = slide.notes
    properties = presentation.core_properties
    properties.title, properties.author, properties.keywords = (
        deck.title,
        deck.author,
        " ".join(deck.keywords),
    )
    properties.subject = f"{deck.id} r{deck.revision}"
    properties.language = "zh-CN" if deck.language == "zh" else "en-GB"
    properties.created = properties.modified = created.replace(tzinfo=None, microsecond=0)
    properties.last_modified_by, properties.revision = deck.author, deck.revision
    out = io.BytesIO()
    presentation.save(out)
    return out.getvalue()


def opened_template(content: bytes) -> Any:
    """Return a department's template as a presentation without slides.

    Raises:
        BadImport: It is no presentation.
    """
    try:
        presentation = Presentation(io.BytesIO(content))
    except Exception as error:  # whatever python-pptx and zipfile raise of a file that is none
        what = f"cannot be opened: {type(error).__name__}"
        raise BadImport(
            "the template was not used", [Fault(where="template", what=what, repair="use a .pptx")]
        ) from error
    identifiers = presentation.slides._sldIdLst
    for identifier in list(identifiers):
        presentation.part.drop_rel(identifier.rId)
        identifiers.remove(identifier)
    return presentation


def _fill(shown: Any, slide: Slide, picture: PictureBytes) -> None:
    places = {one.placeholder_format.idx: one for one in shown.placeholders}
    places[0].text_frame.text = slide.title
    if slide.picture is not None:
        _put_picture(places[13], slide.picture, picture)
        _put_lines(places[14].text_frame, [_caption(slide.picture)])
    elif slide.grid is not None:
        _put_table(places[12], slide.grid)
    elif slide.columns:
        for (head, body), column in zip(((1, 2), (3, 4)), slide.columns, strict=True):
            places[head].text_frame.text = column.title
            _put_lines(places[body].text_frame, column.lines)
    else:
        _put_lines(places[1].text_frame, slide.lines)
    for place in list(shown.placeholders):
        if place.has_text_frame and not place.text_frame.text.strip():
            place._element.getparent().remove(place._element)  # an empty one would ask for a click


def _caption(shown: Picture) -> Line:
    return Line(runs=(Run(text=shown.caption or shown.alt),))


def _put_lines(frame: Any, lines: Iterable[Line]) -> None:
    for position, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if position == 0 else frame.add_paragraph()
        paragraph.level = line.level
        if line.number is not None:
            _number(paragraph, line.number)
        for one in line.runs:
            run = paragraph.add_run()
            run.text = one.text
            if one.bold:
                run.font.bold = True
            if one.code:
                run.font.name = MONOSPACED


def _number(paragraph: Any, number: int) -> None:
    """Number a paragraph; the number is automatic, so that a trainer may add one between."""
    properties = paragraph._p.get_or_add_pPr()
    mark = added(properties, qn("a:buFont"))
    mark.set("typeface", "+mj-lt")
    auto = added(properties, qn("a:buAutoNum"))
    auto.set("type", "arabicPeriod")
    if number > 1:
        auto.set("startAt", str(number))


def _put_picture(place: Any, shown: Picture, picture: PictureBytes) -> None:
    """Put the whole picture into its place, as large as fits: a placeholder alone would cut it."""
    left, top, width, height = place.left, place.top, place.width, place.height
    put = place.insert_picture(io.BytesIO(picture(shown.file)))
    put.crop_left = put.crop_right = put.crop_top = put.crop_bottom = 0
    own_width, own_height = put.image.size
    share = min(width / own_width, height / own_height)
    put.width, put.height = round(own_width * share), round(own_height * share)
    put.left, put.top = left + (width - put.width) // 2, top + (height - put.height) // 2
    put._element.nvPicPr.cNvPr.set("descr", shown.alt)


def _put_table(place: Any, grid: Grid) -> None:
    frame = place.insert_table(rows=len(grid.rows) + 1, cols=len(grid.head))
    table = frame.table
    weights = [
        min(max(max(width_mm(row[n], CELL_POINTS) for row in (grid.head, *grid.rows)), 20.0), 160.0)
        for n in range(len(grid.head))
    ]
    whole = frame.width  # grows and shrinks with every column that is set
    for column, weight in zip(table.columns, weights, strict=True):
        column.width = round(whole * weight / sum(weights))
    for number, row in enumerate((grid.head, *grid.rows)):
        for cell, text in zip(table.rows[number].cells, row, strict=True):
            cell.text = text
            for paragraph in cell.text_frame.paragraphs:
                paragraph.font.size = Pt(CELL_POINTS)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", " · ".join(grid.head))


def _foot(shown: Any, slide: Slide, deck: Deck) -> None:
    """Copy footer and number of the layout onto the slide: python-pptx leaves them out."""
    sources = ", ".join(str(one) for one in slide.sources)
    text = f"{deck.id} r{deck.revision}" + (f" ← {sources}" if sources else "")
    for place in shown.slide_layout.placeholders:
        kind = place.placeholder_format.type
        if kind not in {PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER}:
            continue
        element = copy.deepcopy(place._element)
        shown.shapes._spTree.append(element)
        element.nvSpPr.cNvPr.set("id", str(max(one.shape_id for one in shown.shapes) + 1))
        for part in (element.spPr, element.txBody.find(qn("a:lstStyle"))):
            for child in list(part):
                part.remove(child)
        if kind == PP_PLACEHOLDER.FOOTER:
            paragraph = element.txBody.findall(qn("a:p"))[0]
            for child in list(paragraph):
                paragraph.remove(child)
            run = added(paragraph, qn("a:r"))
            added(run, qn("a:rPr")).set("lang", "zh-CN")
            added(run, qn("a:t")).text = text
