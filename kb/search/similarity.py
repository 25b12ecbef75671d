"""How alike two pages are by what they say in codes: alarms, component, machine, failure mode."""

from dataclasses import dataclass

from kb.content import Page
from kb.content.pages import AlarmPage, CasePage
from kb.search.codes import code_keys

ALARM, COMPONENT, SUBSYSTEM, MODE, CONTROLLER = 1.0, 0.35, 0.12, 0.15, 0.1
"""What one shared thing counts; an alarm in common says more than all the rest."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two pages share.

    Args:
        weight: How alike they are.
        reasons: What they share, as message ids.
    """

    weight: float
    reasons: tuple[str, ...]


def likeness(one: Page, two: Page) -> Likeness:
    """Return what two pages share."""
    weight, reasons = 0.0, []
    if _alarms(one) & _alarms(two):
        weight += ALARM
        reasons.append("shows the same alarm")
    if one.component and two.component and one.component.subsystem == two.component.subsystem:
        if one.component.item and one.component.item == two.component.item:
            weight += COMPONENT
            reasons.append("same component")
        else:
            weight += SUBSYSTEM
            reasons.append("same subsystem")
    if isinstance(one, CasePage) and isinstance(two, CasePage) and one.failure_mode == two.failure_mode:
        weight += MODE
        reasons.append("same failure mode")
    if _controllers(one) & _controllers(two):
        weight += CONTROLLER
        reasons.append("same control")
    return Likeness(weight, tuple(reasons))


def _alarms(page: Page) -> frozenset[tuple[str, str]]:
    if isinstance(page, CasePage):
        return frozenset((alarm.family, key) for alarm in page.alarms for key in code_keys(alarm.code))
    if isinstance(page, AlarmPage):
        return frozenset((page.family, key) for text in (page.code, *page.facts) for key in code_keys(text))
    return frozenset()


def _controllers(page: Page) -> frozenset[str]:
    return frozenset(code for group in page.applies_to for code in group.controller)
