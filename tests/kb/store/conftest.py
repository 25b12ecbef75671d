"""Every store test runs on SQLite and on PostgreSQL, each in a database of its own."""

from tests.postgresql import empty_store, server, store

__all__ = ["empty_store", "server", "store"]
