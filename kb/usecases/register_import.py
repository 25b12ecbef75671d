"""A workbook becomes rows of the register: all of it, or with every fault told by sheet, row and column nothing of it."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from kb.errors import BadImport, Fault
from kb.imports.limits import DEFAULT_LIMITS, Limits
from kb.imports.workbook_files import read_sheets
from kb.store import Store, register
from kb.store.register import Session
from kb.usecases.register_checking import Flaw, flaws_among_others, read_values
from kb.usecases.register_description import Table, Values
from kb.usecases.register_import_rows import FileRow, rows_of_sheets
from kb.usecases.register_import_visits import NEEDED, PlannedVisit, planned_visits, write_visit_rows
from kb.usecases.register_kinds import Wording, Wrong
from kb.usecases.register_merged import MergedRows
from kb.usecases.register_rows import columns_of, json_of
from kb.usecases.register_tables import TABLES
from kb.usecases.visit_fields import VISITS

FAULTS_TOLD = 1000
CHANGES_TOLD = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class TableReport:
    """What an import does to one table."""

    table: Table
    added: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RowReport:
    """What an import does to one row.

    Args:
        where: Sheet and row in the file.
        table: Its table.
        name: By what the row is known.
        action: `add` or `change`.
        fields: The fields that change, with their values before and after, as JSON; empty for a new row.
    """

    where: str
    table: Table
    name: str
    action: str
    fields: tuple[tuple[str, object, object], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did, or would do.

    Args:
        dry_run: Whether nothing was written.
        tables: Counts of each table that the file has.
        rows: The first of the new and changed rows.
    """

    dry_run: bool
    tables: tuple[TableReport, ...]
    rows: tuple[RowReport, ...]

    def json(self) -> dict[str, object]:
        """Return it for a program."""
        return {
            "dry_run": self.dry_run,
            "tables": [
                {
                    "table": one.table.name,
                    "added": one.added,
                    "changed": one.changed,
                    "unchanged": one.unchanged,
                }
                for one in self.tables
            ],
            "rows": [
                {
                    "where": one.where,
                    "table": one.table.name,
                    "name": one.name,
                    "action": one.action,
                    "fields": [{"field": name, "before": old, "after": new} for name, old, new in one.fields],
                }
                for one in self.rows
            ],
        }


@dataclass(slots=True, kw_only=True)
class _Planned:
    """One row of the file with what it becomes."""

    row: FileRow
    id: str
    revision: int
    old: Values | None
    values: dict[str, Any]
    flaws: list[Flaw] = field(default_factory=list)

    @property
    def differs(self) -> bool:
        table = self.row.table
        return self.old is not None and json_of(table, self.old) != json_of(table, self.values)


def import_register(
    store: Store,
    *,
    path: Path,
    name: str | None = None,
    wording: Wording,
    who: str,
    now: datetime,
    new_id: Callable[[], str],
    dry_run: bool = False,
    limits: Limits = DEFAULT_LIMITS,
) -> ImportReport:
    """Bring a workbook, a csv file, a zip or a folder of csv files into the register, all or nothing.

    A row is matched by its code (machines: tag; readings: meter and time). A column that is there with an empty
    cell clears the value; a column that is not there leaves it.

    Args:
        store: The database.
        path: The file or folder.
        name: What to call it in messages.
        wording: Language, zone and code lists.
        who: Name for the audit trail.
        now: The present instant.
        new_id: Makes an id that no row has.
        dry_run: Only say what would happen.
        limits: What reading the file may use.

    Raises:
        BadImport: Every fault of the file, by sheet, row and column; nothing was written.
    """
    sheets = read_sheets(path, name=name, limits=limits)
    rows, faults = rows_of_sheets(sheets, wording)
    transaction: AbstractContextManager[Session] = store.reading() if dry_run else store.writing()
    with transaction as session:
        of_visits = [row for row in rows if row.table is VISITS]
        rows = [row for row in rows if row.table is not VISITS]
        names = {row.table.name for row in rows}
        around = MergedRows(session, names | NEEDED if of_visits else names)
        planned, double = _planned(rows, around, wording, new_id)
        today = now.astimezone(wording.zone).date()
        visits = planned_visits(session, of_visits, around, wording, today=today)
        for one in planned:
            one.flaws += flaws_among_others(one.row.table, one.values, one.id, around)
        found = [(one.row, flaw) for one in planned for flaw in one.flaws] + double
        found += [(each.row, flaw) for each in visits for flaw in each.flaws]
        faults += [
            row.fault(flaw, wording)
            for row, flaw in sorted(found, key=lambda pair: pair[0].place(pair[1].field))
        ]
        if faults:
            raise _refusal(name or path.name, faults)
        if not dry_run:
            _write(session, planned, around, who=who, now=now)
            write_visit_rows(session, visits, who=who, now=now)
    return _report(planned, visits, dry_run=dry_run)


def _refusal(name: str, faults: list[Fault]) -> BadImport:
    count = len(faults)
    told = f"{name} has {count} fault(s); nothing was imported"
    if count > FAULTS_TOLD:
        told += f" (the first {FAULTS_TOLD} are listed)"
    return BadImport(told, faults[:FAULTS_TOLD])


def _planned(
    rows: list[FileRow], around: MergedRows, wording: Wording, new_id: Callable[[], str]
) -> tuple[list[_Planned], list[tuple[FileRow, Flaw]]]:
    """Read every row against the one that is there already; rows that come twice are told apart."""
    planned: list[_Planned] = []
    double: list[tuple[FileRow, Flaw]] = []
    seen: dict[tuple[str, tuple[object, ...]], FileRow] = {}
    for row in rows:
        key = row.key(wording)
        first = seen.setdefault((row.table.name, key), row) if key is not None else row
        if first is not row:
            wrong = Wrong("is the same as in {place}", "leave one of them out", place=first.where)
            double.append((row, Flaw(field=row.table.key[0], wrong=wrong)))
            continue
        stored = around.stored_with_key(row.table, key) if key is not None else None
        old = stored.values if stored else None
        values, flaws = read_values(row.table, row.raw, wording, old)
        one = _Planned(
            row=row,
            id=stored.id if stored else new_id(),
            revision=stored.revision if stored else 1,
            old=old,
            values=values,
            flaws=flaws,
        )
        planned.append(one)
        around.put(row.table, one.id, key, values)
    return planned, double


def _write(session: Session, planned: list[_Planned], around: MergedRows, *, who: str, now: datetime) -> None:
    entries: list[register.Change] = []
    for table in TABLES.values():
        mine = [one for one in planned if one.row.table is table]
        new = _parents_first([one for one in mine if one.old is None], around)
        register.add(
            session, table.name, [{"id": one.id, **columns_of(table, one.values, around)} for one in new]
        )
        changed = [one for one in mine if one.differs]
        for one in changed:
            columns = columns_of(table, one.values, around)
            register.change(session, table.name, id=one.id, revision=one.revision, values=columns)
        entries += [
            register.Change(
                at=now,
                who=who,
                action="update" if one.old else "create",
                kind=table.name,
                thing_id=one.id,
                before=json_of(table, one.old) if one.old else None,
                after=json_of(table, one.values),
            )
            for one in (*new, *changed)
        ]
    register.record(session, entries)


def _parents_first(new: list[_Planned], around: MergedRows) -> list[_Planned]:
    """Return new machines so that each comes after the new machine it is mounted on."""
    by_id: Mapping[str, _Planned] = {one.id: one for one in new}
    ordered: dict[str, _Planned] = {}
    for one in new:
        chain = [one]
        while (above := around.parent_of(chain[-1].id)) in by_id and above not in ordered:
            chain.append(by_id[str(above)])
        ordered |= {link.id: link for link in reversed(chain)}
    return list(ordered.values())


def _report(planned: list[_Planned], visits: list[PlannedVisit], *, dry_run: bool) -> ImportReport:
    tables = []
    rows = []
    for table in TABLES.values():
        mine = [one for one in planned if one.row.table is table]
        if not mine:
            continue
        added = [one for one in mine if one.old is None]
        changed = [one for one in mine if one.differs]
        tables.append(
            TableReport(
                table=table,
                added=len(added),
                changed=len(changed),
                unchanged=len(mine) - len(added) - len(changed),
            )
        )
        rows += [_row_report(one) for one in mine if one.old is None or one.differs]
    if visits:
        tables.append(_counts(visits))
        rows += [_visit_report(each) for each in visits if each.past is not None or each.differs]
    return ImportReport(dry_run=dry_run, tables=tuple(tables), rows=tuple(rows[:CHANGES_TOLD]))


def _counts(visits: list[PlannedVisit]) -> TableReport:
    added = sum(one.past is not None for one in visits)
    changed = sum(one.differs for one in visits)
    return TableReport(table=VISITS, added=added, changed=changed, unchanged=len(visits) - added - changed)


def _visit_report(one: PlannedVisit) -> RowReport:
    before, after = one.told()
    return RowReport(
        where=one.row.where,
        table=VISITS,
        name=str(after["key"]),
        action="add" if one.past is not None else "change",
        fields=tuple(
            (name, before[name], value) for name, value in after.items() if before and before[name] != value
        ),
    )


def _row_report(one: _Planned) -> RowReport:
    table = one.row.table
    after = json_of(table, one.values)
    before = json_of(table, one.old) if one.old is not None else {}
    return RowReport(
        where=one.row.where,
        table=table,
        name=" ".join(str(after[name]) for name in table.key),
        action="add" if one.old is None else "change",
        fields=tuple(
            (name, before[name], value) for name, value in after.items() if before and before[name] != value
        ),
    )


def import_upload(
    store: Store,
    *,
    content: BinaryIO,
    name: str,
    wording: Wording,
    who: str,
    now: datetime,
    new_id: Callable[[], str],
    dry_run: bool,
    limit_bytes: int,
) -> ImportReport:
    """Bring an uploaded file into the register; see `import_register`.

    Args:
        store: The database.
        content: The file, at its start.
        name: The name that the sender gave it; only its last part counts.
        wording: Language, zone and code lists.
        who: Name for the audit trail.
        now: The present instant.
        new_id: Makes an id that no row has.
        dry_run: Only say what would happen.
        limit_bytes: Largest file.

    Raises:
        BadImport: Every fault of the file; nothing was written.
    """
    shown = name.replace("\\", "/").rpartition("/")[2][:120] or "file"
    with TemporaryDirectory(prefix="servicebook-") as folder:
        path = Path(folder) / "upload"
        with path.open("wb") as target:
            copyfileobj(content, target)
        return import_register(
            store,
            path=path,
            name=shown,
            wording=wording,
            who=who,
            now=now,
            new_id=new_id,
            dry_run=dry_run,
            limits=Limits(file_bytes=limit_bytes),
        )
