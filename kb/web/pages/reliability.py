"""How reliable the machines are: figures with the jobs behind them, lives of parts, trends, old jobs brought in."""

from collections.abc import Mapping
from datetime import UTC, date, tzinfo
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, File, Form, Query, Request, UploadFile
from fastapi.responses import HTMLResponse

from kb.errors import BadInput, BadQuery, Fault, FaultyInput, NotFound
from kb.i18n import translator
from kb.usecases.accounts import Role
from kb.usecases.job_history import Choices
from kb.usecases.job_history_import import HistoryReport, import_history
from kb.usecases.job_history_words import FIELDS, ORDERS
from kb.usecases.reliability import GROUPS, ReliabilityQuery, group_label, jobs_of, reliability
from kb.usecases.reliability_parts import RATIO, part_lives
from kb.usecases.reliability_trends import reading_trends
from kb.usecases.reliability_words import change_sentence, shape_sentence, standing_sentence
from kb.web.context import HouseDep, LanguageDep, VisitorDep
from kb.web.page_imports import kept_file, kept_upload
from kb.web.pages.plan_rows import page_of, rows_of
from kb.web.pages.reliability_charts import life_curve, pareto_bars, trend_curve
from kb.web.rendering import render
from kb.wiring import House
from planner.model import EquipmentClass

router = APIRouter(prefix="/reliability")

GROUP_NAMES = {
    "machine": "machine",
    "model": "model",
    "subsystem": "subsystem",
    "component": "component",
    "failure_mode": "failure mode",
    "cause": "cause",
    "remedy": "remedy",
    "technician": "technician",
}
MEASURE_NAMES = {
    "failures": "number of failures",
    "hours": "hours down",
    "minutes": "minutes of work",
    "cost": "cost",
}
AMOUNTS = {"failures": ".0f", "hours": ",.1f", "minutes": ",.0f", "cost": ",.0f"}
PARTS_SHOWN = 24
TRENDS_SHOWN = 40
REPEATS_SHOWN = 20

Short = Annotated[str, Query(max_length=80)]
FormText = Annotated[str, Form(max_length=300)]


def _zone(house: House) -> tzinfo:
    return house.now().tzinfo or UTC


def _chosen(
    house: HouseDep,
    first: Annotated[str, Query(max_length=10)] = "",
    last: Annotated[str, Query(max_length=10)] = "",
    site: Short = "",
    customer: Short = "",
    equipment_class: Short = "",
    equipment: Short = "",
) -> ReliabilityQuery:
    faults = []
    days: list[date | None] = []
    for name, text in (("first", first), ("last", last)):
        try:
            days.append(date.fromisoformat(text) if text else None)
        except ValueError:
            days.append(None)
            faults.append(Fault(where=name, what=f"{text!r} is no day", repair="write 2026-01-31"))
    if faults:
        raise BadQuery("no such period can be looked at", faults)
    return ReliabilityQuery.of(
        today=house.today(),
        first=days[0],
        last=days[1],
        site_id=site,
        customer_id=customer,
        equipment_class=equipment_class,
        equipment_id=equipment,
    )


QueryDep = Annotated[ReliabilityQuery, Depends(_chosen)]


def _asked(query: ReliabilityQuery) -> dict[str, str]:
    asked = {
        "first": query.first.isoformat(),
        "last": query.last.isoformat(),
        "site": query.site_id,
        "customer": query.customer_id,
        "equipment_class": query.equipment_class,
        "equipment": query.equipment_id,
    }
    return {name: value for name, value in asked.items() if value}


def _frame(house: House, query: ReliabilityQuery, language: LanguageDep) -> dict[str, object]:
    lists = house.library().vocabularies
    return {
        "query": query,
        "asked": _asked(query),
        "classes": [
            (one.value, lists.label("equipment_classes", one.value, language)) for one in EquipmentClass
        ],
    }


@router.get("")
def figures(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    query: QueryDep,
    group: Annotated[str, Query(max_length=40)] = "machine",
    by: Annotated[str, Query(max_length=40)] = "failures",
) -> HTMLResponse:
    """Show the figures of a period and who fails most."""
    found = reliability(house.store, query, zone=_zone(house), today=house.today())
    vocabularies = house.library().vocabularies
    say = translator(language)
    rows = found.counted(group, by=by)
    asked = _asked(query)
    chart = pareto_bars(
        [one for one in rows if one.weight > 0],
        lambda key: group_label(vocabularies, group, key, language) or say("not recorded"),
        amount=AMOUNTS[by],
        address="/reliability/jobs",
        asked={**asked, "group": group},
    )
    jobs = found.by_id()
    again = [
        (
            days,
            len(those),
            [(jobs[one.first.id], jobs[one.again.id], one) for one in reversed(those[-REPEATS_SHOWN:])],
        )
        for days, those in found.repeats.items()
    ]
    return render(
        request,
        "reliability/figures.html",
        {
            **_frame(house, query, language),
            "found": found,
            "chart": chart,
            "more": max(0, len(rows) - len(chart.bars)),
            "group": group,
            "by": by,
            "groups": GROUP_NAMES,
            "measures": MEASURE_NAMES,
            "again": again,
            "query_text": urlencode(asked),
        },
    )


@router.get("/jobs")
def behind(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    query: QueryDep,
    group: Annotated[str, Query(max_length=40)] = "machine",
    key: Annotated[str, Query(max_length=200)] = "",
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
) -> HTMLResponse:
    """Show the jobs behind a figure, the last ones first."""
    found = reliability(house.store, query, zone=_zone(house), today=house.today())
    vocabularies = house.library().vocabularies
    those = jobs_of(found, group, key)
    here = page_of(len(those), page)
    asked = {**_asked(query), "group": group, "key": key}
    return render(
        request,
        "reliability/jobs.html",
        {
            **_frame(house, query, language),
            "jobs": [
                (
                    one,
                    {name: group_label(vocabularies, name, one.words[name], language) for name in GROUPS},
                )
                for one in those[rows_of(here)]
            ],
            "here": here,
            "name": group_label(vocabularies, group, key, language) or translator(language)("not recorded"),
            "group": GROUP_NAMES[group],
            "query_text": urlencode(asked),
        },
    )


@router.get("/parts")
def parts(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    query: QueryDep,
    ratio: Annotated[float, Query(gt=0, le=1000)] = RATIO,
) -> HTMLResponse:
    """Show how long parts live, and when a change in time pays."""
    found = part_lives(house.store, query, ratio=ratio, zone=_zone(house))
    return render(
        request,
        "reliability/parts.html",
        {
            **_frame(house, query, language),
            "ratio": ratio,
            "lives": [
                (one, life_curve(one), shape_sentence(one, language), change_sentence(one, language))
                for one in found[:PARTS_SHOWN]
            ],
            "total": len(found),
        },
    )


@router.get("/trends")
def trends(request: Request, house: HouseDep, language: LanguageDep, query: QueryDep) -> HTMLResponse:
    """Show where measured values are going, the most pressing first."""
    found = reading_trends(
        house.store,
        house.library(),
        today=house.today(),
        zone=_zone(house),
        site_id=query.site_id,
        customer_id=query.customer_id,
        equipment_class=query.equipment_class,
        equipment_id=query.equipment_id,
    )
    return render(
        request,
        "reliability/trends.html",
        {
            **_frame(house, query, language),
            "trends": [
                (one, trend_curve(one), standing_sentence(one, language)) for one in found[:TRENDS_SHOWN]
            ],
            "total": len(found),
        },
    )


@router.get("/import")
def import_form(request: Request, visitor: VisitorDep) -> HTMLResponse:
    """Show how a list of old jobs is brought in."""
    return _import_page(request, may=visitor.may(Role.PLANNER))


@router.post("/import")
async def bring_in(
    request: Request,
    house: HouseDep,
    visitor: VisitorDep,
    document: Annotated[UploadFile | None, File()] = None,
    digest: FormText = "",
    name: FormText = "",
    dates: Annotated[str, Form(max_length=10)] = "",
    what: Annotated[Literal["look", "bring"], Form()] = "look",
) -> HTMLResponse:
    """Look at a list of old jobs, or bring it in."""
    form = await request.form()
    columns = {key[7:]: str(value) for key, value in form.multi_items() if key.startswith("column:")}
    kinds = {key[5:]: str(value) for key, value in form.multi_items() if key.startswith("kind:") and value}
    try:
        if document is not None and document.filename:
            name = Path(document.filename).name
            digest = kept_upload(house, document.file, name)
            columns, kinds = {}, {}
        if not digest:
            raise BadInput(
                "", [Fault(where="document", what="is missing", repair="choose an .xlsx or .csv file")]
            )
        report = import_history(
            house.store,
            kept_file(house, digest, name),
            Choices(columns=columns, order=dates, kinds=kinds),
            name=name,
            vocabularies=house.library().vocabularies,
            zone=_zone(house),
            who=visitor.name,
            now=house.now(),
            dry_run=what == "look",
        )
    except FaultyInput as refused:
        return _import_page(
            request, may=True, refused=refused, kept=(digest, name), columns=columns, kinds=kinds
        )
    except NotFound:
        gone = BadInput("", [Fault(where=name, what="is not kept any more", repair="choose the file again")])
        return _import_page(request, may=True, refused=gone)
    return _import_page(
        request,
        may=True,
        report=report,
        kept=(digest, name),
        columns=dict(report.reading.columns),
        kinds=kinds,
    )


def _import_page(
    request: Request,
    *,
    may: bool,
    report: HistoryReport | None = None,
    refused: FaultyInput | None = None,
    kept: tuple[str, str] = ("", ""),
    columns: Mapping[str, str] | None = None,
    kinds: Mapping[str, str] | None = None,
) -> HTMLResponse:
    return render(
        request,
        "reliability/import.html",
        {
            "may": may,
            "report": report,
            "refused": refused,
            "kept": kept,
            "columns": columns or {},
            "kinds": kinds or {},
            "fields": {name: own for name, (own, _) in FIELDS.items()},
            "orders": ORDERS,
        },
        status_code=422 if refused else 200,
    )
