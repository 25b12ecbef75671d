"""The index on disk: built aside, swapped in whole, opened only where it is exactly what was built."""

import json
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from kb.content import Library, load_library
from kb.search import SearchIndex, engines, index_state, open_index, opening
from kb.search.engines import ENGINES, TANTIVY_FROM, engine_for
from kb.search.postings import DamagedIndex
from kb.search.tantivy_index import TantivyPostings
from kb.search.whoosh_index import WhooshPostings, write_index
from tests.kb.search.pages import a_case, a_library

ROOT = Path(__file__).parents[3]


FILES = {"whoosh": {"lists": ".pst", "terms": ".trm"}, "tantivy": {"lists": ".idx", "terms": ".term"}}


@pytest.fixture(params=["whoosh", "tantivy"], autouse=True)
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Every test here runs on both engines: `auto` takes this one for the small library."""
    monkeypatch.setattr(engines, "TANTIVY_FROM", 0 if request.param == "tantivy" else 1_000_000)
    return str(request.param)


def written_by(monkeypatch: pytest.MonkeyPatch, engine: str, write: Callable[..., str]) -> None:
    """Let `write` stand for the engine's own writing."""
    monkeypatch.setitem(ENGINES, engine, replace(ENGINES[engine], write=write))


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return a_library(tmp_path)


def folders(index_dir: Path) -> list[Path]:
    return sorted(path for path in index_dir.iterdir() if path.is_dir())


def write_new(library: Library, name: str = "new", title: str = "刀库乱刀", **more: str) -> None:
    text = a_case(id=f"CASE-{name.upper()}", title=title, **more)
    (library.folder / "cases" / f"{name}.md").write_text(text, encoding="utf-8")


def end_of_building() -> None:
    for thread in threading.enumerate():
        if thread.daemon and thread.name == "index":
            thread.join(60)


def first_id(index: SearchIndex, query: str) -> str:
    return index.search(query).hits[0].page.id


def test_an_index_is_missing_then_current_then_old(tmp_path: Path, library: Library) -> None:
    index_dir = tmp_path / "index"
    assert index_state(index_dir, library) == "missing"
    open_index(index_dir, library)
    assert index_state(index_dir, library) == "current"
    write_new(library)
    assert index_state(index_dir, load_library(library.folder)) == "old"


def test_a_known_index_comes_back_while_nothing_changed(tmp_path: Path, library: Library) -> None:
    index = open_index(tmp_path / "index", library)
    assert open_index(tmp_path / "index", load_library(library.folder), known=index) is index


def test_an_index_on_disk_is_opened_and_not_built_again(
    tmp_path: Path, library: Library, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_index(tmp_path / "index", library)

    def refuse(*_: object) -> str:
        raise AssertionError("built again")

    written_by(monkeypatch, engine, refuse)
    assert first_id(open_index(tmp_path / "index", library), "报警401") == "ALM-SV0401"


def test_a_successor_takes_over_and_the_old_index_goes(
    tmp_path: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = open_index(tmp_path / "index", library)
    (before,) = folders(tmp_path / "index")
    monkeypatch.setattr(opening, "FEW", 0)
    write_new(library)
    changed = load_library(library.folder, known=library)
    open_index(tmp_path / "index", changed, known=index)
    end_of_building()
    after = open_index(tmp_path / "index", changed, known=index)
    assert first_id(after, "刀库乱刀") == "CASE-NEW"
    assert index_state(tmp_path / "index", changed) == "current"
    assert before not in folders(tmp_path / "index")
    assert first_id(index, "报警401") == "ALM-SV0401", "whoever has the old one open goes on with it"
    assert first_id(index, "zzgr") == "CASE-HOT", "also with what is looked up only now"


@pytest.mark.parametrize("kind", ["lists", "terms", "manifest.json"])
@pytest.mark.parametrize("harm", ["cut", "changed", "gone", "empty"])
def test_a_damaged_index_is_told_and_built_again(
    tmp_path: Path, library: Library, engine: str, kind: str, harm: str
) -> None:
    ending = FILES[engine].get(kind, kind)
    index_dir = tmp_path / "index"
    open_index(index_dir, library)
    (file,) = [path for path in folders(index_dir)[0].iterdir() if path.name.endswith(ending)]
    raw = file.read_bytes()
    file.unlink()  # As a copy or a restore does: whoever has the file mapped keeps it whole.
    if harm != "gone":
        file.write_bytes({"cut": raw[:-7], "changed": raw[:40] + b"\xff" + raw[41:], "empty": b""}[harm])
    assert index_state(index_dir, library) == "damaged"
    assert first_id(open_index(index_dir, library), "报警401") == "ALM-SV0401"
    assert index_state(index_dir, library) == "current"


class Bomb:
    """What a stranger's pickle would do."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (exec, ("open('exploded', 'w').close()",))


def test_a_pickle_in_a_strangers_index_is_not_obeyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "strange"
    folder.mkdir()
    segment = write_index(folder, [{"主轴": 1.0 + n} for n in range(20)])
    assert list(WhooshPostings(folder, segment, 20).impacts("主轴")[0]) == list(range(20))
    postings = folder / f"{segment}.pst"
    raw = postings.read_bytes()
    bomb = pickle.dumps(Bomb(), 2)
    assert len(bomb) < len(raw) - 8
    postings.write_bytes(raw[:8] + bomb + raw[8 + len(bomb) :])
    with pytest.raises((DamagedIndex, pickle.UnpicklingError), match=r"never needs|unreadable"):
        WhooshPostings(folder, segment, 20).impacts("主轴")
    terms = folder / f"{segment}.trm"
    raw = terms.read_bytes()
    extras = raw.rindex(b"\x80")
    terms.write_bytes(raw[:extras] + bomb + (len(bomb)).to_bytes(4, "big"))
    with pytest.raises(DamagedIndex, match="never needs"):
        WhooshPostings(folder, segment, 20)
    assert not (tmp_path / "exploded").exists()


def test_a_build_that_fails_leaves_nothing_and_the_next_one_works(
    tmp_path: Path, library: Library, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(folder: Path, documents: Iterator[Mapping[str, float]]) -> str:
        (folder / "half.trm").write_bytes(b"half")
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        written_by(patch, engine, fail)
        with pytest.raises(OSError, match="disk full"):
            open_index(tmp_path / "index", library)
    assert folders(tmp_path / "index") == []
    assert first_id(open_index(tmp_path / "index", library), "报警401") == "ALM-SV0401"


def test_two_processes_that_build_at_once_both_find(tmp_path: Path, library: Library, engine: str) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from kb.content import load_library\n"
        "from kb.search import open_index\n"
        "index = open_index(Path(sys.argv[1]), load_library(Path(sys.argv[2])), engine=sys.argv[3])\n"
        "print(index.search('报警401').hits[0].page.id)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "index"), str(library.folder), engine]
    running = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for process in running:
        out, problem = process.communicate(timeout=120)
        assert process.returncode == 0, problem
        assert out.strip() == "ALM-SV0401"
    assert index_state(tmp_path / "index", library) == "current"
    assert len(folders(tmp_path / "index")) == 1


def test_threads_share_one_index(tmp_path: Path, library: Library) -> None:
    index = open_index(tmp_path / "index", library)
    wanted = [hit.page.id for hit in index.search("主轴过热").hits]
    fresh = open_index(tmp_path / "index", library)
    found: list[list[str]] = []

    def look() -> None:
        found.extend([hit.page.id for hit in fresh.search("主轴过热").hits] for _ in range(20))

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [wanted] * 80


def test_a_changed_page_is_found_while_the_successor_is_built(
    tmp_path: Path, library: Library, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "FEW", 1)
    index = open_index(tmp_path / "index", library)
    go_on = threading.Event()
    real = ENGINES[engine].write

    def slowly(folder: Path, documents: Iterator[Mapping[str, float]]) -> str:
        assert go_on.wait(60)
        return real(folder, documents)

    written_by(monkeypatch, engine, slowly)
    monkeypatch.setattr(opening, "FEW_SHARE", 1_000_000)
    write_new(library)
    write_new(library, "two", title="冷却液发臭")
    changed = load_library(library.folder, known=library)
    meanwhile = open_index(tmp_path / "index", changed, known=index)
    assert first_id(meanwhile, "刀库乱刀") == "CASE-NEW"
    assert first_id(meanwhile, "冷却液发臭") == "CASE-TWO"
    write_new(library, "three", title="卡盘夹不紧")
    more = load_library(library.folder, known=changed)
    meanwhile = open_index(tmp_path / "index", more, known=meanwhile)
    assert first_id(meanwhile, "卡盘夹不紧") == "CASE-THREE"
    go_on.set()
    end_of_building()
    after = open_index(tmp_path / "index", more, known=meanwhile)
    assert [first_id(after, text) for text in ("刀库乱刀", "卡盘夹不紧")] == ["CASE-NEW", "CASE-THREE"]
    assert index_state(tmp_path / "index", changed) == "current", (
        "the successor is of the state it was begun with"
    )


def test_a_full_disk_stops_the_successor_and_not_the_search(
    tmp_path: Path,
    library: Library,
    engine: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(opening, "FEW", 0)
    index = open_index(tmp_path / "index", library)

    def fail(folder: Path, documents: Iterator[Mapping[str, float]]) -> str:
        raise OSError("disk full")

    write_new(library)
    changed = load_library(library.folder, known=library)
    with monkeypatch.context() as patch:
        written_by(patch, engine, fail)
        index = open_index(tmp_path / "index", changed, known=index)
        end_of_building()
    assert "disk full" in caplog.text
    assert first_id(open_index(tmp_path / "index", changed, known=index), "刀库乱刀") == "CASE-NEW"
    write_new(library, "two", title="冷却液发臭")
    more = load_library(library.folder, known=changed)
    index = open_index(tmp_path / "index", more, known=index)
    end_of_building()
    assert index_state(tmp_path / "index", more) == "current", "the next change tries again"


def test_a_manifest_cannot_lead_out_of_its_folder(tmp_path: Path, library: Library) -> None:
    index_dir = tmp_path / "index"
    open_index(index_dir, library)
    manifest = folders(index_dir)[0] / "manifest.json"
    values = json.loads(manifest.read_text(encoding="utf-8"))
    values["segment"] = "../../elsewhere"
    manifest.write_text(json.dumps(values), encoding="utf-8")
    assert index_state(index_dir, library) == "damaged"


def test_an_empty_library_has_an_index_too(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    index = open_index(tmp_path / "index", load_library(tmp_path / "content"))
    result = index.search("报警401")
    assert result.total == 0
    assert result.unknown_codes == ("401",)


def test_a_new_version_of_the_words_makes_a_new_index(
    tmp_path: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_index(tmp_path / "index", library)
    words = tmp_path / "words.tsv"
    words.write_bytes(opening.WORDS_FILE.read_bytes() + "same\t铁疙瘩;主轴\n".encode())
    monkeypatch.setattr(opening, "WORDS_FILE", words)
    assert index_state(tmp_path / "index", library) == "old"


def test_auto_takes_tantivy_from_its_threshold_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "TANTIVY_FROM", TANTIVY_FROM)
    assert engine_for("auto", TANTIVY_FROM - 1).name == "whoosh"
    assert engine_for("auto", TANTIVY_FROM).name == "tantivy"
    assert engine_for("whoosh", 10 * TANTIVY_FROM).name == "whoosh"
    assert engine_for("tantivy", 1).name == "tantivy"


def test_another_engine_has_an_index_of_its_own(tmp_path: Path, library: Library, engine: str) -> None:
    open_index(tmp_path / "index", library)
    other = "tantivy" if engine == "whoosh" else "whoosh"
    assert index_state(tmp_path / "index", library, engine=other) == "old"
    assert first_id(open_index(tmp_path / "index", library, engine=other), "报警401") == "ALM-SV0401"
    assert index_state(tmp_path / "index", library, engine=other) == "current"


def test_what_is_written_comes_back_from_either_engine(tmp_path: Path) -> None:
    documents = [{"主轴": 0.01 + 0.9 * n, f"#SV.{n}": 3.0, "@W-e stop": 1.0} for n in range(300)]
    read = []
    for name, one in ENGINES.items():
        folder = tmp_path / name
        folder.mkdir()
        postings = one.opened(folder, one.write(folder, documents), len(documents))
        assert list(postings.impacts("主轴")[0]) == list(range(300))
        assert [postings.count(token) for token in ("主轴", "#SV.7", "@W-e stop", "主", "SV.7")] == [
            300,
            1,
            300,
            0,
            0,
        ]
        assert [len(postings.impacts(token)[0]) for token in ("#SV.7", "主")] == [1, 0]
        read.append([list(postings.impacts(token)[1]) for token in ("主轴", "#SV.7", "@W-e stop")])
    assert read[0] == read[1]
    assert read[0][0] == sorted(read[0][0])
    assert 0 < read[0][0][0] < read[0][0][-1] <= 1


@pytest.mark.parametrize("harm", ["gone", "cut", "strange"])
def test_tantivy_files_that_are_not_its_own_are_damaged(tmp_path: Path, harm: str) -> None:
    folder = tmp_path / "one"
    folder.mkdir()
    segment = ENGINES["tantivy"].write(folder, [{"主轴": 1.0}] * 20)
    meta = folder / "meta.json"
    if harm == "gone":
        meta.unlink()
    else:
        meta.write_bytes(meta.read_bytes()[:-9] if harm == "cut" else b"[]")
    with pytest.raises(DamagedIndex, match="one"):
        TantivyPostings(folder, segment, 20)


def test_an_index_of_other_documents_is_damaged(tmp_path: Path) -> None:
    folder = tmp_path / "one"
    folder.mkdir()
    segment = ENGINES["tantivy"].write(folder, [{"主轴": 1.0}] * 20)
    with pytest.raises(DamagedIndex, match="has 20 documents, not 21"):
        TantivyPostings(folder, segment, 21)
    with pytest.raises(DamagedIndex, match="another engine"):
        TantivyPostings(folder, "all", 20)
