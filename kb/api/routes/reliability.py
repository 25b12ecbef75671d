"""Reliability over HTTP: figures of the machines, the jobs behind them, lives of parts, trends, old jobs brought in."""

from collections.abc import Mapping
from datetime import UTC, date
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Query, UploadFile

from kb.usecases.job_history import Choices, pairs_said
from kb.usecases.job_history_import import import_history
from kb.usecases.reliability import (
    GROUPS,
    ReliabilityQuery,
    jobs_of,
    reliability,
    reliability_json,
)
from kb.usecases.reliability_parts import RATIO, part_lives
from kb.usecases.reliability_trends import reading_trends
from kb.usecases.reliability_words import job_json
from kb.web.context import HouseDep, LanguageDep, VisitorDep
from kb.web.page_imports import kept_file, kept_upload

router = APIRouter(prefix="/reliability", tags=["reliability"])

Short = Annotated[str, Query(max_length=80)]


def chosen(
    house: HouseDep,
    first: Annotated[date | None, Query(description="first day; a year before the last")] = None,
    last: Annotated[date | None, Query(description="last day; today")] = None,
    site: Short = "",
    customer: Short = "",
    equipment_class: Short = "",
    equipment: Short = "",
) -> ReliabilityQuery:
    """Return what a request looks at."""
    return ReliabilityQuery.of(
        today=house.today(),
        first=first,
        last=last,
        site_id=site,
        customer_id=customer,
        equipment_class=equipment_class,
        equipment_id=equipment,
    )


QueryDep = Annotated[ReliabilityQuery, Depends(chosen)]


@router.get("")
def read_figures(house: HouseDep, language: LanguageDep, query: QueryDep) -> dict[str, Any]:
    """Return the figures of a period: MTBF, MTTR, availability, first-time fix, repeats, who fails most."""
    found = reliability(house.store, query, zone=house.now().tzinfo or UTC, today=house.today())
    return reliability_json(found, house.library().vocabularies, language)


@router.get("/jobs")
def read_jobs(
    house: HouseDep,
    query: QueryDep,
    group: Annotated[str, Query(max_length=40, description=", ".join(GROUPS))] = "machine",
    key: Annotated[str, Query(max_length=200)] = "",
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    size: Annotated[int, Query(ge=1, le=500)] = 100,
) -> dict[str, Any]:
    """Return the jobs behind a figure, the last ones first."""
    found = reliability(house.store, query, zone=house.now().tzinfo or UTC, today=house.today())
    jobs = jobs_of(found, group, key)
    shown = jobs[(page - 1) * size : page * size]
    return {"items": [job_json(one) for one in shown], "total": len(jobs), "page": page, "size": size}


@router.get("/parts")
def read_parts(
    house: HouseDep,
    query: QueryDep,
    ratio: Annotated[
        float, Query(gt=0, le=1000, description="cost of a change after failure against one in time")
    ] = RATIO,
) -> dict[str, Any]:
    """Return how long each part lives: Weibull with censoring, and when a change in time pays."""
    found = part_lives(house.store, query, ratio=ratio, zone=house.now().tzinfo or UTC)
    return {"ratio": ratio, "items": [one.json() for one in found]}


@router.get("/trends")
def read_trends(house: HouseDep, language: LanguageDep, query: QueryDep) -> dict[str, Any]:
    """Return where measured values are going, and the day on which they pass their limit."""
    found = reading_trends(
        house.store,
        house.library(),
        today=house.today(),
        zone=house.now().tzinfo or UTC,
        site_id=query.site_id,
        customer_id=query.customer_id,
        equipment_class=query.equipment_class,
        equipment_id=query.equipment_id,
    )
    return {"items": [one.json(language) for one in found]}


@router.post("/import")
def bring_in(
    house: HouseDep,
    visitor: VisitorDep,
    document: Annotated[UploadFile, File(description="a workbook or a csv file, a job a row")],
    columns: Annotated[list[str] | None, Form(description="column=field, repeated")] = None,
    kinds: Annotated[list[str] | None, Form(description="word=failure or word=planned, repeated")] = None,
    dates: Annotated[str, Form(max_length=10, description="ymd, dmy or mdy")] = "",
    dry_run: Annotated[bool, Form()] = True,
) -> Mapping[str, Any]:
    """Bring a list of old jobs in, all of it or nothing; a dry run looks only."""
    name = Path(document.filename or "file").name
    digest = kept_upload(house, document.file, name)
    report = import_history(
        house.store,
        kept_file(house, digest, name),
        Choices(columns=pairs_said(columns or ()), order=dates, kinds=pairs_said(kinds or ())),
        name=name,
        vocabularies=house.library().vocabularies,
        zone=house.now().tzinfo or UTC,
        who=visitor.name,
        now=house.now(),
        dry_run=dry_run,
    )
    return report.json()
