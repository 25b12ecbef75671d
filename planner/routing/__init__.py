"""Who goes, and in what order?

May import: planner.calendars and below; numpy and the solver (nowhere else).
"""
