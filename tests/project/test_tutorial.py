"""Every command of docs/tutorial.md, run in its order by a newcomer in a fresh folder."""

import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
SECONDS = 180
SERVE = "servicebook serve"


def commands_of_the_tutorial() -> list[tuple[str, str]]:
    """Return each command with the pattern that its output must hold (empty: none stated)."""
    found = []
    for block in BLOCK.findall((ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")):
        for line in block.splitlines():
            command, _, wanted = line.partition("# →")
            if command.strip():
                found.append((command.strip(), wanted.strip()))
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that holds what a checkout holds and nothing that was built."""
    for name in ("content", "docs"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "kb" / "site", tmp_path / "kb" / "site")
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    return tmp_path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_tutorial_does_what_it_says(folder: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("SERVICEBOOK_")}
    environment["SERVICEBOOK_PORT"] = str(free_port())
    script = str(Path(sys.executable).with_name("servicebook"))
    steps = commands_of_the_tutorial()
    assert len(steps) >= 10
    assert SERVE in [command for command, _ in steps]
    for command, wanted in steps:
        words = [script, *(word.strip('"') for word in re.findall(r'"[^"]*"|\S+', command)[1:])]
        if command == SERVE:
            serve_once(words, folder, environment)
            continue
        done = subprocess.run(
            words,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=SECONDS,
        )
        said = done.stdout + done.stderr
        assert done.returncode == 0, f"{command}\n{said}"
        assert re.search(wanted, said), f"{command} did not say {wanted}\n{said}"


def serve_once(words: list[str], folder: Path, environment: dict[str, str]) -> None:
    process = subprocess.Popen(
        words, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        assert process.stdout
        line = process.stdout.readline()
        address = re.search(r"http://\S+", line)
        assert address, line
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        assert process.poll() is None
        body = ""
        for _ in range(200):
            try:
                with opener.open(f"{address.group()}/", timeout=10) as answer:
                    body = answer.read().decode()
                break
            except urllib.error.URLError:
                select_wait()
        assert "SV0401" in body
    finally:
        process.terminate()
        process.communicate(timeout=20)


def select_wait() -> None:
    """Give the other process the processor for a moment."""
    subprocess.run([sys.executable, "-c", ""], check=True)
