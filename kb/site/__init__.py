"""Which Markdown pages make up the site? A pure generator, an MkDocs hook, real files, and a check that all were built.

May import: `kb.content` and below, `mkdocs` (in the hook's driver alone).
"""
