"""Emergency plans as plain values, for a program."""

from datetime import date

from kb.i18n import Language, translator
from kb.usecases.emergency_reading import EmergencyPlan, PlanLine


def plan_json(plan: EmergencyPlan, language: Language) -> dict[str, object]:
    """Return a plan as an object of JSON."""
    say = translator(language)
    return {
        "site": plan.site_code,
        "site_name": plan.site.name,
        "customer": plan.customer,
        "tag": plan.machine.tag if plan.machine else None,
        "machines": [one.tag for one in plan.machines],
        "owner": plan.owner,
        "reviewed_on": _day(plan.reviewed_on),
        "review_due": _day(plan.review_due),
        "revision": plan.revision,
        "missing": [say(one) for one in plan.missing],
        "added": plan.added.model_dump(mode="json"),
        "callers": [
            {"role": say(one.role), "name": one.name, "phone": one.phone, "minutes": one.minutes}
            for one in plan.callers
        ],
        "triggers": [
            {
                "code": one.trigger.code,
                "name": say(one.trigger.name),
                "measures": [
                    {
                        "type": measure.hazard.type,
                        "hazard": measure.hazard.hazard,
                        "consequence": measure.hazard.consequence,
                        "avoid": measure.hazard.avoid,
                        "page": measure.page_id,
                    }
                    for measure in one.measures
                ],
                "recoveries": [
                    {"page": each.page_id, "title": each.title, "steps": list(each.steps)}
                    for each in one.recoveries
                ],
                "containments": [{"text": text, "page": page} for text, page in one.containments],
            }
            for one in plan.triggers
        ],
        "twins": [{"tag": tag, "site": site} for tag, site in plan.twins],
        "drills": [
            {
                "id": one.id,
                "day": one.day.isoformat(),
                "trigger": one.trigger,
                "led_by": one.led_by,
                "people": one.people,
                "result": one.result,
                "tag": one.tag,
            }
            for one in plan.drills
        ],
    }


def line_json(line: PlanLine, today: date) -> dict[str, object]:
    """Return a plan of a list as an object of JSON."""
    return {
        "site": line.code,
        "site_name": line.site,
        "customer": line.customer,
        "machines": line.machines,
        "machine_plans": line.own_plans,
        "owner": line.owner,
        "reviewed_on": _day(line.reviewed_on),
        "review_due": _day(line.review_due),
        "last_drill": _day(line.last_drill),
        "due": line.is_due(today),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
