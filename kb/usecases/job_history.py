"""A list of old jobs, one a row, becomes jobs with machine, instants and words of our code lists, or every fault of it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from itertools import islice

from kb.content.vocabulary import Vocabularies
from kb.errors import BadImport, Fault
from kb.imports.workbook_files import CellIn, SheetIn
from kb.usecases.job_history_words import (
    FIELDS,
    IGNORED,
    NEEDED,
    ORDERS,
    date_order,
    is_replacement,
    kind_of,
    proposed_columns,
    read_date,
    says_nothing,
)

HEADER_ROWS = 10
"""Among so many first rows the headers are looked for: a title often stands above them."""
LONGEST_TITLE = 200
FAULTS_TOLD = 1000
WORDS_TOLD = 20
CODES = {
    "subsystem": "subsystems",
    "failure_mode": "failure_modes",
    "cause": "causes",
    "mechanism": "mechanisms",
    "remedy": "activities",
}
"""Fields that may hold a code, its Chinese or its English name, and the code list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OldJob:
    """A job of the past.

    Args:
        place: Sheet and row in the file.
        machine: As it was written.
        failed, restored: When it began and ended; `restored` is None where the file does not say.
        is_failure: Whether it answered a failure; otherwise the work was planned.
        codes: Codes of our lists by field of `CODES`.
        words: What the file says that no code list has, by field.
        is_replacement: Whether a new part was put in.
        minutes: Of work; None where nobody wrote it down.
        cost: As the file has it; None without one.
        twin: How many rows before this one say the very same.
    """

    place: str
    machine: str
    title: str
    failed: datetime
    restored: datetime | None = None
    is_failure: bool = True
    alarm: str = ""
    number: str = ""
    component: str = ""
    position: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    is_replacement: bool = False
    minutes: int | None = None
    cost: float | None = None
    twin: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a file was read.

    Args:
        headers: Its columns.
        columns: The field of each column that is used.
        sample: Its first rows.
        order: How its dates are written.
        jobs: One for each row.
        unknown_kinds: Words for the kind of work that are in no list, and how many rows have them; they were read as
            failures.
    """

    headers: tuple[str, ...]
    columns: Mapping[str, str]
    sample: tuple[tuple[str, ...], ...]
    order: str
    jobs: tuple[OldJob, ...]
    unknown_kinds: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the person who imports says of the file.

    Args:
        columns: Field by header; an empty field leaves a column out.
        order: How dates are written, a key of `ORDERS`; empty: found out.
        kinds: `failure` or `planned` by word of the column of kinds.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    order: str = ""
    kinds: Mapping[str, str] = field(default_factory=dict)


def read_jobs(sheet: SheetIn, choices: Choices, *, vocabularies: Vocabularies, zone: tzinfo) -> Reading:
    """Return the jobs of a sheet.

    Args:
        sheet: As it was read from the file.
        choices: What the person says of it.
        vocabularies: The code lists; a word that is none of theirs is kept as a word.
        zone: Of instants written without one.

    Raises:
        BadImport: Every fault, by row and column; nothing was read.
    """
    at = _header_row(sheet, choices.columns)
    headers = tuple(" ".join(_text(cell).split()) for cell in sheet.rows[at][1]) if sheet.rows else ()
    columns = _columns(headers, choices)
    rows = sheet.rows[at + 1 :]
    place_of = {field: headers.index(header) for header, field in columns.items()}
    dates = [_text(cells[place_of["failed"]]) for _, cells in rows if place_of["failed"] < len(cells)]
    order = choices.order or date_order(dates)
    if order not in ORDERS:
        header = headers[place_of["failed"]]
        raise BadImport(
            "the dates cannot be read",
            [
                Fault(
                    where=header,
                    what=f"{'、'.join(islice((one for one in dates if one), 3))}: day and month cannot be told apart",
                    repair=f"say how dates are written: {', '.join(ORDERS)}",
                )
            ],
        )
    reader = _Rows(sheet.name, place_of, order, choices.kinds, vocabularies, zone)
    jobs = [job for number, cells in rows if (job := reader.job(number, cells)) is not None]
    if reader.faults:
        count = len(reader.faults)
        more = f" (the first {FAULTS_TOLD} are listed)" if count > FAULTS_TOLD else ""
        raise BadImport(f"{count} fault(s); nothing was imported{more}", reader.faults[:FAULTS_TOLD])
    return Reading(
        headers=headers,
        columns=columns,
        sample=tuple(tuple(_text(cell) for cell in cells) for _, cells in rows[:5]),
        order=order,
        jobs=tuple(jobs),
        unknown_kinds=dict(reader.unknown.most_common(WORDS_TOLD)),
    )


def _header_row(sheet: SheetIn, own: Mapping[str, str]) -> int:
    def known(cells: Sequence[CellIn]) -> int:
        names = [" ".join(_text(cell).split()) for cell in cells]
        return len(proposed_columns(names)) + sum(name in own for name in names)

    first = range(min(len(sheet.rows), HEADER_ROWS))
    return max(first, key=lambda at: (known(sheet.rows[at][1]), -at), default=0)


def _columns(headers: Sequence[str], choices: Choices) -> dict[str, str]:
    """Return the field of each column that is used.

    Raises:
        BadImport: Every fault of the mapping.
    """
    faults = [
        Fault(
            where=header[:80],
            what="is no column of the file",
            repair=f"columns are {'、'.join(headers)[:300]}",
        )
        for header in choices.columns
        if header not in headers
    ]
    faults += [
        Fault(where=header[:80], what=f"is mapped to {one[:40]!r}", repair=f"use one of {', '.join(FIELDS)}")
        for header, one in choices.columns.items()
        if one != IGNORED and one not in FIELDS
    ]
    faults += [
        Fault(where=word[:40], what=f"is said to be {what[:20]!r}", repair="use failure or planned")
        for word, what in choices.kinds.items()
        if what not in {"failure", "planned"}
    ]
    if choices.order and choices.order not in ORDERS:
        faults.append(
            Fault(
                where="order", what=f"{choices.order[:20]!r} is no order of dates", repair=", ".join(ORDERS)
            )
        )
    said = {one for one in choices.columns.values() if one}
    proposed = {header: one for header, one in proposed_columns(headers).items() if one not in said}
    columns = {header: one for header, one in {**proposed, **choices.columns}.items() if one}
    holders: defaultdict[str, list[str]] = defaultdict(list)
    for header, one in columns.items():
        holders[one].append(header)
    faults += [
        Fault(where=one, what=f"is in {len(found)} columns: {'、'.join(found)}", repair="choose one")
        for one, found in holders.items()
        if len(found) > 1
    ]
    faults += [
        Fault(
            where=FIELDS[one][0],
            what="no column holds it",
            repair=f"map one of {'、'.join(headers)[:300] or 'the file: it has no columns'} to {one}",
        )
        for one in NEEDED
        if one not in holders
    ]
    if faults:
        raise BadImport("the columns were not mapped", faults)
    return columns


class _Rows:
    """Reads rows of a sheet and keeps what is wrong with them."""

    def __init__(
        self,
        sheet: str,
        place_of: Mapping[str, int],
        order: str,
        kinds: Mapping[str, str],
        vocabularies: Vocabularies,
        zone: tzinfo,
    ) -> None:
        self.faults: list[Fault] = []
        self.unknown: Counter[str] = Counter()
        self._sheet = sheet
        self._place_of = place_of
        self._order = order
        self._kinds = kinds
        self._zone = zone
        self._codes = {field: _by_word(vocabularies, name) for field, name in CODES.items()}
        self._seen: Counter[tuple[object, ...]] = Counter()

    def job(self, number: int, cells: Sequence[CellIn]) -> OldJob | None:
        """Return the job of a row; None where the row is empty or wrong, which `faults` then tells."""
        place = f"{self._sheet}!{number}" if self._sheet else f"{number}"
        raw = {field: cells[at] if at < len(cells) else None for field, at in self._place_of.items()}
        values = {field: _text(cell) for field, cell in raw.items()}
        if not any(values.values()):
            return None
        before = len(self.faults)
        values = {field: "" if says_nothing(text) else text for field, text in values.items()}
        failed = self._instant(place, "failed", raw.get("failed"))
        restored = self._instant(place, "restored", raw.get("restored"))
        if failed is not None and restored is not None:
            day_only = not restored[1]
            if restored[0].date() < failed[0].date() or (not day_only and restored[0] < failed[0]):
                self._wrong(
                    place, "restored", f"{restored[0]:%Y-%m-%d %H:%M} is before the failure", "check both"
                )
            elif day_only:  # it was ready by the end of that day
                restored = (restored[0] + timedelta(hours=23, minutes=59), False)
        for needed in NEEDED:
            if not values[needed]:
                self._wrong(place, needed, "is empty", "every job has one")
        minutes = self._amount(place, "minutes", values)
        hours = self._amount(place, "hours", values)
        cost = self._amount(place, "cost", values)
        said = kind_of(values.get("kind", ""), self._kinds)
        if said is None:
            self.unknown[values["kind"]] += 1
        if len(self.faults) > before or failed is None:
            return None
        codes = {
            field: code
            for field, known in self._codes.items()
            if (code := known.get(values.get(field, "").lower()))
        }
        words = {field: values[field] for field in CODES if values.get(field) and field not in codes}
        if values.get("kind"):
            words["kind"] = values["kind"]
        key = (*sorted(values.items()), failed[0])
        self._seen[key] += 1
        return OldJob(
            place=place,
            machine=values["machine"],
            title=values["title"][:LONGEST_TITLE],
            failed=failed[0],
            restored=restored[0] if restored else None,
            is_failure=said != "planned",
            alarm=values.get("alarm", "")[:300],
            number=values.get("number", "")[:40],
            component=values.get("component", "")[:200],
            position=values.get("place", "")[:80],
            codes=codes,
            words=words,
            is_replacement=bool(values.get("component")) and is_replacement(values.get("remedy", "")),
            minutes=round(minutes)
            if minutes is not None
            else round(hours * 60)
            if hours is not None
            else None,
            cost=cost,
            twin=self._seen[key] - 1,
        )

    def _wrong(self, place: str, field: str, what: str, repair: str) -> None:
        self.faults.append(Fault(where=f"{place} {FIELDS[field][0]}", what=what, repair=repair))

    def _instant(self, place: str, field: str, cell: CellIn) -> tuple[datetime, bool] | None:
        if isinstance(cell, datetime):
            at = cell if cell.tzinfo else cell.replace(tzinfo=self._zone)
            return at, bool(at.hour or at.minute or at.second)
        text = _text(cell)
        if says_nothing(text):
            return None
        found = read_date(text, self._order, self._zone)
        if found is None:
            self._wrong(
                place, field, f"{text[:40]!r} is no date", f"this file's dates are written {self._order}"
            )
            return None
        return found.at, found.has_time

    def _amount(self, place: str, field: str, values: Mapping[str, str]) -> float | None:
        text = values.get(field, "")
        if not text:
            return None
        try:
            amount = float(text.replace(",", ""))
        except ValueError:
            self._wrong(place, field, f"{text[:40]!r} is no number", "give a number, or leave it empty")
            return None
        if not abs(amount) < 1e9 or (amount < 0 and field != "cost"):
            self._wrong(place, field, f"{text[:40]!r} is out of bounds", "0 to 1,000,000,000")
            return None
        return amount


def _by_word(vocabularies: Vocabularies, name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for code, entry in vocabularies.lists.get(name, {}).items():
        for word in (entry.zh, entry.en, code):
            found[word.lower()] = code
    return found


def _text(cell: CellIn) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "minutes")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def pairs_said(pairs: Iterable[str]) -> dict[str, str]:
    """Return the pairs of `name=meaning`; an empty meaning is one.

    Raises:
        BadImport: A pair has no `=`.
    """
    faults = [
        Fault(where=one[:80], what="has no =", repair="write name=meaning") for one in pairs if "=" not in one
    ]
    if faults:
        raise BadImport("the choices cannot be read", faults)
    return {name.strip(): what.strip() for name, _, what in (one.rpartition("=") for one in pairs)}
