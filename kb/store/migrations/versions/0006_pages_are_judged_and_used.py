"""Readers judge pages, pages called wrong become work, and pages are used in jobs

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from kb.store.columns import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "page_votes",
        sa.Column("page_id", text(length=80), nullable=False),
        sa.Column("voter", text(length=80), nullable=False),
        sa.Column("helpful", sa.Boolean(), nullable=False),
        sa.Column("reason", text(length=20), nullable=False),
        sa.Column("text", text(), nullable=False),
        sa.Column("page_revision", sa.Integer(), nullable=False),
        sa.Column("cast_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("kept_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("page_id", "voter"),
    )
    with op.batch_alter_table("page_votes") as batch_op:
        batch_op.create_index(batch_op.f("ix_page_votes_kept_at"), ["kept_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_page_votes_voter"), ["voter"], unique=False)
    op.create_table(
        "page_work",
        sa.Column("page_id", text(length=80), nullable=False),
        sa.Column("state", text(length=20), nullable=False),
        sa.Column("owner", text(length=80), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("note", text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("first_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("page_id"),
    )
    with op.batch_alter_table("page_work") as batch_op:
        batch_op.create_index(batch_op.f("ix_page_work_due"), ["due"], unique=False)
        batch_op.create_index(batch_op.f("ix_page_work_state"), ["state"], unique=False)
    op.create_table(
        "page_uses",
        sa.Column("page_id", text(length=80), nullable=False),
        sa.Column("job_kind", text(length=20), nullable=False),
        sa.Column("job_key", text(length=200), nullable=False),
        sa.Column("solved", sa.Boolean(), nullable=False),
        sa.Column("who", text(length=80), nullable=False),
        sa.Column("used_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("page_id", "job_kind", "job_key"),
    )
    with op.batch_alter_table("page_uses") as batch_op:
        batch_op.create_index(batch_op.f("ix_page_uses_job_key"), ["job_key"], unique=False)


def downgrade() -> None:
    op.drop_table("page_uses")
    op.drop_table("page_work")
    op.drop_table("page_votes")
