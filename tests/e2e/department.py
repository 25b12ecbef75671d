"""The sample department, with its library indexed and a year planned, for tests of the whole service."""

from datetime import date

from kb.usecases.plan import plan_inspections
from kb.usecases.sample import DEFAULT_SEED, SampleSize, load_sample
from kb.wiring import House


def a_department(house: House, *, first_day: date, last_day: date) -> None:
    """Fill `house` with the sample department and a plan of the given days, both included."""
    house.store.migrate()
    load_sample(house.store, size=SampleSize(), seed=DEFAULT_SEED, today=house.today(), now=house.now())
    house.search_index()
    plan_inspections(house.store, first_day=first_day, last_day=last_day, now=house.now())
