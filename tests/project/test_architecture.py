"""docs/architecture.md tells the truth about the tree, and every room says what it is for."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def rooms_on_the_page() -> set[str]:
    block = re.search(r"```rooms\n(.*?)```", PAGE, re.DOTALL)
    assert block, "docs/architecture.md has no block of rooms"
    return {line.split()[0] for line in block.group(1).splitlines() if line.strip()}


def rooms_in_the_tree() -> set[str]:
    found = set()
    for package in ("planner", "kb"):
        for path in (ROOT / package).iterdir():
            if path.name.startswith("__"):
                continue
            if path.is_dir():
                found.add(f"{package}/{path.name}/")
            elif path.suffix == ".py":
                found.add(f"{package}/{path.name}")
    return found


def test_the_page_names_every_room_and_no_other() -> None:
    assert rooms_on_the_page() == rooms_in_the_tree()


@pytest.mark.parametrize(
    "room", sorted(room for room in rooms_in_the_tree() if room not in {"kb/stubs/", "kb/locale/"})
)
def test_a_room_says_its_question(room: str) -> None:
    path = ROOT / room / "__init__.py" if room.endswith("/") else ROOT / room
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    assert len(docstring) > 30, f"{room} does not say what it is for"
    if room.endswith("/"):
        assert "?" in docstring.splitlines()[0], f"{room}: the first line is not a question"
        assert "May import" in docstring, f"{room} does not say what it may import"


def test_no_file_is_past_its_length() -> None:
    long = []
    for package, limit in (("kb", 400), ("planner", 400), ("tests", 600)):
        for path in (ROOT / package).rglob("*.py"):
            if path.parent.name == "versions":  # a migration is one step, however many tables it touches
                continue
            lines = len(path.read_text(encoding="utf-8").splitlines())
            if lines > limit:
                long.append(f"{path.relative_to(ROOT)} has {lines} lines, at most {limit}")
    assert not long, "\n".join(long)


def test_no_file_name_says_nothing() -> None:
    empty_names = {"utils.py", "helpers.py", "common.py", "service.py", "misc.py"}
    assert not [
        path
        for package in ("kb", "planner")
        for path in (ROOT / package).rglob("*.py")
        if path.name in empty_names
    ]
