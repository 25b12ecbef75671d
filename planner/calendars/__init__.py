"""On which days and at which times is work possible?

May import: `planner.model` and below; the library holidays (nowhere else).
"""

from planner.calendars.public import PublicYear, provisional_years, public_year
from planner.calendars.work_calendar import Closed, ClosedBy, WorkCalendar, site_calendar, technician_calendar
from planner.calendars.working_time import after_working_time, working_time_between

__all__ = [
    "Closed",
    "ClosedBy",
    "PublicYear",
    "WorkCalendar",
    "after_working_time",
    "provisional_years",
    "public_year",
    "site_calendar",
    "technician_calendar",
    "working_time_between",
]
