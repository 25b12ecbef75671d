"""Pages become files and come back; an edit changes the lines that it is about and no other."""

from copy import deepcopy
from difflib import ndiff
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.content import Page, load_library, parse_page
from kb.content.front_matter import front_faults, patched, read_values
from kb.content.writing import edited_text, layout_of, new_page_path, page_text
from tests.kb.content.pages import a_case, a_guide

CONTENT = Path("content")
WITH_NOTES = """---
# kept: why this page exists
id: CASE-X-01
type: case
title: "主轴过热"   # in quotes
title_en: Spindle overheats
summary: 主轴电机过热报警。
status: released
confidence: validated
audience: internal
owner: 技术资料组
created: 2026-01-01
reviewed: 2026-01-02
review_due: 2027-01-02
revision: 1
applies_to:
  - machine: [VMC]      # only seen there
hazards:
  # the gravest first
  - type: danger
    hazard: 带电        # 380 V
    consequence: 触电
    avoid: 断电上锁验电
  - type: notice
    hazard: 脏
    consequence: 进灰
    avoid: 盖好
symptom: |
  加工一小时后报警
  # not a comment
failure_mode: OHE
severity: S2

# about the solutions
solutions:
  - cause: {code: E4, text: 风机滤网堵}
    check: 看风机
    remedy:
      text: 清洁
---

## 现象

正文。
"""


def page_of(text: str) -> Page:
    file = parse_page(text, "x.md")
    assert file.page is not None, file.faults
    return file.page


def body_of(text: str) -> str:
    return parse_page(text, "x.md").body


def changed_lines(before: str, after: str) -> list[str]:
    return [line for line in ndiff(before.split("\n"), after.split("\n")) if line[0] in "+-"]


@pytest.fixture(scope="module")
def files() -> dict[str, tuple[str, Page, str]]:
    library = load_library(CONTENT)
    out = {}
    for path, file in library.files.items():
        assert file.page is not None
        out[path] = (CONTENT.joinpath(path).read_bytes().decode(), file.page, file.body)
    return out


def test_every_page_of_the_library_is_the_same_bytes_when_nothing_was_edited(
    files: dict[str, tuple[str, Page, str]],
) -> None:
    for path, (text, page, body) in files.items():
        layout = layout_of(text)
        assert layout is not None
        assert layout.text() == text, path
        assert edited_text(text, page, page, body) == text, path


def test_a_changed_title_changes_one_line(
    files: dict[str, tuple[str, Page, str]],
) -> None:
    for path, (text, page, body) in list(files.items())[::12]:
        renamed = page.model_copy(update={"title": "改：" + page.title})
        after = edited_text(text, page, renamed, body)
        assert parse_page(after, path).page == renamed, path
        changed = [
            (one, two) for one, two in zip(text.split("\n"), after.split("\n"), strict=True) if one != two
        ]
        assert len(changed) == 1, (path, changed)


def test_a_new_file_of_any_page_reads_as_the_same_page(files: dict[str, tuple[str, Page, str]]) -> None:
    for path, (_, page, body) in list(files.items())[3::12]:
        read = parse_page(page_text(page, body), path)
        assert (read.page, read.body, read.faults) == (page, body, ()), path


def test_comments_order_and_quotes_stay_where_a_neighbour_is_edited() -> None:
    page = page_of(WITH_NOTES)
    after = edited_text(WITH_NOTES, page, page.model_copy(update={"severity": "S1"}), body_of(WITH_NOTES))
    assert changed_lines(WITH_NOTES, after) == ["- severity: S2", "+ severity: S1"]


def test_a_note_behind_a_changed_value_stays_behind_it() -> None:
    page = page_of(WITH_NOTES)
    after = edited_text(WITH_NOTES, page, page.model_copy(update={"title": "主轴冷"}), body_of(WITH_NOTES))
    assert "title: 主轴冷   # in quotes" in after


def test_one_word_within_a_list_changes_one_line() -> None:
    page = page_of(WITH_NOTES)
    first = page.hazards[0]
    assert not isinstance(first, str)
    other = page.model_copy(update={"hazards": (first.model_copy(update={"avoid": "断电"}), page.hazards[1])})
    after = edited_text(WITH_NOTES, page, other, body_of(WITH_NOTES))
    assert changed_lines(WITH_NOTES, after) == ["-     avoid: 断电上锁验电", "+     avoid: 断电"]


def test_entries_that_change_places_take_their_lines_with_them() -> None:
    page = page_of(WITH_NOTES)
    other = page.model_copy(update={"hazards": tuple(reversed(page.hazards))})
    after = edited_text(WITH_NOTES, page, other, body_of(WITH_NOTES))
    assert page_of(after) == other
    assert "hazard: 带电        # 380 V" in after
    assert "# the gravest first" in after


def test_a_new_field_goes_to_its_place_and_one_set_back_goes_away() -> None:
    page = page_of(WITH_NOTES)
    with_proof = page.model_copy(update={"keywords": ("过热", "温升")})
    after = edited_text(WITH_NOTES, page, with_proof, body_of(WITH_NOTES))
    assert changed_lines(WITH_NOTES, after) == ["+ keywords:", "+ - 过热", "+ - 温升"]
    lines = after.split("\n")
    assert lines.index("keywords:") == lines.index("  - machine: [VMC]      # only seen there") + 1
    assert edited_text(after, with_proof, page, body_of(after)) == WITH_NOTES


@pytest.mark.parametrize(
    ("bom", "newline"),
    [
        pytest.param("", "\r\n", id="crlf"),
        pytest.param("\ufeff", "\n", id="bom"),
        pytest.param("\ufeff", "\r\n", id="both"),
    ],
)
def test_line_ends_and_a_byte_order_mark_stay_as_the_file_has_them(bom: str, newline: str) -> None:
    text = bom + a_case().replace("\n", newline)
    page, body = page_of(text.removeprefix("\ufeff").replace("\r\n", "\n")), body_of(a_case())
    assert edited_text(text, page, page, body) == text
    after = edited_text(text, page, page.model_copy(update={"severity": "S1"}), body + "\n\n末尾。")
    assert after.startswith(bom)
    assert after.count("\n") == after.count("\r\n") if newline == "\r\n" else "\r" not in after
    assert after.replace("\r\n", "\n").endswith("末尾。\n")


def test_the_same_day_twice_is_no_anchor() -> None:
    page = page_of(a_case(created="2026-01-02"))
    same = page.model_copy(update={"reviewed": page.created})
    assert "&" not in page_text(same, "")


def test_a_body_typed_with_other_line_ends_is_the_same_body() -> None:
    text = a_guide()
    page, body = page_of(text), body_of(text)
    assert edited_text(text, page, page, body.replace("\n", "\r\n")) == text


@pytest.mark.parametrize(
    ("front", "what"),
    [
        pytest.param("a: &x [1]\nb: *x\n", "2: has an anchor", id="anchor"),
        pytest.param("a: [1]\nb: *x\n", "anchor or an alias", id="alias"),
        pytest.param("a: 1\nb: 2\na: 3\n", "a second time", id="a field twice"),
        pytest.param("a:\n- b: 1\n  b: 2\n", "a second time", id="a field of an entry twice"),
        pytest.param("a: " + "[" * 21 + "]" * 21 + "\n", "levels deep", id="nested"),
        pytest.param("a: [1\n", "is not YAML", id="open"),
        pytest.param("a: \x00\n", "is not YAML", id="nul"),
        pytest.param("a: !!python/object/apply:os.system ['true']\n", "is not YAML", id="object"),
        pytest.param("- 1\n", "has no fields", id="list"),
        pytest.param("", "has no fields", id="empty"),
        pytest.param("created: 2026-02-31\n", "is not YAML", id="no such day"),
    ],
)
def test_front_matter_that_a_reader_would_misread_is_refused(front: str, what: str) -> None:
    faults = front_faults(front)
    assert len(faults) == 1
    assert what in str(faults[0])


def test_a_front_matter_that_doubles_itself_is_refused_at_once() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    bomb = "\n".join(lines) + "\n"
    assert "anchor" in str(front_faults(bomb)[0])
    file = parse_page(f"---\n{bomb}---\n\nx\n", "bomb.md")
    assert file.page is None
    assert "anchor" in str(file.faults[0])


def test_the_place_of_a_new_page_never_leaves_its_folder(files: dict[str, tuple[str, Page, str]]) -> None:
    page = page_of(a_case(id="CASE-SPI-77"))
    assert new_page_path(page) == "cases/spi/spi-77.md"
    for _, other, _ in files.values():
        assert set(new_page_path(other)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-/.")
        assert ".." not in new_page_path(other)


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab:#'\" -*&中\n|>", max_size=6) | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["k", "m", "n", "值"]), inner, max_size=3)
    ),
    max_leaves=12,
)
fields = st.dictionaries(st.sampled_from(["one", "two", "three", "four"]), plain, min_size=1)


@settings(max_examples=150, deadline=None)
@given(before=fields, after=fields, indent=st.sampled_from([2, 4]), data=st.data())
def test_whatever_is_patched_says_what_it_must(
    before: dict[str, Any], after: dict[str, Any], indent: int, data: st.DataObject
) -> None:
    mixed = {**deepcopy(after), **{key: value for key, value in before.items() if data.draw(st.booleans())}}
    front = yaml.safe_dump(before, allow_unicode=True, sort_keys=False, indent=indent)
    assert read_values(patched(front, mixed, order=["one", "two", "three", "four"])) == mixed
    assert patched(front, read_values(front), order=[]) == front
