"""Queries without an answer become work; votes on answers are counted

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from kb.store.columns import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "search_log",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("query", text(length=200), nullable=False),
        sa.Column("found_none", sa.Integer(), nullable=False),
        sa.Column("found_near", sa.Integer(), nullable=False),
        sa.Column("not_helpful", sa.Integer(), nullable=False),
        sa.Column("helpful", sa.Integer(), nullable=False),
        sa.Column("first_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", text(length=20), nullable=False),
        sa.Column("owner", text(length=80), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("note", text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("search_log") as batch_op:
        batch_op.create_index(batch_op.f("ix_search_log_due"), ["due"], unique=False)
        batch_op.create_index(batch_op.f("ix_search_log_last_at"), ["last_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_search_log_state"), ["state"], unique=False)
    op.create_table(
        "search_votes",
        sa.Column("query_id", text(length=64), nullable=False),
        sa.Column("page_id", text(length=80), nullable=False),
        sa.Column("helpful", sa.Integer(), nullable=False),
        sa.Column("not_helpful", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["query_id"], ["search_log.id"]),
        sa.PrimaryKeyConstraint("query_id", "page_id"),
    )
    with op.batch_alter_table("search_votes") as batch_op:
        batch_op.create_index(batch_op.f("ix_search_votes_page_id"), ["page_id"], unique=False)


def downgrade() -> None:
    op.drop_table("search_votes")
    op.drop_table("search_log")
