"""Faults are reported and become work orders with a log, parts, times, results of checks, findings and files

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from kb.store.columns import JsonText, UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "blobs",
        sa.Column("digest", text(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "counters",
        sa.Column("series", text(length=40), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series"),
    )
    op.create_table(
        "attachments",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("kind", text(length=40), nullable=False),
        sa.Column("thing_id", text(length=64), nullable=False),
        sa.Column("name", text(length=200), nullable=False),
        sa.Column("media_type", text(length=100), nullable=False),
        sa.Column("digest", text(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("added_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("added_by", text(length=80), nullable=False),
        sa.Column("note", text(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"],
            ["blobs.digest"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("attachments") as batch_op:
        batch_op.create_index(batch_op.f("ix_attachments_digest"), ["digest"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachments_kind"), ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachments_thing_id"), ["thing_id"], unique=False)

    op.create_table(
        "fault_reports",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("number", text(length=40), nullable=False),
        sa.Column("site_id", text(), nullable=True),
        sa.Column("equipment_id", text(), nullable=True),
        sa.Column("channel", text(length=20), nullable=False),
        sa.Column("state", text(length=20), nullable=False),
        sa.Column("alarm", text(), nullable=False),
        sa.Column("symptom", text(), nullable=False),
        sa.Column("machine_state", text(length=20), nullable=False),
        sa.Column("since", UtcDateTime(timezone=True), nullable=True),
        sa.Column("contact", text(length=200), nullable=False),
        sa.Column("phone", text(length=80), nullable=False),
        sa.Column("reported_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("reported_by", text(length=80), nullable=False),
        sa.Column("duplicate_of", text(length=64), nullable=True),
        sa.Column("work_order_id", text(length=64), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", JsonText(), nullable=False),
        sa.ForeignKeyConstraint(
            ["equipment_id"],
            ["equipment.id"],
        ),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["sites.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    with op.batch_alter_table("fault_reports") as batch_op:
        batch_op.create_index(batch_op.f("ix_fault_reports_equipment_id"), ["equipment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_fault_reports_reported_at"), ["reported_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_fault_reports_site_id"), ["site_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_fault_reports_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_fault_reports_work_order_id"), ["work_order_id"], unique=False)

    op.create_table(
        "work_orders",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("number", text(length=40), nullable=False),
        sa.Column("kind", text(length=20), nullable=False),
        sa.Column("title", text(length=200), nullable=False),
        sa.Column("site_id", text(), nullable=False),
        sa.Column("equipment_id", text(), nullable=True),
        sa.Column("report_id", text(length=64), nullable=True),
        sa.Column("visit_key", text(length=200), nullable=True),
        sa.Column("follows_id", text(length=64), nullable=True),
        sa.Column("technician_id", text(), nullable=True),
        sa.Column("planned_day", sa.Date(), nullable=True),
        sa.Column("state", text(length=20), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("priority", text(length=4), nullable=False),
        sa.Column("cover", text(length=20), nullable=False),
        sa.Column("machine_state", text(length=20), nullable=False),
        sa.Column("alarm", text(), nullable=False),
        sa.Column("subsystem", text(length=10), nullable=False),
        sa.Column("item", text(length=40), nullable=False),
        sa.Column("failure_mode", text(length=10), nullable=False),
        sa.Column("mechanism", text(length=10), nullable=False),
        sa.Column("cause", text(length=10), nullable=False),
        sa.Column("remedy", text(length=10), nullable=False),
        sa.Column("case_id", text(length=80), nullable=False),
        sa.Column("opened_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("closed_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", JsonText(), nullable=False),
        sa.ForeignKeyConstraint(
            ["equipment_id"],
            ["equipment.id"],
        ),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["sites.id"],
        ),
        sa.ForeignKeyConstraint(
            ["technician_id"],
            ["technicians.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    with op.batch_alter_table("work_orders") as batch_op:
        batch_op.create_index(batch_op.f("ix_work_orders_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_orders_cause"), ["cause"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_orders_closed_at"), ["closed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_orders_equipment_id"), ["equipment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_orders_follows_id"), ["follows_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_orders_item"), ["item"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_orders_kind"), ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_orders_opened_at"), ["opened_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_orders_planned_day"), ["planned_day"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_orders_priority"), ["priority"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_orders_report_id"), ["report_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_orders_site_id"), ["site_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_orders_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_orders_subsystem"), ["subsystem"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_orders_technician_id"), ["technician_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_orders_visit_key"), ["visit_key"], unique=False)

    op.create_table(
        "check_results",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("work_order_id", text(), nullable=False),
        sa.Column("equipment_id", text(), nullable=False),
        sa.Column("checklist_id", text(length=80), nullable=False),
        sa.Column("item_id", text(length=80), nullable=False),
        sa.Column("kind", text(length=20), nullable=False),
        sa.Column("verdict", text(length=20), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("unit", text(length=20), nullable=False),
        sa.Column("text", text(), nullable=False),
        sa.Column("checked_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("checked_by", text(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["equipment_id"],
            ["equipment.id"],
        ),
        sa.ForeignKeyConstraint(
            ["work_order_id"],
            ["work_orders.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("check_results") as batch_op:
        batch_op.create_index(batch_op.f("ix_check_results_checked_at"), ["checked_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_check_results_equipment_id"), ["equipment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_check_results_item_id"), ["item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_check_results_verdict"), ["verdict"], unique=False)
        batch_op.create_index(batch_op.f("ix_check_results_work_order_id"), ["work_order_id"], unique=False)

    op.create_table(
        "findings",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("work_order_id", text(), nullable=False),
        sa.Column("equipment_id", text(), nullable=True),
        sa.Column("check_result_id", text(length=64), nullable=True),
        sa.Column("severity", text(length=4), nullable=False),
        sa.Column("text", text(), nullable=False),
        sa.Column("recommendation", text(), nullable=False),
        sa.Column("state", text(length=20), nullable=False),
        sa.Column("follow_up_id", text(length=64), nullable=True),
        sa.Column("found_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("found_by", text(length=80), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["equipment_id"],
            ["equipment.id"],
        ),
        sa.ForeignKeyConstraint(
            ["work_order_id"],
            ["work_orders.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("findings") as batch_op:
        batch_op.create_index(batch_op.f("ix_findings_equipment_id"), ["equipment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_findings_found_at"), ["found_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_findings_severity"), ["severity"], unique=False)
        batch_op.create_index(batch_op.f("ix_findings_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_findings_work_order_id"), ["work_order_id"], unique=False)

    op.create_table(
        "work_order_events",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("work_order_id", text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", text(length=20), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("reason", text(), nullable=False),
        sa.Column("who", text(length=80), nullable=False),
        sa.Column("told_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["work_order_id"],
            ["work_orders.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("work_order_events") as batch_op:
        batch_op.create_index(
            batch_op.f("ix_work_order_events_work_order_id"), ["work_order_id"], unique=False
        )

    op.create_table(
        "work_order_parts",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("work_order_id", text(), nullable=False),
        sa.Column("equipment_id", text(), nullable=True),
        sa.Column("part_number", text(length=80), nullable=False),
        sa.Column("name", text(length=200), nullable=False),
        sa.Column("part_class", text(length=20), nullable=False),
        sa.Column("place", text(length=80), nullable=False),
        sa.Column("quantity", sa.Float(), nullable=False),
        sa.Column("old_serial", text(length=80), nullable=False),
        sa.Column("new_serial", text(length=80), nullable=False),
        sa.Column("after_failure", sa.Boolean(), nullable=False),
        sa.Column("warranty_until", sa.Date(), nullable=True),
        sa.Column("used_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["equipment_id"],
            ["equipment.id"],
        ),
        sa.ForeignKeyConstraint(
            ["work_order_id"],
            ["work_orders.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("work_order_parts") as batch_op:
        batch_op.create_index(batch_op.f("ix_work_order_parts_equipment_id"), ["equipment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_order_parts_part_number"), ["part_number"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_order_parts_used_on"), ["used_on"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_work_order_parts_work_order_id"), ["work_order_id"], unique=False
        )

    op.create_table(
        "work_order_times",
        sa.Column("id", text(length=64), nullable=False),
        sa.Column("work_order_id", text(), nullable=False),
        sa.Column("technician_id", text(), nullable=True),
        sa.Column("kind", text(length=20), nullable=False),
        sa.Column("started_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("kilometres", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["technician_id"],
            ["technicians.id"],
        ),
        sa.ForeignKeyConstraint(
            ["work_order_id"],
            ["work_orders.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("work_order_times") as batch_op:
        batch_op.create_index(batch_op.f("ix_work_order_times_started_at"), ["started_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_work_order_times_technician_id"), ["technician_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_work_order_times_work_order_id"), ["work_order_id"], unique=False
        )


def downgrade() -> None:
    op.drop_table("work_order_times")
    op.drop_table("work_order_parts")
    op.drop_table("work_order_events")
    op.drop_table("findings")
    op.drop_table("check_results")
    op.drop_table("work_orders")
    op.drop_table("fault_reports")
    op.drop_table("attachments")
    op.drop_table("counters")
    op.drop_table("blobs")
