"""What is forgiven in the writing of a query, at its edge and one past it."""

from pathlib import Path

import pytest

from kb.content import load_library
from kb.search import SearchIndex, open_index
from kb.search.pinyin import begins, lost_letters, near_spellings
from kb.search.tokens import atoms_of, everyday_characters, tokens_of

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    return open_index(tmp_path_factory.mktemp("tolerance"), load_library(ROOT / "content"))


def suggested(real: SearchIndex, query: str) -> str:
    return real.search(query, size=1, facets=False).suggestion


@pytest.mark.parametrize(
    ("word", "syllables", "whole"),
    [
        ("bianmq", ("bian", "ma", "qi"), True),
        ("bmaq", ("bian", "ma", "qi"), True),
        ("bmq", ("bian", "ma", "qi"), False),
        ("bianmaqi", ("bian", "ma", "qi"), True),
        ("bianmaqia", ("bian", "ma", "qi"), False),
        ("bianq", ("bian", "ma", "qi"), False),
    ],
)
def test_beginnings_of_all_syllables_are_a_name_and_bare_initials_are_not(
    word: str, syllables: tuple[str, ...], whole: bool
) -> None:
    assert begins(word, syllables) is whole


@pytest.mark.parametrize(
    ("typed", "known", "near"),
    [
        ("diandao", "diaodao", True),
        ("diaodaoo", "diaodao", True),
        ("diaodo", "diaodao", True),
        ("daiodao", "diaodao", True),
        ("diaodao", "diaodao", False),
        ("diandaa", "diaodao", False),
        ("dado", "diaodao", False),
    ],
)
def test_one_slip_is_forgiven_and_two_are_not(typed: str, known: str, near: bool) -> None:
    by_lost_letter = {left: [known] for left in {known, *lost_letters(known)}}
    assert near_spellings(typed, by_lost_letter) == ([known] if near else [])


def test_a_rare_character_is_a_token_in_a_long_text_and_an_everyday_one_is_not() -> None:
    assert list(tokens_of(atoms_of("主鲷"), characters=False)) == ["鲷", "主鲷"]
    assert len(everyday_characters()) == 3755


@pytest.mark.parametrize(
    ("query", "phrase"),
    [
        ("zhuzhou guore", "主轴过热"),
        ("zhuzhou 过热", "主轴过热"),
        ("zhuzhou dingx", "主轴定向"),
        ("伺服抱警", "伺服报警"),
        ("主周过热", "主轴过热"),
        ("huiling", "回零"),
        ("spindel overheat", "spindle overheat"),
        ("主轴过热", ""),
        ("FANUC 401", ""),
    ],
)
def test_a_whole_phrase_is_suggested_or_nothing(real: SearchIndex, query: str, phrase: str) -> None:
    assert suggested(real, query) == phrase


@pytest.mark.parametrize("query", ["电视机没声音", "由器", "bicycle stops"])
def test_another_word_is_not_taken_for_a_slip(real: SearchIndex, query: str) -> None:
    assert suggested(real, query) == ""


def test_a_name_and_nothing_else_leads_to_its_term(real: SearchIndex) -> None:
    for query, term in (("huiling", "TERM-reference-return"), ("sfdj", "TERM-servo-motor")):
        result = real.search(query, size=1, facets=False)
        assert result.understood.intent == "name"
        assert result.hits[0].page.id == term


def test_a_long_stretch_that_nobody_knows_is_answered_in_part(real: SearchIndex) -> None:
    result = real.search("换刀臂在主轴正下方悬着不再往回缩了", size=3, facets=False)
    assert "CASE-ATC-02" in {hit.page.id for hit in result.hits}


def test_two_words_do_not_bring_every_page_that_has_one_of_them(real: SearchIndex) -> None:
    one = real.search("主轴", size=1, facets=False).total
    assert 3 <= real.search("主轴过热", size=1, facets=False).total < one / 2
