"""The compiled search: ruin and recreate over day, technician and position together. Import it by its full name.

`planner.routing` does not import this package, because numba takes a second to load; whoever wants the search says so.
"""
