import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import BadInput, BadQuery, Conflict, NotFound
from kb.search import SearchIndex
from kb.store import Store
from kb.store import register as audit
from kb.usecases import search_log
from kb.usecases.search_log import (
    KEPT_FOR,
    LONGEST_QUERY,
    Note,
    Unanswered,
    keep_notes,
    normalised,
    note_of,
    query_id,
    take_over,
    unanswered,
    unanswered_counts,
    vote,
    without_personal_data,
)
from kb.usecases.search_notes import WAITING, SearchNotes
from tests.kb.search.pages import an_index

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
TODAY = NOON.date()


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    return an_index(tmp_path_factory.mktemp("log"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'log.db'}")
    opened.migrate()
    yield opened
    opened.close()


def note(query: str, at: datetime = NOON) -> Note:
    return Note(query=query, kind="nothing", at=at)


def listed(store: Store, state: str = "open", today: date = TODAY) -> list[Unanswered]:
    return list(unanswered(store, None, today=today, state=state))


def taken(store: Store, query: str, **changes: str | int | None) -> Unanswered:
    values: dict[str, str | int | None] = {
        "owner": "",
        "due": "",
        "state": "open",
        "note": "",
        "revision": None,
    }
    return take_over(store, id=query_id(query), who="训练员", now=NOON, **(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        pytest.param("打 13800138000 找张工", "打 … 找张工", id="mobile"),
        pytest.param("138-0013-8000", "…", id="mobile in groups"),
        pytest.param("+86 138 0013 8000 主轴", "… 主轴", id="with country"),
        pytest.param("11010519491231002X 报警", "… 报警", id="identity number"),
        pytest.param("zhang@example.com 主轴", "… 主轴", id="mail"),
        pytest.param("报警 700123456", "报警 700123456", id="nine digits are a code"),
        pytest.param("报警 7001234567", "报警 …", id="ten digits are not"),
        pytest.param("SV0401 25050 X1", "SV0401 25050 X1", id="codes stay"),
        pytest.param("a\x00b\n c", "a b c", id="one line"),
        pytest.param("主" * 300, "主" * LONGEST_QUERY, id="cut to length"),
    ],
)
def test_personal_data_is_taken_out_of_a_query_and_codes_stay(typed: str, kept: str) -> None:
    assert without_personal_data(typed) == kept


@given(number=st.integers(10**9, 10**18), before=st.text(max_size=20))
def test_no_long_number_is_ever_kept(number: int, before: str) -> None:
    assert str(number) not in without_personal_data(f"{before} {number}")


@pytest.mark.parametrize(
    "typed", ["ＳＶ０４０１ 伺服", "sv0401  伺服", " SV0401 伺服？", "SV0401 伺服。", "SV0401 伺服"]
)
def test_queries_that_differ_in_form_only_are_one(typed: str) -> None:
    assert query_id(typed) == query_id("sv0401 伺服")
    assert query_id(typed) != query_id("sv0402 伺服")


def test_only_what_was_asked_and_not_answered_is_noted(index: SearchIndex) -> None:
    assert note_of("报警401", index.search("报警401"), at=NOON) is None
    assert note_of(" ?? ", index.search(" ?? "), at=NOON) is None
    nothing = note_of("qqxxzz", index.search("qqxxzz"), at=NOON)
    assert nothing is not None
    assert nothing.kind == "nothing"
    near = note_of("SV0402", index.search("SV0402"), at=NOON)
    assert near is not None
    assert near.kind == "nearest"


def test_queries_are_counted_and_grouped_without_personal_data(store: Store) -> None:
    keep_notes(store, [note("液氮罐 13800138000"), note("液氮罐  13900139000"), note("別的"), note("别的！")])
    found = {(one.query, one.nothing, one.asked) for one in listed(store)}
    assert found == {("别的！", 2, 2), ("液氮罐 …", 2, 2)}
    assert unanswered_counts(store) == {"open": 2, "answered": 0, "declined": 0}


def test_owner_due_day_and_state_are_set_and_kept_in_the_audit_trail(store: Store) -> None:
    keep_notes(store, [note("液氮罐")])
    done = taken(store, "液氮罐", owner=" 王 工 ", due="2026-11-30", note="写一页")
    assert (done.owner, done.due, done.state, done.note, done.revision) == (
        "王 工",
        date(2026, 11, 30),
        "open",
        "写一页",
        2,
    )
    with store.reading() as session:
        (entry,) = audit.history(session, kind="search_log", thing_id=done.id, limit=9)
    assert (entry.who, entry.after) == (
        "训练员",
        {"owner": "王 工", "due": "2026-11-30", "state": "open", "note": "写一页"},
    )
    assert taken(store, "液氮罐", owner="王 工", due="2026-11-30", note="写一页").revision == 2


@pytest.mark.parametrize(("today", "overdue"), [(date(2026, 11, 30), False), (date(2026, 12, 1), True)])
def test_what_is_open_is_overdue_from_the_day_after_its_due_day(
    store: Store, today: date, overdue: bool
) -> None:
    keep_notes(store, [note("液氮罐")])
    taken(store, "液氮罐", due="2026-11-30")
    assert listed(store, today=today)[0].overdue is overdue
    taken(store, "液氮罐", due="2026-11-30", state="answered")
    assert listed(store, "answered", today=today)[0].overdue is False


def test_every_fault_of_a_change_is_told_and_nothing_is_changed(store: Store) -> None:
    keep_notes(store, [note("液氮罐")])
    with pytest.raises(BadInput, match="nothing was changed") as caught:
        taken(store, "液氮罐", owner="x" * 81, due="30.11.", state="done", note="y" * 501)
    assert [fault.where for fault in caught.value.faults] == ["due", "state", "owner", "note"]
    with pytest.raises(BadInput, match="say why it is declined"):
        taken(store, "液氮罐", state="declined")
    assert listed(store)[0].revision == 1
    assert taken(store, "液氮罐", owner="x" * 80, note="y" * 500).revision == 2


def test_a_change_of_what_somebody_else_changed_is_refused(store: Store) -> None:
    keep_notes(store, [note("液氮罐")])
    taken(store, "液氮罐", owner="王工", revision=1)
    with pytest.raises(Conflict, match="revision 1 is now 2") as caught:
        taken(store, "液氮罐", owner="李工", revision=1)
    assert (caught.value.yours["owner"], caught.value.theirs["owner"]) == ("李工", "王工")
    with pytest.raises(NotFound, match="no unanswered query"):
        take_over(store, id="none", owner="", due="", state="open", note="", revision=1, who="w", now=NOON)


def test_an_answered_query_that_finds_nothing_again_is_open_again_and_a_declined_one_is_not(
    store: Store,
) -> None:
    keep_notes(store, [note("液氮罐"), note("叉车")])
    taken(store, "液氮罐", state="answered")
    taken(store, "叉车", state="declined", note="不是我们的设备")
    keep_notes(store, [note("液氮罐"), note("叉车")])
    assert [one.query for one in listed(store)] == ["液氮罐"]
    assert [(one.query, one.nothing) for one in listed(store, "declined")] == [("叉车", 2)]


def test_votes_are_counted_and_a_helpful_one_alone_makes_no_work(store: Store, index: SearchIndex) -> None:
    library = index.library
    vote(store, library, query="报警401", page_id="ALM-SV0401", helpful=True, now=NOON)
    assert listed(store) == []
    vote(store, library, query="報警401 ", page_id="ALM-SV0401", helpful=False, now=NOON)
    (one,) = listed(store)
    assert (one.helpful, one.not_helpful, one.asked) == (1, 1, 1)
    assert [(v.page_id, v.helpful, v.not_helpful) for v in one.votes] == [("ALM-SV0401", 1, 1)]


def test_a_not_helpful_vote_opens_what_was_answered(store: Store, index: SearchIndex) -> None:
    vote(store, index.library, query="报警401", page_id="ALM-SV0401", helpful=False, now=NOON)
    taken(store, "报警401", state="answered")
    vote(store, index.library, query="报警401", page_id="ALM-SV0401", helpful=True, now=NOON)
    assert listed(store) == []
    vote(store, index.library, query="报警401", page_id="ALM-SV0401", helpful=False, now=NOON)
    assert [one.query for one in listed(store)] == ["报警401"]


def test_a_vote_needs_a_page_of_the_library_and_a_query(store: Store, index: SearchIndex) -> None:
    with pytest.raises(NotFound, match="no page has the id 'NO-PAGE'"):
        vote(store, index.library, query="x", page_id="NO-PAGE", helpful=True, now=NOON)
    with pytest.raises(BadInput, match="there is no query"):
        vote(store, index.library, query=" ? ", page_id="ALM-SV0401", helpful=True, now=NOON)


def test_the_list_tells_which_queries_the_search_answers_by_now(store: Store, index: SearchIndex) -> None:
    keep_notes(store, [note("报警401"), note("qqxxzz"), note("SV0402")])
    found = {one.query: one.found_now for one in unanswered(store, index, today=TODAY)}
    assert found == {"报警401": "ALM-SV0401", "qqxxzz": "", "SV0402": ""}


def test_a_page_called_not_helpful_is_no_answer_unless_as_many_call_it_helpful(
    store: Store, index: SearchIndex
) -> None:
    keep_notes(store, [note("报警401")])
    vote(store, index.library, query="报警401", page_id="ALM-SV0401", helpful=False, now=NOON)
    assert [one.found_now for one in unanswered(store, index, today=TODAY)] == [""]
    vote(store, index.library, query="报警401", page_id="ALM-SV0401", helpful=True, now=NOON)
    assert [one.found_now for one in unanswered(store, index, today=TODAY)] == ["ALM-SV0401"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"state": "done"}, "state is 'done'"),
        ({"size": 0}, "size is 0"),
        ({"size": 201}, "size is 201"),
        ({"page": 0}, "page is 0"),
        ({"page": 201}, "page is 201"),
    ],
)
def test_a_list_out_of_bounds_is_refused(store: Store, asked: dict[str, object], said: str) -> None:
    with pytest.raises(BadQuery, match=said):
        unanswered(store, None, today=TODAY, **asked)  # type: ignore[arg-type]


def test_what_nobody_took_up_is_forgotten_in_time(store: Store) -> None:
    keep_notes(store, [note("老问题", at=NOON - KEPT_FOR - timedelta(seconds=1)), note("新问题")])
    assert [one.query for one in listed(store)] == ["新问题"]


def test_notes_are_written_beside_the_search(store: Store, index: SearchIndex) -> None:
    notes = SearchNotes(store)
    for query in ("qqxxzz", "报警401", "QQXXZZ", "SV0402"):
        notes.take(query, index.search(query), at=NOON)
    assert notes.flush(seconds=10)
    assert {(one.query, one.nothing, one.nearest) for one in listed(store)} == {
        ("QQXXZZ", 2, 0),
        ("SV0402", 0, 1),
    }
    assert notes.lost == 0


def test_a_search_waits_for_no_database_that_is_busy(store: Store, index: SearchIndex) -> None:
    notes = SearchNotes(store)
    result = index.search("qqxxzz")
    with store.writing():
        start = time.perf_counter()
        for _ in range(2 * WAITING):
            notes.take("qqxxzz", result, at=NOON)
        assert time.perf_counter() - start < 5
        assert notes.lost >= WAITING - 400
        assert not notes.flush(seconds=0.05)
    assert notes.flush(seconds=20)
    (one,) = listed(store)
    assert one.nothing + notes.lost == 2 * WAITING


def test_without_a_database_notes_are_lost_and_nothing_else(tmp_path: Path, index: SearchIndex) -> None:
    (tmp_path / "broken.db").write_bytes(b"this was never a database " * 100)
    store = Store(f"sqlite:///{tmp_path / 'broken.db'}")
    notes = SearchNotes(store)
    notes.take("qqxxzz", index.search("qqxxzz"), at=NOON)
    assert notes.flush(seconds=10)
    assert notes.lost == 1
    store.close()


def test_a_thread_that_died_is_started_again(
    store: Store, index: SearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    notes = SearchNotes(store)
    with monkeypatch.context() as broken:
        broken.setattr(
            "kb.usecases.search_notes.keep_notes", lambda *_: (_ for _ in ()).throw(RuntimeError("a bug"))
        )
        notes.take("qqxxzz", index.search("qqxxzz"), at=NOON)
        assert notes._thread is not None
        notes._thread.join(10)
    notes.take("qqxxzz", index.search("qqxxzz"), at=NOON)
    assert notes.flush(seconds=10)
    assert listed(store)[0].nothing == 1


def test_ids_hold_nothing_of_the_query() -> None:
    assert len(query_id("主轴")) == 32
    assert normalised("  主軸 ！") == "主轴"
    assert search_log.STATES == ("open", "answered", "declined")
