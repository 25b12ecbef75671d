"""Looking at the library: counts, filters, reviews, addresses, faults."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from kb.content import Library, load_library
from kb.content.pages import Confidence, Status
from kb.errors import NotFound
from kb.usecases.content import (
    address_on_site,
    check_content,
    due_reviews,
    fact_ids,
    page_by_id,
    page_counts,
    page_digest,
    pages_of,
    site_address,
)
from tests.kb.site.samples import ROOT, a_library, a_page

TODAY = date(2026, 11, 23)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return load_library(
        a_library(
            tmp_path / "content",
            draft=a_page("guide", id="GUIDE-DRAFT", status="in_preparation", confidence="wip"),
            gone=a_page("case", id="CASE-GONE", status="withdrawn", review_due="2026-02-01"),
            soon=a_page("case", id="CASE-SOON", review_due="2026-12-01"),
            late=a_page("case", id="CASE-LATE", review_due="2026-11-22"),
        )
    )


def test_the_real_library_has_no_fault_and_rests_on_known_facts(shared: Path) -> None:
    report = check_content(load_library(ROOT / "content"), today=TODAY, domain_dir=shared / "domain")
    assert [str(fault) for fault in report.faults] == []
    assert report.pages["term"] == 283
    assert report.pages["guide"] >= 40
    assert report.pages["case"] >= 90


def test_a_sure_fact_stands_on_a_page_and_a_doubtful_one_on_none(tmp_path: Path) -> None:
    domain = tmp_path / "domain"
    domain.mkdir()
    alarms = "code\tgrade\nSV0401\tA\nSV0404\tB\nSV0999\tK\nSV0998\tD\n"
    (domain / "alarms.tsv").write_text(alarms, encoding="utf-8")
    (domain / "faults.tsv").write_text("id\tgrade\nSPI-01\tD\n", encoding="utf-8")
    (domain / "tasks.md").write_text(
        "| T001 | oil | P1 | B |\n| T002 | air | KP | K |\n| T003 | x |\n", encoding="utf-8"
    )
    folder = a_library(
        tmp_path / "content",
        alarm=a_page("alarm", facts=["SV0401"]),
        case=a_page("case", facts=["SPI-01"]),
        guide=a_page("guide", facts=[]),
        checklist=a_page("checklist", facts=[]),
    )
    library = load_library(folder)
    found = check_content(library, today=TODAY, domain_dir=domain).faults
    told = {(fault.where.partition(":")[0], str(fault.what)) for fault in found}
    case = next(one.id for one in library.pages.values() if "SPI-01" in one.facts)
    assert told == {
        ("SV0404", "is a fact of grade B and stands on no page"),
        ("T001", "is a fact of grade B and stands on no page"),
        (library.paths[case], "rests on SPI-01, which is doubtful (D)"),
    }
    assert check_content(library, today=TODAY).faults == ()


def test_pages_are_counted_by_type(library: Library) -> None:
    assert page_counts(library) == {"alarm": 1, "case": 4, "checklist": 1, "course": 1, "guide": 2, "term": 1}


def test_filters_narrow_the_pages_together(library: Library) -> None:
    def ids(**filters: object) -> list[str]:
        return [page.id for page in pages_of(library, **filters)]  # type: ignore[arg-type]

    assert len(ids()) == 10
    assert ids(kind="case") == ["CASE-GONE", "CASE-LATE", "CASE-SOON", "CASE-X-01"]
    assert ids(kind="case", status=Status.WITHDRAWN) == ["CASE-GONE"]
    assert ids(confidence=Confidence.WIP) == ["GUIDE-DRAFT"]
    assert ids(subsystem="AXS") == []
    assert "CASE-X-01" in ids(subsystem="SPI")
    assert ids(kind="novel") == []


def test_reviews_that_fall_due_come_earliest_first_and_withdrawn_pages_need_none(library: Library) -> None:
    def ids(days: int) -> list[str]:
        return [page.id for page in due_reviews(library, today=TODAY, within=timedelta(days=days))]

    assert ids(0) == ["CASE-LATE"]
    assert ids(7) == ["CASE-LATE"]
    assert ids(8) == ["CASE-LATE", "CASE-SOON"]
    assert ids(39) == ["CASE-LATE", "CASE-SOON"]
    assert len(ids(40)) == 9


def test_only_a_released_page_has_an_address(library: Library) -> None:
    assert site_address(library, "CASE-X-01") == "cases/spi/case-x-01.html"
    for id_, kind in (("GUIDE-DRAFT", "released page"), ("CASE-GONE", "released page"), ("CASE-NO", "page")):
        with pytest.raises(NotFound, match=f"^no {kind} has the id '{id_}'$"):
            site_address(library, id_)
    assert address_on_site(page_by_id(library, "GUIDE-DRAFT")) == ""


def test_another_state_of_a_page_has_another_digest(library: Library) -> None:
    before = page_digest(library, "CASE-X-01")
    other = page_digest(library, "GUIDE-X")
    (library.folder / "case.md").write_text(a_page("case", title="别的"), encoding="utf-8")
    changed = load_library(library.folder, known=library)
    assert page_digest(changed, "CASE-X-01") != before
    assert page_digest(changed, "GUIDE-X") == other
    with pytest.raises(NotFound, match="no page has the id 'CASE-NO'"):
        page_digest(library, "CASE-NO")


def test_every_researched_fact_is_known_by_its_id(shared: Path) -> None:
    known = fact_ids(shared / "domain")
    assert {"SV0401", "AXS-01", "T002", "faults.md#0"} <= known
    assert len(known) > 600
    assert "code" not in known


@pytest.mark.parametrize("absent", ["alarms.tsv", "faults.tsv", "tasks.md"])
def test_a_missing_file_of_facts_is_told_by_its_name(tmp_path: Path, absent: str) -> None:
    texts = {"alarms.tsv": "code\nSV0401\n", "faults.tsv": "id\nAXS-01\n", "tasks.md": "| T001 | oil |\n"}
    for name, text in texts.items():
        if name != absent:
            (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(NotFound, match=f"no file of facts has the id .*{absent}"):
        fact_ids(tmp_path)
