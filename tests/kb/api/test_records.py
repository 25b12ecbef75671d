"""Records and the audit trail over HTTP and as pages: the same record by both ways, files, samples, rights, conflicts."""

import io
import re
from urllib.parse import quote

import openpyxl
import pytest
from fastapi.testclient import TestClient

from kb.store import register as audit
from kb.store.work_orders import WorkOrderEventRow, WorkOrderRow
from kb.wiring import House

COMPLAINT = {"title": "=主轴<b>异响</b>", "equipment": "立加-01", "category": "repair", "said": "修了三次"}
PROJECT = {
    "title": "一期安装",
    "customer": "KH1",
    "milestones": [
        {"name": "到货 & <开箱>", "planned": "2026-01-05"},
        {"name": "终验收", "planned": "2099-01-01"},
    ],
    "instalments": [{"name": "首付", "amount": 1000, "due": "2026-01-10"}],
}


@pytest.fixture
def site(house: House) -> House:
    with house.store.writing() as session:
        audit.add(session, "customers", [{"id": "c1", "code": "KH1", "name": "苏州精密"}])
        audit.add(session, "sites", [{"id": "s1", "code": "XC1", "name": "一厂", "customer_id": "c1"}])
        machine = {"id": "m1", "tag": "立加-01", "site_id": "s1", "equipment_class": "VMC"}
        audit.add(session, "equipment", [machine])
    return house


def token(client: TestClient, where: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(where).text)
    assert found
    return found[1]


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return found[1]


def test_a_record_lives_over_http_with_its_file_document_and_lists(site: House, client: TestClient) -> None:
    path = "/api/v1/records"
    assert len(client.get(f"{path}/kinds").json()["items"]) == 12
    made = client.post(path, params={"kind": "complaint", "id": "k1"}, json=COMPLAINT)
    assert (made.status_code, made.headers["etag"], made.json()["number"][:2]) == (201, '"r1"', "TS")
    one = f"{path}/{made.json()['number']}"
    assert client.patch(one, json={"demand": "退款"}, headers={"If-Match": '"r1"'}).json()["revision"] == 2
    refused = client.patch(one, json={"demand": "换机"}, headers={"If-Match": '"r1"'})
    assert (refused.status_code, refused.json()["theirs"]["demand"]) == (412, "退款")
    assert client.post(f"{one}/moves", json={"to": "answered"}).status_code == 422
    assert (
        client.post(f"{one}/moves", json={"to": "investigating", "id": "m1"}).json()["state"]
        == "investigating"
    )
    png = b"\x89PNG\r\n\x1a\n" + b"0" * 20
    sent = client.post(f"{one}/files", files={"file": ("../证据.png", png, "text/html")})
    again = client.post(f"{one}/files", files={"file": ("证据.png", png, "image/png")})
    assert (sent.status_code, sent.json()["name"], sent.json()["id"]) == (201, "证据.png", again.json()["id"])
    for name, content in (
        ("x.svg", b"<svg/>"),
        ("x.png", b"<script>"),
        ("x.html", b"<b>"),
        ("x.pdf", b""),
        ("x", png),
    ):
        assert client.post(f"{one}/files", files={"file": (name, content)}).status_code == 422, name
    got = client.get(f"{one}/files/{sent.json()['id']}")
    assert got.content == png
    assert got.headers["content-disposition"].startswith("attachment")
    assert (got.headers["content-type"], got.headers["x-content-type-options"]) == ("image/png", "nosniff")
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{path}/export?kind=complaint").content)).active
    assert sheet is not None
    cell = sheet["D2"]
    assert (cell.value, cell.data_type) == (COMPLAINT["title"], "s")
    assert f"'{COMPLAINT['title']}" in client.get(f"{path}/export?format=csv").content.decode()
    assert client.delete(f"{one}/files/{sent.json()['id']}").status_code == 204
    assert client.get(f"{one}/files/{sent.json()['id']}").status_code == 404
    assert client.get(f"{one}/document?format=docx").content[:2] == b"PK"
    actions = [line["action"] for line in client.get(f"{one}/history").json()["items"]]
    assert actions == ["detach", "attach", "move", "change", "create"]
    assert [line["action"] for line in client.get("/api/v1/audit?kind=records").json()["items"]] == actions
    assert client.get(path, params={"due": "soon"}).status_code == 400


def test_a_project_is_made_on_a_page_and_a_second_writer_sees_both_versions(
    site: House, client: TestClient
) -> None:
    form = client.get("/records/new/project?customer=KH1").text
    sent = {
        "csrf_token": hidden(form, "csrf_token"),
        "id": hidden(form, "id"),
        "title": "一期安装",
        "customer": "KH1",
        "milestones.0.name": "到货 & <开箱>",
        "milestones.0.planned": "2026-01-05",
        "milestones.1.name": "",
        "instalments.0.name": "首付",
        "instalments.0.amount": "1000",
        "instalments.0.due": "2026-01-10",
    }
    wrong = client.post("/records/new/project", data={**sent, "instalments.0.amount": "很多"})
    assert wrong.status_code == 422
    assert "很多" in wrong.text
    first = client.post("/records/new/project", data=sent, follow_redirects=False)
    second = client.post("/records/new/project", data=sent, follow_redirects=False)
    assert (first.status_code, first.headers["location"]) == (303, second.headers["location"])
    place = first.headers["location"].split("?")[0]
    page = client.get(place).text
    assert "到货 &amp; &lt;开箱&gt;" in page
    assert 'class="late"' in page
    picture = client.get(f"{place}/milestones.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert "到货 &amp; &lt;开箱&gt;" in picture.text
    changed = {**sent, "revision": "1", "contract": "HT-1"}
    assert client.post(f"{place}/edit", data=changed, follow_redirects=False).status_code == 303
    conflict = client.post(f"{place}/edit", data={**changed, "contract": "HT-2"})
    assert conflict.status_code == 412
    assert "HT-1" in conflict.text
    assert "HT-2" in conflict.text
    moved = {"csrf_token": sent["csrf_token"], "to": "running", "id": "go", "revision": "2"}
    for _ in range(2):
        assert client.post(f"{place}/moves", data=moved, follow_redirects=False).status_code == 303
    assert client.post(f"{place}/moves", data={**moved, "to": "accepted", "id": "x"}).status_code == 412
    assert (
        client.post(
            f"{place}/moves", data={**moved, "to": "accepted", "id": "y", "revision": "3"}
        ).status_code
        == 422
    )
    for query in (
        "",
        "?kind=project&due=overdue",
        "?kind=need",
        "?customer=KH1",
        "?kind=verification",
        "?q=一期",
    ):
        assert client.get(f"/records{query}").status_code == 200, query
    assert client.get("/records?customer=KH9").status_code == 422
    assert client.get("/records?kind=nothing").status_code == 404


def test_a_sample_is_drawn_once_by_its_seed_and_verified_item_by_item(
    site: House, client: TestClient
) -> None:
    path = "/api/v1/records"
    for number in range(10):
        call = client.post(
            path, params={"kind": "satisfaction"}, json={"title": f"回访{number}", "site": "XC1"}
        ).json()
        one = f"{path}/{call['number']}"
        assert client.post(f"{one}/moves", json={"to": "done"}).status_code == 422
        answers = dict.fromkeys(("attitude", "timeliness", "skill", "instruction", "result"), "yes")
        said = {**answers, "parts": "no", "called_on": "2026-11-20", "talked_to": "孙明"}
        assert [fault["where"] for fault in client.patch(one, json=said).json()["faults"]] == ["parts_reason"]
        assert client.patch(one, json={**said, "parts_reason": "等了两周"}).status_code == 200
        assert client.post(f"{one}/moves", json={"to": "done"}).json()["closed_at"]
    asked = {
        "population": "calls",
        "first_day": "2026-01-01",
        "last_day": "2099-12-31",
        "share": 25,
        "seed": "甲",
    }
    drawn = client.post(f"{path}/samples", params={"id": "s1"}, json=asked).json()
    again = client.post(f"{path}/samples", params={"id": "s2"}, json=asked).json()
    other = client.post(f"{path}/samples", params={"id": "s3"}, json={**asked, "seed": "乙"}).json()
    keys = [item["thing"] for item in drawn["values"]["items"]]
    assert (len(keys), drawn["values"]["total"]) == (3, 10)
    assert keys == [item["thing"] for item in again["values"]["items"]]
    assert keys != [item["thing"] for item in other["values"]["items"]]
    one = f"{path}/{drawn['number']}"
    assert client.patch(one, json={"seed": "丙"}).json()["faults"][0]["where"] == "seed"
    items = [{**item, "verdict": "true"} for item in drawn["values"]["items"]]
    assert client.patch(one, json={"items": items[:2]}).status_code == 422
    items[2]["verdict"] = "not_true"
    assert client.patch(one, json={"items": items, "conclusion": "一条不实"}).status_code == 200
    assert client.post(f"{one}/moves", json={"to": "done"}).status_code == 200
    summed = {row["name"]: row["text"] for row in client.get(f"{one}/summary").json()["summary"]}
    assert summed["属实率（95% 区间）"] == "66.7% (20.8% – 93.9%)"  # Wilson, 2 of 3
    typed = client.post(path, params={"kind": "verification"}, json={**asked, "title": "没有抽取"})
    assert (typed.status_code, [fault["where"] for fault in typed.json()["faults"]]) == (422, ["items"])
    form = client.get("/records/new/verification", follow_redirects=False)
    assert form.headers["location"] == "/records?kind=verification"
    bad = client.post(f"{path}/samples", json={"population": "x", "first_day": "", "share": 0}).json()
    assert {fault["where"] for fault in bad["faults"]} == {
        "population",
        "first_day",
        "last_day",
        "share",
        "seed",
    }
    target = {"measure": "satisfied_percent", "first_day": "2026-01-01", "last_day": "2099-12-31", "goal": 80}
    made = client.post(path, params={"kind": "target"}, json={"title": "满意率", **target}).json()
    told = client.get(f"{path}/{made['number']}/summary").json()["summary"]
    assert told[1]["text"] == "104.2 %"  # 50 of 60 answers against 80
    assert told[2]["text"] == "已达成"


def test_a_journey_fills_its_messages_and_a_question_becomes_work(site: House, client: TestClient) -> None:
    path = "/api/v1/records"
    said = {"title": "交付", "equipment": "立加-01", "delivered_on": "2026-11-20", "contact": "{due}"}
    made = client.post(path, params={"kind": "journey"}, json=said).json()
    assert [row["due"] for row in made["values"]["steps"]][:2] == ["2026-11-21", "2026-11-23"]
    messages = client.get(f"{path}/{made['number']}/summary").json()["messages"]
    assert messages[0]["text"].startswith("{due}您好！立加-01已于2026-11-20交付")
    assert len(messages) == 5
    asked = client.post(
        path, params={"kind": "question"}, json={"title": "光栅尺怎么清洁", "question": "用什么擦"}
    ).json()
    one = f"{path}/{asked['number']}"
    assert client.post(f"{one}/library").status_code == 422
    client.patch(one, json={"answer": "无水乙醇"})
    client.post(f"{one}/moves", json={"to": "answered"})
    assert client.post(f"{one}/library").status_code == 200
    assert "光栅尺怎么清洁" in client.get("/search/unanswered").text


def test_the_audit_page_searches_and_erases_only_what_is_confirmed(site: House, client: TestClient) -> None:
    client.post(
        "/api/v1/records", params={"kind": "need"}, json={"title": "x", "need": "x", "customer": "KH1"}
    )
    page = client.get("/audit?kind=records")
    assert "XQ" in page.text
    assert client.get("/audit?from=2026-13-01").status_code == 200
    csrf = token(client, "/audit")
    refused = client.post("/audit/erasure", data={"csrf_token": csrf, "customer": "KH1", "confirm": "KH"})
    assert refused.status_code == 422
    assert (
        client.post(
            "/audit/erasure", data={"csrf_token": csrf, "customer": "KH1", "confirm": "KH1"}
        ).status_code
        == 200
    )
    assert client.get("/audit/personal-data?customer=KH1").content[:2] == b"PK"
    assert client.get("/api/v1/personal-data/KH9").status_code == 404


def test_customer_site_machine_and_order_lead_to_their_records_and_these_lead_back(
    site: House, client: TestClient
) -> None:
    order = {"kind": "repair", "title": "主轴异响", "site_id": "s1", "equipment_id": "m1", "state": "closed"}
    with site.store.writing() as session:
        session.add(WorkOrderRow(id="o1", number="GD 1", opened_at=site.now(), **order))
        session.flush()
        told = {"at": site.now(), "told_at": site.now(), "who": "王工"}
        session.add(WorkOrderEventRow(id="e1", work_order_id="o1", position=1, kind="reported", **told))
    made = client.post("/api/v1/records", params={"kind": "complaint"}, json={**COMPLAINT, "order": "GD 1"})
    number = made.json()["number"]
    lost = []
    for page, asked in (
        ("/register/customers/KH1", "customer=KH1"),
        ("/register/sites/XC1", "site=XC1"),
        ("/register/equipment/立加-01", f"equipment={quote('立加-01')}"),
        ("/machine-files/立加-01", f"equipment={quote('立加-01')}"),
        ("/orders/o1", "order=GD%201"),
    ):
        if f'href="/records?{asked}"' not in client.get(page).text:
            lost.append(page)
        if number not in client.get(f"/records?{asked}").text:
            lost.append(asked)
    assert lost == []
    back = client.get(f"/records/{number}").text
    found = re.findall(r'href="(/(?:register/(?:customers|sites|equipment)|orders)/[^"]+)"', back)
    assert len(set(found)) == 4
    assert {client.get(one).status_code for one in found} == {200}
