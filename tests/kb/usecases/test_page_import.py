"""Files become drafts, each once, with what was not understood; our own export comes back as it went."""

import io
import shutil
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kb.content import Library, load_library
from kb.content.pages import Status
from kb.errors import BadImport, BadInput, Conflict, KbError, Stopped
from kb.search import SearchIndex, open_index
from kb.store import Store, register
from kb.usecases import page_import_accepting
from kb.usecases.accounts import Role
from kb.usecases.drafts import draft, draft_counts
from kb.usecases.editing_opening import Editor
from kb.usecases.jobs import JobState, find_job, stop_job
from kb.usecases.page_export import chosen_pages, markdown_files, taken_out
from kb.usecases.page_import import ImportReport, import_pages
from kb.usecases.page_import_accepting import accept_draft
from kb.usecases.page_import_job import ImportRequest, do_import, import_at_once, start_import
from kb.usecases.page_import_words import field_of, folded, led_section, section_of

ROOT = Path(__file__).parents[3]
DATA = ROOT / "tests" / "data" / "imports"
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
EDITOR = Editor(name="editor", role=Role.EDITOR)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    """A small library of real pages: what the files are about, and some terms."""
    whole = load_library(ROOT / "content")
    folder = tmp_path_factory.mktemp("house")
    ids = [
        "CASE-AXS-01",
        "CASE-SPI-05",
        "GUIDE-DRO-INSTALL",
        "ALM-FANUC-SV0401",
        "ALM-FANUC-SP9031",
        "ALM-SIEMENS-25050",
    ]
    ids += [id_ for id_ in whole.pages if id_.startswith("TERM-")][:40]
    pages = chosen_pages(whole, ids=ids)
    for name, content in markdown_files(whole, pages).items():
        (folder / "content" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "content" / name).write_bytes(content)
    shutil.copytree(ROOT / "content" / "vocabularies", folder / "content" / "vocabularies")
    return open_index(folder / "index", load_library(folder / "content"))


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


@pytest.mark.parametrize(
    ("heading", "section"),
    [
        ("故障现象", "现象"),
        ("一、故障原因：", "原因"),
        ("（三） 解决措施", "处理"),
        ("3.2 处理过程", "处理"),
        ("【经验总结】", "预防"),
        ("Root Cause", "原因"),
        ("处 理 结 果", "验证"),
        ("费用", ""),
        ("", ""),
    ],
)
def test_headings_of_others_are_taken_for_ours(heading: str, section: str) -> None:
    assert section_of(heading) == section


def test_columns_and_leads_are_known_by_their_names() -> None:
    assert (field_of("停机时间（小时）"), field_of("报警号（屏幕）"), field_of("Alarm_Code")) == (
        "",
        "alarm",
        "alarm",
    )
    assert field_of("客户名称") == "-"
    assert led_section("处理方法：断电") == ("处理", "断电")
    assert led_section("时间：8:30") == ("", "")
    assert folded("２．现　象") == "现象"


def test_a_document_of_two_cases_becomes_two_drafts_with_all_it_says(
    store: Store, index: SearchIndex
) -> None:
    report = brought(store, index, "two_cases.docx")
    first, second = report.items
    assert (first.state, first.known.alarms, first.known.controllers, first.known.machines, first.known.subsystem) == (
        "new", (("fanuc", "SV0401"),), ("fanuc-0i",), ("VMC",), "AXS",
    )  # fmt: skip
    assert second.known.alarms == (("siemens", "25050"),)
    assert [id_ for id_, _, _ in first.known.similar] == ["CASE-AXS-01"]
    assert any("五、费用说明" in note.what for note in first.notes)
    kept = draft(store, first.draft_id)
    assert "本次更换在保修期内" in kept.imported["sections"]["处理"]
    assert kept.imported["pictures"][0]["name"].endswith(".png")
    assert len(kept.photos) == 1


def test_an_import_stands_on_the_audit_trail_once_and_a_dry_run_not(store: Store, index: SearchIndex) -> None:
    tried = brought(store, index, "two_cases.docx", dry_run=True)
    brought(store, index, "two_cases.docx")
    brought(store, index, "two_cases.docx")  # all known: nothing became of it
    with store.reading() as session:
        kept = register.history(session, kind="drafts", thing_id=tried.digest, limit=9)
    assert [(one.action, one.who, one.at, one.before, one.after) for one in kept] == [
        ("import", "editor", NOON, None, {"name": "two_cases.docx", "new": 2})
    ]


def test_the_same_case_is_kept_once_however_often_and_in_whatever_file_it_comes(
    store: Store, index: SearchIndex
) -> None:
    dry = brought(store, index, "cases.xlsx", dry_run=True)
    assert [item.state for item in dry.items] == ["new", "new"]
    assert draft_counts(store)["new"] == 0
    assert [item.state for item in brought(store, index, "cases.xlsx").items] == ["new", "new"]
    csv = "设备型号,报警号,故障现象,原因分析,处理措施,日期,停机小时\n立式加工中心 FANUC 0i-MF,SV0401,开机报警，轴不动,急停链触点松,更换触点,2025-03-02,3\n"
    assert [item.state for item in brought(store, index, "again.csv", csv.encode("gb18030")).items] == [
        "known"
    ]
    assert [item.state for item in brought(store, index, "cases.xlsx", dry_run=True).items] == [
        "known",
        "known",
    ]
    assert draft_counts(store)["new"] == 2


def test_columns_are_mapped_by_hand_and_every_wrong_one_is_told(store: Store, index: SearchIndex) -> None:
    text = "A,B,C\n轴不动,换电源,甲\n响,,\n".encode()
    nothing = brought(store, index, "a.csv", text, dry_run=True)
    assert nothing.items == ()
    assert "no column for symptom" in nothing.notes[0].what
    report = brought(store, index, "a.csv", text, mapping={"A": "现象", "B": "处理", "C": "-"})
    assert [item.title for item in report.items] == ["轴不动", "响"]
    assert "says nothing under 原因、处理" in report.items[1].notes[0].what
    with pytest.raises(BadImport, match=r"(?s)X: is no header.*B: is mapped to 'colour'"):
        brought(store, index, "a.csv", text, mapping={"X": "现象", "B": "colour"})
    only = brought(store, index, "b.csv", "现象\n一\n二\n三\n".encode(), only=[1, 3])
    assert [item.state for item in only.items] == ["new", "left", "new"]
    with pytest.raises(BadInput, match=r"names \[4\]"):
        brought(store, index, "b.csv", "现象\n一\n二\n三\n".encode(), only=[3, 4])


def test_our_own_export_comes_back_unchanged_and_a_missing_page_as_it_was_but_in_preparation(
    store: Store, index: SearchIndex, tmp_path: Path
) -> None:
    library = index.library
    pages = chosen_pages(library, ids=["CASE-AXS-01", "GUIDE-DRO-INSTALL", "ALM-FANUC-SV0401"])
    export = taken_out(library, pages, format="md", created=NOON, language="zh_CN").content
    report = brought(store, index, "export.zip", export)
    assert [item.state for item in report.items] == ["unchanged"] * 3
    assert report.notes == ()
    folder = tmp_path / "content"
    shutil.copytree(ROOT / "content" / "vocabularies", folder / "vocabularies")
    other = open_index(tmp_path / "index", load_library(folder))
    item = next(
        one
        for one in brought(store, other, "export.zip", export).items
        if "ALM" in one.place or "alarms" in one.place
    )
    # Its links lead to pages that this library lacks: the checks say so, and nothing is written.
    with pytest.raises(BadInput, match="which does not exist"):
        accept_draft(store, other.library, item.draft_id, {}, editor=EDITOR, now=NOON)
    assert not (folder / "alarms").exists()
    term = next(
        one
        for one in library.pages.values()
        if one.type == "term" and not one.related and not one.not_same_as and not one.broader
    )  # type: ignore[attr-defined]
    text = (library.folder / library.paths[term.id]).read_bytes()
    (came,) = brought(store, other, "term.md", text).items
    made = accept_draft(store, other.library, came.draft_id, {}, editor=EDITOR, now=NOON)
    again = load_library(folder)
    written = (folder / again.paths[term.id]).read_bytes()
    assert again.pages[term.id].status is Status.IN_PREPARATION
    assert made.draft.state == "closed"
    changed = [(a, b) for a, b in zip(text.split(b"\n"), written.split(b"\n"), strict=True) if a != b]
    assert {a.split(b":")[0] for a, _ in changed} == {b"status", b"confidence"}


def test_markdown_of_strangers_becomes_a_case_by_its_headings(store: Store, index: SearchIndex) -> None:
    text = (
        "# 主轴 SP9031\n\n前言。\n\n## 故障现象\n\n堵转。\n\n```\n# no heading\n```\n\n## Fix\n\n- 换皮带\n"
    )
    (item,) = brought(store, index, "notes.md", text.encode()).items
    sections = draft(store, item.draft_id).imported["sections"]
    assert item.title == "主轴 SP9031"
    assert sections == {"环境": "前言。", "现象": "堵转。\n\n```\n# no heading\n```", "处理": "- 换皮带"}
    assert item.known.alarms == (("fanuc", "SP9031"),)


def test_a_draft_becomes_a_page_once_and_its_pictures_go_with_it_or_not_at_all(
    store: Store, index: SearchIndex, tmp_path: Path
) -> None:
    folder = tmp_path / "content"
    shutil.copytree(ROOT / "content" / "vocabularies", folder / "vocabularies")
    library: Library = load_library(folder)
    item = brought(store, index, "two_cases.docx").items[1]
    with pytest.raises(BadInput, match=r"(?s)title_en.*hazard") as refused:
        accept_draft(store, library, item.draft_id, {}, editor=EDITOR, now=NOON)
    assert {fault.where for fault in refused.value.faults} >= {"title_en", "hazard", "consequence", "avoid"}
    with pytest.raises(BadInput, match="failure_mode"):
        accept_draft(
            store,
            library,
            item.draft_id,
            {"title_en": "x", "hazards": "none", "failure_mode": "X"},
            editor=EDITOR,
            now=NOON,
        )
    assert not list(folder.rglob("*.jpg"))
    with pytest.raises(BadInput, match="colour: is no field"):
        accept_draft(store, library, item.draft_id, {"colour": "red"}, editor=EDITOR, now=NOON)
    made = accept_draft(
        store, library, item.draft_id, {"title_en": "25050", "hazards": "none"}, editor=EDITOR, now=NOON
    )
    page = load_library(folder).pages[made.saved.page_id]
    assert (page.status, page.confidence, page.owner) == ("in_preparation", "wip", "editor")
    assert len(list(folder.rglob("*.jpg"))) == 1
    with pytest.raises(BadInput, match="is closed"):
        accept_draft(
            store, load_library(folder), item.draft_id, {"title_en": "again"}, editor=EDITOR, now=NOON
        )


def test_two_who_accept_a_draft_at_once_make_one_page_and_its_picture_stays(
    store: Store, index: SearchIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "content"
    shutil.copytree(ROOT / "content" / "vocabularies", folder / "vocabularies")
    library = load_library(folder)
    item = brought(store, index, "two_cases.docx").items[1]
    create = page_import_accepting.create_page

    def after_another(*given: Any, **more: Any) -> Any:
        create(*given, **more)
        return create(*given, **more)

    monkeypatch.setattr(page_import_accepting, "create_page", after_another)
    with pytest.raises(KbError, match="was changed meanwhile"):
        accept_draft(
            store, library, item.draft_id, {"title_en": "25050", "hazards": "none"}, editor=EDITOR, now=NOON
        )
    assert len(load_library(folder).pages) == 1
    assert len(list(folder.rglob("*.jpg"))) == 1


def test_an_import_is_a_job_that_can_be_stopped_and_one_at_a_time(store: Store, index: SearchIndex) -> None:
    raw = io.BytesIO((DATA / "by_hand.docx").read_bytes())
    wanted = ImportRequest(name="by_hand.docx", dry_run=False)
    job = start_import(store, wanted, id="one", now=NOON, by="editor").job
    with pytest.raises(Conflict, match="editor is bringing in a file"):
        import_at_once(store, index, raw, wanted, id="two", by="b", clock=lambda: NOON, limit_bytes=10**7)
    stop_job(store, job.id)
    with pytest.raises(Stopped, match="nothing was written"):
        do_import(store, index, job, raw, clock=lambda: NOON, limit_bytes=10**7)
    assert find_job(store, "one", now=NOON).state is JobState.CANCELLED
    assert draft_counts(store)["new"] == 0
    raw.seek(0)
    done = import_at_once(
        store, index, raw, wanted, id="three", by="b", clock=lambda: NOON, limit_bytes=10**7
    )
    assert find_job(store, "three", now=NOON).result["counts"] == done.json()["counts"]
    assert draft_counts(store)["new"] == 1


def test_a_zip_with_a_picture_brings_it_under_the_name_of_its_content(
    store: Store, index: SearchIndex
) -> None:
    with zipfile.ZipFile(DATA / "two_cases.docx") as archive:
        picture = archive.read(next(name for name in archive.namelist() if name.endswith(".png")))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr("我的库/案例/a.md", "# 甲\n\n## 现象\n\n![屏](img/p.png)\n")
        made.writestr("我的库/案例/img/p.png", picture)
    (item,) = brought(store, index, "a.zip", packed.getvalue()).items
    (kept,) = draft(store, item.draft_id).imported["pictures"]
    assert kept["called"] == "img/p.png"
