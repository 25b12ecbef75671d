"""The plan's files, opened again with the programs' own libraries."""

import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import docx
import pytest
from icalendar import Calendar
from openpyxl import load_workbook
from pypdf import PdfReader

from kb.content import Library, load_library
from kb.errors import NotFound
from kb.i18n import Language
from kb.store import Store
from kb.store.tables import MaintenancePlanRow, SiteRow, TechnicianRow
from kb.usecases.plan import plan_inspections
from kb.usecases.plan_book import PlanBook
from kb.usecases.plan_documents import site_docx, site_pdf, technician_ics, workbook_xlsx
from tests.kb.usecases.plan_register import FIRST, LAST, NOW, ZONE, fill, small_register

ROOT = Path(__file__).parents[3]
ZH: Language = "zh_CN"


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library(ROOT / "content")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path / 'servicebook.db'}")
    store.migrate()
    fill(store, small_register())
    yield store
    store.close()


def plan(store: Store) -> PlanBook:
    return plan_inspections(store, first_day=FIRST, last_day=LAST, now=NOW)


def change(store: Store, table: type[Any], id: str, **fields: Any) -> None:
    with store.writing() as session:
        row = session.get_one(table, id)
        for name, value in fields.items():
            setattr(row, name, value)
        row.revision += 1


def events(book: PlanBook, technician: str) -> dict[str, Any]:
    content = technician_ics(book, ZH, time_zone="Asia/Shanghai", only=technician)[technician]
    return {str(one["UID"]): one for one in Calendar.from_ical(content).walk("VEVENT")}


def sheet_rows(book: PlanBook, language: Language, name: str) -> list[tuple[Any, ...]]:
    workbook = load_workbook(io.BytesIO(workbook_xlsx(book, language, author="x")))
    return list(workbook[name].iter_rows(values_only=True))


def test_the_workbook_holds_the_plan_each_technician_and_each_site(store: Store) -> None:
    book = plan(store)
    workbook = load_workbook(io.BytesIO(workbook_xlsx(book, ZH, author="售后服务部")))
    assert workbook.sheetnames == ["计划", "李工", "王工", "现场", "未排入", "变动", "说明"]
    header, *rows = workbook["计划"].iter_rows(values_only=True)
    assert len(rows) == len(book.visits)
    first = dict(zip(header, rows[0], strict=True))
    assert first["日期"].isoformat().startswith("2026-01-14")
    assert first["开始"] == time(9, 40)
    assert first["现场"] == "昆山二厂"
    assert "由王工前往" in first["为什么排在这一天"]
    assert len(rows) == sum(workbook[name].max_row - 1 for name in ("李工", "王工"))
    sites = {row[1]: row for row in workbook["现场"].iter_rows(min_row=2, values_only=True)}
    assert sites["苏州一厂"][4] == 12


def test_the_workbook_speaks_english(store: Store) -> None:
    header, *rows = sheet_rows(plan(store), "en", "Plan")
    assert header[:3] == ("Date", "Weekday", "Start")
    assert "王工 goes: of 2 with the skills" in str(rows[0])


def test_the_workbook_tells_changes_unplaced_work_and_missing_visits(store: Store) -> None:
    plan(store)
    change(store, TechnicianRow, "t2", skills=["base"])
    book = plan(store)
    unplaced = sheet_rows(book, ZH, "未排入")
    assert len(unplaced) == 1 + 4
    assert "若王工具备技能 gantry" in str(unplaced[1]) or "若李工具备技能 gantry" in str(unplaced[1])
    changes = sheet_rows(book, ZH, "变动")
    assert [row[0] for row in changes[1:]] == ["取消"] * 4


def test_a_name_that_looks_like_a_formula_stays_text(store: Store) -> None:
    change(store, SiteRow, "kunshan", name='=HYPERLINK("http://x")')
    workbook = load_workbook(io.BytesIO(workbook_xlsx(plan(store), ZH, author="x")))
    cells = [cell for sheet in workbook for row in sheet.iter_rows() for cell in row if cell.value]
    assert not any(cell.data_type == "f" for cell in cells)
    assert any("HYPERLINK" in str(cell.value) for cell in cells)


def test_a_technicians_calendar_holds_that_ones_visits_in_the_departments_zone(store: Store) -> None:
    book = plan(store)
    found = events(book, "t2")
    assert len(found) == sum(visit.technician_id == "t2" for visit in book.visits) == 4
    first = min(found.values(), key=lambda one: one["DTSTART"].dt)
    assert first["DTSTART"].dt == datetime(2026, 1, 15, 10, 55, tzinfo=ZONE)
    assert first["DTSTART"].params["TZID"] == "Asia/Shanghai"
    assert first["SUMMARY"] == "无锡厂 · 季检"
    assert first["SEQUENCE"] == 0
    assert {str(one["STATUS"]) for one in found.values()} == {"CONFIRMED", "TENTATIVE"}


def test_a_calendar_tells_positions_in_wgs84_whatever_the_register_holds(store: Store) -> None:
    change(
        store, SiteRow, "wuxi", latitude_deg=31.17530398364597, longitude_deg=121.531541859215, datum="GCJ-02"
    )
    wuxi = [one for one in events(plan(store), "t2").values() if "无锡厂" in str(one["SUMMARY"])]
    assert {one["GEO"].to_ical() for one in wuxi} == {"31.177428;121.527211"}


def test_the_same_plan_gives_the_same_calendar_and_again_the_same_identities(store: Store) -> None:
    book = plan(store)
    before = technician_ics(book, ZH, time_zone="Asia/Shanghai")
    assert technician_ics(book, ZH, time_zone="Asia/Shanghai") == before
    assert set(events(plan(store), "t1")) == set(events(book, "t1"))


def test_a_moved_visit_keeps_its_identity_and_its_sequence_grows(store: Store) -> None:
    before = events(plan(store), "t1")
    change(store, TechnicianRow, "t1", leave=[["2026-02-14", "2026-02-15", ""]])
    after = events(plan(store), "t1")
    moved = [uid for uid in before if before[uid]["DTSTART"].dt.date() == date(2026, 2, 14)]
    assert len(moved) == 1
    assert after[moved[0]]["SEQUENCE"] == 1
    assert after[moved[0]]["DTSTART"].dt != before[moved[0]]["DTSTART"].dt
    assert all(after[uid]["SEQUENCE"] == 0 for uid in after if uid not in moved)


def test_a_dropped_visit_is_cancelled_in_the_calendar(store: Store) -> None:
    before = events(plan(store), "t2")
    change(store, MaintenancePlanRow, "m4-quarterly", retired=True)
    after = events(plan(store), "t2")
    assert set(after) == set(before)
    assert {str(one["STATUS"]) for one in after.values()} == {"CANCELLED"}
    assert {int(one["SEQUENCE"]) for one in after.values()} == {1}


def test_a_visit_that_changes_hands_is_cancelled_in_one_calendar_and_stands_in_the_other(
    store: Store,
) -> None:
    before = events(plan(store), "t1")
    change(store, TechnicianRow, "t1", leave=[["2026-04-01", "2026-06-01", ""]])
    book = plan(store)
    mine, others = events(book, "t1"), events(book, "t2")
    handed = {uid for uid in before if str(mine[uid]["STATUS"]) == "CANCELLED"}
    assert handed
    assert handed <= set(others)
    assert all(str(others[uid]["STATUS"]) != "CANCELLED" for uid in handed)


def test_an_unknown_technician_has_no_calendar_and_an_idle_one_an_empty_one(store: Store) -> None:
    fill(store, [TechnicianRow(id="t3", code="t3", name="新工", latitude_deg=30.0, longitude_deg=110.0)])
    book = plan(store)
    assert events(book, "t3") == {}
    with pytest.raises(NotFound, match="no technician has the id 'nobody'"):
        technician_ics(book, ZH, time_zone="Asia/Shanghai", only="nobody")


def test_a_sites_document_lists_dates_machines_checklists_and_signatures(
    store: Store, library: Library
) -> None:
    document = docx.Document(io.BytesIO(site_docx(plan(store), "suzhou", library, ZH, author="售后服务部")))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    for heading in ("一、巡检日期", "二、设备", "三、安全须知", "四、巡检内容", "五、确认签字"):
        assert heading in text
    assert "2026-01-15 周四" in cells
    assert "VMC-01" in cells
    assert any("客户（盖章）" in cell for cell in cells)
    assert any("✓" in cell for cell in cells), "the checklist has items to tick"


def test_a_sites_document_says_when_it_was_made_in_local_time(store: Store, library: Library) -> None:
    early = NOW.replace(hour=0, minute=30)
    book = plan_inspections(store, first_day=FIRST, last_day=LAST, now=early)
    document = docx.Document(io.BytesIO(site_docx(book, "suzhou", library, ZH, author="x")))
    footer = "".join(paragraph.text for paragraph in document.sections[0].footer.paragraphs)
    footer += "".join(
        cell.text for table in document.sections[0].footer.tables for row in table.rows for cell in row.cells
    )
    assert "2025-12-20" in footer


def test_a_provisional_year_is_marked_in_the_files(store: Store, library: Library) -> None:
    book = plan_inspections(
        store, first_day=FIRST + timedelta(days=365), last_day=LAST + timedelta(days=365), now=NOW
    )
    notes = str(sheet_rows(book, ZH, "说明"))
    assert "2027 年的调休上班日尚未公布" in notes
    document = docx.Document(io.BytesIO(site_docx(book, "kunshan", library, ZH, author="x")))
    text = "\n".join(p.text for p in document.paragraphs)
    text += "\n".join(c.text for t in document.tables for r in t.rows for c in r.cells)
    assert "尚未公布" in text


def test_a_site_that_nobody_knows_has_no_document(store: Store, library: Library) -> None:
    with pytest.raises(NotFound, match="no site has the id 'nowhere'"):
        site_docx(plan(store), "nowhere", library, ZH, author="x")


def test_the_plan_to_sign_says_the_same_as_a_pdf(store: Store, library: Library) -> None:
    book = plan(store)
    content = site_pdf(book, "suzhou", library, ZH, author="售后服务部")
    assert content == site_pdf(book, "suzhou", library, ZH, author="售后服务部")
    text = "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())
    document = docx.Document(io.BytesIO(site_docx(book, "suzhou", library, ZH, author="售后服务部")))
    for paragraph in document.paragraphs:
        assert "".join(paragraph.text.split()) in text
