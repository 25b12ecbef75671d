"""`servicebook user`: who may log in, from the command line to a login."""

import getpass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kb.settings import Settings
from kb.store import Store
from kb.usecases.accounts import log_in, users
from tests.kb.cli.running import Servicebook

PASSWORD = "correct horse battery"


@pytest.fixture
def servicebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Servicebook:
    monkeypatch.chdir(tmp_path)
    return Servicebook(monkeypatch, capsys, {"SERVICEBOOK_NEW_PASSWORD": PASSWORD})


@pytest.fixture
def database(tmp_path: Path, servicebook: Servicebook) -> Store:
    return Store(Settings(home=tmp_path / "var").database)


def may_log_in(store: Store, name: str, password: str) -> bool:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    return bool(
        log_in(
            store,
            name=name,
            password=password,
            address="",
            now=now,
            lasts=timedelta(hours=1),
            token=lambda: name,
        )
    )


def test_a_user_is_added_listed_and_may_log_in(servicebook: Servicebook, database: Store) -> None:
    assert "还没有用户" in servicebook("user", "list").out
    added = servicebook("user", "add", "wang", "--role", "planner")
    assert (added.code, added.out) == (0, "已新增 · added wang (planner)\n")
    assert servicebook("user", "list").out == "wang\tplanner\n"
    assert servicebook("user", "list", "--json").json() == [{"name": "wang", "role": "planner"}]
    assert may_log_in(database, "wang", PASSWORD)


def test_the_password_is_asked_for_twice_and_never_shown(
    servicebook: Servicebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SERVICEBOOK_NEW_PASSWORD")
    asked: list[str] = []

    def answer(prompt: str, *_: object) -> str:
        asked.append(prompt)
        return PASSWORD

    monkeypatch.setattr(getpass, "getpass", answer)
    run = servicebook("user", "add", "wang")
    assert (run.code, len(asked)) == (0, 2)
    assert PASSWORD not in run.out + run.err


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        pytest.param(["add", "wang"], 8, "Conflict: a user named 'wang' exists already", id="name taken"),
        pytest.param(["add", "a\nb"], 5, "name: has a character that does not print", id="bad name"),
        pytest.param(["password", "nobody"], 7, "NotFound: no user has the id 'nobody'", id="no such user"),
        pytest.param(
            ["role", "nobody", "admin"], 7, "NotFound: no user has the id 'nobody'", id="no role for nobody"
        ),
        pytest.param(["remove", "nobody"], 7, "NotFound: no user has the id 'nobody'", id="nobody to remove"),
        pytest.param(["remove", "wang"], 8, "is the only user", id="the only user"),
        pytest.param(["add", "li", "--role", "king"], 2, "king", id="no such role"),
    ],
)
def test_what_cannot_be_done_ends_with_its_code_and_reason(
    servicebook: Servicebook, words: list[str], code: int, told: str
) -> None:
    servicebook("user", "add", "wang")
    run = servicebook("user", *words)
    assert (run.code, run.out) == (code, "")
    assert told in run.err
    assert "Traceback" not in run.err


def test_a_weak_password_is_refused_with_every_reason(
    servicebook: Servicebook, monkeypatch: pytest.MonkeyPatch, database: Store
) -> None:
    monkeypatch.setenv("SERVICEBOOK_NEW_PASSWORD", "short")
    run = servicebook("user", "add", "a\x07")
    assert run.code == 5
    assert "name: has a character that does not print" in run.err
    assert "password: has 5 characters → use 10 to 200" in run.err
    assert users(database) == ()


def test_a_password_and_a_role_are_changed(
    servicebook: Servicebook, monkeypatch: pytest.MonkeyPatch, database: Store
) -> None:
    servicebook("user", "add", "wang")
    monkeypatch.setenv("SERVICEBOOK_NEW_PASSWORD", "another long phrase")
    assert servicebook("user", "password", "wang").out == "已修改 · changed wang\n"
    assert may_log_in(database, "wang", "another long phrase")
    assert servicebook("user", "role", "wang", "admin").out == "已修改 · changed wang (admin)\n"
    assert servicebook("user", "list").out == "wang\tadmin\n"


def test_the_only_user_is_removed_when_that_is_said(servicebook: Servicebook, database: Store) -> None:
    servicebook("user", "add", "wang")
    assert servicebook("user", "remove", "wang", "--last").out == "已删除 · removed wang\n"
    assert users(database) == ()
