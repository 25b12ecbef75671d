"""A page is saved once, over the state it rests on, with a history that tells who, when and why. SQLite and PostgreSQL."""

import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from kb.content import Library, load_library
from kb.content.files import replace_file
from kb.content.pages import Confidence, Status
from kb.errors import BadInput, Conflict, NotAllowed, NotFound, Unwritable
from kb.store import Store
from kb.usecases.accounts import Role
from kb.usecases.editing import Saved, create_page, save_page
from kb.usecases.editing_history import Revision, history, revision
from kb.usecases.editing_merge import merged
from kb.usecases.editing_opening import Editor, Opened, open_page
from kb.usecases.editing_standing import restore, set_standing
from tests.kb.content.pages import a_case, a_content_folder, a_guide
from tests.postgresql import empty_store, server, store

__all__ = ["empty_store", "server", "store"]

ROOT = Path(__file__).parents[3]
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
EDITOR = Editor(name="李编", role=Role.EDITOR)
ENGINEER = Editor(name="王工", role=Role.ENGINEER)
CASE = "CASE-X-01"
PATH = "cases/x/x-01.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    draft = a_case(id="CASE-X-02", status="in_preparation", confidence="wip", title="草稿")
    return a_content_folder(
        tmp_path / "content",
        ROOT / "content" / "vocabularies",
        cases__x__x_01=a_case(),
        cases__x__x_02=draft,
        guides__x=a_guide(),
    )


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Store]:
    """A store on SQLite alone, for what does not depend on the database."""
    opened = Store(f"sqlite:///{tmp_path / 'book.db'}")
    opened.migrate()
    yield opened
    opened.close()


def file_of(folder: Path, page_id: str = CASE) -> Path:
    library = load_library(folder)
    return folder / library.paths[page_id]


def opened(store: Store, folder: Path, page_id: str = CASE, editor: Editor = EDITOR) -> Opened:
    return open_page(store, load_library(folder), page_id, editor=editor, now=NOON)


def saved(
    store: Store,
    folder: Path,
    text: str,
    based_on: str,
    *,
    page_id: str = CASE,
    editor: Editor = EDITOR,
    why: str = "改正",
    now: datetime = NOON,
) -> Saved:
    return save_page(
        store, load_library(folder), page_id, text, based_on=based_on, why=why, editor=editor, now=now
    )


def states(store: Store, folder: Path, page_id: str = CASE) -> tuple[Revision, ...]:
    library: Library = load_library(folder)
    return history(store, folder, page_id, library.paths.get(page_id, ""), now=NOON)[0]


def test_a_save_writes_the_file_and_tells_who_when_and_why(store: Store, folder: Path) -> None:
    seen = opened(store, folder)
    done = saved(store, folder, seen.text.replace("主轴过热", "主轴太热"), seen.digest)
    text = file_of(folder).read_text(encoding="utf-8")
    assert "title: 主轴太热" in text
    assert "revision: 2" in text
    assert done.is_new_state
    newest, first = states(store, folder)
    assert (first.kind, first.who, first.number) == ("found", "", 1)
    assert (newest.kind, newest.who, newest.why, newest.at, newest.number) == (
        "edit",
        "李编",
        "改正",
        NOON,
        2,
    )
    assert newest.based_on == first.digest == seen.digest
    assert revision(store, CASE, 1)[1] == seen.text.encode()
    assert revision(store, CASE, 2)[1] == file_of(folder).read_bytes()


def test_the_same_save_twice_is_one_state(quick: Store, folder: Path) -> None:
    seen = opened(quick, folder)
    text = seen.text.replace("主轴过热", "主轴太热")
    one = saved(quick, folder, text, seen.digest)
    again = saved(quick, folder, text, seen.digest)
    assert (one.is_new_state, again.is_new_state) == (True, False)
    assert again.digest == one.digest
    assert len(states(quick, folder)) == 2


def test_of_many_at_once_one_is_written_and_the_others_are_told(store: Store, folder: Path) -> None:
    seen = opened(store, folder)

    def attempt(number: int) -> str:
        try:
            saved(store, folder, seen.text.replace("主轴过热", f"主轴热 {number}"), seen.digest)
        except Conflict:
            return "told"
        return f"主轴热 {number}"

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(attempt, range(6)))
    written = [answer for answer in answers if answer != "told"]
    assert len(written) == 1
    assert f"title: {written[0]}" in file_of(folder).read_text(encoding="utf-8")
    assert len(states(store, folder)) == 2


def test_a_file_changed_outside_meanwhile_is_not_written_over(store: Store, folder: Path) -> None:
    seen = opened(store, folder)
    file = file_of(folder)
    file.write_text(seen.text.replace("滤网堵", "滤网全堵"), encoding="utf-8")
    with pytest.raises(Conflict, match="was changed since you opened it") as told:
        saved(store, folder, seen.text.replace("主轴过热", "主轴太热"), seen.digest)
    assert "滤网全堵" in file.read_text(encoding="utf-8")
    assert "主轴太热" in str(told.value.yours["text"])
    assert told.value.yours["base"] == seen.text
    assert "滤网全堵" in str(told.value.theirs["text"])
    both = merged(seen.text, str(told.value.yours["text"]), str(told.value.theirs["text"]))
    done = saved(store, folder, both, str(told.value.theirs["digest"]))
    assert done.is_new_state
    text = file.read_text(encoding="utf-8")
    assert "主轴太热" in text
    assert "滤网全堵" in text
    assert [one.kind for one in states(store, folder)] == ["edit", "outside", "found"]


def test_two_changes_of_one_field_are_not_put_together() -> None:
    base = a_case()
    yours, theirs = base.replace("主轴过热", "甲"), base.replace("主轴过热", "乙")
    assert merged(base, yours, theirs) == ""
    assert merged(base, base + "\n尾一", base + "\n尾二") == ""
    assert "尾一" in merged(base, base + "\n尾一", theirs)


def test_a_state_made_outside_shows_when_it_is_first_seen(quick: Store, folder: Path) -> None:
    opened(quick, folder)
    file = file_of(folder)
    file.write_text(a_case(title="外面改的"), encoding="utf-8")
    assert [one.kind for one in states(quick, folder)] == ["outside", "found"]
    assert [one.kind for one in states(quick, folder)] == ["outside", "found"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param(("failure_mode: OHE", "failure_mode: NOSUCH"), "failure_mode", id="code"),
        pytest.param(("severity: S2", "severity: S9"), "severity", id="choice"),
        pytest.param(("grade: B", "grade: K"), "confidence", id="validated on trade knowledge"),
        pytest.param(("## 验证", "## 别的"), "body", id="heading"),
        pytest.param(("正文。", "看 [这里](nowhere.md)。"), "body", id="link"),
        pytest.param(("正文。", "看 ![图](../../../etc/passwd)。"), "body", id="path out of the library"),
        pytest.param(("id: CASE-X-01", "id: CASE-X-09"), "id", id="another id"),
        pytest.param(("type: case", "type: guide"), "", id="another type"),
        pytest.param(("owner:", "nosuch: 1\nowner:"), "nosuch", id="unknown field"),
        pytest.param(
            ("owner:", "attachments:\n- {file: ../../x, alt: x, kind: data}\nowner:"),
            "attachments",
            id="file",
        ),
        pytest.param(("正文。", "正文\x00。"), "body", id="nul"),
        pytest.param(("正文。", "正文\x1b[2J。"), "body", id="escape sequence"),
        pytest.param(("owner:", "keywords: &a [x]\nrelated: *a\nowner:"), "line 10", id="alias"),
        pytest.param(("owner:", "title: b\nowner:"), "line 10", id="field twice"),
        pytest.param(("正文。", "长" * 400_000), "line 1", id="a megabyte"),
    ],
)
def test_what_the_checks_refuse_is_not_saved(
    quick: Store, folder: Path, change: tuple[str, str], field: str
) -> None:
    seen = opened(quick, folder)
    before = file_of(folder).read_bytes()
    with pytest.raises(BadInput, match="nothing was written") as told:
        saved(quick, folder, seen.text.replace(*change, 1), seen.digest)
    if field:
        assert field in {fault.where for fault in told.value.faults}
    assert file_of(folder).read_bytes() == before
    assert len(states(quick, folder)) == 1


def test_all_faults_are_told_at_once(quick: Store, folder: Path) -> None:
    seen = opened(quick, folder)
    text = seen.text.replace("failure_mode: OHE", "failure_mode: NOSUCH").replace("## 验证", "## 别的")
    with pytest.raises(BadInput, match="3 to mend") as told:
        saved(quick, folder, text, seen.digest, why=" ")
    assert {fault.where for fault in told.value.faults} == {"failure_mode", "body", "why"}


def test_a_page_whose_review_is_overdue_may_be_mended(quick: Store, folder: Path) -> None:
    seen = opened(quick, folder)
    late = datetime(2030, 1, 1, tzinfo=UTC)
    done = saved(quick, folder, seen.text.replace("主轴过热", "热"), seen.digest, now=late)
    assert [one.field for one in done.warnings] == ["review_due"]


def test_line_ends_and_byte_order_mark_of_the_file_stay(quick: Store, folder: Path) -> None:
    file = file_of(folder)
    file.write_bytes(b"\xef\xbb\xbf" + a_case().replace("\n", "\r\n").encode())
    seen = opened(quick, folder)
    plain = seen.text.removeprefix("\ufeff").replace("\r\n", "\n")
    saved(quick, folder, plain.replace("主轴过热", "主轴太热"), seen.digest)
    raw = file.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf---\r\n")
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert not saved(quick, folder, plain.replace("主轴过热", "主轴太热"), seen.digest).is_new_state


def test_an_engineer_writes_drafts_and_leaves_released_pages_alone(quick: Store, folder: Path) -> None:
    draft = opened(quick, folder, "CASE-X-02", ENGINEER)
    assert not draft.not_allowed
    saved(
        quick,
        folder,
        draft.text.replace("草稿", "好草稿"),
        draft.digest,
        page_id="CASE-X-02",
        editor=ENGINEER,
        why="",
    )
    released = opened(quick, folder, CASE, ENGINEER)
    assert "editor" in released.not_allowed
    with pytest.raises(NotAllowed, match="the role editor may"):
        saved(quick, folder, released.text.replace("过热", "热"), released.digest, editor=ENGINEER)


def test_an_engineer_does_not_validate_by_way_of_the_text(quick: Store, folder: Path) -> None:
    draft = opened(quick, folder, "CASE-X-02", ENGINEER)
    text = draft.text.replace("confidence: wip", "confidence: not_validated")
    saved(quick, folder, text, draft.digest, page_id="CASE-X-02", editor=ENGINEER)
    draft = opened(quick, folder, "CASE-X-02", ENGINEER)
    text = draft.text.replace("not_validated", "validated").replace("in_preparation", "in_review")
    with pytest.raises(NotAllowed, match="does not make a page validated"):
        saved(quick, folder, text, draft.digest, page_id="CASE-X-02", editor=ENGINEER)


def test_a_new_page_begins_as_a_draft_and_its_id_is_its_own(quick: Store, folder: Path) -> None:
    text = a_case(id="CASE-SPI-77", status="in_preparation", confidence="wip")

    def create(text: str) -> Saved:
        return create_page(quick, load_library(folder), text, why="现场", editor=ENGINEER, now=NOON)

    assert create(text).is_new_state
    assert (folder / "cases" / "spi" / "spi-77.md").read_text(encoding="utf-8") == text
    assert not create(text).is_new_state
    with pytest.raises(BadInput, match="is taken"):
        create(text.replace("主轴过热", "另一页"))
    with pytest.raises(BadInput, match="ids of this type begin with CASE-"):
        create(text.replace("CASE-SPI-77", "KASE-SPI-77"))
    with pytest.raises(BadInput, match="does not become released in one step"):
        create(a_case(id="CASE-SPI-78", status="released", confidence="wip"))
    assert states(quick, folder, "CASE-SPI-77")[0].kind == "new"


def test_an_earlier_state_is_brought_back_as_a_new_one(quick: Store, folder: Path) -> None:
    seen = opened(quick, folder)
    saved(quick, folder, seen.text.replace("主轴过热", "错的"), seen.digest)
    set_standing(
        quick, load_library(folder), CASE, status=Status.IN_REVIEW, why="看", editor=EDITOR, now=NOON
    )
    done = restore(quick, load_library(folder), CASE, 1, why="错了", editor=EDITOR, now=NOON)
    page = load_library(folder).pages[CASE]
    assert (page.title, page.revision, page.status) == ("主轴过热", 3, Status.IN_REVIEW)
    assert done.revision is not None
    assert (done.revision.kind, done.revision.number) == ("restore", 4)
    again = restore(quick, load_library(folder), CASE, 1, why="错了", editor=EDITOR, now=NOON)
    assert not again.is_new_state


def test_a_page_that_was_broken_or_removed_outside_comes_back(quick: Store, folder: Path) -> None:
    opened(quick, folder)
    file = file_of(folder)
    file.write_text("---\nid: [\n", encoding="utf-8")
    broken = opened(quick, folder)
    assert broken.page is None
    assert broken.known is not None
    restore(quick, load_library(folder), CASE, 1, why="坏了", editor=EDITOR, now=NOON)
    assert load_library(folder).pages[CASE].title == "主轴过热"
    file.unlink()
    with pytest.raises(NotFound, match="CASE-X-01"):
        opened(quick, folder)
    with pytest.raises(NotAllowed, match="is not changed by the role engineer"):
        restore(quick, load_library(folder), CASE, 1, why="没了", editor=ENGINEER, now=NOON)
    restore(quick, load_library(folder), CASE, 1, why="没了", editor=EDITOR, now=NOON)
    assert load_library(folder).pages[CASE].title == "主轴过热"


def test_a_review_today_sets_the_next_one_as_far_off_as_the_last(quick: Store, folder: Path) -> None:
    set_standing(quick, load_library(folder), CASE, reviewed_today=True, why="通读", editor=EDITOR, now=NOON)
    page = load_library(folder).pages[CASE]
    assert page.reviewed == date(2026, 11, 25)
    assert page.review_due - page.reviewed == timedelta(days=365)
    assert page.reviewers == ("李编",)
    assert page.revision == 1


def test_a_withdrawn_page_is_named_by_what_takes_its_place(quick: Store, folder: Path) -> None:
    with pytest.raises(BadInput, match="only a withdrawn page is superseded"):
        set_standing(
            quick, load_library(folder), CASE, superseded_by="GUIDE-X", why="x", editor=EDITOR, now=NOON
        )
    set_standing(
        quick,
        load_library(folder),
        CASE,
        status=Status.WITHDRAWN,
        confidence=Confidence.ARCHIVED,
        superseded_by="CASE-X-02",
        why="合并",
        editor=EDITOR,
        now=NOON,
    )
    pages = load_library(folder).pages
    assert (pages[CASE].status, pages[CASE].confidence) == (Status.WITHDRAWN, Confidence.ARCHIVED)
    assert pages["CASE-X-02"].supersedes == (CASE,)


@pytest.mark.skipif(os.name == "nt", reason="permissions of folders are another matter there")
def test_a_folder_that_cannot_be_written_is_told_and_nothing_stays_behind(
    quick: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = opened(quick, folder)

    def full(file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unwritable, match="No space left on device; nothing was changed"):
        saved(quick, folder, seen.text.replace("过热", "热"), seen.digest)
    monkeypatch.undo()
    assert file_of(folder).read_text(encoding="utf-8") == seen.text
    assert [path.name for path in file_of(folder).parent.iterdir() if path.name.startswith(".")] == []
    assert [one.kind for one in states(quick, folder)] == ["found"]
    assert saved(quick, folder, seen.text.replace("过热", "热"), seen.digest).is_new_state


KILLED = """
    import os, sys
    from datetime import UTC, datetime
    from pathlib import Path
    from kb.content import load_library
    from kb.store import Store
    from kb.usecases import editing_history
    from kb.usecases.accounts import Role
    from kb.usecases.editing import save_page
    from kb.usecases.editing_opening import Editor, open_page

    folder, book, when = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    real = editing_history.replace_file

    def dying(file, content):
        if when == "after":
            real(file, content)
        os._exit(9)

    editing_history.replace_file = dying
    store, library, now = Store(book), load_library(folder), datetime(2026, 11, 25, 13, tzinfo=UTC)
    editor = Editor(name="张", role=Role.EDITOR)
    seen = open_page(store, library, "CASE-X-01", editor=editor, now=now)
    text = seen.text.replace("主轴过热", "断电前")
    save_page(store, library, "CASE-X-01", text, based_on=seen.digest, why="断电", editor=editor, now=now)
"""


@pytest.mark.parametrize(
    ("when", "title", "kinds"),
    [
        pytest.param("before", "主轴过热", ["found"], id="before the file is written"),
        pytest.param("after", "断电前", ["edit", "found"], id="after, before the row is"),
    ],
)
def test_a_process_that_dies_while_it_saves_leaves_a_state_that_is_recognised(
    quick: Store, folder: Path, when: str, title: str, kinds: list[str]
) -> None:
    died = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(folder), quick.address, when],
        check=False,
        cwd=ROOT,
    )
    assert died.returncode == 9
    assert load_library(folder).pages[CASE].title == title
    found = states(quick, folder)
    assert [one.kind for one in found] == kinds
    if when == "after":
        assert (found[0].who, found[0].why) == ("张", "断电")
    seen = opened(quick, folder)
    assert saved(quick, folder, seen.text.replace(title, "再来"), seen.digest).is_new_state


def test_a_link_out_of_the_library_is_not_written(quick: Store, folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text(a_case(id="CASE-X-66"), encoding="utf-8")
    (folder / "cases" / "link.md").symlink_to(outside)
    with pytest.raises(NotFound, match="file of the library"):
        opened(quick, folder, "CASE-X-66")
    inside = file_of(folder)
    link = folder / "cases" / "inner.md"
    target = inside.with_suffix(".txt")
    inside.rename(target)
    link.symlink_to(target)
    seen = opened(quick, folder)
    saved(quick, folder, seen.text.replace("过热", "热"), seen.digest)
    assert link.is_symlink()
    assert "title: 主轴热" in target.read_text(encoding="utf-8")


def test_a_file_keeps_its_mode_when_it_is_replaced(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_bytes(b"1")
    file.chmod(0o640)
    replace_file(file, b"2")
    assert file.read_bytes() == b"2"
    assert file.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["a.md"]


def test_a_guide_that_says_none_of_hazards_and_meets_one_is_refused(quick: Store, folder: Path) -> None:
    seen = opened(quick, folder, "GUIDE-X")
    text = seen.text.replace("看一看。", "碰一下 380 V 端子。")
    with pytest.raises(BadInput, match="says none, but a step meets '380 V'"):
        saved(quick, folder, text, seen.digest, page_id="GUIDE-X")
