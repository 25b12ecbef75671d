"""Which routes does a program call? FastAPI under /api/v1, problems after RFC 9457, OpenAPI.

May import: `kb.web` (to mount its pages), `kb.wiring`, `kb.settings`, use cases and what they return;
never `kb.store` or `kb.search` directly.
"""
