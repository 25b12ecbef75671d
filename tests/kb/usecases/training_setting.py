"""A small department with a library of one course, in which trainings are planned and held."""

from datetime import datetime
from itertools import count
from zoneinfo import ZoneInfo

from kb.content import Library
from kb.store import Store
from kb.usecases.register import create
from kb.usecases.training import PlanItem, add_item
from kb.usecases.training_people import NewPeople, put_down
from kb.usecases.training_reading import Training
from kb.usecases.training_sessions import set_up
from tests.kb.usecases.test_register import EN

NOW = datetime(2026, 5, 20, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
IDS = count(1)


def new_id() -> str:
    return f"new-{next(IDS)}"


def row(store: Store, table: str, **values: object) -> None:
    create(store, table, values, wording=EN, who="li", now=NOW, new_id=new_id)


def people_of(store: Store) -> None:
    """Two technicians, a customer, and the skill `fanuc` that needs a certificate for two years."""
    for code, name in (("T1", "张三"), ("T2", "李四")):
        row(
            store, "technicians", code=code, name=name, latitude_deg=31, longitude_deg=121, skills="fanuc,dro"
        )
    row(store, "customers", code="K1", name="示例客户")
    row(store, "skills", code="fanuc", name="FANUC 维修", needs_certificate=True, validity_months=24)


def planned(store: Store, library: Library, **values: object) -> PlanItem:
    usual = {"title": "FANUC 报警", "year": 2026, "month": 5, "hours": 4, "skill": "fanuc"}
    return add_item(store, {**usual, **values}, library=library, wording=EN, id=new_id(), who="li", now=NOW)


def a_session(store: Store, library: Library, item: PlanItem | None = None, **values: object) -> Training:
    """A session of today for both technicians and one operator."""
    usual: dict[str, object] = {} if item else {"title": "安全", "hours": 2}
    made = set_up(
        store,
        {**usual, "day": "2026-05-20", **values},
        item_id=item.id if item else None,
        library=library,
        wording=EN,
        id=new_id(),
        who="li",
        now=NOW,
    )
    people = NewPeople(technicians=("T1", "T2"), operators=(("王操作", "K1"),))
    return put_down(store, made.id, people, revision=None, new_id=new_id, who="li", now=NOW)
