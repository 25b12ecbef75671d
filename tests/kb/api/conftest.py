"""A house of its own for each test: SQLite, the real library, a clock that stands still."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient

from kb.api.app import create_app
from kb.settings import Settings
from kb.usecases.accounts import Role, add_user
from kb.wiring import House, open_house
from tests.conftest import ROOT, the_real_library

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
PASSWORD = "correct horse battery"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    opened = open_house(
        Settings(home=tmp_path / "var", content_dir=ROOT / "content"),
        clock=lambda: NOON,
        library=the_real_library(),
    )
    opened.store.migrate()
    yield opened
    opened.store.close()


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house)) as opened:
        yield opened


@pytest.fixture
def guarded(house: House) -> House:
    for role in Role:
        add_user(
            house.store, name=f"{role.value}-user", password=PASSWORD, role=role, id=role.value, now=NOON
        )
    return house


@pytest.fixture
def guarded_client(guarded: House) -> Iterator[TestClient]:
    with TestClient(create_app(guarded)) as opened:
        yield opened


def bearer(client: TestClient, role: Role) -> dict[str, str]:
    answer = client.post("/api/v1/session", json={"name": f"{role.value}-user", "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}
