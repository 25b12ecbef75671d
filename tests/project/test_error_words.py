"""Errors of the rooms whose pages are Chinese have Chinese words: every text that a fault is made with has a message."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.i18n import catalogue

ROOT = Path(__file__).parents[2]
ROOMS = {
    "faults": ("kb/usecases/fault_*.py", "kb/web/pages/faults*.py", "kb/api/routes/faults*.py"),
    "orders": (
        "kb/usecases/order_*.py",
        "kb/usecases/work_order*.py",
        "kb/web/pages/orders*.py",
        "kb/api/routes/orders.py",
    ),
    "protection": ("kb/api/access.py", "kb/api/problems.py", "kb/api/protection.py", "kb/web/forms.py"),
}
ERRORS = {"Fault", "BadInput", "BadQuery", "Conflict", "NotAllowed", "TooOften", "Message"}
SAID = {"what", "repair", "message"}


def error_texts(source: str) -> Iterator[tuple[int, str | None]]:
    """Yield line and text of every sentence that an error is made with; None for one that was filled on the spot."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id in ERRORS:
            said = [one.value for one in node.keywords if one.arg in SAID and node.func.id != "Message"]
            found = [*said, *(node.args[:1] if node.func.id != "Fault" else ())]
        elif node.func.id == "_refused":
            found = node.args[-2:]  # before them may stand the field
        else:
            continue
        for one in found:
            for text in (one.body, one.orelse) if isinstance(one, ast.IfExp) else (one,):
                if isinstance(text, ast.JoinedStr):
                    yield text.lineno, None
                elif isinstance(text, ast.Constant) and isinstance(text.value, str) and text.value:
                    yield text.lineno, text.value


@pytest.mark.parametrize("room", ROOMS)
def test_every_error_of_the_room_has_chinese_words(room: str) -> None:
    say = catalogue("zh_CN").gettext
    files = [path for pattern in ROOMS[room] for path in sorted(ROOT.glob(pattern))]
    assert len(files) >= 4
    missing = [
        f"{path.relative_to(ROOT)}:{line}: {text or 'is filled on the spot; make it a Message'}"
        for path in files
        for line, text in error_texts(path.read_text(encoding="utf-8"))
        if text is None or say(text) == text
    ]
    assert missing == []


def test_a_text_that_was_filled_on_the_spot_and_one_without_words_are_found() -> None:
    source = (
        'raise BadInput("nobody says this", [Fault(where="x", what=f"is {x}", repair="" if a else "b c")])'
    )
    assert {text for _, text in error_texts(source)} == {"nobody says this", None, "b c"}
