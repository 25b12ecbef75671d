"""The code lists of the library: what codes there are and how they are called in both languages."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from kb.errors import Fault

NAMES = (
    "activities",
    "alarm_families",
    "causes",
    "controllers",
    "detections",
    "equipment_classes",
    "failure_modes",
    "levels",
    "mechanisms",
    "severities",
    "subsystems",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One code.

    Args:
        zh: Its Chinese name.
        en: Its English name.
        more: Further values, such as `items` of a subsystem, `brand` and `series` of a controller.
    """

    zh: str
    en: str
    more: Mapping[str, object]

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a further value as texts: the entries of a list, a single text, or nothing."""
        value = self.more.get(key, ())
        return tuple(str(entry) for entry in value) if isinstance(value, (list, tuple)) else (str(value),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabularies:
    """All code lists by name.

    Args:
        lists: Entries by code, by list; every list of `NAMES` is there, empty where its file is missing.
        digest: Changes when any list changes.
        faults: What is wrong with the files.
    """

    lists: Mapping[str, Mapping[str, Entry]]
    digest: str
    faults: tuple[Fault, ...] = ()

    def codes(self, name: str) -> frozenset[str]:
        """Return the codes of a list."""
        return frozenset(self.lists.get(name, {}))

    def label(self, name: str, code: str, language: str = "zh_CN") -> str:
        """Return the name of a code, or the code itself where the list does not have it."""
        entry = self.lists.get(name, {}).get(code)
        if entry is None:
            return code
        return entry.en if language == "en" else entry.zh


def load_vocabularies(folder: Path) -> Vocabularies:
    """Return the code lists in `folder`; faults are told in the result."""
    lists: dict[str, dict[str, Entry]] = {}
    faults: list[Fault] = []
    digest = hashlib.sha256()
    for name in NAMES:
        lists[name] = {}
        path = folder / f"{name}.yaml"
        if not path.is_file():
            continue
        raw = path.read_bytes()
        digest.update(name.encode() + b"\0" + raw)
        where = f"vocabularies/{name}.yaml"
        try:
            values = yaml.safe_load(raw)
        except yaml.YAMLError as error:
            faults.append(Fault(where=where, what=f"is not YAML: {error}", repair="mend the file"))
            continue
        for code, entry in (values or {}).items():
            if not isinstance(entry, dict) or "zh" not in entry or "en" not in entry:
                faults.append(Fault(where=where, what=f"{code} has no zh and en", repair="give both names"))
                continue
            more = {key: value for key, value in entry.items() if key not in {"zh", "en"}}
            lists[name][str(code)] = Entry(zh=str(entry["zh"]), en=str(entry["en"]), more=more)
    return Vocabularies(lists=lists, digest=digest.hexdigest(), faults=tuple(faults))
