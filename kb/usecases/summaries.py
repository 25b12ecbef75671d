"""Monthly and yearly summaries: every figure with the list behind it; a month that was closed keeps its figures and tells what moved."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from kb.content.vocabulary import Vocabularies
from kb.errors import BadInput, BadQuery, Conflict, Fault
from kb.i18n import Language
from kb.store import Store
from kb.store import summaries as rows
from kb.store.register import Change, record
from kb.usecases.summary_figures import BY_CODE, FIGURES, Figure, share
from kb.usecases.summary_lists import SummaryList, summary_lists

AUDITED = "summaries"
_MONTH = re.compile(r"(20\d\d|21\d\d)-(0[1-9]|1[0-2])")
_YEAR = re.compile(r"20\d\d|21\d\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """A figure of a closed month that the records would give differently by now."""

    figure: Figure
    month: str
    kept: float | None
    now: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodSummary:
    """The figures of a month or a year.

    Args:
        period: `2026-11` or `2026`.
        months: Its months that have begun.
        values: By figure's code, then month; a closed month has the figures it was closed with.
        counts: Of shares, by code, then month: how many speak for it and how many against; likewise.
        closed: When and by whom months were closed, by month.
        drifts: What moved since.
    """

    period: str
    months: tuple[str, ...]
    values: Mapping[str, Mapping[str, float | None]]
    counts: Mapping[str, Mapping[str, tuple[float, float]]]
    lists: Mapping[str, SummaryList]
    closed: Mapping[str, tuple[datetime, str]]
    drifts: tuple[Drift, ...]

    def whole(self, figure: Figure) -> float | None:
        """Return a figure over the whole period: the sum of its months, or for a share that of all who spoke in them."""
        if figure.is_share:
            spoke = [self.counts[figure.code][month] for month in self.months]
            return share(sum(yes for yes, _ in spoke), sum(no for _, no in spoke))
        return sum(self.values[figure.code][month] or 0.0 for month in self.months)


def summary(
    store: Store, period: str, *, zone: tzinfo, today: date, vocabularies: Vocabularies, language: Language
) -> PeriodSummary:
    """Return the figures of a month or a year.

    Args:
        period: `2026-11` or `2026`.
        today: Months that begin later are left out.

    Raises:
        BadQuery: It is neither, or lies ahead.
    """
    months = _months(period, today)
    first = date.fromisoformat(f"{months[0]}-01")
    last = _last_day(months[-1])
    with store.reading() as session:
        lists = summary_lists(session, first, last, zone=zone, vocabularies=vocabularies, language=language)
        kept = {month: row for month in months if (row := rows.closed_month(session, month)) is not None}
        closed = {month: (row.closed_at, row.closed_by) for month, row in kept.items()}
        figures = {month: dict(row.figures) for month, row in kept.items()}
    values: dict[str, dict[str, float | None]] = {}
    counts: dict[str, dict[str, tuple[float, float]]] = {}
    drifts = []
    for figure in FIGURES:
        values[figure.code] = {}
        if figure.is_share:
            counts[figure.code] = {
                month: _kept_counts(figure, figures.get(month, {})) or figure.counts(lists, month)
                for month in months
            }
        for month in months:
            current = figure.value(lists, month)
            if month in figures and figure.code in figures[month]:
                old = figures[month][figure.code]
                values[figure.code][month] = old
                if old != current:
                    drifts.append(Drift(figure=figure, month=month, kept=old, now=current))
            else:
                values[figure.code][month] = current
    return PeriodSummary(
        period=period,
        months=months,
        values=values,
        counts=counts,
        lists=lists,
        closed=closed,
        drifts=tuple(drifts),
    )


def close_month(
    store: Store,
    month: str,
    *,
    zone: tzinfo,
    today: date,
    vocabularies: Vocabularies,
    who: str,
    now: datetime,
) -> None:
    """Keep a month's figures as they are; closing it again changes nothing.

    Raises:
        BadQuery: It is no month.
        BadInput: It is not over yet.
    """
    found = summary(store, month, zone=zone, today=today, vocabularies=vocabularies, language="zh_CN")
    if _MONTH.fullmatch(month) is None:
        raise BadQuery(f"{month[:10]!r} is no month; only months are closed")
    if _last_day(month) >= today:
        fault = Fault(where="month", what=f"{month} is not over yet", repair="close it after its last day")
        raise BadInput("the month was not closed", [fault])
    figures = {code: found.values[code][month] for code in BY_CODE}
    for code, spoke in found.counts.items():
        figures |= dict(zip(_count_names(code), spoke[month], strict=True))
    with store.writing() as session:
        if rows.closed_month(session, month) is not None:
            return
        session.add(rows.ClosedMonthRow(month=month, closed_at=now, closed_by=who, figures=figures))
        session.flush()
        record(
            session,
            [
                Change(
                    at=now, who=who, action="close", kind=AUDITED, thing_id=month, before=None, after=figures
                )
            ],
        )


def open_month(store: Store, month: str, *, reason: str, who: str, now: datetime) -> None:
    """Forget that a month was closed, so that its figures follow the records again.

    Raises:
        Conflict: It is not closed.
        BadInput: No reason is given.
    """
    if not reason.strip():
        raise BadInput("the month stays closed", [Fault(where="reason", what="is empty", repair="say why")])
    with store.writing() as session:
        row = rows.closed_month(session, month)
        if row is None:
            raise Conflict(f"{month[:10]} is not closed")
        before = dict(row.figures)
        rows.open_again(session, row)
        after = {"reason": reason.strip()[:500]}
        record(
            session,
            [
                Change(
                    at=now, who=who, action="open", kind=AUDITED, thing_id=month, before=before, after=after
                )
            ],
        )


def _count_names(code: str) -> tuple[str, str]:
    """Return the names under which a closed month keeps who spoke for a share and against it."""
    return f"{code}:yes", f"{code}:no"


def _kept_counts(figure: Figure, kept: Mapping[str, float | None]) -> tuple[float, float] | None:
    """Return the counts of a share that a closed month kept; None where it is open, or kept none."""
    yes, no = (kept.get(name) for name in _count_names(figure.code))
    return None if yes is None or no is None else (yes, no)


def _months(period: str, today: date) -> tuple[str, ...]:
    if _MONTH.fullmatch(period):
        wanted = [period]
    elif _YEAR.fullmatch(period):
        wanted = [f"{period}-{month:02d}" for month in range(1, 13)]
    else:
        raise BadQuery(f"{period[:20]!r} is no period; write a month such as 2026-11, or a year")
    begun = tuple(month for month in wanted if date.fromisoformat(f"{month}-01") <= today)
    if not begun:
        raise BadQuery(f"{period} has not begun")
    return begun


def _last_day(month: str) -> date:
    first = date.fromisoformat(f"{month}-01")
    return (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def summary_json(found: PeriodSummary, *, private: bool) -> dict[str, object]:
    """Return a summary as an object of JSON.

    Args:
        private: Whether amounts paid are shown.
    """
    return {
        "period": found.period,
        "months": list(found.months),
        "figures": [
            {
                "code": one.code,
                "name": one.name,
                "list": one.list,
                "share": one.is_share,
                "months": {month: found.values[one.code][month] for month in found.months},
                "whole": found.whole(one),
            }
            for one in FIGURES
            if private or not one.private
        ],
        "closed": {month: {"at": at.isoformat(), "by": by} for month, (at, by) in found.closed.items()},
        "drifts": [
            {"code": one.figure.code, "month": one.month, "kept": one.kept, "now": one.now}
            for one in found.drifts
            if private or not one.figure.private
        ],
    }
