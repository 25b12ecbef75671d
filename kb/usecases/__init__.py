"""What does a user do? One function for each thing; it opens the transaction.

May import: the store, search, export, site, imports and content rooms, and `planner`. Knows no HTTP, no terminal, no clock.
"""
