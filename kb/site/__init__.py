"""Which Markdown pages make up the site? A pure generator, an MkDocs hook, real files, and a check that all were built.

May import: `kb.content` and below, and the site builders. The builders load only with `kb.site.build`, so a
service that merely links to the site does not wait for them.
"""

from kb.site.addresses import is_shown, page_address, page_path

__all__ = ["is_shown", "page_address", "page_path"]
