import re

import pytest
from fastapi.testclient import TestClient

from kb.store.tables import CustomerRow, EquipmentRow, SiteRow
from kb.usecases.accounts import Role
from kb.wiring import House
from tests.kb.api.conftest import bearer
from tests.kb.imports.test_mtconnect import PROBE

IMPORTS = "/api/v1/machine-data/imports"
BOMB = '<!DOCTYPE a [<!ENTITY a "ha">]><MTConnectDevices>&a;</MTConnectDevices>'


@pytest.fixture(autouse=True)
def site(house: House) -> None:
    with house.store.writing() as session:
        session.add(CustomerRow(id="c1", code="C1", name="示例客户"))
        session.flush()
        session.add(SiteRow(id="s1", code="S1", customer_id="c1", name="示例工厂<b>"))


def files(text: str = PROBE) -> dict[str, tuple[str, bytes, str]]:
    return {"document": ("probe.xml", text.encode(), "text/xml")}


def test_an_upload_becomes_equipment_and_can_be_read_back(client: TestClient) -> None:
    answer = client.post(IMPORTS, files=files(), data={"site": "S1"})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["counts"] == {"added": 1, "changed": 0, "unchanged": 0, "skipped": 1}
    assert (body["machines"][1]["tag"], body["machines"][1]["components"]) == ("VMC-1", 3)
    shown = client.get("/api/v1/machine-data/VMC-1").json()
    assert shown["software"] == [
        {"name": "MTConnect", "version": "2.0"},
        {"name": "nc_firmware", "version": "4.95"},
    ]
    assert [part["type"] for part in shown["hardware"]] == ["Device", "Axes", "Controller", "Linear"]


def test_a_trial_run_stores_nothing(client: TestClient) -> None:
    answer = client.post(IMPORTS, files=files(), data={"site": "S1", "dry_run": "true"})
    assert (answer.json()["dry_run"], answer.json()["counts"]["added"]) == (True, 1)
    assert client.get("/api/v1/machine-data/VMC-1").status_code == 404


def test_remarks_follow_the_language(client: TestClient) -> None:
    remarks = {
        language: client.post(
            IMPORTS,
            files=files(),
            data={"site": "S1", "dry_run": "true"},
            headers={"Accept-Language": language},
        ).json()["machines"][1]["remarks"]
        for language in ("zh-CN", "en")
    }
    assert any("由坐标轴推断" in one for one in remarks["zh-CN"])
    assert any("is concluded from the axes" in one for one in remarks["en"])


@pytest.mark.parametrize(
    ("text", "site_code", "status", "said"),
    [
        pytest.param(BOMB, "S1", 422, "document type or entities", id="hostile"),
        pytest.param("<MTConnectStreams/>", "S1", 422, "answer to /current", id="wrong root"),
        pytest.param("", "S1", 422, "not well-formed", id="empty"),
        pytest.param(PROBE, "S9", 404, "no site has the id 'S9'", id="unknown site"),
    ],
)
def test_what_is_refused_is_a_problem_and_stores_nothing(
    client: TestClient, text: str, site_code: str, status: int, said: str
) -> None:
    answer = client.post(IMPORTS, files=files(text), data={"site": site_code})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in answer.text
    assert client.get("/api/v1/machine-data/VMC-1").status_code == 404


def test_the_service_fetches_no_address(client: TestClient) -> None:
    answer = client.post(
        IMPORTS, data={"site": "S1", "url": "http://127.0.0.1:9/probe", "document": "http://x/"}
    )
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("role", "status"), [(Role.ENGINEER, 403), (Role.EDITOR, 403), (Role.PLANNER, 200), (Role.ADMIN, 200)]
)
def test_importing_needs_the_role_of_register_writes(
    guarded_client: TestClient, role: Role, status: int
) -> None:
    headers = bearer(guarded_client, role)
    answer = guarded_client.post(IMPORTS, files=files(), data={"site": "S1"}, headers=headers)
    assert answer.status_code == status
    assert guarded_client.get("/api/v1/machine-data/none", headers=headers).status_code == 404


def test_nobody_imports_without_a_login(guarded_client: TestClient) -> None:
    assert guarded_client.post(IMPORTS, files=files(), data={"site": "S1"}).status_code == 401


def token(client: TestClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/machine-data").text)
    assert found
    return found.group(1)


def test_the_page_reports_first_and_takes_the_same_document_over_then(client: TestClient) -> None:
    csrf = token(client)
    form = {"csrf_token": csrf, "site": "S1", "action": "check"}
    trial = client.post("/machine-data", files=files(), data=form)
    assert trial.status_code == 200
    assert "试运行：尚未保存" in trial.text
    assert "示例工厂&lt;b&gt;" in trial.text
    assert client.get("/machine-data/VMC-1").status_code == 404
    held = re.search(r'name="held" value="([^"]+)"', trial.text)
    assert held
    stored = client.post(
        "/machine-data",
        data={
            "csrf_token": csrf,
            "site": "S1",
            "action": "store",
            "held": held.group(1),
            "held_name": "probe.xml",
        },
    )
    assert stored.status_code == 200
    assert "已保存" in stored.text
    page = client.get("/machine-data/VMC-1")
    assert "nc_firmware" in page.text
    assert "ScaleMaker · 77" in page.text
    assert "POSITION" in page.text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({"site": "S9"}, "S9", id="unknown site"),
        pytest.param({"held": "%%%"}, "came back damaged", id="damaged"),
        pytest.param({"held": ""}, "没有填写", id="no document"),
        pytest.param({"equipment_class": "XXX"}, "XXX", id="unknown class"),
        pytest.param({"held": "PGh0bWwvPg=="}, "a web page", id="a web page"),
    ],
)
def test_the_page_says_what_is_wrong_and_keeps_the_form(
    client: TestClient, change: dict[str, str], said: str
) -> None:
    form = {
        "csrf_token": token(client),
        "site": "S1",
        "held": "PE1UQ29ubmVjdERldmljZXMvPg==",
        "action": "store",
    }
    answer = client.post("/machine-data", data={**form, **change})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'type="file"' in answer.text


def test_a_form_from_elsewhere_is_refused(client: TestClient) -> None:
    assert (
        client.post("/machine-data", files=files(), data={"site": "S1", "csrf_token": "x"}).status_code == 403
    )


def test_a_name_in_a_document_is_shown_as_text(client: TestClient) -> None:
    evil = PROBE.replace('name="VMC-1"', 'name="&lt;script&gt;alert(1)&lt;"').replace(
        "A  mill", "&lt;img src=x&gt;"
    )
    client.post(IMPORTS, files=files(evil), data={"site": "S1"})
    page = client.get("/machine-data/%3Cscript%3Ealert(1)%3C")
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    assert "<img src=x" not in page.text


def test_a_machine_without_data_says_how_to_get_it(client: TestClient, house: House) -> None:
    with house.store.writing() as session:
        session.add(EquipmentRow(id="e1", tag="manual", site_id="s1", equipment_class="MAN"))
    page = client.get("/machine-data/manual")
    assert "尚未读取机床数据" in page.text
    assert 'href="/machine-data"' in page.text
