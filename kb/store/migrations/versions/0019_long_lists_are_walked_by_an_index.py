"""Long lists are walked by an index

Revision ID: 0019
Revises: 0018
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_fault_reports_newest", "fault_reports", ["reported_at", "id", "state", "work_order_id"]),
    (
        "ix_fault_reports_gravest",
        "fault_reports",
        ["priority", "reported_at", "id", "state", "work_order_id"],
    ),
    ("ix_work_order_parts_used_id", "work_order_parts", ["used_on", "id"]),
    ("ix_records_open_created", "records", ["is_open", "created_at", "id"]),
    ("ix_record_events_at_position", "record_events", ["at", "position"]),
    ("ix_visits_day_key_state", "visits", ["day", "key", "state"]),
    ("ix_visits_state_day", "visits", ["state", "day", "key"]),
    ("ix_audit_kind_at", "audit", ["kind", "at", "id"]),
    ("ix_drafts_state_received", "drafts", ["state", "received_at", "id"]),
    ("ix_maintenance_proposals_created_id", "maintenance_proposals", ["created_at", "id"]),
    ("ix_maintenance_proposals_state_created", "maintenance_proposals", ["state", "created_at", "id"]),
)


def upgrade() -> None:
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, table, _ in INDEXES:
        op.drop_index(name, table_name=table)
