"""Questions of courses are answered: attempts with their answers and scores

Revision ID: 0013
Revises: 0009
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from kb.store.columns import JsonText, UtcDateTime

revision = "0013"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "quiz_attempts",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("course_id", text(length=80), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("person", text(length=80), nullable=False),
        sa.Column("user_id", text(length=64), nullable=False),
        sa.Column("started_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("body", JsonText(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("quiz_attempts") as batch_op:
        batch_op.create_index(batch_op.f("ix_quiz_attempts_course_id"), ["course_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_quiz_attempts_finished_at"), ["finished_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_quiz_attempts_person"), ["person"], unique=False)
        batch_op.create_index(batch_op.f("ix_quiz_attempts_started_at"), ["started_at"], unique=False)


def downgrade() -> None:
    op.drop_table("quiz_attempts")
