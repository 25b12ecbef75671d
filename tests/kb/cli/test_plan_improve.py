"""`servicebook plan improve`: what it prints, and how it ends when it cannot."""

from pathlib import Path

import pytest

from kb.store import Store
from kb.usecases.plan import latest_plan
from tests.kb.cli.running import Servicebook
from tests.kb.usecases.plan_register import fill, small_register

YEAR = ("plan", "inspections", "--from", "2026-01-01", "--to", "2026-12-31")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(f"sqlite:///{tmp_path / 'var' / 'servicebook.db'}")
    store.migrate()
    fill(store, small_register())
    return store


@pytest.fixture
def servicebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], store: Store
) -> Servicebook:
    return Servicebook(monkeypatch, capsys, {"SERVICEBOOK_HOME": str(tmp_path / "var")})


def test_a_plan_that_is_there_is_made_better_and_kept(servicebook: Servicebook, store: Store) -> None:
    assert servicebook(*YEAR).code == 0
    done = servicebook("plan", "improve", "--iterations", "200", "--json")
    assert done.code == 0
    assert done.json()["number"] == 2
    book = latest_plan(store)
    assert book is not None
    assert book.number == 2


def test_without_a_plan_there_is_nothing_to_improve(servicebook: Servicebook) -> None:
    ended = servicebook("plan", "improve")
    assert ended.code == 7
    assert "plan" in ended.err


def test_numbers_out_of_bounds_are_told_together(servicebook: Servicebook) -> None:
    ended = servicebook("plan", "improve", "--seconds", "0", "--workers", "99")
    assert ended.code == 5
    assert "seconds" in ended.err
    assert "workers" in ended.err
