"""What the figures mean, in sentences: how a part fails, when a change pays, where a reading goes."""

from kb.i18n import Language, translator
from kb.usecases.reliability import GROUPS, Job
from kb.usecases.reliability_parts import PartLife
from kb.usecases.reliability_trends import ReadingTrend, item_name

_STANDINGS = {
    "beyond": "{item}: {value} {unit} is past the limit of {limit}.",
    "before_visit": "{item}: {value} {unit}; passes {limit} about {crossing}, before the next visit on {visit}. Pull the visit forward.",
    "no_visit": "{item}: {value} {unit}; passes {limit} about {crossing}, and no visit is planned. Plan one.",
    "after_visit": "{item}: {value} {unit}; passes {limit} about {crossing}, after the next visit on {visit}.",
    "steady": "{item}: {value} {unit}; does not reach {limit} within ten years.",
    "few": "{item}: {value} {unit}; too few days, or no limit, for a trend.",
}


def shape_sentence(part: PartLife, language: Language) -> str:
    """Return how a part fails, and on what that rests."""
    say = translator(language)
    fit = part.fit
    if fit is None:
        return say("{failures} failures among {lives} lives are too few to say how it fails.").format(
            failures=part.lives.failures, lives=len(part.lives.items)
        )
    if fit.wears_out:
        message = (
            "It wears out: shape {shape:.2f} ({low:.2f} to {high:.2f}), 63 % fail within {scale:.0f} days."
        )
    elif fit.shape_to < 1:
        message = "It fails early: shape {shape:.2f} ({low:.2f} to {high:.2f}). Look at fitting and quality."
    else:
        message = "No wear is shown: shape {shape:.2f} ({low:.2f} to {high:.2f}) may be 1, chance."
    return say(message).format(
        shape=fit.shape,
        low=fit.shape_from,
        high=fit.shape_to,
        scale=fit.scale_days,
    )


def change_sentence(part: PartLife, language: Language) -> str:
    """Return when changing a part in time pays; empty where nothing can be said."""
    say = translator(language)
    if part.fit is None:
        return ""
    if part.change is None:
        return say("Changing it in time does not pay: wait for the failure.")
    return say("Changing it at {days} days saves {share:.0%} of what failures cost.").format(
        days=part.change.days, share=part.change.saved_share
    )


def standing_sentence(one: ReadingTrend, language: Language) -> str:
    """Return where a reading is going, and what that means for the next visit."""
    return translator(language)(_STANDINGS[one.standing]).format(
        item=item_name(one.item, language),
        value=f"{one.readings[-1].value:g}",
        unit=one.item.unit or "",
        limit=f"{one.limit:g}" if one.limit is not None else "",
        crossing=one.trend.crossing if one.trend else "",
        visit=one.next_visit[0] if one.next_visit else "",
    )


def job_json(job: Job) -> dict[str, object]:
    """Return a repair as an object of JSON."""
    return {
        "id": job.id,
        "number": job.number,
        "title": job.title,
        "equipment_id": job.machine.id,
        "site": job.machine.site,
        **{name: job.words[name] for name in GROUPS},
        "opened": job.opened.isoformat(),
        "closed": job.closed.isoformat(),
        "restored": job.restored.isoformat() if job.restored else None,
        "visits": job.visits,
        "minutes": job.minutes,
        "cost": job.cost,
    }
