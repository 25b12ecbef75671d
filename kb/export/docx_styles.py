"""The look of a docx: fonts for Latin and East Asian text, headings, page, header and footer."""

from dataclasses import dataclass
from typing import cast

from docx.document import Document as DocxDocument
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from kb.export.document import MARGIN_MM, PAGE_HEIGHT_MM, PAGE_WIDTH_MM, TEXT_WIDTH_MM, Document
from kb.export.packing import xml_text

INK = RGBColor(0x1F, 0x2A, 0x37)
ACCENT = RGBColor(0x1F, 0x4E, 0x79)
QUIET = RGBColor(0x5B, 0x67, 0x75)
REMARK_STYLE = "Servicebook Remark"
CELL_STYLE = "Servicebook Cell"
_LATIN = "Arial"
_SONG = "宋体"
_HEI = "黑体"
"""SimSun and SimHei come with every Chinese Windows, Word and WPS; other systems substitute them well."""
_FOOT_DISTANCE_MM = 10


@dataclass(frozen=True, slots=True)
class _Look:
    size_pt: float
    east_asian: str
    colour: RGBColor
    bold: bool = False
    before_pt: float = 0
    after_pt: float = 0
    line_spacing: float = 1.0


_LOOKS = {
    "Normal": _Look(10.5, _SONG, INK, after_pt=5, line_spacing=1.25),
    "Title": _Look(22, _HEI, ACCENT, bold=True, before_pt=6, after_pt=4),
    "Subtitle": _Look(12, _HEI, QUIET, after_pt=10),
    "Heading 1": _Look(15, _HEI, ACCENT, bold=True, before_pt=14, after_pt=6),
    "Heading 2": _Look(12.5, _HEI, ACCENT, bold=True, before_pt=10, after_pt=4),
    "Heading 3": _Look(11, _HEI, INK, bold=True, before_pt=8, after_pt=3),
    "Header": _Look(9, _SONG, QUIET),
    "Footer": _Look(9, _SONG, QUIET),
    REMARK_STYLE: _Look(9, _SONG, QUIET, after_pt=4, line_spacing=1.15),
    CELL_STYLE: _Look(9.5, _SONG, INK, line_spacing=1.05),
}
_CENTRED = ("Title", "Subtitle")


def set_styles(file: DocxDocument, language: str) -> None:
    """Give `file` the styles of the house, with `language` (BCP 47) as its East Asian language."""
    for name in (REMARK_STYLE, CELL_STYLE):
        known = name in file.styles
        style = cast("ParagraphStyle", file.styles[name] if known else file.styles.add_style(name, 1))
        style.base_style = file.styles["Normal"]
    for name, look in _LOOKS.items():
        _apply(cast("ParagraphStyle", file.styles[name]), look, language)
    for name in _CENTRED:
        cast("ParagraphStyle", file.styles[name]).paragraph_format.alignment = 1


def _apply(style: ParagraphStyle, look: _Look, language: str) -> None:
    style.font.size = Pt(look.size_pt)
    style.font.bold = look.bold
    style.font.italic = False
    style.font.color.rgb = look.colour
    set_fonts(style, look.east_asian)
    properties = style.element.get_or_add_rPr()
    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    tongue = OxmlElement("w:lang")
    tongue.set(qn("w:val"), "en-US")
    tongue.set(qn("w:eastAsia"), language)
    properties.append(tongue)
    spacing = properties.find(qn("w:spacing"))
    if spacing is not None:  # the template's title is letter-spaced, which tears Chinese apart
        properties.remove(spacing)
    form = style.paragraph_format
    form.space_before, form.space_after = Pt(look.before_pt), Pt(look.after_pt)
    form.line_spacing = look.line_spacing
    border = style.element.get_or_add_pPr().find(qn("w:pBdr"))
    if border is not None:
        style.element.get_or_add_pPr().remove(border)


def set_fonts(style: ParagraphStyle, east_asian: str) -> None:
    """Name the fonts of `style`; a theme font of the template would win over them, so it goes."""
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for key in list(fonts.attrib):
        del fonts.attrib[key]
    for key in ("w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(key), _LATIN)
    fonts.set(qn("w:eastAsia"), east_asian)


def set_style(paragraph: Paragraph, name: str) -> None:
    """Give `paragraph` a style by its name.

    The library looks a style up by walking all of them, for each paragraph: in a document of a hundred pages that is
    most of the time. The ids of the template's styles, and of ours, are their names without blanks.
    """
    paragraph._p.style = name.replace(" ", "")


def set_page(file: DocxDocument, document: Document) -> None:
    """Make the page A4 and give it the header and footer of `document`, with its page numbers."""
    section = file.sections[0]
    section.page_width, section.page_height = Mm(PAGE_WIDTH_MM), Mm(PAGE_HEIGHT_MM)
    section.left_margin = section.right_margin = Mm(MARGIN_MM)
    section.top_margin = section.bottom_margin = Mm(MARGIN_MM)
    section.header_distance = section.footer_distance = Mm(_FOOT_DISTANCE_MM)
    head = section.header.paragraphs[0]
    head.text = xml_text(document.header)
    _rule(head, "bottom")
    foot = section.footer.paragraphs[0]
    _rule(foot, "top")
    for line in (head, foot):
        for stop in list(line.paragraph_format.tab_stops):
            del line.paragraph_format.tab_stops[0]
            del stop
    stops = cast("ParagraphStyle", file.styles["Footer"]).paragraph_format.tab_stops
    stops.clear_all()
    stops.add_tab_stop(Mm(TEXT_WIDTH_MM), WD_TAB_ALIGNMENT.RIGHT)
    foot.add_run(xml_text(document.footer) + "\t")
    _add_numbers(foot, xml_text(document.page_numbers))


def _add_numbers(paragraph: Paragraph, pattern: str) -> None:
    """Write `pattern` with its two places as fields that Word and WPS fill in."""
    before, _, rest = pattern.partition("{page}")
    between, _, after = rest.partition("{pages}")
    paragraph.add_run(before)
    _add_field(paragraph.add_run(), "PAGE")
    paragraph.add_run(between)
    _add_field(paragraph.add_run(), "NUMPAGES")
    paragraph.add_run(after)


def _add_field(run: Run, code: str) -> None:
    for kind in ("begin", "separate", "end"):
        mark = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        run._r.append(mark)  # python-docx has no call for fields
        if kind == "begin":
            instruction = OxmlElement("w:instrText")
            instruction.set(qn("xml:space"), "preserve")
            instruction.text = f" {code} "
            run._r.append(instruction)
        elif kind == "separate":
            shown = OxmlElement("w:t")
            shown.text = "1"
            run._r.append(shown)


def _rule(paragraph: Paragraph, side: str) -> None:
    """Draw a thin line at one side of `paragraph`."""
    borders = OxmlElement("w:pBdr")
    line = OxmlElement(f"w:{side}")
    for key, value in (("val", "single"), ("sz", "4"), ("space", "4"), ("color", "9AA5B1")):
        line.set(qn(f"w:{key}"), value)
    borders.append(line)
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )
