"""Alarm codes as people write them, and the one key that all ways of writing a code share.

Codes are never fuzzy: SV402 is not SV401. What differs is only the writing: `SV0401`, `sv 401`, `SV-0401`.
A key is the letter and number groups of a code without leading zeros, joined by points: `SV.401`, `S.1.52`.

Source:
    Domain taxonomy, section 10 (normalisation of FANUC, SINAMICS, 840D, Mitsubishi and text alarms).
"""

import re
from dataclasses import dataclass, replace

from kb.search.tokens import fold

FANUC_PREFIXES = ("SV", "SP", "DS", "OT", "PS", "PW", "OH", "SW", "SR", "BG", "IO", "EX", "IE")
"""FANUC prefixes in the order in which a bare number is tried."""
CERTAIN_PREFIXES = frozenset(FANUC_PREFIXES)
"""A number behind one of these is an alarm code even where no page has it."""
PRODUCT_PREFIXES = frozenset(
    {"GSK", "HNC", "KND", "DA", "HSV", "J", "ND", "TNC", "VMC", "HMC", "CK", "BT", "RS"}
)
"""Letters before a number that make the name of a product, not a code."""
SINAMICS_LETTERS = frozenset("FAN")
SINAMICS_DIGITS = 5
SPINDLE_DISPLAY = "AL"
DISPLAY_LETTERS = frozenset({"E", "ER", "ERR", "AL"})
"""Letters that the displays of drives put before a number that is all there is to tell an alarm: E-04, Er 04, Err-4, AL-04."""
MOST_DISPLAY_DIGITS = 2
SHOWING = frozenset(FANUC_PREFIXES) | DISPLAY_LETTERS
"""Letters that only say what kind of alarm a number is; S04, Z30 and 3000.4 are more than their last number."""
BITS = frozenset({"0X", "BIT"})
"""Heads of keys that name a bit of a word."""
SPINDLE_BASE = 9000
"""FANUC shows the spindle amplifier's AL-31 as SP9031 on the screen (domain faults, SPI-05)."""

_CUE = re.compile(
    r"(?:报警号?|警报|告警|故障码|错误码|代码|报错|alarms?|alm|error|fault|no\.?|号码|报)[\s:.\-#号]*$"
)
_CUE_AFTER = re.compile(
    r"^\s*(?:#|号?\s*(?:报警|警报|告警|报错|故障码|故障|错误)|号(?!刀|机|线|轴|电机)|alarm|alm)"
)
_UNIT_AFTER = re.compile(
    r"^\s*(?:mm|cm|um|μm|m/min|rpm|r/min|转(?!台|矩)|v\b|伏|a\b|安|w\b|kw|hz|赫|度|℃|°|丝|%|秒|分钟|分|小时|h\b|s\b|ms|天|年|月|日|"
    r"次|个|台|件|把|工位|号刀|号机|号线|mpa|bar|kg|n\b|nm\b|mb\b|bps|寸|公斤|米|毫米|微米|倍|圈|点钟)"
)
_NUMBERED = re.compile(
    r"(?<![a-z0-9.])(?:(?P<prefix>[a-z]{1,5}(?:/[a-z])?)[\s.\-_]{0,2})?(?P<number>\d{1,6})"
    r"(?:[\s.\-_/]{0,2}(?P<second>(?<=[\s.\-_/])\d{1,4}|(?<=[\-.])[a-f])(?![a-z0-9]))?(?![0-9])(?!(?!alm|alarm)[a-z])"
)
_AXIS_AFTER = re.compile(
    r"^[\s,:]*(?:轴|axis)?\s*(?P<axis>[xyzabcuvw][12]?|(?:msp|sp)1?)\s*轴?(?![a-z0-9]|[-.]\d)"
)
_MITSUBISHI_GLUED = re.compile(r"(?<![a-z0-9])([smyz]\d\d)(\d{4})(?![0-9])")
_RANGE = re.compile(
    r"(?P<prefix>[a-z]{0,4})\.?(?P<low>\d{3,6})\s*[-~–至]\s*(?:[a-z]{1,4})?(?P<high>\d{3,6})(?!\d)"
)
_HEX = re.compile(r"(?<![a-z0-9])0x([0-9a-f]{1,4})(?![a-z0-9])")
_DECIMAL = re.compile(r"\d+\.\d")
_CUE_WORDS = frozenset({"alm", "alarm", "no", "error", "fault", "code", "err"})


@dataclass(frozen=True, slots=True)
class WrittenCode:
    """A stretch of text that may be a code.

    Args:
        keys: What it may be, the most exact reading first.
        number: Its bare number, without leading zeros; empty where there is none.
        digits: How many digits were written.
        prefix: The letters before it, upper case; empty for a bare number.
        cued: Whether a word beside it says that it is an alarm.
        measure: Whether a unit behind it says that it is not.
        start: Place of its first character.
        end: Place after its last, the axis not counted.
        spaced: Whether a space parts the letters from the number, so that they may not belong together.
        axis: The axis that was written behind it.
        axis_end: Place after the axis.
    """

    keys: tuple[str, ...]
    number: str
    digits: int
    prefix: str
    cued: bool
    measure: bool
    start: int
    end: int
    spaced: bool = False
    axis: str = ""
    axis_end: int = 0


def plain_number(digits: str) -> str:
    """Return a number without leading zeros."""
    return digits.lstrip("0") or "0"


def head_of(key: str) -> str:
    """Return what stands before the last number of a key: `SV`, `S.1`, or nothing."""
    return key.rpartition(".")[0]


def written_codes(text: str) -> list[WrittenCode]:
    """Return everything in `text` that is written like a code, in order; nothing overlaps."""
    folded = _separated(fold(text))
    found: list[WrittenCode] = []
    for match in _HEX.finditer(folded):
        found.append(
            WrittenCode(
                (f"0X.{plain_number(match[1].upper())}",),
                "",
                4,
                "0X",
                False,
                False,
                match.start(),
                match.end(),
            )
        )
    taken = [(code.start, code.end) for code in found]
    place = 0
    while numbered := _NUMBERED.search(folded, place):
        place = numbered.end()
        if any(numbered.start() < end and start < numbered.end() for start, end in taken):
            continue
        code = _written(folded, numbered)
        place = max(code.end, numbered.start() + 1)
        taken.append((code.start, code.axis_end))
        found.append(code)
    return sorted(found, key=lambda code: code.start)


def _separated(folded: str) -> str:
    """Return `folded` of the same length in which every code can be read.

    Mitsubishi's `S010052` is written without a space; the two halves are told apart in `_written`.
    """
    return folded.replace("p/s", " ps").replace("．", ".")


def _written(folded: str, match: re.Match[str]) -> WrittenCode:
    prefix = (match["prefix"] or "").replace("/", "").upper()
    digits, second = match["number"], (match["second"] or "").upper()
    start, end = match.span()
    if prefix in PRODUCT_PREFIXES and second and " " in folded[match.end("number") : match.start("second")]:
        second, end = "", match.end("number")  # DA98 4: the drive DA98, and its alarm 4.
    before, after = folded[:start], folded[end:]
    cued = _CUE.search(before) is not None or _CUE_AFTER.match(after) is not None
    if prefix.lower() in _CUE_WORDS and prefix not in {"ERR", "AL"}:
        cued, prefix, start = True, "", match.start("number")
    glued = _MITSUBISHI_GLUED.match(folded, start)
    number = plain_number(digits)
    keys: list[str] = []
    if glued:
        keys.append(f"{glued[1][0].upper()}.{plain_number(glued[1][1:])}.{plain_number(glued[2])}")
    if second:
        keys.append(
            f"{prefix}.{number}.{plain_number(second)}" if prefix else f"{number}.{plain_number(second)}"
        )
    if prefix:
        keys.append(f"{prefix}.{number}")
        keys += _sinamics(prefix, digits)
        if prefix == SPINDLE_DISPLAY and len(number) <= 3:
            keys.append(f"SP.{SPINDLE_BASE + int(number)}")
        if prefix == "AL" and len(digits) >= 3:
            cued = True
    else:
        keys.append(number)
    axis, axis_end = "", end
    if found := _AXIS_AFTER.match(after):
        axis, axis_end = found["axis"].upper(), end + found.end()
    return WrittenCode(
        keys=tuple(dict.fromkeys(keys)),
        number=number,
        digits=len(digits),
        prefix=prefix,
        cued=cued,
        measure=not prefix and (_DECIMAL.match(folded, start) is not None or _is_measure(after, cued=cued)),
        start=start,
        end=end,
        spaced=" " in folded[start:end],
        axis=axis,
        axis_end=axis_end,
    )


def without_letters(code: WrittenCode, text: str) -> WrittenCode:
    """Return a code without the letters before its number: they are the name of a maker, FANUC 2001."""
    start = next(place for place in range(code.start, code.end) if text[place].isdigit())
    keys = tuple(key.partition(".")[2] for key in code.keys if key.startswith(f"{code.prefix}."))
    return replace(code, keys=keys, prefix="", start=start, spaced=False)


def _is_measure(after: str, *, cued: bool) -> bool:
    return not cued and _UNIT_AFTER.match(after) is not None


def _sinamics(prefix: str, digits: str) -> tuple[str, ...]:
    """Return the number that SINUMERIK shows for a drive's own code: F07900 is 207900."""
    if (prefix in SINAMICS_LETTERS and len(digits) == SINAMICS_DIGITS) or (
        prefix == "F" and len(digits) == SINAMICS_DIGITS - 1
    ):
        return ("2" + digits.zfill(SINAMICS_DIGITS),)
    return ()


@dataclass(frozen=True, slots=True)
class CodeRange:
    """A run of codes that one page explains, such as 700000-799999.

    Args:
        prefix: The letters before the numbers, upper case; often empty.
        low: The first number.
        last: The last number, inclusive.
    """

    prefix: str
    low: int
    last: int

    def holds(self, prefix: str, number: int) -> bool:
        """Whether the code lies in the range; a bare number may lie in a range that has a prefix."""
        return (not prefix or prefix == self.prefix) and self.low <= number <= self.last


def code_range(text: str) -> CodeRange | None:
    """Return the range that `text` (a page's code) names, or None; S01-52 is one code and no range."""
    match = _RANGE.search(fold(text))
    if match is None or len(match["low"]) != len(match["high"]) or int(match["high"]) <= int(match["low"]):
        return None
    prefix = match["prefix"].upper()
    return CodeRange("" if prefix == "NO" else prefix, int(match["low"]), int(match["high"]))


def code_keys(text: str) -> tuple[str, ...]:
    """Return the keys of a code as a page writes it: `207900 (F07900)` has `207900` and `F.7900`.

    Of `MR-J4 AL.16` only the last counts, as the words before name the product. A code of letters alone
    (`EMG`, `BAT`) is its own key; a text alarm has none (see `alarm_text`), nor has a range.
    """
    if code_range(text) is not None:
        return ()
    keys: list[str] = []
    for part in _PARTS.split(fold(text)):
        codes = [code for code in written_codes(part) if code.prefix not in PRODUCT_PREFIXES]
        if codes:
            keys += [codes[-1].keys[0], *(key for key in codes[-1].keys[1:] if key.startswith("2"))]
    bare = fold(text).strip().upper()
    if not keys and 2 <= len(bare) <= 5 and bare.isascii() and bare.isalpha():
        keys.append(bare)
    return tuple(dict.fromkeys(keys))


_PARTS = re.compile(r"\s/\s|[(（)）;；,，]")
_NUMBER_OR_AXIS = re.compile(r"(?<![a-z0-9])(?:[-+]?\d+(?:\.\d+)?|[nxyzabcuvw](?:'s)?)(?![a-z0-9])")
_WORDS = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")


def alarm_text(text: str) -> str:
    """Return a message with numbers and axis letters replaced by `n`: joint 2 … → joint n …"""
    return " ".join(_WORDS.findall(_NUMBER_OR_AXIS.sub("n", fold(text))))
