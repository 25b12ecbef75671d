"""Maintenance is proposed with a price book

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from kb.store.columns import JsonText, UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "price_books",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", text(length=80), nullable=False),
        sa.Column("note", text(length=300), nullable=False),
        sa.Column("body", JsonText(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    op.create_table(
        "maintenance_proposals",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("number", text(length=40), nullable=False),
        sa.Column("site_id", text(), nullable=False),
        sa.Column("price_book_id", text(), nullable=False),
        sa.Column("state", text(length=20), nullable=False),
        sa.Column("language", text(length=10), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", text(length=80), nullable=False),
        sa.Column("contract_id", text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("wishes", JsonText(), nullable=False),
        sa.Column("facts", JsonText(), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"]),
        sa.ForeignKeyConstraint(["price_book_id"], ["price_books.id"]),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    with op.batch_alter_table("maintenance_proposals") as batch_op:
        batch_op.create_index(batch_op.f("ix_maintenance_proposals_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_maintenance_proposals_site_id"), ["site_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_maintenance_proposals_state"), ["state"], unique=False)


def downgrade() -> None:
    op.drop_table("maintenance_proposals")
    op.drop_table("price_books")
