"""Build the site."""

from datetime import datetime
from pathlib import Path
from typing import Literal

from kb.content import load_library
from kb.content.files import replace_file
from kb.errors import NotFound
from kb.site.build import SiteReport, build_with_mkdocs, build_with_zensical
from kb.usecases.editing_preview import digests, digests_file
from kb.usecases.offline import offline_search

Builder = Literal["mkdocs", "zensical"]


def build_site(
    *,
    config_file: Path,
    content_dir: Path,
    site_dir: Path,
    builder: Builder = "mkdocs",
    strict: bool = False,
    built: datetime | None = None,
) -> SiteReport:
    """Build the site with its own search into `site_dir`, aside first; the old one stays until the new is whole.

    Args:
        config_file: mkdocs.yml.
        content_dir: The Markdown library.
        site_dir: Replaced by the new site.
        builder: What makes HTML of Markdown.
        strict: Whether a warning of the builder refuses the build.
        built: The time of the build, by which readers see how old their copy is; None leaves it open.

    Raises:
        NotFound: `config_file` is not there.
        BadContent: The builder failed or left out a page.
    """
    if not config_file.is_file():
        raise NotFound("site configuration", str(config_file))
    build = build_with_zensical if builder == "zensical" else build_with_mkdocs
    library = load_library(content_dir)
    report = build(
        config_file, content_dir, site_dir, strict=strict, offline=offline_search(library, built=built)
    )
    # Of the library as it was read before: a page that changed while the site was built counts as newer than it.
    replace_file(digests_file(site_dir), digests(library))
    return report
