"""The sample department: generated from a size, a seed and a day; stored into an empty register.

The same arguments give the same rows, byte for byte. Every name says that it is a sample (示例); no company and
no person in it exists.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from random import Random

from kb.errors import BadInput, Conflict, Fault
from kb.store import Store
from kb.store.bulk import filled_tables, insert_register
from kb.store.job_history import write_checks, write_jobs, write_reports
from kb.store.proposals import PriceBookRow, newest_price_book
from kb.store.register import Session
from kb.store.samples import note_sample, noted_sample
from kb.usecases.sample_certificates import certificates, skill_rules
from kb.usecases.sample_contracts import sold
from kb.usecases.sample_data import SAMPLE_MARK
from kb.usecases.sample_history import finished_visits, planning_input_of
from kb.usecases.sample_jobs import Jobs, jobs
from kb.usecases.sample_machines import machines
from kb.usecases.sample_people import Row, people
from kb.usecases.sample_prices import NOTE, price_book_body
from kb.usecases.sample_readings import meters
from kb.usecases.sample_sites import customers, workshops

SITES_EACH_CUSTOMER = 1.5
DEFAULT_SEED = 2026
LARGEST = {"sites": 2_000, "machines": 10_000, "technicians": 60}
MACHINES_EACH_SITE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSize:
    """How large the sample is.

    Raises:
        BadInput: A number is below 1 or above `LARGEST`, or the machines do not fit the sites.
    """

    sites: int = 60
    machines: int = 240
    technicians: int = 8

    def __post_init__(self) -> None:
        faults = [
            Fault(where=name, what=f"is {value}", repair=f"give 1 to {LARGEST[name]:,}")
            for name, value in asdict(self).items()
            if not 1 <= value <= LARGEST[name]
        ]
        if not faults and not self.sites <= self.machines <= self.sites * MACHINES_EACH_SITE:
            what = f"are {self.machines} for {self.sites} sites"
            repair = f"give each site 1 to {MACHINES_EACH_SITE}"
            faults.append(Fault(where="machines", what=what, repair=repair))
        if faults:
            raise BadInput("such a sample department cannot be made", faults)

    @property
    def customers(self) -> int:
        """How many customers own the sites: two for every three."""
        return max(1, round(self.sites / SITES_EACH_CUSTOMER))


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleDepartment:
    """The sample as rows: values by column name, table by table, parents before their children."""

    size: SampleSize
    seed: int
    today: date
    customers: tuple[Row, ...]
    sites: tuple[Row, ...]
    equipment: tuple[Row, ...]
    technicians: tuple[Row, ...]
    skills: tuple[Row, ...]
    certificates: tuple[Row, ...]
    contracts: tuple[Row, ...]
    plans: tuple[Row, ...]
    meters: tuple[Row, ...]
    readings: tuple[Row, ...]
    runs: tuple[Row, ...]
    visits: tuple[Row, ...]
    jobs: Jobs

    @property
    def digest(self) -> str:
        """SHA-256 over all rows, hexadecimal."""
        text = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleReport:
    """What loading did.

    Args:
        loaded: False where the same sample was there already, and nothing was changed.
        rows: Rows by table name.
    """

    loaded: bool
    rows: Mapping[str, int]


def sample_department(size: SampleSize, seed: int, today: date) -> SampleDepartment:
    """Return the sample department.

    Args:
        size: How large it is.
        seed: Two seeds give two departments.
        today: The day on which it stands: history lies before it, contracts run beyond it.
    """
    staff = people(size.technicians, _random(seed, "people"), today)
    owners = customers(size.customers, _random(seed, "customers"))
    places = workshops(size.sites, owners, staff, _random(seed, "sites"), today)
    park = machines(places, size.machines, _random(seed, "machines"), today)
    deals = sold(places, park, size.technicians, _random(seed, "contracts"), today)
    counters = meters(park, _random(seed, "meters"), today)
    # Groups of one site have narrow windows, which a shutdown of weeks would swallow: such a site works through.
    split = {group.machines[0].site_id for group in deals.groups if group.window_days is not None}
    parts = {
        "customers": owners,
        "sites": tuple({**site.row, **({"shutdowns": []} if site.id in split else {})} for site in places),
        "equipment": tuple(machine.row for machine in park),
        "technicians": tuple(person.row for person in staff),
        "contracts": deals.contracts,
        "plans": deals.plans,
    }
    past = finished_visits(planning_input_of(**parts), _random(seed, "history"), today)
    return SampleDepartment(
        size=size,
        seed=seed,
        today=today,
        **parts,
        skills=skill_rules(),
        certificates=certificates(staff, today),
        meters=counters.meters,
        readings=counters.readings,
        runs=past.runs,
        visits=past.visits,
        jobs=jobs(park, [person.row for person in staff], _random(seed, "jobs"), today),
    )


def load_sample(
    store: Store, *, size: SampleSize, seed: int, today: date, now: datetime, same_day: bool = False
) -> SampleReport:
    """Store the sample department in one transaction.

    Args:
        store: A migrated database.
        size: How large it is.
        seed: Two seeds give two departments.
        today: The day on which it stands.
        now: When it is loaded, for the audit trail.
        same_day: Whether a sample of another day counts as another sample.

    Returns:
        What was stored; nothing where the same sample is there already.

    Raises:
        Conflict: The register has rows that are not this sample.
    """
    wanted = {**asdict(size), "seed": seed, "today": today.isoformat()}
    with store.writing() as session:
        filled = filled_tables(session)
        if filled:
            found = noted_sample(session)
            compared = set(wanted) if same_day else set(wanted) - {"today"}
            if found is not None and all(found.get(key) == wanted[key] for key in compared):
                return SampleReport(loaded=False, rows={})
            what = "another sample" if found is not None else "rows of its own"
            raise Conflict(
                f"the register has {what} ({', '.join(filled)}); a sample is loaded into an empty register only: "
                "use another database (SERVICEBOOK_HOME) for it",
                yours=wanted,
                theirs=found or {},
            )
        department = sample_department(size, seed, today)
        rows = insert_register(session, _by_table(department))
        rows |= _insert_jobs(session, department.jobs)
        if newest_price_book(session) is None:
            session.add(
                PriceBookRow(
                    id=f"sample-prices-{seed}",
                    number=1,
                    created_at=now,
                    created_by=SAMPLE_MARK,
                    note=NOTE,
                    body=price_book_body(),
                )
            )
        note_sample(session, wanted, now=now)
    return SampleReport(loaded=True, rows=rows)


def _insert_jobs(session: Session, made: Jobs) -> dict[str, int]:
    write_jobs(session, made.orders, made.events, made.parts, made.times)
    write_checks(session, made.checks)
    write_reports(session, made.reports)
    return {"work_orders": len(made.orders), "fault_reports": len(made.reports)}


def _by_table(department: SampleDepartment) -> dict[str, Sequence[Row]]:
    return {
        "customers": department.customers,
        "sites": department.sites,
        "equipment": department.equipment,
        "technicians": department.technicians,
        "skills": department.skills,
        "certificates": department.certificates,
        "contracts": department.contracts,
        "maintenance_plans": department.plans,
        "meters": department.meters,
        "meter_readings": department.readings,
        "plan_runs": department.runs,
        "visits": department.visits,
    }


def _random(seed: int, part: str) -> Random:
    """Return the dice of one part, so that a change in one part leaves the others as they were."""
    return Random(f"servicebook-sample-{seed}-{part}")  # noqa: S311 - a sample, not a secret
