"""Documents become guides, alarms and checklists as a person chooses; what cannot be is told, all of it at once."""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.content import Library, load_library
from kb.content.pages import AlarmPage, CasePage, ChecklistPage, GuidePage
from kb.errors import BadInput
from kb.search import SearchIndex, open_index
from kb.store import Store
from kb.usecases.drafts import draft
from kb.usecases.page_import import ImportReport, import_pages
from kb.usecases.page_import_accepting import Accepted, accept_draft, accept_form
from kb.usecases.page_import_bodies import checklist_items, guide_body, level_in
from kb.usecases.page_import_types import PAGE_TYPES, fields_of
from tests.kb.usecases.test_page_import import DATA, EDITOR, NOON, ROOT

HAZARD = {"hazard": "旋转的主轴", "consequence": "卷入", "avoid": "断电上锁"}
GUIDE = {"title_en": "Aligning a tailstock", "time_minutes": "60", **HAZARD}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "content"
    shutil.copytree(ROOT / "content" / "vocabularies", made / "vocabularies")
    return made


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    """A library of vocabularies alone: nothing is known of what comes."""
    house = tmp_path_factory.mktemp("house")
    shutil.copytree(ROOT / "content" / "vocabularies", house / "content" / "vocabularies")
    return open_index(house / "index", load_library(house / "content"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'a.db'}")
    opened.migrate()
    yield opened
    opened.close()


def brought(
    store: Store, index: SearchIndex, name: str, content: bytes | None = None, **more: object
) -> ImportReport:
    raw = (DATA / name).read_bytes() if content is None else content
    values = {"who": "editor", "now": NOON, "limit_bytes": 20_000_000, "dry_run": False, **more}
    return import_pages(store, index, io.BytesIO(raw), name, **values)  # type: ignore[arg-type]


def accepted(store: Store, folder: Path, draft_id: str, **given: str) -> Accepted:
    return accept_draft(store, load_library(folder), draft_id, given, editor=EDITOR, now=NOON)


def test_a_word_file_becomes_a_guide_an_alarm_and_a_checklist(
    store: Store, index: SearchIndex, folder: Path
) -> None:
    items = brought(store, index, "other_types.docx").items
    assert [item.page_type for item in items] == ["guide", "alarm", "checklist"]
    assert all(item.possible_types == PAGE_TYPES for item in items)
    guide, alarm, checklist = (item.draft_id for item in items)
    with pytest.raises(BadInput, match="time_minutes") as refused:
        accepted(store, folder, guide)
    assert {fault.where for fault in refused.value.faults} == {"title_en", "time_minutes", *HAZARD}
    assert not list(folder.rglob("*.md"))
    made = accepted(store, folder, guide, **GUIDE).saved.page_id
    assert not any("heading" in str(note.what) for item in items for note in item.notes)
    texts = {"text_zh": "演示", "text_en": "Demonstration"}
    shown = accepted(store, folder, alarm, title_en="OP-777", **texts).saved.page_id
    assert shown == "ALM-SYNTEC-OP777"
    listed = accepted(store, folder, checklist, title_en="Lathe, weekly").saved.page_id
    library = load_library(folder)
    assert not library.faults
    page, body = library.pages[made], library.bodies[made]
    assert isinstance(page, GuidePage)
    assert (made, page.guide_type, page.time_minutes) == ("GUIDE-SPI-01", "adjustment", 60)
    assert page.tools == ("百分表", "磁力表座", "检验棒")
    steps = [line for line in body.splitlines() if line.startswith("### ")]
    assert steps == ["### 步骤 1 主轴停稳", "### 步骤 2 装检验棒", "### 步骤 3 沿 Z 轴移动百分表"]
    assert body.rstrip().endswith("## 验收\n\n锁紧套筒以后再量一次，读数不变。")
    assert "主轴停稳，断电上锁。" in body
    (picture,) = page.attachments
    assert f"]({picture.file})" in body
    assert (folder / library.paths[made]).parent.joinpath(picture.file).is_file()
    told = library.pages[shown]
    assert isinstance(told, AlarmPage)
    assert (told.code, told.explanation, told.reaction) == ("OP-777", "演示用的报警。", "进给停止。")
    assert told.remedy == ("看提示行", "按复位")
    checks = library.pages[listed]
    assert isinstance(checks, ChecklistPage)
    assert (listed, checks.level) == ("CHK-LAT-WEEKLY-01", "weekly")
    assert [(one.text, one.criterion, one.kind) for one in checks.items] == [
        ("导轨油位：目视", "两线之间", "pass_fail"),
        ("刮屑板：手摸", "不翘边", "pass_fail"),
    ]


def test_a_type_that_was_chosen_stands_in_the_draft_and_another_is_chosen_later(
    store: Store, index: SearchIndex, folder: Path
) -> None:
    items = brought(store, index, "other_types.docx", types={1: "case", 3: "guide"}).items
    assert [item.page_type for item in items] == ["case", "alarm", "guide"]
    assert [draft(store, item.draft_id).imported["page_type"] for item in items] == ["case", "alarm", "guide"]
    more = {"title_en": "Tailstock", "failure_mode": "STP", **HAZARD}
    first = accepted(store, folder, items[0].draft_id, **more).saved.page_id
    second = accepted(store, folder, items[2].draft_id, type="checklist", title_en="Weekly").saved.page_id
    pages = load_library(folder).pages
    assert isinstance(pages[first], CasePage)
    assert isinstance(pages[second], ChecklistPage)
    again = brought(store, index, "other_types.docx", types={2: "guide"}).items[1]
    assert again.state == "known"
    assert any("choose its type there" in note.repair for note in again.notes)
    assert draft(store, again.draft_id).imported["page_type"] == "alarm"


def test_every_choice_that_cannot_be_is_told_at_once(store: Store, index: SearchIndex) -> None:
    with pytest.raises(BadInput, match="nothing was imported") as refused:
        brought(store, index, "cases.xlsx", types={1: "guide", 2: "term", 9: "case"}, only=(7,))
    told = [(fault.where, str(fault.what)) for fault in refused.value.faults]
    assert told == [
        ("only", "names [7]"),
        ("types", "names [9]"),
        ("types, 1", "is guide; a row of a table has neither steps nor items"),
        ("types, 2", "is 'term', which no document becomes"),
    ]
    path = next((ROOT / "content" / "terms").glob("*.md"))
    with pytest.raises(BadInput, match="nothing was imported") as refused:
        brought(store, index, "term.md", path.read_bytes(), types={1: "case"})
    assert str(refused.value.faults[0].what) == "is case, and its front matter says term"


def test_fields_of_another_type_and_those_that_are_missing_are_told_together(
    store: Store, index: SearchIndex, folder: Path
) -> None:
    row = brought(store, index, "cases.xlsx", only=(2,)).items[1]
    with pytest.raises(BadInput, match="to mend") as refused:
        accepted(store, folder, row.draft_id, type="guide", symptom="x", colour="red")
    told = {(fault.where, str(fault.what)) for fault in refused.value.faults}
    assert ("type", "is guide; a row of a table has neither steps nor items") in told
    assert ("symptom", "is no field of guide") in told
    assert ("colour", "is no field") in told
    assert ("time_minutes", "is no whole number") in told
    guide = brought(store, index, "other_types.docx", only=(3,)).items[2]
    with pytest.raises(BadInput, match="to mend") as refused:
        accepted(store, folder, guide.draft_id, items="甲 | 乙 | 三\n | 丙", level="daily", severity="S1")
    told = {(fault.where, str(fault.what)) for fault in refused.value.faults}
    assert told >= {
        ("items", "line 1 has 三 for minutes"),
        ("items", "line 2 has no text"),
        ("level", "is none of the choices"),
        ("severity", "is no field of checklist"),
        ("title_en", "is empty"),
    }
    assert not list(folder.rglob("*.md"))


def test_a_page_with_front_matter_keeps_its_type(store: Store, index: SearchIndex, folder: Path) -> None:
    library: Library = load_library(ROOT / "content")
    term = next(
        one for one in library.pages.values() if one.type == "term" and not one.related and not one.not_same_as and not one.broader  # type: ignore[attr-defined]
    )  # fmt: skip
    (item,) = brought(store, index, "t.md", (library.folder / library.paths[term.id]).read_bytes()).items
    assert (item.page_type, item.possible_types) == ("term", ())
    with pytest.raises(BadInput, match="to mend") as refused:
        accepted(store, folder, item.draft_id, type="guide", title_en="x")
    assert {fault.where for fault in refused.value.faults} == {"type", "title_en"}
    assert accepted(store, folder, item.draft_id, type="term").saved.page_id == term.id


def test_a_row_with_a_code_becomes_an_alarm(store: Store, index: SearchIndex, folder: Path) -> None:
    row = brought(store, index, "cases.xlsx", types={1: "alarm"}).items[0]
    assert (row.page_type, row.possible_types) == ("alarm", ("case", "alarm"))
    form = accept_form(load_library(folder), draft(store, row.draft_id))
    assert set(form) == set(fields_of("alarm"))
    assert (form["explanation"], form["remedy"]) == ("开机报警，轴不动 急停链触点松", "更换触点")
    texts = {"text_zh": "就绪断开", "text_en": "Not ready", "title_en": "x"}
    codes = {"family": "fanuc", "code": "SV0401", "id": "ALM-FANUC-SV0401"}
    assert accepted(store, folder, row.draft_id, **codes, **texts).saved.page_id == "ALM-FANUC-SV0401"


@pytest.mark.parametrize(
    ("body", "made"),
    [
        pytest.param("## 步骤一 断电\n\n甲", "### 步骤 1 断电\n\n甲\n\n## 验收\n\n待补充：原文件没有写。", id="headings"),
        pytest.param("## 验收\n\n好\n\n## 步骤\n\n1. 甲\n2. 乙。", "### 步骤 1 甲\n\n### 步骤 2 乙\n\n## 验收\n\n好", id="order"),
        pytest.param("1. 甲", "1. 甲\n\n## 验收\n\n待补充：原文件没有写。", id="a list that is not of steps"),
    ],
)  # fmt: skip
def test_steps_are_taken_from_headings_or_the_list_below_their_heading(body: str, made: str) -> None:
    assert guide_body(body) == made


def test_items_are_the_rows_of_a_table_that_names_them_or_else_the_list() -> None:
    table = "| 备注 | 数 |\n| --- | --- |\n| 无 | 1 |\n\n| 点检项目 | 时间 |\n| --- | --- |\n| 油 \\| 水 | 5分钟 |"
    assert checklist_items(table) == "油 ／ 水 |  | 5"
    assert checklist_items("- 甲\n- \\*乙\\*\n文") == "甲\n*乙*"
    assert level_in("半年保养", "每月") == "half_yearly"
    assert level_in("点检", "") == ""
