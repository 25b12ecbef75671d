"""The page of terms and the words of limits."""

from pathlib import Path

import pytest

from kb.site.checklists import number, span
from kb.site.overviews import natural
from kb.site.terms import letter_of
from tests.kb.site.samples import a_page, a_site


def a_term(zh: str, id_: str, **changes: object) -> str:
    return a_page("term", id=f"TERM-{id_}", preferred={"zh": zh, "en": id_}, title=zh, **changes)


def test_terms_stand_in_the_order_of_their_pinyin_whatever_script_they_begin_with(tmp_path: Path) -> None:
    names = {"zhou": "主轴", "dao": "刀库", "acu": "ACU-RITE", "ci": "磁栅尺", "num": "1Vpp"}
    text = a_site(tmp_path, **{key: a_term(zh, key) for key, zh in names.items()})["terms/index.md"]
    found = [text.index(f'id="term-{key}"') for key in ("acu", "ci", "dao", "zhou", "num")]
    assert found == sorted(found)
    assert text.index("{: #letter-z }") < text.index("{: #letter-other }")
    assert '<a href="#letter-c">C</a>' in text


@pytest.mark.parametrize(
    ("name", "letter"), [("主轴", "Z"), ("X轴", "X"), ("dnc", "D"), ("1Vpp", "#"), ("±10 V", "#"), ("", "#")]
)
def test_a_name_is_looked_up_under_its_first_sound(name: str, letter: str) -> None:
    assert letter_of(name) == letter


def test_a_term_names_its_synonyms_and_what_it_is_not_and_hides_misspellings(tmp_path: Path) -> None:
    text = a_site(
        tmp_path,
        term=a_page(
            "term", alt=["电子尺"], hidden=["光删尺"], deprecated=["光尺"], not_same_as=["TERM-limit"]
        ),
        other=a_term("限位开关", "limit"),
    )["terms/index.md"]
    assert "<b>也叫</b>电子尺" in text
    assert "<b>不再使用</b>光尺" in text
    assert '<b>不要混同</b><a href="index.html#term-limit">限位开关</a>' in text
    assert "光删尺" not in text


@pytest.mark.parametrize(
    ("terms", "note"),
    [({"b": "validated"}, ""), ({"b": "not_validated"}, "其中 1 个未经手册核对")],
)
def test_the_page_says_how_many_terms_nobody_checked(
    tmp_path: Path, terms: dict[str, str], note: str
) -> None:
    files = {key: a_term("刀库", key, confidence=value) for key, value in terms.items()}
    text = a_site(tmp_path, **files)["terms/index.md"]
    assert ("sb-unverified" in text) == bool(note)
    assert note in text


@pytest.mark.parametrize(
    ("lower", "upper", "words"),
    [
        pytest.param(None, 0.1, "≤ 0.1", id="at most"),
        pytest.param(25.0, None, "≥ 25", id="at least"),
        pytest.param(0.3, 0.6, "0.3–0.6", id="between"),
        pytest.param(-0.01, 0.01, "±0.01", id="both sides alike"),
        pytest.param(-0.02, 0.01, "−0.02 到 0.01", id="from below zero"),
        pytest.param(0.0, 0.0, "±0", id="exactly zero"),
        pytest.param(None, None, "", id="nothing"),
    ],
)
def test_an_interval_is_written_as_a_person_writes_it(
    lower: float | None, upper: float | None, words: str
) -> None:
    assert span(lower, upper) == words


@pytest.mark.parametrize(
    ("value", "text"),
    [(1_000_000.0, "1\u2009000\u2009000"), (0.001, "0.001"), (100.0, "100"), (-5.5, "−5.5"), (0.0, "0")],
)
def test_a_number_has_no_exponent_and_no_idle_zeros(value: float, text: str) -> None:
    assert number(value) == text


def test_codes_sort_by_the_value_of_their_numbers() -> None:
    codes = ["PS0010", "PS2", "SV0401", "2", "10", "F07900", "f07010"]
    assert sorted(codes, key=natural) == ["2", "10", "f07010", "F07900", "PS2", "PS0010", "SV0401"]
