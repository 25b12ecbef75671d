"""A large library of a running service: what is replaced or told of shows at once, the rest after a look."""

import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from kb.content import watching
from kb.content.files import replace_file
from kb.content.folder_events import FolderEvents
from kb.content.library import Library, load_library
from kb.content.watching import CALM_SECONDS, WatchedLibrary
from tests.kb.content.pages import a_case
from tests.kb.search.pages import a_library

NAME = "cases/one.md"
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of writes into a file")


class NoEvents(FolderEvents):
    """A system that tells nothing."""

    def watch(self, folders: Iterable[str]) -> tuple[bool, bool]:
        return False, False


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every look at all files; the thread makes none by itself."""
    made: list[Path] = []

    def counted(folder: Path, **more: object) -> Library:
        made.append(folder)
        return load_library(folder, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(watching, "load_library", counted)
    monkeypatch.setattr(watching, "LOOK_SECONDS", 3600.0)
    return made


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "MANY_FILES", 1)


def a_folder(tmp_path: Path) -> Path:
    return a_library(tmp_path, cases__one=a_case(id="CASE-ONE", title="第一稿")).folder


def title(watched: WatchedLibrary) -> str:
    return watched.now().pages["CASE-ONE"].title


def text(title: str) -> bytes:
    return a_case(id="CASE-ONE", title=title).encode()


def test_a_small_library_is_looked_through_by_every_request(tmp_path: Path, looks: list[Path]) -> None:
    folder = a_folder(tmp_path)
    watched = WatchedLibrary(folder, seconds=lambda: 0.0)
    assert title(watched) == "第一稿"
    (folder / NAME).write_bytes(text("就地改写"))
    assert title(watched) == "就地改写"
    assert len(looks) == 2


@pytest.mark.usefixtures("many")
def test_between_two_looks_only_folders_are_asked_and_what_is_replaced_shows_at_once(
    tmp_path: Path, looks: list[Path]
) -> None:
    folder = a_folder(tmp_path)
    watched = WatchedLibrary(folder, seconds=lambda: 0.0, events=NoEvents())
    first = watched.now()
    assert all(watched.now() is first for _ in range(50))
    assert len(looks) == 1
    replace_file(folder / NAME, text("替换的文件"))
    assert title(watched) == "替换的文件"
    (folder / "cases" / "deeper").mkdir()
    watched.now()
    (folder / "cases" / "deeper" / "two.md").write_bytes(a_case(id="CASE-TWO").encode())
    assert "CASE-TWO" in watched.now().pages
    (folder / "cases" / "deeper" / "two.md").unlink()
    assert "CASE-TWO" not in watched.now().pages
    before = len(looks)
    (folder / NAME).write_bytes(text("就地改写的文件"))
    assert title(watched) == "替换的文件"
    assert watched.look().pages["CASE-ONE"].title == title(watched) == "就地改写的文件"
    assert len(looks) == before + 1
    watched.close()


@pytest.mark.usefixtures("many")
def test_the_thread_looks_while_people_ask_and_rests_a_minute_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.001)
    folder = a_folder(tmp_path)
    now = [0.0]
    watched = WatchedLibrary(folder, seconds=lambda: now[0], events=NoEvents())
    watched.now()
    (folder / NAME).write_bytes(text("就地改写的文件"))
    soon(lambda: title(watched) == "就地改写的文件")
    now[0] = CALM_SECONDS - 0.001
    assert watched.watches
    now[0] = 2 * CALM_SECONDS
    soon(lambda: not watched.watches)
    (folder / NAME).write_bytes(text("休息之后改写的文件"))
    assert title(watched) == "休息之后改写的文件"  # the first who asks looks for himself
    watched.close()


def soon(holds: Callable[[], bool], tries: int = 2000) -> None:
    waiting = threading.Event()
    while not holds():
        tries -= 1
        assert tries, "it never came"
        waiting.wait(0.005)


def write_as_another_process(file: str, content: bytes) -> None:
    Path(file).write_bytes(content)


@linux
@pytest.mark.usefixtures("many")
def test_a_page_written_in_place_by_another_process_shows_at_once_where_the_system_tells_of_it(
    tmp_path: Path, looks: list[Path]
) -> None:
    folder = a_folder(tmp_path)
    watched = WatchedLibrary(folder, seconds=lambda: 0.0)
    first = watched.now()
    assert len(looks) == 2  # what was written before the folders were watched is looked for once more
    (folder / "cases" / ".one.md.swp").write_bytes(b"an editor's own")
    (folder / "cases" / ".one.md.swp").write_bytes(b"an editor's own, again")
    looks.clear()
    assert watched.now() is first  # the new hidden file has changed its folder's time, and no page
    looks.clear()
    (folder / "cases" / ".one.md.swp").write_bytes(b"an editor's own, a third time")
    assert all(watched.now() is first for _ in range(50))
    assert not looks
    text_of_same_size = text("第二稿")
    other = multiprocessing.get_context("spawn").Process(
        target=write_as_another_process, args=(str(folder / NAME), text_of_same_size)
    )
    other.start()
    other.join()
    assert title(watched) == "第二稿"
    assert len(looks) == 1
    watched.close()


@linux
@pytest.mark.usefixtures("many", "looks")
def test_pages_in_place_are_still_told_of_after_their_folders_were_moved_made_anew_and_exchanged(
    tmp_path: Path,
) -> None:
    folder = a_folder(tmp_path)
    watched = WatchedLibrary(folder, seconds=lambda: 0.0)
    watched.now()
    (folder / "cases").rename(folder / "moved")
    assert title(watched) == "第一稿"
    (folder / "moved" / "one.md").write_bytes(text("搬走之后改写"))
    assert title(watched) == "搬走之后改写"
    (folder / "cases" / "deeper").mkdir(parents=True)
    watched.now()
    (folder / "cases" / "deeper" / "two.md").write_bytes(a_case(id="CASE-TWO", title="新夹").encode())
    assert watched.now().pages["CASE-TWO"].title == "新夹"
    (folder / "cases" / "deeper" / "two.md").write_bytes(a_case(id="CASE-TWO", title="再写").encode())
    assert watched.now().pages["CASE-TWO"].title == "再写"
    folder.rename(tmp_path / "old")
    os.symlink(tmp_path / "old", folder)
    watched.now()
    (folder / "moved" / "one.md").write_bytes(text("整个换过之后"))
    assert title(watched) == "整个换过之后"
    watched.close()


@linux
@pytest.mark.usefixtures("many")
def test_after_more_changes_than_the_system_keeps_the_library_is_as_the_files(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)
    events = FolderEvents()
    most = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    watched = WatchedLibrary(folder, seconds=lambda: 0.0, events=events)
    watched.now()
    before = events.told()
    for number in range(most // 2 + 1):  # two files in turn, as the same one twice is told of once
        os.utime(folder / NAME, ns=(number, number))
        os.utime(folder, ns=(number, number))
    (folder / NAME).write_bytes(text("最后写的"))
    assert events.told() == before + 1
    assert title(watched) == "最后写的"
    (folder / NAME).write_bytes(text("再往后写的"))
    assert title(watched) == "再往后写的"
    watched.close()


def test_a_look_that_costs_much_is_made_less_often(tmp_path: Path) -> None:
    now = iter(range(100))
    watched = WatchedLibrary(a_folder(tmp_path), seconds=lambda: float(next(now)))
    assert watched.pause() == watching.LOOK_SECONDS
    watched.look()
    assert watched.pause() == watching.LOOK_SHARE


@linux
@pytest.mark.usefixtures("many")
def test_where_the_system_tells_of_changes_the_thread_looks_seldom(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)
    watched = WatchedLibrary(folder, seconds=lambda: 0.0)
    watched.now()
    assert watched.pause() == watching.TOLD_SECONDS
    watched.close()
    silent = WatchedLibrary(folder, seconds=lambda: 0.0, events=NoEvents())
    silent.now()
    assert silent.pause() == watching.LOOK_SECONDS
    silent.close()
