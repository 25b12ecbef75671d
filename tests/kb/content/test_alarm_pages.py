"""The alarm pages of the library: each says something of its own, safely, and no more than its facts carry."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from kb.content import load_library
from kb.content.checks import DANGER_WORDS
from kb.content.pages import AlarmPage, Confidence, Grade
from kb.content.vocabulary import load_vocabularies

CONTENT = Path(__file__).parents[3] / "content"
LIBRARY = load_library(CONTENT)
ALARMS = sorted(
    (page for page in LIBRARY.pages.values() if isinstance(page, AlarmPage)), key=lambda page: page.id
)
MET_MOST = [
    "SV0401",
    "SV0410",
    "SV0411",
    "SV0417",
    "SV0433",
    "SV0434",
    "SV0435",
    "SV0436",
    "SP9001",
    "SP9012",
    "OT0500",
    "OT0506",
    "DS0300",
    "DS0306",
    "PS0090",
    "25000",
    "25050",
    "25201",
    "21612",
    "F07900",
    "F30002",
    "F30021",
    "F31110",
    "Z71",
    "A.830",
]

UNREAD = [page for page in ALARMS if {source.grade for source in page.sources} == {Grade.K}]
"""Pages that rest on trade knowledge alone: nobody here has read the maker's document."""
HANDS_ON = re.compile(
    r"测量|拆(?!过|装过)|插拔|重插|更换(?!日期)|换(?:板|件|模块|驱动|放大器|电池|传感器|编码器|风扇)"
    r"|(?<!不)(?:改|修改|调整)(?:参数|增益|检测级别|减速时间)|盘动|设零|清洁|清风道"
)
"""Work that opens a cabinet, touches power, moves an axis by hand or changes a parameter."""
MEASURE = re.compile(
    r"(?<![-A-Za-z0-9.])\d+(?:\.\d+)? ?(?:V|A|Ω|MΩ|kΩ|mm|μm|℃|%|MPa|bar|N·m|s|min|rpm)(?![A-Za-z0-9])"
)
"""A number with a unit: a limit that a reader might hold to."""


def paragraphs(page: AlarmPage) -> list[str]:
    """Return the sentences of a page that a reader reads: summary, explanation and the body's paragraphs."""
    body = [part.strip() for part in LIBRARY.bodies[page.id].split("\n\n") if not part.startswith("## ")]
    return [page.summary, page.explanation, *(part for part in body if part)]


def test_the_library_holds_alarm_pages_of_every_family_that_has_read_facts() -> None:
    families = {page.family for page in ALARMS}
    without_read_facts = {"hnc", "other"}
    assert (
        families == load_vocabularies(CONTENT / "vocabularies").codes("alarm_families") - without_read_facts
    )


@pytest.mark.parametrize("code", MET_MOST)
def test_an_alarm_met_often_has_its_page(code: str) -> None:
    assert [page.code for page in ALARMS if page.code == code or code in page.aliases][:1] != []


def test_an_alarm_page_tells_meaning_next_step_and_neighbours() -> None:
    lacking = {
        page.id: missing
        for page in ALARMS
        if (
            missing := [
                name for name in ("facts", "remedy", "keywords", "applies_to") if not getattr(page, name)
            ]
        )
        or (missing := [] if "## 怎样判断" in LIBRARY.bodies[page.id] else ["怎样判断"])
    }
    assert lacking == {}
    assert [page.id for page in ALARMS if page.component is None] == []
    assert [page.id for page in ALARMS if len(set(page.remedy)) < len(page.remedy)] == []


def test_a_step_that_can_hurt_never_goes_without_its_hazard() -> None:
    assert [page.id for page in ALARMS if page.hazards == ()] == []
    unsaid = {
        page.id: found.group()
        for page in ALARMS
        if page.hazards == "none"
        and (found := DANGER_WORDS.search("\n".join([*page.remedy, LIBRARY.bodies[page.id]])))
    }
    assert unsaid == {}


def test_a_page_is_no_surer_than_its_sources() -> None:
    grades = {page.id: {source.grade for source in page.sources} for page in ALARMS}
    read = {id_ for id_, found in grades.items() if found & {Grade.A, Grade.B}}
    assert [id_ for id_, found in grades.items() if Grade.D in found] == []
    assert {page.id for page in ALARMS if page.confidence is Confidence.VALIDATED} == read
    assert [page.id for page in ALARMS if page.remedy_confidence == "validated" and page.id not in read] == []


def test_two_pages_never_tell_the_same_thing() -> None:
    told = defaultdict(set)
    for page in ALARMS:
        for text in paragraphs(page):
            told[text].add(page.id)
    assert {text: ids for text, ids in told.items() if len(ids) > 1} == {}


def test_a_code_is_explained_once_in_its_family() -> None:
    explained = defaultdict(list)
    for page in ALARMS:
        explained[page.family, page.code].append(page.id)
    assert {code: ids for code, ids in explained.items() if len(ids) > 1} == {}


def test_an_alarm_fact_is_explained_on_one_page() -> None:
    pages_of = defaultdict(list)
    for page in ALARMS:
        pages_of[page.facts[0]].append(page.id)
    assert {fact: ids for fact, ids in pages_of.items() if len(ids) > 1} == {}


def test_a_number_that_means_something_else_on_an_older_control_says_so() -> None:
    newer = LIBRARY.pages["ALM-FANUC-SV0306"]
    older = LIBRARY.pages["ALM-FANUC-306-OLD"]
    assert isinstance(newer, AlarmPage)
    assert isinstance(older, AlarmPage)
    assert "电池" in newer.summary
    assert older.id in newer.related
    assert "SV0306" in older.explanation
    assert "306" not in newer.aliases


def test_drive_faults_are_found_by_both_ways_of_writing_them() -> None:
    drive = [page for page in ALARMS if page.family == "sinamics" and page.code[0] in "FA"]
    assert drive
    assert [page.id for page in drive if "2" + page.code[1:] not in page.aliases] == []


def test_builders_own_numbers_have_no_meaning_of_their_own() -> None:
    whole_ranges = {"EX1000-EX1999", "No.2000-2999", "700000-799999"}
    builders = {page.code for page in ALARMS if page.code.startswith(("EX1", "No.2", "7"))}
    assert builders == whole_ranges


def test_trade_knowledge_is_shown_as_such_on_every_page_that_rests_on_it_alone() -> None:
    assert UNREAD
    assert [page.id for page in UNREAD if page.confidence is not Confidence.NOT_VALIDATED] == []
    assert [page.id for page in UNREAD if page.remedy_confidence != "not_validated"] == []


def test_a_page_of_trade_knowledge_gives_no_measure_to_hold_to() -> None:
    measures = {
        page.id: found.group()
        for page in UNREAD
        if (found := MEASURE.search("\n".join([*page.remedy, *paragraphs(page)])))
    }
    assert measures == {}


def test_a_page_of_trade_knowledge_leaves_hands_on_work_to_the_makers_manual() -> None:
    told = {
        page.id: lines
        for page in UNREAD
        if (lines := [line for line in page.remedy if HANDS_ON.search(line) and "本机厂家手册" not in line])
    }
    assert told == {}


def test_a_page_of_trade_knowledge_begins_with_a_look_and_names_what_may_hurt() -> None:
    assert [page.id for page in UNREAD if HANDS_ON.search(page.remedy[0])] == []
    sent_to_the_manual = [
        page
        for page in UNREAD
        if any("按本机厂家手册" in line and HANDS_ON.search(line) for line in page.remedy)
    ]
    assert sent_to_the_manual
    assert [page.id for page in sent_to_the_manual if page.hazards == "none"] == []


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13])
def test_a_da98_drive_fault_is_found_in_all_its_spellings(number: int) -> None:
    page = LIBRARY.pages[f"ALM-GSK-DA98-Err{number}"]
    assert isinstance(page, AlarmPage)
    assert {f"Err{number}", f"DA98 Err-{number}"} <= set(page.aliases)


def test_an_english_meaning_of_trade_knowledge_holds_no_number() -> None:
    stray = {
        page.id: page.text.en
        for page in UNREAD
        if not page.text.en.isascii() or any(map(str.isdigit, page.text.en))
    }
    assert stray == {}


def test_an_english_title_holds_no_chinese() -> None:
    assert [page.id for page in ALARMS if re.search(r"[\u3000-\u9fff\uff00-\uffef]", page.title_en)] == []
