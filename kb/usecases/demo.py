"""What a second start of the demonstration need not make again."""

import hashlib
from datetime import date, datetime
from pathlib import Path

from kb import search as search_room
from kb import site as site_room
from kb.content import Library
from kb.store import Store
from kb.store.bulk import filled_tables
from kb.store.planning import latest_run
from kb.store.samples import changed_after
from kb.usecases.site import build_site


def register_is_filled(store: Store) -> bool:
    """Whether the register has rows, of a sample or of its own."""
    with store.reading() as session:
        return bool(filled_tables(session))


def plan_is_current(store: Store, *, first_day: date, last_day: date) -> bool:
    """Whether the newest plan is of this period, and nothing in the register changed since it was made."""
    with store.reading() as session:
        run = latest_run(session)
        if run is None or (run.first_day, run.last_day) != (first_day, last_day):
            return False
        return not changed_after(session, run.created)


def site_built_if_needed(
    *, config_file: Path, content_dir: Path, site_dir: Path, library: Library, now: datetime
) -> int | None:
    """Build the site where its pages, manual, generator or search changed; return its pages, None where nothing did.

    Raises:
        NotFound: `config_file` is not there.
        BadContent: The builder failed or left out a page.
    """
    mark = site_dir.with_name(site_dir.name + ".built-from")
    wanted = _digest(library, config_file)
    if (site_dir / "index.html").is_file() and mark.is_file() and mark.read_text("utf-8") == wanted:
        return None
    report = build_site(config_file=config_file, content_dir=content_dir, site_dir=site_dir, built=now)
    mark.write_text(wanted, "utf-8")
    return report.pages


def _digest(library: Library, config_file: Path) -> str:
    digest = hashlib.sha256(library.digest.encode())
    rooms = [Path(str(room.__file__)).parent for room in (site_room, search_room)]
    manual = config_file.parent / "docs"
    for folder in (*rooms, manual):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    if config_file.is_file():
        digest.update(config_file.read_bytes())
    return digest.hexdigest()
