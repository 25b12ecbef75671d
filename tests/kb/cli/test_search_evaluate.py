"""`servicebook search evaluate`: the figures as a table and as data; `unanswered`: the queries to be answered; words still search."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from kb.store import Store
from kb.usecases.search_log import Note, keep_notes
from tests.kb.cli.running import Servicebook
from tests.kb.search.pages import a_library

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def servicebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Servicebook:
    library = a_library(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "queries.tsv").write_text(
        "query\tjudged\tstratum\n报警401\tALM-SV0401\tcode\n光栅尺\tALM-SV0401\tsymptom\n光栅\t-\tsymptom\n",
        encoding="utf-8",
    )
    return Servicebook(
        monkeypatch,
        capsys,
        {"SERVICEBOOK_CONTENT_DIR": str(library.folder), "SERVICEBOOK_HOME": str(tmp_path / "var")},
    )


def test_a_file_is_measured_by_stratum_with_its_failures(servicebook: Servicebook) -> None:
    run = servicebook("search", "evaluate", "queries.tsv")
    assert run.code == 0
    lines = run.out.splitlines()
    assert lines[0].split() == ["queries", "nDCG@10", "MRR@10", "recall@10", "hit@1", "hit@3", "zero"]
    assert lines[1].split() == ["code", "1", "1.000", "1.000", "1.000", "1.000", "1.000", "0.000"]
    assert lines[2].split() == ["symptom", "1", *["0.000"] * 6]
    assert lines[3].split() == ["all", "2", *["0.500"] * 5, "0.000"]
    assert lines[4].startswith("资料库没有答案 · no answer in the library: 0 / 1")
    assert "[symptom] 光栅尺  应有 · wanted ALM-SV0401, 名次 · rank —" in lines[5]
    assert "光栅  应说没有 · should say nothing fits" in lines[6]


def test_figures_come_as_data(servicebook: Servicebook) -> None:
    found = servicebook("search", "evaluate", "queries.tsv", "--json").json()
    assert found["all"] == {
        "queries": 2,
        "ndcg@10": 0.5,
        "mrr@10": 0.5,
        "recall@10": 0.5,
        "hit@1": 0.5,
        "hit@3": 0.5,
        "zero_results": 0.0,
    }
    assert (found["failures_total"], found["failures_by_stratum"]) == (1, {"symptom": 1})
    assert found["failures"][0]["wanted"] == {"ALM-SV0401": 1}
    assert found["no_answer"]["said_so"] == 0


def test_failures_beyond_the_number_asked_for_are_counted(servicebook: Servicebook) -> None:
    run = servicebook("search", "evaluate", "queries.tsv", "--failures", "0")
    assert run.out.splitlines()[-1] == "… 还有 1 条 · more failures"


def test_faults_of_the_file_end_with_their_own_code(servicebook: Servicebook, tmp_path: Path) -> None:
    (tmp_path / "bad.tsv").write_text("401\tNONE\tcode\nx\n", encoding="utf-8")
    run = servicebook("search", "evaluate", "bad.tsv")
    assert run.code == 4
    assert "bad.tsv:1: 'NONE' is neither" in run.err
    assert "bad.tsv:2: has 1 column(s)" in run.err
    missing = servicebook("search", "evaluate", "missing.tsv")
    assert missing.code == 7
    assert "missing.tsv" in missing.err


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("报警401",), id="word"),
        pytest.param(("find", "报警401"), id="named"),
        pytest.param(("--limit", "3", "报警401"), id="option first"),
        pytest.param(("--", "报警401"), id="after the end of options"),
    ],
)
def test_words_search_with_or_without_the_name_of_the_command(
    servicebook: Servicebook, words: tuple[str, ...]
) -> None:
    run = servicebook("search", *words)
    assert run.code == 0
    assert run.out.startswith(" 1. [报警] SV0401")


def test_the_word_evaluate_among_others_in_one_query_searches(servicebook: Servicebook) -> None:
    assert servicebook("search", "evaluate 401", "--json").json()["query"] == "evaluate 401"


def test_help_names_the_commands_and_nothing_said_is_refused(servicebook: Servicebook) -> None:
    assert {"find", "evaluate"} <= set(servicebook("search", "--help").out.split())
    assert "--batch" in servicebook("search", "find", "--help").out
    assert servicebook("search").code == 6


def test_unanswered_queries_are_listed_and_come_as_data(servicebook: Servicebook, tmp_path: Path) -> None:
    assert servicebook("search", "unanswered").code == 14
    assert servicebook("migrate").code == 0
    run = servicebook("search", "unanswered")
    assert run.out.splitlines() == ["待处理 0 · open, 已答 0 · answered, 不收 0 · declined"]
    store = Store(f"sqlite:///{tmp_path / 'var' / 'servicebook.db'}")
    keep_notes(
        store,
        [Note(query=query, kind="nothing", at=NOON) for query in ("qqxxzz", "qqxxzz", "报警401")],
    )
    store.close()
    first, second, _ = servicebook("search", "unanswered").out.splitlines()
    assert first.startswith("    2  qqxxzz  (没找到 · nothing 2, 相近 · near 0, 没帮助 · not helpful 0)")
    assert second.endswith("现在能答 · answered now by ALM-SV0401")
    found = servicebook("search", "unanswered", "--json", "--limit", "1").json()
    assert found["counts"]["open"] == 2
    assert [(one["query"], one["asked"]) for one in found["items"]] == [("qqxxzz", 2)]
    assert servicebook("search", "unanswered", "--state", "gone").code == 2
