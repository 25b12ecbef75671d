"""The check of a built site finds each planted fault and nothing in a sound site."""

from pathlib import Path

import pytest

from kb.site.check import site_faults

SOUND = (
    '<html><head><link rel="stylesheet" href="s.css"><script src="a.js"></script>'
    '<script type="application/json">{"a": 1}</script></head><body id="top">'
    '<a href="b/c.html#here">c</a><a href="#top">top</a><a href="/search?q=1">s</a>'
    '<a href="https://example.org/">out</a><a href="mailto:a@example.org">m</a><img src="data:image/png;base64,AA==">'
    "</body></html>"
)
OTHER = '<p id="here"><a href="../a.html">back</a><a href="..">root</a></p>'


def a_site(folder: Path, extra: str = "") -> Path:
    (folder / "b").mkdir()
    (folder / "a.html").write_text(SOUND.replace("</body>", extra + "</body>"), encoding="utf-8")
    (folder / "b" / "c.html").write_text(OTHER, encoding="utf-8")
    (folder / "index.html").write_text("<p>front</p>", encoding="utf-8")
    (folder / "s.css").write_text('p { background: url("data:image/svg+xml,<svg/>"); }', encoding="utf-8")
    (folder / "a.js").write_text("", encoding="utf-8")
    return folder


PAGES = ("a.md", "b/c.md", "index.md")


def test_a_sound_site_has_no_faults(tmp_path: Path) -> None:
    assert site_faults(a_site(tmp_path), PAGES) == ()


@pytest.mark.parametrize(
    ("extra", "what"),
    [
        ('<a href="b/none.html">x</a>', "has the link b/none.html, which leads nowhere"),
        (
            '<a href="b/c.html#gone">x</a>',
            "has the link b/c.html#gone, but there is no such place on that page",
        ),
        ('<a href="#gone">x</a>', "has the link #gone, but there is no such place on that page"),
        ('<a href="../secret">x</a>', "has the link ../secret, which leaves the site"),
        ('<a href="JavaScript:alert(1)">x</a>', "has the link JavaScript:alert(1)"),
        ('<img src="none.png">', "has the link none.png, which leads nowhere"),
        ('<img src="https://example.org/a.png">', "loads https://example.org/a.png from elsewhere"),
        ('<script src="//example.org/a.js"></script>', "loads //example.org/a.js from elsewhere"),
        ('<link rel="preconnect" href="https://example.org">', "loads https://example.org from elsewhere"),
        ("<script>alert(1)</script>", "holds inline code: <script>"),
        ("<style>p{}</style>", "holds inline code: <style>"),
        ('<p onclick="x">x</p>', "holds inline code: <p onclick>"),
    ],
)
def test_a_fault_of_a_page_is_told_with_its_page(tmp_path: Path, extra: str, what: str) -> None:
    found = site_faults(a_site(tmp_path, extra), PAGES)
    assert [(fault.where, fault.what) for fault in found] == [("a.html", what)]


def test_every_missing_page_is_told(tmp_path: Path) -> None:
    found = site_faults(a_site(tmp_path), [*PAGES, "x.md", "y/z.md"])
    assert [fault.where for fault in found] == ["x.html", "y/z.html"]


@pytest.mark.parametrize(
    "style", ["p { background: url(https://example.org/a.png) }", '@import "//example.org/a.css";']
)
def test_a_style_that_loads_from_elsewhere_is_told(tmp_path: Path, style: str) -> None:
    (a_site(tmp_path) / "s.css").write_text(style, encoding="utf-8")
    assert [(fault.where, "from elsewhere" in fault.what) for fault in site_faults(tmp_path, PAGES)] == [
        ("s.css", True)
    ]
