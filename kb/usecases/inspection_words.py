"""Advice after an inspection as plain sentences, and the words of its evidence and states. All are message ids."""

from collections.abc import Mapping

from kb.content.pages import ChecklistItem
from kb.i18n import Language, translator
from kb.usecases.reliability_trends import item_name
from planner.reliability.advice import Advice, AdviceKind

SENTENCES = {
    AdviceKind.BEYOND_LIMIT: "{item} is beyond its limit: {value}, allowed {limit}. Set it right.",
    AdviceKind.CAMPAIGN: "Bulletin {number} “{title}” is open for this machine, due {due}: {action}",
    AdviceKind.FINDING: "A finding is not settled ({severity}): {text} Recommended: {recommendation}",
    AdviceKind.BACKUP_MISSING: "The parameter backup is missing (said on {day}). Make one and keep it off the machine.",
    AdviceKind.CROSSING: "{item} will pass {limit} around {day}, before the next visit on {visit}. Come earlier, or set it right now.",
    AdviceKind.REPEATED_ALARM: "Alarm {code} came {count} times since {since}. Look for the cause; the library tells of it: {pages}",
    AdviceKind.CAMPAIGN_CHECK: "Check whether bulletin {number} “{title}” is about this machine: the register does not tell {fields}.",
    AdviceKind.BACKUP_OLD: "The last parameter backup is older than a year ({day}). Make a new one at the next visit.",
    AdviceKind.BEYOND_WARNING: "{item} lies in the warning band: {value}, usual {limit}.",
    AdviceKind.OUTLIER: "{item} stands out: {value}; half of {machines} alike machines lie from {low} to {high} (rank {rank}).",
    AdviceKind.OLD_VERSION: "Observation: {name} {version} is older than on most alike machines ({newer} of {machines} have a newer one).",
}
JUDGED_BAD = "{item} was judged as failed: {value}. Set it right."
"""Of a value that the library has no limit for."""
STARTING_VALUE = "A starting value, no acceptance limit."
EVIDENCE_NAMES = {
    "value": "Measured value",
    "order": "Work order",
    "report": "Fault report",
    "page": "Library page",
    "campaign": "Bulletin",
    "finding": "Finding",
    "item": "Checklist item",
    "file": "File",
    "note": "Service report",
    "visit": "Visit",
    "register": "Register",
}
BACKUP_NAMES = {"present": "backup present", "missing": "backup missing", "not_recorded": "not recorded"}
STATE_NAMES = {
    "open": "not carried out",
    "check": "to be checked",
    "done": "done by an order",
    "not_affected": "not affected",
}
FIELD_NAMES = {"brand": "brand", "model": "model", "controller": "control", "software": "software version"}
NOTHING = "Nothing to advise: no value beyond a limit, nothing open, nothing that stands out."


def sentence(advice: Advice, items: Mapping[str, ChecklistItem | None], language: Language) -> str:
    """Return a piece of advice as a sentence in the reader's language.

    Args:
        items: Checklist items by id, for their names.
    """
    say = translator(language)
    values = dict(advice.values)
    item = items.get(values.get("item", ""))
    if item is not None:
        values["item"] = f"{item_name(item, language)} ({item.id})"
    if values.get("fields"):
        names = [say(FIELD_NAMES[one]) for one in values["fields"].split(", ")]
        values["fields"] = ", ".join(names) if language == "en" else "、".join(names)
    judged = advice.kind is AdviceKind.BEYOND_LIMIT and values["limit"] == "—"
    text = say(JUDGED_BAD if judged else SENTENCES[advice.kind]).format(**values)
    if advice.kind is AdviceKind.BEYOND_WARNING and item is not None and item.typical:
        text += ("" if language == "zh_CN" else " ") + say(STARTING_VALUE)
    return text
