"""The library's health over HTTP: the picture, whose every link leads to a list, and the lists as data and workbooks."""

import re
from collections.abc import Iterator
from html import unescape
from io import BytesIO

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from kb.api.app import create_app
from kb.settings import Settings
from kb.wiring import House, open_house
from tests.kb.api.conftest import NOON
from tests.kb.search.pages import a_library

COUNTED = re.compile(r'<a href="([^"]+)" aria-label="[^"]*: (\d+)"')
TOTAL = re.compile(r"<h1>[^<]* <span class=\"soft\">(\d+)</span></h1>")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("health")
    library = a_library(folder)
    opened = open_house(
        Settings(home=folder / "var", content_dir=library.folder, language="zh_CN"), clock=lambda: NOON
    )
    opened.store.migrate()
    yield opened
    opened.store.close()


@pytest.fixture(scope="module")
def client(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house)) as opened:
        yield opened


def count_at(client: TestClient, address: str) -> int:
    """Return how many pages the list or the search at an address tells of."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    found = TOTAL.search(answer.text) or re.search(r"(\d+) 页", answer.text)
    assert found is not None, address
    return int(found[1])


@pytest.mark.parametrize("kind", ["case", "alarm", "guide", ""])
@pytest.mark.parametrize("by", ["brand", "controller"])
def test_every_field_and_bar_leads_to_as_many_pages_as_it_counts(
    client: TestClient, by: str, kind: str
) -> None:
    page = client.get("/library-health", params={"by": by, "kind": kind}).text
    fields = [(unescape(address), int(count)) for address, count in COUNTED.findall(page)]
    assert len(fields) > 20
    assert sum(count for address, count in fields if "coverage" in address or "/search" in address) > 0
    for address, count in dict(fields).items():
        if count:
            assert count_at(client, address) == count, address
    empty = next(address for address, count in fields if not count and "confidence" not in address)
    assert client.get(empty).status_code == 200


def test_each_tile_leads_to_its_list(client: TestClient) -> None:
    page = client.get("/library-health").text
    tiles = re.findall(r'<a class="tile[^"]*" href="([^"]+)"><strong>(\d+)</strong>', page)
    assert len(tiles) == 10
    for address, count in tiles:
        answer = client.get(address)
        assert answer.status_code == 200
        if address.startswith("/library-health"):
            assert count_at(client, address) == int(count), address


def test_lists_are_paged_and_narrowed_as_data(client: TestClient) -> None:
    whole = client.get("/api/v1/library-health/unused").json()
    assert whole["total"] == len(whole["items"]) > 0
    part = client.get("/api/v1/library-health/coverage", params={"size": 2, "page": 2, "kind": "case"}).json()
    assert (part["total"], len(part["items"]), part["page"]) == (5, 2, 2)
    reviews = client.get("/api/v1/library-health/reviews", params={"within": 3660, "owner": "nobody"}).json()
    assert reviews["items"] == []
    figures = client.get("/api/v1/library-health").json()
    assert figures["counts"]["unused"] == whole["total"]
    assert sum(figures["ages_months"].values()) == sum(figures["pages"].values())


@pytest.mark.parametrize("address", ["/api/v1/library-health/reviews", "/library-health/reviews"])
def test_a_list_leaves_as_a_workbook(client: TestClient, address: str) -> None:
    answer = client.get(address, params={"format": "xlsx", "within": 400})
    assert 'filename="reviews-2026-11-23.xlsx"' in answer.headers["content-disposition"]
    (sheet,) = load_workbook(BytesIO(answer.content)).worksheets
    assert sheet.max_row > 10


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/v1/library-health/nothing", 404),
        ("/library-health/nothing", 404),
        ("/api/v1/library-health/ages?age=3-7", 400),
        ("/api/v1/library-health/reviews?within=3661", 422),
        ("/library-health?by=maker", 422),
    ],
)
def test_what_is_not_there_is_told(client: TestClient, address: str, status: int) -> None:
    assert client.get(address).status_code == status


def test_an_empty_library_has_an_empty_picture(
    house: House, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("empty")
    empty = open_house(Settings(home=folder / "var", content_dir=folder / "none"), clock=lambda: NOON)
    empty.store.migrate()
    with TestClient(create_app(empty)) as client:
        answer = client.get("/library-health", headers={"accept-language": "en"})
        assert answer.status_code == 200
        assert "0 pages that are not withdrawn" in answer.text
        assert "Every field has a case." in answer.text
        english = client.get("/library-health/links", headers={"accept-language": "en"}).text
        assert "Nothing to do here." in english
    empty.store.close()
