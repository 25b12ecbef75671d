"""What the page of a report shows: the report with names, reasons and the picture of its deadlines."""

from datetime import datetime
from typing import Any

from kb.i18n import Language
from kb.usecases.fault_reports import FaultReport
from kb.usecases.fault_words import (
    CHANNEL_NAMES,
    COVER_NAMES,
    EVENT_NAMES,
    MACHINE_STATES,
    NEED_A_REASON,
    POINT_NAMES,
    REPEATED_NAMES,
    STATE_NAMES,
    entitlement_reason,
    priority_reason,
    warranty_note,
)
from kb.web.pages.faults_timeline import timeline

PRIORITY_CSS = {"P1": "danger", "P2": "warning", "P3": "caution", "P4": "notice"}


def report_values(kept: FaultReport, language: Language, months: int, now: datetime) -> dict[str, Any]:
    """Return what the page of a report shows."""
    judged, body = kept.judgement, kept.values["body"] or {}
    return {
        "report": kept,
        "state": kept.order.standing.state if kept.order else kept.state,
        "zone": now.tzinfo,
        "why_priority": priority_reason(
            kept.values["machine_state"],
            is_dangerous=bool(body.get("dangerous")),
            stops_a_line=bool(body.get("stops_a_line")),
            language=language,
        ),
        "pays": entitlement_reason(
            judged.entitlement, contract_code=kept.names.get("contract", ""), language=language
        )
        if judged
        else "",
        "cover": judged.entitlement.cover if judged else "",
        "assumed": warranty_note(judged, months=months, today=now.date(), language=language)
        if judged
        else "",
        "picture": timeline(judged.deadlines, kept.story, kept.values["reported_at"], now)
        if judged
        else None,
        "state_names": STATE_NAMES,
        "event_names": EVENT_NAMES,
        "need_a_reason": NEED_A_REASON,
        "machine_states": MACHINE_STATES,
        "channel_names": CHANNEL_NAMES,
        "point_names": POINT_NAMES,
        "cover_names": COVER_NAMES,
        "repeated_names": REPEATED_NAMES,
        "priority_css": PRIORITY_CSS,
    }
