"""What do we offer, and why?

May import: every room of planner.
"""
