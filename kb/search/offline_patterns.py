"""The server's own patterns and numbers for the offline search, so that neither can drift from the other.

Python and JavaScript write most of a pattern alike. What differs is rewritten here; what is not known to be the
same is refused when the pack is built, not found out on somebody's phone.
"""

import re
from collections.abc import Mapping

from kb.search import code_table, codes, ranking, reading, tolerance, understanding
from kb.search.documents import CODE
from kb.search.pinyin import MARK, MOST_READINGS
from kb.search.posting_index import MAIN, TIER_STEP
from kb.search.query import LONGEST_QUERY

_PATTERNS: Mapping[str, re.Pattern[str]] = {
    "cue": codes._CUE,
    "cue_after": codes._CUE_AFTER,
    "unit_after": codes._UNIT_AFTER,
    "numbered": codes._NUMBERED,
    "axis_after": codes._AXIS_AFTER,
    "mitsubishi_glued": codes._MITSUBISHI_GLUED,
    "range": codes._RANGE,
    "hex": codes._HEX,
    "decimal": codes._DECIMAL,
    "number_or_axis": codes._NUMBER_OR_AXIS,
    "words": codes._WORDS,
}
_WORD = r"\p{L}\p{N}_"
_UNKNOWN = re.compile(r"\(\?(?![:=!<])|\(\?<(?![=!a-z])|\\[AZBpPGz]|\\[wW]|[*+?}]\+")
"""Groups, classes and quantifiers that only one of the two languages has, or reads otherwise."""


def javascript_pattern(pattern: re.Pattern[str]) -> str:
    r"""Return a pattern as JavaScript writes it with its flag `u`.

    Names of groups lose their P; `\b` and `[^\W_]`, which JavaScript reads as ASCII, are spelt out.

    Raises:
        ValueError: The pattern has flags, or something that JavaScript does not know or reads otherwise.
    """
    if pattern.flags != re.UNICODE:
        raise ValueError(f"{pattern.pattern!r} has flags, which the offline search does not know")
    text = pattern.pattern.replace("(?P<", "(?<")
    text = text.replace(r"[^\W_]", r"[\p{L}\p{N}]")
    if found := _UNKNOWN.search(text.replace(r"[\p{L}\p{N}]", "")):
        raise ValueError(f"{pattern.pattern!r} has {found[0]!r}, which JavaScript reads otherwise")
    boundary = f"(?:(?<=[{_WORD}])(?![{_WORD}])|(?<![{_WORD}])(?=[{_WORD}]))"
    return text.replace(r"\b", boundary)


def code_rules() -> dict[str, object]:
    """Return how codes are read."""
    return {
        "patterns": {name: javascript_pattern(pattern) for name, pattern in _PATTERNS.items()},
        "cue_words": sorted(codes._CUE_WORDS),
        "product_prefixes": sorted(codes.PRODUCT_PREFIXES),
        "certain_prefixes": sorted(codes.CERTAIN_PREFIXES),
        "fanuc_prefixes": list(codes.FANUC_PREFIXES),
        "sinamics_letters": sorted(codes.SINAMICS_LETTERS),
        "sinamics_digits": codes.SINAMICS_DIGITS,
        "display_letters": sorted(codes.DISPLAY_LETTERS),
        "most_display_digits": codes.MOST_DISPLAY_DIGITS,
        "bits": sorted(codes.BITS),
        "showing": sorted(codes.SHOWING),
        "spindle_display": codes.SPINDLE_DISPLAY,
        "spindle_base": codes.SPINDLE_BASE,
    }


def reading_rules() -> dict[str, object]:
    """Return how much a word of a query counts."""
    return {
        "longest_query": LONGEST_QUERY,
        "word": reading.WORD,
        "synonym": reading.SYNONYM,
        "sound": reading.SOUND,
        "letters": reading.LETTERS,
        "spelling": reading.SPELLING,
        "slip": reading.SLIP,
        "characters_a_word": reading.CHARACTERS_A_WORD,
        "shortest_maker": understanding.SHORTEST_MAKER,
        "most_letters": understanding.MOST_LETTERS,
        "shortest_glued": understanding.SHORTEST_GLUED,
        "weak_weight": reading.WEAK_WEIGHT,
        "single_weight": reading.SINGLE_WEIGHT,
        "maker_weight": reading.MAKER_WEIGHT,
        "beside": javascript_pattern(reading.BESIDE),
        "place": javascript_pattern(reading.PLACE),
        "ours": javascript_pattern(reading.OURS),
    }


def tolerance_rules() -> dict[str, object]:
    """Return how far a guess may go."""
    return {
        "longest_word": tolerance.LONGEST_WORD,
        "shortest_latin": tolerance.SHORTEST_LATIN,
        "like_latin": tolerance.LIKE_LATIN,
        "like_chinese": tolerance.LIKE_CHINESE,
        "most_guesses": tolerance.MOST_GUESSES,
        "seldom": tolerance.SELDOM,
        "shortest_look": tolerance.SHORTEST_LOOK,
        "shortest_slip": tolerance.SHORTEST_SLIP,
        "longest_pinyin": tolerance.LONGEST_PINYIN,
        "shortest_initials": tolerance.SHORTEST_INITIALS,
        "longest_initials": tolerance.LONGEST_INITIALS,
        "most_readings": MOST_READINGS,
        "sound_mark": MARK,
    }


def ranking_rules(types: tuple[str, ...]) -> dict[str, object]:
    """Return the numbers of the ranking; factors of types in the order of `types`."""
    tiers = (
        "PAGE_ID",
        "CODE_ALARM",
        "CODE_CASE",
        "OTHER_PREFIX",
        "IN_RANGE",
        "CODE_FACT",
        "MENTION",
        "WORDS",
        "NEAR",
        "OTHER_FAMILY",
    )
    return {
        "fits": ranking.FITS,
        "kept": ranking.KEPT,
        "kept_text": ranking.KEPT_TEXT,
        "unanswered": ranking.UNANSWERED,
        "rarity_weight": ranking.RARITY_WEIGHT,
        "paired": ranking.PAIRED,
        "first_weight": ranking.FIRST_WEIGHT,
        "novel_weight": ranking.NOVEL_WEIGHT,
        "about": ranking.ABOUT,
        "covered": ranking.COVERED,
        "informing": ranking.INFORMING,
        "written_share": ranking.WRITTEN_SHARE,
        "scattered": ranking.SCATTERED,
        "uncovered": ranking.UNCOVERED,
        "most_nearest": ranking.MOST_NEAREST,
        "tier_step": TIER_STEP,
        "main": MAIN,
        "code_mark": CODE,
        "confidence": [[name.value, factor] for name, factor in ranking.CONFIDENCE.items()],
        "types": list(types),
        "type_factors": {
            intent: [factors.get(name, 1.0) for name in types]
            for intent, factors in ranking.TYPE_FACTORS.items()
        },
        "tiers": {name: getattr(ranking, name) for name in tiers},
    }


def least_text_words() -> int:
    """Return from how many words on a text alarm is recognised inside a query."""
    return code_table.LEAST_TEXT_WORDS
