"""The pure generator: what stands on the site, in which order, and how pages lead to each other."""

import re
from pathlib import Path
from posixpath import dirname, normpath

import pytest

from kb.site.addresses import built, is_shown, page_address, page_path
from kb.site.pages import SiteInput, site_pages
from kb.site.reading import files_beside, read_site_input
from tests.kb.site.samples import ROOT, a_page, a_site, an_input

LINK = re.compile(r'href="([^"]+)"|\]\(([^)\s]+)\)')
ANCHOR = re.compile(r'id="([^"]+)"|\{:? ?#([\w-]+) ?\}')


@pytest.fixture(scope="module")
def real() -> SiteInput:
    return read_site_input(ROOT / "content", ROOT / "docs")


@pytest.fixture(scope="module")
def texts(real: SiteInput) -> dict[str, str]:
    return site_pages(real)


def test_the_same_input_gives_the_same_texts_whatever_its_order(
    real: SiteInput, texts: dict[str, str]
) -> None:
    turned = SiteInput(
        pages=dict(reversed(real.pages.items())),
        bodies=dict(reversed(real.bodies.items())),
        names=real.names,
        manual=dict(reversed(real.manual.items())),
        sources=dict(reversed(real.sources.items())),
        codes=real.codes,
    )
    assert site_pages(turned) == texts


def test_every_released_page_of_the_real_library_stands_on_the_site(
    real: SiteInput, texts: dict[str, str]
) -> None:
    assert len(real.pages) > 300
    for page in real.pages.values():
        path, _, anchor = page_path(page).partition("#")
        assert (path in texts) == is_shown(page) or anchor
        if anchor and is_shown(page):
            assert f'id="{anchor}"' in texts[path]


def test_every_link_of_a_generated_page_leads_to_a_generated_page(texts: dict[str, str]) -> None:
    pages = {built(path): text for path, text in texts.items()}
    beside = files_beside(ROOT / "content")
    followed = 0
    for path, text in pages.items():
        if path.startswith("docs/"):
            continue  # the manual is written by hand; the check of the built site reads its links
        for in_html, in_markdown in LINK.findall(text):
            target = in_html or built(in_markdown)
            if target.startswith(("http://", "https://", "mailto:")):
                continue
            file, _, anchor = target.partition("#")
            found = normpath(f"{dirname(path)}/{file}".lstrip("/")) if file else path
            if not found.endswith(".html"):
                assert found in beside, f"{path} → {target}"
                continue
            assert found in pages, f"{path} → {target}"
            if anchor:
                anchors = {one or other for one, other in ANCHOR.findall(pages[found])}
                assert anchor in anchors, f"{path} → {target}"
            followed += 1
    assert followed > 1000


def test_hazards_stand_before_everything_but_the_title_on_every_page_that_has_them(
    real: SiteInput, texts: dict[str, str]
) -> None:
    seen = 0
    for page in real.pages.values():
        text = texts.get(page_path(page), "")
        if not text or isinstance(page.hazards, str) or not page.hazards:
            continue
        first = text.index('<section class="sb-hazards"')
        assert text.count('<div class="sb-hazard ') == len(page.hazards)
        for later in (
            'class="sb-step"',
            'class="sb-causes"',
            'class="sb-checks"',
            'class="sb-items"',
            "\n## ",
        ):
            assert later not in text[:first], f"{page.id}: {later} stands before the hazards"
        seen += 1
    assert seen > 30


def test_hazards_come_gravest_first(tmp_path: Path) -> None:
    kinds = ("notice", "caution", "danger", "warning")
    hazards = [{"type": kind, "hazard": kind, "consequence": "x", "avoid": "y"} for kind in kinds]
    text = a_site(tmp_path, guide=a_page("guide", hazards=hazards))["guides/guide-x.md"]
    found = re.findall(r'class="sb-hazard sb-(\w+)"', text)
    assert found == ["danger", "warning", "caution", "notice"]


@pytest.mark.parametrize(
    ("confidence", "note"),
    [("not_validated", True), ("wip", True), ("validated", False)],
)
def test_a_page_that_nobody_checked_against_a_manual_says_so(
    tmp_path: Path, confidence: str, note: bool
) -> None:
    sources = [{"kind": "third_party", "ref": "F8", "grade": "B"}]
    files = {
        kind: a_page(kind, confidence=confidence, sources=sources)
        for kind in ("alarm", "case", "guide", "checklist", "course")
    }
    for path, text in a_site(tmp_path, **files).items():
        if path.count("/") and not path.endswith("index.md") and not path.startswith("docs/"):
            assert ("未经手册核对" in text.replace("（未经手册核对）", "")) == note, path
            assert "依据 B 级" in text, path


@pytest.mark.parametrize("status", ["in_preparation", "in_review", "withdrawn"])
def test_a_page_that_is_not_released_is_neither_shown_nor_linked(tmp_path: Path, status: str) -> None:
    remedy = {"text": "清洁", "guide": "GUIDE-X"}
    solution = {"cause": {"code": "E4", "text": "堵"}, "check": "看", "remedy": remedy}
    texts = a_site(
        tmp_path,
        guide=a_page("guide", status=status, confidence="wip"),
        case=a_page("case", related=["GUIDE-X"], solutions=[solution], summary="见 GUIDE-X。"),
        term=a_page("term", not_same_as=["TERM-other"]),
        other=a_page("term", id="TERM-other", status=status, confidence="wip"),
    )
    assert "guides/guide-x.md" not in texts
    assert "做法：<code>GUIDE-X</code>" in texts["cases/spi/case-x-01.md"]
    assert "<code>TERM-other</code>" in texts["terms/index.md"]
    assert "guide-x" not in "".join(texts.values())


def test_a_case_gives_its_causes_likeliest_first_and_before_its_story(tmp_path: Path) -> None:
    solutions = [
        {"cause": {"code": "E4", "text": f"原因{n}"}, "check": "看", "remedy": {"text": "修"}}
        for n in "甲乙丙"
    ]
    text = a_site(tmp_path, case=a_page("case", solutions=solutions))["cases/spi/case-x-01.md"]
    places = [text.index(f"原因{n}") for n in "甲乙丙"]
    assert places == sorted(places)
    assert text.index("加工一小时后报警") < places[0]
    assert places[-1] < text.index("## 环境")


def test_an_alarm_shows_its_code_on_a_plate_before_anything_else(tmp_path: Path) -> None:
    text = a_site(tmp_path)["alarms/fanuc/alm-fanuc-sv0401.md"]
    assert '<strong class="sb-code">SV0401</strong>' in text
    assert text.index("sb-plate") < text.index("sb-badges") < text.index("## 说明")
    assert "发那科 FANUC" in text
    assert "## 检查与处理（未经手册核对）" in text


@pytest.mark.parametrize("code", ["SV0401", "sv0401", "401", "401 (SV0401)"])
def test_an_alarm_shows_the_cases_that_show_it_and_the_case_leads_to_the_alarm(
    tmp_path: Path, code: str
) -> None:
    case = a_page("case", alarms=[{"family": "fanuc", "code": code}])
    texts = a_site(tmp_path, case=case)
    alarm = texts["alarms/fanuc/alm-fanuc-sv0401.md"]
    assert "## 出现本报警的案例" in alarm
    assert 'href="../../cases/spi/case-x-01.html"' in alarm
    assert f'<a href="../../alarms/fanuc/alm-fanuc-sv0401.html">{code}</a>' in texts["cases/spi/case-x-01.md"]


@pytest.mark.parametrize(("family", "code"), [("siemens", "401"), ("fanuc", "0401"), ("fanuc", "SV04010")])
def test_another_familys_number_or_another_number_is_another_alarm(
    tmp_path: Path, family: str, code: str
) -> None:
    texts = a_site(tmp_path, case=a_page("case", alarms=[{"family": family, "code": code}]))
    assert "出现本报警的案例" not in texts["alarms/fanuc/alm-fanuc-sv0401.md"]


def test_a_guide_shows_the_cases_that_use_it_and_who_names_it(tmp_path: Path) -> None:
    solution = {
        "cause": {"code": "E4", "text": "堵"},
        "check": "看",
        "remedy": {"text": "清洁", "guide": "GUIDE-X"},
    }
    texts = a_site(
        tmp_path,
        case=a_page("case", solutions=[solution]),
        checklist=a_page("checklist", related=["GUIDE-X"]),
    )
    guide = texts["guides/guide-x.md"]
    used = guide.index("## 用到本指南的案例")
    assert used < guide.index('href="../cases/spi/case-x-01.html"') < guide.index("## 相关资料")
    assert 'href="../checklists/chk-x.html"' in guide
    assert guide.count("case-x-01.html") == 1
    assert 'href="../../guides/guide-x.html"' in texts["cases/spi/case-x-01.md"]


def test_a_checklist_has_a_box_for_every_item_and_room_for_a_reading(tmp_path: Path) -> None:
    item = {"text": "压力", "kind": "measure", "unit": "MPa", "minutes": 2, "source": "T9", "grade": "K"}
    items = [
        {**item, "id": "T1", "lower": 0.3, "upper": 0.6},
        {**item, "id": "T2", "warn_upper": 0.1, "typical": True},
    ]
    text = a_site(tmp_path, checklist=a_page("checklist", items=items))["checklists/chk-x.md"]
    assert text.count("☐</td>") == 2
    assert '<span class="sb-limit">界限 0.3–0.6 MPa</span>' in text
    assert '<span class="sb-warn-limit">参考起始值 ≤ 0.1 MPa</span>' in text
    assert "不是验收界限" in text
    assert "2 项，约 4 分钟" in text


def test_text_of_the_front_matter_is_shown_as_typed_and_never_as_html(tmp_path: Path) -> None:
    evil = '<img src=x onerror=alert(1)> *not bold* "q" | & {: onclick=x }'
    hazard = {"type": "danger", "hazard": evil, "consequence": evil, "avoid": evil}
    item = {
        "id": evil,
        "text": evil,
        "kind": "text",
        "criterion": evil,
        "minutes": 1,
        "source": "T",
        "grade": "B",
    }
    texts = a_site(
        tmp_path,
        alarm=a_page(
            "alarm", title=evil, summary=evil, code=evil, explanation=evil, remedy=[evil], aliases=[evil]
        ),
        case=a_page("case", title=evil, symptom=evil, hazards=[hazard], verification=evil),
        guide=a_page("guide", title=evil, summary=evil, tools=[evil], owner=evil),
        checklist=a_page("checklist", title=evil, items=[item]),
        term=a_page("term", preferred={"zh": evil, "en": evil}, definition=evil, alt=[evil]),
    )
    for path, text in texts.items():
        # The description goes into the page's head, which the theme escapes; everything below it is the page.
        page = text.split("---\n", 2)[-1]
        assert "<img" not in page, path
        title = next(line for line in page.splitlines() if line.startswith("# "))
        assert "{" not in title.replace("\\{", ""), path


def test_a_term_is_an_anchor_of_one_page_and_every_page_has_an_address(tmp_path: Path) -> None:
    given = an_input(tmp_path)
    assert {id_: page_address(page) for id_, page in given.pages.items()} == {
        "ALM-FANUC-SV0401": "alarms/fanuc/alm-fanuc-sv0401.html",
        "CASE-X-01": "cases/spi/case-x-01.html",
        "CHK-X": "checklists/chk-x.html",
        "COURSE-X": "courses/course-x.html",
        "GUIDE-X": "guides/guide-x.html",
        "TERM-scale": "terms/index.html#term-scale",
    }


def test_alarms_are_found_by_code_and_listed_family_by_family_in_order_of_their_numbers(
    tmp_path: Path,
) -> None:
    texts = a_site(
        tmp_path,
        a10=a_page("alarm", id="ALM-HAAS-10", family="haas", code="10", title="十"),
        a9=a_page("alarm", id="ALM-HAAS-9", family="haas", code="9", title="九"),
        an=a_page("alarm", id="ALM-HAAS-N1", family="haas", code="N.1", title="N.1 一"),
    )
    index = texts["alarms/index.md"]
    assert index.index("## 发那科 FANUC") < index.index("## 哈斯 Haas")
    assert re.findall(r'title="[^"]*">([^<]*)</a>', index) == ["SV0401", "9", "10", "N.1"]
    assert 'href="haas/index.html">3 个报警的含义' in index
    haas = texts["alarms/haas/index.md"]
    assert haas.index("## N ") < haas.index("## 按编号")
    assert haas.index("alm-haas-9.html") < haas.index("alm-haas-10.html")
    assert '<code class="sb-mark">10</code>' in haas
    assert '<code class="sb-mark">N.1</code>' not in haas
    assert 'href="index.html">哈斯 Haas</a>' in texts["alarms/haas/alm-haas-9.md"]


def test_cases_are_grouped_in_the_order_of_the_vocabulary(tmp_path: Path) -> None:
    texts = a_site(
        tmp_path,
        one=a_page("case", id="CASE-GEO-1", component={"subsystem": "GEO"}),
        two=a_page("case", id="CASE-AXS-1", component={"subsystem": "AXS"}),
        three=a_page("case", id="CASE-X-02", component=None),
    )
    found = re.findall(r"^## (.*?) \{", texts["cases/index.md"], re.MULTILINE)
    assert found == ["主轴", "进给与伺服", "结构与精度", "其它"]


def test_an_empty_library_still_has_its_front_page_and_overviews() -> None:
    texts = site_pages(SiteInput(pages={}, bodies={}, names={}, manual={}))
    assert sorted(texts) == [
        "alarms/index.md",
        "cases/index.md",
        "checklists/index.md",
        "docs/index.md",
        "guides/index.md",
        "index.md",
        "terms/index.md",
    ]
    assert "还没有资料页" in texts["cases/index.md"]
