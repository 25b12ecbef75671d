"""What is kept, and how? Engine, tables, mapping to planner types, migrations. Never commits: use cases do.

May import: `kb.errors`, `planner.model`; SQLModel, SQLAlchemy and Alembic (nowhere else).
"""

from kb.store.attachments import AttachmentRow, BlobRow
from kb.store.campaigns import CampaignMachineRow, CampaignRow
from kb.store.drafts import DraftPhotoRow, DraftRow
from kb.store.emergency import EmergencyDrillRow, EmergencyPlanRow
from kb.store.engine import Store
from kb.store.fault_reports import FaultReportEventRow, MachineTokenRow
from kb.store.feedback import PageUseRow, PageVoteRow, PageWorkRow
from kb.store.order_entries import OrderEntryRow
from kb.store.plan_feeds import CalendarFeedRow
from kb.store.plan_versions import PlanProposalRow, PlanVersionRow
from kb.store.planning import (
    PlanningInput,
    count_equipment,
    count_sites,
    count_visits_between,
    planning_input,
)
from kb.store.proposals import MaintenanceProposalRow, PriceBookRow
from kb.store.quizzes import QuizAttemptRow
from kb.store.records import RecordEventRow, RecordRow
from kb.store.revisions import PageRevisionRow
from kb.store.search_log import SearchLogRow, SearchVoteRow
from kb.store.summaries import ClosedMonthRow
from kb.store.training import (
    CertificateRow,
    SkillRow,
    TrainingItemRow,
    TrainingParticipantRow,
    TrainingSessionRow,
)
from kb.store.travel import TravelNoteRow, TravelWayRow
from kb.store.work_orders import FaultReportRow, WorkOrderRow

__all__ = [
    "AttachmentRow",
    "BlobRow",
    "CalendarFeedRow",
    "CampaignMachineRow",
    "CampaignRow",
    "CertificateRow",
    "ClosedMonthRow",
    "DraftPhotoRow",
    "DraftRow",
    "EmergencyDrillRow",
    "EmergencyPlanRow",
    "FaultReportEventRow",
    "FaultReportRow",
    "MachineTokenRow",
    "MaintenanceProposalRow",
    "OrderEntryRow",
    "PageRevisionRow",
    "PageUseRow",
    "PageVoteRow",
    "PageWorkRow",
    "PlanProposalRow",
    "PlanVersionRow",
    "PlanningInput",
    "PriceBookRow",
    "QuizAttemptRow",
    "RecordEventRow",
    "RecordRow",
    "SearchLogRow",
    "SearchVoteRow",
    "SkillRow",
    "Store",
    "TrainingItemRow",
    "TrainingParticipantRow",
    "TrainingSessionRow",
    "TravelNoteRow",
    "TravelWayRow",
    "WorkOrderRow",
    "count_equipment",
    "count_sites",
    "count_visits_between",
    "planning_input",
]
