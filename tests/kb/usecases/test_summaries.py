"""Summaries: every figure equals what the records were written to be; a closed month stays. On SQLite and PostgreSQL."""

import io
import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import docx
import openpyxl
import pytest

from kb.content.vocabulary import Vocabularies, load_vocabularies
from kb.errors import BadInput, BadQuery, Conflict
from kb.i18n import translator
from kb.store import Store, records
from kb.store import register as audit
from kb.store import work_orders as rows
from kb.store.tables import PlanRunRow, VisitRow
from kb.usecases.summaries import PeriodSummary, close_month, open_month, summary, summary_json
from kb.usecases.summary_figures import BY_CODE
from kb.usecases.summary_files import shown, summary_docx, summary_xlsx
from tests.conftest import ROOT
from tests.postgresql import empty_store, server, store

__all__ = ["empty_store", "server", "store"]

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 10, 12, 0, tzinfo=SHANGHAI)
TODAY = NOW.date()


@pytest.fixture(scope="module")
def vocabularies() -> Vocabularies:
    return load_vocabularies(ROOT / "content" / "vocabularies")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def order(
    number: int, opened: str, closed: str, *, cause: str = "W1", kind: str = "repair"
) -> rows.WorkOrderRow:
    return rows.WorkOrderRow(
        id=f"o{number}",
        number=f"GD{number}",
        kind=kind,
        title=f"主轴 {number}",
        site_id="s1",
        equipment_id="m1",
        technician_id="t1",
        state="closed",
        subsystem="SPI",
        cause=cause,
        opened_at=at(opened),
        closed_at=at(closed),
    )


def told(number: int, kind: str, state: str, day: str, **values: object) -> records.RecordRow:
    return records.RecordRow(
        id=f"r{number}",
        number=f"R{number}",
        kind=kind,
        state=state,
        is_open=False,
        title="记录",
        site_id="s1",
        created_at=at(day),
        created_by="李工",
        closed_at=at(day),
        values=values,
    )


@pytest.fixture
def department(store: Store) -> Store:
    """January: one visit, two repairs of which one repeats, a call. February: a visit, an instruction, complaints, parts."""
    with store.writing() as session:
        audit.add(session, "customers", [{"id": "c1", "code": "KH1", "name": "苏州精密"}])
        audit.add(session, "sites", [{"id": "s1", "code": "XC1", "name": "一厂", "customer_id": "c1"}])
        audit.add(
            session, "equipment", [{"id": "m1", "tag": "立加-01", "site_id": "s1", "equipment_class": "VMC"}]
        )
        audit.add(
            session,
            "technicians",
            [{"id": "t1", "code": "G1", "name": "王工", "latitude_deg": 31.3, "longitude_deg": 120.6}],
        )
        session.add(
            PlanRunRow(number=1, created=NOW, first_day=date(2026, 1, 1), last_day=date(2026, 12, 31))
        )
        session.flush()
        for day, done in ((date(2026, 1, 8), date(2026, 1, 31)), (date(2026, 2, 5), date(2026, 2, 1))):
            session.add(
                VisitRow(
                    key=f"v{day}",
                    run=1,
                    site_id="s1",
                    technician_id="t1",
                    day=day,
                    state="done",
                    done_on=done,
                    body={},
                )
            )
        session.add(order(1, "2026-01-02 08:00", "2026-01-03 08:00"))
        session.add(order(2, "2026-01-20 08:00", "2026-01-31 23:59"))
        session.add(order(3, "2026-02-10 08:00", "2026-02-11 08:00", cause="W2", kind="instruction"))
        session.add(order(4, "2025-12-31 08:00", "2026-02-01 00:00", cause="O2"))
        session.flush()
        for number, (kind, minutes) in enumerate((("work", 90), ("travel", 30))):
            session.add(
                rows.WorkOrderTimeRow(
                    id=f"t{number}",
                    work_order_id="o1",
                    kind=kind,
                    started_at=at("2026-01-02 09:00"),
                    minutes=minutes,
                )
            )
        part = {"work_order_id": "o3", "equipment_id": "m1", "part_number": "A-1", "name": "轴承"}
        session.add(
            rows.WorkOrderPartRow(id="p1", quantity=2, used_on=date(2026, 2, 11), after_failure=True, **part)
        )
        session.add(
            rows.WorkOrderPartRow(
                id="p2", quantity=1.5, used_on=date(2026, 2, 28), after_failure=False, **part
            )
        )
        for number, (day, state) in enumerate(
            (("2026-01-31 23:30", "stopped"), ("2026-02-01 00:10", "running"))
        ):
            session.add(
                rows.FaultReportRow(
                    id=f"f{number}",
                    number=f"BZ{number}",
                    site_id="s1",
                    equipment_id="m1",
                    channel="phone",
                    state="new",
                    symptom="=1+1",
                    machine_state=state,
                    reported_at=at(day),
                )
            )
        session.add(
            told(1, "satisfaction", "done", "2026-01-10", attitude="yes", skill="no", skill_reason="修了两次")
        )
        session.add(told(2, "satisfaction", "done", "2026-02-10", attitude="yes", skill="yes", parts="na"))
        session.add(told(3, "satisfaction", "unreached", "2026-02-11", attitude="no"))
        session.add(told(4, "complaint", "closed", "2026-02-12", category="time", compensation=300))
        session.add(told(5, "complaint", "received", "2026-02-13", category="repair"))
    return store


def read(store: Store, period: str, vocabularies: Vocabularies, *, today: date = TODAY) -> PeriodSummary:
    return summary(store, period, zone=SHANGHAI, today=today, vocabularies=vocabularies, language="zh_CN")


KNOWN = {
    "visits": (1, 1),
    "orders": (2, 2),
    "repairs": (2, 1),
    "instructions": (0, 1),
    "work_minutes": (90, 0),
    "travel_minutes": (30, 0),
    "reports": (1, 1),
    "stopped": (1, 0),
    "repeats": (1, 0),
    "repeats_30": (1, 0),
    "not_cured": (1, 0),
    "other_cause": (0, 0),
    "calls": (1, 1),
    "satisfied_attitude": (1.0, 1.0),
    "satisfied_skill": (0.0, 1.0),
    "satisfied_parts": (None, None),
    "complaints": (0, 2),
    "compensation": (0, 300),
    "parts": (0, 3.5),
    "parts_failed": (0, 2),
}


def test_every_figure_is_what_the_records_were_written_to_be(
    department: Store, vocabularies: Vocabularies
) -> None:
    found = read(department, "2026", vocabularies)
    assert found.months == ("2026-01", "2026-02", "2026-03")
    for code, (january, february) in KNOWN.items():
        values = found.values[code]
        assert (code, values["2026-01"], values["2026-02"]) == (code, january, february)
    assert found.whole(BY_CODE["orders"]) == 4
    assert found.whole(BY_CODE["satisfied_skill"]) == 0.5
    month = read(department, "2026-01", vocabularies)
    assert month.values["orders"]["2026-01"] == 2
    assert [row["number"] for row in month.lists["repeats"].rows] == ["GD2"]
    assert month.lists["repeats"].links == ("/orders/GD2",)
    assert summary_json(month, private=False)["figures"] != summary_json(month, private=True)["figures"]


def test_a_closed_month_keeps_its_figures_and_tells_what_moved(
    department: Store, vocabularies: Vocabularies
) -> None:
    def close(month: str, *, today: date = TODAY) -> None:
        close_month(
            department, month, zone=SHANGHAI, today=today, vocabularies=vocabularies, who="李工", now=NOW
        )

    with pytest.raises(BadInput, match="was not closed"):
        close("2026-02", today=date(2026, 2, 28))
    with pytest.raises(BadQuery, match="only months"):
        close("2026")
    close("2026-02", today=date(2026, 3, 1))
    close("2026-02")
    with department.writing() as session:
        session.add(order(9, "2026-02-20 08:00", "2026-02-21 08:00", cause="W2"))
    found = read(department, "2026-02", vocabularies)
    assert found.values["orders"]["2026-02"] == 2
    drifts = {one.figure.code: (one.kept, one.now) for one in found.drifts}
    assert drifts["orders"] == (2, 3)
    assert found.closed["2026-02"][1] == "李工"
    with pytest.raises(BadInput, match="stays closed"):
        open_month(department, "2026-02", reason=" ", who="李工", now=NOW)
    open_month(department, "2026-02", reason="补录", who="李工", now=NOW)
    with pytest.raises(Conflict, match="is not closed"):
        open_month(department, "2026-02", reason="补录", who="李工", now=NOW)
    again = read(department, "2026-02", vocabularies)
    assert (again.values["orders"]["2026-02"], again.drifts) == (3, ())


def test_the_workbook_counts_by_itself_and_says_the_same(
    department: Store, vocabularies: Vocabularies
) -> None:
    found = read(department, "2026", vocabularies)
    content = summary_xlsx(found, "zh_CN", created=NOW, private=True)
    assert content == summary_xlsx(found, "zh_CN", created=NOW, private=True)
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["指标", "2026-01", "2026-02", "2026-03", "合计"]
    formulas = [cell.value for row in sheet.iter_rows(min_row=2, min_col=2) for cell in row]
    assert all(str(one).startswith("=") for one in formulas)
    assert len(sheet._charts) == 4
    reports = book["报障"]
    assert [(cell.data_type, cell.quotePrefix) for cell in reports["G"][1:]] == [
        ("s", True)
    ] * 2  # =1+1 stays a text
    by_name = {row[0].value: row for row in sheet.iter_rows(min_row=2)}
    for code, known in KNOWN.items():
        for column, value in enumerate(known, 1):
            formula = str(by_name[_chinese(code)][column].value)
            assert (code, column, _worked_out(book, formula, sheet)) == (code, column, value)
    hidden = openpyxl.load_workbook(io.BytesIO(summary_xlsx(found, "zh_CN", created=NOW, private=False)))
    assert "赔付金额" not in [cell.value for cell in hidden.worksheets[0]["A"]]
    assert 300 not in [cell.value for row in hidden["投诉"].iter_rows() for cell in row]


def _chinese(code: str) -> str:
    return translator("zh_CN")(BY_CODE[code].name)


def _worked_out(book: openpyxl.Workbook, formula: str, sheet: object) -> float | None:
    """Work a formula of ours out with a reader of its own, which knows COUNTIFS, SUMIFS and shares of two counts."""
    call = re.compile(r"(COUNTIFS|SUMIFS)\(([^()]*)\)")
    texts = call.findall(formula)
    results = []
    for name, inside in texts:
        parts = re.findall(r"'[^']*'![^,]*|\"[^\"]*\"|[^,]+", inside)
        summed = _cells(book, parts.pop(0)) if name == "SUMIFS" else None
        pairs = list(zip(parts[::2], parts[1::2], strict=True))
        columns = [_cells(book, span) for span, _ in pairs]
        wanted = [
            sheet[text.replace("$", "")].value if re.fullmatch(r"[A-Z]\$?\d+", text) else text.strip('"')  # type: ignore[index]
            for _, text in pairs
        ]
        hits = [
            place
            for place in range(len(columns[0]))
            if all(str(column[place]) == str(value) for column, value in zip(columns, wanted, strict=True))
        ]
        results.append(sum(float(summed[place] or 0) for place in hits) if summed else float(len(hits)))
    if formula.startswith("=IF("):
        yes, no = results[0], results[1]
        return None if yes + no == 0 else yes / (yes + no)
    return results[0]


def _cells(book: openpyxl.Workbook, span: str) -> list[object]:
    found = re.fullmatch(r"'([^']*)'!\$([A-Z]+)\$2:\$[A-Z]+\$100000", span)
    assert found, span
    return [cell.value for cell in book[found[1]][found[2]][1:]]


def test_the_document_has_the_figures_and_the_lists(department: Store, vocabularies: Vocabularies) -> None:
    found = read(department, "2026", vocabularies)
    file = docx.Document(io.BytesIO(summary_docx(found, "zh_CN", created=NOW, private=False)))
    cells = [[cell.text for cell in row.cells] for table in file.tables for row in table.rows]
    assert ["已关闭工单", "2", "2", "0", "4"] in cells
    assert any("修了两次" in row for row in cells)
    assert "赔付金额" not in [row[0] for row in cells]
    assert shown(BY_CODE["satisfied_skill"], 0.5) == "50.0 %"
    assert shown(BY_CODE["parts"], None) == "—"


@pytest.mark.parametrize("period", ["2026-13", "26", "2026-3", "x", "2027"])
def test_no_other_period_is_summed_up(department: Store, vocabularies: Vocabularies, period: str) -> None:
    with pytest.raises(BadQuery, match=r"no period|has not begun"):
        read(department, period, vocabularies)


def test_an_empty_department_has_zeros(store: Store, vocabularies: Vocabularies) -> None:
    found = read(store, "2026-02", vocabularies)
    assert found.values["orders"]["2026-02"] == 0
    assert found.values["satisfied_skill"]["2026-02"] is None
