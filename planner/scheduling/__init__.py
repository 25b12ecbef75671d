"""When is the next visit?

May import: planner.calendars and below; dateutil.
"""
