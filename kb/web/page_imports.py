"""Files that are brought in from a browser or a program: kept for a day, read by a job, answered at once where that is quick."""

import hashlib
import os
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from kb.errors import BadImport, Conflict, Fault, NotFound, Stopped
from kb.usecases.jobs import Job, find_job
from kb.usecases.page_import_job import ImportRequest, do_import, start_import
from kb.wiring import House

AT_ONCE_S = 2.0
"""How long a request waits for its report: within it a page still feels immediate."""
KEPT = timedelta(days=1)
"""Between a preview and what is kept of it nobody has to send the file again, for so long."""
_BLOCK = 1 << 20


def kept_upload(house: House, content: BinaryIO, name: str) -> str:
    """Keep a file under its SHA-256 and return that; files of yesterday are thrown away.

    Raises:
        BadImport: It is larger than an upload may be, or empty.
    """
    folder = _folder(house)
    folder.mkdir(parents=True, exist_ok=True)
    oldest = (house.now() - KEPT).timestamp()
    for old in folder.iterdir():
        if old.stat().st_mtime < oldest:
            old.unlink(missing_ok=True)
    aside = folder / f".{house.new_id()}"
    digest = hashlib.sha256()
    size = 0
    try:
        with aside.open("wb") as file:
            while block := content.read(_BLOCK):
                size += len(block)
                if size > house.settings.upload_limit_bytes:
                    repair = f"send at most {house.settings.upload_limit_bytes:,} bytes"
                    raise _refused(name, "is too large", repair)
                digest.update(block)
                file.write(block)
        if not size:
            raise _refused(name, "is empty", "choose a file")
        moment = house.now().timestamp()
        os.utime(aside, (moment, moment))
        aside.replace(folder / digest.hexdigest())
    finally:
        aside.unlink(missing_ok=True)
    return digest.hexdigest()


def asked_for_import(house: House, digest: str, request: ImportRequest, *, by: str) -> Job:
    """Start reading a kept file and wait a moment for it; return the job.

    Raises:
        NotFound: The file is not kept any more.
        Conflict: Another file is being brought in.
        BadImport, BadInput: It was refused, and that was known within the moment.
    """
    path = kept_file(house, digest, request.name)
    started = start_import(house.store, request, id=house.new_id(), now=house.now(), by=by)
    job = started.job
    if not started.is_new:
        raise Conflict(f"{job.created_by} is bringing in a file just now; wait until it is done, or stop it")
    index = house.search_index()

    def work() -> None:
        with path.open("rb") as content:
            do_import(
                house.store,
                index,
                job,
                content,
                clock=house.now,
                limit_bytes=house.settings.upload_limit_bytes,
            )

    worker = house.in_background(job.id, work)
    if worker.has_ended(within_s=AT_ONCE_S) and worker.error and not isinstance(worker.error, Stopped):
        raise worker.error
    return find_job(house.store, job.id, now=house.now())


def kept_file(house: House, digest: str, name: str) -> Path:
    """Return where a kept file lies.

    Raises:
        NotFound: It is not kept any more.
    """
    path = _folder(house) / digest
    if not digest.isalnum() or not path.is_file():
        raise NotFound("uploaded file", name[:200])
    return path


def _folder(house: House) -> Path:
    return house.settings.home / "imports"


def _refused(name: str, what: str, repair: str) -> BadImport:
    return BadImport("nothing was imported", [Fault(where=name[:200] or "file", what=what, repair=repair)])
