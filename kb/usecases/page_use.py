"""Pages are used in jobs: linked to the visit on which they helped, counted, smoothed, and told to the ranking.

Reuse in a job says more than any vote (KCS v6: link what was used to solve the issue), so it counts most.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from kb.content import Library
from kb.errors import Conflict, NotFound
from kb.store import Store
from kb.store import feedback as rows
from kb.store import register as audit
from kb.usecases.content import page_by_id
from kb.usecases.page_feedback import Verdicts
from kb.usecases.visit_reading import visit_in

VISIT = "visit"
LINKED_KINDS = ("case", "guide", "alarm")
"""Page types that do something in a job; a term or a checklist is no answer."""
MOST_SHOWN = 100
SOLVED_WEIGHT, USED_WEIGHT, VOTE_WEIGHT = 1.0, 0.5, 0.1
"""A job that the page cured, one it was of use in, and a vote more for than against it."""
HALF_AT = 4.0
"""At so much reuse a page is half as proven as it can get: the first jobs say most, the hundredth nothing new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageUse:
    """A page used in a job.

    Args:
        page_id: The page.
        title: Its title; empty where it is gone from the library.
        job_kind: `visit`.
        job_key: Key of the visit.
        solved: Whether it cured the fault.
        who: Who linked it.
        used: When.
    """

    page_id: str
    title: str
    job_kind: str
    job_key: str
    solved: bool
    who: str
    used: datetime

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            "page_id": self.page_id,
            "title": self.title,
            "job_kind": self.job_kind,
            "job_key": self.job_key,
            "solved": self.solved,
            "who": self.who,
            "used": self.used.isoformat(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Reuse:
    """How often a page was used.

    Args:
        jobs: Jobs that it is linked to.
        solved: Of those, the ones that it cured.
        last: When it was linked last; None where it never was.
    """

    jobs: int = 0
    solved: int = 0
    last: datetime | None = None


NO_REUSE = Reuse()


def link_page(
    store: Store, library: Library, *, page_id: str, visit_key: str, solved: bool, who: str, now: datetime
) -> PageUse:
    """Say that a page was used on a visit; said again it changes `solved` and never counts twice.

    Args:
        store: The database.
        library: The library.
        page_id: A case, guide or alarm.
        visit_key: Key of the visit.
        solved: Whether it cured the fault.
        who: Who says so.
        now: The present instant in the department's zone.

    Raises:
        NotFound: There is no such page or no such visit.
        Conflict: The page is of a type that solves nothing.
    """
    page = page_by_id(library, page_id)
    if page.type not in LINKED_KINDS:
        raise Conflict(f"{page_id} is a {page.type}; a job is linked to a {', '.join(LINKED_KINDS)}")
    with store.writing() as session:
        visit_in(session, visit_key, today=now.date())
        row = rows.use_row(session, page_id, VISIT, visit_key)
        before = None if row is None else {"visit": visit_key, "solved": row.solved}
        after = {"visit": visit_key, "solved": solved}
        if row is None:
            row = rows.PageUseRow(
                page_id=page_id, job_kind=VISIT, job_key=visit_key, solved=solved, who=who, used_at=now
            )
            rows.add_row(session, row)
        elif row.solved != solved:
            row.solved, row.who, row.used_at = solved, who, now
            session.flush()
        if before != after:
            _record(session, page_id, before, after, who=who, now=now)
        return _use(row, library)


def unlink_page(store: Store, *, page_id: str, visit_key: str, who: str, now: datetime) -> None:
    """Take back that a page was used on a visit.

    Raises:
        NotFound: It is not linked.
    """
    with store.writing() as session:
        row = rows.use_row(session, page_id, VISIT, visit_key)
        if row is None:
            raise NotFound("link of this visit to the page", page_id[:80])
        before = {"visit": visit_key, "solved": row.solved}
        rows.remove_use(session, row)
        _record(session, page_id, before, None, who=who, now=now)


def uses_of_page(store: Store, library: Library, page_id: str) -> tuple[PageUse, ...]:
    """Return the jobs that a page was used in, the latest first, `MOST_SHOWN` at most.

    Raises:
        NotFound: The library has no such page.
    """
    page_by_id(library, page_id)
    with store.reading() as session:
        return tuple(_use(row, library) for row in rows.uses_of_page(session, page_id, most=MOST_SHOWN))


def pages_of_visit(store: Store, library: Library, visit_key: str, *, today: date) -> tuple[PageUse, ...]:
    """Return the pages that were used on a visit, those that cured the fault first.

    Raises:
        NotFound: There is no such visit.
    """
    with store.reading() as session:
        visit_in(session, visit_key, today=today)
        return tuple(_use(row, library) for row in rows.uses_in_job(session, VISIT, visit_key))


def all_reuse(store: Store) -> dict[str, Reuse]:
    """Return how often each page that was used at all was used, by id."""
    with store.reading() as session:
        return {
            one.page_id: Reuse(jobs=one.jobs, solved=one.solved, last=one.last_at.astimezone(UTC))
            for one in rows.use_counts(session)
        }


def reuse_scores(
    reuse: Mapping[str, Reuse], verdicts: Mapping[str, Verdicts], page_ids: Iterable[str] | None = None
) -> dict[str, float]:
    """Return how proven each page is by use, 0 (never used) to below 1, for the ranking.

    A page that readers doubt is not lifted by their votes, and never put below one that nobody used.

    Args:
        reuse: As `all_reuse` returns it.
        verdicts: As `kb.usecases.page_feedback.all_verdicts` returns it.
        page_ids: Pages to be told of; None means all that have any use.

    Source:
        Additive smoothing of a rate with a prior of no use, w / (w + k).
    """
    scores = {}
    for page_id in page_ids if page_ids is not None else sorted({*reuse, *verdicts}):
        used, voted = reuse.get(page_id, NO_REUSE), verdicts.get(page_id)
        weight = SOLVED_WEIGHT * used.solved + USED_WEIGHT * (used.jobs - used.solved)
        if voted is not None:
            weight += VOTE_WEIGHT * max(voted.helpful - voted.not_helpful, 0)
        if weight > 0:
            scores[page_id] = weight / (weight + HALF_AT)
    return scores


def _record(
    session: rows.Session,
    page_id: str,
    before: Mapping[str, object] | None,
    after: Mapping[str, object] | None,
    *,
    who: str,
    now: datetime,
) -> None:
    action = "create" if before is None else "update" if after is not None else "delete"
    change = audit.Change(
        at=now, who=who, action=action, kind="page_uses", thing_id=page_id, before=before, after=after
    )
    audit.record(session, [change])


def _use(row: rows.PageUseRow, library: Library) -> PageUse:
    page = library.pages.get(row.page_id)
    return PageUse(
        page_id=row.page_id,
        title=page.title if page is not None else "",
        job_kind=row.job_kind,
        job_key=row.job_key,
        solved=row.solved,
        who=row.who,
        used=row.used_at.astimezone(UTC),
    )
