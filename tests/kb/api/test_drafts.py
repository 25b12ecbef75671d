"""Drafts over the API and on their pages: roles, the page's token, hostile bodies, safe photos."""

import base64
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from kb.api.app import create_app
from kb.cli.main import command_line
from kb.settings import Settings
from kb.usecases.accounts import Role
from kb.wiring import House, open_house
from tests.kb.api.conftest import NOON, PASSWORD, ROOT, bearer

ID = "0b9d6c1e-6f0a-4e55-9d2b-1d6f1f0a7a11"
JPEG = b"\xff\xd8\xff\xe0" + b"jpeg" * 20
FIELD = re.compile(r'name="csrf_token" value="([^"]+)"')


def body(**changes: object) -> dict[str, object]:
    sent: dict[str, object] = {
        "id": ID,
        "created": "2026-11-25T08:00:00+08:00",
        "machine": "立加 VMC850",
        "alarm": "SV0401",
        "symptom": "一上电就报警 <script>alert(1)</script>",
        "photos": [base64.b64encode(JPEG).decode()],
    }
    return sent | changes


def logged_in(client: TestClient, role: Role) -> str:
    """Log in as a browser does and return the token that the offline page asks for."""
    client.cookies.clear()
    field = FIELD.search(client.get("/login").text)
    assert field is not None
    form = {"name": f"{role.value}-user", "password": PASSWORD, "csrf_token": field[1]}
    assert client.post("/login", data=form, follow_redirects=False).status_code == 303
    told = client.get("/api/v1/session/token").json()
    assert told["login_needed"] is False
    return str(told["csrf_token"])


def test_a_draft_is_received_once_and_told_alike(client: TestClient) -> None:
    first = client.post("/api/v1/drafts", json=body())
    assert first.status_code == 201, first.text
    assert first.headers["location"] == f"/api/v1/drafts/{ID}"
    again = client.post("/api/v1/drafts", json=body())
    assert again.status_code == 200
    assert again.json() == first.json()
    read = client.get(first.headers["location"])
    assert read.json() == first.json()
    assert read.headers["etag"] == '"r1"'
    known = client.get(first.headers["location"], headers={"if-none-match": 'W/"r1"'})
    assert (known.status_code, known.content) == (304, b"")
    listed = client.get("/api/v1/drafts", params={"state": "new"}).json()
    assert [one["id"] for one in listed["items"]] == [ID]
    assert listed["counts"] == {"new": 1, "taken": 0, "closed": 0}


def test_the_same_from_four_at_once_is_created_once(client: TestClient) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: client.post("/api/v1/drafts", json=body()), range(8)))
    assert sorted(one.status_code for one in answers) == [200] * 7 + [201]
    assert len(client.get("/api/v1/drafts").json()["items"]) == 1


def test_another_draft_under_the_same_id_is_refused_with_both(client: TestClient) -> None:
    client.post("/api/v1/drafts", json=body())
    answer = client.post("/api/v1/drafts", json=body(alarm="SV0410"))
    assert answer.status_code == 412
    assert (answer.json()["yours"]["alarm"], answer.json()["theirs"]["alarm"]) == ("SV0410", "SV0401")


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        pytest.param({"photos": [base64.b64encode(b"<svg/>").decode()]}, "photos[1]", id="svg"),
        pytest.param({"photos": ["!"]}, "photos[1]", id="no base64"),
        pytest.param({"photos": ["鬼"]}, "photos[1]", id="no ascii"),
        pytest.param({"photos": [""] * 5}, "photos", id="five photos"),
        pytest.param({"id": "../../etc/passwd"}, "id", id="a path"),
        pytest.param({"id": "urn:uuid:" + ID}, "id", id="another way to write it"),
        pytest.param({"id": ID.replace("-", "")}, "id", id="without dashes"),
        pytest.param({"created": "2026-11-25T08:00:00"}, "created", id="no offset"),
        pytest.param({"created": "1969-01-01T00:00:00Z"}, "created", id="another century"),
        pytest.param({"alarm": "", "symptom": ""}, "symptom", id="empty"),
        pytest.param({"state": "closed"}, "body.state", id="a field of ours"),
        pytest.param({"notes": "x" * 8001}, "notes", id="too long"),
    ],
)
def test_what_is_wrong_is_told_by_field(client: TestClient, changes: dict[str, object], where: str) -> None:
    answer = client.post("/api/v1/drafts", json=body(**changes))
    assert answer.status_code == 422, answer.text
    assert where in [fault["where"] for fault in answer.json()["faults"]]
    assert client.get("/api/v1/drafts").json()["items"] == []


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_an_instant_at_the_end_of_time_is_no_fault_of_ours(client: TestClient, year: str) -> None:
    for offset in ("+14:00", "-12:00"):
        answer = client.post("/api/v1/drafts", json=body(created=f"{year}-01-01T00:00:00{offset}"))
        assert answer.status_code == 422


def test_half_signs_do_not_break_the_service(client: TestClient) -> None:
    raw = json.dumps(body()).replace("SV0401", "SV\\ud800\\u0000").encode()
    answer = client.post("/api/v1/drafts", content=raw, headers={"content-type": "application/json"})
    assert answer.status_code in {201, 422}, answer.text


@pytest.fixture
def small(tmp_path: Path) -> Iterator[TestClient]:
    settings = Settings(
        home=tmp_path / "small",
        content_dir=ROOT / "content",
        upload_limit_bytes=2000,
        draft_photo_limit_bytes=100,
    )
    house = open_house(settings, clock=lambda: NOON)
    house.store.migrate()
    with TestClient(create_app(house)) as opened:
        yield opened


@pytest.mark.parametrize(("size", "status"), [(100, 201), (101, 422), (2000, 413)])
def test_the_settings_bound_a_photo_and_the_whole(small: TestClient, size: int, status: int) -> None:
    photo = base64.b64encode(JPEG + b"x" * (size - len(JPEG))).decode()
    assert small.post("/api/v1/drafts", json=body(photos=[photo])).status_code == status


def test_nobody_sends_without_a_login_and_the_page_can_know_it_before(guarded_client: TestClient) -> None:
    assert guarded_client.post("/api/v1/drafts", json=body()).status_code == 401
    assert guarded_client.get("/api/v1/session/token").json()["login_needed"] is True


def test_an_unguarded_service_tells_that_no_login_is_needed(client: TestClient) -> None:
    assert client.get("/api/v1/session/token").json()["login_needed"] is False


def test_a_request_that_rests_on_cookies_needs_the_pages_token(guarded_client: TestClient) -> None:
    token = logged_in(guarded_client, Role.ENGINEER)
    for headers in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": token[:-1] + "x"}, {"X-CSRF-Token": "é"}):
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        refused = guarded_client.post("/api/v1/drafts", json=body(), headers=raw)
        assert refused.status_code == 403, headers
    assert guarded_client.get("/api/v1/drafts").json()["items"] == []
    answer = guarded_client.post("/api/v1/drafts", json=body(), headers={"X-CSRF-Token": token})
    assert answer.status_code == 201
    assert answer.json()["author"] == "engineer-user"


def test_the_token_holds_without_a_login_and_after_the_cookie_has_gone(client: TestClient) -> None:
    client.get("/")
    assert client.post("/api/v1/drafts", json=body()).status_code == 403
    client.cookies.clear()
    token = client.get("/api/v1/session/token").json()["csrf_token"]
    assert client.post("/api/v1/drafts", json=body()).status_code == 403
    assert client.post("/api/v1/drafts", json=body(), headers={"X-CSRF-Token": token}).status_code == 201


def test_another_origin_sends_nothing_whatever_it_knows(guarded_client: TestClient) -> None:
    token = logged_in(guarded_client, Role.ENGINEER)
    headers = {"X-CSRF-Token": token, "Origin": "https://evil.example"}
    assert guarded_client.post("/api/v1/drafts", json=body(), headers=headers).status_code == 403


def test_an_engineer_sends_and_an_editor_takes_up(guarded_client: TestClient) -> None:
    engineer, editor = (bearer(guarded_client, role) for role in (Role.ENGINEER, Role.EDITOR))
    assert guarded_client.post("/api/v1/drafts", json=body(), headers=engineer).status_code == 201
    state = {"state": "taken", "revision": 1}
    address = f"/api/v1/drafts/{ID}/state"
    assert guarded_client.put(address, json=state, headers=engineer).status_code == 403
    changed = guarded_client.put(address, json=state, headers=editor)
    assert (changed.json()["state"], changed.json()["handled_by"]) == ("taken", "editor-user")
    assert changed.headers["etag"] == '"r2"'
    assert guarded_client.put(address, json=state, headers=editor).status_code == 412
    assert guarded_client.get(f"/api/v1/drafts/{ID}", headers=engineer).json()["state"] == "taken"


def test_a_photo_is_shown_and_runs_nothing(client: TestClient) -> None:
    client.post("/api/v1/drafts", json=body())
    for address in (f"/api/v1/drafts/{ID}/photos/1", f"/drafts/{ID}/photos/1"):
        photo = client.get(address)
        assert photo.content == JPEG
        assert photo.headers["content-type"] == "image/jpeg"
        assert photo.headers["x-content-type-options"] == "nosniff"
        assert photo.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert client.get(address.replace("photos/1", "photos/2")).status_code == 404


@pytest.mark.parametrize("address", ["/drafts/nonsense", f"/drafts/{ID}", f"/api/v1/drafts/{ID}"])
def test_what_is_not_there_is_not_found(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_the_pages_list_show_and_change(guarded_client: TestClient) -> None:
    guarded_client.post("/api/v1/drafts", json=body(), headers=bearer(guarded_client, Role.ENGINEER))
    logged_in(guarded_client, Role.ENGINEER)
    assert f'href="/drafts/{ID}"' in guarded_client.get("/drafts").text
    shown = guarded_client.get(f"/drafts/{ID}").text
    assert "&lt;script&gt;" in shown
    assert "<script>alert" not in shown
    assert f'action="/drafts/{ID}"' not in shown
    logged_in(guarded_client, Role.EDITOR)
    shown = guarded_client.get(f"/drafts/{ID}").text
    field = FIELD.search(shown)
    assert field is not None
    form = {"csrf_token": field[1], "state": "closed", "note": "", "revision": "1"}
    assert guarded_client.post(f"/drafts/{ID}", data=form | {"csrf_token": "x"}).status_code == 403
    refused = guarded_client.post(f"/drafts/{ID}", data=form)
    assert refused.status_code == 422
    assert 'value="closed" selected' in refused.text
    done = guarded_client.post(f"/drafts/{ID}", data=form | {"note": "CASE-SRV-09"})
    assert done.status_code == 200
    assert "CASE-SRV-09" in done.text
    assert guarded_client.post(f"/drafts/{ID}", data=form | {"note": "late"}).status_code == 412
    assert f'href="/drafts/{ID}"' in guarded_client.get("/drafts", params={"state": "closed"}).text


@pytest.mark.parametrize(("language", "said"), [("zh-CN", "现场草稿"), ("en", "Drafts from the field")])
def test_the_pages_speak_both_languages(client: TestClient, language: str, said: str) -> None:
    assert said in client.get("/drafts", headers={"accept-language": language}).text


def test_the_command_lists_and_shows_and_writes_photos(
    client: TestClient, house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    client.post("/api/v1/drafts", json=body())
    monkeypatch.setenv("SERVICEBOOK_HOME", str(house.settings.home))

    def run(*words: str) -> str:
        result = CliRunner().invoke(command_line(words), list(words), catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    listed = json.loads(run("draft", "list", "--json"))
    assert [one["id"] for one in listed["items"]] == [ID]
    assert ID in run("draft", "list", "--state", "new")
    shown = json.loads(run("draft", "show", ID, "--json", "--photos", str(tmp_path / "out")))
    assert shown["alarm"] == "SV0401"
    assert (tmp_path / "out" / f"{ID}-1.jpeg").read_bytes() == JPEG
    assert "alarm: SV0401" in run("draft", "show", ID)
