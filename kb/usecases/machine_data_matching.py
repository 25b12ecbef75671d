"""Which machine of the register a device is: by its uuid, else by serial number and maker.

A uuid that agents are delivered with (000) names nothing: such a device is known by its name, maker and site.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kb.errors import BadImport, Fault
from kb.store import register
from kb.store.register import Session
from kb.usecases.machine_data_document import Device, ProbeDocument
from kb.usecases.machine_data_remarks import Remark

Row = dict[str, Any]
UUID_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The machine that a device is; no row where it is new.

    Args:
        by: `uuid`, `serial` or `name`; empty where it is new.
        remarks: What a person should know about the match.
    """

    row: Row | None = None
    by: str = ""
    remarks: tuple[Remark, ...] = ()


def matched(session: Session, document: ProbeDocument, site: Row) -> tuple[Match, ...]:
    """Return the match of each device of a document, in its order.

    Raises:
        BadImport: A device may be several machines, stands at another site, or two devices are one machine.
    """
    finder = _Finder(session, document, site)
    matches = tuple(finder.match(device) for device in document.devices)
    faults = finder.faults + _faults_of(document.devices, matches, session, site)
    if faults:
        raise BadImport(f"{document.name} was not imported", faults)
    return matches


class _Finder:
    def __init__(self, session: Session, document: ProbeDocument, site: Row) -> None:
        self._session = session
        self._site = site
        self.faults: list[Fault] = []
        machines = [one for one in document.devices if not one.is_agent]
        self._uuids = {one.uuid for one in machines if one.has_identity}
        self._plates = Counter(one.plate for one in machines)

    def match(self, device: Device) -> Match:
        """Return the machine that `device` is, noting a fault where it may be several."""
        if device.is_agent:
            return Match()
        if len(device.uuid) > UUID_LENGTH:
            what = f"has a uuid of {len(device.uuid)} characters"
            self.faults.append(Fault(where=_where(device), what=what, repair=f"use at most {UUID_LENGTH}"))
            return Match()
        if device.has_identity:
            found = self._rows(mtconnect_uuid=device.uuid)
            if found:
                return self._only(device, found, "uuid")
        else:
            found = [row for row in self._rows(mtconnect_uuid=device.uuid) if self._is_namesake(row, device)]
            remark = Remark(
                text="the uuid {uuid} is one that agents are delivered with; give the machine its own, "
                "until then it is known by its name",
                values={"uuid": device.uuid},
            )
            if found:
                return self._only(device, found, "name", remark)
            by_plate = self._by_plate(device)
            return by_plate if by_plate.row is not None else Match(remarks=(remark,))
        return self._by_plate(device)

    def _by_plate(self, device: Device) -> Match:
        plate = device.plate
        if plate is None:
            return Match()
        if self._plates[plate] > 1:
            text = "serial number {serial} stands on several devices of the document, so only the uuid tells them apart"
            return Match(remarks=(Remark(text=text, values={"serial": device.serial}),))
        found = [
            row
            for row in self._rows(serial=device.serial)
            if row["brand"].casefold() == plate[1] and row["mtconnect_uuid"] not in self._uuids
        ]
        return self._only(device, found, "serial") if found else Match()

    def _only(self, device: Device, rows: Sequence[Row], by: str, *remarks: Remark) -> Match:
        if len(rows) == 1:
            return Match(row=rows[0], by=by, remarks=remarks)
        tags = ", ".join(sorted(row["tag"] for row in rows))
        self.faults.append(
            Fault(
                where=_where(device),
                what=f"may be any of {len(rows)} machines of the register: {tags}",
                repair="enter its uuid at the right one of them",
            )
        )
        return Match()

    def _rows(self, **equal: str) -> list[Row]:
        wanted = register.Selection(equal=equal)
        return register.page(self._session, "equipment", wanted, offset=0, limit=None)

    def _is_namesake(self, row: Row, device: Device) -> bool:
        name = row["hardware"][0]["name"] if row["hardware"] else row["tag"]
        same_maker = row["brand"].casefold() == device.manufacturer.casefold()
        return bool(row["site_id"] == self._site["id"] and name == device.name and same_maker)


def _faults_of(
    devices: Sequence[Device], matches: Sequence[Match], session: Session, site: Row
) -> list[Fault]:
    faults = []
    taken: dict[str, Device] = {}
    for device, match in zip(devices, matches, strict=True):
        if match.row is None:
            continue
        tag = match.row["tag"]
        if match.row["site_id"] != site["id"]:
            other = register.first_with(session, "sites", "id", match.row["site_id"])
            code = other["code"] if other else match.row["site_id"]
            what = f"is {tag}, which stands at the site {code}, not {site['code']}"
            faults.append(
                Fault(
                    where=_where(device),
                    what=what,
                    repair="move it in the register, or import it for its site",
                )
            )
        first = taken.setdefault(match.row["id"], device)
        if first is not device:
            what = f"and {first.name!r} are both {tag} in the register"
            faults.append(Fault(where=_where(device), what=what, repair="give each device its own uuid"))
    return faults


def _where(device: Device) -> str:
    return f"Device {device.name!r}"
