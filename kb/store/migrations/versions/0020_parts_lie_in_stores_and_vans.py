"""Parts lie in stores and vans

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from kb.store.columns import JsonText

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "parts",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("notes", text(), nullable=False),
        sa.Column("number", text(length=64), nullable=False),
        sa.Column("name", text(), nullable=False),
        sa.Column("part_class", text(length=20), nullable=False),
        sa.Column("alternatives", JsonText(), nullable=False),
        sa.Column("unit", text(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    with op.batch_alter_table("parts") as batch_op:
        for name in ("retired", "name", "part_class"):
            batch_op.create_index(batch_op.f(f"ix_parts_{name}"), [name], unique=False)
    op.create_table(
        "stock",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("notes", text(), nullable=False),
        sa.Column("part_id", text(), nullable=False),
        sa.Column("place", text(length=80), nullable=False),
        sa.Column("technician_id", text(), nullable=True),
        sa.Column("quantity", sa.Float(), nullable=False),
        sa.Column("minimum", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["part_id"], ["parts.id"]),
        sa.ForeignKeyConstraint(["technician_id"], ["technicians.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("part_id", "place", name="uq_stock_part_place"),
    )
    with op.batch_alter_table("stock") as batch_op:
        for name in ("retired", "part_id", "place", "technician_id"):
            batch_op.create_index(batch_op.f(f"ix_stock_{name}"), [name], unique=False)


def downgrade() -> None:
    op.drop_table("stock")
    op.drop_table("parts")
