"""How does the library become a course? Deck, handout, quiz.

The Markdown of a course becomes a neutral deck (`deck`), read by `reading`, made whole by `assembling`, and split by
`fitting` until every slide can be read from the last row; writers of each format start from there.

May import: `kb.content` and below; presentation libraries.
"""
