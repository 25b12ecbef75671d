"""What the last inspection of machines collected, compared with the time before, the fleet and the limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from kb.content import Library
from kb.errors import BadQuery, NotFound
from kb.store import Store
from kb.store import inspections as rows
from kb.store import work_orders as orders
from kb.store.register import Selection, Session, first_with, page
from kb.usecases.inspection_alarms import AlarmCount, alarm_counts, pages_by_key
from kb.usecases.inspection_backup import Backup, backup_items, backup_of
from kb.usecases.inspection_campaign_reading import Campaign, campaigns_in
from kb.usecases.inspection_values import Inspection, ItemResult, inspections_of, item_results
from kb.usecases.inspection_versions import Equipped, equipped, pairs_of
from kb.usecases.reliability_trends import ReadingTrend, items_of, reading_trends
from kb.usecases.visit_reading import visit_in
from planner.faults.versions import compare_versions
from planner.reliability.fleet import VersionPlace, version_place

WITHOUT_INSPECTION = timedelta(days=365)
"""Alarms are counted over so long where no inspection was recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter that was changed."""

    number: str
    axis: str
    before: str
    after: str
    day: date
    order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFinding:
    """What was found and is not settled."""

    id: str
    severity: str
    text: str
    recommendation: str
    day: date
    order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of one machine through its inspections.

    Args:
        machine: The columns of its row in the register.
        last, previous: Its last two inspections; None where there is none.
        results: What the last one came to, the gravest first.
        vanished: Items of the inspection before that the last one does not have.
        alarms: Since the last inspection, the most frequent first.
        alarms_gone: Those that came only between the two last inspections.
        alarms_since: Where counting began.
        versions: Place of each piece of software in the fleet, by name.
        fleet: Machines in use of the same class and control, this one included.
        parameters: Changed since the inspection before the last, the oldest first.
        campaigns: Bulletins that run, this machine being one of theirs, open or to be checked.
    """

    machine: Mapping[str, Any]
    site: str
    last: Inspection | None
    previous: Inspection | None
    results: tuple[ItemResult, ...]
    vanished: tuple[ItemResult, ...]
    alarms: tuple[AlarmCount, ...]
    alarms_gone: tuple[str, ...]
    alarms_since: date
    equipped: Equipped
    versions: Mapping[str, VersionPlace]
    fleet: int
    parameters: tuple[Parameter, ...]
    backup: Backup
    findings: tuple[OpenFinding, ...]
    campaigns: tuple[Campaign, ...]

    @property
    def tag(self) -> str:
        """What is painted on it."""
        return str(self.machine["tag"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which machines: one, those of a site, of a visit or of a work order; exactly one is named."""

    machine: str = ""
    site: str = ""
    visit: str = ""
    order: str = ""


def inspection_facts(
    store: Store, library: Library, scope: Scope, *, today: date, zone: tzinfo
) -> tuple[Facts, ...]:
    """Return what is known of the machines of a scope, by tag.

    Raises:
        BadQuery: Not exactly one of machine, site, visit and order is named.
        NotFound: There is no such thing.
    """
    named = {name: value for name in Scope.__slots__ if (value := getattr(scope, name))}
    if len(named) != 1:
        raise BadQuery(f"{len(named)} of machine, site, visit and order are named; name one of them")
    if "\0" in next(iter(named.values())):
        raise BadQuery("the name has a NUL character; leave it out")
    with store.reading() as session:
        machines = _machines(session, scope, today)
    if not machines:
        return ()
    one = {"equipment_id": str(machines[0]["id"])} if scope.machine else {"site_id": machines[0]["site_id"]}
    trends = reading_trends(store, library, today=today, zone=zone, **one)
    ids = tuple(str(one["id"]) for one in machines)
    reader = _Reader(library=library, trends=trends, ids=ids, today=today, zone=zone)
    with store.reading() as session:
        return tuple(reader.facts(session, machine) for machine in machines)


def _machines(session: Session, scope: Scope, today: date) -> list[Mapping[str, Any]]:
    if scope.machine:
        named = (first_with(session, "equipment", name, scope.machine) for name in ("tag", "serial", "id"))
        machine = next((one for one in named if one), None)
        if machine is None:
            raise NotFound("equipment", scope.machine[:64])
        return [machine]
    if scope.site:
        site = first_with(session, "sites", "code", scope.site)
        if site is None:
            raise NotFound("site", scope.site[:64])
        chosen = Selection(equal={"site_id": site["id"], "retired": False}, order="tag")
        return list(page(session, "equipment", chosen, offset=0, limit=None))
    if scope.visit:
        visit = visit_in(session, scope.visit, today=today)
        ids = {one.equipment_id for one in visit.all_occurrences}
    else:
        order = orders.order_row(session, scope.order)
        if order is None:
            raise NotFound("work order", scope.order[:64])
        ids = {
            *rows.machines_of_order(session, order.id),
            *([order.equipment_id] if order.equipment_id else []),
        }
    found = [one for id in sorted(ids) if (one := first_with(session, "equipment", "id", id))]
    return sorted(found, key=lambda one: str(one["tag"]))


class _Reader:
    """Reads machines one after the other; what they share (fleet, library, trends) is read once."""

    def __init__(
        self,
        *,
        library: Library,
        trends: Sequence[ReadingTrend],
        ids: Sequence[str],
        today: date,
        zone: tzinfo,
    ) -> None:
        self._today, self._zone, self._ids = today, zone, ids
        self._items = items_of(library)
        self._backup_items = backup_items(library)
        self._pages = pages_by_key(library)
        self._trends: dict[str, list[ReadingTrend]] = {}
        for one in trends:
            self._trends.setdefault(one.equipment_id, []).append(one)
        self._fleets: dict[tuple[str, str], list[tuple[str, dict[str, str]]]] = {}
        self._campaigns: tuple[Campaign, ...] | None = None
        self._sites: dict[str, str] = {}

    def facts(self, session: Session, machine: Mapping[str, Any]) -> Facts:
        """Return what is known of a machine."""
        id, zone = str(machine["id"]), self._zone
        kind, controller = str(machine["equipment_class"]), str(machine["controller"])
        results = rows.result_rows(session, id)
        inspections = inspections_of(results)
        last = inspections[0] if inspections else None
        previous = inspections[1] if len(inspections) > 1 else None
        measured = {row.item_id for row, _ in results if last and row.work_order_id == last.order_id}
        values, vanished = item_results(
            results,
            inspections,
            self._items,
            rows.last_values_of_fleet(session, kind, controller, measured),
            self._trends.get(id, ()),
            zone,
        )
        begin = datetime.combine(self._today - WITHOUT_INSPECTION, time(0), tzinfo=zone)
        since = last.at if last else begin
        told = rows.alarm_rows(session, id, after=previous.at if previous else since)
        alarms, gone = alarm_counts(
            told,
            since=since,
            before_from=previous.at if previous else None,
            pages=self._pages,
            controller=controller,
            zone=zone,
        )
        fleet = self._fleet(session, kind, controller)
        software = pairs_of(machine["software"])
        return Facts(
            machine=machine,
            site=self._site(session, str(machine["site_id"])),
            last=last,
            previous=previous,
            results=values,
            vanished=vanished,
            alarms=alarms,
            alarms_gone=gone,
            alarms_since=since.astimezone(zone).date(),
            equipped=equipped(session, machine, since=previous.at if previous else None),
            versions={
                name: version_place(
                    version,
                    [theirs[name] for other, theirs in fleet if other != id and theirs.get(name)],
                    compare_versions,
                )
                for name, version in software.items()
            },
            fleet=len(fleet),
            parameters=self._parameters(session, id, previous.at if previous else None),
            backup=backup_of(
                session, id, results, rows.orders_of_machine(session, id), self._backup_items, zone
            ),
            findings=tuple(
                OpenFinding(
                    id=row.id,
                    severity=row.severity,
                    text=row.text,
                    recommendation=row.recommendation,
                    day=row.found_at.astimezone(zone).date(),
                    order=number,
                )
                for row, number in rows.open_findings(session, id)
            ),
            campaigns=self._running(session, id),
        )

    def _parameters(self, session: Session, id: str, after: datetime | None) -> tuple[Parameter, ...]:
        return tuple(
            Parameter(
                number=str(row.body.get("number") or ""),
                axis=str(row.body.get("axis") or ""),
                before=str(row.body.get("before") or ""),
                after=str(row.body.get("after") or ""),
                day=row.at.astimezone(self._zone).date(),
                order=number,
            )
            for row, number in rows.parameter_rows(session, id, after=after)
        )

    def _fleet(self, session: Session, kind: str, controller: str) -> list[tuple[str, dict[str, str]]]:
        if (kind, controller) not in self._fleets:
            self._fleets[kind, controller] = [
                (one.id, pairs_of(one.software)) for one in rows.fleet_rows(session, kind, controller)
            ]
        return self._fleets[kind, controller]

    def _running(self, session: Session, id: str) -> tuple[Campaign, ...]:
        if self._campaigns is None:
            self._campaigns = campaigns_in(session, running=True, equipment_ids=self._ids)
        return tuple(
            one
            for one in self._campaigns
            if any(each.equipment_id == id and each.state in {"open", "check"} for each in one.machines)
        )

    def _site(self, session: Session, id: str) -> str:
        if id not in self._sites:
            self._sites[id] = str((first_with(session, "sites", "id", id) or {}).get("name", ""))
        return self._sites[id]
