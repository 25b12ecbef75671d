"""What is told of a work order on site: exactly once, all faults at once, nothing lost when it comes too late."""

import base64
import io
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from PIL import Image

from kb.content.pages import ChecklistPage
from kb.errors import BadInput, Conflict, NotAllowed
from kb.store import Store, register
from kb.usecases.order_access import Actor, actor_of
from kb.usecases.order_entry_checking import Entry
from kb.usecases.order_making import Written, decide_finding, order_of_visit, write_order
from kb.usecases.order_pictures import order_file
from kb.usecases.order_reading import work_order
from kb.usecases.order_sheet import Sheet, order_sheet
from kb.usecases.order_telling import Received, receive_entry, settle_entry
from kb.usecases.order_ties import tie_to_visit
from kb.usecases.order_visits import report_visit
from kb.usecases.plan import plan_inspections
from kb.usecases.plan_documents import checklists
from kb.usecases.plan_replan import propose_replan
from kb.usecases.plan_replan_answer import accept_proposal
from kb.usecases.plan_replan_request import ReplanRequest, Urgent
from kb.usecases.visit_reading import visit
from kb.usecases.work_orders import NewOrder, change_order, open_order
from planner.model import OrderState, VisitState
from tests.conftest import the_real_library
from tests.kb.photos import photo_with_place, place_in, size_of
from tests.kb.usecases.plan_register import FIRST, LAST, NOW, ZONE, fill, small_register
from tests.postgresql import empty_store, server, store

__all__ = ["empty_store", "server", "store"]

PLANNER = Actor(name="调度", may_all=True)
DAY = datetime(2026, 1, 16, 9, 0, tzinfo=ZONE)
LIMIT = 3_000_000
VISIT = "suzhou/m1-yearly/yearly/0"


@pytest.fixture(scope="module")
def pages() -> Mapping[str, ChecklistPage]:
    return checklists(the_real_library())


@pytest.fixture
def department(store: Store) -> Store:
    fill(store, small_register())
    return store


def picture(kind: str = "PNG") -> str:
    file = io.BytesIO()
    Image.new("RGB", (60, 20), "white").save(file, kind)
    return base64.b64encode(file.getvalue()).decode()


def an_order(store: Store, pages: Mapping[str, ChecklistPage], *, id: str = "order-1") -> str:
    written = Written(kind="inspection", title="季度点检", machine="m1", technician="t1", level="quarterly")
    return write_order(store, written, pages=pages, id=id, actor=PLANNER, now=DAY).id


def told(
    store: Store,
    kind: str,
    *,
    id: str = "",
    order: str = "order-1",
    after: int = 1,
    actor: Actor = PLANNER,
    amends: str = "",
    **values: Any,
) -> Received:
    sent = Entry(
        id=id or f"entry-{kind}-{after}",
        kind=kind,
        at=DAY + timedelta(minutes=after),
        values=values,
        amends=amends,
    )
    later = DAY + timedelta(hours=8)
    return receive_entry(store, order, sent, actor=actor, now=later, photo_limit_bytes=LIMIT)


def sheet(store: Store, id: str = "order-1") -> Sheet:
    return order_sheet(store, id, now=DAY + timedelta(hours=8))


def line(store: Store, kind: str, order: str = "order-1", *, typical: bool | None = None) -> dict[str, Any]:
    return next(
        dict(one)
        for one in sheet(store, order).lines
        if one["kind"] == kind and one["result"] is None and typical in {None, one["typical"]}
    )


def done(store: Store) -> None:
    told(store, "event", event="arrived", after=1, id="event-arrived")
    told(store, "event", event="resolved", after=50, id="event-resolved")


def test_an_entry_counts_once_however_often_it_is_sent(department: Store, pages: Any) -> None:
    an_order(department, pages)
    part = {"part_number": "A06B-6124-H105", "quantity": 1, "old_serial": "S1", "new_serial": "S2"}
    first = told(department, "part", **part)
    again = told(department, "part", **part)
    assert (first.fresh, again.fresh) == (True, False)
    assert (first.state, first.revision) == (again.state, again.revision)
    assert [one["new_serial"] for one in sheet(department).parts] == ["S2"]
    with pytest.raises(Conflict, match="another entry has the id entry-part-1"):
        told(department, "part", **{**part, "quantity": 2})


def test_a_value_is_judged_by_its_limits_and_a_fault_asks_for_severity_and_advice(
    department: Store, pages: Any
) -> None:
    an_order(department, pages)
    item = line(department, "measure")
    about = {"equipment_id": "m1", "item_id": item["item_id"]}
    with pytest.raises(BadInput, match="unit") as refused:
        told(department, "check", **about, value=1, unit="furlong", verdict="fail")
    assert {one.where for one in refused.value.faults} == {"unit", "severity", "recommendation"}
    told(department, "check", **about, value=1, verdict="fail", severity="S3", recommendation="更换", after=2)
    found = sheet(department).findings
    assert [(one["severity"], one["recommendation"], one["state"]) for one in found] == [
        ("S3", "更换", "open")
    ]
    told(department, "check", **about, verdict="na", after=3)
    assert sheet(department).findings == ()
    result = next(one for one in sheet(department).lines if one["item_id"] == item["item_id"])["result"]
    assert result is not None
    assert (result["verdict"], result["value"]) == ("na", None)


def test_a_photo_of_an_order_is_kept_without_the_place_where_it_was_taken(
    department: Store, pages: Any
) -> None:
    an_order(department, pages)
    taken = photo_with_place()
    told(department, "photo", content=base64.b64encode(taken).decode(), note="主轴")
    file = next(one for one in sheet(department).files if not one["signature"])
    _, content = order_file(department, "order-1", file["id"])
    assert place_in(taken)
    assert (place_in(content), size_of(content)) == ({}, (8, 16))


def test_hostile_values_are_told_all_at_once_and_nothing_is_kept(department: Store, pages: Any) -> None:
    an_order(department, pages)
    with pytest.raises(BadInput, match="quantity") as refused:
        told(
            department, "part", part_number="x" * 100_000, quantity=-1, warranty_until="soon",
            part_class="gold", colour="red",
        )  # fmt: skip
    assert {one.where for one in refused.value.faults} == {
        "part_number", "quantity", "warranty_until", "part_class", "colour",
    }  # fmt: skip
    with pytest.raises(BadInput, match="no picture"):
        told(department, "photo", content=base64.b64encode(b"<svg onload=alert(1)>").decode())
    with pytest.raises(BadInput, match="content"):
        told(department, "photo", content=base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"junk" * 50).decode())
    tomorrow = (DAY + timedelta(days=1)).isoformat()
    with pytest.raises(BadInput, match="lies ahead"):
        told(department, "time", activity="work", minutes=5, started_at=tomorrow)
    with pytest.raises(BadInput, match="no item of this order"):
        told(department, "check", equipment_id="m2", item_id="T001", verdict="pass")
    assert sheet(department).entries == ()
    told(department, "text", name="done", value="<script>alert(1)</script>")
    assert sheet(department).texts["done"] == "<script>alert(1)</script>"


def test_a_text_that_the_office_changed_meanwhile_is_held_beside_it(department: Store, pages: Any) -> None:
    an_order(department, pages)
    vocabularies = the_real_library().vocabularies
    change_order(
        department,
        "order-1",
        {"done": "办公室写的"},
        revision=None,
        vocabularies=vocabularies,
        who="调度",
        now=DAY,
    )
    held = told(department, "text", name="done", value="现场写的", before="")
    assert (held.state, held.why, held.theirs) == ("held", "changed", "办公室写的")
    assert sheet(department).texts["done"] == "办公室写的"
    with pytest.raises(BadInput, match="say why"):
        settle_entry(department, "order-1", held.id, take=True, reason=" ", actor=PLANNER, now=DAY)
    settle_entry(department, "order-1", held.id, take=True, reason="以现场为准", actor=PLANNER, now=DAY)
    assert sheet(department).texts["done"] == "现场写的"
    assert sheet(department).held == ()


def test_a_technician_changes_their_own_orders_and_what_came_after_a_handover_is_held(
    department: Store, pages: Any
) -> None:
    an_order(department, pages)
    own = actor_of(department, "t1", may_all=False)
    other = actor_of(department, "t2", may_all=False)
    assert own.technician_ids == {"t1"}
    with pytest.raises(NotAllowed, match="not of t2"):
        told(department, "text", name="done", value="x", actor=other)
    assert told(department, "text", name="done", value="x", actor=own).state == "applied"
    change_order(
        department,
        "order-1",
        {"technician_id": "t2"},
        revision=None,
        vocabularies=the_real_library().vocabularies,
        who="调度",
        now=DAY,
    )
    late = told(department, "time", activity="work", started_at=DAY.isoformat(), minutes=5, actor=own)
    assert (late.state, late.why) == ("held", "reassigned")
    assert sheet(department).times == ()


def test_signed_contents_change_only_by_an_amendment_that_says_why(department: Store, pages: Any) -> None:
    an_order(department, pages)
    done(department)
    signature = told(department, "signature", name="客户张", content=picture(), after=60)
    assert signature.state == "applied"
    assert work_order(department, "order-1", now=DAY).standing.state is OrderState.SIGNED
    signed = sheet(department).signature
    assert signed is not None
    assert (signed["name"], len(signed["digest"])) == ("客户张", 64)
    late = told(department, "part", part_number="P1", quantity=1, after=61)
    assert (late.state, late.why) == ("held", "signed")
    kept = told(department, "part", part_number="P2", quantity=1, after=62, amends="漏记")
    assert kept.state == "applied"
    assert [one["part_number"] for one in sheet(department).parts] == ["P2"]
    assert sheet(department).amended == (kept.id,)
    with pytest.raises(BadInput, match="signed"):
        change_order(
            department,
            "order-1",
            {"done": "悄悄改"},
            revision=None,
            vocabularies=the_real_library().vocabularies,
            who="调度",
            now=DAY,
        )
    told(department, "event", event="reopened", reason="再查", after=70, id="event-again")
    assert told(department, "text", name="done", value="重做", after=71).state == "applied"


def test_a_signature_must_be_a_picture_and_the_work_must_be_done(department: Store, pages: Any) -> None:
    an_order(department, pages)
    with pytest.raises(BadInput, match="it can only be"):
        told(department, "signature", name="客户张", content=picture())
    done(department)
    with pytest.raises(BadInput, match="no PNG"):
        told(department, "signature", name="客户张", content=picture("JPEG"), after=60)


def test_what_is_taken_back_stays_in_the_log(department: Store, pages: Any) -> None:
    an_order(department, pages)
    part = told(department, "part", part_number="P1", quantity=1)
    told(department, "void", entry=part.id, reason="写错机床", after=2)
    assert sheet(department).parts == ()
    assert [(one["kind"], one["state"]) for one in sheet(department).entries] == [
        ("part", "dropped"),
        ("void", "applied"),
    ]
    with pytest.raises(BadInput, match="only what was applied"):
        told(department, "void", entry=part.id, reason="再来", after=3)


def test_a_finding_becomes_an_order_once(department: Store, pages: Any) -> None:
    an_order(department, pages)
    told(department, "finding", severity="S2", text="皮带开裂", recommendation="更换皮带")
    finding = sheet(department).findings[0]["id"]
    for number in (1, 2):
        decide_finding(
            department, finding, decision="order", order_id=f"next-{number}", actor=PLANNER, now=DAY
        )
    assert sheet(department).findings[0]["order"] == "next-1"
    made = work_order(department, "next-1", now=DAY)
    assert (made.values["follows_id"], made.values["title"], made.values["kind"]) == (
        "order-1", "更换皮带", "repair",
    )  # fmt: skip
    with pytest.raises(BadInput, match="say why nothing is done"):
        decide_finding(department, finding, decision="none", order_id="x", actor=PLANNER, now=DAY)


def trail(store: Store, id: str) -> list[tuple[str, str, object, object]]:
    """Return what the audit trail has of an order, the oldest first."""
    with store.reading() as session:
        kept = register.history(session, kind="work_orders", thing_id=id, limit=50)
    return [(one.action, one.who, one.before, one.after) for one in reversed(kept)]


def test_a_visit_that_refuses_to_be_reported_is_noted_once_on_the_audit_trail(
    department: Store, pages: Any
) -> None:
    plan_inspections(department, first_day=FIRST, last_day=LAST, now=NOW)
    made = order_of_visit(department, VISIT, pages=pages, actor=PLANNER, now=DAY)
    told(department, "event", order=made.id, event="resolved", after=1)
    first = trail(department, made.id)
    note = "no plan of the visit is whole; it stays open"
    assert first[-1] == ("visit", "调度", {"visit_note": None}, {"visit_note": note})
    report_visit(department, made.id, who="调度", now=DAY)
    assert trail(department, made.id) == first


def test_a_done_order_of_a_visit_reports_it_and_the_rest_goes_on(department: Store, pages: Any) -> None:
    plan_inspections(department, first_day=FIRST, last_day=LAST, now=NOW)
    made = order_of_visit(department, VISIT, pages=pages, actor=PLANNER, now=DAY)
    assert order_of_visit(department, VISIT, pages=pages, actor=PLANNER, now=DAY).id == made.id
    assert made.values["planned_day"] == date(2026, 1, 15)
    lines = sheet(department, made.id).lines
    assert {one["equipment_id"] for one in lines} == {"m1", "m2"}
    for number, one in enumerate(x for x in lines if x["equipment_id"] == "m1"):
        about = {"equipment_id": "m1", "item_id": one["item_id"], "verdict": "na"}
        told(department, "check", order=made.id, id=f"check-{number:04}", after=number, **about)
    rest = told(department, "rest", order=made.id, after=200)
    told(department, "event", order=made.id, event="resolved", after=201)
    kept = visit(department, VISIT, today=DAY.date())
    assert (kept.state, kept.values["done_plans"]) == (VisitState.PARTLY_DONE, ["m1-yearly"])
    entry = next(one for one in sheet(department, made.id).entries if one["id"] == rest.id)
    follow = work_order(department, entry["values"]["order"], now=DAY)
    assert (follow.values["follows_id"], follow.values["visit_key"]) == (made.id, kept.follow_up)
    left = sheet(department, follow.id).lines
    assert {one["equipment_id"] for one in left} == {"m2"}
    assert [trail(department, id)[-1] for id in (made.id, follow.id)] == [
        ("visit", "调度", {"visit_note": None}, {"visit_note": "partly_done"}),
        ("update", "调度", {"visit_key": None}, {"visit_key": kept.follow_up}),
    ]
    assert len(left) == entry["values"]["items"]


def test_a_cured_urgent_job_reports_its_visit_though_it_belongs_to_no_plan(
    department: Store, pages: Any
) -> None:
    plan_inspections(department, first_day=FIRST, last_day=LAST, now=NOW)
    urgent = Urgent(site_id="suzhou", by=DAY.date(), skills=frozenset(), duration=timedelta(hours=1), note="")
    proposal = propose_replan(department, ReplanRequest(urgent=(urgent,)), id="p1", who="x", now=DAY)
    accept_proposal(department, proposal.id, who="x", now=DAY)
    new = NewOrder(kind="repair", title="SV0401", site_id="suzhou", equipment_id="m1", reported_at=DAY)
    open_order(department, new, id="urgent-order", now=DAY, who="x")
    tie_to_visit(department, "urgent-order", "urgent-p1-0", who="x", now=DAY)
    told(department, "event", order="urgent-order", event="resolved", after=1)
    assert visit(department, "urgent-p1-0", today=DAY.date()).state == VisitState.DONE
