"""A planner's morning in a real browser, on a phone and on a desk: illness, an urgent job, a customer who says no."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from kb.api.app import create_app
from kb.settings import Settings
from kb.usecases.plan import latest_plan, plan_inspections
from kb.wiring import House, open_house
from tests.e2e.conftest import DESKTOP, PHONE, ROOT, overflow_px
from tests.kb.usecases.plan_register import FIRST, LAST, NOW, fill, small_register

MORNING = datetime(2026, 1, 12, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
GANTRY = "wuxi/m4-quarterly/quarterly/0"


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def morning(
    request: pytest.FixtureRequest, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Page, House]]:
    """A page at the house of a small department, on a Monday at eight."""
    settings = Settings(home=tmp_path_factory.mktemp("morning"), content_dir=ROOT / "content")
    house = open_house(settings, clock=lambda: MORNING)
    house.store.migrate()
    fill(house.store, small_register())
    plan_inspections(house.store, first_day=FIRST, last_day=LAST, now=NOW)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(create_app(house), host="127.0.0.1", port=port, log_level="warning")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started:
        if time.monotonic() > deadline or not thread.is_alive():
            pytest.fail("the service did not start")
        time.sleep(0.02)
    context = browser.new_context(
        viewport=request.param,
        base_url=f"http://127.0.0.1:{port}",
        locale="zh-CN",
        has_touch=request.param == PHONE,
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page, house
    context.close()
    server.should_exit = True
    thread.join(10)
    assert not complaints, complaints


def stands(house: House, key: str) -> tuple[str, str | None]:
    book = latest_plan(house.store)
    assert book is not None
    return book.visit(key).day.isoformat(), book.visit(key).technician_id


def test_illness_an_urgent_job_and_a_customer_who_says_no(morning: tuple[Page, House]) -> None:
    page, house = morning
    on_phone = page.viewport_size == PHONE

    # What everybody was told is put down first.
    page.goto("/plan/versions")
    page.get_by_label("给大家的说明").fill("周一早上")
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("版本 1 已发布")

    # Illness: the proposal is seen before it is accepted.
    page.goto("/plan/replan")
    page.get_by_label("缺勤的工程师").select_option("t1")
    page.locator("input[name=last]").fill("2026-01-16")
    page.get_by_label("原因（给人看）").fill("流感")
    page.get_by_role("button", name="先看结果").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("王工 2026-01-12 至 2026-01-16 缺勤")
    assert overflow_px(page) == 0
    page.get_by_role("button", name="采纳并写入").click()
    expect(page.get_by_role("status")).to_contain_text("方案已采纳")

    # Urgent: somebody with the skill goes today.
    page.goto("/plan/replan")
    page.get_by_label("故障现场").fill("kunshan")
    page.locator("input[name=by]").fill("2026-01-13")
    page.get_by_role("button", name="先看结果").click()
    expect(page.get_by_text("李工").first).to_be_visible()
    page.get_by_role("button", name="采纳并写入").click()
    expect(page.get_by_role("status")).to_contain_text("方案已采纳")

    # The customer says no: the visit goes to another day by hand, and what that breaks is read first.
    week, technician = stands(house, GANTRY)
    page.goto(f"/plan/board?week={week}")
    piece = page.locator(f'[data-key="{GANTRY}"]')
    free = page.locator(f'.place[data-technician="{technician}"][data-day="2026-01-17"]')
    if on_phone:
        piece.tap()
        expect(page.locator(".choice-bar")).to_be_visible()
        free.tap()
    else:
        piece.drag_to(free)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("将违反")
    assert stands(house, GANTRY) == (week, technician)
    dialog.get_by_role("button", name="保持不变").click()
    expect(dialog).to_be_hidden()

    # By keyboard: choose the visit, go to another day of the same person, say yes.
    piece.focus()
    page.keyboard.press("Space")
    place = page.locator(f'.place[data-technician="{technician}"]:not(.away):not([data-day="{week}"])').last
    target = place.get_attribute("data-day")
    place.focus()
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="确认执行")).to_be_visible()
    confirm = dialog.get_by_role("checkbox")
    if confirm.count():
        confirm.check()
    dialog.get_by_role("button", name="确认执行").click()
    expect(page.get_by_role("status").first).to_contain_text("已完成")
    assert stands(house, GANTRY) == (target, technician)
    assert overflow_px(page) == 0

    # What all of it changed, against what everybody was told.
    page.goto("/plan/versions/compare?before=1&after=now")
    expect(page.locator(".kind-new").first).to_contain_text(re.compile("新增 1"))
    page.goto(f"/plan/map?day={target}")
    expect(page.locator("#map .route").first).to_be_attached()
    box = page.locator("#map").get_attribute("viewBox")
    page.get_by_role("button", name="放大").click()
    assert page.locator("#map").get_attribute("viewBox") != box
    assert overflow_px(page) == 0
