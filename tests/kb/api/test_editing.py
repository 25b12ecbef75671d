"""Pages edited as data: ETags, three texts of a conflict, previews that run nothing, found at once, rights by role."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from kb.api.app import create_app
from kb.settings import Settings
from kb.usecases.accounts import Role, add_user
from kb.wiring import House, open_house
from tests.kb.api.conftest import NOON, PASSWORD, bearer
from tests.kb.content.pages import a_case
from tests.kb.site.samples import a_library

ADDRESS = "/api/v1/library/pages"
CASE = "CASE-X-01"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    draft = a_case(id="CASE-X-02", status="in_preparation", confidence="wip", title="草稿")
    content = a_library(tmp_path / "content", draft=draft)
    opened = open_house(Settings(home=tmp_path / "var", content_dir=content), clock=lambda: NOON)
    opened.store.migrate()
    yield opened
    opened.store.close()


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house)) as opened:
        yield opened


def read(client: TestClient, page_id: str = CASE) -> tuple[dict[str, Any], str]:
    answer = client.get(f"{ADDRESS}/{page_id}")
    assert answer.status_code == 200, answer.text
    return answer.json(), answer.headers["etag"]


def put(client: TestClient, text: str, etag: str, page_id: str = CASE, **more: Any) -> Any:
    body = {"text": text, "why": "改正"}
    return client.put(f"{ADDRESS}/{page_id}", json=body, headers={"If-Match": etag}, **more)


def test_a_page_is_read_written_and_found_by_the_search_at_once(client: TestClient) -> None:
    assert client.get("/api/v1/search", params={"q": "鹦鹉螺"}).json()["total"] == 0
    page, etag = read(client)
    assert page["writable"]
    assert page["may_edit"]
    done = put(client, page["text"].replace("主轴过热", "鹦鹉螺主轴过热"), etag)
    assert done.status_code == 200, done.text
    assert done.json()["written"]
    found = client.get("/api/v1/search", params={"q": "鹦鹉螺"}).json()
    assert [hit["id"] for hit in found["hits"]] == [CASE]
    assert client.get("/api/v1/pages/" + CASE).json()["revision"] == 2
    same = client.get(f"{ADDRESS}/{CASE}", headers={"If-None-Match": done.headers["etag"]})
    assert same.status_code == 304


def test_a_new_page_is_created_and_found_at_once(client: TestClient) -> None:
    text = a_case(id="CASE-X-03", status="in_preparation", confidence="wip", title="犰狳卡住")
    made = client.post(ADDRESS, json={"text": text, "why": "现场"})
    assert made.status_code == 201, made.text
    assert made.headers["location"] == f"{ADDRESS}/CASE-X-03"
    assert client.post(ADDRESS, json={"text": text}).status_code == 200
    hits = client.get("/api/v1/search", params={"q": "犰狳"}).json()["hits"]
    assert [hit["id"] for hit in hits] == ["CASE-X-03"]


def test_nobody_writes_over_a_state_that_he_has_not_seen(client: TestClient) -> None:
    page, etag = read(client)
    assert put(client, page["text"].replace("主轴过热", "甲"), etag).status_code == 200
    refused = put(client, page["text"].replace("主轴过热", "乙"), etag)
    assert refused.status_code == 412
    problem = refused.json()
    assert "title: 乙" in problem["yours"]["text"]
    assert problem["yours"]["base"] == page["text"]
    assert "title: 甲" in problem["theirs"]["text"]
    assert put(client, page["text"].replace("主轴过热", "甲"), etag).json()["written"] is False
    unsaid = client.put(f"{ADDRESS}/{CASE}", json={"text": page["text"]})
    assert (unsaid.status_code, "If-Match" in unsaid.json()["detail"]) == (412, True)


def test_fields_are_written_as_well_as_text_and_change_only_their_lines(client: TestClient) -> None:
    page, etag = read(client)
    fields = {**page["fields"], "severity": "S1"}
    body = {"fields": fields, "body": page["body"], "why": "更重"}
    done = client.put(f"{ADDRESS}/{CASE}", json=body, headers={"If-Match": etag})
    assert done.status_code == 200, done.text
    lines = client.get(f"{ADDRESS}/{CASE}/difference", params={"before": 1, "after": 2}).json()["lines"]
    changed = ["".join(span["text"] for span in line["spans"]) for line in lines if line["side"] == "changed"]
    assert changed == ["revision: 12", "severity: S2S1"]
    wrong = {"fields": {**fields, "severity": "S9", "failure_mode": ""}, "body": "", "why": "x"}
    refused = client.put(f"{ADDRESS}/{CASE}", json=wrong, headers={"If-Match": done.headers["etag"]})
    assert refused.status_code == 422
    assert "severity" in {fault["where"] for fault in refused.json()["faults"]}


HOSTILE = """## 现象

<script>alert(1)</script><img src=x onerror=alert(2)><svg onload=alert(3)>
[a](javascript:alert(4)) [b](JaVaScRiPt&#58;alert(5)) [c](data:text/html;base64,PHNjcmlwdD4=) <javascript:alert(6)>
![p](http://evil.example/x.png) text {: onclick=alert(7) }
<iframe src="//evil.example"></iframe> <a href="x" onmouseover="alert(8)">x</a> <style>*{display:none}</style>

``` {.x onclick=alert(9)}
<script>alert(10)</script>
```
"""


class Tags(HTMLParser):
    """Collects what a browser would make of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attributes]


def test_a_preview_of_hostile_text_runs_nothing(client: TestClient) -> None:
    page, _ = read(client)
    front = page["text"].split("---\n\n")[0].replace("断电上锁验电", "<img src=x onerror=alert(11)>")
    answer = client.post(f"{ADDRESS}/{CASE}/preview", json={"text": f"{front}---\n\n{HOSTILE}"})
    assert answer.status_code == 200, answer.text
    found = Tags()
    found.feed(answer.json()["html"])
    assert not found.tags & {"script", "img", "svg", "iframe", "style", "object", "form"}
    assert not [name for name, _ in found.attributes if name.startswith("on") or name == "style"]
    addresses = [value for name, value in found.attributes if name in {"href", "src"}]
    assert all(value.startswith(("/library/", "http://evil.example/x.png", "#")) for value in addresses), (
        addresses
    )
    assert answer.json()["faults"]


def test_a_preview_tells_what_changes_and_where_links_lead(client: TestClient) -> None:
    page, _ = read(client)
    text = page["text"].replace("正文。", "见 ALM-FANUC-SV0401。", 1)
    answer = client.post(f"{ADDRESS}/{CASE}/preview", json={"text": text}).json()
    assert answer["faults"] == []
    assert '<a href="/library/alarms/fanuc/alm-fanuc-sv0401.html"' in answer["html"]
    assert [line["side"] for line in answer["difference"] if line["side"] != "same"].count("changed") == 1
    assert read(client)[0]["text"] == page["text"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("---\n", id="open"),
        pytest.param("---\n" + "a: " + "[" * 5000 + "\n---\n", id="deep"),
        pytest.param("---\na: &a [*a]\n---\n", id="loop"),
        pytest.param("---\n? [1, 2]\n: x\n---\n", id="list as key"),
        pytest.param("---\nid: CASE-X-01\ntype: [case]\n---\n", id="type is a list"),
        pytest.param("---\nid: " + "x" * 5000 + "\ntype: case\n---\n", id="long id"),
        pytest.param("---\nid: ../../etc/passwd\ntype: case\n---\n", id="path as id"),
        pytest.param("---\ncreated: 99999-01-01\n---\n", id="day beyond"),
    ],
)
def test_text_that_is_no_page_is_told_and_breaks_nothing(client: TestClient, text: str) -> None:
    _, etag = read(client)
    shown = client.post(f"{ADDRESS}/{CASE}/preview", json={"text": text})
    assert shown.status_code == 200, shown.text
    assert shown.json()["faults"]
    assert put(client, text, etag).status_code == 422
    assert client.post(ADDRESS, json={"text": text}).status_code == 422


def test_half_a_character_is_told_and_breaks_nothing(client: TestClient) -> None:
    raw = b'{"text": "---\\nid: \\ud800\\n---\\n"}'
    headers = {"content-type": "application/json"}
    shown = client.post(f"{ADDRESS}/{CASE}/preview", content=raw, headers=headers)
    assert (shown.status_code, "U+D800" in shown.text) == (422, True)
    assert client.post(ADDRESS, content=raw, headers=headers).status_code == 422


def test_history_restore_and_standing_come_with_etags(client: TestClient) -> None:
    page, etag = read(client)
    etag = put(client, page["text"].replace("主轴过热", "错的"), etag).headers["etag"]
    rows = client.get(f"{ADDRESS}/{CASE}/history").json()
    assert [(row["number"], row["kind"], row["who"]) for row in rows["items"]] == [
        (2, "edit", "local"),
        (1, "found", ""),
    ]
    assert client.get(f"{ADDRESS}/{CASE}/history/1").json()["text"] == page["text"]
    assert client.get(f"{ADDRESS}/{CASE}/history/9").status_code == 404
    assert client.get(f"{ADDRESS}/NO-SUCH/history").status_code == 404
    stale = client.post(
        f"{ADDRESS}/{CASE}/restore", json={"number": 1, "why": "x"}, headers={"If-Match": '"old"'}
    )
    assert stale.status_code == 412
    back = client.post(
        f"{ADDRESS}/{CASE}/restore", json={"number": 1, "why": "x"}, headers={"If-Match": etag}
    )
    assert back.status_code == 200, back.text
    moved = client.post(
        f"{ADDRESS}/{CASE}/standing",
        json={"status": "in_review", "reviewed_today": True, "why": "看"},
        headers={"If-Match": back.headers["etag"]},
    )
    assert moved.status_code == 200, moved.text
    fields = read(client)[0]["fields"]
    assert (fields["title"], fields["status"], fields["reviewed"]) == ("主轴过热", "in_review", "2026-11-23")


def test_rights_follow_the_role(house: House) -> None:
    for role in (Role.ENGINEER, Role.EDITOR):
        add_user(
            house.store, name=f"{role.value}-user", password=PASSWORD, role=role, id=role.value, now=NOON
        )
    with TestClient(create_app(house)) as client:
        assert client.get(f"{ADDRESS}/{CASE}").status_code == 401
        engineer, editor = bearer(client, Role.ENGINEER), bearer(client, Role.EDITOR)
        page = client.get(f"{ADDRESS}/{CASE}", headers=engineer)
        assert page.json()["may_edit"] is False
        body = {"text": page.json()["text"].replace("过热", "热"), "why": "x"}
        tag = {"If-Match": page.headers["etag"]}
        assert client.put(f"{ADDRESS}/{CASE}", json=body, headers=engineer | tag).status_code == 403
        assert client.put(f"{ADDRESS}/{CASE}", json=body, headers=editor | tag).status_code == 200
        draft = client.get(f"{ADDRESS}/CASE-X-02", headers=engineer)
        tag = {"If-Match": draft.headers["etag"]}
        body = {"text": draft.json()["text"].replace("草稿", "稿")}
        assert client.put(f"{ADDRESS}/CASE-X-02", json=body, headers=engineer | tag).status_code == 200
        tag = {"If-Match": client.get(f"{ADDRESS}/CASE-X-02", headers=engineer).headers["etag"]}
        raised = {"status": "in_preparation", "confidence": "archived"}
        refused = client.post(f"{ADDRESS}/CASE-X-02/standing", json=raised, headers=engineer | tag)
        assert refused.status_code == 403
