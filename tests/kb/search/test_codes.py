import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search.codes import CodeRange, alarm_text, code_keys, code_range, written_codes


@pytest.mark.parametrize(
    "typed", ["SV401", "SV0401", "sv 0401", "SV-0401", "ＳＶ０４０１", "sv_401", "报警SV0401"]
)
def test_ways_to_write_a_fanuc_code_share_a_key(typed: str) -> None:
    assert written_codes(typed)[0].keys[0] == "SV.401"


@pytest.mark.parametrize(
    "typed",
    ["401", "ALM401", "401报警", "报警401", "401#", "ALM 401", "alarm no. 401", "401号报警", "报警号：0401"],
)
def test_ways_to_write_a_bare_number_share_a_key(typed: str) -> None:
    assert written_codes(typed)[0].keys == ("401",)


@pytest.mark.parametrize("typed", ["S01 0052", "S010052", "S01-52", "s01 52", "S01-0052"])
def test_ways_to_write_a_mitsubishi_code_share_a_key(typed: str) -> None:
    assert written_codes(typed)[0].keys[0] == "S.1.52"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("F30002", "230002"),
        ("A31407", "231407"),
        ("F07900", "207900"),
        ("F7900", "207900"),
        ("F 07900", "207900"),
    ],
)
def test_a_sinamics_code_is_two_and_five_digits_on_the_screen(typed: str, number: str) -> None:
    assert number in written_codes(typed)[0].keys


@pytest.mark.parametrize("typed", ["25050 X1", "25050 轴 X1", "25050 X轴", "25050, axis Z"])
def test_the_axis_behind_a_code_is_told_apart(typed: str) -> None:
    (code,) = written_codes(typed)
    assert code.keys == ("25050",)
    assert code.axis in {"X1", "X", "Z"}


@pytest.mark.parametrize(
    "typed", ["8000转", "24V", "0.02mm", "430.08", "5丝", "380伏", "3号刀", "200小时", "2000件"]
)
def test_a_measure_is_no_code(typed: str) -> None:
    assert all(code.measure for code in written_codes(typed))


def test_a_number_inside_a_model_name_is_no_code_of_its_own() -> None:
    assert [code.keys[0] for code in written_codes("828D")] == []
    assert [code.keys[0] for code in written_codes("VMC850")] == ["VMC.850"]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("207900 (F07900)", {"207900", "F.7900"}),
        ("986 / n.986", {"986", "N.986"}),
        ("MR-J4 AL.16", {"AL.16"}),
        ("INVT DA200 Er02-8", {"ER.2.8"}),
        ("EnDat 0x40", {"0X.40"}),
        ("BAT", {"BAT"}),
        ("EX1000-EX1999", set()),
        ("joint N following error", set()),
    ],
)
def test_keys_of_a_code_as_pages_write_it(text: str, keys: set[str]) -> None:
    assert set(code_keys(text)) == keys


def test_a_range_holds_its_ends_and_nothing_past_them() -> None:
    span = code_range("700000-799999")
    assert span == CodeRange("", 700000, 799999)
    assert span.holds("", 700000)
    assert span.holds("", 799999)
    assert not span.holds("", 800000)
    assert not span.holds("EX", 700000)


def test_a_single_code_with_a_sign_is_no_range() -> None:
    assert code_range("S01-52") is None


def test_numbers_and_axes_of_a_message_are_left_open() -> None:
    assert alarm_text("Joint 2 following error") == alarm_text("joint N following error")
    assert alarm_text("would exceed X's positive limit") == alarm_text("would exceed Z's positive limit")


@given(st.text(max_size=80))
def test_any_text_can_be_read_for_codes(text: str) -> None:
    last = 0
    for code in written_codes(text):
        assert last <= code.start < code.end <= len(text)
        last = code.end


@given(st.sampled_from(["SV", "SP", "OT", "PS"]), st.integers(1, 9999))
def test_leading_zeros_never_matter(prefix: str, number: int) -> None:
    assert written_codes(f"{prefix}{number:04}")[0].keys[0] == written_codes(f"{prefix}{number}")[0].keys[0]
