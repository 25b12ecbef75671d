"""Long work as rows: the running one of a kind, one by its id, those whose heart has stopped."""

from datetime import datetime

from sqlmodel import Session, col, select

from kb.store.tables import JobRow

RUNNING = "running"
"""The one state that is not an end."""


def add_job(session: Session, row: JobRow) -> None:
    """Keep a new job."""
    session.add(row)
    session.flush()


def job_row(session: Session, id: str) -> JobRow | None:
    """Return a job."""
    return session.get(JobRow, id)


def running_job(session: Session, kind: str) -> JobRow | None:
    """Return the job of this kind that runs, the oldest of several."""
    query = select(JobRow).where(JobRow.kind == kind, JobRow.state == RUNNING)
    return session.exec(query.order_by(col(JobRow.created_at), col(JobRow.id)).limit(1)).first()


def stopped_hearts(session: Session, before: datetime) -> list[JobRow]:
    """Return the running jobs whose heart last beat before an instant, by id."""
    query = select(JobRow).where(JobRow.state == RUNNING, col(JobRow.heartbeat_at) < before)
    return list(session.exec(query.order_by(JobRow.id)))


def newest_jobs(session: Session, kind: str, count: int) -> list[JobRow]:
    """Return the newest jobs of a kind, the newest first."""
    query = select(JobRow).where(JobRow.kind == kind)
    return list(session.exec(query.order_by(col(JobRow.created_at).desc(), col(JobRow.id)).limit(count)))


def ended_jobs(session: Session, kind: str, state: str, *, size: int) -> list[JobRow]:
    """Return the jobs of a kind that ended in a state, the latest first."""
    query = select(JobRow).where(JobRow.kind == kind, JobRow.state == state)
    return list(session.exec(query.order_by(col(JobRow.finished_at).desc(), col(JobRow.id)).limit(size)))
