"""How does it fail?

May import: planner.calendars and below; lifelines.
"""
