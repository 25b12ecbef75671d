"""Pages that changed since the index was built are found at once, and nothing is built for them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.content import Library, load_library
from kb.search import SearchIndex, engines, index_state, open_index
from kb.search.engines import ENGINES
from kb.search.opening import FEW
from tests.kb.search.pages import CASES, a_case, a_library, a_term, an_alarm
from tests.kb.search.test_opening import end_of_building, first_id, write_new, written_by


@pytest.fixture(params=["whoosh", "tantivy"], autouse=True)
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(engines, "TANTIVY_FROM", 0 if request.param == "tantivy" else 1_000_000)
    return str(request.param)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return a_library(tmp_path)


class Desk:
    """A library being edited, and the index of one who searches it; nothing may be built after the first time."""

    def __init__(self, folder: Path, library: Library) -> None:
        self.folder = folder / "index"
        self.library = library
        self.index: SearchIndex = open_index(self.folder, library)

    def write(self, name: str, text: str) -> None:
        (self.library.folder / "cases" / f"{name}.md").write_text(text, encoding="utf-8")
        self.again()

    def remove(self, name: str) -> None:
        (self.library.folder / "cases" / f"{name}.md").unlink()
        self.again()

    def again(self) -> None:
        self.library = load_library(self.library.folder, known=self.library)
        assert not self.library.faults, self.library.faults
        self.index = open_index(self.folder, self.library, known=self.index)

    def ids(self, query: str) -> list[str]:
        return [hit.page.id for hit in self.index.search(query).hits]


@pytest.fixture
def desk(tmp_path: Path, library: Library, engine: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    desk = Desk(tmp_path, library)

    def refuse(*_: object) -> str:
        raise AssertionError("built anew")

    with monkeypatch.context() as patch:
        written_by(patch, engine, refuse)
        yield desk
    end_of_building()


def test_a_new_page_is_found_at_once(desk: Desk) -> None:
    assert desk.index.search("刀库乱刀").nearest or not desk.ids("刀库乱刀")
    desk.write("new", a_case(id="CASE-NEW", title="刀库乱刀"))
    assert desk.ids("刀库乱刀")[0] == "CASE-NEW"
    assert not desk.index.search("刀库乱刀").nearest
    assert desk.ids("dkld")[0] == "CASE-NEW", "by initials, too"
    assert desk.ids("daoku luandao")[0] == "CASE-NEW", "by pinyin, too"


def test_a_changed_page_is_found_by_its_new_words_only(desk: Desk) -> None:
    assert desk.ids("主轴异响")[0] == "CASE-NOISE"
    desk.write("noise", a_case(id="CASE-NOISE", title="齿轮箱漏油", symptom="地上有油"))
    assert desk.ids("齿轮箱漏油")[0] == "CASE-NOISE"
    assert "CASE-NOISE" not in desk.ids("轴承坏了")
    assert desk.index.search("异响").total == 0 or desk.index.search("异响").nearest
    assert desk.index.search("").total == len(desk.library.pages)
    assert desk.index.search("").facets["type"]["case"] == len(CASES)


def test_a_changed_page_can_change_again_and_change_back(desk: Desk) -> None:
    before = [(hit.page.id, hit.score) for hit in desk.index.search("主轴异响").hits]
    for title in ("齿轮箱漏油", "链条断裂"):
        desk.write("noise", a_case(id="CASE-NOISE", title=title, symptom="停了", failure_mode="NOI"))
        assert desk.ids(title)[0] == "CASE-NOISE"
    assert "CASE-NOISE" not in desk.ids("齿轮箱漏油") or desk.index.search("齿轮箱漏油").nearest
    desk.write("noise", CASES["cases__noise"])
    assert [(hit.page.id, hit.score) for hit in desk.index.search("主轴异响").hits] == before


def test_a_removed_page_and_its_codes_are_gone_at_once(desk: Desk) -> None:
    desk.write("new", a_case(id="CASE-NEW", title="刀库乱刀", alarms=[{"family": "fanuc", "code": "SV0430"}]))
    assert desk.ids("SV0430") == ["CASE-NEW"]
    assert desk.ids("数显表乱跳")[0] == "CASE-JUMP"
    desk.remove("new")
    desk.remove("jump")
    result = desk.index.search("SV0430")
    assert result.unknown_codes == ("SV0430",)
    assert "CASE-NEW" not in desk.ids("刀库乱刀")
    assert "CASE-JUMP" not in desk.ids("数显表乱跳")
    assert desk.index.search("焊机").total == 0, "no page has the word any more"


def test_a_withdrawn_page_is_found_only_when_asked_for(desk: Desk) -> None:
    assert desk.ids("主轴过热停机")[0] == "CASE-HOT"
    desk.write("hot", CASES["cases__hot"].replace("status: released", "status: withdrawn"))
    assert "CASE-HOT" not in desk.ids("主轴过热停机")


def test_a_new_alarm_is_found_by_code_and_an_old_one_keeps_its_place(desk: Desk) -> None:
    (desk.library.folder / "alarms" / "sv436.md").write_text(
        an_alarm("ALM-SV0436", "SV0436", "软过热", facts=["SV0436"]), encoding="utf-8"
    )
    desk.again()
    for query in ("sv436", "报警436", "SV 0436"):
        assert desk.ids(query)[0] == "ALM-SV0436"
    assert desk.ids("报警401")[0] == "ALM-SV0401"


def test_a_process_that_starts_later_finds_the_change_without_building(desk: Desk) -> None:
    desk.write("new", a_case(id="CASE-NEW", title="刀库乱刀"))
    desk.remove("jump")
    assert index_state(desk.folder, desk.library) == "old"
    later = open_index(desk.folder, load_library(desk.library.folder))
    assert first_id(later, "刀库乱刀") == "CASE-NEW"
    assert "CASE-JUMP" not in [hit.page.id for hit in later.search("数显表乱跳").hits]
    assert later.search("").total == len(desk.library.pages)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(
        st.tuples(
            st.sampled_from(["hot", "noise", "jump", "ready", "scale", "one", "two"]),
            st.sampled_from(["", "主轴过热", "刀库乱刀", "数显表不亮 SV0401", "X轴回零不准", "光栅尺进水"]),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_what_changed_is_answered_as_if_it_had_been_built(
    tmp_path_factory: pytest.TempPathFactory, engine: str, changes: list[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("law")
    library = a_library(folder)
    index = open_index(folder / "index", library)
    for name, title in changes:
        path = library.folder / "cases" / f"{name}.md"
        if title:
            id_ = f"CASE-{name.upper()}"
            path.write_text(a_case(id=id_, title=title, summary=f"{title}，查过。"), encoding="utf-8")
        else:
            path.unlink(missing_ok=True)
        library = load_library(library.folder, known=library)
        index = open_index(folder / "index", library, known=index)
    fresh = open_index(folder / "other", load_library(library.folder))
    for query in ("主轴过热", "刀库乱刀", "SV0401", "数显", "回零", "光珊尺", "zzgr", ""):
        one, two = index.search(query, size=100), fresh.search(query, size=100)
        assert one.total == two.total, query
        assert {hit.page.id for hit in one.hits} == {hit.page.id for hit in two.hits}, query
        assert one.facets == two.facets, query
        assert one.nearest == two.nearest, query
        if one.hits:
            # Mean lengths are those of the built index, so scores may part in the third digit.
            assert one.hits[0].score == pytest.approx(two.hits[0].score, rel=0.15, abs=0.05), query


def test_a_new_term_joins_its_names_and_a_successor_follows(
    tmp_path: Path, library: Library, engine: str
) -> None:
    index = open_index(tmp_path / "index", library)
    (library.folder / "terms" / "gib.md").write_text(
        a_term("gib", "镶条", "gib", alt=("塞铁",)), encoding="utf-8"
    )
    write_new(library, "gib", title="塞铁松动")
    changed = load_library(library.folder, known=library)
    index = open_index(tmp_path / "index", changed, known=index)
    assert "CASE-GIB" in [hit.page.id for hit in index.search("镶条").hits]
    end_of_building()
    assert index_state(tmp_path / "index", changed) == "current", "old pages carry the new name, too"


def test_few_changes_wait_and_many_call_for_a_successor(
    tmp_path: Path, library: Library, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = open_index(tmp_path / "index", library)
    for number in range(FEW):
        write_new(library, f"n{number}", title=f"第{number}号故障")
    changed = load_library(library.folder, known=library)
    index = open_index(tmp_path / "index", changed, known=index)
    end_of_building()
    assert index_state(tmp_path / "index", changed) == "old"
    write_new(library, "last", title="最后一个故障")
    more = load_library(library.folder, known=changed)
    open_index(tmp_path / "index", more, known=index)
    end_of_building()
    assert index_state(tmp_path / "index", more) == "current"
    assert ENGINES[engine].name == engine
