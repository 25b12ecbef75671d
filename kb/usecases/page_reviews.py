"""Pages whose review is over or comes soon: by owner, with how sure we are of them and how much they are used."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from kb.content import Library, Page
from kb.errors import BadQuery
from kb.usecases.content import due_reviews
from kb.usecases.page_feedback import NO_VERDICTS, Verdicts
from kb.usecases.page_use import NO_REUSE, Reuse

WITHIN_DAYS = 60
MOST_DAYS = 3660


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A page to be reviewed.

    Args:
        page: The page.
        days: Until its review is due; negative where it is overdue.
        reuse: How often it was used in jobs.
        verdicts: How readers judge it.
    """

    page: Page
    days: int
    reuse: Reuse
    verdicts: Verdicts


def reviews_due(
    library: Library,
    *,
    today: date,
    within_days: int = WITHIN_DAYS,
    owner: str = "",
    reuse: Mapping[str, Reuse],
    verdicts: Mapping[str, Verdicts],
) -> tuple[Review, ...]:
    """Return the pages whose review is over or falls due within some days, the longest overdue first.

    Args:
        library: The library.
        today: The day by which they are judged; due today is not overdue.
        within_days: Days to look ahead, 0 to `MOST_DAYS`.
        owner: Only of this owner; empty for all.
        reuse: As `kb.usecases.page_use.all_reuse` returns it.
        verdicts: As `kb.usecases.page_feedback.all_verdicts` returns it.

    Raises:
        BadQuery: `within_days` is out of bounds.
    """
    if not 0 <= within_days <= MOST_DAYS:
        raise BadQuery(f"within_days is {within_days}; it must be 0 to {MOST_DAYS}")
    return tuple(
        Review(
            page=page,
            days=(page.review_due - today).days,
            reuse=reuse.get(page.id, NO_REUSE),
            verdicts=verdicts.get(page.id, NO_VERDICTS),
        )
        for page in due_reviews(library, today=today, within=timedelta(days=within_days))
        if not owner or page.owner == owner
    )


def reviews_by_owner(reviews: tuple[Review, ...]) -> dict[str, tuple[int, int]]:
    """Return how many reviews each owner has, and how many of them are overdue; who has most overdue comes first."""
    counts: dict[str, tuple[int, int]] = {}
    for one in reviews:
        total, overdue = counts.get(one.page.owner, (0, 0))
        counts[one.page.owner] = (total + 1, overdue + (one.days < 0))
    return dict(sorted(counts.items(), key=lambda entry: (-entry[1][1], -entry[1][0], entry[0])))
