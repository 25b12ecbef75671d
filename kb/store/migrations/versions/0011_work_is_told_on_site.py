"""What is told of a work order on site is kept under the phone's own ids; lists of orders find their rows by index

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from kb.store.columns import JsonText, UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_work_orders_closed_opened", "work_orders", ["closed_at", "opened_at"]),
    (
        "ix_work_orders_technician_state",
        "work_orders",
        ["technician_id", "state", "closed_at", "opened_at"],
    ),
    ("ix_work_orders_equipment_opened", "work_orders", ["equipment_id", "opened_at"]),
    ("ix_work_orders_site_opened", "work_orders", ["site_id", "opened_at"]),
    ("ix_work_orders_state_opened", "work_orders", ["state", "opened_at"]),
    ("ix_check_results_machine_checked", "check_results", ["equipment_id", "checked_at"]),
)


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "work_order_entries",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("work_order_id", text(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", text(length=20), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("who", text(length=80), nullable=False),
        sa.Column("told_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", text(length=20), nullable=False),
        sa.Column("why", text(), nullable=False),
        sa.Column("amends", text(), nullable=False),
        sa.Column("digest", text(length=64), nullable=False),
        sa.Column("body", JsonText(), nullable=False),
        sa.ForeignKeyConstraint(["work_order_id"], ["work_orders.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_work_order_entries_place", "work_order_entries", ["work_order_id", "position"])
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, table, _ in reversed(INDEXES):
        op.drop_index(name, table_name=table)
    op.drop_index("ix_work_order_entries_place", table_name="work_order_entries")
    op.drop_table("work_order_entries")
