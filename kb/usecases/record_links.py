"""What a record is about: customer, site, machine, visit, work order, another record; codes outside, ids inside."""

from collections.abc import Mapping, Sequence
from typing import Any

from kb.store import records as rows
from kb.store import register
from kb.store.records import RecordRow, Session
from kb.store.tables import EquipmentRow, SiteRow
from kb.store.visit_rows import visit_row
from kb.store.work_orders import order_row
from kb.usecases.record_description import LINKS
from kb.usecases.register_checking import Flaw
from kb.usecases.register_kinds import Wording, Wrong
from kb.usecases.register_rows import StoredRows
from kb.usecases.register_tables import TABLES

_TABLES = {"customer": "customers", "site": "sites", "equipment": "equipment"}
_NO = Wrong("leads nowhere", "give the number of one that is there")


def linked_columns(session: Session, values: Mapping[str, Any]) -> tuple[dict[str, str | None], list[Flaw]]:
    """Return the ids of what a record is about, with what follows from them, and what is wrong.

    A machine brings its site, a work order its machine and site, a visit its site, a site its customer.
    """
    found: dict[str, str | None] = dict.fromkeys(LINKS)
    flaws: list[Flaw] = []
    for name, table in _TABLES.items():
        if code := values.get(name):
            row = register.first_with(session, table, TABLES[table].handle, code)
            if row is None:
                wrong = Wrong(
                    "no row of {table} has the code {code!r}", "add it first", table=table, code=code
                )
                flaws.append(Flaw(field=name, wrong=wrong))
            else:
                found[name] = str(row["id"])
    if handle := values.get("order"):
        order = order_row(session, handle)
        if order is None:
            flaws.append(Flaw(field="order", wrong=_NO))
        else:
            found["order"] = order.id
            found["equipment"] = found["equipment"] or order.equipment_id
            _agree(found, "site", order.site_id, "order", flaws)
    if key := values.get("visit"):
        visit = visit_row(session, key)
        if visit is None:
            flaws.append(Flaw(field="visit", wrong=_NO))
        else:
            found["visit"] = visit.key
            _agree(found, "site", visit.site_id, "visit", flaws)
    if handle := values.get("about"):
        about = rows.record_row(session, handle)
        if about is None:
            flaws.append(Flaw(field="about", wrong=_NO))
        else:
            found["about"] = about.id
            for name in ("customer", "site", "equipment"):
                found[name] = found[name] or getattr(about, f"{name}_id")
    if found["equipment"]:
        machine = session.get(EquipmentRow, found["equipment"])
        if machine is not None:
            _agree(found, "site", machine.site_id, "equipment", flaws)
    if found["site"]:
        site = session.get(SiteRow, found["site"])
        if site is not None:
            _agree(found, "customer", site.customer_id, "site", flaws)
    columns = {"visit": "visit_key"}
    return {columns.get(name, f"{name}_id"): id for name, id in found.items()}, flaws


def _agree(found: dict[str, str | None], name: str, id: str, by: str, flaws: list[Flaw]) -> None:
    if found[name] is None:
        found[name] = id
    elif found[name] != id:
        wrong = Wrong("belongs to another {name} than is given", "leave one of the two empty", name=name)
        flaws.append(Flaw(field=by, wrong=wrong))


Link = tuple[str, str]
"""What a person types, and what a person reads."""


def links_of(session: Session, found: Sequence[RecordRow], wording: Wording) -> dict[str, dict[str, Link]]:
    """Return what records are about, by the id of the record and the name of the field."""
    stored = StoredRows(session)
    names = {
        name: stored.names(table, (getattr(row, f"{name}_id") for row in found), wording)
        for name, table in _TABLES.items()
    }
    orders = rows.orders_by_id(session, (row.order_id for row in found))
    others = rows.records_by_id(session, (row.about_id for row in found))
    result: dict[str, dict[str, Link]] = {}
    for row in found:
        links: dict[str, Link] = {}
        for name in _TABLES:
            id = getattr(row, f"{name}_id")
            if id is not None:
                links[name] = names[name].get(id, (id, id))
        if row.visit_key:
            links["visit"] = (row.visit_key, row.visit_key)
        if row.order_id:
            order = orders.get(row.order_id)
            links["order"] = (order[0], " ".join(order)) if order else (row.order_id, row.order_id)
        if row.about_id:
            other = others.get(row.about_id)
            id = row.about_id
            links["about"] = (other.number, f"{other.number} {other.title}") if other else (id, id)
        result[row.id] = links
    return result


def id_of_code(session: Session, code: str, table: str) -> str | None:
    """Return the id of a row of the register by its code; None where there is none."""
    row = register.first_with(session, table, TABLES[table].handle, code)
    return None if row is None else str(row["id"])
