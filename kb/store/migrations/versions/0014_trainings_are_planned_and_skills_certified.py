"""Trainings are planned and held, skills are certified

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from kb.store.columns import JsonText, UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "skills",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("notes", text(), nullable=False),
        sa.Column("code", text(length=64), nullable=False),
        sa.Column("name", text(), nullable=False),
        sa.Column("needs_certificate", sa.Boolean(), nullable=False),
        sa.Column("validity_months", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    with op.batch_alter_table("skills") as batch_op:
        batch_op.create_index(batch_op.f("ix_skills_retired"), ["retired"], unique=False)
        batch_op.create_index(batch_op.f("ix_skills_name"), ["name"], unique=False)
    op.create_table(
        "certificates",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("notes", text(), nullable=False),
        sa.Column("code", text(length=64), nullable=False),
        sa.Column("technician_id", text(), nullable=False),
        sa.Column("skill", text(length=64), nullable=False),
        sa.Column("title", text(), nullable=False),
        sa.Column("number", text(), nullable=False),
        sa.Column("issuer", text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("session_id", text(length=64), nullable=True),
        sa.ForeignKeyConstraint(["technician_id"], ["technicians.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    with op.batch_alter_table("certificates") as batch_op:
        batch_op.create_index(batch_op.f("ix_certificates_retired"), ["retired"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificates_technician_id"), ["technician_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificates_skill"), ["skill"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificates_number"), ["number"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificates_last_day"), ["last_day"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificates_session_id"), ["session_id"], unique=False)
    op.create_table(
        "training_items",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("planned_day", sa.Date(), nullable=True),
        sa.Column("title", text(length=200), nullable=False),
        sa.Column("course_id", text(length=80), nullable=False),
        sa.Column("audience", text(length=20), nullable=False),
        sa.Column("target_group", text(length=200), nullable=False),
        sa.Column("trainer", text(length=80), nullable=False),
        sa.Column("place", text(length=200), nullable=False),
        sa.Column("hours", sa.Float(), nullable=False),
        sa.Column("skill", text(length=64), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("origin", text(length=300), nullable=False),
        sa.Column("evidence", JsonText(), nullable=False),
        sa.Column("notes", text(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", text(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("training_items") as batch_op:
        batch_op.create_index(batch_op.f("ix_training_items_year"), ["year"], unique=False)
        batch_op.create_index(batch_op.f("ix_training_items_origin"), ["origin"], unique=False)
    op.create_table(
        "training_sessions",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("item_id", text(), nullable=True),
        sa.Column("title", text(length=200), nullable=False),
        sa.Column("course_id", text(length=80), nullable=False),
        sa.Column("audience", text(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("begins", text(length=5), nullable=False),
        sa.Column("hours", sa.Float(), nullable=False),
        sa.Column("trainer", text(length=80), nullable=False),
        sa.Column("place", text(length=200), nullable=False),
        sa.Column("skill", text(length=64), nullable=False),
        sa.Column("pass_percent", sa.Integer(), nullable=False),
        sa.Column("state", text(length=20), nullable=False),
        sa.Column("notes", text(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", text(length=80), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["training_items.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("training_sessions") as batch_op:
        batch_op.create_index(batch_op.f("ix_training_sessions_item_id"), ["item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_training_sessions_day"), ["day"], unique=False)
        batch_op.create_index(batch_op.f("ix_training_sessions_state"), ["state"], unique=False)
    op.create_table(
        "training_participants",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("session_id", text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("technician_id", text(), nullable=True),
        sa.Column("customer_id", text(), nullable=True),
        sa.Column("name", text(length=80), nullable=False),
        sa.Column("attendance", text(length=20), nullable=False),
        sa.Column("score_percent", sa.Float(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("result_from", text(length=100), nullable=False),
        sa.Column("note", text(length=300), nullable=False),
        sa.Column("certificate_id", text(), nullable=True),
        sa.ForeignKeyConstraint(["session_id"], ["training_sessions.id"]),
        sa.ForeignKeyConstraint(["technician_id"], ["technicians.id"]),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"]),
        sa.ForeignKeyConstraint(["certificate_id"], ["certificates.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("training_participants") as batch_op:
        batch_op.create_index(batch_op.f("ix_training_participants_session_id"), ["session_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_training_participants_technician_id"), ["technician_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_training_participants_customer_id"), ["customer_id"], unique=False
        )


def downgrade() -> None:
    for table in ("training_participants", "training_sessions", "training_items", "certificates", "skills"):
        op.drop_table(table)
