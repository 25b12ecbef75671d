"""The register's tables in the order in which they need each other; everything else is made from their descriptions."""

from kb.errors import NotFound
from kb.usecases.register_description import Field, Table
from kb.usecases.register_kit_tables import KITS
from kb.usecases.register_machine_tables import EQUIPMENT, METERS, READINGS
from kb.usecases.register_service_tables import CONTRACTS, PLANS
from kb.usecases.register_site_tables import CUSTOMERS, SITES, TECHNICIANS
from kb.usecases.register_stock_tables import PARTS, STOCK
from kb.usecases.register_training_tables import CERTIFICATES, SKILLS
from kb.usecases.visit_fields import VISITS

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        CUSTOMERS,
        SITES,
        EQUIPMENT,
        TECHNICIANS,
        SKILLS,
        CERTIFICATES,
        PARTS,
        STOCK,
        KITS,
        CONTRACTS,
        PLANS,
        METERS,
        READINGS,
    )
}

SHEETS: dict[str, Table] = {**TABLES, VISITS.name: VISITS}
"""What a workbook holds: the register's own tables, and the visits, which plans make and people report."""


def sheet_named(name: str) -> Table:
    """Return a sheet of a workbook by its name for programs.

    Raises:
        NotFound: There is none.
    """
    if name not in SHEETS:
        raise NotFound("register table", name)
    return SHEETS[name]


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
