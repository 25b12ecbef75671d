"""What every test shares: deterministic property tests, where shared data stands, and what is made once for all."""

import shutil
import threading
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import settings

from kb.content import Library, load_library
from kb.store import Store
from kb.usecases import accounts
from tests.postgresql import stop_the_server

settings.register_profile("servicebook", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("servicebook")

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder `shared` beside the project; tests that need it skip where it is absent."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("shared/ is not beside the project")
    return folder


@cache
def the_real_library() -> Library:
    """The library of the project, read once a process."""
    return load_library(ROOT / "content")


REAL_MIGRATE: Callable[..., tuple[str, str]] = Store.migrate
"""What brings a database to this version; the tests of the migrations call it themselves."""


@pytest.fixture(scope="session", autouse=True)
def _tables_are_made_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A new SQLite file becomes a copy of one that the real migrations made: the same, in a tenth of the time."""
    template = tmp_path_factory.mktemp("tables") / "template.db"
    version: list[str] = []

    def migrate(store: Store, *, to: str = "head") -> tuple[str, str]:
        file = Path(store.address.removeprefix("sqlite:///"))
        if to != "head" or not store.is_sqlite or "engine" in vars(store) or file.exists():
            return REAL_MIGRATE(store, to=to)
        if not version:
            first = Store(f"sqlite:///{template}")
            version.append(REAL_MIGRATE(first)[1])
            first.close()
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(f"{file.name}.{threading.get_ident()}")
        shutil.copyfile(template, part)
        part.replace(file)  # nobody opens half a file
        return "", version[0]

    patch = pytest.MonkeyPatch()
    patch.setattr(Store, "migrate", migrate)
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def _the_server_ends_with_the_tests() -> Iterator[None]:
    yield
    stop_the_server()


REAL_HASHER = accounts._HASHER
"""What hashes passwords in the product; a test holds its cost."""


@pytest.fixture(scope="session", autouse=True)
def _passwords_cost_little() -> Iterator[None]:
    """The same hashing with little memory and one turn: the tests guess nothing, and log in a thousand times."""
    patch = pytest.MonkeyPatch()
    patch.setattr(accounts, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    yield
    patch.undo()
