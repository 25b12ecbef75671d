"""Likely causes of a report: counted from the department's closed repairs, with the cases of the library behind them.

A cause is the maintainable item that was at fault, as the closed jobs record it; where no item was recorded, the cause code
of the subsystem. A solution of a case is the same cause where it names that item, else a cause of its own.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from kb.content import Library
from kb.content.pages import AlarmPage, CasePage, Solution
from kb.search import Scope, SearchIndex
from kb.search.codes import code_keys
from kb.search.tokens import atoms_of, fold, tokens_of
from kb.store import Store
from kb.store.job_history import JobRow, closed_repairs, minutes_of
from kb.store.register import columns_by_id, first_with
from kb.usecases.fault_items import item_in
from kb.usecases.fault_reports import FaultReport
from kb.usecases.search import find_pages
from planner.faults import Diagnosis, KnownCause, Picture, SolvedJob, diagnose

LOOK_BACK = timedelta(days=5 * 365)
"""Older jobs tell of machines and software that have changed since."""
CASES = 5
"""Cases of the library that are asked."""
ALARMS_ASKED, ALARMS = 10, 2
"""Pages of alarms that are asked, and that are used."""
SYMPTOM_READ = 400
"""Characters of a complaint that are searched for; what is longer tells a story."""
MACHINE_COLUMNS = ("model", "controller", "equipment_class", "parent_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Likely:
    """The causes of a report with all that stands behind them.

    Args:
        without_alarm: Whether nothing is known of this alarm, so that symptom and machine alone were compared.
        nearest: Whether no case holds all that was told, so that the cases are only the nearest.
        solutions: What the library says of a cause: page and solution, by cause.
        cases: The pages that were asked, best first.
        jobs: The closed jobs behind the counts, by id.
        asked: How many closed jobs were looked through.
        alarms: The pages of the alarm as displayed that hold for the machine's control.
        spent: Minutes of work of the jobs that recorded them.
    """

    diagnosis: Diagnosis
    without_alarm: bool
    nearest: bool
    solutions: Mapping[str, tuple[tuple[CasePage, Solution], ...]]
    cases: tuple[CasePage, ...]
    jobs: Mapping[str, JobRow]
    asked: int
    unknown_codes: tuple[str, ...] = ()
    alarms: tuple[AlarmPage, ...] = ()
    spent: Mapping[str, int] = field(default_factory=dict)
    causes_of: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    remedies_of: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def likely_causes(
    store: Store, library: Library, index: SearchIndex, report: FaultReport, *, now: datetime
) -> Likely:
    """Return the likely causes of a report."""
    values = report.values
    with store.reading() as session:
        rows = closed_repairs(session, opened_from=now - LOOK_BACK, opened_before=now)
        rows = [row for row in rows if row.id != values["work_order_id"]]
        machines = columns_by_id(session, "equipment", MACHINE_COLUMNS)
        own = (
            first_with(session, "equipment", "id", values["equipment_id"]) if values["equipment_id"] else None
        )
    cases, nearest, unknown = _cases(index, own, values["alarm"], values["symptom"])
    fault = _fault_picture(values["alarm"], values["symptom"], own, cases)
    jobs = {row.id: row for row in rows}
    keys = frozenset(code_keys(values["alarm"]))
    solved = [_solved(row, machines, keys, fault.alarm) for row in rows]
    solutions: dict[str, list[tuple[CasePage, Solution]]] = {}
    known = list(_known(cases, library, fault, keys, solutions))
    found = diagnose(fault, jobs=solved, library=known)
    without = False
    if fault.alarm and not found.causes:
        without = True
        blind = Picture(
            model=fault.model,
            controller=fault.controller,
            equipment_class=fault.equipment_class,
            subsystem=fault.subsystem,
            failure_mode=fault.failure_mode,
            words=fault.words,
        )
        found = diagnose(blind, jobs=solved, library=known)
    counted = {id: one.cause for one in found.causes for id in one.jobs}
    with store.reading() as session:
        spent = {
            id: sum_ for id, kind, sum_ in minutes_of(session, sorted(counted)) if kind == "work" and sum_
        }
    return Likely(
        diagnosis=found,
        spent=spent,
        without_alarm=without,
        nearest=nearest,
        solutions={cause: tuple(pairs) for cause, pairs in solutions.items()},
        cases=cases,
        jobs={id: jobs[id] for id in counted},
        asked=len(rows),
        unknown_codes=unknown,
        alarms=_alarms(index, own, values["alarm"]),
        causes_of=_counted(jobs, counted, "cause"),
        remedies_of=_counted(jobs, counted, "remedy"),
    )


def _counted(
    jobs: Mapping[str, JobRow], counted: Mapping[str, str], column: str
) -> dict[str, dict[str, int]]:
    """Return how often each code of a column stands in the jobs of each cause, most first."""
    found: dict[str, Counter[str]] = {}
    for id, cause in counted.items():
        if code := getattr(jobs[id], column):
            found.setdefault(cause, Counter())[code] += 1
    return {cause: dict(counts.most_common()) for cause, counts in found.items()}


def _cases(
    index: SearchIndex, own: Mapping[str, object] | None, alarm: str, symptom: str
) -> tuple[tuple[CasePage, ...], bool, tuple[str, ...]]:
    query = " ".join(part for part in (alarm.strip(), symptom.strip()[:SYMPTOM_READ]) if part)
    if not query:
        return (), False, ()
    scope = None
    if own is not None:
        scope = Scope(
            machine=str(own["equipment_class"]),
            controller=str(own["controller"] or ""),
            drive="",
            software=(),
        )
    found = find_pages(index, query, chosen={"type": ["case"]}, size=CASES, with_facets=False, scope=scope)
    pages = tuple(hit.page for hit in found.hits if isinstance(hit.page, CasePage))
    return pages, found.nearest, tuple(found.unknown_codes)


def _alarms(index: SearchIndex, own: Mapping[str, object] | None, alarm: str) -> tuple[AlarmPage, ...]:
    """Return the pages whose code is the one displayed; of a known control those that are written for it."""
    keys = frozenset(code_keys(alarm))
    if not keys:
        return ()
    control = str(own["controller"] or "") if own else ""
    found = find_pages(index, alarm.strip(), chosen={"type": ["alarm"]}, size=ALARMS_ASKED, with_facets=False)
    pages = []
    for hit in found.hits:
        page = hit.page
        if not isinstance(page, AlarmPage):
            continue
        controls = {code for group in page.applies_to for code in group.controller}
        if control and controls and control not in controls:
            continue
        if any(_alike(keys, text, "same") == "same" for text in (page.code, *page.aliases)):
            pages.append(page)
    return tuple(pages[:ALARMS])


@lru_cache(maxsize=50_000)
def words_of(text: str) -> frozenset[str]:
    """Return the words of a complaint as the search takes them."""
    return frozenset(tokens_of(atoms_of(fold(text)), characters=False))


def _fault_picture(
    alarm: str, symptom: str, own: Mapping[str, object] | None, cases: Sequence[CasePage]
) -> Picture:
    keys = code_keys(alarm)
    telling = [
        page.component.subsystem
        for page in cases
        if page.component and any(set(code_keys(one.code)) & set(keys) for one in page.alarms)
    ]
    return Picture(
        alarm=keys[0] if keys else "",
        model=str(own["model"] or "") if own else "",
        controller=str(own["controller"] or "") if own else "",
        equipment_class=str(own["equipment_class"] or "") if own else "",
        subsystem=telling[0] if len(set(telling)) == 1 else "",
        words=words_of(f"{alarm} {symptom}"),
    )


def _alike(keys: frozenset[str], alarm: str, own_key: str) -> str:
    """Return the key under which an alarm counts: the fault's own where it is the same, else that of the text."""
    others = code_keys(alarm)
    if not others:
        return ""
    if keys & set(others):
        return own_key
    numbers = {key.rpartition(".")[2] for key in others}
    bare = {key for key in keys if key.isdigit()} & numbers
    bare |= {key for key in others if key.isdigit()} & {key.rpartition(".")[2] for key in keys}
    return own_key if bare else others[0]


def cause_key(subsystem: str, item: str, cause: str) -> str:
    """Return what a cause is known by; empty where a job does not say."""
    if item:
        return f"{subsystem or 'GEN'}.{item}"
    return f"{subsystem or 'GEN'}:{cause}" if cause else ""


def _solved(
    row: JobRow, machines: Mapping[str, tuple[object, ...]], keys: frozenset[str], own_key: str
) -> SolvedJob:
    model, controller, equipment_class, _ = machines.get(row.equipment_id, ("", "", "", None))
    symptom = str((row.body or {}).get("symptom", "")) or row.title
    return SolvedJob(
        id=row.id,
        picture=Picture(
            alarm=_alike(keys, row.alarm, own_key),
            model=str(model or ""),
            controller=str(controller or ""),
            equipment_class=str(equipment_class or ""),
            subsystem=row.subsystem,
            failure_mode=row.failure_mode,
            words=words_of(f"{row.alarm} {symptom}"),
        ),
        cause=cause_key(row.subsystem, row.item, row.cause),
    )


def _known(
    cases: Iterable[CasePage],
    library: Library,
    fault: Picture,
    keys: frozenset[str],
    solutions: dict[str, list[tuple[CasePage, Solution]]],
) -> Iterable[KnownCause]:
    for page in cases:
        subsystem = page.component.subsystem if page.component else ""
        alarms = [_alike(keys, one.code, fault.alarm) for one in page.alarms]
        alarm = fault.alarm if fault.alarm in alarms else alarms[0] if alarms else ""
        machines = {code for group in page.applies_to for code in group.machine}
        controllers = {code for group in page.applies_to for code in group.controller}
        picture = Picture(
            alarm=alarm,
            controller=_of(fault.controller, controllers),
            equipment_class=_of(fault.equipment_class, machines),
            subsystem=subsystem,
            failure_mode=page.failure_mode,
            words=words_of(" ".join((page.title, page.symptom, *page.keywords))),
        )
        for rank, solution in enumerate(page.solutions, start=1):
            parts = tuple(one.name for one in solution.parts)
            named = item_in((*parts, solution.cause.text), subsystem, library.vocabularies)
            cause = cause_key(*named, "") if named else f"{page.id}#{rank}"
            solutions.setdefault(cause, []).append((page, solution))
            yield KnownCause(
                case_id=page.id,
                picture=picture,
                cause=cause,
                rank=rank,
                check=solution.check,
                check_minutes=None,
            )


def _of(own: str, theirs: set[str]) -> str:
    """Return the fault's own value where a page is written for it, another where it is written for others only."""
    return "" if not theirs or not own else own if own in theirs else min(theirs)
