import json

import pytest

from kb.errors import BadQuery
from kb.search import SearchIndex
from kb.usecases.search import (
    LONGEST_LINE,
    MOST_HITS,
    answer_lines,
    find_pages,
    gravest_hazard,
    home_term,
    shown_hits,
    understood_row,
    value_label,
)
from tests.kb.search.pages import an_index


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    return an_index(tmp_path_factory.mktemp("usecase"))


def answers(index: SearchIndex, *lines: bytes) -> list[dict[str, object]]:
    return list(answer_lines(index, lines, size=3, chosen={}, language="zh_CN"))


def test_a_choice_of_a_facet_keeps_its_pages_only(index: SearchIndex) -> None:
    result = find_pages(index, "光栅尺", chosen={"type": ["guide"]})
    assert {hit.page.type for hit in result.hits} == {"guide"}


def test_an_empty_choice_is_no_choice(index: SearchIndex) -> None:
    assert find_pages(index, "光栅尺", chosen={"type": []}).total == find_pages(index, "光栅尺").total


def test_a_value_that_is_not_there_finds_nothing(index: SearchIndex) -> None:
    assert find_pages(index, "光栅尺", chosen={"type": ["poem"]}).total == 0


def test_every_fault_of_a_request_is_told_at_once(index: SearchIndex) -> None:
    with pytest.raises(BadQuery, match=r"'colour' is no facet.*size is 101; it must be 1 to 100.*page is 0"):
        find_pages(index, "x", chosen={"colour": ["red"]}, size=MOST_HITS + 1, page=0)


def test_pages_go_on_where_the_one_before_ended(index: SearchIndex) -> None:
    whole = [hit.page.id for hit in find_pages(index, "", size=20).hits]
    assert [hit.page.id for hit in find_pages(index, "", page=2, size=10).hits] == whole[10:20]


def test_reasons_speak_the_readers_language(index: SearchIndex) -> None:
    result = find_pages(index, "401")
    assert shown_hits(index, result, "zh_CN")[0].why == ("报警号 401 就是这一条",)
    assert shown_hits(index, result, "en")[0].why == ("code 401: this alarm",)


def test_the_gravest_hazard_of_a_page_is_shown(index: SearchIndex) -> None:
    hits = {hit.page.id: hit for hit in find_pages(index, "", size=100).hits}
    assert gravest_hazard(hits["CASE-HOT"]) == "danger"
    assert gravest_hazard(hits["GUIDE-CLEAN"]) == ""


def test_a_query_that_is_one_term_brings_its_page_above_the_hits(index: SearchIndex) -> None:
    term = home_term(index, find_pages(index, "光栅尺"))
    assert term is not None
    assert term.id == "TERM-scale"
    assert home_term(index, find_pages(index, "光栅尺脏污")) is None
    assert home_term(index, find_pages(index, "401")) is None


def test_names_of_values_come_from_the_vocabularies(index: SearchIndex) -> None:
    assert value_label(index.library, "subsystem", "SPI", "zh_CN") == "主轴"
    assert value_label(index.library, "type", "case", "zh_CN") == "案例"
    assert value_label(index.library, "type", "case", "en") == "Case"
    assert value_label(index.library, "brand", "FANUC", "zh_CN") == "FANUC"


def test_what_was_understood_can_be_sent(index: SearchIndex) -> None:
    row = understood_row(find_pages(index, "哈斯116 主轴").understood, index.library, "zh_CN")
    assert json.loads(json.dumps(row))["codes"][0]["families"] == [{"code": "haas", "name": "哈斯 Haas"}]


def test_each_line_of_a_batch_has_one_answer_with_the_query_as_it_was(index: SearchIndex) -> None:
    rows = answers(index, "报警401\r\n".encode(), "  主轴过热 \n".encode())
    assert [row["query"] for row in rows] == ["报警401", "  主轴过热 "]
    hit = rows[0]["hits"][0]  # type: ignore[index]
    assert set(hit) >= {"id", "type", "title", "score", "facts", "why"}
    assert (hit["id"], hit["facts"]) == ("ALM-SV0401", ["SV0401"])


@pytest.mark.parametrize("line", [b"", b"\n", b"   \n", b"\xff\xfe\n", b"\x00\n", "\ufeff\n".encode()])
def test_a_line_without_a_query_has_an_answer_without_hits(index: SearchIndex, line: bytes) -> None:
    (row,) = answers(index, line)
    assert row["hits"] == []


def test_bytes_that_are_not_utf8_do_not_end_a_batch(index: SearchIndex) -> None:
    rows = answers(index, b"\xb1\xa8\xbe\xaf401\n", "主轴过热".encode())
    assert len(rows) == 2
    assert rows[1]["hits"][0]["id"] == "CASE-HOT"  # type: ignore[index]


def test_a_mark_at_the_beginning_of_a_file_is_not_part_of_the_query(index: SearchIndex) -> None:
    assert answers(index, "\ufeff401\n".encode())[0]["query"] == "401"


def test_a_line_without_end_is_cut(index: SearchIndex) -> None:
    (row,) = answers(index, b"4" * (LONGEST_LINE + 1))
    assert len(str(row["query"])) == LONGEST_LINE


def test_answers_come_line_by_line(index: SearchIndex) -> None:
    asked = []

    def lines() -> object:
        for query in ("401", "主轴"):
            asked.append(query)
            yield query.encode()

    stream = answer_lines(index, lines(), size=1, chosen={}, language="en")  # type: ignore[arg-type]
    next(stream)
    assert asked == ["401"]
