"""A list of old jobs is read with its own words, all of it or nothing, and twice is once. On SQLite and PostgreSQL."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook

from kb.content.vocabulary import Vocabularies, load_vocabularies
from kb.errors import BadImport, BadQuery
from kb.store import Store
from kb.store import register as audit
from kb.usecases.job_history import Choices
from kb.usecases.job_history_import import HistoryReport, import_history
from kb.usecases.job_history_words import date_order, kind_of, proposed_columns, read_date
from kb.usecases.order_reading import OrderQuery, work_orders
from kb.usecases.reliability import ReliabilityQuery, jobs_of, reliability, reliability_json
from kb.usecases.reliability_parts import part_lives, survivors
from planner.model import OrderState
from tests.conftest import ROOT
from tests.postgresql import empty_store, server, store

__all__ = ["empty_store", "server", "store"]

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
HEAD = "日期,设备,内容,类型,系统,零件,处理,费用,工时小时,修复时间\n"


@pytest.fixture(scope="module")
def vocabularies() -> Vocabularies:
    return load_vocabularies(ROOT / "content" / "vocabularies")


@pytest.fixture
def department(store: Store) -> Store:
    with store.writing() as session:
        audit.add(session, "customers", [{"id": "c1", "code": "KH1", "name": "苏州精密"}])
        audit.add(session, "sites", [{"id": "s1", "code": "XC1", "name": "一厂", "customer_id": "c1"}])
        machines = [
            {
                "id": f"m{n}",
                "tag": f"立加-0{n}",
                "site_id": "s1",
                "equipment_class": "VMC",
                "serial": f"SN{n % 3}",
            }
            for n in range(1, 5)
        ]
        audit.add(session, "equipment", machines)
    return store


def bring(
    store: Store,
    vocabularies: Vocabularies,
    tmp_path: Path,
    text: str,
    *,
    dry_run: bool = False,
    choices: Choices | None = None,
) -> HistoryReport:
    file = tmp_path / "旧记录.csv"
    file.write_text(text, encoding="utf-8")
    return import_history(
        store,
        file,
        choices or Choices(),
        vocabularies=vocabularies,
        zone=SHANGHAI,
        who="李工",
        now=NOW,
        dry_run=dry_run,
    )


def test_a_list_is_looked_at_first_then_brought_in_and_twice_is_once(
    department: Store, vocabularies: Vocabularies, tmp_path: Path
) -> None:
    text = (
        HEAD
        + "2025-01-05,立加-01,主轴不转,故障,主轴,接触器,更换接触器,320,2,2025-01-06\n"
        + "2025-02-01,立加-02,季度保养,保养,,,,,,\n"
        + "2025-02-01,立加-02,季度保养,保养,,,,,,\n"
        + ",,,,,,,,,\n"
    )
    looked = bring(department, vocabularies, tmp_path, text, dry_run=True)
    assert (looked.added, looked.known, looked.failures, looked.replacements, looked.machines) == (
        3,
        0,
        1,
        1,
        2,
    )
    assert work_orders(department, OrderQuery(), now=NOW).total == 0
    done = bring(department, vocabularies, tmp_path, text)
    assert (done.added, done.known) == (3, 0)
    again = bring(department, vocabularies, tmp_path, text)
    assert (again.added, again.known) == (0, 3)
    found = work_orders(department, OrderQuery(), now=NOW).items
    assert {one.standing.state for one in found} == {OrderState.CLOSED}
    assert sorted(one.number for one in found) == ["LS2025-000001", "LS2025-000002", "LS2025-000003"]
    repair = next(one for one in found if one.values["kind"] == "repair")
    assert repair.values["subsystem"] == "SPI"
    assert repair.body["cost"] == 320.0


def test_the_figures_count_what_was_recorded_and_say_of_how_many(
    department: Store, vocabularies: Vocabularies, tmp_path: Path
) -> None:
    text = (
        HEAD
        + "2025-01-05 08:00,立加-01,主轴不转,故障,主轴,接触器,更换,300,2,2025-01-05 20:00\n"
        + "2025-01-25 08:00,立加-01,主轴又不转,故障,主轴,接触器,更换,200,4,2025-01-25 14:00\n"
        + "2025-03-01 08:00,立加-02,不知何处,故障,,,,,,\n"
        + "2025-03-02 08:00,立加-02,不知何处,故障,,,,,,\n"
    )
    bring(department, vocabularies, tmp_path, text)
    query = ReliabilityQuery.of(today=NOW.date(), first=date(2025, 1, 1), last=date(2025, 12, 31))
    found = reliability(department, query, zone=SHANGHAI, today=NOW.date())
    assert found.indicators is not None
    assert (len(found.jobs), found.timed, found.worked, len(found.machines)) == (4, 2, 2, 4)
    assert found.indicators.down == timedelta(hours=18)
    assert found.indicators.mttr == timedelta(hours=3)
    assert found.indicators.availability == pytest.approx(1 - 18 / (4 * 365 * 24))
    assert found.cost == 500
    assert [len(found.repeats[days]) for days in (30, 90)] == [
        1,
        1,
    ]  # two jobs of nobody knows what repeat nothing
    assert (found.fixed.jobs, found.fixed.stayed_cured, found.fixed.apparent) == (2, 1, 1.0)
    assert [(one.key, one.weight) for one in found.counted("machine")] == [("立加-01", 2), ("立加-02", 2)]
    assert found.counted("machine", by="hours")[0].weight == 18
    assert [one.title for one in jobs_of(found, "subsystem", "SPI")] == ["主轴又不转", "主轴不转"]
    told = reliability_json(found, vocabularies, "zh_CN")
    assert told["groups"]["subsystem"][1] == {  # type: ignore[index]
        "key": "SPI",
        "label": "主轴",
        "weight": 2.0,
        "share": 0.5,
        "up_to": 1.0,
    }
    with pytest.raises(BadQuery, match="groups are machine"):
        found.counted("星座")
    with pytest.raises(BadQuery, match="no such period"):
        reliability(
            department, ReliabilityQuery(first=query.last, last=query.first), zone=SHANGHAI, today=NOW.date()
        )


def test_parts_live_from_one_replacement_to_the_next(
    department: Store, vocabularies: Vocabularies, tmp_path: Path
) -> None:
    days = ("2024-01-01", "2024-03-01", "2024-04-10", "2024-07-01", "2024-08-20", "2024-12-01", "2025-02-01")
    text = HEAD + "".join(f"{day},立加-01,风扇停,故障,ELE,风扇,更换,,,\n" for day in days)
    text += (
        "2024-05-01,立加-02,换风扇,保养,ELE,风扇,更换,,,\n2024-06-01,立加-02,换风扇,保养,ELE,风扇,更换,,,\n"
    )
    bring(department, vocabularies, tmp_path, text)
    query = ReliabilityQuery.of(today=NOW.date(), first=date(2025, 1, 1), last=date(2025, 12, 31))
    (fan,) = part_lives(department, query, ratio=5, zone=SHANGHAI)
    assert (fan.part, fan.machines, fan.lives.failures, len(fan.lives.items)) == ("风扇", 2, 6, 9)
    assert fan.fit is not None
    assert fan.json()["lives"] == 9
    steps = survivors(fan.lives)
    assert steps[0].share == 1.0
    assert steps[1].share == pytest.approx(1 - 1 / 8)  # one life of 31 days was changed in time before it
    with pytest.raises(BadQuery, match="above 0 to 1000"):
        part_lives(department, query, ratio=0, zone=SHANGHAI)


def test_every_fault_of_the_file_is_told_and_nothing_is_written(
    department: Store, vocabularies: Vocabularies, tmp_path: Path
) -> None:
    text = (
        HEAD
        + "2025-13-05,立加-01,甲,故障,,,,,,\n"
        + "2025-01-05,,乙,故障,,,,三百,,\n"
        + "2025-01-05,立加-01,,故障,,,,,-2,2025-01-01\n"
        + "2025-01-05,立加-01,丁,故障,,,,,,\n"
    )
    with pytest.raises(BadImport, match=r"6 fault\(s\)") as caught:
        bring(department, vocabularies, tmp_path, text)
    assert [fault.where for fault in caught.value.faults] == [
        "旧记录!2 故障时间",
        "旧记录!3 设备编号",
        "旧记录!3 费用",
        "旧记录!4 恢复时间",
        "旧记录!4 故障现象",
        "旧记录!4 工时小时",
    ]
    with pytest.raises(BadImport, match="1 fault") as caught:
        bring(department, vocabularies, tmp_path, HEAD + "2025-01-05,立加-99,甲,故障,,,,,,\n")
    assert "no machine of the register (1 rows)" in caught.value.faults[0].what
    with pytest.raises(BadImport, match="1 fault") as caught:
        bring(department, vocabularies, tmp_path, HEAD + "2025-01-05,SN1,甲,故障,,,,,,\n")
    assert "name of 2 machines" in caught.value.faults[0].what
    with pytest.raises(BadImport, match="1 fault") as caught:
        bring(department, vocabularies, tmp_path, HEAD + "2026-03-03,立加-01,甲,故障,,,,,,\n")
    assert "lies ahead" in caught.value.faults[0].what
    assert work_orders(department, OrderQuery(), now=NOW).total == 0


def test_columns_of_other_names_are_mapped_by_the_person(
    department: Store, vocabularies: Vocabularies, tmp_path: Path
) -> None:
    text = "when,where,what,sort\n25/01/2025,立加-01,甲,Z1\n02/01/2025,立加-01,乙,Z2\n"
    with pytest.raises(BadImport, match="not mapped") as caught:
        bring(department, vocabularies, tmp_path, text)
    assert [fault.where for fault in caught.value.faults] == ["设备编号", "故障时间", "故障现象"]
    named = {"when": "failed", "where": "machine", "what": "title", "sort": "kind"}
    choices = Choices(columns=named, kinds={"Z2": "planned"})
    report = bring(department, vocabularies, tmp_path, text, choices=choices)
    assert (report.reading.order, report.failures, dict(report.reading.unknown_kinds)) == (
        "dmy",
        1,
        {"Z1": 1},
    )
    with pytest.raises(BadImport, match="not mapped") as caught:
        bring(
            department,
            vocabularies,
            tmp_path,
            text,
            choices=Choices(
                columns={**named, "who": "title", "sort": "title"}, kinds={"Z1": "x"}, order="dym"
            ),
        )
    assert [fault.where for fault in caught.value.faults] == ["who", "Z1", "order", "title"]
    with pytest.raises(BadImport, match="dates cannot be read"):
        bring(
            department,
            vocabularies,
            tmp_path,
            "when,where,what\n05/01/2025,立加-01,甲\n",
            choices=Choices(columns={name: field for name, field in named.items() if name != "sort"}),
        )


def test_a_workbook_with_a_title_above_its_headers_is_read(
    department: Store, vocabularies: Vocabularies, tmp_path: Path
) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["2025 年维修记录"])
    sheet.append(["报修日期", "机床编号", "故障描述"])
    sheet.append([datetime(2025, 4, 1, 8, 30, tzinfo=SHANGHAI).replace(tzinfo=None), "立加-03", "气压低"])
    file = tmp_path / "记录.xlsx"
    book.save(file)
    report = import_history(
        department,
        file,
        Choices(),
        vocabularies=vocabularies,
        zone=SHANGHAI,
        who="李工",
        now=NOW,
        dry_run=True,
    )
    assert (report.added, report.first) == (1, datetime(2025, 4, 1, 8, 30, tzinfo=SHANGHAI))


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["13/01/2025", "01/02/2025"], "dmy"),
        (["01/13/2025"], "mdy"),
        (["2025-01-13", "2025年2月3日"], "ymd"),
        (["01/02/2025"], None),
        ([], "ymd"),
    ],
)
def test_the_order_of_dates_is_found_where_they_tell_it(cells: list[str], order: str | None) -> None:
    assert date_order(cells) == order


def test_a_date_that_no_calendar_has_is_none() -> None:
    assert read_date("2025-02-29", "ymd") is None
    assert read_date("25-02-03", "ymd") is None
    assert read_date("soon", "ymd") is None


def test_columns_and_kinds_are_known_by_their_usual_names() -> None:
    found = proposed_columns(["Date", "Asset", "OriginalShorttext", "PMType", "Date", "备注"])
    assert found == {"Date": "failed", "Asset": "machine", "OriginalShorttext": "title", "PMType": "kind"}
    assert (kind_of("PM01", {}), kind_of(" 保养 ", {}), kind_of("PM06", {}), kind_of("", {})) == (
        "failure",
        "planned",
        None,
        "failure",
    )
