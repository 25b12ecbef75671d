"""Months are closed with their figures

Revision ID: 0017
Revises: 0012
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from kb.store.columns import JsonText, UtcDateTime

revision = "0017"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "closed_months",
        sa.Column("month", text(length=7), nullable=False),
        sa.Column("closed_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("closed_by", text(length=80), nullable=False),
        sa.Column("figures", JsonText(), nullable=False),
        sa.PrimaryKeyConstraint("month"),
    )


def downgrade() -> None:
    op.drop_table("closed_months")
