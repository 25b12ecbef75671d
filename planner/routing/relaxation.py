"""Why work finds no place, tested: the smallest relaxation with which it would find one.

Each relaxation is tried against the finished plan, nothing else moved. The order says what counts as small: asking
for a little overtime disturbs one evening, a later day breaks a promise by days, a skill takes months to learn.

| relax | what is asked for | up to |
|---|---|---|
| overtime | minutes more on one day of the window | 120 min |
| window | days before or after it | 28 days |
| certificate | a certificate that ended, or has not begun, is valid again | the window |
| skill | a technician without some of the skills | the window |
| site_closed | the site lets the technician in on a closed day, all working time | the window |
| technician_away | a technician works on a free day, as long as the site is open | the window |
| spacing | two visits of the site nearer to each other than agreed | the window |
| split | the work in parts | a whole free day each |
| none | nothing of these alone is enough | |
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from planner.model import DueWork, Reason, ReasonKind
from planner.routing.board import Board, home_place, minutes_of, site_place
from planner.routing.constraints import Why
from planner.routing.needs_relaxation import needs_way_out
from planner.routing.timetable import LAST_MINUTE, Spans, TechnicianDay, common, find_slot, length

MOST_OVERTIME_MINUTES = 120
MOST_DAYS = 28
"""How far outside its window work is tried: as far as the default window reaches at most."""

_Found = tuple[tuple[str, str], ...] | None


def unplaced_reason(board: Board, work: DueWork) -> Reason:
    """Return why `work` has no place: `why` the rule, `relax` the smallest tested way out, and its amounts.

    Where a certificate is the matter, it is named: `holder` of `certificate` for the skills `proven`, and the `last_day`
    or `first_day` that keeps it from counting; all but the holder and the skills are empty where there is none.
    """
    values = (
        needs_way_out(board, work)
        or _way_out(board, work)
        or (("why", _tightest(board, work)), ("relax", "none"))
    )
    if "certificate" in (values[0][1], values[1][1]):
        values += _papers(board, work)
    return Reason(kind=ReasonKind.UNPLACED, values=values)


def _way_out(board: Board, work: DueWork) -> _Found:
    tries: tuple[Callable[[Board, DueWork], _Found], ...] = (
        (_overtime, _window, _certificate, _skill, _site_closed, _technician_away, _spacing, _split)
        if board.able(work)
        else (_certificate, _skill)
    )
    return next((found for attempt in tries if (found := attempt(board, work)) is not None), None)


def _overtime(board: Board, work: DueWork) -> _Found:
    best: tuple[int, date, str] | None = None
    for day in _open_days(board, work):
        for one in board.able_on(work, day):
            table = board.day_of(one, day)
            if not table.spans or table.left + MOST_OVERTIME_MINUTES < minutes_of(work):
                continue
            needed = _overtime_needed(board, work, day, table)
            if needed is not None and (best is None or (needed, day, one) < best):
                best = needed, day, one
    if best is None:
        return None
    return (
        ("why", Why.WORKING_TIME),
        ("relax", "overtime"),
        ("minutes", str(best[0])),
        ("day", best[1].isoformat()),
        ("technician", best[2]),
    )


def _overtime_needed(board: Board, work: DueWork, day: date, table: TechnicianDay) -> int | None:
    start, end = table.spans[-1]
    longer = (*table.spans[:-1], (start, min(end + MOST_OVERTIME_MINUTES, LAST_MINUTE)))
    tried = TechnicianDay(home=table.home, spans=longer, left=length(longer), stops=table.stops)
    open_spans = common(longer, board.site_spans(work.site_id, day))
    slot = find_slot(tried, board.travel, site_place(work.site_id), open_spans, minutes_of(work))
    # A slot between two stops would need no overtime, and would have been taken.
    return slot.home_at - end if slot is not None and slot.home_at is not None else None


def _window(board: Board, work: DueWork) -> _Found:
    for away in range(1, MOST_DAYS + 1):
        step = timedelta(days=away)
        for side, day in (("latest", work.latest + step), ("earliest", work.earliest - step)):
            if board.closed(work, day) is None and (offer := board.offer(work, day)) is not None:
                return (
                    ("why", _tightest(board, work)),
                    ("relax", "window"),
                    ("side", side),
                    ("days", str(away)),
                    ("day", day.isoformat()),
                    ("technician", offer.technician_id),
                )
    return None


def _certificate(board: Board, work: DueWork) -> _Found:
    """Try those who know how, where only the papers are missing, the one who lives nearest first."""
    for one in _trained(board, work):
        person = board.technicians[one]
        for day in _open_days(board, work):
            missing = sorted(work.skills - person.skills_on(day))
            if not missing or board.offer(work, day, (one,)) is None:
                continue
            return (
                ("why", _tightest(board, work)),
                ("relax", "certificate"),
                ("skills", " ".join(missing)),
                ("technician", one),
                ("day", day.isoformat()),
            )
    return None


def _trained(board: Board, work: DueWork) -> list[str]:
    """Return who learned all that the work needs, whatever their papers say, the one who lives nearest first."""
    found = [
        one
        for one, person in board.technicians.items()
        if work.skills <= person.skills_ever | person.uncertified
    ]
    return sorted(found, key=lambda one: (_way(board, work, one), one))


def _papers(board: Board, work: DueWork) -> tuple[tuple[str, str], ...]:
    """Return the certificate that keeps the nearest who knows how from the work."""
    for one in _trained(board, work):
        person = board.technicians[one]
        for day in _window_days(work):
            missing = sorted(work.skills - person.skills_on(day))
            if not missing:
                continue
            proof = person.last_proof(missing[0], day)
            ended = proof.last_day if proof and proof.last_day and proof.last_day < day else None
            begins = proof.first_day if proof and proof.first_day > day else None
            return (
                ("holder", one),
                ("proven", " ".join(missing)),
                ("certificate", proof.code if proof else ""),
                ("last_day", ended.isoformat() if ended else ""),
                ("first_day", begins.isoformat() if begins else ""),
            )
    return ()


def _skill(board: Board, work: DueWork) -> _Found:
    able = set(board.able(work))
    others = [one for one in board.technicians if one not in able]
    others.sort(
        key=lambda one: (len(work.skills - board.technicians[one].skills_ever), _way(board, work, one), one)
    )
    for one in others:
        for day in _open_days(board, work):
            if board.offer(work, day, (one,)) is not None:
                missing = sorted(work.skills - board.technicians[one].skills_on(day))
                return (
                    ("why", Why.SKILL if not able else _tightest(board, work)),
                    ("relax", "skill"),
                    ("skills", " ".join(missing)),
                    ("technician", one),
                    ("day", day.isoformat()),
                )
    return None


def _site_closed(board: Board, work: DueWork) -> _Found:
    for day in _window_days(work):
        if board.closed(work, day) is not Why.SITE_CLOSED:
            continue
        for one in board.able_on(work, day):
            table = board.day_of(one, day)
            if _fits_with(board, work, table, table.spans):
                return (
                    ("why", Why.SITE_CLOSED),
                    ("relax", "site_closed"),
                    ("day", day.isoformat()),
                    ("technician", one),
                )
    return None


def _technician_away(board: Board, work: DueWork) -> _Found:
    for day in _open_days(board, work):
        site_spans = board.site_spans(work.site_id, day)
        for one in board.able_on(work, day):
            table = board.day_of(one, day)
            if table.spans or table.stops or table.blocked:
                continue
            called_in = TechnicianDay(home=table.home, spans=site_spans, left=length(site_spans))
            if _fits_with(board, work, called_in, site_spans):
                return (
                    ("why", Why.TECHNICIAN_AWAY),
                    ("relax", "technician_away"),
                    ("day", day.isoformat()),
                    ("technician", one),
                )
    return None


def _spacing(board: Board, work: DueWork) -> _Found:
    for day in _window_days(work):
        if board.closed(work, day) is Why.SPACING and (offer := board.offer(work, day)) is not None:
            return (
                ("why", Why.SPACING),
                ("relax", "spacing"),
                ("day", day.isoformat()),
                ("technician", offer.technician_id),
            )
    return None


def _split(board: Board, work: DueWork) -> _Found:
    """Offer the work in parts where it is longer than any day of the window could hold, even an empty one."""
    longest = 0
    for day in _open_days(board, work):
        for one in board.able_on(work, day):
            table = board.day_of(one, day)
            room = length(common(table.spans, board.site_spans(work.site_id, day)))
            room = min(room, length(table.spans) - 2 * _way(board, work, one))
            longest = max(longest, room)
    if not 0 < longest < minutes_of(work):
        return None
    parts = -(-minutes_of(work) // longest)
    return (
        ("why", Why.WORKING_TIME),
        ("relax", "split"),
        ("parts", str(parts)),
        ("longest_minutes", str(longest)),
    )


def _fits_with(board: Board, work: DueWork, table: TechnicianDay, open_spans: Spans) -> bool:
    return find_slot(table, board.travel, site_place(work.site_id), open_spans, minutes_of(work)) is not None


def _tightest(board: Board, work: DueWork) -> str:
    """Return the rule that keeps the work out where it comes nearest to a place."""
    if not board.able(work):
        return Why.CERTIFICATE if _trained(board, work) else Why.SKILL
    whys = [board.closed(work, day) for day in _window_days(work)]
    if None not in whys:
        return Why.SPACING if Why.SPACING in whys else Why.SITE_CLOSED
    able = [(day, board.able_on(work, day)) for day in _open_days(board, work)]
    if not any(people for _, people in able):
        return Why.CERTIFICATE
    if any(board.day_of(one, day).spans for day, people in able for one in people):
        return Why.WORKING_TIME
    return Why.TECHNICIAN_AWAY


def _way(board: Board, work: DueWork, technician_id: str) -> int:
    return board.travel.minutes(home_place(technician_id), site_place(work.site_id))


def _window_days(work: DueWork) -> Iterator[date]:
    for number in range((work.latest - work.earliest).days + 1):
        yield work.earliest + timedelta(days=number)


def _open_days(board: Board, work: DueWork) -> Iterator[date]:
    return (day for day in _window_days(work) if board.closed(work, day) is None)
