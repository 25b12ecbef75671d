"""A fault is reported once, judged from register and contracts, and becomes one work order. On SQLite and PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kb.errors import BadInput, BadQuery, Conflict, NotFound
from kb.store import Store
from kb.store import register as audit
from kb.usecases.fault_deciding import accept_report, set_aside
from kb.usecases.fault_judging import warranty_of
from kb.usecases.fault_log import ACCEPTED, DUPLICATE, NEW, REJECTED, UNCONFIRMED
from kb.usecases.fault_reports import (
    FaultReport,
    NewReport,
    fault_report,
    fault_reports,
    report_fault,
)
from kb.usecases.order_reading import work_order
from planner.faults import Cover, Ground, Priority
from planner.model import DateSpan, MachineState
from tests.kb.usecases.test_work_orders import NINE, department, vocabularies
from tests.postgresql import empty_store, server, store

__all__ = ["department", "empty_store", "server", "store", "vocabularies"]

HOUR = timedelta(hours=1)
SV = NewReport(channel="phone", tag="立加-01", alarm="SV0401", symptom="一上电就报警", contact="李师傅")


def reported(
    store: Store, new: NewReport = SV, *, id: str = "r1", hours: float = 0, who: str = "调度"
) -> FaultReport:
    return report_fault(store, new, id=id, now=NINE + hours * HOUR, who=who, warranty_months=12)


def accepted(store: Store, id: str = "r1", order_id: str = "o1", revision: int | None = None) -> str:
    return accept_report(
        store, id, order_id=order_id, revision=revision, now=NINE + HOUR, who="调度", warranty_months=12
    )


def test_a_report_knows_its_machine_and_what_follows(department: Store) -> None:
    report = reported(department)
    assert (report.number, report.state, report.title) == ("BZ2026-00001", NEW, "SV0401")
    assert report.names == {
        "site": "一厂",
        "site_code": "XC1",
        "customer": "苏州精密",
        "tag": "立加-01",
        "contract": "HT1",
    }
    judged = report.judgement
    assert judged is not None
    assert judged.priority is Priority.P2
    assert (judged.entitlement.cover, judged.entitlement.ground) == (Cover.PARTLY, Ground.CONTRACT_LABOUR)
    assert not judged.warranty_assumed
    assert [one.due for one in judged.deadlines] == [NINE + 5 * HOUR]
    assert judged.repeated == ()


def test_the_same_report_sent_eight_times_at_once_is_kept_once(department: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        numbers = {one.number for one in pool.map(lambda _: reported(department), range(8))}
    assert numbers == {"BZ2026-00001"}
    assert fault_reports(department)[1] == 1


def test_danger_goes_before_everything_and_a_young_machine_is_in_warranty(department: Store) -> None:
    with department.writing() as session:
        audit.change(session, "equipment", id="m1", revision=1, values={"commissioned": date(2025, 3, 3)})
    judged = reported(
        department, replace(SV, is_dangerous=True, machine_state=MachineState.RUNNING)
    ).judgement
    assert judged is not None
    assert judged.priority is Priority.P1
    assert (judged.entitlement.cover, judged.entitlement.ground) == (Cover.FREE, Ground.WARRANTY)
    assert judged.warranty_assumed


@pytest.mark.parametrize(
    ("commissioned", "months", "last"),
    [
        (date(2025, 3, 1), 12, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 27)),
        (date(2025, 12, 31), 2, date(2026, 2, 27)),
    ],
)
def test_a_warranty_runs_whole_months(commissioned: date, months: int, last: date) -> None:
    span = warranty_of(commissioned, months)
    assert isinstance(span, DateSpan)
    assert (span.start, span.last) == (commissioned, last)
    assert warranty_of(None, 12) is warranty_of(commissioned, 0) is None


def test_what_it_may_repeat_is_told_the_surest_first(department: Store) -> None:
    reported(department)
    accepted(department)
    reported(department, replace(SV, tag="", site_code="XC1", alarm="401报警", symptom=""), id="r2", hours=1)
    again = reported(department, id="r3", hours=2)
    assert again.judgement is not None
    assert [(one.number, one.reason) for one in again.judgement.repeated] == [
        ("GD2026-00001", "the same machine shows the same alarm"),
        ("BZ2026-00002", "the same site, the same alarm"),
    ]
    other_site = reported(department, replace(SV, tag="立加-02"), id="r4", hours=2)
    assert other_site.judgement is not None
    assert other_site.judgement.repeated == ()


def test_a_report_of_two_weeks_ago_is_not_repeated_and_a_younger_one_is(department: Store) -> None:
    reported(department)

    def repeated(days: float, id: str) -> int:
        judged = reported(department, id=id, hours=24 * days).judgement
        assert judged is not None
        return sum(one.number == "BZ2026-00001" for one in judged.repeated)

    assert repeated(14, "r2") == 1
    assert repeated(14.1, "r3") == 0


def test_accepting_opens_one_order_with_all_that_was_judged(department: Store) -> None:
    report = reported(department)
    assert accepted(department, revision=report.revision) == accepted(department, order_id="o9") == "o1"
    order = work_order(department, "o1", now=NINE + HOUR)
    assert order.values["opened_at"] == NINE
    assert (order.values["priority"], order.values["cover"]) == ("P2", "partly")
    assert order.body["symptom"] == "一上电就报警"
    assert order.values["report_id"] == "r1"
    assert fault_report(department, "BZ2026-00001", now=NINE, warranty_months=12).state == ACCEPTED


def test_an_open_form_is_unconfirmed_and_without_a_place_no_order_comes_of_it(department: Store) -> None:
    report = reported(department, NewReport(channel="form", symptom="数显乱跳"), who="")
    assert (report.state, report.judgement) == (UNCONFIRMED, None)
    with pytest.raises(BadInput, match="the site is not known"):
        accepted(department)


def test_a_report_is_set_aside_with_what_it_repeats_or_why(department: Store) -> None:
    reported(department)
    accepted(department)
    reported(department, id="r2")
    reported(department, id="r3")

    def aside(id: str, state: str, reason: str = "", other: str = "", revision: int | None = None) -> None:
        set_aside(
            department, id, state=state, reason=reason, other=other, revision=revision, now=NINE, who="调度"
        )

    aside("r2", DUPLICATE, other="GD2026-00001")
    assert fault_report(department, "r2", now=NINE, warranty_months=12).values["duplicate_of"] == "o1"
    with pytest.raises(BadInput, match="no other report or work order"):
        aside("r3", DUPLICATE, other="r3")
    with pytest.raises(BadInput, match="say why"):
        aside("r3", REJECTED)
    with pytest.raises(Conflict, match="revision 9 is now 1"):
        aside("r3", REJECTED, "打错", revision=9)
    aside("r3", REJECTED, "打错电话")
    with pytest.raises(BadInput, match="the report is rejected"):
        accepted(department, "r3", "o3")
    with pytest.raises(BadInput, match="is a work order already"):
        aside("r1", REJECTED, "不修了")
    assert [one.id for one in fault_reports(department, states=(DUPLICATE, REJECTED))[0]] == ["r2", "r3"]


def test_every_fault_of_a_report_is_told(department: Store) -> None:
    wrong = NewReport(
        channel="pigeon", tag="没有", site_code="没有", contact="长" * 81, since=NINE + timedelta(minutes=1)
    )
    with pytest.raises(BadInput, match="the fault was not reported") as refusal:
        reported(department, wrong)
    assert [fault.where for fault in refusal.value.faults] == [
        "channel",
        "symptom",
        "contact",
        "since",
        "tag",
        "site",
    ]
    with pytest.raises(BadInput, match="stands at another site"):
        reported(department, replace(SV, site_code="XC2"))
    with pytest.raises(NotFound, match="no fault report"):
        fault_report(department, "r1", now=NINE, warranty_months=12)
    with pytest.raises(BadQuery, match="states are unconfirmed"):
        fault_reports(department, states=("odd",))


def test_two_orders_of_a_report_are_never_opened(department: Store) -> None:
    reported(department)
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda n: accepted(department, order_id=f"o{n}"), range(4)))
    assert len(found) == 1


def test_the_instant_is_kept_whatever_zone_it_was_told_in(department: Store) -> None:
    utc = datetime(2026, 3, 2, 0, 30, tzinfo=ZoneInfo("UTC"))
    report = reported(department, replace(SV, since=utc))
    assert report.values["since"] == NINE - HOUR / 2
