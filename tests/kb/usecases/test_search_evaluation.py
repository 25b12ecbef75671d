from collections.abc import Callable
from pathlib import Path

import pytest

from kb.errors import BadImport, NotFound
from kb.search import SearchIndex
from kb.usecases.search_evaluation import (
    MOST_BYTES,
    STRATA,
    evaluate,
    evaluation_row,
    read_judged_queries,
)
from tests.kb.search.pages import an_index

HEAD = "query\tjudged\tstratum\n"
Written = Callable[..., Path]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    return an_index(tmp_path_factory.mktemp("evaluation"))


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(*lines: str) -> Path:
        path = tmp_path / "queries.tsv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


def faults_of(path: Path, index: SearchIndex) -> list[str]:
    with pytest.raises(BadImport, match="file of judged queries") as caught:
        read_judged_queries(path, index.library)
    return [str(fault) for fault in caught.value.faults]


def test_a_file_is_read_with_grades_comments_blank_lines_and_heading(
    index: SearchIndex, written: Written
) -> None:
    path = written(
        "# said once", HEAD.strip(), "", "报警401\tALM-SV0401 = 3| SV0401\tcode\r", "没有的\t-\tsymptom"
    )
    one, two = read_judged_queries(path, index.library)
    assert (one.line, one.query, one.stratum) == (4, "报警401", "code")
    assert one.grades == {"ALM-SV0401": 3, "SV0401": 1}
    assert (two.line, two.grades) == (5, {})


def test_a_byte_order_mark_is_no_part_of_the_first_query(index: SearchIndex, tmp_path: Path) -> None:
    path = tmp_path / "bom.tsv"
    path.write_bytes(b"\xef\xbb\xbf401\tSV0401\tcode\n")
    assert read_judged_queries(path, index.library)[0].query == "401"


def test_every_fault_of_the_file_is_told_by_line(index: SearchIndex, written: Written) -> None:
    path = written(
        "401\tSV0401",
        "\tSV0401\tcode",
        "a\tSV0401\tcodes",
        "b\tSV9999\tcode",
        "c\tSV0401=0\tcode",
        "d\tSV0401=10\tcode",
        "e\tSV0401=two\tcode",
        "f\tSV0401|SV0401\tcode",
        "g\t\tcode",
        "h\tSV0401\tcode",
        "h\tSV0401\tcode",
    )
    wanted = [
        "queries.tsv:1: has 2 column(s)",
        "queries.tsv:2: has no query",
        "queries.tsv:3: 'codes' is no stratum",
        "queries.tsv:4: 'SV9999' is neither a page id nor a fact",
        "queries.tsv:5: '0' is no grade",
        "queries.tsv:6: '10' is no grade",
        "queries.tsv:7: 'two' is no grade",
        "queries.tsv:8: judges 'SV0401' twice",
        "queries.tsv:9: names nothing where an id or fact must stand",
        "queries.tsv:11: asks 'h' again, as line 10 does",
    ]
    found = faults_of(path, index)
    assert len(found) == len(wanted)
    for fault, start in zip(found, wanted, strict=True):
        assert fault.startswith(start)


def test_several_faults_of_one_line_are_all_told(index: SearchIndex, written: Written) -> None:
    assert len(faults_of(written("\tNO-1|NO-2=x\tnone"), index)) == 5


def test_a_line_that_is_not_utf_8_is_told_and_the_rest_is_still_read(
    index: SearchIndex, tmp_path: Path
) -> None:
    path = tmp_path / "gbk.tsv"
    path.write_bytes("主轴\tSV0401\tcode\n".encode("gbk") + b"a\tSV0401\n")
    found = faults_of(path, index)
    assert found[0].startswith("gbk.tsv:1: is not UTF-8")
    assert found[1].startswith("gbk.tsv:2: has 2 column(s)")


@pytest.mark.parametrize("text", ["", "# nothing\n", HEAD])
def test_a_file_without_a_query_is_a_fault(index: SearchIndex, tmp_path: Path, text: str) -> None:
    path = tmp_path / "empty.tsv"
    path.write_text(text, encoding="utf-8")
    assert faults_of(path, index) == ["empty.tsv: has no query → write one a line"]


def test_a_file_that_is_not_there_is_not_found(index: SearchIndex, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"no file of judged queries has the id .*none\.tsv"):
        read_judged_queries(tmp_path / "none.tsv", index.library)


def test_a_file_far_too_large_is_not_read(index: SearchIndex, tmp_path: Path) -> None:
    path = tmp_path / "large.tsv"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    assert faults_of(path, index)[0].startswith("large.tsv: it has 20,000,001 bytes")


def test_figures_are_those_of_the_hits_and_failures_are_listed(index: SearchIndex, written: Written) -> None:
    # One right at once; one judged by a page that the query does not find; one that the library cannot answer.
    hits = [hit.page.id for hit in index.search("光栅尺", size=10).hits]
    assert "ALM-SV0401" not in hits
    path = written("报警401\tALM-SV0401\tcode", "光栅尺\tALM-SV0401\tsymptom", "SV0402\t-\tcode")
    evaluation = evaluate(index, read_judged_queries(path, index.library))
    both = evaluation.all
    assert (both.queries, both.ndcg_10, both.mrr_10, both.recall_10) == (2, 0.5, 0.5, 0.5)
    assert (both.hit_1, both.hit_3, both.zero) == (0.5, 0.5, 0.0)
    assert evaluation.strata["code"].ndcg_10 == 1.0
    assert list(evaluation.strata) == ["code", "symptom"]
    (failure,) = evaluation.failures
    assert (failure.judged.query, failure.rank, failure.shown) == ("光栅尺", 0, tuple(hits[:3]))
    (declined,) = evaluation.declined
    assert declined.said_so
    assert evaluation.noise == ()


def test_a_query_that_finds_nothing_at_all_is_a_zero_result(index: SearchIndex, written: Written) -> None:
    path = written("qqxxzz\tSV0401\tenglish", "401\tSV0401\tcode")
    evaluation = evaluate(index, read_judged_queries(path, index.library))
    assert evaluation.all.zero == 0.5
    assert evaluation.strata["english"].zero == 1.0


def test_noise_is_an_answer_to_what_the_library_does_not_have(index: SearchIndex, written: Written) -> None:
    evaluation = evaluate(index, read_judged_queries(written("光栅尺\t-\tsymptom"), index.library))
    assert [one.judged.query for one in evaluation.noise] == ["光栅尺"]
    assert evaluation.all.queries == 0
    assert evaluation.strata == {}


def test_failures_come_worst_first_and_as_many_as_asked(index: SearchIndex, written: Written) -> None:
    wrong = [f"{word}\tALM-SV0401\tsymptom" for word in ("光栅尺", "读数头", "主轴")]
    evaluation = evaluate(index, read_judged_queries(written(*wrong), index.library))
    row = evaluation_row(evaluation, failures=1)
    assert row["failures_total"] == len(evaluation.failures) >= 2
    listed = row["failures"]
    assert isinstance(listed, list)
    assert len(listed) == 1
    assert evaluation_row(evaluation, failures=0)["failures"] == []
    ranks = [one.rank or 99 for one in evaluation.failures]
    assert ranks == sorted(ranks, reverse=True)


def test_a_query_is_asked_for_the_machine_in_hand_that_its_line_names(
    index: SearchIndex, written: Written
) -> None:
    path = written(
        "query\tjudged\tstratum\tcontroller\tmodel",
        "报警\tALM-SV0401\tcode",
        "报警\tALM-SV0401\tcode\tfanuc-0i",
        "报警\tALM-SV0401\tcode\tsiemens-828d\tVMC",
        "报警\tALM-SV0401\tcode\t\tVMC",
    )
    queries = read_judged_queries(path, index.library)
    assert [one.scope and (one.scope.controller, one.scope.machine) for one in queries] == [
        None,
        ("fanuc-0i", ""),
        ("siemens-828d", "VMC"),
        ("", "VMC"),
    ]
    for measured, judged in zip(evaluate(index, queries).measured, queries, strict=True):
        hits = index.search("报警", size=3, scope=judged.scope).hits
        assert measured.shown == tuple(hit.page.id for hit in hits)


def test_a_machine_that_no_vocabulary_has_and_a_query_asked_twice_for_one_machine_are_faults(
    index: SearchIndex, written: Written
) -> None:
    path = written(
        "a\tSV0401\tcode\tfanuc-0j\tVMD",
        "b\tSV0401\tcode\tfanuc-0i",
        "b\tSV0401\tcode\tfanuc-0i\t",
        "c\tSV0401\tcode\tfanuc-0i\tVMC\tmore",
    )
    faults = faults_of(path, index)
    assert [fault.split(":")[1].split()[0] for fault in faults] == ["1", "1", "3", "4"]
    assert "'fanuc-0j' is no controller" in faults[0]
    assert "'VMD' is no model" in faults[1]


def test_strata_are_those_of_the_issue() -> None:
    assert STRATA == ("code", "symptom", "how-to", "pinyin-typo-slang", "english", "mixed")
