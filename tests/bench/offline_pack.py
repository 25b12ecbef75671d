"""How large and how fast is the search that a site carries? Generated pages, a real browser, its CPU slowed down.

    python tests/bench/offline_pack.py --pages 5000 --seed 1 --slow 4

Prints one JSON object: seconds to make the pack, its size as it is and compressed file by file (gzip 9), the time
from opening the page to the first answer, and the time of further answers, each query first cold (asked at once
after opening, while the page still fetches ahead) and then warm. Times are in milliseconds, measured by the page
itself; typing is not in them. `load` is the machine's load while this ran: above the number of its cores, the times
are too long, as the browser's own processes wait for a core.
"""

import argparse
import functools
import gzip
import http.server
import json
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))

from kb.search import open_index
from kb.site.offline import add_offline
from kb.usecases.offline import offline_search
from tests.bench.search_speed import QUERIES, generated_library

ANSWERED = """() => new Promise((done) => {
  const look = () => {
    const [asked] = performance.getEntriesByName("asked"), [answered] = performance.getEntriesByName("answered");
    const shown = document.getElementById("so-results").dataset.shown;
    if (asked && answered && shown === document.getElementById("so-query").value) {
      done([answered.startTime, answered.startTime - asked.startTime]);
    } else setTimeout(look, 5);
  };
  look();
})"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # as any host does: a connection serves more than one file
    # As any host does: without it each answer waits some 40 ms for the acknowledgement of its own head.
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _figures(times: Sequence[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "p50_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 1),
        "most_ms": round(ordered[-1], 1),
    }


def _measured(browser: Browser, address: str, *, slow: float, rounds: int) -> dict[str, object]:
    """Return the times of the page at `address`: opened afresh several times, then asked every query."""
    first: list[float] = []
    cold: list[float] = []
    warm: list[float] = []
    answers: dict[str, list[str]] = {}
    for number in range(rounds):
        context = browser.new_context(viewport={"width": 390, "height": 844}, service_workers="block")
        page = context.new_page()
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slow})
        page.goto(f"{address}#q={QUERIES[number % len(QUERIES)]}")
        first.append(page.evaluate(ANSWERED)[0])
        for again in range(3 if number == 0 else 1):
            for query in QUERIES:
                page.fill("#so-query", "")
                page.wait_for_function("document.getElementById('so-results').dataset.shown === ''")
                page.fill("#so-query", query)
                taken = page.evaluate(ANSWERED)[1]
                (warm if again else cold).append(taken)
                answers[query] = [str(hit.get_attribute("data-id")) for hit in page.locator(".so-hit").all()][
                    :5
                ]
        context.close()
    return {"first": _figures(first), "cold": _figures(cold), "warm": _figures(warm), "answers": answers}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--slow", type=float, default=4, help="how many times the browser's CPU is slowed down"
    )
    parser.add_argument("--rounds", type=int, default=9, help="how often the page is opened afresh")
    parser.add_argument("--browser", default=shutil.which("chromium") or shutil.which("google-chrome"))
    chosen = parser.parse_args()
    library = generated_library(chosen.pages, chosen.seed)
    start = time.process_time()
    search = offline_search(library)
    build = time.process_time() - start
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        site = Path(folder) / "site"
        site.mkdir()
        add_offline(site, search)
        index = open_index(Path(folder) / "index", library)
        server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(_Quiet, directory=str(site))
        )
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(
            executable_path=chosen.browser, args=["--no-sandbox", "--disable-gpu"]
        )
        times = _measured(
            browser,
            f"http://127.0.0.1:{server.server_address[1]}/search.html",
            slow=chosen.slow,
            rounds=chosen.rounds,
        )
        browser.close()
        server.shutdown()
        answers = times.pop("answers")
        assert isinstance(answers, dict)
        agree = sum(
            answers[query] == [hit.page.id for hit in index.search(query, size=5).hits] for query in QUERIES
        )
    json.dump(
        {
            "pages": search.pages,
            "seed": chosen.seed,
            "build_cpu_s": round(build, 1),
            "files": len(search.files),
            "pack_mb": round(sum(map(len, search.files.values())) / 1e6, 2),
            "compressed_mb": round(sum(len(gzip.compress(raw, 9)) for raw in search.files.values()) / 1e6, 2),
            "slowed": chosen.slow,
            "load": round(os.getloadavg()[0], 1),
            **times,
            "same_five_as_the_server": f"{agree}/{len(QUERIES)}",
        },
        sys.stdout,
    )
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
