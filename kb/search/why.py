"""Why a page was found, as sentences: message ids in English, translated where they are shown."""

from collections.abc import Sequence

from kb.search.index import Reason
from kb.search.query import Understood
from kb.search.ranking import (
    CODE_ALARM,
    CODE_CASE,
    CODE_FACT,
    IN_RANGE,
    MENTION,
    NEAR,
    OTHER_FAMILY,
    OTHER_PREFIX,
    PAGE_ID,
    Coded,
)

CODE_MESSAGES = {
    CODE_ALARM: "code {code}: this alarm",
    CODE_CASE: "code {code}: a case that shows it",
    OTHER_PREFIX: "code {code}: same number under other letters",
    IN_RANGE: "code {code}: lies in the range of this page",
    CODE_FACT: "code {code}: this page rests on it",
    MENTION: "code {code}: mentioned on the page",
    OTHER_FAMILY: "code {code}: the same number of another family",
}
WAY_MESSAGES = {
    "word": "has {typed}",
    "synonym": "{typed} = {shown} (same meaning)",
    "pinyin": "{typed} → {shown} (pinyin)",
    "initials": "{typed} → {shown} (initials)",
    "spelling": "{typed} → {shown} (likely spelling)",
}
PAGE_MESSAGE = "the page or fact asked for"
TEXT_MESSAGE = "the message on the screen"
PART_MESSAGE = "part of the message on the screen"
MISSING_MESSAGE = "without {missing}"
NEAREST_CODE_MESSAGE = "no page has {code}; this is the nearest number"
BROWSE_MESSAGE = "all pages of the choice"


def reasons_of(
    coded: Coded | None, answers: Sequence[int | None], understood: Understood
) -> tuple[Reason, ...]:
    """Return why a document stands in a result, the strongest reason first.

    Args:
        coded: Why it stands above those that only hold the words; None where it does not.
        answers: For each unit, the number of the way by which it is answered.
        understood: The query.
    """
    reasons: list[Reason] = []
    if coded is not None:
        reasons.append(_code_reason(coded))
    words: list[str] = []
    others: list[Reason] = []
    missing: list[str] = []
    for unit, answer in zip(understood.units, answers, strict=True):
        if answer is None:
            missing.append(unit.text)
            continue
        way = unit.ways[answer]
        if way.kind == "word" or way.shown == unit.text:
            words.append(unit.text)
        else:
            others.append(Reason(WAY_MESSAGES[way.kind], {"typed": unit.text, "shown": way.shown}))
    if words:
        reasons.append(Reason(WAY_MESSAGES["word"], {"typed": "、".join(dict.fromkeys(words))}))
    reasons += others
    if missing and len(missing) < len(understood.units):
        reasons.append(Reason(MISSING_MESSAGE, {"missing": "、".join(dict.fromkeys(missing))}))
    return tuple(reasons) or (Reason(BROWSE_MESSAGE, {}),)


def _code_reason(coded: Coded) -> Reason:
    if coded.tier == PAGE_ID:
        return Reason(PAGE_MESSAGE, {})
    if coded.code is None:
        return Reason(TEXT_MESSAGE if coded.tier in {CODE_ALARM, CODE_CASE} else PART_MESSAGE, {})
    if coded.tier == NEAR:
        return Reason(NEAREST_CODE_MESSAGE, {"code": coded.code.shown})
    if coded.code.state == "range":
        return Reason(CODE_MESSAGES[IN_RANGE], {"code": coded.code.shown})
    return Reason(CODE_MESSAGES.get(coded.tier, CODE_MESSAGES[MENTION]), {"code": coded.code.shown})
