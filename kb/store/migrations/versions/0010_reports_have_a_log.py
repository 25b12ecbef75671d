"""Fault reports have a log of their own, machines a secret address to report at, and both are found by priority

Revision ID: 0010
Revises: 0015
"""

import json

import sqlalchemy as sa
import sqlmodel
from alembic import op

from kb.store.columns import UtcDateTime

revision = "0010"
down_revision = "0015"
branch_labels = None
depends_on = None

_BY_EFFECT = {"stopped": 2, "degraded": 3, "running": 4}


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    with op.batch_alter_table("fault_reports") as batch_op:
        batch_op.add_column(sa.Column("priority", text(length=4), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("paused", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_index(batch_op.f("ix_fault_reports_priority"), ["priority"], unique=False)
    _prioritise()
    with op.batch_alter_table("fault_reports") as batch_op:
        batch_op.alter_column("priority", server_default=None)
        batch_op.alter_column("paused", server_default=None)
    op.create_table(
        "fault_report_events",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("report_id", text(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", text(length=20), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("reason", text(), nullable=False),
        sa.Column("who", text(length=80), nullable=False),
        sa.Column("told_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["fault_reports.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("fault_report_events") as batch_op:
        batch_op.create_index(batch_op.f("ix_fault_report_events_report_id"), ["report_id"], unique=False)
    op.create_table(
        "machine_tokens",
        sa.Column("token", text(length=64), nullable=False),
        sa.Column("equipment_id", text(), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("made_by", text(length=80), nullable=False),
        sa.Column("revoked_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["equipment_id"], ["equipment.id"]),
        sa.PrimaryKeyConstraint("token"),
    )
    with op.batch_alter_table("machine_tokens") as batch_op:
        batch_op.create_index(batch_op.f("ix_machine_tokens_equipment_id"), ["equipment_id"], unique=False)
    op.create_table(
        "report_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", text(length=64), nullable=False),
        sa.Column("address", text(length=64), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("report_attempts") as batch_op:
        batch_op.create_index(batch_op.f("ix_report_attempts_token"), ["token"], unique=False)
        batch_op.create_index(batch_op.f("ix_report_attempts_address"), ["address"], unique=False)
        batch_op.create_index(batch_op.f("ix_report_attempts_at"), ["at"], unique=False)


def _prioritise() -> None:
    """Give the reports that are there the priority that follows from what was told."""
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT id, machine_state, body FROM fault_reports")).all()
    for id_, effect, body in rows:
        told = json.loads(body) if isinstance(body, str) else body or {}
        step = _BY_EFFECT.get(effect, 3) - bool(told.get("stops_a_line"))
        priority = 1 if told.get("dangerous") else max(1, step)
        connection.execute(
            sa.text("UPDATE fault_reports SET priority = :priority WHERE id = :id"),
            {"priority": f"P{priority}", "id": id_},
        )


def downgrade() -> None:
    op.drop_table("report_attempts")
    op.drop_table("machine_tokens")
    op.drop_table("fault_report_events")
    with op.batch_alter_table("fault_reports") as batch_op:
        batch_op.drop_index(batch_op.f("ix_fault_reports_priority"))
        batch_op.drop_column("paused")
        batch_op.drop_column("priority")
