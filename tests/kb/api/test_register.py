import io
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from kb.api.app import create_app
from kb.usecases.accounts import Role
from kb.usecases.register_tables import TABLES
from kb.wiring import House
from tests.kb.api.conftest import bearer
from tests.kb.usecases.test_register import EXAMPLES

HERE = "/api/v1/register"


@pytest.fixture
def full(client: TestClient) -> TestClient:
    for table in TABLES:
        answer = client.post(f"{HERE}/{table}", json=EXAMPLES[table])
        assert answer.status_code == 201, answer.text
    return client


@pytest.mark.parametrize("table", list(TABLES))
def test_a_thing_is_added_read_listed_replaced_and_changed(full: TestClient, table: str) -> None:
    listed = full.get(f"{HERE}/{table}").json()
    assert (listed["total"], listed["page"], listed["size"]) == (1, 1, 50)
    one = listed["items"][0]
    address = f"{HERE}/{table}/{quote(one.get(TABLES[table].handle, one['id']), safe='')}"
    read = full.get(address)
    assert read.json() == one
    assert read.headers["etag"] == '"r1"'
    sent = {name: value for name, value in one.items() if name not in {"id", "revision"}}
    same = full.put(address, json=sent, headers={"If-Match": read.headers["etag"]})
    assert (same.status_code, same.json()) == (200, one)
    changed = full.patch(address, json={"notes": "新备注"}, headers={"If-Match": '"r1"'})
    assert changed.json() == one | {"notes": "新备注", "revision": 2}
    assert changed.headers["etag"] == '"r2"'
    entries = full.get(f"{address}/history").json()["items"]
    assert [entry["action"] for entry in entries] == ["update", "create"]
    assert entries[0]["fields"] == [{"field": "notes", "before": "", "after": "新备注"}]


def test_a_new_thing_says_where_it_stands(client: TestClient) -> None:
    client.post(f"{HERE}/customers", json=EXAMPLES["customers"])
    client.post(f"{HERE}/sites", json=EXAMPLES["sites"])
    answer = client.post(f"{HERE}/equipment", json=EXAMPLES["equipment"] | {"tag": "3#机 床?"})
    assert answer.status_code == 201
    assert client.get(answer.headers["location"]).json()["tag"] == "3#机 床?"


def test_a_thing_that_is_unchanged_is_not_sent_again(full: TestClient) -> None:
    assert full.get(f"{HERE}/sites/S1", headers={"If-None-Match": 'W/"r9", "r1"'}).status_code == 304
    assert full.get(f"{HERE}/sites/S1", headers={"If-None-Match": '"r2"'}).status_code == 200


def test_a_change_without_if_match_is_asked_for_it(full: TestClient) -> None:
    answer = full.patch(f"{HERE}/sites/S1", json={"city": "无锡"})
    assert answer.status_code == 428
    assert "If-Match" in answer.json()["detail"]
    assert full.get(f"{HERE}/sites/S1").json()["city"] == "苏州"


@pytest.mark.parametrize(
    "tag",
    [
        pytest.param('"r1"', id="an old revision"),
        pytest.param('W/"r2"', id="a weak tag of the present one"),
        pytest.param("nonsense", id="no tag at all"),
        pytest.param('"r3"', id="a revision to come"),
    ],
)
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_stale_change_is_refused_with_both_versions(full: TestClient, method: str, tag: str) -> None:
    full.patch(f"{HERE}/customers/K1", json={"contact": "李工"}, headers={"If-Match": '"r1"'})
    body = EXAMPLES["customers"] | {"contact": "赵工"}
    answer = full.request(method, f"{HERE}/customers/K1", json=body, headers={"If-Match": tag})
    assert answer.status_code == 412
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["yours"]["contact"], problem["theirs"]["contact"]) == ("赵工", "李工")
    assert problem["theirs"]["revision"] == 2
    assert full.get(f"{HERE}/customers/K1").json()["contact"] == "李工"


@pytest.mark.parametrize("tag", ["*", '"r2"', '"r1", "r2"'])
def test_a_tag_that_fits_lets_the_change_through(full: TestClient, tag: str) -> None:
    full.patch(f"{HERE}/customers/K1", json={"contact": "李工"}, headers={"If-Match": '"r1"'})
    answer = full.patch(f"{HERE}/customers/K1", json={"contact": "赵工"}, headers={"If-Match": tag})
    assert (answer.status_code, answer.json()["contact"], answer.json()["revision"]) == (200, "赵工", 3)


def test_every_fault_is_in_the_problem_by_field_and_in_the_callers_language(client: TestClient) -> None:
    answer = client.post(
        f"{HERE}/sites", json={"name": 5, "latitude_deg": 91, "x": 1}, headers={"Accept-Language": "zh"}
    )
    assert answer.status_code == 422
    faults = {fault["where"]: fault["what"] for fault in answer.json()["faults"]}
    assert faults == {
        "x": "不是这里的字段",
        "code": "没有填写",
        "customer": "没有填写",
        "latitude_deg": "91 超出范围",
    }


@pytest.mark.parametrize(
    ("query", "status"),
    [
        pytest.param("q=华东&customer=K1&retired=no&sort=-name&size=1&page=1", 200, id="all of it"),
        pytest.param("colour=red", 400, id="an unknown filter"),
        pytest.param("city=a&city=b", 400, id="a filter twice"),
        pytest.param("sort=opening", 400, id="an order by hours"),
        pytest.param("size=501", 422, id="a page too large"),
        pytest.param("page=0", 422, id="page 0"),
        pytest.param("q=%00", 400, id="a nul"),
    ],
)
def test_a_list_is_answered_or_refused_with_a_reason(full: TestClient, query: str, status: int) -> None:
    answer = full.get(f"{HERE}/sites?{query}")
    assert answer.status_code == status, answer.text
    if status == 200:
        assert answer.json()["total"] == 1
    else:
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path", ["/sites/none", "/sites/none/history", "/users", "/sites/%ED%A0%80", "/readings/none"]
)
def test_what_is_not_there_is_not_found(full: TestClient, path: str) -> None:
    assert full.get(HERE + path).status_code == 404


def test_an_export_is_imported_again_and_changes_nothing(full: TestClient) -> None:
    for form in ("xlsx", "csv"):
        exported = full.get(f"{HERE}/export", params={"format": form})
        answer = full.post(f"{HERE}/import", files={"file": (f"upload-{form}", exported.content)})
        assert answer.status_code == 200, answer.text
        assert {(one["added"], one["changed"], one["unchanged"]) for one in answer.json()["tables"]} == {
            (0, 0, 1)
        }


def test_an_export_may_hold_some_tables_only(full: TestClient) -> None:
    answer = full.get(
        f"{HERE}/export", params={"table": ["sites", "customers"]}, headers={"Accept-Language": "en"}
    )
    assert load_workbook(io.BytesIO(answer.content)).sheetnames[:2] == ["Sites", "Customers"]
    assert "register-2026-11-23.xlsx" in answer.headers["content-disposition"]
    assert full.get(f"{HERE}/export", params={"table": "users"}).status_code == 404


def test_a_dry_run_writes_nothing(client: TestClient) -> None:
    content = "code,name\nK1,一\n".encode()
    for dry_run, total in (("true", 0), ("false", 1)):
        answer = client.post(
            f"{HERE}/import", params={"dry_run": dry_run}, files={"file": ("客户.csv", content, "text/csv")}
        )
        assert answer.json()["tables"] == [{"table": "customers", "added": 1, "changed": 0, "unchanged": 0}]
        assert client.get(f"{HERE}/customers").json()["total"] == total


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("a.xlsx", b"%PDF-1.7 renamed", id="a renamed pdf"),
        pytest.param("a.xlsx", b"PK\x03\x04 cut short", id="half a zip"),
        pytest.param("a.csv", b"", id="nothing"),
        pytest.param("../../etc/customers.csv", b"code,name\n,\nK1,\n", id="a path in the name, and a fault"),
    ],
)
def test_a_wrong_file_is_refused_with_its_name_and_changes_nothing(
    client: TestClient, name: str, content: bytes
) -> None:
    answer = client.post(f"{HERE}/import", files={"file": (name, content)})
    assert answer.status_code == 422
    assert name.rpartition("/")[2].partition(".")[0] in answer.text
    assert "etc" not in answer.text
    assert client.get(HERE).json()["customers"] == 0


def test_the_template_is_a_workbook(client: TestClient) -> None:
    answer = client.get(f"{HERE}/template", headers={"Accept-Language": "zh-CN"})
    assert load_workbook(io.BytesIO(answer.content)).sheetnames[0] == "说明"


@pytest.mark.parametrize("role", list(Role))
def test_only_planners_and_above_write(guarded_client: TestClient, role: Role) -> None:
    headers = bearer(guarded_client, role)
    allowed = role.contains(Role.PLANNER)
    added = guarded_client.post(f"{HERE}/customers", json=EXAMPLES["customers"], headers=headers)
    assert added.status_code == (201 if allowed else 403)
    for method, path in (("PUT", "/customers/K1"), ("PATCH", "/customers/K1"), ("POST", "/import")):
        answer = guarded_client.request(method, HERE + path, json={}, headers=headers)
        assert (answer.status_code == 403) is not allowed
    assert guarded_client.get(f"{HERE}/customers", headers=headers).status_code == 200
    assert guarded_client.get(f"{HERE}/export").status_code == 401


def test_who_made_a_change_is_in_the_history(guarded_client: TestClient) -> None:
    headers = bearer(guarded_client, Role.PLANNER)
    guarded_client.post(f"{HERE}/customers", json=EXAMPLES["customers"], headers=headers)
    entries = guarded_client.get(f"{HERE}/customers/K1/history", headers=headers).json()["items"]
    assert [entry["who"] for entry in entries] == ["planner-user"]


def test_openapi_tells_each_tables_fields_and_nothing_else_is_accepted(house: House) -> None:
    document = create_app(house).openapi()
    names = [route["operationId"] for path in document["paths"].values() for route in path.values()]
    assert len(names) == len(set(names))
    for table in TABLES.values():
        new = document["paths"][f"{HERE}/{table.name}"]["post"]
        schema = new["requestBody"]["content"]["application/json"]["schema"]
        assert schema["additionalProperties"] is False
        assert list(schema["properties"]) == [field.name for field in table.fields]
        assert schema["required"] == [field.name for field in table.fields if field.required]
        assert EXAMPLES[table.name].keys() <= schema["properties"].keys()
        answered = new["responses"]["201"]["content"]["application/json"]["schema"]
        assert {"id", "revision"} <= answered["properties"].keys()
