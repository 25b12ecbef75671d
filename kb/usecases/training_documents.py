"""Papers of training: the attendance sheet to sign, and a workbook of the year's plan with everybody's attendance."""

from datetime import date, datetime
from typing import Literal

from kb.export.document import (
    Align,
    Column,
    Document,
    KeyValues,
    Paragraph,
    Section,
    SignatureBox,
    Signatures,
    Table,
    Tone,
)
from kb.export.docx import MEDIA_TYPE as DOCX
from kb.export.docx import docx_bytes
from kb.export.pdf import MEDIA_TYPE as PDF
from kb.export.pdf import pdf_bytes
from kb.export.workbook import Sheet, SheetColumn, Workbook
from kb.export.xlsx import MEDIA_TYPE as XLSX
from kb.export.xlsx import xlsx_bytes
from kb.i18n import Language, translator
from kb.store import Store
from kb.usecases.courses import Built
from kb.usecases.training import TrainingYear, training_year
from kb.usecases.training_certificates import Standing, standings
from kb.usecases.training_fields import AUDIENCES
from kb.usecases.training_reading import Training, training, trainings

EMPTY_ROWS = 6
"""Lines for those who come unannounced."""
ITEM_STATES = {
    "planned": "planned training",
    "scheduled": "training with a date",
    "held": "held training",
    "overdue": "overdue training",
    "cancelled": "cancelled training",
}
SESSION_STATES = {
    "planned": "session planned",
    "held": "session held",
    "closed": "session closed",
    "cancelled": "session cancelled",
}
ATTENDANCE_NAMES = {
    "": "not recorded",
    "present": "present",
    "late": "came late",
    "absent": "absent",
    "excused": "excused",
}
STANDING_STATES = {
    "valid": "valid certificate",
    "expiring": "certificate ends soon",
    "expired": "certificate ended",
    "coming": "certificate begins later",
    "missing": "no certificate",
}


def attendance_sheet(
    store: Store,
    id: str,
    format: Literal["docx", "pdf"],
    *,
    language: Language,
    author: str,
    created: datetime,
) -> Built:
    """Return the attendance sheet of a session as a file to print and sign.

    Raises:
        NotFound: There is no such session.
        BadInput: No Chinese font is installed, for pdf.
    """
    found = training(store, id)
    document = attendance_document(found, language, author=author, created=created)
    name = f"{translator(language)('attendance')}-{found.values['day']}-{found.values['title']}.{format}"
    if format == "pdf":
        return Built(name=name, media_type=PDF, content=pdf_bytes(document, created=created))
    return Built(name=name, media_type=DOCX, content=docx_bytes(document))


def attendance_document(found: Training, language: Language, *, author: str, created: datetime) -> Document:
    """Return the attendance sheet of a session: what it is, who comes with room to sign, what came of it."""
    say = translator(language)
    values = found.values
    pairs = (
        ("Topic", values["title"]),
        ("Course", values["course"]),
        ("Date", f"{values['day']} {values['begins']}".strip()),
        ("Training hours", f"{values['hours']:g}"),
        ("Trainer", values["trainer"]),
        ("Training place", values["place"]),
        ("Training audience", AUDIENCES[values["audience"]][0 if language == "zh_CN" else 1]),
        ("Pass mark", f"{values['pass_percent']} %"),
    )
    people = [
        (
            str(number),
            one.name,
            one.code or one.company,
            "",
            say(ATTENDANCE_NAMES[one.attendance]) if one.attendance else "",
            _result(one.score_percent, one.passed, language),
        )
        for number, one in enumerate(found.people, 1)
    ]
    if found.is_open:
        last = len(people)
        people += [(str(last + number), "", "", "", "", "") for number in range(1, EMPTY_ROWS + 1)]
    table = Table(
        columns=(
            Column(title=say("No."), weight=0.7, align=Align.CENTER),
            Column(title=say("Person's name"), weight=2.2),
            Column(title=say("Code or company"), weight=2.6),
            Column(title=say("Signature"), weight=2.6),
            Column(title=say("Attendance"), weight=1.4, align=Align.CENTER),
            Column(title=say("Result"), weight=1.6, align=Align.CENTER),
        ),
        rows=tuple(people),
        empty=say("Nobody is put down."),
    )
    lines = (say("Signature"), say("Date"))
    return Document(
        title=say("Training attendance sheet"),
        subtitle=values["title"],
        author=author,
        created=created,
        language="zh-CN" if language == "zh_CN" else "en-US",
        header=f"{author}    {say('Training attendance sheet')}",
        footer=say("Session {id}").format(id=found.id),
        page_numbers=say("Page {page} of {pages}"),
        opening=(KeyValues(pairs=tuple((say(name), str(value) or "—") for name, value in pairs)),),
        sections=(
            Section(
                title=say("Participants"),
                blocks=(
                    table,
                    Paragraph(
                        text=say(
                            "Everybody signs for himself; who comes unannounced fills in an empty line."
                        ),
                        tone=Tone.REMARK,
                    ),
                ),
            ),
            Section(
                title=say("Confirmation"),
                blocks=(
                    Signatures(
                        boxes=(
                            SignatureBox(party=say("Trainer"), lines=lines),
                            SignatureBox(party=say("Head of service"), lines=lines),
                        )
                    ),
                ),
            ),
        ),
    )


def training_workbook(
    store: Store, year: int, *, language: Language, today: date, author: str, created: datetime
) -> Built:
    """Return a year's training as a workbook: plan, sessions, attendance, certificates.

    Raises:
        BadQuery: The year is out of bounds.
    """
    say = translator(language)
    plan = training_year(store, year, today=today)
    held = trainings(store, first=date(year, 1, 1), last=date(year, 12, 31))
    title = say("Training {year}").format(year=year)
    workbook = Workbook(
        title=title,
        author=author,
        created=created,
        page_numbers=say("Page {page} of {pages}"),
        sheets=(
            _plan_sheet(plan, language),
            _session_sheet(held, language),
            _attendance_sheet(held, language),
            _certificate_sheet(standings(store, today=today), language),
        ),
    )
    return Built(name=f"{title}.xlsx", media_type=XLSX, content=xlsx_bytes(workbook))


def _columns(language: Language, *titles: str) -> tuple[SheetColumn, ...]:
    say = translator(language)
    return tuple(SheetColumn(title=say(one), wrap=one in ("Topic", "Notes")) for one in titles)


def _plan_sheet(plan: TrainingYear, language: Language) -> Sheet:
    say = translator(language)
    pick = 0 if language == "zh_CN" else 1
    return Sheet(
        name=say("Training plan"),
        columns=_columns(
            language,
            "Month of the plan",
            "Planned day",
            "Topic",
            "Course",
            "Training audience",
            "Who should come",
            "Trainer",
            "Training place",
            "Training hours",
            "Certifies skill",
            "State",
            "Held on",
            "Came",
            "Hours held",
            "Notes",
        ),
        rows=tuple(
            (
                one.values["month"],
                one.values["planned_day"],
                one.values["title"],
                one.values["course"],
                AUDIENCES[one.values["audience"]][pick],
                one.values["target_group"],
                one.values["trainer"],
                one.values["place"],
                one.values["hours"],
                one.values["skill"],
                say(ITEM_STATES[one.state]),
                ", ".join(str(held.day) for held in one.sessions if held.state in ("held", "closed")),
                one.attended,
                one.held_hours,
                one.values["notes"],
            )
            for one in plan.items
        ),
    )


def _session_sheet(held: tuple[Training, ...], language: Language) -> Sheet:
    say = translator(language)
    return Sheet(
        name=say("Sessions"),
        columns=_columns(
            language,
            "Date",
            "Topic",
            "Trainer",
            "Training place",
            "Training hours",
            "State",
            "Put down",
            "Came",
            "Passed",
        ),
        rows=tuple(
            (
                one.values["day"],
                one.values["title"],
                one.values["trainer"],
                one.values["place"],
                one.values["hours"],
                say(SESSION_STATES[one.state]),
                len(one.people),
                sum(person.was_there for person in one.people),
                sum(person.passed is True for person in one.people),
            )
            for one in held
        ),
    )


def _attendance_sheet(held: tuple[Training, ...], language: Language) -> Sheet:
    say = translator(language)
    return Sheet(
        name=say("Attendance"),
        columns=_columns(
            language,
            "Date",
            "Topic",
            "Person's name",
            "Technician code",
            "Company",
            "Attendance",
            "Score (%)",
            "Result",
            "Certificate",
            "Notes",
        ),
        rows=tuple(
            (
                one.values["day"],
                one.values["title"],
                person.name,
                person.code,
                person.company,
                say(ATTENDANCE_NAMES[person.attendance]),
                person.score_percent,
                _result(None, person.passed, language),
                person.certificate,
                person.note,
            )
            for one in held
            if one.state != "cancelled"
            for person in one.people
        ),
    )


def _certificate_sheet(found: tuple[Standing, ...], language: Language) -> Sheet:
    say = translator(language)
    return Sheet(
        name=say("Certificates"),
        columns=_columns(
            language,
            "Technician code",
            "Person's name",
            "Skill",
            "State",
            "Certificate",
            "Valid from",
            "Valid until",
            "Days left",
        ),
        rows=tuple(
            (
                one.code,
                one.name,
                one.skill_name or one.skill,
                say(STANDING_STATES[one.state]),
                one.certificate,
                one.since,
                one.until,
                one.days,
            )
            for one in found
        ),
        portrait=True,
    )


def _result(score: float | None, passed: bool | None, language: Language) -> str:
    say = translator(language)
    parts = [f"{score:g} %"] if score is not None else []
    if passed is not None:
        parts.append(say("passed") if passed else say("not passed"))
    return " ".join(parts)
