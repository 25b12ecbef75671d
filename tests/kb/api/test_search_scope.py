"""`equipment` of /api/v1/search, of the page /search, and the way there from the register."""

from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from kb.api.app import create_app
from kb.settings import Settings
from kb.wiring import House, open_house
from tests.kb.api.conftest import NOON
from tests.kb.search.pages import a_case, a_library
from tests.kb.usecases.test_register import EXAMPLES, add

ZH = {"Accept": "text/html", "Accept-Language": "zh"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("scope")
    own = [{"controller": ["fanuc-0i"], "machine": ["VMC"]}]
    library = a_library(
        folder,
        cases__own=a_case(id="CASE-OWN", title="换刀臂卡住", applies_to=own, alarms=[]),
        cases__other=a_case(
            id="CASE-OTHER", title="换刀臂卡住", applies_to=[{"controller": ["siemens-828d"]}], alarms=[]
        ),
    )
    opened = open_house(Settings(home=folder / "var", content_dir=library.folder), clock=lambda: NOON)
    opened.store.migrate()
    for table in ("customers", "sites", "equipment"):
        add(opened.store, table, **EXAMPLES[table])
    yield opened
    opened.store.close()


@pytest.fixture(scope="module")
def client(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house)) as opened:
        yield opened


def test_hits_tell_how_they_stand_to_the_machine(client: TestClient) -> None:
    answer = client.get("/api/v1/search", params={"q": "换刀臂卡住", "equipment": "VMC-01#"})
    fits = {hit["id"]: hit["fit"] for hit in answer.json()["hits"]}
    assert answer.json()["hits"][0]["id"] == "CASE-OWN"
    assert (fits["CASE-OWN"], fits["CASE-OTHER"]) == ("proven", "other")


def test_without_a_machine_nothing_is_labelled(client: TestClient) -> None:
    hits = client.get("/api/v1/search", params={"q": "换刀臂卡住"}).json()["hits"]
    assert {hit["fit"] for hit in hits} == {None}


def test_a_machine_that_is_not_there_is_a_problem(client: TestClient) -> None:
    answer = client.get("/api/v1/search", params={"q": "x", "equipment": "VMC-99"})
    assert answer.status_code == 404
    assert "VMC-99" in answer.json()["detail"]


def test_the_page_shows_machine_and_labels_and_keeps_the_machine_in_every_link(client: TestClient) -> None:
    text = unescape(
        client.get("/search", params={"q": "换刀臂卡住", "equipment": "VMC-01#"}, headers=ZH).text
    )
    assert "VMC-01# ×" in text
    assert "示例 V850 · 立式加工中心 · FANUC 0i" in text
    assert text.index("CASE-OWN") < text.index("CASE-OTHER")
    assert "本机型已验证" in text
    assert "其他系列" in text
    assert '<input type="hidden" name="equipment" value="VMC-01#">' in text


def test_every_link_of_the_result_keeps_the_machine(client: TestClient) -> None:
    text = unescape(client.get("/search", params={"q": "报警401", "equipment": "VMC-01#"}, headers=ZH).text)
    links = [part.partition('"')[0] for part in text.split('href="/search?q=')[1:]]
    narrowing = [link for link in links if "type=" in link]
    assert narrowing
    assert all("equipment=VMC-01%23" in link for link in narrowing)
    assert any("equipment" not in link for link in links), "and one leaves it out"


def test_the_page_without_a_query_lists_pages_for_the_machine(client: TestClient) -> None:
    text = client.get("/search", params={"equipment": "VMC-01#"}, headers=ZH).text
    assert "本机型已验证" in text


def test_the_page_offers_a_field_and_tells_of_a_tag_that_is_not_there(client: TestClient) -> None:
    assert 'name="equipment"' in client.get("/search", headers=ZH).text
    answer = client.get("/search", params={"q": "换刀臂卡住", "equipment": "<b>VMC-99"}, headers=ZH)
    assert answer.status_code == 200
    assert "台账里没有设备 &lt;b&gt;VMC-99" in answer.text
    assert "CASE-OWN" in answer.text, "it is searched all the same"


def test_the_register_leads_to_the_search_for_a_machine(client: TestClient) -> None:
    text = client.get("/register/equipment/VMC-01%23", headers=ZH).text
    assert 'href="/search?equipment=VMC-01%23">按此设备检索</a>' in text
