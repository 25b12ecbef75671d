"""What must never be committed: registry hosts, machine paths, secrets."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
FORBIDDEN = {
    "a package registry's address": re.compile(
        rb"https?://[^\s\"')]*(pypi|pythonhosted|npmjs|deb\.debian)[^\s\"')]*", re.IGNORECASE
    ),
    "an index option": re.compile(rb"--(extra-)?index-url"),
    "a home or work path": re.compile(rb"(?<![\w.])/(home|root|work|Users)/[a-z]"),
    "a private key": re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY"),
}


def tracked_files() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [
        ROOT / name.decode() for name in listing.split(b"\0") if name and (ROOT / name.decode()).is_file()
    ]


def test_no_file_names_a_registry_or_a_machine() -> None:
    own_name = Path(__file__).resolve()
    found = [
        f"{path.relative_to(ROOT)}: {what}"
        for path in tracked_files()
        if path.resolve() != own_name
        for what, pattern in FORBIDDEN.items()
        if pattern.search(path.read_bytes())
    ]
    assert not found, "\n".join(found)


def test_every_requirement_is_pinned() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").split()
    assert lines
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line) for line in lines)
