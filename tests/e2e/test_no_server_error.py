"""No address of the service answers with a fault of its own, whatever is asked of it.

Pages are found by following every link from the start page; routes come from the service's own description, with
ids that exist, ids that do not, and words that are no ids.
"""

import re
from collections import deque
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

import pytest
from fastapi.testclient import TestClient

from kb.api.app import create_app
from kb.settings import Settings
from kb.wiring import House, open_house
from tests.e2e.department import a_department

ROOT = Path(__file__).parents[2]
LINK = re.compile(r'(?:href|src)="([^"#]+)')
ODD_WORDS = ("", "0", "-1", "latest", "../../etc/passwd", "%00", "报警", "'; drop table sites; --", "x" * 300)
PAGES_AT_MOST = 250


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    opened = open_house(Settings(home=tmp_path_factory.mktemp("house"), content_dir=ROOT / "content"))
    a_department(opened, first_day=date(2026, 1, 1), last_day=date(2026, 12, 31))
    yield opened
    opened.store.close()


@pytest.fixture(scope="module")
def client(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house), raise_server_exceptions=False) as opened:
        yield opened


def test_every_page_that_a_link_leads_to_answers(client: TestClient) -> None:
    waiting = deque(["/"])
    seen = {"/"}
    shapes: dict[str, int] = {}
    broken = []
    while waiting:
        address = waiting.popleft()
        answer = client.get(address, headers={"accept": "text/html"})
        # The site is not built in this test; the page that says so is a 404 on purpose.
        if answer.status_code >= 400 and not answer.url.path.startswith("/library/"):
            broken.append(f"{address}: {answer.status_code}")
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        for target in LINK.findall(answer.text):
            found = urljoin(str(answer.url), target.replace("&amp;", "&"))
            parts = urlsplit(found)
            wanted = parts.path + (f"?{parts.query}" if parts.query else "")
            if parts.hostname != "testserver" or wanted in seen or parts.path.startswith("/library/"):
                continue
            # A few of each kind are enough: /register/sites/A and /register/sites/B are one page to this test.
            shape = re.sub(r"[^/?=&]*\d[^/?=&]*", "N", wanted)
            if shapes.get(shape, 0) >= 3 or len(seen) >= PAGES_AT_MOST:
                continue
            shapes[shape] = shapes.get(shape, 0) + 1
            seen.add(wanted)
            waiting.append(wanted)
    assert len(seen) >= 60
    assert not broken, "\n".join(broken)


def described_paths(client: TestClient) -> list[str]:
    return sorted(
        path
        for path, methods in client.get("/api/v1/openapi.json").json()["paths"].items()
        if "get" in methods
    )


def test_every_route_answers_odd_words_without_a_fault_of_its_own(client: TestClient) -> None:
    asked = 0
    for path in described_paths(client):
        names = re.findall(r"\{([^}:]+)[^}]*\}", path)
        # Each word meets each address once, with one of the queries in turn.
        for number, word in enumerate(ODD_WORDS):
            address = path
            for name in names:
                address = re.sub(r"\{" + name + r"[^}]*\}", quote(word or "-", safe=""), address)
            queries = ("", f"?q={quote(word)}&page={quote(word)}&size=2", "?page=1000000&size=1")
            address += queries[number % len(queries)]
            answer = client.get(address)
            asked += 1
            assert answer.status_code < 500, f"{address}: {answer.status_code} {answer.text[:300]}"
            if answer.status_code >= 400:
                assert answer.headers["content-type"] == "application/problem+json", address
    assert asked >= 200


def test_two_hundred_requests_of_the_main_pages_stay_good(client: TestClient) -> None:
    for address in ("/", "/search?q=SV0401", "/api/v1/search?q=报警401", "/plan", "/register/sites"):
        for number in range(200):
            answer = client.get(address, headers={"accept": "text/html"})
            assert answer.status_code == 200, f"{address} at request {number}: {answer.status_code}"
