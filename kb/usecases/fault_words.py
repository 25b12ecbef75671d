"""What codes of a fault report are called, and the sentences that say why: message ids in English, Chinese in faults.po."""

from collections.abc import Mapping
from datetime import date

from kb.i18n import Language, translator
from kb.usecases.fault_judging import Judgement
from planner.faults import Cover, Entitlement, Ground, Point
from planner.model import MachineState

STATE_NAMES: Mapping[str, str] = {
    "unconfirmed": "from a form, not looked at",
    "new": "reported",
    "acknowledged": "taken note of",
    "assigned": "somebody is named",
    "on_the_way": "on the way",
    "on_site": "at the machine",
    "restored": "runs again for now",
    "resolved": "cured",
    "accepted": "work order opened",
    "signed": "signed by the customer",
    "closed": "brought to an end",
    "duplicate": "repeats another",
    "rejected": "turned down",
    "cancelled": "called off",
}
EVENT_NAMES: Mapping[str, str] = {
    "reported": "Fault reported",
    "acknowledged": "Take note of it",
    "called_back": "Called back",
    "assigned": "Somebody was named",
    "departed": "Set out",
    "paused": "Stop the clock",
    "resumed": "Let the clock run",
    "arrived": "Arrived at the machine",
    "restored": "Runs again for now",
    "resolved": "Cured",
    "signed": "Signed by the customer",
    "closed": "Bring to an end",
    "reopened": "Open again",
    "cancelled": "Call off",
}
NEED_A_REASON = ("paused", "reopened", "cancelled")
MACHINE_STATES: Mapping[str, str] = {
    "stopped": "The machine stands still",
    "degraded": "It runs, but badly",
    "running": "It runs as usual",
}
CHANNEL_NAMES: Mapping[str, str] = {
    "phone": "by telephone",
    "form": "by the customer's own form",
    "api": "by a program",
}
POINT_NAMES: Mapping[Point, str] = {
    Point.RESPONSE: "First answer",
    Point.ARRIVAL: "Arrival",
    Point.TEMPORARY_RESTORE: "Runs again",
    Point.RESOLUTION: "Solution",
}
COVER_NAMES: Mapping[Cover, str] = {
    Cover.FREE: "Free for the customer",
    Cover.PARTLY: "The customer pays the parts",
    Cover.BILLED: "The customer pays",
}
_GROUNDS: Mapping[Ground, str] = {
    Ground.WARRANTY: "in warranty until {until}",
    Ground.CONTRACT_ALL_IN: "contract {contract} includes labour and parts, until {until}",
    Ground.CONTRACT_LABOUR: "contract {contract} includes labour, not parts, until {until}",
    Ground.CONTRACT_INSPECTION: "contract {contract} covers inspections only, until {until}",
    Ground.CONTRACT_OVER: "contract {contract} ended on {until}",
    Ground.WARRANTY_OVER: "the warranty ended on {until}, no contract",
    Ground.NOTHING_AGREED: "no contract, and nobody recorded when the machine was taken over",
    Ground.OPERATING_ERROR: "the cause was wrong use",
}
_EFFECTS: Mapping[MachineState, str] = {
    MachineState.STOPPED: "the machine stands still",
    MachineState.DEGRADED: "the machine runs, but badly",
    MachineState.RUNNING: "the machine still runs",
}
REPEATED_NAMES: Mapping[str, str] = {
    "the same machine shows the same alarm": "the same machine shows the same alarm",
    "the same site, the same alarm": "the same site, the same alarm",
    "the same machine, told in like words": "the same machine, told in like words",
    "the same machine has open work": "the same machine has open work",
    "the same site, told in like words": "the same site, told in like words",
}


def priority_reason(machine_state: str, *, is_dangerous: bool, stops_a_line: bool, language: Language) -> str:
    """Return why a report has its priority."""
    say = translator(language)
    parts = [say(_EFFECTS[MachineState(machine_state)])]
    if stops_a_line:
        parts.append(say("other machines wait for it, one step higher"))
    if is_dangerous:
        parts.insert(0, say("somebody can be hurt: always P1"))
    return ("；" if language == "zh_CN" else "; ").join(parts)


def entitlement_reason(found: Entitlement, *, contract_code: str, language: Language) -> str:
    """Return who pays, and why, as one sentence."""
    say = translator(language)
    why = say(_GROUNDS[found.ground]).format(
        until=found.until or "", contract=contract_code or found.contract_id or ""
    )
    return f"{say(COVER_NAMES[found.cover])}{'：' if language == 'zh_CN' else ': '}{why}"


def warranty_note(judged: Judgement, *, months: int, today: date, language: Language) -> str:
    """Return what the warranty was reckoned from, where that is an assumption; empty where none was reckoned."""
    if judged.warranty is None or not judged.warranty_assumed:
        return ""
    say = translator(language)
    told = say("Warranty reckoned: {months} months from taking over on {start}, last day {last}.").format(
        months=months, start=judged.warranty.start, last=judged.warranty.last
    )
    return told if today <= judged.warranty.last else f"{told} {say('It is over.')}"
