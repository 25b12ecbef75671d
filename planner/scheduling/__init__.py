"""When is the next visit due, and which work goes together?

May import: `planner.calendars` and below.
"""

from planner.scheduling.basis import shift
from planner.scheduling.compliance import Compliance, ComplianceRule, DatedWork, compliance, in_time
from planner.scheduling.contract import (
    ContractBalance,
    ContractYear,
    contract_balance,
    contract_shortfalls,
    contract_years,
)
from planner.scheduling.dates import cycle_days, first_k_from, nominal_date, nominal_dates
from planner.scheduling.difference import Generated, Moved, difference, is_settled
from planner.scheduling.due import due_occurrences
from planner.scheduling.horizon import (
    FOLLOWING_STATES,
    call_state,
    called_at_share_of_cycle,
    called_working_days_before,
)
from planner.scheduling.keys import OccurrenceKey, parsed_key
from planner.scheduling.levels import combined_levels, completions_of
from planner.scheduling.merge import merged_at_site
from planner.scheduling.meters import (
    Combined,
    MeterEstimate,
    NoEstimate,
    Total,
    average_per_day,
    combined_due,
    estimated_date,
    totals,
)
from planner.scheduling.moves import moved
from planner.scheduling.overdue import (
    AfterOverdue,
    MadeGood,
    Overdue,
    after_overdue,
    is_made_good,
    made_good,
    open_occurrences,
)
from planner.scheduling.trace import trace_sentence, trace_text
from planner.scheduling.windows import window

__all__ = [
    "FOLLOWING_STATES",
    "AfterOverdue",
    "Combined",
    "Compliance",
    "ComplianceRule",
    "ContractBalance",
    "ContractYear",
    "DatedWork",
    "Generated",
    "MadeGood",
    "MeterEstimate",
    "Moved",
    "NoEstimate",
    "OccurrenceKey",
    "Overdue",
    "Total",
    "after_overdue",
    "average_per_day",
    "call_state",
    "called_at_share_of_cycle",
    "called_working_days_before",
    "combined_due",
    "combined_levels",
    "completions_of",
    "compliance",
    "contract_balance",
    "contract_shortfalls",
    "contract_years",
    "cycle_days",
    "difference",
    "due_occurrences",
    "estimated_date",
    "first_k_from",
    "in_time",
    "is_made_good",
    "is_settled",
    "made_good",
    "merged_at_site",
    "moved",
    "nominal_date",
    "nominal_dates",
    "open_occurrences",
    "parsed_key",
    "shift",
    "totals",
    "trace_sentence",
    "trace_text",
    "window",
]
