"""Logging in and out in a browser: forms and their tokens, cookies, limits, ends of sessions, roles."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from kb.api.app import create_app
from kb.settings import Settings
from kb.usecases.accounts import (
    FAILURE_WINDOW,
    FAILURES_OF_A_NAME,
    Role,
    add_user,
    remove_user,
    set_password,
    set_role,
)
from kb.web.pages.account import local_target
from kb.wiring import House, open_house
from tests.conftest import the_real_library
from tests.kb.api.conftest import NOON, PASSWORD
from tests.kb.site.samples import ROOT

HTML = {"accept": "text/html"}


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    settings = Settings(home=tmp_path / "var", content_dir=ROOT / "content", session_hours=8)
    opened = open_house(settings, clock=clock, library=the_real_library())
    opened.store.migrate()
    add_user(opened.store, name="wang", password=PASSWORD, role=Role.EDITOR, id="u1", now=NOON)
    add_user(opened.store, name="li", password=PASSWORD, role=Role.ENGINEER, id="u2", now=NOON)
    yield opened
    opened.store.close()


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house), follow_redirects=False) as opened:
        yield opened


def token_in(text: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', text)
    assert found
    return found.group(1)


def log_in(client: TestClient, name: str = "wang", password: str = PASSWORD, *, next: str = "/") -> Any:
    token = token_in(client.get("/login").text)
    return client.post("/login", data={"name": name, "password": password, "csrf_token": token, "next": next})


def is_in(client: TestClient) -> bool:
    return client.get("/content", headers=HTML).status_code == 200


def test_who_has_not_logged_in_is_led_to_the_form_and_back(client: TestClient) -> None:
    asked = client.get("/content?page=2", headers=HTML)
    assert (asked.status_code, asked.headers["location"]) == (303, "/login?next=%2Fcontent%3Fpage%3D2")
    form = client.get(asked.headers["location"])
    assert 'name="next" value="/content?page=2"' in form.text
    answer = log_in(client, next="/content?page=2")
    assert (answer.status_code, answer.headers["location"]) == (303, "/content?page=2")
    assert is_in(client)


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(client: TestClient) -> None:
    cookie = log_in(client).headers["set-cookie"].lower()
    assert cookie.startswith("sb_session=")
    for part in ("httponly", "samesite=lax", f"max-age={8 * 3600}", "path=/"):
        assert part in cookie
    assert "secure" not in cookie


def test_behind_tls_every_cookie_is_secure(tmp_path: Path, clock: Clock) -> None:
    house = open_house(
        Settings(home=tmp_path / "tls", content_dir=ROOT / "content", secure_cookies=True), clock=clock
    )
    house.store.migrate()
    add_user(house.store, name="wang", password=PASSWORD, role=Role.ADMIN, id="u1", now=NOON)
    with TestClient(create_app(house), follow_redirects=False, base_url="https://testserver") as client:
        assert "; secure" in client.get("/login").headers["set-cookie"].lower()
        assert "; secure" in log_in(client).headers["set-cookie"].lower()


def test_a_wrong_password_shows_the_form_again_with_the_reason_and_without_the_password(
    client: TestClient,
) -> None:
    answer = log_in(client, "<b>wang", "wrong guess", next="/content")
    assert answer.status_code == 403
    assert "用户名或密码不对" in answer.text
    assert "&lt;b&gt;wang" in answer.text
    assert "wrong guess" not in answer.text
    assert 'name="next" value="/content"' in answer.text
    assert "sb_session" not in answer.headers.get("set-cookie", "")


def test_the_sixth_guess_waits_and_says_so_in_the_visitors_language(client: TestClient, clock: Clock) -> None:
    for _ in range(FAILURES_OF_A_NAME):
        assert "密码不对" in log_in(client, password="wrong guess").text
    assert "登录失败次数过多，请 15 分钟后再试" in log_in(client).text
    client.cookies.set("sb_language", "en")
    assert "too many failed logins; wait 15 minutes" in log_in(client).text
    clock.now += FAILURE_WINDOW + timedelta(seconds=1)
    assert log_in(client).status_code == 303


@pytest.mark.parametrize("path", ["/login", "/logout", "/language"])
def test_a_form_without_the_token_of_its_page_is_refused(client: TestClient, path: str) -> None:
    log_in(client)
    for sent in ({}, {"csrf_token": ""}, {"csrf_token": "another"}, {"csrf_token": "ключ"}):
        answer = client.post(path, data={"name": "wang", "password": PASSWORD, "language": "en", **sent})
        assert answer.status_code == 403, sent
    assert is_in(client)


def test_a_token_from_before_the_login_does_not_serve_after_it(client: TestClient) -> None:
    before = token_in(client.get("/login").text)
    log_in(client)
    after = token_in(client.get("/content").text)
    assert after != before
    assert client.post("/logout", data={"csrf_token": before}).status_code == 403
    assert client.post("/logout", data={"csrf_token": after}).status_code == 303


def test_one_users_token_does_not_serve_another(house: House) -> None:
    app = create_app(house)
    with TestClient(app, follow_redirects=False) as one, TestClient(app, follow_redirects=False) as other:
        log_in(one)
        log_in(other, "li")
        theirs = token_in(other.get("/content").text)
        assert one.post("/logout", data={"csrf_token": theirs}).status_code == 403
        assert is_in(one)


def test_logging_out_ends_the_session_itself_not_only_the_cookie(client: TestClient) -> None:
    log_in(client)
    session = client.cookies["sb_session"]
    answer = client.post("/logout", data={"csrf_token": token_in(client.get("/content").text)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert "sb_session" not in client.cookies
    client.cookies.set("sb_session", session)
    assert not is_in(client)


@pytest.mark.parametrize(
    ("hours", "holds"), [(timedelta(hours=8) - timedelta(seconds=1), True), (timedelta(hours=8), False)]
)
def test_a_session_ends_when_its_hours_are_over(
    client: TestClient, clock: Clock, hours: timedelta, holds: bool
) -> None:
    log_in(client)
    session = client.cookies["sb_session"]
    clock.now = NOON + hours
    answer = client.get("/content", headers={**HTML, "cookie": f"sb_session={session}"})
    assert (answer.status_code == 200) == holds


def test_a_session_ends_with_a_new_password_and_with_the_user(client: TestClient, house: House) -> None:
    log_in(client)
    set_password(house.store, name="wang", password="another long phrase", now=house.now())
    assert not is_in(client)
    log_in(client, password="another long phrase")
    assert is_in(client)
    remove_user(house.store, name="wang", now=house.now())
    assert not is_in(client)


def test_another_role_holds_from_the_next_request_on(client: TestClient, house: House) -> None:
    log_in(client)
    assert client.get("/api/v1/session").json() == {"name": "wang", "role": "editor"}
    set_role(house.store, name="wang", role=Role.ADMIN, now=house.now())
    assert client.get("/api/v1/session").json() == {"name": "wang", "role": "admin"}


@pytest.mark.parametrize("session", ["", "x", "a" * 5000, "%00", "'; DROP TABLE users; --"])
def test_a_made_up_session_is_nobody(client: TestClient, session: str) -> None:
    answer = client.get("/content", headers={**HTML, "cookie": f"sb_session={session}"})
    assert answer.status_code == 303


def test_a_made_up_bearer_token_is_nobody(client: TestClient) -> None:
    for value in ("Bearer x", "Bearer", "Basic d2FuZzp4", "bearer  "):
        assert client.get("/api/v1/pages", headers={"authorization": value}).status_code == 401


@pytest.mark.parametrize("field", ["name", "password", "next"])
def test_a_field_beyond_its_length_is_a_problem_not_a_failure(client: TestClient, field: str) -> None:
    answer = log_in(client, **{field: "x" * 3000})
    assert answer.status_code == 422


def test_the_form_names_who_is_in_and_lets_out(client: TestClient) -> None:
    log_in(client)
    page = client.get("/content").text
    assert re.search(r'action="/logout".*wang', page, re.DOTALL)


@pytest.mark.parametrize(
    ("address", "target"),
    [
        pytest.param(
            "/search?q=SV0401&type=case", "/search?q=SV0401&type=case", id="a path with its question"
        ),
        pytest.param("/检索", "/检索", id="a Chinese path"),
        pytest.param("", "/", id="nothing"),
        pytest.param("search", "/", id="no leading slash"),
        pytest.param("https://evil.example/", "/", id="another site"),
        pytest.param("//evil.example", "/", id="another site without scheme"),
        pytest.param("///evil.example", "/", id="three slashes"),
        pytest.param("/\\evil.example", "/", id="a backslash, which browsers read as a slash"),
        pytest.param("/a\\..\\b", "/", id="backslashes inside"),
        pytest.param("/\t/evil.example", "/", id="a tab, which browsers drop"),
        pytest.param("/a\r\nset-cookie: x=y", "/", id="a line break"),
        pytest.param("javascript:alert(1)", "/", id="a script"),
        pytest.param("/\u2028", "/", id="an unseen line break"),
    ],
)
def test_nobody_is_led_elsewhere(address: str, target: str) -> None:
    assert local_target(address) == target
