"""How does the library become a course? Deck, handout, quiz. Empty until the courseware issue is taken.

May import: `kb.content` and below; presentation libraries.
"""
