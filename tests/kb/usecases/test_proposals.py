"""A proposal is worked out from records, adjusted, approved, sent, accepted, and then a contract. On SQLite and PostgreSQL."""

import io
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import docx
import pytest

from kb.content import Library
from kb.errors import BadInput, BadQuery, Conflict, NotFound
from kb.store import Store, planning_input
from kb.store import register as audit
from kb.store import work_orders as rows
from kb.usecases.price_book import price_book, read_parts, write_price_book, written_parts
from kb.usecases.proposal_acceptance import accept_proposal
from kb.usecases.proposal_facts import visits_of_year
from kb.usecases.proposal_files import letterhead_to_begin_with, proposal_docx, proposal_pdf
from kb.usecases.proposal_reading import Proposal, ProposalState
from kb.usecases.proposal_words import assumptions, words_of
from kb.usecases.proposals import adjust, move_proposal, proposal, proposal_list, propose
from kb.usecases.register_kinds import Wording, wording_of
from planner.model import ContractLevel, Level
from tests.conftest import the_real_library
from tests.postgresql import empty_store, server, store

__all__ = ["empty_store", "server", "store"]

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=SHANGHAI)
PRICES = {
    "labour_hour": 200,
    "travel_hour": 100,
    "kilometre": 2,
    "risk_percent": 20,
    "repair_hours": 5,
    "repair_parts": 1000,
    "parts": [{"name": "滤芯", "equipment_class": "VMC", "every_months": 6, "price": 50, "source": "T301"}],
    "terms": {"labour": {"response_hours": 2, "arrival_hours": 16, "exclusions": ["零件"]}},
}
WISHES = {"visits_per_year": 4, "start": "2027-01-01"}


@pytest.fixture(scope="module")
def library() -> Library:
    return the_real_library()


@pytest.fixture
def wording(library: Library) -> Wording:
    return wording_of("zh_CN", "Asia/Shanghai", library.vocabularies)


@pytest.fixture
def department(store: Store) -> Store:
    """A site with two machines and a contract, four closed repairs of a year, a technician 30 km away, prices."""
    with store.writing() as session:
        audit.add(session, "customers", [{"id": "c1", "code": "KH1", "name": "苏州精密"}])
        place = {
            "customer_id": "c1",
            "city": "苏州",
            "latitude_deg": 31.3,
            "longitude_deg": 120.6,
            "contact": "孙工",
        }
        audit.add(
            session,
            "sites",
            [
                {"id": "s1", "code": "XC1", "name": "一厂", **place},
                {"id": "s2", "code": "XC2", "name": "空厂", "customer_id": "c1"},
            ],
        )
        machine = {"site_id": "s1", "equipment_class": "VMC", "commissioned": date(2020, 1, 1)}
        audit.add(
            session,
            "equipment",
            [{"id": "m1", "tag": "立加-01", **machine}, {"id": "m2", "tag": "立加-02", **machine}],
        )
        audit.add(
            session,
            "technicians",
            [{"id": "t1", "code": "GCS1", "name": "王工", "latitude_deg": 31.3, "longitude_deg": 120.8}],
        )
        contract = {"site_id": "s1", "level": "labour", "visits_per_year": 4}
        spans = {"valid_from": date(2026, 1, 1), "valid_until": date(2027, 1, 1)}
        audit.add(session, "contracts", [{"id": "k1", "code": "HT1", **contract, **spans}])
    write_price_book(store, PRICES, id="p1", seen=None, who="李工", now=NOW)
    for number, day in enumerate((date(2025, 11, 24), date(2026, 2, 1), date(2026, 5, 1), date(2026, 8, 1))):
        repaired(store, number, day)
    return store


def repaired(store: Store, number: int, day: date) -> None:
    at = datetime(day.year, day.month, day.day, 8, tzinfo=SHANGHAI)
    order = {"kind": "repair", "title": "主轴异响", "site_id": "s1", "equipment_id": "m1", "state": "closed"}
    with store.writing() as session:
        session.add(
            rows.WorkOrderRow(
                id=f"o{number}",
                number=f"GD{number}",
                opened_at=at,
                closed_at=at + timedelta(hours=9),
                subsystem="SPI",
                machine_state="stopped",
                **order,
            )
        )
        session.flush()
        for position, (kind, hours) in enumerate((("reported", 0), ("resolved", 8), ("closed", 9))):
            session.add(
                rows.WorkOrderEventRow(
                    id=f"o{number}-{position}",
                    work_order_id=f"o{number}",
                    position=position,
                    kind=kind,
                    at=at + timedelta(hours=hours),
                    who="王工",
                    told_at=at,
                )
            )
        session.add(
            rows.WorkOrderTimeRow(
                id=f"t{number}", work_order_id=f"o{number}", kind="work", started_at=at, minutes=180
            )
        )


def proposed(
    store: Store, library: Library, wishes: Mapping[str, Any] = WISHES, *, site: str = "s1", id: str = "w1"
) -> Proposal:
    return propose(store, library, site, wishes, id=id, language="zh_CN", who="李工", now=NOW)


def sent(store: Store, library: Library) -> Proposal:
    made = proposed(store, library)
    for state in (ProposalState.APPROVED, ProposalState.SENT):
        made = move_proposal(store, made.number, state, revision=made.revision, who="李工", now=NOW)
    return made


def test_every_figure_follows_from_records_and_prices(department: Store, library: Library) -> None:
    made = proposed(department, library)
    assert (made.number, made.state, made.missing) == ("WB2026-0001", ProposalState.DRAFT, ())
    # four repairs of two machines in a year; the fleet is the same machines: (2 + 4) / (1 + 2) a machine-year, twice
    assert made.facts["own"] == {"machines": 2, "failures": 4, "machine_years": pytest.approx(2.0, abs=0.01)}
    assert made.failures.mean == pytest.approx(4.0, abs=0.02)
    assert made.facts["repair_hours"] == {"mean": 3.0, "count": 4, "of": "fleet"}
    assert made.facts["downtime_hours"]["mean"] == 8.0
    assert [one["number"] for one in made.facts["evidence"]] == ["GD0", "GD1", "GD2", "GD3"]
    lines = {one.item: one for one in made.options[2].lines}
    minutes = sum(one["times"] * one["minutes"] for one in made.facts["works"])
    assert lines["inspection_labour"].quantity == (Decimal(minutes) / 60).quantize(Decimal("0.01"))
    assert lines["repair_labour"].quantity == pytest.approx(Decimal(12), abs=Decimal("0.05"))
    trip = made.facts["trip"]
    assert (trip["technician"], trip["measured"]) == ("王工", True)
    assert lines["inspection_kilometres"].quantity == 4 * trip["kilometres"]
    assert lines["maintenance_parts"].amount == 4 * 50
    assert made.facts["contract"]["use"] == [
        {
            "first": "2026-01-01",
            "last": "2026-12-31",
            "sold": 4,
            "done": 0,
            "repairs": 3,
            "hours": 9.0,
            "hours_known": 3,
        }
    ]
    days = [date.fromisoformat(one["day"]) for one in made.facts["calendar"]]
    assert [one["level"] for one in made.facts["calendar"]] == [
        "quarterly",
        "half_yearly",
        "quarterly",
        "yearly",
    ]
    assert all(day.weekday() < 5 for day in days)
    assert proposed(department, library).number == made.number  # the same id again makes nothing new
    assert proposal_list(department).total == 1


def test_what_was_worked_out_stays_until_somebody_gathers_the_facts_again(
    department: Store, library: Library
) -> None:
    made = proposed(department, library)
    repaired(department, 9, date(2026, 9, 1))
    write_price_book(department, {**PRICES, "labour_hour": 400}, id="p2", seen=1, who="李工", now=NOW)
    again = proposal(department, made.number)
    assert (again.options, again.book.number) == (made.options, 1)
    fresh = adjust(
        department, library, made.number, {}, revision=made.revision, refresh=True, who="李工", now=NOW
    )
    assert (fresh.book.number, fresh.facts["own"]["failures"], fresh.revision) == (2, 5, 2)
    with pytest.raises(Conflict, match="revision 1 is now 2"):
        adjust(department, library, made.number, {"note": "x"}, revision=1, who="张工", now=NOW)


def test_a_person_adjusts_what_only_a_person_knows(department: Store, library: Library) -> None:
    made = proposed(department, library)
    wishes = {
        "visits_per_year": 2,
        "desired": "all_in",
        "failures_per_year": "3",
        "trip_minutes": 100,
        "trip_kilometres": 80,
        "adjustments": [{"level": "all_in", "amount": "-500", "reason": "老客户"}],
    }
    changed = adjust(department, library, made.id, wishes, revision=None, who="李工", now=NOW)
    assert (changed.failures.mean, changed.failures.low, changed.failures.high) == (3.0, 1, 6)
    assert [one["level"] for one in changed.facts["calendar"]] == ["half_yearly", "yearly"]
    assert (changed.options[2].adjustment, changed.options[2].reason) == (-500, "老客户")
    words = words_of(changed, library.vocabularies, "zh_CN")
    told = "\n".join(assumptions(changed, words))
    assert "人工填写" in told
    assert "未计算停机损失" in told
    with pytest.raises(BadInput, match="not kept") as caught:
        adjust(
            department,
            library,
            made.id,
            {
                "visits_per_year": -1,
                "start": "soon",
                "adjustments": [{"level": "gold", "amount": 1, "reason": ""}],
            },
            revision=None,
            who="李工",
            now=NOW,
        )
    assert [fault.where for fault in caught.value.faults] == [
        "visits_per_year",
        "start",
        "adjustments.0.level",
        "adjustments.0.reason",
    ]
    with pytest.raises(BadInput, match="nothing was changed"):
        adjust(
            department,
            library,
            made.id,
            {},
            revision=None,
            valid_until=date(2026, 11, 22),
            who="李工",
            now=NOW,
        )


def test_a_proposal_with_gaps_is_a_draft_until_somebody_fills_them(
    department: Store, library: Library
) -> None:
    made = proposed(department, library, site="s2")
    assert len(made.missing) == 3  # no machine, no way, no record
    with pytest.raises(BadInput, match="cannot be approved yet") as caught:
        move_proposal(department, made.number, ProposalState.APPROVED, revision=1, who="李工", now=NOW)
    assert len(caught.value.faults) == 3
    with pytest.raises(NotFound, match="site"):
        proposed(department, library, site="s9", id="w9")


def test_an_accepted_proposal_becomes_a_contract_and_plans_once(
    department: Store, library: Library, wording: Wording
) -> None:
    made = sent(department, library)
    with pytest.raises(Conflict, match="take it back to draft"):
        adjust(department, library, made.number, {"note": "x"}, revision=None, who="李工", now=NOW)
    with pytest.raises(Conflict, match="cannot become approved"):
        move_proposal(department, made.number, ProposalState.APPROVED, revision=None, who="李工", now=NOW)

    def accept(level: ContractLevel) -> Proposal:
        return accept_proposal(
            department, made.number, level, revision=None, wording=wording, who="李工", now=NOW
        )

    done = accept(ContractLevel.LABOUR)
    assert done.state is ProposalState.ACCEPTED
    assert accept(ContractLevel.LABOUR).revision == done.revision
    with pytest.raises(Conflict, match="accepted as labour"):
        accept(ContractLevel.ALL_IN)
    with department.reading() as session:
        register = planning_input(session)
    contract = next(one for one in register.contracts if one.id == done.contract_id)
    assert (contract.validity.start, contract.validity.last) == (date(2027, 1, 1), date(2027, 12, 31))
    assert (contract.visits_per_year, contract.response_times.response) == (4, timedelta(hours=2))
    plans = sorted((one.equipment_id, one.level, one.interval.count) for one in register.plans.values())
    assert plans == sorted(
        (machine, level, months)
        for machine in ("m1", "m2")
        for level, months in ((Level.QUARTERLY, 3), (Level.HALF_YEARLY, 6), (Level.YEARLY, 12))
    )


def test_a_proposal_that_has_run_out_is_not_accepted(
    department: Store, library: Library, wording: Wording
) -> None:
    made = sent(department, library)
    late = NOW + timedelta(days=61)
    with pytest.raises(BadInput, match="has run out"):
        accept_proposal(
            department,
            made.number,
            ContractLevel.LABOUR,
            revision=None,
            wording=wording,
            who="李工",
            now=late,
        )
    last = NOW + timedelta(days=60)
    done = accept_proposal(
        department, made.number, ContractLevel.LABOUR, revision=None, wording=wording, who="李工", now=last
    )
    assert done.state is ProposalState.ACCEPTED


def test_the_documents_say_what_the_page_says(
    department: Store, library: Library, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made = proposed(department, library)
    template = tmp_path_factory.mktemp("letter") / "letter.docx"
    template.write_bytes(letterhead_to_begin_with("zh_CN"))
    content = proposal_docx(made, library.vocabularies, "zh_CN", template=template)
    assert content == proposal_docx(made, library.vocabularies, "zh_CN", template=template)
    file = docx.Document(io.BytesIO(content))
    text = "\n".join(one.text for one in file.paragraphs)
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    assert "客户：苏州精密" in text
    assert "body" not in text
    assert file.sections[0].header.paragraphs[0].text == "售后服务部"
    words = words_of(made, library.vocabularies, "zh_CN")
    for option in made.options:
        assert words.money(option.price) in cells
    assert "GD3" in cells
    plain = proposal_docx(made, library.vocabularies, "en")
    assert "Maintenance proposal" in [one.text for one in docx.Document(io.BytesIO(plain)).paragraphs]
    pdf = proposal_pdf(made, library.vocabularies, "zh_CN")
    assert pdf[:5] == b"%PDF-"
    assert pdf == proposal_pdf(made, library.vocabularies, "zh_CN")
    strange = docx.Document()
    strange.add_paragraph("{{ customer }} {{ bank }} {{ body }}")
    strange.save(str(template))
    with pytest.raises(BadInput, match="letterhead cannot be filled") as caught:
        proposal_docx(made, library.vocabularies, "zh_CN", template=template)
    assert [fault.where for fault in caught.value.faults] == ["bank"]
    template.write_bytes(b"PK\x03\x04 no zip")
    with pytest.raises(BadInput, match="letterhead cannot be used"):
        proposal_docx(made, library.vocabularies, "zh_CN", template=template)
    with pytest.raises(BadInput, match="letterhead cannot be used"):
        proposal_docx(made, library.vocabularies, "zh_CN", template=template.parent / "none.docx")


def test_a_price_book_is_kept_in_versions_and_told_of_every_fault(store: Store, library: Library) -> None:
    assert price_book(store) is None
    first = write_price_book(store, PRICES, id="p1", seen=0, who="李工", now=NOW)
    assert write_price_book(store, PRICES, id="p2", seen=1, who="李工", now=NOW).number == first.number == 1
    with pytest.raises(Conflict, match="version 0 is now 1"):
        write_price_book(store, {**PRICES, "labour_hour": 1}, id="p3", seen=0, who="李工", now=NOW)
    bad = {
        **PRICES,
        "labour_hour": -1,
        "kilometre": "x",
        "gold": 1,
        "parts": [{"name": "", "every_months": 0}],
    }
    with pytest.raises(BadInput, match="not kept") as caught:
        write_price_book(store, bad, id="p4", seen=1, who="李工", now=NOW)
    assert {fault.where for fault in caught.value.faults} == {
        "labour_hour",
        "kilometre",
        "gold",
        "parts.0.name",
        "parts.0.every_months",
        "parts.0.price",
    }
    assert read_parts(written_parts(first.body).splitlines())[0]["every_months"] == "6"
    with pytest.raises(BadInput, match="parts cannot be read"):
        read_parts(["滤芯；6"])
    with store.writing() as session:
        session.connection().exec_driver_sql("DELETE FROM price_books")
    with pytest.raises(BadInput, match="nothing can be proposed"):
        propose(store, library, "s1", WISHES, id="w1", language="zh_CN", who="李工", now=NOW)
    with pytest.raises(BadQuery, match="states are draft"):
        proposal_list(store, state="gold")


@pytest.mark.parametrize(
    ("number", "levels"),
    [
        (0, ""),
        (1, "Y"),
        (2, "HY"),
        (3, "QQY"),
        (4, "QHQY"),
        (5, "MMMMY"),
        (6, "MMHMMY"),
        (12, "MMQMMHMMQMMY"),
    ],
)
def test_visits_of_a_year_hold_the_larger_inspections_where_their_months_fall(
    number: int, levels: str
) -> None:
    letters = {"M": Level.MONTHLY, "Q": Level.QUARTERLY, "H": Level.HALF_YEARLY, "Y": Level.YEARLY}
    assert visits_of_year(number) == tuple(letters[one] for one in levels)
