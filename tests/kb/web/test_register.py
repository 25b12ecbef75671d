import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from kb.api.app import create_app
from kb.settings import Settings
from kb.usecases.accounts import Role, add_user
from kb.usecases.register import create
from kb.usecases.register_description import Table
from kb.usecases.register_tables import TABLES
from kb.wiring import House, open_house
from tests.conftest import ROOT, the_real_library
from tests.kb.usecases.test_register import EN, EXAMPLES, NOW


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    opened = open_house(
        Settings(home=tmp_path / "var", content_dir=ROOT / "content"),
        clock=lambda: NOW,
        library=the_real_library(),
    )
    opened.store.migrate()
    yield opened
    opened.store.close()


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house), headers={"Accept": "text/html", "Accept-Language": "zh"}) as opened:
        yield opened


@pytest.fixture
def full(house: House, client: TestClient) -> TestClient:
    for table in TABLES:
        create(house.store, table, EXAMPLES[table], wording=EN, who="li", now=NOW, new_id=house.new_id)
    return client


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def form_of(html: str) -> dict[str, str]:
    """Return what a browser would send of the page's main form."""
    form = html[html.index('<form method="post"', html.index("<main")) :]
    values = {
        name: unescape(value)
        for name, value in re.findall(r'<input[^>]*name="([^"]+)" value="([^"]*)"', form)
    }
    values |= {
        name: unescape(text) for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>([^<]*)<', form)
    }
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.findall(r'<option value="([^"]*)" selected', options)
        values[name] = unescape(chosen[0]) if chosen else ""
    return values


def handle_of(table: Table, client: TestClient) -> str:
    item = client.get(f"/api/v1/register/{table.name}").json()["items"][0]
    return quote(item.get(table.handle, item["id"]), safe="")


def test_an_empty_register_leads_to_template_first_customer_and_sample(client: TestClient) -> None:
    page = client.get("/register")
    assert page.status_code == 200
    assert "/api/v1/register/template" in page.text
    assert "/register/new/customers" in page.text
    assert "servicebook sample load" in page.text


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("table", list(TABLES.values()), ids=lambda table: table.name)
def test_every_page_of_a_table_is_shown_in_the_visitors_language(
    full: TestClient, table: Table, language: str
) -> None:
    handle = handle_of(table, full)
    for path in ("", f"/{handle}", f"/{handle}/edit"):
        page = full.get(f"/register/{table.name}{path}", headers={"Accept-Language": language})
        assert page.status_code == 200, page.text
        assert (table.title[0] in page.text) is (language == "zh")
        assert (table.title[1] in page.text) is (language == "en")
    page = full.get(f"/register/new/{table.name}", headers={"Accept-Language": language})
    assert page.status_code == 200
    for field in table.fields:
        assert f'name="{field.name}"' in page.text


def test_no_english_is_left_on_chinese_pages(full: TestClient) -> None:
    for path in ("", "/import", "/sites", "/sites?q=none", "/sites/S1", "/sites/S1/edit", "/new/sites"):
        main = full.get(f"/register{path}").text
        main = text_of(main[main.index("<main") : main.index("</main>")])
        words = set(re.findall(r"[A-Za-z]{4,}", main)) - {"xlsx", "Excel", "FANUC", "fanuc", "siemens"}
        assert words <= {"datum"}, (path, words)


@pytest.mark.parametrize("table", list(TABLES.values()), ids=lambda table: table.name)
def test_a_form_saved_as_it_stands_changes_nothing(full: TestClient, table: Table) -> None:
    address = f"/register/{table.name}/{handle_of(table, full)}"
    before = full.get(f"/api/v1/register/{table.name}").json()
    answer = full.post(f"{address}/edit", data=form_of(full.get(f"{address}/edit").text))
    assert answer.status_code == 200, text_of(answer.text)
    assert "已保存" in answer.text
    assert full.get(f"/api/v1/register/{table.name}").json() == before


@pytest.mark.parametrize("table", list(TABLES))
def test_a_thing_is_added_by_its_form(client: TestClient, table: str) -> None:
    for name, described in TABLES.items():
        form = form_of(client.get(f"/register/new/{name}").text)
        form |= {
            field.name: field.example
            for field in described.fields
            if field.example and field.kind.widget != "yes_no"
        }
        answer = client.post(f"/register/new/{name}", data=form)
        assert answer.status_code == 200, text_of(answer.text)
        if name == table:
            break
    assert client.get(f"/api/v1/register/{table}").json()["total"] == 1


def test_a_form_with_faults_shows_them_at_their_fields_and_loses_nothing(full: TestClient) -> None:
    form = form_of(full.get("/register/sites/S1/edit").text)
    typed = form | {
        "latitude_deg": "九十",
        "opening": "周八 08:00-12:00",
        "name": "<b>改</b>",
        "code": "",
        "datum": "BJ-54",
    }
    answer = full.post("/register/sites/S1/edit", data=typed)
    assert answer.status_code == 422
    faults = dict(re.findall(r'<p class="error" id="e-([a-z_]+)">([^<]+)<', answer.text))
    assert faults.keys() == {"latitude_deg", "opening", "code", "datum"}
    assert form_of(answer.text) == typed
    assert "<b>改</b>" not in answer.text
    assert full.get("/api/v1/register/sites/S1").json()["revision"] == 1


def test_a_day_that_a_date_control_cannot_show_is_not_lost(full: TestClient) -> None:
    form = form_of(full.get("/register/contracts/C1/edit").text) | {"first_day": "昨天"}
    answer = full.post("/register/contracts/C1/edit", data=form)
    assert answer.status_code == 422
    assert form_of(answer.text)["first_day"] == "昨天"
    assert re.search(r'name="first_day" value="昨天"(?! type="date")', answer.text)


def test_a_stale_form_shows_both_versions_and_can_be_saved_over(full: TestClient) -> None:
    form = form_of(full.get("/register/customers/K1/edit").text)
    full.post("/register/customers/K1/edit", data=form | {"contact": "李工"})
    answer = full.post("/register/customers/K1/edit", data=form | {"contact": "赵工", "phone": "123"})
    assert answer.status_code == 412
    rows = dict(re.findall(r'<tr class="differs"><th scope="row">([^<]+)</th>(.*?)</tr>', answer.text))
    assert {name: text_of(cells) for name, cells in rows.items()} == {
        "联系人": "赵工 李工",
        "电话": "123 +86 512 1234",
    }
    assert full.get("/api/v1/register/customers/K1").json()["contact"] == "李工"
    again = full.post("/register/customers/K1/edit", data=form_of(answer.text))
    assert again.status_code == 200
    assert full.get("/api/v1/register/customers/K1").json()["contact"] == "赵工"


def test_after_a_fault_the_form_still_knows_what_it_was_made_from(full: TestClient) -> None:
    form = form_of(full.get("/register/customers/K1/edit").text)
    faulty = form_of(full.post("/register/customers/K1/edit", data=form | {"name": ""}).text)
    full.post("/register/customers/K1/edit", data=form | {"contact": "李工"})
    assert full.post("/register/customers/K1/edit", data=faulty | {"name": "新"}).status_code == 412


def test_a_form_without_the_token_is_refused(full: TestClient) -> None:
    form = form_of(full.get("/register/customers/K1/edit").text)
    del form["csrf_token"]
    assert full.post("/register/customers/K1/edit", data=form).status_code == 403


def test_a_site_shows_what_belongs_to_it_and_offers_to_add_to_it(full: TestClient) -> None:
    page = full.get("/register/sites/S1").text
    assert 'href="/register/equipment/VMC-01%23"' in page
    assert 'href="/register/contracts/C1"' in page
    assert 'href="/register/customers/K1"' in page
    form = form_of(full.get("/register/new/equipment?site=S1").text)
    assert form["site"] == "S1"
    machine = text_of(full.get("/register/equipment/VMC-01%23").text)
    assert "CNC=D4F1-28.1" in machine
    assert "主轴小时" in machine


def test_the_history_of_a_thing_tells_what_changed_in_words(full: TestClient) -> None:
    form = form_of(full.get("/register/contracts/C1/edit").text)
    full.post("/register/contracts/C1/edit", data=form | {"level": "all_in", "last_day": "2027-12-31"})
    page = text_of(full.get("/register/contracts/C1").text)
    assert "服务级别: 含人工 → 全包" in page
    assert "到期日（含）: 2026-12-31 → 2027-12-31" in page


def test_lists_are_searched_narrowed_sorted_and_paged(full: TestClient, house: House) -> None:
    for number in range(60):
        raw = {"code": f"K2-{number:02}", "name": f"客户 {number}"}
        create(house.store, "customers", raw, wording=EN, who="li", now=NOW, new_id=house.new_id)
    first = full.get("/register/customers?q=客户&sort=-code").text
    assert "K2-59" in first
    assert "K2-09" not in first
    following = re.findall(r'href="([^"]+)" rel="next"', first)
    assert len(following) == 1
    second = full.get(unescape(following[0])).text
    assert "K2-09" in second
    assert "K2-59" not in second
    assert "没有符合" in full.get("/register/customers?retired=yes").text


def test_a_file_is_checked_and_then_imported(client: TestClient) -> None:
    token = form_of(client.get("/register/import").text)["csrf_token"]
    file = {"file": ("客户.csv", "客户编号,客户名称\nK1,一\nK2,二\n".encode())}
    for action, total in (("check", 0), ("import", 2)):
        answer = client.post("/register/import", data={"csrf_token": token, "action": action}, files=file)
        assert answer.status_code == 200, text_of(answer.text)
        assert "客户 2 0 0" in text_of(answer.text)
        assert client.get("/api/v1/register/customers").json()["total"] == total


def test_every_fault_of_a_file_is_shown_with_its_place(client: TestClient) -> None:
    token = form_of(client.get("/register/import").text)["csrf_token"]
    file = {"file": ("客户.csv", "客户编号,客户名称\n,一\nK2,\n".encode())}
    answer = client.post("/register/import", data={"csrf_token": token, "action": "import"}, files=file)
    assert answer.status_code == 422
    assert ("客户!A2" in answer.text, "客户!B3" in answer.text) == (True, True)
    assert client.get("/api/v1/register/customers").json()["total"] == 0


@pytest.mark.parametrize("path", ["/users", "/sites/none", "/sites/none/edit", "/new/users", "/sites/%00"])
def test_what_is_not_there_is_not_found(full: TestClient, path: str) -> None:
    assert full.get(f"/register{path}").status_code == 404


def test_an_engineer_reads_but_is_offered_no_change(house: House, full: TestClient) -> None:
    full.cookies.clear()
    for name, role in (("eng", Role.ENGINEER), ("pla", Role.PLANNER)):
        add_user(house.store, name=name, password="correct horse battery", role=role, id=name, now=NOW)
    for name, allowed in (("eng", False), ("pla", True)):
        full.cookies.clear()
        token = form_of(full.get("/login").text)["csrf_token"]
        full.post("/login", data={"name": name, "password": "correct horse battery", "csrf_token": token})
        page = full.get("/register/sites/S1")
        assert page.status_code == 200
        assert ("/register/sites/S1/edit" in page.text) is allowed
        form = form_of(full.get("/register/sites/S1/edit").text)
        assert (full.post("/register/sites/S1/edit", data=form).status_code == 200) is allowed
