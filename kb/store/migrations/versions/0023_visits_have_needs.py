"""Maintenance plans say who and what their visits need beside time and skills; kits are counted

Revision ID: 0023
Revises: 0021
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from kb.store.columns import JsonText

revision = "0023"
down_revision = "0021"
branch_labels = None
depends_on = None

_COLUMNS = ("crew", "second_skills", "work_days", "overnight", "kits", "price_minutes")


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "kits",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("notes", text(), nullable=False),
        sa.Column("code", text(length=64), nullable=False),
        sa.Column("name", text(), nullable=False),
        sa.Column("owned", sa.Integer(), nullable=False),
        sa.Column("holders", JsonText(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    with op.batch_alter_table("kits") as batch_op:
        batch_op.create_index(batch_op.f("ix_kits_retired"), ["retired"], unique=False)
        batch_op.create_index(batch_op.f("ix_kits_name"), ["name"], unique=False)
    with op.batch_alter_table("maintenance_plans") as batch_op:
        batch_op.add_column(sa.Column("crew", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("second_skills", JsonText(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("work_days", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("overnight", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("kits", JsonText(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("price_minutes", sa.Float(), nullable=True))
    # The defaults were for the rows that there are; new ones name their values, as those of the first schema do.
    with op.batch_alter_table("maintenance_plans") as batch_op:
        for name in _COLUMNS[:-1]:
            batch_op.alter_column(name, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("maintenance_plans") as batch_op:
        for name in reversed(_COLUMNS):
            batch_op.drop_column(name)
    op.drop_table("kits")
