"""The sample's certificates: one trade for which everybody needs one, and makers' courses of a few.

No maintenance plan of the sample asks for the trade, so that one that has ended costs it no visit.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from kb.usecases.sample_data import SAMPLE_MARK
from kb.usecases.sample_people import Person, Row

TRADE = "low_voltage"
TRADE_MONTHS = 36
ENDS_IN_DAYS = (900, 40, 610, -12, 300, 1000, 75, 480)
"""When the trade's certificates end, technician by technician: one soon, one lately, the others later."""
MAKERS = 3
"""Every so many technicians one has been at a maker's course."""
COURSE_HOLDS = timedelta(days=5 * 365)
"""Longer than any plan of the sample."""


def skill_rules() -> tuple[Row, ...]:
    """Return the skills that the sample has rules for."""
    return (
        {
            "id": "sample-skill-001",
            "code": TRADE,
            "name": f"低压电工作业（{SAMPLE_MARK}）",
            "needs_certificate": True,
            "validity_months": TRADE_MONTHS,
            "notes": "",
        },
    )


def certificates(staff: Sequence[Person], today: date) -> tuple[Row, ...]:
    """Return the certificates of the sample's technicians."""
    rows: list[Row] = []
    for number, person in enumerate(staff):
        last = today + timedelta(days=ENDS_IN_DAYS[number % len(ENDS_IN_DAYS)])
        first = last - timedelta(days=3 * 365)
        rows.append(_row(len(rows) + 1, person, TRADE, "特种作业操作证", first, last))
        if number % MAKERS == 0:
            skill = min(person.skills)
            rows.append(
                _row(len(rows) + 1, person, skill, "厂家培训证书", date(2015, 1, 1), today + COURSE_HOLDS)
            )
    return tuple(rows)


def _row(number: int, person: Person, skill: str, title: str, first: date, last: date) -> Row:
    return {
        "id": f"sample-certificate-{number:03d}",
        "code": f"SMP-Z{number:03d}",
        "technician_id": person.row["id"],
        "skill": skill,
        "title": f"{title}（{SAMPLE_MARK}）",
        "number": "",
        "issuer": SAMPLE_MARK,
        "first_day": first,
        "last_day": last,
        "notes": "",
    }
