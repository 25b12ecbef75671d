"""Building the site on request: a job beside the service, in a process of its own.

Building takes minutes of computing; in the service's own process everybody's searches would wait for it.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from kb.errors import BadContent, Fault, NotFound
from kb.store import Store
from kb.usecases.jobs import Job, Started, end_with, start_job, working_on

BUILDING = "site"
"""The kind of these jobs."""
LONGEST_S = 1_800
LAST_LINES = 20
_COMMAND = "from kb.cli.main import main; main()"


def site_configuration(content_dir: Path) -> Path:
    """Return where the site's configuration is: in the working folder, or beside the folder of the library.

    Raises:
        NotFound: It is in neither.
    """
    places = (Path("mkdocs.yml"), content_dir.resolve().parent / "mkdocs.yml")
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise NotFound("site configuration", " / ".join(str(place) for place in places))
    return found.resolve()


def start_building(store: Store, *, id: str, now: datetime, by: str) -> Started:
    """Claim the building of the site; where it is being built already, return that job."""
    return start_job(store, id=id, kind=BUILDING, request={}, now=now, by=by)


def build_in_process(
    store: Store,
    job: Job,
    *,
    config_file: Path,
    content_dir: Path,
    site_dir: Path,
    home: Path,
    clock: Callable[[], datetime],
) -> None:
    """Do the work of a building job.

    Args:
        store: The database.
        job: The job.
        config_file: mkdocs.yml.
        content_dir: The Markdown library.
        site_dir: Replaced by the new site once it is whole.
        home: The service's folder.
        clock: Returns the present instant.

    Raises:
        BadContent: The site was not built; the job has failed.
    """
    with working_on(store, job.id, clock=clock) as heart:
        heart.tell(0.05, "Building the site")
        settings = {
            "SERVICEBOOK_HOME": str(home.resolve()),
            "SERVICEBOOK_CONTENT_DIR": str(content_dir.resolve()),
        }
        words = ["site", "build", "--config", str(config_file), "--into", str(site_dir.resolve())]
        done = subprocess.run(  # noqa: S603 - our own interpreter and our own paths
            [sys.executable, "-c", _COMMAND, *words],
            cwd=config_file.parent,
            env={**os.environ, **settings},
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
            check=False,
        )
        if done.returncode != 0:
            said = [line for line in done.stderr.splitlines() if line.strip()][-LAST_LINES:]
            raise BadContent(
                "the site was not built", [Fault(where="site", what=line) for line in said or ["no output"]]
            )
        with store.writing() as session:
            end_with(session, job.id, now=clock(), result={"site": str(site_dir)})
