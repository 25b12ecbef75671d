"""Certificates of technicians: what holds, what ends soon, what is missing, their files, and visits that lack one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Literal

from kb.errors import BadInput, BadQuery, Fault, NotFound
from kb.i18n import Language, translator
from kb.store import AttachmentRow, Store
from kb.store import training as rows
from kb.store.attachments import add_attachment, attachment_row, attachment_rows, blob
from kb.store.planning import technician_codes, technicians_in_use
from kb.store.register import Change, Session, columns_by_id, first_with, record
from kb.usecases.certificate_words import missing_skills
from kb.usecases.draft_checking import media_type_of
from kb.usecases.plan_book import PlanBook
from planner.model import Certificate, Technician, Visit, VisitState

KIND = "certificates"
"""Their kind in the audit trail, and of their files."""
WEEKS = 8
"""How long before its end a certificate is warned of, where nothing else is asked for."""
MOST_WEEKS = 104
MOST_FILES = 10
FILE_LIMIT_BYTES = 10 * 1024 * 1024
PDF = "application/pdf"
ONE_DAY = timedelta(days=1)
ORDER = ("expired", "missing", "coming", "expiring", "valid")
"""States of a standing, the gravest first."""
OPEN = frozenset({VisitState.FORECAST, VisitState.CALLED, VisitState.BOOKED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a technician stands with a skill that rests on certificates.

    Args:
        code, name: The technician's.
        state: `valid`, `expiring` within the weeks asked for, `expired`, `coming` (begins later), or `missing` where
            a certificate is needed and there is none that holds.
        since: First day of the certificate it rests on; None where there is none.
        until: Last day on which the skill counts without a break, or counted; None without end, or without any.
        certificate: Code of the certificate that ends then; empty where there is none.
        days: From today to `until`; negative once it has passed, None where it does not apply.
    """

    technician_id: str
    code: str
    name: str
    skill: str
    skill_name: str
    state: Literal["valid", "expiring", "expired", "coming", "missing"]
    since: date | None
    until: date | None
    certificate: str
    days: int | None

    @property
    def is_warned(self) -> bool:
        """Whether somebody has to see to it."""
        return self.state != "valid"

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            name: value.isoformat() if isinstance(value := getattr(self, name), date) else value
            for name in self.__slots__
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Proofless:
    """A visit to come whose technician may not do it on its day, with the reasons in words."""

    visit: Visit
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperFile:
    """A file of a certificate; `digest` is the SHA-256 of its content."""

    id: str
    name: str
    media_type: str
    size_bytes: int
    digest: str
    added_at: datetime
    added_by: str


def standings(store: Store, *, today: date, weeks: int = WEEKS, technician: str = "") -> tuple[Standing, ...]:
    """Return how technicians stand with every skill that rests on certificates, the gravest first.

    Args:
        store: The database.
        today: The day to judge by.
        weeks: How long before its end a certificate is warned of, 0 to `MOST_WEEKS`.
        technician: Only the one with this code; empty takes all in use.

    Raises:
        BadQuery: `weeks` is out of bounds.
        NotFound: There is no technician in use with this code.
    """
    if not 0 <= weeks <= MOST_WEEKS:
        raise BadQuery(f"weeks {weeks}: 0 to {MOST_WEEKS}")
    with store.reading() as session:
        there = technicians_in_use(session)
        codes = technician_codes(session)
        names = {code: row.name for code, row in rows.skill_rows(session).items()}
    people = [one for id, one in there.items() if not technician or codes.get(id) == technician]
    if technician and not people:
        raise NotFound("technician", technician[:64])
    found = [
        _standing(person, codes.get(person.id, person.id), skill, names.get(skill, ""), today, weeks)
        for person in people
        for skill in sorted({*(one.skill for one in person.certificates), *person.uncertified})
    ]
    return tuple(
        sorted(found, key=lambda one: (ORDER.index(one.state), one.until or date.max, one.code, one.skill))
    )


def _standing(person: Technician, code: str, skill: str, name: str, today: date, weeks: int) -> Standing:
    papers = [one for one in person.certificates if one.skill == skill]
    state: Literal["valid", "expiring", "expired", "coming", "missing"] = "missing"
    paper: Certificate | None = None
    until: date | None = None
    if any(one.is_valid_on(today) for one in papers):
        paper = _last_without_a_break(papers, today)
        until = paper.last_day
        ends_soon = until is not None and until <= today + timedelta(weeks=weeks)
        state = "expiring" if ends_soon else "valid"
    elif papers:
        paper = person.last_proof(skill, today)
        if paper is not None and paper.last_day is not None and paper.last_day < today:
            state, until = "expired", paper.last_day
        else:
            state = "coming"
    return Standing(
        technician_id=person.id,
        code=code,
        name=person.name,
        skill=skill,
        skill_name=name,
        state=state,
        since=paper.first_day if paper else None,
        until=until,
        certificate=paper.code if paper else "",
        days=(until - today).days if until is not None else None,
    )


def _last_without_a_break(papers: Sequence[Certificate], today: date) -> Certificate:
    """Return the certificate that ends last of those that hold from today on one after the other."""
    now = [one for one in papers if one.is_valid_on(today)]
    best = max(now, key=_end)
    for one in sorted(papers, key=lambda one: (one.first_day, one.code)):
        if best.last_day is not None and one.first_day <= best.last_day + ONE_DAY and _end(one) > _end(best):
            best = one
    return best


def _end(one: Certificate) -> tuple[date, str]:
    return one.last_day or date.max, one.code


def visits_without_proof(book: PlanBook, *, today: date, language: Language) -> tuple[Proofless, ...]:
    """Return the visits of a plan from today on whose technician's certificates do not allow them, with why.

    A plan never makes such a visit; a person may have, or a certificate was taken away since.
    """
    say = translator(language)
    found = []
    for visit in book.visits:
        person = book.technicians.get(visit.technician_id or "")
        if person is None or visit.day < today or visit.state not in OPEN:
            continue
        plans = [book.plans[one.plan_id] for one in visit.occurrences if one.plan_id in book.plans]
        needed = frozenset().union(*(plan.skills for plan in plans))
        proven = needed & (person.skills_ever | person.uncertified)
        if told := missing_skills(person, proven, visit.day):
            found.append(Proofless(visit=visit, reasons=tuple(say(what).format(**v) for what, v in told)))
    return tuple(found)


def attach_file(
    store: Store, code: str, *, name: str, content: bytes, id: str, who: str, now: datetime
) -> tuple[PaperFile, ...]:
    """Keep a scan of a certificate and return all its files; the same content again changes nothing.

    Args:
        store: The database.
        code: Of the certificate.
        name: Of the file.
        content: PDF, JPEG, PNG or WebP; told by its bytes, never by its name.
        id: Of the new file.
        who: Name for the audit trail.
        now: The present instant.

    Raises:
        NotFound: There is no such certificate.
        BadInput: It is too large, no such file, or one too many.
    """
    media_type = PDF if content.startswith(b"%PDF-") else media_type_of(content)
    faults = []
    if media_type is None:
        faults.append(
            Fault(where="file", what="is no PDF and no photo", repair="send PDF, JPEG, PNG or WebP")
        )
    if len(content) > FILE_LIMIT_BYTES:
        repair = f"{FILE_LIMIT_BYTES:,} at most"
        faults.append(Fault(where="file", what=f"has {len(content):,} bytes", repair=repair))
    digest = sha256(content).hexdigest()
    with store.writing() as session:
        paper_id = _id_of(session, code)
        there = attachment_rows(session, KIND, [paper_id])
        if digest in {one.digest for one in there}:
            return _files(session, paper_id)
        if len(there) >= MOST_FILES:
            faults.append(Fault(where="file", what=f"there are {len(there)}", repair=f"{MOST_FILES} at most"))
        if faults or media_type is None:
            raise BadInput("no file was kept", faults)
        row = AttachmentRow(
            id=id,
            kind=KIND,
            thing_id=paper_id,
            name=_clean(name) or "file",
            media_type=media_type,
            digest=digest,
            size_bytes=len(content),
            added_at=now,
            added_by=who,
        )
        add_attachment(session, row, content)
        _record(session, paper_id, "attach", row.name, who, now)
        return _files(session, paper_id)


def certificate_files(store: Store, code: str) -> tuple[PaperFile, ...]:
    """Return what is known of a certificate's files.

    Raises:
        NotFound: There is no such certificate.
    """
    with store.reading() as session:
        return _files(session, _id_of(session, code))


def certificate_file(store: Store, code: str, file_id: str) -> tuple[PaperFile, bytes]:
    """Return a file of a certificate with its content.

    Raises:
        NotFound: There is no such certificate or file.
    """
    with store.reading() as session:
        row = _file_row(session, code, file_id)
        content = blob(session, row.digest)
        if content is None:
            raise NotFound("file", file_id[:64])
        return _file(row), content


def remove_file(store: Store, code: str, file_id: str, *, who: str, now: datetime) -> None:
    """Take a file off a certificate; its content stays in the database.

    Raises:
        NotFound: There is no such certificate or file.
    """
    with store.writing() as session:
        row = _file_row(session, code, file_id)
        row.removed = True
        session.flush()
        _record(session, row.thing_id, "detach", row.name, who, now)


def files_by_certificate(store: Store, codes: Iterable[str]) -> dict[str, tuple[PaperFile, ...]]:
    """Return the files of certificates by code; those without any are left out."""
    wanted = set(codes)
    with store.reading() as session:
        ids = {
            id: str(code) for id, (code,) in columns_by_id(session, KIND, ("code",)).items() if code in wanted
        }
        found: dict[str, list[PaperFile]] = defaultdict(list)
        for row in attachment_rows(session, KIND, list(ids)):
            found[ids[row.thing_id]].append(_file(row))
    return {code: tuple(some) for code, some in found.items()}


def _id_of(session: Session, code: str) -> str:
    row = first_with(session, KIND, "code", code)
    if row is None:
        raise NotFound("certificate", code[:64])
    return str(row["id"])


def _file_row(session: Session, code: str, file_id: str) -> AttachmentRow:
    row = attachment_row(session, file_id)
    if row is None or row.removed or row.kind != KIND or row.thing_id != _id_of(session, code):
        raise NotFound("file", file_id[:64])
    return row


def _files(session: Session, paper_id: str) -> tuple[PaperFile, ...]:
    return tuple(_file(row) for row in attachment_rows(session, KIND, [paper_id]))


def _file(row: AttachmentRow) -> PaperFile:
    return PaperFile(
        id=row.id,
        name=row.name,
        media_type=row.media_type,
        size_bytes=row.size_bytes,
        digest=row.digest,
        added_at=row.added_at,
        added_by=row.added_by,
    )


def _clean(name: str) -> str:
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(sign for sign in last if sign.isprintable()).strip()[:200]


def _record(session: Session, paper_id: str, action: str, name: str, who: str, now: datetime) -> None:
    after: Mapping[str, object] = {"file": name}
    entry = Change(at=now, who=who, action=action, kind=KIND, thing_id=paper_id, before=None, after=after)
    record(session, [entry])
