"""Software and hardware of a machine: what stands in the register, and what stood there at an earlier instant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kb.store.register import Change, Session, history

KIND = "equipment"
LOOKED_BACK = 1_000
"""Entries of the audit trail of one machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What changed, appeared (nothing before) or vanished (nothing after)."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipped:
    """Software and hardware of a machine.

    Args:
        software: Name and version.
        hardware: Component and its plate.
        changed_software, changed_hardware: Since the instant that is compared with.
        changed_at: When the register last changed the software or hardware; None where it never did.
    """

    software: tuple[tuple[str, str], ...]
    hardware: tuple[tuple[str, str], ...]
    changed_software: tuple[Difference, ...]
    changed_hardware: tuple[Difference, ...]
    changed_at: datetime | None


def equipped(session: Session, machine: Mapping[str, Any], *, since: datetime | None) -> Equipped:
    """Return software and hardware of a machine, and what changed after an instant (None: nothing is compared)."""
    changes = [
        one
        for one in history(session, kind=KIND, thing_id=str(machine["id"]), limit=LOOKED_BACK)
        if one.before and ({"software", "hardware", "component"} & set(one.after or ()))
    ]
    software = pairs_of(machine["software"])
    hardware = plates_of(machine["hardware"])
    later = [one for one in changes if since is not None and one.at > since]
    return Equipped(
        software=tuple(sorted(software.items())),
        hardware=tuple(sorted(hardware.items())),
        changed_software=differences(_undone(software, later, "software"), software),
        changed_hardware=differences(_undone(hardware, later, "hardware"), hardware),
        changed_at=changes[0].at if changes else None,
    )


def pairs_of(value: object) -> dict[str, str]:
    """Return name and version of software as the register, an interface or an import told it."""
    found: dict[str, str] = {}
    if isinstance(value, str):
        for part in value.replace("；", ";").split(";"):
            name, _, version = part.partition("=")
            if name.strip():
                found[name.strip()] = version.strip()
    elif isinstance(value, Mapping):
        found = {str(name): str(version) for name, version in value.items()}
    elif isinstance(value, Sequence):
        for one in value:
            if isinstance(one, Mapping):
                found[str(one.get("name", ""))] = str(one.get("version", ""))
            elif isinstance(one, Sequence) and len(one) == 2:
                found[str(one[0])] = str(one[1])
    return found


def plates_of(value: object) -> dict[str, str]:
    """Return the components that have a maker, a model or a serial number, each with its plate."""
    found: dict[str, str] = {}
    for part in value if isinstance(value, Sequence) and not isinstance(value, str) else ():
        if isinstance(part, Mapping):
            plate = " ".join(str(part[key]) for key in ("manufacturer", "model", "serial") if part.get(key))
            if plate:
                found[str(part.get("path") or part.get("type") or part.get("name") or "")] = plate
    return found


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Difference, ...]:
    """Return what differs, by name."""
    return tuple(
        Difference(name=name, before=before.get(name, ""), after=after.get(name, ""))
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    )


def _undone(now: Mapping[str, str], later: Sequence[Change], field: str) -> dict[str, str]:
    """Return what stood before changes, the newest of which comes first."""
    found = dict(now)
    for one in later:
        before, after = (one.before or {}).get(field), (one.after or {}).get(field)
        if field not in (one.before or {}) and field not in (one.after or {}):
            continue
        if isinstance(before, str | None) and isinstance(after, str | None):
            # An import tells single lines: `name=version` before and after.
            if field == "software":
                for name in pairs_of(after or ""):
                    found.pop(name, None)
                found.update(pairs_of(before or ""))
            continue
        found = pairs_of(before) if field == "software" else plates_of(before)
    return found
