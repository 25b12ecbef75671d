"""Signatures are found by their digest

Revision ID: 0021
Revises: 0020
"""

import json

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    with op.batch_alter_table("work_order_entries") as batch_op:
        batch_op.add_column(sa.Column("signed_digest", text(length=64), nullable=False, server_default=""))
        batch_op.create_index(
            batch_op.f("ix_work_order_entries_signed_digest"), ["signed_digest"], unique=False
        )
    entries = sa.table(
        "work_order_entries",
        sa.column("id"),
        sa.column("kind"),
        sa.column("body"),
        sa.column("signed_digest"),
    )
    connection = op.get_bind()
    signed = connection.execute(
        sa.select(entries.c.id, entries.c.body).where(entries.c.kind == "signature")
    ).all()
    for id, body in signed:
        digest = str((json.loads(body) if body else {}).get("digest", ""))[:64]
        connection.execute(sa.update(entries).where(entries.c.id == id).values(signed_digest=digest))


def downgrade() -> None:
    with op.batch_alter_table("work_order_entries") as batch_op:
        batch_op.drop_index(batch_op.f("ix_work_order_entries_signed_digest"))
        batch_op.drop_column("signed_digest")
