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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
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


TEMPLATE = "servicebook_tables"


def copied_tables(store: Store, migrate: Callable[[Store], tuple[str, str]]) -> tuple[str, str]:
    """Bring a database to this version: an empty one becomes a copy of one that the real migrations made.

    Args:
        store: A store that nobody has opened yet.
        migrate: The real migrations.
    """
    address = make_url(store.address)
    admin = create_engine(address.set(database="postgres"), isolation_level="AUTOCOMMIT")
    reached = create_engine(address, poolclass=NullPool)
    with reached.connect() as connection:
        has_tables = connection.execute(
            text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        ).scalar()
    if has_tables:
        return migrate(store)
    with admin.connect() as connection:
        if address.port not in _VERSIONS:
            connection.execute(text(f"CREATE DATABASE {TEMPLATE}"))
            first = Store(address.set(database=TEMPLATE).render_as_string(hide_password=False))
            _VERSIONS[address.port] = migrate(first)[1]
            first.close()
        connection.execute(text(f'DROP DATABASE "{address.database}" WITH (FORCE)'))
        connection.execute(
            text(f'CREATE DATABASE "{address.database}" TEMPLATE {TEMPLATE} STRATEGY FILE_COPY')
        )
    admin.dispose()
    return "", _VERSIONS[address.port]


_VERSIONS: dict[int | None, str] = {}
"""The version of the tables that a server of this process has ready, by its port."""

SQLITE = pytest.param("sqlite", id="sqlite")
POSTGRESQL = pytest.param("postgresql", id="postgresql", marks=pytest.mark.postgresql)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with running_server() as address:
        yield address


@pytest.fixture(params=[SQLITE, POSTGRESQL])
def empty_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A database without a schema."""
    if request.param == "sqlite":
        store = Store(f"sqlite:///{tmp_path / 'test.db'}")
        yield store
        store.close()
        return
    server = request.getfixturevalue("server")
    name = f"test_{abs(hash(request.node.nodeid))}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" STRATEGY FILE_COPY'))  # a tenth of the time here
    store = Store(server.rpartition("/")[0] + f"/{name}")
    yield store
    store.close()
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


@pytest.fixture
def store(empty_store: Store) -> Store:
    empty_store.migrate()
    return empty_store
