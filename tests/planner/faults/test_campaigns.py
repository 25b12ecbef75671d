"""Versions are compared, and a bulletin finds its machines; what is not known is to be checked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import InvalidInput
from planner.faults.campaigns import Affected, CampaignRule, judge
from planner.faults.versions import compare_versions, in_range, is_version

texts = st.text(alphabet="0123456789.abvVpS -", max_size=10)
numbers = st.lists(st.integers(0, 120), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("one", "other", "order"),
    [
        ("4.9", "4.10", -1),
        ("V4.5", "4.5.0", 0),
        ("04.07", "4.7", 0),
        ("4.5 SP2", "4.5", 1),
        ("4.5 SP2", "4.5 SP10", -1),
        ("1.0rc1", "1.0", -1),
        ("D4F1 29", "D4F1 30", -1),
        ("D4F1 29", "D4G1 01", None),
        ("4.5a", "4.5", None),
        ("4.5a", "4.5b", -1),
        ("4.5-2", "4.5", 1),
        ("版本不详", "4.5", None),
        ("", "4.5", None),
        ("9" * 19 + "x", "4.5", None),
    ],
)
def test_versions_are_ordered_as_controls_count_them(one: str, other: str, order: int | None) -> None:
    assert compare_versions(one, other) == order


@given(texts, texts)
def test_turning_two_versions_around_turns_the_order_around(one: str, other: str) -> None:
    there, back = compare_versions(one, other), compare_versions(other, one)
    assert (there is None and back is None) or (there is not None and back == -there)


@given(texts)
def test_a_readable_version_equals_itself(version: str) -> None:
    assert compare_versions(version, version) == (0 if is_version(version) else None)


@given(numbers, numbers)
def test_plain_numbers_are_ordered_as_lists_of_numbers(a: list[int], b: list[int]) -> None:
    left, right = (one + [0] * (4 - len(one)) for one in (a, b))
    order = compare_versions(".".join(map(str, a)), ".".join(map(str, b)))
    assert order == (left > right) - (left < right)


def test_a_range_holds_its_ends_and_says_what_it_cannot_tell() -> None:
    assert in_range("4.5", first="4.5", last="4.7")
    assert in_range("4.7", first="4.5", last="4.7")
    assert in_range("4.7.1", first="4.5", last="4.7") is False
    assert in_range("4.4.9", first="4.5") is False
    assert in_range("?", first="4.5") is None
    assert in_range("?") is True


RULE = CampaignRule(
    brand="示例", models=("V8", "V9*"), controller="fanuc-0i", software="PMC", first="2.0", last="2.9"
)


@pytest.mark.parametrize(
    ("machine", "affected", "fields"),
    [
        ({}, "yes", ()),
        ({"brand": " 示例 ", "model": "v9 PLUS"}, "yes", ()),
        ({"model": "V80"}, "no", ("model",)),
        ({"brand": "别家", "controller": ""}, "no", ("brand",)),
        ({"controller": ""}, "check", ("controller",)),
        ({"software": [("CNC", "2.1")]}, "check", ("software",)),
        ({"software": [("pmc", "2.10")]}, "no", ("software",)),
        ({"software": [("PMC", "未知")]}, "check", ("software",)),
        ({"software": [("PMC", "")], "model": ""}, "check", ("model", "software")),
        ({"software": [("PMC", "3.0"), ("PMC", "2.9")]}, "yes", ()),
    ],
)
def test_a_rule_finds_its_machines(
    machine: dict[str, object], affected: str, fields: tuple[str, ...]
) -> None:
    known = {"brand": "示例", "model": "V8", "controller": "fanuc-0i", "software": [("PMC", "2.4")]}
    found = judge(RULE, **{**known, **machine})  # type: ignore[arg-type]
    assert (found.affected, found.fields) == (affected, fields)


@given(st.lists(st.tuples(st.sampled_from(["PMC", "CNC"]), texts), max_size=3), st.booleans())
def test_what_is_not_known_never_rules_a_machine_out(
    software: list[tuple[str, str]], has_model: bool
) -> None:
    known = judge(RULE, brand="示例", model="V8", controller="fanuc-0i", software=software)
    blank = judge(RULE, brand="", model="V8" if has_model else "", controller="", software=software)
    assert (blank.affected is Affected.NO) == (known.affected is Affected.NO)
    readable = [v for name, v in software if name == "PMC" and is_version(v)]
    if not readable:
        assert known.affected is Affected.CHECK


def test_a_rule_that_cannot_be_applied_is_refused_with_all_its_faults() -> None:
    with pytest.raises(InvalidInput, match=r"'x' has no number.*needs the name of the software"):
        CampaignRule(brand="示例", first="x")
    with pytest.raises(InvalidInput, match="names nothing"):
        CampaignRule()
    with pytest.raises(InvalidInput, match="the first is the newer one"):
        CampaignRule(software="PMC", first="3", last="2.9")
