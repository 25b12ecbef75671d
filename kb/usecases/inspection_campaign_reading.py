"""Campaigns as they are read: which machines a bulletin is about, and where each stands."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from kb.errors import NotFound
from kb.store import Store
from kb.store import campaigns as rows
from kb.store.register import Session
from planner.faults.campaigns import Affected, CampaignRule, Judged, RuleJudge

MachineState = Literal["open", "check", "done", "not_affected"]
STATES: tuple[MachineState, ...] = ("open", "check", "done", "not_affected")
_DECIDED: dict[str, MachineState] = {"affected": "open", "done": "done", "not_affected": "not_affected"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignMachine:
    """A machine that a bulletin is about, or may be.

    Args:
        fields: Of the rule that the register cannot answer.
        order: Number of the work order by which it was done.
        why, said_by: What was said of it, and who said so.
    """

    equipment_id: str
    tag: str
    model: str
    software: tuple[tuple[str, str], ...]
    site: str
    site_code: str
    state: MachineState
    fields: tuple[str, ...] = ()
    order: str = ""
    why: str = ""
    said_by: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A bulletin with its machines.

    Args:
        source: Who says so; `reference` where it is to be read.
        action: What is to be done.
        ended: Whether nothing is asked of anybody any longer.
        counts: How many machines stand how.
        machines: Its machines; none in a list of campaigns, which shows the counts only.
    """

    id: str
    number: str
    title: str
    source: str
    reference: str
    action: str
    due: date | None
    ended: bool
    rule: CampaignRule
    revision: int
    counts: Mapping[MachineState, int]
    machines: tuple[CampaignMachine, ...] = field(default=())

    def count(self, state: MachineState) -> int:
        """Return how many machines stand so."""
        return self.counts.get(state, 0)

    @property
    def progress(self) -> int | None:
        """Per cent of the machines that are settled, done or not affected; None without machines."""
        settled = self.count("done") + self.count("not_affected")
        total = sum(self.counts.values())
        return settled * 100 // total if total else None

    def is_overdue(self, today: date) -> bool:
        """Whether its day is past and a machine is not settled."""
        waits = self.count("open") + self.count("check")
        return not self.ended and self.due is not None and self.due < today and waits > 0


def campaigns(store: Store) -> tuple[Campaign, ...]:
    """Return all campaigns without their machines: those that run first, of each those due first.

    How many machines stand how is counted by their builds, of which a fleet has far fewer than machines.
    """
    with store.reading() as session:
        found = _counted(session, rows.campaign_rows(session))
    return tuple(sorted(found, key=lambda one: (one.ended, one.due or date.max, one.number)))


def _counted(session: Session, kept: Sequence[rows.CampaignRow]) -> list[Campaign]:
    by_brand: dict[str, list[tuple[rows.Build, int]]] = {}
    for build, count in rows.builds_in_use(session) if kept else ():
        by_brand.setdefault(build[0], []).append((build, count))
    decided: dict[str, list[tuple[str, rows.Build, int]]] = {}
    for campaign_id, state, build, count in rows.builds_decided(session) if kept else ():
        decided.setdefault(campaign_id, []).append((state, build, count))
    found = []
    for row in kept:
        rule = rule_of(row)
        counts: Counter[MachineState] = Counter()
        settled: Counter[rows.Build] = Counter()
        for state, build, count in decided.get(row.id, ()):
            counts[_DECIDED[state]] += count
            settled[build] += count
        judge = RuleJudge(rule)
        for brand, builds in by_brand.items():
            if judge.rules_brand_out(brand):
                continue
            for build, count in builds:
                affected = _judged(judge, build).affected
                if affected is not Affected.NO:
                    counts["check" if affected is Affected.CHECK else "open"] += count - settled[build]
        found.append(_campaign(row, rule, counts))
    return found


def count_running(store: Store) -> int:
    """Return how many campaigns have not ended."""
    with store.reading() as session:
        return len(rows.campaign_rows(session, ended=False))


def campaign(store: Store, number: str) -> Campaign:
    """Return a campaign by its number.

    Raises:
        NotFound: There is none.
    """
    with store.reading() as session:
        return campaign_in(session, number)


def campaign_in(session: Session, number: str) -> Campaign:
    """Return a campaign inside a transaction; as `campaign`."""
    row = rows.campaign_row(session, number) if "\0" not in number else None
    if row is None:
        raise NotFound("campaign", number[:80])
    return _built(session, [row], rows.machines_in_use(session), rows.decided_rows(session, row.id))[0]


def campaigns_in(
    session: Session, *, running: bool = False, equipment_ids: Sequence[str] = ()
) -> tuple[Campaign, ...]:
    """Return campaigns inside a transaction, of all machines or of some."""
    kept = rows.campaign_rows(session, ended=False if running else None)
    if not kept:
        return ()
    machines = rows.machines_in_use(session, equipment_ids=equipment_ids)
    return _built(session, kept, machines, rows.decided_rows(session))


def rule_of(row: rows.CampaignRow) -> CampaignRule:
    """Return the rule of a campaign as it is kept."""
    values = {**row.rule, "models": tuple(row.rule.get("models", ()))}
    return CampaignRule(**values)


def _built(
    session: Session,
    kept: Sequence[rows.CampaignRow],
    machines: Sequence[rows.FleetMachine],
    decided: Sequence[rows.CampaignMachineRow],
) -> tuple[Campaign, ...]:
    known = {(one.campaign_id, one.equipment_id): one for one in decided}
    numbers = rows.order_numbers(session, [one.work_order_id for one in decided if one.work_order_id])
    found = []
    for row in kept:
        rule = rule_of(row)
        judge = RuleJudge(rule)
        told = [_machine(judge, machine, known.get((row.id, machine.id)), numbers) for machine in machines]
        listed = [one for one in told if one is not None]
        counts = Counter(one.state for one in listed)
        ordered = sorted(listed, key=lambda one: (STATES.index(one.state), one.site, one.tag))
        found.append(_campaign(row, rule, counts, tuple(ordered)))
    return tuple(found)


def _campaign(
    row: rows.CampaignRow,
    rule: CampaignRule,
    counts: Mapping[MachineState, int],
    machines: tuple[CampaignMachine, ...] = (),
) -> Campaign:
    return Campaign(
        id=row.id,
        number=row.number,
        title=row.title,
        source=row.source,
        reference=row.reference,
        action=row.action,
        due=row.due,
        ended=row.ended,
        rule=rule,
        revision=row.revision,
        counts=counts,
        machines=machines,
    )


def _judged(judge: RuleJudge, build: rows.Build) -> Judged:
    brand, model, controller, software = build
    return judge.judge(brand=brand, model=model, controller=controller, software=software)


def _machine(
    judge: RuleJudge,
    machine: rows.FleetMachine,
    decided: rows.CampaignMachineRow | None,
    numbers: Mapping[str, str],
) -> CampaignMachine | None:
    """Return how a machine stands; None where the rule rules it out and nobody decided on it."""
    judged = _judged(judge, machine.build)
    if decided is None and judged.affected is Affected.NO:
        return None
    state: MachineState = "check" if judged.affected is Affected.CHECK else "open"
    if decided is not None:
        state = _DECIDED[decided.state]
    return CampaignMachine(
        equipment_id=machine.id,
        tag=machine.tag,
        model=machine.build[1],
        software=machine.build[3],
        site=machine.site,
        site_code=machine.site_code,
        state=state,
        fields=judged.fields if state == "check" else (),
        order=numbers.get(decided.work_order_id or "", "") if decided else "",
        why=decided.why if decided else "",
        said_by=decided.said_by if decided else "",
        day=decided.at.date() if decided else None,
    )
