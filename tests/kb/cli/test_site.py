"""`servicebook site build`, with both builders, from a folder of its own."""

import shutil
from pathlib import Path

import pytest

from tests.kb.cli.running import Servicebook
from tests.kb.site.samples import ROOT, a_library, a_page


@pytest.fixture
def servicebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Servicebook:
    a_library(tmp_path / "content")
    shutil.copy(ROOT / "mkdocs.yml", tmp_path / "mkdocs.yml")
    (tmp_path / "kb").symlink_to(ROOT / "kb", target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    return Servicebook(monkeypatch, capsys, {})


def test_the_site_is_built_where_the_service_looks_for_it(servicebook: Servicebook, tmp_path: Path) -> None:
    run = servicebook("site", "build", "--strict", "--json")
    assert run.code == 0, run.err
    assert run.json() == {"pages": 14, "warnings": [], "site_dir": "var/site"}
    assert (tmp_path / "var/site/cases/spi/case-x-01.html").is_file()


def test_the_other_builder_takes_the_same_pages(servicebook: Servicebook, tmp_path: Path) -> None:
    run = servicebook("site", "build", "--strict", "--with", "zensical", "--into", "elsewhere")
    assert run.out == "14 页 · pages, 0 条警告 · warnings → elsewhere\n"
    assert (tmp_path / "elsewhere/cases/spi/case-x-01.html").is_file()


def test_a_link_that_leads_nowhere_ends_with_the_code_of_bad_content(
    servicebook: Servicebook, tmp_path: Path
) -> None:
    (tmp_path / "content/guide.md").write_text(
        a_page("guide", "### 步骤 1 看\n\n[x](nowhere.md)\n\n## 验收\n\n- 好\n"), encoding="utf-8"
    )
    run = servicebook("site", "build")
    assert run.code == 3
    assert "guides/guide-x.html: has the link ../nowhere.md, which leads nowhere" in run.err
    assert not (tmp_path / "var/site").exists()


def test_a_configuration_that_is_not_there_is_told(servicebook: Servicebook) -> None:
    run = servicebook("site", "build", "--config", "none.yml")
    assert run.code == 7
    assert "no site configuration has the id 'none.yml'" in run.err
