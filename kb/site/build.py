"""Builds the site aside and swaps it in, with MkDocs or with Zensical, and checks that every page was built."""

import logging
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort, MkDocsException

from kb.errors import BadContent, Fault
from kb.site.check import site_faults
from kb.site.offline import OfflineSearch, add_offline
from kb.site.offline_check import offline_faults
from kb.site.pages import site_pages
from kb.site.reading import files_beside, read_site_input

ZENSICAL_SECONDS = 600
OFFLINE_SOURCE = "search.md"
"""Where the search page would stand among the Markdown paths, for the check of links."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteReport:
    """What was built.

    Args:
        pages: Number of pages of the generator, all of them found in the built site.
        warnings: What the builder said.
        site_dir: Where the site stands now.
    """

    pages: int
    warnings: tuple[str, ...]
    site_dir: Path


class _Collected(logging.Handler):
    """Keeps the builder's warnings, so that they can be told as faults."""

    def __init__(self) -> None:
        super().__init__(level=logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one message."""
        self.messages.append(record.getMessage())


def build_with_mkdocs(
    config_file: Path,
    content_dir: Path,
    site_dir: Path,
    *,
    strict: bool,
    offline: OfflineSearch | None = None,
) -> SiteReport:
    """Build with MkDocs into `site_dir`; what stood there stays until the new site is whole.

    Args:
        config_file: mkdocs.yml; the manual stands in `docs` beside it.
        content_dir: The Markdown library.
        site_dir: Replaced by the new site.
        strict: Whether a warning of the builder refuses the build.
        offline: The search that the site carries; None builds a site without its own.

    Raises:
        BadContent: The builder failed, a page is missing from its result, or `strict` and it warned.
    """
    aside = site_dir.with_name(site_dir.name + ".new")
    shutil.rmtree(aside, ignore_errors=True)
    aside.parent.mkdir(parents=True, exist_ok=True)
    collected = _Collected()
    logger = logging.getLogger("mkdocs")
    logger.addHandler(collected)
    try:
        config = load_config(
            config_file=str(config_file.resolve()),
            docs_dir=str(content_dir.resolve()),
            site_dir=str(aside.resolve()),
        )
        mkdocs_build(config)
    except (MkDocsException, Abort) as error:
        collected.messages.append(str(error))
        raise BadContent("the site was not built", _faults(collected.messages)) from error
    finally:
        logger.removeHandler(collected)
    if strict and collected.messages:
        raise BadContent(f"the site has {len(collected.messages)} warning(s)", _faults(collected.messages))
    pages = _checked(aside, content_dir, config_file.parent / "docs", offline)
    _swap(aside, site_dir)
    return SiteReport(pages=pages, warnings=tuple(collected.messages), site_dir=site_dir)


def build_with_zensical(
    config_file: Path,
    content_dir: Path,
    site_dir: Path,
    *,
    strict: bool,
    offline: OfflineSearch | None = None,
) -> SiteReport:
    """Build the same configuration with Zensical from pages written as real files.

    Zensical skips hooks that it does not know, so a staging folder gets the written pages where mkdocs.yml
    expects the library; the file itself is copied byte for byte. Arguments and errors as for `build_with_mkdocs`.
    """
    manual_dir = config_file.parent / "docs"
    with tempfile.TemporaryDirectory(prefix="servicebook-site-") as name:
        stage = Path(name)
        shutil.copy(config_file, stage / "mkdocs.yml")
        shutil.copytree(Path(__file__).parent / "theme", stage / "kb" / "site" / "theme")
        for path, text in site_pages(read_site_input(content_dir, manual_dir)).items():
            target = stage / "content" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
        for path in files_beside(content_dir):
            target = stage / "content" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(content_dir / path, target)
        (stage / "kb" / "site" / "mkdocs_hook.py").write_text("")
        command = [sys.executable, "-m", "zensical", "build", "--config-file", "mkdocs.yml", "--clean"]
        done = subprocess.run(  # noqa: S603 - our own interpreter, fixed words
            command + (["--strict"] if strict else []),
            cwd=stage,
            capture_output=True,
            text=True,
            timeout=ZENSICAL_SECONDS,
            check=False,
            env={**os.environ, "NO_COLOR": "1"},
        )
        said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        if done.returncode != 0:
            raise BadContent("Zensical did not build the site", _faults(said[-20:] or ["no output"]))
        built = stage / "build" / "site"
        pages = _checked(built, content_dir, manual_dir, offline)
        aside = site_dir.with_name(site_dir.name + ".new")
        shutil.rmtree(aside, ignore_errors=True)
        aside.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(built, aside)
    _swap(aside, site_dir)
    warnings = tuple(line for line in said if "warning" in line.lower())
    return SiteReport(pages=pages, warnings=warnings, site_dir=site_dir)


def _checked(built: Path, content_dir: Path, manual_dir: Path, offline: OfflineSearch | None) -> int:
    """Give the site in `built` its own search and return how many pages the generator made, all found sound.

    Raises:
        BadContent: A page is missing, a link leads nowhere, something is loaded from elsewhere, or a file of the
            search is not what it should be.
    """
    wanted = site_pages(read_site_input(content_dir, manual_dir))
    if offline is None:
        faults = site_faults(built, wanted)
    else:
        add_offline(built, offline)
        faults = (*site_faults(built, [*wanted, OFFLINE_SOURCE]), *offline_faults(built))
    if faults:
        raise BadContent(f"the built site has {len(faults)} fault(s)", faults)
    return len(wanted)


def _faults(messages: list[str]) -> list[Fault]:
    return [Fault(where="site", what=message) for message in messages]


def _swap(aside: Path, site_dir: Path) -> None:
    """Put the new site in place; the old one goes last."""
    old = site_dir.with_name(site_dir.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if site_dir.exists():
        site_dir.rename(old)
    aside.rename(site_dir)
    shutil.rmtree(old, ignore_errors=True)
