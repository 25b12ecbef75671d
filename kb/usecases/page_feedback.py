"""Readers say whether a page helped, and if not, why: one vote a reader, which a second click changes.

The voter is the user who is logged in; while no user exists the service answers this machine only, and it has one
vote. A vote is about the revision that was read: once the page is mended, old complaints no longer count against it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from kb.content import Library, Page
from kb.errors import BadInput, Fault, TooOften
from kb.store import Store
from kb.store import feedback as rows
from kb.usecases.content import page_by_id
from kb.usecases.draft_checking import clean
from kb.usecases.page_work import complained

REASONS: Mapping[str, str] = {
    "outdated": "out of date",
    "wrong": "wrong",
    "unclear": "unclear",
    "other_machine": "does not fit my machine",
    "incomplete": "incomplete",
}
"""Why a page did not help: codes and their message ids."""
LONGEST_TEXT = 1000
MOST_VOTES = 60
VOTING_WINDOW = timedelta(hours=1)
"""So many pages may a reader judge within an hour: nobody reads faster, a script does."""
MOST_TOLD = 50
LOCAL_VOTER = "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a reader says of a page.

    Args:
        helpful: Whether it helped.
        reason: One of `REASONS`; empty where none was given, and always where it helped.
        text: In the reader's own words.
    """

    helpful: bool
    reason: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """A verdict as it was kept.

    Args:
        verdict: What was said.
        cast: When it was meant; by the reader's clock where it waited on a phone.
        revision: Revision of the page that it is about.
        current: Whether the page still has that revision.
    """

    verdict: Verdict
    cast: datetime
    revision: int
    current: bool

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON; who voted is not in it."""
        return {
            "helpful": self.verdict.helpful,
            "reason": self.verdict.reason,
            "text": self.verdict.text,
            "cast": self.cast.isoformat(),
            "revision": self.revision,
            "current": self.current,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """How readers judge a page as it stands now.

    Args:
        helpful: Voters whom it helped.
        not_helpful: Voters whom it did not help.
        reasons: Of those, how many gave each reason.
        before: Votes on earlier revisions.
    """

    helpful: int = 0
    not_helpful: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    before: int = 0

    @property
    def doubted(self) -> bool:
        """Whether it left more readers without help than it helped."""
        return self.not_helpful > self.helpful

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            "helpful": self.helpful,
            "not_helpful": self.not_helpful,
            "reasons": dict(self.reasons),
            "before": self.before,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """All that is known of what readers think of a page.

    Args:
        page: The page.
        verdicts: How it is judged.
        mine: The vote of who asks; None where there is none.
        told: The latest votes with a reason or words.
    """

    page: Page
    verdicts: Verdicts
    mine: Vote | None
    told: tuple[Vote, ...]

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            "page_id": self.page.id,
            "revision": self.page.revision,
            **self.verdicts.json(),
            "mine": self.mine.json() if self.mine else None,
            "told": [one.json() for one in self.told],
        }


NO_VERDICTS = Verdicts()


def judge_page(
    store: Store,
    library: Library,
    page_id: str,
    verdict: Verdict,
    *,
    voter: str,
    now: datetime,
    cast: datetime | None = None,
    revision: int | None = None,
) -> Vote:
    """Keep a reader's verdict on a page and return the vote that stands then.

    The same verdict sent again changes nothing, and one that was meant before the one that stands is not taken: so a
    vote that waited on a phone may be sent as often as it takes.

    Args:
        store: The database.
        library: The library.
        page_id: The page.
        verdict: What the reader says.
        voter: Id of the user, or `LOCAL_VOTER`.
        now: The present instant.
        cast: When it was meant; None means now. A clock that runs ahead counts as now.
        revision: Revision that was read; None means the present one.

    Raises:
        NotFound: The library has no such page.
        BadInput: Every fault, by field.
        TooOften: The voter has judged too many pages within the hour.
    """
    page = page_by_id(library, page_id)
    said = _checked(verdict)
    meant = min(cast or now, now)
    read = min(revision or page.revision, page.revision)
    with store.writing() as session:
        row = rows.vote_row(session, page_id, voter)
        if row is None:
            _refuse_flood(session, voter, now)
            row = rows.PageVoteRow(
                page_id=page_id,
                voter=voter,
                helpful=said.helpful,
                reason=said.reason,
                text=said.text,
                page_revision=read,
                cast_at=meant,
                kept_at=now,
            )
            rows.add_row(session, row)
        elif row.cast_at > meant or (_verdict(row) == said and row.page_revision == read):
            return _vote(row, page)
        else:
            row.helpful, row.reason, row.text = said.helpful, said.reason, said.text
            row.page_revision, row.cast_at, row.kept_at = read, meant, now
            session.flush()
        if row.page_revision == page.revision:
            reasons = [one.reason for one in rows.votes_on(session, [page_id]) if _counts(one, page)]
            complained(session, page, reasons, said.reason, now=now)
        return _vote(row, page)


def _checked(verdict: Verdict) -> Verdict:
    text = clean(verdict.text).strip()
    faults = []
    if verdict.reason and verdict.reason not in REASONS:
        what = f"{verdict.reason[:40]!r} is no reason"
        faults.append(Fault(where="reason", what=what, repair=", ".join(REASONS)))
    elif verdict.helpful and verdict.reason:
        repair = "leave it out, or say that the page did not help"
        faults.append(Fault(where="reason", what="is given for a page that helped", repair=repair))
    if len(text) > LONGEST_TEXT:
        what = f"has {len(text):,} characters"
        faults.append(Fault(where="text", what=what, repair=f"{LONGEST_TEXT:,} at most"))
    if faults:
        raise BadInput("the vote was not counted", faults)
    return Verdict(helpful=verdict.helpful, reason=verdict.reason, text=text)


def _refuse_flood(session: rows.Session, voter: str, now: datetime) -> None:
    if rows.votes_of_voter(session, voter, since=now - VOTING_WINDOW) >= MOST_VOTES:
        raise TooOften(f"{MOST_VOTES} pages were judged within the hour; go on in an hour")


def feedback_on(store: Store, library: Library, page_id: str, *, voter: str) -> Feedback:
    """Return what readers think of a page, and the vote of who asks.

    Raises:
        NotFound: The library has no such page.
    """
    page = page_by_id(library, page_id)
    with store.reading() as session:
        found = rows.votes_on(session, [page_id])
        mine = next((_vote(row, page) for row in found if row.voter == voter), None)
        told = tuple(_vote(row, page) for row in found if row.reason or row.text)[:MOST_TOLD]
        counts = [
            rows.VoteCount(
                page_id=page_id,
                page_revision=row.page_revision,
                helpful=row.helpful,
                reason=row.reason,
                count=1,
            )
            for row in found
        ]
    return Feedback(page=page, verdicts=_verdicts(counts, page), mine=mine, told=told)


def all_verdicts(store: Store, library: Library) -> dict[str, Verdicts]:
    """Return how every page that anybody judged is judged, by id; pages that are gone are left out."""
    with store.reading() as session:
        found = rows.vote_counts(session)
    by_page: defaultdict[str, list[rows.VoteCount]] = defaultdict(list)
    for one in found:
        by_page[one.page_id].append(one)
    return {
        page_id: _verdicts(counts, library.pages[page_id])
        for page_id, counts in by_page.items()
        if page_id in library.pages
    }


def _verdicts(counts: Iterable[rows.VoteCount], page: Page) -> Verdicts:
    helpful = not_helpful = before = 0
    reasons: dict[str, int] = {}
    for one in counts:
        if one.page_revision != page.revision:
            before += one.count
        elif one.helpful:
            helpful += one.count
        else:
            not_helpful += one.count
            if one.reason:
                reasons[one.reason] = reasons.get(one.reason, 0) + one.count
    ordered = {name: reasons[name] for name in REASONS if name in reasons}
    return Verdicts(helpful=helpful, not_helpful=not_helpful, reasons=ordered, before=before)


def _counts(row: rows.PageVoteRow, page: Page) -> bool:
    return not row.helpful and row.page_revision == page.revision


def _verdict(row: rows.PageVoteRow) -> Verdict:
    return Verdict(helpful=row.helpful, reason=row.reason, text=row.text)


def _vote(row: rows.PageVoteRow, page: Page) -> Vote:
    return Vote(
        verdict=_verdict(row),
        cast=row.cast_at.astimezone(UTC),
        revision=row.page_revision,
        current=row.page_revision == page.revision,
    )
