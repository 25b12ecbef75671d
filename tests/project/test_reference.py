"""docs/reference is what the code says; README and the tutorial name only commands that exist."""

import importlib
import re
from pathlib import Path

import pytest
import typer

from kb.cli.docs import reference_pages
from kb.cli.main import COMMANDS
from kb.cli.search import SearchFirst

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"


def test_the_generated_pages_are_up_to_date() -> None:
    generated = reference_pages()
    stale = [
        name
        for name, text in generated.items()
        if not (REFERENCE / name).is_file() or (REFERENCE / name).read_text(encoding="utf-8") != text
    ]
    assert not stale, f"run `servicebook docs`: {', '.join(stale)}"
    assert {path.name for path in REFERENCE.glob("*.md")} == set(generated)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_command_of_the_table_loads(name: str) -> None:
    command = importlib.import_module(COMMANDS[name].module).command
    assert isinstance(command, typer.Typer) or callable(command)


@pytest.mark.parametrize("page", ["README.md", "docs/tutorial.md"])
def test_a_page_names_only_commands_that_exist(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    named = re.findall(
        r"^(?:\.venv\S*/|\.venv\S*\\)?servicebook ([a-z]+)(?: ([a-z][a-z-]+))?", text, re.MULTILINE
    )
    assert named
    for command, sub in named:
        assert command in COMMANDS, f"{page} names `servicebook {command}`"
        loaded = importlib.import_module(COMMANDS[command].module).command
        # `search` takes words where others take the name of a sub-command.
        if isinstance(loaded, typer.Typer) and loaded.info.cls is not SearchFirst:
            subs = {
                info.name or info.callback.__name__.replace("_", "-")
                for info in loaded.registered_commands
                if info.callback
            }
            assert sub in subs, f"{page} names `servicebook {command} {sub}`; there are {sorted(subs)}"
