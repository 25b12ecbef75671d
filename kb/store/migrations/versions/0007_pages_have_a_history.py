"""Library pages have a history: who changed what, when and why

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from kb.store.columns import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "page_revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page_id", text(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("path", text(length=400), nullable=False),
        sa.Column("kind", text(length=20), nullable=False),
        sa.Column("state", text(length=20), nullable=False),
        sa.Column("who", text(length=80), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("why", text(), nullable=False),
        sa.Column("based_on", text(length=64), nullable=False),
        sa.Column("digest", text(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("page_id", "number"),
    )
    with op.batch_alter_table("page_revisions") as batch_op:
        batch_op.create_index(batch_op.f("ix_page_revisions_page_id"), ["page_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_page_revisions_state"), ["state"], unique=False)


def downgrade() -> None:
    op.drop_table("page_revisions")
