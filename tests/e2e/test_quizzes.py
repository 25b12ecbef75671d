"""The questions of a course in a real browser, on a phone and at a desk: answered, gone back to, told why."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import overflow_px

SEEN = """() => new Promise((done) => {
  const turn = () => (performance.now() > 900 ? done() : requestAnimationFrame(turn)); turn(); })"""
"""A click on a page that nobody can have seen yet is none."""


def test_questions_are_answered_and_the_back_button_and_a_second_click_do_no_harm(page: Page) -> None:
    page.goto("/courses/COURSE-SAFETY")
    page.get_by_role("link", name="答题").click()
    page.get_by_label("姓名").fill("一位名字特别特别特别特别特别特别特别特别长的学员")
    page.get_by_role("button", name="开始").dblclick()
    expect(page).to_have_url(re.compile("/quiz-attempts/"))
    page.get_by_text("可以，钥匙在自己手里").click()
    assert overflow_px(page) == 0
    page.get_by_role("button", name="下一题").dblclick()
    expect(page.get_by_role("heading", name="第 2 题")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("可以，钥匙在自己手里")).to_be_checked()
    page.get_by_text("不可以，要在能上锁").click()
    page.get_by_role("button", name="下一题").click()
    page.get_by_text("显示器的亮度").click()
    page.goto(page.url.split("?")[0] + "?q=10")
    page.get_by_label("电容").select_option("等铭牌时间后实测")
    assert overflow_px(page) == 0
    page.get_by_role("button", name="下一题").click()
    page.goto(page.url.split("?")[0] + "?q=12")
    page.get_by_text("各轴快速回零").click()
    page.get_by_role("button", name="保存并检查").click()
    expect(page.get_by_text("没答的按错计")).to_be_visible()
    assert overflow_px(page) == 0
    page.evaluate(SEEN)
    page.get_by_role("button", name="交卷，看结果").dblclick()
    expect(page).to_have_url(re.compile("/result$"))
    expect(page.get_by_text("那不是能量")).to_be_visible()
    assert overflow_px(page) == 0
    page.go_back()
    expect(page).to_have_url(re.compile("/(result|check)$"))
    page.goto("/courses/COURSE-SAFETY/results")
    expect(page.get_by_role("heading", name="从答题情况看题目")).to_be_visible()
    assert overflow_px(page) == 0
