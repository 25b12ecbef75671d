"""What maintenance is due, when, and who goes: a pure library.

No room in here reads a file, a network, a clock or global randomness: everything comes in as an
argument, and the same input gives the same output. Rooms, lowest first: `errors`, `model`,
`calendars`, `scheduling` / `routing` / `reliability` / `faults` (strangers to each other), `proposals`.
"""
