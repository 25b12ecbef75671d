"""Every write transaction of a use case leaves an entry in the audit trail or in a log of its own, or a page says why not."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import kb.usecases
from kb.usecases.audit_words import DONE, THINGS
from kb.usecases.register_tables import TABLES

ROOM = Path(kb.usecases.__file__).parent
REASONS = ROOM.parent.parent / "docs" / "decisions" / "0022-what-the-audit-trail-keeps.md"
ENTRIES = frozenset(
    {
        "kb.store.register.record",
        "kb.store.records.add_event",
        "kb.store.work_orders.WorkOrderEventRow",
        "kb.store.samples.note_sample",
    }
)
"""What puts an entry down; the logs of records and work orders are audit trails of their own."""


@cache
def _module(name: str) -> tuple[dict[str, ast.AST], dict[str, str]]:
    """Return the functions of a use case by name (methods as `Class.method`), and what its imported names mean."""
    tree = ast.parse((ROOM / f"{name}.py").read_text(encoding="utf-8"))
    functions: dict[str, ast.AST] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            functions[node.name] = node
        elif isinstance(node, ast.ClassDef):
            functions |= {
                f"{node.name}.{one.name}": one for one in node.body if isinstance(one, ast.FunctionDef)
            }
    imported = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            imported |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
    return functions, imported


def _calls(module: str, node: ast.AST) -> Iterator[str]:
    """Yield the full names of what is called, or handed on to be called, within a piece of a use case."""
    functions, imported = _module(module)
    for one in ast.walk(node):
        if isinstance(one, ast.Name):
            if one.id in functions:
                yield f"kb.usecases.{module}.{one.id}"
            elif one.id in imported:
                yield imported[one.id]
        elif isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id in imported:
            yield f"{imported[one.value.id]}.{one.attr}"


@cache
def _leaves_entry(name: str) -> bool:
    """Say whether a use case's function comes to an entry, itself or by what it calls."""
    seen, waiting = set(), [name]
    while waiting:
        one = waiting.pop()
        if one in ENTRIES:
            return True
        room, _, function = one.rpartition(".")
        if one in seen or not room.startswith("kb.usecases."):
            continue
        seen.add(one)
        module = room.removeprefix("kb.usecases.")
        if "." not in module and function in (found := _module(module)[0]):
            waiting += _calls(module, found[function])
    return False


def _transactions() -> Iterator[tuple[str, bool]]:
    """Yield each function that opens a write transaction and whether every one in it leaves an entry."""
    for path in sorted(ROOM.glob("*.py")):
        for name, function in _module(path.stem)[0].items():
            blocks = [
                one
                for one in ast.walk(function)
                if isinstance(one, ast.With) and any(".writing()" in ast.unparse(item) for item in one.items)
            ]
            if blocks:
                told = all(any(map(_leaves_entry, set(_calls(path.stem, block)))) for block in blocks)
                yield f"{path.stem}.{name}", told


def _reasons() -> dict[str, str]:
    lines = REASONS.read_text(encoding="utf-8").splitlines()
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| `")
    ]
    return {first.strip("`"): second for first, second in cells}


def test_every_write_transaction_leaves_an_entry_or_has_a_reason() -> None:
    transactions = dict(_transactions())
    silent = {name for name, told in transactions.items() if not told}
    reasons = _reasons()
    assert len(transactions) > 60
    assert sorted(silent - set(reasons)) == [], (
        "leave an entry in the same transaction, or say why there is none"
    )
    assert sorted(set(reasons) - silent) == [], "these leave an entry by now, or are gone"
    assert [name for name, why in reasons.items() if len(why) < 20] == []


@pytest.mark.parametrize(
    ("name", "told"),
    [("plan.keep_plan", True), ("training_marks.mark", True), ("page_feedback.judge_page", False)],
)
def test_the_walk_tells_a_transaction_with_an_entry_from_one_without(name: str, *, told: bool) -> None:
    assert dict(_transactions())[name] is told


def test_every_action_and_kind_of_an_entry_has_words_for_people() -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted(ROOM.glob("*.py"))]
    actions = {one for text in texts for one in re.findall(r'\baction="([a-z-]+)"', text)}
    kinds = {one for text in texts for one in re.findall(r'^AUDITED = "([a-z_]+)"', text, re.MULTILINE)}
    assert len(actions) > 10
    assert sorted(actions - set(DONE)) == []
    assert sorted(kinds - set(THINGS) - set(TABLES)) == []
