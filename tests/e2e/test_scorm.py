"""The package is played by a run-time of SCORM 1.2 in a real browser: launched, answered, finished, resumed."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, Route

from kb.content.quiz import QuizItem
from kb.courseware.scoring import share_of
from kb.usecases.courses import build_course, course
from tests.conftest import the_real_library
from tests.e2e.conftest import PHONE, until
from tests.kb.courseware.test_scoring import MATCH, MULTIPLE, NUMERIC, SHORT, SINGLE

SAFETY = "COURSE-SAFETY"
PLATFORM = "http://platform.test"
RUNTIME = r"""<!doctype html><title>platform</title><iframe id="sco" style="width:100%;height:90vh"></iframe><script>
const decimal = (low, high) => (text) => /^-?\d+(\.\d+)?$/.test(text) && Number(text) >= low && Number(text) <= high;
const of = (pattern) => (text) => pattern.test(text);
const responses = { choice: /^[a-z0-9](,[a-z0-9])*$/, "true-false": /^[tf01]/, "fill-in": /^[^]{0,255}$/, numeric: /^-?\d+(\.\d+)?$/,
  matching: /^[a-z0-9]\.[a-z0-9](,[a-z0-9]\.[a-z0-9])*$/ };
const rules = {
  "cmi.core.lesson_status": of(/^(passed|completed|failed|incomplete|browsed)$/),
  "cmi.core.lesson_location": of(/^[^]{0,255}$/), "cmi.core.exit": of(/^(time-out|suspend|logout|)$/),
  "cmi.core.score.raw": decimal(0, 100), "cmi.core.score.min": decimal(0, 100), "cmi.core.score.max": decimal(0, 100),
  "cmi.core.session_time": of(/^\d{2,4}:[0-5]\d:[0-5]\d(\.\d{1,2})?$/), "cmi.suspend_data": of(/^[^]{0,4096}$/),
};
const readable = ["cmi.core.lesson_status", "cmi.suspend_data", "cmi.core.entry", "cmi.interactions._count"];
window.lms = { data: {}, wrong: [], log: [], running: false, commits: 0 };
const wrong = (text) => { lms.wrong.push(text); return "false"; };
window.API = {
  LMSInitialize: (text) => { if (text !== "" || lms.running) return wrong("LMSInitialize"); lms.running = true; lms.log.push("begin"); return "true"; },
  LMSFinish: (text) => { if (text !== "" || !lms.running) return wrong("LMSFinish"); lms.running = false; lms.log.push("end"); return "true"; },
  LMSGetValue: (name) => {
    if (!lms.running || !readable.includes(name)) return wrong("read " + name) && "";
    if (name === "cmi.interactions._count") return String(new Set(Object.keys(lms.data).filter((one) => one.startsWith("cmi.interactions.")).map((one) => one.split(".")[2])).size);
    return lms.data[name] || (name === "cmi.core.lesson_status" ? "not attempted" : "");
  },
  LMSSetValue: (name, value) => {
    if (!lms.running || typeof value !== "string") return wrong("write " + name);
    const part = /^cmi\.interactions\.(\d+)\.(id|type|student_response|result)$/.exec(name);
    let fits = Boolean(rules[name] && rules[name](value));
    if (part) fits = { id: () => /^[A-Za-z0-9-]{1,255}$/.test(value), type: () => value in responses, result: () => /^(correct|wrong)$/.test(value),
      student_response: () => responses[lms.data["cmi.interactions." + part[1] + ".type"]].test(value) }[part[2]]();
    if (!fits) return wrong(name + " = " + value);
    lms.data[name] = value; return "true";
  },
  LMSCommit: (text) => { if (text !== "" || !lms.running) return wrong("LMSCommit"); lms.commits += 1; return "true"; },
  LMSGetLastError: () => "0", LMSGetErrorString: () => "", LMSGetDiagnostic: () => "",
};
</script>"""
SAME = """([questions, given]) => questions.map((question, n) => quiz.share(question, given[n]))"""


@pytest.fixture(scope="module")
def package() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(build_course(the_real_library(), SAFETY, "scorm").content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def platform(browser: Browser, package: dict[str, bytes]) -> Iterator[Page]:
    """A page of a learning platform on a phone's screen, with everything that went wrong in it."""
    context = browser.new_context(viewport=PHONE, locale="zh-CN")
    served(context, package)
    context.set_default_timeout(8000)
    page = context.new_page()
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.goto(f"{PLATFORM}/")
    yield page
    assert page.evaluate("lms.wrong") == []
    assert heard == []
    context.close()


def served(context: BrowserContext, package: dict[str, bytes]) -> None:
    def answer(route: Route) -> None:
        name = route.request.url.removeprefix(PLATFORM).lstrip("/").partition("#")[0]
        content = package.get(name) if name else RUNTIME.encode()
        if content is None:
            route.fulfill(status=404)
            return
        kind = {"css": "text/css", "js": "text/javascript"}.get(
            name.rpartition(".")[2], "text/html; charset=utf-8"
        )
        route.fulfill(status=200, body=content, content_type=kind)

    context.route("**/*", answer)


def launched(page: Page) -> Frame:
    page.evaluate("document.getElementById('sco').src = '/index.html'")
    until(page, "lms.running")
    frame = page.frame(url=f"{PLATFORM}/index.html**")
    assert frame is not None
    until(frame, "window.quiz && document.querySelector('.frame.now')")
    return frame


def closed(page: Page) -> dict[str, Any]:
    """Leave the package as a learner does and return what the platform knows."""
    page.evaluate("document.getElementById('sco').src = 'about:blank'")
    until(page, "!lms.running")
    return dict(page.evaluate("lms.data"))


def answered(frame: Frame, *, wrong: int = 0) -> None:
    """Answer every question, the first `wrong` ones with nothing, and go to the end."""
    for number, one in enumerate(course(the_real_library(), SAFETY).quiz):
        if number >= wrong:
            if one.kind == "match":
                for place, option in enumerate(one.options):
                    frame.locator(".quiz select").nth(place).select_option(option.pair)
            elif one.kind in {"short", "numeric"}:
                frame.locator(".quiz input").fill(one.options[0].text)
            else:
                for option in one.options:
                    if option.correct:
                        frame.locator(".quiz label", has_text=option.text).first.click()
        frame.locator(".quiz .go .first").click()
    frame.get_by_role("button", name="交卷，看结果").click()


def test_a_learner_stops_comes_back_to_the_same_place_and_passes(platform: Page) -> None:
    frame = launched(platform)
    assert platform.evaluate("lms.data['cmi.core.lesson_status']") == "incomplete"
    for _ in range(3):
        frame.get_by_role("button", name="下一张").click()
    frame.get_by_role("button", name="题目").click()
    frame.get_by_text("不可以，要在能上锁").click()
    frame.get_by_role("button", name="下一题").click()
    left = closed(platform)
    assert (left["cmi.core.lesson_status"], left["cmi.core.exit"]) == ("incomplete", "suspend")
    assert left["cmi.core.lesson_location"] == "4"
    assert "cmi.core.score.raw" not in left
    frame = launched(platform)
    assert frame.evaluate("slides.at()") == 3
    frame.get_by_role("button", name="题目").click()
    assert "2. 下面哪些" in frame.inner_text(".quiz")
    frame.get_by_role("button", name="上一题").click()
    assert frame.get_by_label("不可以，要在能上锁的总断路器处分断").is_checked()
    answered(frame)
    assert "100 % · 通过" in frame.inner_text(".quiz")
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
    done = closed(platform)
    assert {name.rpartition(".")[2]: done[f"cmi.core.score.{name}"] for name in ("raw", "min", "max")} == {
        "raw": "100",
        "min": "0",
        "max": "100",
    }
    assert (done["cmi.core.lesson_status"], done["cmi.core.exit"]) == ("passed", "")
    results = [value for name, value in done.items() if name.endswith(".result")]
    assert results == ["correct"] * 12
    assert platform.evaluate("lms.log") == ["begin", "end"] * 2
    frame = launched(platform)
    frame.get_by_role("button", name="题目").click()
    assert "100 % · 通过" in frame.inner_text(".quiz"), "a passed course shows its result and stays passed"
    assert closed(platform) == {
        **done,
        "cmi.core.session_time": platform.evaluate("lms.data['cmi.core.session_time']"),
    }


def test_a_learner_fails_sees_why_and_takes_it_once_more(platform: Page) -> None:
    frame = launched(platform)
    frame.get_by_role("button", name="题目").click()
    answered(frame, wrong=3)
    told = platform.evaluate("lms.data")
    assert (told["cmi.core.lesson_status"], told["cmi.core.score.raw"]) == ("failed", "75")
    assert "急停只让机床停下来，不切断电源" in frame.inner_text(".quiz")
    frame.get_by_role("button", name="再做一次").click()
    assert platform.evaluate("lms.data['cmi.core.lesson_status']") == "incomplete"
    answered(frame, wrong=1)
    told = closed(platform)
    assert (told["cmi.core.lesson_status"], told["cmi.core.score.raw"]) == ("passed", "91.67")


def test_the_package_counts_as_the_service_does_and_says_when_nothing_is_recorded(
    browser: Browser, package: dict[str, bytes]
) -> None:
    context = browser.new_context()
    served(context, package)
    page = context.new_page()
    page.goto(f"{PLATFORM}/index.html")
    page.get_by_role("button", name="Questions").or_(page.get_by_role("button", name="题目")).click()
    assert page.locator(".unrecorded").is_visible()
    answers = (
        "锁",
        "停",
        "",
        "5.1",
        "5.1000000001",
        "５，１",
        "5.11",
        "４．９",
        "nan",
        "1e1",
        "五",
        " 铸件FACE。",
        "铸件",
    )
    cases: list[tuple[QuizItem, tuple[str, ...]]] = [
        (question, (text,)) for question in (SINGLE, NUMERIC, SHORT) for text in answers
    ]
    cases += [(MULTIPLE, tuple(said)) for said in ("", "A", "AB", "AC", "ABC", "CDEFG", "ABCDEFG")]
    cases += [(MATCH, said) for said in ((), ("锁", "排", "垫"), ("锁", "", "排"), ("", "排"))]
    questions = [question.model_dump(mode="json") for question, _ in cases]
    shares = page.evaluate(SAME, [questions, [list(said) for _, said in cases]])
    assert shares == pytest.approx([share_of(question, said) for question, said in cases])
    context.close()
