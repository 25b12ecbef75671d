"""The register's tables in the order in which they need each other; everything else is made from their descriptions."""

from kb.errors import NotFound
from kb.usecases.register_description import Field, Table
from kb.usecases.register_machine_tables import EQUIPMENT, METERS, READINGS
from kb.usecases.register_service_tables import CONTRACTS, PLANS
from kb.usecases.register_site_tables import CUSTOMERS, SITES, TECHNICIANS

TABLES: dict[str, Table] = {
    table.name: table
    for table in (CUSTOMERS, SITES, EQUIPMENT, TECHNICIANS, CONTRACTS, PLANS, METERS, READINGS)
}


def table_named(name: str) -> Table:
    """Return a table by its name for programs.

    Raises:
        NotFound: There is none.
    """
    if name not in TABLES:
        raise NotFound("register table", name)
    return TABLES[name]


def referring(table: Table) -> tuple[tuple[Table, Field], ...]:
    """Return the fields of all tables that lead to rows of `table`, each with its table."""
    return tuple(
        (other, field)
        for other in TABLES.values()
        for field in other.references
        if field.reference == table.name
    )
