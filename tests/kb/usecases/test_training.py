"""Trainings are planned, held and counted; who passed is certified; nothing is counted or given twice."""

# ruff: noqa: F401, F811 - the store's fixtures are shared
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pytest

from kb.content import Library, load_library
from kb.errors import BadInput, BadQuery, Conflict, NotFound
from kb.store import Store, planning_input
from kb.usecases.register import history
from kb.usecases.register_lists import ListQuery, thing, things
from kb.usecases.training import change_item, training_item, training_year
from kb.usecases.training_certificates import (
    attach_file,
    certificate_file,
    certificate_files,
    remove_file,
    standings,
)
from kb.usecases.training_closing import close_training, valid_until
from kb.usecases.training_documents import attendance_sheet, training_workbook
from kb.usecases.training_marks import Mark, mark
from kb.usecases.training_people import NewPeople, put_down, take_off
from kb.usecases.training_reading import Training, training
from kb.usecases.training_record import training_record
from kb.usecases.training_sessions import cancel_training, change_training, set_up
from tests.kb.usecases.test_register import EN
from tests.kb.usecases.training_setting import NOW, a_session, new_id, people_of, planned, row
from tests.postgresql import empty_store, server, store

TODAY = NOW.date()
ONE_DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library(Path("content"))


@pytest.fixture
def staff(store: Store) -> Store:
    people_of(store)
    return store


def marked(store: Store, found: Training, **by_name: Mark) -> Training:
    marks = {one.id: by_name[one.name] for one in found.people if one.name in by_name}
    return mark(store, found.id, marks, revision=found.revision, who="li", now=NOW)


def closed(store: Store, found: Training) -> Training:
    return close_training(
        store, found.id, revision=None, issuer="售后部", wording=EN, new_id=new_id, who="li", now=NOW
    )


PASSED, FAILED, AWAY = (
    Mark(attendance="present", score_percent="90"),
    Mark(attendance="late", score_percent=79.5),
    Mark(attendance="absent"),
)


def test_a_line_is_planned_scheduled_held_and_counted(staff: Store, library: Library) -> None:
    item = planned(staff, library)
    assert (item.state, item.due) == ("planned", date(2026, 5, 31))
    planned(staff, library, title="上月", month=4)
    found = a_session(staff, library, item)
    assert found.values["title"] == "FANUC 报警"
    assert training_item(staff, item.id, today=TODAY).state == "scheduled"
    marked(staff, found, 张三=PASSED, 李四=FAILED, 王操作=AWAY)
    year = training_year(staff, 2026, today=TODAY)
    assert [one.state for one in year.items] == ["overdue", "held"]
    told = year.attainment
    assert (told.planned, told.due, told.done_due, told.percent) == (2, 2, 1, 50.0)
    assert (told.attended, told.judged, told.passed, told.held_hours) == (2, 2, 1, 4)


@pytest.mark.parametrize(
    ("today", "state"),
    [
        pytest.param(date(2026, 5, 31), "planned", id="the last day of its month"),
        pytest.param(date(2026, 6, 1), "overdue", id="the day behind it"),
    ],
)
def test_a_line_is_overdue_from_the_day_behind_its_month_on(
    staff: Store, library: Library, today: date, state: str
) -> None:
    item = planned(staff, library)
    assert training_item(staff, item.id, today=today).state == state
    assert training_year(staff, 2026, today=today).attainment.due == (1 if state == "overdue" else 0)


def test_a_line_takes_title_from_its_course_and_month_from_its_day(staff: Store, library: Library) -> None:
    course = next(one for one in library.pages.values() if one.type == "course")
    item = planned(staff, library, title="", course=course.id, month=None, planned_day="2026-12-31")
    assert (item.values["title"], item.values["month"], item.due) == (
        course.title_en or course.title,
        12,
        date(2026, 12, 31),
    )


def test_every_fault_of_a_line_is_told_at_once(staff: Store, library: Library) -> None:
    with pytest.raises(BadInput, match="nothing was planned") as refused:
        planned(
            staff, library, title="", course="COURSE-NO", month=13, hours="viel", audience="cats", year=""
        )
    assert {one.where for one in refused.value.faults} == {"course", "month", "hours", "audience", "year"}
    with pytest.raises(BadInput, match="outside the year 2026"):
        planned(staff, library, month=None, planned_day="2027-01-01")
    with pytest.raises(BadInput, match="is not the month of"):
        planned(staff, library, month=4, planned_day="2026-05-01")


def test_a_line_is_changed_with_its_revision_cancelled_and_taken_up_again(
    staff: Store, library: Library
) -> None:
    item = planned(staff, library)

    def change(raw: dict[str, object], revision: int | None, cancelled: bool | None = None) -> str:
        done = change_item(
            staff, item.id, raw, revision=revision, cancelled=cancelled, library=library, wording=EN,
            who="li", now=NOW,
        )  # fmt: skip
        return f"{done.revision} {done.state} {done.values['hours']:g}"

    assert change({"hours": 6}, 1) == "2 planned 6"
    with pytest.raises(Conflict, match="revision 1 is now 2"):
        change({"hours": 7}, 1)
    assert change({}, 2) == "2 planned 6"
    assert change({}, 2, cancelled=True) == "3 cancelled 6"
    assert training_year(staff, 2026, today=TODAY).attainment.planned == 0
    with pytest.raises(BadInput, match="this line of the plan is cancelled"):
        a_session(staff, library, item)
    assert change({"planned_day": "2026-07-01"}, 3, cancelled=False) == "4 planned 6"
    assert training_item(staff, item.id, today=TODAY).values["month"] == 7


def test_a_second_click_puts_nothing_down_twice(staff: Store, library: Library) -> None:
    found = a_session(staff, library)
    again = NewPeople(technicians=("T2", "T1"), operators=(("王操作", "K1"), ("王操作", "")))
    after = put_down(staff, found.id, again, revision=None, new_id=new_id, who="li", now=NOW)
    assert [one.name for one in after.people] == ["张三", "李四", "王操作", "王操作"]
    once_more = put_down(staff, found.id, again, revision=after.revision, new_id=new_id, who="li", now=NOW)
    assert once_more == after
    same = set_up(
        staff, {"title": "x"}, item_id=None, library=library, wording=EN, id=found.id, who="li", now=NOW
    )
    assert same.values["title"] == "安全"


def test_unknown_people_are_refused_with_every_fault(staff: Store, library: Library) -> None:
    found = a_session(staff, library)
    wrong = NewPeople(technicians=("T9",), operators=(("", ""), ("赵", "K9")))
    with pytest.raises(BadInput, match="T9") as refused:
        put_down(staff, found.id, wrong, revision=None, new_id=new_id, who="li", now=NOW)
    assert len(refused.value.faults) == 3
    with pytest.raises(NotFound, match="participant"):
        take_off(staff, found.id, "nobody", revision=None, who="li", now=NOW)
    person = found.people[0].id
    left = take_off(staff, found.id, person, revision=found.revision, who="li", now=NOW)
    assert [one.name for one in left.people] == ["李四", "王操作"]


@pytest.mark.parametrize(
    ("score", "passed"), [pytest.param("80", True, id="the mark"), pytest.param("79.9", False, id="below it")]
)
def test_the_pass_mark_is_reached_by_itself(staff: Store, library: Library, score: str, passed: bool) -> None:
    found = marked(staff, a_session(staff, library), 张三=Mark(attendance="present", score_percent=score))
    assert found.people[0].passed is passed
    by_hand = marked(staff, found, 张三=Mark(passed="no" if passed else "yes"))
    assert (by_hand.people[0].passed, by_hand.people[0].score_percent) == (not passed, float(score))
    scored = marked(staff, by_hand, 张三=Mark(passed="score"))
    assert scored.people[0].passed is passed
    gone = marked(staff, scored, 张三=Mark(attendance="", score_percent="", passed="none"))
    assert (gone.state, gone.people[0].passed, gone.people[0].result_from) == ("planned", None, "")


def test_wrong_marks_are_told_together_and_nobody_came_tomorrow(staff: Store, library: Library) -> None:
    found = a_session(staff, library)
    with pytest.raises(BadInput, match="score is '101'") as refused:
        marked(staff, found, 张三=Mark(score_percent="101"), 李四=Mark(attendance="asleep"))
    assert len(refused.value.faults) == 2
    later = a_session(staff, library, day=(TODAY + ONE_DAY).isoformat())
    with pytest.raises(BadInput, match="the session is on 2026-05-21"):
        marked(staff, later, 张三=PASSED)
    with pytest.raises(Conflict, match="revision 1 is now"):
        mark(staff, found.id, {}, revision=1, who="li", now=NOW)


def test_closing_certifies_technicians_who_passed_and_the_planner_sees_it(
    staff: Store, library: Library
) -> None:
    found = a_session(staff, library, planned(staff, library))
    with pytest.raises(BadInput, match="nobody was there"):
        closed(staff, found)
    half = marked(staff, found, 张三=PASSED, 李四=Mark(attendance="present"))
    with pytest.raises(BadInput, match="李四: has no result") as refused:
        closed(staff, half)
    assert {one.where for one in refused.value.faults} == {"李四", "王操作"}
    marked(staff, half, 李四=FAILED, 王操作=PASSED)
    done = closed(staff, found)
    assert [one.certificate for one in done.people] == ["PX2026-0001", "", ""]
    paper = thing(staff, "certificates", "PX2026-0001", EN)
    assert (paper.values["first_day"], paper.values["last_day"]) == (TODAY, date(2028, 5, 19))
    assert history(staff, paper)[0].who == "li"
    with staff.reading() as session:
        people = {one.name: one for one in planning_input(session).technicians.values()}
    assert "fanuc" in people["张三"].skills_on(TODAY)
    assert "fanuc" in people["张三"].skills_on(date(2028, 5, 19))
    assert "fanuc" not in people["张三"].skills_on(date(2028, 5, 20))
    assert people["李四"].uncertified == {"fanuc"}
    with pytest.raises(Conflict, match="the session is closed"):
        closed(staff, found)
    with pytest.raises(Conflict, match="the session is closed"):
        cancel_training(staff, found.id, revision=None, who="li", now=NOW)


def test_a_session_that_took_place_is_not_cancelled_and_one_that_did_not_is(
    staff: Store, library: Library
) -> None:
    found = a_session(staff, library)
    held = marked(staff, found, 张三=PASSED)
    with pytest.raises(Conflict, match="took place"):
        cancel_training(staff, held.id, revision=None, who="li", now=NOW)
    other = a_session(staff, library)
    changed = change_training(
        staff, other.id, {"place": "苏州"}, revision=other.revision, library=library, wording=EN,
        who="li", now=NOW,
    )  # fmt: skip
    gone = cancel_training(staff, other.id, revision=changed.revision, who="li", now=NOW)
    assert (gone.state, gone.values["place"]) == ("cancelled", "苏州")
    assert [one.id for one in training_year(staff, 2026, today=TODAY).extra] == [held.id]


def a_paper(
    store: Store, code: str, until: date | None, *, since: str = "2024-01-01", who: str = "T1"
) -> None:
    row(
        store, "certificates", code=code, technician=who, skill="fanuc", first_day=since,
        last_day=until.isoformat() if until else "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("until", "state"),
    [
        pytest.param(TODAY + timedelta(weeks=8), "expiring", id="the last day of the warning"),
        pytest.param(TODAY + timedelta(weeks=8, days=1), "valid", id="one day later"),
        pytest.param(TODAY, "expiring", id="today is its last day"),
        pytest.param(TODAY - ONE_DAY, "expired", id="it ended yesterday"),
        pytest.param(None, "valid", id="without end"),
    ],
)
def test_a_certificate_is_warned_of_within_the_weeks(staff: Store, until: date | None, state: str) -> None:
    a_paper(staff, "Z1", until)
    (found,) = standings(staff, today=TODAY, technician="T1")
    assert (found.state, found.until, found.certificate) == (state, until, "Z1")
    assert found.skill_name == "FANUC 维修"


def test_a_renewal_that_follows_without_a_break_ends_the_warning(staff: Store) -> None:
    a_paper(staff, "Z1", TODAY + ONE_DAY)
    a_paper(staff, "Z2", date(2028, 1, 1), since=(TODAY + 2 * ONE_DAY).isoformat())
    a_paper(staff, "Z3", TODAY + ONE_DAY, who="T2")
    a_paper(staff, "Z4", date(2028, 1, 1), since=(TODAY + 3 * ONE_DAY).isoformat(), who="T2")
    assert [(one.code, one.state) for one in standings(staff, today=TODAY)] == [
        ("T2", "expiring"),
        ("T1", "valid"),
    ]
    with pytest.raises(BadQuery, match="weeks 105"):
        standings(staff, today=TODAY, weeks=105)
    with pytest.raises(NotFound, match="T9"):
        standings(staff, today=TODAY, technician="T9")


def test_a_revoked_certificate_leaves_the_technician_without(staff: Store) -> None:
    row(staff, "certificates", code="Z1", technician="T1", skill="dro", first_day="2024-01-01", retired=True)
    with staff.reading() as session:
        person = next(one for one in planning_input(session).technicians.values() if one.name == "张三")
    assert "dro" not in person.skills_on(TODAY)
    assert {(one.skill, one.state) for one in standings(staff, today=TODAY, technician="T1")} == {
        ("dro", "missing"),
        ("fanuc", "missing"),
    }


def test_a_scan_is_kept_once_told_by_its_bytes_and_taken_off(staff: Store) -> None:
    a_paper(staff, "Z1", None)

    def keep(content: bytes, name: str) -> int:
        return len(attach_file(staff, "Z1", name=name, content=content, id=new_id(), who="li", now=NOW))

    assert keep(b"%PDF-1.7 scan", "../证书.pdf") == 1
    assert keep(b"%PDF-1.7 scan", "other.pdf") == 1
    with pytest.raises(BadInput, match="is no PDF and no photo"):
        keep(b"<svg onload=alert(1)>", "a.pdf")
    (kept,) = certificate_files(staff, "Z1")
    assert (kept.name, certificate_file(staff, "Z1", kept.id)[1]) == ("证书.pdf", b"%PDF-1.7 scan")
    remove_file(staff, "Z1", kept.id, who="li", now=NOW)
    with pytest.raises(NotFound, match="file"):
        certificate_file(staff, "Z1", kept.id)
    with pytest.raises(NotFound, match="certificate"):
        certificate_files(staff, "Z9")


def test_a_technicians_record_has_sessions_hours_and_papers(staff: Store, library: Library) -> None:
    found = a_session(staff, library, planned(staff, library))
    marked(staff, found, 张三=PASSED, 李四=FAILED, 王操作=AWAY)
    closed(staff, found)
    record = training_record(staff, "T1", today=TODAY)
    assert (record.hours, [one.passed for one in record.sessions]) == (4, [True])
    assert [(one.code, one.session_id) for one in record.papers] == [("PX2026-0001", found.id)]
    assert training_record(staff, "T2", today=TODAY).papers == ()
    with pytest.raises(NotFound, match="technician"):
        training_record(staff, "T9", today=TODAY)


def test_the_sheet_to_sign_and_the_workbook_open_again(staff: Store, library: Library) -> None:
    found = a_session(staff, library, planned(staff, library, notes="=1+1"))
    built = attendance_sheet(staff, found.id, "docx", language="zh_CN", author="售后部", created=NOW)
    table = docx.Document(BytesIO(built.content)).tables[1]
    names = [one.cells[1].text for one in table.rows]
    assert names[1:4] == ["张三", "李四", "王操作"]
    assert names[4:] == [""] * 6
    marked(staff, found, 张三=PASSED)
    book = openpyxl.load_workbook(
        BytesIO(
            training_workbook(
                staff, 2026, language="zh_CN", today=TODAY, author="售后部", created=NOW
            ).content
        )
    )
    assert book.sheetnames == ["培训计划", "培训场次", "出勤", "证书"]
    assert [cell.value for cell in book["出勤"][2]][2:7] == ["张三", "T1", None, "到场", 90]
    assert all(cell.data_type != "f" for line in book["培训计划"] for cell in line)


@pytest.mark.parametrize(
    ("months", "day", "last"),
    [
        pytest.param(12, date(2026, 5, 20), date(2027, 5, 19), id="a year"),
        pytest.param(1, date(2026, 1, 31), date(2026, 2, 27), id="a month that is shorter"),
        pytest.param(None, date(2026, 5, 20), None, id="no rule"),
    ],
)
def test_a_certificate_holds_for_whole_months(
    store: Store, months: int | None, day: date, last: date | None
) -> None:
    row(store, "skills", code="x", needs_certificate=True, validity_months=months or "")
    with store.reading() as session:
        assert valid_until(session, "x", day) == last
        assert valid_until(session, "unknown", day) is None
