"""MTConnect devices become equipment of a site; the same document again changes nothing.

A device is known again by its uuid, else by serial number and maker. All of a document is stored, or nothing.
"""

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Literal

from kb.content import Vocabularies
from kb.errors import Conflict, NotFound
from kb.imports.limits import Limits
from kb.store import Store, register
from kb.store.register import Session
from kb.usecases.machine_data_changes import Decision, FieldChange, MachineChange, NewTags, Outcome, decided
from kb.usecases.machine_data_document import ProbeDocument, document_from_file
from kb.usecases.machine_data_matching import matched
from planner.model import EquipmentClass

KIND = "equipment"
UPLOAD_NAME_LENGTH = 100
CHOICES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did, or with `dry_run` would do."""

    document: ProbeDocument
    site_code: str
    site_name: str
    dry_run: bool
    machines: tuple[MachineChange, ...]

    def count(self, outcome: Outcome) -> int:
        """Return how many devices came out this way."""
        return sum(one.outcome is outcome for one in self.machines)


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineData:
    """What a machine is made of, as last read."""

    tag: str
    brand: str
    model: str
    serial: str
    uuid: str
    controller: str
    software: tuple[tuple[str, str], ...]
    hardware: tuple[Mapping[str, Any], ...]


def machine_data(store: Store, tag: str) -> MachineData:
    """Return hardware and software of a machine.

    Raises:
        NotFound: The register has no machine with this tag.
    """
    with store.reading() as session:
        row = register.first_with(session, KIND, "tag", tag)
    if row is None:
        raise NotFound(KIND, tag)
    return MachineData(
        tag=row["tag"],
        brand=row["brand"],
        model=row["model"],
        serial=row["serial"],
        uuid=row["mtconnect_uuid"] or "",
        controller=row["controller"],
        software=tuple((str(name), str(version)) for name, version in row["software"] or ()),
        hardware=tuple(row["hardware"] or ()),
    )


def site_choices(store: Store) -> tuple[tuple[str, str], ...]:
    """Return code and name of the first sites in use, for a form that completes what is typed."""
    wanted = register.Selection(equal={"retired": False}, order="code")
    with store.reading() as session:
        rows = register.page(session, "sites", wanted, offset=0, limit=CHOICES)
    return tuple((row["code"], row["name"]) for row in rows)


def import_machine_data(
    store: Store,
    document: ProbeDocument,
    *,
    site_code: str,
    vocabularies: Vocabularies,
    who: str,
    now: datetime,
    new_id: Callable[[], str],
    equipment_class: EquipmentClass | None = None,
    dry_run: bool = False,
) -> ImportReport:
    """Add or update the machines of a document at a site.

    Args:
        store: The database.
        document: The document as read.
        site_code: Where the machines stand.
        vocabularies: The code lists, to recognise the control family.
        who: Name for the audit trail.
        now: The present instant.
        new_id: Makes the id of a new machine.
        equipment_class: Class of all new machines; None concludes it from the axes and says so.
        dry_run: Report only; nothing is stored.

    Raises:
        NotFound: There is no such site.
        BadImport: A device cannot be told from another, or stands at another site; every fault, nothing is stored.
    """
    with store.reading() if dry_run else store.writing() as session:
        site = register.first_with(session, "sites", "code", site_code)
        if site is None:
            raise NotFound("site", site_code)
        matches = matched(session, document, site)
        tags = NewTags(session, site_code)
        decisions = [
            decided(device, match, tags, vocabularies, equipment_class)
            for device, match in zip(document.devices, matches, strict=True)
        ]
        if not dry_run:
            _write(session, decisions, site["id"], who=who, now=now, new_id=new_id)
    return ImportReport(
        document=document,
        site_code=site_code,
        site_name=site["name"],
        dry_run=dry_run,
        machines=tuple(one.change for one in decisions),
    )


def import_upload(
    store: Store,
    upload: BinaryIO,
    *,
    name: str,
    limit_bytes: int,
    site_code: str,
    vocabularies: Vocabularies,
    who: str,
    now: datetime,
    new_id: Callable[[], str],
    equipment_class: EquipmentClass | None = None,
    dry_run: bool = False,
) -> ImportReport:
    """Import a document that somebody sends; see `import_machine_data`.

    Args:
        upload: The document's bytes.
        name: What messages call it; only its last part is kept, it names no file here.
        limit_bytes: Largest document that is read.

    Raises:
        BadImport: The document is refused, with every fault.
        NotFound: There is no such site.
    """
    shown = name.replace("\\", "/").rpartition("/")[2][:UPLOAD_NAME_LENGTH] or "probe.xml"
    with tempfile.TemporaryDirectory(prefix="servicebook-") as folder:
        path = Path(folder) / "probe.xml"
        with path.open("wb") as file:
            shutil.copyfileobj(upload, file)
        document = document_from_file(path, name=shown, limits=upload_limits(limit_bytes))
    return import_machine_data(
        store,
        document,
        site_code=site_code,
        vocabularies=vocabularies,
        who=who,
        now=now,
        new_id=new_id,
        equipment_class=equipment_class,
        dry_run=dry_run,
    )


def upload_limits(limit_bytes: int) -> Limits:
    """Return what reading a document of at most `limit_bytes` may use."""
    return Limits(file_bytes=limit_bytes)


def _write(
    session: Session,
    decisions: Sequence[Decision],
    site_id: str,
    *,
    who: str,
    now: datetime,
    new_id: Callable[[], str],
) -> None:
    trail = []
    for one in decisions:
        if one.change.outcome is Outcome.ADDED:
            thing_id = new_id()
            register.add(session, KIND, [{"id": thing_id, "site_id": site_id, **one.values}])
        elif one.change.outcome is Outcome.CHANGED and one.row is not None:
            thing_id = one.row["id"]
            if not register.change(
                session, KIND, id=thing_id, revision=one.row["revision"], values=one.values
            ):
                raise Conflict(f"machine {one.change.tag!r} was changed meanwhile; import the document again")
        else:
            continue
        trail.append(
            register.Change(
                at=now,
                who=who,
                action="import-mtconnect",
                kind=KIND,
                thing_id=thing_id,
                before=_told(one.change.fields, "before") if one.row else None,
                after=_told(one.change.fields, "after"),
            )
        )
    register.record(session, trail)


def _told(fields: Sequence[FieldChange], side: Literal["before", "after"]) -> dict[str, str]:
    """Return what an entry of the trail says of fields: of several lines of one field (software, components) all of them."""
    told: dict[str, list[str]] = {}
    for one in fields:
        told.setdefault(one.field, []).append(one.before if side == "before" else one.after)
    return {name: "; ".join(text for text in texts if text) for name, texts in told.items()}
