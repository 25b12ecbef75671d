"""Plans are published, mended and subscribed to; ways are known better than assumed

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from kb.store.columns import JsonText, UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "plan_versions",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("published_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("published_by", text(length=80), nullable=False),
        sa.Column("note", text(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("visit_count", sa.Integer(), nullable=False),
        sa.Column("unplaced_count", sa.Integer(), nullable=False),
        sa.Column("visits", JsonText(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["plan_runs.number"]),
        sa.PrimaryKeyConstraint("number"),
    )
    with op.batch_alter_table("plan_versions") as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_versions_run"), ["run"], unique=False)
    op.create_table(
        "plan_proposals",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", text(length=80), nullable=False),
        sa.Column("state", text(length=20), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("request", JsonText(), nullable=False),
        sa.Column("body", JsonText(), nullable=False),
        sa.Column("revisions", JsonText(), nullable=False),
        sa.Column("answered_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("answered_by", text(length=80), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["plan_runs.number"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("plan_proposals") as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_proposals_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_proposals_state"), ["state"], unique=False)
    op.create_table(
        "travel_ways",
        sa.Column("one", text(length=80), nullable=False),
        sa.Column("other", text(length=80), nullable=False),
        sa.Column("source", text(length=10), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("metres", sa.Integer(), nullable=False),
        sa.Column("at", text(length=80), nullable=False),
        sa.Column("noted_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("noted_by", text(length=80), nullable=False),
        sa.PrimaryKeyConstraint("one", "other", "source"),
    )
    op.create_table(
        "travel_notes",
        sa.Column("run", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("noted_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("note", JsonText(), nullable=False),
        sa.PrimaryKeyConstraint("run"),
    )
    op.create_table(
        "calendar_feeds",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("technician_id", text(), nullable=False),
        sa.Column("token_hash", text(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", text(length=80), nullable=False),
        sa.Column("revoked_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["technician_id"], ["technicians.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    with op.batch_alter_table("calendar_feeds") as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_feeds_technician_id"), ["technician_id"], unique=False)


def downgrade() -> None:
    for table in ("calendar_feeds", "travel_notes", "travel_ways", "plan_proposals", "plan_versions"):
        op.drop_table(table)
