"""Every store test runs on SQLite and on PostgreSQL, each test in a database without a row."""

from tests.postgresql import bare_store, empty_store, server, store

__all__ = ["bare_store", "empty_store", "server", "store"]
