"""Draft cases come from engineers who had no network, with their photos

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from kb.store.columns import JsonText, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "drafts",
        sa.Column("id", text(length=36), nullable=False),
        sa.Column("digest", text(length=64), nullable=False),
        sa.Column("body", JsonText(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("received_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("author", text(length=80), nullable=False),
        sa.Column("state", text(length=20), nullable=False),
        sa.Column("handled_by", text(length=80), nullable=False),
        sa.Column("note", text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("drafts") as batch_op:
        batch_op.create_index(batch_op.f("ix_drafts_received_at"), ["received_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_drafts_state"), ["state"], unique=False)
    op.create_table(
        "draft_photos",
        sa.Column("draft_id", text(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("media_type", text(length=20), nullable=False),
        sa.Column("digest", text(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"]),
        sa.PrimaryKeyConstraint("draft_id", "position"),
    )


def downgrade() -> None:
    op.drop_table("draft_photos")
    op.drop_table("drafts")
