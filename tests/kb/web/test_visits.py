"""The visits' pages: reported with one button, consequences told before saving, both versions after a conflict."""

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from kb.api.app import create_app
from kb.usecases.accounts import Role
from kb.usecases.plan import plan_inspections
from kb.usecases.visit_reading import KeptVisit, visit
from kb.wiring import House
from planner.model import VisitState
from tests.kb.api.conftest import PASSWORD, guarded, house
from tests.kb.usecases.plan_register import FIRST, LAST, NOW, fill, small_register

__all__ = ["guarded", "house"]

KEY = "suzhou/m1-yearly/yearly/0"
LAST_KEY = "suzhou/m1-monthly/monthly/11"
HERE = f"/visits/{quote(KEY, safe='')}"
HTML = {"accept": "text/html", "accept-language": "zh-CN"}


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    """A browser; the house's clock shows 23 November 2026."""
    fill(house.store, small_register())
    plan_inspections(house.store, first_day=FIRST, last_day=LAST, now=NOW)
    with TestClient(create_app(house), headers=HTML) as opened:
        yield opened


def kept(house: House, key: str = KEY) -> KeptVisit:
    return visit(house.store, key, today=house.today())


def post(client: TestClient, address: str, **form: object) -> Response:
    token = re.search(r'name="csrf_token" value="([^"]*)"', client.get(HERE).text)
    assert token is not None
    return client.post(
        address, data={"csrf_token": token[1], "revision": "1", **form}, follow_redirects=False
    )


def test_the_plans_page_leads_to_the_report(client: TestClient) -> None:
    assert f'href="/visits/{KEY}"' in client.get(f"/plan/visits/{quote(KEY, safe='')}").text


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize(
    "address", [HERE, f"/visits/{KEY}", f"{HERE}/edit", "/visits?from=2026-01-01", "/visits"]
)
def test_every_page_answers_without_scripts_in_its_language(
    client: TestClient, address: str, language: str
) -> None:
    page = client.get(address, headers={"accept-language": language})
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "style=" not in page.text
    assert ("工程师" in page.text) == (language == "zh-CN")


def test_the_report_has_a_box_for_each_machine_and_one_button(client: TestClient) -> None:
    page = client.get(HERE).text
    assert re.findall(r'name="done_plans" value="([^"]+)" checked', page) == ["m1-yearly", "m2-quarterly"]
    assert 'type="date" name="done_on" value="2026-11-23" max="2026-11-23"' in page
    assert re.findall(r'<button class="primary big">([^<]+)</button>', page) == ["完成"]


def test_all_boxes_ticked_is_done_and_the_steps_left_out_are_named(house: House, client: TestClient) -> None:
    answer = post(
        client,
        f"{HERE}/report",
        done_on="2026-01-16",
        notes="皮带磨损",
        done_plans=["m1-yearly", "m2-quarterly"],
    )
    assert answer.status_code == 303, answer.text
    page = client.get(answer.headers["location"]).text
    assert "已保存" in page
    assert "中间状态视为已经过：已预约" in page
    assert 'name="done_plans"' not in page
    assert "皮带磨损" in page
    assert (kept(house).state, kept(house).notes) == (VisitState.DONE, "皮带磨损")


def test_an_empty_box_leaves_a_follow_up_and_the_rest_can_be_done_after_all(
    house: House, client: TestClient
) -> None:
    answer = post(client, f"{HERE}/report", done_on="2026-01-16", done_plans=["m1-yearly"])
    page = client.get(answer.headers["location"]).text
    assert "部分完成" in page
    follow_up = kept(house).follow_up
    assert f'href="/visits/{quote(follow_up, safe="")}"' in page
    assert "LAT-02" in page.split("还要做")[1]
    assert kept(house, follow_up).follows in client.get(f"/visits/{quote(follow_up, safe='')}").text
    answer = post(client, f"{HERE}/report", revision="2", done_on="2026-01-16", whole="yes")
    assert answer.status_code == 303, answer.text
    assert kept(house).state is VisitState.DONE


def test_no_box_at_all_is_no_report(house: House, client: TestClient) -> None:
    answer = post(client, f"{HERE}/report", done_on="2026-01-16")
    assert answer.status_code == 422
    assert "没有写明做了哪些" in answer.text
    assert kept(house).revision == 1


def test_a_wrong_day_keeps_what_was_typed(client: TestClient) -> None:
    answer = post(client, f"{HERE}/report", done_on="2026-11-24", notes="<b>x</b>", done_plans=["m1-yearly"])
    assert answer.status_code == 422
    assert "2026-11-24 在将来" in answer.text
    assert "&lt;b&gt;x&lt;/b&gt;" in answer.text
    assert re.findall(r'name="done_plans" value="([^"]+)" checked', answer.text) == ["m1-yearly"]


def test_the_consequence_of_a_move_is_told_before_it_is_saved(house: House, client: TestClient) -> None:
    address = f"/visits/{quote(LAST_KEY, safe='')}"
    form = {"day": "2026-12-26", "technician": "t2", "state": "forecast", "locked": "no", "notes": ""}
    form["state"] = kept(house, LAST_KEY).state.value
    window = f"{kept(house, LAST_KEY).visit.earliest} – {kept(house, LAST_KEY).visit.latest}"
    assert window in client.get(f"{address}/edit").text
    answer = post(client, f"{address}/edit", **form)
    assert answer.status_code == 422
    assert "不在允许的日期" in answer.text
    assert "现场在 2026-12-26 不开放" in answer.text
    assert "李工 在 2026-12-26 不上班" in answer.text
    assert 'name="confirm"' in answer.text
    assert 'value="2026-12-26"' in answer.text
    assert kept(house, LAST_KEY).revision == 1
    assert post(client, f"{address}/edit", **form, confirm="yes").status_code == 303
    moved = kept(house, LAST_KEY).visit
    assert (moved.day.isoformat(), moved.technician_id, moved.locked) == ("2026-12-26", "t2", True)


def test_a_conflict_shows_both_versions_and_saves_neither(house: House, client: TestClient) -> None:
    form = {"day": kept(house).visit.day.isoformat(), "technician": "t1", "locked": "no"}
    assert post(client, f"{HERE}/edit", **form, state="booked", notes="三号门").status_code == 303
    answer = post(client, f"{HERE}/edit", **form, state="cancelled", notes="五号门")
    assert answer.status_code == 412
    assert "<mark>五号门</mark>" in answer.text
    assert "<mark>三号门</mark>" in answer.text
    assert "<mark>已预约</mark>" in answer.text
    assert 'name="revision" value="2"' in answer.text
    assert kept(house).notes == "三号门"
    answer = post(client, f"{HERE}/report", done_on="2026-01-16", notes="六号门", done_plans=["m1-yearly"])
    assert answer.status_code == 412
    assert "<mark>六号门</mark>" in answer.text


def test_a_visit_that_is_not_there_is_not_found(client: TestClient) -> None:
    for address in ("/visits/nowhere", "/visits/nowhere/edit", "/visits?site=nowhere"):
        assert client.get(address).status_code == 404
    assert post(client, "/visits/nowhere/report", done_on="2026-01-16").status_code == 404


def test_the_list_shows_open_visits_from_a_day_on(client: TestClient) -> None:
    assert client.get("/visits").text.count('class="slot ') == 1
    assert client.get("/visits?from=2026-01-01").text.count('class="slot ') == 20
    assert client.get("/visits?from=2026-01-01&technician=t2").text.count('class="slot ') == 4
    assert client.get("/visits?from=2026-01-01&state=done").text.count('class="slot ') == 0
    assert "不是日期" in client.get("/visits?from=soon").text


def test_an_engineer_reports_but_does_not_move(guarded: House) -> None:
    fill(guarded.store, small_register())
    plan_inspections(guarded.store, first_day=FIRST, last_day=LAST, now=NOW)
    with TestClient(create_app(guarded), headers=HTML) as client:
        assert client.get(HERE, follow_redirects=False).status_code == 303
        token = re.search(r'name="csrf_token" value="([^"]*)"', client.get("/login").text)
        assert token is not None
        client.post(
            "/login",
            data={"name": f"{Role.ENGINEER.value}-user", "password": PASSWORD, "csrf_token": token[1]},
        )
        page = client.get(HERE).text
        assert 'class="primary big"' in page
        assert "改期或更改" not in page
        assert post(client, f"{HERE}/edit", day="2026-12-24").status_code == 403
        done = post(client, f"{HERE}/report", done_on="2026-01-16", done_plans=["m1-yearly", "m2-quarterly"])
        assert done.status_code == 303
        assert client.post(f"{HERE}/report", data={"done_on": "2026-01-16"}).status_code == 403
