"""Who may write what: for each room the least role that does, and the one below that is refused."""

import pytest
from fastapi.testclient import TestClient

from kb.api.app import create_app
from kb.usecases.accounts import Role
from kb.wiring import House
from tests.kb.api.conftest import PASSWORD, bearer

RIGHTS: tuple[tuple[str, str, Role], ...] = (
    ("POST", "/api/v1/faults/none/order", Role.ENGINEER),
    ("POST", "/api/v1/faults/none/dispatch", Role.PLANNER),
    ("POST", "/api/v1/records", Role.ENGINEER),
    ("POST", "/api/v1/records/none/moves", Role.ENGINEER),
    ("PATCH", "/api/v1/emergency/site/none", Role.ENGINEER),
    ("PUT", "/api/v1/inspections/campaigns/none/machines/none", Role.ENGINEER),
    ("POST", "/api/v1/inspections/campaigns", Role.EDITOR),
    ("PATCH", "/api/v1/inspections/campaigns/none", Role.EDITOR),
    ("POST", "/api/v1/proposals", Role.PLANNER),
    ("POST", "/api/v1/proposals/none/acceptance", Role.PLANNER),
    ("POST", "/api/v1/register/customers", Role.PLANNER),
    ("POST", "/api/v1/plan/versions", Role.PLANNER),
)
"""What is written, and the least role that may; `docs/decisions/0023` says why."""


@pytest.fixture
def speakers(guarded_client: TestClient) -> tuple[TestClient, dict[Role, dict[str, str]]]:
    return guarded_client, {role: bearer(guarded_client, role) for role in Role}


def test_each_room_is_written_by_its_least_role_and_refuses_the_one_below(
    speakers: tuple[TestClient, dict[Role, dict[str, str]]],
) -> None:
    client, headers = speakers
    wrong = []
    for method, path, least in RIGHTS:
        for role in Role:
            answer = client.request(method, path, headers=headers[role], json={})
            # An empty body is refused for what it lacks, only behind the door.
            if answer.status_code in {401, 405, 500} or (answer.status_code == 403) is role.contains(least):
                wrong.append((method, path, role.value, answer.status_code))
        assert client.request(method, path, json={}).status_code == 401
    assert wrong == []


def test_on_pages_too_an_engineer_decides_about_machines_and_only_an_editor_keeps_and_ends_bulletins(
    guarded: House,
) -> None:
    form = {"number": "B-1", "title": "升级", "source": "厂商通报", "action": "升级到 5.01", "brand": "Maker"}
    seen = {}
    for role in (Role.ENGINEER, Role.EDITOR):
        with TestClient(create_app(guarded)) as client:
            token = client.get("/login").text.partition('name="csrf_token" value="')[2].partition('"')[0]
            typed = {"name": f"{role.value}-user", "password": PASSWORD, "csrf_token": token}
            client.post("/login", data=typed)
            page = client.get("/inspections/campaigns").text
            form["csrf_token"] = page.partition('name="csrf_token" value="')[2].partition('"')[0]
            kept = client.post("/inspections/campaigns", data=form, follow_redirects=False)
            ended = client.post(
                "/inspections/campaigns/B-1", data={**form, "what": "end"}, follow_redirects=False
            )
            seen[role] = ('action="/inspections/campaigns"' in page, kept.status_code, ended.status_code)
    assert seen == {Role.ENGINEER: (False, 403, 403), Role.EDITOR: (True, 303, 303)}
