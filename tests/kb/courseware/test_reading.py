"""The Markdown of a course becomes slides; whatever is wrong is told at once, with its line."""

from datetime import date

import pytest

from kb.content.pages import CoursePage
from kb.courseware.deck import Layout, Slide
from kb.courseware.reading import slides_of
from kb.errors import BadContent

REVISIONS = {"GUIDE-LOTO": 3, "CASE-AXS-01": 1}
WHOLE = """# 先断电

为什么先断电

## 断电五步

1. 通知
2. 停机
   - 按急停
3. 上锁 **挂牌**

> 讲者：先问大家谁上过锁。
> 再讲。

来源：GUIDE-LOTO

## 两种停法 {.comparison}

### 急停

- 快

### 断电

- 安全

## 接线 {.picture}

![光栅接线](../guides/figures/scale-wiring.svg "屏蔽层单端接地")

## 极限

| 项 | 值 |
|---|---|
| 电压 | `50 V` |

## 你先查什么？ {.question}

- A 驱动
- B 接触器

### 答

先查接触器。
"""


def a_course(**changes: object) -> CoursePage:
    values: dict[str, object] = {
        "id": "COURSE-SAFETY",
        "type": "course",
        "title": "断电与上锁",
        "title_en": "Isolation and lockout",
        "summary": "先断电再动手",
        "status": "released",
        "confidence": "validated",
        "audience": "internal",
        "owner": "培训组",
        "created": date(2026, 11, 25),
        "reviewed": date(2026, 11, 25),
        "review_due": date(2027, 11, 25),
        "revision": 1,
        "objectives": ["会上锁"],
        "audience_level": "初级",
        "duration_minutes": 60,
        "built_from": [{"id": "GUIDE-LOTO", "revision": 3}],
    }
    return CoursePage.model_validate({**values, **changes})


def read(body: str, **changes: object) -> tuple[Slide, ...]:
    return slides_of(a_course(**changes), body, file="courses/safety.md", first_line=30, revisions=REVISIONS)


def test_each_kind_of_slide_is_read() -> None:
    slides = read(WHOLE)
    assert [slide.layout for slide in slides] == [
        Layout.SECTION,
        Layout.CONTENT,
        Layout.COMPARISON,
        Layout.PICTURE,
        Layout.TABLE,
        Layout.QUESTION,
        Layout.ANSWER,
    ]
    section, steps, compared, picture, table, question, answer = slides
    assert [line.text for line in section.lines] == ["为什么先断电"]
    assert [(line.number, line.level, line.text) for line in steps.lines] == [
        (1, 0, "通知"),
        (2, 0, "停机"),
        (None, 1, "按急停"),
        (3, 0, "上锁 挂牌"),
    ]
    assert [run.bold for run in steps.lines[3].runs] == [False, True]
    assert steps.notes == "讲者：先问大家谁上过锁。再讲。"
    assert [str(source) for source in steps.sources] == ["GUIDE-LOTO r3"]
    assert steps.place == "courses/safety.md:34"
    assert [(column.title, column.lines[0].text) for column in compared.columns] == [
        ("急停", "快"),
        ("断电", "安全"),
    ]
    assert picture.picture is not None
    assert (picture.picture.file, picture.picture.caption) == (
        "guides/figures/scale-wiring.svg",
        "屏蔽层单端接地",
    )
    assert table.grid is not None
    assert (table.grid.head, table.grid.rows) == (("项", "值"), (("电压", "50 V"),))
    assert question.title == answer.title == "你先查什么？"
    assert answer.lines[0].text == "先查接触器。"


WRONG = """前言

## 空的

## 太多

- 文字

![](../../secret.png)

## 没有答案 {.question}

问

## 布局 {.fancy}

- 文字

来源：GUIDE-NONE, CASE-AXS-01

#### 太深

## 宽

| a | b | c | d | e | f | g |
|---|---|---|---|---|---|---|
| 1 | 2 | 3 | 4 | 5 | 6 | 7 |
"""


def test_every_fault_is_told_with_its_line() -> None:
    with pytest.raises(BadContent, match="COURSE-SAFETY makes no deck") as refusal:
        read(WRONG)
    told = [(fault.where, fault.what) for fault in refusal.value.faults]
    assert told == [
        ("courses/safety.md:30", "stands before the first slide"),
        ("courses/safety.md:38", "has a picture without alt"),
        ("courses/safety.md:38", "has a picture from outside"),
        ("courses/safety.md:44", "asks for the layout fancy"),
        ("courses/safety.md:50", "is a heading of level 4"),
        ("courses/safety.md:54", "has a table of 7 columns"),
        ("courses/safety.md:32", "is empty"),
        ("courses/safety.md:34", "has text and a picture"),
        ("courses/safety.md:40", "is a question without one answer"),
        ("courses/safety.md:44", "names the source GUIDE-NONE, which is no page"),
        ("courses/safety.md:44", "names CASE-AXS-01, which is not in built_from"),
    ]


def test_an_empty_course_has_no_slide_and_html_stays_text() -> None:
    with pytest.raises(BadContent, match="has no slide"):
        read("\n")
    (slide,) = read("## 题\n\n- <script>alert(1)</script>\n")
    assert slide.lines[0].text == "<script>alert(1)</script>"
