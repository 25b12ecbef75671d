"""A list asks the database as often for many records as for few: the names beside its rows are fetched together."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from kb.api.app import create_app
from kb.settings import Settings
from kb.wiring import House, open_house
from tests.bench.lists import Case, cases
from tests.bench.lists_department import filled

FEW, MANY = 24, 120
MOST = 30
"""Statements of one page, whatever it shows."""
CASES = cases(FEW, FEW, FEW, FEW)
LISTS = sorted({one.list for one in CASES})


@contextmanager
def department(folder: Path, count: int) -> Iterator[tuple[House, TestClient]]:
    house = open_house(Settings(home=folder, _env_file=None))
    house.store.migrate()
    filled(house.store, records=count, sites=count, machines=count, proposals=count, seed=1)
    with TestClient(create_app(house)) as client:
        yield house, client
    house.store.close()


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[tuple[House, TestClient], ...]]:
    folder = tmp_path_factory.mktemp("lists")
    with department(folder / "few", FEW) as few, department(folder / "many", MANY) as many:
        yield few, many


def statements(house: House, client: TestClient, case: Case) -> list[str]:
    told: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        told.append(statement)

    client.get(case.path)  # what is read once a process is read now
    event.listen(house.store.engine, "before_cursor_execute", note)
    try:
        answer = client.get(case.path)
    finally:
        event.remove(house.store.engine, "before_cursor_execute", note)
    assert answer.status_code == 200, (case.path, answer.text[:500])
    return told


@pytest.mark.parametrize("name", LISTS)
def test_the_statements_of_a_list_do_not_grow_with_its_rows(
    both: tuple[tuple[House, TestClient], ...], name: str
) -> None:
    few, many = both
    for case in (one for one in CASES if one.list == name):
        asked = [len(statements(house, client, case)) for house, client in (few, many)]
        assert 0 < asked[1] <= MOST, (case.path, asked)
        assert asked[1] <= asked[0] + 8, (case.path, asked)  # a list without a row names nothing
