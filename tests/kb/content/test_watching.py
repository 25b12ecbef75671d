"""A large library of a running service: what is replaced shows at once, what is written in place after a look."""

import errno
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from watchdog.observers import Observer
from watchdog.observers.api import ObservedWatch

from kb.content import watching
from kb.content.files import replace_file
from kb.content.library import Library, load_library
from kb.content.watching import CALM_SECONDS, WatchedLibrary
from tests.kb.content.pages import a_case
from tests.kb.search.pages import a_library

NAME = "cases/one.md"


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
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that has no watches left, so that it tells nothing."""

    class NoneLeft(Observer):  # type: ignore[misc, valid-type]
        def schedule(self, *_: object, **__: object) -> ObservedWatch:
            raise OSError(errno.ENOSPC, "inotify watch limit reached")

    monkeypatch.setattr(watching, "Observer", NoneLeft)


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


@pytest.mark.usefixtures("many", "silent")
def test_between_two_looks_only_folders_are_asked_and_what_is_replaced_shows_at_once(
    tmp_path: Path, looks: list[Path]
) -> None:
    folder = a_folder(tmp_path)
    watched = WatchedLibrary(folder, seconds=lambda: 0.0)
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


@pytest.mark.usefixtures("many", "silent")
def test_the_thread_looks_while_people_ask_and_rests_a_minute_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.001)
    folder = a_folder(tmp_path)
    now = [0.0]
    watched = WatchedLibrary(folder, seconds=lambda: now[0])
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


@pytest.mark.usefixtures("many", "looks")
def test_a_page_written_in_place_shows_as_soon_as_the_system_tells_of_it(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)
    watched = WatchedLibrary(folder, seconds=lambda: 0.0)
    assert title(watched) == "第一稿"
    (folder / NAME).write_bytes(text("第二稿"))
    soon(lambda: title(watched) == "第二稿")
    (folder / NAME).write_bytes(text("第三稿"))
    soon(lambda: title(watched) == "第三稿")
    watched.close()


def test_a_look_that_costs_much_is_made_less_often(tmp_path: Path) -> None:
    now = iter(range(100))
    watched = WatchedLibrary(a_folder(tmp_path), seconds=lambda: float(next(now)))
    assert watched.pause() == watching.LOOK_SECONDS
    watched.look()
    assert watched.pause() == watching.LOOK_SECONDS, "reading pages is no look"
    watched.look()
    assert watched.pause() == watching.LOOK_SHARE
