import pytest

from kb.search.pinyin import initials, near_sound, pairs, readings, sounds, split_syllables


@pytest.mark.parametrize(
    ("typed", "syllables"),
    [
        ("guangshanchi", ("guang", "shan", "chi")),
        ("zhuzhouguore", ("zhu", "zhou", "guo", "re")),
        ("nvlv", ("nv", "lv")),
        ("encoder", ()),
        ("zzgr", ()),
        ("主轴", ()),
        ("", ()),
    ],
)
def test_pinyin_falls_into_syllables_and_nothing_else_does(typed: str, syllables: tuple[str, ...]) -> None:
    assert split_syllables(typed) == syllables


def test_a_character_is_read_as_its_word_reads_it() -> None:
    assert sounds("重复，重量") == [("chong", "fu"), ("zhong", "liang")]


def test_a_word_with_a_many_voiced_character_has_several_readings_the_usual_first() -> None:
    ways = readings("调试")
    assert ways[0] == ("tiao", "shi")
    assert ("diao", "shi") in ways


def test_pairs_and_initials() -> None:
    assert pairs(("zhu", "zhou", "re")) == ["~zhu.zhou", "~zhou.re"]
    assert pairs(("zhu",)) == []
    assert initials(("zhu", "zhou")) == "zz"


@pytest.mark.parametrize(
    ("one", "other"), [("ping", "pin"), ("zhou", "zou"), ("shen", "sheng"), ("chi", "ci")]
)
def test_sounds_that_many_ears_do_not_part(one: str, other: str) -> None:
    assert near_sound(one) == near_sound(other)


def test_other_sounds_stay_apart() -> None:
    assert len({near_sound(sound) for sound in ("guo", "gou", "re", "le", "hua", "fa", "tang", "tan")}) == 8
