"""What stands in front of every request."""

import re

import pytest
from fastapi.testclient import TestClient

from kb.api.app import create_app
from kb.settings import Settings
from kb.usecases.accounts import Role
from kb.wiring import House, open_house
from tests.kb.api.conftest import PASSWORD, bearer


def test_every_answer_carries_the_security_headers(client: TestClient) -> None:
    for path in ("/", "/api/v1/session", "/no-such-page", "/static/base.css"):
        headers = client.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"


def test_without_users_a_foreign_host_name_is_refused(client: TestClient) -> None:
    answer = client.get("/api/v1/session", headers={"host": "evil.example"})
    assert answer.status_code == 421
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_unsafe_request_from_another_origin_is_refused(client: TestClient) -> None:
    answer = client.post("/language", data={"language": "en"}, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    answer = client.post("/language", data={"language": "en"}, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403


def test_a_form_without_its_token_is_refused_and_with_it_accepted(client: TestClient) -> None:
    assert client.post("/language", data={"language": "en"}).status_code == 403
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/").text)
    assert token
    answer = client.post(
        "/language", data={"language": "en", "csrf_token": token.group(1)}, follow_redirects=False
    )
    assert answer.status_code == 303
    assert 'lang="en"' in client.get("/").text


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/\r\nx: y"],
)
def test_language_never_leads_elsewhere(client: TestClient, target: str) -> None:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/").text)
    assert token
    answer = client.post(
        "/language",
        data={"language": "en", "back": target, "csrf_token": token.group(1)},
        follow_redirects=False,
    )
    assert answer.headers["location"] == "/"


def test_with_users_the_api_asks_for_a_login(guarded_client: TestClient) -> None:
    answer = guarded_client.get("/api/v1/status")
    assert answer.status_code == 401
    assert answer.json()["status"] == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_with_users_a_page_leads_to_the_login_and_back(guarded_client: TestClient) -> None:
    answer = guarded_client.get("/search?q=SV0401", headers={"accept": "text/html"}, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=%2Fsearch%3Fq%3DSV0401"
    form = guarded_client.get(answer.headers["location"]).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', form)
    assert token
    logged_in = guarded_client.post(
        "/login",
        data={
            "name": "engineer-user",
            "password": PASSWORD,
            "next": "/search?q=SV0401",
            "csrf_token": token.group(1),
        },
        follow_redirects=False,
    )
    assert logged_in.headers["location"] == "/search?q=SV0401"
    cookie = logged_in.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert guarded_client.get("/").status_code == 200


def test_a_bearer_token_opens_the_api_and_ends_with_the_session(guarded_client: TestClient) -> None:
    headers = bearer(guarded_client, Role.PLANNER)
    assert guarded_client.get("/api/v1/session", headers=headers).json() == {
        "name": "planner-user",
        "role": "planner",
    }
    assert guarded_client.delete("/api/v1/session", headers=headers).status_code == 204
    assert guarded_client.get("/api/v1/status", headers=headers).status_code == 401


def test_the_sixth_guess_waits_even_with_the_right_password(guarded_client: TestClient) -> None:
    for _ in range(5):
        refused = guarded_client.post(
            "/api/v1/session", json={"name": "admin-user", "password": "wrong guess"}
        )
        assert refused.status_code == 403
        assert "wrong" in refused.json()["detail"]
    answer = guarded_client.post("/api/v1/session", json={"name": "admin-user", "password": PASSWORD})
    assert answer.status_code == 403
    assert "too many" in answer.json()["detail"]


def test_a_body_over_the_limit_is_refused_said_or_unsaid(tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("small")
    house: House = open_house(Settings(home=home, upload_limit_bytes=1000))
    house.store.migrate()
    with TestClient(create_app(house)) as client:
        said = client.post("/api/v1/session", content=b"x" * 1001)
        unsaid = client.post("/api/v1/session", content=iter([b"x" * 600, b"x" * 600]))
        small = client.post("/api/v1/session", content=b"{}", headers={"content-type": "application/json"})
    assert said.status_code == 413
    assert unsaid.status_code == 413
    assert small.status_code == 422


def test_another_machine_is_refused_while_no_user_exists_whatever_host_it_names(house: House) -> None:
    app = create_app(house)
    with TestClient(app, base_url="http://localhost", client=("192.0.2.7", 5000)) as stranger:
        refused = stranger.get("/api/v1/session")
    with TestClient(app, base_url="http://localhost", client=("::1", 5000)) as neighbour:
        answered = neighbour.get("/api/v1/session")
    assert refused.status_code == 403
    assert "192.0.2.7" in refused.json()["detail"]
    assert answered.status_code == 200
