"""What the page of an alarm says is checked where neither job nor case knows the alarm: each line with its page."""

from collections.abc import Sequence
from dataclasses import replace

from kb.i18n import Language, translator
from kb.usecases.fault_diagnosis import Likely
from planner.faults import CheckStep

MINUTES = 30
"""Of a check that no page gives a time for."""


def with_alarm_pages(
    checks: Sequence[CheckStep], likely: Likely, language: Language
) -> tuple[CheckStep, ...]:
    """Return the checks, led by the lines of the alarm's own page where jobs and cases do not know the alarm.

    A line has no share: nobody has counted how often it was the cause.
    """
    if not likely.alarms or not (likely.without_alarm or not checks):
        return tuple(checks)
    say = translator(language)
    lines = [
        CheckStep(
            number=0,
            cause=f"{page.code} {page.explanation}",
            share=0.0,
            check=line,
            if_so=say("Put it right, and see that the alarm stays away."),
            if_not="",
            minutes=MINUTES,
            minutes_assumed=True,
            pages=(page.id,),
            jobs=(),
        )
        for page in likely.alarms
        for line in page.remedy
    ]
    if not lines:
        return tuple(checks)
    steps = [*lines, *checks]
    onward = say("Not this: go on with check {number}.")
    return tuple(
        replace(
            one,
            number=number,
            if_not=say("Not this: go on to the escalation.")
            if number == len(steps)
            else onward.format(number=number + 1),
        )
        for number, one in enumerate(steps, start=1)
    )
