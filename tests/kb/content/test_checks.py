"""Every rule of the content checks: a sound page passes, a planted fault is named with file, line and repair."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kb.content import check_library, load_library
from kb.usecases.content import fact_ids
from tests.kb.content.pages import CASE_BODY, a_case, a_content_folder, a_guide

ROOT = Path(__file__).parents[3]
VOCABULARIES = ROOT / "content" / "vocabularies"
TODAY = date(2026, 11, 23)


def faults_of(folder: Path, **files: str) -> list[str]:
    library = load_library(a_content_folder(folder / "content", VOCABULARIES, **files))
    return [str(fault) for fault in check_library(library, today=TODAY)]


def test_sound_pages_have_no_faults(tmp_path: Path) -> None:
    assert faults_of(tmp_path, cases__x=a_case(), guides__x=a_guide()) == []


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        pytest.param(
            {"symptom": None}, "", "symptom: Field required → add the field symptom", id="missing field"
        ),
        pytest.param(
            {"sypmtom": "x"}, "sypmtom", "sypmtom: Extra inputs are not permitted", id="unknown field"
        ),
        pytest.param(
            {"failure_mode": "XXX"},
            "failure_mode",
            "has the code 'XXX' → use a code of vocabularies/failure_modes.yaml",
            id="code",
        ),
        pytest.param(
            {"component": {"subsystem": "SPI", "item": "wing"}},
            "component",
            "has the item 'wing'",
            id="item of another subsystem",
        ),
        pytest.param(
            {"related": ["CASE-NO-1"]},
            "related",
            "names CASE-NO-1, which does not exist",
            id="broken reference",
        ),
        pytest.param({"related": ["CASE-X-01"]}, "related", "names itself", id="reference to itself"),
        pytest.param(
            {"applies_to": None}, "confidence", "is validated without applies_to", id="no applies_to"
        ),
        pytest.param({"solutions": None}, "confidence", "without a cause and remedy", id="no solutions"),
        pytest.param({"verification": None}, "confidence", "without verification", id="no verification"),
        pytest.param({"sources": None}, "confidence", "is validated without a source", id="no source"),
        pytest.param(
            {"sources": [{"kind": "trade_knowledge", "ref": "KP", "grade": "K"}]},
            "confidence",
            "on trade knowledge alone",
            id="grade K",
        ),
        pytest.param(
            {"sources": [{"kind": "third_party", "ref": "Z", "grade": "D"}]},
            "sources",
            "is released on a doubtful source",
            id="grade D",
        ),
        pytest.param({"hazards": None}, "", "says nothing of hazards", id="no hazards"),
        pytest.param(
            {"review_due": "2026-11-22"},
            "review_due",
            "was due for review on 2026-11-22",
            id="overdue by a day",
        ),
        pytest.param(
            {"review_due": "2026-01-02"}, "review_due", "not after its review", id="due on the review's day"
        ),
        pytest.param(
            {"reviewed": "2025-12-31"},
            "reviewed",
            "before it was created",
            id="reviewed before it was created",
        ),
        pytest.param({"id": "GUIDE-X-01"}, "id", "ids of this type begin with CASE-", id="prefix"),
        pytest.param(
            {"status": "in_preparation"}, "status", "is in preparation and validated", id="validated draft"
        ),
        pytest.param(
            {"attachments": [{"file": "no.png", "alt": "x", "kind": "image"}]},
            "attachments",
            "no.png, which is not there",
            id="file",
        ),
    ],
)
def test_a_planted_fault_is_named_with_its_line(
    tmp_path: Path, changes: dict[str, Any], field: str, message: str
) -> None:
    text = a_case(**changes)
    line = next((n for n, row in enumerate(text.split("\n"), 1) if field and row.startswith(f"{field}:")), 1)
    found = faults_of(tmp_path, cases__x=text)
    assert any(fault.startswith(f"cases/x.md:{line}: ") and message in fault for fault in found), found


def test_a_review_due_today_is_not_overdue(tmp_path: Path) -> None:
    assert faults_of(tmp_path, cases__x=a_case(review_due="2026-11-23")) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("# no front matter", "x.md:1: does not begin with front matter", id="no front matter"),
        pytest.param("---\nid: A\n", "x.md:1: has front matter without an end", id="no end"),
        pytest.param("---\nid: [a\n---\n", "x.md:3: is not YAML", id="broken YAML"),
        pytest.param("---\n- a\n---\n", "x.md:2: has no fields", id="a list"),
        pytest.param("---\nid: A-1\ntype: poem\n---\n", "x.md:", id="unknown type"),
        pytest.param(
            "---\nid: !!python/object/apply:os.system [ls]\n---\n", "x.md", id="YAML that would run code"
        ),
    ],
)
def test_a_file_that_is_no_page_is_a_fault_not_a_crash(tmp_path: Path, text: str, message: str) -> None:
    found = faults_of(tmp_path, x=text)
    assert len(found) >= 1
    assert message in found[0]


def test_a_file_that_is_not_utf8_is_a_fault(tmp_path: Path) -> None:
    folder = a_content_folder(tmp_path / "content", VOCABULARIES, cases__x=a_case())
    (folder / "cases" / "y.md").write_bytes("---\n标题: 主轴".encode("gbk"))
    found = check_library(load_library(folder), today=TODAY)
    assert [str(f) for f in found] == ["cases/y.md:2: is not UTF-8 → save the file as UTF-8"]


def test_an_id_used_twice_names_both_files(tmp_path: Path) -> None:
    found = faults_of(tmp_path, cases__a=a_case(), cases__b=a_case())
    assert found == ["cases/b.md:2: has the id CASE-X-01 of cases/a.md → ids are never reused"]


def test_faults_of_all_pages_come_at_once(tmp_path: Path) -> None:
    found = faults_of(
        tmp_path, cases__a=a_case(failure_mode="X", severity="S9"), guides__b=a_guide(difficulty="mad")
    )
    assert {fault.split(":")[0] for fault in found} == {"cases/a.md", "guides/b.md"}


def test_links_and_images_of_the_body_lead_somewhere(tmp_path: Path) -> None:
    body = (
        CASE_BODY
        + "\n[good](../guides/g.md) ![bad](no.png) [out](../../../secret.txt) [web](https://example.org)\n"
    )
    found = faults_of(tmp_path, cases__x=a_case(body=body), guides__g=a_guide())
    assert len(found) == 2
    assert "the image no.png, which leads nowhere" in " ".join(found)
    assert "the link ../../../secret.txt" in " ".join(found)


def test_no_hazards_is_refused_where_a_step_meets_hydraulic_pressure(tmp_path: Path) -> None:
    body = "### 步骤 1 泄压\n\n打开液压阀。\n\n## 验收\n\n好。\n"
    found = faults_of(tmp_path, guides__x=a_guide(body=body))
    assert len(found) == 1
    assert "says none, but a step meets '液压' → state the hazard" in found[0]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("### 步骤 1 a\n\n### 步骤 3 b\n\n## 验收\n", "numbers its steps [1, 3]"),
        ("### 步骤 1 a\n\n## 其它\n", "does not end with 验收"),
        ("没有步骤\n\n## 验收\n", "numbers its steps []"),
    ],
)
def test_a_guide_numbers_its_steps_and_ends_with_acceptance(tmp_path: Path, body: str, message: str) -> None:
    assert message in " ".join(faults_of(tmp_path, guides__x=a_guide(body=body)))


def test_a_case_has_its_headings_in_order(tmp_path: Path) -> None:
    swapped = CASE_BODY.replace("## 现象", "## X").replace("## 环境", "## 现象").replace("## X", "## 环境")
    assert "headings out of order" in " ".join(faults_of(tmp_path, cases__x=a_case(body=swapped)))
    assert "lacks the heading(s) 预防" in " ".join(
        faults_of(tmp_path / "second", cases__x=a_case(body=CASE_BODY.replace("## 预防", "## 其它")))
    )


def test_a_changed_file_is_read_again_and_the_rest_is_not(tmp_path: Path) -> None:
    folder = a_content_folder(tmp_path / "content", VOCABULARIES, cases__x=a_case(), guides__x=a_guide())
    first = load_library(folder)
    assert load_library(folder, known=first) is first
    (folder / "cases" / "x.md").write_text(a_case(title="主轴过热（改）"), encoding="utf-8")
    second = load_library(folder, known=first)
    assert second.pages["CASE-X-01"].title == "主轴过热（改）"
    assert second.files["guides/x.md"] is first.files["guides/x.md"]
    assert second.digest != first.digest


def test_the_library_of_this_project_is_clean() -> None:
    library = load_library(ROOT / "content")
    found = check_library(library, today=date(2026, 11, 23))
    assert not found, "\n".join(str(fault) for fault in found[:30])


def test_every_fact_of_the_library_is_one_of_the_researched(shared: Path) -> None:
    from_domain = fact_ids(shared / "domain")
    library = load_library(ROOT / "content")
    unknown = {
        (page.id, fact) for page in library.pages.values() for fact in page.facts if fact not in from_domain
    }
    assert not unknown
