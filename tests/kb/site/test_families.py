"""A page for each controller family: what stands on it, who leads to it, and when there is none."""

import re
from dataclasses import replace
from pathlib import Path
from posixpath import dirname, normpath

import pytest

from kb.content.pages import AlarmPage, CasePage, GuidePage, Page
from kb.content.vocabulary import Entry
from kb.site.addresses import built, is_shown, page_path
from kb.site.families import controller_path
from kb.site.order import prefix_of
from kb.site.pages import SiteInput, site_pages
from kb.site.reading import read_site_input
from tests.kb.site.samples import ROOT, a_page, a_site, an_input

FANUC = [{"machine": ["VMC"], "controller": ["fanuc-0i"]}]
MILLS = [{"machine": ["VMC"], "controller": ["siemens-828d"]}]


@pytest.fixture(scope="module")
def real() -> SiteInput:
    return read_site_input(ROOT / "content", ROOT / "docs")


@pytest.fixture(scope="module")
def texts(real: SiteInput) -> dict[str, str]:
    return site_pages(real)


def controllers_of(page: Page) -> set[str]:
    return {code for group in page.applies_to for code in group.controller}


def an_alarm_of_fanuc(**changes: object) -> str:
    return a_page("alarm", applies_to=FANUC, **changes)


def test_a_family_has_a_page_when_something_is_written_for_it_and_else_none(
    real: SiteInput, texts: dict[str, str]
) -> None:
    written = {
        code
        for page in real.pages.values()
        if is_shown(page) and isinstance(page, (AlarmPage, CasePage, GuidePage))
        for code in controllers_of(page)
    }
    assert len(written) > 25
    assert {path for path in texts if path.startswith("controllers/")} == set(map(controller_path, written))
    assert set(real.codes["controllers"]) - written


def test_every_page_written_for_a_control_stands_on_its_page_once(
    real: SiteInput, texts: dict[str, str]
) -> None:
    seen = 0
    for page in real.pages.values():
        if not is_shown(page) or not isinstance(page, (AlarmPage, CasePage, GuidePage)):
            continue
        for code in controllers_of(page):
            address = built(page_path(page))
            assert texts[controller_path(code)].count(f'href="../{address}"') == 1, (page.id, code)
            seen += 1
    assert seen > 400


def test_every_link_of_a_familys_page_leads_somewhere(texts: dict[str, str]) -> None:
    pages = {built(path): text for path, text in texts.items()}
    followed = 0
    for path, text in texts.items():
        if not path.startswith("controllers/"):
            continue
        for in_html, in_markdown in re.findall(r'href="([^"]+)"|\]\(([^)\s]+)\)', text):
            file, _, anchor = (in_html or built(in_markdown)).partition("#")
            found = normpath(f"{dirname(path)}/{file}") if file else built(path)
            assert found in pages, f"{path} → {file}"
            there = pages[found]
            assert not anchor or f'id="{anchor}"' in there or f"{{: #{anchor} }}" in there, (
                f"{path} → #{anchor}"
            )
            followed += 1
    assert followed > 500


def test_the_front_page_leads_to_every_family_under_its_brand(real: SiteInput, texts: dict[str, str]) -> None:
    front = texts["index.md"]
    rows = dict(re.findall(r"<div><dt>([^<]*)</dt><dd>(.*?)</dd></div>", front))
    for path in texts:
        if path.startswith("controllers/"):
            entry = real.codes["controllers"][path[len("controllers/") : -len(".md")]]
            assert f'href="{built(path)}"' in rows["".join(entry.texts("brand"))]
    brands = list(dict.fromkeys("".join(e.texts("brand")) for e in real.codes["controllers"].values()))
    assert list(rows) == [brand for brand in brands if brand in rows]


def test_an_alarm_leads_to_the_controls_that_show_it_and_so_does_the_index(tmp_path: Path) -> None:
    texts = a_site(tmp_path, alarm=an_alarm_of_fanuc())
    alarm = texts["alarms/fanuc/alm-fanuc-sv0401.md"]
    link = '<a href="../../controllers/fanuc-0i.html">FANUC 0i</a>'
    assert f"<dt>系统</dt><dd>{link}</dd>" in alarm
    assert "<dt>适用</dt><dd>立式加工中心</dd>" in alarm
    assert '系统：<a href="../controllers/fanuc-0i.html">FANUC 0i</a></p>' in texts["alarms/index.md"]
    assert 'href="controllers/fanuc-0i.html"' in texts["index.md"]


def test_without_pages_for_controls_nobody_leads_to_one(tmp_path: Path) -> None:
    texts = a_site(tmp_path)
    assert "controllers/" not in "".join([*texts, *texts.values()])
    assert "按系统找" not in texts["index.md"]
    assert "<dt>系统</dt>" not in texts["alarms/fanuc/alm-fanuc-sv0401.md"]


@pytest.mark.parametrize("status", ["in_preparation", "in_review", "withdrawn"])
def test_a_page_that_is_not_released_makes_no_family(tmp_path: Path, status: str) -> None:
    texts = a_site(tmp_path, alarm=an_alarm_of_fanuc(status=status, confidence="wip"))
    assert [path for path in texts if path.startswith("controllers/")] == []


def test_the_page_says_who_makes_the_control_and_how_its_alarms_look(tmp_path: Path) -> None:
    text = a_site(tmp_path, alarm=an_alarm_of_fanuc())["controllers/fanuc-0i.md"]
    assert "# FANUC 0i\n" in text
    assert "<dt>品牌</dt><dd>FANUC</dd>" in text
    assert "0i-TD、0i-MD、0i-TF" in text
    looks = text.index("## 报警的样子")
    assert looks < text.index("两个字母加四位数字（SV0401）") < text.index("## 报警 1 ")
    assert "### SV 伺服（1）" in text
    assert '<dt>本库有</dt><dd><a href="#alarms">1 个报警</a></dd>' in text
    assert '<a href="../alarms/fanuc/alm-fanuc-sv0401.html">SV0401</a> 伺服准备信号断开' in text


def test_alarms_stand_class_by_class_as_the_vocabulary_orders_them_then_by_number(tmp_path: Path) -> None:
    files = {
        name: an_alarm_of_fanuc(id=f"ALM-FANUC-{code}", code=code, title=code)
        for name, code in {"a": "SV0410", "b": "SV0009", "c": "OT0500", "d": "QQ1", "e": "414"}.items()
    }
    text = a_site(tmp_path, **files)["controllers/fanuc-0i.md"]
    assert re.findall(r"^### (.*)$", text.split("## 故障案例")[0], re.MULTILINE) == [
        "SV 伺服（2）",
        "OT 超程（1）",
        "QQ（1）",
        "按编号（1）",
    ]
    assert text.index(">SV0009<") < text.index(">SV0410<")


def test_alarms_of_drives_stand_apart_from_the_controls_own(tmp_path: Path) -> None:
    texts = a_site(
        tmp_path,
        a=a_page("alarm", id="ALM-SIEMENS-25050", family="siemens", code="25050", applies_to=MILLS),
        b=a_page("alarm", id="ALM-SINAMICS-F30002", family="sinamics", code="F30002", applies_to=MILLS),
    )
    text = texts["controllers/siemens-828d.md"]
    assert text.index("### 西门子 SINUMERIK 按编号（1）") < text.index("### 西门子 SINAMICS 驱动 F 故障（1）")
    assert "2 开头是 SINAMICS 驱动" in text
    assert "NC 屏幕上前面换成 2（230002）" in text


def test_a_case_without_a_control_belongs_to_those_that_show_its_alarm(tmp_path: Path) -> None:
    shown = [{"family": "fanuc", "code": "SV0401"}]
    texts = a_site(
        tmp_path,
        alarm=an_alarm_of_fanuc(),
        case=a_page("case", alarms=shown),
        other=a_page("case", id="CASE-X-02", alarms=shown, applies_to=MILLS),
        third=a_page("case", id="CASE-X-03", title="无关"),
    )
    text = texts["controllers/fanuc-0i.md"]
    assert "## 故障案例 1 " in text
    assert "### 主轴（1）" in text
    assert "case-x-01.html" in text
    assert "case-x-02.html" not in text
    assert "case-x-03.html" not in text
    assert "case-x-02.html" in texts["controllers/siemens-828d.md"]


def test_guides_are_told_by_kind_of_work_and_terms_by_what_the_pages_name(tmp_path: Path) -> None:
    texts = a_site(
        tmp_path,
        guide=a_page("guide", applies_to=FANUC, related=["TERM-scale"]),
        brand=a_page("term", id="TERM-fanuc", preferred={"zh": "发那科", "en": "FANUC"}),
        other=a_page("term", id="TERM-haas", preferred={"zh": "哈斯", "en": "Haas"}),
    )
    text = texts["controllers/fanuc-0i.md"]
    assert "### 检查（1）" in text
    assert 'href="../guides/guide-x.html"' in text
    terms = text[text.index("## 术语") :]
    assert terms.index("terms/index.html#term-fanuc") < terms.index("terms/index.html#term-scale")
    assert "term-haas" not in text


def test_a_control_without_alarms_of_its_own_is_led_to_those_of_every_control(tmp_path: Path) -> None:
    readout = [{"machine": ["DRO"], "controller": ["dro-sino"]}]
    alarm = a_page("alarm", id="ALM-DRO-jumps", family="dro", code="数字乱跳")
    texts = a_site(tmp_path, case=a_page("case", applies_to=readout), jumps=alarm)
    assert '<a href="../alarms/dro/index.html">不分系统的 1 个报警</a>' in texts["controllers/dro-sino.md"]


def test_a_control_whose_maker_has_no_alarm_here_says_so(tmp_path: Path) -> None:
    other = a_page("alarm", id="ALM-SIEMENS-1", series=["840C"], family="siemens")
    case = a_page("case", applies_to=[{"controller": ["knd", "siemens-one"]}])
    texts = a_site(tmp_path, case=case, other=other)
    for code in ("knd", "siemens-one"):
        assert "本库还没有这个系统的报警页" in texts[f"controllers/{code}.md"]
        assert "不分系统" not in texts[f"controllers/{code}.md"]


def test_other_families_of_the_brand_are_one_step_away(tmp_path: Path) -> None:
    both = [{"controller": ["fanuc-0i", "fanuc-30i"]}]
    texts = a_site(tmp_path, alarm=a_page("alarm", applies_to=both), case=a_page("case", applies_to=MILLS))
    assert 'href="fanuc-30i.html"' in texts["controllers/fanuc-0i.md"]
    assert "fanuc-0i.html" not in texts["controllers/fanuc-0i.md"]
    assert "fanuc" not in texts["controllers/siemens-828d.md"].split("同品牌")[-1]


def test_what_the_vocabulary_says_is_shown_as_typed_and_never_as_html(tmp_path: Path) -> None:
    evil = "<img src=x onerror=alert(1)> *b* {: onclick=x }"
    given = an_input(tmp_path, alarm=an_alarm_of_fanuc())
    entry = Entry(zh=evil, en=evil, more={"brand": evil, "series": [evil], "alarm_family": "fanuc"})
    family = Entry(zh=evil, en=evil, more={"looks": evil, "classes": {"SV": evil}})
    codes = {"controllers": {"fanuc-0i": entry}, "alarm_families": {"fanuc": family}}
    texts = site_pages(replace(given, codes=codes))
    for path in (
        "controllers/fanuc-0i.md",
        "index.md",
        "alarms/index.md",
        "alarms/fanuc/alm-fanuc-sv0401.md",
    ):
        assert "&lt;img" in texts[path], path
        assert "<img" not in texts[path].split("---\n", 2)[-1], path
    headings = [line for line in texts["controllers/fanuc-0i.md"].splitlines() if line.startswith("#")]
    assert all("onclick" not in line or "\\{" in line for line in headings)


def test_what_is_not_checked_against_a_manual_says_so_on_the_familys_page(tmp_path: Path) -> None:
    text = a_site(
        tmp_path,
        alarm=an_alarm_of_fanuc(confidence="not_validated"),
        case=a_page("case", applies_to=FANUC),
    )["controllers/fanuc-0i.md"]
    line = next(line for line in text.splitlines() if "alm-fanuc-sv0401" in line)
    case = next(line for line in text.splitlines() if "case-x-01" in line)
    assert "未经手册核对" in line
    assert "未经手册核对" not in case


@pytest.mark.parametrize(
    ("code", "letters"),
    [
        ("SV0401", "SV"),
        ("IE0001-IE0006", "IE"),
        ("M01 0004", "M"),
        ("Er02-a", "ER"),
        ("AL.2A", "AL"),
        ("n.9911", "N"),
        ("OP-001", "OP"),
        ("EnDat 0x04", "EnDat"),
        ("25050", "按编号"),
        ("300000-399999", "按编号"),
        ("414", "按编号"),
        ("Pos.Diff", "屏幕文字"),
        ("PGMEND", "屏幕文字"),
        ("NC sign-of-life failure", "屏幕文字"),
        ("G38.2 move finished without making contact", "屏幕文字"),
        ("断电后零点丢失", "屏幕文字"),
    ],
)
def test_an_alarm_is_told_apart_by_its_letters_its_number_or_its_words(
    tmp_path: Path, code: str, letters: str
) -> None:
    page = an_input(tmp_path, alarm=a_page("alarm", code=code)).pages["ALM-FANUC-SV0401"]
    assert isinstance(page, AlarmPage)
    assert prefix_of(page) == letters


def test_a_checklist_stands_under_every_class_that_it_holds_for_by_level(tmp_path: Path) -> None:
    text = a_site(
        tmp_path,
        checklist=a_page("checklist", level="weekly", applies_to=[{"machine": ["GRI", "LAT"]}]),
        lathe=a_page("checklist", id="CHK-Y", level="shift", applies_to=[{"machine": ["LAT"]}]),
        any=a_page("checklist", id="CHK-Z", applies_to=[]),
    )["checklists/index.md"]
    parts = re.split(r"^## (.*?) \{.*$", text, flags=re.MULTILINE)
    found = {
        name: re.findall(r'href="(chk-\w)\.html"', part)
        for name, part in zip(parts[1::2], parts[2::2], strict=True)
    }
    assert found == {"数控车床": ["chk-y", "chk-x"], "磨床": ["chk-x"], "所有设备": ["chk-z"]}
