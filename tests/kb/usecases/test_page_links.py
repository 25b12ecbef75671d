"""Links that lead nowhere good are found in fields and in texts; addresses outside are listed and never opened."""

from pathlib import Path

import pytest

from kb.content import Library, load_library
from kb.usecases.page_links import outside_links, stale_links
from tests.kb.content.pages import CASE_BODY, a_case, a_content_folder, a_guide

VOCABULARIES = Path(__file__).parents[3] / "content" / "vocabularies"
SOURCE = {
    "kind": "maker",
    "ref": "手册 https://example.org/a.pdf，第 3 页；https://example.org/b",
    "grade": "A",
}


def library(folder: Path, **files: str) -> Library:
    return load_library(a_content_folder(folder / "content", VOCABULARIES, **files))


def found(library: Library) -> list[tuple[str, str, str, str, str]]:
    return [(one.page.id, one.field, one.target, one.wrong, one.instead) for one in stale_links(library)]


@pytest.mark.parametrize(
    ("guide", "wrong"),
    [
        pytest.param(a_guide(), [], id="a sound target"),
        pytest.param(a_guide(id="GUIDE-Y"), ["missing"], id="missing"),
        pytest.param(a_guide(status="withdrawn"), ["withdrawn"], id="withdrawn"),
        pytest.param(a_guide(status="in_review"), ["not_released"], id="not released"),
        pytest.param(a_guide(status="approved"), [], id="approved is shown"),
    ],
)
def test_a_target_is_judged_by_what_readers_get(tmp_path: Path, guide: str, wrong: list[str]) -> None:
    case = a_case(related=["GUIDE-X"], body=CASE_BODY + "\n见 GUIDE-X。\n")
    judged = found(library(tmp_path, case=case, guide=guide))
    assert [(one[0], one[1], one[2]) for one in judged] == [
        ("CASE-X-01", field, "GUIDE-X") for field in ("related", "body") if wrong
    ]
    assert [one[3] for one in judged] == wrong * 2


def test_a_superseded_target_names_its_successor_which_may_name_it_itself(tmp_path: Path) -> None:
    files = {
        "old": a_guide(),
        "new": a_guide(id="GUIDE-NEW", supersedes=["GUIDE-X"], related=["GUIDE-X"]),
        "case": a_case(related=["GUIDE-X"]),
    }
    assert found(library(tmp_path, **files)) == [
        ("CASE-X-01", "related", "GUIDE-X", "superseded", "GUIDE-NEW")
    ]


def test_pages_that_readers_do_not_get_and_a_page_that_names_itself_are_left_alone(tmp_path: Path) -> None:
    files = {
        "draft": a_case(id="CASE-D", status="in_preparation", confidence="wip", related=["CASE-NO"]),
        "own": a_case(body=CASE_BODY + "\nCASE-X-01 与 XCASE-NO-1 不是链接。\n"),
    }
    assert found(library(tmp_path, **files)) == []


def test_each_address_outside_is_listed_once_for_a_page_without_the_marks_around_it(tmp_path: Path) -> None:
    body = CASE_BODY + "\n[厂家](https://example.org/c) 与（https://example.org/c）。\n"
    listed = outside_links(library(tmp_path, case=a_case(sources=[SOURCE], body=body)))
    assert [(one.field, one.address) for one in listed] == [
        ("sources", "https://example.org/a.pdf"),
        ("sources", "https://example.org/b"),
        ("body", "https://example.org/c"),
    ]
