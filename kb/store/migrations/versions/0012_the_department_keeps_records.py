"""The department keeps its records of every kind in one table, with a log beside it

Revision ID: 0012
Revises: 0016
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from kb.store.columns import JsonText, UtcDateTime

revision = "0012"
down_revision = "0016"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_records_created", ["created_at", "id"]),
    ("ix_records_kind_created", ["kind", "created_at", "id"]),
    ("ix_records_kind_state", ["kind", "state", "created_at"]),
    ("ix_records_owner", ["owner", "created_at"]),
    ("ix_records_customer", ["customer_id", "created_at"]),
    ("ix_records_site", ["site_id", "created_at"]),
    ("ix_records_equipment", ["equipment_id", "created_at"]),
    ("ix_records_open_due", ["is_open", "due", "id"]),
    ("ix_records_kind_open_due", ["kind", "is_open", "due", "id"]),
    ("ix_records_open_owner", ["is_open", "owner"]),
    ("ix_records_about", ["about_id"]),
    ("ix_records_visit", ["visit_key"]),
    ("ix_records_order", ["order_id"]),
)


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "records",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("number", text(length=40), nullable=False),
        sa.Column("kind", text(length=40), nullable=False),
        sa.Column("state", text(length=40), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("title", text(length=200), nullable=False),
        sa.Column("customer_id", text(), nullable=True),
        sa.Column("site_id", text(), nullable=True),
        sa.Column("equipment_id", text(), nullable=True),
        sa.Column("visit_key", text(length=200), nullable=True),
        sa.Column("order_id", text(length=64), nullable=True),
        sa.Column("about_id", text(length=64), nullable=True),
        sa.Column("owner", text(length=80), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", text(length=80), nullable=False),
        sa.Column("closed_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("digest", text(length=64), nullable=False),
        sa.Column("haystack", text(), nullable=False),
        sa.Column("values", JsonText(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"]),
        sa.ForeignKeyConstraint(["equipment_id"], ["equipment.id"]),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    for name, columns in INDEXES:
        op.create_index(name, "records", columns)
    op.create_table(
        "record_events",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("record_id", text(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("who", text(length=80), nullable=False),
        sa.Column("action", text(length=20), nullable=False),
        sa.Column("from_state", text(length=40), nullable=False),
        sa.Column("to_state", text(length=40), nullable=False),
        sa.Column("note", text(), nullable=False),
        sa.Column("before", JsonText(), nullable=False),
        sa.Column("after", JsonText(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_record_events_place", "record_events", ["record_id", "position"], unique=True)
    op.create_index(op.f("ix_record_events_at"), "record_events", ["at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_record_events_at"), table_name="record_events")
    op.drop_index("ix_record_events_place", table_name="record_events")
    op.drop_table("record_events")
    for name, _ in reversed(INDEXES):
        op.drop_index(name, table_name="records")
    op.drop_table("records")
