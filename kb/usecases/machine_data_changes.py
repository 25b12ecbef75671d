"""What importing a device means for the register: a new machine, changed fields, or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kb.content import Vocabularies
from kb.store import register
from kb.store.register import Session
from kb.usecases.machine_data_document import Device, concluded_class, concluded_controller
from kb.usecases.machine_data_matching import Match, Row
from kb.usecases.machine_data_remarks import Remark
from planner.model import EquipmentClass

TEXT_LENGTH = 80
TAG_LENGTH = 64
"""What the register's own fields hold (kb.usecases.register_machine_tables)."""
PARTS_TOLD = 30


class Outcome(StrEnum):
    """What an import did, or would do, with a device."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """A field before and after; parts and software are told as counts or lines."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineChange:
    """One device of the document and what became of it.

    Args:
        tag: The machine's tag in the register; empty where the device was skipped.
        matched_by: `uuid`, `serial`, `name`, or empty for a new machine.
    """

    outcome: Outcome
    tag: str
    device: Device
    equipment_class: str
    controller: str
    matched_by: str
    fields: tuple[FieldChange, ...]
    remarks: tuple[Remark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is to be written for a device: new values by column, and the row that gets them (None: a new one)."""

    change: MachineChange
    values: Row
    row: Row | None


class NewTags:
    """Tags for new machines: the device's name, made unique in the register."""

    def __init__(self, session: Session, site_code: str) -> None:
        self._session = session
        self._site_code = site_code
        self._given: set[str] = set()

    def tag_of(self, device: Device) -> str:
        """Return a free tag; the next call will not return it again."""
        name = _as_tag(device.name) or _as_tag(device.uuid) or "MTConnect"
        tries = [
            name,
            f"{name}-{_as_tag(device.serial)}" if device.plate else name,
            f"{self._site_code}-{name}",
        ]
        number = 1
        while (tag := tries.pop(0)) and not self._is_free(tag):
            number += 1
            tries.append(f"{name}-{number}")
        self._given.add(tag)
        return tag

    def _is_free(self, tag: str) -> bool:
        fits = len(tag) <= TAG_LENGTH and tag not in self._given
        return fits and register.first_with(self._session, "equipment", "tag", tag) is None


def decided(
    device: Device,
    match: Match,
    tags: NewTags,
    vocabularies: Vocabularies,
    equipment_class: EquipmentClass | None,
) -> Decision:
    """Return what the register has to do with a device."""
    if device.is_agent:
        remark = Remark(text="the agent describes itself here; it is no machine", values={})
        return Decision(
            change=_change(Outcome.SKIPPED, device, "", {}, match, (), (remark,)), values={}, row=None
        )
    if match.row is None:
        return _added(device, match, tags, vocabularies, equipment_class)
    return _updated(device, match, match.row, vocabularies)


def _added(
    device: Device,
    match: Match,
    tags: NewTags,
    vocabularies: Vocabularies,
    equipment_class: EquipmentClass | None,
) -> Decision:
    remarks = [*match.remarks]
    concluded = equipment_class or concluded_class(device)
    if equipment_class is None:
        text = "the class {code} is concluded from the axes; correct it in the register where it is wrong"
        remarks.append(Remark(text=text, values={"code": concluded.value}))
    controller = concluded_controller(device, vocabularies)
    if not controller:
        remarks.append(
            Remark(text="the document does not tell the control family; enter it in the register", values={})
        )
    values: Row = {
        "tag": tags.tag_of(device),
        "equipment_class": concluded.value,
        **_read_off(device),
        "controller": controller,
        "software": [list(pair) for pair in device.software],
        "notes": _notes(device),
    }
    told = ("tag", "equipment_class", "brand", "model", "serial", "controller", "mtconnect_uuid")
    fields = [FieldChange(field=name, before="", after=values[name]) for name in told if values[name]]
    fields += [
        FieldChange(field="software", before="", after=f"{name}={version}")
        for name, version in device.software
    ]
    fields.append(FieldChange(field="hardware", before="", after=_size(values["hardware"])))
    change = _change(Outcome.ADDED, device, values["tag"], values, match, fields, remarks)
    return Decision(change=change, values=values, row=None)


def _updated(device: Device, match: Match, row: Row, vocabularies: Vocabularies) -> Decision:
    read = _read_off(device)
    # What the document leaves out stays as people entered it.
    wanted = {name: value for name, value in read.items() if value}
    if not device.has_identity and row["mtconnect_uuid"]:
        wanted.pop("mtconnect_uuid", None)
    wanted["software"] = _merged_software(row["software"] or [], device.software)
    if not row["controller"] and (controller := concluded_controller(device, vocabularies)):
        wanted["controller"] = controller
    values = {name: value for name, value in wanted.items() if value != row[name]}
    fields = [
        FieldChange(field=name, before=str(row[name] or ""), after=str(value))
        for name, value in values.items()
        if name not in {"software", "hardware"}
    ]
    fields += _software_changes(row["software"] or [], wanted["software"])
    fields += _part_changes(row["hardware"] or [], wanted["hardware"])
    remarks = list(match.remarks)
    if row["retired"]:
        remarks.append(Remark(text="the machine is retired in the register", values={}))
    outcome = Outcome.CHANGED if values else Outcome.UNCHANGED
    change = _change(outcome, device, row["tag"], {**row, **values}, match, fields, remarks)
    return Decision(change=change, values=values, row=row)


def _change(
    outcome: Outcome,
    device: Device,
    tag: str,
    values: Mapping[str, Any],
    match: Match,
    fields: Sequence[FieldChange],
    remarks: Sequence[Remark],
) -> MachineChange:
    return MachineChange(
        outcome=outcome,
        tag=tag,
        device=device,
        equipment_class=values.get("equipment_class", ""),
        controller=values.get("controller", ""),
        matched_by=match.by,
        fields=tuple(fields),
        remarks=tuple(remarks),
    )


def _read_off(device: Device) -> Row:
    return {
        "brand": device.manufacturer[:TEXT_LENGTH],
        "model": device.model[:TEXT_LENGTH],
        "serial": device.serial[:TEXT_LENGTH],
        "mtconnect_uuid": device.uuid,
        "hardware": [dict(part) for part in device.hardware],
    }


def _notes(device: Device) -> str:
    station = f"station {device.station}" if device.station else ""
    return "; ".join(part for part in (device.description, station) if part)


def _as_tag(text: str) -> str:
    return "-".join(text.replace("/", " ").replace("\\", " ").split()).strip(".")[:TAG_LENGTH]


def _merged_software(old: Sequence[Sequence[str]], new: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Return the software with the versions of the document; what it does not know of stays."""
    told = dict(new)
    kept = [[name, told.pop(name, version)] for name, version in old]
    return kept + [[name, version] for name, version in new if name in told]


def _software_changes(old: Sequence[Sequence[str]], new: Sequence[Sequence[str]]) -> list[FieldChange]:
    before, after = ({str(name): str(version) for name, version in pairs} for pairs in (old, new))
    return [
        FieldChange(field="software", before=_pair(name, before), after=_pair(name, after))
        for name in after
        if before.get(name) != after[name]
    ]


def _pair(name: str, versions: Mapping[str, str]) -> str:
    return f"{name}={versions[name]}" if name in versions else ""


def _part_changes(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> list[FieldChange]:
    """Return what differs, part by part; of very many only the first, and how large both are."""
    if list(old) == list(new):
        return []
    before, after = ({str(part["path"]): part for part in parts} for parts in (old, new))
    changes = [
        FieldChange(field="component", before=_part(path, before), after=_part(path, after))
        for path in dict.fromkeys([*before, *after])
        if before.get(path) != after.get(path)
    ]
    size = FieldChange(field="hardware", before=_size(old), after=_size(new))
    return [size, *changes[:PARTS_TOLD]]


def _part(path: str, parts: Mapping[str, Mapping[str, Any]]) -> str:
    if path not in parts:
        return ""
    part = parts[path]
    plate = " ".join(str(part[key]) for key in ("manufacturer", "model", "serial") if part[key])
    return f"{path or part['type']} ({len(part['data_items'])}{' · ' + plate if plate else ''})"


def _size(hardware: Sequence[Mapping[str, Any]]) -> str:
    if not hardware:
        return ""
    return f"{len(hardware) - 1} components, {sum(len(part['data_items']) for part in hardware)} data items"
