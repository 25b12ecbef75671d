"""`servicebook docs`: the reference pages, written from the code itself."""

import importlib
import inspect
from pathlib import Path
from typing import Annotated, get_args

import typer
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from kb.api.app import create_app
from kb.api.problems import STATUS
from kb.cli.errors import EXIT_CODES
from kb.cli.main import COMMANDS
from kb.content.pages import AnyPage, Page
from kb.settings import Settings
from kb.wiring import open_house

REFERENCE = Path("docs/reference")
NOTE = "This page is written by `servicebook docs`; a test compares it with the code.\n"


def command(
    folder: Annotated[Path, typer.Option(help="输出目录 · folder to write to")] = REFERENCE,
) -> None:
    """生成参考文档 · write the reference pages of commands, settings, routes and content fields."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in reference_pages().items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
        typer.echo(f"{folder / name}")


def reference_pages() -> dict[str, str]:
    """Return the text of every generated page by its file name."""
    return {
        "commands.md": _commands(),
        "settings.md": _settings(),
        "routes.md": _routes(),
        "content.md": _content(),
    }


def _commands() -> str:
    lines = ["# Commands", "", NOTE, "Every command answers `--help`.", ""]
    for name, entry in COMMANDS.items():
        loaded = importlib.import_module(entry.module).command
        lines += [f"## servicebook {name}", "", entry.help, ""]
        if isinstance(loaded, typer.Typer):
            for info in loaded.registered_commands:
                if info.callback is not None:
                    sub = info.name or info.callback.__name__.replace("_", "-")
                    lines += _command(f"servicebook {name} {sub}", info.callback)
        else:
            lines += _command(f"servicebook {name}", loaded)
    lines += ["## Exit codes", "", "| code | when |", "| --- | --- |", "| 0 | done |"]
    lines += [
        "| 1 | an unforeseen fault, or `doctor` found something bad |",
        "| 2 | the command line is wrong |",
    ]
    for kind, code in EXIT_CODES.items():
        summary = (inspect.getdoc(kind) or "").splitlines()[0]
        lines.append(f"| {code} | `{kind.__name__}`: {summary} |")
    return "\n".join(lines) + "\n"


def _command(title: str, function: object) -> list[str]:
    if not callable(function):
        raise TypeError(f"{title} is not a function")
    summary = (inspect.getdoc(function) or "").splitlines()[0]
    lines = [f"### `{title}`", "", summary, ""]
    rows = []
    for parameter in inspect.signature(function, eval_str=True).parameters.values():
        options = [extra for extra in get_args(parameter.annotation)[1:] if hasattr(extra, "param_decls")]
        about = options[0] if options else parameter.default
        is_option = type(about).__name__ == "OptionInfo"
        declared = getattr(about, "param_decls", None) or ()
        shown = ", ".join(declared) if declared else f"--{parameter.name.replace('_', '-')}"
        label = shown if is_option else parameter.name.upper()
        rows.append(f"| `{label}` | {getattr(about, 'help', None) or ''} |")
    if rows:
        lines += ["| argument | |", "| --- | --- |", *rows, ""]
    return lines


def _settings() -> str:
    lines = [
        "# Settings",
        "",
        NOTE,
        "Set as environment variables or in a file `.env` in the working folder.",
        "",
    ]
    lines += ["| variable | type | default | |", "| --- | --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        kind = getattr(field.annotation, "__name__", str(field.annotation))
        default = "" if field.default is PydanticUndefined else str(field.default)
        lines.append(f"| `SERVICEBOOK_{name.upper()}` | {kind} | `{default}` | {field.description} |")
    return "\n".join(lines) + "\n"


def _routes() -> str:
    schema = create_app(open_house(Settings())).openapi()
    lines = ["# Routes", "", NOTE]
    lines += [
        "The whole description: `/api/v1/openapi.json`. Errors are `application/problem+json` (RFC 9457).",
        "",
    ]
    lines += ["| method | path | |", "| --- | --- | --- |"]
    for path, methods in sorted(schema["paths"].items()):
        for method, about in methods.items():
            summary = (about.get("description") or about.get("summary") or "").splitlines()[0]
            lines.append(f"| {method.upper()} | `{path}` | {summary} |")
    lines += ["", "## Errors", "", "| status | error |", "| --- | --- |"]
    lines += [f"| {status.value} {status.phrase} | `{kind.__name__}` |" for kind, status in STATUS.items()]
    return "\n".join(lines) + "\n"


def _content() -> str:
    lines = ["# Content: front matter", "", NOTE, "Unknown fields are refused.", "", "## Every page", ""]
    lines += _fields(Page, frozenset())
    common = frozenset(Page.model_fields)
    for model in get_args(get_args(AnyPage)[0]):
        lines += [f"## {model.__name__.removesuffix('Page').lower()}", "", (inspect.getdoc(model) or ""), ""]
        lines += _fields(model, common)
    return "\n".join(lines) + "\n"


def _fields(model: type[BaseModel], leave_out: frozenset[str]) -> list[str]:
    lines = ["| field | type | required |", "| --- | --- | --- |"]
    for name, field in model.model_fields.items():
        if name in leave_out:
            continue
        kind = (
            str(field.annotation).replace("kb.content.pages.", "").replace("typing.", "").replace("|", "\\|")
        )
        kind = getattr(field.annotation, "__name__", kind) if isinstance(field.annotation, type) else kind
        lines.append(f"| `{name}` | {kind} | {'yes' if field.is_required() else ''} |")
    return [*lines, ""]
