"""A PostgreSQL of our own: started in a folder that is thrown away, reached on a free loopback port; and the
fixtures that run a test on SQLite and on it.
"""

import importlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from kb.store import Store
from tests.requirements import missing

USER = "servicebook"
START_SECONDS = 60
ACCOUNTS = ("postgres", "nobody")
"""Who may own the server where the tests run as root, which PostgreSQL refuses."""


def programs() -> Path | None:
    """Return the folder of the newest server programs on this machine."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve().parent)
    return max(found, key=lambda path: path.parts, default=None)


def _as_owner(folder: Path) -> tuple[str, ...]:
    """Give `folder` to an account that may run a server; return the words that run a command as that account."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return ()
    pwd = importlib.import_module("pwd")
    setpriv = shutil.which("setpriv")
    for name in ACCOUNTS:
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        if setpriv:
            os.chown(folder, account.pw_uid, account.pw_gid)
            return (setpriv, f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups")
    missing(
        "postgresql", f"run as root with neither of {', '.join(ACCOUNTS)} to run the server as, or no setpriv"
    )
    raise AssertionError("missing() always raises")


def _dying_with_us(owner: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words that run a server which ends when the tests are killed, where the system can do that."""
    setpriv = shutil.which("setpriv")
    return (setpriv, "--pdeathsig=INT", *owner[1:]) if setpriv else owner


def _wait_until_ready(bin_dir: Path, port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    asked = [str(bin_dir / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run(asked, timeout=10).returncode:
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the server did not start; it ended with {server.returncode}")
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_server() -> Iterator[str]:
    """Run a server; yield the address of its database `postgres` for psycopg through SQLAlchemy."""
    bin_dir = programs()
    if bin_dir is None:
        missing("postgresql", "no initdb below /usr/lib/postgresql or on the PATH")
    assert bin_dir is not None
    folder = Path(tempfile.mkdtemp(prefix="servicebook-pg-"))
    data = folder / "data"
    try:
        owner = _as_owner(folder)
        port = _free_port()

        def run(*words: str) -> None:
            done = subprocess.run([*owner, *words], cwd=folder, capture_output=True, text=True, timeout=120)
            if done.returncode:
                raise RuntimeError(f"{Path(words[0]).name} failed: {done.stdout}{done.stderr}")

        run(
            str(bin_dir / "initdb"),
            "-D",
            str(data),
            "-U",
            USER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
            "--no-sync",
        )
        words = ["-D", str(data), "-h", "127.0.0.1", "-p", str(port), "-k", str(folder), "-F", "-N", "120"]
        command = [*_dying_with_us(owner), str(bin_dir / "postgres"), *words]
        with (
            (folder / "log").open("wb") as log,
            subprocess.Popen(command, cwd=folder, stdout=log, stderr=log) as server,
        ):
            try:
                _wait_until_ready(bin_dir, port, server)
                yield f"postgresql+psycopg://{USER}@127.0.0.1:{port}/postgres"
            finally:
                server.send_signal(signal.SIGQUIT)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


SQLITE = pytest.param("sqlite", id="sqlite")
POSTGRESQL = pytest.param("postgresql", id="postgresql", marks=pytest.mark.postgresql)


_OPEN = ExitStack()
_SERVERS: list[str] = []


def the_server() -> str:
    """Return the address of the server of this process; it is started when it is first asked for."""
    if not _SERVERS:
        _SERVERS.append(_OPEN.enter_context(running_server()))
    return _SERVERS[0]


def stop_the_server() -> None:
    """Stop it, where it runs."""
    _OPEN.close()
    _SERVERS.clear()
    _TABLES.clear()


@pytest.fixture(scope="session")
def server() -> str:
    return the_server()


@contextmanager
def _administering(server: str) -> Iterator[Connection]:
    engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture(params=[SQLITE, POSTGRESQL])
def bare_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A database of its own without a schema."""
    if request.param == "sqlite":
        store = Store(f"sqlite:///{tmp_path / 'test.db'}")
        yield store
        store.close()
        return
    server = the_server()
    name = f"test_{abs(hash(request.node.nodeid))}"
    with _administering(server) as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    store = Store(server.rpartition("/")[0] + f"/{name}")
    yield store
    store.close()
    with _administering(server) as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


TABLES = "servicebook_tables"
_TABLES: list[str] = []
"""The tables that the real migrations made in the database of this process."""

ALONE = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
NAMES = text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'")
AS_NEW = text(
    "SELECT setval(quote_ident(sequencename), 1, false) FROM pg_sequences WHERE schemaname = 'public'"
)


def _emptied_tables() -> Store:
    """Return a store on a database with its tables and no row: as if it were made anew, in a fiftieth of the time."""
    server = the_server()
    address = server.rpartition("/")[0] + f"/{TABLES}"
    if not _TABLES:
        with _administering(server) as connection:
            connection.execute(text(f"CREATE DATABASE {TABLES}"))
        first = Store(address)
        first.migrate()
        first.close()
    engine = create_engine(address, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(ALONE)
        there = sorted(connection.execute(NAMES).scalars())
        if not _TABLES:
            _TABLES.extend(there)
            for name in there:
                assert connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar() == 0, name
        assert there == _TABLES, "a test has changed the tables: let it use bare_store"
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # rows go in any order
        for name in there:
            connection.execute(text(f'DELETE FROM "{name}"'))
        connection.execute(AS_NEW)
    engine.dispose()
    return Store(address)


@pytest.fixture(params=[SQLITE, POSTGRESQL])
def empty_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A database without a row, and without tables until it is migrated."""
    sqlite = request.param == "sqlite"
    store = Store(f"sqlite:///{tmp_path / 'test.db'}") if sqlite else _emptied_tables()
    yield store
    store.close()


@pytest.fixture
def store(empty_store: Store) -> Store:
    empty_store.migrate()
    return empty_store
