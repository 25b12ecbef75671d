"""The department at a glance: a few counts for the start page."""

from dataclasses import dataclass
from datetime import date, timedelta

from kb.content import Library
from kb.store import Store, count_equipment, count_sites, count_visits_between


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Counts of today."""

    pages: int
    cases: int
    alarms: int
    guides: int
    sites: int
    equipment: int
    visits_next_30_days: int


def overview(*, store: Store, library: Library, today: date) -> Overview:
    """Return the counts for the start page; visits are the planned ones from `today` on."""
    kinds = [page.type for page in library.pages.values()]
    with store.reading() as session:
        return Overview(
            pages=len(kinds),
            cases=kinds.count("case"),
            alarms=kinds.count("alarm"),
            guides=kinds.count("guide"),
            sites=count_sites(session),
            equipment=count_equipment(session),
            visits_next_30_days=count_visits_between(session, today, today + timedelta(days=30)),
        )
