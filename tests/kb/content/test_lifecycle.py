"""The table of rights, cell by cell: which role takes which step of status and confidence, and what a page must have."""

from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from kb.content import check_library, load_library
from kb.content.lifecycle import (
    CONFIDENCE_STEPS,
    ROLES,
    STATUS_STEPS,
    may_change,
    may_edit,
    next_confidences,
    next_statuses,
)
from kb.content.pages import AnyPage, Confidence, Page, Status
from kb.usecases.accounts import Role
from tests.kb.content.pages import CASE, GUIDE, a_case, a_content_folder

ROOT = Path(__file__).parents[3]

PAGES: TypeAdapter[AnyPage] = TypeAdapter(AnyPage)

# One row a step: from, to, and who may (e engineer, d editor, p planner, a admin); what is not here nobody may.
STATUS_TABLE = """
in_preparation in_review      edpa
in_preparation withdrawn       dpa
in_review      in_preparation edpa
in_review      approved        dpa
in_review      withdrawn       dpa
approved       in_preparation  dpa
approved       in_review       dpa
approved       released        dpa
approved       withdrawn       dpa
released       in_review       dpa
released       withdrawn       dpa
withdrawn      in_preparation  dpa
"""
CONFIDENCE_TABLE = """
wip           not_validated edpa
wip           archived       dpa
not_validated wip           edpa
not_validated validated      dpa
not_validated archived       dpa
validated     wip            dpa
validated     not_validated  dpa
validated     archived       dpa
archived      wip            dpa
archived      not_validated  dpa
"""
LETTERS = {"engineer": "e", "editor": "d", "planner": "p", "admin": "a"}


def read(table: str) -> dict[tuple[str, str], str]:
    return {(row.split()[0], row.split()[1]): row.split()[2] for row in table.strip().splitlines()}


def a_page(**changes: Any) -> Page:
    values = CASE | {"status": "in_review", "confidence": "not_validated"} | changes
    return PAGES.validate_python({key: value for key, value in values.items() if value is not None})


def a_guide_page(**changes: Any) -> Page:
    return PAGES.validate_python(GUIDE | changes)


STATUS_CELLS = list(product(LETTERS, Status, Status))
CONFIDENCE_CELLS = list(product(LETTERS, Confidence, Confidence))


@pytest.mark.parametrize(("role", "now", "to"), STATUS_CELLS)
def test_a_step_of_status_is_taken_by_the_roles_of_the_table(role: str, now: Status, to: Status) -> None:
    allowed = now is to or LETTERS[role] in read(STATUS_TABLE).get((now.value, to.value), "")
    reasons = may_change(role, a_page(status=now), to, Confidence.NOT_VALIDATED)
    assert (reasons == ()) is allowed
    assert {reason.where for reason in reasons} <= {"status"}


@pytest.mark.parametrize(("role", "now", "to"), CONFIDENCE_CELLS)
def test_a_step_of_confidence_is_taken_by_the_roles_of_the_table(
    role: str, now: Confidence, to: Confidence
) -> None:
    allowed = now is to or LETTERS[role] in read(CONFIDENCE_TABLE).get((now.value, to.value), "")
    reasons = may_change(role, a_page(confidence=now), Status.IN_REVIEW, to)
    assert (reasons == ()) is allowed
    assert {reason.where for reason in reasons} <= {"confidence"}


def test_the_tables_of_the_rule_and_of_this_test_have_the_same_steps() -> None:
    assert {(a.value, b.value) for a, b in STATUS_STEPS} == set(read(STATUS_TABLE))
    assert {(a.value, b.value) for a, b in CONFIDENCE_STEPS} == set(read(CONFIDENCE_TABLE))


def test_the_roles_are_those_of_the_accounts_in_their_order() -> None:
    assert tuple(role.value for role in Role) == ROLES


@pytest.mark.parametrize(
    ("now", "to"),
    [
        pytest.param(("in_review", "not_validated"), ("approved", "not_validated"), id="approve"),
        pytest.param(("approved", "not_validated"), ("released", "not_validated"), id="release"),
        pytest.param(("released", "not_validated"), ("withdrawn", "not_validated"), id="withdraw"),
        pytest.param(("released", "not_validated"), ("in_review", "not_validated"), id="take back"),
        pytest.param(("released", "not_validated"), ("released", "validated"), id="validate"),
        pytest.param(("released", "validated"), ("released", "not_validated"), id="doubt"),
    ],
)
@pytest.mark.parametrize("role", list(LETTERS))
def test_a_compliance_page_is_published_and_taken_back_by_the_admin_alone(
    role: str, now: tuple[str, str], to: tuple[str, str]
) -> None:
    page = a_page(governance="compliance", status=now[0], confidence=now[1])
    reasons = may_change(role, page, Status(to[0]), Confidence(to[1]))
    if role == "admin":
        assert reasons == ()
    else:
        assert [reason.repair for reason in reasons] == ["the role admin may"]


@pytest.mark.parametrize("grade", ["A", "B", "K", "D"])
def test_validated_needs_a_source_of_grade_a_or_b(grade: str) -> None:
    source = {"kind": "maker", "ref": "manual", "grade": grade}
    page = a_page(status="in_review", sources=[source])
    reasons = may_change("admin", page, Status.IN_REVIEW, Confidence.VALIDATED)
    assert [reason.where for reason in reasons] == ([] if grade in "AB" else ["sources"])


def test_one_good_source_among_weak_ones_is_enough_and_none_is_not() -> None:
    mixed = [
        {"kind": "trade_knowledge", "ref": "x", "grade": "K"},
        {"kind": "maker", "ref": "y", "grade": "A"},
    ]
    validated = Status.IN_REVIEW, Confidence.VALIDATED
    assert may_change("editor", a_page(sources=mixed), *validated) == ()
    (reason,) = may_change("editor", a_page(sources=None), *validated)
    assert reason.what == "the page names no source; it is not validated"


def test_a_validated_page_whose_sources_were_struck_out_does_not_stay_validated() -> None:
    page = a_page(status="released", confidence="validated", sources=None)
    assert [one.where for one in may_change("admin", page, page.status, page.confidence)] == ["sources"]
    assert may_change("admin", page, page.status, Confidence.NOT_VALIDATED) == ()


@pytest.mark.parametrize(
    ("to", "refused"), [(Status.APPROVED, True), (Status.IN_PREPARATION, False), (Status.WITHDRAWN, False)]
)
def test_a_doubtful_source_keeps_a_page_from_readers(to: Status, *, refused: bool) -> None:
    page = a_page(sources=[{"kind": "third_party", "ref": "x", "grade": "D"}])
    reasons = may_change("editor", page, to, Confidence.NOT_VALIDATED)
    assert [reason.where for reason in reasons] == (["sources"] if refused else [])


def test_all_that_a_validated_case_lacks_is_said_at_once() -> None:
    page = a_page(sources=None, applies_to=None, solutions=None, verification=None)
    reasons = may_change("engineer", page, Status.IN_PREPARATION, Confidence.VALIDATED)
    assert [reason.where for reason in reasons] == [
        "confidence", "sources", "confidence", "applies_to", "solutions", "verification",
    ]  # fmt: skip


def test_a_guide_needs_no_cause_and_no_proof_to_be_validated() -> None:
    page = a_guide_page(status="in_review", confidence="not_validated")
    assert may_change("editor", page, Status.IN_REVIEW, Confidence.VALIDATED) == ()


def test_an_unknown_role_is_no_role() -> None:
    with pytest.raises(
        ValueError, match="'boss' is no role; it must be one of engineer, editor, planner, admin"
    ):
        may_change("boss", a_page(), Status.IN_REVIEW, Confidence.WIP)


@pytest.mark.parametrize(("role", "status"), list(product(LETTERS, Status)))
def test_the_text_of_a_published_page_is_changed_from_editor_on(role: str, status: Status) -> None:
    free = status in {Status.IN_PREPARATION, Status.IN_REVIEW} or role != "engineer"
    assert (may_edit(role, a_page(status=status)) == ()) is free


@pytest.mark.parametrize("role", list(LETTERS))
def test_the_text_of_a_released_compliance_page_is_changed_by_the_admin_alone(role: str) -> None:
    page = a_page(status="released", governance="compliance")
    assert (may_edit(role, page) == ()) is (role == "admin")


def test_the_choices_of_a_form_are_what_the_role_may_do() -> None:
    page = a_page(status="approved", confidence="wip")
    assert next_statuses("engineer", page) == (Status.APPROVED,)
    assert set(next_statuses("editor", page)) == set(Status)
    assert next_confidences("engineer", page) == (Confidence.WIP, Confidence.NOT_VALIDATED)


def test_the_rule_and_the_content_check_refuse_the_same_pages(tmp_path: Path) -> None:
    """Both hold a page to the same needs; were they to part ways, the form would write what the check refuses."""
    good, weak = (
        {"kind": "maker", "ref": "m", "grade": "A"},
        {"kind": "third_party", "ref": "x", "grade": "D"},
    )
    files = {}
    for number, (sources, solutions, verification, scope) in enumerate(
        product(
            [None, [good], [weak], [good, weak]],
            [None, CASE["solutions"]],
            [None, "ran"],
            [None, CASE["applies_to"]],
        )
    ):
        changes: dict[str, Any] = {"solutions": solutions, "verification": verification, "applies_to": scope}
        files[f"case{number}"] = a_case(id=f"CASE-X-{number}", sources=sources, **changes)
    library = load_library(a_content_folder(tmp_path / "content", ROOT / "content" / "vocabularies", **files))
    found = check_library(library, today=date(2026, 11, 23))
    assert len(library.pages) == 32
    for id_, page in library.pages.items():
        refused = may_change("admin", page, page.status, page.confidence)
        assert len(refused) == sum(fault.where.startswith(f"{library.paths[id_]}:") for fault in found)
