"""The fault cases in the library: what each must carry before an engineer stands in front of a machine with it."""

import re
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

from kb.content import check_library, load_library
from kb.content.checks import CASE_HEADINGS, DANGER_WORDS
from kb.content.pages import CasePage, Confidence, Grade

ROOT = Path(__file__).parents[3]
LIBRARY = load_library(ROOT / "content")
CASES = {page.id: page for page in LIBRARY.pages.values() if isinstance(page, CasePage)}
PRACTICE_ONLY = re.compile(r"^K[A-Z]?:")
"""How a source of the register begins that no document stands behind."""
SENTENCE = re.compile(r"[^。！？\n]{12,}[。！？]")
"""A sentence long enough that two people would not write it alike by chance."""

each_case = pytest.mark.parametrize("case", [pytest.param(CASES[id_], id=id_) for id_ in sorted(CASES)])


def sections_of(case: CasePage) -> dict[str, str]:
    parts = re.split(r"^## +(.+?)\s*$", LIBRARY.bodies[case.id], flags=re.MULTILINE)
    return {name: text.strip() for name, text in zip(parts[1::2], parts[2::2], strict=True)}


def words_of(case: CasePage) -> str:
    """Everything an engineer is told to do, front matter and body."""
    steps = [text for s in case.solutions for text in (s.check, s.remedy.text)]
    return "\n".join([*steps, case.containment or "", case.verification or "", LIBRARY.bodies[case.id]])


def test_no_case_breaks_a_rule_of_the_content_checks() -> None:
    faults = check_library(LIBRARY, today=date(2026, 11, 25))
    assert [str(fault) for fault in faults if fault.where.startswith("cases/")] == []


def test_every_subsystem_but_the_general_one_has_a_case() -> None:
    covered = {case.component.subsystem for case in CASES.values() if case.component is not None}
    assert set(LIBRARY.vocabularies.lists["subsystems"]) - covered == {"GEN"}


@each_case
def test_a_case_lies_in_the_folder_and_file_of_its_id(case: CasePage) -> None:
    _, subsystem, number = case.id.split("-")
    assert LIBRARY.paths[case.id] == f"cases/{subsystem.lower()}/{subsystem.lower()}-{number}.md"


@each_case
def test_a_case_tells_every_part_of_the_story(case: CasePage) -> None:
    sections = sections_of(case)
    assert tuple(sections) == CASE_HEADINGS
    assert {name for name, text in sections.items() if len(text) < 12} == set()
    assert case.context.when is not None
    assert case.containment is not None
    assert case.verification is not None
    assert case.prevention is not None


@each_case
def test_a_case_offers_more_than_one_cause_and_says_how_to_tell_them_apart(case: CasePage) -> None:
    assert len(case.solutions) > 1
    checks = [solution.check for solution in case.solutions]
    assert len(set(checks)) == len(checks)
    assert all(solution.remedy.activity is not None for solution in case.solutions)
    assert all(solution.time_minutes is not None for solution in case.solutions)


@each_case
def test_a_case_stands_on_named_sources_and_facts(case: CasePage) -> None:
    assert case.facts
    documents = [source for source in case.sources if not PRACTICE_ONLY.match(source.ref)]
    assert all(source.grade is Grade.K for source in case.sources if source not in documents)
    if case.confidence is Confidence.VALIDATED:
        assert {source.grade for source in documents} <= {Grade.A, Grade.B}
        assert documents


@each_case
def test_a_case_without_hazards_meets_none_in_its_steps(case: CasePage) -> None:
    if case.hazards == "none":
        assert DANGER_WORDS.search(words_of(case)) is None
    else:
        assert case.hazards


@each_case
def test_hazards_come_with_the_worst_first(case: CasePage) -> None:
    if case.hazards != "none":
        order = ["danger", "warning", "caution", "notice"]
        ranks = [order.index(hazard.type) for hazard in case.hazards]
        assert ranks == sorted(ranks)


@each_case
def test_an_injury_risk_names_a_danger(case: CasePage) -> None:
    if case.severity == "S1":
        assert case.hazards != "none"
        assert "danger" in {hazard.type for hazard in case.hazards}


@each_case
def test_keywords_add_words_the_title_does_not_have(case: CasePage) -> None:
    assert len(case.keywords) >= 6
    assert len(set(case.keywords)) == len(case.keywords)
    assert [word for word in case.keywords if word.casefold() in case.title.casefold()] == []


def test_no_sentence_is_told_twice() -> None:
    told = defaultdict(set)
    for case in CASES.values():
        for sentence in SENTENCE.findall(words_of(case)):
            told[sentence.strip()].add(case.id)
    assert {sentence: sorted(ids) for sentence, ids in told.items() if len(ids) > 1} == {}


def test_no_title_summary_or_symptom_is_used_twice() -> None:
    for texts in (
        [case.title for case in CASES.values()],
        [case.title_en for case in CASES.values()],
        [case.summary for case in CASES.values()],
        [case.symptom for case in CASES.values()],
    ):
        assert len(set(texts)) == len(texts)


def test_cases_never_name_whose_machine_it_was() -> None:
    private = re.compile(r"有限公司|序列号|机身编号|S/N|客户名|联系电话|\d{11}")
    assert [id_ for id_, case in CASES.items() if private.search(words_of(case))] == []
