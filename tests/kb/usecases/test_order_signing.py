"""What a customer signed has a digest: printed, found again, and no longer given once anything signed was changed. Both databases."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from kb.errors import BadInput, Conflict, NotAllowed, NotFound
from kb.store import Store
from kb.store import order_entries as entries
from kb.usecases.order_access import Actor
from kb.usecases.order_making import order_of_visit
from kb.usecases.order_reading import work_order
from kb.usecases.order_report import report_pdf
from kb.usecases.order_signing import SHORTEST, grouped, verify
from kb.usecases.order_ties import tie_order, visits_offered
from kb.usecases.plan import plan_inspections
from kb.usecases.visit_reading import visit
from kb.usecases.work_orders import NewOrder, open_order
from planner.model import VisitState
from tests.conftest import the_real_library
from tests.kb.usecases.plan_register import FIRST, LAST, NOW
from tests.kb.usecases.test_order_telling import (
    DAY,
    PLANNER,
    VISIT,
    an_order,
    department,
    done,
    pages,
    picture,
    sheet,
    told,
)
from tests.postgresql import empty_store, server, store

__all__ = ["department", "empty_store", "pages", "server", "store"]


def signed(store: Store, pages: Any) -> str:
    """Return the digest of an order that was told of, done and signed."""
    an_order(store, pages)
    told(store, "text", name="done", value="更换风扇", after=2, id="entry-text")
    told(store, "part", part_number="FAN-1", quantity=1, after=3, id="entry-part")
    done(store)
    told(store, "signature", name="赵主任", content=picture(), after=60, id="entry-sign")
    signature = sheet(store).signature
    assert signature is not None
    return str(signature["digest"])


def test_a_digest_leads_to_its_document_by_all_or_its_first_digits(department: Store, pages: Any) -> None:
    digest = signed(department, pages)
    number = sheet(department).order.number
    for asked, order in ((digest, ""), (grouped(digest).upper(), number), (digest[:SHORTEST], "")):
        found = verify(department, asked, order=order)
        assert (found.matches, found.intact, found.order, found.signed_by) == (True, True, number, "赵主任")
    assert (found.amended, found.newer) == (0, False)
    with pytest.raises(BadInput, match="is no digest"):
        verify(department, digest[: SHORTEST - 1])
    with pytest.raises(BadInput, match="is no digest"):
        verify(department, "g" * 64)
    with pytest.raises(NotFound, match="no work order"):
        verify(department, digest, order="GD2020-00001")


def test_another_digest_does_not_match_and_says_what_was_signed(department: Store, pages: Any) -> None:
    digest = signed(department, pages)
    other = ("0" if digest[0] != "0" else "1") + digest[1:]
    found = verify(department, other, order="order-1")
    assert (found.matches, found.signed, found.signed_by) == (False, digest, "赵主任")
    assert verify(department, other).order == ""
    an_order(department, pages, id="order-2")
    unsigned = verify(department, digest, order="order-2")
    assert (unsigned.matches, unsigned.signed) == (False, "")


def test_an_amendment_leaves_the_digest_and_is_counted(department: Store, pages: Any) -> None:
    digest = signed(department, pages)
    told(
        department,
        "text",
        name="done",
        value="改",
        before="更换风扇",
        after=70,
        amends="写错",
        id="amending-1",
    )
    told(department, "void", entry="entry-part", reason="未用", after=71, amends="未用", id="amending-2")
    found = verify(department, digest)
    assert (found.matches, found.intact, found.amended, found.newer) == (True, True, 2, False)


def test_a_second_signature_has_its_own_digest_and_the_first_is_known_to_be_older(
    department: Store, pages: Any
) -> None:
    first = signed(department, pages)
    told(department, "event", event="reopened", reason="补做", after=80, id="event-reopen")
    told(department, "event", event="resolved", after=90, id="event-again")
    told(department, "signature", name="赵主任", content=picture(), after=91, id="entry-resign")
    signature = sheet(department).signature
    assert signature is not None
    assert signature["digest"] != first
    assert (verify(department, first).newer, verify(department, signature["digest"]).newer) == (True, False)


@pytest.mark.parametrize("what", ["text", "entry", "gone", "name", "picture"])
def test_whatever_of_the_signed_is_changed_behind_our_back_shows(
    department: Store, pages: Any, what: str
) -> None:
    digest = signed(department, pages)
    with department.writing() as session:
        entry = entries.entry_row(session, "entry-text" if what in {"entry", "gone"} else "entry-sign")
        assert entry is not None
        match what:
            case "text":
                entry.body = {**entry.body, "texts": {**entry.body["texts"], "done": "什么也没做"}}
            case "entry":
                entry.body = {**entry.body, "value": "什么也没做"}
            case "gone":
                session.delete(entry)
            case "name":
                entry.body = {**entry.body, "name": "别人"}
            case _:
                entry.body = {**entry.body, "file": "another-p"}
    found = verify(department, digest)
    assert (found.matches, found.intact) == (True, False)


def test_the_report_has_the_digest_of_what_was_signed(department: Store, pages: Any, tmp_path: Path) -> None:
    digest = signed(department, pages)
    file = tmp_path / "report.pdf"
    file.write_bytes(
        report_pdf(
            department, "order-1", the_real_library().vocabularies, "zh_CN", now=DAY + timedelta(hours=8)
        )
    )
    text = "".join(page.extract_text() for page in PdfReader(file).pages)
    assert digest in "".join(text.split())


def test_an_order_is_tied_to_a_visit_of_its_site_and_loosed_again(department: Store, pages: Any) -> None:
    plan_inspections(department, first_day=FIRST, last_day=LAST, now=NOW)
    an_order(department, pages)
    order = work_order(department, "order-1", now=DAY)
    offered = visits_offered(department, order, today=DAY.date())
    assert VISIT in {one.key for one in offered}
    tied = tie_order(department, "order-1", VISIT, revision=order.revision, actor=PLANNER, now=DAY)
    assert (tied.values["visit_key"], tied.revision) == (VISIT, order.revision + 1)
    again = tie_order(department, "order-1", VISIT, revision=None, actor=PLANNER, now=DAY)
    assert again.revision == tied.revision
    with pytest.raises(Conflict, match=f"revision {order.revision} is now {tied.revision}"):
        tie_order(department, "order-1", "", revision=order.revision, actor=PLANNER, now=DAY)
    with pytest.raises(BadInput, match="is no visit"):
        tie_order(department, "order-1", "nirgends", revision=None, actor=PLANNER, now=DAY)
    with pytest.raises(NotAllowed, match="role planner"):
        tie_order(department, "order-1", "", revision=None, actor=Actor(name="t1", may_all=False), now=DAY)
    assert (
        tie_order(department, "order-1", " ", revision=None, actor=PLANNER, now=DAY).values["visit_key"]
        is None
    )


def test_a_visit_at_another_site_is_refused_and_not_offered(department: Store) -> None:
    plan_inspections(department, first_day=FIRST, last_day=LAST, now=NOW)
    new = NewOrder(kind="repair", title="异响", site_id="kunshan", equipment_id="m3")
    open_order(department, new, id="order-k", now=DAY, who="调度")
    with pytest.raises(BadInput, match="is a visit at another site"):
        tie_order(department, "order-k", VISIT, revision=None, actor=PLANNER, now=DAY)
    assert VISIT not in {
        one.key
        for one in visits_offered(department, work_order(department, "order-k", now=DAY), today=DAY.date())
    }


def test_an_order_that_was_done_before_it_is_tied_reports_the_visit_done(
    department: Store, pages: Any
) -> None:
    plan_inspections(department, first_day=FIRST, last_day=LAST, now=NOW)
    made = order_of_visit(department, VISIT, pages=pages, actor=PLANNER, now=DAY)
    tie_order(department, made.id, "", revision=None, actor=PLANNER, now=DAY)
    for number, one in enumerate(sheet(department, made.id).lines):
        about = {"equipment_id": one["equipment_id"], "item_id": one["item_id"], "verdict": "na"}
        told(department, "check", order=made.id, id=f"check-{number:04}", after=number, **about)
    told(department, "event", order=made.id, event="resolved", after=300)
    assert visit(department, VISIT, today=DAY.date()).is_open
    tie_order(department, made.id, VISIT, revision=None, actor=PLANNER, now=DAY)
    kept = visit(department, VISIT, today=DAY.date())
    assert (kept.state, kept.done_on) == (VisitState.DONE, date(2026, 1, 16))
    with pytest.raises(BadInput, match="was reported done by this order"):
        tie_order(department, made.id, "", revision=None, actor=PLANNER, now=DAY)
    again = tie_order(department, made.id, VISIT, revision=None, actor=PLANNER, now=DAY)
    assert again.values["visit_key"] == VISIT
