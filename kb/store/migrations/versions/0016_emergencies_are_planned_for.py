"""Emergencies are planned for and drilled

Revision ID: 0016
Revises: 0011
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from kb.store.columns import JsonText, UtcDateTime

revision = "0016"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "emergency_plans",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("site_id", text(), nullable=False),
        sa.Column("equipment_id", text(), nullable=True),
        sa.Column("owner", text(length=80), nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("review_due", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_by", text(length=80), nullable=False),
        sa.Column("body", JsonText(), nullable=False),
        sa.ForeignKeyConstraint(["equipment_id"], ["equipment.id"]),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("equipment_id"),
    )
    with op.batch_alter_table("emergency_plans") as batch_op:
        batch_op.create_index(batch_op.f("ix_emergency_plans_review_due"), ["review_due"], unique=False)
        batch_op.create_index(batch_op.f("ix_emergency_plans_site_id"), ["site_id"], unique=False)
    op.create_table(
        "emergency_drills",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("site_id", text(), nullable=False),
        sa.Column("equipment_id", text(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("trigger", text(length=40), nullable=False),
        sa.Column("led_by", text(length=80), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("result", text(), nullable=False),
        sa.Column("told_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("told_by", text(length=80), nullable=False),
        sa.ForeignKeyConstraint(["equipment_id"], ["equipment.id"]),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("emergency_drills") as batch_op:
        batch_op.create_index(batch_op.f("ix_emergency_drills_day"), ["day"], unique=False)
        batch_op.create_index(batch_op.f("ix_emergency_drills_equipment_id"), ["equipment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_emergency_drills_site_id"), ["site_id"], unique=False)


def downgrade() -> None:
    op.drop_table("emergency_drills")
    op.drop_table("emergency_plans")
