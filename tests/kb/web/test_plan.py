"""The plan's pages: empty, made, looked at in every view, in both languages, without a script."""

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from kb.api.app import create_app
from kb.store.tables import ContractRow, SiteRow
from kb.usecases.accounts import Role
from kb.wiring import House
from tests.kb.api.conftest import PASSWORD, guarded, house
from tests.kb.usecases.plan_register import fill, small_register

__all__ = ["guarded", "house"]

YEAR = {"first_day": "2026-01-01", "last_day": "2026-12-31"}
KEY = "suzhou%2Fm1-yearly%2Fyearly%2F0"
VIEWS = [
    "/plan",
    "/plan?year=2026",
    "/plan/month",
    "/plan/month/2026-01",
    "/plan/day/2026-01-15",
    "/plan/sites",
    "/plan/sites/suzhou",
    "/plan/technicians/t1",
    f"/plan/visits/{KEY}",
    "/plan/unserved",
    "/plan/changes",
]


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    headers = {"accept": "text/html", "accept-language": "zh-CN"}
    with TestClient(create_app(house), headers=headers) as opened:
        yield opened


def post(client: TestClient, form: dict[str, str]) -> str:
    token = re.search(r'name="csrf_token" value="([^"]*)"', client.get("/plan").text)
    assert token is not None
    answer = client.post("/plan", data={**form, "csrf_token": token[1]})
    assert answer.status_code in (200, 422), answer.text
    return answer.text


@pytest.fixture
def planned(house: House, client: TestClient) -> TestClient:
    fill(house.store, small_register())
    assert "第 1 版计划已生成" in post(client, YEAR)
    return client


def test_without_a_register_the_page_says_what_is_missing(client: TestClient) -> None:
    page = client.get("/plan")
    assert page.status_code == 200
    assert "还没有可以排计划的内容" in page.text
    assert "servicebook sample" in page.text


def test_without_technicians_the_page_says_so(house: House, client: TestClient) -> None:
    fill(house.store, [row for row in small_register() if row.__tablename__ != "technicians"])
    assert "还没有可以上门的工程师" in client.get("/plan").text


def test_with_a_register_the_page_offers_to_plan_it(house: House, client: TestClient) -> None:
    fill(house.store, small_register())
    page = client.get("/plan").text
    assert "3 个现场的 4 台设备、5 项保养计划等待排期；由 2 名工程师分担" in page
    assert 'name="first_day" value="2026-01-01"' in page


@pytest.mark.parametrize("path", [view for view in VIEWS if view.split("?")[0] != "/plan"])
def test_without_a_plan_every_other_view_is_not_found(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", VIEWS)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_view_shows_the_plan_without_scripts(planned: TestClient, path: str, language: str) -> None:
    page = planned.get(path, headers={"accept-language": language})
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "style=" not in page.text
    has_chinese_labels = "为什么排在这一天" in page.text or "年历" in page.text
    assert has_chinese_labels == (language == "zh-CN")


def test_the_year_links_each_day_with_visits(planned: TestClient) -> None:
    page = planned.get("/plan").text
    days = re.findall(r'href="/plan/day/([0-9-]+)"', page)
    assert len(days) == 13
    assert "2026-01-15" in days
    assert "/api/v1/plans/1/documents/plan.xlsx" in page


def test_the_month_is_a_board_and_a_list_of_the_same_visits(planned: TestClient) -> None:
    page = planned.get("/plan/month/2026-01").text
    board, listed = page.split('class="day-list"')
    assert board.count('class="slot state-called"') == listed.count('class="slot state-called"') == 3
    assert 'class="table-wrap"' in board
    assert "王工" in board
    assert 'href="/plan/month/2026-02"' in page
    assert 'href="/plan/month/2025-12"' not in page


def test_a_board_shows_who_is_on_leave(house: House, client: TestClient) -> None:
    rows = small_register()
    for row in rows:
        if row.id == "t1":
            row.leave = [["2026-01-20", "2026-01-22", ""]]
    fill(house.store, rows)
    post(client, YEAR)
    assert client.get("/plan/month/2026-01").text.count("休假") == 2


def test_a_sites_page_lists_its_visits_with_reasons_and_its_file(planned: TestClient) -> None:
    page = planned.get("/plan/sites/suzhou").text
    assert page.count('<article class="card visit') == 12
    assert "并入月度保养" in page
    assert "由王工前往" in page
    assert "/api/v1/plans/1/documents/sites/suzhou.docx" in page


def test_sites_are_found_by_name_customer_and_city(planned: TestClient) -> None:
    assert "无锡厂" in planned.get("/plan/sites", params={"q": "模具"}).text
    found = planned.get("/plan/sites", params={"q": "昆山"}).text
    assert "昆山二厂" in found
    assert "无锡厂" not in found
    assert "没有与“火星”相符的现场" in planned.get("/plan/sites", params={"q": "火星"}).text


def test_a_visit_tells_why_it_is_on_its_day(planned: TestClient) -> None:
    page = planned.get(f"/plan/visits/{KEY}").text
    assert '<details class="why" open>' in page
    assert "名义日期 2026-01-15" in page
    assert "与同一站点其他到期项合并为一次上门" in page


def test_planning_again_reports_what_changed(house: House, planned: TestClient) -> None:
    with house.store.writing() as session:
        session.connection().exec_driver_sql(
            'update technicians set leave=\'[["2026-02-14","2026-02-15",""]]\', revision=2 where id=\'t1\''
        )
    page = post(planned, YEAR)
    assert "第 2 版计划已生成" in page
    assert "移动 1" in page
    changes = planned.get("/plan/changes", params={"change": "moved"}).text
    assert "2026-02-14 周六" in changes
    assert "未变 19" in changes
    assert "本次计划与上一次完全相同" in planned.get("/plan/changes", params={"change": "removed"}).text


def test_work_without_a_place_is_listed_with_its_reason(house: House, client: TestClient) -> None:
    rows = [row for row in small_register() if row.id != "t2"]
    fill(house.store, rows)
    assert "有 4 项工作未能排入" in post(client, YEAR)
    page = client.get("/plan/unserved").text
    assert (
        client.get("/plan/unplaced?page=1", follow_redirects=False).headers["location"]
        == "/plan/unserved?page=1"
    )
    assert page.count("没有工程师具备所需的全部技能") == 4
    assert "若王工具备技能 gantry" in page
    assert "未能排入" in client.get("/plan/sites/wuxi").text


def test_contracts_with_too_few_visits_are_told(house: House, planned: TestClient) -> None:
    with house.store.writing() as session:
        row = session.get_one(ContractRow, "contract-suzhou")
        row.visits_per_year, row.revision = 13, 2
    page = planned.get("/plan").text
    assert "有 1 份合同的上门次数少于约定" in page
    assert "苏州一厂：合同约定 2026-01-01 至 2026-12-31 上门 13 次，计划 12 次，少 1 次" in page


@pytest.mark.parametrize(
    ("form", "said"),
    [
        pytest.param({"first_day": "", "last_day": ""}, "不是日期", id="empty"),
        pytest.param({"first_day": "2026-12-31", "last_day": "2026-01-01"}, "早于", id="order"),
        pytest.param({"first_day": "<b>", "last_day": "x"}, "&lt;b&gt;", id="markup"),
    ],
)
def test_a_wrong_form_is_shown_again_with_every_fault(
    planned: TestClient, form: dict[str, str], said: str
) -> None:
    page = post(planned, form)
    assert "这个时间段无法生成计划" in page
    assert said in page
    assert "<b>" not in page.split("<main", 1)[1].replace("<b>0", "")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/plan/month/2026-13", 422, id="month"),
        pytest.param("/plan/month/1999-12", 422, id="year before"),
        pytest.param("/plan/month/9999-12", 422, id="last year"),
        pytest.param("/plan/day/2026-02-30", 422, id="day"),
        pytest.param("/plan/day/9999-12-31", 200, id="last day"),
        pytest.param("/plan?year=1999", 422, id="heat"),
        pytest.param("/plan?year=2000", 200, id="heat of another year"),
        pytest.param("/plan/changes?change=eaten", 422, id="change"),
        pytest.param("/plan/sites?page=0", 422, id="page"),
        pytest.param("/plan/sites?page=1000000", 200, id="page past the end"),
        pytest.param("/plan/sites/nowhere", 404, id="site"),
        pytest.param("/plan/technicians/nobody", 404, id="technician"),
        pytest.param("/plan/visits/none", 404, id="visit"),
    ],
)
def test_addresses_that_make_no_sense_are_refused_well(planned: TestClient, path: str, status: int) -> None:
    assert planned.get(path).status_code == status


def test_names_are_escaped(house: House, planned: TestClient) -> None:
    with house.store.writing() as session:
        row = session.get_one(SiteRow, "suzhou")
        row.name, row.revision = "<img src=x onerror=alert(1)>", 2
    for path in VIEWS:
        assert "<img src=x" not in planned.get(path).text


def test_only_planners_make_plans(guarded: House) -> None:
    fill(guarded.store, small_register())
    with TestClient(create_app(guarded), headers={"accept": "text/html"}) as client:
        for role, status in ((Role.EDITOR, 403), (Role.PLANNER, 200)):
            client.cookies.clear()
            token = re.search(r'name="csrf_token" value="([^"]*)"', client.get("/login").text)
            assert token is not None
            login = {"name": f"{role.value}-user", "password": PASSWORD, "csrf_token": token[1]}
            assert client.post("/login", data=login).status_code == 200
            token = re.search(r'name="csrf_token" value="([^"]*)"', client.get("/plan").text)
            assert token is not None
            answer = client.post("/plan", data={**YEAR, "csrf_token": token[1]})
            assert answer.status_code == status
