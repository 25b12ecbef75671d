"""Questions as rows and back: nothing is lost, columns may be called anything, every fault of every row is told."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content.quiz import QuizItem
from kb.courseware.bank import LETTERS, bank_table, columns_of, fields, read_rows, too_many
from tests.kb.courseware.test_scoring import MATCH, MULTIPLE, NUMERIC, SHORT, SINGLE, a_question

HEAD = ["编号", "题型", "题目", "选项A", "选项B", "选项C", "正确答案", "允许偏差", "解析", "出处"]


def rows(*cells: list[Any], head: list[Any] | None = None) -> list[tuple[int, list[Any]]]:
    return [(1, head or HEAD), *((number, one) for number, one in enumerate(cells, 2))]


def named(*questions: QuizItem) -> tuple[QuizItem, ...]:
    return tuple(one.model_copy(update={"id": f"Q{n}"}) for n, one in enumerate(questions, 1))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_of_question_comes_back_as_it_went(language: str) -> None:
    either = a_question("true_false", {"text": "正确", "why": "因为"}, {"text": "错误", "correct": True})
    whole = NUMERIC.model_copy(update={"why": "铭牌", "source": "GUIDE-LOTO"})
    asked = named(SINGLE, MULTIPLE, whole, SHORT, MATCH, either)
    table = bank_table(asked, headers={}, language=language)
    came, faults = read_rows([(1, table.head), *enumerate(table.rows, 2)], {})
    assert (came, faults) == (asked, ())


TEXT = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=12)


@given(texts=st.lists(TEXT, min_size=2, max_size=5, unique=True), right=st.integers(0, 4), stem=TEXT)
def test_any_texts_come_back_as_they_went(texts: list[str], right: int, stem: str) -> None:
    options = [{"text": text, "correct": place == right % len(texts)} for place, text in enumerate(texts)]
    asked = QuizItem.model_validate({"id": "Q1", "kind": "single", "stem": stem, "options": options})
    table = bank_table([asked], headers={}, language="zh")
    assert read_rows([(1, table.head), (2, table.rows[0])], {}) == ((asked,), ())


def test_columns_are_called_as_a_department_calls_them() -> None:
    headers = {"stem": "试题内容", "right": "标准 答案"}
    table = bank_table(named(SINGLE), headers=headers, language="zh")
    assert {"试题内容", "标准 答案", "选项A"} <= set(table.head)
    assert read_rows([(1, table.head), (2, table.rows[0])], headers)[0] == named(SINGLE)
    found, strange = columns_of(["标准答案", "备注", None, "STEM", "题目"], headers)
    assert found == {0: "right", 3: "stem"}
    assert strange == ("备注", "题目")


@pytest.mark.parametrize(
    ("cells", "kind", "right"),
    [
        pytest.param(
            ["", "", "停了吗", "停", "没停", None, "B"], "single", ("没停",), id="kind shown by answers"
        ),
        pytest.param(["", "", "哪些", "甲", "乙", "丙", "A、C"], "multiple", ("甲", "丙"), id="two letters"),
        pytest.param(["", "", "对吗", None, None, None, "×"], "true_false", ("错",), id="a cross"),
        pytest.param(
            ["", "判断题", "对吗", "正确", "错误", None, "F"],
            "true_false",
            ("错误",),
            id="F of true or false",
        ),
        pytest.param(
            ["", "简答", "哪里", None, None, None, "铸件；铸件面"],
            "short",
            ("铸件", "铸件面"),
            id="texts as right",
        ),
        pytest.param(
            ["", "数值", "几伏", None, None, None, 60.0, 5.0], "numeric", ("60",), id="a number as right"
        ),
        pytest.param(
            ["", "单选", "哪个", "50 V", "60 V", None, "60 V"], "single", ("60 V",), id="the text as right"
        ),
    ],
)
def test_banks_of_elsewhere_are_understood(cells: list[Any], kind: str, right: tuple[str, ...]) -> None:
    (one,), faults = read_rows(rows(cells), {})
    assert faults == ()
    assert (one.id, one.kind) == ("Q1", kind)
    assert tuple(option.text for option in one.options if option.correct) == right


def test_every_fault_of_every_row_is_told_and_good_rows_come() -> None:
    came, faults = read_rows(
        rows(
            ["Q1", "单选", "好题", "甲", "乙", None, "A"],
            ["Q2", "问答", "?", "甲", "乙", None, "A"],
            ["Q3", "单选", "", "甲", "乙", None, "A"],
            ["Q4", "单选", "?", "甲", "乙", None, "D"],
            ["Q5", "单选", "?", "甲", "甲", None, "B"],
            ["Q1", "单选", "?", "甲", "乙", None, "A"],
            ["Q7", "数值", "?", None, None, None, "很多", "一点"],
            ["Q8", "多选", "?", "甲", "乙", None, "AB"],
        ),
        {},
    )
    assert [one.id for one in came] == ["Q1"]
    told = {(fault.row, fault.field) for fault in faults}
    assert {(3, "kind"), (4, "stem"), (5, "right"), (7, "id"), (8, "tolerance")} <= told
    assert {fault.row for fault in faults} == {3, 4, 5, 6, 7, 8, 9}


def test_a_table_without_questions_or_without_their_column_says_so() -> None:
    assert read_rows([], {})[1][0].what == "is empty"
    assert read_rows(rows(), {})[1][0].what == "has no question below its head"
    (fault,) = read_rows(rows(["x"], head=["备注", "日期"]), {})[1]
    assert "it has 备注, 日期" in fault.what


def test_a_question_with_more_options_than_columns_is_told() -> None:
    many = a_question("short", *({"text": str(n), "correct": True} for n in range(len(LETTERS) + 1)))
    assert too_many([many, SINGLE]) == ("q",)
    assert len(set(fields())) == len(fields())
