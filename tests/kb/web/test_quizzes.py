"""Questions on pages and over the API: clicked twice, gone back to, read by others, never told before the end."""

import re

import pytest
from fastapi.testclient import TestClient

from kb.usecases.accounts import Role
from kb.usecases.quizzes import results_of
from kb.wiring import House
from tests.kb.api.conftest import bearer, client, guarded, guarded_client, house

__all__ = ["client", "guarded", "guarded_client", "house"]
SAFETY = "COURSE-SAFETY"
START = f"/courses/{SAFETY}/quiz"
CHINESE = {"accept-language": "zh-CN"}


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def begun(client: TestClient, **more: str) -> tuple[str, dict[str, str]]:
    """Begin an attempt as a browser does; return its address and the fields every form carries."""
    page = client.get(START, headers=CHINESE).text
    form = {
        "csrf_token": hidden(page, "csrf_token"),
        "attempt": hidden(page, "attempt"),
        "person": "李工",
        **more,
    }
    first, second = (client.post(START, data=form, follow_redirects=False) for _ in range(2))
    assert (first.status_code, first.headers["location"]) == (303, second.headers["location"])
    return first.headers["location"], {"csrf_token": form["csrf_token"]}


def test_an_attempt_is_taken_question_by_question_and_its_result_says_why(
    client: TestClient, house: House
) -> None:
    address, form = begun(client)
    page = client.get(address, headers=CHINESE)
    assert "第 1 题" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "急停只让机床停下来" not in page.text, "why is told after the end"
    wrong = {**form, "shown": "1", "a1": "可以，钥匙在自己手里", "go": "next"}
    for _ in range(2):
        to = client.post(address, data=wrong, follow_redirects=False)
        assert (to.status_code, to.headers["location"]) == (303, f"{address}?q=2")
    assert 'value="可以，钥匙在自己手里" checked' in client.get(f"{address}?q=1").text
    back = client.post(address, data={**form, "shown": "2", "go": "previous"}, follow_redirects=False)
    assert back.headers["location"] == f"{address}?q=1"
    pairs = ["", "关总阀并锁住，排空储气罐", "", ""]
    client.post(address, data={**form, "shown": "10", "a10": pairs})
    typed = client.post(address, data={**form, "shown": "12", "go": "next"}, follow_redirects=False)
    assert typed.headers["location"] == f"{address}/check"
    assert "没答的按错计" in client.get(f"{address}/check", headers=CHINESE).text
    for _ in range(2):
        end = client.post(address, data={**form, "go": "finish"}, follow_redirects=False)
        assert end.headers["location"] == f"{address}/result"
    result = client.get(f"{address}/result", headers=CHINESE).text
    assert "锁住的是急停，电源还在" in result
    assert 'href="/pages/GUIDE-LOTO"' in result
    assert "部分正确：25 %" in result
    (kept,) = results_of(house.store, course_id=SAFETY)
    assert (kept.person, kept.score) == ("李工", pytest.approx(0.25 / 12))
    late = client.post(address, data={**wrong, "a1": "可以，只要有人看着"}, headers=CHINESE)
    assert "这次答题已交卷，没有改动" in late.text
    assert client.get(f"{address}?q=3", follow_redirects=False).headers["location"] == f"{address}/result"


def test_all_questions_on_one_page_are_kept_at_once(client: TestClient) -> None:
    address, form = begun(client, whole="1")
    page = client.get(address, headers=CHINESE).text
    assert page.count('name="shown"') == 12
    sent = {**form, "shown": [str(n) for n in range(1, 13)], "a3": "错", "a9": " 铸件面 ", "go": "check"}
    check = client.post(address, data=sent, headers=CHINESE).text
    assert "还没答：1, 2, 4, 5, 6, 7, 8, 10, 11, 12" in check


def test_a_form_without_a_name_an_answer_that_is_none_and_a_course_that_is_none(client: TestClient) -> None:
    page = client.get(START).text
    form = {"csrf_token": hidden(page, "csrf_token"), "attempt": hidden(page, "attempt"), "person": " "}
    again = client.post(START, data=form)
    assert (again.status_code, "写上答题人姓名" in again.text) == (422, True)
    address, form = begun(client, person="<b>'\"&" + "长" * 70)
    assert "&lt;b&gt;" in client.get(address).text
    assert client.post(address, data={**form, "shown": "1", "a1": "没有"}).status_code == 422
    assert client.post(address, data={**form, "shown": ["0", "99", "x"], "a0": "?"}).status_code == 200
    assert client.get("/courses/COURSE-NONE/quiz").status_code == 404
    assert client.get("/quiz-attempts/nobodys-attempt").status_code == 404


def test_answers_over_the_api_are_anothers_to_nobody_and_trainers_read_results(
    guarded_client: TestClient,
) -> None:
    engineer, editor = bearer(guarded_client, Role.ENGINEER), bearer(guarded_client, Role.EDITOR)
    path = f"/api/v1/courses/{SAFETY}"
    new = {"id": "attempt-0001", "person": "somebody else"}
    begun = guarded_client.post(f"{path}/quiz-attempts", json=new, headers=engineer)
    assert (begun.status_code, begun.json()["person"]) == (201, "engineer-user")
    assert "right" not in begun.json()["questions"][0]
    one = "/api/v1/quiz-attempts/attempt-0001"
    assert guarded_client.get(one, headers=editor).status_code == 200
    answers = {"answers": {"Q1": ["不可以，要在能上锁的总断路器处分断"], "Q9": ["铸件"]}}
    assert guarded_client.put(f"{one}/answers", json=answers, headers=editor).status_code == 403
    assert guarded_client.put(f"{one}/answers", json=answers, headers=engineer).status_code == 200
    bad = guarded_client.put(f"{one}/answers", json={"answers": {"Q1": ["?"], "Q77": []}}, headers=engineer)
    assert {fault["where"] for fault in bad.json()["faults"]} == {"Q1", "Q77"}
    ended = guarded_client.post(f"{one}/end", headers=engineer).json()
    assert (ended["passed"], ended["questions"][8]["share"]) == (False, 1.0)
    assert ended["questions"][0]["verdicts"][0]["right"] in {True, False}
    changed = guarded_client.put(f"{one}/answers", json={"answers": {"Q9": ["鼻端"]}}, headers=engineer)
    assert changed.status_code in {409, 412}
    assert guarded_client.get(f"{path}/results", headers=engineer).status_code == 403
    told = guarded_client.get(f"{path}/results", headers=editor).json()
    assert (told["persons"], told["passed"], len(told["questions"])) == (1, 0, 12)
    assert told["questions"][0]["right"] == 1.0


def test_a_file_of_questions_is_shown_before_it_is_written_and_its_faults_are_told(
    client: TestClient,
) -> None:
    address = f"/courses/{SAFETY}/quiz/import"
    form = {"csrf_token": hidden(client.get(address).text, "csrf_token"), "mode": "merge"}

    def sent(name: str, text: str, **more: str) -> tuple[int, str]:
        answer = client.post(
            address, data={**form, **more}, files={"document": (name, text.encode())}, headers=CHINESE
        )
        return answer.status_code, answer.text

    table = "试题,选项A,选项B,正确答案,编号\n谁<b>开锁,谁上锁谁开,班长,A,Q13\n"
    status, page = sent("a.csv", table, columns="stem ＝ 试题\n")
    assert (status, "新题: 1" in page, "谁&lt;b&gt;开锁" in page) == (200, True, True)
    assert '"id":"Q13"' in page.replace("&#34;", '"')
    status, page = sent("a.csv", table)
    assert (status, "no column holds the question" in page) == (422, True)
    status, page = sent("a.gift", "::Q1:: open {")
    assert (status, "有 1 处要改" in page) == (422, True)
    assert client.post(address, data=form).status_code == 422
    stale = {**form, "questions": "[]", "based_on": "0" * 64, "why": "x"}
    refused = client.post(f"{address}/write", data=stale, headers=CHINESE)
    assert refused.status_code in {409, 422}
    assert client.post(f"{address}/write", data={**form, "questions": "[1"}).status_code == 422


def test_questions_are_brought_in_over_the_api_in_two_steps(guarded_client: TestClient) -> None:
    path = f"/api/v1/courses/{SAFETY}/quiz-imports"
    file = {"document": ("a.gift", "::Q13:: 新 {T}".encode())}
    engineer, editor = bearer(guarded_client, Role.ENGINEER), bearer(guarded_client, Role.EDITOR)
    assert guarded_client.post(path, files=file, headers=engineer).status_code == 403
    shown = guarded_client.post(path, files=file, headers=editor).json()
    assert (shown["counts"], shown["written"]) == ({"new": 1, "kept": 12}, False)
    stale = guarded_client.post(path, files=file, data={"based_on": "0" * 64, "why": "x"}, headers=editor)
    assert stale.status_code in {409, 412}
    bad = guarded_client.post(path, files={"document": ("a.csv", b"x,y\n1,2\n")}, headers=editor)
    assert bad.json()["faults"][0]["where"].startswith("1 ")
