"""The form of a page: nothing typed is lost, the difference comes before the save, three texts after a conflict."""

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from kb.api.app import create_app
from kb.content import load_library
from kb.settings import Settings
from kb.usecases.editing_fields import FieldSpec, form_of
from kb.usecases.editing_form import Typed, typed_from, typed_of, values_of
from kb.usecases.editing_preview import digests, digests_file
from kb.usecases.editing_text import examined, text_of_fields
from kb.web.pages.editing_faults import in_words
from kb.wiring import House, open_house
from tests.kb.api.conftest import NOON, ROOT
from tests.kb.site.samples import a_library

CASE = "CASE-X-01"
Pairs = list[tuple[str, str]]


class FormReader(HTMLParser):
    """Reads what a browser would send of the form with the id `edit-form` or `compare-form`."""

    def __init__(self) -> None:
        super().__init__()
        self.pairs: Pairs = []
        self._inside = self._template = 0
        self._area = self._select = ""
        self._text = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        a = {name: value or "" for name, value in attributes}
        self._inside += tag == "form" and a.get("id") in {"edit-form", "compare-form"}
        self._template += tag == "template"
        if not self._inside or self._template:
            return
        if tag == "input" and a.get("name") and (a.get("type") != "checkbox" or "checked" in a):
            self.pairs.append((a["name"], a.get("value", "")))
        elif tag == "textarea":
            self._area, self._text = a.get("name", ""), ""
        elif tag == "select":
            self._select = a["name"]
            self.pairs.append((self._select, ""))
        elif tag == "option" and "selected" in a:
            self.pairs[-1] = (self._select, a["value"])

    def handle_data(self, data: str) -> None:
        self._text += data if self._area else ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            self.pairs.append((self._area, self._text.removeprefix("\n").replace("\n", "\r\n")))
            self._area = ""
        self._template -= tag == "template"
        self._inside -= tag == "form" and self._inside > 0


def form_in(answer: Response) -> Pairs:
    reader = FormReader()
    reader.feed(answer.text)
    assert reader.pairs, answer.text[:2000]
    return reader.pairs


def with_values(pairs: Pairs, **changes: str) -> Pairs:
    named = {name.replace("__", "."): value for name, value in changes.items()}
    return [(name, named.get(name, value)) for name, value in pairs]


def send(client: TestClient, path: str, pairs: Pairs, do: str) -> Response:
    return client.post(
        path,
        content=urlencode([*pairs, ("_do", do)]),
        headers={"content-type": "application/x-www-form-urlencoded"},
    )


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    opened = open_house(
        Settings(home=tmp_path / "var", content_dir=a_library(tmp_path / "content")), clock=lambda: NOON
    )
    opened.store.migrate()
    yield opened
    opened.store.close()


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house), follow_redirects=False) as opened:
        yield opened


def pairs_of(specs: tuple[FieldSpec, ...], typed: Typed, prefix: str = "") -> Iterator[tuple[str, str]]:
    for spec in specs:
        value, name = typed.get(spec.name), prefix + spec.name
        if spec.widget == "part":
            yield from pairs_of(spec.fields, value, f"{name}.") if value else ()
        elif spec.widget == "group":
            for number, entry in enumerate(value or []):
                yield from pairs_of(spec.fields, entry, f"{name}.k{number}.")
        elif spec.widget == "lines":
            yield name, "\r\n".join(value or [])
        elif spec.widget == "choices":
            yield from ((name, one) for one in value or [])
        elif value or spec.widget != "check":
            yield name, value or ""


def test_the_form_of_every_page_of_the_library_sent_back_unchanged_is_its_file_byte_for_byte() -> None:
    library = load_library(ROOT / "content")
    for path, file in list(library.files.items())[::8]:
        page = file.page
        assert page is not None
        typed = typed_of(page)
        sent = [*pairs_of(form_of(page.type), typed), ("no_hazards", typed["no_hazards"])]
        values = values_of(
            page.type, typed_from(page.type, [pair for pair in sent if pair[1] or pair[0] != "no_hazards"])
        )
        values |= {"id": page.id, "type": page.type, "created": page.created, "revision": page.revision}
        before = (ROOT / "content" / path).read_text(encoding="utf-8")
        assert text_of_fields(page.type, values, file.body, base=before, was=page) == (before, ()), path


@pytest.mark.parametrize("page_id", [CASE, "GUIDE-X", "ALM-FANUC-SV0401", "CHK-X", "TERM-scale", "COURSE-X"])
def test_the_form_in_the_page_sent_back_unchanged_changes_nothing(client: TestClient, page_id: str) -> None:
    pairs = form_in(client.get(f"/pages/{page_id}/edit"))
    answer = send(client, f"/pages/{page_id}/edit", pairs, "check")
    assert answer.status_code == 200, re.findall(r'class="error"[^<]*<?[^<]*', answer.text)
    assert "没有改动。" in answer.text


def test_a_change_is_compared_and_then_saved_once(client: TestClient, house: House) -> None:
    pairs = with_values(
        form_in(client.get(f"/pages/{CASE}/edit")), summary="主轴电机太热。", solutions__0__check="看滤网"
    )
    compared = send(client, f"/pages/{CASE}/edit", pairs, "check")
    assert compared.status_code == 200
    assert "<del>过</del><ins>太</ins>热" in compared.text
    assert "主轴电机过热" in (house.settings.content_dir / "case.md").read_text(encoding="utf-8")
    confirmed = with_values(form_in(compared), _why="说清楚")
    saved = send(client, f"/pages/{CASE}/edit", confirmed, "save")
    assert (saved.status_code, saved.headers["location"]) == (303, f"/pages/{CASE}/read?saved={CASE}")
    assert send(client, f"/pages/{CASE}/edit", confirmed, "save").status_code == 303
    text = (house.settings.content_dir / "case.md").read_text(encoding="utf-8")
    assert "summary: 主轴电机太热。" in text
    assert "check: 看滤网" in text
    history = client.get(f"/pages/{CASE}/history").text
    assert history.count("说清楚") == 1
    assert "首次见于文件" in history


def test_entries_that_are_added_moved_and_left_empty_come_in_the_order_of_the_page(
    client: TestClient,
) -> None:
    pairs = form_in(client.get(f"/pages/{CASE}/edit"))
    first = [pair for pair in pairs if pair[0].startswith("solutions.0.")]
    others = [pair for pair in pairs if not pair[0].startswith("solutions.0.")]
    added = [
        (name.replace(".0.", ".nabc1.", 1), "新原因" if name.endswith("cause.text") else value)
        for name, value in first
    ]
    empty = [(name.replace(".0.", ".nabc2.", 1), "") for name, _ in first]
    text = form_in(send(client, f"/pages/{CASE}/edit", [*others, *empty, *added, *first], "check"))
    whole = dict(text)["_text"]
    assert 0 < whole.index("新原因") < whole.index("风机滤网堵")
    assert whole.count("- cause:") == 2


def test_every_fault_stands_at_its_field_and_nothing_typed_is_lost(client: TestClient) -> None:
    pairs = with_values(
        form_in(client.get(f"/pages/{CASE}/edit")),
        title="",
        summary="写了一半 <b>",
        review_due="昨天",
        solutions__0__cause__code="",
        _body="## 现象\n",
    )
    answer = send(client, f"/pages/{CASE}/edit", pairs, "check")
    assert answer.status_code == 422
    for path in ("title", "review_due", "solutions.0.cause.code"):
        assert f'id="e-{path}"' in answer.text, path
    again = dict(form_in(answer))
    assert again["summary"] == "写了一半 <b>"
    assert again["review_due"] == "昨天"
    assert again["_body"].strip() == "## 现象"
    mended = with_values(form_in(answer), title="好", review_due="2027-01-02", solutions__0__cause__code="E4")
    checked = send(client, f"/pages/{CASE}/edit", mended, "check")
    assert 'id="e-body"' in checked.text
    assert "环境" in unescape(checked.text)


def test_text_and_form_are_two_ways_to_the_same_file(client: TestClient) -> None:
    pairs = with_values(form_in(client.get(f"/pages/{CASE}/edit")), summary="改过。")
    as_text = send(client, f"/pages/{CASE}/edit", pairs, "text")
    text = dict(form_in(as_text))["_text"]
    assert "summary: 改过。" in text
    broken = with_values(form_in(as_text), _text=text.replace("severity: S2", "severity: [S2"))
    refused = send(client, f"/pages/{CASE}/edit", broken, "form")
    assert refused.status_code == 422
    assert "severity: [S2" in refused.text
    back = dict(form_in(send(client, f"/pages/{CASE}/edit", form_in(as_text), "form")))
    assert back["summary"] == "改过。"


def test_a_conflict_shows_three_texts_and_puts_both_together(client: TestClient, house: House) -> None:
    mine = with_values(form_in(client.get(f"/pages/{CASE}/edit")), title_en="Mine")
    file = house.settings.content_dir / "case.md"
    file.write_text(file.read_text(encoding="utf-8").replace("S2", "S1"), encoding="utf-8")
    answer = send(client, f"/pages/{CASE}/edit", mine, "check")
    assert answer.status_code == 412
    for label in ("您开始时的", "您的版本", "现有版本", "合并两边的改动"):
        assert label in answer.text, label
    base = re.findall(r'name="_base" value="(\w+)"', answer.text)[0]
    both = unescape(
        re.findall(r'<textarea name="_text" hidden>\n(.*?)</textarea>', answer.text, re.DOTALL)[0]
    )
    assert "title_en: Mine" in both
    assert "severity: S1" in both
    token = dict(mine)["csrf_token"]
    sent = [("csrf_token", token), ("_base", base), ("_mode", "text"), ("_text", both), ("_why", "合并")]
    assert send(client, f"/pages/{CASE}/edit", sent, "save").status_code == 303


def test_a_new_page_is_written_from_its_form(client: TestClient, house: House) -> None:
    assert client.get("/pages/new").status_code == 200
    blank = with_values(
        form_in(client.get("/pages/new/term")),
        _id="TERM-chuck",
        title="卡盘",
        title_en="chuck",
        summary="夹工件的。",
        preferred__zh="卡盘",
        preferred__en="chuck",
        definition="夹住工件的部件。",
        no_hazards="on",
    )
    compared = send(client, "/pages/new/term", blank, "check")
    assert compared.status_code == 200, compared.text
    assert (
        send(client, "/pages/new/term", form_in(compared), "save")
        .headers["location"]
        .startswith("/pages/TERM-chuck/")
    )
    assert (house.settings.content_dir / "terms" / "chuck.md").is_file()
    assert "夹住工件的部件" in client.get("/pages/TERM-chuck/read").text
    taken = send(client, "/pages/new/term", with_values(blank, definition="别的"), "check")
    assert (taken.status_code, 'id="e-id"' in taken.text) == (422, True)


def test_the_short_address_leads_to_the_newer_of_site_and_file(client: TestClient, house: House) -> None:
    site = house.settings.site_dir
    site.mkdir(parents=True)
    (site / "index.html").write_text("x", encoding="utf-8")
    digests_file(site).write_bytes(digests(house.library()))
    assert client.get(f"/pages/{CASE}").headers["location"].startswith("/library/")
    file = house.settings.content_dir / "case.md"
    file.write_text(file.read_text(encoding="utf-8").replace("主轴过热", "更新的标题"), encoding="utf-8")
    assert client.get(f"/pages/{CASE}").headers["location"] == f"/pages/{CASE}/read"
    shown = client.get(f"/pages/{CASE}/read").text
    assert "更新的标题" in shown
    assert "比已生成的站点新" in shown


def test_status_changes_are_refused_in_words_at_the_page(client: TestClient) -> None:
    page = client.get(f"/pages/{CASE}/read").text
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    base = re.findall(r'name="base" value="(\w+)"', page)[0]
    form = {
        "csrf_token": token,
        "base": base,
        "status": "approved",
        "confidence": "validated",
        "why": "x",
    }
    refused = client.post(f"/pages/{CASE}/standing", data=form)
    assert refused.status_code == 422, refused.text
    assert "不能一步变为 approved" in refused.text, re.findall(r"<p class=.error.*", refused.text)
    moved = client.post(f"/pages/{CASE}/standing", data={**form, "status": "in_review", "reviewed": "on"})
    assert moved.status_code == 303
    assert "审核中" in client.get(f"/pages/{CASE}/read").text


def test_a_form_without_its_token_changes_nothing(client: TestClient) -> None:
    pairs = [pair for pair in form_in(client.get(f"/pages/{CASE}/edit")) if pair[0] != "csrf_token"]
    assert send(client, f"/pages/{CASE}/edit", pairs, "save").status_code == 403


def test_a_checklist_of_eighty_items_is_sent_whole(client: TestClient, house: House) -> None:
    items = [
        {
            "id": f"T{n:03}",
            "text": f"项目 {n}",
            "kind": "pass_fail",
            "minutes": 1,
            "source": "P1",
            "grade": "B",
        }
        for n in range(80)
    ]
    file = house.settings.content_dir / "checklist.md"
    page = house.library().pages["CHK-X"]
    longer = page.model_validate({**page.model_dump(), "items": items})
    typed = typed_of(longer)
    sent = [*pairs_of(form_of("checklist"), typed), ("no_hazards", "on")]
    head = [pair for pair in form_in(client.get("/pages/CHK-X/edit")) if pair[0].startswith(("_", "csrf"))]
    answer = send(client, "/pages/CHK-X/edit", [*head, *sent], "check")
    assert answer.status_code == 200, answer.text[:3000]
    assert dict(form_in(answer))["_text"].count("kind: pass_fail") == 80
    assert file.is_file()


def test_what_the_checks_find_is_said_in_chinese(house: House) -> None:
    folder = house.settings.content_dir
    plain = (folder / "case.md").read_text(encoding="utf-8")
    wrong = {
        "severity: S2": "severity: S2\nkeywords: []\nrelated: [CASE-NO-1, CASE-X-01]",
        "failure_mode: OHE": "failure_mode: NOSUCH",
        "item: motor": "item: nosuch",
        "grade: B": "grade: K",
        "## 验证": "## 别的",
        "created: '2026-01-01'": "created: '2026-06-01'",
        "verification": "prevention",
        "正文。": "[x](nowhere.md) ![y](no.svg)",
        "type: danger": "type: danger",
    }
    for before, after in wrong.items():
        assert before in plain, before
        plain = plain.replace(before, after)
    look = examined(house.library(), "case.md", plain, was=house.library().pages[CASE], today=house.today())
    said = [in_words(text, "zh_CN") for one in look.faults for text in (one.what, one.repair)]
    assert len(look.faults) >= 10
    foreign = [text for text in said if not re.search("[\u4e00-\u9fff]", text)]
    assert foreign == []
    assert in_words("what nobody has translated", "zh_CN") == "what nobody has translated"
