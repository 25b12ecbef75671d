"""What is to be done about a fault?

May import: planner.calendars and below.
"""
