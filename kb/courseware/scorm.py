"""A course as a SCORM 1.2 package: slides and questions that report score, status and place to a learning platform.

Format: ADL SCORM 1.2, *Content Aggregation Model* (manifest) and *Run-Time Environment* (what `player/scorm.js` says).
"""

import re
from collections.abc import Callable, Mapping
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from kb.content.pages import CoursePage
from kb.courseware.deck import Deck
from kb.courseware.quiz_page import quiz_section
from kb.courseware.slides_page import FigureBytes, Parts, player_file, slides_html

PACKAGING = "http://www.imsproject.org/xsd/imscp_rootv1p1p2"
SCORM = "http://www.adlnet.org/xsd/adlcp_rootv1p2"
STYLES = ("slides.css", "quiz.css")
SCRIPTS = ("slides.js", "quiz.js", "scorm.js")
LONGEST_TITLE = 200
"""As the metadata of content packaging bounds a title; platforms cut what is longer."""


def package_files(
    page: CoursePage, deck: Deck, *, figure: FigureBytes, words: Callable[[str], str]
) -> Mapping[str, bytes]:
    """Return the files of the package by name; the same course gives the same files."""
    parts = Parts(
        styles=STYLES,
        scripts=SCRIPTS,
        address=lambda name: name,
        asks=bool(page.quiz),
        more=quiz_section(page, words=words),
    )
    files = {"index.html": slides_html(deck, figure=figure, words=words, parts=parts).encode()}
    files.update({name: player_file(name).encode() for name in (*STYLES, *SCRIPTS)})
    return {"imsmanifest.xml": manifest(page, title=deck.title, files=sorted(files)), **files}


def manifest(page: CoursePage, *, title: str, files: list[str]) -> bytes:
    """Return the manifest: one organization of one item, whose resource is the page with all its files."""
    register_namespace("", PACKAGING)
    register_namespace("adlcp", SCORM)
    name = re.sub(r"[^A-Za-z0-9._-]", "-", page.id)
    root = Element(
        f"{{{PACKAGING}}}manifest", {"identifier": f"{name}-r{page.revision}", "version": str(page.revision)}
    )
    metadata = _added(root, "metadata")
    _added(metadata, "schema").text = "ADL SCORM"
    _added(metadata, "schemaversion").text = "1.2"
    organizations = _added(root, "organizations", default=f"{name}-organization")
    organization = _added(organizations, "organization", identifier=f"{name}-organization")
    _added(organization, "title").text = title[:LONGEST_TITLE]
    item = _added(
        organization, "item", identifier=f"{name}-item", identifierref=f"{name}-resource", isvisible="true"
    )
    _added(item, "title").text = title[:LONGEST_TITLE]
    if page.quiz:
        SubElement(item, f"{{{SCORM}}}masteryscore").text = str(page.pass_mark)
    resource = _added(
        _added(root, "resources"),
        "resource",
        **{
            "identifier": f"{name}-resource",
            "type": "webcontent",
            f"{{{SCORM}}}scormtype": "sco",
            "href": "index.html",
        },
    )
    for file in files:
        _added(resource, "file", href=file)
    indent(root)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _added(parent: Element, tag: str, **attributes: str) -> Element:
    return SubElement(parent, f"{{{PACKAGING}}}{tag}", attributes)
