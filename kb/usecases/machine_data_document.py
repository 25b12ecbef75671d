"""A probe document as the register needs it: its devices, and what can be concluded from them with a remark.

A document says what a machine is made of; its equipment class and its control family it does not say. Both are
concluded, and each conclusion is told, because a person has to look at it.
"""

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from kb.content import Vocabularies
from kb.imports.fetching import fetch, probe_address
from kb.imports.limits import DEFAULT_LIMITS, Limits, read_limited
from planner.model import EquipmentClass

PLACEHOLDER_UUID = re.compile(r"[0\-]+")
"""Agents are delivered with uuids such as 000, which many machines then share."""
PLACEHOLDER_SERIALS = frozenset({"", "N/A", "NA", "NONE", "UNKNOWN", "-", "?"})
SHORTEST_BRAND = 3
TURNING_PARTS = frozenset({"Chuck", "Turret", "BarFeeder"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One device of a probe document.

    Args:
        is_agent: Whether it is the agent describing itself, which is no machine.
        software: Name and version pairs.
        hardware: The device itself and its components in document order, as the register keeps them: id, type,
            name, path, manufacturer, model, serial, description, data_items.
    """

    name: str
    uuid: str
    manufacturer: str
    model: str
    serial: str
    station: str
    description: str
    is_agent: bool
    software: tuple[tuple[str, str], ...]
    hardware: tuple[Mapping[str, Any], ...]

    @property
    def has_identity(self) -> bool:
        """Whether the uuid tells this machine from others."""
        return PLACEHOLDER_UUID.fullmatch(self.uuid) is None

    @property
    def plate(self) -> tuple[str, str] | None:
        """Serial number and maker, compared without case; None where they tell nothing."""
        serial = self.serial.upper()
        if serial in PLACEHOLDER_SERIALS or not serial.strip("0") or not self.manufacturer:
            return None
        return self.serial, self.manufacturer.casefold()

    @property
    def component_count(self) -> int:
        """How many components it has, itself not counted."""
        return len(self.hardware) - 1

    @property
    def data_item_count(self) -> int:
        """How many values it can report."""
        return sum(len(part["data_items"]) for part in self.hardware)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeDocument:
    """A probe document as read; `name` is what messages call it."""

    name: str
    version: str
    sender: str
    devices: tuple[Device, ...]


def document_from_file(
    path: Path, *, name: str | None = None, limits: Limits = DEFAULT_LIMITS
) -> ProbeDocument:
    """Return the probe document in a file, read in the limited child process.

    Raises:
        BadImport: Every fault that was found.
    """
    shown = name or path.name
    read = cast("dict[str, Any]", read_limited("mtconnect", path, name=shown, limits=limits))
    return ProbeDocument(
        name=shown,
        version=read["version"],
        sender=read["sender"],
        devices=tuple(_device(one) for one in read["devices"]),
    )


def document_from_address(address: str, *, limits: Limits = DEFAULT_LIMITS) -> ProbeDocument:
    """Return the probe document that an agent gives.

    Only the command line calls this: whoever can use it can reach the address anyway. No route of the service does,
    because the service stands where its users do not, and would fetch from places that they cannot reach.

    Args:
        address: http or https; `/probe` is added where the path names no document.
        limits: Bounds of the body and of its reading.

    Raises:
        BadImport: The address is refused or gives no probe document.
    """
    wanted = probe_address(address)
    with tempfile.TemporaryDirectory(prefix="servicebook-") as folder:
        target = Path(folder) / "probe.xml"
        fetch(wanted, target, limits=limits)
        return document_from_file(target, name=wanted, limits=limits)


def is_address(text: str) -> bool:
    """Whether a person who typed this means an address rather than a file."""
    return re.match(r"[A-Za-z][A-Za-z0-9+.\-]+://", text.strip()) is not None


def concluded_class(device: Device) -> EquipmentClass:
    """Return the likely class: from the linear axes and what holds the workpiece."""
    kinds = {str(part["type"]) for part in device.hardware}
    axes = {
        str(part["name"])[:1].upper() for part in device.hardware if part["type"] == "Linear" and part["name"]
    }
    if {"X", "Y", "Z"} <= axes:
        return EquipmentClass.TMC if kinds & TURNING_PARTS else EquipmentClass.VMC
    if {"X", "Z"} <= axes:
        return EquipmentClass.LAT
    return EquipmentClass.VMC if kinds & {"Axes", "Controller"} else EquipmentClass.AUX


def concluded_controller(device: Device, vocabularies: Vocabularies) -> str:
    """Return the control family that the device names, empty where it names none or several could be meant."""
    texts = [device.name, device.manufacturer, device.model, device.description]
    for part in device.hardware:
        if part["type"] == "Controller":
            texts += [str(part[key]) for key in ("name", "manufacturer", "model", "description")]
    said = " ".join(texts)
    of_brand = {
        code: entry.texts("series")
        for code, entry in vocabularies.lists["controllers"].items()
        if "dro" not in entry.texts("alarm_family")
        and any(_named(brand, said) for brand in entry.texts("brand"))
    }
    of_series = [code for code, series in of_brand.items() if any(_named(one, said) for one in series)]
    fitting = of_series or list(of_brand)
    return fitting[0] if len(fitting) == 1 else ""


def _named(word: str, text: str) -> bool:
    if len(word) < SHORTEST_BRAND:
        return False
    return re.search(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])", text, re.IGNORECASE) is not None


def _device(read: Mapping[str, Any]) -> Device:
    own = {key: read[key] for key in ("id", "name", "manufacturer", "model", "serial", "description")}
    parts = [
        {**own, "type": "Agent" if read["kind"] == "agent" else "Device", "path": ""},
        *read["components"],
    ]
    items: dict[str, list[Mapping[str, str]]] = {}
    for item in read["data_items"]:
        kept = {key: value for key, value in item.items() if key != "component" and value}
        items.setdefault(item["component"], []).append(kept)
    return Device(
        name=read["name"],
        uuid=read["uuid"],
        manufacturer=read["manufacturer"],
        model=read["model"],
        serial=read["serial"],
        station=read["station"],
        description=read["description"],
        is_agent=read["kind"] == "agent",
        software=tuple((str(name), str(version)) for name, version in read["software"]),
        hardware=tuple({**part, "data_items": items.pop(part["id"], [])} for part in parts),
    )
