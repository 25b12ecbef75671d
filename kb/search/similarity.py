"""How alike two pages, or a page and what somebody is about to write, are by what they say in codes."""

from dataclasses import dataclass, field

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What is compared.

    Args:
        alarms: Family and key of each alarm code.
        subsystem: Code of the subsystem; empty where none is named.
        item: Its item; empty where none is named.
        mode: Failure mode; empty where none is named.
        controllers: Codes of controls.
    """

    alarms: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    subsystem: str = ""
    item: str = ""
    mode: str = ""
    controllers: frozenset[str] = field(default_factory=frozenset)


def features_of(page: Page) -> Features:
    """Return what a page is compared by."""
    return Features(
        alarms=_alarms(page),
        subsystem=page.component.subsystem if page.component else "",
        item=(page.component.item or "") if page.component else "",
        mode=page.failure_mode if isinstance(page, CasePage) else "",
        controllers=frozenset(code for group in page.applies_to for code in group.controller),
    )


def likeness(one: Page, two: Page) -> Likeness:
    """Return what two pages share."""
    return alike(features_of(one), features_of(two))


def alike(one: Features, two: Features) -> Likeness:
    """Return what two things share."""
    weight, reasons = 0.0, []
    if one.alarms & two.alarms:
        weight += ALARM
        reasons.append("shows the same alarm")
    if one.subsystem and one.subsystem == two.subsystem:
        if one.item and one.item == two.item:
            weight += COMPONENT
            reasons.append("same component")
        else:
            weight += SUBSYSTEM
            reasons.append("same subsystem")
    if one.mode and one.mode == two.mode:
        weight += MODE
        reasons.append("same failure mode")
    if one.controllers & two.controllers:
        weight += CONTROLLER
        reasons.append("same control")
    return Likeness(weight, tuple(reasons))


def _alarms(page: Page) -> frozenset[tuple[str, str]]:
    if isinstance(page, CasePage):
        return frozenset((alarm.family, key) for alarm in page.alarms for key in code_keys(alarm.code))
    if isinstance(page, AlarmPage):
        return frozenset((page.family, key) for text in (page.code, *page.facts) for key in code_keys(text))
    return frozenset()
