"""How a page stands to the machine in hand: written and proven for it, for its family, for any, or for another.

A page is labelled and moved, never hidden: what cured another make is at times the only hint there is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from kb.content import Library, Page
from kb.content.pages import AlarmPage, AppliesTo, CasePage, Confidence
from kb.search.tokens import fold

RELATIVES: Mapping[str, frozenset[str]] = {
    "siemens": frozenset({"siemens", "sinamics", "simodrive"}),
    "mitsubishi": frozenset({"mitsubishi", "servo-mr"}),
}
"""Alarm families that stand on one machine: the control's own, and those of the drives its maker builds in."""
NO_FAMILY = frozenset({"", "other"})


class Fit(StrEnum):
    """How a page stands to a machine, best first."""

    PROVEN = "proven"
    """Names its control (or its class, where it has no control) and is validated."""
    MODEL = "model"
    """Names its control, and nobody has proven it there yet."""
    FAMILY = "family"
    """Is about a control or an alarm of the same family, or of the same control with another drive or software."""
    GENERAL = "general"
    """Names no control."""
    OTHER = "other"
    """Is about other controls or other kinds of machine."""


STEPS: Mapping[Fit, int] = {Fit.PROVEN: 3, Fit.MODEL: 3, Fit.FAMILY: 2, Fit.GENERAL: 1, Fit.OTHER: 0}
"""Order among pages about one code; proven and not yet proven are parted by confidence, which comes after scope."""
FACTORS: Mapping[Fit, float] = {
    Fit.PROVEN: 1.25,
    Fit.MODEL: 1.25,
    Fit.FAMILY: 1.12,
    Fit.GENERAL: 1.0,
    Fit.OTHER: 0.75,
}
"""How much the text of a page counts where no code decides: a page that answers all of the query for another machine
stands above one for this machine that answers half of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A machine in hand; an empty text is not known.

    Args:
        machine: Code of vocabularies/equipment_classes.yaml.
        controller: Code of vocabularies/controllers.yaml.
        drive: As it stands in the register.
        software: As it stands in the register, each with its version.
    """

    machine: str = ""
    controller: str = ""
    drive: str = ""
    software: tuple[str, ...] = ()


class ScopeReader:
    """Tells for pages how they stand to one machine.

    Args:
        scope: The machine.
        library: Whose vocabularies say which control belongs to which family.
    """

    def __init__(self, scope: Scope, library: Library) -> None:
        self._scope = scope
        entries = library.vocabularies.lists.get("controllers", {})
        self._family_of = {code: "".join(entry.texts("alarm_family")) for code, entry in entries.items()}
        self._brand_of = {code: "".join(entry.texts("brand")) for code, entry in entries.items()}
        own = self._family_of.get(scope.controller, "")
        self.families = frozenset() if own in NO_FAMILY else RELATIVES.get(own, frozenset({own}))
        """Alarm families of the machine in hand."""
        self._brand = self._brand_of.get(scope.controller, "")

    def fit(self, page: Page) -> Fit:
        """Return how a page stands to the machine."""
        groups = page.applies_to
        suited = [group for group in groups if self._suits_class(group)]
        if any(self._names(group) for group in suited):
            return Fit.PROVEN if page.confidence is Confidence.VALIDATED else Fit.MODEL
        families = _families(page)
        controllers = {code for group in suited for code in group.controller}
        if families & self.families or any(self._related(code) for code in controllers):
            return Fit.FAMILY
        named = {code for group in groups for code in group.controller}
        if named or families - NO_FAMILY or (groups and not suited):
            return Fit.OTHER
        return Fit.GENERAL

    def _suits_class(self, group: AppliesTo) -> bool:
        return not group.machine or not self._scope.machine or self._scope.machine in group.machine

    def _names(self, group: AppliesTo) -> bool:
        scope = self._scope
        has_no_control = not scope.controller and not group.controller
        named = scope.controller in group.controller or (has_no_control and scope.machine in group.machine)
        return named and _agree(group.drive, (scope.drive,)) and _agree(group.software, scope.software)

    def _related(self, controller: str) -> bool:
        if not self._scope.controller:
            return False
        if controller == self._scope.controller or self._family_of.get(controller, "") in self.families:
            return True
        # Makers without an alarm family of their own are told apart by brand.
        return bool(self._brand) and self._brand_of.get(controller) == self._brand


def _families(page: Page) -> frozenset[str]:
    if isinstance(page, AlarmPage):
        return frozenset({page.family})
    if isinstance(page, CasePage):
        return frozenset(alarm.family for alarm in page.alarms)
    return frozenset()


def _agree(written: str | None, known: Iterable[str]) -> bool:
    """Whether what a page says and what is known of the machine do not contradict each other."""
    wanted = fold(written or "").strip()
    texts = [text for text in (fold(text).strip() for text in known) if text]
    return not wanted or not texts or any(wanted in text or text in wanted for text in texts)
