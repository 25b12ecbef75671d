"""A course whose sources changed is work for its owner until somebody has looked. SQLite and PostgreSQL."""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from kb.content import Library, check_library, load_library
from kb.errors import BadInput, Conflict, NotAllowed, NotFound
from kb.store import Store
from kb.usecases.accounts import Role
from kb.usecases.course_stale import StaleCourse, keep_stale_work, refresh_course, stale_courses
from kb.usecases.courses import course
from kb.usecases.editing_history import history
from kb.usecases.editing_opening import Editor
from kb.usecases.page_feedback import Verdict, judge_page
from kb.usecases.page_work import PageWork, page_work, take_over_page
from kb.usecases.work_items import Asked
from tests.conftest import ROOT
from tests.kb.cli.running import Servicebook
from tests.kb.content.pages import GUIDE, a_content_folder, a_guide, page_text
from tests.postgresql import empty_store, server, store

__all__ = ["empty_store", "server", "store"]

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
TRAINER = Editor(name="陈培训", role=Role.EDITOR)
BODY = "# 一\n\n## 先看\n\n- 看一看\n\n来源：GUIDE-X\n\n## 再记\n\n- 记下来\n\n来源：GUIDE-Y\n"


def a_course_file(**changes: object) -> str:
    kept = {key: GUIDE[key] for key in list(GUIDE)[:13] if key not in {"applies_to"}}
    values = {
        **kept,
        "id": "COURSE-X",
        "type": "course",
        "owner": "培训组",
        "sources": GUIDE["sources"],
        "objectives": ["会看"],
        "audience_level": "新人",
        "duration_minutes": 20,
        "built_from": [{"id": "GUIDE-X", "revision": 1}, {"id": "GUIDE-Y", "revision": 1}],
    }
    return page_text({**values, **changes}, BODY)


def a_folder(folder: Path) -> Path:
    return a_content_folder(
        folder,
        ROOT / "content" / "vocabularies",
        guides__x=a_guide(),
        guides__y=a_guide(id="GUIDE-Y", title="记录"),
        courses__x=a_course_file(),
    )


def changed_guide(folder: Path, *, revision: int) -> Library:
    (folder / "guides" / "x.md").write_text(
        a_guide(revision=revision, summary=f"改过 {revision} 次"), "utf-8"
    )
    return load_library(folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return a_folder(tmp_path / "content")


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Store]:
    """A store on SQLite alone, for what does not depend on the database."""
    opened = Store(f"sqlite:///{tmp_path / 'book.db'}")
    opened.migrate()
    yield opened
    opened.close()


def stale(store: Store, library: Library, now: datetime = LATER) -> list[StaleCourse]:
    return list(stale_courses(store, library, now=now))


def work(store: Store, library: Library, state: str = "open") -> list[PageWork]:
    return list(page_work(store, library, today=LATER.date(), state=state))


def refreshed(store: Store, library: Library, looked_at: dict[str, int], editor: Editor = TRAINER) -> None:
    refresh_course(store, library, "COURSE-X", looked_at, why="第一张已改", editor=editor, now=LATER)


def test_a_changed_source_names_its_slides_its_difference_and_becomes_work_until_it_is_looked_at(
    store: Store, folder: Path
) -> None:
    before = load_library(folder)
    assert stale(store, before, NOON) == []
    assert work(store, before) == []
    history(store, folder, "GUIDE-X", "guides/x.md", now=NOON)
    library = changed_guide(folder, revision=2)
    (found,) = stale(store, library)
    (source,) = found.sources
    assert (source.moved.built, source.moved.now, source.moved.slides) == (1, 2, ("先看",))
    assert source.address == "/pages/GUIDE-X/difference?before=1&after=2"
    assert (found.owner, found.due, found.state) == ("培训组", date(2026, 12, 25), "open")
    (item,) = work(store, library)
    assert (item.page_id, item.owner, item.note) == ("COURSE-X", "培训组", "GUIDE-X r1 → r2: 先看")
    refreshed(store, library, {"GUIDE-X": 2})
    after = load_library(folder)
    page = course(after, "COURSE-X")
    assert [(one.id, one.revision) for one in page.built_from] == [("GUIDE-X", 2), ("GUIDE-Y", 1)]
    assert page.revision == 2
    assert stale(store, after) == []
    assert work(store, after) == []
    (done,) = work(store, after, "mended")
    assert done.note == "第一张已改"
    third = changed_guide(folder, revision=3)
    assert [one.state for one in stale(store, third)] == ["open"], "what moves on again is work again"


def test_work_that_nobody_touched_goes_when_the_course_is_in_step_and_complaints_keep_it(
    store: Store, folder: Path
) -> None:
    library = changed_guide(folder, revision=2)
    keep_stale_work(store, library, now=NOON)
    (folder / "courses" / "x.md").write_text(
        a_course_file(built_from=[{"id": "GUIDE-X", "revision": 2}, {"id": "GUIDE-Y", "revision": 1}]),
        "utf-8",
    )
    in_step = load_library(folder)
    wrong = Verdict(helpful=False, reason="wrong", text="第二张错了")
    judge_page(store, in_step, "COURSE-X", wrong, voter="u1", now=NOON)
    keep_stale_work(store, in_step, now=NOON)
    assert [one.page_id for one in work(store, in_step)] == ["COURSE-X"]
    judge_page(store, in_step, "COURSE-X", Verdict(helpful=True), voter="u1", now=LATER)
    keep_stale_work(store, library, now=LATER)
    assert [one.page_id for one in work(store, library)] == ["COURSE-X"]
    keep_stale_work(store, in_step, now=LATER)
    assert work(store, in_step) == []


def test_work_that_was_declined_stays_so_and_what_was_closed_too_early_stands_open(
    quick: Store, folder: Path
) -> None:
    library = changed_guide(folder, revision=2)
    keep_stale_work(quick, library, now=NOON)
    for state, want in (("mended", "open"), ("declined", "declined")):
        asked = Asked(owner="陈培训", state=state, note="下季度重写")
        take_over_page(quick, library, "COURSE-X", asked, who="陈培训", now=NOON)
        assert [one.state for one in stale(quick, library)] == [want]


def test_only_who_saw_every_source_as_it_stands_brings_a_course_in_step(quick: Store, folder: Path) -> None:
    with pytest.raises(NotFound, match="no course has the id"):
        refresh_course(quick, load_library(folder), "GUIDE-X", {}, why="x", editor=TRAINER, now=NOON)
    with pytest.raises(BadInput, match="in step with all sources"):
        refreshed(quick, load_library(folder), {"GUIDE-X": 1})
    library = changed_guide(folder, revision=3)
    for looked_at in ({}, {"GUIDE-X": 2}, {"GUIDE-Y": 1}):
        with pytest.raises(Conflict, match="look at GUIDE-X first"):
            refreshed(quick, library, looked_at)
    with pytest.raises(NotAllowed, match="role"):
        refreshed(quick, library, {"GUIDE-X": 3}, Editor(name="王工", role=Role.ENGINEER))
    assert course(load_library(folder), "COURSE-X").revision == 1, "nothing was written"
    refreshed(quick, library, {"GUIDE-X": 3})
    (folder / "guides" / "y.md").unlink()
    lost = load_library(folder)
    with pytest.raises(BadInput, match="GUIDE-Y: is gone or withdrawn"):
        refreshed(quick, lost, {})
    (found,) = stale(quick, lost)
    assert (found.sources[0].title, found.sources[0].address) == ("", "/pages/GUIDE-Y/history")
    assert found.sources[0].moved.slides == ("再记",), "also where the course makes no deck any more"


def test_a_withdrawn_source_makes_a_course_stale_whatever_its_revision_until_it_is_taken_out(
    quick: Store, folder: Path
) -> None:
    question = {
        "id": "q7",
        "kind": "true_false",
        "stem": "先看？",
        "source": "GUIDE-X",
        "options": [{"text": "对", "correct": True}, {"text": "错"}],
    }
    (folder / "courses" / "x.md").write_text(a_course_file(quiz=[question]), "utf-8")
    (folder / "guides" / "x.md").write_text(a_guide(status="withdrawn"), "utf-8")
    library = load_library(folder)
    (found,) = stale(quick, library)
    (source,) = found.sources
    assert (source.moved.now, source.moved.slides, source.moved.questions) == (None, ("先看",), ("q7",))
    assert source.address == "/pages/GUIDE-X/history", "there is but one state to compare"
    (item,) = work(quick, library)
    assert item.note == "GUIDE-X r1 → –: 先看、q7"
    with pytest.raises(BadInput, match="GUIDE-X: is gone or withdrawn"):
        refreshed(quick, library, {"GUIDE-X": 1})
    told = [fault for fault in check_library(library, today=NOON.date()) if "withdrawn" in fault.what]
    assert [(fault.where.partition(":")[0], fault.what) for fault in told] == [
        ("courses/x.md", "rests on GUIDE-X, which is withdrawn")
    ]


def test_stale_courses_are_told_and_brought_in_step_by_command(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = {"SERVICEBOOK_HOME": str(tmp_path), "SERVICEBOOK_CONTENT_DIR": str(folder)}
    servicebook = Servicebook(monkeypatch, capsys, environment)
    assert servicebook("course", "stale", "--json").json() == {"items": []}
    changed_guide(folder, revision=2)
    told = servicebook("course", "stale").out
    assert "GUIDE-X r1 → r2" in told
    assert "        先看\n" in told
    (item,) = servicebook("course", "stale", "--json").json()["items"]
    assert item["sources"][0]["slides"] == ["先看"]
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    unsure = servicebook("course", "refresh", "COURSE-X", "--why", "看过")
    assert unsure.code == 1, "nobody said that he has looked"
    assert course(load_library(folder), "COURSE-X").revision == 1
    sure = servicebook("course", "refresh", "COURSE-X", "--why", "看过", "--yes")
    assert (sure.code, sure.err) == (0, "")
    assert servicebook("course", "stale").out == ""
