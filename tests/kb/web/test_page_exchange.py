"""Pages brought in and taken out with a browser: previewed, chosen, kept, looked at, accepted."""

import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pypdf import PdfReader

from kb.api.app import create_app
from kb.settings import Settings
from kb.usecases.accounts import Role
from kb.usecases.drafts import draft_counts
from kb.web import page_imports
from kb.wiring import House, open_house
from tests.kb.api.conftest import NOON, bearer
from tests.kb.api.conftest import guarded as guarded

ROOT = Path(__file__).parents[3]
DATA = ROOT / "tests" / "data" / "imports"


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a request wait for its report however busy the machine is; it goes on as soon as the report is there."""
    monkeypatch.setattr(page_imports, "AT_ONCE_S", 120.0)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    content = tmp_path / "content"
    content.mkdir()
    shutil.copytree(ROOT / "content" / "vocabularies", content / "vocabularies")
    shutil.copytree(ROOT / "content" / "cases" / "axs", content / "cases" / "axs")
    opened = open_house(Settings(home=tmp_path / "var", content_dir=content), clock=lambda: NOON)
    opened.store.migrate()
    yield opened
    opened.store.close()


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house)) as opened:
        yield opened


def token(client: TestClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/page-exchange").text)
    assert found
    return found[1]


def sent(client: TestClient, name: str) -> str:
    """Send a file of the data folder; return where its preview is."""
    files = {"document": (name, (DATA / name).read_bytes())}
    answer = client.post(
        "/page-exchange/import", files=files, data={"csrf_token": token(client)}, follow_redirects=False
    )
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_a_table_is_previewed_mapped_again_chosen_kept_and_accepted(client: TestClient, house: House) -> None:
    csrf = token(client)
    preview = sent(client, "cases.xlsx")
    page = client.get(preview).text
    assert "预览：尚未保存" in page
    assert "SV0401 开机报警，轴不动" in page
    assert "是公式，按保存时的值读取" in page
    assert "客户 列没有导入" in page
    assert draft_counts(house.store)["new"] == 0
    headers = re.findall(r'name="header" value="([^"]+)"', page)
    assert headers == ["日期", "设备型号", "报警号", "故障现象", "原因分析", "处理措施", "停机小时", "客户"]
    fields = ["-", "machine", "alarm", "现象", "原因", "处理", "", "-"]
    again = {"csrf_token": csrf, "header": headers, "field": fields}
    second = client.post(f"{preview}/again", data={**again, "action": "check"})
    assert second.status_code == 200
    assert draft_counts(house.store)["new"] == 0
    nothing = client.post(f"{second.url.path}/again", data={**again, "action": "keep"})
    assert nothing.status_code == 422
    assert "no case is chosen" in nothing.text
    kept = client.post(f"{second.url.path}/again", data={**again, "action": "keep", "only": ["1"]})
    assert "已存为草稿，尚未发布" in kept.text
    assert draft_counts(house.store)["new"] == 1
    found = re.search(r'href="(/page-exchange/drafts/[0-9a-f-]+)"', kept.text)
    assert found
    shown = client.get(found[1]).text
    assert "急停链触点松" in shown
    assert "停机小时：3" in shown
    assert "甲公司" not in shown
    assert "2025-03-02" not in shown
    refused = client.post(found[1], data={"csrf_token": csrf, "title_en": ""})
    assert refused.status_code == 422
    assert "英文标题" in refused.text
    accepted = client.post(
        found[1],
        data={"csrf_token": csrf, "title_en": "E-stop <b>", "hazards": "none", "failure_mode": "STP"},
    )
    assert accepted.status_code == 200
    assert "已成为编写中的资料页" in accepted.text
    page_id = house.library().pages.keys() - {"CASE-AXS-01"}
    made = next(one for one in house.library().pages.values() if one.title_en == "E-stop <b>")
    assert made.id in page_id
    assert (made.status, made.confidence) == ("in_preparation", "wip")
    assert client.get(f"/api/v1/pages/{made.id}").json()["address"] == ""
    once_more = client.post(found[1], data={"csrf_token": csrf, "title_en": "again", "hazards": "none"})
    assert once_more.status_code == 422
    # The mapping is remembered for the next table with these headers.
    assert re.search(r'value="日期".*?value="-" selected', client.get(sent(client, "cases.xlsx")).text)


def test_pictures_of_a_word_document_are_shown_and_come_to_stand_beside_the_page(
    client: TestClient, house: House
) -> None:
    csrf = token(client)
    preview = sent(client, "two_cases.docx")
    assert "五、费用说明" in client.get(preview).text
    kept = client.post(f"{preview}/again", data={"csrf_token": csrf, "action": "keep", "only": ["1", "2"]})
    place = re.findall(r'href="(/page-exchange/drafts/[0-9a-f-]+)"', kept.text)[0]
    picture = re.search(r'src="(/drafts/[0-9a-f-]+/photos/1)"', client.get(place).text)
    assert picture
    assert client.get(picture[1]).content.startswith(b"\x89PNG")
    hazard = {"hazard": "带电端子", "consequence": "触电", "avoid": "断电"}
    answer = client.post(
        place, data={"csrf_token": csrf, "title_en": "SV0401", "failure_mode": "STP", **hazard}
    )
    assert answer.status_code == 200, answer.text
    made = next(one for one in house.library().pages.values() if one.title_en == "SV0401")
    (attached,) = made.attachments
    beside = house.settings.content_dir / Path(house.library().paths[made.id]).parent / attached.file
    assert beside.read_bytes().startswith(b"\x89PNG")
    pdf = PdfReader(io.BytesIO(client.get(f"/pages/{made.id}/file").content))
    assert any(page.images for page in pdf.pages)


def test_the_type_of_each_document_is_chosen_in_the_preview_or_at_its_draft(
    client: TestClient, house: House
) -> None:
    csrf = token(client)
    preview = sent(client, "other_types.docx")
    page = client.get(preview).text
    chosen = re.findall(r'name="(type-\d)">.*?value="(\w+)" selected', page)
    assert chosen == [("type-1", "guide"), ("type-2", "alarm"), ("type-3", "checklist")]
    keep = {"csrf_token": csrf, "action": "keep", "only": ["1", "3"]}
    wrong = client.post(f"{preview}/again", data={**keep, "type-1": "term", "type-9": "case"})
    assert wrong.status_code == 422
    assert "选的是 &#39;term&#39;" in wrong.text
    assert "写了 [9]" in wrong.text
    kept = client.post(f"{preview}/again", data={**keep, "type-1": "guide", "type-3": "guide"})
    guide, checklist = re.findall(r'href="(/page-exchange/drafts/[0-9a-f-]+)"', kept.text)
    shown = client.get(guide).text
    assert "将按指南接受" in shown
    assert '<option value="adjustment" selected>' in shown
    assert "### 步骤 3 沿 Z 轴移动百分表" in shown
    assert 'name="failure_mode"' not in shown
    assert 'name="items"' not in client.get(checklist).text
    other = client.get(f"{checklist}?type=checklist").text
    assert "导轨油位：目视 | 两线之间" in other
    assert "将按案例接受" not in other
    said = {"csrf_token": csrf, "type": "checklist", "title_en": "Lathe <b>, weekly"}
    refused = client.post(checklist, data={**said, "level": "daily", "items": "甲|乙|丙\r\n丁"})
    assert refused.status_code == 422
    assert "第 1 行的分钟写成了 丙" in refused.text
    assert "点检级别" in refused.text or "daily" not in refused.text
    assert "甲|乙|丙" in refused.text
    made = client.post(checklist, data={**said, "level": "weekly", "items": "甲|乙|3\r\n丁"})
    assert made.status_code == 200
    assert "已成为编写中的资料页" in made.text
    page_of = next(one for one in house.library().pages.values() if one.type == "checklist")
    assert (page_of.title_en, [item.text for item in page_of.items]) == ("Lathe <b>, weekly", ["甲", "丁"])  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        pytest.param("a.exe", b"MZ", "is of a kind that is not read", id="kind"),
        pytest.param("a.docx", b"", "是空的", id="empty"),
        pytest.param("a.docx", b"PK\x03\x04 broken", "is a damaged archive", id="damaged"),
        pytest.param("<b>.docx", b"%PDF-1.7", "is a PDF document", id="pdf"),
    ],
)
def test_a_wrong_file_is_refused_on_the_page_with_the_reason(
    client: TestClient, name: str, content: bytes, said: str
) -> None:
    answer = client.post(
        "/page-exchange/import", files={"document": (name, content)}, data={"csrf_token": token(client)}
    )
    assert answer.status_code == 422
    assert said in answer.text
    assert "<b>.docx" not in answer.text


def test_the_search_page_offers_its_hits_as_files_and_a_page_is_one(client: TestClient) -> None:
    found = re.search(
        r'href="(/page-exchange/selection[^"]*format=docx)"', client.get("/search?q=SV0401&type=case").text
    )
    assert found
    answer = client.get(found[1].replace("&amp;", "&"))
    assert answer.content.startswith(b"PK")
    assert "filename*=UTF-8''" in answer.headers["content-disposition"]
    assert client.get("/pages/CASE-AXS-01/file?format=pdf").content.startswith(b"%PDF")
    assert client.get("/pages/CASE-NONE-1/file").status_code == 404
    assert client.get("/page-exchange/selection").status_code == 400


def test_the_api_takes_files_in_reports_and_accepts(client: TestClient, house: House) -> None:
    files = {"document": ("by_hand.docx", (DATA / "by_hand.docx").read_bytes())}
    trial = client.post("/api/v1/page-imports", files=files)
    assert trial.status_code == 200, trial.text
    assert trial.json()["result"]["counts"]["new"] == 1
    assert draft_counts(house.store)["new"] == 0
    stored = client.post("/api/v1/page-imports", files=files, data={"dry_run": "false"}).json()
    (item,) = stored["result"]["items"]
    again = client.post("/api/v1/page-imports", files=files, data={"dry_run": "false"}).json()
    assert again["result"]["counts"] == {"new": 0, "known": 1, "unchanged": 0, "left": 0}
    assert draft_counts(house.store)["new"] == 1
    bad = client.post(f"/api/v1/drafts/{item['draft_id']}/accept", json={"title_en": "", "colour": "red"})
    assert bad.status_code == 422
    made = client.post(
        f"/api/v1/drafts/{item['draft_id']}/accept",
        json={"title_en": "Readout jumps", "failure_mode": "DRI", "hazards": "none"},
    )
    assert made.status_code == 200, made.text
    assert made.json()["page"].startswith("CASE-MEA-")
    types = {"document": ("other_types.docx", (DATA / "other_types.docx").read_bytes())}
    given = {"dry_run": "false", "only": "[1]", "types": '{"1": "case", "2": "term"}'}
    never = client.post("/api/v1/page-imports", files=types, data=given)
    assert (never.status_code, "types, 2" in never.text) == (422, True)
    came = client.post("/api/v1/page-imports", files=types, data={**given, "types": '{"1": "case"}'}).json()
    first = came["result"]["items"][0]
    assert (first["page_type"], first["possible_types"][1]) == ("case", "guide")
    guide = {"type": "guide", "title_en": "Tailstock", "time_minutes": "60", "hazards": "none"}
    answer = client.post(f"/api/v1/drafts/{first['draft_id']}/accept", json={**guide, "severity": "S1"})
    assert (answer.status_code, "severity" in answer.text) == (422, True)
    answer = client.post(f"/api/v1/drafts/{first['draft_id']}/accept", json=guide)
    assert answer.json()["page"] == "GUIDE-SPI-01", answer.text
    wrong = client.post(
        "/api/v1/page-imports",
        files={"document": ("cases.xlsx", (DATA / "cases.xlsx").read_bytes())},
        data={"mapping": '{"不存在": "现象", "客户": "colour"}'},
    )
    assert wrong.status_code == 422
    assert "不存在" in wrong.text
    assert "colour" in wrong.text


@pytest.mark.parametrize(("role", "status"), [(Role.ENGINEER, 403), (Role.EDITOR, 200)])
def test_bringing_in_needs_an_editor(guarded_client: TestClient, role: Role, status: int) -> None:
    headers = bearer(guarded_client, role)
    files = {"document": ("by_hand.docx", (DATA / "by_hand.docx").read_bytes())}
    assert guarded_client.post("/api/v1/page-imports", files=files, headers=headers).status_code == status
    assert guarded_client.get("/api/v1/pages/CASE-AXS-01/file?format=md", headers=headers).status_code == 200
    assert guarded_client.post("/api/v1/page-imports", files=files).status_code == 401


@pytest.fixture
def guarded_client(guarded: House) -> Iterator[TestClient]:
    with TestClient(create_app(guarded)) as opened:
        yield opened
