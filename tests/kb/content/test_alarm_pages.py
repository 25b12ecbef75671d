"""The alarm pages of the library: each says something of its own, safely, and no more than its facts carry."""

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
    page = LIBRARY.pages["ALM-SIEMENS-700xxx"]
    assert isinstance(page, AlarmPage)
    assert page.code == "700000-799999"
    assert [alarm.id for alarm in ALARMS if alarm.code.startswith(("EX1", "7")) and alarm.id != page.id] == []
