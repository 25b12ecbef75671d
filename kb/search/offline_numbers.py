"""Numbers as characters: how the offline pack writes them, so that a script holds them as plain text.

A number is one character of a JavaScript string. Small numbers, which are by far the most, take one byte in
UTF-8, larger ones two or three: the same saving as a variable-length integer, and reading it back is one
`charCodeAt`. What a string of JavaScript would have to escape is left out.
"""

from collections.abc import Iterable

from kb.errors import BadContent, Fault

FIRST = 0x23
"""What comes before holds the line ends and the quotation mark."""
BACKSLASH = 0x5C
SURROGATES, SURROGATE_COUNT = 0xD800, 0x800
LARGEST = 0xFFFF - SURROGATE_COUNT - FIRST - 1 - 2
"""The last two characters of the plane are none."""


def packed(numbers: Iterable[int]) -> str:
    """Return numbers from 0 to `LARGEST` as a text of as many characters.

    Raises:
        BadContent: A number is out of bounds: the library is larger than a pack can hold.
    """
    return "".join(map(_character, numbers))


def packed_steps(ascending: Iterable[int]) -> str:
    """Return ascending numbers as a text of the gaps between them; the first counts from 0."""
    last, steps = -1, []
    for number in ascending:
        steps.append(number - last - 1)
        last = number
    return packed(steps)


def _character(number: int) -> str:
    if not 0 <= number <= LARGEST:
        fault = Fault(
            where="offline pack",
            what=f"has the number {number}; a pack holds 0 to {LARGEST}",
            repair="offer fewer pages offline",
        )
        raise BadContent("the library does not fit into an offline pack", [fault])
    code = number + FIRST
    if code >= BACKSLASH:
        code += 1
    if code >= SURROGATES:
        code += SURROGATE_COUNT
    return chr(code)
