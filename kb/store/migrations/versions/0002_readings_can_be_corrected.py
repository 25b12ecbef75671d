"""Readings have a revision, notes, and can be retired like everything in the register

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("meter_readings") as batch_op:
        batch_op.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("retired", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(
            sa.Column("notes", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        batch_op.create_index(batch_op.f("ix_meter_readings_retired"), ["retired"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("meter_readings") as batch_op:
        batch_op.drop_index(batch_op.f("ix_meter_readings_retired"))
        batch_op.drop_column("notes")
        batch_op.drop_column("retired")
        batch_op.drop_column("revision")
