"""Both builders take every page, refuse what is faulty, and leave the old site standing until the new one is whole."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kb.content import load_library
from kb.errors import BadContent, NotFound
from kb.site.addresses import is_shown, page_address
from kb.site.build import SiteReport, build_with_mkdocs, build_with_zensical
from kb.site.pages import site_pages
from kb.site.reading import read_site_input
from kb.usecases.site import build_site
from tests.kb.site.samples import ROOT, a_library, a_page

CONFIG = ROOT / "mkdocs.yml"
Build = Callable[..., SiteReport]
BUILDERS = pytest.mark.parametrize(
    "build", [build_with_mkdocs, build_with_zensical], ids=["mkdocs", "zensical"]
)


@BUILDERS
def test_every_page_of_the_real_library_is_built_without_a_warning(tmp_path: Path, build: Build) -> None:
    report = build(CONFIG, ROOT / "content", tmp_path / "site", strict=True)
    shown = [page for page in load_library(ROOT / "content").pages.values() if is_shown(page)]
    files = {page_address(page).partition("#")[0] for page in shown}
    assert len(files) > 50
    assert [path for path in sorted(files) if not (tmp_path / "site" / path).is_file()] == []
    assert report.warnings == ()
    assert report.pages == len(site_pages(read_site_input(ROOT / "content", ROOT / "docs")))


@BUILDERS
def test_a_picture_beside_a_page_comes_along(tmp_path: Path, build: Build) -> None:
    content = a_library(tmp_path / "content", case=a_page("case", "## 现象\n\n![接线](img/a.png)\n"))
    (content / "img").mkdir()
    (content / "img" / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    build(CONFIG, content, tmp_path / "site", strict=True)
    assert (tmp_path / "site" / "img" / "a.png").is_file()
    assert 'src="../../img/a.png"' in (tmp_path / "site/cases/spi/case-x-01.html").read_text(encoding="utf-8")


@BUILDERS
def test_a_faulty_build_names_the_page_and_leaves_the_old_site(tmp_path: Path, build: Build) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("old", encoding="utf-8")
    content = a_library(
        tmp_path / "content", guide=a_page("guide", "### 步骤 1 看\n\n[x](nowhere.md)\n\n## 验收\n\n- a\n")
    )
    with pytest.raises(BadContent, match="guide-x"):
        build(CONFIG, content, site, strict=False)
    assert (site / "index.html").read_text(encoding="utf-8") == "old"


@BUILDERS
def test_a_new_site_replaces_the_old_one_whole(tmp_path: Path, build: Build) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "gone.html").write_text("old", encoding="utf-8")
    build(CONFIG, a_library(tmp_path / "content"), site, strict=True)
    assert not (site / "gone.html").exists()
    assert (site / "index.html").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["content", "site"]


def test_the_hazards_and_steps_reach_the_built_page(tmp_path: Path) -> None:
    build_with_mkdocs(CONFIG, a_library(tmp_path / "content"), tmp_path / "site", strict=True)
    guide = (tmp_path / "site/guides/guide-x.html").read_text(encoding="utf-8")
    assert guide.count('class="sb-step"') == 2
    assert '<form class="sb-search" action="/search"' in guide
    case = (tmp_path / "site/cases/spi/case-x-01.html").read_text(encoding="utf-8")
    assert case.index("<h1") < case.index('class="sb-hazard sb-danger"') < case.index('class="sb-causes"')


def test_the_themes_own_search_stays_off(tmp_path: Path) -> None:
    build_with_mkdocs(CONFIG, a_library(tmp_path / "content"), tmp_path / "site", strict=True)
    assert not (tmp_path / "site" / "search").exists()
    assert "data-md-component=search-query" not in (tmp_path / "site/index.html").read_text(encoding="utf-8")


def test_a_missing_configuration_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no site configuration has the id"):
        build_site(
            config_file=tmp_path / "none.yml", content_dir=ROOT / "content", site_dir=tmp_path / "site"
        )
