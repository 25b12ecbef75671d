"""How does a document leave the house? Neutral nouns become docx, pdf, xlsx or ics, the same bytes each time.

`Document` (text to read and sign), `Workbook` (tables to work with) and `Calendar` (events to subscribe to)
know no file format; each writer knows one. Import the writer that is needed: each pulls in a heavy library.

May import: `kb.content` and below, `planner`; document libraries.
"""
