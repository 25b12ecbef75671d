"""Two years of the sample's finished visits: what planning would have planned, each done on its day.

Planning itself makes them, so that a plan of the present year goes on from them without a seam: keys, cycles and
levels are the ones that planning finds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from random import Random

from kb.store import PlanningInput
from kb.store.mapping import (
    contract_of,
    customer_of,
    equipment_of,
    maintenance_plan_of,
    site_of,
    technician_of,
)
from kb.store.tables import (
    ContractRow,
    CustomerRow,
    EquipmentRow,
    MaintenancePlanRow,
    SiteRow,
    TechnicianRow,
)
from kb.store.visits import body_of
from kb.usecases.plan import PlanningState, placed
from kb.usecases.plan_period import Period
from kb.usecases.sample_data import SAMPLE_MARK
from kb.usecases.sample_people import Row
from planner.model import Visit, VisitState

CHINA_TIME = timezone(timedelta(hours=8))
HISTORY_YEARS = 2
RUN = 1
REMARK_CHANCE = 0.15
REMARKS = (
    "导轨防护皮带边缘磨损，已建议下次更换",
    "润滑泵油位偏低，已补油",
    "电柜风扇滤棉积尘，已更换",
    "主轴拉刀力偏低，已登记复测",
    "光栅读数头信号余量下降，已清洁",
    "后备电池电压接近下限，已更换",
    "排屑器异响，已调整链条张紧",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The plan run that the finished visits came from, and the visits."""

    runs: tuple[Row, ...]
    visits: tuple[Row, ...]


def history_start(today: date) -> date:
    """Return the first day of the sample's history."""
    return date(today.year - HISTORY_YEARS, today.month, min(today.day, 28))


def finished_visits(register: PlanningInput, rng: Random, today: date) -> History:
    """Return the visits from two years ago up to, not including, `today`, all of them done, by day."""
    first, last = history_start(today), today - timedelta(days=1)
    state = PlanningState(register=register, rows={}, run=0)
    planned = placed(state, Period(first_day=first, last_day=last), today=first)
    run: Row = {
        "number": RUN,
        "created": datetime.combine(first, time(8), tzinfo=CHINA_TIME),
        "created_by": SAMPLE_MARK,
        "first_day": first,
        "last_day": last,
    }
    done = [visit for visit in planned.visits if first <= visit.day <= last]
    return History(runs=(run,), visits=tuple(_row(visit, rng) for visit in done))


def planning_input_of(
    *,
    customers: Sequence[Row],
    sites: Sequence[Row],
    equipment: Sequence[Row],
    technicians: Sequence[Row],
    contracts: Sequence[Row],
    plans: Sequence[Row],
) -> PlanningInput:
    """Return rows as the planner reads them."""
    return PlanningInput(
        customers={str(row["id"]): customer_of(CustomerRow.model_validate(row)) for row in customers},
        sites={str(row["id"]): site_of(SiteRow.model_validate(row)) for row in sites},
        equipment={str(row["id"]): equipment_of(EquipmentRow.model_validate(row)) for row in equipment},
        technicians={str(row["id"]): technician_of(TechnicianRow.model_validate(row)) for row in technicians},
        contracts=tuple(contract_of(ContractRow.model_validate(row)) for row in contracts),
        plans={str(row["id"]): maintenance_plan_of(MaintenancePlanRow.model_validate(row)) for row in plans},
    )


def _row(visit: Visit, rng: Random) -> Row:
    return {
        "key": visit.key,
        "run": RUN,
        "site_id": visit.site_id,
        "technician_id": visit.technician_id,
        "day": visit.day,
        "state": VisitState.DONE.value,
        "done_on": visit.day,
        "notes": f"{SAMPLE_MARK}：{rng.choice(REMARKS)}" if rng.random() < REMARK_CHANCE else "",
        "body": body_of(visit),
    }
