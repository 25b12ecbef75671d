"""How long do our parts live, and when would a change in time pay? Lifetimes and Weibull from the ledger of parts."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from kb.errors import BadQuery, Fault
from kb.store import Store
from kb.store import job_history as rows
from kb.usecases.reliability import ReliabilityQuery
from planner.reliability import Lifetimes, Replacement, lifetimes
from planner.reliability.weibull import ReplacementAge, Weibull, best_replacement_age, fit_weibull

RATIO = 5.0
"""What a change after failure costs against one in time, where nobody says otherwise: an assumption, shown as one."""
UNNAMED = "?"
"""Stands for a part without number and name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartLife:
    """The life of one part over all machines.

    Args:
        lives: Between replacements; those that ended otherwise, or last still, are censored.
        fit: The distribution; None where the data say too little.
        change: When changing it in time costs least, for the ratio of costs given; None where waiting is as good.
        machines: On how many it was changed.
    """

    part: str
    lives: Lifetimes
    fit: Weibull | None
    change: ReplacementAge | None
    machines: int

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON; ages in days."""
        return {
            "part": self.part,
            "machines": self.machines,
            "lives": len(self.lives.items),
            "failures": self.lives.failures,
            "dropped": self.lives.dropped,
            "weibull": None
            if self.fit is None
            else {
                "scale_days": self.fit.scale_days,
                "shape": self.fit.shape,
                "shape_from": self.fit.shape_from,
                "shape_to": self.fit.shape_to,
                "mean_days": self.fit.mean_days,
                "wears_out": self.fit.wears_out,
            },
            "change_at_days": self.change.days if self.change else None,
            "saved_share": self.change.saved_share if self.change else None,
        }


@dataclass(frozen=True, slots=True)
class Step:
    """A point of the curve of survivors: so many days old, such a share lives (Kaplan & Meier 1958)."""

    days: int
    share: float


def part_lives(
    store: Store, query: ReliabilityQuery, *, ratio: float, zone: tzinfo, fewest: int = 1
) -> tuple[PartLife, ...]:
    """Return the parts by how often they failed.

    A part is known by its number, or where it has none by its name, and by its place on the machine.

    Args:
        query: Its last day ends the observation; replacements before its first day count too, or long lives would be
            missing.
        ratio: What a change after failure costs, against one in time; above 0.
        zone: Where days begin.
        fewest: Parts with fewer replacements are left out.

    Raises:
        BadQuery: The ratio is out of bounds.
    """
    if not 0 < ratio <= 1000:
        raise BadQuery(
            "no life was worked out", [Fault(where="ratio", what=f"is {ratio}", repair="above 0 to 1000")]
        )
    with store.reading() as session:
        machines = {
            one.id
            for one in rows.machine_rows(
                session,
                site_id=query.site_id,
                customer_id=query.customer_id,
                equipment_class=query.equipment_class,
                equipment_id=query.equipment_id,
            )
        }
        used = [
            one
            for one in rows.part_rows(session, used_before=query.last + timedelta(days=1))
            if one.equipment_id in machines
        ]
    replaced = [
        Replacement(
            unit_id=f"{one.equipment_id} {one.place}",
            part=one.part_number or one.name or UNNAMED,
            at=_noon(one.used_on, zone),
            after_failure=one.after_failure,
        )
        for one in used
    ]
    found = []
    on_machines: dict[str, set[str]] = {}
    for one, change in zip(used, replaced, strict=True):
        on_machines.setdefault(change.part, set()).add(one.equipment_id)
    for lives in lifetimes(replaced, until=_noon(query.last, zone)):
        if len(lives.items) + lives.dropped < fewest:
            continue
        fit = fit_weibull(lives)
        change_at = best_replacement_age(fit, in_time=1.0, after_failure=ratio) if fit else None
        found.append(
            PartLife(
                part=lives.part, lives=lives, fit=fit, change=change_at, machines=len(on_machines[lives.part])
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.lives.failures, one.part)))


def survivors(lives: Lifetimes) -> tuple[Step, ...]:
    """Return the share that lives at each age at which one failed, without any assumption (Kaplan & Meier)."""
    share, steps = 1.0, [Step(0, 1.0)]
    at_risk = len(lives.items)
    by_age: dict[int, tuple[int, int]] = {}
    for one in lives.items:
        failed, ended = by_age.get(one.days, (0, 0))
        by_age[one.days] = (failed + one.failed, ended + 1)
    for days, (failed, ended) in sorted(by_age.items()):
        if failed:
            share *= 1 - failed / at_risk
            steps.append(Step(days, share))
        at_risk -= ended
    return tuple(steps)


def _noon(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(12), zone)
