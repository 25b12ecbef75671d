"""The desk of fault reports: log, deadlines, list, label, likely causes, handling plan. On SQLite and PostgreSQL."""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import docx
import pytest

from kb.content.vocabulary import Vocabularies
from kb.errors import BadInput, BadQuery, Conflict, NotFound, TooOften
from kb.search import SearchIndex, open_index
from kb.store import Store
from kb.store import register as audit
from kb.store.job_history import write_jobs
from kb.usecases.fault_deciding import accept_report, set_aside
from kb.usecases.fault_diagnosis import likely_causes
from kb.usecases.fault_dispatch import dispatch_report
from kb.usecases.fault_handling import handling_plan, work_time
from kb.usecases.fault_intake import Limits, label_of, own_machine, receipt_of, report_by_customer
from kb.usecases.fault_list import FaultPage, FaultQuery, fault_list
from kb.usecases.fault_log import ReportEvent, tell_report
from kb.usecases.fault_machines import about_machine, machines_found
from kb.usecases.fault_photos import report_photo
from kb.usecases.fault_plan_files import plan_file, plan_json
from kb.usecases.fault_reports import FaultReport, NewReport, fault_report
from kb.usecases.order_reading import work_order
from kb.usecases.work_orders import NewOrder, change_order, open_order, tell_event
from planner.faults import HandlingPlan, Point
from planner.model import EventKind
from tests.conftest import the_real_library
from tests.kb.photos import photo_with_place, place_in, size_of
from tests.kb.usecases.test_fault_reports import HOUR, SV, reported
from tests.kb.usecases.test_work_orders import NINE, department, vocabularies
from tests.postgresql import empty_store, server, store

__all__ = ["department", "empty_store", "server", "store", "vocabularies"]

PHOTO = photo_with_place()
LIMITS = Limits(per_machine=3, per_address=4, photo_bytes=len(PHOTO))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchIndex]:
    return open_index(tmp_path_factory.mktemp("faults"), the_real_library(), known=None)


def told(store: Store, kind: ReportEvent, hours: float, *, reason: str = "", id: str = "r1") -> FaultReport:
    at = NINE + hours * HOUR
    now = NINE + 100 * HOUR
    tell_report(store, id, id=f"e-{kind}-{hours}-{id}", kind=kind, at=at, reason=reason, who="调度", now=now)
    return fault_report(store, id, now=now, warranty_months=12)


def listed(store: Store, hours: float, **asked: object) -> FaultPage:
    return fault_list(store, FaultQuery(**asked), now=NINE + hours * HOUR)  # type: ignore[arg-type]


def test_a_pause_moves_the_deadline_and_goes_along_into_the_order(department: Store) -> None:
    reported(department)
    told(department, ReportEvent.PAUSED, 1, reason="等客户停机")
    paused = told(department, ReportEvent.RESUMED, 3)
    assert paused.judgement is not None
    # four hours of work from 9:00 on without the break, one of them used, two paused
    assert [(one.point, one.due) for one in paused.judgement.deadlines] == [(Point.ARRIVAL, NINE + 7 * HOUR)]
    accept_report(
        department, "r1", order_id="o1", revision=None, now=NINE + 4 * HOUR, who="调度", warranty_months=12
    )
    order = work_order(department, "o1", now=NINE + 4 * HOUR)
    assert order.deadlines[0].due == NINE + 7 * HOUR
    arrived = told(department, ReportEvent.ARRIVED, 6)
    assert [line.kind for line in arrived.story] == ["reported", "paused", "resumed", "arrived"]
    assert arrived.judgement is not None
    assert arrived.judgement.deadlines[0].is_kept


def test_an_answer_counts_once_and_the_same_event_changes_nothing(department: Store) -> None:
    reported(department)
    told(department, ReportEvent.CALLED_BACK, 1)
    twice = told(department, ReportEvent.ACKNOWLEDGED, 2)
    again = told(department, ReportEvent.ACKNOWLEDGED, 2)
    assert (twice.state, again.revision) == ("acknowledged", twice.revision)
    with pytest.raises(Conflict, match="another event has the id"):
        tell_report(
            department,
            "r1",
            id="e-acknowledged-2-r1",
            kind=ReportEvent.ACKNOWLEDGED,
            at=NINE,
            who="x",
            now=NINE,
        )
    with pytest.raises(BadInput, match="has no reason"):
        told(department, ReportEvent.CANCELLED, 3)
    with pytest.raises(BadInput, match="lies before the report"):
        told(department, ReportEvent.ARRIVED, -1)


def test_what_was_set_aside_can_be_opened_again(department: Store) -> None:
    reported(department)
    now = NINE + HOUR
    set_aside(department, "r1", state="rejected", reason="打错", revision=None, now=now, who="调度")
    opened = told(department, ReportEvent.REOPENED, 2, reason="没有打错")
    assert opened.state == "acknowledged"


def test_the_list_tells_what_is_over_its_time_and_what_is_soon(department: Store) -> None:
    reported(department)
    reported(department, replace(SV, tag="立加-02"), id="r2", hours=1)
    due = NINE + 5 * HOUR  # an hour of the four is the break
    first = listed(department, 1.99).items[0]
    assert (first.number, first.next_due, first.standing) == ("BZ2026-00001", due, "open")
    assert listed(department, 2).items[0].standing == "soon"
    assert listed(department, 5).items[0].standing == "soon"
    late = listed(department, 5.01, due="overdue")
    assert ([one.id for one in late.items], late.overdue, late.soon) == (["r1"], 1, 0)
    assert [one.id for one in listed(department, 2, sort="reported").items] == ["r2", "r1"]
    assert [one.id for one in listed(department, 2, customer="KH1", text="立加-02").items] == ["r2"]
    assert listed(department, 2, technician="GCS1").total == 0
    told(department, ReportEvent.RESOLVED, 3)
    assert {one.id: one.state for one in listed(department, 6).items}["r1"] == "resolved"
    told(department, ReportEvent.CLOSED, 4)
    assert [one.id for one in listed(department, 6, group="ended", sort="reported").items] == ["r1"]
    with pytest.raises(BadQuery, match="priority is 'P9'"):
        listed(department, 1, priority="P9")
    with pytest.raises(BadQuery, match="open reports only"):
        listed(department, 1, group="all")


def test_a_machine_is_found_by_parts_of_what_people_call_it(department: Store) -> None:
    assert [one.tag for one in machines_found(department, "精密 立加")] == ["立加-01", "立加-02"]
    assert [one.tag for one in machines_found(department, "XC2")] == ["立加-02"]
    assert machines_found(department, "100%") == machines_found(department, " ") == ()
    reported(department)
    about = about_machine(department, "立加-01", now=NINE, warranty_months=12)
    assert [one.number for one in about.open] == ["BZ2026-00001"]
    assert about.contract_code == "HT1"


def sent(
    store: Store,
    token: str,
    id: str,
    *,
    address: str = "10.0.0.1",
    trap: str = "",
    hours: float = 0,
    photos: list[bytes] | None = None,
) -> str:
    return report_by_customer(
        store,
        token,
        NewReport(channel="form", symptom="主轴异响", phone="138"),
        id=id,
        trap=trap,
        address=address,
        limits=LIMITS,
        photos=[PHOTO] if photos is None else photos,
        now=NINE + hours * HOUR,
    )


def test_a_label_takes_reports_of_its_machine_once_each_and_not_too_many(department: Store) -> None:
    label = label_of(department, "立加-01", token=lambda: "t" * 43, who="x", now=NINE)
    assert label_of(department, "立加-01", token=lambda: "u" * 43, who="x", now=NINE) == label
    ids = [f"{number}".rjust(22, "a") for number in range(6)]
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: sent(department, label.token, ids[0]), range(4))) == {ids[0]}
    assert listed(department, 0).total == 1
    receipt = receipt_of(department, label.token, ids[0])
    assert (receipt.number, receipt.state) == ("BZ2026-00001", "unconfirmed")
    with pytest.raises(NotFound, match="no fault report"):
        receipt_of(department, label.token, "BZ2026-00001")
    with pytest.raises(BadInput, match="leave this field empty"):
        sent(department, label.token, ids[5], trap="http://buy")
    sent(department, label.token, ids[1])
    sent(department, label.token, ids[2])
    with pytest.raises(TooOften, match="this machine"):
        sent(department, label.token, ids[3], address="10.0.0.2")
    sent(department, label.token, ids[3], hours=1.01)
    assert own_machine(department, label.token).open[0][0] == "BZ2026-00004"


def test_a_photo_is_kept_without_the_place_where_it_was_taken(department: Store) -> None:
    assert place_in(PHOTO)
    label = label_of(department, "立加-01", token=lambda: "t" * 43, who="x", now=NINE)
    id = sent(department, label.token, "a" * 22)
    photo, content = report_photo(department, id, 1)
    assert (place_in(content), size_of(content)) == ({}, (8, 16))
    assert (photo.media_type, photo.size_bytes) == ("image/jpeg", len(content))
    assert b"SamplePhone" not in content
    assert b"behind the end" not in content


def test_what_only_begins_like_a_photo_is_refused_and_nothing_is_kept(department: Store) -> None:
    label = label_of(department, "立加-01", token=lambda: "t" * 43, who="x", now=NINE)
    with pytest.raises(BadInput, match=r"photos\[2\]: is no picture that can be read"):
        sent(department, label.token, "a" * 22, photos=[PHOTO, b"\xff\xd8\xff\xe0 a picture"])
    with pytest.raises(BadInput, match=r"photos\[1\]: has [\d,]+ bytes"):
        sent(department, label.token, "a" * 22, photos=[PHOTO + b"x"])
    assert listed(department, 0).total == 0


def test_an_address_is_slowed_down_over_all_labels(department: Store) -> None:
    tokens = ["t" * 43, "u" * 43]
    for tag, token in zip(("立加-01", "立加-02"), tokens, strict=True):
        label_of(department, tag, token=lambda token=token: token, who="x", now=NINE)  # type: ignore[misc]
    for number in range(4):
        sent(department, tokens[number % 2], f"{number}".rjust(22, "b"))
    with pytest.raises(TooOften, match="this network"):
        sent(department, tokens[1], "9".rjust(22, "b"))


def test_a_renewed_label_and_that_of_a_removed_machine_lead_nowhere(department: Store) -> None:
    old = label_of(department, "立加-01", token=lambda: "t" * 43, who="x", now=NINE)
    new = label_of(department, "立加-01", token=lambda: "u" * 43, who="x", now=NINE, renew=True)
    with pytest.raises(NotFound, match="no report form"):
        own_machine(department, old.token)
    with department.writing() as session:
        audit.change(session, "equipment", id="m1", revision=1, values={"retired": True})
    with pytest.raises(NotFound, match="no report form"):
        sent(department, new.token, "1".rjust(22, "a"))
    with pytest.raises(Conflict, match="taken out of the register"):
        label_of(department, "立加-01", token=lambda: "v" * 43, who="x", now=NINE)


def history(store: Store, vocabularies: Vocabularies) -> None:
    """Nine closed jobs of the same alarm: seven contactors, a cable, a power supply; and one of another alarm."""
    items = ["contactor"] * 7 + ["cable", "power_supply", "motor"]
    for number, item in enumerate(items):
        at = NINE - timedelta(days=10 + number)
        alarm = "SV0401" if item != "motor" else "SV0436"
        new = NewOrder(
            kind="repair",
            title=f"{alarm} 轴不动",
            site_id="s1",
            equipment_id="m1",
            alarm=alarm,
            reported_at=at,
        )
        id = f"old{number}"
        open_order(store, new, id=id, now=at, who="x")
        subsystem = {"cable": "MEA", "motor": "AXS"}.get(item, "ELE")
        codes = {"subsystem": subsystem, "item": item, "cause": "O4", "mechanism": "4.3", "remedy": "1"}
        change_order(store, id, codes, revision=None, vocabularies=vocabularies, who="x", now=at)
        for kind in (EventKind.RESOLVED, EventKind.CLOSED):
            tell_event(store, id, id=f"{id}-{kind}", kind=kind, at=at + HOUR, who="x", now=at + 2 * HOUR)


def plan_for(store: Store, index: SearchIndex, id: str = "r1", language: str = "zh_CN") -> HandlingPlan:
    report = fault_report(store, id, now=NINE + HOUR, warranty_months=12)
    return handling_plan(
        store,
        the_real_library(),
        index,
        report,
        language=language,
        now=NINE + HOUR,  # type: ignore[arg-type]
    )


def test_causes_are_counted_from_closed_jobs_and_each_names_its_sources(
    department: Store, vocabularies: Vocabularies, index: SearchIndex
) -> None:
    history(department, vocabularies)
    reported(department, replace(SV, alarm="401 报警"))
    report = fault_report(department, "r1", now=NINE, warranty_months=12)
    likely = likely_causes(department, the_real_library(), index, report, now=NINE)
    assert likely.diagnosis.similar_jobs == 9
    assert likely.diagnosis.counts[0] == ("ELE.contactor", 7)
    assert "AXS.motor" not in dict(likely.diagnosis.counts)
    plan = plan_for(department, index)
    assert "接触器" in plan.checks[0].cause
    assert {"CASE-AXS-01"} <= set(plan.checks[0].pages)
    assert len(plan.checks[0].jobs) == 7
    every = [*plan.questions, *plan.remedies, *plan.isolation, *plan.fallback, *plan.acceptance]
    assert every
    assert all(one.sources for one in every)
    assert plan.hazards[0].signal == "danger"
    assert all(part.stock is None for part in plan.parts)
    assert "库存未登记。" in plan.missing


def test_the_work_on_site_is_the_median_of_what_alike_jobs_took(
    department: Store, vocabularies: Vocabularies, index: SearchIndex
) -> None:
    history(department, vocabularies)
    with department.writing() as session:
        for number, minutes in enumerate((60, 100, 500)):
            time = {"work_order_id": f"old{number}", "technician_id": None, "started_at": NINE}
            times = [
                time | {"id": f"t{number}{kind}", "kind": kind, "minutes": spent}
                for kind, spent in (("work", minutes), ("travel", 900))
            ]
            write_jobs(session, [], [], [], times)
    reported(department, replace(SV, alarm="401 报警"))
    report = fault_report(department, "r1", now=NINE, warranty_months=12)
    likely = likely_causes(department, the_real_library(), index, report, now=NINE)
    assert work_time(likely) == timedelta(minutes=100)


def test_an_alarm_without_a_case_is_checked_by_the_lines_of_its_own_page(
    department: Store, index: SearchIndex
) -> None:
    page = the_real_library().pages["ALM-FANUC-SP9033"]
    reported(department, replace(SV, alarm="SP9033", symptom=""))
    plan = plan_for(department, index, language="en")
    told = [step for step in plan.checks if step.pages == (page.id,)]
    assert [step.check for step in told] == list(page.remedy)  # type: ignore[union-attr]
    assert told[0].number == 1
    assert [step.number for step in plan.checks] == list(range(1, len(plan.checks) + 1))
    assert plan.checks[-1].if_not == "Not this: go on to the escalation."
    assert not any(text.startswith("No page knows the code") for text in plan.missing)


def test_an_alarm_that_nobody_knows_is_called_unknown(department: Store, index: SearchIndex) -> None:
    reported(department, replace(SV, alarm="SV8765", symptom="没见过"))
    plan = plan_for(department, index, language="en")
    assert not plan.likely.sources or plan.missing
    assert any("No own closed job is similar" in text for text in plan.missing)
    assert any(
        text.startswith(("No page knows the code", "Nothing is known of this alarm")) for text in plan.missing
    )


def test_a_report_without_a_machine_still_has_a_plan_that_says_what_it_lacks(
    department: Store, index: SearchIndex
) -> None:
    reported(department, NewReport(channel="phone", symptom="有时候自己停下来，" * 33))
    plan = plan_for(department, index)
    assert "设备未确定，没有比对型号和系统。" in plan.missing
    assert plan.offers == ()
    assert plan.nobody == "现场未确定"


@pytest.mark.parametrize("ending", ["docx", "pdf"])
def test_the_plan_is_a_file_with_hazards_before_checks(
    department: Store, index: SearchIndex, ending: str
) -> None:
    reported(department)
    content, _, name = plan_file(
        plan_for(department, index),
        ending,
        language="zh_CN",
        created=NINE,  # type: ignore[arg-type]
    )
    assert name == f"故障处理方案_BZ2026-00001.{ending}"
    if ending == "pdf":
        assert content.startswith(b"%PDF")
        return
    texts = [one.text for one in docx.Document(io.BytesIO(content)).paragraphs]
    assert texts.index("一、危险与隔离") < texts.index("三、可能原因与检查顺序")
    assert plan_json(plan_for(department, index))["report"] == "BZ2026-00001"


def test_without_an_inspection_plan_the_order_is_opened_all_the_same(
    department: Store, index: SearchIndex
) -> None:
    reported(department)
    offers = plan_for(department, index).offers
    assert offers[0].technician == "王工"
    assert offers[0].keeps_arrival is True

    def dispatched(technician: str = "GCS1", day: date = offers[0].day) -> object:
        return dispatch_report(
            department, "r1", technician=technician, day=day, duration=2 * HOUR, order_id="o1",
            proposal_id="p1", now=NINE + HOUR, who="调度", warranty_months=12,
        )  # fmt: skip

    with pytest.raises(BadInput, match="no technician in use"):
        dispatched("niemand")
    with pytest.raises(BadInput, match="is over"):
        dispatched(day=date(2026, 3, 1))
    dispatched()
    dispatched()
    order = work_order(department, "o1", now=NINE + HOUR)
    assert (order.values["technician_id"], order.values["planned_day"]) == ("t1", offers[0].day)
    assert order.standing.state == "assigned"
