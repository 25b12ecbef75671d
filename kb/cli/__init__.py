"""Which commands does a person type? Typer; each command's module is imported only when it runs.

May import: `kb.api` (to serve), `kb.wiring`, `kb.settings`, use cases; never `kb.store` or `kb.search` directly.
"""
