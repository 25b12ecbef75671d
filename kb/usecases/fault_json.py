"""A fault report as an object of JSON: what was told, where it stands, what follows, with the reasons in words."""

from datetime import datetime
from typing import Any

from kb.i18n import Language, translator
from kb.usecases.fault_machines import AboutMachine
from kb.usecases.fault_reports import FaultReport
from kb.usecases.fault_words import REPEATED_NAMES, entitlement_reason, priority_reason, warranty_note
from planner.faults import Deadline


def minutes(deadline: Deadline) -> dict[str, Any]:
    """Return a deadline as an object of JSON; times in working minutes."""
    return {
        "point": deadline.point,
        "promised_minutes": round(deadline.promised.total_seconds() / 60),
        "due": _instant(deadline.due),
        "met": _instant(deadline.met),
        "used_minutes": round(deadline.used.total_seconds() / 60),
        "left_minutes": round(deadline.left().total_seconds() / 60),
        "kept": deadline.is_kept,
    }


def report_json(
    report: FaultReport, *, language: Language, warranty_months: int, now: datetime
) -> dict[str, Any]:
    """Return a report for a program; reasons are sentences in `language`."""
    values, judged = report.values, report.judgement
    body = values["body"] or {}
    say = translator(language)
    told: dict[str, Any] = {
        "id": report.id,
        "number": report.number,
        "revision": report.revision,
        "title": report.title,
        "state": report.order.standing.state if report.order else report.state,
        "paused": bool(report.standing and report.standing.is_paused),
        **report.names,
        "channel": values["channel"],
        "alarm": values["alarm"],
        "symptom": values["symptom"],
        "machine_state": values["machine_state"],
        "is_dangerous": bool(body.get("dangerous")),
        "stops_a_line": bool(body.get("stops_a_line")),
        "since": _instant(values["since"]),
        "contact": values["contact"],
        "phone": values["phone"],
        "reported_at": _instant(values["reported_at"]),
        "reported_by": values["reported_by"],
        "duplicate_of": values["duplicate_of"],
        "order": {"id": report.order.id, "number": report.order.number} if report.order else None,
        "photos": [
            {"position": one.position, "media_type": one.media_type, "size_bytes": one.size_bytes}
            for one in report.photos
        ],
        "priority": values["priority"],
        "priority_reason": priority_reason(
            values["machine_state"],
            is_dangerous=bool(body.get("dangerous")),
            stops_a_line=bool(body.get("stops_a_line")),
            language=language,
        ),
        "next_events": [one.value for one in report.next_events],
        "events": [
            {"kind": one.kind, "at": one.at.isoformat(), "reason": one.reason, "who": one.who}
            for one in report.story
        ],
        "entitlement": None,
        "deadlines": [],
        "repeated": [],
        "machine_retired": bool(judged and judged.is_retired),
    }
    if judged is not None:
        found = judged.entitlement
        told["entitlement"] = {
            "cover": found.cover,
            "ground": found.ground,
            "contract": report.names.get("contract", ""),
            "until": found.until.isoformat() if found.until else None,
            "reason": entitlement_reason(
                found, contract_code=report.names.get("contract", ""), language=language
            ),
            "assumption": warranty_note(judged, months=warranty_months, today=now.date(), language=language),
        }
        told["deadlines"] = [minutes(one) for one in judged.deadlines]
        told["repeated"] = [
            {
                "kind": one.kind,
                "id": one.id,
                "number": one.number,
                "title": one.title,
                "reason": say(REPEATED_NAMES[one.reason]),
            }
            for one in judged.repeated
        ]
    return told


def about_json(about: AboutMachine, *, language: Language) -> dict[str, Any]:
    """Return what is known of a machine for a program."""
    return {
        "tag": about.tag,
        "what": about.what,
        "serial": about.serial,
        "retired": about.retired,
        "site": about.site,
        "customer": about.customer,
        "contact": about.contact,
        "phone": about.phone,
        "cover": about.entitlement.cover,
        "entitlement": entitlement_reason(
            about.entitlement, contract_code=about.contract_code, language=language
        ),
        "promised_hours": {
            name: amount.total_seconds() / 3600 if (amount := getattr(about.promised, name)) else None
            for name in ("response", "arrival", "temporary_restore", "resolution")
        },
        "open": [
            {"kind": one.kind, "number": one.number, "title": one.title, "since": one.since.isoformat()}
            for one in about.open
        ],
    }


def _instant(value: datetime | None) -> str | None:
    return value.isoformat() if value else None
