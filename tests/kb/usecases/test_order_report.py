"""The service report opened again, the warranty ledger, closing with likely codes, a draft without the customer."""

import csv
import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from kb.content.vocabulary import Vocabularies
from kb.errors import BadInput
from kb.store import Store, register
from kb.usecases.order_closing import close_order, draft_of_order, suggested_codes
from kb.usecases.order_ledger import LedgerWish, ledger, ledger_csv, ledger_xlsx
from kb.usecases.order_making import Written, write_order
from kb.usecases.order_report import report_docx, report_pdf
from kb.usecases.work_orders import change_order
from planner.model import OrderState
from tests.conftest import the_real_library
from tests.kb.usecases.plan_register import fill, small_register
from tests.kb.usecases.test_order_telling import DAY, LIMIT, PLANNER, done, picture, told

NOW = DAY + timedelta(hours=8)
CODES = {"subsystem": "SPI", "cause": "O4", "mechanism": "2.4", "remedy": "1"}


@pytest.fixture
def store(tmp_path: Path) -> Any:
    opened = Store(f"sqlite:///{tmp_path / 'orders.db'}")
    opened.migrate()
    fill(opened, small_register())
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def vocabularies() -> Vocabularies:
    return the_real_library().vocabularies


def a_repair(store: Store, id: str = "order-1", *, alarm: str = "SP9031") -> None:
    written = Written(kind="repair", title="苏州一厂主轴异响", machine="VMC-01", technician="t1", alarm=alarm)
    write_order(store, written, pages={}, id=id, actor=PLANNER, now=DAY)


def worked(store: Store, *, signed: bool = True) -> None:
    a_repair(store)
    told(
        store,
        "text",
        name="found",
        value="王工到场，机床 SN: A1B2C3D4 主轴轴承磨损，联系 13812345678",
        after=2,
    )
    told(store, "text", name="done", value="更换轴承 <b>", after=3)
    told(
        store, "part", part_number="=7014C", name="轴承", part_class="common", quantity=2, old_serial="OLD-77",
        new_serial="NEW-88", warranty_until="2027-01-16", after=4,
    )  # fmt: skip
    told(store, "time", activity="work", started_at=DAY.isoformat(), minutes=90, after=5)
    told(store, "finding", severity="S3", text="皮带老化", recommendation="下次更换", after=6)
    done(store)
    if signed:
        told(store, "signature", name="客户张三丰", content=picture(), after=60)


def text_of(content: bytes) -> str:
    file = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in file.paragraphs), *cells])


def test_a_report_says_what_was_done_and_shows_the_signature(
    store: Store, vocabularies: Vocabularies
) -> None:
    worked(store)
    content = report_docx(store, "order-1", vocabularies, "zh_CN", now=NOW)
    text = text_of(content)
    for said in (
        "服务报告",
        "苏州精密机械",
        "VMC-01",
        "更换轴承 <b>",
        "NEW-88",
        "OLD-77",
        "皮带老化",
        "90 min",
        "客户张三丰",
    ):
        assert said in text
    assert len(docx.Document(io.BytesIO(content)).inline_shapes) == 1
    assert content == report_docx(store, "order-1", vocabularies, "zh_CN", now=NOW + timedelta(days=3))
    english = text_of(report_docx(store, "order-1", vocabularies, "en", now=NOW))
    assert "Service report" in english
    assert "Signed by" in english
    pdf = report_pdf(store, "order-1", vocabularies, "zh_CN", now=NOW)
    assert pdf.startswith(b"%PDF")
    assert pdf == report_pdf(store, "order-1", vocabularies, "zh_CN", now=NOW + timedelta(days=3))


def test_what_changed_after_the_signature_stands_in_the_report(
    store: Store, vocabularies: Vocabularies
) -> None:
    worked(store)
    told(
        store, "text", name="done", value="更换轴承与油封", before="更换轴承 <b>", amends="漏写油封", after=70
    )
    text = text_of(report_docx(store, "order-1", vocabularies, "zh_CN", now=NOW))
    assert "签字后的更正" in text
    assert "更换轴承 <b> → 更换轴承与油封" in text
    assert "漏写油封" in text


def test_the_ledger_is_found_by_serial_number_and_starts_no_formula(store: Store) -> None:
    worked(store)
    assert ledger(store, LedgerWish(text="NEW-8")).total == 1
    assert ledger(store, LedgerWish(text="nothing")).total == 0
    last = date(2027, 1, 16)
    assert ledger(store, LedgerWish(under=last)).total == 1
    assert ledger(store, LedgerWish(under=last + timedelta(days=1))).total == 0
    lines = ledger(store, LedgerWish(site="suzhou", machine="VMC-01"), whole=True).items
    rows = list(csv.reader(io.StringIO(ledger_csv(lines, "zh_CN").decode("utf-8-sig"))))
    assert rows[1][3] == "'=7014C"
    sheet = openpyxl.load_workbook(io.BytesIO(ledger_xlsx(lines, "zh_CN", now=NOW))).active
    assert sheet is not None
    values = [cell.value for row in sheet.iter_rows() for cell in row]
    assert "NEW-88" in values
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_a_repair_is_closed_with_its_codes_and_the_next_like_it_is_offered_them(
    store: Store, vocabularies: Vocabularies
) -> None:
    worked(store)
    with pytest.raises(BadInput, match="a repair is closed with its codes"):
        close(store, {}, vocabularies)
    with pytest.raises(BadInput, match="is no code"):
        close(store, {**CODES, "cause": "Z9"}, vocabularies)
    closed = close(store, CODES, vocabularies)
    assert closed.standing.state is OrderState.CLOSED
    assert close(store, CODES, vocabularies) == closed
    a_repair(store, "order-2")
    first = suggested_codes(store, the_real_library(), "order-2", now=NOW)[0]
    assert (first.codes, first.jobs, first.why) == (CODES, 1, "closed with the same alarm")


def close(store: Store, codes: dict[str, str], vocabularies: Vocabularies) -> Any:
    return close_order(
        store, "order-1", codes, event_id="event-closed", actor=PLANNER, vocabularies=vocabularies, now=NOW
    )


def test_a_grave_finding_is_decided_before_the_order_is_closed(
    store: Store, vocabularies: Vocabularies
) -> None:
    a_repair(store)
    told(store, "finding", severity="S1", text="门锁被短接", recommendation="恢复", after=6)
    done(store)
    with pytest.raises(BadInput, match="S1 门锁被短接 is open"):
        close(store, CODES, vocabularies)


def test_closing_and_the_draft_of_an_order_stand_on_its_audit_trail_once(
    store: Store, vocabularies: Vocabularies
) -> None:
    worked(store)
    close(store, CODES, vocabularies)
    close(store, CODES, vocabularies)
    made, _ = draft_of_order(store, "order-1", actor=PLANNER, now=NOW, photo_limit_bytes=LIMIT)
    draft_of_order(store, "order-1", actor=PLANNER, now=NOW, photo_limit_bytes=LIMIT)
    with store.reading() as session:
        kept = register.history(session, kind="work_orders", thing_id="order-1", limit=50)
    newest = [(one.action, one.who, one.at, one.before, one.after) for one in kept if one.at == NOW]
    assert newest[0] == ("draft", PLANNER.name, NOW, {"draft_id": None}, {"draft_id": made.id})
    codes = [after for action, _, _, _, after in newest if action == "update"]
    assert codes == [CODES]


def test_a_draft_of_a_closed_order_leaves_the_customer_behind(
    store: Store, vocabularies: Vocabularies
) -> None:
    worked(store)
    with pytest.raises(BadInput, match="is not closed"):
        draft_of_order(store, "order-1", actor=PLANNER, now=NOW, photo_limit_bytes=LIMIT)
    close(store, CODES, vocabularies)
    made, left = draft_of_order(store, "order-1", actor=PLANNER, now=NOW, photo_limit_bytes=LIMIT)
    again, _ = draft_of_order(store, "order-1", actor=PLANNER, now=NOW, photo_limit_bytes=LIMIT)
    assert again.id == made.id
    whole = "\n".join(made.texts.values())
    for private in ("苏州一厂", "王工", "A1B2C3D4", "13812345678", "OLD-77", "NEW-88", "张三丰", "VMC-01"):
        assert private not in whole
    assert "轴承磨损" in whole
    assert {"name of a customer", "telephone number"} <= {one.kind for one in left}
    change_order(store, "order-1", {"item": ""}, revision=None, vocabularies=vocabularies, who="x", now=NOW)
