"""How fast is the search as a client sees it? A running service over a library of real files, asked over loopback.

    python tests/bench/search_api.py --pages 10000 --rounds 5

One uvicorn in this process, one client that keeps its connection, each query of `search_speed` in turn: hits with reasons,
marks and facets as JSON, after one round that is not counted. Every request asks first whether a file has changed, as
the service does. Prints one JSON object, times in milliseconds; time of the processor holds service and client. Beside
each query `/healthz` is asked, which asks the database once: what it takes by the clock on a busy machine is waiting for others.
"""

import argparse
import json
import os
import random
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import httpx
import uvicorn

from kb.api.app import create_app
from kb.settings import Settings
from kb.wiring import open_house
from tests.bench.search_freshness import written_library
from tests.bench.search_speed import QUERIES, _figures, _timed


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", default="auto")
    parser.add_argument(
        "--keep", type=Path, help="where library and index stay, and are taken from the next time"
    )
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        place = chosen.keep or Path(passing)
        folder = Path(place) / "content"
        if not folder.exists():
            written_library(folder, chosen.pages, random.Random(chosen.seed))
        settings = Settings(
            content_dir=folder, home=Path(place) / "var", search_engine=chosen.engine, _env_file=None
        )
        house = open_house(settings)
        house.store.migrate()
        with socket.socket(proto=socket.IPPROTO_TCP) as listening:  # else asyncio leaves Nagle on
            listening.bind(("127.0.0.1", 0))
            listening.listen()
            server = uvicorn.Server(uvicorn.Config(create_app(house), log_level="warning", access_log=False))
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
            thread.start()
            address = f"http://127.0.0.1:{listening.getsockname()[1]}"
            with httpx.Client(base_url=address, timeout=600, trust_env=False) as client:

                def ask(query: str) -> object:
                    return client.get("/api/v1/search", params={"q": query}).raise_for_status().json()

                start = time.perf_counter()
                for query in QUERIES:
                    ask(query)
                first = time.perf_counter() - start
                times, nothing = [], []
                for query in QUERIES * chosen.rounds:
                    nothing.append(_timed(lambda: client.get("/healthz").raise_for_status()))
                    times.append(_timed(lambda q=query: ask(q)))
            server.should_exit = True
            thread.join()
    row = {"pages": chosen.pages, "engine": chosen.engine, "load": round(os.getloadavg()[0], 2)}
    row |= {"first_round_s": round(first, 1), "queries": len(times)}
    row |= {"nothing": _figures(nothing), "resident_mb": _resident_mb()}
    json.dump(row | _figures(times), sys.stdout)
    sys.stdout.write("\n")


def _resident_mb() -> dict[str, int]:
    """Return how much memory the process holds, and held at most."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    rows = dict(line.split(":", 1) for line in status.splitlines())
    return {name: int(rows[key].split()[0]) // 1024 for name, key in (("now", "VmRSS"), ("most", "VmHWM"))}


if __name__ == "__main__":
    main()
