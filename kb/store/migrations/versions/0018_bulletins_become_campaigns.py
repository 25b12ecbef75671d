"""Bulletins become campaigns

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from kb.store.columns import JsonText, UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "campaigns",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("number", text(length=80), nullable=False),
        sa.Column("title", text(length=200), nullable=False),
        sa.Column("source", text(length=200), nullable=False),
        sa.Column("reference", text(length=400), nullable=False),
        sa.Column("action", text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.Column("rule", JsonText(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_by", text(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    with op.batch_alter_table("campaigns") as batch_op:
        batch_op.create_index(batch_op.f("ix_campaigns_due"), ["due"], unique=False)
        batch_op.create_index(batch_op.f("ix_campaigns_ended"), ["ended"], unique=False)
    op.create_table(
        "campaign_machines",
        sa.Column("campaign_id", text(length=64), nullable=False),
        sa.Column("equipment_id", text(length=64), nullable=False),
        sa.Column("state", text(length=20), nullable=False),
        sa.Column("work_order_id", text(length=64), nullable=True),
        sa.Column("why", text(), nullable=False),
        sa.Column("said_by", text(length=80), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"]),
        sa.ForeignKeyConstraint(["equipment_id"], ["equipment.id"]),
        sa.ForeignKeyConstraint(["work_order_id"], ["work_orders.id"]),
        sa.PrimaryKeyConstraint("campaign_id", "equipment_id"),
    )
    with op.batch_alter_table("campaign_machines") as batch_op:
        batch_op.create_index(batch_op.f("ix_campaign_machines_equipment_id"), ["equipment_id"], unique=False)


def downgrade() -> None:
    op.drop_table("campaign_machines")
    op.drop_table("campaigns")
