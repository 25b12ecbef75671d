"""On which days and at which times is work possible?

May import: planner.model; the library holidays (nowhere else).
"""
