import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search.tokens import atoms_of, fold, stem, tokens_of


def tokens(text: str) -> set[str]:
    return set(tokens_of(atoms_of(fold(text))))


@given(st.text())
def test_folding_keeps_every_place(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_atoms_are_pieces_of_the_text_in_order(text: str) -> None:
    folded = fold(text)
    last = 0
    for atom in atoms_of(folded):
        assert last <= atom.start < atom.end <= len(folded)
        assert atom.kind != "chinese" or folded[atom.start : atom.end] == atom.text
        last = atom.end


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        pytest.param("ＳＶ０４０１", "sv0401", id="full width"),
        pytest.param("主軸過熱", "主轴过热", id="Traditional"),
        pytest.param("DRIVE-CLiQ", "drive-cliq", id="case"),
        pytest.param("a\u3000b", "a b", id="ideographic space"),
        pytest.param("a\u200bb", "a b", id="zero-width space"),
    ],
)
def test_forms_that_read_alike_are_folded_together(typed: str, plain: str) -> None:
    assert fold(typed) == plain


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("报警25050", {"报警", "25050"}, id="Chinese before a number"),
        pytest.param("X轴", {"x轴", "x", "轴"}, id="letter before Chinese"),
        pytest.param("X 轴", {"x轴", "x", "轴"}, id="letter and a space before Chinese"),
        pytest.param("X  轴", {"x", "轴"}, id="letter far before Chinese"),
        pytest.param("NC 轴", {"nc", "轴"}, id="word and a space before Chinese"),
        pytest.param("828D", {"828d", "828"}, id="number before a letter"),
        pytest.param("GSK980TDi", {"gsk980tdi", "gsk", "980", "tdi"}, id="letters and numbers"),
        pytest.param("RS-232", {"rs232", "rs", "232"}, id="sign inside a word"),
        pytest.param("主轴", {"主", "轴", "主轴"}, id="characters and pairs"),
    ],
)
def test_writing_is_split_at_its_edges(text: str, wanted: set[str]) -> None:
    assert wanted <= tokens(text)


def test_no_pair_spans_a_gap() -> None:
    assert "轴过" not in tokens("主轴，过热")
    assert "轴过" not in tokens("主轴\n过热")


def test_rs232_is_written_with_or_without_a_sign() -> None:
    assert "rs232" in tokens("RS232") & tokens("RS-232")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("bearings", "bearing"),
        ("overheating", "overheated"),
        ("leaks", "leaking"),
        ("batteries", "battery"),
        ("axes", "axis"),
        ("stopped", "stops"),
    ],
)
def test_forms_of_an_english_word_share_a_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize("word", ["bus", "less", "is", "axis", "gas"])
def test_an_s_that_belongs_to_the_word_stays(word: str) -> None:
    assert stem(word) == word
