"""Why a page was found, as sentences: message ids in English, translated where they are shown."""

from kb.search.index import Reason
from kb.search.query import Understood
from kb.search.ranking import (
    CODE_ALARM,
    CODE_CASE,
    CODE_FACT,
    IN_RANGE,
    MENTION,
    NEAR,
    OTHER_PREFIX,
    PAGE_ID,
    Scored,
)

CODE_MESSAGES = {
    CODE_ALARM: "code {code}: this alarm",
    CODE_CASE: "code {code}: a case that shows it",
    OTHER_PREFIX: "code {code}: same number under other letters",
    IN_RANGE: "code {code}: lies in the range of this page",
    CODE_FACT: "code {code}: this page rests on it",
    MENTION: "code {code}: mentioned on the page",
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


def reasons_of(scored: Scored, understood: Understood) -> tuple[Reason, ...]:
    """Return why a document stands in a result, the strongest reason first."""
    reasons: list[Reason] = []
    if scored.tier == PAGE_ID:
        reasons.append(Reason(PAGE_MESSAGE, {}))
    elif scored.tier == NEAR and scored.code is not None:
        reasons.append(Reason(NEAREST_CODE_MESSAGE, {"code": scored.code.shown}))
    elif scored.code is not None:
        reasons.append(
            Reason(CODE_MESSAGES.get(scored.tier, CODE_MESSAGES[MENTION]), {"code": scored.code.shown})
        )
    elif scored.entry is not None:
        reasons.append(Reason(TEXT_MESSAGE if scored.tier in {CODE_ALARM, CODE_CASE} else PART_MESSAGE, {}))
    words: list[str] = []
    others: list[Reason] = []
    missing: list[str] = []
    for number, unit in enumerate(understood.units):
        way_number = scored.answered.get(number)
        if way_number is None:
            missing.append(unit.text)
            continue
        way = unit.ways[way_number]
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
