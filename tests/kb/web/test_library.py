"""The built site under /library/, short addresses, and the state of the library as a page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from kb.api.app import create_app
from kb.settings import Settings
from kb.wiring import House, open_house
from tests.kb.api.conftest import NOON
from tests.kb.site.samples import a_library, a_page


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    content = a_library(
        tmp_path / "content",
        draft=a_page("guide", id="GUIDE-DRAFT", status="in_preparation", confidence="wip"),
    )
    opened = open_house(Settings(home=tmp_path / "var", content_dir=content), clock=lambda: NOON)
    opened.store.migrate()
    yield opened
    opened.store.close()


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house), follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def site(house: House) -> Path:
    root = house.settings.site_dir
    (root / "cases").mkdir(parents=True)
    (root / "assets").mkdir()
    (root / "index.html").write_text("<h1>front</h1>", encoding="utf-8")
    (root / "cases" / "index.html").write_text("<h1>cases</h1>", encoding="utf-8")
    (root / "assets" / "main.0123abcd.min.css").write_text("p {}", encoding="utf-8")
    (house.settings.home / "secret.txt").write_text("secret", encoding="utf-8")
    return root


def test_a_site_that_is_not_built_says_how_to_build_it(client: TestClient) -> None:
    answer = client.get("/library/cases/index.html")
    assert answer.status_code == 404
    assert "servicebook site build" in answer.text
    assert "站点还没有生成" in answer.text


def test_files_of_the_site_are_served_with_their_types(client: TestClient, site: Path) -> None:
    front = client.get("/library/")
    assert (front.status_code, front.text) == (200, "<h1>front</h1>")
    assert front.headers["content-type"] == "text/html; charset=utf-8"
    assert client.get("/library/cases/").text == "<h1>cases</h1>"
    assert client.get("/library/assets/main.0123abcd.min.css").headers["content-type"].startswith("text/css")
    assert client.get("/library").headers["location"] == "/library/"


def test_the_site_runs_under_the_same_strict_content_policy_as_the_service(
    client: TestClient, site: Path
) -> None:
    policy = client.get("/library/").headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    "path",
    [
        "..%2fsecret.txt",
        "%2e%2e/secret.txt",
        "cases/..%2f..%2fsecret.txt",
        "..%5csecret.txt",
        "%2fetc/passwd",
        "/etc/passwd",
        "cases%00.html",
        "no-such-page.html",
        "a" * 5000,
        "assets/",
        "%ff%fe",
    ],
)
def test_nothing_outside_of_the_site_is_served(client: TestClient, site: Path, path: str) -> None:
    answer = client.get(f"/library/{path}")
    assert answer.status_code == 404
    assert "secret" not in answer.text.replace("secret.txt", "")
    assert "root:" not in answer.text


def test_a_link_in_the_site_that_leads_out_of_it_is_refused(client: TestClient, site: Path) -> None:
    (site / "out.txt").symlink_to(site.parent / "secret.txt")
    (site / "away").symlink_to(site.parent, target_is_directory=True)
    assert client.get("/library/out.txt").status_code == 404
    assert client.get("/library/away/secret.txt").status_code == 404
    assert client.get("/library/away/").status_code == 404


def test_a_file_that_the_browser_has_is_not_sent_again(client: TestClient, site: Path) -> None:
    first = client.get("/library/")
    assert first.headers["cache-control"] == "no-cache"
    again = client.get("/library/", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    (site / "index.html").write_text("<h1>another front</h1>", encoding="utf-8")
    changed = client.get("/library/", headers={"If-None-Match": first.headers["etag"]})
    assert changed.text == "<h1>another front</h1>"
    assert "immutable" in client.get("/library/assets/main.0123abcd.min.css").headers["cache-control"]


@pytest.mark.parametrize(
    ("id_", "address"),
    [
        ("CASE-X-01", "/library/cases/spi/case-x-01.html"),
        ("ALM-FANUC-SV0401", "/library/alarms/fanuc/alm-fanuc-sv0401.html"),
        ("TERM-scale", "/library/terms/index.html#term-scale"),
    ],
)
def test_a_short_address_leads_to_the_page(client: TestClient, id_: str, address: str) -> None:
    answer = client.get(f"/pages/{id_}")
    assert (answer.status_code, answer.headers["location"]) == (303, address)


@pytest.mark.parametrize("id_", ["CASE-NO-99", "GUIDE-DRAFT", "%2e%2e", "<script>"])
def test_a_page_that_is_not_on_the_site_is_not_found(client: TestClient, id_: str) -> None:
    answer = client.get(f"/pages/{id_}", headers={"accept": "text/html"})
    assert answer.status_code == 404
    assert "<script>" not in answer.text


def test_the_state_of_the_library_shows_counts_faults_and_reviews(client: TestClient, house: House) -> None:
    sound = client.get("/content")
    assert sound.status_code == 200
    assert "所有资料页都没有问题" in sound.text
    assert (
        "没有到期的审核" not in sound.text
    )  # the samples fall due on 2027-01-02, within 60 days of the clock
    assert 'href="/pages/CASE-X-01"' in sound.text
    broken = a_page("case", related=["CASE-<b>-99"], review_due="2026-11-22")
    (house.settings.content_dir / "case.md").write_text(broken, encoding="utf-8")
    faulty = client.get("/content").text
    assert "case.md:" in faulty
    assert "<b>-99" not in faulty


def test_faults_are_shown_a_page_at_a_time(client: TestClient, house: House) -> None:
    related = [f"CASE-NO-{number}" for number in range(51)]
    (house.settings.content_dir / "case.md").write_text(a_page("case", related=related), encoding="utf-8")
    first, second, past = (client.get(f"/content?page={number}").text for number in (1, 2, 99))
    assert first.count("<li><code>case.md:") == 50
    assert second.count("<li><code>case.md:") == 1
    assert past.count("<li><code>case.md:") == 1
    assert 'href="/content?page=2#faults"' in first
