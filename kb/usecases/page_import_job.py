"""Bringing a file in as a job: with progress, a way to stop it, and its report kept as what came of it.

The columns that somebody mapped for a table are remembered with the report, and proposed again for a table with the
same headers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from kb.errors import Conflict
from kb.search import SearchIndex
from kb.store import Store
from kb.store.jobs import ended_jobs
from kb.store.register import Session
from kb.usecases.jobs import Heart, Job, JobState, Started, end_with, start_job, working_on
from kb.usecases.page_import import ImportReport, import_pages

IMPORTING = "page_import"
"""The kind of these jobs."""
REMEMBERED = 50
"""Among so many last imports the headers of a table are looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """What is wished of an import.

    Args:
        name: The file's.
        mapping: Of a table, field by header; what it leaves out is proposed.
        only: Numbers of the cases that are kept; empty keeps all.
        types: What each becomes, by number; those that are not named become what their headings tell.
        dry_run: Whether to report only.
    """

    name: str
    mapping: Mapping[str, str] = field(default_factory=dict)
    only: Sequence[int] = ()
    types: Mapping[int, str] = field(default_factory=dict)
    dry_run: bool = True


def start_import(store: Store, request: ImportRequest, *, id: str, now: datetime, by: str) -> Started:
    """Claim the bringing in of a file; where one is being brought in already, return that one."""
    asked = {
        "name": request.name[:200],
        "mapping": dict(request.mapping),
        "only": list(request.only),
        "types": {str(number): kind for number, kind in request.types.items()},
        "dry_run": request.dry_run,
    }
    return start_job(store, id=id, kind=IMPORTING, request=asked, now=now, by=by)


def do_import(
    store: Store,
    index: SearchIndex,
    job: Job,
    content: BinaryIO,
    *,
    clock: Callable[[], datetime],
    limit_bytes: int,
) -> ImportReport:
    """Do the work of an import; return its report, which is the job's result as well.

    Args:
        store: The database.
        index: The open search index.
        job: As claimed by `start_import`.
        content: The file.
        clock: Returns the present instant.
        limit_bytes: Largest file.

    Raises:
        Stopped: Somebody stopped it; nothing was written.
        BadImport, BadInput: As `import_pages`; the job has failed.
    """
    asked = request_of(job)
    with working_on(store, job.id, clock=clock) as heart:

        def ended(session: Session, report: ImportReport) -> None:
            end_with(session, job.id, now=clock(), result=report.json())

        report = import_pages(
            store,
            index,
            content,
            asked.name,
            who=job.created_by,
            now=clock(),
            limit_bytes=limit_bytes,
            mapping=asked.mapping,
            remembered=remembered_mappings(store),
            only=asked.only,
            types=asked.types,
            dry_run=asked.dry_run,
            progress=_telling(heart),
            with_drafts=ended,
        )
        if asked.dry_run:
            with store.writing() as session:
                ended(session, report)
        return report


def import_at_once(
    store: Store,
    index: SearchIndex,
    content: BinaryIO,
    request: ImportRequest,
    *,
    id: str,
    by: str,
    clock: Callable[[], datetime],
    limit_bytes: int,
) -> ImportReport:
    """Bring a file in and wait for it.

    Raises:
        Conflict: Another file is being brought in.
        Stopped, BadImport, BadInput: As `do_import`.
    """
    started = start_import(store, request, id=id, now=clock(), by=by)
    if not started.is_new:
        raise Conflict(f"{started.job.created_by} is bringing in a file just now; wait for it, or stop it")
    return do_import(store, index, started.job, content, clock=clock, limit_bytes=limit_bytes)


def request_of(job: Job) -> ImportRequest:
    """Return what was wished of an import."""
    asked = job.request
    mapping, only, types = asked.get("mapping"), asked.get("only"), asked.get("types")
    return ImportRequest(
        name=str(asked["name"]),
        mapping=dict(mapping) if isinstance(mapping, dict) else {},
        only=tuple(only) if isinstance(only, list) else (),
        types={int(number): kind for number, kind in types.items()} if isinstance(types, dict) else {},
        dry_run=bool(asked["dry_run"]),
    )


def remembered_mappings(store: Store) -> tuple[tuple[tuple[str, ...], Mapping[str, str]], ...]:
    """Return headers and mapping of the tables that were brought in, the latest first."""
    with store.reading() as session:
        found = ended_jobs(session, IMPORTING, JobState.DONE.value, size=REMEMBERED)
        results = [row.result for row in found if row.request and not row.request.get("dry_run")]
    return tuple(
        (tuple(shape["headers"]), dict(shape["mapping"]))
        for result in results
        for shape in (result or {}).get("tables", {}).values()
    )


def _telling(heart: Heart) -> Callable[[float, str], None]:
    def tell(share: float, message: str) -> None:
        heart.tell(share, message)

    return tell
