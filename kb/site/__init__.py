"""Which Markdown pages make up the site? A pure generator, an MkDocs hook, real files, and a check that all were built.

May import: `kb.content` and below, and the site builders.
"""

from kb.site.build import SiteReport, build_with_mkdocs, build_with_zensical
from kb.site.pages import page_address, site_pages

__all__ = ["SiteReport", "build_with_mkdocs", "build_with_zensical", "page_address", "site_pages"]
