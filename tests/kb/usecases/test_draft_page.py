"""A draft from the field begins a page: what was seen goes over, what belongs to the customer does not."""

import base64
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from kb.content import load_library
from kb.errors import BadInput, Conflict, NotFound
from kb.search import SearchIndex, open_index
from kb.store import Store
from kb.store import register as register_rows
from kb.usecases.draft_checking import Sent
from kb.usecases.draft_page import (
    LEFT_OUT,
    Begun,
    close_with_page,
    page_from_draft,
    page_from_file,
    without_private,
)
from kb.usecases.drafts import draft, draft_counts, receive_draft
from kb.usecases.editing_text import examined
from kb.usecases.page_import import import_pages
from kb.usecases.page_import_words import type_of
from tests.kb.site.samples import a_library

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
ID = "0b2f1c1e-9a7d-4a53-8a1e-0d6f4b6d2a01"
TEXTS = {
    "machine": "立加 VMC850 · FANUC 0i-MF，编号：VM850-20231",
    "alarm": "SV0401",
    "symptom": "华东精工的王师傅说一上电就报警\n# 不是标题 *重*",
    "ruled_out": "万用表量 24 V，正常",
    "cured_by": "换了继电器",
    "notes": "联系人 13812345678，下次带两个继电器",
}


@pytest.fixture
def index(tmp_path: Path) -> SearchIndex:
    return open_index(tmp_path / "index", load_library(a_library(tmp_path / "content")))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'a.db'}")
    opened.migrate()
    with opened.writing() as session:
        register_rows.add(session, "customers", [{"id": "c1", "code": "C1", "name": "华东精工"}])
    yield opened
    opened.close()


def received(store: Store, photos: tuple[str, ...] = ()) -> None:
    sent = Sent(id=ID, created=NOON, texts=TEXTS, photos=photos)
    receive_draft(store, sent, author="engineer-li", now=NOON, photo_limit_bytes=3_000_000)


def begun(store: Store, index: SearchIndex) -> Begun:
    return page_from_draft(store, index, ID, owner="editor", now=NOON, limit_bytes=3_000_000)


def a_photo() -> str:
    out = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(out, "JPEG")
    return base64.b64encode(out.getvalue()).decode()


def test_a_page_is_begun_with_codes_control_texts_and_photos(store: Store, index: SearchIndex) -> None:
    received(store, (a_photo(), base64.b64encode(b"\xff\xd8\xff broken").decode()))
    page = begun(store, index)
    assert page.values["alarms"] == [{"family": "fanuc", "code": "SV0401"}]
    assert page.values["applies_to"][0]["controller"] == ["fanuc-0i"]
    assert page.values["title"].startswith("SV0401")
    assert page.values["failure_mode"] == "ALM"
    (photo,) = page.values["attachments"]
    assert page.lost_photos == (2,)
    assert f"]({photo['file']})" in page.body.partition("## 环境")[0]
    assert "## 原因\n\n万用表量 24 V，正常" in page.body
    assert r"\# 不是标题 \*重\*" in page.body
    look = examined(index.library, "", page.text, was=None, today=NOON.date(), waiting=[photo["file"]])
    assert not any("not there" in one.what for one in look.faults)


def test_what_belongs_to_the_customer_stays_behind_and_is_told(store: Store, index: SearchIndex) -> None:
    received(store)
    page = begun(store, index)
    for secret in ("华东精工", "王师傅", "VM850-20231", "13812345678", "下次带两个继电器", "engineer-li"):
        assert secret not in page.text, secret
    told = {(one.kind, one.text) for one in page.left_behind}
    assert ("name of a customer", "华东精工") in told
    assert ("serial number", "编号：VM850-20231") in told
    assert ("telephone number", "13812345678") in told
    assert any(kind == "further notes" for kind, _ in told)
    assert LEFT_OUT in page.values["symptom"]
    assert draft(store, ID).texts == TEXTS


@pytest.mark.parametrize(
    "text",
    [
        "SV0401 13号轴",
        "参数 1815#5 改为 1",
        "0571 报警，4.2 A",
        "请维修工程师检查",
        "X 轴 12345678 个脉冲",
        "SN 信号断",
    ],
)
def test_numbers_and_words_of_the_trade_stay(store: Store, text: str) -> None:
    cleaned, left = without_private(store, {"symptom": text})
    assert (cleaned["symptom"], left) == (text, ())


def test_a_draft_keeps_its_page_and_takes_no_second_one(store: Store) -> None:
    received(store)
    closed = close_with_page(store, ID, "CASE-X-09", who="editor", now=NOON)
    assert (closed.state, closed.page_id, closed.note) == ("closed", "CASE-X-09", "CASE-X-09")
    again = close_with_page(store, ID, "CASE-X-09", who="editor", now=NOON)
    assert again.revision == closed.revision
    with pytest.raises(Conflict, match="CASE-X-09 came of this draft already"):
        close_with_page(store, ID, "CASE-X-10", who="editor", now=NOON)
    assert draft_counts(store)["closed"] == 1


def test_there_is_no_page_of_no_draft(store: Store, index: SearchIndex) -> None:
    with pytest.raises(NotFound, match="draft"):
        begun(store, index)
    with pytest.raises(BadInput, match="not kept"):
        receive_draft(
            store, Sent(id=ID, created=NOON, texts={}), author="engineer-li", now=NOON, photo_limit_bytes=1
        )


GUIDE_MD = """# 主轴皮带更换

## 工具

张力计

## 步骤一：断电

上锁，验电。

## 步骤二

松电机座。

## 验收标准

张力在机床厂范围内
"""


@pytest.mark.parametrize(
    ("headings", "kind"),
    [
        (["工具", "步骤一：断电", "第2步", "验收标准"], "guide"),
        (["报警号", "含义", "系统反应", "处理"], "alarm"),
        (["序号", "检查项目", "判定标准", "周期"], "checklist"),
        (["故障现象", "原因分析", "处理方法", "工具"], "case"),
        (["费用", "附件"], "case"),
        ([], "case"),
    ],
)
def test_the_headings_of_a_document_tell_what_it_is(headings: list[str], kind: str) -> None:
    assert type_of(headings) == kind


def test_a_guide_from_a_file_begins_a_guide_with_its_steps(store: Store, index: SearchIndex) -> None:
    report = import_pages(
        store,
        index,
        io.BytesIO(GUIDE_MD.encode()),
        "皮带.md",
        who="editor",
        now=NOON,
        limit_bytes=1_000_000,
        dry_run=False,
    )
    (item,) = report.items
    assert item.page_type == "guide"
    page = page_from_file(
        store, index.library, item.draft_id, "guide", owner="editor", now=NOON, limit_bytes=1_000_000
    )
    assert page.values["title"] == "主轴皮带更换"
    assert "### 步骤 1 断电" in page.body
    assert "### 步骤 2\n" in page.body
    assert "## 验收\n" in page.body
    assert "上锁，验电。" in page.body
    with pytest.raises(BadInput, match="no page was begun"):
        page_from_file(
            store, index.library, item.draft_id, "term", owner="editor", now=NOON, limit_bytes=1_000_000
        )
