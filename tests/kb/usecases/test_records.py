"""Records of every kind: made once, checked by their description, moved by who may, never lost to a second writer."""

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kb.content.vocabulary import Vocabularies
from kb.errors import BadInput, BadQuery, Conflict, NotAllowed, NotFound
from kb.store import Store
from kb.store import register as audit
from kb.usecases.accounts import Role
from kb.usecases.order_reading import SERVICE_HOURS
from kb.usecases.record_description import Rows
from kb.usecases.record_due import escalation_of, working_day_after
from kb.usecases.record_kinds import KINDS
from kb.usecases.record_nouns import Actor, Record
from kb.usecases.record_reading import RecordQuery, record, record_history, record_list
from kb.usecases.records import change_record, create_record, move_record
from kb.usecases.register_kinds import wording_of
from planner.calendars import after_working_time
from tests.postgresql import empty_store, server, store

__all__ = ["empty_store", "server", "store"]

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)  # a Monday
WORDING = wording_of("zh_CN", "Asia/Shanghai", Vocabularies(lists={}, digest=""))
ENGINEER, PLANNER = Actor(name="王工", role=Role.ENGINEER), Actor(name="李工", role=Role.PLANNER)
COMPLAINT = {"title": "主轴异响", "equipment": "立加-01", "category": "repair", "said": "修了三次未好"}
IDS = count(1)


@pytest.fixture
def department(store: Store) -> Store:
    with store.writing() as session:
        audit.add(
            session, "customers", [{"id": id, "code": id.upper(), "name": f"客户{id}"} for id in ("c1", "c2")]
        )
        audit.add(session, "sites", [{"id": "s1", "code": "S1", "name": "一厂", "customer_id": "c1"}])
        machine = {"id": "m1", "tag": "立加-01", "site_id": "s1", "equipment_class": "VMC"}
        audit.add(session, "equipment", [machine])
    return store


def make(store: Store, kind: str, *, id: str = "", actor: Actor = PLANNER, **values: Any) -> Record:
    return create_record(store, kind, values, id=id or f"r{next(IDS)}", actor=actor, wording=WORDING, now=NOW)


def change(
    store: Store, one: Record, *, actor: Actor = PLANNER, revision: int | None = None, **values: Any
) -> Record:
    return change_record(
        store,
        one.number,
        values,
        revision=revision,
        actor=actor,
        wording=WORDING,
        now=NOW,
        new_id=lambda: f"e{next(IDS)}",
    )


def move(
    store: Store, one: Record, to: str, *, actor: Actor = PLANNER, note: str = "", id: str = ""
) -> Record:
    return move_record(
        store,
        one.number,
        to,
        note=note,
        revision=None,
        id=id or f"e{next(IDS)}",
        actor=actor,
        wording=WORDING,
        now=NOW,
    )


def listed(store: Store, **query: Any) -> list[str]:
    return [one.title for one in record_list(store, RecordQuery(**query), wording=WORDING, now=NOW).items]


def test_a_complaint_goes_from_its_machine_to_the_customers_acceptance(department: Store) -> None:
    one = make(department, "complaint", **COMPLAINT, gravity="serious")
    assert (one.number, one.values["customer"], one.values["site"]) == ("TS2026-0001", "C1", "S1")
    assert one.due == date(2026, 11, 26)  # three working days after Monday
    with pytest.raises(BadInput, match="root_cause") as refused:
        move(department, one, "answered")
    assert {fault.where for fault in refused.value.faults} == {"root_cause", "measures"}
    change(department, one, root_cause="轴承预紧不足", measures="更换轴承")
    move(department, one, "answered")
    with pytest.raises(BadInput, match="accepted"):
        move(department, one, "closed")
    with pytest.raises(BadInput, match="accepted_by"):
        change(department, one, accepted="yes")
    change(department, one, accepted="yes", accepted_by="孙经理", accepted_on="2026-11-24")
    with pytest.raises(NotAllowed, match="planner"):
        move(department, one, "closed", actor=ENGINEER)
    done = move(department, one, "closed")
    assert (done.state, done.is_open, done.closed_at) == ("closed", False, NOW)
    log = record_history(department, one.number, actor=PLANNER)
    assert [entry.action for entry in log] == ["move", "change", "move", "change", "create"]
    assert ("root_cause", "", "轴承预紧不足") in log[3].fields
    assert (log[0].from_state, log[0].to_state, log[0].who) == ("answered", "closed", "李工")


def test_a_record_sent_twice_is_made_once_and_another_under_its_id_is_refused(department: Store) -> None:
    first, again = (make(department, "complaint", id="same", **COMPLAINT) for _ in range(2))
    assert first == again
    with pytest.raises(Conflict, match="has the id same"):
        make(department, "complaint", id="same", **{**COMPLAINT, "said": "别的"})
    assert len(record_history(department, "same", actor=PLANNER)) == 1
    move(department, first, "investigating", id="step")
    assert move(department, first, "investigating", id="step").revision == 2
    with pytest.raises(Conflict, match="is 'investigating'"):
        move(department, first, "investigating", id="other")


def test_a_second_writer_loses_nothing_and_a_second_click_changes_nothing(department: Store) -> None:
    one = make(department, "complaint", **COMPLAINT)
    changed = change(department, one, revision=1, demand="退款")
    assert change(department, one, revision=1, demand="退款") == changed
    with pytest.raises(Conflict, match="revision 1 is now 2") as refused:
        change(department, one, revision=1, demand="换机")
    assert (refused.value.yours["demand"], refused.value.theirs["demand"]) == ("换机", "退款")
    assert record(department, one.number, actor=PLANNER, wording=WORDING, now=NOW).values["demand"] == "退款"


def test_money_is_seen_and_set_by_planners_only(department: Store) -> None:
    with pytest.raises(NotAllowed, match="compensation"):
        make(department, "complaint", actor=ENGINEER, **COMPLAINT, compensation=5)
    with pytest.raises(BadInput, match="compensation_reason"):
        make(department, "complaint", **COMPLAINT, compensation=5)
    one = make(department, "complaint", **COMPLAINT, compensation=5, compensation_reason="合同")
    mine = record(department, one.number, actor=ENGINEER, wording=WORDING, now=NOW)
    assert "compensation" not in mine.values
    assert "compensation" not in str(
        [entry.json() for entry in record_history(department, one.id, actor=ENGINEER)]
    )
    kept = change(department, one, actor=ENGINEER, demand="道歉")
    assert "compensation" not in kept.values
    assert record(department, one.number, actor=PLANNER, wording=WORDING, now=NOW).values["compensation"] == 5
    with pytest.raises(NotAllowed, match="targets needs the role planner"):
        make(department, "target", actor=ENGINEER, title="x")


def test_every_fault_of_a_record_is_told_at_once(department: Store) -> None:
    with pytest.raises(BadInput, match="nothing was made") as refused:
        make(
            department,
            "complaint",
            title=" ",
            category="wetter",
            customer="C2",
            equipment="立加-01",
            visit="V9",
            x=1,
        )
    assert {fault.where for fault in refused.value.faults} >= {
        "title",
        "category",
        "said",
        "equipment",
        "visit",
        "x",
    } - {"equipment"}
    with pytest.raises(BadInput, match="site") as other:
        make(department, "complaint", **COMPLAINT, customer="C2")
    assert [fault.where for fault in other.value.faults] == ["site"]
    with pytest.raises(BadInput, match="2 · 计划日") as cells:
        make(
            department,
            "project",
            title="x",
            milestones=[{"name": "a", "planned": "2026-12-01"}, {"name": "b", "planned": "?"}],
        )
    assert [fault.where for fault in cells.value.faults] == ["milestones"]


@pytest.mark.parametrize(
    ("hours", "whom"),
    [
        pytest.param(timedelta(hours=7, minutes=59), None, id="before the first level"),
        pytest.param(timedelta(hours=8), 8, id="at the first level"),
        pytest.param(timedelta(hours=23, minutes=59), 8, id="before the second"),
        pytest.param(timedelta(hours=24), 24, id="at the second"),
        pytest.param(timedelta(hours=40), 40, id="at the last"),
    ],
)
def test_a_complaint_rises_by_its_age_in_working_time(hours: timedelta, whom: int | None) -> None:
    from_ = datetime(2026, 11, 23, 8, 30, tzinfo=ZONE)
    later = after_working_time(from_, hours, SERVICE_HOURS)
    found = escalation_of(KINDS["complaint"], "received", from_, later)
    assert (found.hours if found else None) == whom
    assert escalation_of(KINDS["complaint"], "answered", from_, later) is None


def test_working_days_pass_over_weekends_and_the_spring_festival() -> None:
    assert working_day_after(date(2026, 11, 20), 1) == date(2026, 11, 23)
    assert working_day_after(date(2026, 2, 13), 2) > date(2026, 2, 23)
    assert working_day_after(date(2026, 2, 13), 0) == date(2026, 2, 13)


def test_lists_are_narrowed_by_kind_state_owner_day_text_and_machine(department: Store) -> None:
    make(department, "need", title="加宽导轨", need="x", customer="C2", owner="王工", due="2026-11-22")
    make(department, "need", title="远程诊断", need="x", due="2026-11-23", equipment="立加-01")
    make(department, "need", title="晚些", need="x", due="2026-11-30")
    dropped = make(department, "need", title="以前", need="x", due="2026-01-01")
    move(department, dropped, "dropped", note="不做")
    assert listed(department, due="overdue") == ["加宽导轨"]
    assert listed(department, due="week") == ["远程诊断"]
    assert listed(department, owner="王工") == listed(department, customer="C2") == ["加宽导轨"]
    assert listed(department, equipment="立加-01") == listed(department, text="立加 远程") == ["远程诊断"]
    assert listed(department, state="dropped") == ["以前"]
    assert listed(department, text="100%") == []
    assert len(listed(department, size=2)) == 2
    assert len(listed(department, size=2, page=2)) == 2
    with pytest.raises(NotFound, match="customer"):
        listed(department, customer="C9")
    with pytest.raises(BadQuery, match="state is"):
        listed(department, kind="need", state="closed")
    with pytest.raises(BadQuery, match="pages count from 1"):
        listed(department, page=0)


def test_a_day_that_followed_from_a_rule_follows_it_again_and_a_typed_one_stays(department: Store) -> None:
    one = make(department, "complaint", **COMPLAINT)
    assert one.due == date(2026, 11, 30)
    assert change(department, one, gravity="critical").due == date(2026, 11, 24)
    assert change(department, one, due="2026-12-01").due == date(2026, 12, 1)
    assert change(department, one, gravity="serious").due == date(2026, 12, 1)
    assert change(department, one, due="").due == date(2026, 11, 26)


def test_steps_of_8d_have_days_and_all_must_be_done_before_it_is_closed(department: Store) -> None:
    one = make(department, "quality", title="丝杠早期磨损", maker="制造部", problem="间隙超差")
    steps = one.values["steps"]
    assert [row["step"][:2] for row in steps] == [f"D{place}" for place in range(1, 9)]
    assert one.due == date(2026, 11, 24)  # the first step that is not done
    done = [{**row, "done_on": "2026-11-24"} for row in steps]
    assert change(department, one, steps=done[:2] + steps[2:]).due == date.fromisoformat(steps[2]["due"])
    with pytest.raises(BadInput, match="steps"):
        change(department, one, steps=done[:7])
    move(department, one, "sent")
    with pytest.raises(BadInput, match="3, 4, 5, 6, 7, 8"):
        move(department, one, "closed")
    change(department, one, steps=done)
    assert move(department, one, "closed").state == "closed"


def test_an_analysis_is_approved_with_advice_and_closed_when_every_department_has_it(
    department: Store,
) -> None:
    given = {"title": "主轴抱死", "happened_on": "2026-11-20", "summary": "润滑中断", "equipment": "立加-01"}
    with pytest.raises(BadInput, match="recovered"):
        make(department, "analysis", **given, loss=1000, recovered=1001)
    one = make(
        department, "analysis", **given, loss=1000, recovered=1000, cause="油泵接触器", lesson="点检加油压"
    )
    with pytest.raises(BadInput, match="course"):
        move(department, one, "review")
    change(department, one, course=[{"when": "11-20 09:10", "what": "停机报警"}])
    move(department, one, "review")
    with pytest.raises(NotAllowed, match="planner"):
        move(department, one, "approved", actor=ENGINEER)
    with pytest.raises(BadInput, match="advice"):
        move(department, one, "approved")
    change(department, one, advice=[{"who": "部长", "text": "全公司排查"}])
    move(department, one, "approved")
    told = [{"department": "装配部", "on": "2026-11-24"}, {"department": "质量部"}]
    change(department, one, shared_with=told)
    with pytest.raises(BadInput, match="shared_with: 第 2 行"):
        move(department, one, "shared")
    change(department, one, shared_with=[{**row, "on": "2026-11-24"} for row in told])
    assert move(department, one, "shared").state == "shared"


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_state_of_a_kind_is_reached_and_every_name_it_uses_is_there(kind: Any) -> None:
    codes = {one.code for one in kind.states}
    names = {one.name for one in kind.fields}
    reached = {kind.states[0].code}
    for _ in kind.states:
        reached |= {one.to for one in kind.moves if reached & set(one.origins)}
    assert reached == codes
    assert {code for one in kind.moves for code in one.origins} <= codes
    assert len(names) == len(kind.fields)
    for field in kind.own_fields:
        assert set(field.needed_in) <= codes
        assert field.needed_when is None or field.needed_when[0] in names
        if isinstance(field.kind, Rows):
            columns = {column.name for column in field.kind.columns}
            assert {*field.kind.fixed, *filter(None, (field.kind.due, field.kind.done))} <= columns
    assert len({one.prefix for one in KINDS.values()}) == len(KINDS)
