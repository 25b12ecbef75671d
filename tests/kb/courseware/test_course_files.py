"""Every course of the library as a PowerPoint file: whole as a package, and rendered without anything cut or shrunk."""

import io
import posixpath
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from pypdf import PdfReader

from kb.content.pages import CoursePage
from kb.courseware.deck import Deck, Layout, Slide, lines_of
from kb.courseware.pptx_writer import pptx_bytes
from kb.courseware.template import DESIGNS, HEIGHT_MM, WIDTH_MM
from kb.usecases.courses import build_course, course_deck
from tests.conftest import the_real_library
from tests.requirements import missing

IDS = sorted(page.id for page in the_real_library().pages.values() if isinstance(page, CoursePage))
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
LINKS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
EMU_PER_MM = 36_000
POINTS_PER_MM = 72 / 25.4
FOOT_MM = 174.0
"""Below stand footer and number; no other text may reach so far down."""
LEAST_POINTS = 19.5
TOO_LONG = "COURSE-TOO-LONG"


@dataclass(frozen=True)
class Package:
    """A file by its parts."""

    parts: dict[str, bytes]

    def xml(self, name: str) -> Element:
        root = fromstring(self.parts[name])
        assert root is not None
        return root

    def named(self, pattern: str) -> list[str]:
        return sorted(name for name in self.parts if re.fullmatch(pattern, name))

    def targets(self, name: str) -> Iterator[str]:
        """Yield the parts that a part's relations lead to."""
        folder, _, file = name.rpartition("/")
        links = f"{folder}/_rels/{file}.rels"
        for one in self.xml(links) if links in self.parts else ():
            assert one.get("TargetMode") != "External", f"{name} leads to {one.get('Target')}"
            target = str(one.get("Target"))
            yield target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return {id: build_course(the_real_library(), id, "pptx").content for id in IDS}


def opened(content: bytes) -> Package:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert len(names) == len(set(names))
        return Package(parts={name: archive.read(name) for name in names})


@pytest.mark.parametrize("id", IDS)
def test_the_package_is_whole(files: dict[str, bytes], id: str) -> None:
    package = opened(files[id])
    types = package.xml("[Content_Types].xml")
    told = {str(one.get("PartName")).lstrip("/") for one in types.findall(f"{TYPES}Override")}
    endings = {str(one.get("Extension")) for one in types.findall(f"{TYPES}Default")}
    assert told <= set(package.parts)
    for name in package.parts:
        assert name in told or name.rpartition(".")[2] in endings or name == "[Content_Types].xml", name
        assert [target for target in package.targets(name) if target not in package.parts] == [], name
    reached, waiting = set[str](), ["ppt/presentation.xml"]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += package.targets(name)
    for name in package.named(r"ppt/(slides|slideLayouts|notesSlides|media)/[^/]+\.\w+"):
        assert name in reached, f"{name} is left over"
    slides = package.named(r"ppt/slides/slide\d+\.xml")
    assert len(slides) == len(course_deck(the_real_library(), id).slides)
    assert len(package.named(r"ppt/slideLayouts/slideLayout\d+\.xml")) == len(DESIGNS)
    assert not [name for name in package.parts if "vba" in name.lower() or name.endswith((".bin", ".exe"))]


@pytest.mark.parametrize("id", IDS)
def test_every_slide_has_only_filled_placeholders_inside_its_bounds(files: dict[str, bytes], id: str) -> None:
    package = opened(files[id])
    size = package.xml("ppt/presentation.xml").find(f"{P}sldSz")
    assert size is not None
    width, height = int(str(size.get("cx"))), int(str(size.get("cy")))
    assert (round(width / EMU_PER_MM, 1), round(height / EMU_PER_MM, 1)) == (round(WIDTH_MM, 1), HEIGHT_MM)
    for name in package.named(r"ppt/slides/slide\d+\.xml"):
        slide = package.xml(name)
        ids = [one.get("id") for one in slide.iter(f"{P}cNvPr")]
        assert len(ids) == len(set(ids)), name
        shapes = [one for tag in ("sp", "pic", "graphicFrame") for one in slide.iter(f"{P}{tag}")]
        for shape in shapes:
            assert next(shape.iter(f"{P}ph"), None) is not None, f"{name}: a shape outside placeholders"
            text = "".join(one.text or "" for one in shape.iter(f"{A}t"))
            assert text.strip() or shape.tag != f"{P}sp", f"{name}: an empty placeholder"
            if shape.tag != f"{P}sp":
                assert next(shape.iter(f"{P}cNvPr")).get("descr"), f"{name}: a picture or table without alt"
            for offset, extent in zip(shape.iter(f"{A}off"), shape.iter(f"{A}ext"), strict=False):
                x, y = int(str(offset.get("x"))), int(str(offset.get("y")))
                assert 0 <= x <= x + int(str(extent.get("cx"))) <= width, name
                assert 0 <= y <= y + int(str(extent.get("cy"))) <= height, name
    theme = package.parts["ppt/theme/theme1.xml"].decode()
    assert theme.count('<a:ea typeface=""/>') == 0
    assert '<a:ea typeface="Microsoft YaHei"/>' in theme


@pytest.fixture(scope="module")
def rendered(files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each course as LibreOffice draws it; all in one run, because starting it costs the most."""
    office, reader = shutil.which("soffice"), shutil.which("pdftotext")
    if office is None or reader is None:
        missing("office", "no soffice or no pdftotext on PATH")
        raise AssertionError("missing() skips or fails")
    folder = tmp_path_factory.mktemp("rendered")
    made = datetime(2026, 11, 25, tzinfo=UTC)
    broken = pptx_bytes(too_long(), created=made, picture=lambda _: b"")
    for id, content in {**files, TOO_LONG: broken}.items():
        (folder / f"{id}.pptx").write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run(
        [*command, *(str(folder / f"{id}.pptx") for id in (*IDS, TOO_LONG))], check=True, capture_output=True
    )
    return {id: folder / f"{id}.pdf" for id in (*IDS, TOO_LONG)}


@pytest.mark.parametrize("id", IDS)
def test_no_text_of_a_rendered_slide_is_cut_covered_or_shrunk(rendered: dict[str, Path], id: str) -> None:
    assert beyond(rendered[id], course_deck(the_real_library(), id)) == []
    assert small_texts(rendered[id]) == []


def test_a_slide_that_is_too_long_would_be_found(rendered: dict[str, Path]) -> None:
    assert {place for place, _, _ in beyond(rendered[TOO_LONG], too_long())} == {
        "beyond the edge or the footer",
        "a title of more than two lines",
    }


def too_long() -> Deck:
    """A deck that was never fitted: one slide with too many lines, and one with a title that is too long."""
    lines = lines_of(
        ["这一行很长，在幻灯片上要折成两行才放得下，因为它说了太多的话，而且没有人把它分开来说"] * 9
    )
    slides = (
        Slide(layout=Layout.CONTENT, title="太多", lines=lines),
        Slide(layout=Layout.CONTENT, title="标题太长了" * 14, lines=lines[:1]),
    )
    return Deck(id=TOO_LONG, revision=1, title="长", language="zh", slides=slides)


def beyond(path: Path, deck: Deck) -> list[tuple[str, str, str]]:
    """Return what stands beyond the edge of a rendered slide, over its footer, or over its text."""
    told = subprocess.run(
        ["pdftotext", "-bbox-layout", str(path), "-"], check=True, capture_output=True
    ).stdout
    root = fromstring(told)
    assert root is not None
    pages = [one for one in root.iter() if one.tag.endswith("}page")]
    assert len(pages) == len(deck.slides)
    found = []
    for slide, page in zip(deck.slides, pages, strict=True):
        title_lines, title = 0, slide.title.replace(" ", "")
        for line in (one for one in page.iter() if one.tag.endswith("}line")):
            left, top, right, bottom = (
                float(str(line.get(name))) / POINTS_PER_MM for name in ("xMin", "yMin", "xMax", "yMax")
            )
            text = " ".join(word.text or "" for word in line)
            if title and title.startswith(text.replace(" ", "")):
                title_lines, title = title_lines + 1, title.removeprefix(text.replace(" ", ""))
            is_foot = top > FOOT_MM
            fits = 18 <= left <= right <= WIDTH_MM - 18 and top >= 0 and bottom <= HEIGHT_MM
            if not fits or (not is_foot and bottom > FOOT_MM):
                found.append(("beyond the edge or the footer", slide.title, text[:20]))
        if title_lines > 2:
            found.append(("a title of more than two lines", slide.title, str(title_lines)))
    return found


def small_texts(path: Path) -> list[tuple[int, str, float]]:
    """Return texts that are drawn smaller than a slide's least size, but for footer and number."""
    found: list[tuple[int, str, float]] = []
    for number, page in enumerate(PdfReader(path).pages, 1):

        def seen(
            text: str, cm: list[float], tm: list[float], _font: object, size: float, at: int = number
        ) -> None:
            points = abs(size * tm[3] * cm[3])
            height = tm[5] * cm[3] + cm[5]
            if text.strip() and points < LEAST_POINTS and height > (HEIGHT_MM - FOOT_MM) * POINTS_PER_MM:
                found.append((at, text.strip()[:20], round(points, 1)))

        page.extract_text(visitor_text=seen)
    return found
