"""How fast is each list where a department has 100,000 records of everything?

    python tests/bench/lists.py --database sqlite --rounds 20
    python tests/bench/lists.py --database postgresql --rounds 20 --only records

One uvicorn in this process on loopback, one client that keeps its connection; each page and each API route first page,
last page, narrowed, sorted, and searched with a hit and without. The processor's time holds service, client and, of
PostgreSQL, its server processes; it is the honest figure on a machine that others use too. Prints a table, and the whole
as JSON with `--json`. A case is called once before it is measured.
"""

import argparse
import gc
import json
import os
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import httpx
import uvicorn

from kb.api.app import create_app
from kb.cli.serve import make_ready
from kb.settings import Settings
from kb.store import Store
from kb.usecases.order_reading import OPEN_STATES
from kb.usecases.record_kinds import KINDS
from kb.wiring import open_house
from tests.bench.lists_department import HIT, MISS, filled
from tests.postgresql import running_server

LIMIT_MS = 150
_OPEN = "&".join(f"state={state}" for state in OPEN_STATES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A list as somebody calls it."""

    list: str
    what: str
    path: str


def cases(records: int, machines: int, sites: int, proposals: int) -> list[Case]:
    """Return every list, page and route."""
    last, last_machine, last_proposal = max(1, records // 50), max(1, machines // 50), max(1, proposals // 50)
    half = last // 3
    asked: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
        "faults": (
            ("/faults", "/api/v1/faults"),
            {
                "open, by deadline": "",
                "all, newest first": "group=all&sort=reported",
                "all, last page": f"group=all&sort=reported&page={last}",
                "all, gravest first": "group=all&sort=priority",
                "ended": "group=ended&sort=reported",
                "ended, last page": f"group=ended&sort=reported&page={max(1, last - 20)}",
                "customer": "group=all&sort=reported&customer=C00001",
                "text, hit": f"group=all&sort=reported&q={HIT}",
                "text, none": f"group=all&sort=reported&q={MISS}",
                "text of two letters": "group=all&sort=reported&q=刀库",
                "open, text": f"q={HIT}",
            },
        ),
        "orders": (
            ("/orders", "/api/v1/orders"),
            {
                "open": "state=open",
                "all": "state=all",
                "last page": f"state=all&page={last}",
                "closed": "state=closed",
                "customer": "state=all&customer=C00001",
                "machine": "state=all&machine=M-00007",
                "technician": "state=all&technician=T001",
                "text, hit": f"state=all&text={HIT}",
                "text, none": f"state=all&text={MISS}",
                "text of two letters": "state=all&text=刀库",
            },
        ),
        "parts used": (("/orders/parts", "/api/v1/orders/parts"), {"all": "", "last page": f"page={last}", "text, hit": f"text={HIT}", "text, none": f"text={MISS}"}),
        "records": (
            ("/records", "/api/v1/records"),
            {
                "all": "",
                "last page": f"page={last}",
                "overdue": "due=overdue",
                "closed": "due=closed",
                "customer": "customer=C00001",
                "machine": "equipment=M-00007",
                "text, hit": f"q={HIT}",
                "text, none": f"q={MISS}",
                "text of two letters": "q=刀库",
                **{f"kind {name}": f"kind={name}" for name in KINDS},
                "kind complaint, text": f"kind=complaint&q={HIT}",
            },
        ),
        "visits": (("/visits", "/api/v1/visits"), {"first page": "state=&from=2016-01-01", "last page": f"state=&from=2016-01-01&page={last}", "done": "state=done&from=2016-01-01", "site": "state=&from=2016-01-01&site=S00007"}),
        "audit": (
            ("/audit", "/api/v1/audit"),
            {"first page": "", "page 400": "page=400", "kind": "kind=sites", "thing": "thing=o77", "who": "who=user7", "who, none": f"who={MISS}", "kind, page 400": "kind=sites&page=400"},
        ),
        "proposals": (("/proposals", "/api/v1/proposals"), {"first page": "", "last page": f"page={last_proposal}", "state": "state=sent", "site": "site=s7"}),
        "work on queries": (("/search/unanswered", "/api/v1/search/unanswered"), {"open": "", "page 200": "page=200", "answered": "state=answered"}),
        "drafts": (("/drafts", "/api/v1/drafts"), {"new": "", "page 200": "page=200", "closed": "state=closed"}),
        "training": (("/training", "/api/v1/training/sessions"), {"year": "", "month": "month=3&from=2026-03-01&to=2026-03-31"}),
        "campaigns": (("/inspections/campaigns", "/api/v1/inspections/campaigns"), {"all": ""}),
        "campaign": (("/inspections/campaigns/TB-001", "/api/v1/inspections/campaigns/TB-001"), {"one": ""}),
        "machines": (
            ("/register/equipment", "/api/v1/register/equipment"),
            {"first page": "", "last page": f"page={last_machine}", "site": "site=S00007", "by site": "sort=site", "text, hit": "q=车间77", "text, none": f"q={MISS}"},
        ),
        "sites": (("/register/sites", "/api/v1/register/sites"), {"first page": "", "last page": f"page={max(1, sites // 50)}", "customer": "customer=C00001", "by name": "sort=name", "text, hit": "q=车间77", "text, none": f"q={MISS}"}),
        "job history": (("/reliability/jobs", "/api/v1/reliability/jobs"), {"first page": "", "page": f"page={max(1, half // 20)}"}),
    }  # fmt: skip
    found = []
    for name, (paths, queries) in asked.items():
        for what, query in queries.items():
            for path in paths:
                said = (
                    query.replace("state=open", _OPEN).replace("state=all", "")
                    if path.endswith("v1/orders")
                    else query
                )
                said = (
                    said.replace("state=&", "").replace("from=2016", "first_day=2016")
                    if path.endswith("v1/visits")
                    else said
                )
                found.append(Case(list=name, what=what, path=f"{path}?{said}"))
    return found


def server_seconds() -> float:
    """Return the processor's seconds that the PostgreSQL processes of this machine's own server have used."""
    total = 0
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and (folder / "comm").read_text() == "postgres\n":
                total += int((folder / "schedstat").read_text().split()[0])
        except (OSError, ValueError):
            continue
    return total / 1e9


@contextmanager
def serving(address: str, place: Path) -> Iterator[httpx.Client]:
    """Run the service; yield a client."""
    settings = Settings(home=place / "var", database_url=address, _env_file=None)
    with socket.socket(proto=socket.IPPROTO_TCP) as listening:  # else asyncio leaves Nagle on
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        house = open_house(settings)
        make_ready(house)
        app = create_app(house)
        gc.collect()  # as `servicebook serve` does
        gc.freeze()
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            host = f"http://127.0.0.1:{listening.getsockname()[1]}"
            with httpx.Client(base_url=host, timeout=600, trust_env=False) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join()


def measured(ask: Callable[[], object], rounds: int, *, with_server: bool) -> dict[str, float]:
    """Return percentiles of the wall's and the processor's milliseconds of a call."""
    walls, processors = [], []
    for _ in range(rounds):
        before = server_seconds() if with_server else 0.0
        wall, processor = time.perf_counter(), time.process_time()
        ask()
        walls.append((time.perf_counter() - wall) * 1000)
        own = time.process_time() - processor
        processors.append((own + (server_seconds() - before if with_server else 0.0)) * 1000)
    walls.sort()
    processors.sort()
    at = min(rounds - 1, round(0.95 * rounds))
    return {"cpu_p50": processors[rounds // 2], "cpu_p95": processors[at], "wall_p50": walls[rounds // 2], "wall_p95": walls[at]}  # fmt: skip


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--sites", type=int, default=2_000)
    parser.add_argument("--machines", type=int, default=10_000)
    parser.add_argument("--proposals", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="name of one list")
    parser.add_argument("--keep", default="", help="a SQLite file to make, or to measure where it is there")
    parser.add_argument(
        "--address", default="", help="a PostgreSQL database that is filled already, or is empty"
    )
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    postgresql = chosen.database == "postgresql"
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        address = f"sqlite:///{Path(chosen.keep).resolve() if chosen.keep else place / 'lists.db'}"
        if postgresql:
            address = chosen.address or stack.enter_context(running_server())
        store = Store(address)
        start = time.process_time()
        before, _ = store.migrate()
        if not before:
            filled(store, records=chosen.records, sites=chosen.sites, machines=chosen.machines, proposals=chosen.proposals, seed=chosen.seed)  # fmt: skip
            if postgresql:
                with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.exec_driver_sql("VACUUM ANALYZE")
        store.close()
        sys.stderr.write(f"filled in {time.process_time() - start:.0f} s\n")
        client = stack.enter_context(serving(address, place))
        found = []
        for case in cases(chosen.records, chosen.machines, chosen.sites, chosen.proposals):
            if chosen.only and case.list != chosen.only:
                continue
            answer = client.get(case.path)
            row: dict[str, object] = {
                "list": case.list,
                "what": case.what,
                "path": case.path,
                "status": answer.status_code,
            }
            times = measured(partial(client.get, case.path), chosen.rounds, with_server=postgresql)
            row |= {name: round(value, 1) for name, value in times.items()}
            found.append(row)
            if not chosen.json:
                late = "  LATE" if float(str(row["cpu_p95"])) > LIMIT_MS or answer.status_code != 200 else ""
                print(f"{row['status']} cpu {row['cpu_p50']:>7} {row['cpu_p95']:>7}  wall {row['wall_p50']:>7} {row['wall_p95']:>7}  {case.list}: {case.what}  {case.path}{late}", flush=True)  # fmt: skip
        if chosen.json:
            json.dump({"database": chosen.database, "records": chosen.records, "load": round(os.getloadavg()[0], 2), "rows": found}, sys.stdout, ensure_ascii=False)  # fmt: skip


if __name__ == "__main__":
    main()
