"""How does a file from outside become rows? Parsed in a limited child process, with every refused line reported.

May import: `kb.content` and below, `planner.model`; document and XML parsers.
"""
