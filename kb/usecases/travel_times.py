"""Ways that are known better than assumed: typed by people, brought in as a workbook, or asked of a road service.

A person's word goes before the road service's, and that before the great circle.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from kb.errors import BadImport, BadInput, Fault
from kb.export.workbook import Sheet, SheetColumn, Workbook
from kb.export.xlsx import xlsx_bytes
from kb.i18n import Language, translator
from kb.imports.limits import Limits
from kb.imports.workbook_files import read_sheets
from kb.store import PlanningInput, Store, planning_input, register
from kb.store.register import Session
from kb.store.travel import (
    HAND,
    ROAD,
    count_ways,
    forget_ways,
    put_ways,
    travel_note,
    way_rows,
)

MOST_MINUTES = 24 * 60
MOST_KM = 2000
FAULTS_TOLD = 200
HOME, SITE = "home:", "site:"
LATEST = 0
"""The note of the latest look at the road service."""
_COLUMNS = ("From", "To", "Minutes", "Kilometres")
_ZH = ("起点", "终点", "分钟", "公里")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownWay:
    """A way that a person has typed, with the codes and names of its ends."""

    one: str
    other: str
    one_name: str
    other_name: str
    minutes: int
    metres: int
    noted: datetime
    noted_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TravelState:
    """What planning knows of the roads.

    Args:
        by_hand, by_road: How many ways people and the road service know.
        looked: When the road service was last asked; None where it never was.
        failed: What went wrong then; empty where nothing did.
    """

    by_hand: int
    by_road: int
    looked: datetime | None
    failed: str


def travel_state(store: Store) -> TravelState:
    """Return what planning knows of the roads."""
    with store.reading() as session:
        note = travel_note(session, LATEST)
        return TravelState(
            by_hand=count_ways(session, HAND),
            by_road=count_ways(session, ROAD),
            looked=note.noted_at if note else None,
            failed=str((note.note or {}).get("failed", "")) if note else "",
        )


def known_by_hand(store: Store, *, page: int = 1, size: int | None = None) -> tuple[KnownWay, ...]:
    """Return the ways that people have typed, by their places."""
    with store.reading() as session:
        names = planning_input(session)
        rows = way_rows(session, HAND, first=(page - 1) * size if size else 0, size=size)
        return tuple(
            KnownWay(
                one=code_of(names, row.one),
                other=code_of(names, row.other),
                one_name=name_of(names, row.one),
                other_name=name_of(names, row.other),
                minutes=row.minutes,
                metres=row.metres,
                noted=row.noted_at,
                noted_by=row.noted_by,
            )
            for row in rows
        )


def set_way(
    store: Store, *, one: str, other: str, minutes: object, km: object = "", who: str, now: datetime
) -> None:
    """Keep how long a way takes; an empty time forgets it.

    Args:
        store: The database.
        one, other: Codes of two sites, or of a site and a technician, whose home is meant.
        minutes: Whole minutes, 0 to a day; empty forgets the way.
        km: Road kilometres; empty means unknown.
        who: Who says so.
        now: The present instant.

    Raises:
        BadInput: Every fault, by field.
    """
    with store.writing() as session:
        faults: list[Fault] = []
        way = _way(planning_input(session), one, other, minutes, km, faults, who=who, now=now)
        if faults:
            raise BadInput("the way was not kept", faults)
        assert way is not None
        _keep(session, [way], who=who, now=now)


def ways_workbook(store: Store, language: Language, *, now: datetime) -> bytes:
    """Return the ways that people have typed as a workbook that `import_ways` reads."""
    say = translator(language)
    titles = [zh if language == "zh_CN" else en for zh, en in zip(_ZH, _COLUMNS, strict=True)]
    columns = [SheetColumn(title=one) for one in (*titles, say("From, name"), say("To, name"))]
    rows = tuple(
        (way.one, way.other, way.minutes, round(way.metres / 1000, 1) or None, way.one_name, way.other_name)
        for way in known_by_hand(store)
    )
    sheet = Sheet(name=say("Travel times"), columns=tuple(columns), rows=rows)
    return xlsx_bytes(Workbook(title=say("Travel times"), created=now, sheets=(sheet,)))


def import_ways(
    store: Store, *, content: BinaryIO, name: str, who: str, now: datetime, limit_bytes: int
) -> int:
    """Bring in a workbook or csv file of ways, all or nothing; return how many rows it has.

    Raises:
        BadImport: Every fault of the file, by row; nothing was written.
    """
    shown = name.replace("\\", "/").rpartition("/")[2][:120] or "file"
    with TemporaryDirectory(prefix="servicebook-") as folder:
        path = Path(folder) / "upload"
        with path.open("wb") as target:
            copyfileobj(content, target)
        sheets = read_sheets(path, name=shown, limits=Limits(file_bytes=limit_bytes))
    faults: list[Fault] = []
    with store.writing() as session:
        names = planning_input(session)
        ways: dict[tuple[str, str], Mapping[str, Any]] = {}
        count = 0
        for sheet in sheets:
            if not sheet.rows:
                continue
            places = _columns(sheet.rows[0][1], f"{sheet.name}!1", faults)
            for number, cells in sheet.rows[1:] if places else ():
                assert places is not None
                texts = [
                    str(cells[at]) if at is not None and at < len(cells) and cells[at] is not None else ""
                    for at in places
                ]
                found: list[Fault] = []
                way = _way(names, texts[0], texts[1], texts[2], texts[3], found, who=who, now=now)
                faults += [
                    Fault(where=f"{sheet.name}!{number}", what=one.what, repair=one.repair) for one in found
                ]
                if way is not None:
                    key = way["one"], way["other"]
                    if key in ways:
                        what = f"the way {texts[0]} – {texts[1]} stands twice"
                        faults.append(
                            Fault(where=f"{sheet.name}!{number}", what=what, repair="leave one out")
                        )
                    ways[key] = way
                    count += 1
        if not faults and not count:
            faults.append(Fault(where=shown, what="holds no way", repair="give columns From, To, Minutes"))
        if faults:
            raise BadImport(f"{shown} has {len(faults)} fault(s); nothing was imported", faults[:FAULTS_TOLD])
        _keep(session, list(ways.values()), who=who, now=now)
    return count


def code_of(names: PlanningInput, place: str) -> str:
    """Return how people call a place: the code of its site, or of the technician whose home it is."""
    kind, _, id = place.partition(":")
    table = "technicians" if f"{kind}:" == HOME else "sites"
    return names.codes[table].get(id, id)


def name_of(names: PlanningInput, place: str) -> str:
    """Return the name of a place."""
    kind, _, id = place.partition(":")
    if f"{kind}:" == HOME:
        return names.technicians[id].name if id in names.technicians else id
    return names.sites[id].name if id in names.sites else id


def _columns(head: Sequence[object], where: str, faults: list[Fault]) -> list[int | None] | None:
    titles = [str(one or "").strip().casefold() for one in head]
    found: list[int | None] = []
    for zh, en in zip(_ZH, _COLUMNS, strict=True):
        found.append(next((n for n, title in enumerate(titles) if title in (zh, en.casefold())), None))
    missing = [f"{zh} / {en}" for zh, en, at in zip(_ZH, _COLUMNS, found, strict=True) if at is None]
    if [one for one in missing if not one.endswith(_COLUMNS[3])]:
        faults.append(Fault(where=where, what=f"lacks the columns {', '.join(missing)}", repair="add them"))
        return None
    return found


def _way(
    names: PlanningInput,
    one: str,
    other: str,
    minutes: object,
    km: object,
    faults: list[Fault],
    *,
    who: str,
    now: datetime,
) -> Mapping[str, Any] | None:
    places = [_place(names, one, "one", faults), _place(names, other, "other", faults)]
    if places[0] and places[0] == places[1]:
        faults.append(Fault(where="other", what=f"{other!r} is the same place", repair="name another"))
    if all(place.startswith(HOME) for place in places if place) and all(places):
        what = "nobody drives from one technician's home to another's"
        faults.append(Fault(where="other", what=what, repair="name a site"))
    time = _number(minutes, MOST_MINUTES, "minutes", faults)
    length = _number(km, MOST_KM, "km", faults)
    if faults:
        return None
    first, second = sorted(places)
    return {
        "one": first,
        "other": second,
        "source": HAND,
        "minutes": None if time is None else round(time),
        "metres": round((length or 0) * 1000),
        "at": "",
        "noted_at": now,
        "noted_by": who,
    }


def _place(names: PlanningInput, text: str, where: str, faults: list[Fault]) -> str:
    code = text.strip()
    for table, start, there in (("sites", SITE, names.sites), ("technicians", HOME, names.technicians)):
        found = next((id for id, one in names.codes[table].items() if one == code and id in there), None)
        if found is not None:
            return f"{start}{found}"
    what = f"no site and no technician in use has the code {code[:60]!r}"
    faults.append(Fault(where=where, what=what, repair="use a code of the register"))
    return ""


def _number(value: object, most: int, where: str, faults: list[Fault]) -> float | None:
    text = str(value).strip()
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= most:
        faults.append(
            Fault(
                where=where, what=f"{text[:40]!r} is no number from 0 to {most}", repair=f"give 0 to {most}"
            )
        )
        return None
    return number


def _keep(session: Session, ways: Sequence[Mapping[str, Any]], *, who: str, now: datetime) -> None:
    put_ways(session, [one for one in ways if one["minutes"] is not None])
    forget_ways(session, [(one["one"], one["other"], HAND) for one in ways if one["minutes"] is None])
    entry = register.Change(
        at=now,
        who=who,
        action="update",
        kind="travel_ways",
        thing_id=f"{ways[0]['one']} – {ways[0]['other']}",
        before=None,
        after={"ways": len(ways), "minutes": ways[0]["minutes"]},
    )
    register.record(session, [entry])
