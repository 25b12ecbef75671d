"""Versions are published and compared; the plan is mended as a proposal first, and written once when accepted."""

import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from kb.errors import BadInput, Conflict, NotFound
from kb.store import Store, audit_trail
from kb.usecases.plan import latest_plan, plan_inspections
from kb.usecases.plan_order import choice_of, choice_sentences
from kb.usecases.plan_replan import Proposal, find_proposal, latest_proposals, propose_replan, urgent_offers
from kb.usecases.plan_replan_answer import accept_proposal, reject_proposal
from kb.usecases.plan_replan_json import names_of, proposal_json
from kb.usecases.plan_replan_request import replan_request
from kb.usecases.plan_trace import visit_sentences
from kb.usecases.plan_versions import Differs, compare_versions, plan_versions, publish_plan
from kb.usecases.plan_words import Words
from kb.usecases.register_kinds import Wording
from kb.usecases.visits import change_visit
from planner.model import VisitState
from tests.kb.usecases.plan_register import FIRST, LAST, NOW, ZONE, fill, small_register

MORNING = datetime(2026, 1, 12, 8, 0, tzinfo=ZONE)
WORDING = Wording(language="en", zone=ZONE)


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a plan of 2026, to be copied by each test."""
    path = tmp_path_factory.mktemp("living") / "plan.db"
    opened = Store(f"sqlite:///{path}")
    opened.migrate()
    fill(opened, small_register())
    plan_inspections(opened, first_day=FIRST, last_day=LAST, now=NOW)
    with opened.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    opened.close()
    return path


@pytest.fixture
def store(planned: Path, tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{shutil.copy(planned, tmp_path / 'plan.db')}")
    yield opened
    opened.close()


def replanned(store: Store, id: str = "p1", **request: object) -> Proposal:
    asked = replan_request(store, today=MORNING.date(), **request)  # type: ignore[arg-type]
    return propose_replan(store, asked, id=id, who="planner", now=MORNING)


def book(store: Store):  # type: ignore[no-untyped-def]
    found = latest_plan(store, zone=ZONE)
    assert found is not None
    return found


def test_a_version_is_what_was_published_whatever_happens_later(store: Store) -> None:
    with pytest.raises(NotFound, match="no plan version has the id '1'"):
        compare_versions(store, 1, None)
    first = publish_plan(store, note=" 发给客户 ", who="张", now=NOW)
    assert (first.number, first.note, first.published_by, first.visits) == (1, "发给客户", "张", 20)
    assert compare_versions(store, 1, None).changes == ()
    key = "wuxi/m4-quarterly/quarterly/1"
    change_visit(
        store, key, {"day": "2026-04-14", "confirm": True}, revision=1, wording=WORDING, who="x", now=NOW
    )
    other = "kunshan/m3-quarterly/quarterly/0"
    change_visit(store, other, {"state": "cancelled"}, revision=1, wording=WORDING, who="x", now=NOW)
    second = publish_plan(store, note="", who="李", now=MORNING)
    assert [one.number for one in plan_versions(store)] == [2, 1]
    for found in (compare_versions(store, 1, None), compare_versions(store, 1, second.number)):
        assert {(one.kind, one.key) for one in found.changes} == {(Differs.MOVED, key), (Differs.GONE, other)}
        assert found.same == 18
    back = compare_versions(store, 2, 1)
    assert back.counts()[Differs.NEW] == 1
    told = back.json()
    assert told["by_site"] == {"kunshan": {"new": 1}, "wuxi": {"moved": 1}}
    assert sum(sum(one.values()) for one in told["by_week"].values()) == 2  # type: ignore[attr-defined]


def test_a_note_may_have_500_characters_and_not_one_more(store: Store) -> None:
    assert publish_plan(store, note="好" * 500, who="x", now=NOW).number == 1
    with pytest.raises(BadInput, match="has 501 characters"):
        publish_plan(store, note="好" * 501, who="x", now=NOW)


def test_nothing_can_be_published_or_mended_before_there_is_a_plan(tmp_path: Path) -> None:
    empty = Store(f"sqlite:///{tmp_path / 'empty.db'}")
    empty.migrate()
    fill(empty, small_register())
    with pytest.raises(Conflict, match="no plan to publish yet"):
        publish_plan(empty, note="", who="x", now=NOW)
    request = replan_request(empty, today=MORNING.date(), sick=["t1"], first="2026-01-12")
    with pytest.raises(Conflict, match="no plan to mend yet"):
        propose_replan(empty, request, id="p", who="x", now=MORNING)
    empty.close()


def test_every_fault_of_a_request_is_told_at_once(store: Store) -> None:
    with pytest.raises(BadInput, match="cannot be mended") as told:
        replan_request(
            store, today=MORNING.date(), sick=["t9"], closed=["nowhere"], first="2026-01-20", last="2026-01-19",
            urgent="moon", skills=["magic"], by="soon", hours="25", note="x" * 501,
        )  # fmt: skip
    assert [one.where for one in told.value.faults] == [
        "last", "sick", "closed", "urgent", "by", "skills", "hours", "note",
    ]  # fmt: skip
    with pytest.raises(BadInput, match="nothing has happened"):
        replan_request(store, today=MORNING.date())
    with pytest.raises(BadInput, match="is over"):
        replan_request(store, today=MORNING.date(), sick=["t1"], first="2026-01-01", last="2026-01-11")


def test_a_proposal_changes_nothing_until_it_is_accepted_and_then_exactly_once(store: Store) -> None:
    publish_plan(store, note="", who="x", now=NOW)
    hit = {
        one.key
        for one in book(store).visits
        if one.technician_id == "t1" and one.day <= date(2026, 2, 6) and one.day >= MORNING.date()
    }
    assert hit
    proposal = replanned(store, sick=["t1"], first="2026-01-12", last="2026-02-06", note="流感")
    assert set(proposal.hit) == hit
    assert {before.key for before, _ in proposal.changed} == hit
    assert compare_versions(store, 1, None).changes == ()
    told = proposal_json(proposal, names_of(store), Words("en"))
    assert told["happened"] == ["王工 is away from 2026-01-12 to 2026-02-06"]
    assert told["figures"]["others_day"] == 0  # type: ignore[index]
    done = accept_proposal(store, "p1", who="chief", now=MORNING)
    assert (done.state, done.answered_by) == ("accepted", "chief")
    changed = compare_versions(store, 1, None)
    assert {one.key for one in changed.changes} == hit
    assert accept_proposal(store, "p1", who="chief", now=MORNING).state == "accepted"
    now = book(store)
    assert now.number == 2
    assert {one.key for one in now.changes} == hit
    key = min(one for one in hit if now.visit(one).technician_id == "t2")
    visit = now.visit(key)
    sentences = " ".join(visit_sentences(now, visit, "en"))
    assert "It could not stay on" in sentences
    assert "流感" in sentences
    assert any(day.note == "流感" for day in now.technicians["t1"].leave)
    calendars = {one.technician_id for one in now.cancelled if one.key == key}
    assert calendars == {"t1"}


def test_the_next_plan_keeps_what_was_mended(store: Store) -> None:
    replanned(store, sick=["t1"], first="2026-01-12", last="2026-01-18")
    accept_proposal(store, "p1", who="x", now=MORNING)
    mended = {one.key: (one.day, one.technician_id) for one in book(store).visits}
    again = plan_inspections(store, first_day=FIRST, last_day=LAST, now=MORNING)
    assert {one.key: (one.day, one.technician_id) for one in again.visits} == mended


def test_a_proposal_of_a_plan_that_has_changed_is_refused(store: Store) -> None:
    proposal = replanned(store, sick=["t1"], first="2026-01-12", last="2026-01-18")
    key = proposal.hit[0]
    change_visit(store, key, {"notes": "changed"}, revision=1, wording=WORDING, who="x", now=NOW)
    with pytest.raises(Conflict, match="the plan has changed since"):
        accept_proposal(store, "p1", who="x", now=MORNING)
    assert reject_proposal(store, "p1", who="x", now=MORNING).state == "rejected"
    with pytest.raises(Conflict, match="was rejected"):
        accept_proposal(store, "p1", who="x", now=MORNING)
    with pytest.raises(NotFound, match="no proposal"):
        find_proposal(store, "p9")


def test_a_customers_not_this_week_closes_the_site_for_it(store: Store) -> None:
    before = next(one for one in book(store).visits if one.site_id == "wuxi")
    monday = before.day - timedelta(days=before.day.weekday())
    proposal = replanned(
        store, closed=["wuxi"], first=str(monday), last=str(monday + timedelta(days=4)), note="盘点"
    )
    ((was, now),) = proposal.changed
    assert was.key == before.key
    assert not monday <= now.day <= monday + timedelta(days=4)
    accept_proposal(store, proposal.id, who="x", now=MORNING)
    assert book(store).sites["wuxi"].shutdowns[0].note == "盘点"
    assert latest_proposals(store)[0].state == "accepted"


def test_an_urgent_job_becomes_a_booked_visit_that_every_later_plan_leaves_alone(store: Store) -> None:
    proposal = replanned(store, urgent="wuxi", skills=["gantry"], by="2026-01-13", hours="3", note="主轴报警")
    ((key, place),) = proposal.urgent.items()
    assert (place.technician_id, place.day) == ("t2", MORNING.date())
    assert len(proposal.offers[key]) == 2
    accept_proposal(store, "p1", who="x", now=MORNING)
    visit = book(store).visit(key)
    assert (visit.state, visit.locked, visit.site_id, visit.hours) == (
        VisitState.BOOKED,
        True,
        "wuxi",
        place.hours,
    )
    again = plan_inspections(store, first_day=FIRST, last_day=LAST, now=MORNING)
    assert again.visit(key) == visit
    done = change_visit(
        store,
        key,
        {"state": "done", "done_on": "2026-01-12"},
        revision=None,
        wording=WORDING,
        who="x",
        now=MORNING,
    )
    assert done.kept.state is VisitState.DONE


def test_urgent_offers_name_the_three_best_and_keep_nothing(store: Store) -> None:
    request = replan_request(store, today=MORNING.date(), urgent="suzhou", by="2026-01-13")
    offers = urgent_offers(store, request.urgent[0], now=MORNING)
    assert len(offers) == 3
    assert latest_proposals(store) == ()


def test_an_explanation_compares_the_technician_and_the_order_with_others(store: Store) -> None:
    plan = book(store)
    visit = next(one for one in plan.visits if one.site_id == "kunshan" and one.technician_id == "t1")
    choice = choice_of(store, plan, visit)
    assert choice is not None
    assert [one.technician_id for one in choice.others] == ["t2"]
    assert choice.added_minutes < choice.others[0].detour_minutes
    told = choice_sentences(plan, visit, choice, "en")
    assert told[0].startswith("王工 comes from home")
    assert any(one.startswith("李工 could come from") for one in told)
    gantry = next(one for one in plan.visits if one.site_id == "wuxi")
    rare = choice_of(store, plan, gantry)
    assert rare is not None
    assert (rare.others, rare.unable) == ((), 1)


def test_what_happens_to_the_plan_as_a_whole_is_on_the_trail_once_with_its_counts(store: Store) -> None:
    publish_plan(store, note="发给客户", who="张", now=NOW)
    for id in ("p1", "p2"):
        replanned(store, id, sick=["t1"], first="2026-01-12", last="2026-02-06")
    reject_proposal(store, "p1", who="王", now=MORNING)
    reject_proposal(store, "p1", who="王", now=MORNING)
    accepted = accept_proposal(store, "p2", who="李", now=MORNING)
    accept_proposal(store, "p2", who="李", now=MORNING)
    with store.reading() as session:
        trail = []
        for kind in ("plan_runs", "plan_versions", "plan_proposals"):
            ids = [id for _, id in reversed(audit_trail.audit_keys(session, kind=kind, limit=50))]
            rows = audit_trail.audit_rows(session, ids)
            trail += [
                (rows[id].kind, rows[id].action, rows[id].thing_id, rows[id].who, rows[id].after)
                for id in ids
            ]
    run, version, no, yes = trail
    assert run[:3] == ("plan_runs", "plan", "1")
    assert (run[4]["added"], run[4]["unplaced"]) == (20, 0)
    assert version[:4] == ("plan_versions", "publish", "1", "张")
    assert (version[4]["visits"], version[4]["note"]) == (20, "发给客户")
    assert no == ("plan_proposals", "reject", "p1", "王", {"state": "rejected"})
    assert yes[:4] == ("plan_proposals", "accept", "p2", "李")
    assert (yes[4]["run"], yes[4]["changed"]) == (2, len(accepted.changed))
    assert accepted.changed
