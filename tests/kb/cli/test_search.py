"""`servicebook search`: one query or a file of them."""

import io
import json
from pathlib import Path

import pytest

from tests.kb.cli.running import Servicebook
from tests.kb.search.pages import a_library


@pytest.fixture
def servicebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Servicebook:
    library = a_library(tmp_path)
    monkeypatch.chdir(tmp_path)
    return Servicebook(
        monkeypatch,
        capsys,
        {"SERVICEBOOK_CONTENT_DIR": str(library.folder), "SERVICEBOOK_HOME": str(tmp_path / "var")},
    )


def test_hits_are_listed_with_type_title_id_and_reason(servicebook: Servicebook) -> None:
    run = servicebook("search", "报警401")
    assert run.code == 0
    lines = run.out.splitlines()
    assert lines[0] == " 1. [报警] SV0401 伺服准备信号断开  (ALM-SV0401)"
    assert lines[1].startswith("    报警号 401 就是这一条")
    assert lines[-1] == "3 页 · pages"


def test_words_of_a_query_need_no_quotes(servicebook: Servicebook) -> None:
    assert servicebook("search", "sv", "0401", "--json").json()["query"] == "sv 0401"


def test_a_result_comes_as_data(servicebook: Servicebook) -> None:
    found = servicebook("search", "报警401", "--json", "--limit", "1").json()
    (hit,) = found["hits"]
    assert (hit["id"], hit["type"], hit["facts"]) == ("ALM-SV0401", "alarm", ["SV0401"])
    assert found["total"] == 3
    assert found["understood"]["codes"][0]["state"] == "exact"
    assert found["facets"]["type"] == {"alarm": 1, "case": 1, "guide": 1}


def test_types_narrow_the_result(servicebook: Servicebook) -> None:
    found = servicebook("search", "光栅尺", "--type", "guide,case", "--json").json()
    assert {hit["type"] for hit in found["hits"]} == {"guide", "case"}


def test_a_code_that_is_not_there_is_told(servicebook: Servicebook) -> None:
    run = servicebook("search", "SV0402")
    assert run.out.startswith("资料库里没有 · not in the library: SV0402")


def test_a_likely_spelling_is_offered(servicebook: Servicebook) -> None:
    assert "是不是要找 · did you mean: 主轴过热" in servicebook("search", "zhuzhouguore").out


def test_a_file_of_queries_has_an_object_for_each_line(servicebook: Servicebook, tmp_path: Path) -> None:
    queries = tmp_path / "queries.txt"
    queries.write_bytes("报警401\n\n主轴过热\n".encode() + b"\xff\xfe\n" + "数显表乱跳".encode())
    run = servicebook("search", "--batch", str(queries), "--json")
    rows = [json.loads(line) for line in run.out.splitlines()]
    assert run.code == 0
    assert [row["hits"][0]["id"] if row["hits"] else "" for row in rows] == [
        "ALM-SV0401",
        "",
        "CASE-HOT",
        "",
        "CASE-JUMP",
    ]
    assert set(rows[0]["hits"][0]) >= {"id", "type", "title", "score", "facts", "why"}


def test_queries_come_from_standard_input(servicebook: Servicebook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("报警401\n".encode()), encoding="utf-8"))
    run = servicebook("search", "--batch", "-", "--json")
    assert json.loads(run.out)["query"] == "报警401"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ((), 6, "give a query, a --type, an --equipment, or --batch FILE"),
        (("x", "--batch", "y"), 6, "give a query or --batch, not both"),
        (("--batch", "nowhere.txt"), 7, "no file of queries has the id 'nowhere.txt'"),
    ],
)
def test_a_wrong_call_is_told(
    servicebook: Servicebook, words: tuple[str, ...], code: int, message: str
) -> None:
    run = servicebook("search", *words)
    assert run.code == code
    assert message in run.err


def test_all_pages_of_a_type_are_listed_without_a_query(servicebook: Servicebook) -> None:
    found = servicebook("search", "--type", "guide", "--json").json()
    assert found["total"] == 3
