"""The guides of the library: steps that can be done, hazards that stand first, figures that can be read."""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree

import pytest

from kb.content import check_library, load_library
from kb.content.checks import DANGER_WORDS
from kb.content.pages import Confidence, Grade, GuidePage

ROOT = Path(__file__).parents[3]
LIBRARY = load_library(ROOT / "content")
GUIDES = {page.id: page for page in LIBRARY.pages.values() if isinstance(page, GuidePage)}
FIGURES = sorted((ROOT / "content" / "guides" / "figures").glob("*.svg"))
SVG = "{http://www.w3.org/2000/svg}"
PRACTICE_ONLY = re.compile(r"^K[A-Z]?:")
"""How a source of the register begins that no document stands behind."""
SENTENCE = re.compile(r"[^。！？\n]{12,}[。！？]")
"""A sentence long enough that two people would not write it alike by chance."""
IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
TIMETABLE = re.compile(r"^每[班日周月季半年]")
ENERGIES = {
    "mains or DC link": (re.compile(r"母线|380 ?V|驱动侧插头|动力线"), re.compile(r"触电|电弧|带电|烧|击穿")),
    "a gravity axis": (re.compile(r"垂直轴|主轴头"), re.compile(r"垂直轴|主轴头|压伤|下落|掉")),
    "oil under pressure": (re.compile(r"液压|蓄能器|平衡缸"), re.compile(r"压|油")),
    "air under pressure": (re.compile(r"气压|气源|压缩空气|气缸"), re.compile(r"气|压")),
    "insulation test voltage": (re.compile(r"兆欧表|摇表"), re.compile(r"高压|触电")),
}
"""Energies: the words of a step that meets one, and the words of a hazard that speaks of it."""

TYPICAL = [
    "0.3–0.6 MPa",
    "0.5–0.6 MPa",
    "3–5 MPa",
    "60 °C",
    "2000–4000 小时",
    "8–15 µm",
    "0.02 mm/m",
    "±0.01 mm",
    "BT40 8–12 kN",
    "0.1 mm",
    "1 Ω",
    "两个显示步距",
    "一百万次",
    "±20 %",
]
"""Starting values of the trade: no document of a maker says them, so none may stand as a limit."""

each_guide = pytest.mark.parametrize("guide", [pytest.param(GUIDES[id_], id=id_) for id_ in sorted(GUIDES)])
each_figure = pytest.mark.parametrize("figure", [pytest.param(path, id=path.stem) for path in FIGURES])


def steps_of(guide: GuidePage) -> list[tuple[str, str]]:
    """Title and text of each step."""
    body = LIBRARY.bodies[guide.id].split("\n## ")[0]
    parts = re.split(r"^### 步骤 \d+[ 　]*(.*)$", body, flags=re.MULTILINE)
    return list(zip(parts[1::2], [text.strip() for text in parts[2::2]], strict=True))


def acceptance_of(guide: GuidePage) -> list[str]:
    """The points after which the work is accepted."""
    _, _, text = LIBRARY.bodies[guide.id].partition("## 验收")
    return [line.removeprefix("- ") for line in text.strip().split("\n") if line.startswith("- ")]


def hazard_words(guide: GuidePage) -> str:
    if guide.hazards == "none":
        return ""
    return "\n".join(f"{h.hazard} {h.consequence} {h.avoid}" for h in guide.hazards)


def sentences(guide: GuidePage) -> Iterator[str]:
    yield guide.summary
    yield from (found.strip() for found in SENTENCE.findall(LIBRARY.bodies[guide.id]))


def test_no_guide_breaks_a_rule_of_the_content_checks() -> None:
    faults = check_library(LIBRARY, today=date(2026, 11, 25))
    assert [str(fault) for fault in faults if fault.where.startswith("guides/")] == []


def test_every_kind_of_work_has_a_guide() -> None:
    kinds = set(get_args(GuidePage.model_fields["guide_type"].annotation))
    assert kinds - {guide.guide_type for guide in GUIDES.values()} == set()


def test_every_subsystem_has_a_guide() -> None:
    covered = {guide.component.subsystem for guide in GUIDES.values() if guide.component is not None}
    assert set(LIBRARY.vocabularies.lists["subsystems"]) - covered == set()


@pytest.mark.parametrize(
    "controller",
    [
        "fanuc-0i",
        "fanuc-16i",
        "fanuc-30i",
        "siemens-802",
        "siemens-808d",
        "siemens-828d",
        "siemens-840d-sl",
        "mitsubishi-m70",
        "mitsubishi-m80",
        "heidenhain-itnc530",
        "heidenhain-tnc6",
        "linuxcnc",
    ],
)
def test_a_control_whose_backup_was_read_about_has_its_own_backup_guide(controller: str) -> None:
    found = [
        guide.id
        for guide in GUIDES.values()
        if guide.component is not None
        and guide.component.item == "backup"
        and any(controller in group.controller for group in guide.applies_to)
    ]
    assert len(found) == 1


@each_guide
def test_a_guide_lies_in_the_file_of_its_id(guide: GuidePage) -> None:
    assert LIBRARY.paths[guide.id] == f"guides/{guide.id.removeprefix('GUIDE-').lower()}.md"


@each_guide
def test_each_step_has_a_title_and_says_enough_to_be_done(guide: GuidePage) -> None:
    steps = steps_of(guide)
    assert len(steps) >= 6
    assert [title for title, _ in steps if not title] == []
    assert [title for title, text in steps if len(text) < 25] == []
    titles = [title for title, _ in steps]
    assert len(set(titles)) == len(titles)


@each_guide
def test_the_work_is_accepted_on_more_than_one_point(guide: GuidePage) -> None:
    points = acceptance_of(guide)
    assert len(points) >= 2
    assert len(set(points)) == len(points)


@each_guide
def test_who_does_it_with_what_is_said_before_the_first_step(guide: GuidePage) -> None:
    assert guide.prerequisites
    assert guide.tools
    assert guide.applies_to
    assert guide.component is not None
    if guide.difficulty == "difficult":
        assert guide.skill_level != "operator"


@each_guide
def test_a_guide_of_a_timetable_says_its_interval(guide: GuidePage) -> None:
    if TIMETABLE.match(guide.title) or any(fact.startswith("T0") for fact in guide.facts):
        assert guide.interval or guide.guide_type in {"diagnosis", "repair", "adjustment", "replacement"}


@each_guide
def test_a_guide_that_meets_an_energy_states_its_hazard(guide: GuidePage) -> None:
    steps = "\n".join(f"{title}\n{text}" for title, text in steps_of(guide))
    if guide.hazards == "none":
        assert DANGER_WORDS.search(steps) is None
    told = hazard_words(guide)
    unsaid = [
        energy for energy, (met, said) in ENERGIES.items() if met.search(steps) and said.search(told) is None
    ]
    assert unsaid == []


@each_guide
def test_hazards_come_with_the_worst_first(guide: GuidePage) -> None:
    assert guide.hazards
    if guide.hazards != "none":
        order = ["danger", "warning", "caution", "notice"]
        ranks = [order.index(hazard.type) for hazard in guide.hazards]
        assert len({hazard.hazard for hazard in guide.hazards}) == len(guide.hazards)
        assert ranks == sorted(ranks)


@each_guide
def test_a_guide_stands_on_named_facts_and_documents(guide: GuidePage) -> None:
    assert guide.facts
    assert len(set(guide.facts)) == len(guide.facts)
    refs = [source.ref for source in guide.sources]
    assert len(set(refs)) == len(refs)
    documents = [source for source in guide.sources if not PRACTICE_ONLY.match(source.ref)]
    assert all(source.grade is Grade.K for source in guide.sources if source not in documents)
    assert {source.grade for source in documents} <= {Grade.A, Grade.B}
    assert documents


@each_guide
def test_a_guide_that_rests_on_practice_says_so_where_the_numbers_stand(guide: GuidePage) -> None:
    if guide.confidence is not Confidence.VALIDATED:
        assert re.search(r"未经手册核对|经验起始值|经验参考", LIBRARY.bodies[guide.id])


@pytest.mark.parametrize("value", TYPICAL)
def test_a_starting_value_is_never_told_as_a_limit(value: str) -> None:
    whole = re.compile(rf"(?<![\d.±]){re.escape(value)}")
    met = [
        (guide.id, line)
        for guide in GUIDES.values()
        for line in LIBRARY.bodies[guide.id].split("\n")
        if whole.search(line)
    ]
    assert met
    assert [(id_, line) for id_, line in met if re.search(r"参考|经验|起始", line) is None] == []


@each_guide
def test_keywords_add_the_words_that_people_type(guide: GuidePage) -> None:
    assert len(guide.keywords) >= 6
    folded = [word.casefold() for word in guide.keywords]
    assert len(set(folded)) == len(folded)


@each_guide
def test_a_guide_leads_on_to_other_kinds_of_pages(guide: GuidePage) -> None:
    assert len(set(guide.related)) == len(guide.related)
    assert any(not id_.startswith("GUIDE-") for id_ in guide.related)


@each_guide
def test_a_guide_named_in_a_step_is_among_the_related_ones(guide: GuidePage) -> None:
    named = set(re.findall(r"GUIDE-[A-Z0-9]+(?:-[A-Z0-9]+)*", LIBRARY.bodies[guide.id]))
    assert named - {guide.id} <= set(guide.related)


def test_no_sentence_is_told_twice() -> None:
    told = defaultdict(set)
    for guide in GUIDES.values():
        for sentence in sentences(guide):
            told[sentence].add(guide.id)
    assert {sentence: sorted(ids) for sentence, ids in told.items() if len(ids) > 1} == {}


def test_no_title_or_summary_is_used_twice() -> None:
    for texts in (
        [guide.title for guide in GUIDES.values()],
        [guide.title_en for guide in GUIDES.values()],
        [guide.summary for guide in GUIDES.values()],
    ):
        assert len(set(texts)) == len(texts)


def test_every_guide_is_named_by_another_page() -> None:
    named = {id_ for page in LIBRARY.pages.values() for id_ in page.related if id_ != page.id}
    assert set(GUIDES) - named == set()


def test_a_figure_in_a_guide_is_attached_with_the_words_that_stand_for_it() -> None:
    wrong = {}
    for guide in GUIDES.values():
        shown = {target: alt for alt, target in IMAGE.findall(LIBRARY.bodies[guide.id])}
        attached = {file.file: file.alt for file in guide.attachments if file.kind == "figure"}
        if shown != attached or any(len(alt) < 15 for alt in shown.values()):
            wrong[guide.id] = (shown, attached)
    assert wrong == {}


def test_every_figure_is_used() -> None:
    used = {Path(file.file).name for guide in GUIDES.values() for file in guide.attachments}
    assert {path.name for path in FIGURES} - used == set()


@each_figure
def test_a_figure_is_plain_drawing_in_readable_chinese(figure: Path) -> None:
    tree = ElementTree.parse(figure)
    tags = {element.tag.removeprefix(SVG) for element in tree.iter()}
    assert tags <= {"svg", "title", "desc", "rect", "line", "path", "circle", "g", "text"}
    attributes = {name for element in tree.iter() for name in element.attrib}
    assert [name for name in attributes if name.startswith("on") or "href" in name or name == "style"] == []
    texts = list(tree.iter(f"{SVG}text"))
    assert texts
    assert [text.text for text in texts if float(text.attrib["font-size"]) < 12] == []
    assert any(re.search(r"[\u4e00-\u9fff]", text.text or "") for text in texts)
    ground = next(tree.iter(f"{SVG}rect"))
    assert ground.attrib["fill"] == "#ffffff"
    assert (ground.attrib["width"], ground.attrib["height"]) == (
        tree.getroot().attrib["width"],
        tree.getroot().attrib["height"],
    )


@each_figure
def test_the_words_of_a_figure_stay_inside_it(figure: Path) -> None:
    tree = ElementTree.parse(figure)
    width = float(tree.getroot().attrib["width"])
    height = float(tree.getroot().attrib["height"])
    outside = []
    for text in tree.iter(f"{SVG}text"):
        words = text.text or ""
        size = float(text.attrib["font-size"])
        long = sum(size if ord(letter) > 0x2E7F else size * 0.6 for letter in words)
        x = float(text.attrib["x"])
        left = {"start": x, "middle": x - long / 2, "end": x - long}[text.attrib["text-anchor"]]
        if left < 0 or left + long > width or not size <= float(text.attrib["y"]) <= height:
            outside.append(words)
    assert outside == []
