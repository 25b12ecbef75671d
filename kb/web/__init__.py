"""Which pages does a person open? Server-rendered HTML that works on a phone and without script.

May import: `kb.wiring`, `kb.settings`, use cases and what they return; never `kb.store` or `kb.search` directly.
"""
