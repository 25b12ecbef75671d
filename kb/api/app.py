"""The whole service: routes, pages, static files, problems and protection around one house."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version

from fastapi import APIRouter, Depends, FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import State

from kb.api.access import cookies_need_token, writes_need
from kb.api.problems import install_problems
from kb.api.protection import install_protection
from kb.api.routes import audit as audit_api
from kb.api.routes import content as content_api
from kb.api.routes import courses as courses_api
from kb.api.routes import drafts as drafts_api
from kb.api.routes import duplicates as duplicates_api
from kb.api.routes import editing as editing_api
from kb.api.routes import emergency as emergency_api
from kb.api.routes import faults as faults_api
from kb.api.routes import faults_plan as faults_plan_api
from kb.api.routes import improvements as improvements_api
from kb.api.routes import inspections as inspections_api
from kb.api.routes import jobs as jobs_api
from kb.api.routes import library_health as library_health_api
from kb.api.routes import machine_data as machine_data_api
from kb.api.routes import machine_files as machine_files_api
from kb.api.routes import orders as orders_api
from kb.api.routes import page_exchange as page_exchange_api
from kb.api.routes import page_feedback as page_feedback_api
from kb.api.routes import plan as plan_api
from kb.api.routes import plan_living as plan_living_api
from kb.api.routes import proposals as proposals_api
from kb.api.routes import quizzes as quizzes_api
from kb.api.routes import records as records_api
from kb.api.routes import records_files as records_files_api
from kb.api.routes import register as register_api
from kb.api.routes import reliability as reliability_api
from kb.api.routes import search as search_api
from kb.api.routes import search_log as search_log_api
from kb.api.routes import session, status
from kb.api.routes import stock as stock_api
from kb.api.routes import summaries as summaries_api
from kb.api.routes import training as training_api
from kb.api.routes import visits as visits_api
from kb.usecases.accounts import Role
from kb.web.forms import csrf_checked
from kb.web.pages import (
    account,
    audit,
    content,
    course_template,
    courses,
    drafts,
    duplicates,
    editing,
    editing_history,
    editing_pictures,
    emergency,
    faults,
    faults_customer,
    faults_plan,
    home,
    inspections,
    library,
    library_health,
    machine_data,
    machine_files,
    orders,
    orders_files,
    orders_office,
    orders_phone,
    page_exchange,
    page_feedback,
    plan,
    plan_improve,
    plan_living,
    plan_people,
    proposals,
    quizzes,
    quizzes_import,
    records,
    records_files,
    register,
    reliability,
    search,
    search_log,
    stock,
    summaries,
    training,
    training_sessions,
    visits,
)
from kb.web.rendering import STATIC_DIR
from kb.wiring import House

LAST_NOTES_SECONDS = 2.0
"""How long the service waits at its end for notes of unanswered queries to be written."""


@dataclass(frozen=True, slots=True)
class Area:
    """A router and the role its unsafe methods need; safe methods need a login only (if users exist).

    `by_page` is set where a page calls the API with the visitor's cookies: then its token is asked for as of a form.
    """

    router: APIRouter
    writes: Role | None
    by_page: bool = False


API_AREAS: tuple[Area, ...] = (
    Area(session.router, None),
    Area(content_api.router, Role.EDITOR),
    Area(courses_api.router, Role.EDITOR),
    Area(courses_api.template_router, Role.EDITOR, by_page=True),
    Area(quizzes_api.router, None, by_page=True),
    Area(quizzes_api.import_router, Role.EDITOR, by_page=True),
    Area(editing_api.router, Role.ENGINEER, by_page=True),
    Area(page_exchange_api.router, Role.EDITOR, by_page=True),
    Area(search_api.router, None),
    Area(search_log_api.router, Role.EDITOR),
    Area(search_log_api.votes_router, None),
    Area(page_feedback_api.votes_router, None, by_page=True),
    Area(page_feedback_api.uses_router, Role.ENGINEER),
    Area(page_feedback_api.work_router, Role.EDITOR),
    Area(library_health_api.router, Role.EDITOR),
    Area(duplicates_api.router, Role.ENGINEER),
    Area(audit_api.router, Role.ADMIN),
    Area(records_files_api.router, Role.ENGINEER),
    Area(records_api.router, Role.ENGINEER),
    Area(register_api.router, Role.PLANNER),
    Area(proposals_api.router, Role.PLANNER),
    Area(reliability_api.router, Role.PLANNER),
    Area(training_api.router, Role.PLANNER),
    Area(summaries_api.router, Role.PLANNER),
    Area(machine_data_api.router, Role.PLANNER),
    Area(machine_files_api.router, Role.PLANNER),
    Area(improvements_api.router, Role.PLANNER),
    Area(plan_api.router, Role.PLANNER),
    Area(plan_living_api.router, Role.PLANNER),
    Area(visits_api.router, Role.ENGINEER),
    Area(faults_plan_api.router, Role.ENGINEER),
    Area(faults_plan_api.dispatch_router, Role.PLANNER),
    Area(faults_api.router, Role.ENGINEER, by_page=True),
    Area(emergency_api.router, Role.ENGINEER),
    Area(inspections_api.router, Role.ENGINEER),
    Area(inspections_api.campaigns_router, Role.EDITOR),
    Area(stock_api.router, Role.ENGINEER),
    Area(orders_api.router, Role.ENGINEER, by_page=True),
    Area(jobs_api.router, Role.PLANNER),
    Area(drafts_api.router, Role.ENGINEER, by_page=True),
    Area(drafts_api.states_router, Role.EDITOR, by_page=True),
    Area(status.router, Role.ADMIN),
)
PAGE_AREAS: tuple[Area, ...] = (
    Area(account.router, None),
    Area(home.router, None),
    Area(editing_pictures.router, Role.ENGINEER),
    Area(editing.router, Role.ENGINEER),
    Area(editing_history.router, Role.ENGINEER),
    Area(page_exchange.router, Role.EDITOR),
    Area(library.router, Role.EDITOR),
    Area(content.router, Role.EDITOR),
    Area(courses.router, Role.EDITOR),
    Area(course_template.router, Role.EDITOR),
    Area(quizzes.router, None),
    Area(quizzes_import.router, Role.EDITOR),
    Area(search.router, None),
    Area(search_log.router, Role.EDITOR),
    Area(search_log.votes_router, None),
    Area(page_feedback.votes_router, None),
    Area(page_feedback.uses_router, Role.ENGINEER),
    Area(page_feedback.work_router, Role.EDITOR),
    Area(library_health.router, Role.EDITOR),
    Area(duplicates.router, Role.ENGINEER),
    Area(audit.router, Role.ADMIN),
    Area(records_files.router, Role.ENGINEER),
    Area(records.router, Role.ENGINEER),
    Area(register.router, Role.PLANNER),
    Area(proposals.router, Role.PLANNER),
    Area(reliability.router, Role.PLANNER),
    Area(training_sessions.router, Role.PLANNER),
    Area(training.router, Role.PLANNER),
    Area(summaries.router, Role.PLANNER),
    Area(machine_data.router, Role.PLANNER),
    Area(machine_files.router, Role.PLANNER),
    Area(plan_improve.router, Role.PLANNER),
    Area(plan.router, Role.PLANNER),
    Area(plan_living.router, Role.PLANNER),
    Area(plan_people.feed_router, None),
    Area(orders_phone.router, Role.ENGINEER),
    Area(orders_files.router, Role.ENGINEER),
    Area(orders_office.router, Role.ENGINEER),
    Area(orders.router, Role.ENGINEER),
    Area(stock.router, Role.ENGINEER),
    Area(visits.router, Role.ENGINEER),
    Area(faults_customer.router, None),
    Area(faults_plan.router, Role.PLANNER),
    Area(faults.router, Role.ENGINEER),
    Area(emergency.router, Role.ENGINEER),
    Area(inspections.router, Role.ENGINEER),
    Area(drafts.router, Role.EDITOR),
)


def create_app(house: House) -> FastAPI:
    """Return the service around `house`; nothing is opened before the first request needs it."""
    app = copy(_routes())
    app.state = State()
    app.state.house = house
    app.user_middleware = []
    install_protection(app, limit_bytes=house.settings.upload_limit_bytes)
    return app


def routes() -> FastAPI:
    """Return what is the same around every house."""
    app = FastAPI(
        title="Servicebook 维保智库",
        version=version("servicebook"),
        description="Fault cases, guides, register and inspection plans. Errors are RFC 9457 problems.",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    install_problems(app)
    app.mount("/static", StaticFiles(directory=STATIC_DIR), name="static")
    for area in API_AREAS:
        needs = [Depends(writes_need(area.writes))]
        if area.by_page:
            needs.append(Depends(cookies_need_token))
        app.include_router(area.router, prefix="/api/v1", dependencies=needs)
    for area in PAGE_AREAS:
        app.include_router(
            area.router,
            include_in_schema=False,
            dependencies=[Depends(writes_need(area.writes)), Depends(csrf_checked)],
        )
    return app


_routes = cache(routes)
"""Made once a process: analysing the routes takes most of a second."""


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    house: House = app.state.house
    house.search_notes.flush(seconds=LAST_NOTES_SECONDS)
    house.store.close()
