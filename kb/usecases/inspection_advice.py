"""What is advised after an inspection: each with its evidence, the gravest first; nothing without evidence."""

from collections.abc import Iterable
from datetime import date

from kb.usecases.inspection_facts import Facts
from kb.usecases.inspection_values import ItemResult
from planner.reliability.advice import Advice, AdviceKind, Evidence, gravest_first

REPEATED = 2
"""So often an alarm has come since the last inspection before it is advised about."""
READINGS_SHOWN = 5
_SEVERITY = {"S1": 4, "S2": 3, "S3": 2, "S4": 1}


def advice_for(facts: Facts, *, today: date) -> tuple[Advice, ...]:
    """Return what is advised for a machine; nothing where nothing is to be advised."""
    return gravest_first(
        [
            *_limits(facts),
            *_campaigns(facts, today),
            *_findings(facts),
            *_backup(facts, today),
            *_crossings(facts),
            *_alarms(facts),
            *_outliers(facts),
            *_versions(facts),
        ]
    )


def _value(one: ItemResult) -> str:
    return f"{one.value:g} {one.unit}".strip() if one.value is not None else one.text


def _evidence(one: ItemResult) -> tuple[Evidence, ...]:
    found = [Evidence(kind="value", reference=one.order, text=f"{one.day} {_value(one)}")]
    if one.before is not None and one.before.value is not None:
        before = one.before
        found.append(Evidence(kind="value", reference=before.order, text=f"{before.day} {_value(before)}"))
    found.append(Evidence(kind="page", reference=one.checklist_id, text=one.item_id))
    return tuple(found)


def _limits(facts: Facts) -> Iterable[Advice]:
    for one in facts.results:
        if one.value is None or one.verdict not in {"fail", "warn"}:
            continue
        limits = _bounds(one)
        yield Advice(
            kind=AdviceKind.BEYOND_LIMIT if one.verdict == "fail" else AdviceKind.BEYOND_WARNING,
            values={"item": one.item_id, "value": _value(one), "limit": limits},
            evidence=_evidence(one),
            urgency=_beyond(one),
            key=one.item_id,
        )


def _bounds(one: ItemResult) -> str:
    if one.item is None:
        return "—"
    if one.verdict == "fail":
        lower, upper = one.item.lower, one.item.upper
    else:
        lower = one.item.warn_lower if one.item.warn_lower is not None else one.item.lower
        upper = one.item.warn_upper if one.item.warn_upper is not None else one.item.upper
    low, high = (f"{bound:g}" if bound is not None else "…" for bound in (lower, upper))
    return f"{low}–{high} {one.unit}".strip() if lower is not None or upper is not None else "—"


def _beyond(one: ItemResult) -> float:
    """Return how far beyond its limit a value is, as a share of the limit."""
    if one.value is None or one.item is None:
        return 0
    upper = one.item.upper if one.item.upper is not None else one.item.warn_upper
    lower = one.item.lower if one.item.lower is not None else one.item.warn_lower
    over = one.value - upper if upper is not None and one.value > upper else 0
    under = lower - one.value if lower is not None and one.value < lower else 0
    base = abs((upper if over else lower) or 1)
    return max(over, under) / base


def _crossings(facts: Facts) -> Iterable[Advice]:
    for one in facts.results:
        found = one.trend
        if found is None or found.standing != "before_visit" or found.trend is None or one.verdict == "fail":
            continue
        crossing, visit = found.trend.crossing, found.next_visit
        if crossing is None or visit is None or found.limit is None:
            continue
        readings = found.readings[-READINGS_SHOWN:]
        yield Advice(
            kind=AdviceKind.CROSSING,
            values={
                "item": one.item_id,
                "limit": f"{found.limit:g} {one.unit}".strip(),
                "day": crossing.isoformat(),
                "visit": visit[0].isoformat(),
            },
            evidence=(
                *(
                    Evidence(
                        kind="value",
                        reference=one.item_id,
                        text=f"{each.day} {each.value:g} {one.unit}".strip(),
                    )
                    for each in readings
                ),
                Evidence(kind="visit", reference=visit[1], text=visit[0].isoformat()),
                Evidence(kind="page", reference=one.checklist_id, text=one.item_id),
            ),
            urgency=-crossing.toordinal(),
            key=one.item_id,
        )


def _campaigns(facts: Facts, today: date) -> Iterable[Advice]:
    for one in facts.campaigns:
        machine = next(each for each in one.machines if each.equipment_id == str(facts.machine["id"]))
        is_open = machine.state == "open"
        told = "; ".join(f"{name} {version}" for name, version in machine.software) or "—"
        yield Advice(
            kind=AdviceKind.CAMPAIGN if is_open else AdviceKind.CAMPAIGN_CHECK,
            values={
                "number": one.number,
                "title": one.title,
                "action": one.action,
                "due": one.due.isoformat() if one.due else "—",
                "fields": ", ".join(machine.fields),
            },
            evidence=(
                Evidence(kind="campaign", reference=one.number, text=f"{one.source} {one.reference}".strip()),
                Evidence(kind="register", reference=facts.tag, text=told),
            ),
            urgency=(today - one.due).days if one.due else -100_000,
            key=one.number,
        )


def _findings(facts: Facts) -> Iterable[Advice]:
    for one in facts.findings:
        yield Advice(
            kind=AdviceKind.FINDING,
            values={"severity": one.severity, "text": one.text, "recommendation": one.recommendation or "—"},
            evidence=(Evidence(kind="finding", reference=one.order, text=f"{one.day} {one.severity}"),),
            urgency=_SEVERITY.get(one.severity, 0) * 1e7 - one.day.toordinal(),
            key=one.id,
        )


def _backup(facts: Facts, today: date) -> Iterable[Advice]:
    backup = facts.backup
    if backup.state == "not_recorded" or backup.day is None:
        return
    evidence = (
        Evidence(kind=backup.kind, reference=backup.reference, text=f"{backup.day} {backup.text}".strip()),
    )
    if backup.state == "missing":
        yield Advice(
            kind=AdviceKind.BACKUP_MISSING, values={"day": backup.day.isoformat()}, evidence=evidence
        )
    elif backup.is_old(today):
        yield Advice(kind=AdviceKind.BACKUP_OLD, values={"day": backup.day.isoformat()}, evidence=evidence)


def _alarms(facts: Facts) -> Iterable[Advice]:
    for one in facts.alarms:
        if one.count < REPEATED:
            continue
        yield Advice(
            kind=AdviceKind.REPEATED_ALARM,
            values={
                "code": one.code,
                "count": str(one.count),
                "since": facts.alarms_since.isoformat(),
                "pages": ", ".join(one.pages) or "—",
            },
            evidence=(
                *(
                    Evidence(kind=each.kind, reference=each.number, text=f"{each.day} {each.text}")
                    for each in one.times
                ),
                *(Evidence(kind="page", reference=page) for page in one.pages),
            ),
            urgency=one.count,
            key=one.code,
        )


def _outliers(facts: Facts) -> Iterable[Advice]:
    for one in facts.results:
        place = one.place
        if place is None or not place.outlier:
            continue
        width = place.high - place.low
        away = (one.value or 0) - (place.high if place.outlier == "high" else place.low)
        yield Advice(
            kind=AdviceKind.OUTLIER,
            values={
                "item": one.item_id,
                "value": _value(one),
                "low": f"{place.low:g}",
                "high": f"{place.high:g}",
                "machines": str(place.machines),
                "rank": str(place.rank),
            },
            evidence=_evidence(one),
            urgency=abs(away) / width if width else abs(away),
            key=one.item_id,
        )


def _versions(facts: Facts) -> Iterable[Advice]:
    software = dict(facts.equipped.software)
    for name, place in facts.versions.items():
        if not place.older_than_most:
            continue
        counts = "; ".join(f"{version or '—'} × {count}" for version, count in place.counts[:5])
        yield Advice(
            kind=AdviceKind.OLD_VERSION,
            values={
                "name": name,
                "version": software.get(name, ""),
                "newer": str(place.newer),
                "machines": str(place.machines),
            },
            evidence=(Evidence(kind="register", reference=facts.tag, text=f"{name}: {counts}"),),
            urgency=place.newer,
            key=name,
        )
