"""Servicebook: knows and serves. Content, register, search, documents, site, API, pages, command line.

`kb` imports `planner`, never the other way. The rooms and who may import whom: docs/architecture.md.
"""
