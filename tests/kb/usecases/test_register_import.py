# ruff: noqa: F401, F811 - the store's fixtures are shared
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from kb.errors import BadImport
from kb.store import Store
from kb.usecases.register import history
from kb.usecases.register_export import register_csv, register_csv_zip, register_xlsx, template_xlsx
from kb.usecases.register_import import ImportReport, import_register
from kb.usecases.register_kinds import Wording
from kb.usecases.register_lists import ListQuery, counts, thing, things
from kb.usecases.register_tables import SHEETS, TABLES
from tests.kb.usecases.test_register import _IDS, EN, NOW, ZH, add, full
from tests.postgresql import empty_store, server, store

FORMS = ["xlsx", "zip", "folder"]


def run(store: Store, path: Path, *, wording: Wording = EN, dry_run: bool = False) -> ImportReport:
    return import_register(
        store,
        path=path,
        wording=wording,
        who="li",
        now=NOW,
        new_id=lambda: f"id-{next(_IDS)}",
        dry_run=dry_run,
    )


def exported(store: Store, form: str, folder: Path, wording: Wording = EN) -> Path:
    if form == "folder":
        for name, content in register_csv(store, wording=wording).items():
            (folder / name).write_bytes(content)
        return folder
    path = folder / f"register.{form}"
    path.write_bytes(
        register_xlsx(store, wording=wording, now=NOW)
        if form == "xlsx"
        else register_csv_zip(store, wording=wording)
    )
    return path


def a_workbook(path: Path, **sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    del book["Sheet"]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def snapshot(store: Store) -> dict[str, list[dict[str, object]]]:
    return {
        table: [
            {name: value for name, value in one.json().items() if name not in {"id", "revision"}}
            for one in things(store, table, ListQuery(size=500), EN).items
        ]
        for table in TABLES
    }


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("wording", [pytest.param(ZH, id="zh"), pytest.param(EN, id="en")])
def test_an_export_brought_in_again_changes_nothing(
    full: Store, tmp_path: Path, form: str, wording: Wording
) -> None:
    before = snapshot(full)
    report = run(full, exported(full, form, tmp_path, wording), wording=EN)
    assert [(one.added, one.changed, one.unchanged) for one in report.tables] == [(0, 0, 1)] * len(TABLES)
    assert report.rows == ()
    assert snapshot(full) == before
    assert len(history(full, thing(full, "sites", "S1", EN))) == 1


@pytest.mark.parametrize("form", FORMS)
def test_an_export_fills_an_empty_register_with_the_same(full: Store, tmp_path: Path, form: str) -> None:
    add(
        full,
        "equipment",
        tag="A-DRO",
        site="S1",
        equipment_class="DRO",
        parent="VMC-01#",
        notes="=1+1\n第二行",
    )
    add(full, "customers", code="K2", name="'=cmd", contact="@sum", phone="-1", notes="''+x")
    add(full, "customers", code="007", name="+86")
    path = exported(full, form, tmp_path)
    other = Store(f"sqlite:///{tmp_path / 'other.db'}")
    other.migrate()
    report = run(other, path)
    assert sum(one.added for one in report.tables) == len(TABLES) + 3
    assert snapshot(other) == snapshot(full)
    other.close()


@pytest.mark.parametrize("form", FORMS)
def test_a_dry_run_says_what_would_happen_and_changes_nothing(full: Store, tmp_path: Path, form: str) -> None:
    path = exported(full, form, tmp_path)
    other = Store(f"sqlite:///{tmp_path / 'other.db'}")
    other.migrate()
    report = run(other, path, dry_run=True)
    assert report.dry_run
    assert sum(one.added for one in report.tables) == len(TABLES)
    assert set(counts(other).values()) == {0}
    other.close()


def test_no_text_of_an_export_can_become_a_formula(full: Store, tmp_path: Path) -> None:
    for number, start in enumerate(("=", "+", "-", "@", "\t"), 1):
        add(full, "customers", code=f"F{number}", name="x", notes=f"{start}HYPERLINK(1)")
    book = openpyxl.load_workbook(io.BytesIO(register_xlsx(full, wording=EN, now=NOW)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    assert sum(bool(cell.quotePrefix) for cell in cells if "HYPERLINK" in str(cell.value)) == 4
    text = register_csv(full, wording=EN)["customers.csv"].decode("utf-8-sig")
    assert [
        line
        for line in text.splitlines()
        if ",=HYPER" in line or ",+HYPER" in line or ",-HYPER" in line or ",@HYPER" in line
    ] == []
    assert ",'=HYPERLINK(1)," in text


@pytest.mark.parametrize("wording", [pytest.param(ZH, id="zh"), pytest.param(EN, id="en")])
def test_the_template_has_a_sheet_a_table_explanations_and_lists_to_choose_from(wording: Wording) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template_xlsx(wording=wording, now=NOW)))
    notes, *tables, _choices = book.sheetnames
    assert tables == [wording.pick(table.title) for table in SHEETS.values()]
    explained = {(row[0].value, row[1].value) for row in book[notes].iter_rows(min_row=2)}
    for table in SHEETS.values():
        sheet = book[wording.pick(table.title)]
        heads = [str(cell.value).removesuffix(" *") for cell in sheet[1]]
        assert heads == [wording.pick(field.title) for field in table.fields]
        assert {(sheet.title, head) for head in heads} <= explained
        assert sheet.max_row == 1
        prompts = {str(one.sqref): one for one in sheet.data_validations.dataValidation}
        assert len(prompts) == len(heads)
        assert all(one.prompt for one in prompts.values())
        listed = [one for one in prompts.values() if one.type == "list"]
        assert len(listed) == sum(field.kind.widget in ("choice", "yes_no") for field in table.fields)
        for one in listed:
            name, _, cells = one.formula1.replace("'", "").partition("!")
            values = [cell.value for (cell,) in book[name][cells.replace("$", "")]]
            assert None not in values
            assert values


def test_each_example_of_the_template_is_right_by_itself() -> None:
    for table in SHEETS.values():
        for field in table.fields:
            if field.example:
                field.kind.read(field.example, ZH)


def test_a_template_filled_in_by_hand_in_chinese_is_imported(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "filled.xlsx"
    path.write_bytes(template_xlsx(wording=ZH, now=NOW))
    book = openpyxl.load_workbook(path)
    for table in SHEETS.values():
        example = [field.example or None for field in table.fields]
        if table.name in ("customers", "sites"):
            example = [value if value != "是" else "√" for value in example]
        book[table.title[0]].append(example)
    book.save(path)
    report = run(store, path, wording=ZH)
    assert [one.added for one in report.tables] == [1] * len(SHEETS)
    assert thing(store, "equipment", "VMC-01", ZH).json()["controller"] == "fanuc-0i"


THIRTY = {
    "客户": [
        ["客户编号", "客户名称", "电话", "停用"],
        [None, "没有编号", None, None],
        ["K1", None, None, None],
        ["K2", "二", "1" * 41, "也许"],
        ["K2", "又一个二", None, None],
        ["K/3", "三", None, None],
    ],
    "sites": [
        ["code", "name", "customer", "latitude_deg", "longitude_deg", "datum", "opening", "shutdowns", "colour"],
        ["S1", "一", "K9", 91, 181, "BJ-54", "周八 08:00-12:00", "2026-02-30", None],
        ["S2", "二", "K2", 31, None, None, "周一 12:00-08:00", "2026-02-02~2026-02-01", None],
        ["S3", None, None, "x", "y", None, None, None, None],
        ["S4", "四", "K2", None, None, None, None, None, None],
    ],
    "Equipment": [
        ["Tag", "Site", "Class", "Control", "Commissioned", "Mounted on", "Software versions"],
        ["A", "S4", "CAR", "fanuc-99", "昨天", "B", "V1"],
        ["B", "S9", "VMC", None, "1900-01-01", "A", None],
    ],
    "Contracts": [
        ["Contract code", "Site", "Coverage level", "First day", "Last day (included)", "Visits a year"],
        ["C1", "S4", "gold", "2026-01-01", "2025-12-31", 2],
    ],
}  # fmt: skip


def test_a_file_with_thirty_faults_reports_thirty_by_sheet_row_and_column_and_changes_nothing(
    full: Store, tmp_path: Path
) -> None:
    before = snapshot(full)
    with pytest.raises(BadImport, match=r"has 30 fault\(s\); nothing was imported") as refused:
        run(full, a_workbook(tmp_path / "thirty.xlsx", **THIRTY))
    places = [fault.where for fault in refused.value.faults]
    assert places == [
        "sites!I1",
        "客户!A2", "客户!B3", "客户!C4", "客户!D4", "客户!A5", "客户!A6",
        "sites!C2", "sites!D2", "sites!E2", "sites!F2", "sites!G2", "sites!H2",
        "sites!E3", "sites!G3", "sites!H3",
        "sites!B4", "sites!C4", "sites!D4", "sites!E4",
        "Equipment!C2", "Equipment!D2", "Equipment!E2", "Equipment!F2", "Equipment!G2",
        "Equipment!B3", "Equipment!E3", "Equipment!F3",
        "Contracts!C2", "Contracts!E2",
    ]  # fmt: skip
    assert snapshot(full) == before


def test_an_absent_column_keeps_the_value_and_an_empty_cell_clears_it(full: Store, tmp_path: Path) -> None:
    path = a_workbook(tmp_path / "part.xlsx", customers=[["code", "contact"], ["K1", None]])
    report = run(full, path)
    one = thing(full, "customers", "K1", EN).json()
    assert (one["contact"], one["phone"], one["revision"]) == ("", "+86 512 1234", 2)
    assert report.rows[0].fields == (("contact", "王工", ""),)


def test_cells_of_numbers_and_days_are_taken_as_what_the_field_holds(full: Store, tmp_path: Path) -> None:
    sheet: list[list[object]] = [
        ["tag", "site", "class", "serial", "commissioned"],
        [20260001, "S1", "VMC", 7.0, NOW.replace(tzinfo=None)],
    ]
    run(full, a_workbook(tmp_path / "typed.xlsx", equipment=sheet))
    found = thing(full, "equipment", "20260001", EN).json()
    assert (found["serial"], found["commissioned"]) == ("7", "2026-11-23")


def test_a_text_that_a_spreadsheet_turned_into_a_day_is_refused(full: Store, tmp_path: Path) -> None:
    sheet: list[list[object]] = [["code", "name"], ["K5", NOW.replace(tzinfo=None)]]
    with pytest.raises(BadImport, match="1 fault") as refused:
        run(full, a_workbook(tmp_path / "dated.xlsx", customers=sheet))
    assert refused.value.faults[0].where == "customers!B2"
    assert "format the column as text" in refused.value.faults[0].repair


@pytest.mark.parametrize(
    ("sheets", "place"),
    [
        pytest.param({"Rooms": [["code"], ["x"]]}, "Rooms", id="a sheet of another kind"),
        pytest.param({"customers": [["code"], ["K1"]], "客户": [["code"]]}, "客户", id="one table twice"),
        pytest.param({"customers": [["name"], ["x"]]}, "customers!1", id="no column to match by"),
        pytest.param({"customers": [["code", "Code"], ["K1", "K1"]]}, "customers!B1", id="a column twice"),
        pytest.param({"customers": [["code", None], ["K1", "x"]]}, "customers!B1", id="cells without a head"),
        pytest.param({"Notes": [["x"]]}, "", id="nothing of the register"),
    ],
)
def test_a_sheet_that_cannot_be_understood_is_refused_at_its_place(
    full: Store, tmp_path: Path, sheets: dict[str, list[list[object]]], place: str
) -> None:
    with pytest.raises(BadImport, match="nothing was imported") as refused:
        run(full, a_workbook(tmp_path / "wrong.xlsx", **sheets))
    assert [fault.where for fault in refused.value.faults] == [place]


def test_machines_may_stand_above_what_they_are_mounted_on(full: Store, tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["tag", "site", "class", "mounted on"],
        ["A", "S1", "AUX", "B"],
        ["B", "S1", "AUX", "C"],
        ["C", "S1", "VMC", None],
    ]
    report = run(full, a_workbook(tmp_path / "chain.xlsx", equipment=rows))
    assert report.tables[0].added == 3
    assert thing(full, "equipment", "A", EN).json()["parent"] == "B"


def test_a_machine_moved_onto_its_own_child_by_a_file_is_refused(full: Store, tmp_path: Path) -> None:
    add(full, "equipment", tag="CHILD", site="S1", equipment_class="DRO", parent="VMC-01#")
    rows: list[list[object]] = [["tag", "mounted on"], ["VMC-01#", "CHILD"]]
    with pytest.raises(BadImport, match="1 fault") as refused:
        run(full, a_workbook(tmp_path / "circle.xlsx", equipment=rows))
    assert refused.value.faults[0].where == "equipment!B2"


def test_every_imported_row_is_in_the_history(full: Store, tmp_path: Path) -> None:
    rows: list[list[object]] = [["code", "name"], ["K1", "改名"], ["K8", "新客户"]]
    run(full, a_workbook(tmp_path / "audit.xlsx", customers=rows))
    assert [entry.action for entry in history(full, thing(full, "customers", "K1", EN))] == [
        "update",
        "create",
    ]
    assert [entry.who for entry in history(full, thing(full, "customers", "K8", EN))] == ["li"]


def test_a_single_csv_of_a_chinese_excel_is_read_by_its_name(full: Store, tmp_path: Path) -> None:
    path = tmp_path / "客户.csv"
    path.write_bytes("客户编号;客户名称\r\nK9;苏州工厂\r\n".encode("gb18030"))
    assert run(full, path).tables[0].added == 1
    assert thing(full, "customers", "K9", EN).values["name"] == "苏州工厂"


def test_equal_registers_are_equal_bytes(full: Store) -> None:
    for make in (
        lambda: register_xlsx(full, wording=ZH, now=NOW),
        lambda: register_csv_zip(full, wording=ZH),
    ):
        assert make() == make()
    with zipfile.ZipFile(io.BytesIO(register_csv_zip(full, wording=ZH))) as archive:
        assert archive.namelist() == sorted(f"{name}.csv" for name in SHEETS)
