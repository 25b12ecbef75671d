"""Runs `servicebook` inside the test: what it wrote and how it ended."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from kb.cli.main import main


@dataclass(frozen=True)
class Run:
    """How a command ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


class Servicebook:
    """The command with its environment."""

    def __init__(
        self,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        environment: Mapping[str, str],
    ) -> None:
        self.capsys = capsys
        for name in [name for name in os.environ if name.startswith("SERVICEBOOK_")]:
            monkeypatch.delenv(name)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)

    def __call__(self, *words: str) -> Run:
        self.capsys.readouterr()
        code: object = 0
        try:
            main(words)
        except SystemExit as end:
            code = end.code
        written = self.capsys.readouterr()
        return Run(code=code if isinstance(code, int) else 0, out=written.out, err=written.err)
