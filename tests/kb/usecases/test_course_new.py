"""A course proposed from pages passes the checks, says nothing that they do not say, and tells what they lack."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content import Library
from kb.content.pages import CasePage, CoursePage
from kb.courseware.deck import Layout
from kb.courseware.reading import slides_of
from kb.errors import BadInput
from kb.i18n import translator
from kb.usecases.course_drawing import plain, sentences, steps
from kb.usecases.course_new import MOST_PAGES, ProposedCourse, propose_course
from kb.usecases.editing_text import parsed
from tests.conftest import ROOT, the_real_library
from tests.kb.cli.running import Servicebook
from tests.kb.courseware.test_reading import a_course

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
CHOSEN = ("CASE-MEA-07", "GUIDE-READHEAD-GAP", "CASE-AXS-02", "CASE-AXS-03", "CHK-DRO-SHIFT")


@pytest.fixture(scope="module")
def library() -> Library:
    return the_real_library()


@pytest.fixture(scope="module")
def made(library: Library) -> ProposedCourse:
    return propose_course(library, CHOSEN, owner="培训组", now=NOW, title="先查什么")


@pytest.fixture(scope="module")
def page(made: ProposedCourse) -> CoursePage:
    found = parsed(made.path, made.text).page
    assert isinstance(found, CoursePage)
    return found


def test_a_proposal_passes_every_check_and_is_long_enough_to_be_a_course(made: ProposedCourse) -> None:
    assert made.faults == ()
    assert (made.id, made.path) == ("COURSE-MEA-07", "courses/mea-07.md")
    assert made.slides >= 30
    assert made.questions == 10
    assert [one for one in made.lacks if one.where == made.id] == []


def test_it_rests_on_the_pages_as_they_stand_and_on_their_sources(
    made: ProposedCourse, page: CoursePage, library: Library
) -> None:
    assert [(one.id, one.revision) for one in page.built_from] == [
        (id, library.pages[id].revision) for id in CHOSEN
    ]
    named = {source.ref for id in CHOSEN for source in library.pages[id].sources}
    assert {source.ref for source in page.sources} == named
    assert (page.status, page.confidence, page.title) == ("in_preparation", "wip", "先查什么")
    assert page.audience == "internal", "the narrowest audience of its pages"
    outlined = {entry.source for entry in page.outline}
    assert outlined == set(CHOSEN)


def test_a_case_goes_from_symptom_to_prevention(
    page: CoursePage, made: ProposedCourse, library: Library
) -> None:
    body = parsed(made.path, made.text).body
    revisions = {id: one.revision for id, one in library.pages.items()}
    slides = [
        one
        for one in slides_of(page, body, file=made.path, first_line=1, revisions=revisions)
        if [source.id for source in one.sources] == ["CASE-MEA-07"]
    ]
    assert [one.title.partition("：")[2] for one in slides] == [
        "现象",
        "你先查什么？",
        "你先查什么？",
        "原因",
        "处理",
        "怎样证明修好了",
        "怎样不再来",
    ]
    assert [one.layout for one in slides[1:3]] == [Layout.QUESTION, Layout.ANSWER]
    case = library.pages["CASE-MEA-07"]
    assert isinstance(case, CasePage)
    assert [line.text for line in slides[2].lines] == [case.solutions[0].check]
    told = [line.text for line in slides[3].lines]
    assert told[::2] == [one.cause.text for one in case.solutions]
    assert told[1::2] == [f"查：{one.check}" for one in case.solutions]


def test_every_wrong_answer_says_why_and_the_right_one_is_not_always_the_first(page: CoursePage) -> None:
    single = [one for one in page.quiz if one.kind == "single"]
    assert all(option.why for one in single for option in one.options)
    places = {position for one in single for position, option in enumerate(one.options) if option.correct}
    assert len(places) > 1
    assert len({one.id for one in page.quiz}) == len(page.quiz)


def test_hazards_of_all_pages_stand_first_and_the_worst_before_the_rest(
    page: CoursePage, library: Library
) -> None:
    assert page.hazards != "none"
    types = [one.type for one in page.hazards]
    assert types == sorted(types)
    want = {
        (one.type, one.hazard)
        for id in CHOSEN
        for hazards in [library.pages[id].hazards]
        if hazards != "none"
        for one in hazards
        if one.type in {"danger", "warning"}
    }
    assert {(one.type, one.hazard) for one in page.hazards} == want


def test_what_pages_do_not_say_is_told_and_not_made_up(library: Library) -> None:
    made = propose_course(library, ["ALM-FANUC-SV0411"], owner="培训组", now=NOW)
    assert made.faults == ()
    told = {(one.where, one.what) for one in made.lacks}
    assert ("ALM-FANUC-SV0411", "is an alarm: it says nothing of prevention") in told
    assert (made.id, "has too few questions") in told
    assert "怎样不再来" not in made.text


def test_every_page_of_the_library_that_gives_slides_gives_ones_that_can_be_saved(library: Library) -> None:
    ids = [id for id, one in library.pages.items() if one.type in {"case", "guide", "alarm", "checklist"}]
    for start in range(0, len(ids), 230):
        made = propose_course(library, ids[start : start + MOST_PAGES], owner="培训组", now=NOW)
        assert made.faults == ()
        assert made.slides > 0


def test_all_that_is_wrong_with_a_wish_is_told_at_once(library: Library) -> None:
    wish = ["CASE-NONE-1", "TERM-alarm", "COURSE-SAFETY"]
    with pytest.raises(BadInput, match="no course was proposed") as refused:
        propose_course(library, wish, owner="x", now=NOW, id="COURSE-SAFETY", title="t" * 201)
    places = [one.where for one in refused.value.faults]
    assert places == ["CASE-NONE-1", "TERM-alarm", "COURSE-SAFETY", "id", "title"]
    with pytest.raises(BadInput, match="names 0 pages"):
        propose_course(library, [" "], owner="x", now=NOW)
    cases = [id for id, one in library.pages.items() if one.type == "case"]
    with pytest.raises(BadInput, match=f"names {MOST_PAGES + 1} pages"):
        propose_course(library, cases[: MOST_PAGES + 1], owner="x", now=NOW)
    assert propose_course(library, cases[:MOST_PAGES], owner="x", now=NOW).faults == ()


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1))
def test_no_text_of_a_page_becomes_markup(text: str) -> None:
    one = " ".join(text.split())
    if not one:
        return
    body = f"## 题\n\n- {plain(text)}\n\n来源：GUIDE-LOTO"
    (slide,) = slides_of(a_course(), body, file="courses/x.md", first_line=1, revisions={"GUIDE-LOTO": 3})
    assert [line.text for line in slide.lines] == [one]
    assert [run.code or run.bold for run in slide.lines[0].runs if run.code or run.bold] == []


def test_sentences_end_at_stops_but_not_within_brackets() -> None:
    assert sentences("先擦。再调；别急（冷机；热机）。好吗？") == [
        "先擦",
        "再调",
        "别急（冷机；热机）",
        "好吗？",
    ]
    assert sentences(" 。 ") == []


def test_a_step_without_a_title_is_known_by_its_first_sentence() -> None:
    body = "### 步骤 1 看灯\n\n![图](figures/x.svg)\n绿是好。红就停。\n\n### 步骤 2\n\n记下来。\n\n## 验收\n\n### 步骤 9 无\n"
    assert steps(body) == [("看灯", "绿是好"), ("记下来", "")]


def test_a_course_is_proposed_by_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = {"SERVICEBOOK_HOME": str(tmp_path), "SERVICEBOOK_CONTENT_DIR": str(ROOT / "content")}
    servicebook = Servicebook(monkeypatch, capsys, environment)
    out = tmp_path / "new.md"
    words = ("--from", "CASE-MEA-07", "GUIDE-READHEAD-GAP", "--id", "COURSE-TRY", "--out", str(out))
    told = servicebook("course", "new", *words)
    assert (told.code, told.out.strip()) == (0, str(out))
    assert "has too few questions → 10 questions at least" in told.err
    assert parsed("courses/try.md", out.read_text("utf-8")).page is not None
    data = servicebook("course", "new", "--from", "CASE-MEA-07", "--from", "CASE-AXS-02", "--json").json()
    assert (data["id"], data["questions"], data["faults"]) == ("COURSE-MEA-07", 4, [])


def test_what_is_lacking_is_told_in_chinese_too(library: Library) -> None:
    words = translator("zh_CN")
    chosen = [
        ["ALM-FANUC-SV0411"],
        [id for id in library.pages if id.startswith("CASE-")][:MOST_PAGES],
        ["GUIDE-LOTO"],
    ]
    told = [lack for ids in chosen for lack in propose_course(library, ids, owner="x", now=NOW).lacks]
    assert len({lack.what for lack in told}) >= 4
    assert [text for lack in told for text in (lack.what, lack.repair) if words(text) == text] == []
