"""Analyses of inspections and campaigns as plain values, for a program."""

from dataclasses import asdict
from datetime import date

from kb.i18n import Language, translator
from kb.usecases.inspection_advice import advice_for
from kb.usecases.inspection_campaign_reading import STATES, Campaign
from kb.usecases.inspection_facts import Facts
from kb.usecases.inspection_values import Inspection, ItemResult
from kb.usecases.inspection_versions import Difference
from kb.usecases.inspection_words import NOTHING, sentence
from kb.usecases.reliability_trends import item_name


def analysis_json(facts: Facts, language: Language, *, today: date) -> dict[str, object]:
    """Return an analysis as an object of JSON."""
    items = {one.item_id: one.item for one in facts.results}
    advice = advice_for(facts, today=today)
    return {
        "tag": facts.tag,
        "site": facts.site,
        "class": facts.machine["equipment_class"],
        "controller": facts.machine["controller"],
        "fleet": facts.fleet,
        "last": _inspection(facts.last),
        "previous": _inspection(facts.previous),
        "advice": [
            {
                "kind": one.kind,
                "text": sentence(one, items, language),
                "evidence": [asdict(each) for each in one.evidence],
            }
            for one in advice
        ],
        "nothing": "" if advice else translator(language)(NOTHING),
        "results": [_result(one, language) for one in facts.results],
        "vanished": [_result(one, language) for one in facts.vanished],
        "alarms": {
            "since": facts.alarms_since.isoformat(),
            "counts": [
                {
                    "code": one.code,
                    "count": one.count,
                    "before": one.before,
                    "pages": list(one.pages),
                    "times": [{**asdict(each), "day": each.day.isoformat()} for each in one.times],
                }
                for one in facts.alarms
            ],
            "vanished": list(facts.alarms_gone),
        },
        "software": [
            {
                "name": name,
                "version": version,
                "fleet": [{"version": one, "machines": count} for one, count in facts.versions[name].counts],
                "newer": facts.versions[name].newer,
                "order_unknown": facts.versions[name].unknown,
            }
            for name, version in facts.equipped.software
        ],
        "software_changes": _differences(facts.equipped.changed_software),
        "hardware": [{"name": name, "plate": plate} for name, plate in facts.equipped.hardware],
        "hardware_changes": _differences(facts.equipped.changed_hardware),
        "parameters": [{**asdict(one), "day": one.day.isoformat()} for one in facts.parameters],
        "backup": {
            **asdict(facts.backup),
            "day": facts.backup.day.isoformat() if facts.backup.day else None,
        },
        "findings": [{**asdict(one), "day": one.day.isoformat()} for one in facts.findings],
        "campaigns": [one.number for one in facts.campaigns],
    }


def campaign_json(one: Campaign, *, today: date, with_machines: bool = True) -> dict[str, object]:
    """Return a campaign as an object of JSON, with its machines or only how many stand how."""
    found: dict[str, object] = {
        "number": one.number,
        "title": one.title,
        "source": one.source,
        "reference": one.reference,
        "action": one.action,
        "due": one.due.isoformat() if one.due else None,
        "ended": one.ended,
        "overdue": one.is_overdue(today),
        "rule": {**asdict(one.rule), "models": list(one.rule.models)},
        "revision": one.revision,
        "counts": {state: one.count(state) for state in STATES},
        "progress": one.progress,
    }
    if with_machines:
        found["machines"] = [
            {
                "tag": each.tag,
                "model": each.model,
                "site": each.site_code,
                "site_name": each.site,
                "software": [list(pair) for pair in each.software],
                "state": each.state,
                "to_check": list(each.fields),
                "order": each.order,
                "why": each.why,
                "said_by": each.said_by,
                "day": each.day.isoformat() if each.day else None,
            }
            for each in one.machines
        ]
    return found


def _inspection(one: Inspection | None) -> dict[str, object] | None:
    return {"order": one.number, "at": one.at.isoformat()} if one else None


def _differences(found: tuple[Difference, ...]) -> list[dict[str, str]]:
    return [asdict(one) for one in found]


def _result(one: ItemResult, language: Language) -> dict[str, object]:
    item = one.item
    return {
        "checklist": one.checklist_id,
        "item": one.item_id,
        "name": item_name(item, language) if item else one.item_id,
        "verdict": one.verdict,
        "value": one.value,
        "unit": one.unit,
        "text": one.text,
        "day": one.day.isoformat(),
        "order": one.order,
        "before": {
            "value": one.before.value,
            "verdict": one.before.verdict,
            "day": one.before.day.isoformat(),
            "order": one.before.order,
        }
        if one.before
        else None,
        "change": one.change,
        "limits": {
            name: getattr(item, name) for name in ("lower", "upper", "warn_lower", "warn_upper", "typical")
        }
        if item
        else None,
        "fleet": asdict(one.place) if one.place else None,
        "standing": one.trend.standing if one.trend else None,
    }
