"""Build the site."""

from pathlib import Path
from typing import Literal

from kb.errors import NotFound
from kb.site.build import SiteReport, build_with_mkdocs, build_with_zensical

Builder = Literal["mkdocs", "zensical"]


def build_site(
    *, config_file: Path, content_dir: Path, site_dir: Path, builder: Builder = "mkdocs", strict: bool = False
) -> SiteReport:
    """Build the site into `site_dir`, aside first; the old site stays until the new one is whole.

    Raises:
        NotFound: `config_file` is not there.
        BadContent: The builder failed or left out a page.
    """
    if not config_file.is_file():
        raise NotFound("site configuration", str(config_file))
    build = build_with_zensical if builder == "zensical" else build_with_mkdocs
    return build(config_file, content_dir, site_dir, strict=strict)
