"""The audit trail is searched, a customer's data handed out whole, and personal data erased with the figures kept."""

import io
import json
import zipfile
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from kb.content.vocabulary import Vocabularies
from kb.errors import BadQuery, NotAllowed, NotFound, Unconfirmed
from kb.store import Store, drafts, search_log
from kb.store import register as rows
from kb.store.work_orders import WorkOrderRow
from kb.usecases.accounts import Role
from kb.usecases.audit import AuditQuery, audit_csv, audit_trail
from kb.usecases.personal_data import erase_customer, export_customer
from kb.usecases.personal_words import ERASED, loose_pattern
from kb.usecases.record_files import add_file
from kb.usecases.record_nouns import Actor
from kb.usecases.record_reading import record, record_history
from kb.usecases.records import change_record, create_record
from kb.usecases.register import update
from kb.usecases.register_kinds import wording_of
from tests.postgresql import empty_store, server, store

__all__ = ["empty_store", "server", "store"]

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)
WORDING = wording_of("zh_CN", "Asia/Shanghai", Vocabularies(lists={}, digest=""))
ADMIN, PLANNER = Actor(name="管理员", role=Role.ADMIN), Actor(name="李工", role=Role.PLANNER)
ENGINEER = Actor(name="王工", role=Role.ENGINEER)
COMPLAINT = {
    "title": "孙明反映主轴异响",
    "site": "S1",
    "category": "repair",
    "said": "孙明来电（138 1234-5678）：修了三次",
    "complainant": "周小芳",
    "compensation": 800,
    "compensation_reason": "合同",
}


@pytest.fixture
def department(store: Store) -> Store:
    with store.writing() as session:
        both = [
            {"id": "c1", "code": "C1", "name": "苏州精密", "contact": "孙明", "phone": "13812345678"},
            {"id": "c2", "code": "C2", "name": "别家", "contact": "孙明", "phone": "13812345678"},
        ]
        rows.add(session, "customers", both)
        site = {"id": "s1", "code": "S1", "name": "一厂", "customer_id": "c1", "address": "虎丘区某路8号"}
        rows.add(session, "sites", [{**site, "notes": "进门找孙明"}])
        rows.add(session, "equipment", [{"id": "m1", "tag": "M1", "site_id": "s1", "equipment_class": "VMC"}])
    update(
        store,
        "customers",
        "C1",
        {"contact": "孙明、吴强"},
        revision=1,
        partial=True,
        wording=WORDING,
        who="李工",
        now=NOW,
    )
    create_record(store, "complaint", COMPLAINT, id="r1", actor=PLANNER, wording=WORDING, now=NOW)
    change_record(
        store,
        "r1",
        {"demand": "周小芳要求退款", "notes": "吴强也在场"},
        revision=1,
        actor=PLANNER,
        wording=WORDING,
        now=NOW.replace(day=24),
        new_id=lambda: "e1",
    )
    other = {"title": "孙明的需求", "need": "x", "customer": "C2"}
    create_record(store, "need", other, id="r2", actor=ENGINEER, wording=WORDING, now=NOW)
    add_file(
        store,
        "r1",
        name="证据.txt",
        content="照片说明".encode(),
        id="f1",
        actor=PLANNER,
        now=NOW,
        limit_bytes=100,
    )
    return store


def test_changes_are_found_by_person_thing_kind_and_day(department: Store) -> None:
    def found(**query: object) -> list[tuple[str, str]]:
        page = audit_trail(department, AuditQuery(**query), actor=PLANNER, now=NOW)  # type: ignore[arg-type]
        return [(one.action, one.thing) for one in page.items]

    assert found(who="王工") == [("create", "XQ2026-0001")]
    assert found(thing="C1") == found(kind="customers") == [("update", "c1")]
    assert found(first_day=date(2026, 11, 24), last_day=date(2026, 11, 24)) == [("change", "TS2026-0001")]
    assert found(last_day=date(2026, 11, 22)) == []
    assert len(found(size=2)) == 2
    one = audit_trail(department, AuditQuery(thing="C1"), actor=PLANNER, now=NOW).items[0]
    assert one.fields == (("contact", "孙明", "孙明、吴强"),)
    assert "contact,孙明,孙明、吴强" in audit_csv(department, AuditQuery(), actor=PLANNER, now=NOW).decode()
    with pytest.raises(NotAllowed, match="planner"):
        audit_trail(department, AuditQuery(), actor=ENGINEER, now=NOW)
    with pytest.raises(BadQuery, match="narrow the period"):
        audit_trail(department, AuditQuery(page=401), actor=PLANNER, now=NOW)


def test_everything_of_one_customer_is_handed_out_and_nothing_of_another(department: Store) -> None:
    with zipfile.ZipFile(io.BytesIO(export_customer(department, "C1", actor=PLANNER))) as archive:
        data = json.loads(archive.read("data.json"))
        assert archive.read("files/f1.txt").decode() == "照片说明"
        assert "TS2026-0001" in archive.read("csv/records.csv").decode()
    assert [row["code"] for row in data["customers"]] == ["C1"]
    assert [row["number"] for row in data["records"]] == ["TS2026-0001"]
    assert {"sites", "equipment", "record_events", "attachments", "audit"} <= set(data)
    assert "别家" not in json.dumps(data, ensure_ascii=False)
    with pytest.raises(NotFound, match="customer"):
        export_customer(department, "C9", actor=PLANNER)
    with pytest.raises(NotAllowed, match="planner"):
        export_customer(department, "C1", actor=ENGINEER)


def test_personal_data_is_erased_everywhere_and_figures_and_other_customers_stay(department: Store) -> None:
    with pytest.raises(NotAllowed, match="admin"):
        erase_customer(department, "C1", confirm="C1", actor=PLANNER, now=NOW)
    with pytest.raises(Unconfirmed, match="nothing was erased"):
        erase_customer(department, "C1", confirm="c1", actor=ADMIN, now=NOW)
    done = erase_customer(department, "C1", confirm="C1", actor=ADMIN, now=NOW)
    assert done.total == sum(done.places.values()) > 0
    with zipfile.ZipFile(io.BytesIO(export_customer(department, "C1", actor=ADMIN))) as archive:
        left = archive.read("data.json").decode()
    for word in ("孙明", "吴强", "周小芳", "13812345678", "1234-5678", "虎丘区"):
        assert word not in left, word
    kept = record(department, "r1", actor=ADMIN, wording=WORDING, now=NOW)
    assert kept.values["said"] == f"{ERASED}来电（{ERASED}）：修了三次"
    assert (kept.values["compensation"], kept.values["category"], kept.number) == (
        800,
        "repair",
        "TS2026-0001",
    )
    assert kept.revision == 3
    assert "周小芳" not in str([one.json() for one in record_history(department, "r1", actor=ADMIN)])
    other = record(department, "r2", actor=ADMIN, wording=WORDING, now=NOW)
    assert other.title == "孙明的需求"
    trail = audit_trail(department, AuditQuery(thing="C1"), actor=ADMIN, now=NOW).items
    assert trail[0].action == "erase"
    assert {name: new for name, _, new in trail[0].fields}["places"] == done.total
    again = erase_customer(department, "C1", confirm="C1", with_files=True, actor=ADMIN, now=NOW)
    assert (again.total, again.files) == (0, 1)


def test_drafts_and_queries_that_no_key_ties_to_the_customer_are_handed_out_and_erased_with_their_photos(
    department: Store,
) -> None:
    texts = {
        "d1": "138-1234-5678 打来：主轴响",  # the telephone number in other signs
        "d2": "吴强说换过轴承",  # a name that only the trail still knows
        "d3": "别家的经理说：1381234567890 报警",  # a title, and a longer number
        "d4": "SN4711-88 漏油",  # the serial number of a machine
        "d5": "没有名字",  # came of an order of the customer
    }
    queries = {"q1": "孙明 主轴", "q2": "主轴 异响", "q3": "苏州精密 报警 1015"}
    with department.writing() as session:
        rows.change(session, "equipment", id="m1", revision=1, values={"serial": "SN4711-88"})
        for id, text in texts.items():
            row = drafts.DraftRow(
                id=id, digest=id, body={"symptom": text}, created_at=NOW, received_at=NOW, author="孙明"
            )
            photo = drafts.DraftPhotoRow(
                draft_id=id, position=1, media_type="image/png", digest=id, size_bytes=2, content=id.encode()
            )
            drafts.add_draft(session, row, [photo])
        for id, query in queries.items():
            search_log.counted(session, id=id, query=query, at=NOW, found_none=3)
        order = WorkOrderRow(
            id="o1", number="G1", kind="repair", title="x", site_id="s1", state="closed", opened_at=NOW
        )
        order.body = {"draft_id": "d5"}
        session.add(order)
    with zipfile.ZipFile(io.BytesIO(export_customer(department, "C1", actor=PLANNER))) as archive:
        data = json.loads(archive.read("data.json"))
        assert archive.read("files/draft-d4-1.png") == b"d4"
        assert "files/draft-d3-1.png" not in archive.namelist()
    assert sorted(row["id"] for row in data["drafts"]) == ["d1", "d2", "d4", "d5"]
    assert sorted(row["id"] for row in data["search_log"]) == ["q1", "q3"]

    done = erase_customer(department, "C1", confirm="C1", actor=ADMIN, now=NOW)
    assert (done.places["drafts"], done.places["search_log"], done.files) == (2, 1, 0)
    again = erase_customer(department, "C1", confirm="C1", with_files=True, actor=ADMIN, now=NOW)
    assert (again.total, again.files) == (0, 5)  # the record's file, and the photos of the four drafts
    with department.reading() as session:
        left = {id: drafts.draft_row(session, id) for id in texts}
        told = {id: row.body["symptom"] for id, row in left.items() if row is not None}
        assert {row.author for row in left.values() if row} == {"孙明"}  # who of the department wrote it
        asked = {id: search_log.logged(session, id) for id in queries}
        assert {row.query for row in asked.values() if row} == {
            f"{ERASED} 主轴",
            "主轴 异响",
            "苏州精密 报警 1015",
        }
        assert [row.found_none for row in asked.values() if row] == [3, 3, 3]
        assert [one.draft_id for one in drafts.photos_of(session, list(texts))] == ["d3"]
    assert told == {**texts, "d1": f"{ERASED} 打来：主轴响", "d2": f"{ERASED}说换过轴承"}


@pytest.mark.parametrize(
    ("said", "text", "found"),
    [
        ("Anna", "Annahme und Anna", ["Anna"]),
        ("孙明 经理", "孙明、经理", ["孙明"]),
        ("江苏省 苏州市 虎丘区某路8号", "苏州市的客户", []),
        ("13812345678", "+86 138 1234 5678", ["138 1234 5678"]),
        ("12345", "12345", []),
        ("123456", "123456", ["123456"]),
        ("李", "李工", []),
    ],
)
def test_in_texts_of_everybody_a_name_is_found_and_neither_a_title_nor_a_town_nor_a_part_of_a_word(
    said: str, text: str, found: list[str]
) -> None:
    pattern = loose_pattern([said])
    assert (pattern.findall(text) if pattern else []) == found
