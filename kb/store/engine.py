"""The database: SQLite in a file or PostgreSQL, with the same promises.

- A writing transaction takes its lock at once (`BEGIN IMMEDIATE`; an advisory lock on PostgreSQL), so that no
  update is lost and none fails half-way for a stale snapshot; what was acknowledged is on disk (`synchronous=FULL`).
- Foreign keys are enforced; readers do not block writers (WAL).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from alembic.command import upgrade
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session

from kb.errors import StoreFailure

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_MILLISECONDS = 15_000
_JOURNAL_TRIES = 5
POOL_SIZE = 10
POOL_OVERFLOW = 30
"""Together one connection for each of the 40 worker threads, so that none waits for another's."""
WRITES = "servicebook_writes"
WRITER_LOCK = 0x5EB00C
"""Key of PostgreSQL's advisory lock that one writing transaction at a time holds."""
NO_SUCH_TABLE = "42P01"
"""PostgreSQL's SQLSTATE undefined_table: the schema is missing or of another version."""


class Store:
    """One database; opened by its first use, safe to share between threads.

    Args:
        address: `sqlite:///path` or `postgresql+psycopg://…`.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._url = make_url(address)

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a SQLite file."""
        return self._url.get_backend_name() == "sqlite"

    @cached_property
    def engine(self) -> Engine:
        """The connections."""
        if self.is_sqlite:
            if self._url.database:
                _make_folder(Path(self._url.database).parent)
            engine = create_engine(
                self._url,
                pool_size=POOL_SIZE,
                max_overflow=POOL_OVERFLOW,
                connect_args={"timeout": BUSY_MILLISECONDS / 1000, "check_same_thread": False},
            )
            event.listen(engine, "connect", _open_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        return create_engine(self._url, pool_size=POOL_SIZE, max_overflow=POOL_OVERFLOW, pool_pre_ping=True)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a transaction that only reads; everything read in it is of one moment."""
        with _told(), Session(self.engine) as session:
            if not self.is_sqlite:
                session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield session
            session.rollback()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a transaction that writes; it commits at the end of the block, or nothing of it stays."""
        with _told(), Session(self.engine.execution_options(**{WRITES: True})) as session:
            connection = session.connection()  # begins now, not at the first statement
            if not self.is_sqlite:
                _lock_postgresql(connection)
            yield session
            session.commit()

    def migrate(self, *, to: str = "head") -> tuple[str, str]:
        """Bring the schema to this version; return the revision before (empty: none) and after.

        Args:
            to: The revision to stop at; for tests of upgrades.
        """
        with _told():
            before, wanted = self.schema_versions()
            wanted = wanted if to == "head" else to
            if before != wanted:
                config = Config()
                config.set_main_option("script_location", str(MIGRATIONS))
                with self.engine.execution_options(**{WRITES: True}).begin() as connection:
                    if not self.is_sqlite:
                        _lock_postgresql(connection)
                    config.attributes["connection"] = connection
                    upgrade(config, to)
        return before, wanted

    def schema_versions(self) -> tuple[str, str]:
        """Return the revision that the database has (empty: none) and the one that this version needs."""
        script = ScriptDirectory(str(MIGRATIONS))
        with _told(), self.engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
        return current or "", script.get_current_head() or ""

    def check(self) -> None:
        """Ask the database for an answer.

        Raises:
            StoreFailure: It gives none.
        """
        with self.reading() as session:
            session.connection().execute(text("SELECT 1"))

    def integrity_faults(self) -> tuple[str, ...]:
        """Return what the database finds wrong with itself; PostgreSQL checks itself while it runs."""
        if not self.is_sqlite:
            return ()
        with self.reading() as session:
            found = [str(row[0]) for row in session.connection().execute(text("PRAGMA quick_check(20)"))]
            broken = [str(row) for row in session.connection().execute(text("PRAGMA foreign_key_check"))]
        return tuple(line for line in [*found, *broken] if line != "ok")

    def close(self) -> None:
        """Close all connections."""
        if "engine" in self.__dict__:
            self.engine.dispose()


@contextmanager
def _told() -> Iterator[None]:
    """Turn a database that cannot be used into an error that says so."""
    try:
        yield
    except OperationalError as error:
        raise StoreFailure(f"the database cannot be used: {error.orig}") from error
    except PoolTimeout as error:
        raise StoreFailure(f"no connection to the database came free: {error}") from error
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) == NO_SUCH_TABLE:
            raise StoreFailure(f"the database is not of this version: {error.orig}") from error
        raise
    except DBAPIError as error:
        if error.connection_invalidated:
            raise StoreFailure(f"the database went away: {error.orig}") from error
        if type(error) is DatabaseError:  # its children are faults of a statement, it is one of the file
            raise StoreFailure(f"the database is damaged: {error.orig}") from error
        raise


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreFailure(f"the database's folder {folder} cannot be made: {error.strerror}") from error


def _open_sqlite(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    # The driver must not begin transactions by itself, or BEGIN IMMEDIATE comes too late.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
    _set_journal(cursor)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _set_journal(cursor: sqlite3.Cursor) -> None:
    """Let readers read while somebody writes. Where another connection is just making a new file, wait for it first.

    Changing the journal does not wait for a lock by itself; beginning to write does.
    """
    for _ in range(_JOURNAL_TRIES):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute("ROLLBACK")
        else:
            return
    cursor.execute("PRAGMA journal_mode=WAL")


def _lock_postgresql(connection: Connection) -> None:
    """Wait for the writer's lock, as SQLite does; READ COMMITTED alone would lose updates that read first."""
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {BUSY_MILLISECONDS}")
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
