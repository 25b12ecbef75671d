"""The site is built on request beside the service, and a page changed since is known to be newer."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kb.content import load_library
from kb.errors import BadContent, NotFound
from kb.store import Store
from kb.usecases import site_job
from kb.usecases.editing_preview import digests_file, is_newer_than_site
from kb.usecases.jobs import JobState, find_job
from kb.usecases.site_job import build_in_process, site_configuration, start_building
from tests.kb.site.samples import a_library

ROOT = Path(__file__).parents[3]
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
CASE = "CASE-X-01"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'book.db'}")
    opened.migrate()
    yield opened
    opened.close()


def build(book: Store, content: Path, home: Path, config: Path) -> str:
    started = start_building(book, id="job-1", now=NOON, by="李编")
    assert start_building(book, id="job-2", now=NOON, by="王工").job.id == started.job.id
    build_in_process(
        book,
        started.job,
        config_file=config,
        content_dir=content,
        site_dir=home / "site",
        home=home,
        clock=lambda: NOON,
    )
    return started.job.id


def test_the_site_is_built_and_tells_which_pages_are_newer(book: Store, tmp_path: Path) -> None:
    content, home = a_library(tmp_path / "content"), tmp_path / "var"
    assert is_newer_than_site(load_library(content), CASE, home / "site")
    id_ = build(book, content, home, site_configuration(content))
    assert find_job(book, id_, now=NOON).state is JobState.DONE
    assert not is_newer_than_site(load_library(content), CASE, home / "site")
    file = content / "case.md"
    file.write_text(file.read_text(encoding="utf-8").replace("主轴过热", "别的"), encoding="utf-8")
    assert is_newer_than_site(load_library(content), CASE, home / "site")
    assert not is_newer_than_site(load_library(content), "GUIDE-X", home / "site")
    digests_file(home / "site").write_text("[", encoding="utf-8")
    assert is_newer_than_site(load_library(content), "GUIDE-X", home / "site")


def test_a_build_that_fails_says_why_and_leaves_the_site(
    book: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_job, "_COMMAND", "import sys; sys.exit('mkdocs.yml is broken')")
    content, home = a_library(tmp_path / "content"), tmp_path / "var"
    (home / "site").mkdir(parents=True)
    (home / "site" / "index.html").write_text("old", encoding="utf-8")
    with pytest.raises(BadContent, match=r"mkdocs\.yml is broken"):
        build(book, content, home, ROOT / "mkdocs.yml")
    job = find_job(book, "job-1", now=NOON)
    assert (job.state, [fault.what for fault in job.faults]) == (JobState.FAILED, ["mkdocs.yml is broken"])
    assert (home / "site" / "index.html").read_text(encoding="utf-8") == "old"


def test_a_missing_configuration_is_told_with_the_places_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotFound, match=r"mkdocs\.yml"):
        site_configuration(tmp_path / "content")
    (tmp_path / "mkdocs.yml").write_text("site_name: x", encoding="utf-8")
    assert site_configuration(tmp_path / "content") == (tmp_path / "mkdocs.yml").resolve()
