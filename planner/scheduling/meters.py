"""Due by what a machine ran: meters with resets and roll-over, estimated dates, stale readings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from itertools import pairwise

from planner.errors import InvalidInput
from planner.model import Meter, MeterReading

SECONDS_PER_DAY = 86_400
WHOLE_DAY = Decimal(1)
HALF = 2
CORRECTION_PERCENT = 1
"""A step back of at most this much of the value is a correction of the reading."""
NOTHING = Decimal(0)


class NoEstimate(StrEnum):
    """Why a meter gives no date, so that the calendar alone decides."""

    NO_READING = "no_reading"
    STALE = "stale"
    TOO_FEW_READINGS = "too_few_readings"
    DOES_NOT_RUN = "does_not_run"


class Combined(StrEnum):
    """How the date of the calendar and the date of the meter become one."""

    ANY = "any"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """What a meter has counted by an instant since its first reading, as if it had never been reset.

    Args:
        value: The first reading's value, plus all that was counted after it; never falls.
    """

    reading: MeterReading
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterEstimate:
    """When a meter reaches a value.

    Args:
        due: None where no honest estimate is possible; `why_not` says why.
        current: The total at the last reading; None without one.
        average_per_day: Over the stated window; None where it cannot be told.
    """

    due: date | None
    current: Decimal | None
    average_per_day: Decimal | None
    why_not: NoEstimate | None


def totals(meter: Meter, readings: Sequence[MeterReading]) -> tuple[Total, ...]:
    """Return what was counted by each reading, oldest first, through resets, roll-over and replacement.

    A value that falls is one of four things, tried in this order:

    - a *drop-out*, if the meter is soon back at its old value and the pace says so: shop logs show counters that read 0
      until the control has started. Those readings are left out.
    - a *correction*, if it falls by at most 1 %: nothing was counted.
    - a *roll-over*, if the meter has one and then counted less than half of its range.
    - a *reset* or a new meter: it counts from 0 again, which misses what ran between the last reading and the reset.

    Raises:
        InvalidInput: A reading is negative, beyond the roll-over, without time zone, or two are of one instant
            with different values.
    """
    ordered = _without_drop_outs(_valid(meter, readings))
    found = [Total(reading=first, value=first.value) for first in ordered[:1]]
    for before, after in pairwise(ordered):
        found.append(Total(reading=after, value=found[-1].value + _counted(meter, before.value, after.value)))
    return tuple(found)


def average_per_day(counted: Sequence[Total], *, today: date, window: timedelta) -> Decimal | None:
    """Return the average count per day over the readings of the last `window`; None with fewer than two of them.

    The last reading before the window opens it as well, so a meter that is read once a quarter has an average over
    30 days too.

    Args:
        counted: As `totals` returns them.
        today: Readings of later days are left out.
        window: Longer than nothing.
    """
    past = [total for total in counted if total.reading.read_at.date() <= today]
    first_day = today - window
    inside = [total for total in past if total.reading.read_at.date() >= first_day]
    before = [total for total in past if total.reading.read_at.date() < first_day]
    if inside and len(inside) < HALF and before:
        inside.insert(0, before[-1])
    if len(inside) < HALF:
        return None
    days = _days_between(inside[0].reading, inside[-1].reading)
    return (inside[-1].value - inside[0].value) / days if days > 0 else None


def estimated_date(
    meter: Meter,
    readings: Sequence[MeterReading],
    *,
    next_total: Decimal,
    today: date,
    ahead: Decimal = NOTHING,
    window: timedelta = timedelta(days=90),
    stale_after: timedelta = timedelta(days=60),
) -> MeterEstimate:
    """Return the day on which the meter's total comes within `ahead` of `next_total` at its average pace.

    today + (next − ahead − current) / average, the current total carried forward from the last reading to today at the
    same pace, in whole days rounded down; today where the value has been passed.

    Args:
        next_total: The total (see `totals`) at which work is due.
        ahead: How much before it the visit should be.
        window: Over which the average is taken.
        stale_after: A last reading older than this gives no estimate.

    Raises:
        InvalidInput: As `totals`, or `ahead` is negative, or `window` or `stale_after` is not positive.

    Source:
        Spec of scheduling, point 3.
    """
    _require_valid(meter, ahead, window, stale_after)
    counted = [total for total in totals(meter, readings) if total.reading.read_at.date() <= today]
    if not counted:
        return MeterEstimate(due=None, current=None, average_per_day=None, why_not=NoEstimate.NO_READING)
    current = counted[-1].value
    average = average_per_day(counted, today=today, window=window)
    left = next_total - ahead - current
    since = today - counted[-1].reading.read_at.date()
    why_not = None
    if left <= 0:
        return MeterEstimate(due=today, current=current, average_per_day=average, why_not=None)
    if since > stale_after:
        why_not = NoEstimate.STALE
    elif average is None:
        why_not = NoEstimate.TOO_FEW_READINGS
    elif average == 0:
        why_not = NoEstimate.DOES_NOT_RUN
    if average is None or why_not is not None:
        return MeterEstimate(due=None, current=current, average_per_day=average, why_not=why_not)
    days = int((left / average).quantize(WHOLE_DAY, rounding=ROUND_FLOOR)) - since.days
    due = _days_later(today, max(0, days))
    return MeterEstimate(
        due=due, current=current, average_per_day=average, why_not=None if due else NoEstimate.DOES_NOT_RUN
    )


def combined_due(calendar_due: date, meter_due: date | None, rule: Combined) -> date:
    """Return the earlier (`any`) or the later (`all`) of two dates; the calendar's where the meter has none."""
    if meter_due is None:
        return calendar_due
    return min(calendar_due, meter_due) if rule is Combined.ANY else max(calendar_due, meter_due)


def _without_drop_outs(ordered: Sequence[MeterReading]) -> list[MeterReading]:
    """Leave out readings below the one before them if the meter came back too fast to have counted from there."""
    usual = _usual_pace(ordered)
    kept: list[MeterReading] = []
    position = 0
    while position < len(ordered):
        back = _back_at(ordered, position)
        if back is not None and usual is not None:
            before, after = ordered[position - 1], ordered[back]
            days = _days_between(before, after)
            # Either it went on from the old value, or it counted all of the new one since; the nearer pace is true.
            if 2 * usual * days < (after.value - before.value) + after.value:
                position = back
        kept.append(ordered[position])
        position += 1
    return kept


def _usual_pace(ordered: Sequence[MeterReading]) -> Decimal | None:
    """Return what was counted per day over the steps that nobody can doubt; None without any."""
    counted, days = NOTHING, NOTHING
    position = 1
    while position < len(ordered):
        back = _back_at(ordered, position)
        if back is not None:
            position = back + 1
            continue
        before, after = ordered[position - 1], ordered[position]
        if after.value >= before.value:
            counted += after.value - before.value
            days += _days_between(before, after)
        position += 1
    return counted / days if days > 0 else None


def _back_at(ordered: Sequence[MeterReading], position: int) -> int | None:
    """Return where the meter is back at what it showed before it fell at `position`; None if it did not, or never is."""
    if position == 0 or ordered[position].value >= ordered[position - 1].value:
        return None
    old = ordered[position - 1].value
    return next((later for later in range(position + 1, len(ordered)) if ordered[later].value >= old), None)


def _days_between(before: MeterReading, after: MeterReading) -> Decimal:
    return Decimal(int((after.read_at - before.read_at).total_seconds())) / SECONDS_PER_DAY


def _counted(meter: Meter, before: Decimal, after: Decimal) -> Decimal:
    if after >= before:
        return after - before
    if (before - after) * 100 <= before * CORRECTION_PERCENT:
        return NOTHING
    if meter.rolls_over_at is not None:
        span = meter.rolls_over_at + _last_place(meter.rolls_over_at)
        rolled = span - before + after
        if rolled * HALF < span:
            return rolled
    return after


def _last_place(value: Decimal) -> Decimal:
    """Return the step of a counter that shows `value`: 1 for 99999, 0.1 for 99999.9."""
    exponent = value.normalize().as_tuple().exponent
    return Decimal(1).scaleb(min(int(exponent), 0))


def _days_later(today: date, days: int) -> date | None:
    """Return the day, or None where the calendar ends before: so slow a meter says nothing."""
    try:
        return today + timedelta(days=days)
    except OverflowError:
        return None


def _valid(meter: Meter, readings: Sequence[MeterReading]) -> list[MeterReading]:
    faults = []
    for reading in readings:
        named = f"reading {reading.value} of meter {meter.id} at {reading.read_at}"
        if reading.read_at.tzinfo is None:
            faults.append(f"{named} has no time zone; give an aware instant")
        if not reading.value.is_finite() or reading.value < 0:
            faults.append(f"{named} must be a number from 0")
        elif meter.rolls_over_at is not None and reading.value > meter.rolls_over_at:
            faults.append(f"{named} lies beyond the roll-over at {meter.rolls_over_at}")
    if faults:
        raise InvalidInput(faults)
    ordered = sorted(set(readings), key=lambda reading: (reading.read_at, reading.value))
    twice = [after for before, after in pairwise(ordered) if before.read_at == after.read_at]
    if twice:
        raise InvalidInput(
            [f"meter {meter.id} has several values at {one.read_at}; it must have one" for one in twice]
        )
    return ordered


def _require_valid(meter: Meter, ahead: Decimal, window: timedelta, stale_after: timedelta) -> None:
    faults = []
    if ahead < 0:
        faults.append(f"meter {meter.id} is asked {ahead} ahead; it must be at least 0")
    for name, length in (("window", window), ("stale after", stale_after)):
        if length <= timedelta(0):
            faults.append(f"{name} of meter {meter.id} is {length}; it must be above 0")
    if faults:
        raise InvalidInput(faults)
