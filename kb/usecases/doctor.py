"""Is this installation sound? Versions with known faults, database, library, index."""

import platform
import sqlite3
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from kb.content import Library
from kb.search import EngineChoice, index_state
from kb.store import Store

SAFE_SQLITE_FROM = (3, 51, 3)
SAFE_SQLITE_BRANCHES = {(3, 50): 7, (3, 44): 6}
"""SQLite before these can corrupt a database when its WAL is reset (fixed in 3.51.3, 3.50.7, 3.44.6)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; a check that could not run is `skipped`, never good."""

    name: str
    state: Literal["good", "warning", "bad", "skipped"]
    detail: str


def examine(
    *, store: Store, library: Library, index_dir: Path, now: datetime, engine: EngineChoice = "auto"
) -> tuple[Finding, ...]:
    """Return what was found, one finding for each thing looked at.

    Args:
        store: The database.
        library: The library as loaded.
        index_dir: Where the search index stands.
        now: The present instant, for overdue reviews.
        engine: What keeps the index.
    """
    return (
        Finding("python", "good", sys.version.split()[0] + " " + platform.system()),
        _sqlite(store),
        _database(store),
        _library(library, now),
        _index(index_dir, library, engine),
    )


def sqlite_is_safe(version: tuple[int, int, int]) -> bool:
    """Whether a SQLite version has the WAL-reset correction."""
    floor = SAFE_SQLITE_BRANCHES.get((version[0], version[1]))
    return version >= SAFE_SQLITE_FROM or (floor is not None and version[2] >= floor)


def _sqlite(store: Store) -> Finding:
    if not store.is_sqlite:
        return Finding("sqlite", "skipped", "the database is not SQLite")
    major, minor, patch = sqlite3.sqlite_version_info
    if sqlite_is_safe((major, minor, patch)):
        return Finding("sqlite", "good", sqlite3.sqlite_version)
    return Finding(
        "sqlite",
        "warning",
        f"{sqlite3.sqlite_version} has a rare WAL corruption; use 3.51.3, 3.50.7 or 3.44.6 and back up daily",
    )


def _database(store: Store) -> Finding:
    current, wanted = store.schema_versions()
    if current != wanted:
        return Finding(
            "database", "bad", f"schema {current or 'none'}, needs {wanted}: run servicebook migrate"
        )
    broken = store.integrity_faults()
    if broken:
        return Finding("database", "bad", "; ".join(broken[:5]))
    return Finding("database", "good", f"schema {current}")


def _library(library: Library, now: datetime) -> Finding:
    faults = library.faults
    if faults:
        return Finding("library", "bad", f"{len(faults)} fault(s): run servicebook content check")
    overdue = sum(1 for page in library.pages.values() if page.review_due < now.date())
    state: Literal["good", "warning"] = "warning" if overdue or not library.pages else "good"
    return Finding("library", state, f"{len(library.pages)} pages, {overdue} overdue for review")


def _index(index_dir: Path, library: Library, engine: EngineChoice) -> Finding:
    state = index_state(index_dir, library, engine=engine)
    if state == "current":
        return Finding("index", "good", "matches the library")
    return Finding("index", "warning", f"{state}; it is built again by the next search")
